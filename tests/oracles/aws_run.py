"""Proves that the state machines send what the manifest says.

    aws_run.py NODE_FOLDER EXPORTS

Every machine below EXPORTS/PROJECT/aws/prod is run for several people with different histories, in a
small account with time compressed (see `aws_world`), and sends through a local server of SES to which
the exported templates were given. What arrives is held against what the manifest says that each
person gets (see `aws_expected`): which mails, in which order, in which language, and when. At the end
machines are spoilt on purpose: the difference must be seen.
"""

import json
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from aws_expected import DAY, MINUTE, Person
from aws_world import World
from tally import Tally

# A Tuesday, 08:30 UTC.
START = 1_785_832_200_000
HEADERS = {"content-type": "application/json", "authorization": "AWS4-HMAC-SHA256 Credential=nobody"}
# Who waits for an event is told ten seconds after it; each of several waits may add as much.
TOLERANCE = 3 * MINUTE


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), HEADERS)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()


class Ses:
    """The local server of SES."""

    def __enter__(self):
        with socket.socket() as it:
            it.bind(("127.0.0.1", 0))
            port = it.getsockname()[1]
        program = Path(sys.argv[1]) / "node_modules/.bin/aws-ses-v2-local"
        environment = {**os.environ, "AWS_SES_STRICT_TEMPLATE_RENDERING": "true"}
        self.process = subprocess.Popen(
            [str(program), "--host", "127.0.0.1", "--port", str(port)],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.url = f"http://127.0.0.1:{port}"
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{self.url}/health-check", timeout=2)
                return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError("the server of SES does not start")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)

    def mail(self, message):
        """What the server has sent."""
        with urllib.request.urlopen(f"{self.url}/store", timeout=20) as answer:
            emails = json.loads(answer.read())["emails"]
        return next((it for it in emails if it["messageId"] == message), None)


def value(name, property_, first):
    """Something that a property may hold."""
    kind = property_["type"]
    if kind == "number":
        return 55 if first else 4
    if kind == "boolean":
        return first
    if kind == "date":
        return "2026-08-20" if first else "2027-03-05"
    if kind == "list":
        return ["one", "two & three"]
    if kind == "objects":
        return [{"name": "Fern <small>", "price": "£18.00", "kind": "plant", "quantity": 1}]
    if property_.get("nullable") and not first:
        return None
    return f"https://rack.example/{name}" if name.endswith("_url") else f"{name} 'A' & \"B\""


def properties(manifest, event, first=True):
    declared = manifest["events"].get(event, {}).get("properties", {})
    return {name: value(name, it, first) for name, it in declared.items()}


def people(manifest, journey):
    """People with different histories: name, contact, trigger's event, later events, chance."""
    trigger = journey["trigger"]["event"]
    first = properties(manifest, trigger)
    contact = {name: value(name, it, True) for name, it in manifest["contact"].items()}
    contact |= {"id": "ana", "email": "ana@example.org", "first_name": "Ana & Jo", "locale": "en"}
    plain = {name: value(name, it, False) for name, it in manifest["contact"].items()}
    plain |= {"id": "ben", "email": "ben@example.org", "locale": "de-AT", "utc_offset": 120}
    if "plan" in contact:
        contact["plan"], plain["plan"] = "pro", "free"

    def at(days, event, contact_, change=None, tells=True):
        return {"at": START + round(days * DAY), "name": event, "event": properties(manifest, event) | (change or {}),
                "contact": contact_, "id": f"{event}-{days}", "tells": tells}

    known = manifest["events"]
    refunded = [it["on"] for it in journey.get("exits", []) if not it.get("only") and it["on"] in known and it["on"] != trigger]
    waited = []

    def find(steps):
        for step in steps:
            if step["kind"] == "wait_for":
                waited.append(step["event"])
            for inner in (step.get("on_timeout"), step.get("else"), step.get("steps")):
                find(inner or [])
            for way in step.get("when") or []:
                find(way["steps"])
            for arm in (step.get("arms") or {}).values():
                find(arm["steps"])

    find(journey["steps"])
    waited = list(dict.fromkeys(waited))
    yield "nothing else ever happens", contact, first, [], 0.2
    yield "nothing happens to somebody else, far away, by another chance", plain, first, [], 0.87
    yield "everything waited for comes in time", contact, first, [at(1.3 + 0.01 * n, it, contact) for n, it in enumerate(waited)], 0.2
    yield "what is waited for comes late", plain, first, [at(11 + 12 * n, it, plain) for n, it in enumerate(waited)], 0.6
    yield "it comes, but for another order", contact, first, [
        at(1.2 + n, it, contact, {known[it]["key"]: "another"}) for n, it in enumerate(waited) if known[it].get("key")
    ], 0.2
    changed = {**contact, "plan": "free", "newsletter": False, "locale": "de"}
    yield "the person becomes another one on the way", contact, first, [at(1.5, trigger, changed, {known[trigger].get("key") or "x": "second"})], 0.5
    for event in refunded:
        yield f"`{event}` in the middle", contact, first, [at(2.4, event, contact)], 0.2
        yield f"`{event}` of another order", contact, first, [at(2.4, event, contact, {known[event].get("key") or "x": "another"})], 0.2


