//! What a journey and its steps say, in words that make a slip of a unit jump out.
//!
//! In: parts of the manifest. Out: phrases such as `22 hours` or `email film`. Invariant: what says
//! something else has other words. Not done here: comparing.
#![allow(
    clippy::unnecessary_wraps,
    reason = "the tables of fields ask for functions that may find nothing to say"
)]

use serde_json::{Map, Value};

use super::super::fields::{said, words};
use crate::manifest::{Action, Step};

/// A wait: how long, then until when.
pub(super) fn wait(it: &Map<String, Value>, _: &[&str]) -> Option<String> {
    let mut parts: Vec<String> = said(it, &["for"]).into_iter().collect();
    if let Some(at) = said(it, &["at"]) {
        parts.push(format!("until {at}"));
    }
    if let Some(days) = said(it, &["on"]) {
        parts.push(format!("on {days}"));
    }
    match said(it, &["zone"]) {
        Some(zone) if zone != "contact" => parts.push(format!("by the clock of {zone}")),
        _ => {}
    }
    Some(parts.join(", "))
}

/// How long is waited for an event at most.
pub(super) fn timeout(it: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    said(it, keys).or_else(|| Some("for ever".to_owned()))
}

/// The date that is waited for.
pub(super) fn date(it: &Map<String, Value>, _: &[&str]) -> Option<String> {
    let date = said(it, &["date"]).unwrap_or_default();
    let is_before = it.get("before") == Some(&Value::Bool(true));
    let side = if is_before { "before" } else { "after" };
    let mut text = match said(it, &["offset"]) {
        Some(offset) => format!("{offset} {side} {date}"),
        None => date,
    };
    if let Some(at) = said(it, &["at"]) {
        text.push_str(", at ");
        text.push_str(&at);
    }
    Some(text)
}

/// What happens when a date has passed already.
pub(super) fn if_past(it: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    let is_exit = said(it, keys).as_deref() == Some("exit");
    let text = if is_exit {
        "leaves the journey"
    } else {
        "goes on at once"
    };
    Some(text.to_owned())
}

/// Whether a mail goes out at once.
pub(super) fn bypass(it: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    let is_set = keys
        .iter()
        .any(|key| it.get(*key) == Some(&Value::Bool(true)));
    let text = if is_set {
        "goes out at once"
    } else {
        "waits for the send window"
    };
    Some(text.to_owned())
}

/// What is written to an attribute.
pub(super) fn attribute(it: &Map<String, Value>, _: &[&str]) -> Option<String> {
    let name = said(it, &["attribute"]).unwrap_or_default();
    let value = it.get("value").filter(|it| !it.is_null());
    Some(match value {
        Some(value) => format!("{name} = {value}"),
        None => format!("{name} is cleared"),
    })
}

/// Whether people may come in again.
pub(super) fn reentry(it: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    let value = keys.iter().find_map(|key| it.get(*key));
    let Some(value) = value else {
        return Some("never, as nothing is said".to_owned());
    };
    if let Some(after) = value.get("after").and_then(words) {
        return Some(format!("{after} after the last time"));
    }
    Some(match value.as_str() {
        Some("never") => "never".to_owned(),
        Some("per_key") => "once for each case, such as an order".to_owned(),
        Some("always") => "each time".to_owned(),
        _ => value.to_string(),
    })
}

/// What becomes of people who are inside.
pub(super) fn in_flight(it: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    let word = said(it, keys)?;
    Some(match word.as_str() {
        "finish_old" => "they finish the journey as it was".to_owned(),
        "migrate" => "they go on in the new one".to_owned(),
        "stop" => "they leave".to_owned(),
        _ => word,
    })
}

/// What is hoped for.
pub(super) fn goal(it: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    let goal = keys.iter().find_map(|key| it.get(*key))?.as_object()?;
    let mut text = said(goal, &["event"])?;
    if let Some(filter) = said(goal, &["where"]) {
        text.push_str(" where ");
        text.push_str(&filter);
    }
    if let Some(within) = said(goal, &["within"]) {
        text.push_str(" within ");
        text.push_str(&within);
    }
    Some(text)
}

/// The arms of a split, with their shares.
pub(super) fn arms(it: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    let arms = keys.iter().find_map(|key| it.get(*key))?.as_object()?;
    let arm = |(name, arm): (&String, &Value)| {
        let weight = arm.get("weight").and_then(Value::as_u64).unwrap_or(0);
        format!("{name} {weight}%")
    };
    Some(arms.iter().map(arm).collect::<Vec<_>>().join(", "))
}

/// A step in a few words.
pub(super) fn step(step: &Step) -> String {
    let object = |value: Result<Value, _>| match value {
        Ok(Value::Object(it)) => it,
        _ => Map::new(),
    };
    let titled = |what: String, title: Option<&String>| match title {
        Some(title) => format!("{what} “{title}”"),
        None => what,
    };
    match &step.does {
        Action::Send(it) => titled(format!("email {}", it.template), it.title.as_ref()),
        Action::Task(it) => titled(format!("task by {}", it.channel.word()), it.title.as_ref()),
        Action::Touch(it) => titled(format!("touch by {}", it.channel.word()), it.title.as_ref()),
        Action::Wait(it) => {
            let words = wait(&object(serde_json::to_value(it)), &[]);
            format!("wait {}", words.unwrap_or_default())
        }
        Action::WaitFor(it) => {
            let longest = it
                .timeout
                .as_ref()
                .map(|it| format!(", at most {}", it.in_words()));
            format!("wait for {}{}", it.event, longest.unwrap_or_default())
        }
        Action::WaitUntil(it) => {
            let words = date(&object(serde_json::to_value(it)), &[]);
            format!("wait until {}", words.unwrap_or_default())
        }
        Action::Branch(it) => {
            let ways = it
                .when
                .iter()
                .map(|way| format!("if {}", way.condition.text));
            format!("branch {}", ways.collect::<Vec<_>>().join(", "))
        }
        Action::Split(it) => {
            let arms = it
                .arms
                .iter()
                .map(|(name, arm)| format!("{name} {}%", arm.weight));
            format!("split {}", arms.collect::<Vec<_>>().join(", "))
        }
        Action::Repeat(it) => match &it.every {
            Some(every) => format!("repeat {} times every {}", it.times, every.in_words()),
            None => format!("repeat {} times", it.times),
        },
        Action::Set(it) => {
            let words = attribute(&object(serde_json::to_value(it)), &[]);
            format!("set {}", words.unwrap_or_default())
        }
        Action::Enter { journey } => format!("enter {journey}"),
        Action::Exit { reason } => format!("exit {reason}"),
    }
}
