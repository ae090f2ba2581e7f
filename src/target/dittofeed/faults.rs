//! What is wrong with a request, beyond what Dittofeed's schemas see.
//!
//! In: a [`Request`]. Out: sentences; none when all is well. Its API takes a child that is not there and
//! a cycle alike: people vanish in the one, and its statistics never end in the other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::Request;
use super::super::uuid::is_uuid;

/// The name by which the exit is reached.
pub(super) const EXIT: &str = "ExitNode";

/// What is wrong.
pub(super) fn faults(request: &Request) -> Vec<String> {
    let body = &request.body;
    let mut faults = Vec::new();
    let has_id = !request.path.ends_with("/user-properties/");
    if has_id && !is_uuid(text(body, "id")) {
        faults.push("the id is no UUID".to_owned());
    }
    if text(body, "workspaceId").is_empty() {
        faults.push("no workspace is named".to_owned());
    }
    if text(body, "name").is_empty() {
        faults.push("there is no name".to_owned());
    }
    match request.path.as_str() {
        "/api/admin/journeys/" => journey(body, &mut faults),
        "/api/admin/segments/" => segment(&body["definition"], &mut faults),
        "/api/admin/content/templates" => {
            for part in ["from", "subject", "body"] {
                if text(&body["definition"], part).is_empty() {
                    faults.push(format!("the template has no {part}"));
                }
            }
        }
        _ => {}
    }
    faults
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn journey(body: &Value, faults: &mut Vec<String>) {
    if !matches!(text(body, "status"), "NotStarted" | "Paused") {
        faults.push("it would start at once".to_owned());
    }
    let definition = &body["definition"];
    let entry = &definition["entryNode"];
    if !entry.is_object() {
        faults.push("it does not begin with exactly one entry".to_owned());
    } else if text(entry, "event").is_empty() {
        faults.push("it begins with no event".to_owned());
    }
    if definition["exitNode"]["type"] != EXIT {
        faults.push("it has no exit".to_owned());
    }
    let nodes = list(definition, "nodes");
    let mut children = BTreeMap::new();
    for node in nodes {
        let id = text(node, "id");
        if id.is_empty() {
            faults.push("a node has no id".to_owned());
        } else if matches!(id, EXIT | "EntryNode" | "EventEntryNode") {
            faults.push(format!("the id `{id}` is Dittofeed's own"));
        } else if children.insert(id, follows(node)).is_some() {
            faults.push(format!("the id `{id}` is there twice"));
        }
        one(node, id, faults);
    }
    let start = text(entry, "child");
    let edges = children
        .iter()
        .flat_map(|(id, to)| to.iter().map(move |to| (*id, *to)));
    for (from, to) in edges.chain([("the entry", start)]) {
        if to != EXIT && !children.contains_key(to) {
            faults.push(format!("`{from}` leads to `{to}`, which is not there"));
        }
    }
    let seen = reached(start, &children, faults);
    for id in children.keys().filter(|it| !seen.contains(**it)) {
        faults.push(format!("nobody comes to `{id}`"));
    }
}

/// The ids of the nodes that a node leads to.
fn follows(node: &Value) -> Vec<&str> {
    let of = |all: &'static str| list(node, all).iter().map(|it| text(it, "id"));
    match text(node, "type") {
        "SegmentSplitNode" => vec![
            text(&node["variant"], "trueChild"),
            text(&node["variant"], "falseChild"),
        ],
        "RandomCohortNode" => of("children").collect(),
        "WaitForNode" => of("segmentChildren")
            .chain([text(node, "timeoutChild")])
            .collect(),
        _ => vec![text(node, "child")],
    }
}

/// Everything that people can come to; a way back is a fault.
fn reached<'v>(
    start: &'v str,
    children: &BTreeMap<&'v str, Vec<&'v str>>,
    faults: &mut Vec<String>,
) -> BTreeSet<&'v str> {
    let mut seen = BTreeSet::new();
    let mut open = BTreeSet::new();
    let mut stack = vec![(start, false)];
    while let Some((at, is_left)) = stack.pop() {
        if is_left {
            open.remove(at);
        } else if open.contains(at) {
            faults.push(format!("the journey comes back to `{at}`"));
        } else if seen.insert(at) {
            open.insert(at);
            stack.push((at, true));
            let next = children.get(at).into_iter().flatten();
            stack.extend(next.map(|it| (*it, false)));
        }
    }
    seen
}

