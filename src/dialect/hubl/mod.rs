//! HubL, the language of HubSpot: Jinja as Jinjava reads it.
//!
//! What is printed is for a coded template with programmable email on
//! (`isEnabledForEmailV3Rendering: true`): without it HubSpot works out no condition on a person, and
//! applies no filter. People's attributes are `contact.x`, with HubSpot's own `firstname` and
//! `lastname`; properties of the event are `custom.x`, which a workflow hands to the emails it sends.
//!
//! Where Jinjava differs from the IR, the printer makes up for it: the text `false` counts as false, so
//! texts are compared with an empty one; order takes an empty text for zero, so numbers are asked
//! whether they are numbers; `default` would replace zero, so values are chosen; loops have no `else`;
//! `urlencode` writes a space as `+`; a capital for `ß` is missing from `capitalize`. Refused is what
//! has no other words: `title`, a number in a list (the list's first entry decides what it is compared
//! as), and what cannot be told to be a text or a number.
//!
//! Java writes a number with a fraction from ten million on, or below a thousandth, with an exponent.
//! Not known is whether HubSpot escapes by itself, and whether it works out HubL inside of values:
//! what is printed here escapes once and takes values as they are.

mod ask;
mod print;

use super::{Dialect, Feature, Printed, Reserved, Support, Surface, links};
use crate::diagnostic::Sink;
use crate::template::ir::Node;
use crate::template::{Shape, Spelling};

/// HubSpot's dialect.
pub(super) struct Hubl;

impl Dialect for Hubl {
    fn name(&self) -> &'static str {
        "hubl"
    }

    fn provider(&self) -> &'static str {
        "HubSpot"
    }

    fn spelling(&self) -> Spelling {
        Spelling {
            quote: "&quot;",
            ..Spelling::default()
        }
    }

    fn support(&self, feature: Feature) -> Support {
        use Support::{No, Rewritten, Yes};
        match feature {
            Feature::Title => No("HubL's `title` cares for white space only"),
            Feature::FallbackToValue | Feature::FallbackOfNumber => {
                Rewritten("`default` would replace zero, so the value is chosen")
            }
            Feature::If | Feature::AndOr | Feature::Nested | Feature::Ways => {
                Rewritten("the text `false` counts as false, so an empty text is asked for")
            }
            Feature::Order | Feature::TwoValues => {
                Rewritten("an empty text counts as zero, so it is asked whether it is a number")
            }
            Feature::Date => Rewritten("the day as it is written, whatever the time zone"),
            Feature::UrlEncode => Rewritten("a space becomes `%20`, as in a path"),
            Feature::ForElse => Rewritten("loops have no `else`, so the list is asked for before"),
            _ => Yes,
        }
    }

    fn reserved(&self, what: Reserved) -> Option<&'static str> {
        Some(match what {
            Reserved::Unsubscribe => "{{ unsubscribe_link_all }}",
            Reserved::Preferences => "{{ unsubscribe_link }}",
            Reserved::WebView => "{{ view_as_page_url }}",
            Reserved::PostalAddress => "{% module 'address' path='@hubspot/email_can_spam' %}",
        })
    }

    fn print(
        &self,
        nodes: &[Node],
        surface: Surface,
        shape: &Shape<'_>,
        sink: &mut Sink,
    ) -> Option<Printed> {
        let nodes = links::answered(nodes, self);
        let text = print::print(&nodes, surface, shape, sink)?;
        Some(Printed {
            text,
            variables: Vec::new(),
        })
    }
}
