//! Words of others in Markdown: as code, or as plain text that means nothing else.

use crate::manifest::Window;
use crate::model::Weekday;

/// A text as code, whatever stands in it; line breaks become spaces.
pub(super) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    if text.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let mut longest = 0;
    let mut run = 0;
    for it in text.chars() {
        run = if it == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    if longest == 0 {
        return format!("`{text}`");
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence} {text} {fence}")
}

/// A text as words that Markdown does not read anything into.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
    {
        if "\\`*_[]<>#|~&".contains(it) {
            out.push('\\');
        }
        out.push(it);
    }
    out
}

/// Several things with a word between them.
pub(super) fn listed(parts: impl Iterator<Item = String>, word: &str) -> String {
    parts.collect::<Vec<_>>().join(&format!(" {word} "))
}

/// The days of the week, in words.
pub(super) fn days(days: &[Weekday]) -> String {
    let names: Vec<&str> = days.iter().map(|it| day(*it)).collect();
    match names.split_last() {
        None => "any day".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

fn day(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// Whose clock.
pub(super) fn clock(zone: &str) -> String {
    match zone {
        "contact" => "by the person's own time zone".to_owned(),
        zone => format!("by the time zone {}", code(zone)),
    }
}

/// Hours of a day, on some days.
pub(super) fn window(it: &Window) -> String {
    let (from, to) = (code(&it.from), code(&it.to));
    format!(
        "on {} from {from} to {to}, {}",
        days(&it.days),
        clock(&it.zone)
    )
}

/// Minutes in words, and as their number where that is not the same.
pub(super) fn minutes(minutes: u32) -> String {
    let parts = [
        (minutes / 1_440, "day"),
        (minutes / 60 % 24, "hour"),
        (minutes % 60, "minute"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|it| it.0 > 0)
        .map(|(number, unit)| amount(number, unit))
        .collect();
    match parts.len() {
        0 => "no time".to_owned(),
        _ => parts.join(" "),
    }
}

/// A number of things.
pub(super) fn amount(number: u32, unit: &str) -> String {
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}
