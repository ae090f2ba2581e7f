use chrono::{Datelike, NaiveDate, TimeDelta};

use crate::diagnostic::Level;
use crate::graph::Elapsed;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::said;
use crate::model::{Journey, Step};

rule! {
    ExpiredDateInCopy, id: "expired-date-in-copy", group: Message, level: Error,
    docs: "expired_date_in_copy.md"
}

/// Months as English and German write them, in small letters.
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "jan", "jänner"],
    &["february", "februar", "feb"],
    &["march", "märz", "mar", "mär"],
    &["april", "apr"],
    &["may", "mai"],
    &["june", "juni", "jun"],
    &["july", "juli", "jul"],
    &["august", "aug"],
    &["september", "sept", "sep"],
    &["october", "oktober", "oct", "okt"],
    &["november", "nov"],
    &["december", "dezember", "dec", "dez"],
];

/// Words after which a date is an end, and not part of a story.
const ENDS: [&str; 16] = [
    "until", "till", "til", "by", "before", "ends", "end", "through", "expires", "valid", "bis",
    "gültig", "endet", "vor", "zum", "only",
];

/// Days of the year that shops speak of by name.
const SEASONS: [&str; 8] = [
    "black friday",
    "cyber monday",
    "christmas",
    "weihnachten",
    "easter",
    "ostern",
    "valentine's day",
    "valentinstag",
];

impl Rule for ExpiredDateInCopy {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let expires = |it: &crate::model::Send| it.expires_on.is_some();
        if !journey.sends().any(expires) {
            return;
        }
        let graph = cx.graph(journey);
        for (id, node) in graph.touchpoints() {
            let Some(Step::Send(send)) = node.step.map(|it| &it.value) else {
                continue;
            };
            let (Some(last), Some(at)) = (&send.expires_on, graph.offset(id)) else {
                continue;
            };
            let day = last.value.0;
            let name = &send.id.value;
            let (early, late) = (
                later(cx.today(), at.lo),
                at.hi.finite().map(|it| later(cx.today(), it)),
            );
            if day < early {
                let path = graph.path_to(id, crate::graph::By::Shortest);
                out.fail(
                    last.span,
                    format!("`{name}` is out of date before anybody can get it"),
                )
                .label(format!(
                    "whoever begins today gets it on {early} at the earliest"
                ))
                .why("they read of an offer that is over, and write to service")
                .help("write new content and a new `expires_on`, or take the step out")
                .witness(path.map(|it| graph.witness(&it)));
            } else if late.is_some_and(|it| day < it) {
                let path = graph.path_to(id, crate::graph::By::Longest);
                out.fail(
                    last.span,
                    format!("`{name}` may be out of date when it arrives"),
                )
                .level(Level::Warning)
                .label("whoever begins today may get it later than this")
                .why("they read of an offer that is over, and write to service")
                .help(
                    "let nobody in who would get it too late, or prepare what comes after that day",
                )
                .witness(path.map(|it| graph.witness(&it)));
            }
        }
    }

    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let mail = letter.mail;
        for (part, nodes) in [
            ("subject", &mail.subject),
            ("preheader", &mail.preheader),
            ("text", &mail.text),
        ] {
            let text = said(nodes);
            let Some(found) = past_date(&text, cx.today()) else {
                continue;
            };
            let grave = part != "text" || found.is_end;
            let level = if grave { Level::Error } else { Level::Warning };
            let own = match part {
                "subject" => letter.template.subject_span,
                "preheader" => letter.template.preheader_span,
                _ => None,
            };
            let place = match own {
                Some(own) => cx.place_in(own, &found.words),
                None => cx.place_of(letter, &found.words),
            };
            out.fail(place, format!("\"{}\" is over", found.words))
                .level(level)
                .subject(format!("{part} {}", found.words))
                .label(format!("the {part} of this mail names it"))
                .why("an old date says that nobody has read this letter for a long time")
                .help("write the new date, print one that the event brings along, or take the sentence out");
            return;
        }
    }
}

