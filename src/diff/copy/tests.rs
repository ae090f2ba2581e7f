#![allow(clippy::unwrap_used, reason = "tests")]

use super::words::{Token, Window, of_line, windows};
use crate::diff::Run;

fn all(before: &str, after: &str) -> Vec<Window> {
    windows(&of_line(before), &of_line(after), |_, _| false)
}

fn shown(before: &str, after: &str) -> String {
    let runs = all(before, after).into_iter().flat_map(|it| it.runs);
    let words = runs.map(|run| match run {
        Run::Same(it) => it,
        Run::Removed(it) => format!("[{it}]"),
        Run::Added(it) => format!("<{it}>"),
        other => format!("{other:?}"),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_word_or_two_within_a_longer_change_go_with_it() {
    assert_eq!(shown("a b c d", "a x c d"), "a [b] <x> c d");
    assert_eq!(shown("a b c d", "a b c d e"), "a b c d <e>");
    assert_eq!(
        shown(
            "one two three and four five six",
            "uno dos tres and quatro cinco seis"
        ),
        "[one two three and four five six] <uno dos tres and quatro cinco seis>"
    );
    assert_eq!(shown("a b", "a  b"), "");
    assert_eq!(shown("it's \"so\"", "it’s “so”"), "");
    assert_eq!(shown("soft\u{ad}ly", "softly"), "");
}

#[test]
fn what_is_around_a_change_ends_with_its_paragraph() {
    let page = |words: &[(&'static str, usize)]| -> Vec<Token<'static>> {
        words
            .iter()
            .map(|it| Token::new(it.0, it.1, None))
            .collect()
    };
    let before = page(&[("Hi", 0), ("Ana", 0), ("thank", 1), ("you", 1), ("Bye", 2)]);
    let after = page(&[
        ("Hi", 0),
        ("Ana", 0),
        ("many", 1),
        ("thanks", 1),
        ("Bye", 2),
    ]);
    let found = windows(&before, &after, |_, _| false);
    let (removed, added) = ("thank you".to_owned(), "many thanks".to_owned());
    assert_eq!(found[0].runs, [Run::Removed(removed), Run::Added(added)]);
    assert_eq!((found[0].skipped, found[0].rest), (2, 1));
    assert_eq!(found[0].opening, "Hi Ana");
}

/// Every text of a small language beside every other: nothing is lost, and the way back is the mirror.
#[test]
fn the_way_back_is_the_mirror_and_no_word_is_lost() {
    let mut state = 7u64;
    let mut next = |most: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % most
    };
    for _ in 0..2_000 {
        let mut text = |len: u64| -> String {
            let count = next(len);
            let words: Vec<String> = (0..count).map(|_| format!("w{}", next(6))).collect();
            words.join(" ")
        };
        let (before, after) = (text(40), text(40));
        let (there, back) = (all(&before, &after), all(&after, &before));
        let runs = |it: &[Window]| {
            it.iter()
                .flat_map(|it| it.runs.clone())
                .collect::<Vec<Run>>()
        };
        let mut flipped: Vec<Run> = Vec::new();
        for run in runs(&back) {
            match run {
                Run::Removed(it) => flipped.push(Run::Added(it)),
                Run::Added(it) if matches!(flipped.last(), Some(Run::Added(_))) => {
                    flipped.insert(flipped.len() - 1, Run::Removed(it));
                }
                Run::Added(it) => flipped.push(Run::Removed(it)),
                it => flipped.push(it),
            }
        }
        assert_eq!(runs(&there), flipped, "{before} | {after}");

        let count = |text: &str| text.split_whitespace().count();
        let mut sizes = (0, 0);
        for it in &there {
            for run in &it.runs {
                match run {
                    Run::Same(it) => sizes = (sizes.0 + count(it), sizes.1 + count(it)),
                    Run::Removed(it) => sizes.0 += count(it),
                    Run::Added(it) => sizes.1 += count(it),
                    _ => {}
                }
            }
            let hidden = it.skipped + it.rest;
            sizes = (sizes.0 + hidden, sizes.1 + hidden);
        }
        if !there.is_empty() {
            assert_eq!(sizes, (count(&before), count(&after)), "{before} | {after}");
        }
    }
}
