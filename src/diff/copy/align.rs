//! Which words of two texts are as they were.
//!
//! Invariants: the other way round gives the same stretches, with the sides exchanged; however long
//! the texts, the work is bounded, and what is not looked at word by word is exchanged as a whole.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::words::Token;

/// How many words are compared one by one at once: the work may grow with the square.
const AT_ONCE: usize = 4_000;
/// How many words of two texts are compared one by one in all; beyond, only whole paragraphs are.
const IN_ALL: usize = 16_000;
/// So few words that are as before are not worth an interruption of a longer change.
const ISLAND: usize = 2;
/// How many words make a change long enough for that.
const LONG: usize = 6;

/// A stretch of two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Whether it says the same on both sides.
    pub(super) same: bool,
    /// Where it stands in the older text.
    pub(super) before: Range<usize>,
    /// Where it stands in the newer.
    pub(super) after: Range<usize>,
}

/// The stretches of two texts, those that are as they were and those that are not in turns.
pub(super) fn stretches(before: &[Token<'_>], after: &[Token<'_>]) -> Vec<Stretch> {
    let order = |it: &[Token<'_>]| -> Vec<String> { it.iter().map(|it| it.key.clone()).collect() };
    // Of several shortest ways to tell a change, the same one is chosen from either side.
    let swapped = order(before) > order(after);
    let (old, new) = if swapped {
        (after, before)
    } else {
        (before, after)
    };
    let keys = [old, new].map(|side| side.iter().map(|it| &*it.key).collect::<Vec<&str>>());
    let [old_ids, new_ids] = numbered([&keys[0], &keys[1]]);
    let sides = Sides {
        old: Side {
            words: &old_ids,
            tokens: old,
        },
        new: Side {
            words: &new_ids,
            tokens: new,
        },
    };
    let mut found = without_islands(joined(sides.compare()));
    if swapped {
        for it in &mut found {
            std::mem::swap(&mut it.before, &mut it.after);
        }
    }
    found
}

/// Neighbours of one kind as one; what is empty is left out.
pub(super) fn joined(stretches: Vec<Stretch>) -> Vec<Stretch> {
    let mut joined: Vec<Stretch> = Vec::new();
    for it in stretches {
        if it.before.is_empty() && it.after.is_empty() {
            continue;
        }
        match joined.last_mut().filter(|last| last.same == it.same) {
            Some(last) => {
                last.before.end = it.before.end;
                last.after.end = it.after.end;
            }
            None => joined.push(it),
        }
    }
    joined
}

/// A word or two between two longer changes belong to them: else a new sentence reads like confetti.
fn without_islands(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    let words = |it: &Stretch| it.before.len() + it.after.len();
    let count = stretches.len();
    for at in 1..count.saturating_sub(1) {
        let [behind, it, ahead] = &stretches[at - 1..=at + 1] else {
            continue;
        };
        let is_small = it.same && it.before.len() <= ISLAND;
        if is_small && words(behind) + words(ahead) >= LONG {
            stretches[at].same = false;
        }
    }
    joined(stretches)
}

/// Numbers that are equal where the things are.
fn numbered<T: Hash + Eq + Copy>(sides: [&[T]; 2]) -> [Vec<u32>; 2] {
    let mut known: HashMap<T, u32> = HashMap::new();
    sides.map(|side| {
        let number = |it: &T| {
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry(*it).or_insert(next)
        };
        side.iter().map(number).collect()
    })
}

struct Side<'s, 't> {
    words: &'s [u32],
    tokens: &'s [Token<'t>],
}

struct Sides<'s, 't> {
    old: Side<'s, 't>,
    new: Side<'s, 't>,
}

impl Sides<'_, '_> {
    fn compare(&self) -> Vec<Stretch> {
        let (old, new) = (self.old.words, self.new.words);
        let same = |(a, b): &(&u32, &u32)| a == b;
        let head = old.iter().zip(new).take_while(same).count();
        let (old, new) = (&old[head..], &new[head..]);
        let ends = old.iter().rev().zip(new.iter().rev());
        let tail = ends.take_while(same).count();
        let (old_end, new_end) = (head + old.len() - tail, head + new.len() - tail);
        let mut all = vec![as_before(0..head, 0..head)];
        all.extend(self.middle(head..old_end, head..new_end));
        let (old, new) = (self.old.words.len(), self.new.words.len());
        all.push(as_before(old_end..old, new_end..new));
        all
    }

    fn middle(&self, old: Range<usize>, new: Range<usize>) -> Vec<Stretch> {
        if old.len() + new.len() <= AT_ONCE {
            return self.by_word(old, new);
        }
        let blocks = [self.old.blocks(old.clone()), self.new.blocks(new.clone())];
        if blocks[0].len() + blocks[1].len() > AT_ONCE {
            return vec![exchanged(old, new)];
        }
        let texts = |side: &Side<'_, '_>, blocks: &[Range<usize>]| -> Vec<Vec<u32>> {
            blocks
                .iter()
                .map(|it| side.words[it.clone()].to_vec())
                .collect()
        };
        let texts = [texts(&self.old, &blocks[0]), texts(&self.new, &blocks[1])];
        let slices = texts
            .each_ref()
            .map(|it| it.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let ids = numbered([&slices[0], &slices[1]]);
        let place = |side: usize, it: Range<usize>, from: usize| {
            let start = blocks[side].get(it.start).map_or(from, |it| it.start);
            let last = it.end.checked_sub(1).filter(|_| !it.is_empty());
            let last = last.and_then(|at| blocks[side].get(at));
            start..last.map_or(start, |it| it.end)
        };
        let mut left = IN_ALL;
        let mut all = Vec::new();
        for op in capture_diff_slices(Algorithm::Myers, &ids[0], &ids[1]) {
            let was = place(0, op.old_range(), old.end);
            let is = place(1, op.new_range(), new.end);
            let size = was.len() + is.len();
            if matches!(op, DiffOp::Equal { .. }) {
                all.push(as_before(was, is));
            } else if size <= AT_ONCE.min(left) {
                left -= size;
                all.extend(self.by_word(was, is));
            } else {
                all.push(exchanged(was, is));
            }
        }
        all
    }

    fn by_word(&self, old: Range<usize>, new: Range<usize>) -> Vec<Stretch> {
        let (a, b) = (&self.old.words[old.clone()], &self.new.words[new.clone()]);
        let of = |op: DiffOp| Stretch {
            same: matches!(op, DiffOp::Equal { .. }),
            before: old.start + op.old_range().start..old.start + op.old_range().end,
            after: new.start + op.new_range().start..new.start + op.new_range().end,
        };
        let ops = capture_diff_slices(Algorithm::Myers, a, b);
        ops.into_iter().map(of).collect()
    }
}

impl Side<'_, '_> {
    /// The paragraphs of a range.
    fn blocks(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut blocks: Vec<Range<usize>> = Vec::new();
        let mut last = None;
        for at in range {
            let block = self.tokens.get(at).map(|it| it.block);
            match blocks.last_mut().filter(|_| last == block) {
                Some(it) => it.end = at + 1,
                None => blocks.push(at..at + 1),
            }
            last = block;
        }
        blocks
    }
}

fn as_before(before: Range<usize>, after: Range<usize>) -> Stretch {
    Stretch {
        same: true,
        before,
        after,
    }
}

fn exchanged(before: Range<usize>, after: Range<usize>) -> Stretch {
    Stretch {
        same: false,
        before,
        after,
    }
}
