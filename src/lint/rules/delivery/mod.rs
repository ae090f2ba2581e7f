//! Whether a message arrives, and how it looks there.

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[];
