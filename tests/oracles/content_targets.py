"""Proves that Braze, Brevo, Customer.io and Iterable would take what we write for them.

Every request below EXPORTS/PROJECT/TARGET/prod/requests and every scheduled mail below `schedule` is held
against Iterable's own published spec, read in closed mode (a key that the spec does not know is an error),
and for the others, which publish none, against small schemas of what their documentation names. Each
`${name}` must be bound by an earlier request or explained beside the request, no mail may be scheduled
beyond the horizon, and in each sheet every way must lead to a step that is there. At the end good bodies
and sheets are spoilt on purpose: each must be refused, or this check is blind.

    content_targets.py SPECS EXPORTS
"""

import copy
import json
import re
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from tally import Tally

PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
HORIZONS = {"brevo": 72 * 3600, "iterable": 365 * 86400}


def text(longest=None, pattern=None):
    """A text with something in it."""
    out = {"type": "string", "minLength": 1}
    if longest:
        out["maxLength"] = longest
    if pattern:
        out["pattern"] = pattern
    return out


def closed_object(required, optional):
    """An object that has these keys and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {**required, **optional},
    }


LINE = {"type": "string", "minLength": 1, "pattern": r"^[^\r\n]*$"}
ADDRESS = {"type": "string", "pattern": r"^([^@\s]+@[^@\s]+\.[^@\s]+|\$\{recipient\.email\})$"}

# What their documentation names; sources are in the project's notes on providers.
OWN = {
    "braze": {
        ("POST", r"/templates/email/create"): closed_object(
            {"template_name": LINE, "subject": LINE, "body": text(400_000)},
            {
                "plaintext_body": {"type": "string"},
                "preheader": LINE,
                "tags": {"type": "array", "items": text()},
                "should_inline_css": {"type": "boolean"},
            },
        ),
    },
    "brevo": {
        ("POST", r"/v3/smtp/templates"): closed_object(
            {
                "templateName": LINE,
                "subject": LINE,
                "sender": closed_object({"name": LINE, "email": ADDRESS}, {}),
                "htmlContent": {"type": "string", "minLength": 11},
                "isActive": {"const": False},
            },
            {"replyTo": ADDRESS, "tag": text(), "toField": text()},
        ),
        ("POST", r"/v3/smtp/email"): closed_object(
            {
                "to": {"type": "array", "minItems": 1, "maxItems": 99, "items": closed_object({"email": ADDRESS}, {"name": text()})},
                "templateId": {"type": "integer"},
                "scheduledAt": text(),
            },
            {"params": {"type": "object", "minProperties": 1}, "tags": {"type": "array", "items": text()}, "batchId": text()},
        ),
    },
    "customerio": {
        ("PUT", r"/v1/campaigns/\d+/actions/\d+(/language/[A-Za-z-]+)?"): closed_object(
            {"subject": LINE, "body": text(), "sending_state": {"const": "draft"}},
            {
                "preheader_text": LINE,
                "from_id": {"type": "integer"},
                "reply_to_id": {"type": "integer"},
                "recipient": text(),
                "headers": {"type": "array"},
            },
        ),
    },
}


def closed(node):
    """Swagger 2 as JSON Schema with unknown keys refused."""
    if isinstance(node, list):
        return [closed(it) for it in node]
    if not isinstance(node, dict):
        return node
    out = {key: closed(value) for key, value in node.items()}
    if isinstance(out.get("properties"), dict) and "additionalProperties" not in out:
        out["additionalProperties"] = False
    return out


class Iterable:
    """Iterable's published spec."""

    def __init__(self, path):
        self.spec = json.loads(path.read_text())
        self.definitions = closed(self.spec["definitions"])
        # The field's own text says to leave it out for a triggered campaign; `required` forgets that.
        self.definitions["CreateCampaignRequest"]["required"].remove("listIds")

    def problems(self, request):
        """What the spec says against a request."""
        address = urlsplit(request["path"])
        operation = self.spec["paths"].get(address.path, {}).get(request["method"].lower())
        if operation is None:
            return [f"the spec has no {request['method']} {address.path}"]
        problems = []
        given = parse_qs(address.query, strict_parsing=bool(address.query))
        wanted = {it["name"]: it for it in operation.get("parameters", []) if it["in"] == "query"}
        problems += [f"unknown parameter {it}" for it in given if it not in wanted]
        problems += [f"no parameter {name}" for name, it in wanted.items() if it.get("required") and name not in given]
        body = next((it for it in operation.get("parameters", []) if it["in"] == "body"), None)
        if body is None:
            return problems + (["a body where there is none"] if request["body"] is not None else [])
        root = {"definitions": self.definitions, **closed(body["schema"])}
        return problems + schema_problems(Draft202012Validator(root), filled(request["body"]))


