//! The schedule as a calendar.

use chrono::{DateTime, TimeDelta, Utc};

use super::types::{Manifest, Touchpoint};

/// The moment at which the calendar lets every journey begin: Monday, 5 January 2026, 09:00 UTC.
/// Any fixed moment would do; a Monday morning makes weeks easy to read.
const DAY_ZERO: i64 = 1_767_603_600;

/// `schedule.ics`: RFC 5545. A plan, not appointments: every journey begins on Monday, 5 January
/// 2026 at 09:00 UTC, each touchpoint stands at its earliest moment, and its text says how late it
/// may be. Touchpoints whose time is not known are left out.
pub fn calendar(manifest: &Manifest) -> String {
    let mut text = String::new();
    let name = format!("{}: journeys", manifest.brand.name);
    let about = "Every journey begins on Monday, 5 January 2026 at 09:00 UTC. This is a plan relative to that \
                 moment, not a list of appointments; each entry stands at its earliest moment.";
    for (key, value) in [
        ("BEGIN", "VCALENDAR".to_owned()),
        ("VERSION", "2.0".to_owned()),
        ("PRODID", "-//journeyc//schedule//EN".to_owned()),
        ("CALSCALE", "GREGORIAN".to_owned()),
        ("METHOD", "PUBLISH".to_owned()),
        ("NAME", escape(&name)),
        ("X-WR-CALNAME", escape(&name)),
        ("DESCRIPTION", escape(about)),
        ("X-WR-CALDESC", escape(about)),
    ] {
        line(&mut text, key, &value);
    }
    for row in &manifest.schedule {
        entry(&mut text, row);
    }
    line(&mut text, "END", "VCALENDAR");
    text
}

fn entry(text: &mut String, row: &Touchpoint) {
    let seconds = row.offsets.as_ref().and_then(|it| seconds(&it.earliest));
    let Some(start) = seconds.and_then(moment) else {
        return;
    };
    let what = row.template.as_deref().unwrap_or(&row.step);
    let mut about = vec![format!("When: {}", row.when)];
    if let Some(sender) = &row.sender {
        about.push(format!("From: {sender}"));
    }
    about.push(format!("{}: {what}", row.channel.word()));
    if !row.only_if.is_empty() {
        about.push(format!("Only if: {}", row.only_if.join("; ")));
    }
    if !row.unless.is_empty() {
        about.push(format!("Unless: {}", row.unless.join("; ")));
    }
    for (key, value) in [
        ("BEGIN", "VEVENT".to_owned()),
        ("UID", format!("{}.{}@journeyc", row.journey, row.step)),
        ("DTSTAMP", stamp_of_day_zero()),
        ("DTSTART", start),
        ("DURATION", "PT15M".to_owned()),
        ("SUMMARY", escape(&format!("{}: {}", row.journey, row.step))),
        ("DESCRIPTION", escape(&about.join("\n"))),
        ("CATEGORIES", escape(&row.journey)),
        ("TRANSP", "TRANSPARENT".to_owned()),
        ("END", "VEVENT".to_owned()),
    ] {
        line(text, key, &value);
    }
}

/// Reads back the ISO 8601 durations that this stage writes.
fn seconds(iso: &str) -> Option<i64> {
    let rest = iso.strip_prefix('P')?;
    let mut total = 0_i64;
    let mut number = 0_i64;
    let mut in_time = false;
    for letter in rest.chars() {
        let unit = match letter {
            'T' => {
                in_time = true;
                continue;
            }
            'D' => 86_400,
            'H' => 3_600,
            'M' if in_time => 60,
            'S' => 1,
            digit => {
                let digit = i64::from(digit.to_digit(10)?);
                number = number.checked_mul(10)?.checked_add(digit)?;
                continue;
            }
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        number = 0;
    }
    Some(total)
}

/// A moment so many seconds after day zero; nothing beyond the year 9999, which the format ends at.
fn moment(after: i64) -> Option<String> {
    let zero: DateTime<Utc> = DateTime::from_timestamp(DAY_ZERO, 0)?;
    let at = zero.checked_add_signed(TimeDelta::try_seconds(after)?)?;
    let text = at.format("%Y%m%dT%H%M%SZ").to_string();
    (text.len() == 16).then_some(text)
}

fn stamp_of_day_zero() -> String {
    moment(0).unwrap_or_default()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '\n' => escaped.push_str("\\n"),
            other if other.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Writes a content line, folded so that no line is longer than 75 octets.
fn line(text: &mut String, key: &str, value: &str) {
    let mut width = 0;
    for letter in key.chars().chain([':']).chain(value.chars()) {
        if width + letter.len_utf8() > 75 {
            text.push_str("\r\n ");
            width = 1;
        }
        text.push(letter);
        width += letter.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn day_zero_is_the_monday_that_the_text_names() {
        assert_eq!(stamp_of_day_zero(), "20260105T090000Z");
        assert_eq!(moment(79_200).unwrap(), "20260106T070000Z");
    }

    #[test]
    fn reads_its_own_durations() {
        for (iso, expected) in [
            ("PT0S", Some(0)),
            ("PT22H", Some(79_200)),
            ("P3DT22H", Some(338_400)),
            ("P1DT1H30M", Some(91_800)),
            ("3d", None),
        ] {
            assert_eq!(seconds(iso), expected, "{iso}");
        }
    }

    #[test]
    fn folds_at_75_octets_and_never_inside_a_character() {
        let mut text = String::new();
        line(&mut text, "SUMMARY", &"ü".repeat(100));
        for part in text.split("\r\n") {
            assert!(part.len() <= 75, "{part}");
        }
        let unfolded = text.replace("\r\n ", "");
        assert_eq!(unfolded, format!("SUMMARY:{}\r\n", "ü".repeat(100)));
        assert_eq!(escape("a,b;c\\d\ne"), "a\\,b\\;c\\\\d\\ne");
    }
}
