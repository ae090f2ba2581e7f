//! What is known of the times of a scenario before anybody has lived it.

use std::collections::BTreeMap;

use super::names::{Named, Names};
use super::point::{Anchor, Point};
use crate::diagnostic::{Diagnostic, Sink};
use crate::model::Offset;
use crate::model::check::INVALID_VALUE;
use crate::scenario::case;
use crate::simulate::{Clock, EventNo};
use crate::source::{Span, Spanned};

/// The times of a scenario.
#[derive(Debug)]
pub(super) struct Times {
    /// The first and the last second.
    pub(super) start: i64,
    pub(super) end: i64,
    /// The clock on the person's wall.
    pub(super) own: Clock,
    /// The clock that the scenario's start is read on.
    pub(super) wall: Clock,
    /// The events that come, with their first second where it does not depend on the life.
    pub(super) events: BTreeMap<EventNo, Option<i64>>,
    /// The events of the history, with their last second.
    pub(super) history: BTreeMap<EventNo, i64>,
    /// Whether all events are known: else nothing is said about one that seems missing.
    pub(super) is_whole: bool,
}

/// A point in time, resolved, with its second where it does not depend on the life.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) point: case::Point,
    pub(super) known: Option<i64>,
}

impl Times {
    /// The second so long before or after another, on the person's clock.
    pub(super) fn shift(&self, at: i64, offset: Option<Offset>) -> i64 {
        match offset {
            None => at,
            Some(it) if it.before => self.own.before(at, it.by),
            Some(it) => self.own.after(at, it.by),
        }
    }

    /// The second of a point that is not counted from a name; nothing for one that is.
    pub(super) fn plain(&self, point: &Point) -> Option<i64> {
        let at = match &point.anchor {
            Anchor::Start => self.start,
            Anchor::Moment(it) => self.wall.instant(*it),
            Anchor::Name(_) => return None,
        };
        Some(self.shift(at, point.offset))
    }

    /// Resolves a point of a clause.
    pub(super) fn place(
        &self,
        point: &Spanned<Point>,
        names: &Names<'_>,
        sink: &mut Sink,
    ) -> Option<Placed> {
        let span = point.span;
        let (anchor, at) = match &point.anchor {
            Anchor::Start => (case::Anchor::Start, Some(self.start)),
            Anchor::Moment(it) => {
                let at = self.wall.instant(*it);
                (case::Anchor::At(at), Some(at))
            }
            Anchor::Name(name) => match names.named(name, span, sink)? {
                Named::Step(step) => (case::Anchor::Step(step), None),
                Named::Event(event) => {
                    let at = match (self.events.get(&event), self.history.get(&event)) {
                        (Some(at), _) => *at,
                        (None, Some(at)) => Some(*at),
                        (None, None) => {
                            if self.is_whole {
                                sink.push(never_comes(name, span));
                            }
                            return None;
                        }
                    };
                    (case::Anchor::Event(event), at)
                }
            },
        };
        Some(Placed {
            point: case::Point {
                anchor,
                offset: point.offset,
                span,
            },
            known: at.map(|at| self.shift(at, point.offset)),
        })
    }
}

/// The finding about a time that is counted from an event which this scenario does not have.
pub(super) fn never_comes(name: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` never comes in this scenario");
    Diagnostic::error(INVALID_VALUE, span, message)
        .help("add it to `events`, or count from something that happens")
        .subject(name)
}
