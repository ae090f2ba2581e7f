//! Ways through a journey that make no sense.

mod dead_branch;
mod identical_branches;
mod in_flight_policy_missing;
mod infinite_loop;
mod missing_default_branch;
mod renamed_step_id;
mod split_weights;
mod trigger_widened;
mod unreachable_step;
mod wait_without_timeout;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &dead_branch::DeadBranch,
    &identical_branches::IdenticalBranches,
    &in_flight_policy_missing::InFlightPolicyMissing,
    &infinite_loop::InfiniteLoop,
    &missing_default_branch::MissingDefaultBranch,
    &renamed_step_id::RenamedStepId,
    &split_weights::SplitWeights,
    &trigger_widened::TriggerWidened,
    &unreachable_step::UnreachableStep,
    &wait_without_timeout::WaitWithoutTimeout,
];
