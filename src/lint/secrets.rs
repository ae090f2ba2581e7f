//! What looks like a key or a password in the files of a repository, comments included: history
//! keeps it for ever, and everybody who may read the mails may read it.
//!
//! The forms are those that providers give their keys. A text without a form of its own counts only
//! where a word before it says that it is a key, and where it is as mixed as chance makes it.

use crate::source::{FileId, Sources, Span};

/// A place that looks like a secret. What it says is never told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Secret {
    /// Where.
    pub(crate) span: Span,
    /// What it looks like, with an article.
    pub(crate) what: &'static str,
}

/// The characters behind a beginning.
#[derive(Clone, Copy)]
enum Tail {
    /// So many hexadecimal digits or more.
    Hex(usize),
    /// So many capitals and digits, no more.
    Capitals(usize),
    /// So many letters, digits, dashes and dots or more.
    Mixed(usize),
}

struct Form {
    start: &'static str,
    tail: Tail,
    what: &'static str,
}

const fn form(start: &'static str, tail: Tail, what: &'static str) -> Form {
    Form { start, tail, what }
}

const FORMS: [Form; 17] = [
    form("pk_", Tail::Hex(30), "a private key of Klaviyo"),
    form("SG.", Tail::Mixed(60), "an API key of SendGrid"),
    form("key-", Tail::Hex(32), "an API key of Mailgun"),
    form("xkeysib-", Tail::Hex(32), "an API key of Brevo"),
    form("xsmtpsib-", Tail::Hex(32), "an SMTP key of Brevo"),
    form("AKIA", Tail::Capitals(16), "an access key of AWS"),
    form("ASIA", Tail::Capitals(16), "an access key of AWS"),
    form("sk_live_", Tail::Mixed(16), "a secret key of Stripe"),
    form("rk_live_", Tail::Mixed(16), "a restricted key of Stripe"),
    form("ghp_", Tail::Mixed(36), "a token of GitHub"),
    form("github_pat_", Tail::Mixed(40), "a token of GitHub"),
    form("glpat-", Tail::Mixed(20), "a token of GitLab"),
    form("xoxb-", Tail::Mixed(20), "a token of Slack"),
    form("xoxp-", Tail::Mixed(20), "a token of Slack"),
    form("shpat_", Tail::Hex(32), "an access token of Shopify"),
    form("AIza", Tail::Mixed(35), "an API key of Google"),
    form("eyJhbGciOi", Tail::Mixed(60), "a signed token (JWT)"),
];

/// What says that a key follows.
const NAMES: [&str; 8] = [
    "api_key",
    "apikey",
    "api-key",
    "secret",
    "password",
    "passwd",
    "access_token",
    "auth_token",
];

/// What examples in manuals look like.
const EXAMPLES: [&str; 6] = ["EXAMPLE", "example", "xxxx", "XXXX", "1234567", "00000000"];

/// Everything that looks like a secret, in the order of the files.
pub(super) fn secrets(sources: &Sources) -> Vec<Secret> {
    use rayon::prelude::*;

    let files: Vec<_> = sources.iter().collect();
    let found = files
        .par_iter()
        .flat_map_iter(|(id, file)| in_text(*id, &file.text));
    found.collect()
}

/// The first number of a text that pays: 13 to 19 digits that pass the check of Luhn and begin as cards
/// do. Spaces and dashes between groups do not matter.
pub(crate) fn card_in(text: &str) -> Option<&str> {
    runs(text, |c| c.is_ascii_digit()).find(|it| {
        let digits: Vec<u32> = it.chars().filter_map(|c| c.to_digit(10)).collect();
        let begins = digits.first().is_some_and(|it| (3..=6).contains(it));
        begins && (13..=19).contains(&digits.len()) && passes_luhn(&digits)
    })
}

/// The first bank account of a text: an IBAN that passes its check.
pub(crate) fn iban_in(text: &str) -> Option<&str> {
    runs(text, |c| c.is_ascii_digit() || c.is_ascii_uppercase()).find_map(iban_at)
}

