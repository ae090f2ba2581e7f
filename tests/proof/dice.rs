//! Chance that can be repeated: the same seed throws the same numbers.

/// A generator of numbers (`SplitMix64`).
#[derive(Debug, Clone)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// Dice for the n-th thing of a run.
    pub fn new(seed: u64, number: u64) -> Self {
        let mut it = Self {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                ^ number.wrapping_mul(0xd134_2543_de82_ef95),
        };
        it.next();
        it
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0, below another one, which is at least 1.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit.max(1)).unwrap_or(1);
        usize::try_from(self.next() % limit).unwrap_or(0)
    }

    /// A number from one to another, both included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to - from).unwrap_or(0) + 1;
        from + i64::try_from(self.next() % span).unwrap_or(0)
    }

    /// Yes, in so many of a hundred cases.
    pub fn percent(&mut self, share: u64) -> bool {
        self.next() % 100 < share
    }

    /// One of several.
    pub fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}
