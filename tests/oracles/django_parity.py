"""Proves that Django shows what our previews show.

Each line of CORPUS is a template as we print it for Klaviyo, the data of one recipient, and the text
that our own evaluation of the template gives. Django must render the same, byte for byte. Klaviyo's
own tags and filters are put in as their documentation describes them. What `lookup` gives for a
missing key is not documented, so every line is rendered twice: with None, and with an empty text.

    django_parity.py CORPUS
"""

import json
import sys
from datetime import datetime
from itertools import groupby

import django
from django.conf import settings
from django.template import Context, Engine, Library

from tally import Tally

settings.configure(USE_TZ=False, USE_I18N=False)
django.setup()

register = Library()
MISSING = None


@register.filter
def lookup(value, key):
    """A key of an object, or an entry of a list by its number as a text."""
    if isinstance(value, dict):
        return value.get(key, MISSING)
    if isinstance(value, list) and str(key).isdigit() and int(key) < len(value):
        return value[int(key)]
    return MISSING


@register.filter
def format_date_string(value):
    """ISO 8601 to a moment; anything else is an error, so that we never hand it on."""
    return datetime.fromisoformat(value)


@register.simple_tag
def unsubscribe_link():
    return "https://links.example/unsubscribe"


@register.simple_tag
def manage_preferences_link():
    return "https://links.example/preferences"


@register.simple_tag
def web_view_link():
    return "https://links.example/web_view"


def context(contact, event):
    """Klaviyo's names: attributes by bare name and below `person`, properties below `event.extra`."""
    bare = {key: contact[key] for key in ("first_name", "last_name", "full_name", "email") if key in contact}
    return Context({**bare, "person": contact, "event": {"extra": event}})


def problems(template, case):
    """What Django makes of one recipient that our preview does not."""
    global MISSING
    for MISSING in (None, ""):
        try:
            shown = template.render(context(case["contact"], case["event"]))
        except Exception as error:
            shown = f"{type(error).__name__}: {error}"
        if shown != case["expected"]:
            missing = f"lookup gives {MISSING!r} for what is missing"
            yield f"{case['sample']}, {missing}:\n  template {case['template']!r}\n  Django   {shown!r}\n  preview  {case['expected']!r}"


def main(path):
    engine = Engine()
    engine.template_builtins.append(register)
    tally = Tally()
    with open(path, encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    for name, group in groupby(cases, key=lambda it: it["name"]):
        found = []
        for case in group:
            try:
                template = engine.from_string(case["template"])
            except Exception as error:
                found.append(f"{error}: {case['template']!r}")
                break
            found.extend(problems(template, case))
        tally.check(name, found)
    tally.finish()


if __name__ == "__main__":
    main(sys.argv[1])
