//! What became of each journey.

use std::collections::BTreeMap;

use super::{Changes, Fate, JourneyChanges, Pair, Place, chart, numbers, timeline};
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
    let gone = gone.map(|it| of(pair, it, Fate::Removed));
    let new = new.map(|it| of(pair, it, Fate::Added));
    gone.chain(new).collect()
}

/// Files whose text differs though nothing that they say does.
pub(super) fn formatting(_pair: &Pair<'_, '_>, _changes: &Changes) -> Vec<String> {
    Vec::new()
}

fn of(pair: &Pair<'_, '_>, journey: &Journey, fate: Fate) -> JourneyChanges {
    let only = |wanted| Some(journey).filter(|_| fate == wanted);
    let (before, after) = (only(Fate::Removed), only(Fate::Added));
    let timeline = timeline::rows(pair, before, after, &BTreeMap::new());
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
        chart: after.and_then(|it| chart::of(&pair.after, it, &timeline)),
        timeline,
        numbers: numbers::of(pair, before, after),
        breaking: Vec::new(),
        in_flight: journey.in_flight,
    }
}
