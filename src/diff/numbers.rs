//! Numbers that a reviewer can hold on to.

use super::{Number, Pair};

/// Those of the headline.
pub(super) fn overall(_pair: &Pair<'_, '_>) -> Vec<Number> {
    Vec::new()
}

/// Those of one journey, by its names on both sides.
pub(super) fn of(_pair: &Pair<'_, '_>, _before: Option<&str>, _after: Option<&str>) -> Vec<Number> {
    Vec::new()
}
