//! Handlebars, as five providers speak it.
//!
//! They share tags, paths, `{{#if}}`, `{{#unless}}` and `{{#each}}`, and differ in everything else, so
//! a table says what each of them documents. Where whoever sends hands over the data of each mail
//! ([`sender`]), what a provider cannot say is a value that is worked out before; Iterable ([`iterable`])
//! has the data itself, so there it is refused.

mod iterable;
mod names;
mod sender;
mod text;

use super::links::answered;
use super::{Dialect, Feature, Printed, Reserved, Support, Surface};
use crate::diagnostic::Sink;
use crate::template::ir::{Comparison, Node};
use crate::template::{Shape, Spelling};

/// Amazon SES.
///
/// It does not escape what it prints, and it stops where a value is missing ("Attribute is not present
/// in the rendering data"), so that every value is handed over ready: escaped, and never missing. It
/// knows Handlebars' own helpers alone, which compare nothing.
pub(super) static SES: Provider = Provider {
    name: "handlebars-ses",
    title: "Amazon SES",
    spelling: Spelling {
        quote: "&#34;",
        apostrophe: "&#39;",
        also: &[],
        point: false,
    },
    data: Data::Sent(Sent {
        all_worked_out: true,
        plain_values: false,
        plain_loops: false,
        compares: Compares::Nothing,
    }),
    reserved: |what| match what {
        Reserved::Unsubscribe => Some("{{amazonSESUnsubscribeUrl}}"),
        Reserved::Preferences | Reserved::WebView | Reserved::PostalAddress => None,
    },
    support: |feature| match feature {
        Feature::Unsubscribe => Support::Yes,
        Feature::Preferences => Support::Computed(LINK),
        Feature::WebView => Support::No(NO_LINK),
        _ => Support::Computed("SES escapes nothing and stops where a value is missing"),
    },
};

/// `SendGrid`'s dynamic templates.
///
/// `equals` also takes texts for numbers where they look so, `greaterThan` and `lessThan` are said of
/// numbers only, `and` and `or` take two values, and inside of loops `@root` leads outside. What
/// `insert` escapes is not documented, so a fallback is a choice; `formatDate` shows every date in one
/// zone, so a date is worked out before.
pub(super) static SENDGRID: Provider = Provider {
    name: "handlebars-sendgrid",
    title: "SendGrid",
    spelling: HANDLEBARS_JS,
    data: Data::Sent(Sent {
        all_worked_out: false,
        plain_values: true,
        plain_loops: true,
        compares: Compares::SendGrid,
    }),
    reserved: |what| match what {
        Reserved::Unsubscribe => Some("{{{unsubscribe}}}"),
        Reserved::Preferences => Some("{{{unsubscribe_preferences}}}"),
        Reserved::WebView | Reserved::PostalAddress => None,
    },
    support: |feature| match feature {
        Feature::Fallback | Feature::FallbackToValue => {
            Support::Rewritten("as a choice; what `insert` escapes is not documented")
        }
        Feature::Ways | Feature::ForElse => Support::Rewritten("as one choice inside another"),
        Feature::Order => Support::Rewritten("asks first whether the number is there"),
        Feature::PrintedBoolean | Feature::AndOr => Support::Yes,
        feature => sent_support(feature),
    },
};

/// Mailgun's templates.
///
/// `equal` compares as texts and has no `{{else}}`; inside of a loop, what an entry lacks is looked for
/// around the loop, so that entries are handed over whole.
pub(super) static MAILGUN: Provider = Provider {
    name: "handlebars-mailgun",
    title: "Mailgun",
    spelling: Spelling {
        quote: "&quot;",
        apostrophe: "&apos;",
        also: &[],
        point: false,
    },
    data: Data::Sent(Sent {
        all_worked_out: false,
        plain_values: true,
        plain_loops: false,
        compares: Compares::Mailgun,
    }),
    reserved: |what| match what {
        Reserved::Unsubscribe => Some("%unsubscribe_url%"),
        Reserved::Preferences | Reserved::WebView | Reserved::PostalAddress => None,
    },
    support: |feature| match feature {
        Feature::Fallback | Feature::FallbackToValue | Feature::Ways => {
            Support::Rewritten("as one choice inside another")
        }
        Feature::PrintedBoolean => Support::Yes,
        Feature::Equals => Support::Computed("`equal` has no `{{else}}`"),
        Feature::Order => Support::Computed("`equal` is the only comparison"),
        Feature::For | Feature::ForElse | Feature::NestedFor | Feature::FirstLast => {
            Support::Computed("what an entry lacks would be looked for around the loop")
        }
        Feature::Preferences => Support::Computed(LINK),
        feature => sent_support(feature),
    },
};

