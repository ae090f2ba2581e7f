"""Proves that Resend would take what we write.

Every request below EXPORTS/PROJECT/resend/prod/requests is held against Resend's own published OpenAPI
file, read in closed mode. The file says nothing of what a step's `config` holds, so that is written
out here once more, from the types of Resend's Node library; and the graph is walked anew. Templates
are read too: what they are filled with is declared, handed over by every step that sends them, and
nothing else stands between braces. At the end good bodies are spoilt on purpose.

    resend_spec.py SPECS EXPORTS
"""

import copy
import json
import re
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

from closed import load, placeholder_problems, schema_problems
from tally import Tally

TAG = re.compile(r"\{\{\{([^{}]*)\}\}\}")
OWN_TAGS = {"RESEND_UNSUBSCRIBE_URL"}
RESERVED = ["FIRST_NAME", "LAST_NAME", "EMAIL", "UNSUBSCRIBE_URL", "RESEND_UNSUBSCRIBE_URL", "contact", "this"]
WAYS = {"condition": {"condition_met", "condition_not_met"}, "wait_for_event": {"event_received", "timeout", "default"}}

FIELD = {"type": "string", "pattern": r"^(event\.\w+|contact\.(email|first_name|last_name|unsubscribed|properties\.\w{1,50}))$"}
EVENT = {"type": "string", "minLength": 1, "not": {"pattern": "^resend:"}}
SPAN = {"type": "string", "pattern": r"^[1-9]\d* (minute|hour|day)s?$"}


def shape(properties, *needed):
    return {"type": "object", "properties": properties, "required": list(needed), "additionalProperties": False}


def rule(operators, **value):
    needed = ["type", "field", "operator", *value]
    return shape({"type": {"const": "rule"}, "field": FIELD, "operator": {"enum": operators}, **value}, *needed)


RULES = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/rule"}}
RULE = {
    "anyOf": [
        rule(["eq", "neq"], value={"type": ["string", "number", "boolean", "null"]}),
        rule(["gt", "gte", "lt", "lte"], value={"type": "number"}),
        rule(["contains", "starts_with", "ends_with"], value={"type": "string"}),
        rule(["exists", "is_empty"]),
        shape({"type": {"enum": ["and", "or"]}, "rules": RULES}, "type", "rules"),
    ]
}
REFERENCE = shape({"var": FIELD}, "var")
TEXT = {"anyOf": [{"type": ["string", "null"]}, REFERENCE]}
VARIABLES = {
    "type": "object",
    "maxProperties": 50,
    "propertyNames": {"pattern": r"^\w{1,100}$", "not": {"enum": RESERVED}},
    "additionalProperties": {"anyOf": [{"type": ["string", "number", "boolean"]}, REFERENCE]},
}
CONFIGS = {
    "trigger": shape({"event_name": EVENT}, "event_name"),
    "delay": shape({"duration": SPAN}, "duration"),
    "send_email": shape(
        {"template": shape({"id": {"type": "string", "minLength": 1}, "variables": VARIABLES}, "id")}, "template"
    ),
    "wait_for_event": shape({"event_name": EVENT, "timeout": SPAN, "filter_rule": {"$ref": "#/$defs/rule"}}, "event_name"),
    "condition": {"$ref": "#/$defs/rule"},
    "contact_update": shape(
        {
            "first_name": TEXT,
            "last_name": TEXT,
            "unsubscribed": {"type": "boolean"},
            # Contact properties hold texts and numbers.
            "properties": {
                "type": "object",
                "propertyNames": {"pattern": r"^\w{1,50}$"},
                "additionalProperties": {"type": ["string", "number", "null"]},
            },
        }
    ),
}
CONFIGS = {kind: Draft202012Validator({**it, "$defs": {"rule": RULE}}) for kind, it in CONFIGS.items()}
MINUTES = {"minute": 1, "hour": 60, "day": 1440}


def minutes(span):
    amount, unit = span.split(" ")
    return int(amount) * MINUTES[unit.rstrip("s")]


