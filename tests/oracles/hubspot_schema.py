"""Holds what we write for HubSpot against what HubSpot's pages say, in our own words.

HubSpot's specification may not be copied, so this is no proof from outside: `hubspot.schema.json` beside
this file says what an email and a workflow are, closed, and which fields each type of action takes. What a
schema cannot see (edges, jumps, circles, templates that are not there) is checked here by other code than
the compiler's. Coded templates must be read by Jinja2. At the end good bodies are spoilt on purpose: each
must be rejected.

    hubspot_schema.py EXPORTS
"""

import copy
import json
import re
import sys
from pathlib import Path

from jinja2 import Environment, nodes
from jinja2.ext import Extension
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from tally import Tally

PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
SCHEMA = json.loads(Path(__file__).with_name("hubspot.schema.json").read_text(encoding="utf-8"))
BODIES = {"/marketing/v3/emails": "email", "/automation/v4/flows": "flow"}
COMPANY = ("name", "street_address_1", "city", "state", "zip", "country")


class Unless(Extension):
    """HubL's `unless` and `module`, so far as to be read."""

    tags = {"module"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        while parser.stream.current.type != "block_end":
            next(parser.stream)
        return nodes.Output([nodes.TemplateData("")]).set_lineno(line)


def validator(of):
    """What one part of the schema says."""
    return Draft202012Validator({"$ref": f"#/$defs/{of}", "$defs": SCHEMA["$defs"]})


VALID = {name: validator(name) for name in ("email", "flow")}
FIELDS = {kind: validator(f"fields/{kind}") for kind in SCHEMA["$defs"]["fields"]}


def schema_problems(what, body):
    """What the schema says against a body, and what the table says against the fields of its actions."""
    error = best_match(VALID[what].iter_errors(body))
    problems = [f"{error.json_path}: {error.message[:300]}"] if error else []
    for action in body.get("actions", []):
        if action.get("type") == "SINGLE_CONNECTION" and action.get("actionTypeId") in FIELDS:
            error = best_match(FIELDS[action["actionTypeId"]].iter_errors(action.get("fields")))
            problems += [f"action {action.get('actionId')}: {error.json_path}: {error.message[:300]}"] if error else []
    return problems


def edges(action):
    """Every way on."""
    ways = [action.get("connection"), action.get("defaultBranch")]
    for key in ("listBranches", "staticBranches", "testBranches"):
        ways += [it.get("connection") for it in action.get(key, [])]
    return [it for it in ways if it]


def graph_problems(flow):
    """What a schema cannot see."""
    ids = [it["actionId"] for it in flow["actions"]]
    problems = [f"{it} stands there twice" for it in set(ids) if ids.count(it) > 1]
    actions = {it["actionId"]: it for it in flow["actions"]}
    standard = [flow["startActionId"]]
    for action in flow["actions"]:
        for edge in edges(action):
            if edge["nextActionId"] not in actions:
                problems.append(f"{action['actionId']} leads to {edge['nextActionId']}, which is not there")
            if edge["edgeType"] == "STANDARD":
                standard.append(edge["nextActionId"])
        if action["type"] == "AB_TEST_BRANCH" and sum(it["percentage"] for it in action["testBranches"]) != 100:
            problems.append(f"the shares of {action['actionId']} do not make 100")
        if action["type"] == "STATIC_BRANCH":
            of = actions.get(action["inputValue"]["actionId"], {})
            if of.get("actionTypeId") != "0-29":
                problems.append(f"{action['actionId']} asks an action that waits for no event")
    problems += [f"{it} is reached twice without a jump" for it in set(standard) if standard.count(it) > 1]
    problems += [f"{it} is reached by jumps only" for it in actions if it not in standard]

    seen, path = set(), set()

    def walk(at):
        if at in path:
            problems.append(f"people come to {at} again and again")
        elif at in actions and at not in seen:
            seen.add(at)
            path.add(at)
            for edge in edges(actions[at]):
                walk(edge["nextActionId"])
            path.discard(at)

    walk(flow["startActionId"])
    return problems + [f"nobody comes to {it}" for it in actions if it not in seen]


def template_problems(path):
    """Whether a coded template can be read, and says what HubSpot wants to be told."""
    if not path.is_file():
        return ["there is no such template"]
    text = path.read_text(encoding="utf-8")
    problems = []
    if not text.startswith("<!--\n  templateType: email\n  isEnabledForEmailV3Rendering: true\n"):
        problems.append("its first lines do not say that it is an email")
    problems += [f"it does not show company_{it}" for it in COMPANY if "{{ site_settings.company_" + it + " }}" not in text]
    if "unsubscribe_link" not in text:
        problems.append("it has no link to unsubscribe")
    try:
        Environment(extensions=["jinja2.ext.do", Unless]).parse(text)
    except Exception as error:
        problems.append(f"Jinja2 cannot read it: {error}")
    return problems


def first(flow, kind):
    """The first action of a type."""
    return next(it for it in flow["actions"] if kind in (it["type"], it.get("actionTypeId")))


def has(*kinds):
    """Whether a workflow has all of these."""
    return lambda flow: all(any(kind in (it["type"], it.get("actionTypeId")) for it in flow["actions"]) for kind in kinds)


SPOILT = [
    ("a workflow that is on", (), lambda it: it.update(isEnabled=True)),
    ("a misspelt key", (), lambda it: it.update(startAction="1")),
    ("no trigger", (), lambda it: it.pop("enrollmentCriteria")),
    ("an event without an id", (), lambda it: it["enrollmentCriteria"]["eventFilterBranches"][0].update(eventTypeId="order_paid")),
    ("a mail by name", ("0-4",), lambda it: first(it, "0-4")["fields"].update(content_id="letter")),
    ("a field that a type does not know", ("0-4",), lambda it: first(it, "0-4")["fields"].update(subject="x")),
    ("an unknown type of action", ("0-4",), lambda it: first(it, "0-4").update(actionTypeId="0-3")),
    ("a delay as a number", ("0-1",), lambda it: first(it, "0-1")["fields"].update(delta=3)),
    ("a delay in weeks", ("0-1",), lambda it: first(it, "0-1")["fields"].update(time_unit="WEEKS")),
    ("a delay of nothing", ("0-1",), lambda it: first(it, "0-1")["fields"].update(delta="0")),
    ("an edge of an unknown kind", ("0-1",), lambda it: first(it, "0-1")["connection"].update(edgeType="GO_TO")),
    ("a wait without an end", ("0-29",), lambda it: first(it, "0-29")["fields"].pop("expiration_minutes")),
    ("a branch without an answer", ("STATIC_BRANCH",), lambda it: first(it, "STATIC_BRANCH")["inputValue"].update(dataKey="x")),
    ("filters without groups", ("LIST_BRANCH",), lambda it: first(it, "LIST_BRANCH")["listBranches"][0]["filterBranch"].update(filterBranches=[])),
    ("a share that is no number", ("AB_TEST_BRANCH",), lambda it: first(it, "AB_TEST_BRANCH")["testBranches"][0].update(percentage="50")),
    ("a property of a wrong kind", ("0-5",), lambda it: first(it, "0-5")["fields"]["value"].update(type="STATIC")),
]
TORN = [
    ("an edge to nowhere", ("0-1",), lambda it: first(it, "0-1")["connection"].update(nextActionId="999")),
    ("an id that stands there twice", (), lambda it: it["actions"].append(it["actions"][0])),
    ("a circle", ("0-1",), lambda it: first(it, "0-1")["connection"].update(edgeType="GOTO", nextActionId=it["startActionId"])),
    ("a beginning that is not there", (), lambda it: it.update(startActionId="999")),
    ("an answer of something else", ("STATIC_BRANCH",), lambda it: first(it, "STATIC_BRANCH")["inputValue"].update(actionId="999")),
    ("shares of 110", ("AB_TEST_BRANCH",), lambda it: first(it, "AB_TEST_BRANCH")["testBranches"].append({"percentage": 10})),
]


def main(exports):
    tally = Tally()
    flows = []
    for environment in sorted(exports.glob("*/hubspot/*")):
        bound = set()
        for path in sorted((environment / "requests").glob("*.json")):
            request = json.loads(path.read_text())
            body = request["body"]
            problems = [f"nothing earlier gives ${{{it}}}" for it in PLACEHOLDER.findall(json.dumps(body)) if it not in bound]
            what = BODIES.get(request["path"])
            if request["method"] != "POST" or what is None:
                problems.append(f"nothing is known of {request['method']} {request['path']}")
            else:
                problems += schema_problems(what, body)
            if what == "flow":
                flows.append(body)
                problems += graph_problems(body)
            if what == "email":
                file = body["content"]["templatePath"].removeprefix("journeyc/")
                problems += template_problems(environment / "templates" / file)
            bound |= set(request.get("binds", {}))
            tally.check(f"{environment.parent.parent.name}: {path.name} is as HubSpot's pages say", problems)

    tally.check("there are workflows to spoil", [] if flows else ["none"])
    for name, needs, spoil in SPOILT + TORN:
        flow = next(filter(has(*needs), flows), None)
        if flow is None:
            tally.check(f"refused: {name}", [f"no workflow has {needs}"])
            continue
        body = copy.deepcopy(flow)
        spoil(body)
        is_torn = any(it[0] == name for it in TORN)
        seen = graph_problems(body) if is_torn else schema_problems("flow", body)
        tally.check(f"refused: {name}", [] if seen else ["it was let pass"])
    tally.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
