"""Proves that every request we write is taken by a server that Prism makes of the provider's own spec.

Prism answers as the spec says and refuses what the spec does not allow. Each request below
EXPORTS/PROJECT/TARGET/prod/requests goes to it over HTTP, in order, with what earlier answers gave in
the places of `${name}`. Then requests are spoilt on purpose: each must be refused, or this check is
blind. Whether unknown keys hide in a body is not seen here (most specs allow them): that is closed.py.

    prism.py NODE SPECS ACCOUNTS EXPORTS [TARGET…]
"""

import copy
import http.client
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tally import Tally

PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
SOME_ID = "7f9c24e8-3b0d-4a51-9c6e-2d1f0a8b5c43"


def drop(*path):
    """Takes a key away."""

    def edit(body):
        for key in path[:-1]:
            body = body[key]
        del body[path[-1]]

    return edit


def put(value, *path):
    """Writes something else."""

    def edit(body):
        for key in path[:-1]:
            body = body[key]
        body[path[-1]] = value

    return edit


def every(node, edit):
    """A spec with each of its objects edited, inner ones first."""
    if isinstance(node, list):
        return [every(it, edit) for it in node]
    if isinstance(node, dict):
        return edit({key: every(it, edit) for key, it in node.items()})
    return node


def spell_nothing(node):
    """Klaviyo writes `nullable` without `type`: then Prism drops the whole schema, and takes anything.

    And it types numbers as one of integer and number, which no integer satisfies. Conditions become
    any object, because Prism writes out every reference, and would work on them for minutes:
    klaviyo_spec.py holds them against the spec.
    """
    if "schemas" in node:
        schemas = node["schemas"].items()
        node["schemas"] = {key: {"type": "object"} if key.endswith("Condition") else it for key, it in schemas}
    if "oneOf" in node:
        node = {("anyOf" if key == "oneOf" else key): it for key, it in node.items() if key != "discriminator"}
    if node.get("nullable") is True and "type" not in node:
        rest = {key: it for key, it in node.items() if key != "nullable"}
        return {"anyOf": [rest, {"type": "string", "nullable": True, "maxLength": 0}]}
    return node


def name_the_type(node):
    """Iterable's file does not say that bodies are JSON, so Prism takes none; and it asks for lists of
    campaigns that events start, which have none."""
    if node.get("swagger"):
        return {**node, "consumes": ["application/json"], "produces": ["application/json"]}
    if isinstance(node.get("required"), list) and "listIds" in node["required"]:
        return {**node, "required": [it for it in node["required"] if it != "listIds"]}
    return node


# What each provider is served from. `spoilt`: a part of a path, what is wrong, and how it is made so.
# `mend`: what is known to be wrong with the spec, put right before it is served.
PROVIDERS = {
    "klaviyo": {
        "specs": ["klaviyo/create_template.json", "klaviyo/create_flow.json"],
        "mend": spell_nothing,
        "headers": {
            "Authorization": "Klaviyo-API-Key key",
            "revision": "2026-07-15",
            "Content-Type": "application/vnd.api+json",
            "Accept": "application/vnd.api+json",
        },
        "spoilt": [
            ("/api/templates", "no name", drop("data", "attributes", "name")),
            ("/api/templates", "a type that is none", put("page", "data", "type")),
            ("/api/flows", "no definition", drop("data", "attributes", "definition")),
            ("/api/flows", "no triggers", drop("data", "attributes", "definition", "triggers")),
            ("/api/flows", "actions that are no list", put({}, "data", "attributes", "definition", "actions")),
        ],
    },
    "resend": {
        "specs": ["resend/resend.json"],
        "headers": {"Authorization": "Bearer key", "Content-Type": "application/json"},
        "spoilt": [
            ("/templates", "no html", drop("html")),
            ("/templates", "one address to reply to, not a list", put("a@b.example", "reply_to")),
            ("/templates", "a variable of a type that is none", put([{"key": "A", "type": "text"}], "variables")),
            ("/automations", "no connections", drop("connections")),
            ("/automations", "a step that is none", put("wait", "steps", 0, "type")),
            ("/automations", "a status that is none", put("draft", "status")),
            ("/automations", "a connection that is none", put([{"from": "a", "to": "b", "type": "yes"}], "connections")),
            ("/automations", "no steps", put([], "steps")),
            ("/events", "no name", drop("name")),
            ("/contact-properties", "a type that is none", put("boolean", "type")),
        ],
    },
    "sendgrid": {
        "specs": ["sendgrid/tsg_templates_v3.json", "sendgrid/tsg_mail_v3.json"],
        "headers": {"Authorization": "Bearer key", "Content-Type": "application/json"},
        "spoilt": [
            ("/v3/templates", "no name", drop("name")),
            ("/versions", "no subject", drop("subject")),
            ("/versions", "a name that is no text", put(7, "name")),
        ],
    },
    "iterable": {
        "specs": ["iterable/api-docs.json"],
        "mend": name_the_type,
        "headers": {"Api-Key": "key", "Content-Type": "application/json"},
        "spoilt": [
            ("/api/templates/email/upsert", "no id of ours", drop("clientTemplateId")),
            ("/api/templates/email/upsert", "a name that is no text", put(7, "name")),
        ],
    },
    "mailgun": {
        "specs": ["mailgun/mailgun-openapi.yaml"],
        "headers": {"Authorization": "Basic YXBpOmtleQ=="},
        "spoilt": [("/templates", "no name", drop("name"))],
    },
    "omnisend": {
        "specs": ["omnisend/omnisend-automations.request-side.transcribed.openapi.yaml"],
        "headers": {
            "Authorization": "Omnisend-API-Key key",
            "Omnisend-Version": "2026-03-15",
            "Content-Type": "application/json",
        },
        "base": "/api",
        # The transcription holds no answers; and no journey of the shop can be said there.
        "silent": True,
        "projects": ["torture"],
        "spoilt": [
            ("/email-templates/import", "no html", drop("html")),
            ("/automations", "no name", drop("name")),
        ],
    },
}


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


