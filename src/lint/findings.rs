//! Where a rule puts what it finds.

use crate::diagnostic::{Applicability, Diagnostic, Level, RuleId, Witness};
use crate::model::Name;
use crate::source::Span;

use super::rewrite::Rewrite;

/// The findings of one rule. Journey and step need not be named: the driver reads them off the
/// place.
#[derive(Debug)]
pub(crate) struct Findings {
    rule: RuleId,
    level: Level,
    /// Whether `lint.rules` sets the level; then the rule's own nuances do not count.
    fixed: bool,
    found: Vec<Found>,
}

/// A finding, and how it may be cured.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) diagnostic: Diagnostic,
    pub(super) cure: Option<Cure>,
}

/// Changes that cure a finding.
#[derive(Debug)]
pub(super) struct Cure {
    /// What they do, as an imperative.
    pub(super) title: String,
    /// Whether they may be made unseen.
    pub(super) applicability: Applicability,
    /// The changes.
    pub(super) rewrites: Vec<Rewrite>,
}

/// A finding that is being written.
pub(crate) struct Finding<'f> {
    diagnostic: &'f mut Diagnostic,
    cure: &'f mut Option<Cure>,
    fixed: bool,
}

impl From<Diagnostic> for Found {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostic,
            cure: None,
        }
    }
}

impl Findings {
    /// No findings yet.
    pub(crate) fn new(rule: RuleId, level: Level, fixed: bool) -> Self {
        Self {
            rule,
            level,
            fixed,
            found: Vec::new(),
        }
    }

    /// The rule is broken here.
    pub(crate) fn fail(&mut self, span: Span, headline: impl Into<String>) -> Finding<'_> {
        self.add(Diagnostic::new(self.rule, self.level, span, headline))
    }

    /// The rule cannot be decided here; `needs` says which declaration would decide it.
    pub(crate) fn undecided(
        &mut self,
        span: Span,
        headline: impl Into<String>,
        needs: impl Into<String>,
    ) -> Finding<'_> {
        let diagnostic = Diagnostic::new(self.rule, self.level, span, headline);
        self.add(diagnostic.undecided(needs))
    }

    /// What was found, in the order of finding.
    pub(super) fn into_found(self) -> Vec<Found> {
        self.found
    }

    fn add(&mut self, diagnostic: Diagnostic) -> Finding<'_> {
        let at = self.found.len();
        self.found.push(Found {
            diagnostic,
            cure: None,
        });
        let found = &mut self.found[at];
        Finding {
            diagnostic: &mut found.diagnostic,
            cure: &mut found.cure,
            fixed: self.fixed,
        }
    }
}

impl Finding<'_> {
    /// Weighs differently from the rule's other findings, unless the repository sets a level.
    pub(crate) fn level(self, level: Level) -> Self {
        if !self.fixed {
            self.diagnostic.level = level;
        }
        self
    }

    /// Says what is at the place.
    pub(crate) fn label(self, text: impl Into<String>) -> Self {
        self.diagnostic.primary.text = text.into();
        self
    }

    /// Points at one more place.
    pub(crate) fn related(self, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        self.diagnostic
            .related
            .push(crate::diagnostic::Label { span, text });
        self
    }

    /// Says that what stands at the place is a secret, which no report repeats.
    pub(crate) fn conceal(self) -> Self {
        self.diagnostic.conceals = true;
        self
    }

    /// Says what the customer suffers.
    pub(crate) fn why(self, text: impl Into<String>) -> Self {
        self.diagnostic.why = Some(text.into());
        self
    }

    /// Says what to write instead.
    pub(crate) fn help(self, text: impl Into<String>) -> Self {
        self.diagnostic.help = Some(text.into());
        self
    }

    /// Adds the dated path.
    pub(crate) fn witness(self, witness: Option<Witness>) -> Self {
        self.diagnostic.witness = witness;
        self
    }

    /// Says which changes cure it, and keep every intention of the author: `--fix` makes them.
    pub(crate) fn rewrite(self, title: impl Into<String>, rewrites: Vec<Rewrite>) -> Self {
        self.cure(title, Applicability::Safe, rewrites)
    }

    /// Says which changes may cure it; a person must look at them first.
    pub(crate) fn suggest(self, title: impl Into<String>, rewrites: Vec<Rewrite>) -> Self {
        self.cure(title, Applicability::Suggested, rewrites)
    }

    fn cure(
        self,
        title: impl Into<String>,
        applicability: Applicability,
        rewrites: Vec<Rewrite>,
    ) -> Self {
        *self.cure = Some(Cure {
            title: title.into(),
            applicability,
            rewrites,
        });
        self
    }

    /// Says how bad it is in the rule's own terms, so that a change that makes it worse is told from
    /// one that leaves it alone; larger is worse.
    pub(crate) fn measure(self, measure: i64) -> Self {
        self.diagnostic.measure = Some(measure);
        self
    }

    /// Names the step, where it is not the one that the place lies in.
    pub(crate) fn step(self, id: &Name) -> Self {
        self.diagnostic.step = Some(id.value.to_string());
        self
    }

    /// Names what tells this finding from others of the rule at the same step.
    pub(crate) fn subject(self, name: impl Into<String>) -> Self {
        self.diagnostic.subject = Some(name.into());
        self
    }
}
