//! What a finding says, for formats that have one text for all of it.

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
    normalize_untrusted_str(&text.replace(['\n', '\r'], " "))
}
