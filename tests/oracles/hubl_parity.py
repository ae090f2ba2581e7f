"""Proves that HubSpot shows what our previews show, as far as that can be known from outside.

HubSpot runs Jinjava, which cannot be installed here. Jinja2 stands in for it, with what HubSpot's
documentation and Jinjava's source say is different put in: what is missing is null and prints nothing,
keys come before methods, the text "false" counts as false, texts are counted in units of UTF-16, the
filters `escape`, `urlencode`, `upper`, `lower`, `replace`, `strtodate`, `strtotime` and `format_datetime`
work as Java does, and `personalization_token` gives its second argument for what is empty.

    hubl_parity.py FOLDER
"""

import re
import sys
from datetime import datetime
from urllib.parse import quote_plus

from conform import prove
from jinja2 import ChainableUndefined, Environment

NULL = ChainableUndefined()
RETURN = "\ue00d"
LINKS = {"unsubscribe_link_all": "unsubscribe", "unsubscribe_link": "preferences", "view_as_page_url": "web_view"}
STANDARD = {"first_name": "firstname", "last_name": "lastname"}

# The letters of Unicode's patterns for dates, in those of strftime.
LETTERS = {
    "yyyy": "%Y", "yy": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%-m", "dd": "%d", "d": "%-d",
    "EEEE": "%A", "EEE": "%a", "HH": "%H", "hh": "%I", "h": "%-I", "mm": "%M", "ss": "%S", "a": "%p", "Z": "%z",
}


class Text(str):
    """A text of Java: one that says "false" counts as false."""

    def __bool__(self):
        return self.lower() not in ("", "false")


class Hubl(Environment):
    """Keys come before methods, and what is missing is null."""

    def getattr(self, obj, attribute):
        if isinstance(obj, (dict, list, str, ChainableUndefined)):
            return self.getitem(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj, argument):
        try:
            return obj[argument]
        except (KeyError, IndexError, TypeError, AttributeError):
            return NULL


def value(it):
    """A value of JSON as Java has it."""
    if it is None:
        return NULL
    if isinstance(it, str):
        return Text(it)
    if isinstance(it, list):
        return [value(entry) for entry in it]
    if isinstance(it, dict):
        return {key: value(entry) for key, entry in it.items()}
    return it


def written(it):
    if isinstance(it, bool):
        return "true" if it else "false"
    return "" if it is NULL else str(it)


def on_texts(change):
    """Filters that leave alone what is no text."""
    return lambda it: Text(change(it)) if isinstance(it, str) else it


def escape(it):
    out = written(it)
    for sign, name in (("&", "&amp;"), (">", "&gt;"), ("<", "&lt;"), ("'", "&#39;"), ('"', "&quot;")):
        out = out.replace(sign, name)
    return Text(out)


def urlencode(it):
    return Text(quote_plus(written(it), safe="*").replace("~", "%7E"))


def length(it):
    if isinstance(it, str):
        return len(it.encode("utf-16-le")) // 2
    return len(it) if isinstance(it, (list, dict)) else 0


def pattern(text):
    """A pattern of Unicode's in that of strftime."""
    def one(found):
        if found["quoted"] is not None:
            return found["quoted"].replace("''", "'").replace("%", "%%") or "'"
        if found["letters"]:
            return LETTERS[found["letters"]]
        if found["plain"] in "#{}[]":
            raise ValueError(f"reserved in a pattern: {text}")
        return found["plain"].replace("%", "%%")

    return re.sub(r"'(?P<quoted>(?:[^']|'')*)'|(?P<letters>([A-Za-z])\3*)|(?P<plain>.)", one, text, flags=re.S)


def read(text, shape):
    if not isinstance(text, str):
        raise TypeError(f"only a text is read as a date, not {text!r}")
    return datetime.strptime(text, pattern(shape))


def format_datetime(moment, shape, zone, locale):
    assert (zone, locale) == ("UTC", "en-US")
    return Text(moment.strftime(pattern(shape)))


def context(contact, event):
    """HubSpot's names."""
    person = {STANDARD.get(key, key): value(it) for key, it in contact.items()}

    def personalization_token(name, fallback):
        found = person.get(name.removeprefix("contact."), NULL)
        return fallback if found in (NULL, "") else found

    links = {name: f"https://links.example/{it}" for name, it in LINKS.items()}
    return {"contact": person, "custom": value(event), "personalization_token": personalization_token, **links}


def main(folder):
    env = Hubl(undefined=ChainableUndefined, finalize=written, keep_trailing_newline=True)
    # Jinjava has these by the same names; any other filter would not be found there.
    env.filters = {
        "escape": escape, "upper": on_texts(str.upper), "lower": on_texts(str.lower), "length": length,
        "urlencode": urlencode, "replace": lambda it, old, new: Text(it.replace(old, new)),
        "strtodate": read, "strtotime": read, "format_datetime": format_datetime,
    }
    env.tests = {**env.tests, "none": lambda it: it is NULL or it is None}
    # Jinja2 alone makes one kind of line end of all.
    parse = lambda text, _: env.from_string(text.replace("\r", RETURN))
    render = lambda template, sample, _: template.render(context(sample.contact, sample.event)).replace(RETURN, "\r")
    prove(folder, "hubl", "Jinja2 as Jinjava", parse, render)


if __name__ == "__main__":
    main(sys.argv[1])
