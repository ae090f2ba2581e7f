//! What is wrong with an automation, which Resend's published schema cannot see.
//!
//! In: the body of a request that creates an automation. Out: faults in words; none for a sound one.
//! Invariant: our own mistakes never reach an account.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::letter::MOST_VARIABLES;
use super::{LONGEST, MOST_STEPS};

/// Longer names are no longer something that a person reads.
const LONGEST_NAME: usize = 255;
/// Names of variables that Resend keeps for itself.
const RESERVED: &[&str] = &[
    "FIRST_NAME",
    "LAST_NAME",
    "EMAIL",
    "UNSUBSCRIBE_URL",
    "RESEND_UNSUBSCRIBE_URL",
    "contact",
    "this",
];

/// Everything that is wrong with an automation.
pub(super) fn faults(body: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let name = body["name"].as_str().unwrap_or_default();
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
        faults.push(format!(
            "its name is empty or longer than {LONGEST_NAME} characters"
        ));
    }
    if body["status"] != "disabled" {
        faults.push("it would be live at once".to_owned());
    }
    let empty = Vec::new();
    let steps = body["steps"].as_array().unwrap_or(&empty);
    if steps.is_empty() || steps.len() > MOST_STEPS {
        faults.push(format!(
            "it has {} steps, and Resend takes 1 to {MOST_STEPS}",
            steps.len()
        ));
    }
    let mut kinds: BTreeMap<&str, &str> = BTreeMap::new();
    for (at, step) in steps.iter().enumerate() {
        let key = step["key"].as_str().unwrap_or_default();
        let kind = step["type"].as_str().unwrap_or_default();
        if key.is_empty() || kinds.insert(key, kind).is_some() {
            faults.push(format!("the key `{key}` is empty or stands twice"));
        }
        if (at == 0) != (kind == "trigger") {
            faults.push(format!("`{key}`: exactly the first step is a trigger"));
        }
        config(kind, &step["config"], &mut |what| {
            faults.push(format!("`{key}` {what}"));
        });
    }
    let connections = body["connections"].as_array().unwrap_or(&empty);
    links(connections, &kinds, &mut faults);
    let first = steps.first().and_then(|it| it["key"].as_str());
    ways(connections, &kinds, first, &mut faults);
    faults
}

/// Each connection by itself.
fn links(connections: &[Value], kinds: &BTreeMap<&str, &str>, faults: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for link in connections {
        let (from, to) = (text(link, "from"), text(link, "to"));
        let way = link["type"].as_str().unwrap_or("default");
        let Some(kind) = kinds.get(from) else {
            faults.push(format!(
                "a connection begins at `{from}`, which is not there"
            ));
            continue;
        };
        match kinds.get(to) {
            None => faults.push(format!("`{from}` leads to `{to}`, which is not there")),
            Some(&"trigger") => faults.push(format!("`{from}` leads back to the trigger")),
            Some(_) => {}
        }
        let fits = match *kind {
            "condition" => matches!(way, "condition_met" | "condition_not_met"),
            "wait_for_event" => matches!(way, "event_received" | "timeout" | "default"),
            _ => way == "default",
        };
        if !fits {
            faults.push(format!("`{from}` is a {kind}, which has no way `{way}`"));
        }
        if !seen.insert((from, way)) {
            faults.push(format!("`{from}` has two ways `{way}`"));
        }
    }
}

