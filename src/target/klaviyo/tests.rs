#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::{Account, Job, MISSING_ID, Mail, Mails, NOT_EXPRESSIBLE, TOO_LARGE, Target};
use super::{Klaviyo, faults};
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
            let ways = action["links"].as_object().unwrap();
            let ways: Vec<&str> = ways.values().map(|it| it.as_str().unwrap_or("-")).collect();
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
    let artifacts = Klaviyo.lower(&job, &mut sink);
    let again = Klaviyo.lower(&job, &mut Sink::default());
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

#[test]
fn a_straight_journey() {
    let out = lower(
        &json!({}),
        &json!([send("a"), wait("1d"), send("b"), wait("3d")]),
    );
    assert!(out.found.is_empty(), "{:#?}", out.found);
    assert_eq!(
        out.shape(),
        ["-> a", "a -> wait-2", "wait-2 -> b", "b -> -"]
    );
    assert_eq!(
        out.action("a"),
        json!({"temporary_id": "a", "type": "send-email", "links": {"next": "wait-2"}, "data": {
            "message": {
                "name": "j / a", "from_email": "care@a.example", "from_label": "Care", "reply_to_email": null,
                "subject_line": "S a en", "preview_text": "P", "template_id": "${template:t}",
                "smart_sending_enabled": false, "transactional": true, "add_tracking_params": false,
                "additional_filters": null,
            },
            "status": "draft",
        }})
    );
    let requests = out.requests();
    assert_eq!(
        requests.len(),
        2,
        "both mails read the same, so they share a template"
    );
    assert_eq!(requests[0]["path"], "/api/templates");
    assert_eq!(requests[0]["binds"], json!({"template:t": "/data/id"}));
    assert_eq!(
        requests[0]["body"]["data"]["attributes"]["name"],
        "journeyc/t"
    );
    assert_eq!(
        requests[0]["headers"],
        json!(["Authorization", "revision", "Content-Type", "Accept"])
    );
}

#[test]
fn one_content_is_one_template_and_several_are_told_apart_by_their_step() {
    let steps = json!([
        send("a"),
        wait("1d"),
        send("differs"),
        wait("1d"),
        send("b")
    ]);
    let out = lower(&json!({}), &steps);
    let id = |node: &str| out.action(node)["data"]["message"]["template_id"].clone();
    assert_eq!(id("a"), "${template:t@j/a}");
    assert_eq!(id("b"), id("a"));
    assert_eq!(id("differs"), "${template:t@j/differs}");
    let requests = out.requests();
    let names: Vec<&Value> = requests
        .iter()
        .map(|it| &it["body"]["data"]["attributes"]["name"])
        .collect();
    assert_eq!(names[..2], ["journeyc/t@j/a", "journeyc/t@j/differs"]);
    assert_eq!(names.len(), 3, "two templates and a flow");
    let plan = out.artifacts.text("plan.md").unwrap();
    assert!(plan.contains("`001` to `002`"), "{plan}");
}

#[test]
fn the_trigger_asks_the_event_and_a_split_asks_the_person() {
    let filter = condition("event.total > 20 and contact.plan == \"pro\" and event.gift != none");
    let head = json!({"trigger": {"event": "paid", "where": filter}});
    let out = lower(&head, &json!([send("a")]));
    let definition = out.definition();
    assert_eq!(
        definition["triggers"][0],
        json!({"type": "metric", "id": "Mpaid", "trigger_filter": {"condition_groups": [
            {"conditions": [{"type": "metric-property", "metric_id": "Mpaid", "field": "total",
                "filter": {"type": "numeric", "operator": "greater-than", "value": 20}}]},
            {"conditions": [{"type": "metric-property", "metric_id": "Mpaid", "field": "gift",
                "filter": {"type": "existence", "operator": "is-set"}}]},
        ]}})
    );
    assert_eq!(out.shape(), ["-> entry", "entry -> a | -", "a -> -"]);
}

