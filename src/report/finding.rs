//! A finding as programs read it.
//!
//! In: a diagnostic, and where everything stands that it points to. Out: a value of JSON, the same in
//! what was checked and in what was compared.
//! Invariant: the types are this format's own, so that the inner types can change without it.
//! Not done here: looking places up (that is `source`), the schema's file.

use schemars::JsonSchema;
use serde::Serialize;

use super::offset;
use crate::diagnostic::{self, Diagnostic, MomentKind};
use crate::source::{Place, Places};

/// One thing to look at.
#[derive(Serialize, JsonSchema)]
pub(super) struct Finding<'a> {
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
    /// What to write instead; where a rule is undecided for want of a declaration, that declaration.
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
    pub(super) status: Option<Status>,
}

/// What a change has to do with a finding.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
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

/// Where everything stands that a diagnostic points to, in its own order.
pub(super) struct Stands<'a> {
    /// What it is about.
    pub(super) primary: Place<'a>,
    /// What explains it.
    pub(super) related: Vec<Place<'a>>,
    /// What the edits of its fix replace.
    pub(super) edits: Vec<Place<'a>>,
}

impl<'a> Stands<'a> {
    /// Looks it up.
    pub(super) fn of(it: &Diagnostic, places: &Places<'a>) -> Self {
        let edits = it.fix.iter().flat_map(|it| &it.edits);
        Self {
            primary: places.of(it.primary.span),
            related: it.related.iter().map(|it| places.of(it.span)).collect(),
            edits: edits.map(|it| places.exact(it.span)).collect(),
        }
    }
}

impl<'a> Finding<'a> {
    /// A diagnostic in this format.
    pub(super) fn new(it: &'a Diagnostic, stands: &Stands<'a>, fingerprint: String) -> Self {
        let Place { path, start, end } = stands.primary;
        let moments = it.witness.iter().flat_map(|it| &it.moments);
        let related_places = it.related.iter().zip(&stands.related);
        Self {
            rule: it.rule.0,
            level: it.level.into(),
            verdict: it.verdict.into(),
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
            related: related_places.map(|(it, at)| related(it, *at)).collect(),
            fix: it.fix.as_ref().map(|it| fix(it, &stands.edits)),
            fingerprint,
            suppressed: it.suppressed.as_ref().map(|it| Suppression {
                reason: &it.reason,
                until: &it.until,
            }),
            status: it.status.as_ref().map(Status::from),
        }
    }
}

impl From<diagnostic::Level> for Level {
    fn from(it: diagnostic::Level) -> Self {
        match it {
            diagnostic::Level::Error => Self::Error,
            diagnostic::Level::Warning => Self::Warning,
            diagnostic::Level::Note => Self::Note,
        }
    }
}

impl From<diagnostic::Verdict> for Verdict {
    fn from(it: diagnostic::Verdict) -> Self {
        match it {
            diagnostic::Verdict::Fail => Self::Fail,
            diagnostic::Verdict::Undecided => Self::Undecided,
        }
    }
}

impl From<&diagnostic::Status> for Status {
    fn from(it: &diagnostic::Status) -> Self {
        match it {
            diagnostic::Status::Introduced => Self::Introduced,
            diagnostic::Status::Worsened(_) => Self::Worsened,
            diagnostic::Status::Older => Self::Older,
        }
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

fn related<'a>(it: &'a diagnostic::Label, place: Place<'a>) -> Related<'a> {
    let Place { path, start, .. } = place;
    Related {
        file: path,
        line: start.line,
        column: start.column,
        message: &it.text,
    }
}

fn fix<'a>(it: &'a diagnostic::Fix, places: &[Place<'a>]) -> Fix<'a> {
    let edit = |(it, place): (&'a diagnostic::Edit, &Place<'a>)| {
        let Place { path, start, end } = *place;
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
        edits: it.edits.iter().zip(places).map(edit).collect(),
    }
}