/// A day as long after another.
fn later(day: NaiveDate, by: Elapsed) -> NaiveDate {
    let days = TimeDelta::try_days(by.0 / Elapsed::DAY.0);
    days.and_then(|it| day.checked_add_signed(it))
        .unwrap_or(NaiveDate::MAX)
}

/// A date that a text names.
struct Named {
    words: String,
    /// Whether it is said to be an end.
    is_end: bool,
}

/// The first date of a text, in small letters, that has passed.
fn past_date(text: &str, today: NaiveDate) -> Option<Named> {
    let words: Vec<&str> = text.split(' ').collect();
    (0..words.len()).find_map(|at| {
        let (day, length) = date_at(&words[at..])?;
        (day < today).then(|| Named {
            words: trimmed(&words[at..at + length].join(" ")).to_owned(),
            is_end: words[at.saturating_sub(3)..at]
                .iter()
                .any(|it| ENDS.contains(&trimmed(it))),
        })
    })
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// The date that these words begin with, and how many words it takes.
fn date_at(words: &[&str]) -> Option<(NaiveDate, usize)> {
    let word = |at: usize| words.get(at).map(|it| trimmed(it));
    let one = word(0)?;
    if let Ok(day) = NaiveDate::parse_from_str(one, "%Y-%m-%d") {
        return Some((day, 1));
    }
    if let Ok(day) = NaiveDate::parse_from_str(one, "%d.%m.%Y") {
        return Some((day, 1));
    }
    let year = |at: usize| word(at).and_then(as_year);
    for season in SEASONS {
        let length = season.split(' ').count();
        let said = words.iter().take(length).map(|it| trimmed(it));
        if said.eq(season.split(' '))
            && let Some(year) = year(length)
        {
            // The last day on which such a season can be meant.
            return Some((NaiveDate::from_ymd_opt(year, 12, 31)?, length + 1));
        }
    }
    let (day, month) = match (as_day(one), month(one)) {
        (Some(day), _) => (day, month(word(1)?)?),
        (_, Some(month)) => (as_day(word(1)?)?, month),
        _ => return None,
    };
    Some((NaiveDate::from_ymd_opt(year(2)?, month, day)?, 3))
}

fn month(word: &str) -> Option<u32> {
    (1..)
        .zip(MONTHS)
        .find(|(_, names)| names.contains(&word))
        .map(|it| it.0)
}

fn as_day(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| c.is_alphabetic());
    let suffix = &word[digits.len()..];
    let ordinal = matches!(suffix, "" | "st" | "nd" | "rd" | "th");
    digits
        .parse()
        .ok()
        .filter(|it| ordinal && (1..=31).contains(it))
}

fn as_year(word: &str) -> Option<i32> {
    let year: i32 = word.parse().ok()?;
    NaiveDate::from_ymd_opt(year, 1, 1).filter(|it| (2000..2100).contains(&it.year()))?;
    Some(year)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
        for (text, expected) in [
            (
                "valid until 24 december 2025.",
                Some(("24 december 2025", true)),
            ),
            (
                "gültig bis 24. dezember 2025!",
                Some(("24. dezember 2025", true)),
            ),
            (
                "on march 3rd, 2024 we moved",
                Some(("march 3rd, 2024", false)),
            ),
            ("ends 2026-10-31", Some(("2026-10-31", true))),
            ("bis 31.10.2026", Some(("31.10.2026", true))),
            (
                "our black friday 2024 prices",
                Some(("black friday 2024", false)),
            ),
            ("black friday 2026", None),
            ("until 24 december 2026", None),
            ("since 1998 we have grown 24 plants", None),
            ("may 3 people come", None),
        ] {
            let found = past_date(text, today);
            let found = found.as_ref().map(|it| (&*it.words, it.is_end));
            assert_eq!(found, expected, "{text}");
        }
    }
}
