"""Proves that SendGrid, Mailgun, Mailchimp and Mailchimp Transactional would take what we write.

Every request below EXPORTS/PROJECT/TARGET/*/requests, and every request in a file of schedule/ with
its placeholders filled in, is held against SendGrid's and Mailgun's own published OpenAPI files, read in
closed mode. For Mailchimp and Mailchimp Transactional no spec is at hand, so small schemas below say what
their documentation says. Good bodies are spoilt on purpose: each must be refused, or this check is
blind. At last `send.sh` of Mailchimp Transactional runs against a server here, because that provider
wants its key in every body: it must arrive there, and stand in no file.

    single_mails.py SPECS EXPORTS
"""

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from closed import PLACEHOLDER, closed, schema_problems
from tally import Tally

DYNAMIC = "d-0123456789abcdef0123456789abcdef"

FORMATS = FormatChecker(formats=[])
FORMATS.checks("email")(lambda it: not isinstance(it, str) or it.count("@") == 1 and not set(it) & set(" <>"))
FORMATS.checks("moment", raises=ValueError)(
    lambda it: not isinstance(it, str) or bool(datetime.strptime(it, "%Y-%m-%d %H:%M:%S"))
)


def shut(node):
    """A schema without the places at which a spec lets unknown keys in."""
    if isinstance(node, list):
        return [shut(it) for it in node]
    if not isinstance(node, dict):
        return node
    lets_in = isinstance(node.get("properties"), dict) and node.get("additionalProperties") is True
    return {key: shut(it) for key, it in node.items() if not (lets_in and key == "additionalProperties")}


def body_of(spec, path, kind):
    """The schema of an endpoint's body, closed."""
    body = spec["paths"][path]["post"]["requestBody"]
    if "$ref" in body:
        body = spec["components"]["requestBodies"][body["$ref"].split("/")[-1]]
    schema = body["content"][kind]["schema"]
    schemas = {}
    # Only what the body needs: some other parts of these files are no schemas.
    wanted = refs(schema)
    while wanted:
        name = wanted.pop()
        if name not in schemas:
            schemas[name] = closed(shut(spec["components"]["schemas"][name]))
            wanted |= refs(schemas[name])
    return {"components": {"schemas": schemas}, "allOf": [closed(shut(schema))]}


