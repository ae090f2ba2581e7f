"""Proves that Mautic's tokens show what our previews show.

Mautic itself cannot run here, and this engine is ours: a reading of its `TokenHelper` and `MailHelper` in
forty lines. Tokens are looked for in the text as it was written, `{` and `}` also as `%7B` and `%7D`; a
field that is blank gives what stands behind the bar; then each token found is replaced in turn, wherever it
stands by then, so that what was put in is read again. The other tokens that Mautic knows are replaced too:
a text that happens to read like one would show.

    mautic_parity.py FOLDER
"""

import re
import sys

from conform import prove

FIELD = re.compile(r"(\{|%7B)contactfield=(.*?)(\}|%7D)")
SPECIAL = {"true", "date", "datetime", "time"}
OWN = {
    "{unsubscribe_url}": "https://links.example/unsubscribe",
    "{webview_url}": "https://links.example/web_view",
    "{unsubscribe_text}": "(unsubscribe)", "{webview_text}": "(web view)", "{dnc_url}": "(dnc)",
    "{signature}": "(signature)", "{subject}": "(subject)", "{tracking_pixel}": "(pixel)",
}


def parse(text, surface):
    """The text, and the fields that it asks for."""
    tokens = {}
    for token in FIELD.finditer(text):
        name, _, fallback = token[2].partition("|")
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
            raise ValueError(f"no field can be called {name!r}")
        if "|" in fallback or fallback in SPECIAL:
            raise ValueError(f"a fallback that means something else: {fallback!r}")
        tokens[token[0]] = (name, fallback)
    return text, tokens


def render(parsed, sample, _):
    """One send."""
    text, tokens = parsed
    for token, (name, fallback) in tokens.items():
        value = sample.variables.get(name)
        if value is None and name not in sample.fallbacks:
            raise ValueError(f"nobody hands over {name!r}")
        text = text.replace(token, fallback if value in (None, "") else value)
    for token, value in OWN.items():
        text = text.replace(token, value)
    return text


if __name__ == "__main__":
    prove(sys.argv[1], "flat-mautic", "our reading of Mautic's tokens", parse, render)
