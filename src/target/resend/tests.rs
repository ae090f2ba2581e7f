#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::needless_pass_by_value,
    clippy::items_after_statements,
    reason = "tests: one list of mutations"
)]

use serde_json::{Value, json};

use super::super::{Mark, Test};
use super::faults::faults;
use super::properties::Fields;
use super::rules::Rules;
use crate::manifest::{Expr, Manifest};

/// A sound automation with a step of every kind that we write.
fn sound() -> Value {
    json!({
        "name": "[journeyc] j", "status": "disabled",
        "steps": [
            {"key": "start", "type": "trigger", "config": {"event_name": "paid"}},
            {"key": "begin", "type": "contact_update", "config": {"properties": {"mark": "false"}}},
            {"key": "wait", "type": "delay", "config": {"duration": "30 days"}},
            {"key": "came", "type": "wait_for_event", "config": {"event_name": "delivered", "timeout": "3 hours",
                "filter_rule": {"type": "rule", "field": "event.score", "operator": "gte", "value": 4}}},
            {"key": "ask", "type": "condition", "config": {"type": "and", "rules": [
                {"type": "rule", "field": "contact.properties.plan", "operator": "eq", "value": "pro"},
                {"type": "rule", "field": "contact.first_name", "operator": "exists"}]}},
            {"key": "mail", "type": "send_email", "config": {"template": {"id": "${template:a}",
                "variables": {"CONTACT_FIRST_NAME": {"var": "contact.first_name"}, "BRACES": "{{"}}}},
        ],
        "connections": [
            {"from": "start", "to": "begin", "type": "default"},
            {"from": "begin", "to": "wait", "type": "default"},
            {"from": "wait", "to": "came", "type": "default"},
            {"from": "came", "to": "ask", "type": "event_received"},
            {"from": "came", "to": "mail", "type": "timeout"},
            {"from": "ask", "to": "mail", "type": "condition_met"},
        ],
    })
}

#[test]
fn a_sound_automation_has_no_faults_and_every_broken_one_is_refused_for_its_reason() {
    assert_eq!(faults(&sound()), Vec::<String>::new());
    type Edit = fn(&mut Value);
    let broken: &[(&str, Edit)] = &[
        ("its name is empty", |it| it["name"] = json!(" ")),
        ("its name is empty or longer", |it| {
            it["name"] = json!("n".repeat(256));
        }),
        ("it would be live", |it| it["status"] = json!("enabled")),
        ("it has 0 steps", |it| it["steps"] = json!([])),
        ("it has 151 steps", |it| {
            let steps = it["steps"].as_array_mut().unwrap();
            for number in steps.len()..151 {
                steps.push(json!({"key": format!("k{number}"), "type": "delay", "config": {"duration": "1 day"}}));
            }
        }),
        ("the key `wait` is empty or stands twice", |it| {
            it["steps"][1]["key"] = json!("wait");
        }),
        ("`wait`: exactly the first step is a trigger", |it| {
            it["steps"][2]["type"] = json!("trigger");
        }),
        ("`start`: exactly the first step is a trigger", |it| {
            it["steps"][0]["type"] = json!("delay");
        }),
        ("leads to `nowhere`", |it| {
            it["connections"][1]["to"] = json!("nowhere");
        }),
        ("begins at `nowhere`", |it| {
            it["connections"][1]["from"] = json!("nowhere");
        }),
        ("the way comes back to `wait`", |it| {
            let connections = it["connections"].as_array_mut().unwrap();
            connections.push(json!({"from": "ask", "to": "wait", "type": "condition_not_met"}));
        }),
        ("leads back to the trigger", |it| {
            it["connections"][5]["to"] = json!("start");
        }),
        ("has two ways `default`", |it| {
            let connections = it["connections"].as_array_mut().unwrap();
            connections.push(json!({"from": "wait", "to": "mail"}));
        }),
        ("nobody comes to `ask`", |it| {
            it["connections"][3]["to"] = json!("mail");
        }),
        ("which has no way `timeout`", |it| {
            it["connections"][1]["type"] = json!("timeout");
        }),
        ("which has no way `default`", |it| {
            it["connections"][5]["type"] = json!("default");
        }),
        ("which has no way `whenever`", |it| {
            it["connections"][4]["type"] = json!("whenever");
        }),
        ("waits `31 days`", |it| {
            it["steps"][2]["config"]["duration"] = json!("31 days");
        }),
        ("waits `45`", |it| {
            it["steps"][2]["config"]["duration"] = json!("45");
        }),
        ("waits `721 hours`", |it| {
            it["steps"][3]["config"]["timeout"] = json!("721 hours");
        }),
        ("which is no event of ours", |it| {
            it["steps"][0]["config"]["event_name"] = json!("resend:email.opened");
        }),
        ("which is no published template", |it| {
            it["steps"][5]["config"]["template"]["id"] = json!("${draft:a}");
        }),
        ("which is no name of a variable", |it| {
            it["steps"][5]["config"]["template"]["variables"]["EMAIL"] = json!("x");
        }),
        ("hands over more than 50", |it| {
            let variables = &mut it["steps"][5]["config"]["template"]["variables"];
            for number in 0..50 {
                variables[format!("V{number}")] = json!("x");
            }
        }),
        ("hands over {\"var\":\"person.name\"}", |it| {
            let variables = &mut it["steps"][5]["config"]["template"]["variables"];
            variables["BRACES"] = json!({"var": "person.name"});
        }),
        ("has a setting `eventname`", |it| {
            it["steps"][0]["config"]["eventname"] = json!("paid");
        }),
        ("asks for `plan`", |it| {
            it["steps"][4]["config"]["rules"][0]["field"] = json!("plan");
        }),
        ("compares in a way", |it| {
            it["steps"][3]["config"]["filter_rule"]["value"] = json!("4");
        }),
        ("joins no rules", |it| {
            it["steps"][4]["config"]["rules"] = json!([]);
        }),
        ("which is no step that we write", |it| {
            it["steps"][2]["type"] = json!("split");
        }),
        ("which is no name of a property", |it| {
            it["steps"][1]["config"]["properties"]["a-b"] = json!("x");
        }),
    ];
    for (wanted, edit) in broken {
        let mut body = sound();
        edit(&mut body);
        let found = faults(&body);
        let told = found.iter().any(|it| it.contains(wanted));
        assert!(told, "{wanted}: {found:?}");
    }
}