/// The first part of a run that is an IBAN: words in capitals may stand before and after it.
fn iban_at(run: &str) -> Option<&str> {
    let starts = run.match_indices(' ').map(|it| it.0 + 1);
    let starts = std::iter::once(0).chain(starts);
    let mut parts = starts.flat_map(|start| {
        let rest = &run[start..];
        let ends = rest.match_indices(' ').map(|it| it.0);
        ends.chain([rest.len()]).map(move |end| &rest[..end])
    });
    parts.find(|it| is_iban(it))
}

fn is_iban(text: &str) -> bool {
    let signs: Vec<char> = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let [a, b, c, d, ..] = signs[..] else {
        return false;
    };
    let begins = a.is_ascii_uppercase() && b.is_ascii_uppercase();
    let checked = c.is_ascii_digit() && d.is_ascii_digit();
    begins && checked && (15..=34).contains(&signs.len()) && passes_iban(&signs)
}

/// The runs of some characters, in groups with one space or dash between.
fn runs(text: &str, is_part: fn(char) -> bool) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(is_part)?;
        let mut end = start;
        let mut last = ' ';
        for (at, c) in rest[start..].char_indices() {
            let is_gap = matches!(c, ' ' | '-' | '\u{a0}') && is_part(last);
            if !is_part(c) && !is_gap {
                break;
            }
            if is_part(c) {
                end = start + at + c.len_utf8();
            }
            last = c;
        }
        let run = &rest[start..end];
        rest = &rest[end..];
        Some(run)
    })
}

fn passes_luhn(digits: &[u32]) -> bool {
    let doubled = |(at, digit): (usize, &u32)| match at % 2 {
        0 => *digit,
        _ => digit * 2 - if *digit > 4 { 9 } else { 0 },
    };
    let sum: u32 = digits.iter().rev().enumerate().map(doubled).sum();
    sum.is_multiple_of(10) && digits.iter().any(|it| *it != 0)
}

fn passes_iban(signs: &[char]) -> bool {
    let moved = signs[4..].iter().chain(&signs[..4]);
    let rest = moved.fold(0u32, |rest, c| match c.to_digit(36) {
        Some(it) if it < 10 => (rest * 10 + it) % 97,
        Some(it) => (rest * 100 + it) % 97,
        None => rest,
    });
    rest == 1
}

fn in_text(file: FileId, text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        in_line(line, &mut |start, end, what| {
            let byte = |it: usize| u32::try_from(at + it).unwrap_or(u32::MAX);
            let span = Span::new(file, byte(start), byte(end));
            found.push(Secret { span, what });
        });
        at += line.len();
    }
    found
}

