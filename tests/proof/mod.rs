//! The proof: what the linter claims, simulated lives must show, and the other way round.
//!
//! In: random projects and random lives in them, from one seed. Out: how often each rule spoke, how
//! often a life broke its sentence, and every disagreement, as small as it can be made.
//! Invariant: a checker reads the model and the record of a life, never `graph` and never `lint`: it
//! is a second reading of the rule's page. Not done here: the rules, and the simulator.
//!
//! Shared by `tests/suite` (a modest count) and `benches/proof` (any count); both call it `proving`.

#![allow(
    clippy::cast_possible_truncation,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::inconsistent_struct_constructor,
    clippy::manual_is_variant_and,
    clippy::match_same_arms,
    clippy::match_wildcard_for_single_variants,
    clippy::needless_for_each,
    clippy::needless_pass_by_value,
    clippy::similar_names,
    clippy::single_match_else,
    clippy::too_many_lines,
    reason = "tests may be plain, and the numbers of dice are small"
)]

mod aim;
pub mod dice;
pub mod hand;
pub mod history;
pub mod parties;
pub mod plan;
pub mod rules;
pub mod run;
mod shrink;
pub mod tale;
pub mod town;
pub mod visits;
mod wander;
mod witness;

pub use tale::Tale;
pub use town::Town;

use journeyc::diagnostic::{Diagnostic, Verdict};
use journeyc::simulate::{JourneyNo, Life, Record, StepNo};

/// A second reading of one rule: finds in a life what the rule's page calls wrong.
pub trait Checker: Sync {
    /// The rule's name.
    fn rule(&self) -> &'static str;

    /// What in this life breaks the rule's sentence. One violation of each kind is enough.
    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation>;

    /// Whether a finding of the same rule, which fails, speaks of this violation.
    fn is_meant(&self, town: &Town<'_>, violation: &Violation, finding: &Diagnostic) -> bool {
        let journey = finding.journey.as_deref();
        let names = violation.journeys.iter();
        names.map(|it| town.name(*it)).any(|it| Some(it) == journey)
    }
}

/// A rule's sentence, broken in a life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The journeys that break it: a finding in one of them is enough.
    pub journeys: Vec<JourneyNo>,
    /// The steps that break it, if there are such.
    pub steps: Vec<StepNo>,
    /// When, in seconds since 1970 in UTC.
    pub at: i64,
    /// What went wrong, for whoever reads a disagreement.
    pub says: String,
    /// Another rule to which the page leaves such a case: its finding is as good.
    pub or_by: Option<&'static str>,
}

impl Violation {
    /// In one journey.
    pub fn of(journey: JourneyNo, at: i64, says: impl Into<String>) -> Self {
        Self {
            journeys: vec![journey],
            steps: Vec::new(),
            at,
            says: says.into(),
            or_by: None,
        }
    }

    /// Names steps.
    #[must_use]
    pub fn at_steps(mut self, steps: &[StepNo]) -> Self {
        self.steps.extend(steps);
        self
    }

    /// Names another rule that may speak of it.
    #[must_use]
    pub fn or_by(mut self, rule: &'static str) -> Self {
        self.or_by = Some(rule);
        self
    }

    /// Names a further journey, a finding in which is as good.
    #[must_use]
    pub fn or_in(mut self, journey: JourneyNo) -> Self {
        if !self.journeys.contains(&journey) {
            self.journeys.push(journey);
        }
        self
    }
}

/// What the linter says of a violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// Nothing.
    Nothing,
    /// It is undecided: no life that was tried shows it.
    Doubts,
    /// The rule is broken.
    Fails,
}

/// What the linter says of a violation, at its clearest.
pub fn said(
    checker: &dyn Checker,
    town: &Town<'_>,
    violation: &Violation,
    findings: &[Diagnostic],
) -> Said {
    let speaks = |rule: &str| rule == checker.rule() || Some(rule) == violation.or_by;
    let said = findings.iter().filter(|it| speaks(it.rule.0)).map(|it| {
        if it.verdict == Verdict::Fail {
            (it, Said::Fails)
        } else if it.is_unshown {
            (it, Said::Doubts)
        } else {
            (it, Said::Nothing)
        }
    });
    let meant = said.filter(|(it, _)| checker.is_meant(town, violation, it));
    meant.map(|it| it.1).max().unwrap_or(Said::Nothing)
}

/// Whether the linter has found a violation, and shows it.
pub fn is_found(
    checker: &dyn Checker,
    town: &Town<'_>,
    violation: &Violation,
    findings: &[Diagnostic],
) -> bool {
    said(checker, town, violation, findings) == Said::Fails
}
