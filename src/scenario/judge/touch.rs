//! Clauses about one touchpoint: that it happens, and that it does not.

use chrono::Timelike as _;

use super::lived::{Fit, Lived};
use super::{Broken, Held, touchpoints};
use crate::model::{Step, TimeOfDay};
use crate::scenario::case::{Bound, Clause};
use crate::scenario::selector::speaker;
use crate::simulate::StepNo;

/// Why a touchpoint is not the one that a clause means.
pub(super) struct Misfit {
    /// How much of the clause held before: who comes nearest is shown.
    rank: usize,
    reason: String,
    mark: String,
}

impl Lived<'_, '_> {
    /// At least one such touchpoint happens.
    pub(super) fn expect(&self, clause: &Clause) -> Held {
        let mut nearest: Option<(usize, Misfit)> = None;
        for (moment, _, step) in touchpoints(self.record) {
            if !clause.selector.has(step) {
                continue;
            }
            match self.misfit(clause, moment, step) {
                None => return Ok(()),
                Some(it) => {
                    if nearest.as_ref().is_none_or(|best| it.rank > best.1.rank) {
                        nearest = Some((moment, it));
                    }
                }
            }
        }
        for bound in &clause.when {
            if let Err(point) = self.reach(*bound) {
                return Err(self.never_came(point));
            }
        }
        let expected = self.expected(clause);
        let broken = match nearest {
            Some((moment, it)) => Broken::new(it.reason).mark(moment, it.mark),
            None => self.not_happened(clause),
        };
        Err(broken.expecting(expected))
    }

    /// No such touchpoint happens. What should come before something that never happens is never wrong.
    pub(super) fn never(&self, clause: &Clause) -> Held {
        let mut broken = Broken::new("it happens");
        for (moment, _, step) in touchpoints(self.record) {
            if clause.selector.has(step) && self.misfit(clause, moment, step).is_none() {
                broken = broken.mark(moment, "must not happen here");
            }
        }
        if broken.marks.is_empty() {
            Ok(())
        } else {
            Err(broken)
        }
    }

    /// A touchpoint that does not happen at all; where it was left out, that is shown.
    fn not_happened(&self, clause: &Clause) -> Broken {
        let mut broken = Broken::new("it never happens in this life");
        for (moment, it) in self.record.moments.iter().enumerate() {
            if let crate::simulate::What::Skipped(step, _) = it.what
                && clause.selector.has(step)
            {
                broken = broken.mark(moment, "here it could have been");
            }
        }
        broken
    }

    /// Until when a touchpoint was expected.
    fn expected(&self, clause: &Clause) -> Option<String> {
        let mut parts = Vec::new();
        for bound in &clause.when {
            let (from, to) = self.reach(*bound).ok()?;
            let from = from.map(|it| self.when(it.at));
            let to = to.map(|it| self.when(it.at));
            let is_deadline = matches!(bound, Bound::Within(..) | Bound::By(_));
            parts.push(match (from, to) {
                (_, Some(to)) if is_deadline => format!("by {to}"),
                (Some(from), Some(to)) => format!("from {from} to {to}"),
                (Some(from), None) => format!("after {from}"),
                (None, Some(to)) => format!("before {to}"),
                (None, None) => continue,
            });
        }
        if let Some((from, to)) = clause.local_time {
            parts.push(format!("from {from} to {to} o'clock"));
        }
        (!parts.is_empty()).then(|| format!("expected {}", parts.join(", ")))
    }

