//! What differs in what the project file says for all journeys.
//!
//! In: the file on both sides. Out: what differs, with lines. Invariants: a part that no entry of the
//! table in `parts` knows is found as [`Kind::Other`], so that a new part of the language cannot change
//! unseen; ids of accounts are never shown. Not done here: which journeys it reaches (`reach`).

mod parts;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::fields::words;
use super::written::Written;
use super::{Change, Half, Kind, Pair, Place};
use crate::load::PROJECT_FILE;

use parts::{PARTS, Part};

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
