"""Proves that every preview opens in a mail program as the mail that it is.

Every DIST/previews/**/*.eml is read by Python's `email` package (policy `default`): the parts and
their order, every header and what it says, the encodings, and that both bodies are the `.txt` and
`.html` beside it, byte for byte (line ends are CRLF on the way). Copies of one mail are spoilt in
many ways, and each must be refused; the program is also run on hostile names, which must begin no
header. `previews/index.json` must name every mail, and nothing else.

    eml.py DIST JOURNEYC
"""

import email
import email.policy
import json
import re
import subprocess
import sys
import tempfile
from datetime import datetime
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path

from tally import Tally

SINGLE = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Language", "X-Unsent", "Content-Type"]
OPTIONAL = ["Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post"]


def mailbox(raw, header):
    """Name and address, by the older of Python's two readers: the newer one keeps the space between two
    encoded words of a name, which RFC 2047 drops."""
    value = email.message_from_bytes(raw, policy=email.policy.compat32)[header]
    name, address = parseaddr(re.sub(r"\r\n(?=[ \t])", "", value))
    return str(make_header(decode_header(name))), address


def wrong(raw, html, text, facts, project, commercial):
    """What is wrong with one message, as a list of sentences."""
    found = []

    def must(holds, what):
        if not holds:
            found.append(what)

    must(re.search(rb"(?<!\r)\n|\r(?!\n)", raw) is None, "a line does not end with CRLF")
    must(all(len(line) <= 998 for line in raw.split(b"\r\n")), "a line is too long")
    must(raw.isascii(), "there are bytes above 127")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    must(not message.defects, f"the parser complains: {message.defects}")
    for name in SINGLE:
        must(len(message.get_all(name, [])) == 1, f"there is not exactly one {name}")
    for name in OPTIONAL:
        must(len(message.get_all(name, [])) <= 1, f"there is more than one {name}")
    unknown = set(message.keys()) - set(SINGLE) - set(OPTIONAL)
    must(not unknown, f"unknown headers: {unknown}")
    if found:
        return found
    for name, value in message.items():
        must(not getattr(value, "defects", ()), f"{name}: {value.defects}")

    sender = project["senders"][facts["sender"]]
    people = [mailbox(raw, name) for name in ("From", "To")]
    must(people[0] == (sender["name"], sender["address"]), f"From is {people[0]}")
    if "reply_to" in sender:
        must(message["Reply-To"].addresses[0].addr_spec == sender["reply_to"], "Reply-To is another")
    first_name = facts["context"]["contact"].get("first_name") or ""
    must(people[1][0] == re.sub(r"[\x00-\x1f\x7f]", " ", first_name), f"To is {people[1]}")
    must([len(message[it].addresses) for it in ("From", "To")] == [1, 1], "it is not from one to one")
    must(message["Subject"] == re.sub(r"[\x00-\x1f\x7f]", " ", facts["subject"]), f"Subject is {message['Subject']!r}")
    must(isinstance(message["Date"].datetime, datetime), "Date is no date")
    must(re.fullmatch(r"<[0-9a-f]{24}@[a-z0-9.-]+>", message["Message-ID"]) is not None, "Message-ID is none")
    must(message["Content-Language"] == facts["locale"], "Content-Language is another")
    must((message["List-Unsubscribe"] is not None) == commercial, "List-Unsubscribe is for commercial mail")
    if commercial:
        must(re.fullmatch(r"<https://\S+>", message["List-Unsubscribe"]) is not None, "List-Unsubscribe is no link")
        must(message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click", "List-Unsubscribe-Post is another")

    must(message.get_content_type() == "multipart/alternative", "it is not multipart/alternative")
    parts = list(message.iter_parts())
    must([it.get_content_type() for it in parts] == ["text/plain", "text/html"], "the parts are others, or in another order")
    if len(parts) != 2:
        return found
    for part, expected in zip(parts, (text, html)):
        kind = part.get_content_type()
        must(not part.defects, f"{kind}: {part.defects}")
        must(part.get_content_charset() == "utf-8", f"{kind} is not UTF-8")
        must(part["Content-Transfer-Encoding"] == "quoted-printable", f"{kind} is not quoted-printable")
        decoded = part.get_payload(decode=True).replace(b"\r\n", b"\n")
        must(decoded == expected.replace(b"\r\n", b"\n"), f"{kind} is not what the preview beside it shows")
    return found


def spoilt(raw):
    """Copies of a message, each with something wrong."""
    head, body = raw.split(b"\r\n\r\n", 1)
    boundary = re.search(rb'boundary="([^"]+)"', head)[1]
    parts = body.split(b"--" + boundary)
    yield "bare line ends", raw.replace(b"\r\n", b"\n")
    yield "one bare line end", raw.replace(b"\r\n", b"\n", 1)
    yield "no subject", re.sub(rb"Subject: .*?\r\n(?! )", b"", raw, count=1, flags=re.DOTALL)
    yield "another subject", raw.replace(b"Subject: ", b"Subject: x", 1)
    yield "two subjects", b"Subject: x\r\n" + raw
    yield "a header too many", b"Bcc: all@example.com\r\n" + raw
    yield "no date", re.sub(rb"Date: .*?\r\n", b"", raw, count=1)
    yield "no message id", re.sub(rb"Message-ID: .*?\r\n", b"", raw, count=1)
    yield "no MIME version", raw.replace(b"MIME-Version: 1.0\r\n", b"", 1)
    yield "another language", re.sub(rb"Content-Language: ..", b"Content-Language: xx", raw, count=1)
    yield "another sender", re.sub(rb"From: .*?<[^>]*>", b"From: a@b.example", raw, count=1, flags=re.DOTALL)
    yield "parts in another order", head + b"\r\n\r\n" + (b"--" + boundary).join([parts[0], parts[2], parts[1], parts[3]])
    yield "a part too few", head + b"\r\n\r\n" + (b"--" + boundary).join([parts[0], parts[1], parts[3]])
    yield "no end", raw.replace(b"--" + boundary + b"--", b"", 1)
    yield "another charset", raw.replace(b"charset=utf-8", b"charset=latin-1", 1)
    yield "no encoding", raw.replace(b"Content-Transfer-Encoding: quoted-printable", b"Content-Transfer-Encoding: 7bit", 1)
    yield "another word", raw[:-60].replace(b"e\r\n", b"o\r\n") + raw[-60:] if b"e\r\n" in body else raw + b"x"
    yield "a raw byte", raw.replace(b"=C3", b"\xc3", 1) if b"=C3" in body else raw + b"\xc3"
    yield "a long line", raw.replace(b"=\r\n", b"") + b"x" * 1000 + b"\r\n"


HOSTILE = {
    "journeyc.yaml": """
version: 1
brand: {name: Fern, url: https://fern.example, postal_address: "Fern, 1 Row, Bristol, UK"}
profile: ecommerce
timezone: Europe/London
locales: [en, de]
senders:
  care: {kind: role, name: "Jörg \\"& Söhne\\" 🌱, Grüße aus der ganz besonders langen Gärtnerei am Ende der Straße", address: care@fern.example, monitored: true, reply_to: help@fern.example}
events: {order_paid: {milestone: payment, properties: {id: {type: string, sample: ["1\\r\\nX-Evil: 1", "=?utf-8?Q?x?="]}}}}
contact: {first_name: {type: string, nullable: true, sample: ["Ana\\r\\nBcc: all@example.com\\r\\n\\r\\n<b>x</b>", "D'Arcy \\"Q\\" <x@y.example>, z", "=?utf-8?Q?Evil?="]}}
personas:
  emoji: {description: Writes emoji, contact: {first_name: "👩🏽‍🌾 Åsa ñ 中文"}}
  german: {description: Reads German, contact: {first_name: "Jürgen Großmüller"}, locale: de}
lint: {groups: {coverage: off, timing: off, consent: off, relationship: off, message: off, feedback: off, logic: off, overlap: off}}
""",
    "journeys/hello.yaml": """
journey: hello
class: transactional
from: care
trigger: {event: order_paid}
steps:
  - send: {id: hi, template: hi, purpose: confirmation}
""",
    "templates/hi.md": "---\nsubject: \"🌱 {{ contact.first_name | default('you') }}: {{ event.id }} is here, and what a long subject this is, which must be folded\"\npreheader: Hello\n---\nHi {{ contact.first_name | default('you') }}, 🎉 \n\n=20 is no code.  \n.\n\nFrom here on: " + "x" * 1200 + "\n",
    "templates/hi.de.md": "---\nsubject: \"Schöne Grüße, {{ contact.first_name | default('Freundin der Gärten, der Wälder, der Wiesen und der Äcker überall') }}\"\npreheader: Hallo\n---\nÄÖÜäöüß " + "ü" * 500 + "\n",
}


def check_folder(tally, dist, project, classes):
    """Checks all previews of a build; gives the last message for spoiling."""
    index = json.loads((dist / "previews/index.json").read_text(encoding="utf-8"))
    named = {place for entry in index for place in entry["previews"].values()}
    there = {str(path.relative_to(dist / "previews"))[:-4] for path in (dist / "previews").rglob("*.eml")}
    tally.check("the index names every mail, and nothing else", sorted(named ^ there))
    last = None
    for entry in index:
        for case, place in entry["previews"].items():
            path = dist / "previews" / place
            facts = json.loads(path.with_name(path.name + ".json").read_text(encoding="utf-8"))
            facts["locale"] = path.name.split(".")[1]
            read = lambda ending: path.with_name(path.name + ending).read_bytes()
            commercial = classes[entry["journey"], entry["step"]] == "commercial"
            last = (read(".eml"), read(".html"), read(".txt"), facts, project, commercial)
            tally.check(f"{entry['journey']}/{entry['step']}.{entry['locale']} {case}", wrong(*last))
    return last


def read_build(dist):
    """Who writes, and the class of every email by journey and step, out of the manifest."""
    manifest = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    classes, senders = {}, {}

    def walk(journey, it):
        if isinstance(it, dict):
            if it.get("kind") == "send" and "class" in it:
                classes[journey, it["node"]] = it["class"]
            if {"id", "name", "address"} <= it.keys():
                senders[it["id"]] = it
            for value in it.values():
                walk(journey, value)
        elif isinstance(it, list):
            for value in it:
                walk(journey, value)

    for journey in manifest["journeys"]:
        walk(journey["name"], journey)
    return {"senders": senders}, classes


def main(dist, program):
    tally = Tally()
    dist = Path(dist)
    manifest, classes = read_build(dist)
    last = check_folder(tally, dist, manifest, classes)
    for what, copy in spoilt(last[0]):
        tally.check(f"refused: {what}", [] if wrong(copy, *last[1:]) else ["it was taken for right"])
    with tempfile.TemporaryDirectory() as folder:
        for path, text in HOSTILE.items():
            path = Path(folder) / path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        run = subprocess.run([program, "build", "--root", folder], capture_output=True, text=True)
        tally.check("the hostile repository is built", [run.stderr] if run.returncode else [])
        if run.returncode == 0:
            built = Path(folder) / "dist"
            manifest, classes = read_build(built)
            check_folder(tally, built, manifest, classes)
    tally.finish()


if __name__ == "__main__":
    main(*sys.argv[1:])
