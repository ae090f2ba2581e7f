//! What differs in what each target gets.
//!
//! In: both sides. Out: [`TargetChanges`] for each target and environment in which anything differs.
//! Invariants: payloads are matched by what they are for, never by their number in the order of
//! sending; no secret and no id of an account can be read in what comes out.
//! Not done here: what `plan.md` says to people. What is lost on the way are findings, and what is
//! created are payloads.
//!
//! Where the two compiles hold only the journeys that a change reaches, so do the payloads: `unchanged`
//! then counts those of them that were compared, not all that the target has.

mod lines;
mod masks;
mod unified;

use std::collections::{BTreeMap, BTreeSet};

use super::findings::found;
use super::{Action, Found, Half, Pair, PayloadChange, TargetChanges};
use crate::build::{Export, exports};
use crate::diagnostic::{Diagnostic, Sink, fingerprints};
use crate::model::Program;
use crate::source::{Artifacts, Places};
use lines::lines;
use masks::Masks;

/// What is written beside what is sent: for people, and the script that sends.
const BESIDE: [&str; 2] = ["plan.md", "send.sh"];

/// What differs, by target and environment.
pub(super) fn changes(pair: &Pair<'_, '_>) -> Vec<TargetChanges> {
    let (before, after) = (&pair.before, &pair.after);
    let (Some(old), Some(new)) = (&before.compilation.program, &after.compilation.program) else {
        return Vec::new();
    };
    if before.manifest == after.manifest && have_the_same_targets(old, new) {
        return Vec::new();
    }
    let (mut was, is) = (by_account(before), by_account(after));
    let mut changes = Vec::new();
    for (account, is) in is {
        let was = was.remove(&account).unwrap_or_default();
        changes.push(compare(pair, &account, was, is));
    }
    for (account, was) in was {
        changes.push(compare(pair, &account, was, Account::default()));
    }
    changes.retain(|it| !it.is_empty());
    changes.sort_by(|a, b| (&a.target, &a.environment).cmp(&(&b.target, &b.environment)));
    changes
}

/// What one account gets.
#[derive(Default)]
struct Account {
    artifacts: Artifacts,
    findings: Vec<Diagnostic>,
}

/// What each account gets, by target and environment.
fn by_account(half: &Half<'_, '_>) -> BTreeMap<(String, String), Account> {
    let Some(manifest) = &half.manifest else {
        return BTreeMap::new();
    };
    // What is found whatever the environment is found for each.
    let mut everywhere: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    let mut accounts = BTreeMap::new();
    for export in exports(half.compilation, manifest) {
        let Export {
            target,
            environment,
            artifacts,
            findings,
        } = export;
        let Some(environment) = environment else {
            everywhere.insert(target, findings.into_sorted());
            continue;
        };
        let mut all = Sink::default();
        for it in everywhere.get(&target).into_iter().flatten() {
            all.push(it.clone());
        }
        all.append(findings);
        let account = Account {
            artifacts,
            findings: all.into_sorted(),
        };
        accounts.insert((target, environment), account);
    }
    accounts
}

