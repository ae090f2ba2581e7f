//! Too early, too late, too close together.

mod delay_notice_missing;
mod dst_sensitive_deadline;
mod follow_up_within_7_days;
mod next_steps_after_payment;
mod post_payment_gap;
mod post_purchase_crowding;
mod silence_after_payment;
mod thank_you_missing;
mod timezone_unknown_fallback;
mod wait_too_long;
mod wait_unit_changed;
mod wait_unit_suspicious;
mod window_breaks_deadline;
mod wow_window;
mod zero_wait;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &delay_notice_missing::DelayNoticeMissing,
    &dst_sensitive_deadline::DstSensitiveDeadline,
    &follow_up_within_7_days::FollowUpWithin7Days,
    &next_steps_after_payment::NextStepsAfterPayment,
    &post_payment_gap::PostPaymentGap,
    &post_purchase_crowding::PostPurchaseCrowding,
    &silence_after_payment::SilenceAfterPayment,
    &thank_you_missing::ThankYouMissing,
    &timezone_unknown_fallback::TimezoneUnknownFallback,
    &wait_too_long::WaitTooLong,
    &wait_unit_changed::WaitUnitChanged,
    &wait_unit_suspicious::WaitUnitSuspicious,
    &window_breaks_deadline::WindowBreaksDeadline,
    &wow_window::WowWindow,
    &zero_wait::ZeroWait,
];
