"""How long Jinja2 takes for every page of a folder, from source to text: jinja.py FOLDER.

Prints {version, seconds, different}; reading files and warming up do not count. The language's own
decisions are set as filters: nothing prints as nothing, `default` stands for all that is blank.
"""

import json
import sys
import time
from datetime import datetime
from pathlib import Path

import jinja2


def date(value, pattern):
    try:
        return datetime.fromisoformat(value).strftime(pattern)
    except (TypeError, ValueError):
        return ""


def default(value, other=""):
    blank = value is None or isinstance(value, jinja2.Undefined) or value is False or value == "" or value == []
    return other if blank else value


def finalize(value):
    return {None: "", True: "true", False: "false"}.get(value, value) if value is None or isinstance(value, bool) else value


def main(folder):
    everything = json.loads((folder / "all.json").read_text(encoding="utf-8"))
    env = jinja2.Environment(finalize=finalize, undefined=jinja2.ChainableUndefined, keep_trailing_newline=True)
    env.filters |= {"date": date, "default": default}
    pages = []
    for it in everything["files"]:
        source = (folder / f"{it['name']}.html").read_text(encoding="utf-8")
        pages.append((source, everything["events"][it["event"]], it["name"]))
    for source, data, _ in pages[:100]:
        env.from_string(source).render(data)
    begin = time.perf_counter()
    shown = [env.from_string(source).render(data) for source, data, _ in pages]
    seconds = time.perf_counter() - begin
    expected = ((folder / f"{name}.expected").read_text(encoding="utf-8") for _, _, name in pages)
    different = sum(a != b for a, b in zip(shown, expected))
    print(json.dumps({"version": jinja2.__version__, "seconds": seconds, "different": different}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
