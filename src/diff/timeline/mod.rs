//! Every touchpoint on both sides, in the order of time.
//!
//! In: a journey as it was and as it is, and which step has become which. Out: a [`Row`] for each
//! touchpoint that anybody gets, on either side. Invariant: compared the other way round, the rows
//! are the same with their sides swapped; only their order follows the newer side.
//! Not done here: which step has become which (`journeys`), who gets a touchpoint, what it says.
//!
//! Times are those of clocks that stand still: three days are three days, not `2 d 23 h – 3 d 1 h`.

mod order;
#[cfg(test)]
mod tests;
mod touchpoint;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::{Half, Kind, Pair, Row};
use crate::graph::Interval;
use crate::manifest::Journey;
use touchpoint::Touchpoint;

/// The rows of one journey. `pairs` says which node of the new journey each node of the old one has
/// become; steps that are not in it have nothing to do with each other, whatever they are called.
pub(super) fn rows(
    pair: &Pair<'_, '_>,
    before: Option<&Journey>,
    after: Option<&Journey>,
    pairs: &BTreeMap<&str, &str>,
) -> Vec<Row> {
    let all = |half: &Half<'_, '_>, journey: Option<&Journey>| {
        journey.map_or_else(Vec::new, |it| touchpoint::all(half, it))
    };
    let old = all(&pair.before, before);
    let new = all(&pair.after, after);
    let matched = matched(&old, &new, pairs);
    let became: BTreeMap<usize, usize> = matched.iter().copied().collect();
    let is_retimed = |was: usize| {
        let is = became.get(&was).and_then(|it| new.get(*it));
        match (old.get(was), is) {
            (Some(was), Some(is)) => !was.is_when(is),
            _ => false,
        }
    };
    let moved = order::moved(&matched, is_retimed);
    let same_start = match (old.first(), new.first()) {
        (Some(old), Some(new)) => old.begins == new.begins,
        _ => false,
    };
    let mut rows = Vec::with_capacity(old.len() + new.len() - matched.len());
    // Where a touchpoint that is gone stood: behind the last one before it that is still there.
    let mut behind = None;
    for (at, it) in old.iter().enumerate() {
        match became.get(&at) {
            Some(now) => behind = Some(*now),
            None => rows.push((it.since_start.lo, behind, 1, gone(it))),
        }
    }
    let was: BTreeMap<usize, usize> = matched.iter().map(|(was, is)| (*is, *was)).collect();
    for (at, it) in new.iter().enumerate() {
        let before = was.get(&at).and_then(|was| Some((*was, old.get(*was)?)));
        let row = match before {
            None => come(it),
            Some((was, before)) => both(before, it, moved.contains(&was), same_start),
        };
        rows.push((it.since_start.lo, Some(at), 0, row));
    }
    rows.sort_by_key(|(time, place, gone, _)| (*time, *place, *gone));
    rows.into_iter().map(|it| it.3).collect()
}

/// The places of what is on both sides, in the order of the old one.
fn matched(
    old: &[Touchpoint],
    new: &[Touchpoint],
    pairs: &BTreeMap<&str, &str>,
) -> Vec<(usize, usize)> {
    let places = new.iter().enumerate();
    let places: BTreeMap<&str, usize> = places.map(|(at, it)| (&*it.entry.step, at)).collect();
    let mut taken = BTreeSet::new();
    let became = |(at, it): (usize, &Touchpoint)| {
        let now = places.get(pairs.get(&*it.entry.step)?)?;
        taken.insert(*now).then_some((at, *now))
    };
    old.iter().enumerate().filter_map(became).collect()
}

fn gone(it: &Touchpoint) -> Row {
    Row {
        before: Some(it.entry.clone()),
        after: None,
        flags: vec![Kind::StepRemoved],
    }
}

fn come(it: &Touchpoint) -> Row {
    Row {
        before: None,
        after: Some(it.entry.clone()),
        flags: vec![Kind::StepAdded],
    }
}

fn both(old: &Touchpoint, new: &Touchpoint, is_moved: bool, same_start: bool) -> Row {
    let (was, is) = (&old.entry, &new.entry);
    let same_since = was.since == is.since;
    let flags = [
        (Kind::StepRenamed, was.step != is.step),
        (Kind::StepMoved, is_moved || !same_since),
        (Kind::Window, was.held_by != is.held_by),
        (Kind::Sender, was.sender != is.sender),
        (Kind::Class, was.class != is.class),
        (Kind::Channel, was.channel != is.channel),
    ];
    let differing = flags.iter().filter(|it| it.1).map(|it| it.0);
    let mut flags: Vec<Kind> = differing.collect();
    let mut pairs = Vec::new();
    if same_since {
        pairs.push((old.since, new.since));
    }
    if same_start {
        pairs.push((old.since_start, new.since_start));
    }
    flags.extend(shift(&pairs));
    flags.sort();
    Row {
        before: Some(was.clone()),
        after: Some(is.clone()),
        flags,
    }
}

/// What became of the times, each counted from the same moment on both sides.
fn shift(pairs: &[(Interval, Interval)]) -> Option<Kind> {
    let ends = pairs
        .iter()
        .flat_map(|(old, new)| [new.lo.cmp(&old.lo), new.hi.cmp(&old.hi)]);
    let ends: BTreeSet<Ordering> = ends.collect();
    let (sooner, later) = (
        ends.contains(&Ordering::Less),
        ends.contains(&Ordering::Greater),
    );
    match (sooner, later) {
        (true, true) => Some(Kind::Timing),
        (true, false) => Some(Kind::Sooner),
        (false, true) => Some(Kind::Later),
        (false, false) => None,
    }
}
