//! What the project file says for all journeys.

use super::{Change, Pair};

/// What differs.
pub(super) fn changes(_pair: &Pair<'_, '_>) -> Vec<Change> {
    Vec::new()
}
