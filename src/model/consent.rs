//! What law asks about: how people said yes, how they say no, and who is watched. All of it is
//! optional; field comments are what an editor shows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::duration::Duration;
use super::many::Many;
use super::vocabulary::{Channel, words};
use crate::source::Spanned;

/// How the people of a journey came to agree.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Where their agreement, or their address, comes from.
    #[serde(default)]
    #[schemars(example = &"form")]
    pub source: Option<Spanned<ConsentSource>>,
    /// Whether each address was confirmed by its owner before the first commercial mail.
    #[serde(default)]
    #[schemars(example = true)]
    pub double_opt_in: Option<Spanned<bool>>,
    /// The channels that they agreed to; email alone if not said.
    #[serde(default)]
    #[schemars(example = ["email", "sms"])]
    pub channels: Vec<Spanned<Channel>>,
    /// How old the agreement, the purchase or the inquiry is at most when a person enters.
    #[serde(default)]
    #[schemars(example = &"270d")]
    pub age: Option<Spanned<Duration>>,
}

/// Where an agreement or an address comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentSource {
    /// They filled in a form to get this.
    Form,
    /// They ticked a box while they bought.
    Checkout,
    /// They opened an account.
    Account,
    /// They bought something.
    Purchase,
    /// They asked a question, or for a quote.
    Inquiry,
    /// They said it to one of us, in a shop, on a stand or on the phone.
    InPerson,
    /// Another company collected it and passed it on with their knowledge.
    Partner,
    /// The list was bought.
    Purchased,
    /// The list was rented.
    Rented,
    /// The addresses were added to people whom we know otherwise, by a data broker.
    Appended,
    /// The addresses were collected from web pages.
    Scraped,
}

words!(ConsentSource {
    Form => "form", Checkout => "checkout", Account => "account", Purchase => "purchase",
    Inquiry => "inquiry", InPerson => "in_person", Partner => "partner", Purchased => "purchased",
    Rented => "rented", Appended => "appended", Scraped => "scraped",
});

/// What happens when somebody wants no more mail.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unsubscribe {
    /// How soon no more commercial mail goes out.
    #[serde(default)]
    #[schemars(example = &"48h")]
    pub processed_within: Option<Spanned<Duration>>,
    /// How long the link in a mail works.
    #[serde(default)]
    #[schemars(example = &"60d")]
    pub link_lifetime: Option<Spanned<Duration>>,
    /// Whether commercial mail carries the headers that give inboxes a button of their own.
    #[serde(default)]
    #[schemars(example = true)]
    pub one_click: Option<Spanned<bool>>,
    /// What people must give or do before we stop; one or several.
    #[serde(default)]
    #[schemars(example = &"nothing")]
    pub asks: Many<Hurdle>,
}

/// What people must give or do before mail stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hurdle {
    /// The click is enough.
    Nothing,
    /// Press a button on one page.
    Confirm,
    /// Choose on one page what still to get, or nothing at all.
    Preferences,
    /// Type their address.
    Address,
    /// Log in.
    Login,
    /// Say why.
    Survey,
    /// Give more about themselves than their address.
    Details,
    /// Go through several pages.
    SeveralPages,
    /// Pay.
    Fee,
}

words!(Hurdle {
    Nothing => "nothing", Confirm => "confirm", Preferences => "preferences", Address => "address",
    Login => "login", Survey => "survey", Details => "details", SeveralPages => "several_pages", Fee => "fee",
});

/// Whether the provider watches what people do with a mail.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tracking {
    /// Whose opening of a mail is recorded.
    #[serde(default)]
    #[schemars(example = &"consent")]
    pub opens: Option<Spanned<Watched>>,
    /// Whose clicks are recorded.
    #[serde(default)]
    #[schemars(example = &"consent")]
    pub clicks: Option<Spanned<Watched>>,
}

/// Who is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Watched {
    /// Nobody.
    Nobody,
    /// Those who agreed to it.
    Consent,
    /// Everybody.
    Everybody,
}

words!(Watched { Nobody => "nobody", Consent => "consent", Everybody => "everybody" });

impl ConsentSource {
    /// Whether the people behind the addresses never dealt with us.
    pub fn is_bought(self) -> bool {
        matches!(
            self,
            Self::Purchased | Self::Rented | Self::Appended | Self::Scraped
        )
    }
}

impl Hurdle {
    /// Whether it stands between people and the end of mail: more than an address and one page.
    pub fn is_in_the_way(self) -> bool {
        !matches!(
            self,
            Self::Nothing | Self::Confirm | Self::Preferences | Self::Address
        )
    }
}
