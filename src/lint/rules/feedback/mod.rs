//! Asking for an opinion.

mod feedback_after_refund;
mod feedback_before_delivery;
mod feedback_loop_open;
mod feedback_too_soon;
mod feedback_while_inbound_open;
mod metric_mismatch;
mod repeated_feedback_request;
mod review_gating;
mod setup_before_feedback;
mod survey_fatigue;
mod survey_too_long;
mod unhappy_route_missing;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &feedback_after_refund::FeedbackAfterRefund,
    &feedback_before_delivery::FeedbackBeforeDelivery,
    &feedback_loop_open::FeedbackLoopOpen,
    &feedback_too_soon::FeedbackTooSoon,
    &feedback_while_inbound_open::FeedbackWhileInboundOpen,
    &metric_mismatch::MetricMismatch,
    &repeated_feedback_request::RepeatedFeedbackRequest,
    &review_gating::ReviewGating,
    &setup_before_feedback::SetupBeforeFeedback,
    &survey_fatigue::SurveyFatigue,
    &survey_too_long::SurveyTooLong,
    &unhappy_route_missing::UnhappyRouteMissing,
];
