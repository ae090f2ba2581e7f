"""Proves that Dittofeed would take what we write, and that nobody would vanish in it.

Every request below EXPORTS/PROJECT/dittofeed/*/requests is held against the JSON Schemas of Dittofeed's own admin API,
read in closed mode: a key that they do not know is an error, so a misspelt key cannot hide. What its
server checks beside them (getJourneyConstraintViolations) is read anew here, and so is what it does not
check at all: children that are not there, cycles, names that are there twice, templates that print a user
property which nobody makes. At the end good bodies are spoilt on purpose, and the schemas' own broken
examples are tried: each must be refused, or this check is blind.

    dittofeed_spec.py SPECS EXPORTS
"""

import copy
import json
import re
import sys
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from tally import Tally

PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
SCHEMAS = {
    "/api/admin/subscription-groups/": "UpsertSubscriptionGroupResource",
    "/api/admin/user-properties/": "UpsertUserPropertyResource",
    "/api/admin/segments/": "UpsertSegmentResource",
    "/api/admin/content/templates": "UpsertMessageTemplateResource",
    "/api/admin/journeys/": "UpsertJourneyResource",
}
JOURNEYS, SEGMENTS, TEMPLATES = "/api/admin/journeys/", "/api/admin/segments/", "/api/admin/content/templates"