def schema_problems(validator, body):
    """What a schema says against a body, in one sentence, or nothing."""
    error = best_match(validator.iter_errors(body))
    return [f"{error.json_path}: {error.message[:300]}"] if error else []


def filled(body):
    """A body with a number in the place of each id that an earlier answer gives."""
    if isinstance(body, dict):
        return {key: filled(value) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(it) for it in body]
    if isinstance(body, str) and re.fullmatch(r"\$\{(template|campaign):[^}]+\}", body):
        return 4711
    return body


def own_problems(target, request):
    """What the documentation says against a request."""
    for (method, path), schema in OWN[target].items():
        if request["method"] == method and re.fullmatch(path, request["path"]):
            return schema_problems(Draft202012Validator(schema), filled(request["body"]))
    return [f"the documentation has no {request['method']} {request['path']}"]


def names(value):
    """Every `${name}` in a value."""
    return set(PLACEHOLDER.findall(json.dumps(value)))


def schedule_problems(target, sheet, bound):
    """What is wrong with a scheduled mail beside its body."""
    problems = []
    latest = sheet["after"].get("latest_seconds")
    if latest is None or latest > HORIZONS[target]:
        problems.append(f"due after {latest} seconds, and the horizon is {HORIZONS[target]}")
    if not sheet["after"]["events"]:
        problems.append("no event to count from")
    wanted = names(sheet["request"]["body"]) | names(sheet["request"]["path"])
    problems += [f"{it} is not explained" for it in wanted - set(sheet["fill_in"])]
    ids = {it for it in wanted if ":" in it}
    problems += [f"nothing binds {it}" for it in ids - bound]
    if "send_at" not in wanted or not any(it.startswith("recipient.") for it in wanted):
        problems.append("no moment, or nobody to send to")
    return problems


def sheet_problems(sheet):
    """What is wrong with the ways of a build sheet."""
    parts = sheet.split("\n## Steps\n", 1)
    if len(parts) != 2 or "\n- [ ] " not in sheet:
        return ["no steps, or no list to tick"]
    body = parts[1].split("\n## ", 1)[0]
    steps = re.split(r"\n### (\d+)\. ", body)
    numbers = [int(it) for it in steps[1::2]]
    if numbers != list(range(1, len(numbers) + 1)):
        return [f"the steps are numbered {numbers}"]
    problems, ways = [], {}
    for number, section in zip(numbers, steps[2::2]):
        to = [int(it) for it in re.findall(r"go on with step (\d+)", section)]
        problems += [f"step {number} leads to {it}, which is not there" for it in to if it not in numbers]
        several = re.search(r"^- Way \d", section, re.M)
        ends = re.search(r"journey ends", section)
        if not to and not ends:
            to = [number + 1]
            if number + 1 not in numbers:
                problems.append(f"step {number} leads nowhere")
        if several and len(re.findall(r"^- Way \d", section, re.M)) < 2:
            problems.append(f"step {number} has one way only")
        ways[number] = to
        said = {int(it) for line in re.findall(r"^- People come here from (.*)$", section, re.M) for it in re.findall(r"step (\d+)", line)}
        ways.setdefault(("from", number), said)
    seen, todo = set(), [1] if numbers else []
    while todo:
        at = todo.pop()
        if at not in seen and at in numbers:
            seen.add(at)
            todo += ways[at]
    problems += [f"nobody reaches step {it}" for it in numbers if it not in seen]
    for number in numbers:
        real = {it for it in numbers if number in ways[it]}
        said = ways[("from", number)]
        if said and said != real:
            problems.append(f"step {number} says one comes from {sorted(said)}, and it is {sorted(real)}")
    return problems


def spoilt_requests(target, request):
    """Bodies that must be refused, by what is wrong with them."""
    body = request["body"]
    for key in body or {}:
        if key in ("params", "dataFields", "tags", "tag", "should_inline_css", "isActive"):
            continue
        if key in ("preheader", "preheaderText", "preheader_text", "plaintext_body", "replyTo", "from_id"):
            wrong = copy.deepcopy(request)
            wrong["body"][key] = {"no": "text"}
            yield f"{key} is an object", wrong
            continue
        wrong = copy.deepcopy(request)
        wrong["body"][key + "x"] = wrong["body"].pop(key)
        yield f"{key} is misspelt", wrong
        wrong = copy.deepcopy(request)
        wrong["body"][key] = [1]
        yield f"{key} is a list of numbers", wrong
    wrong = copy.deepcopy(request)
    wrong["path"] = "/v9" + wrong["path"]
    yield "the path is not there", wrong
    wrong = copy.deepcopy(request)
    wrong["method"] = "DELETE"
    yield "the method is not there", wrong


