//! What breaks for people who are inside, and what becomes of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::wording::{count, in_flight, thousands};
use super::page::Page;
use crate::diff::{BreakingChange, JourneyChanges};
use crate::model::InFlight;

/// What breaks, as far as it can be the same in several journeys.
type Key<'a> = (
    Option<&'static str>,
    Vec<(&'static str, Option<&'a str>, &'a str)>,
);

impl Page<'_> {
    /// The breaks journey by journey, those first whose author does not say what becomes of people.
    pub(super) fn inside(&mut self) {
        let mut known: BTreeMap<Key<'_>, usize> = BTreeMap::new();
        let mut groups: Vec<Vec<&JourneyChanges>> = Vec::new();
        let journeys = self.changes.journeys.iter();
        for it in journeys.filter(|it| !it.breaking.is_empty()) {
            let next = groups.len();
            let at = *known.entry(key(it)).or_insert(next);
            match groups.get_mut(at) {
                Some(group) => group.push(it),
                None => groups.push(vec![it]),
            }
        }
        if groups.is_empty() {
            return;
        }
        groups.sort_by_key(|it| it.first().map(|it| it.in_flight.is_some()));
        let breaks = self.changes.breaking().count();
        let journeys: usize = groups.iter().map(Vec::len).sum();
        let title = format!(
            "People who are inside ({} in {})",
            count(breaks, "break"),
            count(journeys, "journey")
        );
        self.heading(3, &title);
        let shown = groups.len().min(self.room.list.min(100));
        let (whole, rest) = groups.split_at(shown);
        for group in whole {
            self.breaks(group);
        }
        let hidden = rest.iter().flatten().map(|it| it.breaking.len()).sum();
        self.hidden("- ", hidden, "break");
        let unsaid = rest
            .iter()
            .flatten()
            .filter(|it| it.in_flight.is_none())
            .count();
        if unsaid > 0 {
            let text = format!(
                "- {} of these journeys: nobody says what becomes of people.",
                thousands(unsaid)
            );
            self.line(&text);
        }
    }

    /// What breaks in journeys in which the same breaks.
    fn breaks(&mut self, group: &[&JourneyChanges]) {
        let Some((first, others)) = group.split_first() else {
            return;
        };
        let mut line = format!("- **{}**", self.text(&first.name));
        if !others.is_empty() {
            let names = self.names(others.iter().map(|it| it.name.as_str()), 20);
            let more = count(others.len(), "other journey");
            let _ = write!(line, ", and the same in {more}: {names}");
        }
        self.line(&line);
        let most = self.room.list.min(20);
        for it in first.breaking.iter().take(most) {
            let line = self.broken(it, &first.place.file);
            self.line(&format!("  - {line}"));
        }
        let hidden = first.breaking.len().saturating_sub(most);
        self.hidden("  - ", hidden, "break");
        let answer = self.answer(first);
        self.line(&format!("  - {answer}"));
    }

    fn broken(&self, it: &BreakingChange, file: &str) -> String {
        let step = it.step.as_deref().map(|it| format!(" {}", self.code(it)));
        let place = it
            .place
            .as_ref()
            .map(|it| format!(" ({})", self.place_in(file, it)));
        let text = super::escape::prose(&it.text, self.room.chars.saturating_mul(2));
        format!(
            "`{}`{}: {text}{}",
            it.id.id(),
            step.unwrap_or_default(),
            place.unwrap_or_default()
        )
    }

    /// What the author says becomes of people, or what is to be written.
    fn answer(&self, it: &JourneyChanges) -> String {
        if let Some(given) = it.in_flight {
            return format!("`in_flight: {}`: {}", given.word(), in_flight(given));
        }
        let choices = InFlight::ALL.iter().map(|it| {
            let said = in_flight(*it);
            format!("`{}` ({said})", it.word())
        });
        let choices: Vec<String> = choices.collect();
        let file = self.code(&it.place.file);
        format!(
            "**Nobody says what becomes of them.** Write `in_flight:` in {file}: {}",
            choices.join(", or ")
        )
    }
}

fn key(it: &JourneyChanges) -> Key<'_> {
    let breaks = it.breaking.iter().map(|it| {
        let step = it.step.as_deref();
        (it.id.id(), step, it.text.as_str())
    });
    (it.in_flight.map(InFlight::word), breaks.collect())
}
