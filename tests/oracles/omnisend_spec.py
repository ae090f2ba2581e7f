"""Proves that Omnisend would take what we write.

Every request below EXPORTS/*/omnisend/*/requests is held against Omnisend's OpenAPI, transcribed from its
published pages, read in closed mode: a key that the spec does not know is an error. What the spec says in
words only (a delay is never last, ids are unique, a message filter looks upwards) is checked here again,
by other code than the compiler's. At the end good bodies are spoilt on purpose: each must be rejected.

    omnisend_spec.py SPECS EXPORTS
"""

import copy
import json
import re
import sys
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from tally import Tally

PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
PARTS = ("delay", "action", "split", "abTesting")


def closed(node):
    """OpenAPI 3.0 as JSON Schema: unknown keys refused, `nullable` spelt out."""
    if isinstance(node, list):
        return [closed(it) for it in node]
    if not isinstance(node, dict):
        return node
    out = {key: closed(value) for key, value in node.items()}
    if isinstance(out.get("properties"), dict) and "additionalProperties" not in out:
        out["additionalProperties"] = False
    if out.pop("nullable", False) is True:
        return {"anyOf": [out, {"type": "null"}]}
    return out


def load(spec, path):
    """The validator of one endpoint's request body."""
    body = spec["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return Draft202012Validator({"components": closed({"schemas": spec["components"]["schemas"]}), **closed(body)})


def schema_problems(validator, body):
    """What the spec says against a body, in one sentence, or nothing."""
    error = best_match(validator.iter_errors(body))
    return [f"{error.json_path}: {error.message[:300]}"] if error else []


def tree_problems(body):
    """What the spec says in words only."""
    problems, seen = [], []

    def walk(blocks, followed, above):
        above = list(above)
        for at, block in enumerate(blocks):
            last = at == len(blocks) - 1
            seen.append(block["temporaryID"])
            if [it for it in PARTS if it in block] != [block["type"]]:
                problems.append(f"{block['temporaryID']} is not exactly one {block['type']}")
            data = block[block["type"]] if block["type"] in block else {}
            if block["type"] == "delay":
                if last and not followed:
                    problems.append(f"the delay {block['temporaryID']} is the last block")
                if data.get("mode") == "duration" and data.get("duration", {}).get("amount", 0) < 1:
                    problems.append(f"the delay {block['temporaryID']} has no length")
                if data.get("mode") == "specificTime" and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", data.get("time", "")):
                    problems.append(f"the delay {block['temporaryID']} has no time")
            if block["type"] == "action":
                if set(data) != {"type", data["type"]}:
                    problems.append(f"the action {block['temporaryID']} is not exactly one {data['type']}")
                if data["type"] == "sendEmail":
                    above.append(block["temporaryID"])
            ways = {"split": ("trueBlocks", "falseBlocks"), "abTesting": ("aBlocks", "bBlocks")}.get(block["type"])
            if ways:
                for it in data.get("filterGroup", {}).get("filters", []):
                    if it["type"] == "message" and it["value"] not in above:
                        problems.append(f"{block['temporaryID']} asks about {it['value']}, which is not above it")
                ways = [data.get(it, []) for it in ways]
                if not any(ways):
                    problems.append(f"both ways of {block['temporaryID']} are empty")
                for way in [walk(it, followed or not last, above) for it in ways]:
                    above += [it for it in way if it not in above]
        return above

    walk(body["blocks"], False, [])
    problems += [f"{it} stands there twice" for it in set(seen) if seen.count(it) > 1]
    if not body["blocks"]:
        problems.append("there are no blocks")
    return problems


def every(blocks):
    """All blocks of a tree."""
    for block in blocks:
        yield block
        for key in ("trueBlocks", "falseBlocks", "aBlocks", "bBlocks"):
            yield from every(block.get(block["type"], {}).get(key, []))


def first(body, kind):
    """The first block of a kind."""
    return next(it for it in every(body["blocks"]) if it["type"] == kind)


def email(body):
    """The first mail of an automation."""
    return next(it["action"]["sendEmail"] for it in every(body["blocks"]) if "sendEmail" in it.get("action", {}))


SPOILT = [
    ("a misspelt key in a mail", lambda it: email(it).update(subjectLine="x")),
    ("a mail without a preheader", lambda it: email(it).pop("preheader")),
    ("a subject that is too long", lambda it: email(it).update(subject="x" * 251)),
    ("a unit that does not exist", lambda it: first(it, "delay")["delay"].update(duration={"amount": 1, "units": "fortnight"})),
    ("a weekday that does not exist", lambda it: first(it, "delay")["delay"].update(allowedWeekdays=["someday"])),
    ("a block of an unknown type", lambda it: first(it, "delay").update(type="nap")),
    ("an id that is too long", lambda it: it["blocks"][0].update(temporaryID="x" * 37)),
    ("a share above 100", lambda it: first(it, "abTesting")["abTesting"].update(aBlocksPercentage=101)),
    ("a filter without an operator", lambda it: first(it, "split")["split"]["filterGroup"]["filters"][0].pop("operator")),
    ("a word that joins no filters", lambda it: first(it, "split")["split"]["filterGroup"].update(logicalOperator="xor")),
    ("no trigger", lambda it: it.pop("trigger")),
    ("a threshold that does not exist", lambda it: it["settings"]["sendingThresholds"].update(email="everybody")),
    ("an unknown key at the top", lambda it: it.update(enabled=True)),
]
TORN = [
    ("an id that stands there twice", lambda it: it["blocks"].append(it["blocks"][0])),
    ("a delay at the end", lambda it: it["blocks"].append({"temporaryID": "z", "type": "delay", "delay": {"mode": "immediate"}})),
    ("a part of another type", lambda it: it["blocks"][0].update(split={})),
    ("no blocks", lambda it: it.update(blocks=[])),
    ("a delay without a length", lambda it: first(it, "delay").update(delay={"mode": "duration", "duration": {"amount": 0, "units": "d"}})),
]


def main(specs, exports):
    tally = Tally()
    spec = yaml.safe_load(next((specs / "omnisend").glob("*.yaml")).read_text())
    validators = {path: load(spec, path) for path in ("/automations", "/email-templates/import")}
    rich = None
    for environment in sorted(exports.glob("*/omnisend/*")):
        bound = set()
        for path in sorted((environment / "requests").glob("*.json")):
            request = json.loads(path.read_text())
            body = request["body"]
            problems = [f"nothing earlier gives ${{{it}}}" for it in PLACEHOLDER.findall(json.dumps(body)) if it not in bound]
            validator = validators.get(request["path"])
            if request["method"] != "POST" or validator is None:
                problems.append(f"no spec for {request['method']} {request['path']}")
            else:
                problems += schema_problems(validator, body)
            if request["path"] == "/automations":
                problems += tree_problems(body)
                kinds = {it["type"] for it in every(body["blocks"])}
                if kinds == set(PARTS):
                    rich = rich or body
            elif len(json.dumps(body).encode()) > 1_000_000:
                problems.append("the page is larger than 1 MB")
            bound |= set(request.get("binds", {}))
            tally.check(f"{environment.parent.parent.name}: {path.name} is a body that Omnisend takes", problems)

    tally.check("there is an automation with every type of block to spoil", [] if rich else ["none"])
    for name, spoil in SPOILT if rich else []:
        body = copy.deepcopy(rich)
        spoil(body)
        tally.check(f"refused: {name}", [] if schema_problems(validators["/automations"], body) else ["the spec let it pass"])
    for name, tear in TORN if rich else []:
        body = copy.deepcopy(rich)
        tear(body)
        tally.check(f"refused: {name}", [] if tree_problems(body) else ["the check of the tree let it pass"])
    tally.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
