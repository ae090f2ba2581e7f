//! What a rule is.

use crate::diagnostic::RuleId;
use crate::model::{Journey, RuleLevel};

use super::context::LintContext;
use super::findings::Findings;
use super::letter::Letter;
use super::limit::Limit;
use super::page::Page;
use crate::model::edits::Edits;

/// What rules are about; the folder below `rules/` that they stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Files that cannot be understood. Found before any rule runs; never to be accepted.
    Input,
    /// Ways through a journey that make no sense.
    Logic,
    /// Too early, too late, too close together.
    Timing,
    /// Asking for an opinion.
    Feedback,
    /// Who speaks, and whether anybody listens.
    Relationship,
    /// Whether every part of the relationship is looked after.
    Coverage,
    /// What law asks for.
    Consent,
    /// What a message says.
    Message,
    /// Whether a message arrives, and how it looks there.
    Delivery,
    /// Whether everybody can read it.
    Accessibility,
    /// What journeys do to each other.
    Overlap,
    /// Personal data and secrets.
    Privacy,
    /// Owners, goals, reviews and exceptions.
    Governance,
    /// What a provider cannot do. Found on export.
    Export,
}

/// What there is to know about a rule, apart from how it is checked.
#[derive(Debug, Clone)]
pub struct RuleInfo {
    /// Its name.
    pub id: RuleId,
    /// What it is about.
    pub group: Group,
    /// How much its findings weigh, unless `lint.rules` says otherwise.
    pub level: RuleLevel,
    /// The threshold that `policy.thresholds` may set.
    pub limit: Option<Limit>,
    /// Its page, as Markdown.
    pub docs: &'static str,
}

/// That a rule can say what it is; written by [`rule!`](rule).
pub(crate) trait Declared: Sync {
    /// What there is to know about it.
    fn info(&self) -> &RuleInfo;
}

/// A rule. The entry points that it does not need do nothing.
pub(crate) trait Rule: Declared {
    /// Looks at one journey whose file is whole.
    fn check_journey(&self, _cx: &LintContext<'_>, _journey: &Journey, _out: &mut Findings) {}

    /// Looks at one email as it is sent, in one language. Emails that come out the same are looked
    /// at once, and a fault in a shared partial is told once.
    fn check_letter(&self, _cx: &LintContext<'_>, _letter: &Letter<'_>, _out: &mut Findings) {}

    /// Looks at everything at once. Where something seems to be missing,
    /// [`LintContext::is_whole`] says whether it might only be unreadable.
    fn check_repository(&self, _cx: &LintContext<'_>, _out: &mut Findings) {}

    /// Looks at what an edit did to one journey; asked only where a check compares.
    fn check_change(&self, _cx: &LintContext<'_>, _change: &Edits<'_>, _out: &mut Findings) {}

    /// Whether it needs [`Rule::check_change`] to find anything. An `allow` for it is then never
    /// called unused: most checks compare with nothing.
    fn looks_at_changes(&self) -> bool {
        false
    }
}

/// A rule that other stages, or the driver, check; here it only has a page.
pub(crate) struct Described(pub(crate) RuleInfo);

impl Declared for Described {
    fn info(&self) -> &RuleInfo {
        &self.0
    }
}

impl Rule for Described {}

/// Declares a rule: its type and what there is to know about it. `docs` is the Markdown file
/// beside the rule's own.
macro_rules! rule {
    ($name:ident, id: $id:literal, group: $group:ident, level: $level:ident, docs: $docs:literal $(, limit: $limit:expr)? $(,)?) => {
        #[doc = include_str!($docs)]
        #[allow(clippy::doc_markdown, reason = "pages speak of products and people")]
        pub(crate) struct $name;

        impl $crate::lint::rule::Declared for $name {
            fn info(&self) -> &$crate::lint::rule::RuleInfo {
                static INFO: $crate::lint::rule::RuleInfo = $crate::lint::rule::RuleInfo {
                    id: $crate::diagnostic::RuleId($id),
                    group: $crate::lint::rule::Group::$group,
                    level: $crate::model::RuleLevel::$level,
                    limit: $crate::lint::rule::limit!($($limit)?),
                    docs: include_str!($docs),
                };
                &INFO
            }
        }
    };
}

/// An optional argument of [`rule!`](rule).
macro_rules! limit {
    () => {
        None
    };
    ($limit:expr) => {
        Some($limit)
    };
}

pub(crate) use {limit, rule};

impl Group {
    /// Every group, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::Input,
        Self::Logic,
        Self::Timing,
        Self::Feedback,
        Self::Relationship,
        Self::Coverage,
        Self::Consent,
        Self::Message,
        Self::Delivery,
        Self::Accessibility,
        Self::Overlap,
        Self::Privacy,
        Self::Governance,
        Self::Export,
    ];

    /// The word in machine formats, and the folder's name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Logic => "logic",
            Self::Timing => "timing",
            Self::Feedback => "feedback",
            Self::Relationship => "relationship",
            Self::Coverage => "coverage",
            Self::Consent => "consent",
            Self::Message => "message",
            Self::Delivery => "delivery",
            Self::Accessibility => "accessibility",
            Self::Overlap => "overlap",
            Self::Privacy => "privacy",
            Self::Governance => "governance",
            Self::Export => "export",
        }
    }

    /// What the group is about, for a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Input => "Input: files that cannot be understood",
            Self::Logic => "Logic: ways through a journey that make no sense",
            Self::Timing => "Timing: too early, too late, too close together",
            Self::Feedback => "Feedback: asking for an opinion",
            Self::Relationship => "Relationship: who speaks, and whether anybody listens",
            Self::Coverage => "Coverage: parts of the relationship that nobody looks after",
            Self::Consent => "Consent: what law asks for",
            Self::Message => "Message: what is said",
            Self::Delivery => "Delivery: whether it arrives, and how it looks there",
            Self::Accessibility => "Accessibility: whether everybody can read it",
            Self::Overlap => "Overlap: what journeys do to each other",
            Self::Privacy => "Privacy: personal data and secrets",
            Self::Governance => "Governance: owners, goals, reviews and exceptions",
            Self::Export => "Export: what a provider cannot do",
        }
    }

    /// Whether findings of the group say that the input is invalid. Nobody can accept those.
    pub fn is_input(self) -> bool {
        self == Self::Input
    }

    /// Whether the group's rules run in this stage.
    pub(crate) fn runs_here(self) -> bool {
        !matches!(self, Self::Input | Self::Export)
    }
}

impl RuleInfo {
    /// Its page, taken apart.
    pub fn page(&self) -> Page {
        Page::parse(self.docs)
    }
}
