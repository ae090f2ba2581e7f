"""Published OpenAPI files, read in closed mode.

A key that the spec does not know is an error, so that a misspelt key cannot hide; `oneOf` is read as
`anyOf`, because specs type numbers as `oneOf: [integer, number]`, which no integer satisfies.
"""

import json
import re
from datetime import datetime

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

FORMATS = FormatChecker(formats=["date"])
FORMATS.checks("date-time", raises=ValueError)(lambda it: not isinstance(it, str) or bool(datetime.fromisoformat(it)))
FORMATS.checks("time")(lambda it: not isinstance(it, str) or bool(re.fullmatch(r"([01]\d|2[0-3])(:[0-5]\d){2}", it)))
FORMATS.checks("uri")(lambda it: not isinstance(it, str) or bool(re.match(r"[a-z][a-z0-9+.-]*:", it)))

PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")


def closed(node):
    """OpenAPI 3.0 as JSON Schema: unknown keys refused, `oneOf` read as `anyOf`, `nullable` spelt out."""
    if isinstance(node, list):
        return [closed(it) for it in node]
    if not isinstance(node, dict):
        return node
    out = {("anyOf" if key == "oneOf" else key): closed(value) for key, value in node.items()}
    if isinstance(out.get("properties"), dict) and "additionalProperties" not in out:
        out["additionalProperties"] = False
    if out.pop("nullable", False) is True:
        return {"anyOf": [out, {"type": "null"}]}
    return out


def load(path, endpoint, method="post", media="application/json"):
    """The validator of one endpoint's request body."""
    spec = json.loads(path.read_text())
    body = spec["paths"][endpoint][method]["requestBody"]["content"][media]["schema"]
    root = {"components": closed({"schemas": spec["components"]["schemas"]}), **closed(body)}
    return Draft202012Validator(root, format_checker=FORMATS)


def schema_problems(validator, body):
    """What the spec says against a body, in one sentence, or nothing."""
    error = best_match(validator.iter_errors(body))
    return [f"{error.json_path}: {error.message[:300]}"] if error else []


def placeholder_problems(request, bound):
    """Placeholders that no earlier request fills."""
    wanted = PLACEHOLDER.findall(json.dumps([request["path"], request["body"]]))
    return [f"nothing earlier gives ${{{it}}}" for it in wanted if it not in bound]
