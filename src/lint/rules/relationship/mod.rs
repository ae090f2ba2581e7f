//! Who speaks, and whether anybody listens.

mod handover_unannounced;
mod no_help_route;
mod no_reply_sender;
mod sender_churn;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &handover_unannounced::HandoverUnannounced,
    &no_help_route::NoHelpRoute,
    &no_reply_sender::NoReplySender,
    &sender_churn::SenderChurn,
];
