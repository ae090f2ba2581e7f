"""Proves that `send.sh` sends what is written, in order, once, and to nobody without being told.

Between `send.sh` and Prism stands a recorder on loopback: it notes each request, asks Prism whether
the provider would take it, gives every answer an id of its own, and refuses, delays or drops answers
where a test wants it. The same is tried in dash, bash and busybox. At the end the script itself is
spoilt on purpose: each time something here must notice, or this check is blind.

    send.py NODE SPECS EXPORTS
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import prism
from tally import Tally

SHELLS = [["dash"], ["bash"], ["busybox", "ash"]]
KEY = "k-3f9a\"'$`\\ secret"
LINE = re.compile(r"^(\d+-[^ ]+\.json)$")


class Recorder:
    """A server that notes what comes, and answers."""

    def __init__(self, provider=None):
        self.provider, self.seen, self.troubles, self.number = provider, [], [], 0
        self.give = lambda number: f"id-{number}-7f9c24e8-3b0d-4a51-9c6e-2d1f0a8b5c43"
        self.pointers = {}
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                if KEY[:6] in "".join(processes()):
                    recorder.troubles.append("the key stands in the list of processes")
                recorder.answer(self, body)

            do_POST = do_PUT = do_PATCH = do_GET = do_DELETE = do

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        # What to do instead of taking a request, by its number from 1: a status, headers, or "drop".
        self.instead = {}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler, body):
        self.number += 1
        entry = {
            "method": handler.command,
            "path": handler.path,
            "headers": {key.lower(): it for key, it in handler.headers.items()},
            "body": body,
        }
        self.seen.append(entry)
        instead = self.instead.pop(self.number, None)
        if instead == "drop":
            entry["status"] = None
            handler.close_connection = True
            return
        if instead:
            status, headers = instead
            echo = {"error": "no", "you": handler.headers.get("Authorization")}
            self.reply(handler, entry, status, headers, json.dumps(echo).encode())
            return
        status = 200
        if self.provider:
            request = {"method": handler.command, "path": handler.path}
            data = json.loads(body) if body else None
            status, text = self.provider.send(request, data)
            if not 200 <= status < 300:
                self.troubles.append(f"Prism refuses {handler.path}: {status} {text[:300]!r}")
        given = self.give(self.number)
        entry["given"] = given
        # Both places where the providers' answers hold an id.
        answer = {"id": given, "data": {"id": given}, "list": [{"a/b": given}]}
        self.reply(handler, entry, status, {}, json.dumps(answer).encode())

    def reply(self, handler, entry, status, headers, text):
        entry["status"] = status
        handler.send_response(status)
        for key, value in headers.items():
            handler.send_header(key, value)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def processes():
    """The command lines of all processes."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_text(errors="replace")
        except OSError:
            continue


@contextmanager
def recording(provider=None):
    recorder = Recorder(provider)
    try:
        yield recorder
    finally:
        recorder.close()


def small(export, to):
    """A folder with the smallest journey of an export, and all that it needs."""
    everything = prism.requests(export / "requests")
    binder = {name: file for file, request in everything for name in request["binds"]}
    by_name = dict(everything)

    def needs(file, found):
        for name in prism.PLACEHOLDER.findall(json.dumps([by_name[file]["path"], by_name[file]["body"]])):
            if name in binder and binder[name] not in found:
                found.add(binder[name])
                needs(binder[name], found)
        return found

    journeys = [file for file, request in everything if re.search(r"/(automations|flows)$", request["path"])]
    closures = [(file, needs(file, {file})) for file in journeys]
    chosen = min((it for it in closures if len(it[1]) >= 3), key=lambda it: len(it[1]))[1]
    write(to, (export / "send.sh").read_text(), {file: by_name[file] for file in sorted(chosen)})
    return to


def write(to, script, files):
    """A folder with a script and requests; the script is told how many there are."""
    (to / "requests").mkdir(parents=True)
    for file, request in files.items():
        (to / "requests" / file).write_text(json.dumps(request))
    (to / "send.sh").write_text(re.sub(r"\ncount=\d+\n", f"\ncount={len(files)}\n", script))


class Sender:
    """A folder that is sent with one shell."""

    def __init__(self, shell, folder, recorder, variable, key):
        self.shell, self.folder, self.recorder = shell, folder, recorder
        self.environment = {"PATH": os.environ["PATH"], variable: recorder.address, key: KEY, "HOME": str(folder)}
        self.said = ""

    def run(self, *arguments, **changed):
        environment = {**self.environment, **changed}
        environment = {key: it for key, it in environment.items() if it is not None}
        done = subprocess.run(
            [*self.shell, str(self.folder / "send.sh"), *arguments],
            env=environment, cwd="/", capture_output=True, text=True, timeout=300, check=False,
        )
        said = done.stdout + done.stderr
        self.said += said
        return done.returncode, said

    def state(self):
        path = self.folder / "sent.json"
        return json.loads(path.read_text()) if path.is_file() else None


