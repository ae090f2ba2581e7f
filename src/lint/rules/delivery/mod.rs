//! Whether a message arrives, and how it looks there.

mod active_content;
mod broken_anchor;
mod css_unsupported;
mod from_domain_unaligned;
mod gmail_clipping;
mod hidden_text;
mod html_unsupported;
mod image_format;
mod image_size_missing;
mod insecure_link;
mod link_shortener;
mod link_text_mismatch;
mod mobile_unfriendly;
mod non_public_link;
mod sends_to_unengaged;
mod streams_not_separated;
mod style_block_too_big;
mod style_in_body;
mod sunset_policy_missing;
mod unexpected_link_domain;
mod unknown_mjml;
mod unsubscribe_below_clip;
mod utm_inconsistent;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &active_content::ActiveContent,
    &broken_anchor::BrokenAnchor,
    &css_unsupported::CssUnsupported,
    &from_domain_unaligned::FromDomainUnaligned,
    &gmail_clipping::GmailClipping,
    &hidden_text::HiddenText,
    &html_unsupported::HtmlUnsupported,
    &image_format::ImageFormat,
    &image_size_missing::ImageSizeMissing,
    &insecure_link::InsecureLink,
    &link_shortener::LinkShortener,
    &link_text_mismatch::LinkTextMismatch,
    &mobile_unfriendly::MobileUnfriendly,
    &non_public_link::NonPublicLink,
    &sends_to_unengaged::SendsToUnengaged,
    &streams_not_separated::StreamsNotSeparated,
    &style_block_too_big::StyleBlockTooBig,
    &style_in_body::StyleInBody,
    &sunset_policy_missing::SunsetPolicyMissing,
    &unexpected_link_domain::UnexpectedLinkDomain,
    &unknown_mjml::UnknownMjml,
    &unsubscribe_below_clip::UnsubscribeBelowClip,
    &utm_inconsistent::UtmInconsistent,
];
