//! Between `lint` and `compile`: which findings somebody lives through.
//!
//! In: a program, and what the linter found in it. Out: the same findings; those about lives that none of
//! the lives tried shows are undecided. Invariant: the same findings for the same program, and a bounded
//! amount of work. Not done here: finding anything, and looking for lives (`scenario::witness`).
//!
//! # Why
//!
//! The linter reads ways and the hours between their steps, all there are: where two messages are
//! held back by the same hours, or a frequency cap lets one go and not the other, it counts with every hour
//! in between, though no single life has them all. What it says of such a way is right about the hours, and
//! may be wrong about people. So a finding fails a check only where a life shows it; where none does, it is
//! undecided, and says so: nobody has to mend a journey for what nobody suffers, and nobody is told that
//! all is well where that is not known.

use std::collections::HashMap;

use chrono::NaiveDate;
use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Verdict};
use crate::lint;
use crate::model::{Journey, Program, Project, Threshold};
use crate::scenario::witness::{self, Effort, NotFound, Witnesses};
use crate::simulate::Simulation;

/// So much is lived for one program, in moments; the findings that are left stand as they are. Most take
/// a few hundred, those that no life shows some hundred thousand: this is some seconds of work.
const MOST_MOMENTS: u64 = 20_000_000;

/// As much work as this is it to read off a finding what must be so in its life.
const READING: u64 = 1_000;

/// So many findings are looked at side by side before the moments are counted.
const AT_ONCE: usize = 16;

/// The limits of rules where findings are.
pub(crate) struct Limits<'p> {
    project: &'p Project,
    journeys: HashMap<&'p str, &'p Journey>,
    today: NaiveDate,
}

impl<'p> Limits<'p> {
    /// All of a program.
    pub(crate) fn of(simulation: &Simulation<'p>, today: NaiveDate) -> Self {
        let journeys = simulation.journeys();
        Self {
            project: simulation.project(),
            journeys: journeys.map(|(_, it)| (&*it.name.value, it)).collect(),
            today,
        }
    }

    /// The limit of a rule where a finding is.
    pub(crate) fn at(&self, finding: &Diagnostic, rule: &str) -> Option<Threshold> {
        let name = finding.journey.as_deref();
        let name = name.filter(|_| !witness::OF_REPOSITORY.contains(&finding.rule.0));
        let journey = name.and_then(|it| self.journeys.get(it).copied());
        lint::threshold_of(self.project, journey, rule, self.today)
    }
}

/// Makes undecided what none of the lives tried shows.
pub(crate) fn doubt(program: &Program, today: NaiveDate, findings: &mut [Diagnostic]) {
    let is_of_lives = |it: &Diagnostic| {
        it.verdict == Verdict::Fail
            && it.suppressed.is_none()
            && witness::RULES.contains(&it.rule.0)
    };
    let mut lived: Vec<&mut Diagnostic> =
        findings.iter_mut().filter(|it| is_of_lives(it)).collect();
    if lived.is_empty() {
        return;
    }
    let simulation = Simulation::of(program);
    let witnesses = Witnesses::of(&simulation);
    let limits = Limits::of(&simulation, today);
    let mut spent = 0;
    for some in lived.chunks_mut(AT_ONCE) {
        let efforts = some.par_iter_mut().map(|it| {
            let effort = witnesses.effort(it, &|rule| limits.at(it, rule));
            if let Err(NotFound::NoLife(_)) = effort {
                it.doubt();
            }
            moments(&effort)
        });
        spent += efforts.sum::<u64>();
        if spent > MOST_MOMENTS {
            return;
        }
    }
}

/// What a search took, with the reading of the finding before it.
fn moments(effort: &Result<Effort, NotFound>) -> u64 {
    match effort {
        Ok(it) | Err(NotFound::NoLife(it)) => it.moments + READING,
        Err(NotFound::Static(_)) => 0,
    }
}