/// All connections together: everybody is reached, and nobody goes round in circles.
fn ways(
    connections: &[Value],
    kinds: &BTreeMap<&str, &str>,
    first: Option<&str>,
    faults: &mut Vec<String>,
) {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for link in connections {
        next.entry(text(link, "from"))
            .or_default()
            .push(text(link, "to"));
    }
    let mut done = BTreeSet::new();
    let mut open = BTreeSet::new();
    let mut stack: Vec<(&str, bool)> = first.map(|it| (it, false)).into_iter().collect();
    while let Some((at, leaving)) = stack.pop() {
        if leaving {
            open.remove(at);
            done.insert(at);
        } else if open.contains(at) {
            faults.push(format!("the way comes back to `{at}`"));
        } else if !done.contains(at) {
            open.insert(at);
            stack.push((at, true));
            stack.extend(next.get(at).into_iter().flatten().map(|it| (*it, false)));
        }
    }
    for key in kinds.keys().filter(|it| !done.contains(*it)) {
        faults.push(format!("nobody comes to `{key}`"));
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

type Tell<'t> = &'t mut dyn FnMut(String);

/// The settings of one step.
fn config(kind: &str, config: &Value, tell: Tell<'_>) {
    let Some(map) = config.as_object() else {
        return tell("has no settings".to_owned());
    };
    match kind {
        "trigger" => {
            only(map, &["event_name"], tell);
            event(config, tell);
        }
        "send_email" => {
            only(map, &["template", "from", "subject", "reply_to"], tell);
            template(&config["template"], tell);
        }
        "delay" => {
            only(map, &["duration"], tell);
            duration(text(config, "duration"), tell);
        }
        "wait_for_event" => {
            only(map, &["event_name", "timeout", "filter_rule"], tell);
            event(config, tell);
            if map.contains_key("timeout") {
                duration(text(config, "timeout"), tell);
            }
            if let Some(filter) = map.get("filter_rule") {
                rule(filter, tell);
            }
        }
        "condition" => rule(config, tell),
        "contact_update" => {
            only(
                map,
                &["first_name", "last_name", "unsubscribed", "properties"],
                tell,
            );
            let properties = map.get("properties").and_then(Value::as_object);
            for key in properties.into_iter().flat_map(Map::keys) {
                if !is_key(key) {
                    tell(format!("writes `{key}`, which is no name of a property"));
                }
            }
        }
        _ => tell(format!("is a `{kind}`, which is no step that we write")),
    }
}

fn only(map: &Map<String, Value>, known: &[&str], tell: Tell<'_>) {
    for key in map.keys().filter(|it| !known.contains(&it.as_str())) {
        tell(format!("has a setting `{key}` that Resend does not know"));
    }
}

fn event(config: &Value, tell: Tell<'_>) {
    let name = text(config, "event_name");
    if name.is_empty() || name.starts_with("resend:") {
        tell(format!("listens to `{name}`, which is no event of ours"));
    }
}

/// Automations take published templates only, so the id is what publishing gave.
fn template(template: &Value, tell: Tell<'_>) {
    let id = text(template, "id");
    if !id.starts_with("${template:") {
        tell(format!("sends `{id}`, which is no published template"));
    }
    let Some(variables) = template.get("variables") else {
        return;
    };
    let Some(variables) = variables.as_object() else {
        return tell("has variables that are no table".to_owned());
    };
    if variables.len() > MOST_VARIABLES {
        tell(format!("hands over more than {MOST_VARIABLES} values"));
    }
    for (key, value) in variables {
        let plain = key
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '_');
        if !plain || key.is_empty() || RESERVED.contains(&key.as_str()) {
            tell(format!(
                "hands over `{key}`, which is no name of a variable"
            ));
        }
        let known = match value {
            Value::Object(map) => {
                let path = map.get("var").and_then(Value::as_str).unwrap_or_default();
                map.len() == 1 && is_field(path)
            }
            Value::String(_) | Value::Number(_) | Value::Bool(_) => true,
            _ => false,
        };
        if !known {
            tell(format!("hands over {value} as `{key}`"));
        }
    }
}

fn duration(text: &str, tell: Tell<'_>) {
    let minutes = text.split_once(' ').and_then(|(amount, unit)| {
        let size = match unit.trim_end_matches('s') {
            "minute" => 1,
            "hour" => 60,
            "day" => 1_440,
            _ => return None,
        };
        amount.parse::<u32>().ok()?.checked_mul(size)
    });
    if !minutes.is_some_and(|it| (1..=LONGEST).contains(&it)) {
        tell(format!("waits `{text}`, and Resend waits 30 days at most"));
    }
}

fn is_field(path: &str) -> bool {
    let contact = path.strip_prefix("contact.");
    let own = contact.and_then(|it| it.strip_prefix("properties."));
    match (own, contact) {
        (Some(key), _) => is_key(key),
        (None, Some(name)) => ["email", "first_name", "last_name", "unsubscribed"].contains(&name),
        (None, None) => path.strip_prefix("event.").is_some_and(|it| !it.is_empty()),
    }
}

fn is_key(key: &str) -> bool {
    let plain = key
        .chars()
        .all(|it| it.is_ascii_alphanumeric() || it == '_');
    plain && (1..=50).contains(&key.len())
}

fn rule(rule: &Value, tell: Tell<'_>) {
    match text(rule, "type") {
        "rule" => {
            let field = text(rule, "field");
            if !is_field(field) {
                tell(format!("asks for `{field}`"));
            }
            let value = rule.get("value");
            let fits = match text(rule, "operator") {
                "eq" | "neq" => value.is_some_and(|it| !it.is_array() && !it.is_object()),
                "gt" | "gte" | "lt" | "lte" => value.is_some_and(Value::is_number),
                "contains" | "starts_with" | "ends_with" => value.is_some_and(Value::is_string),
                "exists" | "is_empty" => value.is_none(),
                _ => false,
            };
            if !fits {
                tell(format!("compares in a way that Resend does not: {rule}"));
            }
        }
        "and" | "or" => match rule["rules"].as_array() {
            Some(rules) if !rules.is_empty() => {
                for inner in rules {
                    self::rule(inner, tell);
                }
            }
            _ => tell("joins no rules".to_owned()),
        },
        other => tell(format!("asks in a way `{other}` that Resend does not know")),
    }
}
