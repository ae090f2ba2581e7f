//! Which touchpoints law takes for advertising, and what sells.

use crate::graph::{Node, NodeKind};
use crate::model::{Channel, Class, Journey, Name, Purpose, Send, Step, Touch};
use crate::source::Spanned;

/// A commercial message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Advert<'j> {
    /// The step's name.
    pub(crate) id: &'j Name,
    /// How it reaches people.
    pub(crate) channel: Channel,
    /// What it is for.
    pub(crate) purposes: &'j [Spanned<Purpose>],
    /// Whether the journey waits for anything before it, so that people can change their mind.
    pub(crate) is_later: bool,
}

/// What says or does something that was asked for or is owed, whatever class a touch inherits.
const SERVICE: [Purpose; 6] = [
    Purpose::Confirmation,
    Purpose::Receipt,
    Purpose::StatusUpdate,
    Purpose::DelayNotice,
    Purpose::Acknowledgement,
    Purpose::LegalNotice,
];

/// What a mail says that sells something else; words that receipts use as well are left out.
const OFFERS: [&str; 20] = [
    "off your next order",
    "off your next purchase",
    "you might also like",
    "you may also like",
    "customers also bought",
    "people also bought",
    "recommended for you",
    "our recommendations for you",
    "shop now",
    "shop the sale",
    "special offer",
    "limited time offer",
    "das könnte ihnen auch gefallen",
    "das könnte dir auch gefallen",
    "kunden kauften auch",
    "unsere empfehlungen für sie",
    "rabatt auf ihre nächste",
    "rabatt auf deine nächste",
    "jetzt shoppen",
    "sonderangebot",
];

/// What a subject line says that promises a bargain. Single words such as `voucher` or `sale` are left
/// out: people buy vouchers, and sell things.
const BARGAINS: [&str; 22] = [
    "% off",
    "save up to",
    "special offer",
    "sale ends",
    "sale starts",
    "sale is on",
    "our sale",
    "spring sale",
    "summer sale",
    "winter sale",
    "black friday",
    "cyber monday",
    "a discount for",
    "discount inside",
    "voucher inside",
    "free gift",
    "% rabatt",
    "rabatt auf",
    "sonderangebot",
    "jetzt sparen",
    "schnäppchen",
    "gutschein für sie",
];

/// The words of a text, as [`said`](super::ways::said) gives it, that sell something else.
pub(crate) fn offer_in(said: &str) -> Option<&'static str> {
    super::ways::phrase(said, &OFFERS)
}

/// The words of a subject line that promise a bargain.
pub(crate) fn bargain_in(said: &str) -> Option<&'static str> {
    super::ways::phrase(said, &BARGAINS)
}

/// Whether an email is advertising. A notice that law demands is not, whatever its class says; nor is
/// the confirmation that somebody asked for by filling in a form.
pub(crate) fn is_advert(journey: &Journey, send: &Send) -> bool {
    let purposes = &send.purpose.0;
    let is_confirmation = send.requested == Some(true)
        && purposes
            .iter()
            .any(|it| it.value == Purpose::ConsentRequest);
    journey.class_of(send) == Class::Commercial
        && !is_confirmation
        && !only(purposes, &[Purpose::LegalNotice])
}

/// Whether a message of another system is advertising. Most touches say no class of their own, so what
/// they are for counts more than the journey's class.
pub(crate) fn is_advert_touch(journey: &Journey, touch: &Touch) -> bool {
    let is_message = matches!(touch.channel, Channel::Email | Channel::Sms);
    let class = touch.class.map(|it| it.value);
    let inherited = journey.class == Class::Commercial && !only(&touch.purpose.0, &SERVICE);
    is_message && class.map_or(inherited, |it| it == Class::Commercial)
}

/// Whether a node is advertising.
pub(crate) fn is_advert_node(journey: &Journey, node: &Node<'_>) -> bool {
    match node.kind {
        NodeKind::Send(it) => is_advert(journey, it),
        NodeKind::Touch(it) => is_advert_touch(journey, it),
        _ => false,
    }
}

/// The commercial messages of a journey, in the order of the file.
pub(crate) fn adverts(journey: &Journey) -> Vec<Advert<'_>> {
    let mut is_later = false;
    let mut found = Vec::new();
    for (step, _) in journey.walk() {
        let advert = |id, channel, purposes| Advert {
            id,
            channel,
            purposes,
            is_later,
        };
        match &step.value {
            Step::Send(it) if is_advert(journey, it) => {
                found.push(advert(&it.id, Channel::Email, &it.purpose.0));
            }
            Step::Touch(it) if is_advert_touch(journey, it) => {
                found.push(advert(&it.id, it.channel, &it.purpose.0));
            }
            Step::Wait(_) | Step::WaitFor(_) | Step::WaitUntil(_) | Step::Repeat(_) => {
                is_later = true;
            }
            _ => {}
        }
    }
    found
}

/// Whether a purpose is to sell: what has no place in service mail.
pub(crate) fn sells(purpose: Purpose) -> bool {
    matches!(
        purpose,
        Purpose::Offer | Purpose::CrossSell | Purpose::WinBack | Purpose::AdvocacyAsk
    )
}

/// Whether there are purposes, and all of them are among these.
fn only(purposes: &[Spanned<Purpose>], these: &[Purpose]) -> bool {
    !purposes.is_empty() && purposes.iter().all(|it| these.contains(&it.value))
}
