//! Too early, too late, too close together.

mod wait_too_long;
mod zero_wait;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[&wait_too_long::WaitTooLong, &zero_wait::ZeroWait];
