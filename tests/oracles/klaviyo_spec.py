"""Proves that Klaviyo would take what we write.

Every request below FOLDER/klaviyo/*/requests is held against Klaviyo's own published OpenAPI
files, read in closed mode (closed.py). The spec cannot see dangling edges or second triggers, so those
are checked here too. At the end good bodies are spoilt on purpose: each must be rejected, or this check
is blind.

    klaviyo_spec.py SPECS FOLDER...
"""

import copy
import json
import sys
from pathlib import Path

from closed import load, placeholder_problems, schema_problems
from tally import Tally

MEDIA = "application/vnd.api+json"
EDGES = ("next", "next_if_true", "next_if_false")


def definition_of(body):
    return body["data"]["attributes"]["definition"]


def edges(action):
    """Every action that one leads to."""
    links = [action.get("links") or {}]
    links += [branch.get("links") or {} for branch in action.get("data", {}).get("branches", [])]
    return [link[key] for link in links for key in EDGES if link.get(key) is not None]


def graph_problems(definition):
    """What the spec cannot see: edges that land nowhere, orphans, cycles, several triggers."""
    problems = []
    if len(definition["triggers"]) != 1:
        problems.append(f"{len(definition['triggers'])} triggers; Klaviyo takes exactly one")
    ids = [action.get("temporary_id") for action in definition["actions"]]
    problems += [f"action id {it!r} is used twice or missing" for it in set(ids) if it is None or ids.count(it) > 1]
    actions = {action.get("temporary_id"): action for action in definition["actions"]}
    entry = definition["entry_action_id"]
    if entry is None and actions:
        problems.append("there are actions, but no entry")

    seen, open_, stack = set(), set(), [] if entry is None else [(entry, "the entry", False)]
    while stack:
        at, origin, leaving = stack.pop()
        if leaving:
            open_.discard(at)
        elif at not in actions:
            problems.append(f"{origin} leads to {at!r}, which is not there")
        elif at in open_:
            problems.append(f"{origin} leads back to {at!r}")
        elif at not in seen:
            seen.add(at)
            open_.add(at)
            stack.append((at, origin, True))
            stack += [(to, at, False) for to in edges(actions[at])]
    problems += [f"nobody reaches {it!r}" for it in actions if it not in seen]
    event = definition["triggers"] and definition["triggers"][0]["type"] == "metric"
    for action in definition["actions"]:
        data = action.get("data", {})
        if not data:
            problems.append(f"{action.get('temporary_id')!r} says nothing")
        if data.get("status") not in (None, "draft", "disabled", "manual"):
            problems.append(f"{action['temporary_id']!r} would go live at once")
        if action["type"] == "trigger-split" and not event:
            problems.append(f"{action['temporary_id']!r} asks an event that there is not")
        if action["type"] == "multi-branch-split":
            branches = data.get("branches", [])
            last = [bool(it.get("is_else")) for it in branches]
            if last.count(True) != 1 or not last[-1]:
                problems.append(f"{action['temporary_id']!r} needs one way for everybody else, at the end")
            if len(branches) > 20:
                problems.append(f"{action['temporary_id']!r} has {len(branches)} ways; Klaviyo takes 20")
            if any(not it.get("branch_filter", {}).get("condition_groups") for it in branches[:-1]):
                problems.append(f"{action['temporary_id']!r} has a way that asks nothing, which Klaviyo skips")
    return problems


def first(definition, kind):
    return next((it for it in definition["actions"] if it["type"] == kind), None)


def with_kind(flows, *kinds):
    """A flow that has actions of these kinds."""
    fits = (it for it in flows if all(first(definition_of(it["body"]), kind) for kind in kinds))
    return next(fits, None)


def spoilt(flows):
    """Bodies that must be rejected, each with what is wrong with it."""

    def change(name, kind, edit):
        flow = with_kind(flows, kind) if kind else flows[0]
        if flow is None:
            return name, None
        body = copy.deepcopy(flow["body"])
        definition = definition_of(body)
        edit(first(definition, kind) if kind else definition)
        return name, body

    yield change("a misspelt key in a message", "send-email", lambda it: it["data"]["message"].update(subjectline="x"))
    yield change("a status that does not exist", "send-email", lambda it: it["data"].update(status="sent"))
    yield change("an action of an unknown type", "send-email", lambda it: it.update(type="send-pigeon"))
    yield change("a unit that Klaviyo does not know", "time-delay", lambda it: it["data"].update(unit="fortnights"))
    yield change("a delay that is a text", "time-delay", lambda it: it["data"].update(value="three"))
    yield change("a weekday that does not exist", "target-date", lambda it: it["data"].update(target_days=["someday"]))
    yield change("a time of day that does not exist", "target-date", lambda it: it["data"].update(target_time="25:00:00"))
    yield change("a zone that does not exist", "target-date", lambda it: it["data"].update(timezone="Middle/Earth"))
    yield change("a split with a third way", "conditional-split", lambda it: it["links"].update(next_if_maybe=None))
    yield change("a way without an id", "multi-branch-split", lambda it: it["data"]["branches"][0].pop("branch_id"))
    yield change("a split without a name", "multi-branch-split", lambda it: it["data"].pop("name"))
    yield change("an operation that does not exist", "update-profile", lambda it: it["data"]["profile_operations"][0].update(operator="guess"))
    yield change("a definition without an entry", None, lambda it: it.pop("entry_action_id"))
    yield change("a filter with a misspelt key", None, lambda it: it.update(profile_filter={"condition_group": []}))
    yield change("a trigger of an unknown type", None, lambda it: it["triggers"][0].update(type="full-moon"))
    yield change("a re-entry in an unknown unit", None, lambda it: it["reentry_criteria"].update(unit="moon"))