fn in_line(line: &str, found: &mut impl FnMut(usize, usize, &'static str)) {
    if let Some(start) = line.find("-----BEGIN ")
        && let Some(end) = line[start..].find("PRIVATE KEY")
    {
        found(start, start + end + "PRIVATE KEY".len(), "a private key");
        return;
    }
    if line.len() < 20 {
        return;
    }
    let mut end = 0;
    while let Some((start, next)) = word(line, end) {
        end = next;
        let word = &line[start..end];
        // The shortest key has twenty characters.
        if word.len() < 20 || EXAMPLES.iter().any(|it| word.contains(it)) {
            continue;
        }
        if let Some(form) = FORMS.iter().find(|it| it.fits(word)) {
            found(start, end, form.what);
        } else if is_named(&line[..start]) && is_random(word) {
            found(start, end, "a key or a password");
        }
    }
}

/// The next run of characters that keys are made of.
fn word(line: &str, from: usize) -> Option<(usize, usize)> {
    let is_part = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.' | b'+');
    let bytes = line.as_bytes().get(from..)?;
    let start = bytes.iter().position(is_part)?;
    let rest = &bytes[start..];
    let length = rest.iter().position(|it| !is_part(it));
    Some((from + start, from + start + length.unwrap_or(rest.len())))
}

impl Form {
    fn fits(&self, word: &str) -> bool {
        let Some(rest) = word.strip_prefix(self.start) else {
            return false;
        };
        let count = |test: fn(&char) -> bool| rest.chars().take_while(test).count();
        match self.tail {
            Tail::Hex(least) => count(char::is_ascii_hexdigit) >= least,
            Tail::Capitals(just) => {
                rest.len() == just
                    && count(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) == just
            }
            Tail::Mixed(least) => {
                rest.len() >= least && rest.contains(|c: char| c.is_ascii_digit())
            }
        }
    }
}

/// Whether `api_key: "` or its like stands right before.
fn is_named(before: &str) -> bool {
    let before = before.trim_end_matches(['"', '\'', ' ']);
    let Some(before) = before.strip_suffix([':', '=']) else {
        return false;
    };
    let name = before
        .trim_end_matches(['"', '\'', ' '])
        .to_ascii_lowercase();
    NAMES.iter().any(|it| name.ends_with(it))
}

/// Whether a text is as mixed as chance makes it: a long number in hexadecimal digits, or capitals, small
/// letters and digits among which few come again. Words with dashes between are none.
fn is_random(word: &str) -> bool {
    let has = |test: fn(&char) -> bool| word.chars().any(|c| test(&c));
    let is_number = word.len() >= 32 && word.chars().all(|c| c.is_ascii_hexdigit());
    let is_mixed = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase);
    let mut seen: Vec<char> = word.chars().collect();
    seen.sort_unstable();
    seen.dedup();
    has(char::is_ascii_digit)
        && !word.contains(['.', '-'])
        && (is_number || is_mixed && seen.len() * 3 >= word.len().min(30))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<&'static str> {
        let found = in_text(FileId(0), text);
        found.into_iter().map(|it| it.what).collect()
    }

    #[test]
    fn keys_are_known_by_their_form() {
        // Put together here, so that no scanner takes the test for the real thing.
        let hex = "0f9c2b7e51d84a63".repeat(3);
        for (text, what) in [
            (format!("# pk_{}", &hex[..34]), "a private key of Klaviyo"),
            (format!("key-{}", &hex[..32]), "an API key of Mailgun"),
            (
                format!("x: AKIA{}", "J7QZ3KXW5RTN2VBM"),
                "an access key of AWS",
            ),
            (
                format!("api_key: \"Zq{}\"", &hex[..30]),
                "a key or a password",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----".to_owned(),
                "a private key",
            ),
        ] {
            assert_eq!(kinds(&text), [what], "{text}");
        }
    }

    #[test]
    fn numbers_that_pay_are_known_by_their_check() {
        for (text, found) in [
            ("Card 4111 1111 1111 1111.", Some("4111 1111 1111 1111")),
            ("Card 4111-1111-1111-1112.", None),
            ("Order 10482, 24 December 2026", None),
            ("3782 822463 10005", Some("3782 822463 10005")),
        ] {
            assert_eq!(card_in(text), found, "{text}");
        }
        for (text, found) in [
            (
                "to DE89 3704 0044 0532 0130 00 BIC",
                Some("DE89 3704 0044 0532 0130 00"),
            ),
            ("GB82WEST12345698765432", Some("GB82WEST12345698765432")),
            ("DE89 3704 0044 0532 0130 01", None),
            ("FF-10482 is on its way", None),
        ] {
            assert_eq!(iban_in(text), found, "{text}");
        }
    }

    #[test]
    fn what_only_looks_long_is_left_alone() {
        for text in [
            "order_paid: RDTdMQ",
            "AKIAIOSFODNN7EXAMPLE",
            "key-0000000000000000000000000000000000000000",
            "https://fernandfinch.example/baskets/c-2041-terracotta-pots-and-saucers",
            "password: {{ event.temporary_password_link_for_people }}",
            "pk_live_51HqLyjWDarjtT1zdp7dc4Tz3k",
            "secret: this-is-not-a-secret-at-all-really",
            "secret: Discount-for-25-loyal-customers-only",
        ] {
            assert!(kinds(text).is_empty(), "{text}");
        }
    }
}
