//! What differs in a journey apart from its steps.
//!
//! In: a journey of the manifest on both sides. Out: what differs, with places. Invariant: every
//! field of the manifest is compared; one that is not known here is found as [`Kind::Other`]. Not
//! done here: steps, and what the manifest leaves out.

use serde_json::{Map, Value};

use super::super::fields::{Field, Found, compare, field, plain};
use super::super::{Kind, Place};
use super::audience::People;
use super::{Context, words};
use crate::manifest::{Exit, Journey, Sender};
use crate::model::Class;
use crate::model::edits::alike;

/// What is known of each field.
const FIELDS: &[Field] = &[
    plain(&["title"], Kind::Internal, "title"),
    plain(&["owner"], Kind::Internal, "owner"),
    plain(&["stage"], Kind::Internal, "stage"),
    plain(&["class"], Kind::Class, ""),
    plain(&["basis"], Kind::Basis, ""),
    field(&["reentry"], Kind::Reentry, "", words::reentry),
    plain(&["priority"], Kind::Internal, "priority"),
    field(&["in_flight"], Kind::InFlight, "", words::in_flight),
    field(&["goal"], Kind::Goal, "", words::goal),
    plain(&["next"], Kind::Next, "may follow"),
];

/// What has a function of its own here, is found as steps or names, or is derived from the rest.
const ELSEWHERE: &[&str] = &[
    "name", "file", "line", "graph", "steps", "sender", "trigger", "holdout", "exits",
];

/// What is known of a trigger beyond whom it lets in.
const TRIGGER: &[Field] = &[plain(&["event"], Kind::Trigger, "")];

/// What differs, with the places of exits; others have none of their own.
pub(super) fn differences(
    context: &Context<'_>,
    before: &Journey,
    after: &Journey,
) -> Vec<(Found, Option<Place>)> {
    let mut found = compare(FIELDS, ELSEWHERE, &object(before), &object(after));
    found.extend(trigger(context, before, after));
    found.extend(sender(context, &before.sender, &after.sender));
    found.extend(holdout(before.holdout, after.holdout));
    let mut found: Vec<_> = found.into_iter().map(|it| (it, None)).collect();
    found.extend(exits(before, after));
    found
}

/// A part of the manifest as JSON.
pub(super) fn object(part: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(part) {
        Ok(Value::Object(it)) => it,
        _ => Map::new(),
    }
}

fn trigger(context: &Context<'_>, before: &Journey, after: &Journey) -> Vec<Found> {
    let (old, new) = (&before.trigger, &after.trigger);
    let elsewhere = ["where", "enroll_existing"];
    let mut found = compare(TRIGGER, &elsewhere, &object(old), &object(new));
    if old.filter != new.filter {
        let people = [old, new].map(|it| People::with(it.filter.as_ref()));
        let kind = if old.event == new.event {
            context.audiences.kind(people[0], people[1])
        } else {
            Kind::Audience
        };
        let [old, new] = people.map(|it| Some(it.words()));
        found.push(Found::new("trigger", kind, "who comes in", old, new));
    }
    if old.enroll_existing != new.enroll_existing {
        let kind = if new.enroll_existing {
            Kind::AudienceWider
        } else {
            Kind::AudienceNarrower
        };
        let words =
            |is_in: bool| Some(if is_in { "are let in" } else { "stay outside" }.to_owned());
        let (old, new) = (words(old.enroll_existing), words(new.enroll_existing));
        let subject = "people who qualify already";
        found.push(Found::new("trigger", kind, subject, old, new));
    }
    for it in &mut found {
        "trigger".clone_into(&mut it.key);
    }
    found
}

/// Who speaks. What the project says of a sender is found there, once, and not in each journey.
pub(super) fn sender(context: &Context<'_>, before: &Sender, after: &Sender) -> Option<Found> {
    let is_declared = |project: &crate::model::Project, it: &Sender| {
        project.senders.get(&*it.id).is_some_and(|declared| {
            let reply_to = declared.reply_to.as_ref().map(|it| &*it.value);
            (&*declared.name.value, &*declared.address.value, reply_to)
                == (&*it.name, &*it.address, it.reply_to.as_deref())
        })
    };
    let is_told_there = before.id == after.id
        && is_declared(context.old, before)
        && is_declared(context.new, after);
    if before == after || is_told_there {
        return None;
    }
    let words = |it: &Sender| {
        let replies = it.reply_to.as_ref().map(|it| format!(", replies to {it}"));
        let replies = replies.unwrap_or_default();
        format!("{} <{}>{replies}", it.name, it.address)
    };
    let (mut old, mut new) = (words(before), words(after));
    if old == new {
        (old, new) = (before.id.clone(), after.id.clone());
    }
    Some(Found::new("from", Kind::Sender, "", Some(old), Some(new)))
}

