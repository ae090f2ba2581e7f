//! `plan.md`: what is created, what changes, and what people set up by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use indexmap::IndexMap;

use super::super::{Job, Request};
use super::{Outcome, REVISION, locale_property};
use crate::manifest::{Action, Step};

/// What stands before a folder's name in the group of its templates.
const TEMPLATES: &str = "templates of ";

/// Writes the plan.
pub(super) fn plan(job: &Job<'_>, outcomes: &[Outcome<'_>], files: &[(String, Request)]) -> String {
    let mut text = format!(
        "# Klaviyo, account `{}`\n\n\
         Everything below arrives as a draft. Nobody gets a mail until a person sets a flow to live.\n",
        job.account.name
    );
    created(&mut text, outcomes, files);
    refused(&mut text, outcomes);
    losses(&mut text, outcomes);
    by_hand(&mut text, job, outcomes);
    meaning(&mut text, job, outcomes);
    ids(&mut text, outcomes);
    sending(&mut text, files);
    text
}

fn created(text: &mut String, outcomes: &[Outcome<'_>], files: &[(String, Request)]) {
    text.push_str("\n## What is created, in this order\n\n");
    if files.is_empty() {
        text.push_str("Nothing: see below why.\n");
        return;
    }
    text.push_str("| requests | what |\n| --- | --- |\n");
    let mut first = 0;
    while let Some((file, request)) = files.get(first) {
        let own = group(request);
        let rest = &files[first..];
        let count = rest
            .iter()
            .take_while(|it| group(&it.1) == own)
            .count()
            .max(1);
        let last = &rest[count - 1].0;
        let range = if count == 1 {
            format!("`{}`", number(file))
        } else {
            format!("`{}` to `{}`", number(file), number(last))
        };
        let what = match own.strip_prefix(TEMPLATES) {
            Some(folder) if count == 1 => format!("template of `{}`", cell(folder)),
            Some(folder) => format!("{count} templates of `{}`", cell(folder)),
            None => format!("flow `{}`", cell(&own)),
        };
        let _ = writeln!(text, "| {range} | {what} |");
        first += count;
    }
    text.push_str(
        "\n| flow | begins with | actions | goal to measure |\n| --- | --- | --- | --- |\n",
    );
    for outcome in outcomes.iter().filter(|it| !it.bodies.is_empty()) {
        let journey = outcome.journey;
        let filter = journey.trigger.filter.as_ref();
        let filter = filter.map_or_else(String::new, |it| format!(" where `{}`", cell(&it.text)));
        let event = &journey.trigger.event;
        let goal = journey.goal.as_ref();
        let goal = goal.map_or_else(String::new, |it| format!("`{}`", it.event));
        let _ = writeln!(
            text,
            "| {} | `{event}`{filter} | {} | {goal} |",
            journey.name, outcome.actions
        );
    }
    text.push_str("\nKlaviyo has no goals inside flows: choose the metric as the conversion metric in the flow's analytics.\n");
}

/// What a request belongs to: the templates of one folder, or a flow of its own.
fn group(request: &Request) -> String {
    let name = request.body["data"]["attributes"]["name"].as_str();
    let name = name.unwrap_or_default();
    let folder = name
        .strip_prefix("journeyc/")
        .and_then(|it| it.split(['/', '.', '@']).next());
    folder.map_or_else(|| name.to_owned(), |it| format!("{TEMPLATES}{it}"))
}

/// The number at the beginning of a file's name.
fn number(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.split('-').next().unwrap_or(name)
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

fn losses(text: &mut String, outcomes: &[Outcome<'_>]) {
    text.push_str("\n## What means something else in Klaviyo\n\n");
    // What has the same consequence and the same cure is said once, in the order of the first.
    let mut groups: IndexMap<(&str, &str), Vec<String>> = IndexMap::new();
    for outcome in outcomes {
        for loss in outcome.ledger.losses() {
            let line = format!("`{}:{}` {}.", outcome.journey.file, loss.line, loss.what);
            groups
                .entry((&loss.why, &loss.help))
                .or_default()
                .push(line);
        }
    }
    if groups.is_empty() {
        text.push_str("Nothing: every step keeps its meaning.\n");
    }
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
}

fn by_hand(text: &mut String, job: &Job<'_>, outcomes: &[Outcome<'_>]) {
    text.push_str("\n## What people set up by hand in Klaviyo\n\nOnce for the account:\n\n");
    let mut number = 0;
    let mut item = |text: &mut String, what: &str| {
        number += 1;
        let _ = writeln!(text, "{number}. {what}");
    };
    let domains = domains(outcomes);
    if !domains.is_empty() {
        let list: Vec<String> = domains.iter().map(|it| format!("`{it}`")).collect();
        let what = format!(
            "Settings > Domains: see that mail from {} may be sent.",
            list.join(", ")
        );
        item(text, &what);
    }
    if job.manifest.locales.len() > 1 {
        let what = format!(
            "Fill each profile's `{}` with the language the person reads ({}).",
            locale_property(job.manifest),
            job.manifest.locales.join(", ")
        );
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
    item(
        text,
        "Open each flow, read every message once, send yourself a preview, and only then set it to live.",
    );
    item(
        text,
        "A changed journey is a new flow: set the old one to draft when the new one goes live; people inside the old one leave it then.",
    );
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

/// How the export says what journeys say, so that a reader of the flow is not surprised.
fn meaning(text: &mut String, job: &Job<'_>, outcomes: &[Outcome<'_>]) {
    text.push_str("\n## How journeys are said in Klaviyo\n\n");
    let mut kinds = BTreeSet::new();
    for outcome in outcomes {
        Step::walk(&outcome.journey.steps, &mut |step| {
            kinds.insert(step.does.kind());
            if let Action::Send(it) = &step.does
                && (it.only_if.is_some() || it.unless.is_some())
            {
                kinds.insert("gate");
            }
        });
    }
    let notes = [
        (
            "wait",
            "A wait of days counts 24 hours each. A time of day is a delay of its own behind it, because Klaviyo's \"wait N days until 10:00\" counts calendar days and may come almost a day early.",
        ),
        (
            "wait_for",
            "Waiting for an event is a chain of delays and splits: after each delay the flow looks whether the event has come since the person entered.",
        ),
        (
            "branch",
            "Where ways come together again, Klaviyo needs a copy of what follows in each of them. Names with a number at the end (`setup-help.2`) are copies. In a large flow, branches that only send become filters on the messages.",
        ),
        (
            "gate",
            "`if` and `unless` of a message are its additional filters: people who do not pass skip the message and go on.",
        ),
        (
            "split",
            "Arms are random samples of the people who are left.",
        ),
        ("repeat", "Rounds are written out one after another."),
    ];
    for (kind, note) in notes {
        if kinds.contains(kind) {
            let _ = writeln!(text, "- {note}");
        }
    }
    let mut said = BTreeSet::new();
    for remark in outcomes.iter().flat_map(|it| it.ledger.remarks()) {
        if said.insert(remark) {
            let _ = writeln!(text, "- {remark}");
        }
    }
    text.push_str("- Exits are the flow's profile filter, which Klaviyo looks at before each action. Groups of conditions must all hold; inside a group one is enough.\n");
    if job.manifest.locales.len() > 1 {
        text.push_str("- Each message stands once for each language, one behind the other, and people skip those that are not theirs: a flow's message has one template. This keeps one flow a journey, as Klaviyo's reports expect.\n");
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

fn sending(text: &mut String, files: &[(String, Request)]) {
    if files.is_empty() {
        return;
    }
    let _ = write!(
        text,
        "\n## How to send the requests\n\n\
         Go through `requests/` in the order of the names. For each file:\n\n\
         1. In its `body`, replace every `${{…}}` with what an earlier answer gave for that name.\n\
         2. Send `method` to `https://a.klaviyo.com` and `path` with the body, for example with `curl`. Headers: \
         `Authorization: Klaviyo-API-Key` and your private key, `revision: {REVISION}`, and \
         `application/vnd.api+json` as `Content-Type` and as `Accept`.\n\
         3. An answer of 201 is good. Keep what `binds` names: a name, and where in the answer it stands \
         (`/data/id`). Any other answer: stop and read it.\n\n\
         Klaviyo takes 75 templates a second and 750 a minute, at most 1,000 in all; and one flow a second, \
         15 a minute and 100 a day. The key needs the scopes `templates:write` and `flows:write`. Never put \
         the key into this repository.\n"
    );
}

fn domains(outcomes: &[Outcome<'_>]) -> BTreeSet<String> {
    let mut domains = BTreeSet::new();
    for outcome in outcomes {
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
