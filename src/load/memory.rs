//! A world of texts in memory, for tests and for the examples in the rules' documentation.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{is_hidden, plain, text};
use crate::source::{ReadError, World};

/// Paths and their texts.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<String, String>,
    today: NaiveDate,
    revision: Option<String>,
}

impl Memory {
    /// An empty world on the given day.
    pub fn new(today: NaiveDate) -> Self {
        Self {
            today,
            ..Self::default()
        }
    }

    /// Adds a file, or replaces it.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.files.insert(path.into(), text.into());
        self
    }

    /// Says which revision the files belong to.
    #[must_use]
    pub fn at_revision(mut self, revision: impl Into<String>) -> Self {
        self.revision = Some(revision.into());
        self
    }
}

impl World for Memory {
    fn list(&self, roots: &[&str]) -> Vec<(String, Option<ReadError>)> {
        let mut found = BTreeMap::new();
        for root in roots {
            let below = format!("{root}/");
            let named = self.files.keys().filter(|path| {
                *path == root || (path.starts_with(&below) && !is_hidden(&path[below.len()..]))
            });
            found.extend(named.map(|path| (path.clone(), None)));
        }
        found.into_iter().collect()
    }

    fn read(&self, path: &str) -> Result<String, ReadError> {
        plain(path)?;
        let found = self.files.get(path).ok_or(ReadError::NotFound)?;
        text(found.clone().into_bytes())
    }

    fn revision(&self) -> Option<String> {
        self.revision.clone()
    }

    fn today(&self) -> NaiveDate {
        self.today
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn lists_what_lies_below() {
        let world = Memory::new(NaiveDate::default())
            .with("journeys/b.yaml", "b")
            .with("journeys/a/c.yaml", "c")
            .with("journeys/.draft.yaml", "d")
            .with("journeys-old/x.yaml", "x");
        let listed = world.list(&["templates", "journeys"]);
        assert_eq!(
            listed,
            [
                ("journeys/a/c.yaml".to_owned(), None),
                ("journeys/b.yaml".to_owned(), None),
            ]
        );
    }

    #[test]
    fn reads_without_a_byte_order_mark_and_never_outside() {
        let world = Memory::new(NaiveDate::default()).with("a", "\u{feff}x");
        assert_eq!(world.read("a").unwrap(), "x");
        assert_eq!(world.read("b"), Err(ReadError::NotFound));
        for path in ["../a", "/a", "", "a//b", "./a", "c:\\a"] {
            assert_eq!(world.read(path), Err(ReadError::Outside), "{path}");
        }
    }
}
