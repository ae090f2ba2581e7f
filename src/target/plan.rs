//! `plan.md`: what is created, what changes, and what people set up by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use indexmap::IndexMap;

use super::{Export, Loss, Outcome, Request, Target, script};
use crate::manifest::{Action, Step};

/// More requests of one kind in a row than this are one line: nobody reads a hundred.
const MOST_LINES: usize = 12;

/// Writes the plan.
pub(super) fn plan(target: &dyn Target, export: &Export<'_, '_>) -> String {
    let mut text = format!(
        "# {}, account `{}`\n\n\
         Everything below arrives as a draft, or switched off. Nobody gets a mail until a person switches it on.\n",
        target.title(),
        export.job.account.name
    );
    created(&mut text, export);
    refused(&mut text, &export.outcomes);
    losses(&mut text, target, &export.outcomes);
    beyond(&mut text, target, &export.outcomes);
    by_hand(&mut text, target, export);
    meaning(&mut text, target, &export.outcomes);
    ids(&mut text, &export.outcomes);
    sending(&mut text, target, &export.requests);
    text
}

fn created(text: &mut String, export: &Export<'_, '_>) {
    text.push_str("\n## What is created, in this order\n\n");
    if export.requests.is_empty() {
        text.push_str("Nothing by requests: see below.\n");
    } else {
        text.push_str("| request | what |\n| --- | --- |\n");
        let mut rest = &export.requests[..];
        while let Some((first, behind)) = rest.split_first() {
            let run = run(rest);
            if run > MOST_LINES {
                let (number, last) = (number(&first.0), number(&rest[run - 1].0));
                let mut kinds: Vec<&str> = rest[..run].iter().map(|it| kind(&it.0)).collect();
                kinds.dedup();
                kinds.truncate(2);
                let _ = writeln!(
                    text,
                    "| `{number}` to `{last}` | {run} requests, {}: `{} {}` and so on |",
                    kinds.join(" and "),
                    first.1.method,
                    cell(&first.1.path)
                );
                rest = &rest[run..];
                continue;
            }
            let (file, request) = first;
            let _ = writeln!(
                text,
                "| `{}` | {}: `{} {}` |",
                number(file),
                what(file),
                request.method,
                cell(&request.path)
            );
            rest = behind;
        }
    }
    let written: Vec<&Outcome<'_>> = export
        .outcomes
        .iter()
        .filter(|it| it.is_written())
        .collect();
    if written.is_empty() {
        return;
    }
    text.push_str("\n| journey | begins with | goal to measure |\n| --- | --- | --- |\n");
    for outcome in written {
        let journey = outcome.journey;
        let filter = journey.trigger.filter.as_ref();
        let filter = filter.map_or_else(String::new, |it| format!(" where `{}`", cell(&it.text)));
        let event = &journey.trigger.event;
        let goal = journey.goal.as_ref();
        let goal = goal.map_or_else(String::new, |it| format!("`{}`", it.event));
        let _ = writeln!(text, "| {} | `{event}`{filter} | {goal} |", journey.name);
    }
}

/// The number at the beginning of a file's name.
fn number(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.split('-').next().unwrap_or(name)
}

/// What a file's name says behind the number.
fn what(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    let what = name.split_once('-').map_or("", |it| it.1);
    what.strip_suffix(".json").unwrap_or(what)
}

/// The first word of it: what is created.
fn kind(file: &str) -> &str {
    what(file).split('-').next().unwrap_or_default()
}

/// How many requests at the beginning create one kind of thing, or two kinds in turns.
fn run(files: &[(String, Request)]) -> usize {
    let at = |number: usize| files.get(number).map(|it| kind(&it.0));
    let in_turns = |second: usize| {
        let same =
            |number: &usize| at(*number) == at(if number.is_multiple_of(2) { 0 } else { second });
        (0..files.len()).take_while(same).count()
    };
    in_turns(0).max(in_turns(1))
}

