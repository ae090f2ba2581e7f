//! Waits as Klaviyo's delays.

use serde_json::{Value, json};

use crate::manifest::{Duration, Window};
use crate::model::Weekday;

/// One delay of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pause {
    /// Klaviyo's kind of action.
    pub(super) kind: &'static str,
    /// Its settings.
    pub(super) data: Value,
}

/// Longer chains of single business days become weeks.
const MOST_SINGLE_DAYS: u32 = 10;

/// The days of the week from Monday.
const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// A duration as delays one after another: business days, days, then hours or minutes.
///
/// A business day is one day and then until a weekday; so several of them are exact as well, one
/// delay each. Whole weeks of business days are weeks.
pub(super) fn pauses(it: &Duration) -> Vec<Pause> {
    let mut all = Vec::new();
    let mut business = it.business_days;
    if business > MOST_SINGLE_DAYS {
        all.push(delay("days", business / 5 * 7));
        business %= 5;
    }
    for _ in 0..business {
        let mut pause = delay("days", 1);
        only_on(&mut pause, &WEEK[..5], "contact");
        all.push(pause);
    }
    if it.days > 0 {
        all.push(delay("days", it.days));
    }
    if it.minutes > 0 {
        all.push(match it.minutes % 60 {
            0 => delay("hours", it.minutes / 60),
            _ => delay("minutes", it.minutes),
        });
    }
    all
}

/// Whether business days are rounded to weeks.
pub(super) fn is_rounded(it: &Duration) -> bool {
    it.business_days > MOST_SINGLE_DAYS
}

fn delay(unit: &str, value: u32) -> Pause {
    Pause {
        kind: "time-delay",
        data: json!({"unit": unit, "value": value}),
    }
}

/// Whether a delay counts in days, so that it can end on a day of the week.
pub(super) fn counts_days(pause: &Pause) -> bool {
    pause.kind == "time-delay" && pause.data["unit"] == "days"
}

/// Lets a delay of days end on certain days only.
pub(super) fn only_on(pause: &mut Pause, days: &[Weekday], zone: &str) {
    pause.data["timezone"] = json!(zone_of(zone));
    pause.data["delay_until_weekdays"] = json!(names(days));
}

/// Waits until a time of day, on certain days; every day when none are named.
pub(super) fn until(at: Option<&str>, days: &[Weekday], zone: &str) -> Pause {
    let days = if days.is_empty() { &WEEK } else { days };
    let mut data = json!({"timezone": zone_of(zone), "target_days": names(days)});
    if let Some(at) = at {
        data["target_time"] = json!(clock(at));
    }
    Pause {
        kind: "target-date",
        data,
    }
}

/// Klaviyo's name of a zone.
pub(super) fn zone_of(zone: &str) -> &str {
    if zone == "contact" { "profile" } else { zone }
}

/// A time of day with seconds; the end of a day is its last second.
pub(super) fn clock(at: &str) -> String {
    if at == "24:00" {
        return "23:59:59".to_owned();
    }
    format!("{at}:00")
}

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
pub(super) fn open_hours(window: Option<&Window>, quiet: Option<&Window>) -> Option<Window> {
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

fn names(days: &[Weekday]) -> Vec<&'static str> {
    let name = |day: &Weekday| match day {
        Weekday::Mon => "monday",
        Weekday::Tue => "tuesday",
        Weekday::Wed => "wednesday",
        Weekday::Thu => "thursday",
        Weekday::Fri => "friday",
        Weekday::Sat => "saturday",
        Weekday::Sun => "sunday",
    };
    days.iter().map(name).collect()
}

/// A timeout in parts, after each of which the flow looks whether the event has come.
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

/// About how many minutes a duration takes, for comparing.
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn duration(text: &str) -> Duration {
        text.parse::<crate::model::Duration>().unwrap().into()
    }

    #[test]
    fn durations_become_chains() {
        let data = |text: &str| -> Vec<Value> {
            pauses(&duration(text))
                .into_iter()
                .map(|it| it.data)
                .collect()
        };
        assert_eq!(data("2w"), [json!({"unit": "days", "value": 14})]);
        assert_eq!(
            data("1d 12h"),
            [
                json!({"unit": "days", "value": 1}),
                json!({"unit": "hours", "value": 12})
            ]
        );
        assert_eq!(data("90m"), [json!({"unit": "minutes", "value": 90})]);
        assert_eq!(data("0m"), Vec::<Value>::new());
        let workday = json!({"unit": "days", "value": 1, "timezone": "profile",
            "delay_until_weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"]});
        assert_eq!(data("2bd"), [workday.clone(), workday.clone()]);
        assert_eq!(
            data("11bd"),
            [json!({"unit": "days", "value": 14}), workday]
        );
    }

    #[test]
    fn timeouts_are_shared_evenly() {
        let parts = |text: &str, checks| -> Vec<String> {
            looks(&duration(text), checks)
                .iter()
                .map(Duration::in_words)
                .collect()
        };
        assert_eq!(parts("10d", 4), ["3 days", "3 days", "2 days", "2 days"]);
        assert_eq!(parts("10d", 1), ["10 days"]);
        assert_eq!(parts("2d 6h", 14), ["1 day", "1 day 6 hours"]);
        assert_eq!(parts("4h", 2), ["2 hours", "2 hours"]);
        assert_eq!(parts("30m", 5), ["30 minutes"]);
        assert_eq!(parts("3bd", 2), ["2 business days", "1 business day"]);
        assert_eq!(most_looks(&duration("30d")), 14);
        assert_eq!(most_looks(&duration("4h")), 4);
        assert_eq!(most_looks(&duration("10m")), 1);
    }

    #[test]
    fn days_in_common() {
        use Weekday::{Mon, Sat, Sun, Tue};
        assert_eq!(common_days(&[], &[]), Some(vec![]));
        assert_eq!(common_days(&[Mon, Tue], &[]), Some(vec![Mon, Tue]));
        assert_eq!(common_days(&[Sat, Mon], &[Sat, Sun]), Some(vec![Sat]));
        assert_eq!(common_days(&[Mon], &[Sun]), None);
    }

    #[test]
    fn quiet_hours_narrow_the_window() {
        let window = |from: &str, to: &str| Window {
            days: Vec::new(),
            from: from.to_owned(),
            to: to.to_owned(),
            zone: "contact".to_owned(),
        };
        let both = open_hours(
            Some(&window("08:00", "20:00")),
            Some(&window("19:00", "09:00")),
        );
        assert_eq!(both, Some(window("09:00", "19:00")));
        let quiet = open_hours(None, Some(&window("21:00", "07:00")));
        assert_eq!(quiet, Some(window("07:00", "21:00")));
        assert_eq!(open_hours(None, None), None);
    }
}
