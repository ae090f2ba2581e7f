//! Lengths of time, bounded from both sides.

use std::fmt;
use std::ops::{Add, Sub};

/// Seconds between two moments. Sums saturate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Elapsed(pub i64);

/// The later end of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    /// Not later than this.
    Finite(Elapsed),
    /// Perhaps never.
    Endless,
}

/// How long something takes: at least `lo`, at most `hi`. Deadlines look at `hi`; spacing and
/// crowding look at `lo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    /// The shortest it can take.
    pub lo: Elapsed,
    /// The longest it can take.
    pub hi: Bound,
}

impl Elapsed {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// One hour: what a clock change adds or takes.
    pub const HOUR: Self = Self(3_600);
    /// One day of 24 hours.
    pub const DAY: Self = Self(86_400);

    /// So many minutes.
    pub fn minutes(count: i64) -> Self {
        Self(count.saturating_mul(60))
    }

    /// So many hours.
    pub fn hours(count: i64) -> Self {
        Self(count.saturating_mul(Self::HOUR.0))
    }

    /// The length in hours and minutes, `63 h 30 min`, where days would make people reckon.
    pub fn in_hours(self) -> String {
        let minutes = self.0 / 60;
        match (minutes / 60, minutes % 60) {
            (0, rest) => format!("{rest} min"),
            (hours, 0) => format!("{hours} h"),
            (hours, rest) => format!("{hours} h {rest} min"),
        }
    }

    /// So many days of 24 hours.
    pub fn days(count: i64) -> Self {
        Self(count.saturating_mul(Self::DAY.0))
    }
}

impl Bound {
    /// No time at all.
    pub const ZERO: Self = Self::Finite(Elapsed::ZERO);

    /// The length, unless it is endless.
    pub fn finite(self) -> Option<Elapsed> {
        match self {
            Self::Finite(it) => Some(it),
            Self::Endless => None,
        }
    }
}

impl Interval {
    /// No time at all.
    pub const ZERO: Self = Self {
        lo: Elapsed::ZERO,
        hi: Bound::ZERO,
    };
    /// At once, or never, or at any moment between.
    pub const ANY: Self = Self {
        lo: Elapsed::ZERO,
        hi: Bound::Endless,
    };

    /// Just so long.
    pub fn exactly(it: Elapsed) -> Self {
        Self {
            lo: it,
            hi: Bound::Finite(it),
        }
    }

    /// From nothing to so long.
    pub fn up_to(hi: Elapsed) -> Self {
        Self::between(Elapsed::ZERO, hi)
    }

    /// From the one to the other.
    pub fn between(lo: Elapsed, hi: Elapsed) -> Self {
        Self {
            lo,
            hi: Bound::Finite(hi),
        }
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            lo: self.lo.min(other.lo),
            hi: self.hi.max(other.hi),
        }
    }

    /// The shortest time between a moment of this interval and one of another.
    pub(super) fn apart(self, other: Self) -> Elapsed {
        let gap = |early: Self, late: Self| match early.hi.finite() {
            Some(hi) if hi < late.lo => late.lo - hi,
            _ => Elapsed::ZERO,
        };
        gap(self, other).max(gap(other, self))
    }

    /// Whether a length lies inside.
    pub fn holds(self, it: Elapsed) -> bool {
        self.lo <= it && Bound::Finite(it) <= self.hi
    }
}

impl Add for Elapsed {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Elapsed {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Bound {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        match (self, other) {
            (Self::Finite(a), Self::Finite(b)) => Self::Finite(a + b),
            _ => Self::Endless,
        }
    }
}

impl Add for Interval {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            lo: self.lo + other.lo,
            hi: self.hi + other.hi,
        }
    }
}

impl From<Elapsed> for Bound {
    fn from(it: Elapsed) -> Self {
        Self::Finite(it)
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let rest = self.0.unsigned_abs();
        let parts = [
            (rest / 86_400, "d"),
            (rest / 3_600 % 24, "h"),
            (rest / 60 % 60, "min"),
            (rest % 60, "s"),
        ];
        let mut first = true;
        for (number, unit) in parts.into_iter().filter(|it| it.0 > 0) {
            write!(f, "{}{number} {unit}", if first { "" } else { " " })?;
            first = false;
        }
        if first { f.write_str("0 min") } else { Ok(()) }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finite(it) => it.fmt(f),
            Self::Endless => f.write_str("for ever"),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.lo, self.hi) {
            (lo, Bound::Finite(hi)) if lo == hi => lo.fmt(f),
            (Elapsed::ZERO, Bound::Finite(hi)) => write!(f, "up to {hi}"),
            (lo, Bound::Finite(hi)) => write!(f, "{lo} to {hi}"),
            (Elapsed::ZERO, Bound::Endless) => f.write_str("any time"),
            (lo, Bound::Endless) => write!(f, "{lo} or longer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_like_people_write_them() {
        for (it, expected) in [
            (Elapsed::days(14), "14 d"),
            (Elapsed::hours(22), "22 h"),
            (Elapsed::hours(51), "2 d 3 h"),
            (Elapsed::minutes(90), "1 h 30 min"),
            (Elapsed::ZERO, "0 min"),
            (Elapsed(-3_600), "-1 h"),
            (Elapsed(45), "45 s"),
        ] {
            assert_eq!(it.to_string(), expected);
        }
        assert_eq!(Interval::ANY.to_string(), "any time");
        assert_eq!(Interval::up_to(Elapsed::DAY).to_string(), "up to 1 d");
        assert_eq!(
            Interval::between(Elapsed::DAY, Elapsed::hours(25)).to_string(),
            "1 d to 1 d 1 h"
        );
    }

    #[test]
    fn sums_saturate_and_endless_stays_endless() {
        assert_eq!(Elapsed(i64::MAX) + Elapsed::DAY, Elapsed(i64::MAX));
        assert_eq!(Bound::Endless + Bound::ZERO, Bound::Endless);
        assert!(Bound::Finite(Elapsed(i64::MAX)) < Bound::Endless);
        let sum = Interval::up_to(Elapsed::DAY) + Interval::ANY;
        assert_eq!(sum, Interval::ANY);
        assert!(sum.holds(Elapsed::days(9)));
    }
}
