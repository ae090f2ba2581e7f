//! What breaks for people who are inside of a journey when a change is merged.
//!
//! In: a journey on both sides, which step has become which, and what differs. Out: one sentence a
//! break: who feels what. Invariant: what nobody can stand at or before breaks nothing. Not done here:
//! whether `in_flight` answers it.

use super::super::{Breaking, BreakingChange, Change, Kind, Place};
use super::Matched;
use super::words;
use crate::manifest::{Journey, Step};
use crate::model::edits::{EditKind, Edits};

/// A journey that is gone.
pub(super) fn removed(journey: &Journey) -> BreakingChange {
    BreakingChange {
        id: Breaking::JourneyRemoved,
        step: None,
        text: format!(
            "People who are inside of `{}` get nothing more of it.",
            journey.name
        ),
        place: Some(place(journey, journey.line)),
    }
}

/// What breaks in a journey that goes on.
pub(super) fn of(matched: &Matched<'_>, changes: &[Change]) -> Vec<BreakingChange> {
    let mut all = Vec::new();
    if matched.before.name != matched.after.name {
        let text = format!(
            "People who are inside of `{}` stay in a journey that nobody looks after any more: \
             providers take `{}` for a new one.",
            matched.before.name, matched.after.name
        );
        let place = place(matched.after, matched.after.line);
        all.push(break_of(Breaking::JourneyRenamed, None, text, Some(place)));
    }
    all.extend(steps(matched));
    all.extend(changes.iter().filter_map(|it| whole(matched, it)));
    all
}

fn place(journey: &Journey, line: u32) -> Place {
    let file = journey.file.clone();
    Place { file, line }
}

fn break_of(
    id: Breaking,
    step: Option<&str>,
    text: String,
    place: Option<Place>,
) -> BreakingChange {
    let step = step.map(str::to_owned);
    BreakingChange {
        id,
        step,
        text,
        place,
    }
}

/// What happened to steps at which people may stand, or to which they come.
fn steps(matched: &Matched<'_>) -> Vec<BreakingChange> {
    let mut all = Vec::new();
    for edit in matched.edits.under_people() {
        let at = edit.at();
        let Some(old) = matched.old.get(at) else {
            continue;
        };
        let name = &old.node;
        let new = matched.partner(at);
        let at_new = new.map(|it| place(matched.after, it.line));
        let (id, text, place) = match (edit.kind, new) {
            (EditKind::Removed, _) | (_, None) => (
                Breaking::StepRemoved,
                gone(matched.edits, at, old),
                Some(place(matched.before, old.line)),
            ),
            (EditKind::Renamed(_), Some(new)) => (
                Breaking::StepRenamed,
                format!(
                    "People who are on their way to `{name}`, or stand at it, may get `{}` twice or \
                     not at all: providers take it for a new step.",
                    new.node
                ),
                at_new,
            ),
            (EditKind::Moved(_), Some(_)) => (
                Breaking::StepMoved,
                format!(
                    "People who are inside may pass `{name}` twice or miss it, as it comes {} now.",
                    matched.position(at).1
                ),
                at_new,
            ),
            (EditKind::Retimed(_), Some(new)) => (
                Breaking::WaitChanged,
                format!(
                    "People who stand at {} when this is merged came to {}; now it says: {}.",
                    called(old),
                    words::step(old),
                    words::step(new)
                ),
                at_new,
            ),
        };
        let step = new.map_or(name, |it| &it.node);
        all.push(break_of(id, Some(step), text, place));
    }
    // A step whose kind changed is told once, whatever else happened to it.
    all.dedup_by(|a, b| (a.id, &a.step) == (b.id, &b.step));
    all
}

fn called(step: &Step) -> String {
    if step.node.starts_with('@') {
        "a wait without a name".to_owned()
    } else {
        format!("`{}`", step.node)
    }
}

fn gone(edits: &Edits<'_>, at: usize, old: &Step) -> String {
    if edits.is_stop(at) {
        format!(
            "People who stand at {} when this is merged stand at nothing: {} is gone.",
            called(old),
            words::step(old)
        )
    } else {
        format!(
            "People who are on their way to `{}` do not get it any more.",
            old.node
        )
    }
}

/// What differs in the journey as a whole, and is felt by those inside.
fn whole(matched: &Matched<'_>, change: &Change) -> Option<BreakingChange> {
    let (was, is) = (change.before.as_deref(), change.after.as_deref());
    let (was, is) = (was.unwrap_or("nothing"), is.unwrap_or("nothing"));
    let (id, text) = match change.kind {
        Kind::ExitAdded => (
            Breaking::ExitAdded,
            format!("People who are inside leave now on {is}."),
        ),
        Kind::ExitRemoved => (
            Breaking::ExitRemoved,
            format!("People who are inside stay now where they would have left: on {was}."),
        ),
        Kind::ExitChanged => (
            Breaking::ExitChanged,
            format!(
                "People who are inside leave in other cases: {} was {was} and is {is}.",
                change.subject
            ),
        ),
        Kind::Class => {
            let what = match &change.step {
                Some(step) => format!("`{step}`"),
                None => "what comes next".to_owned(),
            };
            let text = format!(
                "People who are inside get {what} as {is} mail, and came in for {was} mail."
            );
            (Breaking::ClassChanged, text)
        }
        Kind::Basis if change.subject.is_empty() => (
            Breaking::BasisChanged,
            format!(
                "People who are inside came in on the basis {was}; what comes next is sent on the basis {is}."
            ),
        ),
        Kind::Reentry => (
            Breaking::ReentryChanged,
            format!("Who has been inside may come in again {is}; it was {was}."),
        ),
        _ => return widened(matched, change),
    };
    Some(break_of(
        id,
        change.step.as_deref(),
        text,
        change.place.clone(),
    ))
}

fn widened(matched: &Matched<'_>, change: &Change) -> Option<BreakingChange> {
    let is_trigger = change.step.is_none()
        && matches!(change.kind, Kind::AudienceWider)
        && change.subject != super::head::HELD_OUT;
    if !is_trigger {
        return None;
    }
    let event = &matched.after.trigger.event;
    let text = if matched.before.trigger.enroll_existing == matched.after.trigger.enroll_existing {
        format!("People whom `{event}` kept out come in now.")
    } else {
        "Everybody who qualifies already comes in at once, long after the moment it is about."
            .to_owned()
    };
    let (step, place) = (None, change.place.clone());
    Some(break_of(Breaking::TriggerWidened, step, text, place))
}
