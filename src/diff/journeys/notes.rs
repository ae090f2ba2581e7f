//! What a journey file says that the manifest leaves out: notes for those who look after it, what
//! rules are told, how people came to agree.
//!
//! In: the file on both sides. Out: what differs. Invariant: a key that neither the manifest carries
//! nor this file knows is found as [`Kind::Other`]. Not done here: what the manifest carries.

use serde_json::{Map, Value};

use super::super::Kind;
use super::super::fields::{Field, Found, compare, plain};

const JOURNEY: &[Field] = &[
    plain(&["description"], Kind::Internal, "description"),
    plain(&["reviewers"], Kind::Internal, "reviewers"),
    plain(&["personas"], Kind::Internal, "written for"),
    plain(&["consent"], Kind::Basis, "how people agreed"),
    plain(&["jurisdictions"], Kind::Policy, "legal areas"),
    plain(&["metrics"], Kind::Internal, "what is measured"),
    plain(&["needs_setup"], Kind::Internal, "must be set up"),
    plain(&["review_by"], Kind::Internal, "looked at again by"),
    plain(&["lint"], Kind::Internal, "weight of rules"),
    plain(&["allow"], Kind::Internal, "accepted findings"),
];

/// What the manifest carries of a journey.
const CARRIED: &[&str] = &[
    "journey",
    "title",
    "owner",
    "stage",
    "class",
    "basis",
    "from",
    "trigger",
    "reentry",
    "priority",
    "exits",
    "goal",
    "next",
    "holdout",
    "in_flight",
    "steps",
];

const STEP: &[Field] = &[
    plain(&["about"], Kind::Internal, "asks about"),
    plain(&["questions"], Kind::Internal, "number of questions"),
    plain(&["minutes"], Kind::Internal, "minutes to answer"),
    plain(&["emotion"], Kind::Internal, "expected feeling"),
    plain(&["two_way"], Kind::Internal, "invites an answer"),
    plain(&["respond_within"], Kind::Internal, "answered within"),
    plain(&["human"], Kind::Internal, "written by a person"),
    plain(&["stage"], Kind::Internal, "stage"),
    plain(&["personas"], Kind::Internal, "written for"),
    plain(&["requested"], Kind::Internal, "asked for by the customer"),
    plain(&["gift"], Kind::Internal, "gives something"),
    plain(&["promises"], Kind::Internal, "promises"),
    plain(&["reviewed_on"], Kind::Internal, "last read"),
    plain(&["expires_on"], Kind::Internal, "true until"),
    plain(&["handover_from"], Kind::Internal, "takes over from"),
    plain(&["surprise"], Kind::Internal, "meant as a surprise"),
    plain(&["perpetual"], Kind::Internal, "waiting for ever is meant"),
    plain(&["allow"], Kind::Internal, "accepted findings"),
];

/// What the manifest carries of each kind of step.
fn carried(kind: &str) -> &'static [&'static str] {
    match kind {
        "send" => &[
            "id",
            "title",
            "template",
            "purpose",
            "class",
            "from",
            "reply_to",
            "asks",
            "reminder_of",
            "if",
            "unless",
            "bypass_window",
        ],
        "task" => &[
            "id",
            "title",
            "channel",
            "owner",
            "respond_within",
            "purpose",
            "if",
            "unless",
        ],
        "touch" => &[
            "id", "title", "channel", "by", "purpose", "class", "if", "unless",
        ],
        "wait" => &["id", "for", "at", "on", "zone"],
        "wait_for" => &["id", "event", "where", "timeout", "on_timeout"],
        "wait_until" => &["id", "date", "offset", "at", "if_past"],
        "branch" => &["id", "when", "else"],
        "split" => &["id", "arms"],
        "repeat" => &["id", "times", "every", "until", "steps"],
        "set" => &["id", "attribute", "value"],
        _ => &[],
    }
}

/// What differs in the journey apart from its steps.
pub(super) fn journey(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Found> {
    compare(JOURNEY, CARRIED, before, after)
}

/// One step as its file writes it: its kind, and what stands behind it.
pub(super) type Written<'v> = (&'v str, &'v Value);

/// What differs in a step; both are of one kind.
pub(super) fn step(before: Written<'_>, after: Written<'_>) -> Vec<Found> {
    let map = |(_, value): Written<'_>| value.as_object().cloned().unwrap_or_default();
    if before.0 != after.0 {
        return Vec::new();
    }
    compare(STEP, carried(after.0), &map(before), &map(after))
}

/// Every step of a file, in the order in which the manifest numbers them.
pub(super) fn steps(file: &Map<String, Value>) -> Vec<Written<'_>> {
    let mut out = Vec::new();
    go(file.get("steps"), &mut out);
    out
}

fn go<'v>(list: Option<&'v Value>, out: &mut Vec<Written<'v>>) {
    let steps = list.and_then(Value::as_array).into_iter().flatten();
    for step in steps.filter_map(Value::as_object) {
        let Some((kind, body)) = step.iter().next() else {
            continue;
        };
        out.push((kind, body));
        match kind.as_str() {
            "wait_for" => go(body.get("on_timeout"), out),
            "repeat" => go(body.get("steps"), out),
            "branch" => {
                let ways = body.get("when").and_then(Value::as_array);
                for way in ways.into_iter().flatten() {
                    go(way.get("steps"), out);
                }
                go(body.get("else"), out);
            }
            "split" => {
                let arms = body.get("arms").and_then(Value::as_object);
                for arm in arms.into_iter().flat_map(Map::values) {
                    go(arm.get("steps"), out);
                }
            }
            _ => {}
        }
    }
}
