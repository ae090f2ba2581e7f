//! The check of a machine: what AWS refuses when it is too late, and what it takes and nobody means.
//!
//! In: the body of a call. Out: sentences. Invariant: keeps its own stacks, for hostile bodies.
//! Not done here: the grammar of `JSONata`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The longest name of a state, a machine or a rule.
const LONGEST_NAME: usize = 80;
/// The largest definition.
const LARGEST: usize = 1_048_576;
/// The largest template.
const LARGEST_TEMPLATE: usize = 500_000;
/// The seconds of a year.
const YEAR: i64 = 365 * 86_400;
/// The states that there are.
const TYPES: [&str; 8] = [
    "Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Map", "Parallel",
];

/// What is wrong with a call; nothing when all is well.
pub(super) fn faults(path: &str, body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match path {
        "/v2/email/templates" => {
            let size = body.to_string().len();
            if size > LARGEST_TEMPLATE {
                found.push(format!(
                    "the template has {size} bytes, and SES takes {LARGEST_TEMPLATE}"
                ));
            }
        }
        "states:CreateStateMachine" => machine(body, &mut found),
        "events:PutRule" => {
            if body["State"] != "DISABLED" {
                found.push("the rule would go live at once".to_owned());
            }
            name(body["Name"].as_str(), "the rule", &mut found);
        }
        _ => {}
    }
    found
}

fn name(name: Option<&str>, what: &str, found: &mut Vec<String>) {
    let Some(name) = name.filter(|it| !it.is_empty()) else {
        found.push(format!("{what} has no name"));
        return;
    };
    if name.len() > LONGEST_NAME {
        found.push(format!(
            "{what} is called `{name}`, which is longer than {LONGEST_NAME}"
        ));
    }
    if !name
        .chars()
        .all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it))
    {
        found.push(format!(
            "{what} is called `{name}`, and AWS takes letters, digits, `-` and `_` only"
        ));
    }
}

fn machine(body: &Value, found: &mut Vec<String>) {
    name(body["name"].as_str(), "the machine", found);
    if body["roleArn"].as_str().is_none_or(str::is_empty) {
        found.push("the machine has no role".to_owned());
    }
    let text = body["definition"].as_str().unwrap_or_default();
    if text.len() > LARGEST {
        found.push(format!(
            "the definition has {} bytes, and AWS takes {LARGEST}",
            text.len()
        ));
    }
    match serde_json::from_str::<Value>(text) {
        Ok(definition) => {
            let mut names = BTreeSet::new();
            let mut stack = vec![&definition];
            while let Some(it) = stack.pop() {
                stack.extend(graph(it, &mut names, found));
            }
        }
        Err(_) => found.push("the definition is no JSON".to_owned()),
    }
}

/// Checks one graph; gives the graphs inside of it.
fn graph<'b>(
    definition: &'b Value,
    names: &mut BTreeSet<&'b str>,
    found: &mut Vec<String>,
) -> Vec<&'b Value> {
    let states: BTreeMap<&str, &Value> = definition["States"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, state)| (name.as_str(), state))
        .collect();
    let start = definition["StartAt"].as_str();
    match start {
        None => found.push("there is no `StartAt`".to_owned()),
        Some(it) if !states.contains_key(it) => {
            found.push(format!("the start `{it}` is not there"));
        }
        Some(_) => {}
    }
    let mut inner = Vec::new();
    let mut links: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, state) in &states {
        if name.len() > LONGEST_NAME {
            found.push(format!(
                "the state `{name}` has a name longer than {LONGEST_NAME}"
            ));
        }
        if !names.insert(name) {
            found.push(format!("two states are called `{name}`"));
        }
        self::state(name, state, found);
        let to = ways(state);
        for it in to.iter().filter(|it| !states.contains_key(*it)) {
            found.push(format!("`{name}` leads to `{it}`, which is not there"));
        }
        links.insert(name, to);
        inner.extend(state.get("ItemProcessor"));
        inner.extend(state["Branches"].as_array().into_iter().flatten());
    }
    let reached = walk(&links, start, &mut |_| {});
    for name in states.keys().filter(|it| !reached.contains(*it)) {
        found.push(format!(
            "nobody reaches `{name}`: it would be a second start"
        ));
    }
    // Round without waiting: what takes time does not count as a way on.
    let quick: BTreeMap<&str, Vec<&str>> = links
        .iter()
        .map(|(name, to)| {
            let to = if takes_time(states[*name]) {
                Vec::new()
            } else {
                to.clone()
            };
            (*name, to)
        })
        .collect();
    for name in states.keys() {
        walk(&quick, Some(name), &mut |it| {
            let sentence = format!("people walk in a circle at `{it}` without waiting");
            if !found.contains(&sentence) {
                found.push(sentence);
            }
        });
        if found.iter().any(|it| it.contains("circle")) {
            break;
        }
    }
    inner
}

