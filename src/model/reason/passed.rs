//! What time alone proves about a person inside of a journey.
//!
//! In: what a person comes by, step by step. Out: answers to questions about the past that follow from it:
//! the event that let them in came less than a day ago, nobody clicks in a letter that has not gone out,
//! whoever had paid would have left by an exit.
//! Invariant: only what is certain for everybody who comes here. Not done here: conditions (`Facts` does that).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Comparison, Duration, Expr, ExprKind, History, Journey, Literal, Reentry, Since, Step, Steps,
};

const DAY: i64 = 86_400;

/// Clocks go forward or back by an hour.
const CHANGE: i64 = 3_600;

/// What time alone proves about a person inside of a journey.
#[derive(Debug, Clone, Default)]
pub(crate) struct Passed<'j> {
    /// The event that let them in; nothing if another journey may have sent them in.
    trigger: Option<&'j str>,
    /// Events for which everybody leaves.
    leaves: BTreeSet<&'j str>,
    /// Whether they may be in the journey for the second time, with letters from the first.
    again: bool,
    /// Seconds since the entry, at least.
    least: i64,
    /// Seconds since the entry at most; nothing if there is no limit.
    most: Option<i64>,
    /// The messages that have gone out, and whether time has passed since.
    sent: BTreeMap<&'j str, bool>,
    /// The events that a wait has seen for this case.
    came: BTreeSet<&'j str>,
}

impl<'j> Passed<'j> {
    /// At the entry into a journey. For the events in `leaves` everybody leaves.
    pub(crate) fn entry(journey: &'j Journey, by_trigger: bool, leaves: BTreeSet<&'j str>) -> Self {
        let reentry = journey.reentry.as_ref().map(|it| it.value);
        Self {
            trigger: by_trigger.then_some(&*journey.trigger.event.value),
            leaves,
            again: reentry.is_some_and(|it| it != Reentry::Never),
            most: Some(0),
            ..Self::default()
        }
    }

    /// Time passes: so many seconds.
    pub(super) fn age(&mut self, least: i64, most: Option<i64>) {
        self.least = self.least.saturating_add(least.max(0));
        self.most = self.most.zip(most).map(|(a, b)| a.saturating_add(b));
        self.sent.values_mut().for_each(|it| *it = true);
    }

    /// A message goes out.
    pub(super) fn send(&mut self, name: &'j str) {
        self.sent.entry(name).or_insert(false);
    }

    /// Messages of several rounds may have gone out a while ago.
    pub(super) fn send_all(&mut self, steps: &'j Steps) {
        for step in steps {
            if let Step::Send(it) = &step.value {
                self.sent.insert(&it.id.value, true);
            }
            step.value
                .inner()
                .into_iter()
                .for_each(|it| self.send_all(it));
        }
    }

    /// A wait without a condition has seen this event.
    pub(super) fn sees(&mut self, event: &'j str) {
        self.came.insert(event);
    }

    /// Whether a wait without a condition has seen this event.
    pub(super) fn has_seen(&self, event: &str) -> bool {
        self.came.contains(event)
    }

    /// Two ways meet.
    pub(super) fn meet(&mut self, other: &Self) {
        self.least = self.least.min(other.least);
        self.most = self.most.zip(other.most).map(|(a, b)| a.max(b));
        for (name, old) in &other.sent {
            *self.sent.entry(name).or_insert(false) |= old;
        }
        self.came.retain(|it| other.came.contains(it));
    }

    /// Whether what did not happen until now never will, as long as the person is here.
    pub(super) fn is_over(&self, event: &str) -> bool {
        self.leaves.contains(event)
    }

    /// What is certain about the questions that an expression asks. `is_certain` says what is known besides.
    pub(super) fn proves(
        &self,
        expr: &Expr,
        known: &[(&Expr, bool)],
        is_certain: &dyn Fn(&Expr, bool) -> bool,
        out: &mut Vec<(Expr, bool)>,
    ) {
        expr.walk(&mut |it| match &it.kind {
            ExprKind::Clicked { step, .. } if !self.may_click(step) => {
                out.push((it.clone(), false));
            }
            ExprKind::History(asked) => {
                let truth = self.happened(asked, is_certain);
                if let Some(truth) = truth.or_else(|| compared(asked, known)) {
                    out.push((did(&asked.event, asked.since), truth));
                }
            }
            _ => {}
        });
    }

