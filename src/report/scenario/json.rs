//! `journeyc test --format json`: everything, for programs; described by `schema/tests.schema.json`.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::super::Look;
use super::{At, Failed, Format, TestReport, Tested, TriedJourney};
use crate::schema;

pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "Everything, for programs; see schema/tests.schema.json",
    write,
};

/// The version of the format. It grows when a field goes or changes its meaning; new fields may
/// come without.
const VERSION: u32 = 1;

/// The result of `journeyc test --format json`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Tests")]
struct Document<'a> {
    /// The version of this format. New fields may come without a new version.
    #[schemars(range(min = 1, max = 1), example = 1)]
    version: u32,
    /// The scenarios, in the order of their files.
    scenarios: Vec<Scenario<'a>>,
    /// What they have tried of the journeys.
    coverage: Coverage<'a>,
    /// How many there are of each kind.
    summary: Summary,
}

/// One scenario.
#[derive(Serialize, JsonSchema)]
struct Scenario<'a> {
    /// Its name.
    #[schemars(example = &"parcel never arrives")]
    name: &'a str,
    /// The path of its file from the repository's root.
    #[schemars(example = &"journeys/post-purchase.scenario.yaml")]
    file: &'a str,
    /// The line of its name, from 1.
    #[schemars(example = 12)]
    line: usize,
    /// The column of its name, from 1.
    #[schemars(example = 11)]
    column: usize,
    /// What became of it.
    status: Status,
    /// How many checks were judged; each value of a matrix counts.
    #[schemars(example = 4)]
    checks: usize,
    /// The checks that do not hold.
    failures: Vec<Failure<'a>>,
}

/// What became of a scenario.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// All its checks hold.
    Passed,
    /// Some of its checks do not hold.
    Failed,
    /// It could not be understood, and was not tried.
    Invalid,
}

/// A check that does not hold.
#[derive(Serialize, JsonSchema)]
struct Failure<'a> {
    /// The scenario, with the values of its matrix.
    #[schemars(example = &"late on a Friday (zone: Asia/Kolkata)")]
    case: &'a str,
    /// What should have held.
    #[schemars(example = &"next-steps within 24h of order_paid")]
    headline: &'a str,
    /// The path of the file of the check.
    #[schemars(example = &"journeys/post-purchase.scenario.yaml")]
    file: &'a str,
    /// The line of the check, from 1.
    #[schemars(example = 21)]
    line: usize,
    /// The column of the check, from 1.
    #[schemars(example = 9)]
    column: usize,
    /// The life that breaks it, line by line, and what was expected.
    #[schemars(example = ["Fri 27 Mar 17:30  ● order_paid"])]
    life: &'a [String],
}

/// What scenarios have tried.
#[derive(Serialize, JsonSchema)]
struct Coverage<'a> {
    /// Edges: what can become of somebody at one step. The languages count among them.
    edges: Share,
    /// Steps that somebody came to.
    steps: Share,
    /// Each journey.
    journeys: Vec<Journey<'a>>,
    /// The languages that nobody read.
    #[schemars(example = ["de"])]
    unread_locales: Vec<&'a str>,
}

/// A part of a whole.
#[derive(Serialize, JsonSchema)]
struct Share {
    /// What was tried.
    #[schemars(example = 19)]
    tried: usize,
    /// What there is.
    #[schemars(example = 23)]
    all: usize,
}

/// What was tried of a journey.
#[derive(Serialize, JsonSchema)]
struct Journey<'a> {
    /// Its name.
    #[schemars(example = &"post-purchase")]
    #[serde(rename = "journey")]
    name: &'a str,
    /// Edges: what can become of somebody at one step.
    edges: Share,
    /// Steps that somebody came to.
    steps: Share,
    /// The edges that nobody took, in the order of the file.
    #[schemars(example = ["delivery-timeout"])]
    missed: Vec<&'a str>,
}

/// How many there are of each kind.
#[derive(Serialize, JsonSchema)]
struct Summary {
    /// Scenarios, as they stand in files.
    #[schemars(example = 3)]
    scenarios: usize,
    /// Scenarios that could not be understood.
    #[schemars(example = 0)]
    invalid: usize,
    /// Checks that were judged.
    #[schemars(example = 14)]
    checks: usize,
    /// Checks that hold.
    #[schemars(example = 13)]
    passed: usize,
    /// Checks that do not hold.
    #[schemars(example = 1)]
    failed: usize,
}

/// The JSON Schema of the format.
pub fn schema() -> serde_json::Value {
    schema::of_result::<Document<'_>>()
}

fn write(report: &TestReport, _: Look, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(report))?;
    out.write_all(b"\n")
}

fn document(report: &TestReport) -> Document<'_> {
    let counts = report.counts();
    let coverage = &report.coverage;
    let unread = coverage.locales.iter().filter(|it| !it.1);
    Document {
        version: VERSION,
        scenarios: report.scenarios.iter().map(scenario).collect(),
        coverage: Coverage {
            edges: share(coverage.edges),
            steps: share(coverage.steps),
            journeys: coverage.journeys.iter().map(journey).collect(),
            unread_locales: unread.map(|it| it.0.as_str()).collect(),
        },
        summary: Summary {
            scenarios: counts.scenarios,
            invalid: counts.invalid,
            checks: counts.checks,
            passed: counts.checks.saturating_sub(counts.failed),
            failed: counts.failed,
        },
    }
}

fn scenario(it: &Tested) -> Scenario<'_> {
    let At { path, line, column } = &it.place;
    Scenario {
        name: &it.name,
        file: path,
        line: *line,
        column: *column,
        status: match it.checks {
            None => Status::Invalid,
            Some(_) if it.failures.is_empty() => Status::Passed,
            Some(_) => Status::Failed,
        },
        checks: it.checks.unwrap_or(0),
        failures: it.failures.iter().map(failure).collect(),
    }
}

fn failure(it: &Failed) -> Failure<'_> {
    let At { path, line, column } = &it.place;
    Failure {
        case: &it.case,
        headline: &it.headline,
        file: path,
        line: *line,
        column: *column,
        life: &it.lines,
    }
}

fn journey(it: &TriedJourney) -> Journey<'_> {
    Journey {
        name: &it.name,
        edges: share(it.edges),
        steps: share(it.steps),
        missed: it.missed.iter().map(|it| it.0.as_str()).collect(),
    }
}

fn share((tried, all): (usize, usize)) -> Share {
    Share { tried, all }
}
