//! The rules, one folder a group, each a sorted list.

mod accessibility;
mod consent;
mod coverage;
mod delivery;
mod export;
mod feedback;
mod governance;
mod input;
mod logic;
mod message;
mod overlap;
mod privacy;
mod relationship;
mod timing;

use super::rule::{Group, Rule};

/// Every group that has rules, in the order in which they are shown.
pub(super) const GROUPS: &[(Group, &[&dyn Rule])] = &[
    (Group::Input, input::RULES),
    (Group::Logic, logic::RULES),
    (Group::Timing, timing::RULES),
    (Group::Feedback, feedback::RULES),
    (Group::Relationship, relationship::RULES),
    (Group::Coverage, coverage::RULES),
    (Group::Consent, consent::RULES),
    (Group::Message, message::RULES),
    (Group::Delivery, delivery::RULES),
    (Group::Accessibility, accessibility::RULES),
    (Group::Overlap, overlap::RULES),
    (Group::Privacy, privacy::RULES),
    (Group::Governance, governance::RULES),
    (Group::Export, export::RULES),
];