#[test]
fn re_entry() {
    for (reentry, expected) in [
        (json!("never"), json!({"duration": 1, "unit": "alltime"})),
        (json!("always"), json!({"duration": 0, "unit": "alltime"})),
        (json!("per_key"), json!({"duration": 0, "unit": "alltime"})),
        (
            json!({"after": duration("30d")}),
            json!({"duration": 30, "unit": "day"}),
        ),
        (
            json!({"after": duration("1d 12h")}),
            json!({"duration": 36, "unit": "hour"}),
        ),
    ] {
        let out = lower(&json!({"reentry": reentry}), &json!([send("a")]));
        assert_eq!(out.definition()["reentry_criteria"], expected);
        assert_eq!(out.says("per_key"), reentry == "per_key");
    }
}

#[test]
fn exits_are_filters_of_the_flow_or_of_messages() {
    let head = json!({"exits": [
        {"on": "refunded", "where": condition("event.total >= 5"), "line": 5},
        {"on": "delivered", "only": "commercial", "line": 6},
        {"on": "unsubscribed", "only": "commercial", "line": 7},
    ]});
    let out = lower(&head, &json!([send("a"), commercial("b")]));
    let zero = |metric: &str, inside: Value| {
        json!({"condition_groups": [{"conditions": [{"type": "profile-metric", "metric_id": metric,
            "measurement": "count", "measurement_filter": {"type": "numeric", "operator": "equals", "value": 0},
            "timeframe_filter": {"type": "date", "operator": "flow-start"}, "metric_filters": inside}]}]})
    };
    let inside = json!([{"property": "total", "filter": {"type": "numeric", "operator": "greater-than-or-equal", "value": 5}}]);
    assert_eq!(out.definition()["profile_filter"], zero("Mrefun", inside));
    assert_eq!(
        out.action("a")["data"]["message"]["additional_filters"],
        Value::Null
    );
    let message = out.action("b")["data"]["message"].clone();
    assert_eq!(message["additional_filters"], zero("Mdeliv", Value::Null));
    assert_eq!(
        (&message["smart_sending_enabled"], &message["transactional"]),
        (&json!(true), &json!(false))
    );
    assert!(out.says("Klaviyo does not compare `order_id`: any `delivered` ends the flow"));
    let plan = out.artifacts.text("plan.md").unwrap();
    assert!(
        plan.contains("The exit on `unsubscribed` needs nothing"),
        "{plan}"
    );
}

#[test]
fn waits() {
    let long = json!({"kind": "wait", "for": duration("7d"), "at": "10:00", "on": ["mon", "tue"], "zone": "contact"});
    let out = lower(&json!({}), &json!([long, send("a")]));
    assert_eq!(
        out.shape(),
        ["-> wait-1", "wait-1 -> wait-1.2", "wait-1.2 -> a", "a -> -"]
    );
    assert_eq!(
        out.action("wait-1")["data"],
        json!({"unit": "days", "value": 7})
    );
    assert_eq!(
        out.action("wait-1.2")["data"],
        json!({"timezone": "profile", "target_days": ["monday", "tuesday"], "target_time": "10:00:00"})
    );
    let days =
        json!({"kind": "wait", "for": duration("2d"), "on": ["sat"], "zone": "Europe/London"});
    let out = lower(&json!({}), &json!([days, send("a")]));
    assert_eq!(
        out.action("wait-1")["data"],
        json!({"unit": "days", "value": 2, "timezone": "Europe/London", "delay_until_weekdays": ["saturday"]})
    );
    let out = lower(
        &json!({}),
        &json!([{"kind": "wait", "at": "09:00", "zone": "contact"}, send("a"), wait("90m"), send("b"), wait("2bd"), send("c")]),
    );
    assert!(out.found.is_empty());
    assert_eq!(out.shape().len(), 8);
}

#[test]
fn commercial_mail_after_days_waits_for_the_window() {
    let window = json!({"send_window": {"days": ["mon", "tue"], "from": "08:00", "to": "20:00", "zone": "contact"}});
    let head = json!({"policy": window});
    let out = lower(&head, &json!([wait("3d"), commercial("a")]));
    assert!(out.says("people wait until 08:00"));
    assert!(!out.says("does not hold"));
    assert_eq!(
        out.action("wait-1.2")["data"],
        json!({"timezone": "profile", "target_days": ["monday", "tuesday"], "target_time": "08:00:00"})
    );
    let at = json!({"kind": "wait", "for": duration("1d"), "at": "10:00", "on": ["tue", "wed"], "zone": "contact"});
    let out = lower(&head, &json!([at, commercial("a")]));
    assert!(out.found.is_empty(), "{:#?}", out.found);
    assert_eq!(
        out.action("wait-1.2")["data"]["target_days"],
        json!(["tuesday"])
    );
    for steps in [
        json!([commercial("a")]),
        json!([wait("2h"), commercial("a")]),
    ] {
        assert!(lower(&head, &steps).says("does not hold `a`"));
    }
    let bypass = with(commercial("a"), "bypass_window", json!(true));
    assert!(lower(&head, &json!([bypass, send("b")])).found.is_empty());
}