def fresh(account, project):
    """The account with a project's templates, table and machines."""
    folder = project / "aws/prod/requests"
    requests = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    manifest = json.loads((project / "manifest.json").read_text())
    for it in requests:
        if it["path"] == "/v2/email/templates":
            post(f"{account.ses}{it['path']}", it["body"])
        elif it["path"] == "dynamodb:CreateTable":
            account.create_table(it["body"])
            account.table = it["body"]["TableName"]
    bodies = {it["body"]["name"]: it["body"]["definition"] for it in requests if it["path"] == "states:CreateStateMachine"}
    arns = {name: account.create(name, text) for name, text in bodies.items()}
    account.plan = (project / "aws/prod/plan.md").read_text()
    account.memory = next(arn for name, arn in arns.items() if name.endswith("-_events"))
    return manifest, bodies, arns


def walk(account, manifest, journey, machine, person, alerts):
    """Runs one person through; gives what is wrong."""
    _, contact, first, later, chance = person
    account.empty(account.table)
    account.begin(START, chance)
    key = (manifest["events"].get(journey["trigger"]["event"]) or {}).get("key")
    if key:
        first = {**first, key: "this"}
        later = [{**it, "event": {key: "this", **({k: v for k, v in it["event"].items() if k != key or v in ("another", "second")})}}
                 if (manifest["events"].get(it["name"]) or {}).get("key") == key else it for it in later]
    trigger = {"at": START, "name": journey["trigger"]["event"], "event": first, "contact": contact, "id": "trigger", "tells": True}
    account.remember(trigger)
    account.clock = START
    account.coming = list(later)
    expected = Person(manifest, journey, START, contact, first, [trigger, *later], chance, alerts)
    wanted = expected.run()
    status, why, execution = account.execute(machine, account.envelope(trigger))
    problems = list(account.problems)
    if status != "SUCCEEDED":
        problems.append(f"the execution ends as {status}: {why[:400]}")
    got = []
    for it in account.sent:
        tags = {tag["Name"]: tag["Value"] for tag in it["call"].get("EmailTags", [])}
        got.append((it["at"], tags.get("step"), it["call"]["Content"].get("Template", {}).get("TemplateName")))
    entered = [name.removeprefix("journeyc-prod-") for name, _ in account.entered]
    missed = [name.removeprefix("journeyc-prod-") for name in account.missed]
    if sorted(entered + missed) != sorted(expected.entered):
        problems.append(f"expected to enter {expected.entered}, and entered {entered}, tried {missed}")
    # What is not there to be entered is no surprise to whoever has read the plan.
    problems += [f"the plan does not say that there is no {it}" for it in missed if f"has no `{it}` to start" not in account.plan]
    problems += [f"{it} goes without {key}" for _, it in account.entered for key in ("contact", "event") if key not in it["detail"]]
    plain = [(step, locale) for _, step, locale, _ in wanted]
    locales = manifest["locales"]

    def language(name):
        return next((it for it in locales[1:] if name and re.search(rf"_{it}(_|$)", name)), locales[0]) if name else None

    seen = [(step if template else None, language(template)) for _, step, template in got]
    plain = [(step if template else None, locale) for (step, locale), (_, _, _, template) in zip(plain, wanted)]
    if plain != seen:
        problems.append(f"expected {plain}")
        problems.append(f"got      {seen}")
    else:
        for (due, step, _, template), (at, _, name) in zip(wanted, got):
            if abs(due - at) > TOLERANCE:
                problems.append(f"`{step}` is due {(due - START) / DAY:.3f} days after entry and comes after {(at - START) / DAY:.3f}")
            if template and template.replace("/", "_") not in name:
                problems.append(f"`{step}` is {template} and comes as {name}")
    return problems, len(got), execution


