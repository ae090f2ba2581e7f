//! Whether the witness of a finding shows in a simulated life what the finding says.

use std::collections::BTreeMap;

use journeyc::Compilation;
use journeyc::diagnostic::Diagnostic;
use journeyc::scenario::witness::NotFound;
use journeyc::simulate::{Chance, JourneyNo, StepNo, VisitNo};

use super::{Checker, Town};

/// Turns a finding into a scenario, which fails because of it; `judged` has its life looked at by the checker
/// as well, which only speaks where it is certain. Nothing where the finding is not about what somebody lives through.
pub(super) fn replay(
    compiled: &Compilation<'_>,
    town: &Town<'_>,
    checker: &dyn Checker,
    finding: &Diagnostic,
    judged: bool,
) -> Option<Result<(), String>> {
    match compiled.scenario_of(&town.simulation, finding, None) {
        Ok(it) => {
            if !judged {
                return Some(Ok(()));
            }
            let record = town.simulation.live(&it.life, &mut Told(&it.arms));
            let seen = checker.violations(town, &it.life, &record);
            if seen.iter().any(|it| checker.is_meant(town, it, finding)) {
                return Some(Ok(()));
            }
            Some(Err(format!(
                "the checker does not find in its life what is shown: {}{}\n{}",
                finding.message,
                told(finding),
                it.text
            )))
        }
        Err(NotFound::Static(_)) => None,
        Err(NotFound::NoLife(tries)) => Some(Err(format!(
            "{tries} lives were tried, and none shows: {}{}",
            finding.message,
            told(finding)
        ))),
    }
}

/// Takes the arms that are told, and else the first; keeps nobody out; is never late.
struct Told<'r>(&'r BTreeMap<StepNo, u32>);

impl Chance for Told<'_> {
    fn arm(&mut self, step: StepNo, _: VisitNo, _: &[u32]) -> u32 {
        self.0.get(&step).copied().unwrap_or(0)
    }
    fn holdout(&mut self, _: JourneyNo) -> bool {
        false
    }
    fn delay(&mut self, _: StepNo, _: i64) -> i64 {
        0
    }
}

/// The way that the finding tells of, a line a moment.
fn told(finding: &Diagnostic) -> String {
    let moments = finding.witness.iter().flat_map(|it| &it.moments);
    let lines = moments.map(|it| format!("\n  +{:>8} s {:?} {}", it.at, it.kind, it.name));
    lines.collect()
}
