//! What a message says.

mod sensitive_data_in_subject;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[&sensitive_data_in_subject::SensitiveDataInSubject];
