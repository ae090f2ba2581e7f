//! The lines in which two versions of a repository differ.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

use similar::{DiffOp, TextDiff};

use super::Sources;

/// Larger differences are not looked at closely: how lines are matched takes time that grows with
/// the square of their number.
const MAX_LINES: usize = 4_000;

/// The lines that a change wrote, by file. A format that cannot show everything shows what is
/// found on them first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    files: BTreeMap<String, Vec<RangeInclusive<u32>>>,
}

impl Changed {
    /// What differs between two versions, as places in the newer one.
    pub fn between(old: &Sources, new: &Sources) -> Self {
        let before: BTreeMap<&str, &str> = old
            .iter()
            .map(|(_, file)| (&*file.path, &*file.text))
            .collect();
        let mut res = Self::default();
        for (_, file) in new.iter() {
            let before = before.get(&*file.path).copied().unwrap_or_default();
            if before != &*file.text {
                for lines in compare(before, &file.text) {
                    res.add(&*file.path, lines.start..=lines.end.saturating_sub(1));
                }
            }
        }
        res
    }

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

fn compare(old: &str, new: &str) -> Vec<Range<u32>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = old.iter().zip(&new).take_while(same).count();
    let (old, new) = (&old[head..], &new[head..]);
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(same)
        .count();
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
    let number = |at: usize| u32::try_from(head + at + 1).unwrap_or(u32::MAX);
    if old.len() + new.len() > MAX_LINES {
        let all = number(0)..number(new.len());
        return vec![all];
    }
    let diff = TextDiff::from_slices(old, new);
    let ops = diff.ops().iter();
    ops.filter(|it| !matches!(it, DiffOp::Equal { .. }))
        .map(DiffOp::new_range)
        .filter(|it| !it.is_empty())
        .map(|it| number(it.start)..number(it.end))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_stay_are_told_from_those_that_come() {
        assert_eq!(compare("a\nb\nc\n", "a\nx\nb\nc\ny\n"), [2..3, 5..6]);
        assert_eq!(compare("a\nb\n", "a\n"), []);
        assert_eq!(compare("", "a\nb\n"), vec![1..3; 1]);
        assert_eq!(
            compare("a\r\nb\r\n", "a\nb\n"),
            [],
            "line ends do not count"
        );
        let long = |word: &str| format!("a\n{}z\n", format!("{word}\n").repeat(MAX_LINES));
        assert_eq!(compare(&long("x"), &long("y")), vec![2..4_002; 1]);
    }

    #[test]
    fn lines_of_one_file_do_not_speak_for_another() {
        let (mut old, mut new) = (Sources::default(), Sources::default());
        old.add("b", "1\n2\n");
        new.add("a", "1\n");
        new.add("b", "1\n3\n");
        let changed = Changed::between(&old, &new);
        assert!(changed.touches("a", &(1..=1)) && changed.touches("b", &(1..=2)));
        assert!(!changed.touches("b", &(1..=1)) && !changed.touches("c", &(1..=9)));
        assert_eq!(Changed::between(&new, &new), Changed::default());
    }
}
