//! What differs in the steps of a journey.
//!
//! In: the steps of the manifest on both sides, and which has become which. Out: what differs, step by
//! step. Invariant: every field of a step is compared; one that is not known here is found as
//! [`Kind::Other`]. Not done here: when touchpoints come (the timeline), and the words of mails.

use serde_json::{Map, Value};

use super::super::Kind;
use super::super::fields::{Field, Found, compare, field, plain, said};
use super::audience::People;
use super::head::{object, sender};
use super::{Context, words};
use crate::manifest::{Action, Branch, Condition, Step, Way};
use crate::model::Class;
use crate::model::edits::alike;

const SEND: &[Field] = &[
    plain(&["title"], Kind::Internal, "title"),
    plain(&["template"], Kind::Template, ""),
    plain(&["purpose"], Kind::Purpose, ""),
    plain(&["asks"], Kind::Purpose, "asks for"),
    plain(&["reminder_of"], Kind::Internal, "reminds of"),
    field(&["bypass_window"], Kind::Window, "", words::bypass),
];

const TASK: &[Field] = &[
    plain(&["title"], Kind::Template, "what is done"),
    plain(&["channel"], Kind::Channel, ""),
    plain(&["owner"], Kind::Sender, "who does it"),
    plain(&["respond_within"], Kind::Wait, "done within"),
    plain(&["purpose"], Kind::Purpose, ""),
];

const TOUCH: &[Field] = &[
    plain(&["title"], Kind::Template, "what the customer gets"),
    plain(&["channel"], Kind::Channel, ""),
    plain(&["by"], Kind::Sender, "who does it"),
    plain(&["purpose"], Kind::Purpose, ""),
];

const WAIT: &[Field] = &[field(
    &["for", "at", "on", "zone"],
    Kind::Wait,
    "",
    words::wait,
)];

const WAIT_FOR: &[Field] = &[
    plain(&["event"], Kind::Wait, "event"),
    plain(&["where"], Kind::Wait, "which event"),
    field(&["timeout"], Kind::Wait, "timeout", words::timeout),
];

const WAIT_UNTIL: &[Field] = &[
    field(
        &["date", "offset", "before", "at"],
        Kind::Wait,
        "",
        words::date,
    ),
    field(
        &["if_past"],
        Kind::Wait,
        "if the moment has passed",
        words::if_past,
    ),
];

const SPLIT: &[Field] = &[field(&["arms"], Kind::Split, "", words::arms)];

const REPEAT: &[Field] = &[
    plain(&["times"], Kind::Repeat, "rounds at most"),
    plain(&["every"], Kind::Repeat, "time between rounds"),
    plain(&["until"], Kind::Repeat, "until"),
];

const SET: &[Field] = &[field(
    &["attribute", "value"],
    Kind::Attribute,
    "",
    words::attribute,
)];

const ENTER: &[Field] = &[plain(&["journey"], Kind::Next, "starts")];

const EXIT: &[Field] = &[plain(&["reason"], Kind::Internal, "reason of the exit")];

/// What every step has, or what is compared by a function of its own.
const ELSEWHERE: &[&str] = &[
    "node",
    "line",
    "kind",
    "if",
    "unless",
    "class",
    "sender",
    "mails",
    "on_timeout",
    "when",
    "else",
    "steps",
];

/// What the journey as a whole says otherwise now: steps that only follow it say nothing new.
#[derive(Default)]
pub(super) struct Inherited {
    pub(super) class: Option<(Class, Class)>,
    pub(super) sender: Option<(String, String)>,
}

/// What differs between a step and what it has become; both do the same kind of thing.
pub(super) fn differences(
    context: &Context<'_>,
    inherited: &Inherited,
    before: &Step,
    after: &Step,
) -> Vec<Found> {
    let mut found = compare(fields(&after.does), ELSEWHERE, &bare(before), &bare(after));
    found.extend(audience(context, &before.does, &after.does));
    if let (Some(old), Some(new)) = (class(&before.does), class(&after.does))
        && old != new
        && inherited.class != Some((old, new))
    {
        let [old, new] = [old, new].map(|it| Some(it.word().to_owned()));
        found.push(Found::new("class", Kind::Class, "", old, new));
    }
    match (&before.does, &after.does) {
        (Action::Send(old), Action::Send(new)) => {
            let follows = (old.sender.id.clone(), new.sender.id.clone());
            if inherited.sender.as_ref() != Some(&follows) {
                found.extend(sender(context, &old.sender, &new.sender));
            }
        }
        (Action::Branch(old), Action::Branch(new)) => found.extend(branch(context, old, new)),
        _ => {}
    }
    found
}

