"""Runs a real engine over what a dialect printed of the whole corpus, and prints its row of the table.

The test suite fills a folder (tests/suite/dialect/proof.rs): `samples.json` holds the recipients,
`DIALECT.jsonl` one printed template a line with what each recipient must see, `DIALECT.json` how many
templates were printed and refused. An oracle in Python says how its engine reads a template and how it
renders one, and calls `prove`. Equal or refused: whatever is different is a failure.
"""

import json
import sys
import time
from pathlib import Path

SHOWN = 25


class Sample:
    """One recipient of one template: the data, what was worked out before, and what must come out."""

    def __init__(self, line, recipients, fallbacks):
        self.name = line["sample"]
        self.contact = recipients[self.name]["contact"]
        self.event = recipients[self.name]["event"]
        self.variables = line.get("variables", {})
        self.fallbacks = fallbacks
        self.expected = line["expected"]


def templates(folder, dialect):
    """Each printed template of a dialect with its samples."""
    recipients = json.loads(Path(folder, "samples.json").read_text(encoding="utf-8"))
    with Path(folder, f"{dialect}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            line = json.loads(line)
            yield line, [Sample(it, recipients, line["fallbacks"]) for it in line["samples"]]


def prove(folder, dialect, engine, parse, render, ways=("",)):
    """Renders everything and ends the process.

    `parse(text, surface)` gives what `render(parsed, sample, way)` takes. `ways` are what the provider's
    documentation leaves open, such as what a missing key is: in each of them the same must come out.
    """
    begin = time.monotonic()
    passed = failed = equal = 0
    for line, samples in templates(folder, dialect):
        problems = []
        try:
            parsed = parse(line["template"], line["surface"])
        except Exception as error:
            problems.append(f"{engine} cannot read it: {type(error).__name__}: {error}")
            samples = []
        for sample in samples:
            for way in ways:
                try:
                    shown = render(parsed, sample, way)
                except Exception as error:
                    shown = f"{type(error).__name__}: {error}"
                if shown == sample.expected:
                    equal += 1
                else:
                    problems.append(f"{sample.name}{way and ', ' + way}:\n       {engine} {shown!r}\n       preview {sample.expected!r}")
        if not problems:
            passed += 1
            continue
        failed += 1
        if failed <= SHOWN:
            print(f"FAIL {line['name']}, {line['surface']}: {line['template']!r}")
            for problem in problems[:5]:
                print(f"     {problem}")
            if len(problems) > 5:
                print(f"     … and {len(problems) - 5} more")
    if failed > SHOWN:
        print(f"… and {failed - SHOWN} more templates")
    refused = json.loads(Path(folder, f"{dialect}.json").read_text(encoding="utf-8"))["refused"]
    seconds = time.monotonic() - begin
    print(f"{dialect}: {passed + failed} templates printed, {refused} refused, {equal} renderings equal, {failed} templates different ({engine}, {seconds:.0f} s)")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
