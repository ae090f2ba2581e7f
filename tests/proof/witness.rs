//! Whether the witness of a finding shows in a simulated life what the finding says.

use std::collections::BTreeMap;

use journeyc::Compilation;
use journeyc::diagnostic::{Diagnostic, Sink};
use journeyc::scenario::file::Texts;
use journeyc::scenario::judge;
use journeyc::scenario::judge::Scene;
use journeyc::scenario::witness::{NotFound, Proof, Witnesses};
use journeyc::simulate::{Chance, JourneyNo, StepNo, VisitNo};

use super::{Checker, Town};

/// Replays the witnesses of a project's findings.
pub(super) struct Replay<'r, 'p> {
    compiled: &'r Compilation<'r>,
    town: &'r Town<'p>,
    witnesses: Witnesses<'r, 'p>,
    texts: Texts<'p>,
    /// Whether the checkers look at the lives of witnesses as well; they only speak where they are certain.
    judged: bool,
}

impl<'r, 'p> Replay<'r, 'p> {
    pub(super) fn new(
        compiled: &'r Compilation<'_>,
        town: &'r Town<'p>,
        rules: &'p [&'p str],
        judged: bool,
    ) -> Self {
        Self {
            compiled,
            town,
            witnesses: Witnesses::of(&town.simulation),
            texts: Texts::new(town.program, rules),
            judged,
        }
    }

    /// Whether the scenario that is written of a finding fails when it is read again. Nothing where the finding
    /// is not about what somebody lives through.
    pub(super) fn shows(
        &mut self,
        checker: &dyn Checker,
        finding: &Diagnostic,
    ) -> Option<Result<(), String>> {
        let says = match self.compiled.scenario_of(&self.witnesses, finding, None) {
            Ok(it) => match self.failing(&it.text) {
                Err(why) => format!("{why}\n{}", it.text),
                Ok(()) if self.judged && !self.is_seen(checker, finding, &it) => {
                    format!(
                        "the checker does not find in its life what is shown\n{}",
                        it.text
                    )
                }
                Ok(()) => return Some(Ok(())),
            },
            Err(NotFound::Static(_)) => return None,
            Err(NotFound::NoLife(effort)) => {
                format!("{} lives were tried, and none shows it", effort.lives)
            }
        };
        Some(Err(format!("{}{}\n{says}", finding.message, told(finding))))
    }

    /// Reads a scenario as `journeyc test` would, and judges it: it has to fail.
    fn failing(&mut self, text: &str) -> Result<(), String> {
        let mut sink = Sink::default();
        let written = self.texts.read("witness", text, &mut sink);
        if let Some(it) = sink.iter().next() {
            return Err(format!(
                "the scenario cannot be read: {}: {}",
                it.message, it.primary.text
            ));
        }
        let cases: Vec<_> = written.iter().flat_map(|it| &it.cases).collect();
        for case in &cases {
            let simulation = case.acting.simulation(self.town.program);
            let scene = Scene {
                simulation: &simulation,
                letters: None,
                findings: &self.compiled.findings,
            };
            let judged = judge(case, &scene, &mut |_| {});
            if let Some(it) = judged.problem {
                return Err(format!("the scenario cannot be judged: {it}"));
            }
            if judged.failures.iter().all(Option::is_none) {
                return Err("the scenario passes".to_owned());
            }
        }
        (cases.len() == 1)
            .then_some(())
            .ok_or_else(|| format!("{} cases", cases.len()))
    }

    /// Whether the checker sees in the life of a witness what the finding says.
    fn is_seen(&self, checker: &dyn Checker, finding: &Diagnostic, proof: &Proof) -> bool {
        let town = self.town;
        let record = town.simulation.live(&proof.life, &mut Told(&proof.arms));
        let seen = checker.violations(town, &proof.life, &record);
        seen.iter().any(|it| checker.is_meant(town, it, finding))
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
