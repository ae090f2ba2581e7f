//! What a message says.

mod expired_date_in_copy;
mod fallback_ugly;
mod relative_date_unsafe;
mod sensitive_data_in_subject;
mod variable_without_fallback;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &expired_date_in_copy::ExpiredDateInCopy,
    &fallback_ugly::FallbackUgly,
    &relative_date_unsafe::RelativeDateUnsafe,
    &sensitive_data_in_subject::SensitiveDataInSubject,
    &variable_without_fallback::VariableWithoutFallback,
];