#[test]
fn waiting_for_an_event_is_a_ladder() {
    let step = json!({"node": "w", "kind": "wait_for", "event": "refunded", "timeout": duration("2d"), "on_timeout": [send("late"), exit()]});
    let out = lower(&json!({}), &json!([step, send("a")]));
    assert_eq!(
        out.shape(),
        [
            "-> w-wait",
            "w-wait -> w",
            "w -> a | w-wait.2",
            "a -> -",
            "w-wait.2 -> w.2",
            "w.2 -> a.2 | late",
            "a.2 -> -",
            "late -> -",
        ]
    );
    assert!(out.says("Klaviyo cannot wait for `refunded`: the flow looks every 1 day instead"));
    let quiet =
        json!({"node": "w", "kind": "wait_for", "event": "refunded", "timeout": duration("1d")});
    let out = lower(&json!({}), &json!([quiet, send("a")]));
    assert_eq!(out.shape(), ["-> w-wait", "w-wait -> a", "a -> -"]);
    let endless = json!({"node": "w", "kind": "wait_for", "event": "refunded"});
    let out = lower(&json!({}), &json!([endless, send("a")]));
    assert!(out.found.iter().any(|it| it.rule == NOT_EXPRESSIBLE));
    assert!(out.requests().is_empty());
}

#[test]
fn branches_copy_what_follows() {
    let branch = json!({"node": "b", "kind": "branch", "when": [
        {"if": condition("contact.plan == \"pro\""), "steps": [send("p")]},
        {"if": condition("event.total > 9"), "steps": [exit()]},
    ], "else": []});
    let out = lower(&json!({}), &json!([branch, send("z")]));
    assert_eq!(
        out.shape(),
        [
            "-> b",
            "b -> p | b.2",
            "p -> z",
            "z -> -",
            "b.2 -> - | z.2",
            "z.2 -> -"
        ]
    );
    assert_eq!(out.action("b")["type"], "conditional-split");
    assert_eq!(out.action("b.2")["type"], "trigger-split");
    assert_eq!(out.action("b.2")["data"]["trigger_id"], "Mpaid");
}

#[test]
fn conditions_on_both_become_two_splits() {
    let way = |text: &str| json!([{"node": "b", "kind": "branch", "when": [{"if": condition(text), "steps": [send("y")]}], "else": [send("n")]}]);
    let out = lower(&json!({}), &way("contact.news and event.total > 9"));
    assert_eq!(
        out.shape(),
        [
            "-> b",
            "b -> b.2 | n.2",
            "b.2 -> y | n",
            "y -> -",
            "n -> -",
            "n.2 -> -"
        ]
    );
    let out = lower(&json!({}), &way("not (contact.news or event.total > 9)"));
    assert_eq!(
        out.shape(),
        [
            "-> b",
            "b -> b.2 | n.2",
            "b.2 -> y | n",
            "y -> -",
            "n -> -",
            "n.2 -> -"
        ]
    );
    let out = lower(&json!({}), &way("contact.news or event.total > 9"));
    assert_eq!(
        out.shape(),
        [
            "-> b",
            "b -> y | b.2",
            "y -> -",
            "b.2 -> y.2 | n",
            "y.2 -> -",
            "n -> -"
        ]
    );
    let out = lower(&json!({}), &way("contact.plan == event.gift"));
    assert!(out.says("cannot compare an attribute with a property"));
}

/// The groups of a condition on a message.
fn groups(text: &str) -> Value {
    let out = lower(&json!({}), &json!([with(send("a"), "if", condition(text))]));
    out.action("a")["data"]["message"]["additional_filters"]["condition_groups"].clone()
}

