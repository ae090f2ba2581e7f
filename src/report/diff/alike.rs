//! Journeys in which exactly the same differs.
//!
//! In: what differs in journeys. Out: [`Group`]s in the order of their first members. Invariant: every
//! journey is in one group. Not done here: saying what differs.

use std::collections::BTreeMap;

use crate::diff::{Entry, Fate, JourneyChanges, Kind};

/// Journeys in which the same differs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group<'a> {
    /// The first of them.
    pub(super) first: &'a JourneyChanges,
    /// The others.
    pub(super) others: Vec<&'a JourneyChanges>,
}

impl<'a> Group<'a> {
    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &'a JourneyChanges> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    /// How many they are.
    pub(super) fn len(&self) -> usize {
        self.others.len() + 1
    }
}

/// A change without where it stands.
type Said<'a> = (
    Kind,
    Option<&'a str>,
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
);

/// A touchpoint as a reader sees it.
type Seen<'a> = (&'a str, &'a str, &'a str, &'a str, Option<&'a str>);

/// What a reader sees of a journey.
type Key<'a> = (
    Vec<Said<'a>>,
    Vec<(Option<Seen<'a>>, Option<Seen<'a>>, &'a [Kind])>,
);

/// Puts journeys together that change in the same way. New and removed ones stand for themselves.
pub(super) fn groups<'a>(journeys: impl Iterator<Item = &'a JourneyChanges>) -> Vec<Group<'a>> {
    let mut known: BTreeMap<Key<'a>, usize> = BTreeMap::new();
    let mut groups: Vec<Group<'a>> = Vec::new();
    for it in journeys {
        if it.fate == Fate::Changed {
            let at = *known.entry(key(it)).or_insert(groups.len());
            if let Some(group) = groups.get_mut(at) {
                group.others.push(it);
                continue;
            }
        }
        groups.push(Group {
            first: it,
            others: Vec::new(),
        });
    }
    groups
}

fn key(it: &JourneyChanges) -> Key<'_> {
    let said = it.changes.iter().map(|it| {
        let (before, after) = (it.before.as_deref(), it.after.as_deref());
        (
            it.kind,
            it.step.as_deref(),
            it.subject.as_str(),
            before,
            after,
        )
    });
    let rows = it.timeline.iter().map(|it| {
        let (before, after) = (it.before.as_ref(), it.after.as_ref());
        (before.map(seen), after.map(seen), it.flags.as_slice())
    });
    (said.collect(), rows.collect())
}

fn seen(it: &Entry) -> Seen<'_> {
    let sender = it.sender.as_deref();
    (&it.step, &it.title, &it.since, &it.when, sender)
}
