//! What the project does not want to be shown one by one.
//!
//! In: everything that differs, and what both sides leave out. Out: what is left, and how many were
//! taken out of each kind. Invariants: a change cannot hide itself, as only what was left out before it
//! counts; what breaks for people inside is always shown. Not done here: finding out what differs.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Changes, Fate, Half, JourneyChanges, Kind, Pair, Part};

/// Takes out what is left out on both sides.
pub(super) fn take_out(pair: &Pair<'_, '_>, changes: &mut Changes) {
    let ignored = ignored(pair);
    if ignored.is_empty() {
        return;
    }
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    let mut keep = |it: &Change| {
        let is_kept = !ignored.contains(&it.kind);
        if !is_kept {
            *counts.entry(it.kind).or_default() += 1;
        }
        is_kept
    };
    changes.project.retain(&mut keep);
    for journey in &mut changes.journeys {
        journey.changes.retain(&mut keep);
    }
    changes.journeys.retain(|it| !is_silent(it));
    if ignored.contains(&Kind::Look) {
        let muted = looks(changes);
        if muted > 0 {
            counts.insert(Kind::Look, muted);
        }
    }
    changes.muted = counts.into_iter().collect();
}

/// The kinds that both sides leave out; of a side that has no project file, the other's count.
fn ignored(pair: &Pair<'_, '_>) -> BTreeSet<Kind> {
    let of = |half: &Half<'_, '_>| {
        let project = half.compilation.program.as_ref().map(|it| &it.project);
        let kinds = project.map(|it| it.diff.ignore.iter().map(|it| it.value));
        kinds.map(Iterator::collect::<BTreeSet<Kind>>)
    };
    match (of(&pair.before), of(&pair.after)) {
        (Some(old), Some(new)) => old.intersection(&new).copied().collect(),
        (old, new) => old.or(new).unwrap_or_default(),
    }
}

/// Whether nothing of a journey is left to be shown.
fn is_silent(it: &JourneyChanges) -> bool {
    it.fate == Fate::Changed
        && it.changes.is_empty()
        && it.breaking.is_empty()
        && it.timeline.iter().all(|it| it.flags.is_empty())
        && it.numbers.iter().all(|it| it.before == it.after)
}

/// Takes out mails that only look different, and says how many there were.
fn looks(changes: &mut Changes) -> usize {
    let (looks, words): (Vec<_>, Vec<_>) = std::mem::take(&mut changes.copy)
        .into_iter()
        .partition(|it| it.part == Part::Look);
    let of = |it: &super::CopyChange| -> Vec<_> {
        let mails = it
            .mails
            .iter()
            .map(|mail| (mail.clone(), it.locale.clone()));
        mails.collect()
    };
    let read: BTreeSet<_> = words.iter().flat_map(of).collect();
    let mut muted: BTreeSet<_> = looks.iter().flat_map(of).collect();
    muted.retain(|it| !read.contains(it));
    changes.copy = words;
    changes.mails.retain(|it| {
        let mut all = it.alike.iter().chain([&it.mail]);
        !all.all(|mail| muted.contains(&(mail.clone(), it.locale.clone())))
    });
    muted.len()
}
