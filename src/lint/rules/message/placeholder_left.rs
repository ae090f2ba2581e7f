use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::{phrase, phrases, spoken};
use crate::template::Part;

rule! {
    PlaceholderLeft, id: "placeholder-left", group: Message, level: Error, docs: "placeholder_left.md"
}

/// What nobody says to a customer, in small letters.
const FILLERS: [&str; 16] = [
    "lorem ipsum",
    "dolor sit amet",
    "placeholder text",
    "text goes here",
    "insert text here",
    "insert link here",
    "your text here",
    "dummy text",
    "test subject",
    "platzhaltertext",
    "blindtext",
    "mustertext",
    "text hier einfügen",
    "hier text einfügen",
    "hier link einfügen",
    "testbetreff",
];

/// Notes of authors to themselves. They are written in capitals; in small letters some are words.
const NOTES: [&str; 8] = [
    "TODO", "TBD", "TBC", "FIXME", "XXX", "XXXX", "TKTK", "LOREM",
];

/// Parts of other languages for templates, which this one does not read.
const MARKS: [&str; 9] = ["{{", "}}", "{%", "%}", "*|", "|*", "<%", "%%", "[["];

/// What stands between brackets where a value was meant to be.
const MEANT: [&str; 22] = [
    "name",
    "first name",
    "firstname",
    "last name",
    "vorname",
    "nachname",
    "date",
    "datum",
    "link",
    "url",
    "company",
    "firma",
    "product",
    "produkt",
    "price",
    "preis",
    "code",
    "amount",
    "betrag",
    "city",
    "stadt",
    "order number",
];

/// A whole subject that is only there to try something out.
const TRIALS: [&str; 5] = [
    "test",
    "test mail",
    "testmail",
    "test email",
    "this is a test",
];

impl Rule for PlaceholderLeft {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        for part in Part::ALL {
            let text = spoken(letter.nodes(part));
            let Some(words) = placeholder(&text, part) else {
                continue;
            };
            let place = cx.place_in_part(letter, part, &words);
            out.fail(place, format!("\"{words}\" is still to be written"))
                .label(format!("in the {} of this mail", part.word()))
                .subject(format!("{} {words}", part.word()))
                .why("people see that nobody has read this letter before it was sent to them")
                .help("write what belongs there, or take it out");
            return;
        }
    }
}

/// What a text leaves to be written, as it stands there.
fn placeholder(text: &str, part: Part) -> Option<String> {
    let lower = text.to_lowercase();
    if part == Part::Subject && TRIALS.contains(&lower.trim_matches(['!', '.', ' '])) {
        return Some(text.to_owned());
    }
    let found = phrase(&lower, &FILLERS).or_else(|| note(text));
    found
        .map(str::to_owned)
        .or_else(|| mark(text))
        .or_else(|| bracketed(text))
}

/// A note that somebody wrote down to come back to. `XXXX-1234` is a number of which most is hidden.
fn note(text: &str) -> Option<&'static str> {
    let hides = |c: Option<char>| c.is_some_and(|c| c == '-' || c.is_ascii_digit());
    let mut found = phrases(text, &NOTES).filter(|(at, it)| {
        let before = text[..*at].trim_end().chars().next_back();
        let after = text[at + it.len()..].trim_start().chars().next();
        !it.starts_with('X') || !hides(before) && !hides(after)
    });
    found.next().map(|it| it.1)
}

/// `[NAME]` or `<Vorname>`: a word that stands for a value.
fn bracketed(text: &str) -> Option<String> {
    for (open, close) in [('[', ']'), ('<', '>'), ('{', '}')] {
        for (at, _) in text.match_indices(open) {
            let rest = &text[at + 1..];
            let Some(end) = rest.find([open, close]).filter(|it| *it <= 40) else {
                continue;
            };
            if !rest[end..].starts_with(close) {
                continue;
            }
            let inner = rest[..end].trim_matches([' ', '{', '[']);
            let meant = inner.replace(['_', '-'], " ").to_lowercase();
            let is_order = meant.starts_with("insert ") || meant.ends_with(" einfügen");
            if is_order || MEANT.contains(&meant.trim()) {
                return Some(text[at..=at + 1 + end].to_owned());
            }
        }
    }
    None
}

/// A part of a language for templates, with what stands beside it.
fn mark(text: &str) -> Option<String> {
    let found = MARKS.iter().filter_map(|it| Some((text.find(it)?, *it)));
    let (at, mark) = found.min()?;
    // One sign alone may be meant: a price in `%%`, a foot-note in `[[`.
    let is_whole = match mark {
        "%%" | "[[" => {
            let rest = &text[at + 2..];
            let end = rest.find(if mark == "%%" { "%%" } else { "]]" });
            end.is_some_and(|it| it > 0 && !rest[..it].contains(' '))
        }
        "*|" | "|*" => text.contains("*|") && text.contains("|*"),
        _ => true,
    };
    is_whole.then(|| {
        text[at..]
            .chars()
            .take(24)
            .collect::<String>()
            .trim()
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_to_be_written_is_told_from_words() {
        let body = |text| placeholder(text, Part::Body);
        for (text, words) in [
            ("Hello Lorem Ipsum dolor", Some("lorem ipsum")),
            ("Price: TBD", Some("TBD")),
            ("Dear [First Name],", Some("[First Name]")),
            ("Hallo <Vorname>!", Some("<Vorname>")),
            ("See [INSERT LINK]", Some("[INSERT LINK]")),
            ("Hi {{ first_name }}", Some("{{ first_name }}")),
            ("Hi *|FNAME|*", Some("*|FNAME|*")),
            ("Hi %%first_name%%, hello", Some("%%first_name%%, hello")),
            ("A to-do list; todo es verde; size XXL", None),
            ("[1] see below [Help]", None),
            ("5 * 3 | 2", None),
            ("Card XXXX 1234, XXXX-XXXX-1234", None),
            ("It costs XXX euros", Some("XXX")),
            ("Write to <care@fernandfinch.example>", None),
        ] {
            assert_eq!(body(text).as_deref(), words, "{text}");
        }
        assert_eq!(
            placeholder("Test!", Part::Subject).as_deref(),
            Some("Test!")
        );
        assert_eq!(placeholder("Test your soil", Part::Subject), None);
    }
}
