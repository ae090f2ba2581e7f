//! The checkers: one file a rule, named after it, one line each here, sorted.

use super::Checker;

/// All of them, sorted by name.
pub const ALL: &[&dyn Checker] = &[];

/// The checker of a rule.
pub fn of(rule: &str) -> Option<&'static dyn Checker> {
    ALL.iter().copied().find(|it| it.rule() == rule)
}
