//! `--format json`: everything, for programs; described by `schema/diff.schema.json`.
//!
//! In: [`Changes`]. Out: one document. Invariant: the types are this format's own, so that the inner
//! types can change without it; whatever can be missing is written as `null`, and lists as empty.
//! Not done here: the pages of mails, which the HTML report shows.

mod copy;
mod journey;
mod types;

use std::io;

use serde_json::Value;

use super::{Format, Look};
use crate::diff::{self, Changes};
use crate::report::finding::{Finding, Stands, Status};
use crate::schema;
use crate::source;
use types::{
    Action, Changed, Document, FindingChanges, Found, Muted, Number, Outcome, Payload, Reach,
    Revision, Sent, VERSION,
};

pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "Everything, for programs; see schema/diff.schema.json",
    write,
};

/// The JSON Schema of the format.
pub fn schema() -> Value {
    schema::of_result::<Document<'_>>()
}

fn write(changes: &Changes, _look: Look<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(changes))?;
    out.write_all(b"\n")
}

fn document(it: &Changes) -> Document<'_> {
    Document {
        version: VERSION,
        verdict: match it.verdict() {
            diff::Verdict::Nothing => Outcome::Nothing,
            diff::Verdict::Fine => Outcome::Fine,
            diff::Verdict::Blocked => Outcome::Blocked,
        },
        before: revision(&it.before),
        after: revision(&it.after),
        numbers: it.numbers.iter().map(number).collect(),
        project: it.project.iter().map(Changed::from).collect(),
        journeys: it.journeys.iter().map(journey::journey).collect(),
        copy: it.copy.iter().map(copy::copy).collect(),
        mails: it.mails.iter().map(copy::mail).collect(),
        reach: it.reach.iter().map(reach).collect(),
        findings: findings(&it.findings),
        targets: it.targets.iter().map(target).collect(),
        formatting: &it.formatting,
        muted: it.muted.iter().map(muted).collect(),
    }
}

fn revision(it: &diff::Revision) -> Revision<'_> {
    Revision {
        name: &it.name,
        commit: it.commit.as_deref(),
        broken: &it.broken,
    }
}

fn number(it: &diff::Number) -> Number {
    let (id, unit) = match it.id {
        diff::NumberId::ContactLoad => ("contact-load", "messages"),
        diff::NumberId::SilenceAfterPayment => ("silence-after-payment", "seconds"),
    };
    Number {
        id,
        unit,
        before: it.before,
        after: it.after,
    }
}

fn muted(it: &(diff::Kind, usize)) -> Muted {
    Muted {
        kind: it.0.id(),
        title: it.0.title(),
        count: it.1,
    }
}

fn reach(it: &diff::Reach) -> Reach<'_> {
    Reach {
        what: match it.what {
            diff::Shared::Template => "template",
            diff::Shared::Catalogue => "catalogue",
            diff::Shared::Sender => "sender",
            diff::Shared::Event => "event",
            diff::Shared::Attribute => "attribute",
            diff::Shared::Policy => "policy",
            diff::Shared::Brand => "brand",
            diff::Shared::Locale => "locale",
        },
        name: &it.name,
        journeys: &it.journeys,
        mails: it.mails,
    }
}

fn findings(it: &diff::FindingChanges) -> FindingChanges<'_> {
    FindingChanges {
        introduced: group(&it.introduced, Some(Status::Introduced)),
        worsened: group(&it.worsened, Some(Status::Worsened)),
        fixed: group(&it.fixed, None),
        older: it.older,
    }
}

fn group(all: &[diff::Found], status: Option<Status>) -> Vec<Found<'_>> {
    all.iter().map(|it| found(it, status)).collect()
}

fn found(it: &diff::Found, status: Option<Status>) -> Found<'_> {
    let start = source::Position {
        line: it.place.line,
        column: it.column,
    };
    let stands = Stands {
        primary: source::Place {
            path: &it.place.file,
            start,
            end: it.end,
        },
        related: it.related.iter().map(place).collect(),
        edits: it.edits.iter().map(place).collect(),
    };
    let mut finding = Finding::new(&it.diagnostic, &stands, it.fingerprint.clone());
    finding.status = status;
    Found {
        blocks: it.blocks(),
        input: it.is_input,
        finding,
    }
}

fn place(it: &diff::Extent) -> source::Place<'_> {
    source::Place {
        path: &it.file,
        start: it.start,
        end: it.end,
    }
}

fn target(it: &diff::TargetChanges) -> Sent<'_> {
    Sent {
        target: &it.target,
        environment: &it.environment,
        payloads: it.payloads.iter().map(payload).collect(),
        unchanged: it.unchanged,
        introduced: group(&it.introduced, Some(Status::Introduced)),
    }
}

fn payload(it: &diff::PayloadChange) -> Payload<'_> {
    Payload {
        name: &it.name,
        action: match it.action {
            diff::Action::Create => Action::Create,
            diff::Action::Update => Action::Update,
            diff::Action::Delete => Action::Delete,
        },
        diff: &it.diff,
    }
}