def disconnected(flows):
    """Bodies that the spec accepts and our own graph check must refuse."""

    def change(name, kind, edit):
        flow = with_kind(flows, kind)
        if flow is None:
            return name, None
        definition = copy.deepcopy(definition_of(flow["body"]))
        edit(definition)
        return name, definition

    def way(definition):
        return first(definition, "multi-branch-split")["data"]["branches"]

    def dated(definition):
        definition["triggers"] = [{"type": "date"}]

    def last(definition):
        return next(it for it in definition["actions"] if "next" in (it.get("links") or {}) and it["links"]["next"] is None)

    yield change("an entry that is not there", "send-email", lambda it: it.update(entry_action_id="nowhere"))
    yield change("no entry", "send-email", lambda it: it.update(entry_action_id=None))
    yield change("an edge that lands nowhere", "send-email", lambda it: last(it)["links"].update(next="nowhere"))
    yield change("a circle", "send-email", lambda it: last(it)["links"].update(next=it["entry_action_id"]))
    yield change("a second trigger", "send-email", lambda it: it["triggers"].append(it["triggers"][0]))
    yield change("no trigger", "send-email", lambda it: it.update(triggers=[]))
    yield change("an id used twice", "send-email", lambda it: it["actions"].append(it["actions"][0]))
    yield change("an action without an id", "send-email", lambda it: it["actions"][0].pop("temporary_id"))
    yield change("an action that nobody reaches", "send-email", lambda it: it["actions"].append({"temporary_id": "x", "type": "send-email"}))
    yield change("a message that goes live", "send-email", lambda it: first(it, "send-email")["data"].update(status="live"))
    yield change("an action without data", "send-email", lambda it: first(it, "send-email").pop("data"))
    yield change("an event asked for behind a date", "trigger-split", dated)
    yield change("a way that lands nowhere", "multi-branch-split", lambda it: way(it)[0]["links"].update(next="nowhere"))
    yield change("no way for everybody else", "multi-branch-split", lambda it: way(it).pop())
    yield change("a way that asks nothing", "multi-branch-split", lambda it: way(it)[0].pop("branch_filter"))


def templates(template):
    """Templates that must be rejected."""

    def change(name, edit):
        body = copy.deepcopy(template)
        edit(body["data"])
        return name, body

    yield change("a template without a name", lambda it: it["attributes"].pop("name"))
    yield change("a template without an editor", lambda it: it["attributes"].pop("editor_type"))
    yield change("a subject in a template", lambda it: it["attributes"].update(subject="x"))
    yield change("a template of another type", lambda it: it.update(type="letter"))


def main(specs, folders):
    tally = Tally()
    validators = {
        "/api/flows": load(specs / "klaviyo" / "create_flow.json", "/api/flows", media=MEDIA),
        "/api/templates": load(specs / "klaviyo" / "create_template.json", "/api/templates", media=MEDIA),
    }
    seen = {path: [] for path in validators}
    for environment in (it for folder in folders for it in sorted((folder / "klaviyo").iterdir())):
        bound = set()
        for path in sorted((environment / "requests").glob("*.json")):
            request = json.loads(path.read_text())
            problems = placeholder_problems(request, bound)
            validator = validators.get(request["path"])
            if request["method"] != "POST" or validator is None:
                problems.append(f"no spec for {request['method']} {request['path']}")
            else:
                seen[request["path"]].append(request)
                problems += schema_problems(validator, request["body"])
            if request["path"] == "/api/flows":
                problems += graph_problems(definition_of(request["body"]))
            bound |= set(request.get("binds", {}))
            tally.check(f"{environment.parent.parent.name}/{environment.name}/{path.name} is a body that Klaviyo takes", problems)

    flows = seen["/api/flows"]
    tally.check("there are flows and templates to spoil", [] if all(seen.values()) else [f"only {len(flows)} flows"])
    if all(seen.values()):
        groups = [
            (spoilt(flows), lambda it: schema_problems(validators["/api/flows"], it)),
            (templates(seen["/api/templates"][0]["body"]), lambda it: schema_problems(validators["/api/templates"], it)),
            (disconnected(flows), graph_problems),
        ]
        for bodies, judge in groups:
            for name, body in bodies:
                if body is None:
                    tally.check(f"refused: {name}", ["no flow has what this needs"])
                else:
                    tally.check(f"refused: {name}", [] if judge(body) else ["it passed"])
    tally.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(it) for it in sys.argv[2:]])
