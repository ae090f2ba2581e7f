//! The same things as calls, one by one, and as one `CloudFormation` stack.
//!
//! In: definitions. Out: requests and `cloudformation.json`. Invariant: everything arrives switched off:
//! every rule is `DISABLED`; addresses are made of what AWS itself fills in.
//! Not done here: templates, which go to SES by requests because a stack has no room for them.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{memory, names, pattern};
use crate::manifest::Expr;
use crate::target::{Job, Named, Request};

/// A journey's machine and rule.
pub(super) struct Parts {
    /// The journey.
    pub(super) journey: String,
    /// The trigger's event.
    pub(super) event: String,
    /// What the trigger asks.
    pub(super) filter: Option<Expr>,
    /// The machine.
    pub(super) definition: Value,
}

/// The bus that brings the events: the account's own unless another is named.
pub(super) fn bus(job: &Job<'_>) -> String {
    let named = job.account.id("buses", "events");
    named.unwrap_or("default").to_owned()
}

fn call(action: &str, body: Value, binds: &[(&str, &str)]) -> Request {
    let binds: IndexMap<String, String> = binds
        .iter()
        .map(|(name, at)| ((*name).to_owned(), (*at).to_owned()))
        .collect();
    Request {
        method: "POST",
        path: action.to_owned(),
        headers: Vec::new(),
        form: false,
        body,
        binds,
    }
}

/// An address in any account and region.
fn anywhere(service: &str, thing: &str) -> Value {
    json!(format!("arn:aws:{service}:*:*:{thing}"))
}

/// The address in the stack's own account and region.
fn here(service: &str, thing: &str) -> Value {
    json!({"Fn::Sub": format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{thing}")})
}

/// What all journeys need.
pub(super) fn shared(job: &Job<'_>) -> Vec<Named> {
    let environment = job.account.name.as_str();
    let role = |name: String, service: &str, bind: &str| {
        let body = json!({
            "RoleName": name,
            "AssumeRolePolicyDocument": memory::trust(service).to_string(),
        });
        let what = format!("role-{name}");
        (what, call("iam:CreateRole", body, &[(bind, "/Role/Arn")]))
    };
    let policy = |name: String, document: Value| {
        let body = json!({
            "RoleName": name,
            "PolicyName": name,
            "PolicyDocument": document.to_string(),
        });
        (
            format!("policy-{name}"),
            call("iam:PutRolePolicy", body, &[]),
        )
    };
    let journeys = names::journeys_role(environment);
    let rules = names::rules_role(environment);
    let name = names::memory(environment);
    let table = names::table(environment);
    let mut all = vec![
        (
            format!("table-{table}"),
            call("dynamodb:CreateTable", memory::table(environment), &[]),
        ),
        (
            format!("expiry-{table}"),
            call(
                "dynamodb:UpdateTimeToLive",
                json!({"TableName": table, "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": true}}),
                &[],
            ),
        ),
        role(journeys.clone(), "states.amazonaws.com", "role:journeys"),
        policy(journeys, memory::machines_may(environment, &anywhere)),
        role(rules.clone(), "events.amazonaws.com", "role:rules"),
        policy(rules, memory::rules_may(environment, &anywhere)),
    ];
    let definition = memory::definition(job.manifest, environment);
    all.extend(machine(
        job,
        &name,
        &definition,
        &memory::pattern(job.manifest),
    ));
    all
}

/// A machine, its rule, and what leads from the one to the other.
pub(super) fn machine(
    job: &Job<'_>,
    name: &str,
    definition: &Value,
    pattern: &Value,
) -> Vec<Named> {
    let bind = format!("machine:{name}");
    let create = json!({
        "name": name,
        "type": "STANDARD",
        "roleArn": "${role:journeys}",
        "definition": definition.to_string(),
    });
    let rule = json!({
        "Name": name,
        "EventBusName": bus(job),
        "EventPattern": pattern.to_string(),
        "State": "DISABLED",
    });
    let targets = json!({
        "Rule": name,
        "EventBusName": bus(job),
        "Targets": [{"Id": "machine", "Arn": format!("${{{bind}}}"), "RoleArn": "${role:rules}"}],
    });
    vec![
        (
            format!("machine-{name}"),
            call(
                "states:CreateStateMachine",
                create,
                &[(&bind, "/stateMachineArn")],
            ),
        ),
        (format!("rule-{name}"), call("events:PutRule", rule, &[])),
        (
            format!("start-{name}"),
            call("events:PutTargets", targets, &[]),
        ),
    ]
}

/// The requests of one journey.
pub(super) fn journey(job: &Job<'_>, parts: &Parts) -> Vec<Named> {
    let name = names::machine(&job.account.name, &parts.journey);
    let pattern = pattern::pattern(&parts.event, parts.filter.as_ref());
    machine(job, &name, &parts.definition, &pattern)
}

/// Everything but the templates as one stack.
pub(super) fn stack(job: &Job<'_>, journeys: &[Parts]) -> Value {
    let environment = job.account.name.as_str();
    let mut resources = serde_json::Map::new();
    let mut table = memory::table(environment);
    table["TimeToLiveSpecification"] = json!({"AttributeName": "expires", "Enabled": true});
    table["PointInTimeRecoverySpecification"] = json!({"PointInTimeRecoveryEnabled": true});
    // What people have done outlives a stack that is taken down.
    resources.insert(
        "Table".to_owned(),
        json!({
            "Type": "AWS::DynamoDB::Table",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": table,
        }),
    );
    let role = |service: &str, document: Value| {
        json!({
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": memory::trust(service),
                "Policies": [{"PolicyName": "journeyc", "PolicyDocument": document}],
            },
        })
    };
    resources.insert(
        "JourneysRole".to_owned(),
        role(
            "states.amazonaws.com",
            memory::machines_may(environment, &here),
        ),
    );
    resources.insert(
        "RulesRole".to_owned(),
        role(
            "events.amazonaws.com",
            memory::rules_may(environment, &here),
        ),
    );
    let mut add = |name: &str, definition: &Value, pattern: &Value| {
        let machine = format!("{}Machine", names::logical(name));
        resources.insert(
            machine.clone(),
            json!({
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {
                    "StateMachineName": name,
                    "StateMachineType": "STANDARD",
                    "RoleArn": {"Fn::GetAtt": ["JourneysRole", "Arn"]},
                    "Definition": definition,
                },
            }),
        );
        resources.insert(
            format!("{}Rule", names::logical(name)),
            json!({
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "Name": name,
                    "EventBusName": bus(job),
                    "EventPattern": pattern,
                    "State": "DISABLED",
                    "Targets": [{
                        "Id": "machine",
                        "Arn": {"Fn::GetAtt": [machine, "Arn"]},
                        "RoleArn": {"Fn::GetAtt": ["RulesRole", "Arn"]},
                    }],
                },
            }),
        );
    };
    let name = names::memory(environment);
    add(
        &name,
        &memory::definition(job.manifest, environment),
        &memory::pattern(job.manifest),
    );
    for it in journeys {
        let name = names::machine(environment, &it.journey);
        let pattern = pattern::pattern(&it.event, it.filter.as_ref());
        add(&name, &it.definition, &pattern);
    }
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": format!("Customer journeys of {}, written by journeyc. Every rule is switched off.", job.manifest.brand.name),
        "Resources": resources,
    })
}
