//! What is wrong with a workflow that a schema cannot see: edges, ids, fields of action types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::flow::MOST_WAYS;

/// The fields of each type of action that is written: those that must be there, and those that may.
const FIELDS: &[(&str, &[&str], &[&str])] = &[
    ("0-1", &["delta", "time_unit"], &["time_of_day"]),
    ("0-4", &["content_id"], &[]),
    ("0-5", &["property_name", "value"], &[]),
    (
        "0-29",
        &["event_filter_branches", "expiration_minutes"],
        &[],
    ),
    ("0-35", &["date", "delta", "time_unit", "time_of_day"], &[]),
    ("0-63809083", &["listId", "targetObject"], &[]),
];

/// Each fault of a workflow's body in a sentence.
pub(super) fn faults(body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if body["isEnabled"] != false {
        found.push("it would be on at once".to_owned());
    }
    if text(&body["name"]).is_empty() {
        found.push("it has no name".to_owned());
    }
    let entry = &body["enrollmentCriteria"];
    if !entry.is_object() || list(&entry["eventFilterBranches"]).is_empty() {
        found.push("nothing lets people in".to_owned());
    }
    let mut events: BTreeSet<&str> = BTreeSet::new();
    for branch in list(&entry["eventFilterBranches"]) {
        event(branch, "the trigger", &mut found);
        events.insert(text(&branch["eventTypeId"]));
    }
    if events.len() > 1 {
        found.push("several events let people in; a journey has one".to_owned());
    }
    windows(body, &mut found);
    graph(body, &mut found);
    found
}

fn windows(body: &Value, found: &mut Vec<String>) {
    let minutes = |it: &Value| number(&it["hour"]) * 60 + number(&it["minute"]);
    for window in list(&body["timeWindows"]) {
        if minutes(&window["startTime"]) >= minutes(&window["endTime"]) {
            found.push(format!(
                "the hours of {} end before they begin",
                text(&window["day"])
            ));
        }
    }
}

fn graph(body: &Value, found: &mut Vec<String>) {
    let actions = list(&body["actions"]);
    if actions.is_empty() {
        found.push("it has no actions".to_owned());
        return;
    }
    let mut known = BTreeMap::new();
    for action in actions {
        let id = text(&action["actionId"]);
        if id.is_empty() || id.parse::<u32>().is_err() {
            found.push(format!("`{id}` is no action's id"));
        }
        if known.insert(id, action).is_some() {
            found.push(format!("the action `{id}` stands there twice"));
        }
        check(id, action, found);
    }
    let start = text(&body["startActionId"]);
    if !known.contains_key(start) {
        found.push(format!("it begins with `{start}`, which is not there"));
    }
    let mut standard: BTreeSet<&str> = BTreeSet::from([start]);
    for (id, action) in &known {
        for edge in edges(action) {
            let next = text(&edge["nextActionId"]);
            if !known.contains_key(next) {
                found.push(format!("`{id}` leads to `{next}`, which is not there"));
            } else if edge["edgeType"] == "STANDARD" && !standard.insert(next) {
                found.push(format!("two ways lead to `{next}` without a jump"));
            }
        }
        if action["type"] == "STATIC_BRANCH" {
            let of = text(&action["inputValue"]["actionId"]);
            if known.get(of).is_none_or(|it| it["actionTypeId"] != "0-29") {
                found.push(format!("`{id}` asks `{of}`, which waits for no event"));
            }
        }
    }
    walk(start, &known, found);
}

