#![allow(clippy::unwrap_used, reason = "tests")]

mod limits;
mod messages;
mod triggers;
mod waits;
mod ways;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::{Account, Job, MISSING_ID, Mail, Mails, NOT_EXPRESSIBLE, TOO_LARGE, write};
use super::Klaviyo;
use super::faults::faults;
use crate::diagnostic::{Diagnostic, Sink};
use crate::manifest::{Action, Manifest, Places, Step};
use crate::source::Artifacts;

/// A manifest with one journey; `head` and `steps` are put into it.
fn manifest(head: &Value, steps: &Value) -> Manifest {
    let mut journey = json!({
        "name": "j", "file": "journeys/j.yaml", "line": 2, "class": "transactional",
        "sender": {"id": "care", "name": "Care", "address": "care@a.example", "reply_to": "r@a.example"},
        "trigger": {"event": "paid"}, "reentry": "always", "steps": number(steps),
    });
    let mut whole = json!({
        "version": 1, "generator": {"name": "journeyc", "version": "0"},
        "brand": {"name": "B", "url": "https://b.example"}, "timezone": "UTC", "locales": ["en"],
        "events": {
            "paid": {"milestone": "payment", "key": "order_id", "properties": {
                "order_id": {"type": "string"}, "total": {"type": "number"}, "gift": {"type": "string", "nullable": true},
                "when": {"type": "date"}, "tags": {"type": "list"}, "first": {"type": "boolean"}}},
            "delivered": {"key": "order_id", "properties": {"order_id": {"type": "string"}, "score": {"type": "number"}, "on": {"type": "date"}}},
            "refunded": {"properties": {"total": {"type": "number"}}},
            "unsubscribed": {"milestone": "unsubscribed"},
        },
        "contact": {
            "plan": {"type": "string"}, "age": {"type": "number"}, "news": {"type": "boolean"},
            "born": {"type": "date", "nullable": true}, "tags": {"type": "list"}, "first_name": {"type": "string", "nullable": true},
        },
        "journeys": [],
    });
    for (key, value) in head.as_object().unwrap() {
        let top = whole.as_object_mut().unwrap();
        if ["locales", "policy", "contact"].contains(&key.as_str()) {
            top.insert(key.clone(), value.clone());
        } else {
            journey
                .as_object_mut()
                .unwrap()
                .insert(key.clone(), value.clone());
        }
    }
    whole["journeys"] = json!([journey]);
    serde_json::from_value(whole).unwrap()
}

/// Gives steps without one a node and a line.
fn number(steps: &Value) -> Value {
    fn go(value: &mut Value, count: &mut u32) {
        match value {
            Value::Array(all) => all.iter_mut().for_each(|it| go(it, count)),
            Value::Object(map) => {
                if map.contains_key("kind") && !map.contains_key("text") {
                    *count += 1;
                    let node = format!("@{}-{count}", map["kind"].as_str().unwrap());
                    map.entry("node").or_insert_with(|| json!(node));
                    map.insert("line".to_owned(), json!(10 + *count));
                }
                map.values_mut().for_each(|it| go(it, count));
            }
            _ => {}
        }
    }
    let mut steps = steps.clone();
    go(&mut steps, &mut 0);
    steps
}

fn duration(text: &str) -> Value {
    let it: crate::model::Duration = text.parse().unwrap();
    json!({"text": text, "minutes": it.minutes, "days": it.days, "business_days": it.business_days})
}

fn condition(text: &str) -> Value {
    let expr = crate::model::Expr::parse(text).unwrap();
    json!({"text": text, "tree": serde_json::to_value(crate::manifest::Expr::from(&expr)).unwrap()})
}

fn send(id: &str) -> Value {
    json!({"node": id, "kind": "send", "template": "t", "purpose": ["content"], "class": "transactional",
        "sender": {"id": "care", "name": "Care", "address": "care@a.example"}})
}

fn with(mut value: Value, key: &str, other: Value) -> Value {
    value[key] = other;
    value
}

fn commercial(id: &str) -> Value {
    with(send(id), "class", json!("commercial"))
}

fn wait(text: &str) -> Value {
    json!({"kind": "wait", "for": duration(text), "zone": "contact"})
}

fn exit() -> Value {
    json!({"kind": "exit", "reason": "done"})
}

