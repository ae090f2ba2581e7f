//! Two JSON objects, field by field, with a table of what is known of each field.
//!
//! In: the same thing before and after, as the manifest or a file writes it. Out: what differs, in
//! words. Invariant: a field that the table does not know is found as [`Kind::Other`], so that no
//! difference is lost because somebody forgot it here. Not done here: what needs both sides at once
//! to be understood, such as who is let in.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Kind;

/// Fields that are read together, and what it means when they differ.
pub(super) struct Field {
    /// Their keys.
    pub(super) keys: &'static [&'static str],
    /// What kind of difference it is.
    pub(super) kind: Kind,
    /// What it is about.
    pub(super) subject: &'static str,
    /// What they say, in words; nothing where they say nothing.
    pub(super) words: fn(&Map<String, Value>, &[&str]) -> Option<String>,
}

/// A difference that was found, without its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The field, or the first of several, as it is written.
    pub(super) key: String,
    pub(super) kind: Kind,
    pub(super) subject: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

impl Found {
    pub(super) fn new(
        key: &str,
        kind: Kind,
        subject: &str,
        before: Option<String>,
        after: Option<String>,
    ) -> Self {
        let (key, subject) = (key.to_owned(), subject.to_owned());
        Self {
            key,
            kind,
            subject,
            before,
            after,
        }
    }
}

/// A field that speaks for itself.
pub(super) const fn plain(
    keys: &'static [&'static str],
    kind: Kind,
    subject: &'static str,
) -> Field {
    field(keys, kind, subject, said)
}

/// A field with words of its own.
pub(super) const fn field(
    keys: &'static [&'static str],
    kind: Kind,
    subject: &'static str,
    words: fn(&Map<String, Value>, &[&str]) -> Option<String>,
) -> Field {
    Field {
        keys,
        kind,
        subject,
        words,
    }
}

/// What differs between two objects. Fields in `elsewhere` are compared by others.
pub(super) fn compare(
    fields: &[Field],
    elsewhere: &[&str],
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Vec<Found> {
    let differs = |key: &str| before.get(key) != after.get(key);
    let mut found = Vec::new();
    for it in fields {
        if it.keys.iter().any(|key| differs(key)) {
            let (old, new) = ((it.words)(before, it.keys), (it.words)(after, it.keys));
            found.push(told_apart(it, old, new, before, after));
        }
    }
    let known = |key: &str| {
        elsewhere.contains(&key) || fields.iter().any(|field| field.keys.contains(&key))
    };
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in keys {
        if !known(key) && differs(key) {
            let words =
                |it: &Map<String, Value>| it.get(key).map(|it| words(it).unwrap_or_default());
            found.push(Found::new(
                key,
                Kind::Other,
                key,
                words(before),
                words(after),
            ));
        }
    }
    found
}

/// What differs; where the same words are found for both, they are written as they stand.
fn told_apart(
    field: &Field,
    old: Option<String>,
    new: Option<String>,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Found {
    let key = field.keys.first().copied().unwrap_or_default();
    if old != new {
        return Found::new(key, field.kind, field.subject, old, new);
    }
    let exact = |it: &Map<String, Value>| {
        let values = field.keys.iter().filter_map(|key| it.get(*key));
        let values: Vec<String> = values.map(Value::to_string).collect();
        Some(values.join(" ")).filter(|it| !it.is_empty())
    };
    Found::new(key, field.kind, field.subject, exact(before), exact(after))
}

/// What several fields say, one after the other.
pub(super) fn said(object: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    let parts = keys.iter().filter_map(|key| object.get(*key));
    let parts: Vec<String> = parts.filter_map(words).collect();
    Some(parts.join(", ")).filter(|_| !parts.is_empty())
}

/// What a value says, in words; nothing where it says nothing.
pub(super) fn words(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(it) => Some(if *it { "yes" } else { "no" }.to_owned()),
        Value::Number(it) => Some(it.to_string()),
        Value::String(it) => Some(it.clone()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().filter_map(words).collect();
            Some(items.join(", ")).filter(|_| !items.is_empty())
        }
        Value::Object(it) => known_object(value, it).or_else(|| {
            let pair = |(key, it): (&String, &Value)| {
                let it = words(it).unwrap_or_else(|| "nothing".to_owned());
                format!("{key}: {it}")
            };
            let pairs: Vec<String> = it.iter().map(pair).collect();
            Some(pairs.join(", ")).filter(|_| !pairs.is_empty())
        }),
    }
}

/// Objects of the manifest that people have words for: durations, conditions, senders.
fn known_object(value: &Value, object: &Map<String, Value>) -> Option<String> {
    if object.contains_key("business_days") {
        let it: crate::manifest::Duration = serde_json::from_value(value.clone()).ok()?;
        return Some(it.in_words());
    }
    if object.contains_key("tree") {
        return object.get("text").and_then(words);
    }
    let (name, address) = (object.get("name")?, object.get("address")?);
    Some(format!("{} <{}>", name.as_str()?, address.as_str()?))
}