    /// Why a touchpoint of the right step is not the one that is meant; nothing if it is.
    pub(super) fn misfit(&self, clause: &Clause, moment: usize, step: StepNo) -> Option<Misfit> {
        let misfit = |rank, reason: String, mark: String| Some(Misfit { rank, reason, mark });
        let at = self.record.moments[moment].at;
        for bound in &clause.when {
            match self.fit(moment, *bound) {
                Fit::Fits => {}
                Fit::Missing(point) => {
                    return misfit(0, self.never_came(point).reason, String::new());
                }
                Fit::Early(from) => {
                    let early = super::lived::elapsed(from - at);
                    let change = self.clock_change(at, from);
                    let mark = if from == at {
                        "too early".to_owned()
                    } else {
                        format!("{early} early{change}")
                    };
                    return misfit(1, "it comes too early".to_owned(), mark);
                }
                Fit::Late(deadline) => {
                    let mark = if deadline == at {
                        "too late".to_owned()
                    } else {
                        self.lateness(deadline, at)
                    };
                    return misfit(2, "it comes too late".to_owned(), mark);
                }
            }
        }
        if let Some((from, to)) = clause.local_time {
            let local = self.clock.local(at).time();
            let minute = local.hour() * 60 + local.minute();
            if !is_between(minute, from, to) {
                let mark = format!("not between {from} and {to}");
                return misfit(3, "it comes at the wrong time of day".to_owned(), mark);
            }
        }
        if let Some(reason) = self.wrong_kind(clause, step) {
            return misfit(4, reason.clone(), reason);
        }
        let rendered = clause.rendered.as_ref()?;
        match self.reads(rendered, moment, step) {
            Ok(()) => None,
            Err(reason) => misfit(5, reason, "its words".to_owned()),
        }
    }

    /// What the file says of a touchpoint and a clause does not.
    fn wrong_kind(&self, clause: &Clause, step: StepNo) -> Option<String> {
        let placed = self.simulation.step(step);
        if let Some(wanted) = &clause.from {
            let own = match (&placed.step.value, self.scene.letters) {
                (Step::Send(send), Some(letters)) => {
                    letters.sender(placed.journey, send, self.simulation, self.case)
                }
                _ => None,
            };
            let speaks = own.or_else(|| speaker(self.simulation, step));
            if speaks != Some(&**wanted) {
                let speaks = speaks.unwrap_or("nobody");
                return Some(format!("from `{speaks}`, not from `{wanted}`"));
            }
        }
        let (two_way, within) = match &placed.step.value {
            Step::Send(it) => (it.two_way, it.respond_within.as_ref()),
            Step::Task(it) => (None, it.respond_within.as_ref()),
            _ => (None, None),
        };
        if let Some(wanted) = clause.two_way
            && two_way.unwrap_or(false) != wanted
        {
            let says = if wanted { "does not ask" } else { "asks" };
            return Some(format!("{says} for an answer (`two_way`)"));
        }
        let wanted = clause.respond_within?;
        let own = within.map(|it| it.value).or_else(|| {
            let sender = match &placed.step.value {
                Step::Send(it) => self.simulation.journey(placed.journey).sender_of(it),
                _ => return None,
            };
            let sender = self.simulation.project().senders.get(&*sender.value)?;
            sender.respond_within.as_ref().map(|it| it.value)
        });
        let Some(own) = own else {
            return Some("nobody says how soon it is answered (`respond_within`)".to_owned());
        };
        // Compared as the clock counts them from one same Monday.
        let start = self.case.start;
        if self.clock.after(start, own) > self.clock.after(start, wanted) {
            return Some(format!("answered within {own}, not within {wanted}"));
        }
        None
    }

    /// The touchpoints of the life are these and no others, in the order of time.
    pub(super) fn exactly(&self, clauses: &[Clause]) -> Held {
        let mut wanted = clauses.iter();
        let mut broken = Broken::new("the touchpoints are not exactly these");
        for (moment, _, step) in touchpoints(self.record) {
            let Some(clause) = wanted.next() else {
                broken = broken.mark(moment, "is not in the list");
                continue;
            };
            if !clause.selector.has(step) {
                let mark = format!("`{}` is next in the list", clause.selector.words);
                return Err(broken.mark(moment, mark));
            }
            if let Some(it) = self.misfit(clause, moment, step) {
                let expected = self.expected(clause);
                return Err(Broken::new(it.reason)
                    .expecting(expected)
                    .mark(moment, it.mark));
            }
        }
        if let Some(clause) = wanted.next() {
            let reason = format!("`{}` never happens in this life", clause.selector.words);
            return Err(Broken::new(reason).expecting(self.expected(clause)));
        }
        if broken.marks.is_empty() {
            Ok(())
        } else {
            Err(broken)
        }
    }
}

/// Whether a minute of the day lies between two times; the second may be after midnight.
fn is_between(minute: u32, from: TimeOfDay, to: TimeOfDay) -> bool {
    let (from, to) = (u32::from(from.minutes), u32::from(to.minutes));
    if from <= to {
        (from..=to).contains(&minute)
    } else {
        minute >= from || minute <= to
    }
}
