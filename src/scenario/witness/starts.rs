//! The seconds at which a life may begin so that windows and clocks do what a witness tells.
//!
//! In: a route, and whose clock counts. Out: instants, the likeliest first: those from which on a message
//! comes to a window that has just closed, a wait ends when its time of day comes, and others.
//! Also the moments of a life at which something may come that nobody notices.
//! Invariant: bounded, and always the same. Not done here: trying them.

use std::collections::BTreeSet;

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, TimeDelta};

use super::route::{Due, Hours, Route};
use crate::model::{Project, TimeOfDay, Weekday};
use crate::simulate::{Clock, Record};

/// So many moments are tried for the event that nobody noticed.
const MOMENTS: usize = 40;

/// So many beginnings are tried at most.
const MOST: usize = 160;

const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// A time of the week: the day, counted from Monday, and the minutes of that day.
type OfWeek = (u64, u16);

/// The beginnings to try, the likeliest first.
pub(super) fn starts(route: &Route<'_>, project: &Project, clock: Clock) -> Vec<i64> {
    let mut res = Vec::new();
    // Clocks that show the hours may be changed when the person's are not.
    let names: BTreeSet<&str> = route
        .dues
        .iter()
        .filter_map(|it| zone(it, project))
        .collect();
    let others = names.into_iter().filter_map(|it| it.parse().ok());
    let mut mondays = changes(clock);
    mondays.extend(others.flat_map(|it| changes(Clock::of(it))));
    mondays.sort_unstable();
    mondays.dedup();
    let (changes, still) = (mondays, usual_monday());
    let is_held = |it: &&Due<'_>| !matches!(it.on, Hours::Open);
    for due in route.dues.iter().filter(is_held) {
        let times = times(due, project);
        let weeks = std::iter::once(still).chain(changes.iter().copied());
        for monday in weeks {
            for time in &times {
                for late in [0, 1, -1] {
                    push(&mut res, before(monday, *time, late, due, project, clock));
                }
            }
        }
    }
    for (day, hour) in [(0, 10), (1, 14), (4, 17), (5, 12), (6, 20), (2, 3), (3, 23)] {
        let time = (day, hour * 60);
        push(&mut res, at(still, time, 0).map(|it| clock.instant(it)));
    }
    for due in route.dues.iter().filter(|it| !is_held(it)) {
        for time in times(due, project) {
            push(&mut res, before(still, time, 0, due, project, clock));
        }
    }
    for monday in changes {
        for (day, hour) in [(0, 10), (4, 17), (5, 23)] {
            push(
                &mut res,
                at(monday, (day, hour * 60), 0).map(|it| clock.instant(it)),
            );
        }
    }
    res
}

fn push(res: &mut Vec<i64>, start: Option<i64>) {
    if let Some(it) = start
        && res.len() < MOST
        && !res.contains(&it)
    {
        res.push(it);
    }
}

/// A Monday in a week without anything special.
fn usual_monday() -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 6, 7).unwrap_or_default()
}

/// The Mondays of the weeks of that year in which this clock is changed.
fn changes(clock: Clock) -> Vec<NaiveDate> {
    let Some(first) = NaiveDate::from_ymd_opt(2027, 1, 1) else {
        return Vec::new();
    };
    let days = (0..365).filter_map(|it| first.checked_add_days(Days::new(it)));
    let is_odd = |day: &NaiveDate| {
        let next = day.succ_opt().unwrap_or(*day);
        clock.midnight(next) - clock.midnight(*day) != 86_400
    };
    let monday = |day: NaiveDate| {
        let later = u64::from(day.weekday().num_days_from_monday());
        day.checked_sub_days(Days::new(later))
    };
    days.filter(is_odd).filter_map(monday).collect()
}

fn at(monday: NaiveDate, (day, minutes): OfWeek, late: i64) -> Option<NaiveDateTime> {
    let day = monday.checked_add_days(Days::new(day))?;
    let midnight = day.and_hms_opt(0, 0, 0)?;
    midnight.checked_add_signed(TimeDelta::minutes(i64::from(minutes) + late))
}