def variables(script):
    """The names of the address's variable and of the key in a script."""
    return re.search(r'"\$\{(\w+):-', script)[1], re.search(r"\nkeys='(\w+)", script)[1]


def as_sent(requests, seen):
    """What is wrong with what came: order, paths, bodies with the ids that were given."""
    taken = [it for it in seen if it["status"] and 200 <= it["status"] < 300]
    problems = []
    if len(taken) != len(requests):
        problems.append(f"{len(taken)} requests were taken instead of {len(requests)}")
    known = {}
    for (file, request), entry in zip(requests, taken):
        path = prism.filled_path(request["path"], known)
        if unquote(entry["path"]) != unquote(path) or " " in entry["path"]:
            problems.append(f"{file}: sent to {entry['path']} instead of {path}")
        if entry["method"] != request["method"]:
            problems.append(f"{file}: sent by {entry['method']}")
        body = prism.filled(request["body"], known)
        sent = json.loads(entry["body"]) if entry["body"] and not request.get("form") else None
        if not request.get("form") and sent != body:
            problems.append(f"{file}: another body came than is written")
        for name in request["headers"]:
            if name.lower() not in entry["headers"] and not (body is None and name == "Content-Type"):
                problems.append(f"{file}: no header {name}")
        if KEY not in entry["headers"].get("authorization", ""):
            problems.append(f"{file}: the key did not come")
        for name in request["binds"]:
            known[name] = entry["given"]
    if taken and not any(prism.PLACEHOLDER.search(json.dumps([it["path"], it["body"]])) for _, it in requests):
        problems.append("nothing here needs an id of an earlier answer")
    return problems


def journey(shell, folder, recorder):
    """A whole life: a look, no key, a refusal, going on, and nothing twice. Gives what was wrong."""
    script = (folder / "send.sh").read_text()
    sender = Sender(shell, folder, recorder, *variables(script))
    requests = prism.requests(folder / "requests")
    key = variables(script)[1]
    problems = []

    def expect(holds, what):
        if not holds:
            problems.append(what)

    code, said = sender.run()
    expect(code == 0 and not recorder.seen, "something is sent without --yes")
    expect(all(file in said for file, _ in requests) and "Nothing has been sent" in said, "it does not say what it would send")
    expect(sender.state() is None, "a look leaves notes")
    code, said = sender.run("--yes", **{key: None})
    expect(code == 2 and key in said and not recorder.seen, "without a key it does not stop first and name it")
    code, said = sender.run("--help", **{key: None})
    expect(code == 0 and "--yes" in said and not recorder.seen, "--help does not help")

    at = len(requests) - 1
    recorder.instead = {at: (422, {})}
    code, said = sender.run("--yes")
    expect(code == 1 and "422" in said and requests[at - 1][0] in said and '"error"' in said, "a refusal is not shown")
    expect(len(recorder.seen) == at, f"{len(recorder.seen)} requests came although number {at} was refused")
    expect(len(sender.state()["sent"]) == at - 1, "the notes do not say what was sent")
    recorder.instead = {recorder.number + 1: (429, {"Retry-After": "1"})}
    code, said = sender.run("--yes")
    expect(code == 0 and f"All {len(requests)}" in said, f"it does not go on: {said[-300:]}")
    expect("waiting 1 s" in said, "it does not wait when it is too fast")
    problems.extend(as_sent(requests, recorder.seen))
    before = len(recorder.seen)
    code, said = sender.run("--yes")
    expect(code == 0 and len(recorder.seen) == before, "it sends twice")
    notes = (folder / "sent.json").read_text() if sender.state() else ""
    expect(KEY not in sender.said and KEY not in notes and "secret" not in sender.said, "the key is shown")
    return problems + recorder.troubles


REQUEST = {"method": "POST", "path": "/a", "headers": ["Authorization", "Content-Type"], "body": {}, "binds": {}}


def made(folder, script, files):
    """A folder with requests made up here."""
    write(folder, script, {f"{at:03}-r.json": {**REQUEST, **it} for at, it in enumerate(files, 1)})
    return folder


