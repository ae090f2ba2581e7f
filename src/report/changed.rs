//! Which lines of which files a change touched.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The lines that a change wrote, by file. A format that cannot show everything shows what is
/// found on them first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    files: BTreeMap<String, Vec<RangeInclusive<u32>>>,
}

impl Changed {
    /// Adds lines of a file, counted from 1, both ends included; the path is from the repository's
    /// root.
    pub fn add(&mut self, path: impl Into<String>, lines: RangeInclusive<u32>) {
        self.files.entry(path.into()).or_default().push(lines);
    }

    /// Whether any of these lines was changed.
    pub fn touches(&self, path: &str, lines: &RangeInclusive<u32>) -> bool {
        let mut changed = self.files.get(path).into_iter().flatten();
        changed.any(|it| it.start() <= lines.end() && lines.start() <= it.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_file_do_not_speak_for_another() {
        let mut changed = Changed::default();
        changed.add("journeys/a.yaml", 3..=5);
        assert!(changed.touches("journeys/a.yaml", &(5..=9)));
        assert!(changed.touches("journeys/a.yaml", &(1..=3)));
        assert!(!changed.touches("journeys/a.yaml", &(6..=6)));
        assert!(!changed.touches("journeys/b.yaml", &(4..=4)));
    }
}
