//! Asking for an opinion.

mod feedback_before_delivery;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[&feedback_before_delivery::FeedbackBeforeDelivery];
