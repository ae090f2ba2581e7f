"""Proves that AWS would take what we write.

    aws_bodies.py EXPORTS

Every request below EXPORTS/PROJECT/aws/prod/requests is held against AWS's own models of its services,
as botocore ships them, unknown keys refused, and against the patterns and lengths that the models name
and botocore does not look at. Every `cloudformation.json` is read by cfn-lint. At the end good bodies
and a good stack are spoilt on purpose: each must be refused, or this check is blind.
"""

import copy
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import botocore.session
from botocore.validate import ParamValidator

from tally import Tally

SESSION = botocore.session.get_session()
SERVICES = {"states": "stepfunctions"}
PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
# In JSONata a timeout may be an expression ("Task workflow state", fields of AWS Step Functions); the
# schema of cfn-lint knows numbers only. Nothing else is let through.
KNOWN = re.compile(r"^E3601 '\{% \$max\(\[1, \$ceil\(\(\$deadline - \$millis\(\)\) / 1000\)\]\) %\}' is not of type 'number'$")


def shape(path):
    """The model of a call's input."""
    if path == "/v2/email/templates":
        path = "sesv2:CreateEmailTemplate"
    service, operation = path.split(":")
    return SESSION.get_service_model(SERVICES.get(service, service)).operation_model(operation).input_shape


def deeper(shape_, value, where):
    """Enumerations, patterns and lengths, which botocore leaves to the service."""
    if shape_.type_name == "structure" and isinstance(value, dict):
        return [it for key, inner in value.items() if key in shape_.members for it in deeper(shape_.members[key], inner, f"{where}.{key}")]
    if shape_.type_name == "list" and isinstance(value, list):
        return [it for inner in value for it in deeper(shape_.member, inner, f"{where}[]")]
    if shape_.type_name != "string" or not isinstance(value, str) or PLACEHOLDER.search(value):
        return []
    facts, found = shape_.metadata, []
    if facts.get("enum") and value not in facts["enum"]:
        found.append(f"{where}: {value!r} is none of {facts['enum']}")
    if not facts.get("min", 0) <= len(value) <= facts.get("max", 1 << 30):
        found.append(f"{where}: {len(value)} characters")
    return found


def problems(path, body):
    model = shape(path)
    report = ParamValidator().validate(body, model)
    found = [report.generate_report()] if report.has_errors() else []
    return found + deeper(model, body, "body")


def lint(text):
    """What cfn-lint says against a stack."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(text)
        file.flush()
        program = Path(sys.executable).parent / "cfn-lint"
        run = subprocess.run([str(program), "-r", "eu-central-1", "-t", file.name], capture_output=True, text=True, timeout=300)
    lines = [it for it in run.stdout.splitlines() if re.match(r"^[EWI]\d{4} ", it)]
    if run.returncode and not lines:
        lines = [f"cfn-lint ends with {run.returncode}: {run.stderr[-300:]}"]
    return [it for it in lines if not KNOWN.match(it)]


def spoilt(requests):
    """Bodies that must be refused."""

    def change(path, name, edit):
        body = copy.deepcopy(next(it["body"] for it in requests if it["path"] == path))
        edit(body)
        return path, name, body

    yield change("/v2/email/templates", "a misspelt key in a template", lambda it: it["TemplateContent"].update(Sbject="x"))
    yield change("/v2/email/templates", "a template without a name", lambda it: it.pop("TemplateName"))
    yield change("/v2/email/templates", "a page that is no text", lambda it: it["TemplateContent"].update(Html=[]))
    yield change("states:CreateStateMachine", "a machine without a role", lambda it: it.pop("roleArn"))
    yield change("states:CreateStateMachine", "a machine of an unknown type", lambda it: it.update(type="PIGEON"))
    yield change("states:CreateStateMachine", "a machine with too long a name", lambda it: it.update(name="x" * 81))
    yield change("events:PutRule", "a rule in an unknown state", lambda it: it.update(State="SLEEPING"))
    yield change("events:PutRule", "a rule with a misspelt key", lambda it: it.update(Eventpattern="{}"))
    yield change("events:PutTargets", "a target without an address", lambda it: it["Targets"][0].pop("Arn"))
    yield change("dynamodb:CreateTable", "a table whose key is no text", lambda it: it["AttributeDefinitions"][0].update(AttributeType="X"))
    yield change("iam:CreateRole", "a role that nobody may take on", lambda it: it.pop("AssumeRolePolicyDocument"))


def spoilt_stacks(text):
    def change(name, edit):
        stack = json.loads(text)
        edit(stack["Resources"])
        return name, json.dumps(stack)

    def machine(resources):
        return next(it["Properties"] for it in resources.values() if it["Type"] == "AWS::StepFunctions::StateMachine")

    yield change("a property that does not exist", lambda it: it["Table"]["Properties"].update(Nmae="x"))
    yield change("a role that is not there", lambda it: machine(it).update(RoleArn={"Fn::GetAtt": ["Nobody", "Arn"]}))
    yield change("a machine without a start", lambda it: machine(it)["Definition"].pop("StartAt"))
    yield change("a state of an unknown type", lambda it: machine(it)["Definition"]["States"].update(x={"Type": "Pigeon"}))
    yield change("a rule in an unknown state", lambda it: next(r for r in it.values() if r["Type"] == "AWS::Events::Rule")["Properties"].update(State="SLEEPING"))


def main(exports):
    tally = Tally()
    requests, stack = [], None
    for folder in sorted(exports.glob("*/aws/*")):
        bound = set()
        for path in sorted((folder / "requests").glob("*.json")):
            request = json.loads(path.read_text())
            requests.append(request)
            found = problems(request["path"], request["body"])
            found += [f"nothing earlier gives ${{{it}}}" for it in PLACEHOLDER.findall(json.dumps(request["body"])) if it not in bound]
            bound |= set(request["binds"])
            if re.search(r"\b\d{12}\b", json.dumps({**request, "body": {k: v for k, v in request["body"].items() if k != "TemplateContent"}})) and "definition" not in request["body"]:
                found.append("a number of an account stands here")
            if request["path"] == "events:PutRule" and request["body"]["State"] != "DISABLED":
                found.append("the rule would go live at once")
            tally.check(f"{folder.parts[-3]}/{path.name} is a body that AWS takes", found)
        stack = (folder / "cloudformation.json").read_text()
        found = lint(stack)
        rules = [it for it in json.loads(stack)["Resources"].values() if it["Type"] == "AWS::Events::Rule"]
        found += ["a rule would go live at once" for it in rules if it["Properties"]["State"] != "DISABLED"]
        tally.check(f"{folder.parts[-3]}: cfn-lint takes the stack of {len(rules)} rules", found)
    tally.check("there are requests and a stack to spoil", [] if requests and stack else ["none"])
    if requests and stack:
        for path, name, body in spoilt(requests):
            tally.check(f"refused: {name}", [] if problems(path, body) else ["the model let it pass"])
        for name, text in spoilt_stacks(stack):
            tally.check(f"refused: {name}", [] if lint(text) else ["cfn-lint let it pass"])
    tally.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
