"""Runs the composite action and the telling job for real, against a forge of our own.

The `run` steps of action.yml are executed one after the other, with their environment filled in, in a
clone as `actions/checkout` makes it: two commits of the merge that a pull request would make. Steps that
`use` an action of others are not run; what they are given must be there. Then artifacts are spoilt as a
stranger might, and must not lead to a single call.

    action.py ACTION JOURNEYC SHOP CASES
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

from forge import ME, PULL, REPOSITORY, TOKEN, Forge
from tally import Tally

GIT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Ana",
    "GIT_AUTHOR_EMAIL": "ana@example.com",
    "GIT_COMMITTER_NAME": "Ana",
    "GIT_COMMITTER_EMAIL": "ana@example.com",
}


def git(folder, *args):
    done = subprocess.run(["git", "-C", str(folder), *args], env=os.environ | GIT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"git {args}: {done.stderr}")
    return done.stdout.strip()


def value(expression, contexts):
    """What an expression of a workflow comes to: paths, texts, ==, !=, && and || are all that we use."""

    def term(token):
        if token.startswith("'"):
            return token[1:-1]
        found = contexts
        for part in token.split("."):
            found = found.get(part, "") if isinstance(found, dict) else ""
        return found

    def both(text):
        for sign, holds in (("==", lambda a, b: a == b), ("!=", lambda a, b: a != b)):
            if sign in text:
                left, right = (whole(it) for it in text.split(sign))
                return holds(left, right)
        return whole(text)

    def whole(text):
        text = text.strip()
        if text.startswith("(") and text.endswith(")"):
            text = text[1:-1]
        if "&&" in text:
            for part in text.split("&&"):
                found = both(part) if "||" not in part or "==" in part else whole(part)
                if not found:
                    return found
            return found
        if "||" in text and "==" not in text:
            return next((it for it in map(whole, text.split("||")) if it), "")
        return both(text) if "==" in text or "!=" in text else term(text)

    return whole(expression)


def fill(text, contexts):
    """A text with its expressions filled in; one that is nothing but an expression keeps its kind."""
    text = str(text)
    alone = re.fullmatch(r"\$\{\{([^}]*)\}\}", text.strip())
    if alone:
        return value(alone[1], contexts)
    return re.sub(r"\$\{\{([^}]*)\}\}", lambda it: str(value(it[1], contexts)), text)


def lay(source, target):
    """Copies files over others. They get the time of now: git takes a file of the same size and time for the same."""
    shutil.copytree(source, target, copy_function=shutil.copyfile, dirs_exist_ok=True)


class Change:
    """A pull request: a repository in which it is checked out, and the event that tells of it."""

    def __init__(self, folder, shop, journeyc, action):
        self.folder, self.journeyc, self.action = folder, journeyc, action
        self.origin, self.clone = folder / "origin", folder / "clone"
        self.shop = shop
        shutil.copytree(shop, self.origin)
        git(self.origin, "init", "--quiet", "--initial-branch=main")
        self.commit()
        git(self.origin, "switch", "--quiet", "--create", "change")
        self.forge = Forge()

    def commit(self):
        git(self.origin, "add", "--all")
        git(self.origin, "commit", "--quiet", "--allow-empty", "--message=x")

    def lay(self, case):
        """Commits what a case changes, on top of what is there."""
        lay(case / "after", self.origin)
        self.push()

    def push(self):
        """Commits, and checks out the merge as GitHub does it: with two commits."""
        self.commit()
        self.forge.statuses.clear()
        self.head = git(self.origin, "rev-parse", "change")
        git(self.origin, "switch", "--quiet", "--detach", "main")
        git(self.origin, "merge", "--quiet", "--no-ff", "--no-edit", "change")
        git(self.origin, "update-ref", f"refs/pull/{PULL}/merge", "HEAD")
        git(self.origin, "switch", "--quiet", "change")
        shutil.rmtree(self.clone, ignore_errors=True)
        self.clone.mkdir()
        git(self.clone, "init", "--quiet")
        git(self.clone, "fetch", "--quiet", "--depth=2", self.origin.as_uri(), f"refs/pull/{PULL}/merge")
        git(self.clone, "checkout", "--quiet", "--detach", "FETCH_HEAD")

    def event(self, **more):
        head = {"sha": self.head, "repo": {"full_name": REPOSITORY}, "ref": "$(touch pwned)`touch pwned`"}
        return {"pull_request": {"number": PULL, "title": '"; touch pwned; #', "head": head} | more}

    def environment(self, event):
        path = self.folder / "event.json"
        path.write_text(json.dumps(event))
        (self.folder / "temp").mkdir(exist_ok=True)
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "RUNNER_TEMP": str(self.folder / "temp"),
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_API_URL": self.forge.address,
            "GITHUB_GRAPHQL_URL": f"{self.forge.address}/graphql",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_RUN_ID": "77",
            "GITHUB_EVENT_NAME": "pull_request" if "pull_request" in event else "push",
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "JOURNEYC_SLEEP": "true",
            "JOURNEYC_TODAY": "2026-11-22",
        }

    def run(self, event=None, **inputs):
        """Runs the action. Gives the exit status and what was printed."""
        event = self.event() if event is None else event
        action = yaml.safe_load((self.action / "action.yml").read_text())
        given = {name: it.get("default", "") for name, it in action["inputs"].items()}
        given |= {"binary": str(self.journeyc), "token": TOKEN, "previews": "false"} | inputs
        github = {"token": TOKEN, "server_url": "https://github.example", "repository": REPOSITORY, "run_id": "77", "sha": "0" * 40, "event": event}
        contexts = {"inputs": given, "github": github, "runner": {"temp": str(self.folder / "temp")}, "steps": {}}
        (self.folder / "summary.md").write_text("")
        shutil.rmtree(self.folder / "temp", ignore_errors=True)
        base = self.environment(event)
        self.printed, self.used, status = "", [], 0
        for step in action["runs"]["steps"]:
            if not value(step.get("if", "'yes'").strip().removeprefix("${{").removesuffix("}}"), contexts):
                continue
            if "uses" in step:
                self.used.append((step["uses"].split("@")[0], {key: fill(it, contexts) for key, it in step.get("with", {}).items()}))
                continue
            output = self.folder / "output"
            output.write_text("")
            environment = base | {"GITHUB_OUTPUT": str(output)} | {key: str(fill(it, contexts)) for key, it in step.get("env", {}).items()}
            where = self.clone / fill(step.get("working-directory", "."), contexts)
            assert "${{" not in step["run"], "an expression in a script"
            done = subprocess.run(["sh", "-e", "-c", step["run"]], cwd=where, env=environment, capture_output=True, text=True, timeout=120)
            self.printed += done.stdout + done.stderr
            if "id" in step:
                contexts["steps"][step["id"]] = {"outputs": dict(line.split("=", 1) for line in output.read_text().splitlines())}
            if done.returncode:
                status = done.returncode
                break
        self.outputs = {name: fill(it["value"], contexts) for name, it in action["outputs"].items()}
        return status

    def tell(self, folder, event=None, **more):
        """Runs what the telling job runs, on an artifact."""
        environment = self.environment(self.event() if event is None else event) | {"GITHUB_TOKEN": TOKEN} | more
        done = subprocess.run(["sh", str(self.action / "tell.sh"), str(folder)], env=environment, cwd=self.folder, capture_output=True, text=True, timeout=120)
        self.printed = done.stdout + done.stderr
        return done.returncode

    def states(self):
        """The last of each status, which must be of the head commit and not of the merge."""
        assert all(it["commit"] == self.head for it in self.forge.statuses), "a status of another commit"
        return {it["context"].removeprefix("journeyc/"): it["state"] for it in self.forge.statuses}

    def summary(self):
        return (self.folder / "summary.md").read_text()


def same(found, wanted, what):
    return [] if found == wanted else [f"{what}: {found!r}, not {wanted!r}"]


def replace(change, file, old, new):
    path = change.origin / file
    text = path.read_text()
    assert old in text, f"{file} has no {old!r}"
    path.write_text(text.replace(old, new, 1))


def fine(change, cases):
    """The first look, the second, and one that blocks."""
    change.lay(cases / "hours-typed-as-minutes")
    wrong = same(change.run(previews="true"), 0, "the status of the job")
    wrong += same(change.outputs["verdict"], "fine", "the verdict")
    wrong += same([it["body"].split("\n")[0] for it in change.forge.mine()], ["<!-- journeyc:v1 journeyc.yaml -->"], "the comment")
    wrong += same((sorted(change.states()), change.states()["lint"], change.states()["copy-approved"]), (["breaking", "copy-approved", "lint"], "success", "success"), "the statuses")
    wrong += same("::warning file=journeys/after-payment.yaml,line=16" in change.printed, True, "the annotation")
    wrong += same(("<!--" in change.summary(), "wait-unit-changed" in change.summary()), (False, True), "the summary")
    artifact = next(given for name, given in change.used if name == "actions/upload-artifact")
    names = {it.name for it in Path(artifact["path"]).iterdir()}
    wrong += same(names, {"comment.md", "changes.json", "report.html", "journeyc.sarif", "look.json", "previews"}, "the artifact")
    wrong += same(TOKEN in change.printed, False, "the token in the log")
    change.forge.log.clear()
    wrong += same(change.run(), 0, "the second run")
    wrong += same([it for it in change.forge.calls("POST", "PATCH", "DELETE") if "comments" in it[1]], [], "calls of the second run")

    replace(change, "journeys/after-payment.yaml", "template: ", "template: no-such-")
    change.push()
    wrong += same(change.run(**{"upload-sarif": "true"}), 2, "the job with a template that is missing")
    wrong += same((change.outputs["verdict"], change.states()["lint"]), ("blocked", "failure"), "the verdict and its status")
    wrong += same(["verdict=blocked" in it["body"] for it in change.forge.mine()], [True], "the comment that stands")
    wrong += same(len(change.forge.mine(minimised=True)), 1, "comments that are folded away")
    sarif = next((given["sarif_file"] for name, given in change.used if name.endswith("upload-sarif")), None)
    wrong += same(sarif is not None and Path(sarif).is_file(), True, "the SARIF that is handed over")
    return wrong + same([str(it) for it in change.folder.rglob("pwned")], [], "what ran")


def copy(change, _cases):
    """Words change: somebody must approve this very commit."""
    template = next(it for it in sorted((change.origin / "templates").rglob("*.md")) if "Your" in it.read_text() or "your" in it.read_text())
    template.write_text(re.sub("([Yy])our", r"\1our very own", template.read_text()))
    change.push()
    wrong = same(change.run(), 0, "the status of the job")
    wrong += same(change.states()["copy-approved"], "pending", "without a review")
    folder = change.outputs["folder"]

    def review(login, state, commit=None, association="MEMBER", kind="User"):
        return {"user": {"login": login, "type": kind}, "state": state, "commit_id": commit or change.head, "author_association": association}

    cases = {
        "an older commit": ([review("bea", "APPROVED", "1" * 40)], "pending"),
        "a stranger": ([review("mallory", "APPROVED", association="NONE")], "pending"),
        "a robot": ([review("x[bot]", "APPROVED", kind="Bot")], "pending"),
        "taken back": ([review("bea", "APPROVED"), review("bea", "CHANGES_REQUESTED")], "pending"),
        "dismissed": ([review("bea", "DISMISSED")], "pending"),
        "approved, then a remark": ([review("bea", "APPROVED"), review("bea", "COMMENTED")], "success"),
        "on the second page": ([review("ana", "COMMENTED")] * 120 + [review("bea", "APPROVED")], "success"),
    }
    for name, (reviews, state) in cases.items():
        change.forge.reviews = reviews
        wrong += same((change.tell(folder), change.states()["copy-approved"]), (0, state), name)
    wrong += same((change.tell(folder, JOURNEYC_COPY_OWNERS="carla @dan"), change.states()["copy-approved"]), (0, "pending"), "approved by somebody who does not own the copy")
    wrong += same((change.tell(folder, JOURNEYC_COPY_OWNERS="carla @BEA"), change.states()["copy-approved"]), (0, "success"), "approved by an owner")
    return wrong


def breaking(change, cases):
    """What breaks for people inside fails until somebody says what becomes of them."""
    change.lay(cases / "hours-typed-as-minutes")
    change.run()
    folder = Path(change.outputs["folder"])
    changes = json.loads((folder / "changes.json").read_text())
    wrong = []
    for in_flight, state in ((None, "failure"), ("finish", "success")):
        journey = {"name": 'a"b\n`c`', "breaking": [{"id": "step-removed"}, {"id": "step-moved"}], "in_flight": in_flight}
        (folder / "changes.json").write_text(json.dumps(changes | {"journeys": [journey]}))
        wrong += same((change.tell(folder), change.states()["breaking"]), (0, state), f"in_flight {in_flight}")
    return wrong


def reader(change, cases):
    """A fork, a token that may only read, and a run without a pull request."""
    change.lay(cases / "hours-typed-as-minutes")
    fork = change.event()
    fork["pull_request"]["head"]["repo"]["full_name"] = "mallory/shop"
    wrong = same(change.run(fork, **{"upload-sarif": "true"}), 0, "the job of a fork")
    wrong += same(change.forge.log, [], "calls for a fork")
    wrong += same("::notice title=journeyc::This pull request comes from a fork" in change.printed, True, "the notice")
    wrong += same(("wait-unit-changed" in change.summary(), "::warning file=" in change.printed), (True, True), "the summary and the annotations")
    wrong += same([name for name, _ in change.used if "sarif" in name], [], "what a fork hands over")
    fork["pull_request"]["head"]["repo"] = None
    wrong += same((change.run(fork), change.forge.log), (0, []), "the job of a fork that is gone")
    change.forge.may_write = False
    wrong += same(change.run(), 0, "the job with a token that may only read")
    wrong += same((change.forge.comments, "::notice" in change.printed, change.summary() != ""), ([], True, True), "what it leaves")
    change.forge.may_write = True
    change.forge.log.clear()
    wrong += same(change.run({}), 0, "the job without a pull request")
    return wrong + same((change.forge.log, change.outputs["verdict"]), ([], ""), "what it does")


def after_workflow_run(change, cases):
    """The event does not name the pull request of a fork: its commit does."""
    change.lay(cases / "hours-typed-as-minutes")
    change.run(tell="false")
    wrong = same(change.forge.log, [], "calls of the job that looks")
    folder = change.outputs["folder"]
    event = {"workflow_run": {"head_sha": change.head, "head_branch": "a b&c=d#e", "head_repository": {"owner": {"login": "mallory"}}}}
    label = "mallory:a b&c=d#e"
    change.forge.pulls = [{"number": 3, "head": {"sha": "1" * 40, "label": label}}]
    wrong += same((change.tell(folder, event), change.forge.mine()), (0, []), "no pull request with this commit")
    change.forge.pulls.append({"number": PULL, "head": {"sha": change.head, "label": label}})
    wrong += same(change.tell(folder, event), 0, "the run")
    return wrong + same((len(change.forge.mine()), len(change.states())), (1, 3), "comments and statuses")


def folder(change, cases):
    """The project is not at the repository's top: places and the comment's key say so."""
    for it in list(change.origin.iterdir()):
        if it.name not in (".git", "shops"):
            (change.origin / "shops" / "fern").mkdir(parents=True, exist_ok=True)
            shutil.move(it, change.origin / "shops" / "fern" / it.name)
    git(change.origin, "switch", "--quiet", "main")
    change.commit()
    git(change.origin, "branch", "--quiet", "--force", "change", "main")
    git(change.origin, "switch", "--quiet", "change")
    lay(cases / "hours-typed-as-minutes" / "after", change.origin / "shops" / "fern")
    change.push()
    wrong = same(change.run(**{"working-directory": "shops/fern"}), 0, "the status of the job")
    wrong += same("::warning file=shops/fern/journeys/after-payment.yaml,line=16" in change.printed, True, "the annotation")
    body = "".join(it["body"] for it in change.forge.mine())
    wrong += same(body.split("\n")[0], "<!-- journeyc:v1 shops/fern/journeyc.yaml -->", "the key")
    wrong += same(f"/blob/{change.head}/shops/fern/journeys/after-payment.yaml#L16" in body, True, "the link")
    sarif = json.loads((Path(change.outputs["folder"]) / "journeyc.sarif").read_text())
    uris = {it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for it in sarif["runs"][0]["results"]}
    return wrong + same(all(it.startswith("shops/fern/") for it in uris), True, f"the places in SARIF, {uris}")


def tampered(change, cases):
    """What a stranger might put into the artifact leads to no call, and to a failure."""
    change.lay(cases / "hours-typed-as-minutes")
    change.run(tell="false")
    good = Path(change.outputs["folder"])
    bad = change.folder / "bad"

    def link(path):
        path.unlink()
        path.symlink_to("/etc/passwd")

    def edit(path, **fields):
        path.write_text(json.dumps(json.loads(path.read_text()) | fields))

    spoil = {
        "no look.json": lambda: (bad / "look.json").unlink(),
        "a status that is a command": lambda: edit(bad / "look.json", check="0; id"),
        "a verdict that is none": lambda: edit(bad / "look.json", verdict="$(id)"),
        "look.json is no JSON": lambda: (bad / "look.json").write_text("{"),
        "a large look.json": lambda: (bad / "look.json").write_text(" " * 5000 + (bad / "look.json").read_text()),
        "a comment that is a link": lambda: link(bad / "comment.md"),
        "changes that are a link": lambda: link(bad / "changes.json"),
        "a large comment": lambda: (bad / "comment.md").write_text((bad / "comment.md").read_text() + "x" * 300000),
        "two verdicts": lambda: edit(bad / "changes.json", verdict="nothing"),
        "changes of another form": lambda: edit(bad / "changes.json", journeys=[{"name": 1}]),
        "changes of another version": lambda: edit(bad / "changes.json", version=2),
        "copy that is none": lambda: edit(bad / "changes.json", copy={"a": 1}),
    }
    wrong = []
    for name, act in spoil.items():
        shutil.rmtree(bad, ignore_errors=True)
        shutil.copytree(good, bad)
        act()
        wrong += same((change.tell(bad), change.forge.log, change.summary()), (2, [], ""), name)
    for name, event in {"another commit": {"pull_request": {"number": PULL, "head": {"sha": "HEAD"}}}, "no event": {}}.items():
        wrong += same((change.tell(good, event), change.forge.log), (2, []), name)
    # The artifact cannot say for which pull request it is.
    shutil.rmtree(bad)
    shutil.copytree(good, bad)
    edit(bad / "look.json", pull=99, commit="2" * 40)
    wrong += same((change.tell(bad), len(change.forge.mine()), len(change.states())), (0, 1, 3), "more than is asked")
    (bad / "comment.md").write_text("## no marker\n")
    change.forge.log.clear()
    return wrong + same((change.tell(bad), [it for it in change.forge.calls() if "comments" in it[1]]), (1, []), "a comment without our marker")


def settings(change, cases):
    """Settings go through the environment: none is run, and wrong ones are refused."""
    change.lay(cases / "hours-typed-as-minutes")
    evil = '$(touch "$HOME/pwned")`touch pwned`; touch pwned #'
    wrong = []
    for name in ("fail-on", "base", "strict", "copy-owners"):
        status = change.run(**{name: evil})
        wrong += same(status in ((2,) if name in ("fail-on", "base") else (0,)), True, f"{name}: {status}")
    wrong += same(change.run(base="--help"), 2, "a base that is an option")
    wrong += same(change.run(**{"fail-on": "warning"}), 1, "a warning where warnings fail")
    # As `journeyc init` lays it: without the sources around it.
    change.action = shutil.copytree(change.action, change.folder / "copied")
    wrong += same(change.run(binary="", rev=evil), 2, "a revision that is none")
    wrong += same(change.run(binary=""), 2, "no revision")
    wrong += same("cargo" in change.printed, False, "whether anything was built")
    return wrong + same([str(it) for it in change.folder.rglob("pwned")], [], "what ran")


SCENARIOS = {
    "a change, the same again, and one that blocks": fine,
    "copy is approved by a review of this very commit": copy,
    "breaking changes ask for an answer": breaking,
    "forks, tokens that may only read, and pushes": reader,
    "after workflow_run": after_workflow_run,
    "a project in a folder": folder,
    "artifacts that strangers have made": tampered,
    "settings that strangers have made": settings,
}

# Copies of the action with something wrong: file, what is there, what stands there instead, who notices.
SPOILT = {
    "takes the artifact's word": ("tell.sh", "pull=$(jq -r '.pull_request.number // empty' \"$event\")", "pull=$(jq -r '.pull // 12' \"$folder/look.json\")", tampered),
    "follows links": ("tell.sh", '&& [ ! -L "$folder/$1" ]', "", tampered),
    "writes for forks": ("tell.sh", '[ "$from" = "$repository" ] ||', "true ||", reader),
    "takes any approval": ("tell.sh", " and .commit_id == $commit", "", copy),
    "lets strangers approve": ("tell.sh", '.author_association | . == "OWNER"', "true or .author_association | true", copy),
    "compares with something else": ("look.sh", "base='HEAD^1'", "base=HEAD", fine),
    "forgets the folder": ("look.sh", "prefix=$(git rev-parse --show-prefix 2>/dev/null)", "prefix=", folder),
    "puts a setting into a script": ("action.yml", 'run: exit "$STATUS"', "run: exit ${{ steps.look.outputs.status }}", fine),
    "hides that the check failed": ("action.yml", 'run: exit "$STATUS"', "run: exit 0", fine),
}


def attempt(scenario, action, journeyc, shop, cases):
    with tempfile.TemporaryDirectory(prefix="action") as name:
        change = Change(Path(name), shop, journeyc, action)
        with change.forge:
            try:
                return scenario(change, cases)
            except Exception as error:
                return [f"{type(error).__name__}: {error}"]


def main(action, journeyc, shop, cases):
    tally = Tally()
    with ThreadPoolExecutor(2) as pool, tempfile.TemporaryDirectory() as folder:
        runs = [(name, pool.submit(attempt, it, action, journeyc, shop, cases)) for name, it in SCENARIOS.items()]
        spoilt = []
        for number, (name, (file, old, new, scenario)) in enumerate(SPOILT.items()):
            copy = Path(folder) / str(number)
            shutil.copytree(action, copy)
            text = (copy / file).read_text()
            if old not in text:
                raise LookupError(f"{file} has no {old!r} any more")
            (copy / file).write_text(text.replace(old, new))
            spoilt.append((name, pool.submit(attempt, scenario, copy, journeyc, shop, cases)))
        for name, it in runs:
            tally.check(name, it.result())
        for name, it in spoilt:
            tally.check(f"an action that {name} is noticed", [] if it.result() else ["nobody noticed"])
    tally.finish()


if __name__ == "__main__":
    main(*(Path(it).resolve() for it in sys.argv[1:]))
