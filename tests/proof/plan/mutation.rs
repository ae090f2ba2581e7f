//! Small random changes to a journey, so that situations differ.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::conditions::{condition, event, filter};
use super::situations::exits;
use super::steps::{any, branch, pause, repeat, split, vary, wait};

/// Changes something.
pub(super) fn mutate(journey: &mut Value, dice: &mut Dice) {
    match dice.below(16) {
        0..=2 => {
            let (list, depth) = a_list(journey, dice);
            let step = any(dice, depth);
            put(journey, &list, dice, step);
        }
        3 => remove(journey, dice),
        4 => swap(journey, dice),
        5 | 6 => {
            let (list, _) = a_list(journey, dice);
            let step = wait(dice);
            put(journey, &list, dice, step);
        }
        7..=9 => with_a_step(journey, dice, |step, dice| {
            if ["send", "task", "touch"]
                .iter()
                .any(|it| step.get(it).is_some())
            {
                vary(step, dice);
            } else if step.get("wait").is_some() {
                *step = wait(dice);
            }
        }),
        10 | 11 => wrap(journey, dice),
        12 => journey["exits"] = exits(dice, 50),
        13 => {
            let after = json!({"after": dice.of(&["1d", "30d"])});
            journey["reentry"] = match dice.below(4) {
                0 => json!("never"),
                1 => json!("per_key"),
                2 => json!("always"),
                _ => after,
            };
        }
        14 => {
            let (list, _) = a_list(journey, dice);
            let step = pause(dice, &["1h", "1d", "3d", "10d"]);
            put(journey, &list, dice, step);
        }
        _ => match dice.below(4) {
            0 => journey["trigger"]["where"] = json!(filter(dice)),
            1 => journey["goal"] = json!({"event": event(dice)}),
            2 => journey["class"] = json!(dice.of(&["commercial", "transactional"])),
            _ => journey["from"] = json!(dice.of(&["care", "maya", "ben"])),
        },
    }
}

/// Puts a step somewhere.
pub(super) fn insert(journey: &mut Value, dice: &mut Dice, step: Value) {
    let (list, _) = a_list(journey, dice);
    put(journey, &list, dice, step);
}

fn put(journey: &mut Value, list: &str, dice: &mut Dice, step: Value) {
    if let Some(Value::Array(items)) = journey.pointer_mut(list) {
        let at = dice.below(items.len() + 1);
        items.insert(at, step);
    }
}

fn remove(journey: &mut Value, dice: &mut Dice) {
    let (list, _) = a_list(journey, dice);
    if let Some(Value::Array(items)) = journey.pointer_mut(&list)
        && items.len() > 1
    {
        items.remove(dice.below(items.len()));
    }
}

fn swap(journey: &mut Value, dice: &mut Dice) {
    let (list, _) = a_list(journey, dice);
    if let Some(Value::Array(items)) = journey.pointer_mut(&list)
        && items.len() > 1
    {
        let at = dice.below(items.len() - 1);
        items.swap(at, at + 1);
    }
}

fn with_a_step(journey: &mut Value, dice: &mut Dice, change: impl FnOnce(&mut Value, &mut Dice)) {
    let (list, _) = a_list(journey, dice);
    if let Some(Value::Array(items)) = journey.pointer_mut(&list)
        && !items.is_empty()
    {
        let at = dice.below(items.len());
        change(&mut items[at], dice);
    }
}

/// Puts a few steps into a branch, a split or a repetition.
fn wrap(journey: &mut Value, dice: &mut Dice) {
    let (list, depth) = a_list(journey, dice);
    let Some(Value::Array(items)) = journey.pointer_mut(&list) else {
        return;
    };
    if depth >= 2 || items.is_empty() {
        return;
    }
    let from = dice.below(items.len());
    let to = (from + 1 + dice.below(2)).min(items.len());
    let inner: Vec<Value> = items.drain(from..to).collect();
    let step = match dice.below(4) {
        0 => split(dice, inner, depth),
        1 => repeat(dice, inner),
        2 => json!({"branch": {
            "id": "choice",
            "when": [{"if": condition(dice), "steps": inner}],
            "else": [],
        }}),
        _ => branch(dice, inner, depth),
    };
    items.insert(from, step);
}

