"""Proves that Omnisend's personalisation, as documented, shows what our previews show.

No engine of Omnisend's can run here, and this one is ours: a reading of the documentation in thirty lines
(`[[contact.first_name]]` puts a value in, nothing stands where it is blank, or the text of
`| default: "…"`; `[[unsubscribe_link]]` is Omnisend's own; nothing else is read). A page gets values
escaped, a text or a subject gets them as they are: that is taken for granted, not documented. Whatever is
not documented is an error here.

    omnisend_parity.py FOLDER
"""

import html
import re
import sys

from conform import prove

TAG = re.compile(r'\[\[([a-z_]+(?:\.[A-Za-z0-9_]+)*)(?: \| default: "([^"\[\]|]*)")?\]\]')
FIELDS = {"email", "first_name", "last_name"}


def parse(text, surface):
    """Fixed texts, names and fallbacks in turn."""
    pieces = TAG.split(text)
    fixed, names, fallbacks = pieces[::3], pieces[1::3], pieces[2::3]
    for before, after in zip(fixed, fixed[1:]):
        if before.endswith("[") or after.startswith("]"):
            raise ValueError("a bracket beside a tag")
    if any("[[" in it or "[%" in it for it in fixed):
        raise ValueError("brackets that are no tag")
    return fixed, names, fallbacks, surface


def value(name, sample):
    """What a name stands for."""
    if name == "unsubscribe_link":
        return "https://links.example/unsubscribe"
    root, _, key = name.partition(".")
    if root == "contact" and key in FIELDS:
        return sample.contact.get(key)
    if root == "contact" and key.startswith("custom_properties."):
        return sample.contact.get(key.removeprefix("custom_properties."))
    if root == "event" and key.startswith("raw."):
        return sample.event.get(key.removeprefix("raw."))
    raise ValueError(f"no such tag: {name}")


def render(parsed, sample, _):
    """One send."""
    fixed, names, fallbacks, surface = parsed
    out = [fixed[0]]
    for name, fallback, after in zip(names, fallbacks, fixed[1:]):
        found = value(name, sample)
        if found in (None, ""):
            found = fallback or ""
        if not isinstance(found, str):
            raise ValueError(f"how Omnisend writes {found!r} is not documented")
        if surface == "html" and name != "unsubscribe_link":
            found = html.escape(found).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
        out += [found, after]
    return "".join(out)


if __name__ == "__main__":
    prove(sys.argv[1], "omnisend", "our reading of Omnisend's documentation", parse, render)
