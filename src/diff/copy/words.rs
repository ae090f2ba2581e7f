//! Two texts word by word.
//!
//! Out: [`Window`]s: what was taken out and put in, with the words around. Invariants: the other way
//! round, the windows are the same with what was taken out and put in exchanged; what is not shown is
//! counted. Not done here: finding which words are as they were (`align`).

use std::ops::Range;

use super::align::{self, Stretch};
use crate::diff::Run;
use crate::render;

/// How many words around a change are shown.
const AROUND: usize = 6;
/// A change among so many first words is shown with all that stands before it.
const OPENING: usize = 60;
/// How many words of a change are shown, on either side.
const SHOWN: usize = 120;
/// How many letters of a word are shown.
const LETTERS: usize = 200;

/// A word of a text.
#[derive(Debug, Clone)]
pub(super) struct Token<'t> {
    /// As it is written.
    pub(super) text: &'t str,
    /// What it is compared by.
    pub(super) key: String,
    /// The paragraph it stands in.
    pub(super) block: usize,
    /// The link that it stands on.
    pub(super) link: Option<usize>,
}

/// A change, with what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// What is shown of it.
    pub(super) runs: Vec<Run>,
    /// All that was taken out and put in, without what stands around.
    pub(super) change: String,
    /// All of it as it was, with what stands around.
    pub(super) before: String,
    /// All of it as it is.
    pub(super) after: String,
    /// The words before it that are as they were, from the beginning or from the window before.
    pub(super) skipped: usize,
    /// Those words, where the text has only just begun.
    pub(super) opening: String,
    /// The words behind it, up to the end, if it is the last one.
    pub(super) rest: usize,
}

/// The words of a line.
pub(super) fn of_line(text: &str) -> Vec<Token<'_>> {
    let word = |text| Token::new(text, 0, None);
    text.split_whitespace().map(word).collect()
}

/// The words of a page.
pub(super) fn of_page(words: &[render::Word]) -> Vec<Token<'_>> {
    let words = words.iter();
    words
        .map(|it| Token::new(&it.text, it.block, it.link))
        .collect()
}

impl<'t> Token<'t> {
    /// A text that is compared as a whole.
    pub(super) fn new(text: &'t str, block: usize, link: Option<usize>) -> Self {
        Self {
            text,
            key: key(text),
            block,
            link,
        }
    }

    /// As it is shown: longer words than people write are cut.
    fn shown(&self) -> String {
        let mut letters = self.text.chars();
        let mut shown: String = letters.by_ref().take(LETTERS).collect();
        if letters.next().is_some() {
            shown.push('…');
        }
        shown
    }
}

/// A word without what typography alone makes of it.
fn key(word: &str) -> String {
    let plain = |c: char| match c {
        '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => None,
        '‘' | '’' | '‚' | '‛' | '‹' | '›' => Some('\''),
        '“' | '”' | '„' | '‟' | '«' | '»' => Some('"'),
        _ => Some(c),
    };
    word.chars().filter_map(plain).collect()
}

/// What differs. A change for which `is_told` holds is told elsewhere, and left out.
pub(super) fn windows(
    before: &[Token<'_>],
    after: &[Token<'_>],
    is_told: impl Fn(&[Token<'_>], &[Token<'_>]) -> bool,
) -> Vec<Window> {
    let mut stretches = align::stretches(before, after);
    for it in &mut stretches {
        it.same |= is_told(&before[it.before.clone()], &after[it.after.clone()]);
    }
    Texts { before, after }.windows(&align::joined(stretches))
}

/// One thing in the place of another, or that came or went.
pub(super) fn exchanged(before: Option<&str>, after: Option<&str>) -> Window {
    let cut = |it: &str| Token::new(it, 0, None).shown();
    let removed = before.map(|it| Run::Removed(cut(it)));
    let added = after.map(|it| Run::Added(cut(it)));
    let (before, after) = (before.unwrap_or(""), after.unwrap_or(""));
    Window {
        runs: removed.into_iter().chain(added).collect(),
        change: format!("\0{before}\u{1}{after}"),
        before: before.to_owned(),
        after: after.to_owned(),
        skipped: 0,
        opening: String::new(),
        rest: 0,
    }
}

/// Both texts.
struct Texts<'t, 'w> {
    before: &'t [Token<'w>],
    after: &'t [Token<'w>],
}

impl Texts<'_, '_> {
    fn windows(&self, stretches: &[Stretch]) -> Vec<Window> {
        let mut windows = Vec::new();
        let mut open: Option<Builder<'_, '_, '_>> = None;
        let mut skipped = 0;
        for (at, it) in stretches.iter().enumerate() {
            if !it.same {
                open.get_or_insert_with(|| Builder::new(self)).change(it);
                continue;
            }
            let behind = at.checked_sub(1).and_then(|it| stretches.get(it));
            let ahead = stretches.get(at + 1);
            let length = it.length();
            let left = behind.map_or(0, |change| self.tail_of(change, it));
            let right = ahead.map_or(0, |change| self.head_of(change, it));
            if let Some(mut builder) = open.take() {
                if ahead.is_some() && left + right >= length {
                    builder.same(&it.first(length));
                    open = Some(builder);
                    continue;
                }
                builder.same(&it.first(left));
                windows.push(builder.close(skipped));
            }
            skipped = length - left.min(length);
            if ahead.is_some() {
                skipped -= right.min(skipped);
                let mut builder = Builder::new(self);
                builder.same(&it.last(right));
                if windows.is_empty() && skipped < OPENING {
                    builder.opening = self.same(&it.first(skipped));
                }
                open = Some(builder);
            }
        }
        let ends_same = stretches.last().is_some_and(|it| it.same);
        let rest = if ends_same { skipped } else { 0 };
        if let Some(builder) = open {
            windows.push(builder.close(skipped));
        }
        if let Some(last) = windows.last_mut() {
            last.rest = rest;
        }
        windows
    }

