//! Durations, offsets, times of day and days, as people write them.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

use super::from_text::from_text;

/// The length of a wait, a timeout or a window: minutes, hours, calendar days, weeks and business
/// days, in any mixture.
///
/// Minutes and hours are exact. Days and weeks are calendar units in the contact's zone, so `3d`
/// over a clock change is 71 or 73 hours. Business days are Monday to Friday; public holidays are
/// not known to the compiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Duration {
    /// Exact minutes, from `m` and `h`.
    pub minutes: u32,
    /// Calendar days, from `d` and `w`.
    pub days: u32,
    /// Business days, from `bd`.
    pub business_days: u32,
}

/// A duration before or after a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Offset {
    /// Whether it lies before.
    pub before: bool,
    /// How far.
    pub by: Duration,
}

/// A time of day on a 24-hour clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    /// Minutes since midnight, 0 to 1439 (1440 for `24:00`, an end of day).
    pub minutes: u16,
}

/// A calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub NaiveDate);

/// No single part of a duration may be longer: 100 years in days. Keeps every sum within range.
const LONGEST_DAYS: u32 = 36_600;

impl Duration {
    /// Whether it takes no time at all.
    pub fn is_zero(self) -> bool {
        self == Self::default()
    }

    /// Calendar days.
    pub fn of_days(days: u32) -> Self {
        Self {
            days,
            ..Self::default()
        }
    }

    /// Exact hours.
    pub fn of_hours(hours: u32) -> Self {
        Self {
            minutes: hours * 60,
            ..Self::default()
        }
    }
}

impl FromStr for Duration {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || {
            format!(
                "`{text}` is not a duration; write for example `30m`, `4h`, `3d`, `2w`, `1bd` or `1d 12h`"
            )
        };
        let mut res = Self::default();
        let mut any = false;
        for part in text.split(' ').filter(|it| !it.is_empty()) {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let number: u32 = part[..digits].parse().map_err(|_| bad())?;
            let (slot, factor, limit) = match &part[digits..] {
                "m" => (&mut res.minutes, 1, LONGEST_DAYS * 1440),
                "h" => (&mut res.minutes, 60, LONGEST_DAYS * 1440),
                "d" => (&mut res.days, 1, LONGEST_DAYS),
                "w" => (&mut res.days, 7, LONGEST_DAYS),
                "bd" => (&mut res.business_days, 1, LONGEST_DAYS),
                _ => return Err(bad()),
            };
            *slot = number
                .checked_mul(factor)
                .and_then(|it| it.checked_add(*slot))
                .filter(|it| *it <= limit)
                .ok_or_else(|| format!("`{text}` is longer than a hundred years"))?;
            any = true;
        }
        if any { Ok(res) } else { Err(bad()) }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        let mut push = |number: u32, unit: &str| {
            if number > 0 {
                parts.push(format!("{number}{unit}"));
            }
        };
        push(self.business_days, "bd");
        push(self.days, "d");
        push(self.minutes / 60, "h");
        push(self.minutes % 60, "m");
        if parts.is_empty() {
            return f.write_str("0m");
        }
        f.write_str(&parts.join(" "))
    }
}

impl FromStr for Offset {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (before, rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let by = rest
            .parse()
            .map_err(|_| format!("`{text}` is not an offset; write for example `-3d` or `+12h`"))?;
        Ok(Self { before, by })
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.before { "-" } else { "+" }, self.by)
    }
}

impl FromStr for TimeOfDay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || {
            let (hour, minute) = text.split_once(':')?;
            let digits = |it: &str| it.len() == 2 && it.bytes().all(|b| b.is_ascii_digit());
            if !digits(hour) || !digits(minute) {
                return None;
            }
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            let minutes = hour * 60 + minute;
            (minute < 60 && minutes <= 1440).then_some(Self { minutes })
        };
        parse().ok_or_else(|| format!("`{text}` is not a time of day; write for example \"09:30\""))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .filter(|_| text.len() == 10)
            .map(Self)
            .ok_or_else(|| {
                format!("`{text}` is not a day of the calendar; write for example `2027-03-01`")
            })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

from_text!(Duration, "Duration", "a duration such as `3d`", {
    "type": "string",
    "title": "duration",
    "description": "How long: minutes `30m`, hours `4h`, days `3d`, weeks `2w`, business days `1bd`, or several: `1d 12h`. Days and weeks are calendar units in the contact's time zone.",
    "pattern": "^ *[0-9]+(m|h|d|w|bd)( +[0-9]+(m|h|d|w|bd))* *$",
    "examples": ["3d", "4h", "1d 12h", "1bd"]
});

from_text!(Offset, "Offset", "an offset such as `-3d`", {
    "type": "string",
    "title": "offset",
    "description": "How far before (`-3d`) or after (`+12h`) a date.",
    "pattern": "^[+-]? *[0-9]+(m|h|d|w|bd)( +[0-9]+(m|h|d|w|bd))* *$",
    "examples": ["-3d", "+12h"]
});

from_text!(TimeOfDay, "TimeOfDay", "a time of day such as \"09:30\"", {
    "type": "string",
    "title": "time of day",
    "description": "A time on a 24-hour clock, with two digits each: \"09:30\".",
    "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$",
    "examples": ["09:30", "20:00"]
});

from_text!(Day, "Day", "a day such as `2027-03-01`", {
    "type": "string",
    "title": "day",
    "description": "A day of the calendar: year, month, day.",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "examples": ["2027-03-01"]
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn durations_add_up_and_print_back() {
        for (text, minutes, days, business_days, printed) in [
            ("30m", 30, 0, 0, "30m"),
            ("90m", 90, 0, 0, "1h 30m"),
            ("1d 12h", 720, 1, 0, "1d 12h"),
            ("2w", 0, 14, 0, "14d"),
            ("1bd", 0, 0, 1, "1bd"),
            ("0d", 0, 0, 0, "0m"),
        ] {
            let it: Duration = text.parse().unwrap();
            assert_eq!(
                (it.minutes, it.days, it.business_days),
                (minutes, days, business_days),
                "{text}"
            );
            assert_eq!(it.to_string(), printed);
        }
        for text in [
            "",
            " ",
            "3",
            "3 d",
            "d",
            "-3d",
            "3y",
            "99999999999d",
            "40000d",
            "3d,4h",
            "٣d",
        ] {
            assert!(text.parse::<Duration>().is_err(), "{text}");
        }
    }

    #[test]
    fn offsets_times_and_days() {
        assert!("-3d".parse::<Offset>().unwrap().before);
        assert_eq!("+12h".parse::<Offset>().unwrap().to_string(), "+12h");
        assert_eq!("09:30".parse::<TimeOfDay>().unwrap().minutes, 570);
        for text in ["9:30", "24:01", "12:60", "noon", "+1:00"] {
            assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
        }
        assert!("2027-02-29".parse::<Day>().is_err());
        assert!("2028-02-29".parse::<Day>().is_ok());
    }
}
