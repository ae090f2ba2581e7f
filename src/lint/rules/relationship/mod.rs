//! Who speaks, and whether anybody listens.

mod ack_missing;
mod broken_promise;
mod chatbot_without_handoff;
mod handover_unannounced;
mod human_task_without_sla;
mod inbound_channel_unhandled;
mod inbound_unanswered;
mod no_help_route;
mod no_human_touchpoint;
mod no_reply_sender;
mod no_service_recovery_path;
mod offer_after_bad_news;
mod one_way_journey;
mod reply_invited_when_closed;
mod sender_churn;
mod single_channel_dependency;
mod upsell_too_soon;
mod wow_is_a_pitch;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &ack_missing::AckMissing,
    &broken_promise::BrokenPromise,
    &chatbot_without_handoff::ChatbotWithoutHandoff,
    &handover_unannounced::HandoverUnannounced,
    &human_task_without_sla::HumanTaskWithoutSla,
    &inbound_channel_unhandled::InboundChannelUnhandled,
    &inbound_unanswered::InboundUnanswered,
    &no_help_route::NoHelpRoute,
    &no_human_touchpoint::NoHumanTouchpoint,
    &no_reply_sender::NoReplySender,
    &no_service_recovery_path::NoServiceRecoveryPath,
    &offer_after_bad_news::OfferAfterBadNews,
    &one_way_journey::OneWayJourney,
    &reply_invited_when_closed::ReplyInvitedWhenClosed,
    &sender_churn::SenderChurn,
    &single_channel_dependency::SingleChannelDependency,
    &upsell_too_soon::UpsellTooSoon,
    &wow_is_a_pitch::WowIsAPitch,
];
