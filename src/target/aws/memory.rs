//! What all journeys of an account share: the table, the roles, and the machine that remembers events
//! and tells those who wait for one.
//!
//! In: the manifest. Out: bodies of calls. Invariant: roles allow no more than the machines call; no
//! number of an account stands anywhere.
//! Not done here: journeys.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::jsonata::{code, quoted};
use super::machine::{GRACE, retry};
use super::names;
use crate::manifest::{Manifest, Since};

/// Days for which events are kept where no journey asks for longer.
const KEPT: u32 = 400;

/// The table, as `CreateTable` takes it and as `CloudFormation` does.
pub(super) fn table(environment: &str) -> Value {
    json!({
        "TableName": names::table(environment),
        "AttributeDefinitions": [
            {"AttributeName": "subject", "AttributeType": "S"},
            {"AttributeName": "moment", "AttributeType": "S"},
        ],
        "KeySchema": [
            {"AttributeName": "subject", "KeyType": "HASH"},
            {"AttributeName": "moment", "KeyType": "RANGE"},
        ],
        "BillingMode": "PAY_PER_REQUEST",
    })
}

/// Who may take a role on.
pub(super) fn trust(service: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }],
    })
}

/// What machines may do. `arn` makes an address of a service and a thing.
pub(super) fn machines_may(environment: &str, arn: &dyn Fn(&str, &str) -> Value) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Remember",
                "Effect": "Allow",
                "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
                "Resource": arn("dynamodb", &format!("table/{}", names::table(environment))),
            },
            {
                "Sid": "Send",
                "Effect": "Allow",
                "Action": ["ses:SendEmail", "ses:SendTemplatedEmail"],
                "Resource": [
                    arn("ses", "identity/*"),
                    arn("ses", &format!("template/{environment}-*")),
                    arn("ses", "configuration-set/*"),
                    arn("ses", "contact-list/*"),
                ],
            },
            {
                "Sid": "EnterAndWake",
                "Effect": "Allow",
                "Action": ["states:StartExecution", "states:SendTaskSuccess"],
                "Resource": arn("states", &format!("stateMachine:{}", names::machine(environment, "*"))),
            },
        ],
    })
}

/// What rules may do.
pub(super) fn rules_may(environment: &str, arn: &dyn Fn(&str, &str) -> Value) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "Start",
            "Effect": "Allow",
            "Action": "states:StartExecution",
            "Resource": arn("states", &format!("stateMachine:{}", names::machine(environment, "*"))),
        }],
    })
}

/// The pattern of the rule that hands every event of the project over.
pub(super) fn pattern(manifest: &Manifest) -> Value {
    let events: Vec<&String> = manifest.events.keys().collect();
    json!({"detail-type": events, "detail": {"contact": {"id": [{"exists": true}]}}})
}

