//! `--format json`: everything, for programs; described by `schema/report.schema.json`.
//!
//! The types are this format's own, so that the inner types can change without it.

use std::io;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::place::{Place, Places};
use super::{Format, Look, Report, Summary, offset};
use crate::diagnostic::{self, Diagnostic, MomentKind, fingerprints};

pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "Everything, for programs; see schema/report.schema.json",
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

/// One thing to look at.
#[derive(Serialize, JsonSchema)]
struct Finding<'a> {
    /// The rule that speaks. Names are final.
    #[schemars(
        regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"),
        example = &"feedback-before-delivery"
    )]
    rule: &'a str,
    /// How much it weighs.
    #[schemars(example = Level::Error)]
    level: Level,
    /// Whether the rule was broken or could not be decided.
    #[schemars(example = Verdict::Fail)]
    verdict: Verdict,
    /// What is wrong, in one line.
    #[schemars(example = &"asks for feedback on something the customer may not have yet")]
    message: &'a str,
    /// What to write instead; for an undecided rule, the declaration that would decide it.
    #[schemars(example = &"wait for `order_delivered` first; its timeout branch does not count")]
    help: Option<&'a str>,
    /// The command that explains the rule.
    #[schemars(example = &"journeyc explain feedback-before-delivery")]
    docs: String,
    /// The file, from the repository's root, with `/` on every system.
    #[schemars(example = &"journeys/post-purchase.yaml")]
    file: &'a str,
    /// The first line, from 1.
    #[schemars(range(min = 1), example = 31)]
    line: u32,
    /// The first column, from 1, counted in characters.
    #[schemars(range(min = 1), example = 5)]
    column: u32,
    /// The last line, from 1.
    #[schemars(range(min = 1), example = 31)]
    end_line: u32,
    /// One past the last column.
    #[schemars(range(min = 1), example = 25)]
    end_column: u32,
    /// The journey, where one is concerned.
    #[schemars(example = &"post-purchase")]
    journey: Option<&'a str>,
    /// The step, where one is concerned.
    #[schemars(example = &"review-request")]
    step: Option<&'a str>,
    /// The dated path that breaks the rule, earliest moment first; empty where none is needed.
    witness: Vec<Moment<'a>>,
    /// Other places that explain it.
    related: Vec<Related<'a>>,
    /// A rewrite that cures it, where there is one.
    fix: Option<Fix<'a>>,
    /// What the finding is known by from one run to the next: made of rule, journey (or file),
    /// step and subject, never of line numbers.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"), example = &"5e2f90d1c3a47b68")]
    fingerprint: String,
    /// The `allow` entry that covers it. A suppressed finding never fails a check.
    suppressed: Option<Suppression<'a>>,
    /// What the change has to do with it, with `--base`. An older finding never fails a check.
    #[schemars(example = Status::Introduced)]
    status: Option<Status>,
}

/// What a change has to do with a finding.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    /// It was not there before.
    Introduced,
    /// It was there before, and milder: it weighed less, could not be decided, was accepted, or the
    /// rule measured less.
    Worsened,
    /// It was there before.
    Older,
}

/// How much a finding weighs.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Level {
    Error,
    Warning,
    Note,
}

/// Whether a rule was broken or could not be decided.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Fail,
    Undecided,
}

/// A moment of the path: a time, and exactly one thing that happens then.
#[derive(Serialize, JsonSchema, Default)]
#[schemars(extend("minProperties" = 2, "maxProperties" = 2))]
struct Moment<'a> {
    /// The time since the journey's trigger, as an ISO 8601 duration.
    #[schemars(
        regex(pattern = r"^-?P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$"),
        example = &"P14D"
    )]
    at: String,
    /// An event of the business: the trigger, or one that was awaited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    #[schemars(example = &"order_paid")]
    event: Option<&'a str>,
    /// A message of ours goes out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    #[schemars(example = &"review-request")]
    send: Option<&'a str>,
    /// A person of ours does something.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    #[schemars(example = &"call-about-delay")]
    task: Option<&'a str>,
    /// Another system touches the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    #[schemars(example = &"parcel-insert")]
    touch: Option<&'a str>,
    /// A wait ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    #[schemars(example = &"7d")]
    wait: Option<&'a str>,
    /// An awaited event did not come in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    #[schemars(example = &"order_delivered")]
    timeout: Option<&'a str>,
    /// A message is held back by a send window or by quiet hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    #[schemars(example = &"next-steps")]
    held: Option<&'a str>,
    /// A way is taken at a branch or a split.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    #[schemars(example = &"repeat-or-first")]
    choice: Option<&'a str>,
    /// The journey ends for this person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "str")]
    #[schemars(example = &"not-delivered")]
    exit: Option<&'a str>,
}

/// A place that explains a finding.
#[derive(Serialize, JsonSchema)]
struct Related<'a> {
    /// The file, from the repository's root.
    #[schemars(example = &"journeys/post-purchase.yaml")]
    file: &'a str,
    /// The line, from 1.
    #[schemars(range(min = 1), example = 8)]
    line: u32,
    /// The column, from 1, counted in characters.
    #[schemars(range(min = 1), example = 3)]
    column: u32,
    /// What is there.
    #[schemars(example = &"the journey begins here")]
    message: &'a str,
}

