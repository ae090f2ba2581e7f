//! What differs in what the project file says for all journeys.
//!
//! In: the file on both sides. Out: what differs, with lines. Invariants: a part that no entry of the
//! table below knows is found as [`Kind::Other`], so that a new part of the language cannot change
//! unseen; ids of accounts are never shown. Not done here: which journeys it reaches (`reach`).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::fields::words;
use super::written::Written;
use super::{Change, Half, Kind, Pair, Place};
use crate::load::PROJECT_FILE;
use crate::manifest;
use crate::model::{Duration, Weekday};

/// What is known of a part of the file.
struct Part {
    /// The keys that lead there; `*` is any name.
    path: &'static [&'static str],
    kind: Kind,
    /// What it is, beside the names on the way.
    subject: &'static str,
    words: fn(&Value) -> Option<String>,
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
const PARTS: &[Part] = &[
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

/// What is told as a whole apart from its samples.
const PROPERTIES: [&[&str]; 2] = [&["contact", "*"], &["events", "*", "properties", "*"]];

/// What differs.
pub(super) fn changes(pair: &Pair<'_, '_>) -> Vec<Change> {
    let [Some(before), Some(after)] = [&pair.before, &pair.after].map(file) else {
        return Vec::new();
    };
    let (mut old, mut new) = (normal(before.value.clone()), normal(after.value.clone()));
    let mut comparison = Comparison {
        before,
        after,
        changes: Vec::new(),
    };
    if comparison.locales(&old, &new) {
        old.remove("locales");
        new.remove("locales");
    }
    comparison.maps(&mut Vec::new(), &old, &new);
    let mut changes = comparison.changes;
    changes.sort_by(|a, b| {
        let key = |it: &Change| (!it.kind.is_noticed(), it.kind);
        key(a).cmp(&key(b)).then_with(|| a.subject.cmp(&b.subject))
    });
    changes
}

fn file(half: &Half<'_, '_>) -> Option<Written> {
    let workspace = half.compilation.workspace;
    let mut files = workspace.readable();
    let (id, _) = files.find(|(_, path)| *path == PROJECT_FILE)?;
    Written::read(&workspace.sources, id)
}

struct Comparison {
    before: Written,
    after: Written,
    changes: Vec<Change>,
}

impl Comparison {
    fn maps(&mut self, path: &mut Vec<String>, old: &Map<String, Value>, new: &Map<String, Value>) {
        let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for key in keys {
            path.push(key.clone());
            self.values(path, old.get(key), new.get(key));
            path.pop();
        }
    }

    fn values(&mut self, path: &mut Vec<String>, old: Option<&Value>, new: Option<&Value>) {
        if old == new {
            return;
        }
        let exact = PARTS
            .iter()
            .find(|it| it.path.len() == path.len() && leads(it.path, path));
        let is_whole = old.is_none() || new.is_none();
        let has_parts = PARTS
            .iter()
            .any(|it| it.path.len() > path.len() && leads(it.path, path));
        let map = |it: Option<&Value>| match it {
            None => Some(Map::new()),
            Some(Value::Object(it)) => Some(it.clone()),
            Some(_) => None,
        };
        match (exact, map(old), map(new)) {
            (Some(part), ..) if is_whole || !has_parts => self.tell(path, part, old, new),
            (_, Some(old), Some(new)) if has_parts => self.below(path, exact, &old, &new),
            _ => self.other(path, old, new),
        }
    }

    /// What has parts of its own. What no part knows belongs to the whole.
    fn below(
        &mut self,
        path: &mut Vec<String>,
        whole: Option<&Part>,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
    ) {
        let Some(whole) = whole.filter(|it| PROPERTIES.contains(&it.path)) else {
            self.maps(path, old, new);
            return;
        };
        let split = |it: &Map<String, Value>| {
            let mut rest = it.clone();
            let sample = rest.remove("sample");
            (Value::Object(rest), sample)
        };
        let ((old, sample), (new, new_sample)) = (split(old), split(new));
        if old != new {
            self.tell(path, whole, Some(&old), Some(&new));
        }
        path.push("sample".to_owned());
        self.values(path, sample.as_ref(), new_sample.as_ref());
        path.pop();
    }

    fn tell(&mut self, path: &[String], part: &Part, old: Option<&Value>, new: Option<&Value>) {
        let names = path.iter().zip(part.path).filter(|(_, it)| **it == "*");
        let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
        let subject = match (names.join(" "), part.subject) {
            (names, "") => names,
            (names, subject) if names.is_empty() => subject.to_owned(),
            (names, subject) => format!("{names}: {subject}"),
        };
        let say = |it: Option<&Value>| it.map(|it| (part.words)(it).unwrap_or_default());
        let (mut before, mut after) = (say(old), say(new));
        let is_secret = path.first().is_some_and(|it| it == "targets");
        if before == after && !is_secret {
            let exact = |it: Option<&Value>| it.map(Value::to_string);
            (before, after) = (exact(old), exact(new));
        }
        self.push(path, part.kind, subject, before, after);
    }

    fn other(&mut self, path: &[String], old: Option<&Value>, new: Option<&Value>) {
        let exact = |it: Option<&Value>| it.map(|it| words(it).unwrap_or_default());
        self.push(path, Kind::Other, path.join("."), exact(old), exact(new));
    }

    fn push(
        &mut self,
        path: &[String],
        kind: Kind,
        subject: String,
        before: Option<String>,
        after: Option<String>,
    ) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let side = if after.is_some() {
            &self.after
        } else {
            &self.before
        };
        let place = Place {
            file: PROJECT_FILE.to_owned(),
            line: side.line(&path).unwrap_or(1),
        };
        self.changes.push(Change {
            kind,
            step: None,
            subject,
            before,
            after,
            place: Some(place),
        });
    }

    /// Languages that are new or gone, and another default; false where there is none of these.
    fn locales(&mut self, old: &Map<String, Value>, new: &Map<String, Value>) -> bool {
        let known = self.changes.len();
        let all = |it: &Map<String, Value>| -> Vec<String> {
            let list = it.get("locales").and_then(Value::as_array);
            let list = list.into_iter().flatten().filter_map(Value::as_str);
            list.map(str::to_owned).collect()
        };
        let (old, new) = (all(old), all(new));
        let path = ["locales".to_owned()];
        for it in old.iter().filter(|it| !new.contains(it)) {
            self.push(&path, Kind::Locale, String::new(), Some(it.clone()), None);
        }
        for it in new.iter().filter(|it| !old.contains(it)) {
            self.push(&path, Kind::Locale, String::new(), None, Some(it.clone()));
        }
        let (was, is) = (old.first().cloned(), new.first().cloned());
        if was != is {
            self.push(&path, Kind::Locale, "default".to_owned(), was, is);
        }
        self.changes.len() > known
    }
}