#[test]
fn conditions_in_conjunctive_form() {
    let plan = |operator: &str, value: Value| {
        json!({"type": "profile-property", "property": "properties['plan']",
            "filter": {"type": "string", "operator": operator, "value": value}})
    };
    let not_set = |name: &str| {
        json!({"type": "profile-property", "property": format!("properties['{name}']"),
            "filter": {"type": "existence", "operator": "not-set"}})
    };
    let age = |operator: &str, value: i64| {
        json!({"type": "profile-property", "property": "properties['age']",
            "filter": {"type": "numeric", "operator": operator, "value": value}})
    };
    let group = |conditions: &[&Value]| json!({"conditions": conditions});
    let pro = plan("equals", json!("pro"));
    let not_pro = plan("not-equals", json!("pro"));
    let adult = age("greater-than-or-equal", 18);
    assert_eq!(groups("contact.plan == \"pro\""), json!([group(&[&pro])]));
    assert_eq!(
        groups("contact.plan != \"pro\""),
        json!([group(&[&not_pro, &not_set("plan")])])
    );
    assert_eq!(
        groups("not (contact.plan == \"pro\" or contact.age >= 18)"),
        json!([
            group(&[&not_pro, &not_set("plan")]),
            group(&[&age("less-than", 18), &not_set("age")]),
        ])
    );
    assert_eq!(
        groups("contact.plan == \"pro\" or (contact.age >= 18 and contact.age < 65)"),
        json!([
            group(&[&pro, &adult]),
            group(&[&pro, &age("less-than", 65)])
        ])
    );
    assert_eq!(groups("18 <= contact.age"), json!([group(&[&adult])]));
    assert_eq!(
        groups("contact.plan in [\"pro\", \"team\"]"),
        json!([group(&[&plan("in", json!(["pro", "team"]))])])
    );
    assert_eq!(
        groups("contact.age not in [1, 2]"),
        json!([
            group(&[&age("not-equals", 1), &not_set("age")]),
            group(&[&age("not-equals", 2), &not_set("age")]),
        ])
    );
    assert_eq!(
        groups("contact.first_name == none")[0]["conditions"][0]["property"],
        "first_name"
    );
    let news = json!({"type": "profile-property", "property": "properties['news']",
        "filter": {"type": "boolean", "operator": "equals", "value": false}});
    assert_eq!(
        groups("not contact.news"),
        json!([group(&[&news, &not_set("news")])])
    );
}

#[test]
fn dates_are_whole_days() {
    let born = |operator: &str, at: &str| {
        json!({"type": "profile-property", "property": "properties['born']",
            "filter": {"type": "date", "operator": operator, "date": at}})
    };
    assert_eq!(
        groups("contact.born == \"2020-03-01\""),
        json!([
            {"conditions": [born("after", "2020-02-29T23:59:59Z")]},
            {"conditions": [born("before", "2020-03-02T00:00:00Z")]},
        ])
    );
    assert_eq!(
        groups("contact.born >= \"2020-03-01\""),
        json!([{"conditions": [born("after", "2020-02-29T23:59:59Z")]}])
    );
}

#[test]
fn questions_about_events() {
    let metric = |id: &str, operator: &str, value: i64, timeframe: Value, inside: Value| {
        json!([{"conditions": [{"type": "profile-metric", "metric_id": id, "measurement": "count",
            "measurement_filter": {"type": "numeric", "operator": operator, "value": value},
            "timeframe_filter": timeframe, "metric_filters": inside}]}])
    };
    let year = json!({"type": "date", "operator": "in-the-last", "unit": "day", "quantity": 365});
    let entry = json!({"type": "date", "operator": "flow-start"});
    let ever = json!({"type": "date", "operator": "alltime"});
    assert_eq!(
        groups("contact.count(\"paid\", within=\"365d\") > 1"),
        metric("Mpaid", "greater-than", 1, year, Value::Null)
    );
    assert_eq!(
        groups("not contact.did(\"delivered\", since=entry)"),
        metric("Mdeliv", "equals", 0, entry.clone(), Value::Null)
    );
    assert_eq!(
        groups("not (2 > contact.count(\"paid\"))"),
        metric("Mpaid", "greater-than-or-equal", 2, ever, Value::Null)
    );
    let name = json!([{"property": "Campaign Name", "filter": {"type": "string", "operator": "in", "value": ["j / x"]}}]);
    assert_eq!(
        groups("contact.clicked(\"x\")"),
        metric("Mclick", "greater-than-or-equal", 1, entry, name)
    );
}

