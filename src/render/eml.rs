//! A preview as an `.eml` file, which any mail program opens.
//!
//! In: a [`Preview`] and its [`Envelope`]. Out: a message of RFC 5322 with the plain text and the page
//! as alternatives, in quoted-printable, so that a diff of two of them can be read.
//! Invariant: the same input gives the same bytes; nothing in the preview, a name least of all, can
//! begin a header or a part; no line has more than 78 characters.
//! Not done here: sending.

use std::fmt::Write as _;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::Preview;

/// Somebody with an address.
#[derive(Debug, Clone, Copy)]
pub struct Mailbox<'e> {
    /// The name that the inbox shows; nothing if there is none.
    pub name: &'e str,
    /// The address.
    pub address: &'e str,
}

/// What stands around a mail.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'e> {
    /// Who writes.
    pub from: Mailbox<'e>,
    /// Who gets it.
    pub to: Mailbox<'e>,
    /// Where replies go, if not to the sender.
    pub reply_to: Option<&'e str>,
    /// What tells the mail from all others of the repository.
    pub name: &'e str,
    /// The language.
    pub locale: &'e str,
    /// The day on which it is written, at nine.
    pub day: NaiveDate,
    /// The link by which people leave, and whether one click is enough; only for commercial mail.
    pub unsubscribe: Option<(&'e str, bool)>,
}

/// The widest line.
const WIDTH: usize = 76;

/// Writes a preview as a message.
pub fn eml(preview: &Preview, envelope: &Envelope<'_>) -> Vec<u8> {
    let host = envelope.from.address.rsplit('@').next().unwrap_or("");
    let id = hash(&[envelope.name, envelope.locale]);
    // Quoted-printable never writes `=_`, so no text can hold the boundary.
    let boundary = format!("=_{}", hash(&["boundary", envelope.name, envelope.locale]));
    let mut out = String::new();
    let mut header = |name: &str, value: &str| {
        let _ = write!(out, "{name}: {value}\r\n");
    };
    header("From", &mailbox("From", &envelope.from));
    header("To", &mailbox("To", &envelope.to));
    if let Some(address) = envelope.reply_to {
        header("Reply-To", &plain(address));
    }
    header("Subject", &words("Subject", &preview.subject));
    header(
        "Date",
        &envelope
            .day
            .format("%a, %d %b %Y 09:00:00 +0000")
            .to_string(),
    );
    header("Message-ID", &format!("<{id}@{}>", plain(host)));
    header("MIME-Version", "1.0");
    header("Content-Language", &plain(envelope.locale));
    if let Some((link, one_click)) = envelope.unsubscribe {
        header("List-Unsubscribe", &format!("<{}>", plain(link)));
        if one_click {
            header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
    }
    // Mail programs then open it as something to look at and send, not as something received.
    header("X-Unsent", "1");
    header(
        "Content-Type",
        &format!("multipart/alternative;\r\n boundary=\"{boundary}\""),
    );
    out.push_str("\r\n");
    for (kind, text) in [("plain", &preview.text), ("html", &preview.html)] {
        let _ = write!(
            out,
            "--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        );
        quoted_printable(text, &mut out);
        out.push_str("\r\n");
    }
    let _ = write!(out, "--{boundary}--\r\n");
    out.into_bytes()
}

fn hash(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let bytes = digest.finalize();
    bytes.iter().take(12).fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// A text without anything that could end a header line.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>'))
        .collect()
}

fn mailbox(header: &str, it: &Mailbox<'_>) -> String {
    let address = plain(it.address);
    let name = one_line(it.name);
    if name.is_empty() {
        return address;
    }
    let shown = if is_simple(&name) && header.len() + name.len() + address.len() < WIDTH - 8 {
        let mut quoted = String::from("\"");
        for c in name.chars() {
            if matches!(c, '"' | '\\') {
                quoted.push('\\');
            }
            quoted.push(c);
        }
        quoted + "\""
    } else {
        encoded_words(&name, header.len() + 2)
    };
    format!("{shown}\r\n <{address}>")
}

/// What stands in one line of an inbox: line ends and other controls are spaces.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Whether a text can stand in a header as it is, and comes back the same after folding.
fn is_simple(text: &str) -> bool {
    text.bytes().all(|it| (b' '..=b'~').contains(&it))
        && !text.contains("=?")
        && !text.contains("  ")
        && text.trim() == text
}

/// An unstructured header's value: folded, and in encoded words where it must be.
fn words(header: &str, text: &str) -> String {
    let text = one_line(text);
    let longest = text.split(' ').map(str::len).max().unwrap_or(0);
    if !is_simple(&text) || longest > WIDTH / 2 {
        return encoded_words(&text, header.len() + 2);
    }
    let mut out = String::new();
    let mut column = header.len() + 2;
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 && column + 1 + word.len() > WIDTH {
            out.push_str("\r\n");
            column = 0;
        }
        if at > 0 {
            out.push(' ');
        }
        out.push_str(word);
        column += word.len() + 1;
    }
    out
}

/// RFC 2047, in the Q encoding: German stays readable. Each word holds whole characters.
fn encoded_words(text: &str, start: usize) -> String {
    const BEGIN: &str = "=?utf-8?Q?";
    let mut out = String::from(BEGIN);
    let mut column = start + BEGIN.len();
    for c in text.chars() {
        let mut encoded = String::new();
        match c {
            ' ' => encoded.push('_'),
            c if c.is_ascii_alphanumeric() || matches!(c, '!' | '*' | '+' | '-' | '/') => {
                encoded.push(c);
            }
            c => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    let _ = write!(encoded, "={byte:02X}");
                }
            }
        }
        if column + encoded.len() + 2 > WIDTH - 2 {
            let _ = write!(out, "?=\r\n {BEGIN}");
            column = 1 + BEGIN.len();
        }
        column += encoded.len();
        out.push_str(&encoded);
    }
    out + "?="
}

