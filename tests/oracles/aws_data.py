"""Proves that the machines work out for SES what its templates want.

    aws_data.py DIALECTS

Every `TemplateData` in the machines of DIALECTS/exports is an expression in JSONata. Each is worked out
by `jsonata-python` for two people, one with awkward values and one with hardly any, and held against
what our own reading of the template hands over (DIALECTS/aws-data). At the end expressions are spoilt on
purpose: the difference must be seen.
"""

import json
import re
import sys
from pathlib import Path

import jsonata

from tally import Tally


def work_out(expression, sample):
    """The data that an expression gives."""
    code = expression.removeprefix("{%").removesuffix("%}")
    variables = f"$contact := {json.dumps(sample['contact'])}; $event := {json.dumps(sample['event'])};"
    code = code.replace("$parse(", "$eval(")
    return json.loads(jsonata.Jsonata(f"({variables} {code})").evaluate(None))


def problems(expression, samples):
    found = []
    for sample in samples:
        got, wanted = work_out(expression, sample), sample["data"]
        found += [f"{name}: expected {wanted[name]!r}, got {got.get(name)!r}" for name in wanted if got.get(name) != wanted[name]]
    return found


def mails(folder):
    """Every mail state of the machines: journey, step, language, expression."""
    for path in sorted(folder.glob("aws/prod/requests/*.json")):
        request = json.loads(path.read_text())
        if request["path"] != "states:CreateStateMachine":
            continue
        for state in json.loads(request["body"]["definition"])["States"].values():
            template = state.get("Arguments", {}).get("Content", {}).get("Template")
            if template:
                tags = {it["Name"]: it["Value"] for it in state["Arguments"]["EmailTags"]}
                yield tags["journey"], tags["step"], template["TemplateName"], template["TemplateData"]


def main(root):
    tally = Tally()
    count = names = 0
    last = None
    for project in ("shop", "torture"):
        known = {}
        for it in json.loads((root / "aws-data" / f"{project}.json").read_text()):
            known.setdefault((it["journey"], it["step"]), {})[it["locale"]] = it["samples"]
        wrong = []
        for journey, step, template, expression in mails(root / "exports" / project):
            languages = known[journey, step]
            locale = "de" if re.search(r"_de(_|$)", template) and "de" in languages else "en"
            found = problems(expression, languages[locale])
            wrong += [f"{journey}/{step} in {locale}: {it}" for it in found]
            count, names = count + 1, names + len(languages[locale][0]["data"])
            if languages[locale][0]["data"]:
                last = (expression, languages[locale])
        tally.check(f"{project}: what machines hand over is what templates want", wrong)
    tally.check(f"{count} mails with {names} values were worked out for two people each", [] if count and names else ["none"])
    if last:
        for what, spoilt in {
            "signs that are not escaped": last[0].replace("&amp;", "&").replace("$html(", "$text("),
            "an empty object": "{% \"{}\" %}",
        }.items():
            tally.check(f"seen: {what}", [] if spoilt == last[0] or problems(spoilt, last[1]) else ["nobody noticed"])
    tally.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