#[test]
fn languages_are_messages_that_others_skip() {
    let mails = json!({"en": {"subject": "S", "sha256": ""}, "de": {"subject": "S", "sha256": ""}, "de-AT": {"subject": "S", "sha256": ""}});
    let head = json!({"locales": ["en", "de", "de-AT"]});
    let out = lower(&head, &json!([with(send("a"), "mails", mails)]));
    assert_eq!(
        out.shape(),
        ["-> a", "a -> a.de", "a.de -> a.de-AT", "a.de-AT -> -"]
    );
    let filters = |id: &str| {
        let filters =
            out.action(id)["data"]["message"]["additional_filters"]["condition_groups"].clone();
        let say = |it: &Value| {
            format!(
                "{} {}",
                it["filter"]["operator"].as_str().unwrap(),
                it["filter"]["value"].as_str().unwrap_or("")
            )
        };
        let all: Vec<String> = filters
            .as_array()
            .unwrap()
            .iter()
            .map(|group| {
                let all: Vec<String> = group["conditions"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(say)
                    .collect();
                all.join(" or ")
            })
            .collect();
        all
    };
    assert_eq!(
        filters("a"),
        [
            "not-starts-with de or not-set ",
            "not-starts-with de-AT or not-set "
        ]
    );
    assert_eq!(
        filters("a.de"),
        ["starts-with de", "not-starts-with de-AT or not-set "]
    );
    assert_eq!(filters("a.de-AT"), ["starts-with de-AT"]);
    assert_eq!(
        out.action("a.de")["data"]["message"]["template_id"],
        "${template:t.de}"
    );
}

#[test]
fn arms_are_samples_of_those_left() {
    let arm = |weight: u32, id: &str| json!({"weight": weight, "steps": [send(id)]});
    let step = json!({"node": "s", "kind": "split", "arms": {"x": arm(34, "x"), "y": arm(33, "y"), "z": arm(33, "z")}});
    let out = lower(&json!({}), &json!([step]));
    let sample = |id: &str| {
        out.action(id)["data"]["profile_filter"]["condition_groups"][0]["conditions"][0].clone()
    };
    assert_eq!(
        sample("s"),
        json!({"type": "profile-sample", "percentage": 34})
    );
    assert_eq!(
        sample("s.2"),
        json!({"type": "profile-sample", "percentage": 50})
    );
    assert!(out.found.is_empty());
    let step = json!({"node": "s", "kind": "split", "arms": {"x": arm(10, "x"), "y": arm(20, "y"), "z": arm(70, "z")}});
    let out = lower(&json!({}), &json!([step]));
    assert!(out.says("20 of 90 becomes 22 %"));
}

#[test]
fn rounds_are_written_out() {
    let step = json!({"node": "r", "kind": "repeat", "times": 3, "every": duration("7d"),
        "until": condition("contact.did(\"refunded\", since=entry)"), "steps": [send("a")]});
    let out = lower(&json!({}), &json!([step, send("z")]));
    assert_eq!(
        out.shape(),
        [
            "-> a",
            "a -> r-every",
            "r-every -> r",
            "r -> z | a.2",
            "z -> -",
            "a.2 -> r-every.2",
            "r-every.2 -> r.2",
            "r.2 -> z.2 | a.3",
            "z.2 -> -",
            "a.3 -> z.3",
            "z.3 -> -",
        ]
    );
    let many = json!({"node": "r", "kind": "repeat", "times": 100, "steps": [send("a")]});
    assert!(lower(&json!({}), &json!([many])).says("100 rounds are too many"));
}

#[test]
fn the_other_steps() {
    let out = lower(
        &json!({}),
        &json!([
            {"node": "t", "kind": "task", "channel": "phone", "owner": "desk", "title": "Call <them>"},
            {"node": "u", "kind": "task", "channel": "phone", "owner": "nobody"},
            {"node": "card", "kind": "touch", "channel": "parcel", "class": "transactional", "by": "warehouse"},
            {"node": "m", "kind": "set", "attribute": "plan", "value": "pro"},
            {"node": "n", "kind": "set", "attribute": "news", "value": null},
            {"node": "o", "kind": "set", "attribute": "born", "value": "2020-01-01"},
            {"node": "p", "kind": "set", "attribute": "age", "value": 3},
            {"kind": "enter", "journey": "news"},
            {"kind": "enter", "journey": "other"},
            send("z"),
        ]),
    );
    assert_eq!(
        out.shape(),
        [
            "-> t",
            "t -> m",
            "m -> n",
            "n -> o",
            "o -> p",
            "p -> enter-news",
            "enter-news -> z",
            "z -> -"
        ]
    );
    assert_eq!(
        out.action("t")["data"]["message"]["to_emails"],
        json!(["desk@a.example"])
    );
    assert_eq!(
        out.action("t")["data"]["message"]["template_id"],
        "${template:alert@j/t}"
    );
    assert_eq!(
        out.action("n")["data"]["profile_operations"],
        json!([{"operator": "delete", "property_key": "news"}])
    );
    assert_eq!(out.action("enter-news")["data"]["list_id"], "Lnews");
    let alert = &out.requests()[0]["body"]["data"]["attributes"];
    assert!(
        alert["html"]
            .as_str()
            .unwrap()
            .contains("Call &lt;them&gt;")
    );
    for part in [
        "nobody is told of `u`",
        "does not make the parcel touch `card`",
        "cannot start the journey `other`",
    ] {
        assert!(out.says(part), "{part}");
    }
    let plan = out.artifacts.text("plan.md").unwrap();
    assert!(
        plan.contains("`journeys/j.yaml:12` Klaviyo has no tasks, so nobody is told of `u`"),
        "{plan}"
    );
}

#[test]
fn a_missing_id_is_named_with_its_place() {
    let out = lower(
        &json!({"trigger": {"event": "unsubscribed"}}),
        &json!([send("a")]),
    );
    let finding = out.found.iter().find(|it| it.rule == MISSING_ID).unwrap();
    let help = finding.help.as_deref().unwrap();
    assert_eq!(
        help,
        "add `targets.klaviyo.environments.prod.ids.metrics.unsubscribed` to `journeyc.yaml`"
    );
    assert!(out.requests().is_empty());
    assert!(
        out.artifacts
            .text("plan.md")
            .unwrap()
            .contains("no id for `metrics.unsubscribed`")
    );
}

#[test]
fn dates_and_endless_growth_are_refused() {
    let until = json!({"node": "d", "kind": "wait_until", "date": condition("event.when")});
    assert!(lower(&json!({}), &json!([until, send("a")])).says("cannot wait for `event.when`"));
    let until = json!({"node": "d", "kind": "wait_until", "date": condition("contact.born")});
    let late = with(send("a"), "if", condition("event.total > 3"));
    assert!(lower(&json!({}), &json!([until.clone(), late])).says("has forgotten the event"));
    let round = json!({"node": "r", "kind": "repeat", "times": 2, "steps": [until, send("a")]});
    assert!(lower(&json!({}), &json!([round])).says("inside a repetition"));
    let way = |at: usize| {
        json!({"node": format!("b{at}"), "kind": "branch",
            "when": [{"if": condition("contact.news"), "steps": [wait("1d"), send(&format!("p{at}"))]}], "else": []})
    };
    let steps: Vec<Value> = (0..12).map(way).collect();
    let out = lower(&json!({}), &json!(steps));
    assert!(out.found.iter().any(|it| it.rule == TOO_LARGE));
}

#[test]
fn a_large_journey_looks_less_often_until_it_has_room() {
    let late = |id: &str| json!({"node": id, "kind": "wait_for", "event": "delivered", "timeout": duration("10d"), "on_timeout": [send(&format!("{id}-late"))]});
    let out = lower(
        &json!({}),
        &json!([
            late("w1"),
            send("a"),
            late("w2"),
            send("b"),
            late("w3"),
            send("c")
        ]),
    );
    let definition = out.definition();
    let count = definition["actions"].as_array().unwrap().len();
    assert!((100..=200).contains(&count), "{count}");
}

#[test]
fn a_holdout_leaves_at_the_door() {
    let out = lower(&json!({"holdout": 5}), &json!([send("a")]));
    assert_eq!(out.shape(), ["-> holdout", "holdout -> - | a", "a -> -"]);
}

#[test]
fn a_journey_of_hand_work_only_becomes_no_flow() {
    let task = json!({"node": "u", "kind": "task", "channel": "phone", "owner": "nobody"});
    let out = lower(&json!({}), &json!([task, wait("1d")]));
    assert!(out.requests().is_empty());
    assert!(out.says("Klaviyo has nothing to do here"));
    assert!(
        out.artifacts
            .text("plan.md")
            .unwrap()
            .contains("nobody does this: u")
    );
}

#[test]
fn the_window_is_kept_for_mail_behind_a_split() {
    let head =
        json!({"policy": {"send_window": {"from": "08:00", "to": "20:00", "zone": "contact"}}});
    let arm = |id: &str| json!({"weight": 50, "steps": [commercial(id)]});
    let split = json!({"node": "s", "kind": "split", "arms": {"x": arm("x"), "y": arm("y")}});
    let at = json!({"kind": "wait", "for": duration("1d"), "at": "10:00", "zone": "contact"});
    let out = lower(&head, &json!([at, split]));
    assert!(out.found.is_empty(), "{:#?}", out.found);
    let out = lower(&head, &json!([wait("2d"), split]));
    assert_eq!(out.found.len(), 1, "{:#?}", out.found);
    assert!(out.says("people wait until 08:00"));
}

#[test]
fn a_date_starts_a_second_flow() {
    let until = json!({"node": "d", "kind": "wait_until", "date": condition("contact.born"), "offset": duration("7d"),
        "before": true, "at": "10:00", "if_past": "continue"});
    let head = json!({"exits": [{"on": "refunded", "line": 5}]});
    let out = lower(&head, &json!([send("a"), until, send("b")]));
    let flows: Vec<Value> = out
        .requests()
        .into_iter()
        .filter(|it| it["path"] == "/api/flows")
        .collect();
    assert_eq!(flows.len(), 2);
    for flow in &flows {
        assert_eq!(faults(&flow["body"]), Vec::<String>::new());
    }
    assert_eq!(flows[0]["binds"], json!({"flow:j": "/data/id"}));
    assert_eq!(flows[1]["binds"], json!({"flow:j/d": "/data/id"}));
    assert_eq!(
        out.shape(),
        [
            "-> d-came-this-far",
            "d-came-this-far -> d | -",
            "d -> b",
            "b -> -"
        ]
    );
    let second = out.definition();
    assert_eq!(
        second["triggers"],
        json!([{"type": "date", "date_field_type": "profile-property", "date_profile_property": "properties['born']",
            "timedelta_unit_before_date": "days", "timedelta_value_before_date": 7, "recurrence_frequency": "never",
            "timezone": "profile", "trigger_time": "10:00:00"}])
    );
    let first = &flows[0]["body"]["data"]["attributes"]["definition"];
    assert_eq!(first["profile_filter"], second["profile_filter"]);
    let ids: Vec<&str> = first["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["temporary_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["a", "d-past", "b", "d"]);
    assert_eq!(
        first["actions"][3]["data"]["profile_operations"],
        json!([{"operator": "update", "property_type": "string", "property_key": "journeyc j", "property_value": "d"}])
    );
    assert!(out.says("Klaviyo waits for `contact.born` in a second flow"));
}

#[test]
fn templates_that_speak_of_the_event_are_found() {
    use super::dated::speaks_of_event;
    for text in [
        "{{ event.order_id }}",
        "{% if event.total %}",
        "{{event|lookup:'x'}}",
        "{% for l in event.lines %}",
    ] {
        assert!(speaks_of_event(text), "{text}");
    }
    for text in [
        "our next event.",
        "<p>{{ person|lookup:'event_name' }}</p>",
        "{{ first_name }} event | x",
        "{{ x|default:'event' }}",
    ] {
        assert!(!speaks_of_event(text), "{text}");
    }
}
