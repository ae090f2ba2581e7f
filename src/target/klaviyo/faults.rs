//! The check of a flow's own graph: what Klaviyo's published schema cannot see.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::table::MOST_ACTIONS;

/// Klaviyo's split with many ways takes this many, the one for everybody else among them.
const MOST_BRANCHES: usize = 20;

/// What is wrong with the graph of a `POST /api/flows` body; nothing when all is well.
///
/// Exactly one trigger; a name of its own for each action; every link and the entry land on an
/// action; everybody can reach every action; nobody can walk in a circle; nothing goes live; nothing
/// asks about an event that there is not; each split has a way for everybody.
pub(super) fn faults(body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let definition = &body["data"]["attributes"]["definition"];
    let triggers = list(&definition["triggers"]);
    if triggers.len() != 1 {
        let count = triggers.len();
        found.push(format!(
            "a flow has exactly one trigger, and this has {count}"
        ));
    }
    let by_event = triggers.iter().any(|it| it["type"] == "metric");
    let actions = list(&definition["actions"]);
    if actions.len() > MOST_ACTIONS {
        let count = actions.len();
        found.push(format!(
            "a flow has at most {MOST_ACTIONS} actions, and this has {count}"
        ));
    }
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for action in actions {
        let Some(id) = action["temporary_id"].as_str() else {
            found.push("an action has no `temporary_id`".to_owned());
            continue;
        };
        if edges.insert(id, links(action)).is_some() {
            found.push(format!("two actions are called `{id}`"));
        }
        let own = action_faults(action, by_event);
        found.extend(own.into_iter().map(|it| format!("`{id}` {it}")));
    }
    for (from, targets) in &edges {
        for to in targets.iter().filter(|to| !edges.contains_key(*to)) {
            found.push(format!("`{from}` leads to `{to}`, which is not there"));
        }
    }
    let entry = definition["entry_action_id"].as_str();
    match entry {
        Some(entry) if !edges.contains_key(entry) => {
            found.push(format!("the entry `{entry}` is not there"));
        }
        None if !actions.is_empty() => found.push("there is no entry".to_owned()),
        _ => {}
    }
    let reached = walk(&edges, entry, &mut found);
    for id in edges.keys().filter(|id| !reached.contains(*id)) {
        found.push(format!("nobody reaches `{id}`"));
    }
    found
}

/// What is wrong with one action.
fn action_faults(action: &Value, by_event: bool) -> Vec<&'static str> {
    let mut found = Vec::new();
    let data = &action["data"];
    if data.get("status").is_some_and(|it| it != "draft") {
        found.push("would not arrive as a draft");
    }
    let two = ["next_if_true", "next_if_false"];
    match action["type"].as_str().unwrap_or_default() {
        "send-email" | "send-internal-alert" => {
            let message = &data["message"];
            if message["template_id"].as_str().is_none_or(str::is_empty) {
                found.push("has no template");
            }
            if message["subject_line"].as_str().is_none_or(str::is_empty) {
                found.push("has no subject");
            }
        }
        "time-delay" if data["value"].as_u64().is_none_or(|it| it == 0) => {
            found.push("waits for nothing");
        }
        "target-date" if list(&data["target_days"]).is_empty() => found.push("waits for no day"),
        "trigger-split" if !by_event => {
            found.push("asks about an event, and a date starts the flow");
        }
        "conditional-split" | "trigger-split"
            if two.iter().any(|it| action["links"].get(*it).is_none()) =>
        {
            found.push("does not say both ways");
        }
        "multi-branch-split" => {
            let branches = list(&data["branches"]);
            if branches.len() > MOST_BRANCHES {
                found.push("has too many ways");
            }
            let last = branches.iter().position(|it| it["is_else"] == true);
            if last.is_none_or(|it| it + 1 != branches.len()) {
                found.push("has no way for everybody else at its end");
            }
            let asks = |it: &&Value| !list(&it["branch_filter"]["condition_groups"]).is_empty();
            if branches.iter().filter(asks).count() + 1 != branches.len() {
                found.push("has a way that asks nothing, which Klaviyo skips");
            }
        }
        _ => {}
    }
    found
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The actions that an action leads to.
fn links(action: &Value) -> Vec<&str> {
    let own = action["links"].as_object();
    let own = own.into_iter().flat_map(|it| it.values());
    let branches = action["data"]["branches"].as_array();
    let branches = branches
        .into_iter()
        .flatten()
        .map(|it| &it["links"]["next"]);
    own.chain(branches).filter_map(Value::as_str).collect()
}