/// The machine that keeps what an event tells and wakes those who wait for it.
#[expect(
    clippy::too_many_lines,
    reason = "one state machine, written out as it stands in the account"
)]
pub(super) fn definition(manifest: &Manifest, environment: &str) -> Value {
    let table = names::table(environment);
    let (asked, days) = wanted(manifest);
    let names: Vec<String> = asked.iter().map(|it| quoted(it)).collect();
    let keys: Vec<String> = manifest
        .events
        .iter()
        .filter_map(|(event, it)| {
            Some(format!("{}: {}", quoted(event), quoted(it.key.as_deref()?)))
        })
        .collect();
    let data = format!(
        "$string($merge([{{}}, $sift($event, function($v, $k) {{$k in [{}]}})]))",
        names.join(", ")
    );
    let case = format!(
        "$text($lookup($event, $text($lookup({{{}}}, $entry.what))))",
        keys.join(", ")
    );
    let mut event = json!({
        "subject": {"S": "{% \"event#\" & $entry.what & \"#\" & $entry.who %}"},
        "moment": {"S": "{% $entry.moment %}"},
        "case": {"S": code(&case)},
        "data": {"S": code(&data)},
    });
    if let Some(days) = days {
        let seconds = u64::from(days) * 86_400;
        event["expires"] =
            json!({"N": code(&format!("$string($floor($millis() / 1000) + {seconds})"))});
    }
    json!({
        "Comment": "journeyc: remembers events",
        "QueryLanguage": "JSONata",
        "StartAt": "enter",
        "States": {
            "enter": {
                "Type": "Pass",
                "Assign": {
                    "contact": "{% $states.input.detail.contact %}",
                    "event": "{% $exists($states.input.detail.event) ? $states.input.detail.event : {} %}",
                    "entry": {
                        "who": code("$text($states.input.detail.contact.id)"),
                        "what": "{% $states.input.`detail-type` %}",
                        "at": "{% $states.input.time %}",
                        "moment": "{% $states.input.time & \"#\" & $states.input.id %}",
                    },
                },
                "Next": "event",
            },
            "event": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem",
                "Arguments": {"TableName": table, "Item": event},
                "Retry": retry("DynamoDb"),
                "Next": "contact",
            },
            "contact": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem",
                "Arguments": {
                    "TableName": table,
                    "Item": {
                        "subject": {"S": "{% \"contact#\" & $entry.who %}"},
                        "moment": {"S": "contact"},
                        "at": {"S": "{% $entry.at %}"},
                        "data": {"S": "{% $string($contact) %}"},
                    },
                    "ConditionExpression": "attribute_not_exists(subject) OR #at <= :at",
                    "ExpressionAttributeNames": {"#at": "at"},
                    "ExpressionAttributeValues": {":at": {"S": "{% $entry.at %}"}},
                },
                "Retry": retry("DynamoDb"),
                "Catch": [{"ErrorEquals": ["DynamoDb.ConditionalCheckFailedException"], "Next": "grace"}],
                "Next": "grace",
            },
            "grace": {"Type": "Wait", "Seconds": GRACE, "Next": "waiters"},
            "waiters": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:dynamodb:query",
                "Arguments": {
                    "TableName": table,
                    "KeyConditionExpression": "#subject = :subject",
                    "ExpressionAttributeNames": {"#subject": "subject"},
                    "ExpressionAttributeValues": {":subject": {"S": "{% \"waiter#\" & $entry.what & \"#\" & $entry.who %}"}},
                    "ConsistentRead": true,
                },
                "Output": "{% {\"waiters\": [$states.result.Items]} %}",
                "Retry": retry("DynamoDb"),
                "Next": "wake",
            },
            "wake": {
                "Type": "Map",
                "Items": "{% $states.input.waiters %}",
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "INLINE"},
                    "StartAt": "tell",
                    "States": {
                        "tell": {
                            "Type": "Task",
                            "Resource": "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
                            "Arguments": {"TaskToken": "{% $states.input.token.S %}", "Output": "{}"},
                            "Retry": retry("Sfn"),
                            // Those who wait no longer cannot be told.
                            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "gone"}],
                            "End": true,
                        },
                        "gone": {"Type": "Succeed"},
                    },
                },
                "Next": "done",
            },
            "done": {"Type": "Succeed"},
        },
    })
}

/// The properties that conditions ask for, and for how many days events are kept; for ever if not said.
fn wanted(manifest: &Manifest) -> (BTreeSet<String>, Option<u32>) {
    let mut names = BTreeSet::new();
    let mut days = Some(KEPT);
    let journeys = serde_json::to_value(&manifest.journeys).unwrap_or_default();
    let mut stack = vec![&journeys];
    while let Some(it) = stack.pop() {
        match it {
            Value::Array(items) => stack.extend(items),
            Value::Object(fields) => {
                if fields.get("op").and_then(Value::as_str) == Some("event")
                    && let Some(name) = fields.get("name").and_then(Value::as_str)
                {
                    names.insert(name.to_owned());
                }
                if let Some(since) = fields.get("since") {
                    days = match serde_json::from_value::<Since>(since.clone()) {
                        Ok(Since::Always) => None,
                        Ok(Since::Within(it)) => {
                            days.map(|days| days.max(it.days + it.business_days * 2 + 30))
                        }
                        _ => days,
                    };
                }
                stack.extend(fields.values());
            }
            _ => {}
        }
    }
    (names, days)
}
