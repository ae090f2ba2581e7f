"""Proves that Django shows what our previews show.

Django must render every template as we print it for Klaviyo, for every recipient of the corpus, as
our own evaluation does, byte for byte (`conform.py`). Klaviyo's own tags and filters are put in as
their documentation describes them. What `lookup` gives for a missing key is not documented, so each
is rendered twice: with None, and with an empty text.

    django_parity.py FOLDER
"""

import sys
from datetime import datetime

import django
from django.conf import settings
from django.template import Context, Engine, Library

from conform import prove

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


WAYS = {"lookup gives None for what is missing": None, "lookup gives an empty text for what is missing": ""}


def render(template, sample, way):
    """What Django makes of one recipient."""
    global MISSING
    MISSING = WAYS[way]
    return template.render(context(sample.contact, sample.event))


def main(folder):
    engine = Engine()
    engine.template_builtins.append(register)
    prove(folder, "django", "Django", lambda text, _: engine.from_string(text), render, tuple(WAYS))


if __name__ == "__main__":
    main(sys.argv[1])