/// Everything that can be reached; a circle is noted. Keeps its own stack, for hostile bodies.
fn walk<'b>(
    edges: &BTreeMap<&'b str, Vec<&'b str>>,
    entry: Option<&'b str>,
    found: &mut Vec<String>,
) -> BTreeSet<&'b str> {
    enum Visit<'b> {
        Enter(&'b str),
        Leave(&'b str),
    }
    let mut done = BTreeSet::new();
    let mut open = BTreeSet::new();
    let mut stack: Vec<Visit<'b>> = entry.into_iter().map(Visit::Enter).collect();
    while let Some(visit) = stack.pop() {
        match visit {
            Visit::Leave(id) => {
                open.remove(id);
            }
            Visit::Enter(id) if open.contains(id) => {
                found.push(format!("people walk in a circle at `{id}`"));
            }
            Visit::Enter(id) => {
                let Some(targets) = edges.get(id).filter(|_| done.insert(id)) else {
                    continue;
                };
                open.insert(id);
                stack.push(Visit::Leave(id));
                stack.extend(targets.iter().map(|to| Visit::Enter(to)));
            }
        }
    }
    done
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn good() -> Value {
        json!({"data": {"type": "flow", "attributes": {"name": "x", "definition": {
            "triggers": [{"type": "metric", "id": "A"}],
            "entry_action_id": "a",
            "actions": [
                {"temporary_id": "a", "type": "time-delay", "links": {"next": "b"}, "data": {"unit": "days", "value": 1}},
                {"temporary_id": "b", "type": "conditional-split", "links": {"next_if_true": "c", "next_if_false": null}},
                {"temporary_id": "c", "type": "send-email", "links": {"next": null},
                    "data": {"message": {"template_id": "T", "subject_line": "S"}, "status": "draft"}},
            ],
        }}}})
    }

    fn mutated(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut body = good();
        change(&mut body["data"]["attributes"]["definition"]);
        faults(&body)
    }

    #[test]
    fn a_good_body_has_none() {
        assert_eq!(faults(&good()), Vec::<String>::new());
    }

    #[test]
    fn each_mutation_is_caught() {
        for (found, expected) in [
            (
                mutated(|it| it["actions"][0]["links"]["next"] = json!("nowhere")),
                "`a` leads to `nowhere`",
            ),
            (
                mutated(|it| {
                    let trigger = it["triggers"][0].clone();
                    it["triggers"].as_array_mut().unwrap().push(trigger);
                }),
                "exactly one trigger, and this has 2",
            ),
            (mutated(|it| it["triggers"] = json!([])), "this has 0"),
            (
                mutated(|it| it["actions"][2]["temporary_id"] = json!("a")),
                "two actions are called `a`",
            ),
            (
                mutated(|it| it["actions"][1]["links"]["next_if_true"] = Value::Null),
                "nobody reaches `c`",
            ),
            (
                mutated(|it| it["actions"][2]["links"]["next"] = json!("a")),
                "circle at `a`",
            ),
            (
                mutated(|it| it["entry_action_id"] = json!("z")),
                "the entry `z` is not there",
            ),
            (
                mutated(|it| it["entry_action_id"] = Value::Null),
                "there is no entry",
            ),
            (
                mutated(|it| it["actions"][0] = json!({"id": "a"})),
                "no `temporary_id`",
            ),
            (
                mutated(|it| it["actions"][2]["data"]["status"] = json!("live")),
                "`c` would not arrive as a draft",
            ),
            (
                mutated(|it| it["actions"][2]["data"]["message"]["template_id"] = json!("")),
                "`c` has no template",
            ),
            (
                mutated(|it| it["actions"][2]["data"]["message"]["subject_line"] = Value::Null),
                "`c` has no subject",
            ),
            (
                mutated(|it| it["actions"][0]["data"]["value"] = json!(0)),
                "`a` waits for nothing",
            ),
            (
                mutated(|it| {
                    it["actions"][0]["type"] = json!("target-date");
                    it["actions"][0]["data"] = json!({"target_days": []});
                }),
                "`a` waits for no day",
            ),
            (
                mutated(|it| it["actions"][1]["links"] = json!({"next_if_true": "c"})),
                "`b` does not say both ways",
            ),
            (
                mutated(|it| {
                    it["triggers"] = json!([{"type": "date"}]);
                    it["actions"][1]["type"] = json!("trigger-split");
                }),
                "`b` asks about an event, and a date starts the flow",
            ),
            (
                mutated(|it| {
                    let many = (0..250).map(|at| json!({"temporary_id": at.to_string()}));
                    it["actions"] = many.collect();
                }),
                "at most 200 actions, and this has 250",
            ),
        ] {
            assert!(
                found.iter().any(|it| it.contains(expected)),
                "{expected}: {found:?}"
            );
        }
    }

    #[test]
    fn the_ways_of_a_split_with_many_are_links_too() {
        let way = |id: &str, next: &str| {
            json!({"branch_id": id, "links": {"next": next},
            "branch_filter": {"condition_groups": [{"conditions": []}]}})
        };
        let last = || json!({"branch_id": "else", "is_else": true, "links": {"next": null}});
        let split = |branches: Value| {
            mutated(|it| {
                it["actions"][1] = json!({"temporary_id": "b", "type": "multi-branch-split",
                    "data": {"name": "b", "branches": branches}});
            })
        };
        assert_eq!(split(json!([way("x", "c"), last()])), Vec::<String>::new());
        let many: Vec<Value> = (0..20).map(|_| way("x", "c")).chain([last()]).collect();
        let mut silent = way("y", "c");
        silent["branch_filter"] = Value::Null;
        for (branches, expected) in [
            (json!([way("x", "z"), last()]), "`b` leads to `z`"),
            (json!([way("x", "c")]), "no way for everybody else"),
            (json!([last(), way("x", "c")]), "no way for everybody else"),
            (json!([way("x", "c"), silent, last()]), "asks nothing"),
            (json!(many), "has too many ways"),
        ] {
            let found = split(branches);
            assert!(
                found.iter().any(|it| it.contains(expected)),
                "{expected}: {found:?}"
            );
        }
    }

    /// Two ways to one action are no circle.
    #[test]
    fn a_join_is_no_circle() {
        let found = mutated(|it| it["actions"][1]["links"]["next_if_false"] = json!("c"));
        assert_eq!(found, Vec::<String>::new());
    }
}
