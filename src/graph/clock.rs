//! What clocks and calendars make of a duration: how long a wait really takes.
//!
//! Nobody knows on which day of the week, at what hour and in which zone a person comes by, so
//! everything here takes the worst over all of them. Public holidays are not known.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, Offset as _, TimeZone as _};
use chrono_tz::Tz;

use super::time::{Bound, Elapsed, Interval};
use crate::model::{Duration, Name, Wait};

/// How long something takes, with the clock change kept apart.
///
/// A clock change moves a path by an hour once, however many waits the path has: clocks that went
/// forward come back before they go forward again. So the hour is no part of the sums; it is added
/// once, at the end, when any part of the path may see it. Exact for paths shorter than a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// How long it takes when clocks stand still.
    pub nominal: Interval,
    /// Whether a clock change can make it an hour shorter.
    pub early: bool,
    /// Whether a clock change can make it an hour longer.
    pub late: bool,
}

impl Stretch {
    /// No time at all.
    pub const ZERO: Self = Self::exact(Interval::ZERO);

    /// A stretch that no clock change can touch.
    pub const fn exact(nominal: Interval) -> Self {
        Self {
            nominal,
            early: false,
            late: false,
        }
    }

    /// How long it takes, clock changes included.
    pub fn elapsed(self) -> Interval {
        let hour = |it: bool| if it { Elapsed::HOUR } else { Elapsed::ZERO };
        Interval {
            lo: self.nominal.lo - hour(self.early),
            hi: self.nominal.hi + Bound::Finite(hour(self.late)),
        }
    }

    /// From at once to the end of this one.
    #[must_use]
    pub fn from_zero(self) -> Self {
        Self {
            nominal: Interval {
                lo: Elapsed::ZERO,
                hi: self.nominal.hi,
            },
            early: false,
            late: self.late,
        }
    }
}

/// Whether clocks in a zone are ever put forward or back. `None` is the contact's own zone, which
/// can be any; a zone that is not known is taken for one that does.
///
/// Decided by the offsets of the years 2023 to 2026 at the 10th and 25th of each month: every
/// clock change that comes back each year shows there, Ramadan's included.
pub fn clocks_change(zone: Option<&str>) -> bool {
    let Some(Ok(zone)) = zone.filter(|it| *it != "contact").map(str::parse::<Tz>) else {
        return true;
    };
    let mut offsets = (2023..=2026).flat_map(|year| {
        (1..=12).flat_map(move |month| [10, 25].map(move |day| (year, month, day)))
    });
    let offset = |(year, month, day)| {
        let noon = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(12, 0, 0)?;
        Some(zone.offset_from_utc_datetime(&noon).fix().local_minus_utc())
    };
    let first = offsets.next().and_then(offset);
    offsets.any(|it| offset(it) != first)
}

/// By how many minutes the clocks of one zone are ahead of those of another, each difference that there
/// is in the years 2023 to 2026, at noon of each day; nothing if one of the zones is the contact's own,
/// or not known.
pub(super) fn differences(one: Option<&str>, other: Option<&str>) -> Option<BTreeSet<i64>> {
    let (one, other): (Tz, Tz) = (one?.parse().ok()?, other?.parse().ok()?);
    let first = NaiveDate::from_ymd_opt(2023, 1, 1)?.and_hms_opt(12, 0, 0)?;
    let offset = |zone: Tz, at| {
        let seconds = zone.offset_from_utc_datetime(&at).fix().local_minus_utc();
        i64::from(seconds / 60)
    };
    let days = (0..4 * 366).map(|it| first + Days::new(it));
    Some(days.map(|at| offset(one, at) - offset(other, at)).collect())
}

/// The zone that a name stands for; nothing for the contact's own.
pub(super) fn zone_name(zone: Option<&Name>) -> Option<&str> {
    zone.map(|it| &*it.value).filter(|it| *it != "contact")
}