/// What is wrong with one state by itself.
fn state(name: &str, state: &Value, found: &mut Vec<String>) {
    let kind = state["Type"].as_str().unwrap_or_default();
    if !TYPES.contains(&kind) {
        found.push(format!("`{name}` is a `{kind}`, which AWS does not know"));
    }
    let ends = state["End"] == true;
    let goes = state["Next"].is_string();
    match kind {
        "Choice" => {
            if !state["Default"].is_string() {
                found.push(format!(
                    "`{name}` has no `Default`: who fits no choice is stuck"
                ));
            }
            if state["Choices"].as_array().is_none_or(Vec::is_empty) {
                found.push(format!("`{name}` has no choices"));
            }
        }
        "Succeed" | "Fail" => {}
        _ if ends == goes => {
            found.push(format!("`{name}` must have either `Next` or `End`"));
        }
        _ => {}
    }
    match kind {
        "Task" => {
            let resource = state["Resource"].as_str().unwrap_or_default();
            if !resource.starts_with("arn:aws:states:::") {
                found.push(format!("the task `{name}` has no `Resource`"));
            }
            if resource.ends_with(".waitForTaskToken") && state.get("TimeoutSeconds").is_none() {
                found.push(format!("`{name}` would wait for ever"));
            }
        }
        "Wait" => {
            let ways = ["Seconds", "Timestamp"];
            if ways.iter().filter(|it| state.get(**it).is_some()).count() != 1 {
                found.push(format!("the wait `{name}` must say once how long"));
            }
            if state["Seconds"]
                .as_i64()
                .is_some_and(|it| !(0..=YEAR).contains(&it))
            {
                found.push(format!(
                    "`{name}` waits longer than an execution lasts, a year"
                ));
            }
        }
        _ => {}
    }
    let mut stack = vec![state];
    while let Some(it) = stack.pop() {
        match it {
            Value::Array(items) => stack.extend(items),
            Value::Object(fields) => stack.extend(fields.values()),
            Value::String(text) if text.starts_with("{%") != text.ends_with("%}") => {
                found.push(format!("an expression of `{name}` is not closed"));
            }
            _ => {}
        }
    }
}

fn takes_time(state: &Value) -> bool {
    let resource = state["Resource"].as_str().unwrap_or_default();
    state["Type"] == "Wait" || resource.ends_with(".waitForTaskToken")
}

/// The states that a state leads to.
fn ways(state: &Value) -> Vec<&str> {
    let lists = ["Choices", "Catch"];
    let inner = lists
        .into_iter()
        .filter_map(|it| state[it].as_array())
        .flatten()
        .map(|it| &it["Next"]);
    let own = [&state["Next"], &state["Default"]];
    inner.chain(own).filter_map(Value::as_str).collect()
}

