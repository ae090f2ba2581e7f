//! Branches, conditions, arms and rounds.

use super::*;

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
            "b.2 -> - | z..2",
            "z..2 -> -"
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
fn ways_that_ask_the_person_stand_at_one_place() {
    let way = |text: &str, id: &str| json!({"if": condition(text), "steps": [send(id)]});
    let branch = |first: &str| json!({"node": "b", "kind": "branch", "when": [way(first, "x"), way("contact.age > 3", "y")], "else": [send("n")]});
    let out = lower(&json!({}), &json!([branch("contact.plan == \"pro\"")]));
    assert_eq!(
        out.shape(),
        ["-> b", "b -> x | y | n", "x -> -", "y -> -", "n -> -"]
    );
    let split = out.action("b");
    assert_eq!(split["type"], "multi-branch-split");
    let plan = json!({"type": "profile-property", "property": "properties['plan']",
        "filter": {"type": "string", "operator": "equals", "value": "pro"}});
    assert_eq!(
        split["data"]["branches"][0],
        json!({"branch_id": "b-1", "order": 0, "is_else": false, "name": "way 1", "links": {"next": "x"},
            "branch_filter": {"condition_groups": [{"conditions": [plan]}]}})
    );
    assert_eq!(split["data"]["branches"][2]["is_else"], true);
    let out = lower(&json!({}), &json!([branch("event.total > 3")]));
    assert_eq!(out.action("b")["type"], "trigger-split");
    assert_eq!(out.action("b.2")["type"], "conditional-split");
    let many: Vec<Value> = (0..20)
        .map(|at| way("contact.age > 3", &format!("w{at}")))
        .collect();
    let many = json!({"node": "b", "kind": "branch", "when": many, "else": []});
    let out = lower(&json!({}), &json!([many]));
    assert_eq!(out.action("b")["type"], "conditional-split");
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
            "r.2 -> z..2 | a.3",
            "z..2 -> -",
            "a.3 -> z..3",
            "z..3 -> -",
        ]
    );
    let many = json!({"node": "r", "kind": "repeat", "times": 100, "steps": [send("a")]});
    assert!(lower(&json!({}), &json!([many])).says("100 rounds are too many"));
}
