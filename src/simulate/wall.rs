//! A clock that is looked at often in one life.
//!
//! In: a [`Clock`]. Out: the same answers as the clock gives, without looking its zone up each time.
//! Invariant: what is counted here lies in a stretch of time in which the clock is not changed, and at
//! least a day after its last change, so that every time of day comes once; all else is asked of the clock.

use std::cell::Cell;

use super::clock::Clock;
use super::window::until;
use crate::model::{Duration, TimeOfDay, Weekday};

const DAY: i64 = 86_400;

/// No zone changes its clocks twice in so many days.
const STEP: i64 = 14 * DAY;

/// So many steps are looked ahead at once.
const STEPS: i64 = 4;

/// A clock with the stretch of time that was looked at last.
#[derive(Debug)]
pub(super) struct Wall {
    clock: Clock,
    calm: Cell<Calm>,
}

/// A stretch of time in which the clock is not changed.
#[derive(Debug, Clone, Copy)]
struct Calm {
    from: i64,
    /// The first second behind it.
    end: i64,
    /// How many seconds the clock is ahead of UTC.
    offset: i64,
}

impl Calm {
    fn holds(self, at: i64) -> bool {
        (self.from..self.end).contains(&at)
    }
}

impl Wall {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            calm: Cell::new(Calm {
                from: 0,
                end: 0,
                offset: 0,
            }),
        }
    }

    /// As [`Clock::after`].
    pub(super) fn after(&self, at: i64, duration: Duration) -> i64 {
        let exact = i64::from(duration.minutes) * 60;
        if duration.days == 0 && duration.business_days == 0 {
            return at.saturating_add(exact);
        }
        let calm = self.calm(at);
        let shown = at.saturating_add(calm.offset);
        let day = business_days(shown.div_euclid(DAY), duration.business_days);
        let day = day + i64::from(duration.days);
        let end = day * DAY + shown.rem_euclid(DAY) - calm.offset;
        if calm.holds(at) && calm.holds(end) {
            end + exact
        } else {
            self.clock.after(at, duration)
        }
    }

    /// As [`until`] by this clock.
    pub(super) fn until(&self, at: i64, time: Option<TimeOfDay>, days: &[Weekday]) -> i64 {
        if time.is_none() && days.is_empty() {
            return at;
        }
        let calm = self.calm(at);
        if !calm.holds(at) {
            return until(at, self.clock, time, days);
        }
        let shown = at + calm.offset;
        let today = shown.div_euclid(DAY);
        for later in 0..=8 {
            let day = today + later;
            if !days.is_empty() && !days.iter().any(|it| i64::from(it.index()) == weekday(day)) {
                continue;
            }
            let Some(time) = time else {
                let begin = day * DAY - calm.offset;
                if later == 0 || calm.holds(begin) {
                    return begin.max(at);
                }
                break;
            };
            let moment = day * DAY + i64::from(time.minutes) * 60 - calm.offset;
            if !calm.holds(moment) && moment >= at {
                break;
            }
            if moment >= at {
                return moment;
            }
        }
        until(at, self.clock, time, days)
    }

    /// The stretch that an instant lies in, if it lies in one; else any.
    fn calm(&self, at: i64) -> Calm {
        let known = self.calm.get();
        if known.holds(at) {
            return known;
        }
        let offset = self.clock.offset(at);
        let mut calm = Calm {
            from: at,
            end: at,
            offset,
        };
        if self.clock.offset(at.saturating_sub(DAY)) == offset {
            for step in 1..=STEPS {
                let next = at.saturating_add(step * STEP);
                if self.clock.offset(next) != offset {
                    break;
                }
                calm.end = next;
            }
        }
        self.calm.set(calm);
        calm
    }
}

/// The number of a day in its week, from Monday; the first day of 1970 was a Thursday.
fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

fn business_days(mut day: i64, count: u32) -> i64 {
    for _ in 0..count {
        day += 1;
        while weekday(day) > 4 {
            day += 1;
        }
    }
    day
}