/// A rewrite that cures a finding.
#[derive(Serialize, JsonSchema)]
struct Fix<'a> {
    /// What it does.
    #[schemars(example = &"rename `emial` to `email`")]
    title: &'a str,
    /// Whether it may be applied unseen.
    #[schemars(example = Applicability::Safe)]
    applicability: Applicability,
    /// The replacements, in order, without overlap.
    edits: Vec<Edit<'a>>,
}

/// How sure a rewrite is: `safe` keeps every intention of the author, `suggested` needs a look.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Applicability {
    Safe,
    Suggested,
}

/// One replacement.
#[derive(Serialize, JsonSchema)]
struct Edit<'a> {
    /// The file, from the repository's root.
    #[schemars(example = &"journeys/post-purchase.yaml")]
    file: &'a str,
    /// The first line that is replaced, from 1.
    #[schemars(range(min = 1), example = 12)]
    line: u32,
    /// The first column that is replaced, from 1, counted in characters.
    #[schemars(range(min = 1), example = 5)]
    column: u32,
    /// The last line that is replaced, from 1.
    #[schemars(range(min = 1), example = 12)]
    end_line: u32,
    /// One past the last column that is replaced.
    #[schemars(range(min = 1), example = 10)]
    end_column: u32,
    /// What stands there afterwards.
    #[schemars(example = &"email")]
    text: &'a str,
}

/// An `allow` entry.
#[derive(Serialize, JsonSchema)]
struct Suppression<'a> {
    /// The author's reason.
    #[schemars(example = &"bespoke furniture, 8 weeks is promised at checkout")]
    reason: &'a str,
    /// The last day on which it holds.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"), example = &"2027-03-01")]
    until: &'a str,
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
    // Optional fields are always written, as `null`; that is the contract for serialization.
    SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(plain))
        .into_generator()
        .into_root_schema_for::<Document<'_>>()
        .into()
}

/// Drops what validators know nothing of: Rust's number formats; and where comments break lines.
fn plain(schema: &mut Schema) {
    schema.remove("format");
    if let Some(serde_json::Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
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
            .map(|(it, print)| finding(it, &places, print))
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

fn finding<'a>(it: &'a Diagnostic, places: &Places<'a>, fingerprint: String) -> Finding<'a> {
    let Place { path, start, end } = places.of(it.primary.span);
    let moments = it.witness.iter().flat_map(|it| &it.moments);
    Finding {
        rule: it.rule.0,
        level: match it.level {
            diagnostic::Level::Error => Level::Error,
            diagnostic::Level::Warning => Level::Warning,
            diagnostic::Level::Note => Level::Note,
        },
        verdict: match it.verdict {
            diagnostic::Verdict::Fail => Verdict::Fail,
            diagnostic::Verdict::Undecided => Verdict::Undecided,
        },
        message: &it.message,
        help: it.help.as_deref(),
        docs: format!("journeyc explain {}", it.rule),
        file: path,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        journey: it.journey.as_deref(),
        step: it.step.as_deref(),
        witness: moments.map(moment).collect(),
        related: it.related.iter().map(|it| related(it, places)).collect(),
        fix: it.fix.as_ref().map(|it| fix(it, places)),
        fingerprint,
        suppressed: it.suppressed.as_ref().map(|it| Suppression {
            reason: &it.reason,
            until: &it.until,
        }),
        status: it.status.map(|it| match it {
            diagnostic::Status::Introduced => Status::Introduced,
            diagnostic::Status::Worsened(_) => Status::Worsened,
            diagnostic::Status::Older => Status::Older,
        }),
    }
}

fn moment(it: &diagnostic::Moment) -> Moment<'_> {
    let mut out = Moment {
        at: offset::iso(it.at),
        ..Moment::default()
    };
    let slot = match it.kind {
        MomentKind::Event => &mut out.event,
        MomentKind::Send => &mut out.send,
        MomentKind::Task => &mut out.task,
        MomentKind::Touch => &mut out.touch,
        MomentKind::Wait => &mut out.wait,
        MomentKind::Timeout => &mut out.timeout,
        MomentKind::Held => &mut out.held,
        MomentKind::Choice => &mut out.choice,
        MomentKind::Exit => &mut out.exit,
    };
    *slot = Some(&it.name);
    out
}

fn related<'a>(it: &'a diagnostic::Label, places: &Places<'a>) -> Related<'a> {
    let Place { path, start, .. } = places.of(it.span);
    Related {
        file: path,
        line: start.line,
        column: start.column,
        message: &it.text,
    }
}

fn fix<'a>(it: &'a diagnostic::Fix, places: &Places<'a>) -> Fix<'a> {
    let edit = |it: &'a diagnostic::Edit| {
        let Place { path, start, end } = places.exact(it.span);
        Edit {
            file: path,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            text: &it.text,
        }
    };
    Fix {
        title: &it.title,
        applicability: match it.applicability {
            diagnostic::Applicability::Safe => Applicability::Safe,
            diagnostic::Applicability::Suggested => Applicability::Suggested,
        },
        edits: it.edits.iter().map(edit).collect(),
    }
}
