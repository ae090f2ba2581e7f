//! Judging scenarios: every life that chance can make of a case, and what must hold in each.
//!
//! In: a [`Case`], and a [`Scene`]: the simulation of its acting journeys, and what else is known.
//! Out: a [`Judgement`]: for each check the first life that breaks it, with the reason and the dates.
//! Invariant: a check holds only if it holds in every life; the same case gives the same judgement.
//! Not done here: reading files (`file`), printing (`report` and `cli`).

mod amount;
mod consent;
mod failure;
mod letter;
mod lived;
#[cfg(test)]
mod tests;
mod touch;
pub(super) mod walk;
mod words;

pub use failure::{Failure, Shown};
pub use letter::Letters;
pub use walk::MOST_LIVES;
pub use words::check as words;

use super::case::{Assertion, Case, Check, Expected};
use crate::diagnostic::{Diagnostic, Verdict};
use crate::model::Step;
use crate::simulate::{Record, Simulation, What};
use lived::Lived;

/// What a case is judged with.
#[derive(Clone, Copy)]
pub struct Scene<'s, 'p> {
    /// The simulation of the case's acting journeys.
    pub simulation: &'s Simulation<'p>,
    /// The mails; without them nothing can be said of what a mail says.
    pub letters: Option<&'s Letters<'p>>,
    /// What the linter has found.
    pub findings: &'s [Diagnostic],
}

/// What became of a case.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    /// How many lives were lived.
    pub lives: usize,
    /// For each check of the case, the first life that breaks it.
    pub failures: Vec<Option<Failure>>,
    /// Why the case could not be judged, and what to write instead.
    pub problem: Option<String>,
}

impl Judgement {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.problem.is_none() && self.failures.iter().all(Option::is_none)
    }
}

/// Judges a case. `seen` gets every life, for instance to count what was tried.
pub fn judge(case: &Case, scene: &Scene<'_, '_>, seen: &mut dyn FnMut(&Record)) -> Judgement {
    let mut judgement = Judgement {
        failures: vec![None; case.checks.len()],
        ..Judgement::default()
    };
    let failures = &mut judgement.failures;
    let mut cut = false;
    let lives = walk::walk(scene.simulation, case, &mut |life, record| {
        seen(record);
        let lived = Lived::new(scene, case, life, record);
        for (check, failure) in case.checks.iter().zip(failures.iter_mut()) {
            if failure.is_none()
                && let Err(broken) = lived.holds(check)
            {
                *failure = Some(lived.failure(check, &broken));
            }
        }
        cut |= record.cut;
        !record.cut
    });
    match lives {
        Ok(_) if cut => {
            judgement.problem = Some(format!(
                "the life does more than {} things; journeys that let people into each other may never end",
                crate::simulate::MOST_MOMENTS
            ));
        }
        Ok(lives) => judgement.lives = lives,
        Err(walk::TooMany) => {
            judgement.lives = MOST_LIVES;
            judgement.problem = Some(too_many(case, scene));
        }
    }
    judgement
}

fn too_many(case: &Case, scene: &Scene<'_, '_>) -> String {
    let open = scene
        .simulation
        .steps()
        .filter(|(no, it)| matches!(it.step.value, Step::Split(_)) && !case.arms.contains_key(no));
    let open: Vec<String> = open
        .map(|(no, _)| format!("`{}`", super::selector::step_name(scene.simulation, no)))
        .collect();
    let mut cures = Vec::new();
    if !open.is_empty() {
        cures.push(format!("choose an arm of {} in `assign`", open.join(", ")));
    }
    if case.jitter.is_some() {
        cures.push("end the life earlier with `until`, or leave out `jitter`".to_owned());
    }
    cures.push("let fewer `journeys` act".to_owned());
    format!(
        "more than {MOST_LIVES} lives are possible here; {}",
        cures.join(", or ")
    )
}

