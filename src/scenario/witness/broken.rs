//! Whether a life breaks a clause.
//!
//! In: one clause of those that sentences are made of, and the record of a life. Out: yes or no, fast, since
//! thousands of lives are tried. The judge of scenarios has the last word on the one that is kept.

use std::collections::BTreeSet;

use crate::model::{Duration, SenderKind, Step};
use crate::scenario::case::{
    Anchor, Assertion, AtMost, Bound, Clause, Distinct, Ends, Point, Silence,
};
use crate::simulate::{Clock, Life, Outside, Record, Simulation, StepNo, VisitNo, What, When};

/// What a clause is held against.
struct Look<'a, 'p> {
    simulation: &'a Simulation<'p>,
    life: &'a Life,
    record: &'a Record,
    clock: Clock,
}

/// A point in time: when, and after which moment of the record.
#[derive(Clone, Copy)]
struct Mark {
    at: i64,
    moment: Option<usize>,
}

/// A touchpoint: its moment, when, and what.
type Touch = (usize, i64, StepNo);

/// Whether a life breaks a clause.
pub(super) fn is_broken(
    what: &Assertion,
    simulation: &Simulation<'_>,
    life: &Life,
    record: &Record,
    clock: Clock,
) -> bool {
    let look = Look {
        simulation,
        life,
        record,
        clock,
    };
    match what {
        Assertion::Expect(it) => {
            let leaves_time = |it: &Bound| look.leaves_time(it);
            it.when.iter().all(leaves_time) && !look.touches().any(|touch| look.fits(it, touch))
        }
        Assertion::Never(it) => look.touches().any(|touch| look.fits(it, touch)),
        Assertion::NoSilence(it) => look.is_silent(it),
        Assertion::AtMost(it) => look.is_crowded(it),
        Assertion::Ends(it) => look.ends_otherwise(it),
        _ => false,
    }
}

impl Look<'_, '_> {
    fn touches(&self) -> impl Iterator<Item = Touch> {
        let moments = self.record.moments.iter().enumerate();
        moments.filter_map(|(no, it)| Some((no, it.at, it.what.touchpoint()?)))
    }

    fn mark(&self, point: &Point) -> Option<Mark> {
        let moments = || self.record.moments.iter().enumerate();
        let found = match point.anchor {
            Anchor::Start => Mark {
                at: self.life.start,
                moment: None,
            },
            Anchor::At(at) => Mark { at, moment: None },
            Anchor::Step(step) => {
                let (no, it) = moments().find(|(_, it)| it.what.touchpoint() == Some(step))?;
                Mark {
                    at: it.at,
                    moment: Some(no),
                }
            }
            Anchor::Event(event) => {
                let is_it = |no: u32| {
                    let what = &self.life.outside[no as usize].what;
                    matches!(what, Outside::Event(it, _) if *it == event)
                };
                let came =
                    moments().find(|(_, it)| matches!(it.what, What::Event(no) if is_it(no)));
                match came {
                    Some((no, it)) => Mark {
                        at: it.at,
                        moment: Some(no),
                    },
                    None => self.history(event)?,
                }
            }
        };
        Some(match point.offset {
            None => found,
            Some(it) if it.before => Mark {
                at: self.clock.before(found.at, it.by),
                moment: None,
            },
            Some(it) => Mark {
                at: self.clock.after(found.at, it.by),
                moment: None,
            },
        })
    }

    fn history(&self, event: crate::simulate::EventNo) -> Option<Mark> {
        let past = self
            .life
            .outside
            .iter()
            .filter_map(|it| match (it.when, &it.what) {
                (When::At(at), Outside::Event(no, _)) if at < self.life.start && *no == event => {
                    Some(at)
                }
                _ => None,
            });
        past.max().map(|at| Mark { at, moment: None })
    }

    /// Whether a bound leaves time in which something may be expected: nothing is owed after an event that
    /// never comes, nor in a time that is over before the life begins. A message that the frequency cap
    /// drops has its time all the same.
    fn leaves_time(&self, bound: &Bound) -> bool {
        let is_in = |it: &Point, length: Option<Duration>| match (self.mark(it), length) {
            (Some(it), Some(length)) => self.clock.after(it.at, length) >= self.life.start,
            (Some(it), None) => it.at >= self.life.start,
            (None, _) => matches!(it.anchor, Anchor::Step(_)),
        };
        match bound {
            Bound::Within(it, length) => is_in(it, Some(*length)),
            Bound::By(it) | Bound::Before(it) => is_in(it, None),
            Bound::After(it) => self.mark(it).is_some() || matches!(it.anchor, Anchor::Step(_)),
            Bound::Between(from, to) => self.mark(from).is_some() && is_in(to, None),
        }
    }

