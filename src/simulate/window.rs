//! When commercial mail may go out.

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, TimeDelta, Timelike as _};

use super::clock::Clock;
use super::record::Holder;
use crate::model::{Policy, QuietHours, SendWindow, TimeOfDay, Weekday};

/// So many times send window and quiet hours may send a message to each other before nobody expects
/// them to agree any more.
const ROUNDS: u32 = 60;

/// The hours of a policy, with the clock that shows them where it is not the person's.
#[derive(Debug, Default)]
pub(super) struct Hours {
    window: Option<Opening>,
    quiet: Option<Opening>,
}

/// Hours in which something is open, on some days of the week.
#[derive(Debug)]
struct Opening {
    /// Bit 0 is Monday.
    days: u8,
    from: u32,
    /// How many minutes it stays open; more than a day never.
    minutes: u32,
    clock: Option<Clock>,
}

impl Hours {
    pub(super) fn of(policy: &Policy) -> Self {
        Self {
            window: policy.send_window.as_ref().map(Opening::of_window),
            quiet: policy.quiet_hours.as_ref().and_then(Opening::of_quiet),
        }
    }

    /// The first instant from `at` on at which both let a message go, and what held it longest before;
    /// `i64::MAX` if none is found.
    pub(super) fn next(&self, at: i64, own: Clock) -> (i64, Option<Holder>) {
        let mut now = at;
        let mut worst = (0, None);
        for _ in 0..ROUNDS {
            let before = now;
            for (opening, holder) in [(&self.window, Holder::Window), (&self.quiet, Holder::Quiet)]
            {
                let Some(opening) = opening else { continue };
                let next = opening.next(now, opening.clock.unwrap_or(own));
                if next - now > worst.0 {
                    worst = (next - now, Some(holder));
                }
                now = next;
            }
            if now == before {
                return (now, worst.1);
            }
        }
        (i64::MAX, worst.1)
    }
}

impl Opening {
    fn of_window(it: &SendWindow) -> Self {
        let days = it
            .days
            .iter()
            .fold(0, |all, day| all | 1 << day.value.index());
        Self::between(
            if days == 0 { 0b111_1111 } else { days },
            it.from.value,
            it.to.value,
            it.zone.as_ref().map(|it| &*it.value),
        )
    }

    /// Quiet from a time to the same time is not quiet at all.
    fn of_quiet(it: &QuietHours) -> Option<Self> {
        let zone = it.zone.as_ref().map(|it| &*it.value);
        (it.from.value.minutes % 1_440 != it.to.value.minutes % 1_440)
            .then(|| Self::between(0b111_1111, it.to.value, it.from.value, zone))
    }

    /// A window that closes before it opens runs over midnight; one that closes when it opens is open
    /// all day.
    fn between(days: u8, from: TimeOfDay, to: TimeOfDay, zone: Option<&str>) -> Self {
        let (from, to) = (u32::from(from.minutes), u32::from(to.minutes));
        let minutes = if to > from {
            to - from
        } else {
            to + 1_440 - from
        };
        let zone = zone.filter(|it| *it != "contact");
        Self {
            days,
            from,
            minutes,
            clock: zone.and_then(|it| it.parse().ok()).map(Clock::of),
        }
    }

    fn opens_on(&self, day: NaiveDate) -> bool {
        self.days >> day.weekday().num_days_from_monday() & 1 == 1
    }

    /// Whether it is open when a clock shows this: what opened yesterday may still be open.
    fn is_open(&self, local: NaiveDateTime) -> bool {
        let today = local.date();
        let second = local.time().num_seconds_from_midnight();
        let open = self.from * 60..(self.from + self.minutes) * 60;
        let yesterday = today.pred_opt().unwrap_or(today);
        (open.contains(&second) && self.opens_on(today))
            || (open.contains(&(second + 86_400)) && self.opens_on(yesterday))
    }

    /// The first instant from `at` on at which it is open.
    fn next(&self, at: i64, clock: Clock) -> i64 {
        let local = clock.local(at);
        if self.is_open(local) {
            return at;
        }
        let today = local.date();
        let from = i64::from(self.from) * 60;
        let opening = (0..=8)
            .filter_map(|later| today.checked_add_days(Days::new(later)))
            .filter(|day| self.opens_on(*day))
            .filter_map(|day| {
                let time = day.and_hms_opt(0, 0, 0)?;
                time.checked_add_signed(TimeDelta::seconds(from))
            })
            .map(|it| clock.instant(it))
            .find(|it| *it >= at);
        let Some(opening) = opening else {
            return i64::MAX;
        };
        // A clock that is changed may show a time at which it is open before it would have opened.
        let change = clock.change(at, opening);
        change
            .filter(|it| self.is_open(clock.local(*it)))
            .unwrap_or(opening)
    }
}

/// The first instant from `at` on at this time of day on one of these days; without a time of day, at
/// once on such a day, else when the next one begins.
pub(super) fn until(at: i64, clock: Clock, time: Option<TimeOfDay>, days: &[Weekday]) -> i64 {
    if time.is_none() && days.is_empty() {
        return at;
    }
    let today = clock.local(at).date();
    for later in 0..=8 {
        let Some(day) = today.checked_add_days(Days::new(later)) else {
            break;
        };
        let weekday = day.weekday().num_days_from_monday();
        if !days.is_empty() && !days.iter().any(|it| u32::from(it.index()) == weekday) {
            continue;
        }
        let minutes = time.map_or(0, |it| i64::from(it.minutes));
        let moment = day.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(minutes);
        let instant = clock.instant(moment);
        if instant >= at {
            return instant;
        }
        if time.is_none() && later == 0 {
            return at;
        }
    }
    at
}
