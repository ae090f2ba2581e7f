//! What became of each journey.

use std::collections::BTreeMap;

use super::{Changes, Fate, JourneyChanges, Pair, Place};
use crate::manifest::Journey;

/// The journeys that differ.
pub(super) fn changes(pair: &Pair<'_, '_>) -> Vec<JourneyChanges> {
    let by_name = |journeys: &'_ [Journey]| -> BTreeMap<String, Journey> {
        let named = journeys.iter().map(|it| (it.name.clone(), it.clone()));
        named.collect()
    };
    let before = by_name(pair.before.journeys());
    let after = by_name(pair.after.journeys());
    let gone = before.values().filter(|it| !after.contains_key(&it.name));
    let new = after.values().filter(|it| !before.contains_key(&it.name));
    let gone = gone.map(|it| of(it, Fate::Removed));
    gone.chain(new.map(|it| of(it, Fate::Added))).collect()
}

/// Files whose text differs though nothing that they say does.
pub(super) fn formatting(_pair: &Pair<'_, '_>, _changes: &Changes) -> Vec<String> {
    Vec::new()
}

fn of(journey: &Journey, fate: Fate) -> JourneyChanges {
    JourneyChanges {
        name: journey.name.clone(),
        was: None,
        title: journey.title.clone(),
        fate,
        place: Place {
            file: journey.file.clone(),
            line: journey.line,
        },
        changes: Vec::new(),
        timeline: Vec::new(),
        numbers: Vec::new(),
        breaking: Vec::new(),
        in_flight: journey.in_flight,
        chart: None,
    }
}
