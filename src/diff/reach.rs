//! Whom a shared thing that differs reaches.

use super::{Pair, Reach};

/// What is shared and differs.
pub(super) fn changes(_pair: &Pair<'_, '_>) -> Vec<Reach> {
    Vec::new()
}
