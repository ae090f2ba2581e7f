//! What a provider cannot do. The targets report these; here each has its page.

use crate::diagnostic::RuleId;
use crate::lint::rule::{Described, Group, Rule, RuleInfo};
use crate::model::RuleLevel;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &loss(
        "beyond-horizon",
        RuleLevel::Warning,
        include_str!("beyond_horizon.md"),
    ),
    &loss(
        "missing-target-id",
        RuleLevel::Error,
        include_str!("missing_target_id.md"),
    ),
    &loss(
        "not-expressible-on-target",
        RuleLevel::Error,
        include_str!("not_expressible_on_target.md"),
    ),
    &loss(
        "plugin-finding",
        RuleLevel::Error,
        include_str!("plugin_finding.md"),
    ),
    &loss(
        "semantics-shift",
        RuleLevel::Warning,
        include_str!("semantics_shift.md"),
    ),
    &loss(
        "target-too-large",
        RuleLevel::Error,
        include_str!("target_too_large.md"),
    ),
];

const fn loss(id: &'static str, level: RuleLevel, docs: &'static str) -> Described {
    Described(RuleInfo {
        id: RuleId(id),
        group: Group::Export,
        level,
        limit: None,
        docs,
    })
}
