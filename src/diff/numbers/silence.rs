//! The longest stretch after a payment in which the customer hears nothing.
//!
//! Every wait is as long as it can be; a touchpoint that only some get is none for those who do not
//! get it. Counted over the first 90 days, and not beyond the end of the journey that looks after
//! people most. What the other journeys of the story surely say in between ends a silence.

use std::cmp::Reverse;

use super::story::Story;
use crate::graph::lives::{Cause, Member};
use crate::graph::{Bound, Elapsed, Graph, Lens, Marks, NodeId};

/// The first days, that count.
const FIRST: Elapsed = Elapsed(90 * Elapsed::DAY.0);

/// More journeys at once than these are not laid beside each other.
const MOST_JOURNEYS: usize = 64;

/// From when to when nothing is heard, counted from the payment.
type Gap = (Elapsed, Elapsed);

/// Of one journey; nothing where a wait has no end.
pub(super) fn of_journey(graph: &Graph<'_>) -> Option<i64> {
    let gaps = gaps(graph)?;
    gaps.iter().map(|it| (it.1 - it.0).0).max()
}

/// Of the story of a payment: of the kinds of buyers the one that hears nothing for longest. Nothing
/// where a wait has no end, or where some hear nothing at all.
pub(super) fn of_story(story: &Story<'_>) -> Option<i64> {
    let mut worst = None;
    for party in story.parties()? {
        worst = worst.max(Some(of_party(story, &party)?));
    }
    worst
}

fn of_party(story: &Story<'_>, party: &[Member<'_>]) -> Option<i64> {
    let begun = party.iter().filter(|it| it.cause == Cause::Event);
    let graphs: Vec<Graph<'_>> = begun
        .take(MOST_JOURNEYS + 1)
        .map(|it| story.graph(it.journey))
        .collect();
    if graphs.len() > MOST_JOURNEYS {
        return None;
    }
    let rank = |(at, graph): &(usize, &Graph<'_>)| (graph.touchpoints().count(), Reverse(*at));
    let (main, graph) = graphs.iter().enumerate().max_by_key(rank)?;
    graph.touchpoints().next()?;
    let others = graphs.iter().enumerate().filter(|(at, _)| *at != main);
    let mut heard: Vec<Gap> = others.flat_map(|(_, it)| sure(it)).collect();
    heard.sort_unstable();
    let gaps = gaps(graph)?;
    gaps.into_iter().map(|it| longest(it, &heard)).max()
}

/// Every silence of a journey; nothing if one has no end.
fn gaps(graph: &Graph<'_>) -> Option<Vec<Gap>> {
    let entry = graph.origin(graph.entry());
    let silences = graph.silences(&entry, &Marks::default(), Lens::WITHOUT_CAP);
    let mut gaps = Vec::with_capacity(silences.len());
    for path in silences {
        let from = graph.offset_on_still_clocks(path.start())?.lo;
        if from >= FIRST {
            continue;
        }
        let Bound::Finite(length) = path.on_still_clocks() else {
            return None;
        };
        gaps.push((from, FIRST.min(from + length)));
    }
    Some(gaps)
}

/// When everybody hears something, at the earliest and at the latest.
fn sure<'g>(graph: &'g Graph<'_>) -> impl Iterator<Item = Gap> + 'g {
    let entry = graph.origin(graph.entry());
    let is_sure = move |id: &NodeId| {
        let marks = Marks::default().node(*id);
        graph.path_without(&entry, &marks).is_none()
    };
    let all = graph.touchpoints().map(|it| it.0).filter(is_sure);
    all.filter_map(|it| {
        let at = graph.offset_on_still_clocks(it)?;
        Some((at.lo, at.hi.finite()?))
    })
}

/// What remains of a silence where something is surely heard in it: its longest part.
fn longest(gap: Gap, heard: &[Gap]) -> i64 {
    let (mut from, until) = gap;
    let mut longest = Elapsed::ZERO;
    for (earliest, latest) in heard {
        if *earliest >= from && *latest <= until {
            longest = longest.max(*latest - from);
            from = *earliest;
        }
    }
    longest.max(until - from).0
}
