//! Which steps have changed places with others.
//!
//! In: the pairs of two journeys' steps. Out: the numbers of the old steps that have moved, as few as
//! possible. Invariant: looked at the other way round, the same steps have moved; where a wait and a
//! message have changed places, the message has. Not done here: saying where to.

use std::collections::{BTreeMap, BTreeSet};

use super::pairing::{List, Pairs};
use super::{is_stop, timing};

/// A step on both sides.
struct Point {
    old: usize,
    new: usize,
    /// Whether people stand still there: such steps stay where they are if any do.
    is_stop: bool,
}

/// How good it is to keep the steps up to one of them: how many stay, how many of these are waits,
/// and which of several that are as good is preferred.
type Score = (usize, usize, usize);

/// The steps of the old journey that stand in another list than they did, or before or after others
/// of their list.
pub(super) fn moved(pairs: &Pairs<'_, '_>) -> BTreeSet<usize> {
    let mut lists: BTreeMap<List, Vec<Point>> = BTreeMap::new();
    let mut moved = BTreeSet::new();
    for (old, place) in pairs.old.iter().enumerate() {
        let Some(new) = pairs.of[old] else {
            continue;
        };
        if pairs.list_of(place) == Some(pairs.new[new].list) {
            let is_stop = is_stop(place.step) && is_stop(pairs.new[new].step);
            lists
                .entry(place.list)
                .or_default()
                .push(Point { old, new, is_stop });
        } else {
            moved.insert(old);
        }
    }
    for points in lists.values() {
        let kept = kept(points, &ranks(points, pairs));
        let rest = points.iter().enumerate().filter(|(n, _)| !kept.contains(n));
        moved.extend(rest.map(|(_, it)| it.old));
    }
    moved
}

/// For each point its place in an order that is the same looked at the other way round.
fn ranks(points: &[Point], pairs: &Pairs<'_, '_>) -> Vec<usize> {
    let key = |n: &usize| {
        let it = &points[*n];
        let (old, new) = (&pairs.old[it.old], &pairs.new[it.new]);
        let mut names = [old, new].map(|it| it.id().map_or_else(|| timing(it.step), str::to_owned));
        names.sort_unstable();
        (it.old + it.new, names)
    };
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by_cached_key(key);
    let mut ranks = vec![0; points.len()];
    for (rank, n) in order.into_iter().enumerate() {
        // The first is preferred, and the highest score wins.
        ranks[n] = points.len() - rank;
    }
    ranks
}

/// The points that stand in the same order on both sides, as many as possible.
fn kept(points: &[Point], ranks: &[usize]) -> BTreeSet<usize> {
    let mut columns: Vec<usize> = points.iter().map(|it| it.new).collect();
    columns.sort_unstable();
    // The best point among those whose column is small enough: a Fenwick tree.
    let mut best: Vec<Option<(Score, usize)>> = vec![None; points.len() + 1];
    let mut previous = vec![None; points.len()];
    let mut last: Option<(Score, usize)> = None;
    for (n, point) in points.iter().enumerate() {
        let column = columns.partition_point(|it| *it < point.new);
        let mut before = None;
        let mut at = column;
        while at > 0 {
            before = before.max(best[at]);
            at &= at - 1;
        }
        previous[n] = before.map(|it| it.1);
        let (length, stops, _) = before.map_or((0, 0, 0), |it| it.0);
        let score = (length + 1, stops + usize::from(point.is_stop), ranks[n]);
        let own = Some((score, n));
        last = last.max(own);
        let mut at = column + 1;
        while at < best.len() {
            best[at] = best[at].max(own);
            at += at & at.wrapping_neg();
        }
    }
    let mut kept = BTreeSet::new();
    let mut at = last.map(|it| it.1);
    while let Some(n) = at {
        kept.insert(n);
        at = previous[n];
    }
    kept
}
