//! The checkers: one file a rule, named after it, one line each here, sorted.

mod delay_notice_missing;
mod feedback_before_delivery;
mod feedback_too_soon;
mod feedback_while_inbound_open;
mod metric_mismatch;
mod repeated_feedback_request;
mod stays;
mod survey_fatigue;
mod window_breaks_deadline;
mod zero_wait;

use super::Checker;

/// All of them, sorted by name.
pub const ALL: &[&dyn Checker] = &[
    &delay_notice_missing::DelayNoticeMissing,
    &feedback_before_delivery::FeedbackBeforeDelivery,
    &feedback_too_soon::FeedbackTooSoon,
    &feedback_while_inbound_open::FeedbackWhileInboundOpen,
    &metric_mismatch::MetricMismatch,
    &repeated_feedback_request::RepeatedFeedbackRequest,
    &survey_fatigue::SurveyFatigue,
    &window_breaks_deadline::WindowBreaksDeadline,
    &zero_wait::ZeroWait,
];

/// The checker of a rule.
pub fn of(rule: &str) -> Option<&'static dyn Checker> {
    ALL.iter().copied().find(|it| it.rule() == rule)
}
