//! Disagreements made small: less and less of a project and a life, as long as they disagree.

use std::fmt::Write as _;

use journeyc::diagnostic::Verdict;
use journeyc::simulate::{Life, Record, What};
use serde_json::Value;

use super::plan::Plan;
use super::run::{Disagreement, compile};
use super::tale::{path, shown};
use super::witness::Replay;
use super::{Said, Tale, Town, Violation, rules, said, town};

/// So often a smaller one is tried.
const TRIES: usize = 600;

/// The smallest that is found.
pub(super) fn smallest(it: &Disagreement) -> Disagreement {
    let mut best = it.clone();
    // A search for a life that shows a finding takes as long as many lives.
    let mut tries = if it.tale.is_some() { 0 } else { TRIES - 200 };
    loop {
        let mut smaller = false;
        if let Some(tale) = best.tale.clone() {
            let mut lines: Vec<String> = tale.lines().map(str::to_owned).collect();
            let mut at = 0;
            while at < lines.len() && tries < TRIES {
                tries += 1;
                let mut less = lines.clone();
                less.remove(at);
                let next = Disagreement {
                    tale: Some(less.join("\n")),
                    ..best.clone()
                };
                if let Some(next) = still(next) {
                    best = next;
                    lines = less;
                    smaller = true;
                } else {
                    at += 1;
                }
            }
        }
        let mut at = 0;
        while tries < TRIES {
            let Some(plan) = without(&best.plan, at) else {
                break;
            };
            tries += 1;
            let next = Disagreement {
                plan,
                ..best.clone()
            };
            match still(next) {
                Some(next) => {
                    best = next;
                    smaller = true;
                }
                None => at += 1,
            }
        }
        if !smaller || tries >= TRIES {
            return best;
        }
    }
}

/// Whether two still disagree; then with what is wrong now.
fn still(mut it: Disagreement) -> Option<Disagreement> {
    let checker = rules::of(it.rule)?;
    let says = compile(&it.plan, |compiled, town| match &it.tale {
        Some(text) => {
            let tale = Tale::try_read(town, text)?;
            let record = town.simulation.live(&tale.life, &mut tale.chance());
            let violations = checker.violations(town, &tale.life, &record);
            let says = |it: &&Violation| said(checker, town, it, &compiled.findings);
            violations
                .iter()
                .find(|it| says(it) == Said::Nothing)
                .map(|it| it.says.clone())
        }
        None => {
            let own = compiled
                .findings
                .iter()
                .filter(|it| it.rule.0 == checker.rule());
            let ids = journeyc::lint::ids();
            let mut replay = Replay::new(compiled, town, &ids, false);
            let mut failing = own.filter(|it| it.verdict == Verdict::Fail);
            failing.find_map(|it| replay.shows(checker, it)?.err())
        }
    });
    it.says = says.ok()??;
    Some(it)
}

/// The plan without its n-th part; nothing if it has no such part.
fn without(plan: &Plan, at: usize) -> Option<Plan> {
    let mut plan = plan.clone();
    let mut left = at;
    if left < plan.journeys.len() {
        if plan.journeys.len() > 1 {
            plan.journeys.remove(left);
        }
        return Some(plan);
    }
    left -= plan.journeys.len();
    let journeys = plan.journeys.iter_mut();
    for it in journeys.chain(std::iter::once(&mut plan.project)) {
        if take(it, &mut left) {
            return Some(plan);
        }
    }
    None
}

/// Takes away the n-th part below a value, counted in the order of the text; what is taken out of a
/// container of steps may be replaced by what it holds.
fn take(value: &mut Value, left: &mut usize) -> bool {
    match value {
        Value::Object(entries) => {
            let keys: Vec<String> = entries.keys().cloned().collect();
            for key in keys {
                // Without `lint` all rules would run, which takes its time.
                if [
                    "version", "brand", "journey", "reentry", "id", "template", "lint",
                ]
                .contains(&key.as_str())
                {
                    continue;
                }
                if *left == 0 {
                    entries.remove(&key);
                    return true;
                }
                *left -= 1;
                if entries.get_mut(&key).is_some_and(|it| take(it, left)) {
                    return true;
                }
            }
            false
        }
        Value::Array(items) => {
            for at in 0..items.len() {
                if *left == 0 {
                    items.remove(at);
                    return true;
                }
                *left -= 1;
                if let Some(inner) = held(&items[at]) {
                    if *left == 0 {
                        items.splice(at..=at, inner);
                        return true;
                    }
                    *left -= 1;
                }
                if take(&mut items[at], left) {
                    return true;
                }
            }
            false
        }
        _ => false,
    }
}

/// The steps that a container holds in its first list.
fn held(step: &Value) -> Option<Vec<Value>> {
    let places = [
        "/branch/when/0/steps",
        "/split/arms/a/steps",
        "/repeat/steps",
        "/wait_for/on_timeout",
    ];
    let found = places.iter().find_map(|it| step.pointer(it))?;
    found.as_array().cloned()
}

/// What happens in a life, line by line, on the person's clock.
pub(super) fn timeline(town: &Town<'_>, life: &Life, record: &Record) -> String {
    let clock = town.clock(life);
    let mut out = String::new();
    for it in record.moments.iter().take(60) {
        let local = clock.local(it.at).format("%a %Y-%m-%d %H:%M:%S");
        let _ = write!(out, "{local}  ");
        if let Some(visit) = it.visit {
            let _ = write!(out, "{}#{} ", town.name(visit.journey), visit.no.0);
        }
        let _ = match it.what {
            What::Event(_) => {
                let event = town::event(life, it.what);
                let name = event.map(|it| town.simulation.event_name(it.0));
                writeln!(out, "event {}", name.unwrap_or(""))
            }
            What::Waits(step, until) => {
                writeln!(
                    out,
                    "waits at {} until {} UTC",
                    path(town, step),
                    shown(until)
                )
            }
            what => {
                let step = what.step().map(|it| path(town, it)).unwrap_or_default();
                writeln!(out, "{what:?} {step}")
            }
        };
    }
    out
}
