//! What looks like a key or a password in the files of a repository, comments included: history
//! keeps it for ever, and everybody who may read the mails may read it.
//!
//! The forms are those that providers give their keys. A text without a form of its own counts only
//! where a word before it says that it is a key, and where it is as mixed as chance makes it.

use super::{FileId, Sources, Span};

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

/// What the beginning of a private key looks like.
const PRIVATE_KEY: &str = "a private key";

/// What stands in the place of a secret.
const MASK: &str = "‹masked›";

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

/// The shortest key has so many characters.
const SHORTEST: usize = 20;

/// What examples in manuals look like.
const EXAMPLES: [&str; 6] = ["EXAMPLE", "example", "xxxx", "XXXX", "1234567", "00000000"];

/// Everything that looks like a secret, in the order of the files.
pub(crate) fn secrets(sources: &Sources) -> Vec<Secret> {
    use rayon::prelude::*;

    let files: Vec<_> = sources.iter().collect();
    let found = files
        .par_iter()
        .flat_map_iter(|(id, file)| in_text(*id, &file.text));
    found.collect()
}

/// A text in which nothing that looks like a secret can be read.
pub(crate) fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_key = false;
    for line in text.split_inclusive('\n') {
        if in_key {
            // The lines of a private key look like nothing in particular.
            in_key = !line.contains("-----END ");
            out.push_str(MASK);
            out.push_str(if line.ends_with('\n') { "\n" } else { "" });
            continue;
        }
        let mut end = 0;
        in_line(line, &mut |start, stop, what| {
            out.push_str(&line[end..start]);
            out.push_str(MASK);
            end = stop;
            if what == PRIVATE_KEY {
                in_key = !line[stop..].contains("-----END ");
                end = line.trim_end().len();
            }
        });
        out.push_str(&line[end..]);
    }
    out
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
        found(start, start + end + "PRIVATE KEY".len(), PRIVATE_KEY);
        return;
    }
    let mut end = 0;
    while let Some((start, next)) = word(line, end) {
        end = next;
        let word = &line[start..end];
        if EXAMPLES.iter().any(|it| word.contains(it)) {
            continue;
        }
        if let Some(form) = FORMS.iter().find(|it| it.fits(word)) {
            found(start, end, form.what);
        } else if is_named(&line[..start]) && is_random(word) {
            found(start, end, "a key or a password");
        }
    }
}

/// The next run of characters that keys are made of, long enough for one. It begins at `from` or
/// behind a character that is no part of a key; whatever is too short is stepped over at once.
fn word(line: &str, from: usize) -> Option<(usize, usize)> {
    let is_part = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.' | b'+');
    let bytes = line.as_bytes();
    let mut start = from;
    loop {
        let shortest = bytes.get(start..start + SHORTEST)?;
        if let Some(at) = shortest.iter().rposition(|it| !is_part(it)) {
            start += at + 1;
            continue;
        }
        let rest = &bytes[start..];
        let length = rest.iter().position(|it| !is_part(it));
        return Some((start, start + length.unwrap_or(rest.len())));
    }
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
    fn a_masked_text_keeps_all_but_its_secrets() {
        let hex = "0f9c2b7e51d84a63".repeat(3);
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----";
        let text = format!("a\nx: pk_{} y\n{key}\nb", &hex[..34]);
        let expected = "a\nx: ‹masked› y\n‹masked›\n‹masked›\n‹masked›\nb";
        assert_eq!(masked(&text), expected);
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
