//! The checkers: one file a rule, named after it, one line each here, sorted.

mod abandonment_vs_post_purchase;
mod delay_notice_missing;
mod duplicate_send_overlap;
mod exit_checked_once;
mod exit_on_conversion;
mod feedback_before_delivery;
mod feedback_too_soon;
mod feedback_while_inbound_open;
mod follow_up_within_7_days;
mod frequency_cap_exceeded;
mod guard_window_not_longer_than_wait;
mod handover_unannounced;
mod implied_consent_expired;
mod journey_dead_end;
mod journey_ends_at_purchase;
mod metric_mismatch;
mod next_steps_after_payment;
mod owed;
mod payment;
mod post_payment_gap;
mod repeated_feedback_request;
mod sender_churn;
mod silence_after_payment;
mod stays;
mod survey_fatigue;
mod thank_you_missing;
mod unsubscribe_not_honoured_in_time;
mod window_breaks_deadline;
mod wow_window;
mod zero_wait;

use super::Checker;

/// All of them, sorted by name.
pub const ALL: &[&dyn Checker] = &[
    &abandonment_vs_post_purchase::AbandonmentVsPostPurchase,
    &delay_notice_missing::DelayNoticeMissing,
    &duplicate_send_overlap::DuplicateSendOverlap,
    &exit_checked_once::ExitCheckedOnce,
    &exit_on_conversion::ExitOnConversion,
    &feedback_before_delivery::FeedbackBeforeDelivery,
    &feedback_too_soon::FeedbackTooSoon,
    &feedback_while_inbound_open::FeedbackWhileInboundOpen,
    &follow_up_within_7_days::FollowUpWithin7Days,
    &frequency_cap_exceeded::FrequencyCapExceeded,
    &guard_window_not_longer_than_wait::GuardWindow,
    &handover_unannounced::HandoverUnannounced,
    &implied_consent_expired::ImpliedConsentExpired,
    &journey_dead_end::JourneyDeadEnd,
    &journey_ends_at_purchase::JourneyEndsAtPurchase,
    &metric_mismatch::MetricMismatch,
    &next_steps_after_payment::NextStepsAfterPayment,
    &post_payment_gap::PostPaymentGap,
    &repeated_feedback_request::RepeatedFeedbackRequest,
    &sender_churn::SenderChurn,
    &silence_after_payment::SilenceAfterPayment,
    &survey_fatigue::SurveyFatigue,
    &thank_you_missing::ThankYouMissing,
    &unsubscribe_not_honoured_in_time::UnsubscribeNotHonouredInTime,
    &window_breaks_deadline::WindowBreaksDeadline,
    &wow_window::WowWindow,
    &zero_wait::ZeroWait,
];

/// The checker of a rule.
pub fn of(rule: &str) -> Option<&'static dyn Checker> {
    ALL.iter().copied().find(|it| it.rule() == rule)
}
