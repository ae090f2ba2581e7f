//! Segments: their bodies, and names that say what they ask.
//!
//! In: a [`Question`]. Out: a request. Invariant: two questions share a segment exactly if they ask the
//! same, and then the name is the same as well, since Dittofeed takes a name once in a workspace.
//! Not done here: where a segment is asked (`journey`).

use serde_json::{Value, json};

use super::super::uuid::uuid;
use super::ask::{Question, Tree};

/// A segment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Segment {
    /// Its id.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// Its body.
    pub(super) body: Value,
}

/// The segment of a question, asked by runs that are told apart by `key`.
pub(super) fn segment(workspace: &str, question: &Question, key: &str) -> Segment {
    let name = name(question, key);
    let definition = definition(question, key);
    let id = uuid(workspace, "segment", &definition.to_string());
    let body = json!({"workspaceId": workspace, "id": id, "name": name, "definition": definition});
    Segment { id, name, body }
}

fn definition(question: &Question, key: &str) -> Value {
    match question {
        Question::Person(tree) => {
            let mut nodes = Vec::new();
            let entry = place(tree, &mut nodes);
            json!({"entryNode": entry, "nodes": nodes})
        }
        Question::Case {
            event,
            times,
            properties,
        } => {
            let mut entry = json!({
                "type": "KeyedPerformed", "id": "1", "event": event, "key": key,
                "times": times.1, "timesOperator": times.0,
            });
            if !properties.is_empty() {
                entry["properties"] = json!(properties);
            }
            json!({"entryNode": entry, "nodes": []})
        }
    }
}

/// A node with its id; what is below it goes into the list.
fn place(tree: &Tree, nodes: &mut Vec<Value>) -> Value {
    fn below(tree: &Tree, nodes: &mut Vec<Value>, count: &mut u32) -> Value {
        *count += 1;
        let id = count.to_string();
        let (kind, parts) = match tree {
            Tree::One(node) => {
                let mut node = node.clone();
                node["id"] = json!(id);
                return node;
            }
            Tree::All(parts) => ("And", parts),
            Tree::Any(parts) => ("Or", parts),
        };
        let mut children = Vec::new();
        for part in parts {
            let child = below(part, nodes, count);
            children.push(child["id"].clone());
            nodes.push(child);
        }
        json!({"type": kind, "id": id, "children": children})
    }
    below(tree, nodes, &mut 0)
}

fn name(question: &Question, key: &str) -> String {
    match question {
        Question::Person(tree) => said(tree, false),
        Question::Case {
            event,
            times,
            properties,
        } => {
            let mut name = format!("{event}{}, same {key}", often(times.0, times.1));
            for property in properties {
                let path = property["path"].as_str().unwrap_or_default();
                name.push_str(", ");
                name.push_str(&compared(path, &property["operator"]));
            }
            name
        }
    }
}

fn said(tree: &Tree, inner: bool) -> String {
    let (parts, word) = match tree {
        Tree::One(node) => return one(node),
        Tree::All(parts) => (parts, " and "),
        Tree::Any(parts) => (parts, " or "),
    };
    let parts: Vec<String> = parts.iter().map(|it| said(it, true)).collect();
    let text = parts.join(word);
    if inner { format!("({text})") } else { text }
}

fn one(node: &Value) -> String {
    let text = |key: &str| node[key].as_str().unwrap_or_default();
    match text("type") {
        "Trait" => compared(text("path"), &node["operator"]),
        "Includes" => format!("{} has \"{}\"", text("path"), text("item")),
        "Email" => format!("clicked in template {}", text("templateId")),
        _ => {
            let times = node["times"].as_u64().unwrap_or(1);
            let mut name = format!("{}{}", text("event"), often(text("timesOperator"), times));
            if let Some(seconds) = node["withinSeconds"].as_u64() {
                let span = match seconds {
                    it if it % 86_400 == 0 => format!("{} d", it / 86_400),
                    it if it % 3_600 == 0 => format!("{} h", it / 3_600),
                    it => format!("{} min", it / 60),
                };
                name.push_str(" within ");
                name.push_str(&span);
            }
            name
        }
    }
}

fn often(sign: &str, times: u64) -> String {
    match (sign, times) {
        ("=", 1) => " exactly once".to_owned(),
        ("=", times) => format!(" exactly {times} times"),
        (_, 1) => String::new(),
        (_, times) => format!(" at least {times} times"),
    }
}

fn compared(path: &str, operator: &Value) -> String {
    let value = &operator["value"];
    match operator["type"].as_str().unwrap_or_default() {
        "Exists" => format!("{path} is there"),
        "Equals" => format!("{path} is {value}"),
        "NotEquals" => format!("{path} is not {value}"),
        "LessThan" => format!("{path} below {value}"),
        _ => format!("{path} at least {value}"),
    }
}
