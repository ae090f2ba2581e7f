//! What journeys do to each other.

mod abandonment_vs_post_purchase;
mod attribute_race;
mod contradictory_messages;
mod critical_touchpoint_cappable;
mod duplicate_send_overlap;
mod frequency_cap_exceeded;
mod orphan_journey;
mod orphan_next;
mod promo_before_delivery;
mod same_trigger_collision;
mod sender_churn_across_journeys;
mod suppression_inconsistent;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &abandonment_vs_post_purchase::AbandonmentVsPostPurchase,
    &attribute_race::AttributeRace,
    &contradictory_messages::ContradictoryMessages,
    &critical_touchpoint_cappable::CriticalTouchpointCappable,
    &duplicate_send_overlap::DuplicateSendOverlap,
    &frequency_cap_exceeded::FrequencyCapExceeded,
    &orphan_journey::OrphanJourney,
    &orphan_next::OrphanNext,
    &promo_before_delivery::PromoBeforeDelivery,
    &same_trigger_collision::SameTriggerCollision,
    &sender_churn_across_journeys::SenderChurnAcrossJourneys,
    &suppression_inconsistent::SuppressionInconsistent,
];
