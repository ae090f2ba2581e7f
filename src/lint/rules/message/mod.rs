//! What a message says.

mod coupon_without_fallback;
mod display_name_abuse;
mod duplicate_copy;
mod expired_date_in_copy;
mod fallback_ugly;
mod hard_to_read;
mod house_style;
mod image_of_text;
mod impersonal_post_purchase;
mod link_text_vague;
mod locale_missing;
mod no_cta;
mod placeholder_left;
mod preheader_length;
mod preheader_missing;
mod preheader_repeats_subject;
mod promise_block_unparsed;
mod relative_date_unsafe;
mod secret_in_body;
mod sensitive_data_in_subject;
mod stale_content;
mod subject_body_mismatch;
mod subject_missing;
mod subject_shouting;
mod subject_too_long;
mod subject_too_short;
mod too_many_ctas;
mod translation_diverges;
mod variable_without_fallback;
mod wrong_purpose_copy;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &coupon_without_fallback::CouponWithoutFallback,
    &display_name_abuse::DisplayNameAbuse,
    &duplicate_copy::DuplicateCopy,
    &expired_date_in_copy::ExpiredDateInCopy,
    &fallback_ugly::FallbackUgly,
    &hard_to_read::HardToRead,
    &house_style::HouseStyle,
    &image_of_text::ImageOfText,
    &impersonal_post_purchase::ImpersonalPostPurchase,
    &link_text_vague::LinkTextVague,
    &locale_missing::LocaleMissing,
    &no_cta::NoCta,
    &placeholder_left::PlaceholderLeft,
    &preheader_length::PreheaderLength,
    &preheader_missing::PreheaderMissing,
    &preheader_repeats_subject::PreheaderRepeatsSubject,
    &promise_block_unparsed::PromiseBlockUnparsed,
    &relative_date_unsafe::RelativeDateUnsafe,
    &secret_in_body::SecretInBody,
    &sensitive_data_in_subject::SensitiveDataInSubject,
    &stale_content::StaleContent,
    &subject_body_mismatch::SubjectBodyMismatch,
    &subject_missing::SubjectMissing,
    &subject_shouting::SubjectShouting,
    &subject_too_long::SubjectTooLong,
    &subject_too_short::SubjectTooShort,
    &too_many_ctas::TooManyCtas,
    &translation_diverges::TranslationDiverges,
    &variable_without_fallback::VariableWithoutFallback,
    &wrong_purpose_copy::WrongPurposeCopy,
];