fn compare(
    pair: &Pair<'_, '_>,
    (target, environment): &(String, String),
    was: Account,
    is: Account,
) -> TargetChanges {
    let introduced = introduced(pair, &was.findings, &is.findings);
    let masks = Masks::of(pair, target, environment);
    let (mut old, new) = (by_name(was.artifacts), by_name(is.artifacts));
    let mut payloads = Vec::new();
    let mut unchanged = 0;
    let payload = |name: &str, action, diff| PayloadChange {
        name: name.to_owned(),
        action,
        diff,
    };
    for (name, mut new) in new {
        let mut old = old.remove(&name).unwrap_or_default();
        // Where a name stands for several, those that are the same belong together.
        new.retain(|it| match old.iter().position(|known| known == it) {
            Some(at) => {
                old.remove(at);
                unchanged += 1;
                false
            }
            None => true,
        });
        let pairs = old.len().min(new.len());
        let (mut old, mut new) = (old.into_iter(), new.into_iter());
        for (was, is) in old.by_ref().zip(new.by_ref()).take(pairs) {
            let diff = unified::diff(&lines(&masks.before(&was)), &lines(&masks.after(&is)));
            payloads.push(payload(&name, Action::Update, diff));
        }
        payloads.extend(new.map(|_| payload(&name, Action::Create, String::new())));
        payloads.extend(old.map(|_| payload(&name, Action::Delete, String::new())));
    }
    for (name, gone) in old {
        payloads.extend(
            gone.iter()
                .map(|_| payload(&name, Action::Delete, String::new())),
        );
    }
    payloads.sort_by(|a, b| (&a.name, a.action).cmp(&(&b.name, b.action)));
    TargetChanges {
        target: target.clone(),
        environment: environment.clone(),
        payloads,
        unchanged,
        introduced,
    }
}

/// What is sent, by what it is for.
fn by_name(artifacts: Artifacts) -> BTreeMap<String, Vec<String>> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, bytes) in artifacts.into_files() {
        if !BESIDE.contains(&path.as_str()) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            names.entry(without_number(&path)).or_default().push(text);
        }
    }
    names
}

/// A path without the number that says when it is sent: `requests/template-film.json` for
/// `requests/002-template-film.json`.
fn without_number(path: &str) -> String {
    let (folder, file) = match path.rsplit_once('/') {
        Some((folder, file)) => (format!("{folder}/"), file),
        None => (String::new(), path),
    };
    let rest = file.trim_start_matches(|it: char| it.is_ascii_digit());
    let file = match rest.strip_prefix('-') {
        Some(rest) if rest.len() + 1 < file.len() => rest,
        _ => file,
    };
    format!("{folder}{file}")
}

/// What was found on the way that was not found before.
fn introduced(pair: &Pair<'_, '_>, was: &[Diagnostic], is: &[Diagnostic]) -> Vec<Found> {
    if is.is_empty() {
        return Vec::new();
    }
    let prints = |half: &Half<'_, '_>, all: &[Diagnostic]| {
        fingerprints(all, &half.compilation.workspace.sources)
    };
    let known: BTreeSet<String> = prints(&pair.before, was).into_iter().collect();
    let places = Places::new(&pair.after.compilation.workspace.sources);
    let all = is.iter().zip(prints(&pair.after, is));
    let new = all.filter(|(_, print)| !known.contains(print));
    new.map(|(it, print)| found(&pair.after, &places, it, print))
        .collect()
}

/// Whether both sides export to the same accounts, with the same ids.
fn have_the_same_targets(before: &Program, after: &Program) -> bool {
    ids(before) == ids(after)
}

type Ids<'p> = BTreeMap<[&'p str; 4], &'p str>;

fn ids(program: &Program) -> Ids<'_> {
    let mut ids = Ids::new();
    for (target, it) in &program.project.targets {
        for journey in &it.journeys {
            ids.insert([&target.value, "", "", &journey.value], "");
        }
        for (environment, it) in &it.environments {
            ids.insert([&target.value, &environment.value, "", ""], "");
            for (kind, table) in &it.ids {
                for (name, id) in table {
                    let key = [&*target.value, &environment.value, &kind.value, &name.value];
                    ids.insert(key, &id.value);
                }
            }
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::without_number;

    #[test]
    fn a_number_that_says_when_is_no_part_of_a_name() {
        for (path, name) in [
            (
                "requests/002-template-film.json",
                "requests/template-film.json",
            ),
            ("requests/1200-flow-a.json", "requests/flow-a.json"),
            ("requests/flow-2-a.json", "requests/flow-2-a.json"),
            ("requests/-a.json", "requests/-a.json"),
            ("2024.json", "2024.json"),
        ] {
            assert_eq!(without_number(path), name);
        }
    }
}
