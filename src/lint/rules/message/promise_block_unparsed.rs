use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::language::Language;
use crate::lint::letter::{Letter, SentBy};
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::lines;
use crate::model::{Duration, Step};

rule! {
    PromiseBlockUnparsed, id: "promise-block-unparsed", group: Message, level: Note,
    docs: "promise_block_unparsed.md"
}

impl Rule for PromiseBlockUnparsed {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let Some(language) = Language::of(&letter.template.locale) else {
            return;
        };
        let Some(by) = letter.sent_by.first() else {
            return;
        };
        let mut declared: Option<Vec<f64>> = None;
        let mut told = BTreeSet::new();
        let lines = lines(&letter.mail.text);
        let sentences = lines
            .iter()
            .flat_map(|it| it.split_inclusive(['.', '!', '?', ':', ';']));
        for sentence in sentences {
            let Some(found) = promised(language, sentence) else {
                continue;
            };
            let declared = declared.get_or_insert_with(|| declared_hours(cx, by));
            // Windows and weekends move things, so a declared time need only be near.
            let is_near = |it: &f64| *it <= found.hours * 1.5 && found.hours <= *it * 1.5;
            if declared.iter().any(is_near) || !told.insert(found.words.clone()) {
                continue;
            }
            let place = cx.place_of(letter, &found.words);
            out.fail(place, format!("nothing makes sure of \"{}\"", found.words))
                .label("the copy promises it, and the journey does not know")
                .related(by.send.id.span, "the step has no such promise")
                .subject(&*found.words)
                .why("a promise that only stands in prose is broken by the next change of a wait")
                .help("declare it: `promises: [{what: …, step: …, within: …}]` at the step, `respond_within` for an answer, `promised_within` at the event");
        }
    }
}

/// A time by which a sentence says that we do something.
struct Promised {
    words: String,
    hours: f64,
}

/// Words by which a sentence is about what we do, or about what reaches people by us.
const ENGLISH: [&str; 22] = [
    "we",
    "i",
    "us",
    "our",
    "he",
    "she",
    "they",
    "somebody",
    "someone",
    "person",
    "colleague",
    "lead",
    "delivered",
    "arrives",
    "answer",
    "answers",
    "reply",
    "receive",
    "hear",
    "refunded",
    "shipped",
    "dispatched",
];
const GERMAN: [&str; 24] = [
    "wir",
    "ich",
    "uns",
    "unser",
    "unsere",
    "er",
    "jemand",
    "mensch",
    "person",
    "kollege",
    "kollegin",
    "meldet",
    "erhalten",
    "bekommen",
    "hören",
    "antwort",
    "antworten",
    "geliefert",
    "kommt",
    "erstattet",
    "versandt",
    "versendet",
    "verschickt",
    "zugestellt",
];

/// Words by which it is about what people may or must do.
const OTHERS: [&str; 12] = [
    "return",
    "returns",
    "cancel",
    "withdraw",
    "widerruf",
    "widerrufen",
    "zurückgeben",
    "zurücksenden",
    "zurückschicken",
    "kündigen",
    "stornieren",
    "rückgabe",
];

fn promised(language: Language, sentence: &str) -> Option<Promised> {
    let original: Vec<&str> = sentence.split_whitespace().collect();
    let words: Vec<String> = original
        .iter()
        .map(|it| {
            it.trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase()
        })
        .collect();
    let ours = language.pick(&ENGLISH[..], &GERMAN[..]);
    let has = |all: &[&str]| words.iter().any(|it| all.contains(&&**it));
    if !has(ours) || has(&OTHERS) {
        return None;
    }
    (0..words.len()).find_map(|at| {
        let rest: Vec<&str> = words[at..].iter().map(|it| &**it).collect();
        let (length, hours) = time(language, &rest)?;
        let shown = original[at..at + length].join(" ");
        let shown = shown.trim_matches(|c: char| !c.is_alphanumeric());
        Some(Promised {
            words: shown.to_lowercase(),
            hours,
        })
    })
}