def odd(tally, shell, script, room):
    """What providers rarely do."""
    name = shell[-1]
    names = variables(script)

    def case(what, files, play):
        with recording() as recorder:
            folder = made(room / re.sub(r"\W", "-", f"{name} {what}"), script, files)
            sender = Sender(shell, folder, recorder, *names)
            tally.check(f"{name}: {what}", play(sender, recorder) + recorder.troubles)

    bind = {"binds": {"x:a b": "/data/id"}}
    hostile = "a\"b'c\\d/e?f#g %20 $HOME `id` ${y} $(id) & \n line ü {} ;"

    def quoting(sender, recorder):
        recorder.give = lambda number: hostile
        code, said = sender.run("--yes")
        if code != 0 or len(recorder.seen) != 3:
            return [f"it ends with {code}: {said[-300:]}"]
        path, body = recorder.seen[1]["path"], json.loads(recorder.seen[2]["body"])
        wanted = {"whole": hostile, "part": f"<{hostile}> ${{unknown}} $HOME", "deep": [{"k": hostile}]}
        return ([] if unquote(path) == f"/a/{hostile}/b" else [f"path {path!r}"]) + (
            [] if body == wanted else [f"body {body!r}"]
        )

    case(
        "an id with quotes, slashes, dollars and newlines arrives as it is",
        [bind, {"path": "/a/${x:a b}/b", "body": None},
         {"body": {"whole": "${x:a b}", "part": "<${x:a b}> ${unknown} $HOME", "deep": [{"k": "${x:a b}"}]}}],
        quoting,
    )

    def numbers(sender, recorder):
        recorder.give = lambda number: 7
        sender.run("--yes")
        body = json.loads(recorder.seen[1]["body"])
        return [] if body == {"id": 7, "text": "n7"} else [f"{body!r}"]

    case(
        "an id that is a number stays one",
        [{"binds": {"n": "/list/0/a~1b"}}, {"body": {"id": "${n}", "text": "n${n}"}}],
        numbers,
    )

    def forms(sender, recorder):
        code, said = sender.run("--yes")
        entry = recorder.seen[0]
        kind = entry["headers"].get("content-type", "")
        mail = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + entry["body"])
        fields = [(it.get_param("name", header="content-disposition"), it.get_payload(decode=True).decode()) for it in mail.walk() if not it.is_multipart()]
        wanted = [("name", "a;b \"c\""), ("html", "<p>\n@x $HOME"), ("to", "a"), ("to", "b"), ("n", "3")]
        return ([] if code == 0 else [said]) + ([] if fields == wanted else [f"{kind} {fields!r}"])

    case(
        "a form travels as fields",
        [{"form": True, "body": {"name": "a;b \"c\"", "html": "<p>\n@x $HOME", "to": ["a", "b"], "n": 3}}],
        forms,
    )

    def dropped(sender, recorder):
        recorder.instead = {2: "drop"}
        problems = []
        code, said = sender.run("--yes")
        if code != 1 or "nobody knows" not in said:
            problems.append(f"no answer is not told: {said[-200:]}")
        code, said = sender.run("--yes")
        if code != 1 or len(recorder.seen) != 2:
            problems.append("it sends again what may have arrived")
        sender.run("--again", "2")
        code, said = sender.run("--yes")
        if code != 0 or len(recorder.seen) != 4:
            problems.append(f"--again does not send again: {said[-200:]}")
        return problems

    case("an answer that never comes is a question for people", [{}, {"path": "/b"}, {"path": "/c"}], dropped)

    def skipped(sender, recorder):
        recorder.instead = {1: (409, {})}
        sender.run("--yes")
        sender.run("--skip", "1")
        code, said = sender.run("--yes")
        problems = [] if code == 1 and "x:a b" in said else [f"an id that is missing is not named: {said[-200:]}"]
        sender.run("--set", "x:a b=abc=d")
        code, said = sender.run("--yes")
        body = json.loads(recorder.seen[-1]["body"])
        return problems + ([] if code == 0 and len(recorder.seen) == 2 and body == {"id": "abc=d"} else [f"{said} {body}"])

    case("what is there already is skipped, and its id said", [bind, {"body": {"id": "${x:a b}"}}], skipped)

    def changed(sender, recorder):
        sender.run("--yes")
        (sender.folder / "requests/001-r.json").write_text(json.dumps({**REQUEST, "body": {"new": 1}}))
        code, said = sender.run("--yes")
        return [] if code == 1 and "has changed" in said and len(recorder.seen) == 1 else [said]

    case("a request that changes after it was sent is told", [{}], changed)

    def numbered(sender, recorder):
        requests = sender.folder / "requests"
        (requests / "002-r.json").rename(requests / "002-s.json")
        recorder.instead = {2: (422, {})}
        sender.run("--yes")
        (requests / "002-s.json").rename(requests / "003-s.json")
        (requests / "001-r.json").rename(requests / "002-r.json")
        (requests / "001-new.json").write_text(json.dumps({**REQUEST, "path": "/new"}))
        script = (sender.folder / "send.sh").read_text()
        (sender.folder / "send.sh").write_text(script.replace("\ncount=2\n", "\ncount=3\n"))
        code, said = sender.run("--yes")
        paths = [it["path"] for it in recorder.seen]
        return [] if code == 0 and paths == ["/a", "/b", "/new", "/b"] else [f"{code} {paths} {said[-200:]}"]

    case("another number does not make another request", [{}, {"path": "/b"}], numbered)

    def lost(sender, recorder):
        code, said = sender.run("--yes")
        return [] if code == 1 and "nowhere" in said and len(recorder.seen) == 1 else [said]

    case("an answer without the id stops", [{"binds": {"nowhere": "/none/0"}}, {"path": "/b"}], lost)

    def refused(sender, recorder):
        problems = []
        for what, change in {
            "a plain address elsewhere": {names[0]: "http://example.invalid"},
            "an address that only looks local": {names[0]: "http://127.0.0.1.example.invalid"},
            "a folder with a request too few": None,
        }.items():
            if change is None:
                (sender.folder / "requests/002-r.json").unlink()
            code, said = sender.run("--yes", **(change or {}))
            if code != 2 or recorder.seen:
                problems.append(f"{what}: {code} {said[-200:]}")
        (sender.folder / "sent.json").write_text("[]")
        code, said = sender.run("--yes")
        if code != 2 or recorder.seen:
            problems.append(f"notes that are damaged: {code}")
        for arguments in (["--no"], ["--skip"], ["--skip", "9"], ["--set", "a"]):
            code, _ = sender.run(*arguments)
            if code != 2:
                problems.append(f"{arguments}: {code}")
        return problems

    case("what cannot be right is refused first", [{}, {"path": "/b"}], refused)


