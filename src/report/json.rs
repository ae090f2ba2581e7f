//! `--format json`: everything, for programs; described by `schema/report.schema.json`.
//!
//! The types are this format's own, so that the inner types can change without it.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::finding::{Finding, Stands};
use super::{Format, Look, Report, Summary};
use crate::diagnostic::fingerprints;
use crate::schema;
use crate::source::Places;

pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "Everything, for programs; see schema/report.schema.json",
    lists_older: true,
    write,
};

/// The version of the format. It grows when a field goes or changes its meaning; new fields may
/// come without.
const VERSION: u32 = 1;

/// The result of `journeyc check --format json`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Report")]
struct Document<'a> {
    /// The version of this format. New fields may come without a new version.
    #[schemars(range(min = 1, max = 1), example = 1)]
    version: u32,
    /// What the change that was looked at began from, with `--base`.
    base: Option<Base<'a>>,
    /// All findings, sorted by file and place. Suppressed ones are among them, and with `--base`
    /// older ones.
    findings: Vec<Finding<'a>>,
    /// How many findings there are of each kind.
    summary: Counts,
}

/// What a change began from.
#[derive(Serialize, JsonSchema)]
struct Base<'a> {
    /// What followed `--base`.
    #[schemars(example = &"origin/main")]
    reference: &'a str,
    /// The commit: the last one that the change has in common with it.
    #[schemars(
        regex(pattern = "^[0-9a-f]{40,64}$"),
        example = &"0f8c4d2b7a6e51938b1d4c0e9f3a7b26d5e8c914"
    )]
    commit: &'a str,
}

/// How many findings there are of each kind; each finding counts once.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Summary")]
struct Counts {
    /// Journeys that were checked.
    #[schemars(example = 12)]
    journeys: usize,
    /// Broken rules of level error.
    #[schemars(example = 1)]
    errors: usize,
    /// Broken rules of level warning.
    #[schemars(example = 3)]
    warnings: usize,
    /// Broken rules of level note.
    #[schemars(example = 0)]
    notes: usize,
    /// Rules that could not be decided, of any level.
    #[schemars(example = 1)]
    undecided: usize,
    /// Findings that an `allow` covers, of any level.
    #[schemars(example = 2)]
    suppressed: usize,
    /// Findings that were there before the change, of any level; 0 without `--base`.
    #[schemars(example = 0)]
    older: usize,
}

/// The JSON Schema of the format.
pub fn schema() -> serde_json::Value {
    schema::of_result::<Document<'_>>()
}

fn write(report: &Report<'_>, _: Look, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(report))?;
    out.write_all(b"\n")
}

fn document<'a>(report: &Report<'a>) -> Document<'a> {
    let places = Places::new(report.sources);
    let prints = fingerprints(report.findings, report.sources);
    let findings = report.findings.iter().zip(prints);
    let summary = Summary::of(report);
    Document {
        version: VERSION,
        base: report.base.map(|it| Base {
            reference: it.reference,
            commit: it.commit,
        }),
        findings: findings
            .map(|(it, print)| Finding::new(it, &Stands::of(it, &places), print))
            .collect(),
        summary: Counts {
            journeys: summary.journeys,
            errors: summary.errors,
            warnings: summary.warnings,
            notes: summary.notes,
            undecided: summary.undecided,
            suppressed: summary.suppressed,
            older: summary.older,
        },
    }
}
