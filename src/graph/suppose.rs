//! What conditions answer when one event is supposed to have happened, or not to have happened.

use super::time::{Bound, Elapsed};
use crate::model::{Comparison, Duration, Expr, ExprKind, History, Literal, Since};

/// What is supposed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Supposed<'s> {
    /// The event that begins something.
    pub(super) event: &'s str,
    /// The events that end it.
    pub(super) ends: &'s [&'s str],
    /// Whether the event has happened since entry, and none of those that end it.
    pub(super) happened: bool,
    /// Whether the event let the person in; whether that one counts as "since entry" is not said.
    pub(super) triggers: bool,
    /// How long ago the event is at most.
    pub(super) age: Bound,
}

/// A number between two.
type Range = (f64, f64);

impl Supposed<'_> {
    /// What a condition answers; nothing if it may answer either.
    pub(super) fn answer(&self, expr: &Expr) -> Option<bool> {
        match &expr.kind {
            ExprKind::Literal(Literal::Boolean(it)) => Some(*it),
            ExprKind::Not(inner) => self.answer(inner).map(|it| !it),
            ExprKind::And(parts) => self.all(parts, true),
            ExprKind::Or(parts) => self.all(parts, false),
            ExprKind::History(it) if !it.counts => match self.count(it) {
                (lo, _) if lo >= 1.0 => Some(true),
                (_, hi) if hi < 1.0 => Some(false),
                _ => None,
            },
            ExprKind::Compare {
                operator,
                left,
                right,
            } => compare(*operator, self.number(left)?, self.number(right)?),
            _ => None,
        }
    }

    /// Whether all parts have this answer; the opposite if one certainly has not.
    fn all(&self, parts: &[Expr], wanted: bool) -> Option<bool> {
        let mut open = false;
        for part in parts {
            match self.answer(part) {
                Some(it) if it == wanted => {}
                Some(it) => return Some(it),
                None => open = true,
            }
        }
        (!open).then_some(wanted)
    }

    fn number(&self, expr: &Expr) -> Option<Range> {
        match &expr.kind {
            ExprKind::Literal(Literal::Number(it)) => Some((*it, *it)),
            ExprKind::History(it) if it.counts => Some(self.count(it)),
            _ => None,
        }
    }

    fn count(&self, history: &History) -> Range {
        const UNKNOWN: Range = (0.0, f64::INFINITY);
        const SOME: Range = (1.0, f64::INFINITY);
        if self.happened && self.ends.contains(&&*history.event) {
            return (0.0, 0.0);
        }
        if *history.event != *self.event {
            return UNKNOWN;
        }
        match (history.since, self.happened) {
            (Since::Entry, _) if self.triggers => UNKNOWN,
            (Since::Entry, false) => (0.0, 0.0),
            (Since::Entry | Since::Always, true) => SOME,
            (Since::Within(it), true) if Bound::Finite(reach(it)) >= self.age => SOME,
            _ => UNKNOWN,
        }
    }
}

/// How far back a window reaches at least: a business day is a day, and clocks may have gone forward.
pub(crate) fn reach(window: Duration) -> Elapsed {
    let days = i64::from(window.days) + i64::from(window.business_days);
    let shift = if days > 0 {
        Elapsed::HOUR
    } else {
        Elapsed::ZERO
    };
    Elapsed::days(days) + Elapsed::minutes(i64::from(window.minutes)) - shift
}

fn compare(operator: Comparison, left: Range, right: Range) -> Option<bool> {
    let same = |(lo, hi): Range| (hi - lo).abs() < f64::EPSILON;
    let apart = left.1 < right.0 || right.1 < left.0;
    match operator {
        Comparison::Equal if apart => Some(false),
        Comparison::Equal if same(left) && same(right) => Some(true),
        Comparison::NotEqual if apart => Some(true),
        Comparison::NotEqual if same(left) && same(right) => Some(false),
        Comparison::Equal | Comparison::NotEqual => None,
        Comparison::Less => decide(left.1 < right.0, left.0 >= right.1),
        Comparison::LessOrEqual => decide(left.1 <= right.0, left.0 > right.1),
        Comparison::Greater => decide(left.0 > right.1, left.1 <= right.0),
        Comparison::GreaterOrEqual => decide(left.0 >= right.1, left.1 < right.0),
    }
}

fn decide(yes: bool, no: bool) -> Option<bool> {
    match (yes, no) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn answers(text: &str, age: i64) -> [Option<bool>; 2] {
        let expr = Expr::parse(text).unwrap();
        [false, true].map(|happened| {
            let supposed = Supposed {
                event: "opened",
                ends: &["closed"],
                happened,
                triggers: false,
                age: Bound::Finite(Elapsed::days(age)),
            };
            supposed.answer(&expr)
        })
    }

    #[test]
    fn conditions_are_answered_as_far_as_the_event_decides_them() {
        let (yes, no, open) = (Some(true), Some(false), None);
        for (text, expected) in [
            (r#"contact.did("opened", since=entry)"#, [no, yes]),
            (r#"not contact.did("opened", since=entry)"#, [yes, no]),
            (r#"contact.did("opened")"#, [open, yes]),
            (r#"contact.did("opened", within="10d")"#, [open, yes]),
            (r#"contact.did("opened", within="3d")"#, [open, open]),
            (r#"contact.did("closed", since=entry)"#, [open, no]),
            (
                r#"contact.did("opened", since=entry) and not contact.did("closed", since=entry)"#,
                [no, yes],
            ),
            (
                r#"contact.did("opened", since=entry) or contact.plan == "pro""#,
                [open, yes],
            ),
            (
                r#"contact.did("opened", since=entry) and contact.plan == "pro""#,
                [no, open],
            ),
            (
                r#"contact.count("opened", since=entry) > contact.count("closed", since=entry)"#,
                [no, yes],
            ),
            (r#"contact.count("opened", since=entry) == 0"#, [yes, no]),
            (r#"contact.count("opened", since=entry) > 1"#, [no, open]),
            (r#"contact.did("other", since=entry)"#, [open, open]),
            ("true", [yes, yes]),
        ] {
            assert_eq!(answers(text, 9), expected, "{text}");
        }
    }
}
