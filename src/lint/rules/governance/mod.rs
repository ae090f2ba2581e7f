//! Owners, goals, reviews and exceptions.

mod change_without_test;
mod goal_missing;
mod metric_missing;
mod no_holdout;
mod open_based_branch;
mod opens_only;
mod owner_missing;
mod retention_metric_missing;
mod review_overdue;
mod reviewer_missing;
mod single_horizon_metrics;
mod touchpoint_unmeasured;
mod transition_unmeasured;

use crate::diagnostic::RuleId;
use crate::lint::rule::{Described, Group, Rule, RuleInfo};
use crate::model::RuleLevel;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &change_without_test::ChangeWithoutTest,
    &exception("expired-allow", include_str!("expired_allow.md")),
    &goal_missing::GoalMissing,
    &metric_missing::MetricMissing,
    &no_holdout::NoHoldout,
    &open_based_branch::OpenBasedBranch,
    &opens_only::OpensOnly,
    &owner_missing::OwnerMissing,
    &retention_metric_missing::RetentionMetricMissing,
    &review_overdue::ReviewOverdue,
    &reviewer_missing::ReviewerMissing,
    &single_horizon_metrics::SingleHorizonMetrics,
    &touchpoint_unmeasured::TouchpointUnmeasured,
    &transition_unmeasured::TransitionUnmeasured,
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
