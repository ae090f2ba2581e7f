//! The check of a flow's own graph: what Klaviyo's published schema cannot see.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What is wrong with the graph of a `POST /api/flows` body; nothing when all is well.
///
/// Exactly one trigger; a name of its own for each action; every link and the entry land on an
/// action; everybody can reach every action; nobody can walk in a circle.
pub(super) fn faults(body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let definition = &body["data"]["attributes"]["definition"];
    let triggers = definition["triggers"].as_array().map_or(0, Vec::len);
    if triggers != 1 {
        found.push(format!(
            "a flow has exactly one trigger, and this has {triggers}"
        ));
    }
    let actions = definition["actions"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for action in actions {
        let Some(id) = action["temporary_id"].as_str() else {
            found.push("an action has no `temporary_id`".to_owned());
            continue;
        };
        if edges.insert(id, links(action)).is_some() {
            found.push(format!("two actions are called `{id}`"));
        }
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
                {"temporary_id": "a", "type": "time-delay", "links": {"next": "b"}},
                {"temporary_id": "b", "type": "conditional-split", "links": {"next_if_true": "c", "next_if_false": null}},
                {"temporary_id": "c", "type": "send-email", "links": {"next": null}},
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
        ] {
            assert!(
                found.iter().any(|it| it.contains(expected)),
                "{expected}: {found:?}"
            );
        }
    }

    #[test]
    fn branches_of_a_multi_branch_split_are_links_too() {
        let found = mutated(|it| {
            it["actions"][1] = json!({"temporary_id": "b", "type": "multi-branch-split", "data": {
                "name": "b", "branches": [{"branch_id": "x", "links": {"next": "c"}}]}});
        });
        assert_eq!(found, Vec::<String>::new());
    }

    /// Two ways to one action are no circle.
    #[test]
    fn a_join_is_no_circle() {
        let found = mutated(|it| it["actions"][1]["links"]["next_if_false"] = json!("c"));
        assert_eq!(found, Vec::<String>::new());
    }
}