def refs(node):
    """The names of the schemas that a schema leads to."""
    if isinstance(node, list):
        return set().union(*map(refs, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"].split("/")[-1]} if isinstance(node.get("$ref"), str) else set()
    return own.union(*map(refs, node.values()))


def validator(schema):
    return Draft202012Validator(schema, format_checker=FORMATS)


def thing(needed, known=None):
    """An object with these keys and no others."""
    return {
        "type": "object",
        "properties": {**needed, **(known or {})},
        "required": list(needed),
        "additionalProperties": False,
    }


TEXT = {"type": "string", "minLength": 1}
ANY = {}
ADDRESS = {"type": "string", "format": "email"}

MAILCHIMP_TEMPLATE = thing({"name": {**TEXT, "maxLength": 50}, "html": TEXT}, {"folder_id": {"type": "string"}})

MANDRILL_TEMPLATE = thing(
    {"key": TEXT, "name": TEXT},
    {
        "from_email": ADDRESS,
        "from_name": {"type": "string"},
        "subject": TEXT,
        "code": TEXT,
        "text": {"type": "string"},
        "publish": {"type": "boolean"},
        "labels": {"type": "array", "maxItems": 10, "items": TEXT},
    },
)

MANDRILL_MAIL = thing(
    {
        "key": TEXT,
        "template_name": TEXT,
        "template_content": {"type": "array", "items": thing({"name": TEXT, "content": {"type": "string"}})},
        "message": thing(
            {
                "to": {
                    "type": "array",
                    "minItems": 1,
                    "items": thing({"email": ADDRESS}, {"name": TEXT, "type": {"enum": ["to", "cc", "bcc"]}}),
                }
            },
            {
                "merge": {"type": "boolean"},
                "merge_language": {"enum": ["mailchimp", "handlebars"]},
                "global_merge_vars": {
                    "type": "array",
                    "items": thing({"name": {"type": "string", "pattern": "^[^_]"}, "content": ANY}),
                },
                "headers": {"type": "object", "additionalProperties": TEXT},
                "tags": {"type": "array", "items": {"type": "string", "maxLength": 50, "pattern": "^[^_]"}},
                "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        ),
    },
    {"async": {"type": "boolean"}, "send_at": {"type": "string", "format": "moment"}},
)


def load(specs):
    """For each target: what a path ends with, and the validator of its body."""
    templates = json.loads((specs / "sendgrid/tsg_templates_v3.json").read_text())
    mails = json.loads((specs / "sendgrid/tsg_mail_v3.json").read_text())
    mailgun = yaml.safe_load((specs / "mailgun/mailgun-openapi.yaml").read_text())
    form = "multipart/form-data"
    message = body_of(mailgun, "/v3/{domain_name}/messages", form)
    # The spec asks for sender and subject, and says of both that they are not needed where a template
    # has them. That it has them is checked with the template.
    schema = message["components"]["schemas"]["POST-v3-domain_name-messages-multipart-form-data-RequestBody"]
    schema["required"] = ["to"]
    found = {
        "sendgrid": {
            "/v3/templates": body_of(templates, "/v3/templates", "application/json"),
            "/versions": body_of(templates, "/v3/templates/{template_id}/versions", "application/json"),
            "/v3/mail/send": body_of(mails, "/v3/mail/send", "application/json"),
        },
        "mailgun": {"/templates": body_of(mailgun, "/v3/{domain_name}/templates", form), "/messages": message},
        "mailchimp": {"/3.0/templates": MAILCHIMP_TEMPLATE},
        "mandrill": {"/templates/add": MANDRILL_TEMPLATE, "/messages/send-template": MANDRILL_MAIL},
    }
    return {name: {path: validator(it) for path, it in paths.items()} for name, paths in found.items()}


def filled(value, known):
    """With values in the places of `${name}`; a text that is nothing else becomes the value itself."""
    if isinstance(value, str):
        whole = PLACEHOLDER.fullmatch(value)
        if whole:
            return known(whole[1])
        return PLACEHOLDER.sub(lambda it: str(known(it[1])), value)
    if isinstance(value, list):
        return [filled(it, known) for it in value]
    if isinstance(value, dict):
        return {key: filled(it, known) for key, it in value.items()}
    return value


MOMENTS = {
    "sendgrid": 1795510800,
    "mailgun": "Tue, 24 Nov 2026 09:00:00 +0000",
    "mandrill": "2026-12-01 09:00:00",
}

HOURS = {"sendgrid": 72, "mailgun": 72, "mandrill": 365 * 24}


def sent(target, request, names=None):
    """The body as it travels: placeholders filled in, texts where a form has texts only, the key."""

    def known(name):
        if names is not None:
            names.add(name)
        if name.startswith("template:"):
            return DYNAMIC
        return {"send_at": MOMENTS.get(target), "recipient.email": "ann@rack.example"}.get(name, "x")

    body = filled(request["body"], known)
    if request.get("form"):
        lists = {"to", "o:tag"}
        as_text = lambda it: it if isinstance(it, str) else json.dumps(it)
        body = {
            key: [as_text(one) for one in (it if isinstance(it, list) else [it])] if key in lists else as_text(it)
            for key, it in body.items()
        }
    if target == "mandrill":
        body = {"key": "md-key", **body}
    return body


def problems(validators, target, request, names=None):
    """What a provider would say against a request."""
    path = request["path"]
    found = [it for end, it in validators[target].items() if path.endswith(end)]
    if request["method"] != "POST" or len(found) != 1:
        return [f"no spec for {request['method']} {path}"]
    body = sent(target, request, names)
    return schema_problems(found[0], body) or own(target, path, body)


def own(target, path, body):
    """What specs say in words only."""
    out = []
    if target == "sendgrid" and path.endswith("/versions"):
        for part in ("html_content", "plain_content"):
            if len(body.get(part, "").encode()) > 1_048_576:
                out.append(f"{part} is too large")
    if target == "sendgrid" and path.endswith("/mail/send"):
        for person in body["personalizations"]:
            if not 1_000_000_000 < person.get("send_at", 1_795_510_800) < 10_000_000_000:
                out.append("send_at is not in seconds")
            if not person["to"]:
                out.append("a mail to nobody")
        if not body.get("template_id", "").startswith("d-"):
            out.append("no dynamic template")
    if target == "mailgun" and path.endswith("/templates"):
        headers = json.loads(body.get("headers", "{}"))
        if set(headers) - {"From", "Subject", "Reply-To"} or not {"From", "Subject"} <= set(headers):
            out.append(f"headers {sorted(headers)}")
        if len(body.get("template", "").encode()) > 100 * 1024:
            out.append("the template is larger than 100 KB")
        if body["name"] != body["name"].lower():
            out.append("the name has capitals")
    if target == "mailgun" and path.endswith("/messages"):
        try:
            parsedate_to_datetime(body["o:deliverytime"])
            if not isinstance(json.loads(body["t:variables"]), dict):
                out.append("t:variables is no object")
        except (ValueError, TypeError) as it:
            out.append(str(it))
    return out


def check(tally, validators, target, project, folder):
    """All requests of one account; gives a good one for each path."""
    good, bound, names = {}, set(), set()
    files = sorted((folder / "requests").glob("*.json"), key=lambda it: int(it.name.split("-")[0]))
    wrong = [] if files else ["nothing is exported"]
    for path in files:
        request = json.loads(path.read_text())
        wanted = PLACEHOLDER.findall(request["path"])
        # What stands in a page is the page's own.
        here = problems(validators, target, request) + [f"nothing earlier gives {it}" for it in wanted if it not in bound]
        wrong += [f"{path.name}: {it}" for it in here]
        if "name" in request["body"] and not request["path"].endswith("/versions"):
            if request["body"]["name"] in names:
                wrong.append(f"{path.name}: a second template of this name")
            names.add(request["body"]["name"])
        bound |= set(request["binds"])
        good.setdefault(PLACEHOLDER.sub("", request["path"]), request)
    tally.check(f"{target} takes the {len(files)} requests of {project}", wrong)
    if target not in HOURS:
        return good
    files = sorted((folder / "schedule").glob("*.json"))
    wrong = [] if files else ["nothing is scheduled"]
    for path in files:
        sheet = json.loads(path.read_text())
        used = set()
        here = problems(validators, target, sheet["request"], used)
        here += [f"${{{it}}} is not explained" for it in used if it not in sheet["fill_in"]]
        here += [f"${{{it}}} is not made" for it in used if it.startswith("template:") and it not in bound]
        latest = sheet["after"].get("latest_seconds")
        is_late = latest is None or latest > HOURS[target] * 3600
        if sheet.get("send_off_within_seconds") != (HOURS[target] * 3600 if is_late else None):
            here.append(f"due {latest} s after its event, and nobody says to wait, or why")
        wrong += [f"{path.name}: {it}" for it in here]
        good.setdefault(sheet["request"]["path"], sheet["request"])
    tally.check(f"{target} takes the {len(files)} mails that {project} schedules", wrong)
    return good


def put(value, *path):
    def edit(body):
        for key in path[:-1]:
            body = body[key]
        body[path[-1]] = value

    return edit


def drop(key):
    return lambda body: body.pop(key)


PERSON = ("personalizations", 0)
SPOILT = {
    "sendgrid": [
        ("/v3/templates", "no name", drop("name")),
        ("/v3/templates", "a name of 101 characters", put("n" * 101, "name")),
        ("/v3/templates", "a generation that is none", put("static", "generation")),
        ("/v3/templates", "a misspelt key", put("x", "nmae")),
        ("/versions", "no subject", drop("subject")),
        ("/versions", "a subject of 256 characters", put("s" * 256, "subject")),
        ("/versions", "active as true", put(True, "active")),
        ("/versions", "a page that is too large", put("x" * 1_048_577, "html_content")),
        ("/versions", "test data that is no text", put({"a": 1}, "test_data")),
        ("/versions", "a misspelt key", put("x", "html")),
        ("/v3/mail/send", "a moment as text", put("2026-12-01T09:00:00Z", *PERSON, "send_at")),
        ("/v3/mail/send", "a moment in milliseconds", put(1795510800000, *PERSON, "send_at")),
        ("/v3/mail/send", "no recipients", put([], *PERSON, "to")),
        ("/v3/mail/send", "an unsubscribe group without its number", put({}, "asm")),
        ("/v3/mail/send", "too many personalizations", put([{"to": [{"email": "a@b.c"}]}] * 1001, "personalizations")),
        ("/v3/mail/send", "own data for the whole send", put({"a": "b"}, "custom_args")),
        ("/v3/mail/send", "a template of the old kind", put("letter", "template_id")),
        ("/v3/mail/send", "a misspelt key", put({}, *PERSON, "dynamic_data")),
    ],
    "mailgun": [
        ("/templates", "no name", drop("name")),
        ("/templates", "a name with capitals", put("Letter", "name")),
        ("/templates", "a template that is too large", put("x" * 102_401, "template")),
        ("/templates", "a header that Mailgun does not store", put('{"From": "a@b.c", "Subject": "x", "Cc": "d@e.f"}', "headers")),
        ("/templates", "a misspelt key", put("x", "html")),
        ("/messages", "no recipient", drop("to")),
        ("/messages", "a moment of another kind", put("2026-12-01T09:00:00Z", "o:deliverytime")),
        ("/messages", "variables that are no object", put([1], "t:variables")),
        ("/messages", "a wish for text that is none", put("true", "t:text")),
        ("/messages", "a misspelt key", put("x", "o:delivertime")),
    ],
    "mailchimp": [
        ("/3.0/templates", "no name", drop("name")),
        ("/3.0/templates", "a name of 51 characters", put("n" * 51, "name")),
        ("/3.0/templates", "no page", drop("html")),
        ("/3.0/templates", "a subject, which is the journey's", put("x", "subject")),
    ],
    "mandrill": [
        ("/templates/add", "no name", drop("name")),
        ("/templates/add", "a sender that is no address", put("ana", "from_email")),
        ("/templates/add", "eleven labels", put(["x"] * 11, "labels")),
        ("/templates/add", "published by a word", put("yes", "publish")),
        ("/templates/add", "a misspelt key", put("x", "html")),
        ("/messages/send-template", "a moment of another kind", put("2026-12-01T09:00:00Z", "send_at")),
        ("/messages/send-template", "no recipients", put([], "message", "to")),
        ("/messages/send-template", "a language that is none", put("liquid", "message", "merge_language")),
        ("/messages/send-template", "a tag that begins with a line", put(["_x"], "message", "tags")),
        ("/messages/send-template", "no list of contents", drop("template_content")),
    ],
}


SECRET = "md-7h3-k3y"


class Listener(BaseHTTPRequestHandler):
    """Takes every template, and remembers what came."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.came.append((self.path, body))
        answer = json.dumps({"slug": f"slug-{len(self.server.came)}"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def key_in_body(tally, account):
    """Sends an account's requests to a server of our own."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder) / "account"
        shutil.copytree(account, folder)
        server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
        server.came = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/api/1.0"
        environment = {**os.environ, "MANDRILL_ADDRESS": address, "MANDRILL_API_KEY": SECRET}
        run = ["sh", str(folder / "send.sh"), "--yes"]
        ended = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=300)
        server.shutdown()
        wanted = len(list((folder / "requests").glob("*.json")))
        problems = [] if ended.returncode == 0 else [f"send.sh ends with {ended.returncode}: {ended.stderr[-400:]}"]
        if len(server.came) != wanted:
            problems.append(f"{len(server.came)} of {wanted} requests came")
        problems += [f"{path}: no key" for path, body in server.came if body.get("key") != SECRET]
        problems += [path for path, _ in server.came if path != "/api/1.0/templates/add"]
        tally.check("send.sh puts the key into every body", problems)
        files = [str(it) for it in folder.rglob("*") if it.is_file() and SECRET in it.read_text()]
        said = ["it is on the terminal"] if SECRET in ended.stdout + ended.stderr else []
        tally.check("the key stands nowhere else", files + said)


def main(specs, exports):
    tally = Tally()
    validators = load(specs)
    for target in validators:
        good = {}
        for project in sorted(exports.iterdir()):
            for account in sorted((project / target).iterdir()) if (project / target).is_dir() else []:
                good = {**check(tally, validators, target, project.name, account), **good}
        for end, what, edit in SPOILT[target]:
            request = next((copy.deepcopy(it) for path, it in good.items() if path.endswith(end)), None)
            if request is None:
                tally.check(f"{target}: refused: {end}: {what}", ["there is nothing to spoil"])
                continue
            edit(request["body"])
            found = problems(validators, target, request)
            tally.check(f"{target}: refused: {end}: {what}", [] if found else ["it was taken"])
    account = exports / "torture" / "mandrill" / "prod"
    tally.check("there is something to send", [] if account.is_dir() else [f"{account} is missing"])
    if account.is_dir():
        key_in_body(tally, account)
    tally.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
