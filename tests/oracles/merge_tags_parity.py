"""Proves that Mailchimp's merge tags, as documented, show what our previews show.

No engine of Mailchimp's can run here, and this one is ours: a reading of the documentation of
transactional mail. `*|NAME|*` is the value that was handed over; `IF:NAME=x` holds if the value is x, and
not if there is none; `<`, `<=`, `>` and `>=` order numbers; the first arm of `IF`, `ELSEIF` and `ELSE` that holds
is shown; conditions nest; `HTML:` puts a value in as the HTML that it is. It is no proof of what
Mailchimp does, only that what we print asks for nothing beyond that. What is open is tried both ways:
whether a plain tag escapes what it puts into a page, and whether capitals matter in a comparison.
What is neither documented nor tried is an error here.

    merge_tags_parity.py FOLDER
"""

import html
import re
import sys

from conform import prove

TAG = re.compile(r"\*\|(.+?)\|\*", re.DOTALL)
NAME = re.compile(r"[A-Za-z0-9_]+")
QUESTION = re.compile(r"([A-Za-z0-9_]+)(<=|>=|=|<|>)([A-Za-z0-9_.]+)")
ESCAPING, PLAIN = "plain tags escape, and capitals do not matter", "plain tags do not escape, and capitals matter"


def parse(text, surface):
    """A tree: texts, ('value', name, is_html), ('if', [(question or None, tree)])."""
    pieces = TAG.split(text)
    root = []
    stack = [root]
    for at, piece in enumerate(pieces):
        here = stack[-1]
        if at % 2 == 0:
            if "*|" in piece or "|*" in piece:
                raise ValueError(f"signs that are no tag: {piece!r}")
            here.append(piece)
        elif piece.startswith("IF:"):
            if surface == "subject":
                raise ValueError("conditions in a subject are not documented")
            choice = ("if", [(question(piece[3:]), [])])
            here.append(choice)
            stack += [choice, choice[1][-1][1]]
        elif piece.startswith("ELSEIF:") or piece == "ELSE:":
            stack.pop()
            arms = stack[-1][1]
            if arms[-1][0] is None:
                raise ValueError("an arm behind the last one")
            arms.append((None if piece == "ELSE:" else question(piece[7:]), []))
            stack.append(arms[-1][1])
        elif piece == "END:IF":
            stack.pop()
            for _, body in stack.pop()[1]:
                if not any(body):
                    raise ValueError("an arm that says nothing")
        else:
            is_html = piece.startswith("HTML:")
            name = piece.removeprefix("HTML:")
            if not NAME.fullmatch(name):
                raise ValueError(f"no such tag: {piece!r}")
            here.append(("value", name, is_html or surface != "html"))
    if len(stack) != 1:
        raise ValueError("a condition without an end")
    return root


def question(text):
    """The name, the sign and the value of a condition."""
    found = QUESTION.fullmatch(text)
    if not found:
        raise ValueError(f"no documented condition: {text!r}")
    return found.groups()


def holds(asked, variables, way):
    """Whether an arm is shown."""
    if asked is None:
        return True
    name, sign, value = asked
    given = variables.get(name, "")
    if sign == "=":
        return given == value if way == PLAIN else given.casefold() == value.casefold()
    given, value = float(given), float(value)
    return {"<": given < value, "<=": given <= value, ">": given > value, ">=": given >= value}[sign]


def render(tree, sample, way):
    """One mail."""
    variables = {"UNSUB": "https://links.example/unsubscribe", **sample.variables}
    out = []
    for it in tree:
        if isinstance(it, str):
            out.append(it)
        elif it[0] == "value":
            _, name, as_is = it
            value = variables[name]
            out.append(value if as_is or way == PLAIN else html.escape(value))
        else:
            body = next((body for asked, body in it[1] if holds(asked, variables, way)), [])
            out.append(render(body, sample, way))
    return "".join(out)


if __name__ == "__main__":
    prove(sys.argv[1], "merge-tags", "our reading of Mailchimp's documentation", parse, render, (ESCAPING, PLAIN))