    fn may_click(&self, step: &str) -> bool {
        let is_old = self.sent.get(step).copied().unwrap_or(false);
        is_old || (self.again && self.most != Some(0))
    }

    /// What is known of an event that had come within some time, so much later.
    pub(super) fn later(expr: &Expr, most: Option<i64>) -> Option<Expr> {
        let ExprKind::History(it) = &expr.kind else {
            return None;
        };
        let Since::Within(before) = it.since else {
            return None;
        };
        let Some(minutes) = most.and_then(|it| u32::try_from((it + 59) / 60).ok()) else {
            return Some(did(&it.event, Since::Always));
        };
        let minutes = u32::try_from(longest(before) / 60)
            .ok()?
            .checked_add(minutes)?;
        let reach = Duration {
            minutes,
            ..Duration::default()
        };
        Some(did(&it.event, Since::Within(reach)))
    }

    fn happened(&self, asked: &History, is_certain: &dyn Fn(&Expr, bool) -> bool) -> Option<bool> {
        let event = &*asked.event;
        let inside = did(event, Since::Entry);
        let is_over = || self.is_over(event) || is_certain(&inside, false);
        match asked.since {
            Since::Entry => self.is_over(event).then_some(false),
            Since::Within(it) if self.most.is_some_and(|most| most <= shortest(it)) => {
                let came = self.trigger == Some(event) || is_certain(&inside, true);
                came.then_some(true)
            }
            Since::Within(it) if self.least > longest(it) => is_over().then_some(false),
            Since::Within(_) | Since::Always => None,
        }
    }
}

/// What is known of longer and of shorter times proves the answer.
fn compared(asked: &History, known: &[(&Expr, bool)]) -> Option<bool> {
    let Since::Within(reach) = asked.since else {
        return None;
    };
    known.iter().find_map(|(expr, truth)| {
        let (History { event, since, .. }, happened) = as_did(expr, *truth)?;
        let Since::Within(other) = since else {
            return None;
        };
        let proves = if happened {
            longest(other) <= shortest(reach)
        } else {
            shortest(other) >= longest(reach)
        };
        (event == asked.event && proves).then_some(happened)
    })
}

/// Whether it says that an event happened, or that it did not.
fn as_did(expr: &Expr, truth: bool) -> Option<(History, bool)> {
    match &expr.kind {
        ExprKind::History(it) if !it.counts => Some((it.clone(), truth)),
        ExprKind::Not(inner) => as_did(inner, !truth),
        ExprKind::Compare {
            operator,
            left,
            right,
        } => {
            let (ExprKind::History(it), ExprKind::Literal(Literal::Number(number))) =
                (&left.kind, &right.kind)
            else {
                return None;
            };
            let is_zero = *number == 0.0;
            let is_one = (*number - 1.0).abs() < f64::EPSILON;
            let positive = match operator {
                Comparison::Greater | Comparison::NotEqual if is_zero => true,
                Comparison::GreaterOrEqual if is_one => true,
                Comparison::Equal | Comparison::LessOrEqual if is_zero => false,
                Comparison::Less if is_one => false,
                _ => return None,
            };
            it.counts.then(|| (it.clone(), positive == truth))
        }
        _ => None,
    }
}

/// `contact.did("event", …)`.
pub(crate) fn did(event: &str, since: Since) -> Expr {
    let history = History {
        counts: false,
        event: event.into(),
        event_at: 0..0,
        since,
    };
    Expr {
        kind: ExprKind::History(history),
        at: 0..0,
    }
}

/// The seconds that a duration takes at least.
pub(crate) fn shortest(it: Duration) -> i64 {
    let days = i64::from(it.days) + i64::from(it.business_days);
    let change = if days > 0 { CHANGE } else { 0 };
    i64::from(it.minutes) * 60 + days * DAY - change
}

/// The seconds that a duration takes at most; weekends lie between working days.
pub(crate) fn longest(it: Duration) -> i64 {
    let business = i64::from(it.business_days);
    let weekends = if business > 0 {
        2 * (business / 5 + 1)
    } else {
        0
    };
    let days = i64::from(it.days) + business + weekends;
    let change = if days > 0 { CHANGE } else { 0 };
    i64::from(it.minutes) * 60 + days * DAY + change
}
