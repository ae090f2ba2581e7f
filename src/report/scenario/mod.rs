//! How the results of scenarios are written.
//!
//! In: a [`TestReport`] of plain words and places. Out: text for people, JSON or `JUnit`'s XML.
//! Invariant: every format tells the same failures at the same places; the same report gives the same
//! bytes. Not done here: judging (that is `scenario`).

mod json;
mod junit;
mod life;
mod text;

pub use json::schema;
pub use life::{LifeMoment, LifeReport, schema as life_schema, write as write_life};

use std::io;

use chrono::NaiveDate;

use super::Look;

/// What became of scenarios.
#[derive(Debug, Clone, Default)]
pub struct TestReport {
    /// The scenarios that were looked at, in the order of their files.
    pub scenarios: Vec<Tested>,
    /// What they have tried of the journeys.
    pub coverage: Tried,
    /// Whether the text says journey by journey what was not tried.
    pub in_detail: bool,
    /// The day on which they were tried.
    pub today: NaiveDate,
}

/// What became of one scenario.
#[derive(Debug, Clone)]
pub struct Tested {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: At,
    /// How many checks were judged; nothing if it could not be understood.
    pub checks: Option<usize>,
    /// The checks that do not hold.
    pub failures: Vec<Failed>,
}

/// A place in a file; lines and columns from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct At {
    /// The path from the repository's root.
    pub path: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A check that does not hold.
#[derive(Debug, Clone)]
pub struct Failed {
    /// The scenario, with the values of its matrix.
    pub case: String,
    /// What should have held, in a few words.
    pub headline: String,
    /// Where the check stands.
    pub place: At,
    /// The life that breaks it, line by line, and what was expected.
    pub lines: Vec<String>,
}

/// What scenarios have tried.
#[derive(Debug, Clone, Default)]
pub struct Tried {
    /// How many edges were taken, languages among them, and how many there are.
    pub edges: (usize, usize),
    /// How many steps somebody came to, and how many there are.
    pub steps: (usize, usize),
    /// Each journey.
    pub journeys: Vec<TriedJourney>,
    /// Each language, with whether somebody read it.
    pub locales: Vec<(String, bool)>,
}

/// What scenarios have tried of one journey.
#[derive(Debug, Clone, Default)]
pub struct TriedJourney {
    /// Its name.
    pub name: String,
    /// How many edges were taken, and how many there are.
    pub edges: (usize, usize),
    /// How many steps somebody came to, and how many there are.
    pub steps: (usize, usize),
    /// What nobody has taken, in the order of the file; with whether somebody was there to take it.
    pub missed: Vec<(String, bool)>,
}

/// How many there are of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counts {
    scenarios: usize,
    /// Scenarios that could not be understood.
    invalid: usize,
    checks: usize,
    failed: usize,
}

impl TestReport {
    fn counts(&self) -> Counts {
        let all = &self.scenarios;
        Counts {
            scenarios: all.len(),
            invalid: all.iter().filter(|it| it.checks.is_none()).count(),
            checks: all.iter().filter_map(|it| it.checks).sum(),
            failed: all.iter().map(|it| it.failures.len()).sum(),
        }
    }

    /// Whether a check does not hold.
    pub fn has_failed(&self) -> bool {
        self.counts().failed > 0
    }
}

/// A way to write results of scenarios.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// What follows `--format`.
    pub name: &'static str,
    /// What it is for, as the help says it.
    pub about: &'static str,
    /// Writes a report.
    pub write: fn(&TestReport, Look, &mut dyn io::Write) -> io::Result<()>,
}

/// Every format; the first is the default.
pub const FORMATS: &[Format] = &[text::FORMAT, json::FORMAT, junit::FORMAT];

/// The format of this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|it| it.name == name)
}
