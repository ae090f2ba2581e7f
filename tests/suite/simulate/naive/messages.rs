//! Messages: what lets them go, what holds them back, and what drops them.

use chrono::{Datelike as _, NaiveDate};
use journeyc::model::{Class, Step, WhenFull};
use journeyc::simulate::{Chance, Holder, Skip, StepNo, What, When};

use super::time::{after, local, minute};
use super::{Naive, QUARTER, Rest};

impl<C: Chance> Naive<'_, C> {
    pub(super) fn touches(&mut self, way: usize, step: &Step, no: StepNo, is_held: bool) {
        if !is_held {
            let late = self.chance.delay(no, self.now);
            if late > 0 {
                return self.holds_back(way, no, Holder::Delay, self.now + late);
            }
        }
        let journey = self.journeys[self.visits[way].journey];
        let (class, obeys, what) = match step {
            Step::Send(it) => {
                let class = it.class.map_or(journey.class, |it| it.value);
                let obeys = class == Class::Commercial && it.bypass_window != Some(true);
                (Some(class), obeys, What::Sent(no))
            }
            Step::Touch(it) => {
                let class = it.class.map_or(journey.class, |it| it.value);
                (Some(class), false, What::Touch(no))
            }
            _ => (None, false, What::Task(no)),
        };
        let (only_if, unless) = step.conditions();
        let skip = if only_if.is_some_and(|it| !self.asks(it, way)) {
            Some(Skip::If)
        } else if unless.is_some_and(|it| self.asks(it, way)) {
            Some(Skip::Unless)
        } else if class.is_some_and(|it| self.visits[way].stopped.contains(&it)) {
            Some(Skip::Stopped)
        } else {
            None
        };
        if let Some(skip) = skip {
            self.note(Some(way), What::Skipped(no, skip));
            return self.passes(way);
        }
        if obeys {
            let open = self.first(|at| self.is_open(at));
            if open != self.now {
                return self.holds_back(way, no, Holder::Window, open);
            }
            if self.is_full(self.now) {
                let cap = self.project.policy.frequency_cap.as_ref().unwrap();
                if cap.when_full == WhenFull::Queue {
                    let room = self.first(|at| !self.is_full(at));
                    return self.holds_back(way, no, Holder::Cap, room);
                }
                self.note(Some(way), What::Skipped(no, Skip::Cap));
                return self.passes(way);
            }
            self.capped.push(self.now);
        }
        self.note(Some(way), what);
        self.passes(way);
        let life = self.life;
        for (other, it) in (0..).zip(&life.outside) {
            if let When::AfterStep(first, by) = it.when
                && first == no
                && !std::mem::replace(&mut self.settled[other as usize], true)
            {
                self.planned.push((after(self.zone, self.now, by), other));
            }
        }
    }

    fn holds_back(&mut self, way: usize, no: StepNo, by: Holder, until: i64) {
        self.note(Some(way), What::Held(no, by, until));
        self.visits[way].rest = Rest::Hold(until);
    }

    /// The first moment from now on for which something holds, in the next forty days.
    fn first(&self, holds: impl Fn(i64) -> bool) -> i64 {
        let mut all = (0..40 * 96).map(|it| self.now + it * QUARTER);
        all.find(|it| holds(*it)).unwrap_or(i64::MAX)
    }

    fn is_open(&self, at: i64) -> bool {
        let zone_of = |name: Option<&str>| match name {
            None | Some("contact") => self.zone,
            Some(name) => name.parse().unwrap(),
        };
        let policy = &self.project.policy;
        let window = policy.send_window.as_ref().is_none_or(|it| {
            let local = local(zone_of(it.zone.as_ref().map(|it| &*it.value)), at);
            let (minute, from, to) = (minute(local), it.from.value.minutes, it.to.value.minutes);
            let on = |day: NaiveDate| {
                let day = day.weekday().num_days_from_monday();
                it.days.is_empty() || it.days.iter().any(|it| u32::from(it.value.index()) == day)
            };
            let (today, yesterday) = (local.date(), local.date().pred_opt().unwrap());
            if from < to {
                on(today) && from <= minute && minute < to
            } else {
                (on(today) && from <= minute) || (on(yesterday) && minute < to)
            }
        });
        let quiet = policy.quiet_hours.as_ref().is_some_and(|it| {
            let local = local(zone_of(it.zone.as_ref().map(|it| &*it.value)), at);
            let (minute, from, to) = (minute(local), it.from.value.minutes, it.to.value.minutes);
            if from <= to {
                from <= minute && minute < to
            } else {
                from <= minute || minute < to
            }
        });
        window && !quiet
    }

    /// Whether the frequency cap lets nothing more through at a moment.
    fn is_full(&self, at: i64) -> bool {
        let Some(cap) = &self.project.policy.frequency_cap else {
            return false;
        };
        let limits = &cap.commercial;
        [
            (limits.per_day, 1),
            (limits.per_week, 7),
            (limits.per_month, 30),
        ]
        .into_iter()
        .any(|(limit, days)| {
            let recent = self
                .capped
                .iter()
                .filter(|it| **it > at - days * 86_400)
                .count();
            limit.is_some_and(|it| recent >= it as usize)
        })
    }
}
