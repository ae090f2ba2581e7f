//! Moments in `JSONata`: waits until a time of day, a day of the week, a date, or an open window.
//!
//! In: what a journey says of time. Out: expressions that give seconds. Invariant: a named zone goes by
//! its own rules, changes of the clocks included; a person's own clock goes by the offset from UTC that
//! the shop sends as `contact.utc_offset`, and by the project's zone where it sends none.
//! Not done here: states.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _};
use chrono_tz::Tz;

use crate::manifest::Window;
use crate::model::Weekday;

/// A day in milliseconds.
const DAY: i64 = 86_400_000;
/// The years for which changes of the clocks are written down.
const YEARS: (i32, i32) = (2026, 2036);

/// A moment that is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'m> {
    /// Not before so many milliseconds have passed.
    pub(super) after: i64,
    /// The time of day, `HH:MM`; the present one if not said.
    pub(super) at: Option<&'m str>,
    /// On one of these days; any day when empty.
    pub(super) days: &'m [Weekday],
}

/// Seconds until a moment, as an expression.
pub(super) fn until(moment: Moment<'_>, zone: &str, fallback: &str) -> String {
    format!(
        "({} $from := $millis() + {}; {} $max([0, $ceil(($min($all) - $millis()) / 1000)]))",
        shift(zone, fallback),
        moment.after,
        candidates(moment.at, moment.days)
    )
}

/// Seconds until a window is open, as an expression; none while it is.
pub(super) fn open(window: &Window, fallback: &str) -> String {
    let (from, to) = (milliseconds(&window.from), milliseconds(&window.to));
    let inside = if from < to {
        format!("($clock >= {from} and $clock < {to})")
    } else {
        format!("($clock >= {from} or $clock < {to})")
    };
    let day = fits(&window.days, "$today");
    format!(
        "({} $from := $millis(); {} ({inside} and {day}) ? 0 : $max([0, $ceil(($min($all) - $from) / 1000)]))",
        shift(&window.zone, fallback),
        candidates(Some(&window.from), &window.days)
    )
}

/// The moment of a date in milliseconds, as an expression; 0 where it is missing.
pub(super) fn date(value: &str, before: i64, at: Option<&str>, fallback: &str) -> String {
    let early = before.saturating_mul(60_000);
    // A date without a time of day means the morning, not midnight.
    let at = milliseconds(at.unwrap_or("09:00"));
    format!(
        "({} $v := {value}; $valid := $type($v) = \"string\" ? $contains($v, /^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}/) : false; $day := $valid ? $floor(($toMillis($substring($v, 0, 10) & \"T00:00:00.000Z\") - {early}) / {DAY}) : 0; $t := $day * {DAY} + {at}; $valid ? $t - $shift($t) : 0)",
        shift("contact", fallback)
    )
}

/// The moments of the next days, from `$from` on, as `$all`.
fn candidates(at: Option<&str>, days: &[Weekday]) -> String {
    let clock = at.map_or_else(|| "$clock".to_owned(), |it| milliseconds(it).to_string());
    let fits = fits(days, "$day");
    format!(
        "$local := $from + $shift($from); $today := $floor($local / {DAY}); $clock := $local - $today * {DAY}; $all := $map([0..8], function($d) {{($day := $today + $d; $t := $day * {DAY} + {clock}; $m := $t - $shift($t - $shift($from)); ($m >= $from and {fits}) ? $m)}});"
    )
}

/// Whether a day, counted from 1970, is one of these; 1 January 1970 was a Thursday.
fn fits(days: &[Weekday], day: &str) -> String {
    if days.is_empty() {
        return "true".to_owned();
    }
    let numbers: Vec<String> = days.iter().map(|it| number(*it).to_string()).collect();
    format!("((({day} + 3) % 7) in [{}])", numbers.join(", "))
}

fn number(day: Weekday) -> u32 {
    match day {
        Weekday::Mon => 0,
        Weekday::Tue => 1,
        Weekday::Wed => 2,
        Weekday::Thu => 3,
        Weekday::Fri => 4,
        Weekday::Sat => 5,
        Weekday::Sun => 6,
    }
}

/// Milliseconds from midnight.
fn milliseconds(clock: &str) -> i64 {
    let (hours, minutes) = clock.split_once(':').unwrap_or((clock, "0"));
    let number = |it: &str| it.parse::<i64>().unwrap_or(0);
    (number(hours) * 60 + number(minutes)) * 60_000
}

/// The function that says how far a clock is ahead of UTC, in milliseconds.
fn shift(zone: &str, fallback: &str) -> String {
    if zone == "contact" {
        return format!(
            "$shift := function($t) {{$type($contact.utc_offset) = \"number\" ? $contact.utc_offset * 60000 : {}}};",
            offsets(fallback)
        );
    }
    format!("$shift := function($t) {{{}}};", offsets(zone))
}

/// A zone's offsets from UTC as one choice after another.
fn offsets(zone: &str) -> String {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let offset = |at: NaiveDateTime| {
        i64::from(zone.offset_from_utc_datetime(&at).fix().local_minus_utc()) * 1000
    };
    let midnight =
        |year| NaiveDate::from_ymd_opt(year, 1, 1).and_then(|it| it.and_hms_opt(0, 0, 0));
    let (Some(mut at), Some(end)) = (midnight(YEARS.0), midnight(YEARS.1)) else {
        return "0".to_owned();
    };
    let mut text = String::new();
    let mut now = offset(at);
    while at < end {
        let Some(next) = at.checked_add_days(Days::new(1)) else {
            break;
        };
        if offset(next) != now {
            // The clocks change at a full quarter of an hour.
            let mut change = at;
            while offset(change) == now {
                change += TimeDelta::minutes(15);
            }
            let _ = write!(
                text,
                "$t < {} ? {now} : ",
                change.and_utc().timestamp_millis()
            );
            now = offset(next);
        }
        at = next;
    }
    let _ = write!(text, "{now}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_changes_its_clocks_where_it_does() {
        let berlin = offsets("Europe/Berlin");
        // 29 March 2026, 01:00 UTC.
        assert!(
            berlin.starts_with("$t < 1774746000000 ? 3600000 : "),
            "{berlin}"
        );
        assert!(berlin.ends_with("3600000"));
        assert_eq!(berlin.matches('?').count(), 20);
        assert_eq!(offsets("UTC"), "0");
        assert_eq!(offsets("Asia/Kolkata"), "19800000");
    }

    #[test]
    fn days_of_the_week_are_counted_from_monday() {
        assert_eq!(fits(&[], "$day"), "true");
        assert_eq!(
            fits(&[Weekday::Mon, Weekday::Sun], "$day"),
            "((($day + 3) % 7) in [0, 6])"
        );
        assert_eq!(milliseconds("10:30"), 37_800_000);
    }
}
