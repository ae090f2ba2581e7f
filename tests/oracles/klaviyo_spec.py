"""Proves that Klaviyo would take what we write.

Every request below DIST/klaviyo/*/requests is held against Klaviyo's own published OpenAPI
files, read in closed mode: a key that the spec does not know is an error, so a misspelt key
cannot hide. The spec cannot see dangling edges or second triggers, so those are checked here
too. At the end good bodies are spoilt on purpose: each must be rejected, or this check is blind.

    klaviyo_spec.py SPECS DIST
"""

import copy
import json
import re
import sys
from datetime import datetime
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

from tally import Tally

FORMATS = FormatChecker(formats=["date"])
FORMATS.checks("date-time", raises=ValueError)(lambda it: not isinstance(it, str) or bool(datetime.fromisoformat(it)))
FORMATS.checks("time")(lambda it: not isinstance(it, str) or bool(re.fullmatch(r"([01]\d|2[0-3])(:[0-5]\d){2}", it)))
FORMATS.checks("uri")(lambda it: not isinstance(it, str) or bool(re.match(r"[a-z][a-z0-9+.-]*:", it)))

PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
EDGES = ("next", "next_if_true", "next_if_false")


def closed(node):
    """OpenAPI 3.0 as JSON Schema: unknown keys refused, `oneOf` read as `anyOf`, `nullable` spelt out.

    Klaviyo types numbers as `oneOf: [integer, number]`, which no integer satisfies.
    """
    if isinstance(node, list):
        return [closed(it) for it in node]
    if not isinstance(node, dict):
        return node
    out = {("anyOf" if key == "oneOf" else key): closed(value) for key, value in node.items()}
    if isinstance(out.get("properties"), dict) and "additionalProperties" not in out:
        out["additionalProperties"] = False
    if out.pop("nullable", False) is True:
        return {"anyOf": [out, {"type": "null"}]}
    return out


def load(path, endpoint):
    """The validator of one endpoint's request body."""
    spec = json.loads(path.read_text())
    body = spec["paths"][endpoint]["post"]["requestBody"]["content"]["application/vnd.api+json"]["schema"]
    root = {"components": closed({"schemas": spec["components"]["schemas"]}), **closed(body)}
    return Draft202012Validator(root, format_checker=FORMATS)


def schema_problems(validator, body):
    """What the spec says against a body, in one sentence, or nothing."""
    error = best_match(validator.iter_errors(body))
    return [f"{error.json_path}: {error.message[:300]}"] if error else []


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
    for action in definition["actions"]:
        status = action.get("data", {}).get("status")
        if status not in (None, "draft", "disabled", "manual"):
            problems.append(f"{action['temporary_id']!r} would go live at once")
    return problems


def placeholder_problems(request, bound):
    """Placeholders that no earlier request fills."""
    wanted = PLACEHOLDER.findall(json.dumps(request["body"]))
    return [f"nothing earlier gives ${{{it}}}" for it in wanted if it not in bound]


def spoilt(flow):
    """Bodies that must be rejected, each with what is wrong with it."""

    def change(name, edit):
        body = copy.deepcopy(flow)
        edit(body["data"]["attributes"]["definition"])
        return name, body

    def first(definition, kind):
        return next(it for it in definition["actions"] if it["type"] == kind)

    yield change("a misspelt key in a message", lambda it: first(it, "send-email")["data"]["message"].update(subjectline="x"))
    yield change("a unit that Klaviyo does not know", lambda it: first(it, "time-delay")["data"].update(unit="fortnights"))
    yield change("a weekday that does not exist", lambda it: first(it, "time-delay")["data"].update(delay_until_weekdays=["someday"]))
    yield change("a time of day that does not exist", lambda it: first(it, "time-delay")["data"].update(delay_until_time="25:00:00"))
    yield change("an action of an unknown type", lambda it: first(it, "send-email").update(type="send-pigeon"))
    yield change("a status that does not exist", lambda it: first(it, "send-email")["data"].update(status="sent"))
    yield change("a definition without an entry", lambda it: it.pop("entry_action_id"))
    yield change("a profile filter with a misspelt key", lambda it: it.update(profile_filter={"condition_group": []}))


def disconnected(flow):
    """Bodies that the spec accepts and our own graph check must refuse."""

    def change(name, edit):
        definition = copy.deepcopy(flow["data"]["attributes"]["definition"])
        edit(definition)
        return name, definition

    yield change("an edge that lands nowhere", lambda it: it.update(entry_action_id="nowhere"))
    yield change("a second trigger", lambda it: it["triggers"].append(it["triggers"][0]))
    yield change("an id used twice", lambda it: it["actions"].append(it["actions"][0]))


def is_rich(request):
    """Whether a flow has what the spoilt bodies need."""
    kinds = {it["type"] for it in request["body"]["data"]["attributes"]["definition"]["actions"]}
    return {"send-email", "time-delay"} <= kinds


def main(specs, dist):
    tally = Tally()
    validators = {
        "/api/flows": load(specs / "klaviyo" / "create_flow.json", "/api/flows"),
        "/api/templates": load(specs / "klaviyo" / "create_template.json", "/api/templates"),
    }
    flows = []
    for environment in sorted((dist / "klaviyo").iterdir()):
        bound = set()
        for path in sorted((environment / "requests").glob("*.json")):
            request = json.loads(path.read_text())
            problems = placeholder_problems(request, bound)
            validator = validators.get(request["path"])
            if request["method"] != "POST" or validator is None:
                problems.append(f"no spec for {request['method']} {request['path']}")
            else:
                problems += schema_problems(validator, request["body"])
            if request["path"] == "/api/flows":
                flows.append(request)
                problems += graph_problems(request["body"]["data"]["attributes"]["definition"])
            bound |= set(request.get("binds", {}))
            tally.check(f"{environment.name}/{path.name} is a body that Klaviyo takes", problems)

    rich = next(filter(is_rich, flows), None)
    tally.check("there is a flow with a mail and a delay to spoil", [] if rich else [f"{len(flows)} flows, none of use"])
    if rich:
        for name, body in spoilt(rich["body"]):
            seen = schema_problems(validators["/api/flows"], body)
            tally.check(f"refused: {name}", [] if seen else ["the spec let it pass"])
        for name, definition in disconnected(rich["body"]):
            tally.check(f"refused: {name}", [] if graph_problems(definition) else ["the graph check let it pass"])
    tally.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
