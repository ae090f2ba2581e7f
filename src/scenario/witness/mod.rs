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
mod places;
mod route;
mod search;
mod sentence;
mod starts;
mod text;
mod unlived;
mod wishes;

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, MomentKind, Verdict, Witness};
use crate::model::Threshold;
use crate::simulate::{Life, Simulation, StepNo};

use places::Places;
use route::Route;
use sentence::{Finding, STATIC};

/// The rules whose findings can become scenarios.
pub const RULES: [&str; 25] = [
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
    /// How many lives were tried to find it.
    pub tries: u32,
}

/// Why there is no scenario for a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFound {
    /// The finding is not about what somebody lives through; why not.
    Static(&'static str),
    /// So many lives were tried, and none shows it.
    NoLife(u32),
}

/// The scenario that fails because of a finding. All journeys act. `threshold` gives the limit of a rule
/// where the finding is; `fingerprint` only stands in a comment.
///
/// # Errors
///
/// If the finding is not about a life, or none of the lives that were tried shows it.
pub fn of(
    simulation: &Simulation<'_>,
    finding: &Diagnostic,
    threshold: &dyn Fn(&str) -> Option<Threshold>,
    fingerprint: Option<&str>,
) -> Result<Proof, NotFound> {
    if finding.verdict == Verdict::Undecided {
        return Err(NotFound::Static(
            "it says that something cannot be decided, and so nothing about a life",
        ));
    }
    let places = Places::of(simulation);
    let route = match &finding.witness {
        Some(it) => Route::of(simulation, &places, it),
        None => pointed_at(simulation, &places, finding)
            .and_then(|it| Route::to(simulation, &places, it)),
    };
    let mut route = route.ok_or(NotFound::Static(STATIC))?;
    // A witness that ends with a wait for something without a date does not tell what comes then.
    let is_open = |it: &Witness| {
        let last = it.moments.last().map(|it| it.kind);
        last == Some(MomentKind::Wait)
    };
    if finding.witness.as_ref().is_some_and(is_open)
        && let Some(step) = pointed_at(simulation, &places, finding)
    {
        route.leads_to(simulation, &places, step);
    }
    let sentence = |begin| {
        sentence::of(&Finding {
            simulation,
            places: &places,
            diagnostic: finding,
            route: &route,
            begin,
            threshold,
        })
    };
    let own = sentence(None).map_err(NotFound::Static)?;
    let later = |begin| sentence(Some(begin)).ok();
    let found = search::search(simulation, &route, &own, &later).map_err(NotFound::NoLife)?;
    let written = text::Written {
        simulation,
        diagnostic: finding,
        sentence: match (&found.sentence, &own.other) {
            (Some(it), _) => it,
            (None, Some(other)) if found.is_other => other,
            _ => &own,
        },
        found: &found,
        fingerprint,
    };
    Ok(Proof {
        text: written.text(),
        name: written.name(),
        tries: found.tries,
        life: found.life,
        arms: found.arms,
    })
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
