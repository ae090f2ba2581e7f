//! Whether everybody can read it.

mod alt_missing;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[&alt_missing::AltMissing];