/// Why a check does not hold in a life.
#[derive(Debug, Default)]
struct Broken {
    /// In a few words.
    reason: String,
    /// What was expected, as the last line says it.
    expected: Option<String>,
    /// The moments that show it, and what is said beside each.
    marks: Vec<(usize, String)>,
}

impl Broken {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            ..Self::default()
        }
    }

    fn expecting(mut self, expected: Option<String>) -> Self {
        self.expected = expected;
        self
    }

    fn mark(mut self, moment: usize, text: impl Into<String>) -> Self {
        self.marks.push((moment, text.into()));
        self
    }
}

type Held = Result<(), Broken>;

impl Lived<'_, '_> {
    fn holds(&self, check: &Check) -> Held {
        match &check.what {
            Assertion::Expect(it) => self.expect(it),
            Assertion::Never(it) => self.never(it),
            Assertion::NoSilence(it) => self.no_silence(it),
            Assertion::NoneWithoutConsent => self.none_without_consent(),
            Assertion::AtMost(it) => self.at_most(it),
            Assertion::Exactly(it) => self.exactly(it),
            Assertion::Timeline(it) => self.timeline(it),
            Assertion::Ends(it) => self.ends(it),
            Assertion::Reach(it) => {
                let found = self
                    .record
                    .moments
                    .iter()
                    .position(|moment| moment.what.step() == Some(it.step));
                let Some(found) = found else {
                    return Err(Broken::new("nobody comes to this step"));
                };
                self.in_time(found, it.by, "comes to it")
            }
            Assertion::Findings(it) => self.found(it),
        }
    }

    fn found(&self, expected: &[Expected]) -> Held {
        let fits = |wanted: &Expected, it: &Diagnostic| {
            let same = |said: Option<&str>, found: Option<&String>| {
                said.is_none_or(|said| found.is_some_and(|it| it == said))
            };
            it.rule.0 == &*wanted.rule
                && same(wanted.journey.as_deref(), it.journey.as_ref())
                && same(wanted.step.as_deref(), it.step.as_ref())
        };
        if expected.is_empty() {
            return self.nothing_found();
        }
        for wanted in expected {
            let findings = self.scene.findings.iter();
            if !findings.into_iter().any(|it| fits(wanted, it)) {
                let place = match (&wanted.journey, &wanted.step) {
                    (Some(journey), Some(step)) => format!(" at `{journey}/{step}`"),
                    (None, Some(step)) => format!(" at `{step}`"),
                    (Some(journey), None) => format!(" in `{journey}`"),
                    (None, None) => String::new(),
                };
                let reason = format!("the rule `{}` finds nothing{place}", wanted.rule);
                return Err(Broken::new(reason));
            }
        }
        Ok(())
    }

    /// The linter has nothing to complain about. What an `allow` accepts is no complaint, and neither is what
    /// cannot be decided.
    fn nothing_found(&self) -> Held {
        let mut all = self.scene.findings.iter();
        let found = all.find(|it| it.suppressed.is_none() && it.verdict == Verdict::Fail);
        let Some(it) = found else {
            return Ok(());
        };
        let place = match (&it.journey, &it.step) {
            (Some(journey), Some(step)) => format!(" at `{journey}/{step}`"),
            (Some(journey), None) => format!(" in `{journey}`"),
            (None, _) => String::new(),
        };
        let (rule, message) = (it.rule.0, &it.message);
        Err(Broken::new(format!(
            "the rule `{rule}` finds something{place}: {message}"
        )))
    }
}

/// The touchpoints of a record: the moment's place, when, and the step.
fn touchpoints(record: &Record) -> impl Iterator<Item = (usize, i64, crate::simulate::StepNo)> {
    let moments = record.moments.iter().enumerate();
    moments.filter_map(|(no, it)| Some((no, it.at, it.what.touchpoint()?)))
}

/// Whether a moment is something from outside.
fn input(what: What) -> Option<u32> {
    match what {
        What::Event(no) | What::Click(no) | What::Changed(no) => Some(no),
        _ => None,
    }
}