def step_problems(step):
    kind, where = step.get("type"), step.get("key")
    if kind not in CONFIGS:
        return [f"{where}: a step of the kind {kind!r}"]
    problems = [f"{where}: {it}" for it in schema_problems(CONFIGS[kind], step.get("config"))]
    for name in ("duration", "timeout"):
        span = step["config"].get(name) if isinstance(step.get("config"), dict) else None
        if isinstance(span, str) and re.match(SPAN["pattern"], span) and minutes(span) > 43200:
            problems.append(f"{where}: waits {span}")
    return problems


def graph_problems(body):
    """Edges that land nowhere, circles, orphans, several triggers, ways that a step does not have."""
    steps = body.get("steps", [])
    kinds = {it.get("key"): it.get("type") for it in steps}
    problems = []
    if len(kinds) != len(steps):
        problems.append("a key stands twice")
    if [it.get("type") for it in steps].count("trigger") != 1 or steps[0]["type"] != "trigger":
        problems.append("the first step, and no other, is a trigger")
    next_ = {key: [] for key in kinds}
    taken = set()
    for link in body.get("connections", []):
        start, end, way = link["from"], link["to"], link.get("type", "default")
        if start not in kinds or end not in kinds:
            problems.append(f"{start} leads to {end}: one of them is not there")
            continue
        if way not in WAYS.get(kinds[start], {"default"}):
            problems.append(f"{start} has no way {way}")
        if (start, way) in taken:
            problems.append(f"{start} has two ways {way}")
        taken.add((start, way))
        next_[start].append(end)
    done, state = set(), {}

    def visit(key):
        state[key] = "open"
        for to in next_[key]:
            if state.get(to) == "open":
                problems.append(f"{key} leads back to {to}")
            elif to not in state:
                visit(to)
        state[key] = "done"
        done.add(key)

    sys.setrecursionlimit(5000)
    if steps:
        visit(steps[0]["key"])
    problems += [f"nobody comes to {it}" for it in kinds if it not in done]
    if body.get("status") != "disabled":
        problems.append("it would be live at once")
    return problems


def automation_problems(body):
    return [problem for step in body.get("steps", []) for problem in step_problems(step)] + graph_problems(body)


def template_problems(body):
    """Variables that are not declared, not used, or of another type than what stands in for them."""
    declared = {it["key"]: it for it in body.get("variables", [])}
    texts = " ".join(body.get(it, "") for it in ("subject", "html", "text"))
    used = set(TAG.findall(texts)) - OWN_TAGS
    problems = [f"{it} is not declared" for it in used - set(declared)]
    problems += [f"{it} is declared and stands nowhere" for it in set(declared) - used]
    problems += [f"{it} is Resend's own name" for it in declared if it in RESERVED]
    if "{{" in TAG.sub("", texts):
        problems.append("braces stand there that Resend would read")
    if len(declared) > 50:
        problems.append("more than 50 variables")
    for key, it in declared.items():
        wanted = {"string": str, "number": (int, float)}[it["type"]]
        if "fallback_value" in it and not isinstance(it["fallback_value"], wanted):
            problems.append(f"{key} is a {it['type']}, and {it['fallback_value']!r} is none")
    return problems


def handed_problems(automation, variables):
    """Steps that hand over something else than their template is filled with."""
    problems = []
    for step in automation["steps"]:
        if step["type"] == "send_email":
            template = step["config"]["template"]
            wanted = variables.get(template["id"])
            if wanted is None:
                problems.append(f"{step['key']} sends {template['id']}, which is not published before")
            elif set(template.get("variables", {})) != wanted:
                problems.append(f"{step['key']} hands over {sorted(template.get('variables', {}))} instead of {sorted(wanted)}")
    return problems


