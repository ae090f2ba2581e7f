//! Instants, and what the clock on a person's wall shows.

use chrono::{
    DateTime, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _,
};
use chrono_tz::Tz;

use crate::model::Duration;

/// A clock that follows the rules of one zone. Instants are seconds since 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    zone: Tz,
}

impl Clock {
    /// The clock of a zone.
    pub fn of(zone: Tz) -> Self {
        Self { zone }
    }

    /// The zone whose rules it follows.
    pub fn zone(self) -> Tz {
        self.zone
    }

    /// What the clock shows at an instant. An instant beyond the calendar shows its end.
    pub fn local(self, at: i64) -> NaiveDateTime {
        let utc = DateTime::from_timestamp(at, 0).map_or(NaiveDateTime::MAX, |it| it.naive_utc());
        utc.checked_add_signed(TimeDelta::seconds(self.offset(at)))
            .unwrap_or(utc)
    }

    /// The instant at which the clock shows a time. A time that a clock change leaves out is as much
    /// later as the gap is long; of one that comes twice the first is meant.
    pub fn instant(self, local: NaiveDateTime) -> i64 {
        match self.zone.offset_from_local_datetime(&local) {
            LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => {
                local.and_utc().timestamp()
                    - i64::from(chrono::Offset::fix(&offset).local_minus_utc())
            }
            LocalResult::None => {
                // With the offset from before the gap the clock shows a time after it.
                let before = local
                    .checked_sub_signed(TimeDelta::hours(3))
                    .unwrap_or(local);
                match self.zone.offset_from_local_datetime(&before) {
                    LocalResult::Single(offset) | LocalResult::Ambiguous(_, offset) => {
                        local.and_utc().timestamp()
                            - i64::from(chrono::Offset::fix(&offset).local_minus_utc())
                    }
                    LocalResult::None => local.and_utc().timestamp(),
                }
            }
        }
    }

    /// The instant so long after another: business days first, then days, both at the same time of
    /// day, then exact minutes.
    pub fn after(self, at: i64, duration: Duration) -> i64 {
        let minutes = i64::from(duration.minutes) * 60;
        if duration.days == 0 && duration.business_days == 0 {
            return at.saturating_add(minutes);
        }
        let local = self.local(at);
        let day = business_days(local.date(), duration.business_days);
        let day = day
            .checked_add_days(Days::new(u64::from(duration.days)))
            .unwrap_or(NaiveDate::MAX);
        self.instant(day.and_time(local.time()))
            .saturating_add(minutes)
    }

    /// The instant so long before another, counted as [`Self::after`] does.
    pub fn before(self, at: i64, duration: Duration) -> i64 {
        let minutes = i64::from(duration.minutes) * 60;
        let at = at.saturating_sub(minutes);
        if duration.days == 0 && duration.business_days == 0 {
            return at;
        }
        let local = self.local(at);
        let day = local
            .date()
            .checked_sub_days(Days::new(u64::from(duration.days)))
            .unwrap_or(NaiveDate::MIN);
        self.instant(business_days_before(day, duration.business_days).and_time(local.time()))
    }

    /// The first instant after one and up to another at which the clock is changed, where the two have
    /// different offsets.
    pub fn change(self, from: i64, to: i64) -> Option<i64> {
        let before = self.offset(from);
        if to <= from || self.offset(to) == before {
            return None;
        }
        let (mut before_it, mut behind_it) = (from, to);
        while behind_it - before_it > 1 {
            let middle = before_it + (behind_it - before_it) / 2;
            if self.offset(middle) == before {
                before_it = middle;
            } else {
                behind_it = middle;
            }
        }
        Some(behind_it)
    }

    /// How many seconds the clock is ahead of UTC.
    pub(super) fn offset(self, at: i64) -> i64 {
        let utc = DateTime::from_timestamp(at, 0).map_or(NaiveDateTime::MAX, |it| it.naive_utc());
        i64::from(chrono::Offset::fix(&self.zone.offset_from_utc_datetime(&utc)).local_minus_utc())
    }

    /// The first instant of a day on this clock.
    pub fn midnight(self, day: NaiveDate) -> i64 {
        self.instant(day.and_time(NaiveTime::MIN))
    }
}

/// Monday to Friday, so many of them later.
fn business_days(mut day: NaiveDate, count: u32) -> NaiveDate {
    for _ in 0..count {
        day = day.succ_opt().unwrap_or(day);
        while is_weekend(day) {
            day = match day.succ_opt() {
                Some(it) => it,
                None => return day,
            };
        }
    }
    day
}

/// The same backwards.
fn business_days_before(mut day: NaiveDate, count: u32) -> NaiveDate {
    for _ in 0..count {
        day = day.pred_opt().unwrap_or(day);
        while is_weekend(day) {
            day = match day.pred_opt() {
                Some(it) => it,
                None => return day,
            };
        }
    }
    day
}

fn is_weekend(day: NaiveDate) -> bool {
    chrono::Datelike::weekday(&day).num_days_from_monday() > 4
}
