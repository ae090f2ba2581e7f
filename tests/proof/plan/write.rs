//! A tree as YAML that people can read: lists of steps line by line, the rest in one line.

use std::fmt::Write as _;

use serde_json::Value;

/// A file.
pub(super) fn document(value: &Value) -> String {
    let mut out = String::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        entry(&mut out, key, value, 0);
    }
    out
}

fn entry(out: &mut String, key: &str, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Array(items) if holds_steps(value) && !items.is_empty() => {
            let _ = writeln!(out, "{indent}{key}:");
            for item in items {
                element(out, item, depth + 1);
            }
        }
        Value::Object(entries) if holds_steps(value) => {
            let _ = writeln!(out, "{indent}{key}:");
            for (key, value) in entries {
                entry(out, key, value, depth + 1);
            }
        }
        Value::Object(entries) if depth == 0 && entries.len() > 3 => {
            let _ = writeln!(out, "{key}:");
            for (key, value) in entries {
                let _ = writeln!(out, "  {key}: {}", flow(value));
            }
        }
        _ => {
            let _ = writeln!(out, "{indent}{key}: {}", flow(value));
        }
    }
}

/// One element of a list that is written line by line.
fn element(out: &mut String, item: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    let Value::Object(entries) = item else {
        let _ = writeln!(out, "{indent}- {}", flow(item));
        return;
    };
    for (at, (key, value)) in entries.iter().enumerate() {
        let mut text = String::new();
        entry(&mut text, key, value, depth + 1);
        let mark = if at == 0 { "- " } else { "  " };
        let _ = write!(out, "{indent}{mark}{}", &text[2 * (depth + 1)..]);
    }
}

/// Whether steps stand somewhere inside.
fn holds_steps(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|it| it.is_object() && holds(it)),
        Value::Object(entries) => entries
            .iter()
            .any(|(key, it)| STEPS.contains(&key.as_str()) || holds_steps(it)),
        _ => false,
    }
}

const STEPS: [&str; 4] = ["steps", "on_timeout", "when", "else"];

const KINDS: [&str; 12] = [
    "send",
    "task",
    "touch",
    "wait",
    "wait_for",
    "wait_until",
    "branch",
    "split",
    "repeat",
    "set",
    "enter",
    "exit",
];

fn holds(item: &Value) -> bool {
    let mut keys = item
        .as_object()
        .into_iter()
        .flatten()
        .map(|it| it.0.as_str());
    keys.any(|it| KINDS.contains(&it) || it == "steps")
}

/// One line.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, it)| format!("{key}: {}", flow(it)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

fn is_plain(text: &str) -> bool {
    let word = |it: char| it.is_ascii_alphanumeric() || "_-/@.".contains(it);
    let letter = text.starts_with(|it: char| it.is_ascii_alphabetic());
    let reserved = ["true", "false", "null", "on", "off", "yes", "no", "y", "n"];
    // Durations begin with a digit, and nothing else that does ends with a letter.
    let duration = text.starts_with(|it: char| it.is_ascii_digit())
        && text.ends_with(['m', 'h', 'd', 'w'])
        && text
            .chars()
            .all(|it| it.is_ascii_digit() || "mhdwb ".contains(it));
    (letter && text.chars().all(word) && !reserved.contains(&text)) || duration
}