/// RFC 2045: lines of at most 76 characters; a soft line end never stands within a character.
fn quoted_printable(text: &str, out: &mut String) {
    let text = text.replace("\r\n", "\n");
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        let mut column = 0;
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            let is_last = chars.peek().is_none();
            let mut encoded = String::new();
            match c {
                // A blank at the end of a line may get lost on the way.
                ' ' | '\t' if !is_last => encoded.push(c),
                '!'..='<' | '>'..='~' => encoded.push(c),
                c => {
                    let mut bytes = [0; 4];
                    for byte in c.encode_utf8(&mut bytes).bytes() {
                        let _ = write!(encoded, "={byte:02X}");
                    }
                }
            }
            let room = if is_last { WIDTH } else { WIDTH - 1 };
            if column + encoded.len() > room {
                out.push_str("=\r\n");
                column = 0;
            }
            column += encoded.len();
            out.push_str(&encoded);
        }
        if lines.peek().is_some() {
            out.push_str("\r\n");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn letter(subject: &str, name: &str) -> String {
        let preview = Preview {
            subject: subject.to_owned(),
            preheader: String::new(),
            html: format!("<p>{}</p>\n", "ü = 🌱 ".repeat(40)),
            text: "Hallo \nJörg\t\n.\nFrom here\n".to_owned(),
        };
        let bytes = eml(
            &preview,
            &Envelope {
                from: Mailbox {
                    name,
                    address: "care@fern.example",
                },
                to: Mailbox {
                    name: "",
                    address: "1@preview.example",
                },
                reply_to: Some("care@fern.example"),
                name: "j/s.de.1",
                locale: "de",
                day: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
                unsubscribe: Some(("https://links.example/unsubscribe", true)),
            },
        );
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn nothing_that_people_are_called_can_make_a_header() {
        let hostile = "Ana\r\nBcc: all@example.com\r\n\r\n<p>x</p>";
        let text = letter(hostile, hostile);
        assert!(
            !text.contains("\nBcc") && !text.contains("\r\n\r\n<p>x"),
            "{text}"
        );
        let quoted = letter("Hi", "Fern \"& Finch\"");
        assert!(quoted.starts_with("From: \"Fern \\\"& Finch\\\"\"\r\n <care@fern.example>\r\n"));
    }

    #[test]
    fn every_line_is_short_and_ends_as_mail_does() {
        let text = letter(&"Grüße 🌱 ".repeat(30), &"Ä".repeat(200));
        assert!(text.is_ascii());
        assert!(
            text.split("\r\n")
                .all(|it| it.len() <= 78 && !it.contains(['\r', '\n']))
        );
        assert!(
            text.contains("Hallo=20\r\nJ=C3=B6rg=09\r\n.\r\nFrom here\r\n"),
            "{text}"
        );
        assert_eq!(text, letter(&"Grüße 🌱 ".repeat(30), &"Ä".repeat(200)));
        let long = letter(&"word ".repeat(60), "Fern & Finch");
        assert!(long.split("\r\n").all(|it| it.len() <= 78));
        assert!(long.contains("\r\nX-Unsent: 1\r\n"));
        assert!(long.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    }
}