# Scripts that are wrong: what is wrong, a pattern, and what it becomes.
SPOILT = [
    ("sends without being told", r'if \[ -z "\$yes" \]; then', "if false; then"),
    ("sends in another order", r"done \| sort -n\)", "done | sort -rn)"),
    ("goes on behind a refusal", r"(?m)^    2\?\?\) ;;", "    ???) ;;"),
    ("forgets what it has sent", r'\[ -n "\$done_with" \]', "false"),
    ("leaves placeholders in bodies", r"\.path \|= path \| \.body \|= body", ".path |= path"),
    ("leaves placeholders in paths", r"\.path \|= path \| \.body \|= body", ".body |= body"),
    ("shows the key", r'show "\$tmp/answer"', 'cat "$tmp/answer" >&2'),
    ("puts the key into the list of processes", r'--header "@\$tmp/headers"', '--header "$(head -n 1 "$tmp/headers")"'),
    ("asks for no key first", r'\[ -z "\$missing" \] \|\| wrong "please set first:\$missing"', ":"),
    ("does not wait", r'if \[ "\$status" != 429 \]', 'if true || [ "$status" != 429 ]'),
]


def main(node, specs, exports):
    tally = Tally()
    room = Path(tempfile.mkdtemp())
    try:
        for name in ("klaviyo", "resend"):
            export = Path(exports) / "shop" / name / "prod"
            script = (export / "send.sh").read_text()
            for shell in (["dash"], ["bash"]):
                linted = subprocess.run(["shellcheck", "-s", shell[0], "-"], input=script, capture_output=True, text=True, check=False)
                tally.check(f"{name}: ShellCheck has nothing to say for {shell[0]}", linted.stdout.splitlines())
            with prism.serving(node, specs, prism.PROVIDERS[name]) as servers:
                provider = prism.Provider(name, servers)
                for shell in SHELLS:
                    folder = small(export, room / f"{name}-{shell[-1]}")
                    with recording(provider) as recorder:
                        tally.check(f"{name}: a journey is sent to Prism with {' '.join(shell)}", journey(shell, folder, recorder))
                if name == "resend":
                    folder = room / f"{name}-whole"
                    shutil.copytree(export, folder, ignore=shutil.ignore_patterns("sent.json"))
                    with recording(provider) as recorder:
                        tally.check(f"{name}: the whole shop is sent to Prism", journey(["dash"], folder, recorder))
        for shell in SHELLS:
            odd(tally, shell, script, room / "odd")
        for number, (what, pattern, instead) in enumerate(SPOILT):
            spoilt, count = re.subn(pattern, lambda _: instead, script)
            folder = small(export, room / f"spoilt-{number}")
            (folder / "send.sh").write_text(re.sub(r"\ncount=\d+\n", f"\ncount={len(list((folder / 'requests').iterdir()))}\n", spoilt))
            with recording() as recorder:
                try:
                    found = journey(["dash"], folder, recorder)
                except (KeyError, IndexError, TypeError, ValueError) as it:
                    found = [repr(it)]
            problems = [] if found else ["nobody noticed"]
            tally.check(f"noticed: a script that {what}", problems if count == 1 else [f"the pattern fits {count} times"])
    finally:
        shutil.rmtree(room, ignore_errors=True)
    tally.finish()


if __name__ == "__main__":
    main(*sys.argv[1:])