    /// How many words behind a change are shown: only those of the paragraph in which it ends.
    fn tail_of(&self, change: &Stretch, same: &Stretch) -> usize {
        let ends = |side: &[Token<'_>], of: &Range<usize>| {
            let last = of.end.checked_sub(1).filter(|_| !of.is_empty())?;
            side.get(last).map(|it| it.block)
        };
        let old = ends(self.before, &change.before);
        let new = ends(self.after, &change.after);
        let is_near = |at: usize| {
            let stands = |side: &[Token<'_>], of: &Range<usize>, block: Option<usize>| {
                let word = side.get(of.start + at).filter(|_| at < of.len());
                block.is_some() && word.map(|it| it.block) == block
            };
            stands(self.before, &same.before, old) || stands(self.after, &same.after, new)
        };
        (0..AROUND).take_while(|at| is_near(*at)).count()
    }

    /// The same for the words before a change.
    fn head_of(&self, change: &Stretch, same: &Stretch) -> usize {
        let begins = |side: &[Token<'_>], of: &Range<usize>| {
            let first = side.get(of.start).filter(|_| !of.is_empty())?;
            Some(first.block)
        };
        let old = begins(self.before, &change.before);
        let new = begins(self.after, &change.after);
        let is_near = |back: usize| {
            let stands = |side: &[Token<'_>], of: &Range<usize>, block: Option<usize>| {
                let word = of.end.checked_sub(back + 1).filter(|it| *it >= of.start);
                let word = word.and_then(|it| side.get(it));
                block.is_some() && word.map(|it| it.block) == block
            };
            stands(self.before, &same.before, old) || stands(self.after, &same.after, new)
        };
        (0..AROUND).take_while(|it| is_near(*it)).count()
    }

    /// Words that are as they were. Where typography alone differs, the same one of the two is shown
    /// whichever way they are compared.
    fn same(&self, it: &Stretch) -> String {
        let before = shown(&self.before[it.before.clone()], usize::MAX);
        let after = shown(&self.after[it.after.clone()], usize::MAX);
        before.min(after)
    }
}

impl Stretch {
    fn length(&self) -> usize {
        self.before.len().max(self.after.len())
    }

    /// Its first words.
    fn first(&self, count: usize) -> Self {
        let cut = |it: &Range<usize>| it.start..(it.start + count).min(it.end);
        Self {
            same: self.same,
            before: cut(&self.before),
            after: cut(&self.after),
        }
    }

    /// Its last words.
    fn last(&self, count: usize) -> Self {
        let cut = |it: &Range<usize>| it.end.saturating_sub(count).max(it.start)..it.end;
        Self {
            same: self.same,
            before: cut(&self.before),
            after: cut(&self.after),
        }
    }
}

/// Words with a space between, at most so many.
fn shown(words: &[Token<'_>], most: usize) -> String {
    let shown: Vec<String> = words.iter().take(most).map(Token::shown).collect();
    shown.join(" ")
}

/// A window that is being made.
struct Builder<'b, 't, 'w> {
    texts: &'b Texts<'t, 'w>,
    runs: Vec<Run>,
    change: String,
    before: String,
    after: String,
    opening: String,
    /// How many words are still shown.
    left: usize,
    /// How many were taken out and put in that are not shown.
    more: (usize, usize),
}

impl<'b, 't, 'w> Builder<'b, 't, 'w> {
    fn new(texts: &'b Texts<'t, 'w>) -> Self {
        Self {
            texts,
            runs: Vec::new(),
            change: String::new(),
            before: String::new(),
            after: String::new(),
            opening: String::new(),
            left: 3 * SHOWN,
            more: (0, 0),
        }
    }

    fn same(&mut self, it: &Stretch) {
        add(&mut self.before, &self.texts.before[it.before.clone()]);
        add(&mut self.after, &self.texts.after[it.after.clone()]);
        if it.length() > 0 && self.left > 0 {
            self.runs.push(Run::Same(self.texts.same(it)));
        }
    }

    fn change(&mut self, it: &Stretch) {
        let before = &self.texts.before[it.before.clone()];
        let after = &self.texts.after[it.after.clone()];
        add(&mut self.before, before);
        add(&mut self.after, after);
        self.change.push('\u{0}');
        add(&mut self.change, before);
        self.change.push('\u{1}');
        add(&mut self.change, after);
        let most = SHOWN.min(self.left);
        let shares = (before.len().min(most), after.len().min(most));
        if shares.0 > 0 {
            self.runs.push(Run::Removed(shown(before, shares.0)));
        }
        if shares.1 > 0 {
            self.runs.push(Run::Added(shown(after, shares.1)));
        }
        self.left -= most.min(shares.0.max(shares.1));
        self.more.0 += before.len() - shares.0;
        self.more.1 += after.len() - shares.1;
    }

    fn close(mut self, skipped: usize) -> Window {
        if self.more != (0, 0) {
            let (removed, added) = self.more;
            self.runs.push(Run::More { removed, added });
        }
        Window {
            runs: self.runs,
            change: self.change,
            before: self.before,
            after: self.after,
            skipped,
            opening: self.opening,
            rest: 0,
        }
    }
}

fn add(text: &mut String, words: &[Token<'_>]) {
    for it in words {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&it.key);
    }
}