/// What a node must hold.
fn one(node: &Value, id: &str, faults: &mut Vec<String>) {
    let variant = &node["variant"];
    let mut fault = |what: &str| faults.push(format!("`{id}` {what}"));
    match text(node, "type") {
        "MessageNode" => {
            if !is_uuid(text(variant, "templateId")) {
                fault("sends no template");
            }
            if node
                .get("subscriptionGroupId")
                .is_some_and(|it| !is_uuid(it.as_str().unwrap_or_default()))
            {
                fault("names no subscription group");
            }
        }
        "DelayNode" => match text(variant, "type") {
            "Second" if variant["seconds"].as_u64().is_none_or(|it| it == 0) => {
                fault("waits no time");
            }
            "LocalTime" => {
                let hour = variant["hour"].as_u64().is_some_and(|it| it < 24);
                let minute = variant
                    .get("minute")
                    .is_none_or(|it| it.as_u64().is_some_and(|it| it < 60));
                if !hour || !minute {
                    fault("waits for an hour that no clock shows");
                }
                if variant
                    .get("allowedDaysOfWeek")
                    .is_some_and(|it| it.as_array().is_none_or(Vec::is_empty))
                {
                    fault("waits for a day that never comes");
                }
            }
            "UserProperty" if text(variant, "userProperty").is_empty() => {
                fault("waits for no date");
            }
            _ => {}
        },
        "SegmentSplitNode" => {
            if !is_uuid(text(variant, "segment")) {
                fault("asks no segment");
            }
        }
        "WaitForNode" => {
            let segments = list(node, "segmentChildren");
            if segments.is_empty() || segments.iter().any(|it| !is_uuid(text(it, "segmentId"))) {
                fault("waits for no segment");
            }
            if node["timeoutSeconds"].as_u64().is_none_or(|it| it == 0) {
                fault("waits without an end");
            }
        }
        "RandomCohortNode" => {
            let shares = list(node, "children")
                .iter()
                .map(|it| it["percent"].as_u64().unwrap_or(0));
            if shares.sum::<u64>() != 100 {
                fault("has shares that do not make 100: the rest would leave");
            }
        }
        "RateLimitNode" => fault("is of a kind at which Dittofeed drops people"),
        other => fault(&format!(
            "is of a kind that Dittofeed does not have: `{other}`"
        )),
    }
}

fn segment(definition: &Value, faults: &mut Vec<String>) {
    let entry = &definition["entryNode"];
    let nodes = list(definition, "nodes");
    if text(entry, "type") == "KeyedPerformed"
        && (text(entry, "key").is_empty() || !nodes.is_empty())
    {
        faults.push("a keyed segment needs a key, and stands alone".to_owned());
    }
    let ids: Vec<&str> = nodes.iter().map(|it| text(it, "id")).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    if unique.len() < ids.len() {
        faults.push("a condition's id is there twice".to_owned());
    }
    let mut named = BTreeSet::new();
    for node in nodes.iter().chain([entry]) {
        if !matches!(text(node, "type"), "And" | "Or") {
            continue;
        }
        let children = list(node, "children");
        if children.is_empty() {
            faults.push("a group has no conditions, so nobody is in it".to_owned());
        }
        for child in children.iter().filter_map(Value::as_str) {
            named.insert(child);
            if !unique.contains(child) {
                faults.push(format!("the condition `{child}` is not there"));
            }
        }
    }
    if ids.iter().any(|it| !named.contains(it)) {
        faults.push("a condition is asked by nothing".to_owned());
    }
}