/// How long a duration takes in the contact's zone.
pub(super) fn of_duration(duration: Duration) -> Stretch {
    of_wait_parts(duration, None, 0, true)
}

/// How long a wait takes.
pub(super) fn of_wait(wait: &Wait) -> Stretch {
    let duration = wait
        .duration
        .as_ref()
        .map_or_else(Duration::default, |it| it.value);
    let at = wait.at.as_ref().map(|it| i64::from(it.minutes));
    let days = wait
        .on
        .iter()
        .fold(0u8, |all, it| all | 1 << it.value.index());
    let calendar = duration.days > 0 || duration.business_days > 0 || at.is_some() || days != 0;
    let changes = calendar && clocks_change(zone_name(wait.zone.as_ref()));
    of_wait_parts(duration, at, days, changes)
}

/// `at` in minutes after midnight, `days` one bit a day from Monday on (none: every day).
fn of_wait_parts(duration: Duration, at: Option<i64>, days: u8, clocks_change: bool) -> Stretch {
    let minutes = Elapsed::minutes(i64::from(duration.minutes));
    let days = if days == 0 { 0b111_1111 } else { days };
    let mut nominal: Option<Interval> = None;
    for start in 0..7 {
        let whole =
            i64::from(duration.days) + business_days(start, i64::from(duration.business_days));
        // Hours that come on top can carry the moment into any day of the week.
        let landed = if duration.minutes > 0 || duration.business_days == 0 {
            0..7
        } else {
            let weekday = (start + whole) % 7;
            weekday..weekday + 1
        };
        for weekday in landed {
            let took = Interval::exactly(Elapsed::days(whole) + minutes)
                + Interval::up_to(until_next(weekday, at, days));
            nominal = Some(nominal.map_or(took, |it| it.or(took)));
        }
    }
    let nominal = nominal.unwrap_or(Interval::ZERO);
    let counted = duration.days > 0 || duration.business_days > 0;
    let aligned = nominal.hi > Bound::Finite(nominal.lo);
    Stretch {
        nominal,
        early: clocks_change && counted,
        late: clocks_change && (counted || aligned),
    }
}

/// How many days `count` business days take for somebody who comes by on this day of the week,
/// 0 for Monday: each business day goes on to the next day from Monday to Friday, at the same hour.
fn business_days(weekday: i64, count: i64) -> i64 {
    if count == 0 {
        return 0;
    }
    // From a weekend it is as if one had started on the Friday before.
    let start = weekday.min(4);
    let rest = count % 5;
    let over_weekend = if start + rest > 4 { 2 } else { 0 };
    count / 5 * 7 + rest + over_weekend - (weekday - start)
}

