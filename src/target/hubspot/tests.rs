#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::needless_pass_by_value,
    clippy::items_after_statements,
    reason = "tests: one list of mutations"
)]

use serde_json::{Value, json};

use super::faults::faults;

fn single(id: &str, kind: &str, fields: Value, next: Option<&str>) -> Value {
    let mut action = json!({
        "actionId": id, "type": "SINGLE_CONNECTION", "actionTypeId": kind, "actionTypeVersion": 0, "fields": fields,
    });
    if let Some(next) = next {
        action["connection"] = json!({"edgeType": "STANDARD", "nextActionId": next});
    }
    action
}

fn good() -> Value {
    let event = json!({"filterBranchType": "UNIFIED_EVENTS", "filterBranchOperator": "AND", "eventTypeId": "6-1",
        "operator": "HAS_COMPLETED", "filterBranches": [], "filters": []});
    let filter = json!({"filterType": "IN_LIST", "listId": "4", "operator": "IN_LIST"});
    let group = json!({"filterBranchType": "AND", "filterBranchOperator": "AND", "filterBranches": [], "filters": [filter]});
    json!({
        "name": "x", "isEnabled": false, "startActionId": "1",
        "timeWindows": [{"day": "MONDAY", "startTime": {"hour": 9, "minute": 0}, "endTime": {"hour": 18, "minute": 0}}],
        "enrollmentCriteria": {"type": "EVENT_BASED", "shouldReEnroll": true, "eventFilterBranches": [event], "listMembershipFilterBranches": []},
        "actions": [
            single("1", "0-4", json!({"content_id": "${email:a}"}), Some("2")),
            single("2", "0-1", json!({"delta": "3", "time_unit": "DAYS"}), Some("3")),
            single("3", "0-29", json!({"event_filter_branches": [event], "expiration_minutes": "60"}), Some("4")),
            {"actionId": "4", "type": "STATIC_BRANCH",
             "inputValue": {"type": "FIELD_DATA", "actionId": "3", "dataKey": "hs_event_criteria_met"},
             "staticBranches": [{"branchValue": "true", "connection": {"edgeType": "STANDARD", "nextActionId": "5"}}],
             "defaultBranch": {"edgeType": "GOTO", "nextActionId": "5"}},
            {"actionId": "5", "type": "LIST_BRANCH", "listBranches": [{"branchName": "a", "filterBranch":
                {"filterBranchType": "OR", "filterBranchOperator": "OR", "filterBranches": [group], "filters": []},
                "connection": {"edgeType": "STANDARD", "nextActionId": "6"}}]},
            {"actionId": "6", "type": "AB_TEST_BRANCH", "testBranches": [
                {"percentage": 40, "connection": {"edgeType": "STANDARD", "nextActionId": "7"}}, {"percentage": 60}]},
            single("7", "0-5", json!({"property_name": "plan", "value": {"type": "STATIC_VALUE", "staticValue": "pro"}}), None),
        ],
    })
}

#[test]
fn a_sound_workflow_has_no_faults() {
    assert_eq!(faults(&good()), Vec::<String>::new());
}

#[test]
fn broken_workflows_are_refused() {
    let second = good()["enrollmentCriteria"]["eventFilterBranches"][0].clone();
    let second = {
        let mut it = second;
        it["eventTypeId"] = json!("6-2");
        json!([good()["enrollmentCriteria"]["eventFilterBranches"][0], it])
    };
    let broken = [
        (
            "leads to `9`",
            "/actions/0/connection/nextActionId",
            json!("9"),
        ),
        (
            "again and again",
            "/actions/3/defaultBranch/nextActionId",
            json!("1"),
        ),
        (
            "without a jump",
            "/actions/3/defaultBranch/edgeType",
            json!("STANDARD"),
        ),
        ("stands there twice", "/actions/6/actionId", json!("1")),
        (
            "nobody comes to `2`",
            "/actions/0/connection/nextActionId",
            json!("3"),
        ),
        ("begins with `0`", "/startActionId", json!("0")),
        ("is no action's id", "/actions/6/actionId", json!("seven")),
        ("on at once", "/isEnabled", json!(true)),
        (
            "nothing lets people in",
            "/enrollmentCriteria/eventFilterBranches",
            json!([]),
        ),
        (
            "several events",
            "/enrollmentCriteria/eventFilterBranches",
            second,
        ),
        (
            "is no event's id",
            "/enrollmentCriteria/eventFilterBranches/0/eventTypeId",
            json!("order_paid"),
        ),
        (
            "is no event's id",
            "/actions/2/fields/event_filter_branches/0/eventTypeId",
            json!(""),
        ),
        ("has no length", "/actions/1/fields/delta", json!("0")),
        (
            "has no `time_unit`",
            "/actions/1/fields",
            json!({"delta": "1"}),
        ),
        (
            "does not know",
            "/actions/0/fields",
            json!({"content_id": "1", "subject": "x"}),
        ),
        (
            "has no `content_id`",
            "/actions/0/fields/content_id",
            json!(""),
        ),
        (
            "never stops waiting",
            "/actions/2/fields/expiration_minutes",
            json!("0"),
        ),
        (
            "waits for nothing",
            "/actions/2/fields/event_filter_branches",
            json!([]),
        ),
        (
            "waits for no event",
            "/actions/3/inputValue/actionId",
            json!("1"),
        ),
        (
            "asks nothing",
            "/actions/4/listBranches/0/filterBranch/filterBranches",
            json!([]),
        ),
        ("has no ways", "/actions/4/listBranches", json!([])),
        (
            "make 90 %",
            "/actions/5/testBranches/1/percentage",
            json!(50),
        ),
        (
            "whose fields are not known",
            "/actions/6/actionTypeId",
            json!("0-3"),
        ),
        ("which is not known", "/actions/6/type", json!("WEBHOOK")),
        (
            "end before they begin",
            "/timeWindows/0/endTime/hour",
            json!(8),
        ),
        ("it has no actions", "/actions", json!([])),
        ("it has no name", "/name", json!("")),
    ];
    for (wanted, path, value) in broken {
        let mut body = good();
        *body.pointer_mut(path).unwrap() = value;
        let found = faults(&body);
        assert!(
            found.iter().any(|it| it.contains(wanted)),
            "{wanted}: {found:?}"
        );
    }
}
