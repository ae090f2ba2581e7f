//! Tries scenarios, and gathers what became of them.

use std::collections::BTreeMap;

use crate::compile::Compilation;
use crate::model::Program;
use crate::report::scenario::{At, Failed, TestReport, Tested, Tried, TriedJourney};
use crate::scenario::file::Written;
use crate::scenario::{Acting, Coverage, Letters, Part, Scene, Share, judge, name_of};
use crate::simulate::{JourneyNo, Simulation};
use crate::source::{Places, Span};

/// Tries these scenarios of a compilation.
pub(super) fn report(compilation: &Compilation<'_>, chosen: &[&Written]) -> TestReport {
    let places = Places::new(&compilation.workspace.sources);
    let mut report = TestReport {
        today: compilation.workspace.today,
        ..TestReport::default()
    };
    let Some(program) = &compilation.program else {
        return report;
    };
    let mut run = Run {
        compilation,
        program,
        letters: Letters::of(program, &compilation.messages, &compilation.mails),
        places,
        whole: Simulation::of(program),
        casts: BTreeMap::new(),
    };
    let mut coverage = Coverage::of(&run.whole);
    for written in chosen {
        report.scenarios.push(run.scenario(written, &mut coverage));
    }
    report.coverage = tried(&run.whole, &coverage);
    report
}

struct Run<'c, 'w> {
    compilation: &'c Compilation<'w>,
    program: &'c Program,
    letters: Letters<'c>,
    places: Places<'c>,
    whole: Simulation<'c>,
    /// Each choice of journeys that act.
    casts: BTreeMap<Acting, (Simulation<'c>, Part)>,
}

impl Run<'_, '_> {
    fn at(&self, span: Span) -> At {
        let place = self.places.of(span);
        At {
            path: place.path.to_owned(),
            line: place.start.line as usize,
            column: place.start.column as usize,
        }
    }

    fn scenario(&mut self, written: &Written, coverage: &mut Coverage) -> Tested {
        let mut tested = Tested {
            name: written.name.value.to_string(),
            place: self.at(written.name.span),
            checks: None,
            failures: Vec::new(),
        };
        for case in &written.cases {
            if !self.casts.contains_key(&case.acting) {
                let simulation = case.acting.simulation(self.program);
                let part = coverage.part(&self.whole, &simulation);
                self.casts.insert(case.acting.clone(), (simulation, part));
            }
            let Some((simulation, part)) = self.casts.get(&case.acting) else {
                continue;
            };
            *tested.checks.get_or_insert(0) += case.checks.len();
            let scene = Scene {
                simulation,
                letters: Some(&self.letters),
                findings: &self.compilation.findings,
            };
            let judgement = judge(case, &scene, &mut |record| {
                coverage.add(part, record, case.locale.as_deref());
            });
            tested
                .failures
                .extend(judgement.problem.map(|problem| Failed {
                    case: case.name.clone(),
                    place: self.at(case.span),
                    headline: "cannot be judged".to_owned(),
                    lines: vec![problem],
                }));
            for failure in judgement.failures.into_iter().flatten() {
                tested.failures.push(Failed {
                    case: case.name.clone(),
                    place: self.at(failure.span),
                    lines: failure.lines(),
                    headline: failure.clause,
                });
            }
        }
        tested
    }
}

/// What was tried, in words.
fn tried(whole: &Simulation<'_>, coverage: &Coverage) -> Tried {
    let at_hand = coverage.missed();
    let journey = |number: JourneyNo, name: &str| {
        let own = coverage
            .edges()
            .filter(|(it, lives)| it.journey == number && *lives == 0);
        TriedJourney {
            name: name.to_owned(),
            edges: numbers(coverage.share(Some(number))),
            steps: numbers(coverage.steps(whole, Some(number))),
            missed: own
                .map(|(it, _)| (name_of(whole, it), at_hand.contains(&it)))
                .collect(),
        }
    };
    let locales = coverage.locales();
    Tried {
        edges: numbers(coverage.share(None)),
        steps: numbers(coverage.steps(whole, None)),
        journeys: whole
            .journeys()
            .map(|(no, it)| journey(no, &it.name.value))
            .collect(),
        locales: locales
            .map(|(name, is_read)| (name.to_owned(), is_read))
            .collect(),
    }
}

fn numbers(share: Share) -> (usize, usize) {
    (share.tried, share.all)
}
