"""Proves that Resend's and Brevo's templates, as documented, show what our previews show.

No engine of Resend's can run here, and this one is ours: a reading of the documentation in thirty lines
(templates take `{{{KEY}}}`; the value that was handed over is put in, else the declared fallback; a variable
with neither fails the send; `RESEND_UNSUBSCRIBE_URL` is Resend's own; nothing else is read). It is no
proof of what Resend does, only that what we print asks for nothing beyond that. Whatever is not
documented, such as two braces that are not a variable, is an error here.

Of Brevo's language only `{{ params.NAME }}` and its own links are read; conditions, loops and filters are
an error, because nothing documents exactly what they do.

    flat_parity.py FOLDER [brevo]
"""

import re
import sys

from conform import prove

TAG = re.compile(r"\{\{\{([A-Za-z0-9_]+)\}\}\}")
RESERVED = {"FIRST_NAME", "LAST_NAME", "EMAIL", "UNSUBSCRIBE_URL", "RESEND_UNSUBSCRIBE_URL", "contact", "this"}


def parse(text, surface):
    """Fixed texts and keys in turn."""
    pieces = TAG.split(text)
    fixed, keys = pieces[::2], pieces[1::2]
    for before, after in zip(fixed, fixed[1:]):
        if before.endswith("{") or after.startswith("}"):
            raise ValueError("a brace beside a variable")
    if any("{{" in it for it in fixed):
        raise ValueError("braces that are no variable")
    if len(set(keys)) > 50:
        raise ValueError("more than 50 variables")
    return fixed, keys


def render(parsed, sample, _):
    """One send."""
    fixed, keys = parsed
    values = {**sample.fallbacks, **sample.variables}
    if clash := RESERVED & set(values):
        raise ValueError(f"reserved names: {clash}")
    values["RESEND_UNSUBSCRIBE_URL"] = "https://links.example/unsubscribe"
    out = [fixed[0]]
    for key, after in zip(keys, fixed[1:]):
        out.append(values[key])
        out.append(after)
    return "".join(out)


BREVO = re.compile(r"\{\{ ([a-z_]+(?:\.[A-Za-z0-9_]+)?) \}\}")
BREVO_LINKS = {
    "unsubscribe": "https://links.example/unsubscribe",
    "update_profile": "https://links.example/preferences",
    "mirror": "https://links.example/web_view",
}


def parse_brevo(text, surface):
    """Fixed texts and names in turn."""
    pieces = BREVO.split(text)
    fixed, names = pieces[::2], pieces[1::2]
    if any(re.search(r"\{[{%#]", it) for it in fixed):
        raise ValueError("a tag that is not documented")
    for before, after in zip(fixed, fixed[1:]):
        if before.endswith("{") or after.startswith("}"):
            raise ValueError("a brace beside a tag")
    for name in names:
        if name not in BREVO_LINKS and not name.startswith("params."):
            raise ValueError(f"{name} is not documented")
    return fixed, names


def render_brevo(parsed, sample, _):
    """One send."""
    fixed, names = parsed
    values = {f"params.{name}": value for name, value in sample.variables.items()} | BREVO_LINKS
    out = [fixed[0]]
    for name, after in zip(names, fixed[1:]):
        out.append(values[name])
        out.append(after)
    return "".join(out)


if __name__ == "__main__":
    if sys.argv[2:] == ["brevo"]:
        prove(sys.argv[1], "brevo", "our reading of Brevo's documentation", parse_brevo, render_brevo)
    prove(sys.argv[1], "flat", "our reading of Resend's documentation", parse, render)
