//! The rules, one folder a group, each a sorted list.

mod export;
mod feedback;
mod governance;
mod input;
mod logic;
mod timing;

use super::rule::{Group, Rule};

/// Every group that has rules, in the order in which they are shown.
pub(super) const GROUPS: &[(Group, &[&dyn Rule])] = &[
    (Group::Input, input::RULES),
    (Group::Logic, logic::RULES),
    (Group::Timing, timing::RULES),
    (Group::Feedback, feedback::RULES),
    (Group::Governance, governance::RULES),
    (Group::Export, export::RULES),
];
