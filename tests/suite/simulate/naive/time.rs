//! Time by trying: what a clock shows, and when it shows something.

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use journeyc::model::{Duration, TimeOfDay};

use super::QUARTER;

/// So long after a moment.
pub(super) fn after(zone: Tz, at: i64, by: Duration) -> i64 {
    let exact = i64::from(by.minutes) * 60;
    if (by.days, by.business_days) == (0, 0) {
        return at + exact;
    }
    let mut shown = local(zone, at);
    for _ in 0..by.business_days {
        shown += TimeDelta::days(1);
        while shown.weekday().num_days_from_monday() >= 5 {
            shown += TimeDelta::days(1);
        }
    }
    instant(zone, shown + Days::new(u64::from(by.days))) + exact
}

/// So long before a moment.
pub(super) fn before(zone: Tz, at: i64, by: Duration) -> i64 {
    let at = at - i64::from(by.minutes) * 60;
    if (by.days, by.business_days) == (0, 0) {
        return at;
    }
    let mut shown = local(zone, at) - Days::new(u64::from(by.days));
    for _ in 0..by.business_days {
        shown -= TimeDelta::days(1);
        while shown.weekday().num_days_from_monday() >= 5 {
            shown -= TimeDelta::days(1);
        }
    }
    instant(zone, shown)
}

/// What a clock shows.
pub(super) fn local(zone: Tz, at: i64) -> NaiveDateTime {
    zone.timestamp_opt(at, 0).unwrap().naive_local()
}

pub(super) fn minute(local: NaiveDateTime) -> u16 {
    use chrono::Timelike as _;
    u16::try_from(local.num_seconds_from_midnight() / 60).unwrap()
}

pub(super) fn time_of(day: NaiveDate, time: TimeOfDay) -> NaiveDateTime {
    day.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(i64::from(time.minutes))
}

/// The first moment at which a clock shows a time; where it leaves the time out, the moment at which it
/// shows what is as much later as the gap is long.
pub(super) fn instant(zone: Tz, shown: NaiveDateTime) -> i64 {
    let begin = shown.and_utc().timestamp() - 15 * 3_600;
    let all = || (0..30 * 4).map(move |it| begin + it * QUARTER);
    if let Some(found) = all().find(|it| local(zone, *it) == shown) {
        return found;
    }
    let jump = all().find(|it| local(zone, *it) > shown).unwrap();
    let gap = local(zone, jump) - local(zone, jump - QUARTER) - TimeDelta::seconds(QUARTER);
    all().find(|it| local(zone, *it) == shown + gap).unwrap()
}