/// Everything that can be reached; a circle is told.
fn walk<'b>(
    links: &BTreeMap<&'b str, Vec<&'b str>>,
    start: Option<&'b str>,
    circle: &mut dyn FnMut(&str),
) -> BTreeSet<&'b str> {
    let mut done = BTreeSet::new();
    let mut open = BTreeSet::new();
    let mut stack: Vec<(&str, bool)> = start.into_iter().map(|it| (it, false)).collect();
    while let Some((at, leave)) = stack.pop() {
        if leave {
            open.remove(at);
        } else if open.contains(at) {
            circle(at);
        } else if done.insert(at) {
            open.insert(at);
            stack.push((at, true));
            let to = links.get(at).into_iter().flatten();
            stack.extend(to.map(|it| (*it, false)));
        }
    }
    done
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::too_many_lines, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn good() -> Value {
        json!({"QueryLanguage": "JSONata", "StartAt": "a", "States": {
            "a": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sesv2:sendEmail", "Arguments": {"x": "{% 1 %}"}, "Next": "b"},
            "b": {"Type": "Wait", "Seconds": 60, "Next": "c"},
            "c": {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "d"}], "Default": "e"},
            "d": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem.waitForTaskToken", "Arguments": {}, "TimeoutSeconds": 9, "Next": "c"},
            "e": {"Type": "Succeed"},
        }})
    }

    fn body(definition: &Value) -> Value {
        json!({"name": "journeyc-prod-x", "roleArn": "${role:journeys}", "definition": definition.to_string()})
    }

    fn mutated(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut definition = good();
        change(&mut definition);
        faults("states:CreateStateMachine", &body(&definition))
    }

    #[test]
    fn a_good_machine_has_none_though_it_looks_again_after_waiting() {
        let call = body(&good());
        assert_eq!(
            faults("states:CreateStateMachine", &call),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_mutation_is_caught() {
        let rows: Vec<(Vec<String>, &str)> = vec![
            (
                mutated(|it| it["States"]["a"]["Next"] = json!("nowhere")),
                "`a` leads to `nowhere`",
            ),
            (
                mutated(|it| it["States"]["c"]["Default"] = json!("nowhere")),
                "`c` leads to `nowhere`",
            ),
            (
                mutated(|it| it["States"]["a"]["Next"] = json!("e")),
                "nobody reaches `b`",
            ),
            (
                mutated(|it| it["States"]["z"] = json!({"Type": "Pass", "Next": "a"})),
                "a second start",
            ),
            (
                mutated(|it| {
                    it.as_object_mut().unwrap().remove("StartAt");
                }),
                "no `StartAt`",
            ),
            (
                mutated(|it| it["StartAt"] = json!("nowhere")),
                "the start `nowhere`",
            ),
            (
                mutated(|it| it["States"]["c"]["Default"] = json!("a")),
                "nobody reaches `e`",
            ),
            (
                mutated(|it| it["States"]["b"] = json!({"Type": "Pass", "Next": "a"})),
                "circle",
            ),
            (
                mutated(|it| it["States"]["b"]["Seconds"] = json!(400 * 86_400)),
                "longer than an execution",
            ),
            (
                mutated(|it| {
                    it["States"]["b"].as_object_mut().unwrap().remove("Seconds");
                }),
                "must say once how long",
            ),
            (
                mutated(|it| {
                    it["States"]["c"].as_object_mut().unwrap().remove("Default");
                }),
                "no `Default`",
            ),
            (
                mutated(|it| it["States"]["c"]["Choices"] = json!([])),
                "has no choices",
            ),
            (
                mutated(|it| {
                    it["States"]["a"]
                        .as_object_mut()
                        .unwrap()
                        .remove("Resource");
                }),
                "has no `Resource`",
            ),
            (
                mutated(|it| {
                    it["States"]["d"]
                        .as_object_mut()
                        .unwrap()
                        .remove("TimeoutSeconds");
                }),
                "wait for ever",
            ),
            (
                mutated(|it| it["States"]["a"]["Type"] = json!("Pigeon")),
                "does not know",
            ),
            (
                mutated(|it| it["States"]["a"]["End"] = json!(true)),
                "either `Next` or `End`",
            ),
            (
                mutated(|it| it["States"]["a"]["Arguments"]["x"] = json!("{% 1")),
                "not closed",
            ),
            (
                mutated(|it| {
                    let long = "x".repeat(81);
                    it["States"]["a"]["Next"] = json!(long);
                    it["States"][long] = json!({"Type": "Pass", "Next": "b"});
                }),
                "longer than 80",
            ),
            (
                mutated(|it| {
                    it["States"]["a"]["Type"] = json!("Map");
                    it["States"]["a"]["ItemProcessor"] =
                        json!({"StartAt": "e", "States": {"e": {"Type": "Succeed"}}});
                }),
                "two states are called `e`",
            ),
            (
                mutated(|it| it["Comment"] = json!("x".repeat(LARGEST))),
                "and AWS takes 1048576",
            ),
        ];
        for (found, expected) in rows {
            assert!(
                found.iter().any(|it| it.contains(expected)),
                "{expected}: {found:?}"
            );
        }
    }

    #[test]
    fn names_roles_rules_and_templates_are_checked() {
        let with = |change: &dyn Fn(&mut Value)| {
            let mut call = body(&good());
            change(&mut call);
            faults("states:CreateStateMachine", &call).join("; ")
        };
        assert!(with(&|it| it["name"] = json!("x".repeat(81))).contains("longer than 80"));
        assert!(with(&|it| it["name"] = json!("a b")).contains("letters, digits"));
        assert!(with(&|it| it["name"] = json!("")).contains("no name"));
        assert!(with(&|it| it["roleArn"] = json!("")).contains("no role"));
        assert!(with(&|it| it["definition"] = json!("{")).contains("no JSON"));
        let rule = json!({"Name": "x", "State": "ENABLED"});
        assert!(
            faults("events:PutRule", &rule)
                .join("")
                .contains("live at once")
        );
        let large = json!({"TemplateContent": {"Html": "x".repeat(500_001)}});
        assert!(
            faults("/v2/email/templates", &large)
                .join("")
                .contains("SES takes")
        );
    }
}
