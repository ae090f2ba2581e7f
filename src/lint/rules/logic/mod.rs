//! Ways through a journey that make no sense.

mod dead_branch;
mod identical_branches;
mod infinite_loop;
mod missing_default_branch;
mod split_weights;
mod unreachable_step;
mod wait_without_timeout;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &dead_branch::DeadBranch,
    &identical_branches::IdenticalBranches,
    &infinite_loop::InfiniteLoop,
    &missing_default_branch::MissingDefaultBranch,
    &split_weights::SplitWeights,
    &unreachable_step::UnreachableStep,
    &wait_without_timeout::WaitWithoutTimeout,
];
