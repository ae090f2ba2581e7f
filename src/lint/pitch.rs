//! Which messages want to sell something.

use crate::model::{Purpose, Send};
use crate::render::Mail;

use super::flat::flat;

/// Phrases that letters with a discount use, in lower case.
const DISCOUNT: [&str; 12] = [
    "% off",
    "promo code",
    "discount code",
    "coupon code",
    "voucher code",
    "off your next order",
    "limited offer",
    "% rabatt",
    "rabattcode",
    "gutscheincode",
    "de réduction",
    "code promo",
];

/// Whether a purpose is to sell.
pub(crate) fn sells(purpose: Purpose) -> bool {
    matches!(
        purpose,
        Purpose::Offer | Purpose::CrossSell | Purpose::WinBack
    )
}

/// Whether a mail wants to sell; a gift does not.
pub(crate) fn pitches(send: &Send) -> bool {
    send.gift != Some(true) && send.purpose.values().any(sells)
}

/// The first phrase in a mail that speaks of a discount.
pub(crate) fn discount(mail: &Mail) -> Option<&'static str> {
    let text = flat(&mail.subject) + "\n" + &flat(&mail.text);
    let text = text.to_lowercase();
    DISCOUNT
        .into_iter()
        .find(|it| text.contains(it))
        .map(str::trim)
}
