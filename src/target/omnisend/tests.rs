#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::needless_pass_by_value,
    clippy::items_after_statements,
    reason = "tests: one list of mutations"
)]

use serde_json::{Value, json};

use super::faults::faults;

fn mail(id: &str) -> Value {
    json!({
        "temporaryID": id,
        "type": "action",
        "action": {"type": "sendEmail", "sendEmail": {
            "templateID": "${template:letter}", "subject": "News", "preheader": "", "senderName": "Fern",
            "senderEmail": "care@fern.example", "language": "en_GB",
        }},
    })
}

fn delay(id: &str) -> Value {
    json!({"temporaryID": id, "type": "delay", "delay": {"mode": "duration", "duration": {"amount": 3, "units": "d"}}})
}

fn split(id: &str, filter: Value, yes: Vec<Value>, no: Vec<Value>) -> Value {
    json!({"temporaryID": id, "type": "split", "split": {
        "filterGroup": {"logicalOperator": "and", "filters": [filter]}, "trueBlocks": yes, "falseBlocks": no,
    }})
}

fn clicked(id: &str) -> Value {
    json!({"type": "message", "field": "blockID", "operator": "clickedEmail", "value": id})
}

fn automation(blocks: Vec<Value>) -> Value {
    json!({
        "name": "x",
        "trigger": {"condition": {"event": "order paid", "origin": "api"}},
        "exitConditions": [{"event": "order refunded", "origin": "api"}],
        "settings": {"frequencyLimiter": {"mode": "interval", "duration": {"amount": 3, "units": "d"}}},
        "blocks": blocks,
    })
}

fn good() -> Value {
    let inner = split("s", clicked("a"), vec![mail("b"), delay("w2")], vec![]);
    let test = json!({"temporaryID": "ab", "type": "abTesting", "abTesting": {
        "aBlocksPercentage": 40, "aBlocks": [mail("c")], "bBlocks": [],
    }});
    automation(vec![mail("a"), delay("w"), inner, test])
}

#[test]
fn a_sound_automation_has_no_faults() {
    assert_eq!(faults(&good()), Vec::<String>::new());
}

#[test]
fn broken_automations_are_refused() {
    let change = |path: &str, value: Value| {
        let mut body = good();
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    let event = json!({"type": "event", "field": "total", "operator": "gt"});
    let broken = [
        ("it has no blocks", automation(vec![])),
        ("stands there twice", automation(vec![mail("a"), mail("a")])),
        (
            "1 to 36 characters",
            automation(vec![mail(&"x".repeat(37))]),
        ),
        ("1 to 36 characters", automation(vec![mail("")])),
        (
            "nothing follows the delay",
            automation(vec![mail("a"), delay("w")]),
        ),
        (
            "nothing follows the delay",
            automation(vec![
                mail("a"),
                split("s", clicked("a"), vec![delay("w")], vec![]),
            ]),
        ),
        (
            "no message further up",
            automation(vec![split("s", clicked("a"), vec![mail("a")], vec![])]),
        ),
        (
            "no message further up",
            automation(vec![split(
                "s",
                json!({"type": "event", "field": "x", "operator": "exists"}),
                vec![mail("a")],
                vec![split("t", clicked("a"), vec![mail("b")], vec![])],
            )]),
        ),
        (
            "both ways of `s` are empty",
            automation(vec![mail("a"), split("s", clicked("a"), vec![], vec![])]),
        ),
        (
            "compares with nothing",
            automation(vec![split("s", event, vec![mail("a")], vec![])]),
        ),
        (
            "asks nothing",
            change("/blocks/2/split/filterGroup/filters", json!([])),
        ),
        (
            "is no percentage",
            change("/blocks/3/abTesting/aBlocksPercentage", json!(101)),
        ),
        (
            "has no length",
            change("/blocks/1/delay/duration/amount", json!(0)),
        ),
        (
            "no time of day",
            change(
                "/blocks/1/delay",
                json!({"mode": "specificTime", "time": "24:00"}),
            ),
        ),
        (
            "may end on no day",
            change(
                "/blocks/1/delay",
                json!({"mode": "immediate", "allowedWeekdays": []}),
            ),
        ),
        (
            "subject of `a` is too long",
            change("/blocks/0/action/sendEmail/subject", json!("x".repeat(251))),
        ),
        (
            "has no templateID",
            change("/blocks/0/action/sendEmail/templateID", json!("")),
        ),
        (
            "is no language",
            change("/blocks/0/action/sendEmail/language", json!("en")),
        ),
        (
            "not exactly one `sendEmail`",
            change("/blocks/0/action", json!({"type": "sendEmail"})),
        ),
        (
            "is no tag",
            change(
                "/blocks/0/action",
                json!({"type": "addTag", "addTag": {"value": "VIP"}}),
            ),
        ),
        ("no such part", change("/blocks/0/type", json!("delay"))),
        (
            "the trigger names no event",
            change("/trigger/condition/event", json!("")),
        ),
        (
            "exactly one trigger",
            change(
                "/trigger/condition",
                json!([{"event": "a"}, {"event": "b"}]),
            ),
        ),
        (
            "`birthday` cannot end it",
            change("/exitConditions/0/event", json!("birthday")),
        ),
        (
            "limiter has no length",
            change("/settings/frequencyLimiter", json!({"mode": "interval"})),
        ),
        ("it has no name", change("/name", json!(""))),
    ];
    for (wanted, body) in broken {
        let found = faults(&body);
        assert!(
            found.iter().any(|it| it.contains(wanted)),
            "{wanted}: {found:?}"
        );
    }
}
