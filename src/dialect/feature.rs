//! What dialects can and cannot say, as data: `docs/dialects.md` is made of it, and a test prints every
//! feature's example in every dialect, so that no table can promise what a printer refuses.

/// Something that templates ask of a provider's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// A value printed.
    Value,
    /// A value inside an attribute.
    ValueInAttribute,
    /// A fixed text where a value is blank.
    Fallback,
    /// Another value where a value is blank.
    FallbackToValue,
    /// A number with a fixed number where it is missing.
    FallbackOfNumber,
    /// A value that is true or false, printed.
    PrintedBoolean,
    /// Capitals and small letters.
    Capitals,
    /// A capital for each word.
    Title,
    /// How many entries a list has.
    Length,
    /// A date in a pattern.
    Date,
    /// A value in a link, percent-encoded.
    UrlEncode,
    /// A choice on whether something is there.
    If,
    /// A choice on a text or number being equal.
    Equals,
    /// A choice on order.
    Order,
    /// Two values of the recipient compared.
    TwoValues,
    /// A choice on a list having an entry.
    ListContains,
    /// A choice on a text having a part.
    TextContains,
    /// "And" and "or".
    AndOr,
    /// "And" and "or" in one another, with "not".
    Nested,
    /// Several ways with `elif`.
    Ways,
    /// A list repeated.
    For,
    /// The turn of a loop.
    Turn,
    /// The first and the last turn.
    FirstLast,
    /// The turns that are left.
    TurnsLeft,
    /// What stands for an empty list.
    ForElse,
    /// A loop inside a loop.
    NestedFor,
    /// An entry of a list by its place.
    EntryByPlace,
    /// The provider's link to leave.
    Unsubscribe,
    /// The provider's page of preferences.
    Preferences,
    /// The mail as a page of the web.
    WebView,
}