fn account() -> Account {
    let table = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    };
    Account {
        name: "prod".to_owned(),
        ids: BTreeMap::from([
            (
                "metrics".to_owned(),
                table(&[
                    ("paid", "Mpaid"),
                    ("delivered", "Mdeliv"),
                    ("refunded", "Mrefun"),
                    ("clicked_email", "Mclick"),
                ]),
            ),
            ("lists".to_owned(), table(&[("news", "Lnews")])),
            ("alerts".to_owned(), table(&[("desk", "desk@a.example")])),
        ]),
        span: None,
    }
}

struct Output {
    artifacts: Artifacts,
    found: Vec<Diagnostic>,
}

impl Output {
    fn requests(&self) -> Vec<Value> {
        let files = self
            .artifacts
            .iter()
            .filter(|(path, _)| path.starts_with("requests/"));
        files
            .map(|(_, bytes)| serde_json::from_slice(bytes).unwrap())
            .collect()
    }

    fn definition(&self) -> Value {
        let flow = self
            .requests()
            .pop()
            .unwrap_or_else(|| panic!("no flow: {:#?}", self.found));
        assert_eq!(flow["path"], "/api/flows");
        assert_eq!(faults(&flow["body"]), Vec::<String>::new());
        flow["body"]["data"]["attributes"]["definition"].clone()
    }

    fn action(&self, id: &str) -> Value {
        let definition = self.definition();
        let all = definition["actions"].as_array().unwrap();
        let found = all.iter().find(|it| it["temporary_id"] == id);
        found
            .unwrap_or_else(|| panic!("no {id} in {definition:#}"))
            .clone()
    }

    /// The flow in one line: each action's id, and where its links lead.
    fn shape(&self) -> Vec<String> {
        let definition = self.definition();
        let mut lines = vec![format!(
            "-> {}",
            definition["entry_action_id"].as_str().unwrap_or("-")
        )];
        for action in definition["actions"].as_array().unwrap() {
            let branches = action["data"]["branches"].as_array().into_iter().flatten();
            let branches = branches.map(|it| &it["links"]["next"]);
            let own = action["links"]
                .as_object()
                .into_iter()
                .flat_map(|it| it.values());
            let ways = own.chain(branches);
            let ways: Vec<&str> = ways.map(|it| it.as_str().unwrap_or("-")).collect();
            lines.push(format!(
                "{} -> {}",
                action["temporary_id"].as_str().unwrap(),
                ways.join(" | ")
            ));
        }
        lines
    }

    fn says(&self, part: &str) -> bool {
        self.found.iter().any(|it| it.message.contains(part))
    }
}

fn lower(head: &Value, steps: &Value) -> Output {
    let manifest = manifest(head, steps);
    let mut mails = Mails::new();
    for journey in &manifest.journeys {
        Step::walk(&journey.steps, &mut |step| {
            if let Action::Send(_) = &step.does {
                for locale in &manifest.locales {
                    let mail = Mail {
                        subject: format!("S {} {locale}", step.node),
                        preheader: Some("P".to_owned()),
                        variables: Vec::new(),
                        html: match step.node.as_str() {
                            "differs" => "<p>Other. {% unsubscribe %}</p>".to_owned(),
                            _ => "<p>{% unsubscribe %}</p>".to_owned(),
                        },
                        text: "t".to_owned(),
                    };
                    mails.insert(
                        (journey.name.clone(), step.node.clone(), locale.clone()),
                        std::sync::Arc::new(mail),
                    );
                }
            }
        });
    }
    let mut sink = Sink::default();
    let account = account();
    let places = Places::new();
    let job = Job {
        manifest: &manifest,
        mails: &mails,
        account: &account,
        places: &places,
    };
    let artifacts = write(&Klaviyo, &job, &mut sink);
    let again = write(&Klaviyo, &job, &mut Sink::default());
    assert_eq!(artifacts, again, "two runs give the same bytes");
    record(&artifacts);
    Output {
        artifacts,
        found: sink.into_sorted(),
    }
}

/// Keeps every body for a check against Klaviyo's schema from outside, where a folder is named.
#[allow(
    clippy::disallowed_methods,
    reason = "a test's own output, asked for by name"
)]
fn record(artifacts: &Artifacts) {
    let Ok(folder) = std::env::var("JOURNEYC_BODIES") else {
        return;
    };
    for (path, bytes) in artifacts
        .iter()
        .filter(|(path, _)| path.starts_with("requests/"))
    {
        let hash = crate::manifest::content_hash(&[std::str::from_utf8(bytes).unwrap()]);
        let name = path.trim_start_matches("requests/");
        std::fs::write(format!("{folder}/{}-{name}", &hash[..12]), bytes).unwrap();
    }
}
