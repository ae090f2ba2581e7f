//! Stage 1: what there is to say about the sources.
//!
//! In: nothing but places. Out: [`Diagnostic`]s, collected in a [`Sink`].
//! Invariant: every diagnostic has one primary place, required by its constructor.
//! Not done here: rendering (that is `report`), deciding (that is every later stage).
//!
//! House style: the headline is lower case without a full stop, with the author's words in
//! backticks, about 70 characters, and says what is wrong. A label says what is at its place. The
//! help is an imperative: what to write. The note says what the customer suffers.

mod fingerprint;
mod status;
mod suggest;
mod witness;

pub use fingerprint::fingerprints;
pub use status::{Status, Worsening};
pub use suggest::{did_you_mean, nearest, or_else};
pub use witness::{Moment, MomentKind, Witness};

use std::fmt;

use crate::source::Span;

/// How much a finding weighs. `Ord` puts the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing; never fails a check.
    Note,
    /// Likely to hurt; does not fail a check unless asked to.
    Warning,
    /// Hurts; fails the check.
    Error,
}

impl Level {
    /// The word that reports print.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Whether a rule was broken or could not be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The rule is broken.
    Fail,
    /// The sources do not say enough, and the help names the declaration that would decide it; or the way
    /// that breaks the rule is thinkable, and no life was found that goes it ([`Diagnostic::is_unshown`]).
    Undecided,
}

/// The stable name of a rule: kebab-case, reads right after "allow", final once shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub &'static str);

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A place and what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there; may be empty for the primary label.
    pub text: String,
}

/// How sure a fix is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applicability {
    /// Keeps every intention of the author; `--fix` applies it.
    Safe,
    /// A person must look at it first.
    Suggested,
}

/// One replacement of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// A rewrite that cures a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the rewrite does, as an imperative.
    pub title: String,
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
    /// The replacements, in order, without overlap.
    pub edits: Vec<Edit>,
}

/// An `allow` entry that covers a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The author's reason.
    pub reason: String,
    /// The last day it holds, `YYYY-MM-DD`.
    pub until: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule that speaks.
    pub rule: RuleId,
    /// How much it weighs.
    pub level: Level,
    /// Broken or undecided.
    pub verdict: Verdict,
    /// The headline: the one line that survives if only one can be shown.
    pub message: String,
    /// Where.
    pub primary: Label,
    /// Other places that explain it.
    pub related: Vec<Label>,
    /// What the customer suffers.
    pub why: Option<String>,
    /// What to write instead, as an imperative.
    pub help: Option<String>,
    /// The journey's name, where one is concerned.
    pub journey: Option<String>,
    /// The step's id, where one is concerned.
    pub step: Option<String>,
    /// What tells two findings of one rule at one step apart (a variable's or a key's name); part
    /// of the fingerprint, never a line number.
    pub subject: Option<String>,
    /// The dated path that breaks the rule.
    pub witness: Option<Witness>,
    /// How bad it is in the rule's own terms, where it measures: larger is worse.
    pub measure: Option<i64>,
    /// A rewrite that cures it.
    pub fix: Option<Fix>,
    /// The `allow` that covers it; a suppressed finding is reported but never counts.
    pub suppressed: Option<Suppression>,
    /// Whether what stands at the primary place is a secret: reports are read by more people than the
    /// files are, so none of them repeats it.
    pub conceals: bool,
    /// Whether it is undecided because none of the lives that were tried shows it.
    pub is_unshown: bool,
    /// What the change that is looked at has to do with it; nothing where none is.
    pub status: Option<Status>,
}

impl Diagnostic {
    /// A broken rule.
    pub fn new(rule: RuleId, level: Level, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            level,
            verdict: Verdict::Fail,
            message: message.into(),
            primary: Label {
                span,
                text: String::new(),
            },
            related: Vec::new(),
            why: None,
            help: None,
            journey: None,
            step: None,
            subject: None,
            witness: None,
            measure: None,
            fix: None,
            suppressed: None,
            conceals: false,
            is_unshown: false,
            status: None,
        }
    }

    /// A broken rule of level error.
    pub fn error(rule: RuleId, span: Span, message: impl Into<String>) -> Self {
        Self::new(rule, Level::Error, span, message)
    }

    /// A broken rule of level warning.
    pub fn warning(rule: RuleId, span: Span, message: impl Into<String>) -> Self {
        Self::new(rule, Level::Warning, span, message)
    }

    /// Says what is at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Points at one more place.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Says what the customer suffers.
    #[must_use]
    pub fn why(mut self, text: impl Into<String>) -> Self {
        self.why = Some(text.into());
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Names the journey.
    #[must_use]
    pub fn journey(mut self, name: impl Into<String>) -> Self {
        self.journey = Some(name.into());
        self
    }

    /// Names the step.
    #[must_use]
    pub fn step(mut self, id: impl Into<String>) -> Self {
        self.step = Some(id.into());
        self
    }

    /// Names what tells this finding from others of the same rule and step.
    #[must_use]
    pub fn subject(mut self, name: impl Into<String>) -> Self {
        self.subject = Some(name.into());
        self
    }

    /// Adds the dated path.
    #[must_use]
    pub fn witness(mut self, witness: Witness) -> Self {
        self.witness = Some(witness);
        self
    }

    /// Says how bad it is in the rule's own terms; larger is worse.
    #[must_use]
    pub fn measure(mut self, measure: i64) -> Self {
        self.measure = Some(measure);
        self
    }

    /// Adds a rewrite.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Whether it may fail a check: it is neither accepted nor older than the change looked at.
    pub fn counts(&self) -> bool {
        self.suppressed.is_none() && self.status != Some(Status::Older)
    }

    /// Marks the rule as not decidable; `needs` names the declaration that would decide it.
    #[must_use]
    pub fn undecided(mut self, needs: impl Into<String>) -> Self {
        self.verdict = Verdict::Undecided;
        self.help = Some(needs.into());
        self
    }

    /// Marks the finding as one that none of the lives that were tried shows: the rule may be kept. What to
    /// write instead stays the same.
    pub fn doubt(&mut self) {
        self.verdict = Verdict::Undecided;
        self.is_unshown = true;
        // Nobody's journey is rewritten unseen for what perhaps nobody suffers.
        if let Some(fix) = &mut self.fix {
            fix.applicability = Applicability::Suggested;
        }
        let doubt = "none of the lives that were tried comes to this: perhaps nobody ever does";
        self.why = Some(match self.why.take() {
            Some(it) => format!("{it}; {doubt}"),
            None => doubt.to_owned(),
        });
    }
}

/// Where stages put what they find. Each parallel unit fills its own, and they are put together
/// and sorted afterwards, so that the order never depends on scheduling.
#[derive(Debug, Default)]
pub struct Sink {
    diagnostics: Vec<Diagnostic>,
}

impl Sink {
    /// Adds one finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Adds what another sink has collected.
    pub fn append(&mut self, mut other: Self) {
        self.diagnostics.append(&mut other.diagnostics);
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.diagnostics.len()
    }

    /// The findings so far, in the order of their coming.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter()
    }

    /// The findings by file, place, rule and headline, without exact repetitions.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by(|a, b| {
            (a.primary.span, a.rule, &a.message, &a.subject).cmp(&(
                b.primary.span,
                b.rule,
                &b.message,
                &b.subject,
            ))
        });
        self.diagnostics.dedup();
        self.diagnostics
    }
}
