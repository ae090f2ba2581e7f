//! Thresholds: what a rule takes for too long, too soon or too many.

use crate::graph::Elapsed;
use crate::model::{Duration, Profile, Threshold};

/// Nobody is in a journey for longer; a longer threshold would switch the rule off and not say so.
const LONGEST: Elapsed = Elapsed(3_660 * Elapsed::DAY.0);
/// The same for numbers.
const LARGEST: f64 = 1_000_000.0;

/// A rule's threshold, with what a kind of business changes about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// A duration.
    Duration(Duration, &'static [(Profile, Duration)]),
    /// A number.
    Number(f64, &'static [(Profile, f64)]),
}

impl Limit {
    /// The threshold for a kind of business.
    pub fn of(&self, profile: Profile) -> Threshold {
        fn pick<T: Copy>(default: T, profiles: &[(Profile, T)], profile: Profile) -> T {
            let found = profiles.iter().find(|(it, _)| *it == profile);
            found.map_or(default, |(_, value)| *value)
        }
        match self {
            Self::Duration(default, profiles) => {
                Threshold::Duration(pick(*default, profiles, profile))
            }
            Self::Number(default, profiles) => Threshold::Number(pick(*default, profiles, profile)),
        }
    }

    /// The threshold for every kind of business that says nothing else.
    pub fn default_value(&self) -> Threshold {
        match self {
            Self::Duration(it, _) => Threshold::Duration(*it),
            Self::Number(it, _) => Threshold::Number(*it),
        }
    }

    /// Whether a written threshold is of this kind.
    pub fn takes(&self, written: Threshold) -> bool {
        matches!(
            (self, written),
            (Self::Duration(..), Threshold::Duration(_)) | (Self::Number(..), Threshold::Number(_))
        )
    }

    /// Why a written threshold makes no sense for this rule, and what to write; nothing if it does.
    pub fn complaint(&self, written: Threshold) -> Option<(&'static str, String)> {
        let off = "or switch the rule off";
        match (self, written) {
            _ if !self.takes(written) => Some(("is of the wrong kind", self.phrase().to_owned())),
            (_, Threshold::Duration(it)) if it.is_zero() => {
                Some(("is no time at all", format!("{}, {off}", self.phrase())))
            }
            (_, Threshold::Duration(it)) if on_the_calendar(it) > LONGEST => Some((
                "is longer than any journey",
                format!("{}, {off}", self.phrase()),
            )),
            (_, Threshold::Number(it)) if !(0.0..=LARGEST).contains(&it) => Some((
                "is out of reach",
                format!("a number from 0 to {LARGEST}, {off}"),
            )),
            (Self::Number(default, _), Threshold::Number(it)) if *default < 1.0 && it > 1.0 => {
                Some((
                    "is more than the whole",
                    "a share from 0 to 1, such as `0.5`".to_owned(),
                ))
            }
            _ => None,
        }
    }

    /// What must be written, with an article.
    pub fn phrase(&self) -> &'static str {
        match self {
            Self::Duration(..) => "a duration such as `3d`",
            Self::Number(..) => "a number",
        }
    }
}

/// The length of a duration as a threshold: five business days are a week, and clocks stand still.
pub(crate) fn on_the_calendar(duration: Duration) -> Elapsed {
    let days = i64::from(duration.days) + i64::from(duration.business_days) * 7 / 5;
    Elapsed::days(days) + Elapsed::minutes(i64::from(duration.minutes))
}