def spoilt(automation):
    """Automations that must be refused, each with what is wrong."""

    def change(what, edit):
        body = copy.deepcopy(automation)
        edit(body)
        return what, body

    def first(body, kind):
        return next(it for it in body["steps"] if it["type"] == kind)

    yield change("a misspelt setting", lambda it: first(it, "trigger")["config"].update(eventname="x"))
    yield change("an unknown key at the top", lambda it: it.update(state="disabled"))
    yield change("HTML in the step", lambda it: first(it, "send_email")["config"].update(html="<p>"))
    yield change("a variable of another kind", lambda it: first(it, "send_email")["config"]["template"].update(variables={"A": {"var": "person.name"}}))
    yield change("a reserved name", lambda it: first(it, "send_email")["config"]["template"].update(variables={"EMAIL": "x"}))
    yield change("a wait of 31 days", lambda it: it["steps"].append({"key": "z", "type": "delay", "config": {"duration": "31 days"}}))
    yield change("a wait that is a number", lambda it: it["steps"].append({"key": "z", "type": "delay", "config": {"duration": 45}}))
    yield change("an order of texts", lambda it: it["steps"].append({"key": "z", "type": "condition", "config": {"type": "rule", "field": "event.a", "operator": "gt", "value": "b"}}))
    yield change("a truth value in a property", lambda it: it["steps"].append({"key": "z", "type": "contact_update", "config": {"properties": {"a": True}}}))
    yield change("a second trigger", lambda it: it["steps"].append(copy.deepcopy(it["steps"][0]) | {"key": "z"}))
    yield change("an edge to nowhere", lambda it: it["connections"][0].update(to="nowhere"))
    yield change("a circle", lambda it: it["connections"].append({"from": it["connections"][-1]["to"], "to": it["steps"][0]["key"], "type": "default"}))
    yield change("an orphan", lambda it: it["connections"].pop(0))
    yield change("live at once", lambda it: it.update(status="enabled"))


def main(specs, exports):
    tally = Tally()
    spec = Path(specs) / "resend" / "resend.json"
    paths = ["/templates", "/events", "/contact-properties", "/automations"]
    validators = {path: load(spec, path) for path in paths}
    best = None
    for folder in sorted(Path(exports).glob("*/resend/prod/requests")):
        project = folder.parts[-4]
        bound, variables, drafts = set(), {}, {}
        files = sorted(folder.glob("*.json"))
        tally.check(f"{project}: requests are written", [] if files else ["there are none"])
        for file in files:
            request = json.loads(file.read_text())
            path, body = request["path"], request["body"]
            problems = placeholder_problems(request, bound)
            if path.endswith("/publish"):
                problems += [] if body is None else ["publishing takes no body"]
                draft = re.fullmatch(r"/templates/\$\{(.+)\}/publish", path)[1]
                for name in request["binds"]:
                    variables[f"${{{name}}}"] = drafts[draft]
            elif path in validators:
                problems += schema_problems(validators[path], body)
                if path == "/templates":
                    problems += template_problems(body)
                    for name in request["binds"]:
                        drafts[name] = {it["key"] for it in body.get("variables", [])}
                if path == "/automations":
                    problems += automation_problems(body) + handed_problems(body, variables)
                    kinds = [it["type"] for it in body["steps"]]
                    if "send_email" in kinds and (best is None or len(kinds) > len(best["steps"])):
                        best = body
            else:
                problems.append(f"{path} is no path that we know")
            bound.update(request["binds"])
            tally.check(f"{project}: {file.stem}", problems)
    tally.check("a journey is written", [] if best else ["there is none to spoil"])
    for what, body in spoilt(best) if best else []:
        problems = schema_problems(validators["/automations"], body) + automation_problems(body)
        tally.check(f"refused: {what}", [] if problems else ["it is taken"])
    html = {"name": "a", "html": "{{{A}}}", "text": "", "subject": "", "variables": [{"key": "A", "type": "string"}]}
    tally.check("a sound template has no faults", template_problems(html))
    for what, body in {
        "a value that is not declared": {**html, "variables": []},
        "a value that stands nowhere": {**html, "html": ""},
        "two braces": {**html, "html": "{{{A}}} {{b}}"},
        "a number with a text for those who have none": {**html, "variables": [{"key": "A", "type": "number", "fallback_value": "x"}]},
    }.items():
        tally.check(f"refused: a template with {what}", [] if template_problems(body) else ["it is taken"])
    tally.finish()


if __name__ == "__main__":
    main(*sys.argv[1:])
