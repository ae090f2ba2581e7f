//! Turns a finding into a scenario that fails because of it.
//!
//! In: a program, and a finding with the way that breaks its rule. Out: a [`Proof`]: a life in which the
//! rule's sentence is broken, and the scenario file that says so. It reads what the linter claims, and
//! knows nothing of how it came to it.
//! Invariant: the same finding gives the same scenario; a bounded number of lives is tried.
//! Not done here: finding anything wrong, and printing.

mod broken;
mod changes;
mod clauses;
mod draft;
mod kin;
mod places;
mod route;
mod search;
mod sentence;
mod starts;
mod text;
mod unlived;
mod wishes;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, MomentKind, Verdict, Witness};
use crate::model::Threshold;
use crate::simulate::{Life, Simulation, StepNo};

pub use search::Effort;

use places::Places;
use route::Route;
use search::Found;
use sentence::{Finding, STATIC, Sentence};

/// The rules whose findings can become scenarios.
pub const RULES: [&str; 26] = [
    "abandonment-vs-post-purchase",
    "delay-notice-missing",
    "duplicate-send-overlap",
    "exit-checked-once",
    "exit-on-conversion",
    "feedback-before-delivery",
    "feedback-too-soon",
    "feedback-while-inbound-open",
    "follow-up-within-7-days",
    "frequency-cap-exceeded",
    "guard-window-not-longer-than-wait",
    "handover-unannounced",
    "implied-consent-expired",
    "journey-dead-end",
    "metric-mismatch",
    "next-steps-after-payment",
    "post-payment-gap",
    "repeated-feedback-request",
    "sender-churn",
    "silence-after-payment",
    "survey-fatigue",
    "thank-you-missing",
    "unsubscribe-not-honoured-in-time",
    "window-breaks-deadline",
    "wow-window",
    "zero-wait",
];

/// Those of them that look at all journeys at once: no journey sets their threshold.
pub const OF_REPOSITORY: [&str; 11] = [
    "abandonment-vs-post-purchase",
    "delay-notice-missing",
    "duplicate-send-overlap",
    "follow-up-within-7-days",
    "frequency-cap-exceeded",
    "next-steps-after-payment",
    "post-payment-gap",
    "silence-after-payment",
    "survey-fatigue",
    "thank-you-missing",
    "wow-window",
];

/// Why there may be no scenario where the event of the trigger is awaited.
const AGAIN: &str =
    "it is about an event that comes a second time, and a scenario can only speak of the first";

/// Why a check does not look for a life.
const LONG: &str = "there are more steps than a check has time for";

/// Of a witness with more moments a check looks for no life.
const MOST_MOMENTS: usize = 150;

/// Nor where one of its journeys has more steps.
const MOST_STEPS: usize = 250;

/// Two hundred years, in seconds: nobody lives to see what comes later.
const FAR: i64 = 200 * 366 * 86_400;

/// A life that shows what a finding claims.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The scenario file: one scenario, which fails.
    pub text: String,
    /// The name of the scenario.
    pub name: String,
    /// The life.
    pub life: Life,
    /// The arms that are taken in it; the first one where nothing is said.
    pub arms: BTreeMap<StepNo, u32>,
    /// What it took to find it.
    pub effort: Effort,
}

/// Why there is no scenario for a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFound {
    /// The finding is not about what somebody lives through; why not.
    Static(&'static str),
    /// So much was tried, and none of the lives shows it.
    NoLife(Effort),
}

/// The lives of the findings about a program. All journeys act.
pub struct Witnesses<'s, 'p> {
    simulation: &'s Simulation<'p>,
    places: Places<'p>,
}

/// The limit of a rule where a finding is.
pub type ThresholdOf<'t> = dyn Fn(&str) -> Option<Threshold> + 't;

impl<'s, 'p> Witnesses<'s, 'p> {
    /// Those of a simulation.
    pub fn of(simulation: &'s Simulation<'p>) -> Self {
        Self {
            simulation,
            places: Places::of(simulation),
        }
    }

    /// The simulation.
    pub fn simulation(&self) -> &'s Simulation<'p> {
        self.simulation
    }

    /// What it takes to find a life in which a finding is seen.
    ///
    /// # Errors
    ///
    /// If the finding is not about a life, or none of the lives that were tried shows it.
    pub fn effort(
        &self,
        finding: &Diagnostic,
        threshold: &ThresholdOf<'_>,
    ) -> Result<Effort, NotFound> {
        if self.is_long(finding) {
            return Err(NotFound::Static(LONG));
        }
        self.search(finding, threshold, |found, _| found.effort)
    }