fn manifest() -> Manifest {
    serde_json::from_value(json!({
        "version": 1, "generator": {"name": "journeyc", "version": "0"},
        "brand": {"name": "B", "url": "https://b.example"}, "timezone": "UTC", "locales": ["en"],
        "events": {"paid": {"properties": {
            "total": {"type": "number", "nullable": true}, "gift": {"type": "string"},
            "first": {"type": "boolean"}, "tags": {"type": "list"}}}},
        "contact": {
            "plan": {"type": "string", "nullable": true}, "news": {"type": "boolean"},
            "born": {"type": "date"}, "first_name": {"type": "string", "nullable": true}},
        "journeys": [],
    }))
    .unwrap()
}

fn rule(field: &str, operator: &str, value: &Value) -> Value {
    json!({"type": "rule", "field": field, "operator": operator, "value": value})
}

/// The rule of a condition, and whether the answers change places.
fn asked(text: &str) -> Result<(Value, bool), String> {
    let manifest = manifest();
    let mut fields = Fields::new(&manifest, &[]);
    let mut rules = Rules {
        fields: &mut fields,
        event: "paid",
    };
    let expr = crate::model::Expr::parse(text).unwrap();
    let asked = rules.asked(&Test::Holds(Expr::from(&expr)))?;
    Ok((asked.rule, asked.swapped))
}

#[test]
fn conditions_become_rules_and_what_may_be_missing_keeps_its_answer() {
    let plan = "contact.properties.plan";
    let news = "contact.properties.news";
    let is = |text: &str, rule: Value| assert_eq!(asked(text), Ok((rule, false)), "{text}");
    is("contact.plan == \"pro\"", rule(plan, "eq", &json!("pro")));
    is(
        "contact.first_name != \"A\"",
        rule("contact.first_name", "neq", &json!("A")),
    );
    is("event.first", rule("event.first", "eq", &json!(true)));
    // Contact properties hold no truth values.
    is("contact.news", rule(news, "eq", &json!("true")));
    is("not contact.news", rule(news, "neq", &json!("true")));
    is("40 < event.total", rule("event.total", "gt", &json!(40)));
    is(
        "not (event.total > 40)",
        json!({"type": "or", "rules": [
            rule("event.total", "lte", &json!(40)),
            {"type": "rule", "field": "event.total", "operator": "is_empty"}]}),
    );
    is(
        "not (event.first and contact.plan == \"pro\")",
        json!({"type": "or", "rules": [
            rule("event.first", "neq", &json!(true)), rule(plan, "neq", &json!("pro"))]}),
    );
    is(
        "contact.plan in [\"pro\", \"team\"]",
        json!({"type": "or", "rules": [rule(plan, "eq", &json!("pro")), rule(plan, "eq", &json!("team"))]}),
    );
    // There is no opposite of `contains`, so yes and no change places.
    let contains = rule("event.gift", "contains", &json!("pot"));
    assert_eq!(asked("\"pot\" not in event.gift"), Ok((contains, true)));
    for refused in [
        "contact.plan == event.gift",
        "contact.born > \"2026-01-01\"",
        "\"a\" in event.tags",
    ] {
        assert!(asked(refused).is_err(), "{refused}");
    }
}

#[test]
fn marks_have_names_that_resend_takes() {
    let manifest = manifest();
    let attribute = format!("journeyc_{}_paid", "long_name_".repeat(6));
    let mark = Mark {
        attribute: attribute.clone(),
        event: "paid",
        filter: None,
    };
    let mut fields = Fields::new(&manifest, &[mark]);
    let path = fields.contact(&attribute).unwrap().path;
    let key = path.strip_prefix("contact.properties.").unwrap();
    assert_eq!(key.len(), 50);
    assert!(fields.contact(&"a".repeat(51)).is_err());
    fields.listen("paid");
    let requests: Vec<Value> = fields.requests().into_iter().map(|it| it.1.body).collect();
    // What may be missing is not asked for, and lists have no type there.
    let schema = json!({"gift": "string", "first": "boolean"});
    assert_eq!(
        requests,
        [
            json!({"name": "paid", "schema": schema}),
            json!({"key": key, "type": "string"}),
        ]
    );
}
