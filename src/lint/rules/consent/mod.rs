//! What law asks for.

mod canada_service_mail_unsubscribe;
mod confirmshaming;
mod consent_basis_missing;
mod consent_per_channel;
mod consent_request_by_email;
mod deceptive_subject;
mod double_opt_in_missing;
mod double_opt_in_with_promo;
mod fake_urgency;
mod implied_consent_expired;
mod jurisdiction_undeclared;
mod one_click_headers_missing;
mod postal_address_missing;
mod primary_purpose_flip;
mod purchased_list_source;
mod sms_quiet_hours;
mod soft_opt_in_scope;
mod suppression_list_not_applied;
mod transactional_with_promo;
mod unsubscribe_friction;
mod unsubscribe_link_lifetime;
mod unsubscribe_link_missing;
mod unsubscribe_not_honoured_in_time;
mod win_back_ignores_suppression;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &canada_service_mail_unsubscribe::CanadaServiceMailUnsubscribe,
    &confirmshaming::Confirmshaming,
    &consent_basis_missing::ConsentBasisMissing,
    &consent_per_channel::ConsentPerChannel,
    &consent_request_by_email::ConsentRequestByEmail,
    &deceptive_subject::DeceptiveSubject,
    &double_opt_in_missing::DoubleOptInMissing,
    &double_opt_in_with_promo::DoubleOptInWithPromo,
    &fake_urgency::FakeUrgency,
    &implied_consent_expired::ImpliedConsentExpired,
    &jurisdiction_undeclared::JurisdictionUndeclared,
    &one_click_headers_missing::OneClickHeadersMissing,
    &postal_address_missing::PostalAddressMissing,
    &primary_purpose_flip::PrimaryPurposeFlip,
    &purchased_list_source::PurchasedListSource,
    &sms_quiet_hours::SmsQuietHours,
    &soft_opt_in_scope::SoftOptInScope,
    &suppression_list_not_applied::SuppressionListNotApplied,
    &transactional_with_promo::TransactionalWithPromo,
    &unsubscribe_friction::UnsubscribeFriction,
    &unsubscribe_link_lifetime::UnsubscribeLinkLifetime,
    &unsubscribe_link_missing::UnsubscribeLinkMissing,
    &unsubscribe_not_honoured_in_time::UnsubscribeNotHonouredInTime,
    &win_back_ignores_suppression::WinBackIgnoresSuppression,
];
