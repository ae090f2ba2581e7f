//! Which journey each journey of the old side has become.
//!
//! In: the journeys of both sides. Out: pairs, and those that are alone. Invariants: a journey that
//! keeps its name keeps its partner; looked at the other way round, the pairs are the same; a journey
//! that only shares a trigger with one that is gone is a new one. Not done here: pairing steps.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::steps::bare;
use crate::manifest::{Journey, Step};

/// How much of two journeys must be the same for the one to be the other under a new name, in
/// percent.
const ENOUGH: usize = 60;

/// A feature that so many journeys share says nothing of any of them, and comparing each with each
/// would take long.
const COMMON: usize = 50;

/// The journeys of both sides by their numbers: those that belong together, and those that are alone.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Pairing {
    pub(super) both: Vec<(usize, usize)>,
    pub(super) removed: Vec<usize>,
    pub(super) added: Vec<usize>,
}

/// Pairs them: by name, then by what they do.
pub(super) fn pairs(before: &[Journey], after: &[Journey]) -> Pairing {
    let (old, new) = (named(before), named(after));
    let mut both: Vec<(usize, usize)> = old
        .iter()
        .filter_map(|(name, at)| Some((*at, *new.get(name)?)))
        .collect();
    let alone = |mine: &BTreeMap<(&str, usize), usize>, other: &BTreeMap<(&str, usize), usize>| {
        let alone = mine.iter().filter(|it| !other.contains_key(it.0));
        alone.map(|it| *it.1).collect::<Vec<usize>>()
    };
    let (mut removed, mut added) = (alone(&old, &new), alone(&new, &old));
    for (old, new) in renamed(before, &removed, after, &added) {
        removed.retain(|it| *it != old);
        added.retain(|it| *it != new);
        both.push((old, new));
    }
    both.sort_unstable();
    Pairing {
        both,
        removed,
        added,
    }
}

/// The numbers of journeys by name; several of one name are counted.
fn named(journeys: &[Journey]) -> BTreeMap<(&str, usize), usize> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut named = BTreeMap::new();
    for (at, journey) in journeys.iter().enumerate() {
        let count = counts.entry(&journey.name).or_default();
        named.insert((&*journey.name, *count), at);
        *count += 1;
    }
    named
}

/// Those that are the same under another name, the most alike first.
fn renamed(
    before: &[Journey],
    removed: &[usize],
    after: &[Journey],
    added: &[usize],
) -> Vec<(usize, usize)> {
    if removed.is_empty() || added.is_empty() {
        return Vec::new();
    }
    let of = |journeys: &[Journey], alone: &[usize]| -> Vec<BTreeSet<String>> {
        alone.iter().map(|at| features(&journeys[*at])).collect()
    };
    let (old, new) = (of(before, removed), of(after, added));
    let mut places: BTreeMap<&str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (at, it) in old.iter().enumerate() {
        for feature in it {
            places.entry(feature).or_default().0.push(at);
        }
    }
    for (at, it) in new.iter().enumerate() {
        for feature in it {
            places.entry(feature).or_default().1.push(at);
        }
    }
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (olds, news) in places.values() {
        if olds.len() <= COMMON && news.len() <= COMMON {
            for old in olds {
                for new in news {
                    *shared.entry((*old, *new)).or_default() += 1;
                }
            }
        }
    }
    let mut candidates = Vec::new();
    for ((a, b), count) in shared {
        let score = 200 * count / (old[a].len() + new[b].len()).max(1);
        if score >= ENOUGH {
            let (a, b) = (removed[a], added[b]);
            let mut names = [&before[a].name, &after[b].name];
            // Whichever side is the newer, the same pair comes first.
            names.sort_unstable();
            candidates.push((Reverse(score), names, (a, b)));
        }
    }
    candidates.sort_unstable();
    let mut taken = (BTreeSet::new(), BTreeSet::new());
    candidates.retain(|(_, _, (a, b))| {
        let is_free = !taken.0.contains(a) && !taken.1.contains(b);
        if is_free {
            taken.0.insert(*a);
            taken.1.insert(*b);
        }
        is_free
    });
    candidates.into_iter().map(|it| it.2).collect()
}

/// What a journey does, in parts: its trigger, and the name and the content of each step.
fn features(journey: &Journey) -> BTreeSet<String> {
    let filter = journey.trigger.filter.as_ref().map(|it| &it.text);
    let mut features = BTreeSet::new();
    features.insert(format!("trigger {} {filter:?}", journey.trigger.event));
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    Step::walk(&journey.steps, &mut |step| {
        if !step.node.starts_with('@') {
            features.insert(format!("step {}", step.node));
        }
        let mut content = bare(step);
        // What a new name of the journey may change: the folder of templates, texts with the name.
        for key in [
            "node",
            "line",
            "mails",
            "title",
            "when",
            "else",
            "on_timeout",
            "steps",
        ] {
            content.remove(key);
        }
        if let Some(template) = content.get("template").and_then(|it| it.as_str()) {
            let name = template.rsplit('/').next().unwrap_or(template).to_owned();
            content.insert("template".to_owned(), name.into());
        }
        let text = serde_json::Value::Object(content).to_string();
        let count = counts.entry(text.clone()).or_default();
        *count += 1;
        features.insert(format!("content {count} {text}"));
    });
    features
}