    fn fits(&self, clause: &Clause, (no, at, step): Touch) -> bool {
        clause.selector.has(step) && clause.when.iter().all(|it| self.is_at(it, no, at))
    }

    fn is_at(&self, bound: &Bound, no: usize, at: i64) -> bool {
        match bound {
            Bound::Within(point, length) => self.mark(point).is_some_and(|it| {
                let starts = it.moment.map_or(at >= it.at, |moment| no >= moment);
                starts && at <= self.clock.after(it.at, *length)
            }),
            Bound::By(point) => self.mark(point).is_some_and(|it| at <= it.at),
            Bound::Before(point) => self
                .mark(point)
                .is_none_or(|it| it.moment.map_or(at < it.at, |moment| no < moment)),
            Bound::After(point) => self
                .mark(point)
                .is_some_and(|it| it.moment.map_or(at > it.at, |moment| no > moment)),
            Bound::Between(from, to) => {
                let (Some(from), Some(to)) = (self.mark(from), self.mark(to)) else {
                    return false;
                };
                from.at <= at && at <= to.at
            }
        }
    }

    fn is_silent(&self, it: &Silence) -> bool {
        let (from, to) = match &it.between {
            None => (Some(self.life.start), self.life.end),
            Some((from, to)) => (
                self.mark(from).map(|it| it.at),
                self.mark(to).map_or(self.life.end, |it| it.at),
            ),
        };
        let Some(mut before) = from else { return false };
        let counts = |step| it.of.as_ref().is_none_or(|it| it.has(step));
        for (_, at, step) in self.touches() {
            if at < before || at > to || !counts(step) {
                continue;
            }
            if at > self.clock.after(before, it.lasts) {
                return true;
            }
            before = at;
        }
        to.min(self.life.end) > self.clock.after(before, it.lasts)
    }

    fn is_crowded(&self, it: &AtMost) -> bool {
        let all: Vec<Touch> = self
            .touches()
            .filter(|touch| it.selector.has(touch.2))
            .collect();
        all.iter().enumerate().any(|(first, from)| {
            let end = it.per.map_or(i64::MAX, |per| self.clock.after(from.1, per));
            let inside = all[first..].iter().filter(|it| it.1 < end);
            let count = match it.distinct {
                None => inside.count(),
                Some(Distinct::SenderPerson) => inside
                    .filter_map(|it| self.person(it.2))
                    .collect::<BTreeSet<_>>()
                    .len(),
                Some(Distinct::Sender) => inside
                    .filter_map(|it| self.sender(it.2))
                    .collect::<BTreeSet<_>>()
                    .len(),
            };
            count > it.n as usize
        })
    }

    fn sender(&self, step: StepNo) -> Option<&str> {
        let placed = self.simulation.step(step);
        let journey = self.simulation.journey(placed.journey);
        match &placed.step.value {
            Step::Send(it) => Some(&*journey.sender_of(it).value),
            _ => None,
        }
    }

    /// The human being who writes, by the name that the inbox shows.
    fn person(&self, step: StepNo) -> Option<&str> {
        let sender = self.simulation.project().senders.get(self.sender(step)?)?;
        (sender.kind == SenderKind::Person).then_some(&*sender.name.value)
    }

    fn ends_otherwise(&self, it: &Ends) -> bool {
        // Who is refused has been in it no second time.
        let entered = || {
            let moments = self.record.moments.iter();
            let entered = moments.filter(|it| matches!(it.what, What::Entered(_)));
            entered.filter_map(|it| it.visit)
        };
        let own = entered()
            .filter(|visit| visit.journey == it.journey)
            .map(|it| it.no)
            .max();
        let Some(own) = own else { return true };
        let Some(next) = it.next else { return false };
        let follows = |no: VisitNo| no > own;
        !entered().any(|it| it.journey == next && follows(it.no))
    }
}