fn fields(action: &Action) -> &'static [Field] {
    match action {
        Action::Send(_) => SEND,
        Action::Task(_) => TASK,
        Action::Touch(_) => TOUCH,
        Action::Wait(_) => WAIT,
        Action::WaitFor(_) => WAIT_FOR,
        Action::WaitUntil(_) => WAIT_UNTIL,
        Action::Branch(_) => &[],
        Action::Split(_) => SPLIT,
        Action::Repeat(_) => REPEAT,
        Action::Set(_) => SET,
        Action::Enter { .. } => ENTER,
        Action::Exit { .. } => EXIT,
    }
}

/// A step without the steps inside: they are steps of their own.
pub(super) fn bare(step: &Step) -> Map<String, Value> {
    let mut it = object(step);
    let arms = it.get_mut("arms").and_then(Value::as_object_mut);
    for arm in arms.into_iter().flat_map(Map::values_mut) {
        if let Some(arm) = arm.as_object_mut() {
            arm.remove("steps");
        }
    }
    it
}

fn class(action: &Action) -> Option<Class> {
    match action {
        Action::Send(it) => Some(it.class),
        Action::Touch(it) => Some(it.class),
        _ => None,
    }
}

fn people(action: &Action) -> People<'_> {
    let (only_if, unless) = match action {
        Action::Send(it) => (&it.only_if, &it.unless),
        Action::Task(it) => (&it.only_if, &it.unless),
        Action::Touch(it) => (&it.only_if, &it.unless),
        _ => (&None, &None),
    };
    let (only_if, unless) = (only_if.as_ref(), unless.as_ref());
    People { only_if, unless }
}

fn audience(context: &Context<'_>, before: &Action, after: &Action) -> Option<Found> {
    let (old, new) = (people(before), people(after));
    if old == new {
        return None;
    }
    let kind = context.audiences.kind(old, new);
    let [old, new] = [old, new].map(|it| Some(it.words()));
    Some(Found::new("if", kind, "who gets it", old, new))
}

fn branch(context: &Context<'_>, before: &Branch, after: &Branch) -> Vec<Found> {
    let texts = |it: &Branch| -> Vec<String> {
        it.when.iter().map(|it| it.condition.text.clone()).collect()
    };
    let pairs = alike(&texts(before), &texts(after));
    let mut found = Vec::new();
    if !pairs.is_sorted_by_key(|(_, new)| *new) {
        let [old, new] = [before, after].map(|it| Some(texts(it).join(", then ")));
        found.push(Found::new(
            "when",
            Kind::Branch,
            "order of the ways",
            old,
            new,
        ));
    }
    for (old, new) in &pairs {
        if let (Some(old), Some(new)) = (before.when.get(*old), after.when.get(*new)) {
            found.extend(way(context, old, new));
        }
    }
    let condition = |it: &Condition| Some(it.text.clone());
    for (at, it) in before.when.iter().enumerate() {
        if !pairs.iter().any(|pair| pair.0 == at) {
            let gone = condition(&it.condition);
            found.push(Found::new("when", Kind::Branch, "a way", gone, None));
        }
    }
    for (at, it) in after.when.iter().enumerate() {
        if !pairs.iter().any(|pair| pair.1 == at) {
            let new = condition(&it.condition);
            found.push(Found::new("when", Kind::Branch, "a way", None, new));
        }
    }
    found
}

/// What is known of a way of a branch besides its condition.
const WAY: &[Field] = &[plain(&["title"], Kind::Internal, "title of a way")];

fn way(context: &Context<'_>, before: &Way, after: &Way) -> Vec<Found> {
    let (old, new) = (object(before), object(after));
    let mut found = compare(WAY, &["if", "steps"], &old, &new);
    if before.condition != after.condition {
        let people = [before, after].map(|it| People::with(Some(&it.condition)));
        let kind = match context.audiences.kind(people[0], people[1]) {
            // The same people go this way, whatever the condition looks like.
            Kind::Internal => Kind::Internal,
            _ => Kind::Branch,
        };
        let (old, new) = (said(&old, &["if"]), said(&new, &["if"]));
        found.push(Found::new("when", kind, "", old, new));
    }
    found
}
