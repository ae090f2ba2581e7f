//! Every part of the project file: what it means when it differs, and what it says in words.
//!
//! In: nothing. Out: [`PARTS`]. Invariant: ids of accounts have no words. Not done here: comparing.
#![allow(
    clippy::unnecessary_wraps,
    reason = "the table asks for functions that may find nothing to say"
)]

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::Kind;
use super::super::fields::words;
use crate::manifest;
use crate::model::{Duration, Weekday};

/// What is known of a part of the file.
pub(super) struct Part {
    /// The keys that lead there; `*` is any name.
    pub(super) path: &'static [&'static str],
    /// What kind of difference it is when it differs.
    pub(super) kind: Kind,
    /// What it is, beside the names on the way.
    pub(super) subject: &'static str,
    /// What it says, in words.
    pub(super) words: fn(&Value) -> Option<String>,
}

const fn part(path: &'static [&'static str], kind: Kind, subject: &'static str) -> Part {
    told(path, kind, subject, words)
}

const fn told(
    path: &'static [&'static str],
    kind: Kind,
    subject: &'static str,
    words: fn(&Value) -> Option<String>,
) -> Part {
    Part {
        path,
        kind,
        subject,
        words,
    }
}

/// Every part. Where a part has others below, it is only told as a whole when it is new or gone.
pub(super) const PARTS: &[Part] = &[
    part(&["version"], Kind::Internal, "version of the format"),
    part(&["brand", "name"], Kind::Brand, "name"),
    part(&["brand", "url"], Kind::Brand, "site"),
    part(&["brand", "postal_address"], Kind::Brand, "postal address"),
    part(&["brand", "links", "*"], Kind::Brand, "link"),
    part(&["profile"], Kind::Internal, "kind of business"),
    part(
        &["timezone"],
        Kind::Policy,
        "time zone where a person's is unknown",
    ),
    part(&["locales"], Kind::Internal, "order of languages"),
    part(&["jurisdictions"], Kind::Policy, "legal areas"),
    told(&["senders", "*"], Kind::Sender, "", sender),
    part(&["senders", "*", "kind"], Kind::Sender, "kind"),
    part(&["senders", "*", "name"], Kind::Sender, "name"),
    part(&["senders", "*", "address"], Kind::Sender, "address"),
    part(
        &["senders", "*", "reply_to"],
        Kind::Sender,
        "where replies go",
    ),
    part(
        &["senders", "*", "monitored"],
        Kind::Sender,
        "somebody reads replies",
    ),
    part(
        &["senders", "*", "handled_by"],
        Kind::Internal,
        "who answers replies",
    ),
    told(
        &["senders", "*", "respond_within"],
        Kind::Sender,
        "answers within",
        length,
    ),
    told(&["senders", "*", "staffed"], Kind::Sender, "hours", hours),
    part(
        &["senders", "*", "handover_from"],
        Kind::Sender,
        "takes over from",
    ),
    told(&["events", "*"], Kind::Event, "", event),
    part(&["events", "*", "milestone"], Kind::Event, "milestone"),
    part(
        &["events", "*", "key"],
        Kind::Event,
        "what tells one case from another",
    ),
    told(
        &["events", "*", "properties", "*"],
        Kind::Event,
        "property",
        property,
    ),
    part(
        &["events", "*", "properties", "*", "sample"],
        Kind::Internal,
        "sample values",
    ),
    told(
        &["events", "*", "promised_within"],
        Kind::Event,
        "promised within",
        length,
    ),
    part(
        &["events", "*", "ignored"],
        Kind::Internal,
        "why no journey answers it",
    ),
    part(
        &["events", "*", "description"],
        Kind::Internal,
        "description",
    ),
    part(
        &["events", "*", "polled"],
        Kind::Event,
        "comes late, as it is polled",
    ),
    told(&["contact", "*"], Kind::Attribute, "", property),
    part(&["contact", "*", "sample"], Kind::Internal, "sample values"),
    part(&["personas", "*"], Kind::Internal, "persona"),
    part(&["obstacles", "*"], Kind::Internal, "obstacle"),
    told(
        &["policy", "send_window"],
        Kind::Policy,
        "send window",
        hours,
    ),
    told(
        &["policy", "quiet_hours"],
        Kind::Policy,
        "quiet hours",
        hours,
    ),
    told(
        &["policy", "frequency_cap"],
        Kind::Policy,
        "frequency cap",
        cap,
    ),
    part(
        &["policy", "link_domains"],
        Kind::Policy,
        "hosts that may be linked to",
    ),
    part(
        &["policy", "link_parameters", "*"],
        Kind::Policy,
        "link parameter",
    ),
    part(&["policy", "clients"], Kind::Internal, "mail programs"),
    told(
        &["policy", "cadence", "max_gap"],
        Kind::Policy,
        "longest silence",
        length,
    ),
    told(
        &["policy", "cadence", "sunset_after"],
        Kind::Policy,
        "mail stops after",
        length,
    ),
    told(
        &["policy", "unsubscribe", "processed_within"],
        Kind::Policy,
        "unsubscribed within",
        length,
    ),
    told(
        &["policy", "unsubscribe", "link_lifetime"],
        Kind::Policy,
        "unsubscribe link works for",
        length,
    ),
    part(
        &["policy", "unsubscribe", "one_click"],
        Kind::Policy,
        "unsubscribe by one click",
    ),
    part(
        &["policy", "unsubscribe", "asks"],
        Kind::Policy,
        "asked of who unsubscribes",
    ),
    part(
        &["policy", "tracking", "opens"],
        Kind::Policy,
        "whose opening is recorded",
    ),
    part(
        &["policy", "tracking", "clicks"],
        Kind::Policy,
        "whose clicks are recorded",
    ),
    part(&["policy", "wording"], Kind::Internal, "wording"),
    part(&["policy", "thresholds", "*"], Kind::Internal, "threshold"),
    part(
        &["lint", "groups", "*"],
        Kind::Internal,
        "weight of the rules",
    ),
    part(
        &["lint", "rules", "*"],
        Kind::Internal,
        "weight of the rule",
    ),
    told(&["targets", "*"], Kind::Internal, "target", there),
    told(
        &["targets", "*", "environments", "*"],
        Kind::Internal,
        "environment",
        there,
    ),
    told(
        &["targets", "*", "environments", "*", "ids", "*", "*"],
        Kind::Internal,
        "id",
        hidden,
    ),
    part(&["allow"], Kind::Internal, "accepted findings"),
    part(&["diff"], Kind::Internal, "what reports leave out"),
];

