//! Liquid, as Dittofeed, Customer.io and Braze speak it.
//!
//! Two engines stand behind the three. Dittofeed and the current version of Customer.io run liquidjs
//! with strict variables: a missing value stops the send, even inside a condition of two parts, so
//! every value gets a `default` before anything else happens to it. Braze runs the Ruby one (to
//! version 5) behind names of its own, `custom_attribute.${plan}`; there, what is missing is nil,
//! blocks of nothing but white space vanish, and small letters of Greek go wrong, so that `lower` and
//! `capitalize` are refused.
//!
//! Where Liquid differs from the IR, the printer makes up for it: empty texts and zero are true, so it
//! asks for them; there are no parentheses, and "and" and "or" are read from the right, so conditions
//! are ordered, or worked out in steps; a condition takes no filters, so values are given a name before
//! it. Dates are read as they are written, whatever the server's time zone.
//!
//! Event properties: Dittofeed knows properties of people only, so the target makes one for each
//! property of the event, called `EVENT_PROPERTY`; Customer.io has them below `event`; Braze has them
//! below `context` in a Canvas (`event_properties` would last for its first step only). Customer.io may
//! keep a person's number as a text, so it is made a number before it is compared. Dates are texts in
//! ISO 8601; where only the day is shown, seconds since 1970 do too. Not done here: Customer.io's legacy
//! version, in which `default` is missing and `escape` encodes addresses.

mod ask;
mod names;
mod print;
mod value;

use super::{Dialect, Feature, Printed, Reserved, Support, Surface, links};
use crate::diagnostic::Sink;
use crate::template::ir::Node;
use crate::template::{Shape, Spelling};

/// A provider that speaks Liquid.
pub(super) struct Liquid {
    name: &'static str,
    provider: &'static str,
    engine: Engine,
    roots: Roots,
}

/// What runs the templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    /// liquidjs with strict variables.
    Js,
    /// The Ruby library.
    Ruby,
}

/// How a provider names what it knows of people and events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Roots {
    Dittofeed,
    CustomerIo,
    Braze,
}

/// Dittofeed's dialect.
pub(super) const DITTOFEED: Liquid = Liquid {
    name: "liquid-dittofeed",
    provider: "Dittofeed",
    engine: Engine::Js,
    roots: Roots::Dittofeed,
};

/// Customer.io's dialect.
pub(super) const CUSTOMER_IO: Liquid = Liquid {
    name: "liquid-customerio",
    provider: "Customer.io",
    engine: Engine::Js,
    roots: Roots::CustomerIo,
};

/// Braze's dialect.
pub(super) const BRAZE: Liquid = Liquid {
    name: "liquid-braze",
    provider: "Braze",
    engine: Engine::Ruby,
    roots: Roots::Braze,
};

impl Dialect for Liquid {
    fn name(&self) -> &'static str {
        self.name
    }

    fn provider(&self) -> &'static str {
        self.provider
    }

    fn spelling(&self) -> Spelling {
        match self.engine {
            Engine::Js => Spelling {
                point: false,
                ..Spelling::default()
            },
            Engine::Ruby => Spelling {
                quote: "&quot;",
                ..Spelling::default()
            },
        }
    }

    fn support(&self, feature: Feature) -> Support {
        use Support::{No, Rewritten, Yes};
        match (feature, self.engine) {
            (Feature::Title, _) => No("Liquid has no filter for it that cares for apostrophes"),
            (Feature::Capitals, Engine::Ruby) => {
                No("`upper` works; small letters of Greek would go wrong")
            }
            (Feature::WebView, Engine::Ruby) => No("Braze keeps no page of the mail"),
            (Feature::Nested, _) => Rewritten("without parentheses: in steps"),
            (Feature::If | Feature::AndOr | Feature::Ways, _) => {
                Rewritten("an empty text counts as true, so it is asked for")
            }
            (Feature::Order | Feature::TwoValues, _) => {
                Rewritten("with a name and a fallback for each value before the condition")
            }
            (Feature::Date, _) => Rewritten("the day as it is written, whatever the time zone"),
            (Feature::UrlEncode, _) => Rewritten("a space becomes `%20`, as in a path"),
            _ => Yes,
        }
    }

    fn reserved(&self, what: Reserved) -> Option<&'static str> {
        match (self.roots, what) {
            (_, Reserved::PostalAddress) | (Roots::Braze, Reserved::WebView) => None,
            (Roots::Dittofeed | Roots::CustomerIo, Reserved::Unsubscribe) => {
                Some("{% unsubscribe_url %}")
            }
            (Roots::Dittofeed | Roots::CustomerIo, Reserved::WebView) => {
                Some("{% view_in_browser_url %}")
            }
            (Roots::Dittofeed, Reserved::Preferences) => Some("{% subscription_management_url %}"),
            (Roots::CustomerIo, Reserved::Preferences) => {
                Some("{% manage_subscription_preferences_url %}")
            }
            (Roots::Braze, Reserved::Unsubscribe) => Some("{{${set_user_to_unsubscribed_url}}}"),
            (Roots::Braze, Reserved::Preferences) => Some("{{${preference_center_url}}}"),
        }
    }

    fn print(
        &self,
        nodes: &[Node],
        surface: Surface,
        shape: &Shape<'_>,
        sink: &mut Sink,
    ) -> Option<Printed> {
        let nodes = links::answered(nodes, self);
        let text = print::print(self, &nodes, surface, shape, sink)?;
        Some(Printed {
            text,
            variables: Vec::new(),
        })
    }
}
