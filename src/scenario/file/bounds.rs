//! When a clause looks, and whether that can be at all.

use super::clause::{Between, Expect, Never};
use super::names::Names;
use super::point::Point;
use super::times::{Placed, Times};
use crate::diagnostic::{Diagnostic, Sink};
use crate::model::check::INVALID_VALUE;
use crate::model::{Duration, Offset};
use crate::scenario::case::{self, Bound};
use crate::source::{Span, Spanned};

/// The keys of a clause that say when.
#[derive(Debug, Clone, Copy)]
pub(super) struct When<'f> {
    within: Option<&'f (Spanned<Point>, Spanned<Duration>)>,
    by: Option<&'f Spanned<Point>>,
    before: Option<&'f Spanned<Point>>,
    after: Option<&'f Spanned<Point>>,
    between: Option<&'f Between>,
}

impl<'f> From<&'f Expect> for When<'f> {
    fn from(it: &'f Expect) -> Self {
        Self {
            within: it.within.as_ref(),
            by: it.by.as_ref(),
            before: it.before.as_ref(),
            after: it.after.as_ref(),
            between: it.between.as_ref(),
        }
    }
}

impl<'f> From<&'f Never> for When<'f> {
    fn from(it: &'f Never) -> Self {
        Self {
            within: it.within.as_ref(),
            by: it.by.as_ref(),
            before: it.before.as_ref(),
            after: it.after.as_ref(),
            between: it.between.as_ref(),
        }
    }
}

impl When<'_> {
    pub(super) fn is_empty(self) -> bool {
        self.within.is_none()
            && self.by.is_none()
            && self.before.is_none()
            && self.after.is_none()
            && self.between.is_none()
    }
}

/// What to do with the end of a window where the event that ends it does not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// The window cannot be looked at.
    No,
    /// It goes on to the end of the life.
    ToTheEnd,
}

/// Resolves windows, and sees that they can be.
pub(super) struct Windows<'w, 'p> {
    pub(super) names: &'w Names<'p>,
    pub(super) times: &'w Times,
    pub(super) open: Open,
    pub(super) sink: &'w mut Sink,
}

/// The stretch of time that is left, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
struct Stretch {
    from: Option<(i64, Span)>,
    to: Option<(i64, Span)>,
}

impl Windows<'_, '_> {
    fn error(&mut self, span: Span, message: &str, help: &str) {
        let diagnostic = Diagnostic::error(INVALID_VALUE, span, message);
        self.sink.push(diagnostic.help(help));
    }

    pub(super) fn place(&mut self, point: &Spanned<Point>) -> Option<Placed> {
        self.times.place(point, self.names, self.sink)
    }

    /// The point, or the end of the life where the window may stay open.
    fn end(&mut self, point: &Spanned<Point>) -> Option<Placed> {
        let found = self.place(point);
        if found.is_some() || self.open == Open::No {
            return found;
        }
        let at = self.times.end;
        Some(Placed {
            point: case::Point {
                anchor: case::Anchor::At(at),
                offset: None,
                span: point.span,
            },
            known: Some(at),
        })
    }

    /// All bounds of a clause; nothing where one of them makes no sense.
    pub(super) fn bounds(&mut self, when: When<'_>) -> Option<Vec<Bound>> {
        let mut bounds = Vec::new();
        let mut left = Stretch::default();
        if let Some((from, lasts)) = when.within {
            let placed = self.place(from)?;
            let to = placed.known.map(|it| self.times.own.after(it, lasts.value));
            left.cut(placed.known, to, from.span.to(lasts.span));
            bounds.push(Bound::Within(placed.point, lasts.value));
        }
        if let Some(by) = when.by {
            let placed = self.end(by)?;
            left.cut(None, placed.known, by.span);
            bounds.push(Bound::By(placed.point));
        }
        if let Some(before) = when.before {
            let placed = self.end(before)?;
            // What happens at the start happens after it.
            left.cut(None, placed.known.map(|it| it - 1), before.span);
            bounds.push(Bound::Before(placed.point));
        }
        if let Some(after) = when.after {
            let placed = self.place(after)?;
            left.cut(placed.known, None, after.span);
            bounds.push(Bound::After(placed.point));
        }
        if let Some(between) = when.between {
            let (from, to) = self.between(between)?;
            left.cut(from.known, to.known, between.1.span);
            bounds.push(Bound::Between(from.point, to.point));
        }
        self.is_possible(left).then_some(bounds)
    }

    /// Both points of a window, the first not after the second.
    pub(super) fn between(&mut self, between: &Between) -> Option<(Placed, Placed)> {
        let from = self.place(&between.0);
        let to = self.end(&between.1);
        let (from, to) = (from?, to?);
        let is_turned = match (from.known, to.known) {
            (Some(from), Some(to)) => from > to,
            _ => {
                from.point.anchor == to.point.anchor && is_later(from.point.offset, to.point.offset)
            }
        };
        if is_turned {
            let help = "write the earlier point first";
            self.error(between.1.span, "this window ends before it begins", help);
            return None;
        }
        Some((from, to))
    }

    fn is_possible(&mut self, left: Stretch) -> bool {
        match (left.from, left.to) {
            (_, Some((to, span))) if to < self.times.start => {
                let help = "count from something that happens after the start";
                self.error(span, "this is over before the scenario starts", help);
                false
            }
            (Some((from, span)), _) if from > self.times.end => {
                let help = "set `until` to a longer time, or look earlier";
                self.error(span, "this begins after the scenario's end", help);
                false
            }
            (Some((from, begins)), Some((to, ends))) if from > to => {
                let span = begins.max(ends);
                let help = "no time is both; change one of the two";
                self.error(span, "this window ends before it begins", help);
                false
            }
            _ => true,
        }
    }
}

impl Stretch {
    fn cut(&mut self, from: Option<i64>, to: Option<i64>, span: Span) {
        if let Some(from) = from
            && self.from.is_none_or(|it| it.0 < from)
        {
            self.from = Some((from, span));
        }
        if let Some(to) = to
            && self.to.is_none_or(|it| it.0 > to)
        {
            self.to = Some((to, span));
        }
    }
}

/// Whether one offset from the same point is surely later than another.
fn is_later(one: Option<Offset>, other: Option<Offset>) -> bool {
    let minutes = |it: Option<Offset>| {
        let Some(Offset { before, by }) = it else {
            return (0, 0);
        };
        let minutes = i64::from(by.minutes) + i64::from(by.days) * 24 * 60;
        let sign = if before { -1 } else { 1 };
        (sign * minutes, sign * i64::from(by.business_days))
    };
    let ((one, one_days), (other, other_days)) = (minutes(one), minutes(other));
    // A day that a clock change makes shorter is 23 hours long, and business days are days at least.
    one > other + 60 && one_days >= other_days
}
