//! Promises that copy makes: sentences that say what we do, and by when.
//!
//! In: a sentence in English or German. Out: the time. What people may or must do is no promise of ours.
//! Not done here: telling what is promised.

use super::language::Language;

/// A time by which a sentence says that we do something.
pub(crate) struct Promised {
    /// How it says so, in small letters.
    pub(crate) words: String,
    /// How long that is in hours.
    pub(crate) hours: f64,
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

/// The first time by which a sentence says that we do something.
pub(crate) fn promised(language: Language, sentence: &str) -> Option<Promised> {
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