def closed(node, inside=False):
    """The same schema with unknown keys refused; parts of an `allOf` are closed as a whole."""
    if isinstance(node, list):
        return [closed(it, inside) for it in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node and not node["$ref"].startswith("#"):
        # A block editor's document, which we never write.
        return False
    parts = node.get("allOf")
    if parts and all(it.get("type") == "object" for it in parts):
        out = {key: closed(value) for key, value in node.items() if key != "allOf"}
        out["allOf"] = [closed(it, True) for it in parts]
        out["unevaluatedProperties"] = False
        return out
    out = {key: closed(value) for key, value in node.items()}
    if "properties" in out and isinstance(out["properties"], dict) and not inside:
        out.setdefault("additionalProperties", False)
    return out


def load(specs):
    """The validator of each path."""
    read = lambda name: json.loads((specs / f"{name}.json").read_text())
    return {path: Draft202012Validator(closed(read(name))) for path, name in SCHEMAS.items()}


def schema_problems(validator, body):
    """What the schema says against a body, in one sentence, or nothing."""
    error = best_match(validator.iter_errors(body))
    return [f"{error.json_path}: {error.message[:300]}"] if error else []


def children(node):
    """Where a node leads."""
    match node["type"]:
        case "SegmentSplitNode":
            return [node["variant"]["trueChild"], node["variant"]["falseChild"]]
        case "WaitForNode":
            return [it["id"] for it in node["segmentChildren"]] + [node["timeoutChild"]]
        case "RandomCohortNode":
            return [it["id"] for it in node["children"]]
        case _:
            return [node["child"]]


def segments_of(node):
    """The segments that a node asks."""
    if node["type"] == "SegmentSplitNode":
        return [node["variant"]["segment"]]
    if node["type"] == "WaitForNode":
        return [it["segmentId"] for it in node["segmentChildren"]]
    return []


def fits(pattern, event):
    """Whether an entry listens to an event."""
    return event.startswith(pattern[:-1]) if pattern.endswith("*") else event == pattern


def journey_problems(body, segments, templates):
    """What neither the schema nor the server sees, and what the server sees beside the schema."""
    definition = body["definition"]
    entry, nodes = definition["entryNode"], definition["nodes"]
    problems = []
    ids = [it["id"] for it in nodes]
    problems += [f"the id {it!r} is there twice" for it in set(ids) if ids.count(it) > 1]
    known = {it["id"]: it for it in nodes}
    seen, open_, stack = set(), set(), [(entry["child"], "the entry", False)]
    while stack:
        at, origin, leaving = stack.pop()
        if leaving:
            open_.discard(at)
        elif at == "ExitNode":
            continue
        elif at not in known:
            problems.append(f"{origin} leads to {at!r}, which is not there")
        elif at in open_:
            problems.append(f"{origin} leads back to {at!r}")
        elif at not in seen:
            seen.add(at)
            open_.add(at)
            stack.append((at, origin, True))
            stack += [(to, at, False) for to in children(known[at])]
    problems += [f"nobody comes to {it!r}" for it in known if it not in seen]
    if body.get("status") not in ("NotStarted", "Paused"):
        problems.append("it would start at once")
    for node in nodes:
        if node["type"] == "RateLimitNode":
            problems.append(f"{node['id']!r} is of a kind at which people leave")
        if node["type"] == "RandomCohortNode" and sum(it["percent"] for it in node["children"]) != 100:
            problems.append(f"{node['id']!r} has shares that do not make 100")
        if node["type"] == "MessageNode" and node["variant"]["templateId"] not in templates:
            problems.append(f"{node['id']!r} sends a template that nothing makes")
        for segment in segments_of(node):
            if segment not in segments:
                problems.append(f"{node['id']!r} asks a segment that nothing makes")
                continue
            top = segments[segment]["definition"]["entryNode"]
            if node["type"] == "WaitForNode" and top["type"] != "KeyedPerformed":
                problems.append(f"{node['id']!r} waits for a segment that is not keyed, in a journey that an event begins")
            if top["type"] == "KeyedPerformed":
                # The server hands a run only such events; others are never seen.
                if top["key"] != entry.get("key"):
                    problems.append(f"{node['id']!r} asks by {top['key']!r}, but runs are told apart by {entry.get('key')!r}")
                if not fits(entry["event"], top["event"]):
                    problems.append(f"{node['id']!r} asks for {top['event']!r}, which never reaches {entry['event']!r}")
    return problems


def template_problems(body, properties):
    """User properties that a template prints and nobody makes: in Dittofeed they stop the mail."""
    definition = body["definition"]
    text = definition["subject"] + definition["body"]
    named = set(re.findall(r"\buser\.([A-Za-z_][A-Za-z0-9_]*)", text))
    named |= {it for _, it in re.findall(r"\buser\[(['\"])(.+?)\1\]", text)}
    return [f"it prints {it!r}, which no request makes" for it in sorted(named - properties)]


def placeholder_problems(request, bound):
    """Placeholders that no earlier request fills."""
    wanted = PLACEHOLDER.findall(json.dumps(request["body"]))
    return [f"nothing earlier gives ${{{it}}}" for it in wanted if it not in bound]


def main(specs, exports):
    tally = Tally()
    validators = load(specs)
    rich = None
    for environment in sorted(exports.glob("*/dittofeed/*")):
        project = environment.parts[-3]
        requests = [(it.name, json.loads(it.read_text())) for it in sorted((environment / "requests").glob("*.json"))]
        by_path = lambda path: {it["body"]["id"]: it["body"] for _, it in requests if it["path"] == path}
        segments, templates = by_path(SEGMENTS), by_path(TEMPLATES)
        properties = {it["body"]["name"] for _, it in requests if it["path"] == "/api/admin/user-properties/"}
        bound, names = set(), set()
        for name, request in requests:
            body, path = request["body"], request["path"]
            problems = placeholder_problems(request, bound)
            if request["method"] != "PUT" or path not in validators:
                problems.append(f"no schema for {request['method']} {path}")
            else:
                problems += schema_problems(validators[path], body)
            if "id" in body and not UUID.fullmatch(body["id"]):
                problems.append(f"{body['id']!r} is no id that the server takes")
            if (path, body["name"]) in names:
                problems.append(f"the name {body['name']!r} is there twice")
            names.add((path, body["name"]))
            if path == JOURNEYS:
                problems += journey_problems(body, segments, templates)
                kinds = {it["type"] for it in body["definition"]["nodes"]}
                if {"WaitForNode", "SegmentSplitNode", "DelayNode", "MessageNode"} <= kinds:
                    rich = rich or (body, segments, templates)
            if path == TEMPLATES:
                problems += template_problems(body, properties)
            bound |= set(request.get("binds", {}))
            tally.check(f"{project}: {name} is a body that Dittofeed takes", problems)

    tally.check("there is a journey to spoil", [] if rich else ["no journey has all kinds of nodes"])
    if rich:
        spoil(tally, validators[JOURNEYS], *rich)
    for name in ("bad_schema", "bad_dangling", "bad_cycle"):
        body = json.loads((specs / f"{name}.json").read_text())
        found = schema_problems(validators[JOURNEYS], body)
        made = {it["variant"]["templateId"]: it for it in body["definition"]["nodes"] if "templateId" in it.get("variant", {})}
        keyed = {it["id"]: it for it in json.loads((specs / "segs_keyed.json").read_text())}
        if not found:
            found = [it for it in journey_problems(body, keyed, made) if "lead" in it]
        tally.check(f"refused: {name}", [] if found else ["it was let pass"])
    body = json.loads((specs / "ok.json").read_text())
    plain = {it["id"]: it for it in json.loads((specs / "segs_plain.json").read_text())}
    found = [it for it in journey_problems(body, plain, {}) if "not keyed" in it]
    tally.check("refused: a wait for a segment that is not keyed", [] if found else ["it was let pass"])
    for request in json.loads((specs / "bundle_ok.json").read_text()):
        path = request["request"].split(" ", 1)[1]
        tally.check(f"taken: the example for {path}", schema_problems(validators[path], request["body"]))
    tally.finish()


def spoil(tally, validator, body, segments, templates):
    """Bodies that must be refused: by the schema, or by the checks beside it."""
    first = lambda it, kind: next(node for node in it["definition"]["nodes"] if node["type"] == kind)

    def change(edit):
        spoilt = copy.deepcopy(body)
        edit(spoilt)
        return spoilt

    by_schema = {
        "a journey without an exit": lambda it: it["definition"].pop("exitNode"),
        "a misspelt key in a message": lambda it: first(it, "MessageNode").update(skipOnFail=True),
        "a delay in fortnights": lambda it: first(it, "DelayNode").update(variant={"type": "Fortnight", "fortnights": 1}),
        "a message without a template": lambda it: first(it, "MessageNode")["variant"].pop("templateId"),
        "a wait without an end": lambda it: first(it, "WaitForNode").pop("timeoutSeconds"),
        "a split without its other way": lambda it: first(it, "SegmentSplitNode")["variant"].pop("falseChild"),
        "a status that does not exist": lambda it: it.update(status="Asleep"),
        "a misspelt key at the top": lambda it: it.update(canRunTwice=True),
    }
    for name, edit in by_schema.items():
        tally.check(f"refused: {name}", [] if schema_problems(validator, change(edit)) else ["the schema let it pass"])
    by_hand = {
        "a child that is not there": lambda it: first(it, "MessageNode").update(child="nowhere"),
        "a cycle": lambda it: first(it, "DelayNode").update(child=it["definition"]["entryNode"]["child"]),
        "an id used twice": lambda it: it["definition"]["nodes"].append(first(it, "MessageNode")),
        "a node that nobody comes to": lambda it: it["definition"]["nodes"].append({**first(it, "MessageNode"), "id": "alone"}),
        "a journey that starts at once": lambda it: it.update(status="Running"),
        "a segment that nothing makes": lambda it: first(it, "SegmentSplitNode")["variant"].update(segment="x"),
        "a template that nothing makes": lambda it: first(it, "MessageNode")["variant"].update(templateId="x"),
        "runs told apart by another key": lambda it: it["definition"]["entryNode"].update(key="colour"),
        "an entry that never hears of what is waited for": lambda it: it["definition"]["entryNode"].update(event="alone"),
    }
    for name, edit in by_hand.items():
        found = journey_problems(change(edit), segments, templates)
        tally.check(f"refused: {name}", [] if found else ["the check let it pass"])


if __name__ == "__main__":
    main(Path(sys.argv[1]) / "dittofeed", Path(sys.argv[2]))