fn refused(text: &mut String, outcomes: &[Outcome<'_>]) {
    let mut refused = outcomes
        .iter()
        .filter(|it| !it.ledger.is_writable())
        .peekable();
    if refused.peek().is_none() {
        return;
    }
    text.push_str("\n## What is not written, and why\n\n");
    for outcome in refused {
        let journey = outcome.journey;
        let _ = writeln!(text, "- `{}` ({})", journey.name, journey.file);
        for obstacle in outcome.ledger.obstacles() {
            let _ = writeln!(text, "  - {obstacle}");
        }
    }
}

fn losses(text: &mut String, target: &dyn Target, outcomes: &[Outcome<'_>]) {
    let _ = write!(
        text,
        "\n## What means something else in {}\n\n",
        target.title()
    );
    let all = outcomes.iter().flat_map(|outcome| {
        let losses = outcome.ledger.losses().into_iter();
        losses.map(|it| (outcome.journey.file.as_str(), it))
    });
    if !grouped(text, all) {
        text.push_str("Nothing: every step keeps its meaning.\n");
    }
}

/// Mail that is due later than the target takes it ahead of its time.
fn beyond(text: &mut String, target: &dyn Target, outcomes: &[Outcome<'_>]) {
    let all = outcomes.iter().flat_map(|outcome| {
        let losses = outcome.ledger.beyond_horizon().iter();
        losses.map(|it| (outcome.journey.file.as_str(), it))
    });
    let mut list = String::new();
    if grouped(&mut list, all) {
        let _ = write!(
            text,
            "\n## What is due too late to be scheduled in {}\n\n{list}",
            target.title()
        );
    }
}

/// Losses with their files; whether there is one.
fn grouped<'l>(text: &mut String, all: impl Iterator<Item = (&'l str, &'l Loss)>) -> bool {
    // What has the same consequence and the same cure is said once, in the order of the first.
    let mut groups: IndexMap<(&str, &str), Vec<String>> = IndexMap::new();
    for (file, loss) in all {
        let line = format!("`{file}:{}` {}.", loss.line, loss.what);
        groups
            .entry((&loss.why, &loss.help))
            .or_default()
            .push(line);
    }
    let is_there = !groups.is_empty();
    for ((why, help), lines) in groups {
        let mut said = String::new();
        if !why.is_empty() {
            let _ = write!(said, "What the customer notices: {why}. ");
        }
        let _ = write!(said, "To do: {help}.");
        if let [only] = lines.as_slice() {
            let _ = writeln!(text, "- {only} {said}");
            continue;
        }
        let _ = writeln!(text, "- {said}");
        for line in lines {
            let _ = writeln!(text, "  - {line}");
        }
    }
    is_there
}

fn by_hand(text: &mut String, target: &dyn Target, export: &Export<'_, '_>) {
    let _ = write!(
        text,
        "\n## What people set up by hand in {}\n\nOnce for the account:\n\n",
        target.title()
    );
    let outcomes = &export.outcomes;
    let mut number = 0;
    let mut item = |text: &mut String, what: &str| {
        number += 1;
        let _ = writeln!(text, "{number}. {what}");
    };
    let domains = domains(outcomes);
    if !domains.is_empty() {
        let list: Vec<String> = domains.iter().map(|it| format!("`{it}`")).collect();
        let what = format!("See that mail from {} may be sent.", list.join(", "));
        item(text, &what);
    }
    let mut shared = BTreeMap::new();
    for outcome in outcomes {
        for work in outcome.ledger.hand_work() {
            *shared.entry(work.as_str()).or_insert(0_usize) += 1;
        }
    }
    // What several journeys ask for is said once, in the order of the first that asks.
    let mut said = BTreeSet::new();
    for outcome in outcomes {
        for work in outcome.ledger.hand_work() {
            if shared.get(work.as_str()).is_some_and(|it| *it > 1) && said.insert(work.as_str()) {
                item(text, work);
            }
        }
    }
    for chore in target.chores() {
        item(text, chore);
    }
    for outcome in outcomes {
        let own: Vec<&String> = outcome
            .ledger
            .hand_work()
            .iter()
            .filter(|it| !said.contains(it.as_str()))
            .collect();
        if own.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\nFor `{}`:\n", outcome.journey.name);
        for (number, work) in (1..).zip(own) {
            let _ = writeln!(text, "{number}. {work}");
        }
    }
}

/// How the export says what journeys say, so that a reader at the provider is not surprised.
fn meaning(text: &mut String, target: &dyn Target, outcomes: &[Outcome<'_>]) {
    let mut kinds = BTreeSet::new();
    for outcome in outcomes {
        Step::walk(&outcome.journey.steps, &mut |step| {
            kinds.insert(step.does.kind());
        });
    }
    let mut notes: Vec<&str> = target
        .notes()
        .iter()
        .filter(|it| it.0.is_empty() || kinds.contains(it.0))
        .map(|it| it.1)
        .collect();
    let remarks = outcomes.iter().flat_map(|it| it.ledger.remarks());
    for remark in remarks {
        if !notes.contains(&remark.as_str()) {
            notes.push(remark);
        }
    }
    if notes.is_empty() {
        return;
    }
    let _ = write!(text, "\n## How journeys are said in {}\n\n", target.title());
    for note in notes {
        let _ = writeln!(text, "- {note}");
    }
}

fn ids(text: &mut String, outcomes: &[Outcome<'_>]) {
    let mut all = BTreeMap::new();
    for outcome in outcomes {
        for (kind, name, id) in outcome.ledger.ids() {
            all.insert((kind, name), id);
        }
    }
    if all.is_empty() {
        return;
    }
    text.push_str(
        "\n## Ids of this account\n\nSee that they are right; they come from `journeyc.yaml`.\n\n",
    );
    text.push_str("| kind | name | id |\n| --- | --- | --- |\n");
    for ((kind, name), id) in all {
        let _ = writeln!(text, "| {kind} | {name} | `{}` |", cell(id));
    }
}

fn sending(text: &mut String, target: &dyn Target, files: &[(String, Request)]) {
    let provider = target.provider();
    if provider.address.is_none() || files.is_empty() {
        return;
    }
    let keys: Vec<String> = script::keys(target)
        .iter()
        .map(|it| format!("`{it}`"))
        .collect();
    let _ = write!(
        text,
        "\n## How to send the requests\n\n\
         `send.sh` beside this file sends them in the order of their numbers. It needs `curl` and `jq`, and \
         the key in the environment: {}.\n\n\
         1. `sh send.sh` shows what would be sent, and sends nothing.\n\
         2. `sh send.sh --yes` sends. It stops at the first answer that is no success, and shows it. Mend \
         what is wrong and run it again: it goes on where it stopped.\n\
         3. Keep `sent.json`, which it writes: it says what has been sent, so nothing is sent twice. \
         `sh send.sh --help` says more.\n\n",
        keys.join(", ")
    );
    for remark in provider.remarks {
        let _ = writeln!(text, "{remark}");
    }
    text.push_str("Never put a key into this repository.\n");
}

fn domains(outcomes: &[Outcome<'_>]) -> BTreeSet<String> {
    let mut domains = BTreeSet::new();
    for outcome in outcomes.iter().filter(|it| it.is_written()) {
        Step::walk(&outcome.journey.steps, &mut |step| {
            if let Action::Send(it) = &step.does
                && let Some((_, domain)) = it.sender.address.rsplit_once('@')
            {
                domains.insert(domain.to_owned());
            }
        });
    }
    domains
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r', '`'], " ")
}