/// Mailchimp Transactional, formerly Mandrill.
///
/// Comparisons stand between backticks and are documented for merge variables themselves, not for what
/// lies inside of one; how loops reach outside is not documented. `{{unsub}}` needs a page to lead to
/// afterwards, so whoever sends hands over the link too.
pub(super) static MANDRILL: Provider = Provider {
    name: "handlebars-mandrill",
    title: "Mailchimp Transactional",
    spelling: HANDLEBARS_JS,
    data: Data::Sent(Sent {
        all_worked_out: false,
        plain_values: false,
        plain_loops: false,
        compares: Compares::Nothing,
    }),
    reserved: |what| match what {
        Reserved::Unsubscribe => Some(HANDED_OVER),
        Reserved::Preferences | Reserved::WebView | Reserved::PostalAddress => None,
    },
    support: |feature| match feature {
        Feature::Fallback | Feature::FallbackToValue | Feature::Ways => {
            Support::Rewritten("as one choice inside another")
        }
        Feature::Equals | Feature::Order => {
            Support::Computed("comparisons are documented for merge variables themselves only")
        }
        Feature::For | Feature::ForElse | Feature::NestedFor | Feature::FirstLast => {
            Support::Computed("what a loop reaches is not documented")
        }
        Feature::Unsubscribe | Feature::Preferences => Support::Computed(LINK),
        feature => sent_support(feature),
    },
};

/// Iterable.
pub(super) static ITERABLE: Provider = Provider {
    name: "handlebars-iterable",
    title: "Iterable",
    spelling: HANDLEBARS_JS,
    data: Data::Own,
    reserved: |what| match what {
        Reserved::Unsubscribe => Some("{{unsubscribeUrl}}"),
        Reserved::Preferences => Some("{{hostedUnsubscribeUrl}}"),
        Reserved::WebView => Some("{{viewInBrowserUrl}}"),
        Reserved::PostalAddress => Some("{{physicalAddress}}"),
    },
    support: iterable::support,
};

/// How handlebars.js and handlebars.java spell what they escape.
const HANDLEBARS_JS: Spelling = Spelling {
    quote: "&quot;",
    apostrophe: "&#x27;",
    also: &[('`', "&#x60;"), ('=', "&#x3D;")],
    point: false,
};

const NO_LINK: &str = "the provider makes no such link";

const LINK: &str = "the provider makes no such link, so whoever sends hands it over";

/// The link to unsubscribe where whoever sends hands it over.
const HANDED_OVER: &str = "{{links_unsubscribe}}";

/// A provider, and what it documents.
pub(super) struct Provider {
    name: &'static str,
    title: &'static str,
    spelling: Spelling,
    data: Data,
    reserved: fn(Reserved) -> Option<&'static str>,
    support: fn(Feature) -> Support,
}

/// Where the values come from.
enum Data {
    /// Whoever sends hands them over.
    Sent(Sent),
    /// The provider has them.
    Own,
}

/// What a provider documents whose data is handed over.
struct Sent {
    /// Whether every value is handed over ready to be printed, because the provider would print it
    /// otherwise than it must be.
    all_worked_out: bool,
    /// Whether numbers and booleans are printed as in JavaScript.
    plain_values: bool,
    /// Whether loops may go over a list as it is, and `@root` leads outside.
    plain_loops: bool,
    /// How an operand is compared with something fixed, and operands combined.
    compares: Compares,
}

/// Whose comparisons a provider has.
enum Compares {
    /// Nobody's.
    Nothing,
    /// `equals`, `greaterThan` and `lessThan`; `and` and `or` of two operands.
    SendGrid,
    /// `equal`, without an `{{else}}`.
    Mailgun,
}

