//! Thresholds: what a rule takes for too long, too soon or too many.

use crate::graph::Elapsed;
use crate::model::{Duration, Profile, Threshold};

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
