//! Which messages want people to buy.

use crate::model::{Purpose, Send};

use super::commercial::{bargain_in, offer_in};
use super::letter::Letter;
use super::ways::phrase;

/// What letters with a discount say, beside what any offer says.
const DISCOUNTS: [&str; 9] = [
    "% off",
    "% rabatt",
    "promo code",
    "discount code",
    "coupon code",
    "voucher code",
    "rabattcode",
    "gutscheincode",
    "code promo",
];

/// Whether a purpose is to make people buy.
pub(crate) fn wants_money(purpose: Purpose) -> bool {
    matches!(
        purpose,
        Purpose::Offer | Purpose::CrossSell | Purpose::WinBack
    )
}

/// Whether a mail wants people to buy; a gift does not.
pub(crate) fn pitches(send: &Send) -> bool {
    send.gift != Some(true) && send.purpose.values().any(wants_money)
}

/// The first words in a letter that sell.
pub(super) fn pitch_in(letter: &Letter<'_>) -> Option<&'static str> {
    let text = letter.said_text();
    bargain_in(letter.said_subject())
        .or_else(|| offer_in(text))
        .or_else(|| phrase(text, &DISCOUNTS))
}
