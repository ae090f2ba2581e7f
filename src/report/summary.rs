//! How many findings there are of each kind.

use super::Report;
use crate::diagnostic::{Diagnostic, Level, Status, Verdict};

/// The counts. A finding counts once: a suppressed one only as suppressed, an older one only as
/// older, an undecided one only as undecided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Journeys that were checked.
    pub journeys: usize,
    /// Broken rules of level error.
    pub errors: usize,
    /// Broken rules of level warning.
    pub warnings: usize,
    /// Broken rules of level note.
    pub notes: usize,
    /// Rules that could not be decided.
    pub undecided: usize,
    /// Findings that an `allow` covers.
    pub suppressed: usize,
    /// Findings that were there before the change that is looked at.
    pub older: usize,
    /// Whether older and suppressed ones were only looked for where a change reaches.
    pub is_part: bool,
}

impl Summary {
    /// Counts.
    pub fn of(report: &Report<'_>) -> Self {
        let mut counts = Self {
            journeys: report.journeys,
            is_part: report.base.is_some_and(|it| it.is_part),
            ..Self::default()
        };
        for finding in report.findings {
            *counts.slot(finding) += 1;
        }
        counts
    }

    /// Broken rules of this level and worse, without undecided and suppressed ones.
    pub fn at_least(&self, level: Level) -> usize {
        match level {
            Level::Error => self.errors,
            Level::Warning => self.errors + self.warnings,
            Level::Note => self.errors + self.warnings + self.notes,
        }
    }

    fn slot(&mut self, finding: &Diagnostic) -> &mut usize {
        if finding.suppressed.is_some() {
            return &mut self.suppressed;
        }
        if finding.status == Some(Status::Older) {
            return &mut self.older;
        }
        match (finding.verdict, finding.level) {
            (Verdict::Undecided, _) => &mut self.undecided,
            (Verdict::Fail, Level::Error) => &mut self.errors,
            (Verdict::Fail, Level::Warning) => &mut self.warnings,
            (Verdict::Fail, Level::Note) => &mut self.notes,
        }
    }
}