def check_requests(tally, target, folder, problems_of):
    """Checks the requests and scheduled mails of one account; gives one request of each kind."""
    bound, kinds = set(), {}
    files = sorted(folder.glob("requests/*.json"))
    for file in files:
        request = json.loads(file.read_text())
        problems = problems_of(request)
        # Names without a colon are Braze's own, such as `${first_name}`.
        used = {it for it in names(request["body"]) | names(request["path"]) if ":" in it}
        problems += [f"nothing binds {it}" for it in used - bound]
        tally.check(f"{target}: {file.parent.parent.parent.parent.name}/{file.name}", problems)
        bound |= set(request["binds"])
        kind = re.sub(r"[?].*|\d+", "", request["path"])
        kinds.setdefault(kind, request)
    for file in sorted(folder.glob("schedule/*.json")):
        sheet = json.loads(file.read_text())
        problems = problems_of(sheet["request"]) + schedule_problems(target, sheet, bound)
        tally.check(f"{target}: {folder.parent.parent.name}/{file.name}", problems)
        kinds.setdefault("schedule", sheet["request"])
        late = copy.deepcopy(sheet)
        late["after"]["latest_seconds"] = HORIZONS[target] + 1
        unsaid = copy.deepcopy(sheet)
        unsaid["fill_in"].pop("send_at", None)
        unbound = schedule_problems(target, sheet, set())
        if "schedule-spoilt" not in kinds:
            kinds["schedule-spoilt"] = None
            tally.check(f"{target}: a mail beyond the horizon is refused", [] if schedule_problems(target, late, bound) else ["it is not"])
            tally.check(f"{target}: what is not explained is refused", [] if schedule_problems(target, unsaid, bound) else ["it is not"])
            tally.check(f"{target}: an id that nothing binds is refused", [] if unbound else ["it is not"])
    kinds.pop("schedule-spoilt", None)
    return kinds


def check_sheets(tally, folder):
    """Checks the ways of every sheet of an account; gives how many there were."""
    count = 0
    for file in sorted(folder.glob("sheets/*.md")):
        count += 1
        sheet = file.read_text()
        tally.check(f"{folder.parent.name}: {folder.parent.parent.name}/{file.name}", sheet_problems(sheet))
    return count


def main():
    """Checks every export."""
    specs, exports = map(Path, sys.argv[1:])
    tally = Tally()
    published = specs / "iterable" / "api-docs.json"
    iterable = Iterable(published) if published.is_file() else None
    if iterable is None:
        print(f"Iterable's spec is not at {published}: its bodies are not checked")
    kinds = {}
    for target in ("braze", "brevo", "customerio", "iterable"):
        folders = sorted(exports.glob(f"*/{target}/prod"))
        tally.check(f"{target} was exported", [] if len(folders) >= 2 else ["there are fewer than two projects"])
        problems_of = (lambda it, target=target: own_problems(target, it)) if target in OWN else (iterable.problems if iterable else None)
        if problems_of is None:
            continue
        for folder in folders:
            for kind, request in check_requests(tally, target, folder, problems_of).items():
                kinds.setdefault((target, kind), (request, problems_of))
    refused = {}
    for (target, kind), (request, problems_of) in kinds.items():
        for what, wrong in spoilt_requests(target, request):
            if kind == "/api/campaigns/create" and what.startswith("campaignDataFields"):
                continue
            found = problems_of(wrong)
            refused[target] = refused.get(target, 0) + bool(found)
            if not found:
                tally.check(f"{target} {kind}: {what}", ["it is taken"])
    for target, count in refused.items():
        tally.check(f"{target}: {count} spoilt bodies are refused", [] if count >= 10 else ["fewer than ten"])
    sheets = sum(check_sheets(tally, folder) for folder in sorted(exports.glob("*/*/prod")))
    tally.check(f"{sheets} sheets", [] if sheets >= 80 else ["fewer than eighty"])
    check_spoilt_sheets(tally, exports)
    tally.finish()


def check_spoilt_sheets(tally, exports):
    """A sheet whose ways are spoilt is refused."""
    sheet = (exports / "torture" / "braze" / "prod" / "sheets" / "everything.md").read_text()
    spoilt = {
        "a way to a step that is not there": sheet.replace("go on with step 5", "go on with step 500", 1),
        "a step that is left out": re.sub(r"\n### 7\. .*?(?=\n### 8\. )", "", sheet, flags=re.S),
        "a number that comes twice": sheet.replace("\n### 8. ", "\n### 7. ", 1),
        "a way that goes elsewhere": sheet.replace("go on with step 12", "go on with step 13", 1),
        "no list to tick": sheet.replace("- [ ]", "-"),
        "no end": re.sub(r"- Then the journey ends\.", "- Then.", sheet),
    }
    for what, wrong in spoilt.items():
        problems = [] if wrong != sheet and sheet_problems(wrong) else ["it is not"]
        tally.check(f"a sheet with {what} is refused", problems)


if __name__ == "__main__":
    main()
