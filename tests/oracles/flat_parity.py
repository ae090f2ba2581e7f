"""Proves that Resend's templates, as documented, show what our previews show.

No engine of Resend's can run here, and this one is ours: a reading of the documentation in thirty lines
(templates take `{{{KEY}}}`; the value that was handed over is put in, else the declared fallback; a variable
with neither fails the send; `RESEND_UNSUBSCRIBE_URL` is Resend's own; nothing else is read). It is no
proof of what Resend does, only that what we print asks for nothing beyond that. Whatever is not
documented, such as two braces that are not a variable, is an error here.

    flat_parity.py FOLDER
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


if __name__ == "__main__":
    prove(sys.argv[1], "flat", "our reading of Resend's documentation", parse, render)
