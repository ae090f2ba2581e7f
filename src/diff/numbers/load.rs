//! The most messages that one person gets within 30 days.
//!
//! Every wait is as short as it can be, every branch goes the way with the most messages, and the 30
//! days are those in which most of them come. Messages are emails and what other systems send; what a
//! person of ours does by hand is none. Of several journeys each goes its own densest way, so that a
//! story may be told fuller than any single person lives it, never emptier.

use std::collections::BTreeSet;

use super::is_message;
use super::story::Story;
use crate::graph::{Crowds, Elapsed, Graph};

/// The time in which messages are counted.
const WINDOW: Elapsed = Elapsed(30 * Elapsed::DAY.0);

/// So many are too many, however many there are exactly: two a day.
const MOST: u32 = 60;

/// So many beginnings of the 30 days are tried, those of the fullest journeys first.
const BEGINNINGS: usize = 16;

/// Of one journey; nothing where it is more than can be counted.
pub(super) fn of_journey(graph: &Graph<'_>) -> Option<i64> {
    let crowds = crowds(graph);
    let count = crowds.densest().map_or(0, |it| it.0);
    (!crowds.overflows()).then_some(i64::from(count))
}

/// Of the story of a payment.
pub(super) fn of_story(story: &Story<'_>) -> Option<i64> {
    let mut worst = None;
    for party in story.parties()? {
        let mut all = Vec::with_capacity(party.len());
        for member in party {
            let crowds = crowds(&story.graph(member.journey));
            if crowds.overflows() {
                return None;
            }
            all.push((member.from.lo, crowds));
        }
        worst = worst.max(Some(together(&all)));
    }
    worst
}

/// The most that fall into one window, of journeys that begin at these times.
fn together(all: &[(Elapsed, Crowds)]) -> i64 {
    let own = all.iter().filter_map(|(from, crowds)| {
        let (count, at) = crowds.densest()?;
        Some((count, *from + at))
    });
    let mut own: Vec<(u32, Elapsed)> = own.collect();
    own.sort_by_key(|(count, at)| (std::cmp::Reverse(*count), *at));
    let own = own.into_iter().map(|it| it.1);
    let mut tried = BTreeSet::new();
    let beginnings = std::iter::once(Elapsed::ZERO).chain(own);
    let beginnings = beginnings.filter(|it| tried.insert(*it)).take(BEGINNINGS);
    let sum = |begin: Elapsed| -> i64 {
        let each = all.iter().map(|(from, it)| it.within(begin - *from));
        each.map(i64::from).sum()
    };
    beginnings.map(sum).max().unwrap_or(0)
}

fn crowds(graph: &Graph<'_>) -> Crowds {
    let messages = graph.marks(|_, it| is_message(&it.kind));
    graph.crowds(&messages, WINDOW, MOST)
}