/// What the share of people who are kept out is called.
pub(super) const HELD_OUT: &str = "kept out to compare";

fn holdout(before: Option<u32>, after: Option<u32>) -> Option<Found> {
    if before == after {
        return None;
    }
    let share = |it: Option<u32>| it.unwrap_or(0);
    let kind = match share(before).cmp(&share(after)) {
        std::cmp::Ordering::Less => Kind::AudienceNarrower,
        std::cmp::Ordering::Equal => Kind::Internal,
        std::cmp::Ordering::Greater => Kind::AudienceWider,
    };
    let words = |it: Option<u32>| it.map(|it| format!("{it}%"));
    let (old, new) = (words(before), words(after));
    Some(Found::new("holdout", kind, HELD_OUT, old, new))
}

/// What is known of an exit beyond its event and where it stands.
const EXIT: &[Field] = &[
    plain(&["where"], Kind::ExitChanged, "which"),
    plain(&["only"], Kind::ExitChanged, "what stops"),
    plain(&["reason"], Kind::Internal, "reason of the exit"),
];

fn exits(before: &Journey, after: &Journey) -> Vec<(Found, Option<Place>)> {
    let keys = |exits: &[Exit]| -> Vec<String> {
        let whole =
            |it: &Exit| serde_json::json!([it.on, it.filter, it.only, it.reason]).to_string();
        exits.iter().map(whole).collect()
    };
    let (old, new) = (keys(&before.exits), keys(&after.exits));
    let same = alike(&old, &new);
    let same: Vec<(usize, usize)> = same
        .into_iter()
        .filter(|(a, b)| old[*a] == new[*b])
        .collect();
    let mut found = Vec::new();
    if !same.is_sorted_by_key(|(_, new)| *new) {
        let names = |exits: &[Exit]| {
            let names: Vec<&str> = exits.iter().map(|it| &*it.on).collect();
            Some(names.join(", "))
        };
        let (old, new) = (names(&before.exits), names(&after.exits));
        let order = Found::new("exits", Kind::Internal, "order of exits", old, new);
        found.push((order, None));
    }
    let rest = |exits: &'_ [Exit], taken: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..exits.len()).filter(|at| !taken(*at)).collect()
    };
    let old_rest = rest(&before.exits, &|at| same.iter().any(|it| it.0 == at));
    let mut new_rest = rest(&after.exits, &|at| same.iter().any(|it| it.1 == at));
    let place = |journey: &Journey, exit: &Exit| {
        let (file, line) = (journey.file.clone(), exit.line);
        Some(Place { file, line })
    };
    for old in old_rest.iter().filter_map(|at| before.exits.get(*at)) {
        let same = new_rest.iter().position(|at| after.exits[*at].on == old.on);
        let Some(new) = same.map(|at| &after.exits[new_rest.remove(at)]) else {
            let gone = Found::new("exits", Kind::ExitRemoved, "", Some(exit(old)), None);
            found.push((gone, place(before, old)));
            continue;
        };
        for mut it in compare(EXIT, &["on", "line"], &object(old), &object(new)) {
            it.subject = format!("{} ({})", old.on, it.subject);
            found.push((it, place(after, new)));
        }
    }
    for new in new_rest.iter().filter_map(|at| after.exits.get(*at)) {
        let added = Found::new("exits", Kind::ExitAdded, "", None, Some(exit(new)));
        found.push((added, place(after, new)));
    }
    found
}

/// What makes people leave, in words.
fn exit(it: &Exit) -> String {
    let filter = it.filter.as_ref().map(|it| format!(" where {}", it.text));
    let only = it.only.map(Class::word);
    let only = only.map(|it| format!(", which stops {it} messages only"));
    let (filter, only) = (filter.unwrap_or_default(), only.unwrap_or_default());
    format!("{}{filter}{only}", it.on)
}