/// A length of time in words, so that a slip of the unit is seen.
fn length(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let parsed = text.parse::<Duration>();
    Some(parsed.map_or_else(
        |_| text.to_owned(),
        |it| manifest::Duration::from(it).in_words(),
    ))
}

/// Days and hours.
fn hours(value: &Value) -> Option<String> {
    let get = |key: &str| value.get(key).and_then(words);
    let mut text = format!("{} – {}", get("from")?, get("to")?);
    let days = value.get("days").and_then(Value::as_array);
    let days: BTreeSet<&str> = days
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let days: Vec<&str> = Weekday::ALL
        .iter()
        .map(|it| it.word())
        .filter(|it| days.contains(it))
        .collect();
    if !days.is_empty() && days.len() < Weekday::ALL.len() {
        text.push_str(" on ");
        text.push_str(&days.join(", "));
    }
    match get("zone") {
        Some(zone) if zone != "contact" => Some(format!("{text}, by the clock of {zone}")),
        _ => Some(text),
    }
}

/// How many messages a person gets at most.
fn cap(value: &Value) -> Option<String> {
    let limits = value.get("commercial")?;
    let limit = |(key, span): (&str, &str)| {
        let number = limits.get(key).and_then(words)?;
        Some(format!("{number} per {span}"))
    };
    let limits = [
        ("per_day", "day"),
        ("per_week", "week"),
        ("per_month", "month"),
    ];
    let mut parts: Vec<String> = limits.into_iter().filter_map(limit).collect();
    let is_kept = value.get("when_full").and_then(Value::as_str) == Some("queue");
    let rest = if is_kept {
        "the rest waits"
    } else {
        "the rest is dropped"
    };
    parts.push(rest.to_owned());
    Some(parts.join(", "))
}

/// A sender that is new or gone.
fn sender(value: &Value) -> Option<String> {
    let get = |key: &str| value.get(key).and_then(words);
    Some(format!("{} <{}>", get("name")?, get("address")?))
}

/// An event that is new or gone.
fn event(value: &Value) -> Option<String> {
    let milestone = value.get("milestone").and_then(words);
    Some(milestone.map_or_else(|| "event".to_owned(), |it| format!("event, {it}")))
}

/// A property or attribute: its type, and what else is said of it but samples.
fn property(value: &Value) -> Option<String> {
    let mut map = value.as_object()?.clone();
    map.remove("sample");
    let kind = map.remove("type").as_ref().and_then(words);
    let rest = words(&Value::Object(map));
    let parts: Vec<String> = kind.into_iter().chain(rest).collect();
    Some(parts.join(", "))
}

/// What is there or not, and has nothing to be shown.
fn there(_: &Value) -> Option<String> {
    Some("set".to_owned())
}

/// The id of an account's thing, which is nobody's business.
fn hidden(_: &Value) -> Option<String> {
    Some("(hidden)".to_owned())
}