/// How many words name a time from now, and how many hours that is.
fn time(language: Language, words: &[&str]) -> Option<(usize, f64)> {
    let opening = match (language, words) {
        (Language::English, ["within", "the", "next", ..]) => 3,
        (Language::German, ["innerhalb" | "binnen", "von" | "der", ..]) => 2,
        (Language::English, ["within", ..]) | (Language::German, ["innerhalb" | "binnen", ..]) => 1,
        _ => return None,
    };
    let count = number(words.get(opening)?)?;
    let unit = *words.get(opening + 1)?;
    let is_business = matches!(unit, "working" | "business");
    let length = opening + 2 + usize::from(is_business);
    let unit = if is_business {
        *words.get(length - 1)?
    } else {
        unit
    };
    let hours = match unit {
        "hour" | "hours" | "stunde" | "stunden" => 1.0,
        "day" | "days" | "tag" | "tage" | "tagen" | "tages" | "werktag" | "werktage"
        | "werktagen" | "werktags" | "werktages" | "arbeitstag" | "arbeitstagen"
        | "arbeitstags" | "arbeitstages" => 24.0,
        "week" | "weeks" | "woche" | "wochen" => 168.0,
        _ => return None,
    };
    Some((length, count * hours))
}

fn number(word: &str) -> Option<f64> {
    const WORDS: [(&str, &[&str]); 8] = [
        (
            "1",
            &["a", "an", "one", "ein", "eine", "einem", "einer", "eines"],
        ),
        ("2", &["two", "zwei"]),
        ("3", &["three", "drei"]),
        ("4", &["four", "vier"]),
        ("5", &["five", "fünf"]),
        ("7", &["seven", "sieben"]),
        ("10", &["ten", "zehn"]),
        ("14", &["fourteen", "vierzehn"]),
    ];
    let named = WORDS.iter().find(|it| it.1.contains(&word)).map(|it| it.0);
    named.unwrap_or(word).parse().ok()
}

/// Every time that something is declared to be done in, around a step.
fn declared_hours(cx: &LintContext<'_>, by: &SentBy<'_>) -> Vec<f64> {
    let project = cx.project();
    let mut found: Vec<Duration> = Vec::new();
    for by_send in by.journey.sends() {
        found.extend(
            by_send
                .promises
                .iter()
                .filter_map(|it| it.within)
                .map(|it| it.value),
        );
        found.extend(by_send.respond_within.map(|it| it.value));
    }
    for (step, _) in by.journey.walk() {
        if let Step::Task(it) = &step.value {
            found.extend(it.respond_within.map(|it| it.value));
        }
    }
    let senders = project.senders.values();
    found.extend(
        senders
            .filter_map(|it| it.respond_within)
            .map(|it| it.value),
    );
    let events = project.events.values();
    found.extend(
        events
            .filter_map(|it| it.promised_within)
            .map(|it| it.value),
    );
    let hours = |it: Duration| {
        f64::from(it.minutes) / 60.0
            + 24.0 * f64::from(it.days)
            + 24.0 * f64::from(it.business_days)
    };
    found.into_iter().map(hours).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_are_read_in_both_languages() {
        let read = |language, it| promised(language, it).map(|it| (it.words, it.hours));
        for (language, text, expected) in [
            (
                Language::English,
                "Within two working days we post.",
                Some(("within two working days", 48.0)),
            ),
            (
                Language::English,
                "A person answers within 24 hours.",
                Some(("within 24 hours", 24.0)),
            ),
            (Language::English, "Hand it in within 14 days.", None),
            (
                Language::English,
                "We take it if you return it within 30 days.",
                None,
            ),
            (Language::English, "We stay within reach.", None),
            (
                Language::German,
                "Innerhalb eines Werktags rufen wir Sie an.",
                Some(("innerhalb eines werktags", 24.0)),
            ),
            (
                Language::German,
                "Wir versenden innerhalb von zwei Wochen.",
                Some(("innerhalb von zwei wochen", 336.0)),
            ),
            (
                Language::German,
                "Geben Sie es innerhalb von 14 Tagen ab.",
                None,
            ),
        ] {
            let expected = expected.map(|(words, hours): (&str, f64)| (words.to_owned(), hours));
            assert_eq!(read(language, text), expected, "{text}");
        }
    }
}
