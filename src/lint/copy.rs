//! What a letter says of its own: its text without what stands in many letters.
//!
//! Lines are compared by their hashes, which are the same in every run.
//! Not done here: telling how much alike two texts are worth.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::letter::Letter;
use super::ways::{lines, words};

/// The lines that stand in several templates of one language: footers, signatures, greetings.
#[derive(Debug, Default)]
pub(crate) struct Boilerplate {
    /// For each line the template that was last seen with it, and in how many it stands.
    seen: HashMap<u64, (u64, u8)>,
}

/// A line that stands in so many templates belongs to none of them.
const SHARED: u8 = 3;

impl Boilerplate {
    /// What the letters of a program share.
    pub(super) fn of(letters: &[Letter<'_>]) -> Self {
        let mut seen: HashMap<u64, (u64, u8)> = HashMap::new();
        for letter in letters {
            let template = hash(&letter.template.name);
            for line in lines(&letter.mail.text) {
                let (last, count) = seen.entry(key(letter, &line)).or_default();
                if *last != template {
                    *last = template;
                    *count = count.saturating_add(1);
                }
            }
        }
        Self { seen }
    }

    /// The words of a letter's own lines, as sorted hashes.
    pub(super) fn own_words(&self, letter: &Letter<'_>) -> Vec<u64> {
        let is_own = |line: &String| {
            let seen = self.seen.get(&key(letter, line));
            seen.is_none_or(|it| it.1 < SHARED)
        };
        let lines = lines(&letter.mail.text).into_iter().filter(is_own);
        let mut found: Vec<u64> = lines
            .flat_map(|it| words(&it).map(|it| hash(&it)).collect::<Vec<_>>())
            .collect();
        found.sort_unstable();
        found
    }
}

/// How much of two texts is the same, in percent; each word counts as often as it stands in both.
pub(crate) fn alike(one: &[u64], other: &[u64]) -> usize {
    let (mut a, mut b) = (one.iter().peekable(), other.iter().peekable());
    let mut common = 0;
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => _ = a.next(),
            std::cmp::Ordering::Greater => _ = b.next(),
            std::cmp::Ordering::Equal => {
                common += 1;
                a.next();
                b.next();
            }
        }
    }
    200 * common / (one.len() + other.len()).max(1)
}

fn key(letter: &Letter<'_>, line: &str) -> u64 {
    hash(&(&*letter.template.locale, line))
}

fn hash(it: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    it.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::alike;

    #[test]
    fn words_count_as_often_as_they_stand_in_both() {
        assert_eq!(alike(&[1, 2, 2, 3], &[2, 2, 3, 4]), 75);
        assert_eq!(alike(&[1], &[2]), 0);
        assert_eq!(alike(&[], &[]), 0);
    }
}
