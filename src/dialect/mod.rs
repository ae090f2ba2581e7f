//! Stage 11: providers' template languages.
//!
//! In: nodes of the template IR. Out: the same in a provider's own language.
//! Invariant: what is printed means what the IR means, for every value that may come, or it is
//! refused at its place; nothing degrades silently.
//! Not done here: what a provider's API takes (that is `target`).

mod brevo;
mod django;
mod feature;
mod flat;
mod handed;
mod handlebars;
mod hubl;
mod links;
mod liquid;
mod logic;
mod merge_tags;
mod omnisend;
mod refusal;
mod scan;
mod tree;
mod variable;

use crate::diagnostic::Sink;
use crate::template::ir::Node;
use crate::template::{Shape, Spelling};

pub use feature::{Feature, Support};
pub use variable::{Entries, Form, Variable};

/// Where a printed text is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A page: the provider escapes what it inserts.
    Html,
    /// A plain text: nothing may be escaped.
    Text,
    /// One line of a header: nothing may be escaped, and links have no place.
    Subject,
}

/// What a provider puts in by itself when it sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// The address that takes people off the list.
    Unsubscribe,
    /// The address at which people choose what they get.
    Preferences,
    /// The address of the mail as a page of the web.
    WebView,
    /// The sender's postal address, as the account has it.
    PostalAddress,
}

impl Reserved {
    /// All of them, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::Unsubscribe,
        Self::Preferences,
        Self::WebView,
        Self::PostalAddress,
    ];

    /// What a table calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Unsubscribe => "unsubscribe",
            Self::Preferences => "preferences",
            Self::WebView => "view in browser",
            Self::PostalAddress => "postal address",
        }
    }

    /// The one that templates call by this name below `links`.
    pub(crate) fn of_link(name: &str) -> Option<Self> {
        match name {
            "unsubscribe" => Some(Self::Unsubscribe),
            "preferences" => Some(Self::Preferences),
            "web_view" => Some(Self::WebView),
            _ => None,
        }
    }
}

/// A text in a provider's language.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Printed {
    /// The text.
    pub text: String,
    /// What whoever sends must work out and hand over beside the recipient's own data, in the order
    /// of their first use; empty where the provider has the data itself.
    pub variables: Vec<Variable>,
}

/// A provider's template language.
pub trait Dialect: Sync {
    /// The name that targets refer to.
    fn name(&self) -> &'static str;

    /// The provider, or what its language is called where several share it, as messages say it.
    fn provider(&self) -> &'static str;

    /// How the provider spells the characters that it escapes; they read the same everywhere.
    fn spelling(&self) -> Spelling;

    /// How far it can say something.
    fn support(&self, feature: Feature) -> Support;

    /// What it writes where the provider puts something in by itself; nothing where it does not.
    fn reserved(&self, what: Reserved) -> Option<&'static str>;

    /// Prints nodes. `None` if something cannot be said; each such place has been told.
    fn print(
        &self,
        nodes: &[Node],
        surface: Surface,
        shape: &Shape<'_>,
        sink: &mut Sink,
    ) -> Option<Printed>;
}

/// Every dialect, by name.
pub const ALL: &[&dyn Dialect] = &[
    &brevo::BREVO,
    &django::Django,
    &flat::RESEND,
    &flat::MAUTIC,
    &handlebars::ITERABLE,
    &handlebars::MAILGUN,
    &handlebars::MANDRILL,
    &handlebars::SENDGRID,
    &handlebars::SES,
    &hubl::Hubl,
    &liquid::BRAZE,
    &liquid::CUSTOMER_IO,
    &liquid::DITTOFEED,
    &merge_tags::MergeTags,
    &omnisend::Omnisend,
];

/// The dialect with this name.
pub fn find(name: &str) -> Option<&'static dyn Dialect> {
    ALL.iter().copied().find(|it| it.name() == name)
}
