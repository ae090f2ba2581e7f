//! What the pass adds up: lengths of paths, with the hour of a clock change kept apart.

use super::clock::Stretch;
use super::path::By;
use super::time::{Bound, Elapsed, Interval};

/// There is no such path.
const NONE: i64 = i64::MIN;
/// The path takes for ever.
const ENDLESS: i64 = i64::MAX;

/// The length of the longest path, in seconds, negative when the shortest is looked for: apart for
/// paths that no clock change can touch, and for those that one can, without its hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sum {
    plain: i64,
    shifted: i64,
}

impl Sum {
    /// No time at all.
    pub(super) const ZERO: Self = Self {
        plain: 0,
        shifted: NONE,
    };
    /// No path at all.
    pub(super) const NONE: Self = Self {
        plain: NONE,
        shifted: NONE,
    };

    /// The length of a stretch.
    pub(super) fn of(stretch: Stretch, by: By) -> Self {
        let (length, shifts) = match by {
            By::Shortest => (-stretch.nominal.lo.0, stretch.early),
            By::Longest => match stretch.nominal.hi {
                Bound::Finite(it) => (it.0, stretch.late),
                Bound::Endless => (ENDLESS, false),
            },
        };
        if shifts {
            Self {
                plain: NONE,
                shifted: length,
            }
        } else {
            Self {
                plain: length,
                shifted: NONE,
            }
        }
    }

    /// The longer of two.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            plain: self.plain.max(other.plain),
            shifted: self.shifted.max(other.shifted),
        }
    }

    /// One after the other.
    pub(super) fn then(self, next: Self) -> Self {
        let shifted = add(self.plain, next.shifted)
            .max(add(self.shifted, next.plain))
            .max(add(self.shifted, next.shifted));
        Self {
            plain: add(self.plain, next.plain),
            shifted,
        }
    }

    /// So many times in a row.
    pub(super) fn times(self, count: u64) -> Self {
        let Some(rest) = count.checked_sub(1) else {
            return Self::ZERO;
        };
        let others = if rest == 0 {
            0
        } else {
            multiply(self.plain.max(self.shifted), rest)
        };
        Self {
            plain: multiply(self.plain, count),
            shifted: add(others, self.shifted),
        }
    }

    /// The length with and the length without a clock change, each for itself.
    pub(super) fn apart(self) -> [Self; 2] {
        let plain = Self {
            shifted: NONE,
            ..self
        };
        let shifted = Self {
            plain: NONE,
            ..self
        };
        [plain, shifted]
    }

    /// Whether one of the two lengths is that of the other.
    pub(super) fn covers(self, other: Self) -> bool {
        (other.plain != NONE && self.plain == other.plain)
            || (other.shifted != NONE && self.shifted == other.shifted)
    }

    /// Whether there is no path.
    pub(super) fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// The length with the hour of a clock change, for comparing.
    pub(super) fn total(self) -> i64 {
        self.plain.max(add(self.shifted, Elapsed::HOUR.0))
    }

    /// Whether the length counts on a clock change.
    pub(super) fn is_shifted(self) -> bool {
        self.total() > self.plain
    }

    /// The time that it stands for; nothing if there is no path.
    pub(super) fn time(self, by: By) -> Option<Bound> {
        match (self.total(), by) {
            (NONE, _) => None,
            (ENDLESS, _) => Some(Bound::Endless),
            (it, By::Shortest) => Some(Bound::Finite(Elapsed(-it))),
            (it, By::Longest) => Some(Bound::Finite(Elapsed(it))),
        }
    }

    /// The stretch between a shortest and a longest length; nothing if there is no path.
    pub(super) fn stretch(shortest: Self, longest: Self) -> Option<Stretch> {
        let early = shortest.is_shifted();
        let late = longest.is_shifted();
        let lo = if early {
            shortest.shifted
        } else {
            shortest.plain
        };
        let hi = if late { longest.shifted } else { longest.plain };
        (!shortest.is_none() && !longest.is_none()).then(|| Stretch {
            nominal: Interval {
                lo: Elapsed(-lo),
                hi: match hi {
                    ENDLESS => Bound::Endless,
                    _ => Bound::Finite(Elapsed(hi)),
                },
            },
            early,
            late,
        })
    }
}

fn add(one: i64, other: i64) -> i64 {
    match (one, other) {
        (NONE, _) | (_, NONE) => NONE,
        (ENDLESS, _) | (_, ENDLESS) => ENDLESS,
        _ => one.saturating_add(other).clamp(NONE + 1, ENDLESS - 1),
    }
}

fn multiply(length: i64, count: u64) -> i64 {
    match length {
        NONE | ENDLESS => length,
        _ => {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            length.saturating_mul(count).clamp(NONE + 1, ENDLESS - 1)
        }
    }
}
