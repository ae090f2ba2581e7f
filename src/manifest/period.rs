//! Lengths of time as ISO 8601 and as words.

use super::types::{Duration, Offsets};
use crate::model;

/// Seconds as an ISO 8601 duration: `PT22H`, `P3DT22H`, `PT0S`; a sign in front where negative.
pub(super) fn iso(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let rest = seconds.unsigned_abs();
    let join = |parts: [(u64, char); 3]| -> String {
        let some = parts.into_iter().filter(|it| it.0 > 0);
        let words: Vec<String> = some
            .map(|(number, unit)| format!("{number}{unit}"))
            .collect();
        words.concat()
    };
    let days = if rest >= 86_400 {
        format!("{}D", rest / 86_400)
    } else {
        String::new()
    };
    let time = join([
        (rest / 3_600 % 24, 'H'),
        (rest / 60 % 60, 'M'),
        (rest % 60, 'S'),
    ]);
    match (days.is_empty(), time.is_empty()) {
        (true, true) => "PT0S".to_owned(),
        (false, true) => format!("{sign}P{days}"),
        _ => format!("{sign}P{days}T{time}"),
    }
}

/// Seconds as people say them: `22 h`, `3 d 22 h`, `at once`.
pub(super) fn words(seconds: i64) -> String {
    let rest = seconds.unsigned_abs();
    let parts: Vec<String> = [
        (rest / 86_400, "d"),
        (rest / 3_600 % 24, "h"),
        (rest / 60 % 60, "min"),
    ]
    .into_iter()
    .filter(|it| it.0 > 0)
    .map(|(number, unit)| format!("{number} {unit}"))
    .collect();
    if parts.is_empty() {
        return "at once".to_owned();
    }
    parts.join(" ")
}

/// A range of seconds as people say it: `22 h – 3 d 22 h`.
pub fn between(earliest: i64, latest: Option<i64>) -> String {
    match latest {
        Some(latest) if latest <= earliest => words(earliest),
        Some(latest) => format!("{} – {}", words(earliest), words(latest)),
        None if earliest == 0 => "any time".to_owned(),
        None => format!("{} or more", words(earliest)),
    }
}

/// The same, counted from an event.
pub(super) fn range_words(earliest: i64, latest: Option<i64>, event: &str) -> String {
    let is_at_once = earliest == 0 && latest.is_some_and(|it| it <= 0);
    let relation = if is_at_once { "on" } else { "after" };
    format!("{} {relation} {event}", between(earliest, latest))
}

/// A range of seconds as the manifest writes it.
pub(super) fn offsets(earliest: i64, latest: Option<i64>) -> Offsets {
    Offsets {
        earliest: iso(earliest),
        latest: latest.map(iso),
    }
}

impl From<model::Duration> for Duration {
    fn from(it: model::Duration) -> Self {
        let days = (it.days > 0).then(|| format!("{}D", it.days));
        let hours = (it.minutes >= 60).then(|| format!("{}H", it.minutes / 60));
        let minutes = (!it.minutes.is_multiple_of(60)).then(|| format!("{}M", it.minutes % 60));
        let days = days.unwrap_or_default();
        let time = hours.unwrap_or_default() + &minutes.unwrap_or_default();
        let iso = match (days.is_empty(), time.is_empty()) {
            (true, true) => "PT0S".to_owned(),
            (false, true) => format!("P{days}"),
            _ => format!("P{days}T{time}"),
        };
        Self {
            text: it.to_string(),
            iso: (it.business_days == 0).then_some(iso),
            minutes: it.minutes,
            days: it.days,
            business_days: it.business_days,
        }
    }
}

impl Duration {
    /// As people say it: `22 hours`, `1 day 12 hours`.
    pub fn in_words(&self) -> String {
        let parts = [
            (self.business_days, "business day"),
            (self.days, "day"),
            (self.minutes / 60, "hour"),
            (self.minutes % 60, "minute"),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|part| part.0 > 0)
            .map(|(number, unit)| format!("{number} {unit}{}", if number == 1 { "" } else { "s" }))
            .collect();
        if parts.is_empty() {
            return "no time".to_owned();
        }
        parts.join(" ")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn iso_and_words() {
        for (seconds, expected, said) in [
            (0, "PT0S", "at once"),
            (79_200, "PT22H", "22 h"),
            (338_400, "P3DT22H", "3 d 22 h"),
            (86_400, "P1D", "1 d"),
            (5_400, "PT1H30M", "1 h 30 min"),
            (-3_600, "-PT1H", "1 h"),
        ] {
            assert_eq!(iso(seconds), expected);
            assert_eq!(words(seconds), said);
        }
        assert_eq!(
            range_words(79_200, Some(338_400), "order_paid"),
            "22 h – 3 d 22 h after order_paid"
        );
        assert_eq!(range_words(0, Some(0), "x"), "at once on x");
        assert_eq!(range_words(0, Some(3_600), "x"), "at once – 1 h after x");
        assert_eq!(range_words(0, None, "x"), "any time after x");
        assert_eq!(range_words(86_400, None, "x"), "1 d or more after x");
    }

    #[test]
    fn business_days_have_no_iso_form() {
        let it: Duration = "1d 12h".parse::<model::Duration>().unwrap().into();
        assert_eq!(it.iso.as_deref(), Some("P1DT12H"));
        let it: Duration = "2bd".parse::<model::Duration>().unwrap().into();
        assert_eq!((it.iso, it.business_days), (None, 2));
    }
}
