use unicode_width::UnicodeWidthStr;

use super::super::sample::{found, journey, look, shop};
use super::super::strangers::{WORDS, written_by};
use super::*;
use crate::diagnostic::Level;
use crate::diff::Fate;

fn written(changes: &Changes, width: usize, color: bool) -> String {
    let look = Look {
        color,
        width,
        ..look()
    };
    page(changes, look)
}

#[test]
fn lines_end_where_the_terminal_ends() {
    for width in [40, 80, 100] {
        let text = written(&shop(), width, false);
        // The dated path has columns of its own, which `check` has as well.
        let is_path = |it: &&str| it.starts_with("    day ") || it.contains('↑');
        for line in text.lines().filter(|it| !is_path(it)) {
            assert!(line.width() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn colours_are_all_that_differs_without_them() {
    let colored = written(&shop(), 100, true);
    assert!(
        colored.contains("\u{1b}[32m{+plant+}\u{1b}[0m"),
        "{colored}"
    );
    let plain = anstream::adapter::strip_str(&colored).to_string();
    assert_eq!(plain, written(&shop(), 100, false));
    assert!(!plain.contains('\u{1b}'));
}

#[test]
fn what_moves_stands_twice_and_says_how() {
    let text = written(&shop(), 100, false);
    for line in [
        "    + 22 h        ✉ Next steps (new)",
        "    ~ 23 h        ✉ Your film (sender: Fern & Finch → Maya)",
        "    - 3 d         ✉ Review request",
        "      … 1 touchpoint as before",
        "    + 7 d – 21 d  ✉ Review request (later, moved)",
        "    Your [-order-] {+plant+} is on its way",
    ] {
        assert!(text.lines().any(|it| it == line), "{line}\n{text}");
    }
}

#[test]
fn the_last_line_counts() {
    let text = written(&shop(), 300, false);
    let last = "2 journeys change: 1 message added, 1 removed, 1 later, 1 from somebody else; \
                1 break for people inside; 3 findings introduced, 1 worse, 1 fixed";
    assert_eq!(text.lines().last(), Some(last));
    let quiet = Look {
        quiet: true,
        width: 300,
        ..look()
    };
    let quiet = page(&shop(), quiet);
    assert_eq!(
        text.strip_suffix(&format!("\n{last}\n")),
        Some(quiet.as_str())
    );
}

#[test]
fn no_change_is_a_line() {
    let changes = Changes::default();
    assert_eq!(
        written(&changes, 100, false),
        "No change for the customer.\n"
    );
}

#[test]
fn no_word_of_a_stranger_commands_a_terminal() {
    for words in WORDS {
        for width in [40, 100] {
            let text = written(&written_by(words), width, false);
            let odd = |it: char| {
                it.is_control() && it != '\n'
                    || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
            };
            assert!(!text.contains(odd), "{words:?}");
        }
    }
}

#[test]
fn what_is_not_shown_is_counted() {
    let mut changes = shop();
    changes.journeys = (0..500)
        .map(|at| {
            let mut it = journey(&format!("journey{at}"));
            it.fate = Fate::Added;
            it
        })
        .collect();
    changes.findings.introduced = (0..700)
        .map(|at| found("long-subject", Level::Warning, "too long", at))
        .collect();
    let text = written(&changes, 100, false);
    assert!(text.contains("470 more journeys, by name"), "{text}");
    assert!(
        text.contains("… and 420 more; `--format html` has everything"),
        "{text}"
    );
    assert!(text.contains("Found that was not there: 700"), "{text}");
    assert!(
        text.contains("… and 650 more; `--format html` has everything"),
        "{text}"
    );
    assert!(text.lines().count() < 400, "{}", text.lines().count());
}
