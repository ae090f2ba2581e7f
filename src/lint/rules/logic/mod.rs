//! Ways through a journey that make no sense.

mod backfill_on_launch;
mod dead_branch;
mod exit_checked_once;
mod exit_on_conversion;
mod goal_exit_conflict;
mod guard_disjunction;
mod guard_window_not_longer_than_wait;
mod identical_branches;
mod in_flight_policy_missing;
mod infinite_loop;
mod journey_too_complex;
mod missing_default_branch;
mod no_exit;
mod reentry_storm;
mod reentry_undeclared;
mod renamed_step_id;
mod self_trigger_cycle;
mod split_weights;
mod trigger_widened;
mod unreachable_step;
mod unused_definition;
mod wait_without_timeout;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &backfill_on_launch::BackfillOnLaunch,
    &dead_branch::DeadBranch,
    &exit_checked_once::ExitCheckedOnce,
    &exit_on_conversion::ExitOnConversion,
    &goal_exit_conflict::GoalExitConflict,
    &guard_disjunction::GuardDisjunction,
    &guard_window_not_longer_than_wait::GuardWindow,
    &identical_branches::IdenticalBranches,
    &in_flight_policy_missing::InFlightPolicyMissing,
    &infinite_loop::InfiniteLoop,
    &journey_too_complex::JourneyTooComplex,
    &missing_default_branch::MissingDefaultBranch,
    &no_exit::NoExit,
    &reentry_storm::ReentryStorm,
    &reentry_undeclared::ReentryUndeclared,
    &renamed_step_id::RenamedStepId,
    &self_trigger_cycle::SelfTriggerCycle,
    &split_weights::SplitWeights,
    &trigger_widened::TriggerWidened,
    &unreachable_step::UnreachableStep,
    &unused_definition::UnusedDefinition,
    &wait_without_timeout::WaitWithoutTimeout,
];
