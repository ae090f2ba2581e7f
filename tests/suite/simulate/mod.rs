//! What the language means: sentence by sentence in `tests/cases/simulate`, and beside a second reading
//! of it, which is slow and shares nothing with the first but the types of the files.

mod author;
mod cases;
mod naive;
mod property;

use chrono::NaiveDate;
use journeyc::Workspace;
use journeyc::load::Memory;
use serde_json::{Map, Value, json};

/// What every case's project has, unless the case says otherwise.
const PROJECT: &str = include_str!("project.yaml");

/// The template of every message: its words do not matter here.
const TEMPLATE: &str = "---\nsubject: A note\npreheader: What to do next\n---\nHello.\n";

/// A repository with a policy and journeys, each as a case writes it: what is not said about a header is
/// what [`whole`] adds.
fn workspace(policy: &Value, timezone: Option<&str>, journeys: &Map<String, Value>) -> Workspace {
    let mut project: Value = serde_yaml::from_str(PROJECT).unwrap();
    project["policy"] = policy.clone();
    if let Some(zone) = timezone {
        project["timezone"] = json!(zone);
    }
    let today = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let mut world = Memory::new(today)
        .with("journeyc.yaml", project.to_string())
        .with("templates/t.md", TEMPLATE);
    for (name, journey) in journeys {
        let text = whole(name, journey).to_string();
        world = world.with(format!("journeys/{name}.yaml"), text);
    }
    Workspace::read(&world)
}

/// A journey with what a case leaves out.
fn whole(name: &str, journey: &Value) -> Value {
    let mut res = json!({"journey": name, "class": "transactional", "basis": "express", "from": "care",
        "trigger": {"event": "paid"}, "reentry": "always"});
    for (key, value) in journey.as_object().unwrap() {
        if value.is_null() {
            res.as_object_mut().unwrap().remove(key);
        } else {
            res[key] = value.clone();
        }
    }
    spell_out(&mut res["steps"]);
    res
}

/// Writes short forms out: `send: a` is a message called `a`, `sell: a` a commercial one, and `task: a`
/// a call.
fn spell_out(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(spell_out),
        Value::Object(map) => {
            for kind in ["send", "sell", "task", "touch"] {
                let Some(it) = map.remove(kind) else { continue };
                let mut it = match it {
                    Value::String(id) => json!({"id": id}),
                    other => other,
                };
                let more = match kind {
                    "task" => json!({"channel": "phone"}),
                    "touch" => json!({"channel": "sms"}),
                    _ => json!({"template": "t", "purpose": "content"}),
                };
                for (key, value) in more.as_object().unwrap() {
                    it[key] = value.clone();
                }
                if kind == "sell" {
                    it["class"] = json!("commercial");
                }
                let kind = if kind == "sell" { "send" } else { kind };
                map.insert(kind.to_owned(), it);
            }
            map.values_mut().for_each(spell_out);
        }
        _ => {}
    }
}