def letters(account, ses):
    """What the server has made of the templates."""
    problems = []
    for it in account.sent:
        mail = ses.mail(it["message"])
        if not mail:
            problems.append(f"the server has no {it['message']}")
            continue
        text = f"{mail['subject']}{mail['body'].get('html', '')}{mail['body'].get('text', '')}"
        problems += [f"{word!r} stands in {mail['subject']!r}" for word in ("{{", "undefined", "[object") if word in text.replace("{{amazonSESUnsubscribeUrl}}", "")]
        if not mail["subject"]:
            problems.append("a mail has no subject")
    return problems


def spoilt(definition):
    """Machines that do something else, each with what is wrong."""

    def change(name, edit):
        machine = json.loads(definition)
        edit(machine["States"])
        return name, json.dumps(machine)

    def mails(states):
        sends = [(name, it) for name, it in states.items() if it.get("Resource", "").endswith("sesv2:sendEmail")]
        return [(name, it) for name, it in sends if "Template" in it["Arguments"]["Content"]]

    def skip(states):
        # The same step in every language.
        step = mails(states)[0][1]["Arguments"]["EmailTags"][1]
        for name, mail in mails(states):
            for it in states.values():
                for way in (it, *it.get("Choices", [])):
                    for key in ("Next", "Default"):
                        if way.get(key) == name and mail["Arguments"]["EmailTags"][1] == step:
                            way[key] = mail["Next"]

    def shorten(states):
        for it in states.values():
            if it["Type"] == "Wait" and isinstance(it["Seconds"], int):
                it["Seconds"] //= 2

    def swap(states):
        it = next(it for it in states.values() if it["Type"] == "Choice" and len(it["Choices"]) == 1)
        it["Default"], it["Choices"][0]["Next"] = it["Choices"][0]["Next"], it["Default"]

    def template(states):
        for _, it in mails(states):
            it["Arguments"]["Content"]["Template"]["TemplateName"] = "prod-nothing"

    def data(states):
        for _, it in mails(states):
            it["Arguments"]["Content"]["Template"]["TemplateData"] = "{}"

    def key(states):
        for _, it in mails(states):
            it["Arguments"]["FromEmail"] = "x"

    def deaf(states):
        for it in states.values():
            if it.get("Resource", "").endswith(".waitForTaskToken"):
                it["Arguments"]["Item"]["subject"]["S"] = "nobody"

    yield change("a mail is left out", skip)
    yield change("a wait is halved", shorten)
    yield change("yes and no are exchanged", swap)
    yield change("a template that is not there", template)
    yield change("a template without its data", data)
    yield change("a key that SES does not know", key)
    yield change("those who wait are never told", deaf)


def part(project, number, parts, only):
    """A share of a project's journeys, in an account of its own: what was looked at, what is wrong, and the mails."""
    found = []
    with Ses() as ses, World(ses.url) as account:
        manifest, bodies, arns = fresh(account, project)
        alerts = {"desk", "customer-care"}
        written = [it for it in manifest["journeys"] if f"journeyc-prod-{it['name']}" in arns]
        for journey in written[number::parts]:
            if only and journey["name"] not in only:
                continue
            machine = arns[f"journeyc-prod-{journey['name']}"]
            for person in people(manifest, journey):
                problems, count, _ = walk(account, manifest, journey, machine, person, alerts)
                problems += letters(account, ses)
                found.append((f"{project.name}/{journey['name']}: {person[0]} ({count} mails)", problems, count))
        spoil = {"torture": "events"}.get(project.name, "post-purchase")
        journey = next((it for it in written if it["name"] == spoil), None)
        if journey and number == 0 and not only:
            person = list(people(manifest, journey))[2]
            for spoilt_number, (what, definition) in enumerate(spoilt(bodies[f"journeyc-prod-{spoil}"])):
                machine = account.create(f"spoilt-{spoilt_number}", definition)
                problems, *_ = walk(account, manifest, journey, machine, person, alerts)
                found.append((f"{project.name}/{spoil}, seen: {what}", [] if problems else ["nobody noticed"], None))
    return found


def main(exports):
    tally = Tally()
    projects = [it for it in sorted(exports.iterdir()) if (it / "aws").is_dir()]
    parts = os.cpu_count() or 1
    shares = [(project, number, parts, sys.argv[3:]) for project in projects for number in range(parts)]
    total = mails = 0
    # Each share patches what it runs in, so it has a process of its own.
    with multiprocessing.get_context("spawn").Pool(parts) as pool:
        for found in pool.starmap(part, shares, chunksize=1):
            for name, problems, count in found:
                tally.check(name, problems)
                total, mails = total + (count is not None), mails + (count or 0)
    tally.check(f"{total} people went through, {mails} mails", [] if total and mails else ["nothing was run"])
    tally.finish()


if __name__ == "__main__":
    main(Path(sys.argv[2]))