/// Whether keys lead to a part, or to something that holds it.
fn leads(part: &[&str], path: &[String]) -> bool {
    part.len() >= path.len()
        && part
            .iter()
            .zip(path)
            .all(|(part, key)| *part == "*" || part == key)
}

/// The file with one form for what can be written in several: properties as mappings, lists whose
/// order means nothing in order, nothing where nothing is said.
fn normal(mut file: Map<String, Value>) -> Map<String, Value> {
    let long = |it: &mut Value| {
        if !it.is_object() {
            *it = serde_json::json!({ "type": it.take() });
        }
    };
    if let Some(all) = file.get_mut("contact").and_then(Value::as_object_mut) {
        all.values_mut().for_each(long);
    }
    if let Some(events) = file.get_mut("events").and_then(Value::as_object_mut) {
        for event in events.values_mut() {
            let all = event.get_mut("properties").and_then(Value::as_object_mut);
            all.into_iter().flat_map(Map::values_mut).for_each(long);
        }
    }
    for path in ["/jurisdictions", "/policy/link_domains", "/policy/clients"] {
        if let Some((first, rest)) = path.trim_start_matches('/').split_once('/') {
            sort(file.get_mut(first).and_then(|it| it.get_mut(rest)));
        } else {
            sort(file.get_mut(path.trim_start_matches('/')));
        }
    }
    for value in file.values_mut() {
        prune(value);
    }
    file.retain(|_, it| !is_nothing(it));
    file
}

fn sort(list: Option<&mut Value>) {
    if let Some(items) = list.and_then(Value::as_array_mut) {
        items.sort_by_key(Value::to_string);
    }
}

fn prune(value: &mut Value) {
    if let Value::Object(map) = value {
        map.values_mut().for_each(prune);
        map.retain(|_, it| !is_nothing(it));
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

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