impl Feature {
    /// All of them, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::Value,
        Self::ValueInAttribute,
        Self::Fallback,
        Self::FallbackToValue,
        Self::FallbackOfNumber,
        Self::PrintedBoolean,
        Self::Capitals,
        Self::Title,
        Self::Length,
        Self::Date,
        Self::UrlEncode,
        Self::If,
        Self::Equals,
        Self::Order,
        Self::TwoValues,
        Self::ListContains,
        Self::TextContains,
        Self::AndOr,
        Self::Nested,
        Self::Ways,
        Self::For,
        Self::Turn,
        Self::FirstLast,
        Self::TurnsLeft,
        Self::ForElse,
        Self::NestedFor,
        Self::EntryByPlace,
        Self::Unsubscribe,
        Self::Preferences,
        Self::WebView,
    ];

    /// What a table calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Value => "a value",
            Self::ValueInAttribute => "a value in an attribute",
            Self::Fallback => "a fallback",
            Self::FallbackToValue => "a fallback to another value",
            Self::FallbackOfNumber => "a fallback of a number",
            Self::PrintedBoolean => "true or false, printed",
            Self::Capitals => "capitals and small letters",
            Self::Title => "a capital for each word",
            Self::Length => "the length of a list",
            Self::Date => "a date in a pattern",
            Self::UrlEncode => "a value in a link, encoded",
            Self::If => "a choice on something being there",
            Self::Equals => "a choice on something being equal",
            Self::Order => "a choice on more or less",
            Self::TwoValues => "two values compared",
            Self::ListContains => "a list that has an entry",
            Self::TextContains => "a text that has a part",
            Self::AndOr => "\"and\" and \"or\"",
            Self::Nested => "\"and\", \"or\" and \"not\" in one another",
            Self::Ways => "several ways",
            Self::For => "a loop",
            Self::Turn => "the number of the turn",
            Self::FirstLast => "the first and the last turn",
            Self::TurnsLeft => "the turns that are left",
            Self::ForElse => "an empty list",
            Self::NestedFor => "a loop in a loop",
            Self::EntryByPlace => "an entry by its place",
            Self::Unsubscribe => "the link to unsubscribe",
            Self::Preferences => "the page of preferences",
            Self::WebView => "the mail as a web page",
        }
    }

    /// A template that needs it and nothing else that is rare. It speaks of the project of
    /// `tests/cases/dialect`.
    pub fn example(self) -> &'static str {
        match self {
            Self::Value => "{{ event.order_id }}",
            Self::ValueInAttribute => "<a title=\"{{ event.order_id }}\">x</a>",
            Self::Fallback => "{{ contact.first_name | default('there') }}",
            Self::FallbackToValue => "{{ contact.first_name | default(contact.email) }}",
            Self::FallbackOfNumber => "{{ contact.points | default(3) }}",
            Self::PrintedBoolean => "{{ contact.vip }}",
            Self::Capitals => "{{ event.order_id | upper }} {{ event.order_id | lower }}",
            Self::Title => "{{ event.order_id | title }}",
            Self::Length => "{{ event.lines | length }}",
            Self::Date => "{{ event.due | date('%-d %B %Y') }}",
            Self::UrlEncode => {
                "<a href=\"https://x.example/?q={{ event.order_id | urlencode }}\">x</a>"
            }
            Self::If => "{% if contact.first_name %}a{% else %}b{% endif %}",
            Self::Equals => "{% if contact.plan == 'pro' %}a{% else %}b{% endif %}",
            Self::Order => "{% if contact.points > 10 %}a{% else %}b{% endif %}",
            Self::TwoValues => "{% if contact.plan == contact.first_name %}a{% else %}b{% endif %}",
            Self::ListContains => "{% if 'new' in event.tags %}a{% else %}b{% endif %}",
            Self::TextContains => "{% if 'x' in contact.plan %}a{% else %}b{% endif %}",
            Self::AndOr => {
                "{% if contact.vip and contact.first_name %}a{% endif %}\
                 {% if contact.vip or contact.first_name %}b{% endif %}"
            }
            Self::Nested => {
                "{% if contact.vip and (contact.first_name or not contact.plan) %}a{% else %}b{% endif %}"
            }
            Self::Ways => {
                "{% if contact.first_name %}a{% elif contact.plan %}b{% else %}c{% endif %}"
            }
            Self::For => "{% for line in event.lines %}{{ line.name }};{% endfor %}",
            Self::Turn => "{% for line in event.lines %}{{ loop.index }};{% endfor %}",
            Self::FirstLast => {
                "{% for line in event.lines %}{% if not loop.last %}, {% endif %}{% endfor %}"
            }
            Self::TurnsLeft => "{% for line in event.lines %}{{ loop.revindex }};{% endfor %}",
            Self::ForElse => "{% for line in event.lines %}a{% else %}b{% endfor %}",
            Self::NestedFor => {
                "{% for line in event.lines %}{% for part in line.parts %}{{ part.name }}{% endfor %}{% endfor %}"
            }
            Self::EntryByPlace => "{{ event.lines[0].name }}",
            Self::Unsubscribe => "<a href=\"{{ links.unsubscribe }}\">x</a>",
            Self::Preferences => "<a href=\"{{ links.preferences }}\">x</a>",
            Self::WebView => "<a href=\"{{ links.web_view }}\">x</a>",
        }
    }
}

/// How far a dialect can say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// In the provider's own words.
    Yes,
    /// In other words of the same meaning; the text says which.
    Rewritten(&'static str),
    /// As a value that whoever sends works out before; the text says why.
    Computed(&'static str),
    /// Not at all; the text says why.
    No(&'static str),
}

impl Support {
    /// The word that a table prints.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Rewritten(_) => "rewritten",
            Self::Computed(_) => "computed",
            Self::No(_) => "no",
        }
    }

    /// What there is to say about it.
    pub fn remark(self) -> &'static str {
        match self {
            Self::Yes => "",
            Self::Rewritten(it) | Self::Computed(it) | Self::No(it) => it,
        }
    }
}
