//! Owners, goals, reviews and exceptions.

use crate::diagnostic::RuleId;
use crate::lint::rule::{Described, Group, Rule, RuleInfo};
use crate::model::RuleLevel;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &exception("expired-allow", include_str!("expired_allow.md")),
    &exception("unused-allow", include_str!("unused_allow.md")),
];

/// A rule about `allow` entries, which the driver checks once all others have spoken.
const fn exception(id: &'static str, docs: &'static str) -> Described {
    Described(RuleInfo {
        id: RuleId(id),
        group: Group::Governance,
        level: RuleLevel::Warning,
        limit: None,
        docs,
    })
}
