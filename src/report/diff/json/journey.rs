//! A journey that differs, as programs read it.

use super::types::{Break, Changed, Entry, Fate, Flag, Journey, Place, Row};
use crate::diff;
use crate::report::offset::iso;

/// All of one journey.
pub(super) fn journey(it: &diff::JourneyChanges) -> Journey<'_> {
    Journey {
        name: &it.name,
        was: it.was.as_deref(),
        title: it.title.as_deref(),
        fate: match it.fate {
            diff::Fate::Removed => Fate::Removed,
            diff::Fate::Added => Fate::Added,
            diff::Fate::Renamed => Fate::Renamed,
            diff::Fate::Changed => Fate::Changed,
        },
        place: Place::from(&it.place),
        changes: it.changes.iter().map(Changed::from).collect(),
        numbers: it.numbers.iter().map(super::number).collect(),
        timeline: it.timeline.iter().map(row).collect(),
        breaking: it.breaking.iter().map(breaking).collect(),
        in_flight: it.in_flight.map(crate::model::InFlight::word),
        chart: it.chart.as_deref(),
    }
}

impl<'a> From<&'a diff::Change> for Changed<'a> {
    fn from(it: &'a diff::Change) -> Self {
        Self {
            kind: it.kind.id(),
            title: it.kind.title(),
            noticed: it.kind.is_noticed(),
            step: it.step.as_deref(),
            subject: &it.subject,
            before: it.before.as_deref(),
            after: it.after.as_deref(),
            place: it.place.as_ref().map(Place::from),
        }
    }
}

impl<'a> From<&'a diff::Place> for Place<'a> {
    fn from(it: &'a diff::Place) -> Self {
        Self {
            file: &it.file,
            line: it.line,
        }
    }
}

fn row(it: &diff::Row) -> Row<'_> {
    let flag = |it: &diff::Kind| Flag {
        kind: it.id(),
        title: it.title(),
    };
    Row {
        before: it.before.as_ref().map(entry),
        after: it.after.as_ref().map(entry),
        flags: it.flags.iter().map(flag).collect(),
    }
}

fn entry(it: &diff::Entry) -> Entry<'_> {
    Entry {
        step: &it.step,
        title: &it.title,
        channel: it.channel.word(),
        class: it.class.map(crate::model::Class::word),
        sender: it.sender.as_deref(),
        since: &it.since,
        earliest: iso(it.earliest),
        latest: it.latest.map(iso),
        when: &it.when,
        held_by: &it.held_by,
    }
}

fn breaking(it: &diff::BreakingChange) -> Break<'_> {
    Break {
        id: it.id.id(),
        step: it.step.as_deref(),
        text: &it.text,
        place: it.place.as_ref().map(Place::from),
    }
}