/// The longest time until the next moment at this time of day on one of these days, for somebody
/// who is there at any hour of this day of the week. Without a time of day, whole days pass.
fn until_next(weekday: i64, at: Option<i64>, days: u8) -> Elapsed {
    let open = |day: i64| days >> (day % 7) & 1 == 1;
    let later = (1..=7).find(|it| open(weekday + it)).unwrap_or(7);
    match at {
        None if open(weekday) => Elapsed::ZERO,
        None => Elapsed::days(later),
        // Just missed today's, or at the very beginning of the day.
        Some(at) if open(weekday) => Elapsed::days(later).max(Elapsed::minutes(at)),
        Some(at) => Elapsed::days(later) + Elapsed::minutes(at),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn took(duration: &str, at: Option<i64>, days: u8, changes: bool) -> String {
        let it = of_wait_parts(duration.parse().unwrap(), at, days, changes);
        it.elapsed().to_string()
    }

    #[test]
    fn days_follow_the_clock_and_hours_do_not() {
        assert_eq!(took("3d", None, 0, true), "2 d 23 h to 3 d 1 h");
        assert_eq!(took("3d", None, 0, false), "3 d");
        assert_eq!(took("72h", None, 0, true), "3 d");
        assert_eq!(took("1d 12h", None, 0, true), "1 d 11 h to 1 d 13 h");
        assert_eq!(took("0d", None, 0, true), "0 min");
    }

    #[test]
    fn a_time_of_day_and_days_of_the_week_widen_by_the_worst_gap() {
        assert_eq!(took("3d", Some(600), 0, false), "3 d to 4 d");
        assert_eq!(took("3d", Some(600), 0, true), "2 d 23 h to 4 d 1 h");
        // Monday to Thursday at ten: from Thursday just after ten to Monday at ten.
        assert_eq!(took("7d", Some(600), 0b000_1111, false), "7 d to 11 d");
        assert_eq!(took("0m", Some(600), 0b000_0001, false), "up to 7 d");
        assert_eq!(took("0m", None, 0b000_0001, false), "up to 6 d");
        assert_eq!(took("0m", None, 0b000_0001, true), "up to 6 d 1 h");
        assert_eq!(took("0m", None, 0b111_1111, true), "0 min");
        // Exact hours can end on any day; a clock change only lengthens the night after them.
        assert_eq!(took("72h", Some(600), 0, true), "3 d to 4 d 1 h");
    }

    #[test]
    fn business_days_skip_weekends() {
        assert_eq!(took("1bd", None, 0, false), "1 d to 3 d");
        assert_eq!(took("5bd", None, 0, false), "5 d to 7 d");
        assert_eq!(took("2bd", None, 0, true), "1 d 23 h to 4 d 1 h");
        // A business day never ends on a weekend, so Monday to Friday adds nothing …
        assert_eq!(took("1bd", None, 0b001_1111, false), "1 d to 3 d");
        // … but "not on Fridays" does: Thursday goes to Friday, which goes to Monday.
        assert_eq!(took("1bd", None, 0b000_1111, false), "1 d to 4 d");
    }

    #[test]
    fn business_days_are_what_counting_on_fingers_gives() {
        for start in 0..7 {
            let mut day = start;
            for count in 1..40 {
                day += 1;
                while day % 7 > 4 {
                    day += 1;
                }
                assert_eq!(business_days(start, count), day - start, "{start} {count}");
            }
        }
    }

    #[test]
    fn the_gap_until_a_moment_is_the_worst_minute_of_the_week() {
        for days in 1..=0b111_1111_u8 {
            for at in [0, 600, 1438] {
                for weekday in 0..7 {
                    // The worst minute is the day's first or the one after.
                    let worst = [0, at, at + 1]
                        .into_iter()
                        .map(|minute| {
                            let now = weekday * 1440 + minute;
                            let open = |it: i64| days >> (it / 1440 % 7) & 1 == 1;
                            (now..now + 11_000)
                                .find(|it| it % 1440 == at && open(*it))
                                .unwrap()
                                - now
                        })
                        .max()
                        .unwrap();
                    let bound = until_next(weekday, Some(at), days);
                    // A minute of slack: moments lie between minutes, too.
                    let slack = bound - Elapsed::minutes(worst);
                    assert!(
                        (Elapsed::ZERO..=Elapsed::minutes(1)).contains(&slack),
                        "{days:b} {at} {weekday} {worst} {bound}"
                    );
                }
            }
        }
    }

    #[test]
    fn zones_with_and_without_clock_changes() {
        for zone in [
            None,
            Some("contact"),
            Some("Europe/Berlin"),
            Some("America/New_York"),
            Some("Australia/Lord_Howe"),
            Some("Africa/Casablanca"),
            Some("No/Where"),
        ] {
            assert!(clocks_change(zone), "{zone:?}");
        }
        for zone in [
            "UTC",
            "Asia/Kolkata",
            "Asia/Tokyo",
            "Etc/GMT+5",
            "America/Phoenix",
        ] {
            assert!(!clocks_change(Some(zone)), "{zone}");
        }
    }
}
