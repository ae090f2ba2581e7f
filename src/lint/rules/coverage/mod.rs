//! Whether every part of the relationship is looked after.

mod abandonment_discount_first;
mod abandonment_timing;
mod abandonment_unhandled;
mod advocacy_missing;
mod advocacy_too_soon;
mod after_event_unhandled;
mod contact_gap;
mod emotion_trough;
mod emotion_undeclared;
mod ends_low;
mod event_unhandled;
mod first_purchase_not_distinguished;
mod follow_up_after_sale_missing;
mod hard_sell_early;
mod journey_dead_end;
mod journey_ends_at_purchase;
mod no_way_back;
mod obstacle_unmitigated;
mod offline_touch_unannounced;
mod persona_missing;
mod persona_not_covered;
mod pre_sale_heavy;
mod referral_not_closed;
mod renewal_reminder;
mod return_stage_missing;
mod stage_not_covered;
mod stage_untagged;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &abandonment_discount_first::AbandonmentDiscountFirst,
    &abandonment_timing::AbandonmentTiming,
    &abandonment_unhandled::AbandonmentUnhandled,
    &advocacy_missing::AdvocacyMissing,
    &advocacy_too_soon::AdvocacyTooSoon,
    &after_event_unhandled::AfterEventUnhandled,
    &contact_gap::ContactGap,
    &emotion_trough::EmotionTrough,
    &emotion_undeclared::EmotionUndeclared,
    &ends_low::EndsLow,
    &event_unhandled::EventUnhandled,
    &first_purchase_not_distinguished::FirstPurchaseNotDistinguished,
    &follow_up_after_sale_missing::FollowUpAfterSaleMissing,
    &hard_sell_early::HardSellEarly,
    &journey_dead_end::JourneyDeadEnd,
    &journey_ends_at_purchase::JourneyEndsAtPurchase,
    &no_way_back::NoWayBack,
    &obstacle_unmitigated::ObstacleUnmitigated,
    &offline_touch_unannounced::OfflineTouchUnannounced,
    &persona_missing::PersonaMissing,
    &persona_not_covered::PersonaNotCovered,
    &pre_sale_heavy::PreSaleHeavy,
    &referral_not_closed::ReferralNotClosed,
    &renewal_reminder::RenewalReminder,
    &return_stage_missing::ReturnStageMissing,
    &stage_not_covered::StageNotCovered,
    &stage_untagged::StageUntagged,
];
