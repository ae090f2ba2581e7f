//! Hours and days of the week, and a timeout in parts.

use crate::manifest::{Duration, Window};
use crate::model::Weekday;

/// The days of the week from Monday.
pub(super) const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// The days that are in both; an empty list means every day, and so does the answer. Nothing where
/// they have no day in common.
pub(super) fn common_days(a: &[Weekday], b: &[Weekday]) -> Option<Vec<Weekday>> {
    let within = |list: &[Weekday], day: &Weekday| list.is_empty() || list.contains(day);
    let days: Vec<Weekday> = WEEK
        .into_iter()
        .filter(|day| within(a, day) && within(b, day))
        .collect();
    match days.len() {
        0 => None,
        7 => Some(Vec::new()),
        _ => Some(days),
    }
}

/// The hours in which commercial mail may go out, from the send window and the quiet hours.
pub(in crate::target) fn open_hours(
    window: Option<&Window>,
    quiet: Option<&Window>,
) -> Option<Window> {
    let awake = quiet.map(|it| Window {
        days: Vec::new(),
        from: it.to.clone(),
        to: it.from.clone(),
        zone: it.zone.clone(),
    });
    match (window, awake) {
        (Some(window), Some(awake)) => Some(Window {
            days: window.days.clone(),
            from: window.from.clone().max(awake.from),
            to: window.to.clone().min(awake.to),
            zone: window.zone.clone(),
        }),
        (window, awake) => window.cloned().or(awake),
    }
}

/// Whether a time of day lies within a window.
pub(super) fn fits(window: &Window, time: &str) -> bool {
    window.from.as_str() <= time && time < window.to.as_str()
}

/// A timeout in parts, after each of which somebody looks whether the event has come.
pub(super) fn looks(timeout: &Duration, checks: u32) -> Vec<Duration> {
    let (days, business, minutes) = (timeout.days, timeout.business_days, timeout.minutes);
    let mut parts: Vec<Duration> = if days > 0 {
        let share = |days| Duration {
            days,
            ..Duration::default()
        };
        shares(days, checks).into_iter().map(share).collect()
    } else if business > 0 {
        let share = |business_days| Duration {
            business_days,
            ..Duration::default()
        };
        shares(business, checks).into_iter().map(share).collect()
    } else {
        let share = |hours: u32| Duration {
            minutes: hours * 60,
            ..Duration::default()
        };
        shares(minutes / 60, checks)
            .into_iter()
            .map(share)
            .collect()
    };
    if parts.is_empty() {
        parts.push(Duration::default());
    }
    if let Some(last) = parts.last_mut() {
        last.minutes += if days > 0 || business > 0 {
            minutes
        } else {
            minutes % 60
        };
        if days > 0 {
            last.business_days = business;
        }
    }
    parts
}

/// At most so many looks make sense: daily for two weeks, hourly for half a day.
pub(super) fn most_looks(timeout: &Duration) -> u32 {
    if timeout.days > 0 {
        timeout.days.min(14)
    } else if timeout.business_days > 0 {
        timeout.business_days.min(14)
    } else {
        (timeout.minutes / 60).clamp(1, 12)
    }
}

/// About how many minutes a duration takes.
pub(super) fn rough_minutes(it: &Duration) -> u32 {
    let days = it.days.saturating_add(it.business_days);
    days.saturating_mul(1_440).saturating_add(it.minutes)
}

/// So many units in so many parts, as even as can be, the longer ones first.
fn shares(units: u32, parts: u32) -> Vec<u32> {
    let parts = parts.clamp(1, units.max(1));
    let (each, more) = (units / parts, units % parts);
    (0..parts)
        .map(|at| each + u32::from(at < more))
        .filter(|it| *it > 0)
        .collect()
}