    /// Whether a finding is about so many steps that nobody can wait for its life: each moment is read off
    /// all steps before it.
    fn is_long(&self, finding: &Diagnostic) -> bool {
        let moments = finding.witness.iter().flat_map(|it| &it.moments);
        let labels = std::iter::once(&finding.primary).chain(&finding.related);
        let told = moments.clone().filter_map(|it| it.span);
        let mut spans = told.chain(labels.map(|it| it.span));
        moments.count() > MOST_MOMENTS || spans.any(|it| self.places.steps_in(it.file) > MOST_STEPS)
    }

    /// The scenario that fails because of a finding. `fingerprint` only stands in a comment.
    ///
    /// # Errors
    ///
    /// If the finding is not about a life, or none of the lives that were tried shows it.
    pub fn proof(
        &self,
        finding: &Diagnostic,
        threshold: &ThresholdOf<'_>,
        fingerprint: Option<&str>,
    ) -> Result<Proof, NotFound> {
        self.search(finding, threshold, |found, sentence| {
            let written = text::Written {
                simulation: self.simulation,
                diagnostic: finding,
                sentence,
                found: &found,
                fingerprint,
            };
            Proof {
                text: written.text(),
                name: written.name(),
                effort: found.effort,
                life: found.life,
                arms: found.arms,
            }
        })
    }

    /// Looks for the life, and hands it over with the sentence that is broken in it.
    fn search<R>(
        &self,
        finding: &Diagnostic,
        threshold: &ThresholdOf<'_>,
        then: impl FnOnce(Found, &Sentence) -> R,
    ) -> Result<R, NotFound> {
        let Self { simulation, places } = self;
        if finding.verdict == Verdict::Undecided && !finding.is_unshown {
            return Err(NotFound::Static(
                "it says that something cannot be decided, and so nothing about a life",
            ));
        }
        let witness = finding.witness.as_ref().map(within_a_life);
        let route = match &witness {
            Some(it) => Route::of(simulation, places, it),
            None => pointed_at(simulation, places, finding)
                .and_then(|it| Route::to(simulation, places, it)),
        };
        let mut route = route.ok_or(NotFound::Static(STATIC))?;
        // A witness that ends with a wait for something without a date does not tell what comes then.
        let is_open = |it: &Witness| {
            let last = it.moments.last().map(|it| it.kind);
            last == Some(MomentKind::Wait)
        };
        if finding.witness.as_ref().is_some_and(is_open)
            && let Some(step) = pointed_at(simulation, places, finding)
        {
            route.leads_to(simulation, places, step);
        }
        let sentence = |begin| {
            sentence::of(&Finding {
                simulation,
                places,
                diagnostic: finding,
                route: &route,
                begin,
                threshold,
            })
        };
        let own = sentence(None).map_err(NotFound::Static)?;
        let later = |begin| sentence(Some(begin)).ok();
        let mut found = search::search(simulation, &route, &own, &later).map_err(|it| {
            if route.waits_for_trigger(simulation) {
                NotFound::Static(AGAIN)
            } else {
                NotFound::NoLife(it)
            }
        })?;
        let broken = found.sentence.take();
        let broken = match (&broken, &own.other) {
            (Some(it), _) => it,
            (None, Some(other)) if found.is_other => other,
            _ => &own,
        };
        Ok(then(found, broken))
    }
}

/// A witness whose times can be counted with: whoever writes waits of a million years gets an answer, too.
fn within_a_life(witness: &Witness) -> Cow<'_, Witness> {
    if witness.moments.iter().all(|it| it.at.abs() <= FAR) {
        return Cow::Borrowed(witness);
    }
    let mut res = witness.clone();
    for it in &mut res.moments {
        it.at = it.at.clamp(-FAR, FAR);
    }
    Cow::Owned(res)
}

/// The touchpoint that a finding without a witness points at.
fn pointed_at(
    simulation: &Simulation<'_>,
    places: &Places<'_>,
    finding: &Diagnostic,
) -> Option<crate::simulate::StepNo> {
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    let mut steps = labels.filter_map(|it| places.step(it.span));
    steps.find(|it| {
        use crate::model::Step;
        let step = &simulation.step(*it).step.value;
        matches!(step, Step::Send(_) | Step::Task(_) | Step::Touch(_))
    })
}