class Server:
    """Prism with one spec."""

    def __init__(self, node, spec):
        self.spec, self.port = spec, free_port()
        command = ["node", str(Path(node) / "node_modules/@stoplight/prism-cli/dist/index.js")]
        command += ["mock", "--host", "127.0.0.1", "--port", str(self.port), str(spec)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self):
        """Until it listens, a minute at most."""
        for _ in range(240):
            if self.process.poll() is not None:
                raise SystemExit(f"Prism does not serve {self.spec}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.25)
        raise SystemExit(f"Prism does not come up with {self.spec}")

    def ask(self, method, path, headers, body):
        """Status and answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def serving(node, specs, provider):
    """Servers of one provider's specs."""
    folder = tempfile.TemporaryDirectory()
    servers = []
    try:
        for number, spec in enumerate(provider["specs"]):
            spec = Path(specs) / spec
            if "mend" in provider:
                mended = Path(folder.name) / f"{number}.json"
                mended.write_text(json.dumps(every(json.loads(spec.read_text()), provider["mend"])))
                spec = mended
            servers.append(Server(node, spec))
        yield [it.wait() for it in servers]
    finally:
        for server in servers:
            server.process.terminate()
        for server in servers:
            try:
                server.process.wait(10)
            except subprocess.TimeoutExpired:
                server.process.kill()
        folder.cleanup()


def filled(value, known):
    """Puts what answers gave in the places of `${name}`."""
    if isinstance(value, str):
        whole = PLACEHOLDER.fullmatch(value)
        if whole and whole[1] in known:
            return known[whole[1]]
        return PLACEHOLDER.sub(lambda it: str(known.get(it[1], it[0])), value)
    if isinstance(value, list):
        return [filled(it, known) for it in value]
    if isinstance(value, dict):
        return {key: filled(it, known) for key, it in value.items()}
    return value


def filled_path(path, known):
    return PLACEHOLDER.sub(lambda it: quote(str(known.get(it[1], it[0])), safe=""), path)


def at(answer, pointer):
    """What an answer holds at a JSON pointer."""
    for key in pointer.split("/")[1:]:
        key = key.replace("~1", "/").replace("~0", "~")
        try:
            answer = answer[int(key)] if isinstance(answer, list) else answer[key]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return answer


def encoded(request, body, headers):
    """Body and headers as they travel."""
    headers = {key: it for key, it in headers.items() if key.lower() != "content-type"} if body is None else dict(headers)
    if body is None:
        return b"", headers
    if not request.get("form"):
        return json.dumps(body).encode(), headers
    edge = uuid.uuid4().hex
    parts = []
    for key, value in body.items():
        for one in value if isinstance(value, list) else [value]:
            text = one if isinstance(one, str) else json.dumps(one)
            parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n')
    headers["Content-Type"] = f"multipart/form-data; boundary={edge}"
    return ("".join(parts) + f"--{edge}--\r\n").encode(), headers


class Provider:
    """One provider's servers, asked as an account would be."""

    def __init__(self, name, servers):
        self.table, self.servers = PROVIDERS[name], servers

    def send(self, request, body, headers=None):
        """Status and answer of the first server whose spec knows the path."""
        data, headers = encoded(request, body, self.table["headers"] if headers is None else headers)
        path = request["path"]
        base = self.table.get("base", "")
        path = path[len(base) :] if base and path.startswith(base + "/") else path
        status, answer = 404, b""
        for server in self.servers:
            status, answer = server.ask(request["method"], path, headers, data)
            # Prism's own 404 names the error; a spec's own example does not.
            if not (status == 404 and b"NO_PATH_MATCHED" in answer):
                break
        return status, answer


def requests(folder):
    """The requests of an export in the order of their numbers."""
    files = sorted(folder.glob("*.json"), key=lambda it: int(it.name.split("-")[0]))
    return [(it.name, json.loads(it.read_text())) for it in files]


def check(tally, name, provider, exports):
    """All requests of one target; gives good ones by path for spoiling."""
    good = {}
    for project in sorted(it.name for it in Path(exports).iterdir()):
        folder = Path(exports) / project / name / "prod" / "requests"
        all_of_it = requests(folder) if folder.is_dir() else []
        if not all_of_it and project not in provider.table.get("projects", [project]):
            continue
        problems = [] if all_of_it else ["nothing is exported"]
        known = {}
        for file, request in all_of_it:
            sent = {**request, "path": filled_path(request["path"], known)}
            body = filled(request["body"], known)
            status, answer = provider.send(sent, body)
            if not 200 <= status < 300:
                problems.append(f"{file}: {status} {answer[:600].decode(errors='replace')}")
            try:
                answer = json.loads(answer or b"null")
            except ValueError:
                answer = None
            for bound, pointer in request["binds"].items():
                value = at(answer, pointer)
                if value is None and not provider.table.get("silent"):
                    problems.append(f"{file}: no answer holds {pointer} for {bound}")
                known[bound] = SOME_ID if value is None else value
            good.setdefault(PLACEHOLDER.sub("", request["path"]), (sent, body))
        tally.check(f"{name}: Prism takes the {len(all_of_it)} requests of {project}", problems)
    return good


def spoil(tally, name, provider, good):
    """Broken requests, which must be refused."""

    def refused(what, request, body, wanted, headers=None):
        status, _ = provider.send(request, body, headers)
        tally.check(f"{name}: refused: {what}", [] if status in wanted else [f"it gives {status}"])

    for part, what, edit in provider.table["spoilt"]:
        found = next((it for path, it in good.items() if path.endswith(part)), None)
        if found is None:
            tally.check(f"{name}: refused: {part}: {what}", ["there is no such request to spoil"])
            continue
        request, body = copy.deepcopy(found)
        edit(body)
        refused(f"{part}: {what}", request, body, range(400, 500))
    request, body = next(iter(good.values()))
    refused("a path that is none", {**request, "path": "/nowhere/at/all"}, body, [404])
    refused("a method that is none", {**request, "method": "PUT"}, body, range(400, 500))
    if not provider.table.get("open"):
        bare = {key: it for key, it in provider.table["headers"].items() if key not in ("Authorization", "Api-Key")}
        refused("no key", request, body, [401], bare)


def main(node, specs, accounts, exports, *only):
    tally = Tally()
    for name in only or PROVIDERS:
        # A target that is there has an account for its tests; what is not there yet is said.
        if not (Path(accounts) / f"{name}.yaml").is_file():
            print(f"{name}: not a target yet")
            continue
        begin = time.monotonic()
        with serving(node, specs, PROVIDERS[name]) as servers:
            provider = Provider(name, servers)
            good = check(tally, name, provider, exports)
            if good:
                spoil(tally, name, provider, good)
        print(f"{name}: {time.monotonic() - begin:.0f} s")
    tally.finish()


if __name__ == "__main__":
    main(*sys.argv[1:])