/// The beginning from which a moment falls on a time of that week. Whole days are counted on the clock.
fn before(
    monday: NaiveDate,
    time: OfWeek,
    late: i64,
    due: &Due<'_>,
    project: &Project,
    clock: Clock,
) -> Option<i64> {
    // Hours may be those of another clock than the person's.
    let other = zone(due, project).and_then(|it| it.parse().ok());
    let instant = other
        .map_or(clock, Clock::of)
        .instant(at(monday, time, late)?);
    let local = clock.local(instant);
    let begin = local.checked_sub_signed(TimeDelta::seconds(due.at))?;
    let start = clock.instant(begin);
    Some(start - start.rem_euclid(60))
}

fn zone<'p>(due: &Due<'p>, project: &'p Project) -> Option<&'p str> {
    let policy = &project.policy;
    let zone = match due.on {
        Hours::Clock(it) => it.zone.as_ref(),
        Hours::Open | Hours::Closed => {
            let window = policy.send_window.as_ref().and_then(|it| it.zone.as_ref());
            let quiet = policy.quiet_hours.as_ref().and_then(|it| it.zone.as_ref());
            window.or(quiet)
        }
    };
    zone.map(|it| &*it.value).filter(|it| *it != "contact")
}

/// The times of the week that matter for something.
fn times(due: &Due<'_>, project: &Project) -> Vec<OfWeek> {
    let policy = &project.policy;
    let mut res = Vec::new();
    let mut every = |days: &[Weekday], time: TimeOfDay| {
        // The end of the week first: most windows are closed then.
        for day in days.iter().rev() {
            res.push((u64::from(day.index()), time.minutes));
        }
    };
    match due.on {
        Hours::Clock(it) => {
            let days: Vec<Weekday> = it.on.iter().map(|it| it.value).collect();
            let time = it.at.map_or(TimeOfDay { minutes: 0 }, |it| it.value);
            every(if days.is_empty() { &WEEK } else { &days }, time);
        }
        Hours::Closed | Hours::Open => {
            let is_closed = matches!(due.on, Hours::Closed);
            if let Some(it) = &policy.send_window {
                let days: Vec<Weekday> = it.days.iter().map(|it| it.value).collect();
                let days = if days.is_empty() { &WEEK[..] } else { &days };
                every(
                    days,
                    if is_closed {
                        it.to.value
                    } else {
                        it.from.value
                    },
                );
            }
            if let Some(it) = &policy.quiet_hours {
                every(
                    &WEEK,
                    if is_closed {
                        it.from.value
                    } else {
                        it.to.value
                    },
                );
            }
        }
    }
    res
}

/// The moments before the end at which an event may come that nobody notices: in each stretch in which time
/// passes, the latest first.
pub(super) fn moments(record: &Record, start: i64, end: i64) -> Vec<i64> {
    let mut times: Vec<i64> = record
        .moments
        .iter()
        .map(|it| it.at)
        .filter(|it| *it >= start && *it <= end)
        .collect();
    times.dedup();
    let mut res = Vec::new();
    let mut add = |at: i64| {
        let at = at - at.rem_euclid(60);
        if at >= start && at <= end && !res.contains(&at) {
            res.push(at);
        }
    };
    for pair in times.windows(2).rev() {
        add(pair[0] + (pair[1] - pair[0]) / 2);
        add(pair[0] + 60);
        add(pair[1] - 60);
        add(pair[1]);
    }
    times.iter().rev().for_each(|it| add(*it));
    res.truncate(MOMENTS);
    res
}

/// So many seconds later: whole days are counted on the clock.
pub(super) fn after(clock: Clock, start: i64, seconds: i64) -> i64 {
    let local = clock
        .local(start)
        .checked_add_signed(TimeDelta::seconds(seconds));
    let at = local.map_or(start, |it| clock.instant(it));
    at - at.rem_euclid(60)
}