impl Compares {
    fn ask(&self, op: Comparison, left: &str, right: &str) -> Option<Question> {
        let (word, negated) = match (self, op) {
            (Self::SendGrid, Comparison::Eq) => ("equals", false),
            (Self::SendGrid, Comparison::Ne) => ("equals", true),
            (Self::SendGrid, Comparison::Gt) => ("greaterThan", false),
            (Self::SendGrid, Comparison::Le) => ("greaterThan", true),
            (Self::SendGrid, Comparison::Lt) => ("lessThan", false),
            (Self::SendGrid, Comparison::Ge) => ("lessThan", true),
            // Numbers would be compared as they are written.
            (Self::Mailgun, Comparison::Eq) if right.starts_with(['"', '\'']) => ("equal", false),
            (Self::Nothing | Self::Mailgun, _) => return None,
        };
        let mut question = Question::new(format!("{word} {left} {right}"), word);
        question.negated = negated;
        question.parts = matches!(self, Self::SendGrid);
        Some(question)
    }
}

/// A single question in the provider's words.
struct Question {
    /// What opens the block, without `#`.
    opens: String,
    /// What closes it.
    closes: &'static str,
    /// Whether its answer is to be turned round.
    negated: bool,
    /// Whether the block has an `{{else}}`.
    parts: bool,
}

impl Question {
    fn new(opens: String, closes: &'static str) -> Self {
        Self {
            opens,
            closes,
            negated: false,
            parts: true,
        }
    }
}

/// The comparison that means the same with its sides swapped.
fn mirrored(op: Comparison) -> Comparison {
    match op {
        Comparison::Lt => Comparison::Gt,
        Comparison::Le => Comparison::Ge,
        Comparison::Gt => Comparison::Lt,
        Comparison::Ge => Comparison::Le,
        op => op,
    }
}

/// What all providers with data of the sender's have in common.
fn sent_support(feature: Feature) -> Support {
    match feature {
        Feature::Value
        | Feature::ValueInAttribute
        | Feature::Fallback
        | Feature::FallbackToValue
        | Feature::If
        | Feature::Equals
        | Feature::Order
        | Feature::Ways
        | Feature::For
        | Feature::ForElse
        | Feature::NestedFor
        | Feature::Unsubscribe
        | Feature::Preferences => Support::Yes,
        Feature::FallbackOfNumber | Feature::PrintedBoolean => {
            Support::Computed("numbers and booleans are handed over as they are to be read")
        }
        Feature::Capitals
        | Feature::Title
        | Feature::Length
        | Feature::Date
        | Feature::UrlEncode => {
            Support::Computed("the provider documents no such helper, or another")
        }
        Feature::TwoValues | Feature::ListContains | Feature::TextContains => {
            Support::Computed("the provider has no such comparison")
        }
        Feature::AndOr | Feature::Nested => Support::Computed("the provider combines no questions"),
        Feature::Turn | Feature::FirstLast | Feature::TurnsLeft => {
            Support::Computed("the provider documents no counters")
        }
        Feature::EntryByPlace => Support::Computed("the provider documents no such paths"),
        Feature::WebView => Support::No(NO_LINK),
    }
}

impl Dialect for Provider {
    fn name(&self) -> &'static str {
        self.name
    }

    fn provider(&self) -> &'static str {
        self.title
    }

    fn spelling(&self) -> Spelling {
        self.spelling
    }

    fn support(&self, feature: Feature) -> Support {
        (self.support)(feature)
    }

    fn reserved(&self, what: Reserved) -> Option<&'static str> {
        (self.reserved)(what)
    }

    fn print(
        &self,
        nodes: &[Node],
        surface: Surface,
        shape: &Shape<'_>,
        sink: &mut Sink,
    ) -> Option<Printed> {
        let nodes = answered(nodes, self);
        match &self.data {
            Data::Sent(sent) => sender::print((self, sent), &nodes, surface, shape, sink),
            Data::Own => iterable::print(self, &nodes, surface, shape, sink),
        }
    }
}
