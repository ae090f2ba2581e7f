"""Proves that a customer gets from Klaviyo what a reviewer sees.

Every letter below DIST/klaviyo/*/requests is rendered by Django with the data of each preview below
DIST/previews, and must equal that preview: subject, preheader, HTML and text, byte for byte. Two
differences are meant: a quote may be spelt in two ways in HTML, and the preheader stands in the
message and not in the HTML, because Klaviyo puts it there itself.

    shop_letters.py DIST
"""

import json
import re
import sys
from collections import defaultdict
from difflib import unified_diff
from pathlib import Path

from django.template import Engine

import django_parity
from tally import Tally

PREHEADER = re.compile(r"(<body[^>]*>)<div style=\"display:none;[^\"]*mso-hide:all\">.*?</div>", re.DOTALL)
PLACEHOLDER = re.compile(r"\$\{(template:[^}]+)\}")


def read(folder):
    """The letters of one environment, and the heads of the messages that send them, by bound name."""
    bodies, heads = {}, defaultdict(list)
    for path in sorted((folder / "requests").glob("*.json")):
        request = json.loads(path.read_text(encoding="utf-8"))
        attributes = request["body"]["data"]["attributes"]
        for name in request["binds"]:
            bodies[name] = attributes
        for action in attributes.get("definition", {}).get("actions", []):
            if action["type"] == "send-email":
                message = action["data"]["message"]
                # Steps may share a template, so letters are known by their message.
                heads[message["name"]].append(message)
                template = PLACEHOLDER.fullmatch(message["template_id"])[1]
                if template in bodies:
                    bodies[message["name"]] = bodies[template]
    return bodies, heads


def same_quotes(html):
    """Django writes ' as &#x27; and others as &#39;: the same to every reader."""
    return html.replace("&#39;", "&#x27;")


def difference(part, expected, shown):
    """How two texts differ, or nothing."""
    if same_quotes(expected) == same_quotes(shown):
        return []
    lines = unified_diff(expected.splitlines(), shown.splitlines(), "preview", "Django", lineterm="", n=0)
    return [f"{part}: " + "\n".join(line[:300] for line in list(lines)[:8])]


def check_preview(engine, path, bodies, heads, default_locale, data=None):
    """What differs between one preview and what Django makes of the same data, or of other data."""
    journey = path.parent.name
    step, locale, _ = path.stem.rsplit(".", 2)
    name = f"{journey} / {step}" + ("" if locale == default_locale else f" ({locale})")
    if name not in bodies:
        return [f"no request creates {name}"]
    if name not in heads:
        return [f"no message sends {name}"]
    preview = json.loads(path.read_text(encoding="utf-8"))
    data = data or preview["context"]

    def render(source):
        return engine.from_string(source or "").render(django_parity.context(data["contact"], data["event"]))

    problems = []
    for message in heads[name]:
        problems += difference("subject", preview["subject"], render(message["subject_line"]))
        problems += difference("preheader", preview["preheader"] or "", render(message["preview_text"]))
    for part, ending in (("html", ".html"), ("text", ".txt")):
        expected = PREHEADER.sub(r"\1", path.with_suffix(ending).read_bytes().decode())
        problems += difference(part, expected, render(bodies[name][part]))
    return problems


def main(dist):
    engine = Engine()
    engine.template_builtins.append(django_parity.register)
    tally = Tally()
    default_locale = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))["locales"][0]
    previews = sorted((dist / "previews").glob("*/*.json"))
    tally.check("there are previews", [] if previews else ["none"])
    for environment in sorted((dist / "klaviyo").iterdir()):
        bodies, heads = read(environment)
        letters = defaultdict(list)
        for path in previews:
            letters[path.relative_to(dist / "previews").with_suffix("").with_suffix("")].append(path)
        for letter, paths in letters.items():
            problems = []
            for path in paths:
                problems += [f"{path.name}: {it}" for it in check_preview(engine, path, bodies, heads, default_locale)]
            tally.check(f"{environment.name}: {letter}, {len(paths)} previews", problems)
    nobody = {"contact": {}, "event": {}}
    noticed = any(check_preview(engine, path, bodies, heads, default_locale, nobody) for path in previews)
    tally.check("refused: letters to nobody in particular", [] if noticed else ["they equal the previews"])
    tally.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
