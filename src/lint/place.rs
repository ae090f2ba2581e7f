//! Where something that a mail says stands in the files that it was made of.
//!
//! In: words of a rendered text. Out: the place that spells them: spaces and capitals need not agree, an
//! entity stands for its character, comments are passed by.
//! Invariant: a place is always given; where no file spells the words, it is the letter's own.
//! Not done here: telling which of several equal words is meant; the first counts, in the file of the letter
//! itself before those of its layouts and partials, and in the body before the front matter.

use crate::source::{FileId, Sources, Span};

use super::letter::Letter;

/// The place at which a letter's files spell a text, else [`Letter::span`].
pub(super) fn place_of(sources: &Sources, letter: &Letter<'_>, text: &str) -> Span {
    let words = wanted(text);
    let own = letter.template.file;
    let others = letter.template.read.iter().filter(|it| **it != own);
    let found = std::iter::once(&own)
        .chain(others)
        .find_map(|file| in_file(sources.text(*file), *file, &words));
    found.unwrap_or_else(|| letter.span())
}

/// The place of a link with these words: as it is written in HTML, in Markdown, as the argument of a
/// macro; else that of the words.
pub(super) fn place_of_link(sources: &Sources, letter: &Letter<'_>, text: &str) -> Span {
    let frames = [
        format!(">{text}</"),
        format!("[{text}]("),
        format!("\"{text}\""),
        format!("'{text}'"),
    ];
    let own = letter.span();
    let mut places = frames.iter().map(|it| place_of(sources, letter, it));
    let whole = places.find(|it| *it != own);
    whole.map_or_else(
        || place_of(sources, letter, text),
        |it| place_in(sources, it, text),
    )
}

/// The place within another at which a text is spelled, else the whole.
pub(super) fn place_in(sources: &Sources, whole: Span, text: &str) -> Span {
    let written = sources.slice(whole);
    let found = find(written, 0, &wanted(text));
    found.map_or(whole, |(start, end)| {
        let at = |it: usize| whole.start + u32::try_from(it).unwrap_or(0);
        Span::new(whole.file, at(start), at(end))
    })
}

/// What stands for a value in texts of rules.
const VALUES: [char; 2] = ['·', '\u{FFFC}'];

/// The characters to look for: the longest piece without a value, in small letters, with a space for each
/// run of white space.
fn wanted(text: &str) -> Vec<char> {
    let pieces = text.split(VALUES).map(str::trim);
    let longest = pieces.max_by_key(|it| it.len()).unwrap_or_default();
    let words: Vec<&str> = longest.split_whitespace().collect();
    words.join(" ").chars().flat_map(folded).collect()
}

/// A character as it is compared.
fn folded(c: char) -> impl Iterator<Item = char> {
    match c {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{a0}' => ' ',
        c => c,
    }
    .to_lowercase()
}

fn in_file(text: &str, file: FileId, words: &[char]) -> Option<Span> {
    let body = body_of(text);
    let found = find(text, body, words).or_else(|| find(&text[..body], 0, words));
    found.map(|(start, end)| {
        let at = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        Span::new(file, at(start), at(end))
    })
}

/// Where the body begins: after the front matter.
fn body_of(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("---") else {
        return 0;
    };
    rest.find("\n---").map_or(0, |it| it + "---\n---".len())
}

/// What no reader sees, by its beginning and its end. `{{ }}` is seen: a macro's arguments are words.
const UNSEEN: [(&str, &str); 2] = [("{#", "#}"), ("<!--", "-->")];

/// The first place of the words from there on.
fn find(text: &str, from: usize, words: &[char]) -> Option<(usize, usize)> {
    let (first, last) = (words.first()?, words.last()?);
    let mut at = from;
    while let Some(c) = text[at..].chars().next() {
        let unseen = UNSEEN.iter().find(|it| text[at..].starts_with(it.0));
        if let Some((open, close)) = unseen {
            let end = text[at + open.len()..].find(close);
            at = end.map_or(text.len(), |it| at + open.len() + it + close.len());
            continue;
        }
        let border = |it: Option<char>| it.is_none_or(|it| !it.is_alphanumeric());
        let before = text[..at].chars().next_back();
        if !first.is_alphanumeric() || border(before) {
            let end = spelled(&text[at..], words).map(|it| at + it);
            let after = |end: usize| text[end..].chars().next();
            if let Some(end) = end.filter(|it| !last.is_alphanumeric() || border(after(*it))) {
                return Some((at, end));
            }
        }
        at += c.len_utf8();
    }
    None
}

/// How many bytes of a text spell the words, if it begins with them.
fn spelled(text: &str, words: &[char]) -> Option<usize> {
    let mut words = words.iter().peekable();
    let mut at = 0;
    while words.peek().is_some() {
        let (c, length) = next(&text[at..])?;
        if c.is_whitespace() {
            words.next_if(|it| **it == ' ')?;
            // A run of white space is one space.
            while let Some((_, more)) = next(&text[at..]).filter(|it| it.0.is_whitespace()) {
                at += more;
            }
            continue;
        }
        for c in folded(c) {
            words.next_if(|it| **it == c)?;
        }
        at += length;
    }
    Some(at)
}

/// The entities that people write in texts.
const ENTITIES: [(&str, char); 9] = [
    ("&amp;", '&'),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&quot;", '"'),
    ("&#34;", '"'),
    ("&#39;", '\''),
    ("&apos;", '\''),
    ("&rsquo;", '\''),
    ("&nbsp;", '\u{a0}'),
];

/// The next character of a text as it is read, and how many bytes spell it.
fn next(text: &str) -> Option<(char, usize)> {
    let entity = ENTITIES.iter().find(|it| text.starts_with(it.0));
    let plain = || text.chars().next().map(|it| (it, it.len_utf8()));
    entity.map(|it| (it.1, it.0.len())).or_else(plain)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn found<'t>(text: &'t str, words: &str) -> Option<&'t str> {
        let span = in_file(text, FileId(0), &wanted(words))?;
        Some(&text[span.start as usize..span.end as usize])
    }

    #[test]
    fn words_are_found_as_they_are_spelled() {
        let text = "---\nsubject: Lorem ipsum\n---\n{# TODO: lorem #}<p>Plants\n  &amp; Pots, it’s  &nbsp;TODO</p>";
        assert_eq!(found(text, "plants & pots"), Some("Plants\n  &amp; Pots"));
        assert_eq!(found(text, "it's todo"), Some("it’s  &nbsp;TODO"));
        assert_eq!(found(text, "lorem ipsum"), Some("Lorem ipsum"));
        assert_eq!(found(text, "pot"), None, "part of a word");
        assert_eq!(found(text, "· todo"), Some("TODO"), "not in a comment");
        assert_eq!(found(text, "·"), None);
    }

    #[test]
    fn a_place_within_another_falls_back_to_the_whole() {
        let mut sources = Sources::default();
        let file = sources.add("a", "subject: Your invoice is here");
        let whole = Span::new(file, 9, 29);
        let slice = |words| sources.slice(place_in(&sources, whole, words));
        assert_eq!(slice("invoice"), "invoice");
        assert_eq!(slice("offer"), "Your invoice is here");
    }
}