/// Everybody is reached, and nobody goes in circles.
fn walk<'v>(start: &'v str, known: &BTreeMap<&'v str, &'v Value>, found: &mut Vec<String>) {
    let (mut seen, mut open) = (BTreeSet::new(), BTreeSet::new());
    let mut stack = vec![(start, false)];
    while let Some((at, leaving)) = stack.pop() {
        if leaving {
            open.remove(at);
            continue;
        }
        if open.contains(at) {
            found.push(format!("people come to `{at}` again and again"));
            continue;
        }
        let Some(action) = known.get(at) else {
            continue;
        };
        if !seen.insert(at) {
            continue;
        }
        open.insert(at);
        stack.push((at, true));
        stack.extend(
            edges(action)
                .into_iter()
                .map(|it| (text(&it["nextActionId"]), false)),
        );
    }
    for id in known.keys().filter(|it| !seen.contains(*it)) {
        found.push(format!("nobody comes to `{id}`"));
    }
}

fn check(id: &str, action: &Value, found: &mut Vec<String>) {
    match text(&action["type"]) {
        "SINGLE_CONNECTION" => fields(id, action, found),
        "LIST_BRANCH" => {
            let ways = list(&action["listBranches"]);
            if ways.is_empty() || ways.len() > MOST_WAYS {
                found.push(format!("`{id}` has no ways, or more than {MOST_WAYS}"));
            }
            for way in ways {
                let groups = list(&way["filterBranch"]["filterBranches"]);
                if groups.is_empty() || groups.iter().any(|it| list(&it["filters"]).is_empty()) {
                    found.push(format!("a way of `{id}` asks nothing"));
                }
            }
        }
        "AB_TEST_BRANCH" => {
            let shares = list(&action["testBranches"]).iter();
            let sum: i64 = shares.map(|it| number(&it["percentage"])).sum();
            if sum != 100 {
                found.push(format!("the shares of `{id}` make {sum} %"));
            }
        }
        "STATIC_BRANCH" => {}
        other => found.push(format!("`{id}` is a `{other}`, which is not known")),
    }
}

fn fields(id: &str, action: &Value, found: &mut Vec<String>) {
    let kind = text(&action["actionTypeId"]);
    let Some((_, needed, allowed)) = FIELDS.iter().find(|it| it.0 == kind) else {
        found.push(format!(
            "`{id}` is of the type `{kind}`, whose fields are not known"
        ));
        return;
    };
    let fields = &action["fields"];
    for key in *needed {
        if fields.get(key).is_none_or(|it| it.is_null() || it == "") {
            found.push(format!("`{id}` has no `{key}`"));
        }
    }
    for key in fields.as_object().into_iter().flat_map(|it| it.keys()) {
        if !needed.contains(&key.as_str()) && !allowed.contains(&key.as_str()) {
            found.push(format!(
                "`{id}` has a field `{key}` that its type does not know"
            ));
        }
    }
    let whole = |key: &str| text(&fields[key]).parse::<u32>().ok();
    match kind {
        "0-1" if whole("delta").is_none_or(|it| it == 0) => {
            found.push(format!("the delay `{id}` has no length"));
        }
        "0-29" => {
            if whole("expiration_minutes").is_none_or(|it| it == 0) {
                found.push(format!("`{id}` never stops waiting"));
            }
            if list(&fields["event_filter_branches"]).is_empty() {
                found.push(format!("`{id}` waits for nothing"));
            }
            for branch in list(&fields["event_filter_branches"]) {
                event(branch, id, found);
            }
        }
        _ => {}
    }
}

/// An event's id has two numbers, such as `6-1234567`.
fn event(branch: &Value, of: &str, found: &mut Vec<String>) {
    let id = text(&branch["eventTypeId"]);
    let numbers = id.split_once('-');
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    if !numbers.is_some_and(|(kind, number)| is_number(kind) && is_number(number)) {
        found.push(format!("`{id}` of {of} is no event's id"));
    }
}

/// Every way on from an action.
fn edges(action: &Value) -> Vec<&Value> {
    let inner = ["listBranches", "staticBranches", "testBranches"];
    let ways = inner.iter().flat_map(|it| list(&action[*it]));
    ways.filter_map(|it| it.get("connection"))
        .chain(action.get("connection"))
        .chain(action.get("defaultBranch"))
        .collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}