/// One of the journey's lists of steps, as a JSON pointer, with its depth.
fn a_list(journey: &Value, dice: &mut Dice) -> (String, usize) {
    let mut found = Vec::new();
    lists(journey, String::new(), 0, &mut found);
    let at = dice.below(found.len());
    found.swap_remove(at)
}

fn lists(value: &Value, path: String, depth: usize, found: &mut Vec<(String, usize)>) {
    match value {
        Value::Object(entries) => {
            for (key, it) in entries {
                let below = format!("{path}/{key}");
                let is_list = ["steps", "on_timeout", "else"].contains(&key.as_str());
                if is_list && it.is_array() {
                    found.push((below.clone(), depth));
                }
                lists(it, below, depth + usize::from(is_list), found);
            }
        }
        Value::Array(items) => {
            for (at, it) in items.iter().enumerate() {
                lists(it, format!("{path}/{at}"), depth, found);
            }
        }
        _ => {}
    }
}

/// Makes a journey valid again: ids once, reminders of what is there.
pub(super) fn mend(journey: &mut Value) {
    let mut seen = BTreeMap::new();
    rename(&mut journey["steps"], &mut seen);
    let ids: Vec<String> = seen.into_keys().collect();
    remind(&mut journey["steps"], &ids);
    let mut letters = Vec::new();
    sends(&journey["steps"], &mut letters);
    let clicked = match letters.first() {
        Some(id) => format!("contact.clicked(\"{id}\")"),
        None => "contact.newsletter".to_owned(),
    };
    click(&mut journey["steps"], &clicked);
}

/// The ids of the emails.
fn sends(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, it) in entries {
                match it["id"].as_str() {
                    Some(id) if key == "send" => found.push(id.to_owned()),
                    _ => sends(it, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|it| sends(it, found)),
        _ => {}
    }
}

/// Lets questions about clicks name an email of the journey.
fn click(value: &mut Value, clicked: &str) {
    match value {
        Value::String(text) if text.contains("@\"") => {
            *text = text.replace("contact.clicked(\"@\")", clicked);
        }
        Value::Object(entries) => entries.iter_mut().for_each(|(_, it)| click(it, clicked)),
        Value::Array(items) => items.iter_mut().for_each(|it| click(it, clicked)),
        _ => {}
    }
}

/// Gives steps whose id has come before a number.
fn rename(value: &mut Value, seen: &mut BTreeMap<String, usize>) {
    match value {
        Value::Object(entries) => {
            if let Some(Value::String(id)) = entries.get_mut("id") {
                let count = seen.get(id).copied().unwrap_or(0) + 1;
                seen.insert(id.clone(), count);
                if count > 1 {
                    *id = format!("{id}-{count}");
                    seen.insert(id.clone(), 1);
                }
            }
            for (_, it) in entries.iter_mut() {
                rename(it, seen);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| rename(it, seen)),
        _ => {}
    }
}

fn remind(value: &mut Value, ids: &[String]) {
    match value {
        Value::Object(entries) => {
            let own = entries.get("id").and_then(Value::as_str).map(str::to_owned);
            let of = entries.get("reminder_of").and_then(Value::as_str);
            let is_known = |of: &str| ids.iter().any(|it| it == of) && own.as_deref() != Some(of);
            if of.is_some_and(|it| !is_known(it)) {
                entries.remove("reminder_of");
            }
            entries.iter_mut().for_each(|(_, it)| remind(it, ids));
        }
        Value::Array(items) => items.iter_mut().for_each(|it| remind(it, ids)),
        _ => {}
    }
}
