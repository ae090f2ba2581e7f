//! Points in time, as people write them: `4d`, `payment + 1d`, `2026-05-04T07:00`.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::model::from_text::from_text;
use crate::model::{Offset, TimeOfDay, Weekday};

/// A point in time, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// What it is counted from.
    pub anchor: Anchor,
    /// How long before or after it.
    pub offset: Option<Offset>,
}

/// What a point in time is counted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// The scenario's start.
    Start,
    /// An event, a milestone or a step, by its name.
    Name(Box<str>),
    /// What the scenario's clock shows.
    Moment(NaiveDateTime),
}

/// When a scenario starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start(pub NaiveDateTime);

impl Start {
    /// The start of a scenario that names none: Monday, 2 March 2026, at ten in the morning. The week
    /// of `Fri 17:30` is the same; no clock changes in it.
    pub const DEFAULT: Self = Self(first_monday().and_time(ten()));
}

const fn first_monday() -> NaiveDate {
    match NaiveDate::from_ymd_opt(2026, 3, 2) {
        Some(it) => it,
        None => NaiveDate::MIN,
    }
}

const fn ten() -> NaiveTime {
    match NaiveTime::from_hms_opt(10, 0, 0) {
        Some(it) => it,
        None => NaiveTime::MIN,
    }
}

impl FromStr for Start {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(it) = moment(text.trim()) {
            return Ok(Self(it));
        }
        let of_week = || {
            let (day, time) = text.trim().split_once(' ')?;
            let short = day.get(..3)?.to_lowercase();
            let day = Weekday::ALL.iter().find(|it| it.word() == short)?;
            let time: TimeOfDay = time.trim().parse().ok()?;
            let date = first_monday() + chrono::Days::new(u64::from(day.index()));
            Some(Self(date.and_time(of_day(time)?)))
        };
        of_week().ok_or_else(|| {
            format!("`{text}` is not a start; write for example `2026-05-04T07:00` or `Fri 17:30`")
        })
    }
}

fn of_day(time: TimeOfDay) -> Option<NaiveTime> {
    NaiveTime::from_num_seconds_from_midnight_opt(u32::from(time.minutes) * 60, 0)
}

/// A day with a time, or a day alone, which is its midnight.
fn moment(text: &str) -> Option<NaiveDateTime> {
    let day = text.get(..10)?.parse::<crate::model::Day>().ok()?.0;
    let Some(rest) = text.get(10..).filter(|it| !it.is_empty()) else {
        return Some(day.and_time(NaiveTime::MIN));
    };
    let time = rest.strip_prefix(['T', ' '])?;
    let forms = ["%H:%M:%S", "%H:%M"];
    let time = forms
        .iter()
        .find_map(|it| NaiveTime::parse_from_str(time, it).ok())?;
    Some(day.and_time(time))
}

impl FromStr for Point {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let written = text.trim();
        let of = |anchor, offset| Ok(Self { anchor, offset });
        if let Some(it) = moment(written) {
            return of(Anchor::Moment(it), None);
        }
        if let Ok(it) = tight(written).parse::<Offset>() {
            return of(Anchor::Start, Some(it));
        }
        // Names hold dashes: a minus stands apart.
        let sign = written.find('+').or_else(|| written.find(" -"));
        let (name, offset) = written.split_at(sign.unwrap_or(written.len()));
        let bad = || {
            format!(
                "`{text}` is not a point in time; write for example `start`, `order_paid + 1d`, `4d` or `2026-05-04T07:00`"
            )
        };
        let offset = match offset.trim() {
            "" => None,
            it => Some(tight(it).parse::<Offset>().map_err(|_| bad())?),
        };
        let name = name.trim();
        let is_name = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '/' | '.');
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(bad());
        }
        // What begins like a day or a duration is meant to be one.
        if name.starts_with(|it: char| it.is_ascii_digit()) {
            return Err(bad());
        }
        match name {
            "start" => of(Anchor::Start, offset),
            _ => of(Anchor::Name(name.into()), offset),
        }
    }
}

/// An offset without the space behind its sign.
fn tight(text: &str) -> String {
    match text.split_at_checked(1) {
        Some((sign @ ("+" | "-"), rest)) => format!("{sign}{}", rest.trim_start()),
        _ => text.to_owned(),
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.anchor {
            Anchor::Start => f.write_str("start")?,
            Anchor::Name(it) => f.write_str(it)?,
            Anchor::Moment(it) => write!(f, "{}", it.format("%Y-%m-%dT%H:%M"))?,
        }
        match &self.offset {
            Some(it) => write!(f, " {} {}", if it.before { "-" } else { "+" }, it.by),
            None => Ok(()),
        }
    }
}

from_text!(Point, "Point", "a point in time such as `payment + 1d`", {
    "type": "string",
    "title": "point in time",
    "description": "When: `start`, an event, a milestone or a step with or without an offset (`order_paid + 1d`, `review-request - 2h`), a duration after the start (`4d`), or what the scenario's clock shows (`2026-05-04T07:00`).",
    "examples": ["payment + 1d", "4d", "2026-05-04T07:00"]
});

from_text!(Start, "Start", "a start such as `2026-05-04T07:00`", {
    "type": "string",
    "title": "start",
    "description": "When a scenario starts: a day and a time such as `2026-05-04T07:00`, or a weekday and a time such as `Fri 17:30`, in the week of Monday, 2 March 2026.",
    "examples": ["2026-05-04T07:00", "Fri 17:30"]
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn points_print_back() {
        for (text, printed) in [
            ("start", "start"),
            ("4d", "start + 4d"),
            ("-30d", "start - 30d"),
            ("+ 4d", "start + 4d"),
            ("payment", "payment"),
            ("payment+1d", "payment + 1d"),
            ("payment + 1d 12h", "payment + 1d 12h"),
            ("review-request - 2h", "review-request - 2h"),
            ("review-request -2h", "review-request - 2h"),
            ("review-request-2h", "review-request-2h"),
            ("nps/ask + 1bd", "nps/ask + 1bd"),
            ("2026-05-04T07:00", "2026-05-04T07:00"),
            ("2026-05-04 07:00:00", "2026-05-04T07:00"),
            ("2026-05-04", "2026-05-04T00:00"),
        ] {
            assert_eq!(
                text.parse::<Point>().unwrap().to_string(),
                printed,
                "{text}"
            );
        }
        for text in [
            "",
            " ",
            "+",
            "payment +",
            "payment + soon",
            "payment plus 1d",
            "2026-13-04T07:00",
            "2026-05-04T25:00",
            "3 d",
            "4x",
            "+ payment",
            "a + 1d + 2d",
        ] {
            assert!(text.parse::<Point>().is_err(), "{text}");
        }
    }

    #[test]
    fn starts_are_days_or_weekdays() {
        let shown = |it: &str| it.parse::<Start>().unwrap().0.to_string();
        assert_eq!(shown("2026-03-27T17:30:00"), "2026-03-27 17:30:00");
        assert_eq!(shown("Fri 17:30"), "2026-03-06 17:30:00");
        assert_eq!(shown("monday 00:00"), "2026-03-02 00:00:00");
        assert_eq!(Start::DEFAULT.0.to_string(), "2026-03-02 10:00:00");
        for text in [
            "",
            "Fri",
            "Fri 24:00",
            "Fri 25:00",
            "Foo 10:00",
            "17:30",
            "2026-02-30",
        ] {
            assert!(text.parse::<Start>().is_err(), "{text}");
        }
    }
}
