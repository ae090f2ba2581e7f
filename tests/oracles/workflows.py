"""Proves that what shows a review is sound in the eyes of others.

zizmor finds nothing in the workflows and the action, ours and those that `journeyc init` writes;
shellcheck finds nothing in the scripts and in the steps of the action; the schemas of GitHub and GitLab
take the files; pre-commit runs the hook. Spoilt copies must be refused.

    workflows.py ROOT JOURNEYC
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from action import GIT, git
from tally import Tally

PROGRAMS = Path(sys.executable).parent
ACTION = ".github/actions/journeyc"


def run(*command, **more):
    done = subprocess.run([str(it) for it in command], capture_output=True, text=True, timeout=300, **more)
    return done.returncode, done.stdout + done.stderr


def zizmor(*paths):
    """Zero if there is nothing to find, and 11 to 14 by the worst of what there is."""
    return run(PROGRAMS / "zizmor", "--offline", "--no-progress", "--quiet", "--no-config", *paths)


def schema(name, path):
    return run(PROGRAMS / "check-jsonschema", "--builtin-schema", f"vendor.{name}", path)


def clean(outcome):
    status, said = outcome
    return [] if status == 0 else [f"it ends with status {status}", *said.splitlines()[:40]]


def refused(outcome):
    return [] if outcome[0] else ["it passes"]


def check_zizmor(tally, root, shop, folder):
    for name, path in (("this repository", root / ".github"), ("a new repository", shop / ".github")):
        tally.check(f"zizmor finds nothing in {name}", clean(zizmor(path)))
    blocks = re.findall(r"```yaml\n(name: .*?)```", (root / "docs/ci.md").read_text(), re.S)
    tally.check("the page on continuous integration shows whole workflows", [] if len(blocks) > 1 else [f"{len(blocks)}"])
    for number, block in enumerate(blocks):
        path = folder / f"page-{number}" / ".github/workflows/page.yml"
        path.parent.mkdir(parents=True)
        path.write_text(block.replace("COMMIT", "0123456789abcdef0123456789abcdef01234567"))
        tally.check(f"zizmor finds nothing in workflow {number + 1} of the page", clean(zizmor(path)))
        tally.check(f"the schema takes workflow {number + 1} of the page", clean(schema("github-workflows", path)))
    review = (root / ".github/workflows/review.yml").read_text()
    action = (root / ACTION / "action.yml").read_text()
    spoilt = {
        "review.yml": {
            "credentials that stay": (review, r"          persist-credentials: false\n", ""),
            "an action by its tag": (review, r"actions/checkout@\w+ # v6.1.0", "actions/checkout@v6"),
            "an input in a script": (review, r'run: sh \.github', 'run: echo "${{ inputs.copy-owners }}" && sh .github'),
            "code of a stranger run with secrets": (review, r"on:\n  workflow_call:", "on:\n  pull_request_target:\n  workflow_call:"),
        },
        "action.yml": {
            "an input in a step of the action": (action, r'run: exit "\$STATUS"', "run: exit ${{ inputs.fail-on }}"),
            "another's action by a branch": (action, r"actions/cache@\w+ # v5.0.5", "actions/cache@main"),
        },
    }
    for file, cases in spoilt.items():
        for number, (name, (text, old, new)) in enumerate(cases.items()):
            path = folder / f"spoilt-{number}" / (".github/workflows" if file == "review.yml" else "") / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(re.sub(old, lambda _: new, text))
            assert path.read_text() != text, f"nothing is spoilt by {name}"
            tally.check(f"zizmor refuses {name}", refused(zizmor(path)))


def check_scripts(tally, root, folder):
    scripts = sorted((root / ACTION).glob("*.sh"))
    tally.check(f"shellcheck finds nothing in {len(scripts)} scripts", clean(run("shellcheck", "-x", *scripts, cwd=root)))
    steps = [it for it in yaml.safe_load((root / ACTION / "action.yml").read_text())["runs"]["steps"] if "run" in it]
    for number, step in enumerate(steps):
        path = folder / f"step-{number}.sh"
        path.write_text("#!/bin/sh -e\n" + step["run"])
        tally.check(f"shellcheck finds nothing in the step {step['name']!r}", clean(run("shellcheck", path)))
    bad = folder / "bad.sh"
    bad.write_text("#!/bin/sh\nrm -rf $1/*\n[[ a == b ]]\n")
    tally.check("shellcheck refuses names without quotes", refused(run("shellcheck", bad)))


def check_schemas(tally, root, shop, other):
    files = {
        "github-actions": [root / ACTION / "action.yml", shop / ACTION / "action.yml"],
        "github-workflows": sorted([*(root / ".github/workflows").iterdir(), *(shop / ".github/workflows").iterdir()]),
        "gitlab-ci": [other / ".gitlab-ci.yml"],
    }
    for name, paths in files.items():
        for path in paths:
            tally.check(f"the schema {name} takes {path.parent.name}/{path.name}", clean(schema(name, path)))
        bad = other / f"bad-{name}.yml"
        bad.write_text(paths[0].read_text().replace("runs:", "run:").replace("jobs:", "job:").replace("script:", "scripts:"))
        tally.check(f"the schema {name} refuses a spoilt file", refused(schema(name, bad)))
    # What a new GitLab project runs is there.
    text = (other / ".gitlab-ci.yml").read_text()
    named = set(re.findall(r"\.gitlab/journeyc/[a-z-]+\.sh", text))
    sourced = {f".gitlab/journeyc/{it}" for path in named for it in re.findall(r'\. "\$here/([a-z-]+\.sh)"', (other / path).read_text())}
    tally.check("every script of a new GitLab project is there", [it for it in named | sourced if not (other / it).is_file()])


def check_hook(tally, root, shop, journeyc, folder):
    path = folder / "path"
    path.mkdir()
    (path / "journeyc").symlink_to(journeyc)
    environment = os.environ | GIT | {"PATH": f"{path}:{os.environ['PATH']}", "PRE_COMMIT_HOME": str(folder / "pre-commit"), "HOME": str(folder)}
    pre_commit = PROGRAMS / "pre-commit"
    tally.check("pre-commit takes the hooks", clean(run(pre_commit, "validate-manifest", root / ".pre-commit-hooks.yaml")))
    hooks = folder / "hooks"
    hooks.mkdir()
    shutil.copy(root / ".pre-commit-hooks.yaml", hooks)
    for repository in (hooks, shop):
        git(repository, "init", "--quiet")
        git(repository, "add", "--all")
        git(repository, "commit", "--quiet", "--message=x")

    def committed(what):
        """What the hook of this repository and the one of `journeyc init` say of what is staged."""
        git(shop, "add", "--all")
        tried = run(pre_commit, "try-repo", hooks, "journeyc-check-system", cwd=shop, env=environment)
        return tried, run(pre_commit, "run", cwd=shop, env=environment), what

    def expect(outcomes, status, word):
        *runs, what = outcomes
        for whose, (code, said) in zip(("our hook", "the hook of a new repository"), runs):
            tally.check(f"{whose}: {what}", [] if (code, word in said) == (status, True) else [f"status {code}", said[-600:]])

    (shop / "NOTES.md").write_text("x\n")
    expect(committed("nothing to check in notes"), 0, "Skipped")
    journey = next(it for it in sorted((shop / "journeys").rglob("*.yaml")))
    journey.write_text(journey.read_text() + "\n# a remark\n")
    expect(committed("a sound journey passes"), 0, "Passed")
    journey.write_text(journey.read_text() + "\nno-such-key: 1\n")
    expect(committed("a broken journey fails"), 1, "unknown-key")


def main(root, journeyc):
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="workflows") as name:
        folder = Path(name)
        shop, other = folder / "shop", folder / "other"
        tally.check("journeyc init writes for GitHub", clean(run(journeyc, "init", shop)))
        tally.check("journeyc init writes for GitLab", clean(run(journeyc, "init", "--ci", "gitlab", other)))
        check_zizmor(tally, root, shop, folder)
        check_scripts(tally, root, folder)
        check_schemas(tally, root, shop, other)
        check_hook(tally, root, shop, journeyc, folder)
    tally.finish()


if __name__ == "__main__":
    main(*(Path(it).resolve() for it in sys.argv[1:]))
