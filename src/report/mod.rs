//! Stage 16: how results are written.
//!
//! In: a [`Report`], the findings of one check and the sources they point into. Out: text for
//! people or bytes for machines, one file a format, listed in [`FORMATS`].
//! Invariant: every format names the same places, because all take them from `place`; and the same
//! report gives the same bytes.
//! Not done here: deciding what is a finding, sorting findings, choosing exit codes.

pub mod dialects;
pub mod diff;
mod finding;
mod github;
mod gitlab;
pub mod ids;
mod json;
mod junit;
mod offset;
mod rank;
mod rdjson;
pub mod rules;
mod sarif;
pub mod scenario;
mod summary;
pub mod targets;
mod text;
mod wording;

pub use json::schema;
pub use summary::Summary;
pub(crate) use wording::{harmless, is_odd};

pub use crate::source::Changed;

use std::io;

use chrono::NaiveDate;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources};

/// What one check found.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The findings, sorted, suppressed ones included.
    pub findings: &'a [Diagnostic],
    /// The texts that the findings point into.
    pub sources: &'a Sources,
    /// How many journeys were checked.
    pub journeys: usize,
    /// The files that these journeys stand in.
    pub files: &'a [FileId],
    /// The lines that were changed since the revision that the check compares with, if it does.
    pub changed: Option<&'a Changed>,
    /// The day on which they were checked.
    pub today: NaiveDate,
    /// What the change that is looked at began from; nothing where everything is looked at.
    pub base: Option<Base<'a>>,
}

/// What a change began from.
#[derive(Debug, Clone, Copy)]
pub struct Base<'a> {
    /// What was asked for.
    pub reference: &'a str,
    /// The commit that the change grew out of.
    pub commit: &'a str,
    /// Whether only the journeys that the change reaches were looked at: how many older findings
    /// there are is then not known.
    pub is_part: bool,
}

/// How a report for people looks; machine formats take no notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether to colour.
    pub color: bool,
    /// How many columns there are.
    pub width: usize,
    /// Whether to leave the summary out.
    pub quiet: bool,
}

impl Default for Look {
    /// Plain and 100 columns wide: what a file or a log of a build gets.
    fn default() -> Self {
        Self {
            color: false,
            width: 100,
            quiet: false,
        }
    }
}

/// A way to write reports.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// What follows `--format`.
    pub name: &'static str,
    /// What it is for, as the help says it.
    pub about: &'static str,
    /// Whether it names each finding that is older than a change; then all of them must be known.
    pub lists_older: bool,
    /// Writes a report.
    pub write: fn(&Report<'_>, Look, &mut dyn io::Write) -> io::Result<()>,
}

/// Every format; the first is the default.
pub const FORMATS: &[Format] = &[
    text::FORMAT,
    json::FORMAT,
    sarif::FORMAT,
    github::FORMAT,
    gitlab::FORMAT,
    junit::FORMAT,
    rdjson::FORMAT,
];

/// The format of this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|it| it.name == name)
}
