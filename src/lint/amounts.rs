//! Amounts that a letter names in digits: shares, money, spans of time. They mean the same in every
//! language, however they are written.

use std::collections::BTreeSet;
use std::fmt;

/// An amount.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Amount {
    /// What is counted.
    pub(crate) kind: &'static str,
    /// How much, in hundredths.
    hundredths: u64,
}

/// The words for spans of time, as they begin, in the languages that are read here.
const SPANS: [(&str, &[&str]); 5] = [
    (
        "hours",
        &[
            "hour", "stunde", "heure", "hora", "ora", "ore", "uur", "uren",
        ],
    ),
    (
        "days",
        &["day", "tag", "jour", "día", "dia", "giorn", "dag"],
    ),
    (
        "weeks",
        &["week", "woche", "semaine", "semana", "settiman", "weken"],
    ),
    (
        "months",
        &["month", "monat", "mois", "mes", "mesi", "maand"],
    ),
    (
        "years",
        &["year", "jahr", "an", "ans", "año", "anno", "anni", "jaar"],
    ),
];

/// Words that must match as a whole, because other words begin like them.
const WHOLE: [&str; 7] = ["an", "ans", "mes", "ora", "ore", "dia", "mesi"];

impl Amount {
    /// Everything that can be counted.
    pub(crate) const KINDS: [&'static str; 10] = [
        "%", "£", "€", "$", "CHF", "hours", "days", "weeks", "months", "years",
    ];
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.hundredths / 100, self.hundredths % 100);
        let number = match rest {
            0 => whole.to_string(),
            _ => format!("{whole}.{rest:02}"),
        };
        match self.kind {
            "£" | "€" | "$" => write!(f, "{}{number}", self.kind),
            kind => write!(f, "{number} {kind}"),
        }
    }
}

/// All amounts of a text.
pub(crate) fn amounts(text: &str) -> BTreeSet<Amount> {
    let mut found = BTreeSet::new();
    let mut rest = text;
    let mut before = "";
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let gap = &rest[..start];
        let number = &rest[start..];
        let end = number
            .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ','))
            .unwrap_or(number.len());
        let written = number[..end].trim_end_matches(['.', ',']);
        let after = &number[written.len()..];
        let lead = if gap.is_empty() { before } else { gap };
        let kind = kind_behind(after).or_else(|| kind_before(lead));
        if let (Some(kind), Some(hundredths)) = (kind, hundredths(written)) {
            found.insert(Amount { kind, hundredths });
        }
        before = gap;
        rest = &number[written.len().max(1)..];
    }
    found
}

fn kind_before(text: &str) -> Option<&'static str> {
    let text = text.trim_end_matches([' ', '\u{a0}', '\u{202f}']);
    ["£", "€", "$", "CHF"]
        .into_iter()
        .find(|it| text.ends_with(it))
}

fn kind_behind(text: &str) -> Option<&'static str> {
    let gap = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-');
    let text = text.trim_start_matches(gap);
    let sign = ["%", "£", "€", "CHF"]
        .into_iter()
        .find(|it| text.starts_with(it));
    if sign.is_some() {
        return sign;
    }
    let word: String = text.chars().take_while(|it| it.is_alphabetic()).collect();
    let word = word.to_lowercase();
    let (kind, _) = SPANS.iter().find(|(_, words)| {
        words.iter().any(|it| {
            if WHOLE.contains(it) {
                word == *it
            } else {
                word.starts_with(it) && word.chars().count() <= it.chars().count() + 2
            }
        })
    })?;
    Some(kind)
}

/// `1,234.50`, `1.234,50` and `42,5`: a sign before one or two last digits is the decimal one.
fn hundredths(written: &str) -> Option<u64> {
    let (whole, rest) = match written.rfind(['.', ',']) {
        Some(at) if written.len() - at <= 3 => (&written[..at], &written[at + 1..]),
        _ => (written, ""),
    };
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    let rest = format!("{rest:0<2}");
    let whole: u64 = digits.parse().ok().filter(|it| *it < 1_000_000_000)?;
    Some(whole * 100 + rest.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<String> {
        amounts(text).iter().map(Amount::to_string).collect()
    }

    #[test]
    fn amounts_are_the_same_in_every_language() {
        for (english, german) in [
            ("20% off", "20 % günstiger"),
            ("£1,234.50 paid", "1.234,50 £ bezahlt"),
            ("within 14 days.", "innerhalb von 14 Tagen."),
            ("a 2-week trial", "2 Wochen kostenlos"),
            ("$5", "5,00 $ kostet es, $5,00"),
        ] {
            assert!(!seen(english).is_empty(), "{english}");
            assert!(
                amounts(german).is_superset(&amounts(english)),
                "{german}: {:?}",
                seen(german)
            );
        }
        assert!(seen("on 4 December 2026 at 10:00, order 12345, 2 plants").is_empty());
        assert_eq!(seen("5 ans, 3 days"), ["3 days", "5 years"]);
    }
}
