//! What nobody comes by in a journey, because conditions rule it out.
//!
//! In: places that somebody who can reason about conditions has found. Out: which edges a graph leaves out, so
//! that no question of time is answered with a way that nobody goes.
//! Invariant: with nothing ruled out a graph is as it is drawn. Not done here: reasoning about conditions
//! (that is `model::reason`, which `lint` asks).

use std::collections::BTreeSet;

use super::build::Builder;
use crate::model::{Class, Condition, Name, Repeat, Send};
use crate::source::Span;

/// What conditions rule out in a journey.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dead {
    /// Nobody is let in.
    pub nobody: bool,
    /// Nothing else fills the frequency cap: people come once, and get commercial mail from nowhere else.
    pub alone: bool,
    /// Conditions that let nobody through, by their own places, branches of which nobody takes the
    /// `else`, by the places of their names, awaited events that end no wait, timeouts of waits for what has
    /// come already, and messages that an exit has stopped for all.
    pub places: BTreeSet<Span>,
    /// Repetitions that are over after their first round, by the places of their `until`.
    pub once: BTreeSet<Span>,
}

/// What an exit stops that sees an event before a wait sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stops {
    /// Nothing.
    Nothing,
    /// Commercial messages.
    Commercial,
    /// Everything.
    All,
}

impl Builder<'_, '_> {
    /// Whether nobody is let in.
    pub(super) fn lets_nobody_in(&self) -> bool {
        self.dead.is_some_and(|it| it.nobody)
    }

    pub(super) fn is_dead(&self, place: Span) -> bool {
        self.dead.is_some_and(|it| it.places.contains(&place))
    }

    pub(super) fn is_ruled_out(
        &self,
        only_if: Option<&Condition>,
        unless: Option<&Condition>,
    ) -> bool {
        let mut both = only_if.into_iter().chain(unless);
        both.any(|it| self.is_dead(it.text.span))
    }

    /// How many rounds there are at most.
    pub(super) fn times(&self, it: &Repeat) -> u32 {
        let until = it.until.as_ref().map(|it| it.text.span);
        let once = |dead: &Dead| until.is_some_and(|it| dead.once.contains(&it));
        if self.dead.is_some_and(once) {
            1
        } else {
            it.times.value
        }
    }

    /// What an exit stops that sees each event of this name, before a wait sees it: nothing, all messages of
    /// a class, or everything. Both take the same events for those of another case.
    pub(super) fn stops(&self, event: &Name) -> Stops {
        if self.dead.is_none() {
            return Stops::Nothing;
        }
        let exits = self.journey.exits.iter();
        let own = || {
            exits
                .clone()
                .filter(|it| *it.on.value == *event.value && it.filter.is_none())
        };
        if own().any(|it| it.only.is_none()) {
            Stops::All
        } else if own().any(|it| it.only == Some(Class::Commercial)) {
            Stops::Commercial
        } else {
            Stops::Nothing
        }
    }

    /// Whether everybody who comes here has been stopped from getting such a message.
    pub(super) fn is_stopped(&self, send: &Send) -> bool {
        self.journey.class_of(send) == Class::Commercial
            && !self.loose.is_empty()
            && self.loose.iter().all(|it| it.stopped)
    }
}
