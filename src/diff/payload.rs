//! What differs in what each target gets.

use super::{Pair, TargetChanges};

/// What differs, by target and environment.
pub(super) fn changes(_pair: &Pair<'_, '_>) -> Vec<TargetChanges> {
    Vec::new()
}
