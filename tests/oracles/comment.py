"""Proves that there is one comment of ours in a review, and what becomes of it.

The scripts in .github/actions/journeyc run under every shell that is here, against a forge of our own
(forge.py) over HTTP. Copies of them are spoilt, one thing each, and each must fail where it is said.

    comment.py FOLDER
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from forge import ME, PULL, REPOSITORY, TOKEN, Forge
from tally import Tally

SHELLS = {"dash": ["dash"], "bash": ["bash", "--posix"], "busybox": ["busybox", "ash"]}
KEY = "journeyc.yaml"
MARKER = f"<!-- journeyc:v1 {KEY} -->"


def text(verdict="fine", content="a" * 64, body="## 2 journeys change\n\nA new buyer gets 7 messages.\n", key=KEY):
    return f"<!-- journeyc:v1 {key} -->\n<!-- journeyc:verdict={verdict} content={content} -->\n\n{body}"


class Bench:
    """One forge, one shell, one folder of scripts."""

    def __init__(self, shell, scripts, folder):
        self.shell, self.scripts, self.folder = shell, scripts, folder
        self.forge = Forge()
        self.naps = folder / "naps"
        self.sleep = folder / "sleep.sh"
        self.sleep.write_text(f'#!/bin/sh\necho "$1" >>"{self.naps}"\n')
        self.sleep.chmod(0o755)

    def environment(self):
        return {
            "PATH": os.environ["PATH"],
            "TMPDIR": str(self.folder),
            "GITHUB_API_URL": self.forge.address,
            "GITHUB_GRAPHQL_URL": f"{self.forge.address}/graphql",
            "GITHUB_REPOSITORY": REPOSITORY,
            "JOURNEYC_PULL": str(PULL),
            "JOURNEYC_SLEEP": str(self.sleep),
            "CI_API_V4_URL": self.forge.address,
            "CI_PROJECT_ID": "5",
            "CI_MERGE_REQUEST_IID": str(PULL),
        }

    def run(self, comment, script="comment.sh", options=(), name="comment.md", **more):
        """Runs the script on a text; the word that it says, its status, and what it says beside."""
        file = self.folder / name
        file.write_bytes(comment if isinstance(comment, bytes) else comment.encode())
        command = [*SHELLS[self.shell], *options, str(self.scripts / script), str(file)]
        token = {"GITLAB_TOKEN" if "gitlab" in script else "GITHUB_TOKEN": TOKEN}
        done = subprocess.run(command, env=self.environment() | token | more, cwd=self.folder, capture_output=True, timeout=60)
        self.err = done.stderr.decode(errors="replace")
        return done.stdout.decode(errors="replace").strip(), done.returncode

    def slept(self):
        return [int(it) for it in self.naps.read_text().split()] if self.naps.exists() else []


def same(found, wanted, what):
    return [] if found == wanted else [f"{what}: {found!r}, not {wanted!r}"]


# Each scenario gets a bench and gives what is wrong, as a list of sentences.


def first(bench):
    wrong = same(bench.run(text()), ("created", 0), "the run")
    wrong += same([it["body"] for it in bench.forge.mine()], [text().rstrip("\n")], "the comments")
    return wrong


def edited(bench):
    old = bench.forge.add(text())
    wrong = same(bench.run(text(content="b" * 64, body="## Other words\n")), ("edited", 0), "the run")
    wrong += same([(it["id"], "Other words" in it["body"]) for it in bench.forge.mine()], [(old["id"], True)], "the comments")
    return wrong


def unchanged(bench):
    bench.forge.add(text())
    wrong = same(bench.run(text()), ("unchanged", 0), "the run")
    return wrong + same(bench.forge.calls("POST", "PATCH", "DELETE"), [], "calls that write")


def flip(bench):
    wrong = []
    for before, after in (("fine", "blocked"), ("blocked", "fine")):
        bench.forge.comments.clear()
        old = bench.forge.add(text(before))
        wrong += same(bench.run(text(after, "b" * 64)), ("reposted", 0), "the run")
        wrong += same((old["minimised"], MARKER in old["body"], "7 messages" in old["body"]), ("OUTDATED", False, True), "the old comment")
        wrong += same([f"verdict={after}" in it["body"] for it in bench.forge.mine()], [True], "the new comment")
        wrong += same(bench.run(text(after, "b" * 64)), ("unchanged", 0), "the run after it")
    return wrong


def flip_refused(bench):
    bench.forge.may_minimise = False
    old = bench.forge.add(text("fine"))
    wrong = same(bench.run(text("blocked", "b" * 64)), ("reposted", 0), "the run")
    wrong += same(("outdated" in old["body"], "7 messages" in old["body"], MARKER in old["body"]), (True, False, False), "the old comment")
    wrong += same(bench.run(text("blocked", "b" * 64)), ("unchanged", 0), "the run after it")
    return wrong + same(len(bench.forge.mine()), 2, "comments")


def graphql_fails(bench):
    bench.forge.fault("POST", "graphql", 500, times=99)
    bench.forge.add(text("fine"))
    wrong = same(bench.run(text("blocked", "b" * 64)), ("reposted", 0), "the run")
    return wrong + same(sum(MARKER in it["body"] for it in bench.forge.mine()), 1, "comments that stand")


def nothing(bench):
    body = "No journey change: customers notice nothing.\n\n<details><summary>1 file</summary>\n\nx\n</details>\n"
    wrong = same(bench.run(text("nothing", "b" * 64, body)), ("none", 0), "the run without a comment")
    wrong += same(bench.forge.calls("POST", "PATCH", "DELETE"), [], "calls that write")
    for before in ("fine", "blocked"):
        bench.forge.comments.clear()
        old = bench.forge.add(text(before))
        wrong += same(bench.run(text("nothing", "b" * 64, body)), ("edited", 0), "the run")
        said = [it for it in old["body"].splitlines() if it and not it.startswith("<!--")]
        wrong += same(said, ["No journey change: customers notice nothing."], "what is left")
        wrong += same(bench.run(text("nothing", "b" * 64, body)), ("unchanged", 0), "the run after it")
    return wrong + same(bench.run(text("blocked")), ("reposted", 0), "the run that blocks again")


def foreign(bench):
    stranger = bench.forge.add(text("blocked", "c" * 64), login="mallory")
    quoting = bench.forge.add(f"> {MARKER}\nwhat does it mean?")
    outdated = bench.forge.add(text().replace("journeyc:v1", "journeyc:outdated"))
    other = bench.forge.add(text(key="b2b/journeyc.yaml"))
    bodies = [it["body"] for it in (stranger, quoting, outdated, other)]
    wrong = same(bench.run(text()), ("created", 0), "the run")
    wrong += same([it["body"] for it in (stranger, quoting, outdated, other)], bodies, "what others wrote")
    return wrong + same(len(bench.forge.comments), 5, "comments")


def pages(bench):
    for number in range(250):
        bench.forge.add(f"thought {number}", login="ana")
    old = bench.forge.add(text())
    wrong = same(bench.run(text(content="b" * 64)), ("edited", 0), "the run")
    wrong += same("b" * 64 in old["body"], True, "whether the old comment was found")
    return wrong + same(len(bench.forge.calls("GET")), 3, "pages read")


def long_body(sections=400):
    body = "## 400 journeys change\n\n"
    for number in range(sections):
        body += f"### journey-{number}\n\n<details><summary>timeline</summary>\n\n"
        body += "```diff\n# no heading\n- before é ✉\n+ after\n```\n\n" * 4 + "</details>\n\n"
        body += "````\n\n# no heading\n\n```\n\n# no heading\n\n```\n\n````\n\n"
    return body


def is_whole(body):
    """Whether nothing that a comment opens is left open."""
    wrong = same(body.count("<details"), body.count("</details"), "details")
    return wrong + same([len(re.findall(f"^{it}", body, re.M)) % 2 for it in ("```(?!`)", "````")], [0, 0], "open fences")


def too_long(bench):
    wrong = same(bench.run(text(body=long_body())), ("created", 0), "the run")
    (comment,) = bench.forge.mine()
    sent = comment["body"]
    wrong += same((len(sent) <= 65536, len(sent) > 50000), (True, True), f"whether {len(sent)} characters fit")
    left = re.search(r"✂ (\d+) lines in (\d+) sections do not fit", sent)
    shown = len(re.findall(r"^### journey-", sent, re.M))
    # A section is a heading and what is folded below it.
    wrong += same(left and int(left[2]) / 2, 400 - shown, "sections left out") + is_whole(sent)
    wrong += same(len(bench.forge.calls("POST")), 1, "posts")
    return wrong


def refused_as_too_long(bench):
    bench.forge.most_characters = 40000
    wrong = same(bench.run(text(body=long_body(250)), JOURNEYC_REPORT_URL="https://ci.example/run/7"), ("created", 0), "the run")
    sent = [it["body"] for it in bench.forge.mine()]
    wrong += same([("[The whole report](https://ci.example/run/7)" in it, len(it) <= 30000) for it in sent], [(True, True)], "what stands")
    wrong += [it for body in sent for it in is_whole(body)]
    wrong += same(bench.run(text(body=long_body(250))), ("unchanged", 0), "the run after it")
    bench.forge.comments.clear()
    bench.forge.log.clear()
    bench.forge.most_characters = 50
    said, status = bench.run(text(body=long_body(250)))
    wrong += same((said, status), ("", 1), "the run that never fits")
    return wrong + same(len(bench.forge.calls("POST")), 2, "posts that never fit")


def one_endless_section(bench):
    body = "## 1 journey\n\n<details><summary>x</summary>\n" + "x" * 70000 + "\n</details>\n"
    wrong = same(bench.run(text(body=body)), ("created", 0), "the run")
    return wrong + [it for comment in bench.forge.mine() for it in is_whole(comment["body"]) + same("5 lines in 2 sections" in comment["body"], True, "whether it is counted")]


def broken_for_a_moment(bench):
    bench.forge.fault("POST", "comments", 502, times=2)
    wrong = same(bench.run(text()), ("created", 0), "the run")
    return wrong + same(bench.slept(), [1, 2], "pauses") + same(len(bench.forge.mine()), 1, "comments")


def posted_although_broken(bench):
    bench.forge.fault("POST", "comments", 502, done=True)
    wrong = same(bench.run(text()), ("created", 0), "the run")
    return wrong + same(len(bench.forge.mine()), 1, "comments")


def broken_for_good(bench):
    bench.forge.fault("GET", "comments", 503, times=99)
    wrong = same(bench.run(text()), ("", 1), "the run")
    return wrong + same(bench.slept(), [1, 2, 4, 8], "pauses") + same(bench.forge.comments, [], "comments")


def unreachable(bench):
    return same(bench.run(text(), GITHUB_API_URL="http://127.0.0.1:9", JOURNEYC_AUTHOR=ME), ("", 1), "the run")


def too_often(bench):
    bench.forge.fault("POST", "comments", 429, headers={"Retry-After": "7"})
    bench.forge.fault("GET", "comments", 403, headers={"retry-after": "3"})
    wrong = same(bench.run(text()), ("created", 0), "the run")
    wrong += same(bench.slept(), [3, 7], "pauses") + same(len(bench.forge.mine()), 1, "comments")
    bench.forge.fault("GET", "comments", 403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"})
    return wrong + same(bench.run(text()), ("unchanged", 0), "the run after the limit is over")


def too_often_for_long(bench):
    wrong = []
    for status in (403, 429):
        bench.forge.faults.clear()
        bench.forge.fault("GET", "comments", status, times=99, headers={"Retry-After": "3600"})
        wrong += same(bench.run(text()), ("", 1), "the run") + same(bench.slept(), [], "pauses")
    bench.forge.faults.clear()
    bench.forge.fault("GET", "comments", 429, times=99, headers={"Retry-After": "100"})
    wrong += same(bench.run(text()), ("", 1), "the second run")
    return wrong + same(sum(bench.slept()) <= 300, True, "whether the waiting ends")


def read_only(bench):
    bench.forge.may_write = False
    wrong = same(bench.run(text()), ("", 4), "the run") + same(bench.slept(), [], "pauses")
    return wrong + same("Resource not accessible" in bench.err, True, "whether it is said")


def author_unknown(bench):
    bench.forge.says_viewer = False
    old = bench.forge.add(text())
    wrong = same(bench.run(text(content="b" * 64)), ("edited", 0), "the run")
    return wrong + same("b" * 64 in old["body"], True, "whether it found its own")


HOSTILE = "## \"quoted\" `touch pwned` $(touch pwned) ${HOME} %s %d \\n \\\\ 'single' \u2028 \x01\x02\x7f é ✉ 🌱 --config @/etc/passwd\n\n-n\n\n@/etc/passwd\n\n::error::x\n"


def hostile(bench):
    wrong = same(bench.run(text(body=HOSTILE)), ("created", 0), "the run")
    wrong += same([it["body"] for it in bench.forge.mine()], [text(body=HOSTILE).rstrip("\n")], "the comments")
    wrong += same([str(it) for it in bench.folder.rglob("pwned")], [], "what ran")
    bench.forge.comments.clear()
    binary = text(body="## one\n\n").encode() + bytes(range(1, 256)) + b"\n\ntwo\n"
    wrong += same(bench.run(binary), ("created", 0), "the run on bytes that are no text")
    return wrong + same([it["body"].endswith("\n\ntwo") for it in bench.forge.mine()], [True], "the comments")


def hostile_host(bench):
    bench.forge.fault("GET", "comments", 418, times=99, answer={"message": "::error::x\n::set-output name=a::b\x1b[31m", "errors": 7})
    wrong = same(bench.run(text()), ("", 1), "the run")
    wrong += [it for it in bench.err.splitlines() if not it.startswith("journeyc: ")] + same("\x1b" in bench.err, False, "escapes")
    bench.forge.faults.clear()
    bench.forge.fault("GET", "comments", 200, times=99, answer={"message": "not a list"})
    return wrong + same(bench.run(text())[1] != 0, True, "whether an answer of another form fails")


def no_comment_of_ours(bench):
    wrong = []
    for bad in ("", "hello\n", text(key="a b"), text(verdict="great"), text(content="$(id)"), text().replace("v1", "v2"), "\n" + text()):
        wrong += same(bench.run(bad), ("", 2), f"the run on {bad[:60]!r}")
    for name, value in (("JOURNEYC_PULL", "12/../13"), ("JOURNEYC_PULL", ""), ("GITHUB_REPOSITORY", "a/b/c"), ("GITHUB_REPOSITORY", "a/b\nc/d?e"), ("GITHUB_REPOSITORY", "shop"), ("GITHUB_TOKEN", "a\nheader = x"), ("GITHUB_TOKEN", "")):
        wrong += same(bench.run(text(), **{name: value}), ("", 2), f"the run with {name}={value!r}")
    return wrong + same(bench.forge.log, [], "calls")


def secret(bench):
    """Every program that the script starts tells what it was started with."""
    shims, log = bench.folder / "shims", bench.folder / "started"
    shims.mkdir(exist_ok=True)
    for program in ("curl", "jq", "awk", "sed", "grep", "tr", "cp", "wc", "date", "cat"):
        real = shutil.which(program)
        (shims / program).write_text(f'#!/bin/sh\n{{ printf "%s " "$0" "$@"; echo; env; }} >>"{log}"\nexec {real} "$@"\n')
        (shims / program).chmod(0o755)
    path = f"{shims}:{os.environ['PATH']}"
    bench.forge.add(text("blocked"))
    bench.forge.fault("GET", "comments", 502)
    run = bench.run(text(content="b" * 64), options=["-x"], PATH=path)
    started = log.read_text()
    wrong = same(run, ("reposted", 0), "the run")
    wrong += same("/curl -q" in started, True, "whether anything was seen")
    wrong += same(TOKEN in started, False, "the token in an argument or the environment of a program")
    wrong += same(TOKEN in bench.err + run[0], False, "the token in the log")
    return wrong + same([it.name for it in bench.folder.glob("tmp*")], [], "what stays behind")


def two_at_once(bench):
    """Both have listed before either posts, and both have posted before either lists again."""
    gates = {"POST": threading.Barrier(2), "GET": threading.Barrier(2)}
    seen = {}

    def before(method, path):
        # The third barrier is passed by nobody: later calls go their way.
        with bench.forge.lock:
            kind = "POST" if method == "POST" and "comments" in path else "GET" if method == "GET" else None
            seen[kind] = seen.get(kind, 0) + 1
            wait = kind is not None and seen[kind] <= (2 if kind == "POST" else 4)
        if wait:
            try:
                gates[kind].wait(timeout=10)
            except threading.BrokenBarrierError:
                pass

    bench.forge.before = before
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(bench.run, text(content=it * 64), name=f"{it}.md") for it in "bc"]
        wrong = [it for run in runs for it in same(run.result()[1], 0, "a run")]
    stand = [it["body"] for it in bench.forge.mine()]
    wrong += same(len(stand), 1, "comments that stand")
    posts = [it for it in bench.forge.calls("POST") if "comments" in it[1]]
    return wrong + same(len(posts), 2, "posts, for this proves nothing otherwise")


def several(bench):
    one, _, _ = (bench.forge.add(text(content=it * 64)) for it in "bcd")
    wrong = same(bench.run(text(content="b" * 64)), ("unchanged", 0), "the run")
    return wrong + same([it["id"] for it in bench.forge.mine()], [one["id"]], "comments that stand")


def gone_meanwhile(bench):
    old = bench.forge.add(text("fine"))

    def before(method, path):
        if method == "GET" and path.endswith(str(old["id"])):
            bench.forge.comments.remove(old)

    bench.forge.before = before
    wrong = same(bench.run(text("blocked", "b" * 64)), ("reposted", 0), "the run")
    return wrong + same(len(bench.forge.mine()), 1, "comments")


def gitlab(bench):
    forge, script = bench.forge, "comment-gitlab.sh"
    forge.add(text("blocked"), login="mallory")
    for number in range(250):
        forge.add(f"thought {number}", login="ana")
    wrong = same(bench.run(text(), script), ("created", 0), "the first run")
    (old,) = forge.mine()
    wrong += same(bench.run(text(), script), ("unchanged", 0), "the second run")
    wrong += same(bench.run(text(content="b" * 64, body=HOSTILE), script), ("edited", 0), "the third run")
    wrong += same(old["body"], text(content="b" * 64, body=HOSTILE).rstrip("\n"), "the note")
    forge.fault("POST", "notes", 502)
    wrong += same(bench.run(text("blocked"), script), ("reposted", 0), "the run that blocks")
    wrong += same((MARKER in old["body"], "outdated" in old["body"]), (False, True), "the old note")
    wrong += same(sum(MARKER in it["body"] for it in forge.mine()), 1, "notes that stand")
    wrong += same(bench.run(text("nothing"), script), ("edited", 0), "the run in which nothing changes")
    wrong += same(bench.run(text(), script, CI_PROJECT_ID="5/../6"), ("", 2), "the run with a wrong project")
    forge.may_write = False
    return wrong + same(bench.run(text("blocked"), script), ("", 4), "the run that may not write")


SCENARIOS = {
    "the first comment": first,
    "other words: edited in place": edited,
    "the same words: no call that writes": unchanged,
    "another verdict: folded away and posted anew": flip,
    "another verdict where nothing can be folded away": flip_refused,
    "another verdict where GraphQL is broken": graphql_fails,
    "nothing changes for the customer": nothing,
    "comments of others with our marker": foreign,
    "251 comments over three pages": pages,
    "more characters than a comment has": too_long,
    "a host that takes fewer characters": refused_as_too_long,
    "one section that never ends": one_endless_section,
    "broken twice, then fine": broken_for_a_moment,
    "posted, and then broken": posted_although_broken,
    "broken for good": broken_for_good,
    "nobody there": unreachable,
    "too often: waits as long as it is told": too_often,
    "too often: never waits for ever": too_often_for_long,
    "a token that may only read": read_only,
    "a host that does not say who we are": author_unknown,
    "quotes, commands and bytes in the text": hostile,
    "a host that answers nonsense": hostile_host,
    "texts and settings that are none": no_comment_of_ours,
    "the token is in no argument, environment or log": secret,
    "two runs at once": two_at_once,
    "several comments of ours": several,
    "deleted while we look at it": gone_meanwhile,
    "GitLab's notes": gitlab,
}

# What every shell must do; the rest is the host's doing, and one shell tells it.
EVERYWHERE = {first, edited, unchanged, flip, nothing, too_long, too_often, hostile, no_comment_of_ours, secret, gitlab}

# Copies with something wrong: the file, what is there, what stands there instead, who must notice.
SPOILT = {
    "takes everybody's comments for its own": ("sticky.sh", "== $author)", "!= null)", foreign),
    "finds the marker anywhere": ("sticky.sh", "$lines[0] == $marker", "any($lines[]; contains($marker))", foreign),
    "reads one page": ("comment.sh", "page=$((page + 1)) ;;", "return 0 ;;", pages),
    "writes although nothing differs": ("sticky.sh", '[ "$old_hash" = "$hash" ]', "false", unchanged),
    "never posts anew": ("sticky.sh", "blocked:* | *:blocked) return 1", "blocked:* | *:blocked) return 0", flip),
    "leaves the marker on the old comment": ("comment.sh", 'sub("^<!-- journeyc:v1 "', 'sub("^<!-- journeyc:v9 "', flip),
    "gives up where it may not fold away": ("comment.sh", "it becomes one line\"\n", "it becomes one line\"\n        return 1\n", flip_refused),
    "comments although nothing changes": ("sticky.sh", "echo none\n            return\n", ":\n", nothing),
    "says everything although nothing changes": ("sticky.sh", "print; exit }", "print }", nothing),
    "cuts anywhere": ("sticky.sh", "and .depth <= 0 and", "and", too_long),
    "cuts within code": ("sticky.sh", "then .fence = null else . end", "then .fence = null else .fence = null end", too_long),
    "never cuts": ("sticky.sh", "most_characters=65536", "most_characters=9999999", too_long),
    "never cuts again": ("sticky.sh", "is_too_long || refuse", "refuse", refused_as_too_long),
    "never tries again": ("host.sh", "most_tries=5", "most_tries=1", broken_for_a_moment),
    "tries for ever": ("host.sh", "most_tries=5", "most_tries=50", broken_for_good),
    "waits for ever": ("host.sh", "patience=300", "patience=99999", too_often_for_long),
    "does not hear how long to wait": ("host.sh", "after=$(header retry-after)", "after=1", too_often),
    "does not look again after posting": ("sticky.sh", '        keep_one "$text"\n        echo created', "        echo created", two_at_once),
    "keeps both": ("sticky.sh", 'host_delete "$id" || say', "true || say", two_at_once),
    "hands the token to curl as an argument": ("host.sh", "--header 'Expect:'", "--header 'Expect:' --header \"X: $token\"", secret),
    "leaves the token in the environment": ("host.sh", '    unset "$1"\n', "", secret),
    "can be traced": ("host.sh", "set +x\n", "", secret),
    "puts the text through the shell": ("sticky.sh", "jq -n --rawfile body \"$work/body.md\" '{body: $body}'", "eval \"jq -n --arg body \\\"$(cat \"$work/body.md\")\\\" '{body: \\$body}'\"", hostile),
    "reads one page of notes": ("comment-gitlab.sh", "page=$(header x-next-page)", "page=", gitlab),
}


def attempt(shell, scripts, scenario):
    """What is wrong with one scenario."""
    with tempfile.TemporaryDirectory(prefix="comment") as folder:
        bench = Bench(shell, scripts, Path(folder))
        with bench.forge:
            try:
                return scenario(bench)
            except Exception as error:
                return [f"{type(error).__name__}: {error}"]


def spoil(scripts, to, file, old, new):
    shutil.copytree(scripts, to)
    texts = {it: it.read_text() for it in to.glob("*.sh")}
    target = to / file
    if old not in texts[target]:
        raise LookupError(f"{file} has no {old!r} any more")
    target.write_text(texts[target].replace(old, new))
    if old == "set +x\n":
        for path in to.glob("*.sh"):
            path.write_text(path.read_text().replace(old, new))


def main(scripts):
    tally = Tally()
    shells = [it for it in SHELLS if shutil.which(SHELLS[it][0])]
    tally.check(f"there are shells: {', '.join(shells)}", [] if len(shells) > 1 else ["fewer than two"])
    with ThreadPoolExecutor(4) as pool, tempfile.TemporaryDirectory() as folder:
        runs = [(f"{shell}: {name}", pool.submit(attempt, shell, scripts, it)) for shell in shells for name, it in SCENARIOS.items() if shell == shells[0] or it in EVERYWHERE]
        spoilt = []
        for number, (name, (file, old, new, scenario)) in enumerate(SPOILT.items()):
            copy = Path(folder) / str(number)
            spoil(scripts, copy, file, old, new)
            spoilt.append((name, pool.submit(attempt, shells[0], copy, scenario)))
        for name, run in runs:
            tally.check(name, run.result())
        for name, run in spoilt:
            tally.check(f"a script that {name} is noticed", [] if run.result() else ["nobody noticed"])
    tally.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
