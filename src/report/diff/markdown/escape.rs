//! Words of strangers inside Markdown.
//!
//! In: any text from a repository. Out: Markdown that shows it, on the line it is put on. Invariant:
//! whatever the text says, it stays text: no markup, no HTML, no link, no picture, no mention of a
//! person and no reference to an issue comes of it, in a paragraph, a table, a heading or a
//! `<summary>` alike.
//! Not done here: what is said.

use std::fmt::Write as _;

use super::super::address::{line as address_of, percent};
use crate::diff::Place;
use crate::report::harmless;

/// A space that takes no room. GitHub and GitLab look for `@team` and `#123` in the finished page, so
/// that escaping the sign does not help, and a character behind it does.
const NOTHING: &str = "&#8203;";

/// Words for a paragraph, a heading, an item, a cell or a summary, in at most `most` characters.
pub(super) fn text(it: &str, most: usize) -> String {
    match line(it, most) {
        line if line.is_empty() => "(nothing)".to_owned(),
        line => escaped(&line),
    }
}

/// Words in which backticks quote something, as messages of rules do.
pub(super) fn prose(it: &str, most: usize) -> String {
    let line = line(it, most);
    let parts: Vec<&str> = line.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(&line);
    }
    let each = parts.iter().enumerate().map(|(at, part)| match at % 2 {
        0 => escaped(part),
        _ => code(part, most),
    });
    each.collect()
}

/// A name as it is written in a file. Not for tables, where `|` would end the cell.
pub(super) fn code(it: &str, most: usize) -> String {
    let line = line(it, most);
    let fence = "`".repeat(longest_run(&line) + 1);
    let pad = if line.starts_with('`') || line.ends_with('`') || line.is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{line}{pad}{fence}")
}

/// Lines that are shown as they are: a payload, a dated path.
pub(super) fn block(language: &str, lines: &str) -> String {
    let body: Vec<String> = lines
        .lines()
        .map(|it| harmless(it).trim_end().to_owned())
        .collect();
    let body = body.join("\n");
    let fence = "`".repeat(longest_run(&body).max(2) + 1);
    format!("{fence}{language}\n{body}\n{fence}")
}

/// A line of a file, as a link where it is known what files are looked at with. The file that is
/// looked at anyhow needs no name.
pub(super) fn place(it: &Place, source: Option<&str>, most: usize, known: Option<&str>) -> String {
    let name = if known == Some(it.file.as_str()) {
        format!("line {}", it.line)
    } else {
        format!("{}:{}", it.file, it.line)
    };
    match address_of(it, source) {
        Some(address) => format!("[{}]({address})", text(&name, most)),
        None if known == Some(it.file.as_str()) => name,
        None => code(&name, most),
    }
}

/// What can stand in a comment of HTML without ending it, and be found again word for word.
pub(super) fn key(it: &str) -> String {
    const LONGEST: usize = 300;
    let mut last = '-';
    let out = percent(it, |it| {
        let is_kept = matches!(it, '.' | '_' | '/') || it == '-' && last != '-';
        last = it;
        is_kept
    });
    out.chars().take(LONGEST).collect()
}

/// At most so many characters on one line. What is far beyond is not even looked at.
fn line(it: &str, most: usize) -> String {
    let looked_at = most.saturating_mul(8).saturating_add(64);
    clipped(&one_line(&clipped(it, looked_at)), most)
}

/// Everything on one line, with single spaces.
fn one_line(it: &str) -> String {
    let mut out = String::new();
    for word in it.split(|it: char| it.is_whitespace() || matches!(it, '\u{85}')) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    harmless(&out)
}

/// At most so many characters, the last of which says that there are more.
pub(super) fn clipped(it: &str, most: usize) -> String {
    match it.char_indices().nth(most) {
        Some(_) => {
            let kept: String = it.chars().take(most.saturating_sub(1)).collect();
            format!("{}…", kept.trim_end())
        }
        None => it.to_owned(),
    }
}

fn longest_run(it: &str) -> usize {
    let runs = it.split(|it| it != '`').map(str::len);
    runs.max().unwrap_or(0)
}

/// One line with everything in it made text.
fn escaped(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    let mut out = String::with_capacity(line.len() + 16);
    for at in 0..chars.len() {
        let neighbour = |by: isize| {
            at.checked_add_signed(by)
                .and_then(|it| chars.get(it))
                .copied()
        };
        let Some(it) = neighbour(0) else { continue };
        let is_word = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
        let (before, after) = (neighbour(-1), neighbour(1));
        let begins = at == 0 && "-+=/:".contains(it);
        // `1.` at the beginning of a line begins a list.
        let counts = ".)".contains(it) && chars.iter().take(at).all(char::is_ascii_digit);
        let is_inside = it == '_' && is_word(before) && is_word(after);
        if "&<>\\`*[]|~#$\"".contains(it) || begins || counts || it == '_' && !is_inside {
            let _ = write!(out, "&#{};", u32::from(it));
        } else {
            let is_host = it == '.' && ends_with(&chars, at, "www");
            if is_host {
                out.push_str(NOTHING);
            }
            out.push(it);
        }
        let refers = "@#!$%&~".contains(it) && (is_word(after) || after == Some('_'));
        let is_issue = it == '-' && ends_with(&chars, at, "gh") && is_word(after);
        let is_address = it == ':' && after == Some('/');
        if refers || is_issue || is_address {
            out.push_str(NOTHING);
        }
    }
    out
}

/// Whether the characters before `at` are this word, in whichever case.
fn ends_with(chars: &[char], at: usize, word: &str) -> bool {
    let start = at.checked_sub(word.len());
    let found = start.and_then(|it| chars.get(it..at));
    found.is_some_and(|it| {
        it.iter()
            .copied()
            .map(|it| it.to_ascii_lowercase())
            .eq(word.chars())
    })
}
