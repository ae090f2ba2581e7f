//! What a finding says, for formats that have one text for all of it.

use std::borrow::Cow;

use annotate_snippets::normalize_untrusted_str;

use super::offset::day_and_time;
use super::text::{marks, timeline};
use crate::diagnostic::{Diagnostic, Moment, Verdict};

/// How wide a dated path may be in a format that has no columns of its own.
const WIDTH: usize = 100;

/// The headline, on one line. What could not be decided says so.
pub(super) fn headline(it: &Diagnostic) -> String {
    let text = it.message.replace(['\n', '\r'], " ");
    match it.verdict {
        Verdict::Fail => text,
        Verdict::Undecided => format!("undecided: {text}"),
    }
}

/// The headline and the cure.
pub(super) fn with_help(it: &Diagnostic) -> String {
    match &it.help {
        Some(help) => format!("{}; {help}", headline(it)),
        None => headline(it),
    }
}

/// One moment of a path: `day 14 + 2 h: ✉ review-request`.
pub(super) fn moment(it: &Moment) -> String {
    let (day, time) = day_and_time(it.at);
    let gap = if time.is_empty() { "" } else { " " };
    let (mark, remark) = marks(it.kind);
    format!("day {day}{gap}{time}: {mark} {}{remark}", it.name)
}

/// All there is to say, a line for each: the headline, the dated path, the reason, the cure. Names
/// in it can be shown anywhere.
pub(super) fn lines(it: &Diagnostic) -> Vec<String> {
    let mut out = vec![plain(&headline(it))];
    if let Some(witness) = &it.witness {
        out.extend(timeline(witness, it, WIDTH, false));
    }
    let remarks = [("note", &it.why), ("help", &it.help)];
    for (name, text) in remarks {
        out.extend(text.iter().map(|it| format!("{name}: {}", plain(it))));
    }
    out
}

/// A text on one line without anything that a terminal or a page would obey.
pub(super) fn plain(text: &str) -> String {
    harmless(&text.replace(['\n', '\r'], " "))
}

/// What turns a line around or ends it, beside what the renderer of snippets knows of.
const TURNS: [char; 5] = ['\u{200e}', '\u{200f}', '\u{61c}', '\u{2028}', '\u{2029}'];

/// Whether a terminal may obey it, or turn a line around for it, although the renderer of snippets
/// lets it pass.
pub(crate) fn is_odd(it: char) -> bool {
    it.is_control() && it >= '\u{80}' || TURNS.contains(&it)
}

/// A text without anything that a terminal would obey, or that turns the direction of a line.
pub(crate) fn harmless(text: &str) -> String {
    normalize_untrusted_str(text).replace(is_odd, "\u{fffd}")
}

/// The same for lines that spans point into: every byte stays at its place. The rest is the
/// renderer's work.
pub(super) fn harmless_lines(lines: Cow<'_, str>) -> Cow<'_, str> {
    if !lines.contains(is_odd) {
        return lines;
    }
    let same_length = |it: char| match it {
        it if !is_odd(it) => it,
        it if it.len_utf8() == 2 => '·',
        _ => '\u{fffd}',
    };
    Cow::Owned(lines.chars().map(same_length).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_goes_and_every_byte_stays_at_its_place() {
        let lines = "é\u{9b}2J\u{200f}a\u{61c}b\u{2028}ü";
        let clean = harmless_lines(Cow::Borrowed(lines));
        assert_eq!(clean, "é·2J\u{fffd}a·b\u{fffd}ü");
        let starts = |it: &str| it.char_indices().map(|it| it.0).collect::<Vec<_>>();
        assert_eq!(starts(&clean), starts(lines));
        let clean = harmless("a\u{85}\u{1b}\u{202e}\u{200e}b");
        assert!(!clean.contains(|it: char| it.is_control() || is_odd(it) || it == '\u{202e}'));
        assert!(matches!(
            harmless_lines(Cow::Borrowed("plain")),
            Cow::Borrowed(_)
        ));
    }
}
