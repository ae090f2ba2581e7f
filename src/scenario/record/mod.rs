//! Scenarios that nobody has to write: one for each distinct way through a journey, with its timeline.
//!
//! In: a journey, and its scenario file as it is. Out: the file's text with recorded scenarios
//! ([`record`]), or with timelines as they are now ([`accept`]).
//! Invariant: what people wrote stays as it is, byte for byte; a recorded scenario holds when it is
//! written; the same journey gives the same text.
//! Not done here: writing files (that is `cli`).

mod accept;
mod draft;
mod file_text;
mod search;
mod title;
mod wish;

pub use accept::{Accepted, accept};

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Acting, Case};
use super::coverage::{Edges, name_of};
use super::file::Texts;
use super::timeline;
use crate::diagnostic::Sink;
use crate::model::{Journey, Program, Step};
use crate::simulate::{Chance, JourneyNo, Record, Simulation, StepNo, VisitNo, What};
use crate::yaml::edit::scalar_of;
use draft::Draft;
use file_text::FileText;
use search::{Lived, Search};

/// What recording a journey has come to.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The file's new text.
    pub text: String,
    /// The names of scenarios that are new.
    pub added: Vec<String>,
    /// The names of recorded scenarios that are different now.
    pub changed: Vec<String>,
    /// The names of recorded scenarios that show nothing of their own any more, and are gone.
    pub dropped: Vec<String>,
    /// How many recorded scenarios stay as they are.
    pub kept: usize,
    /// How many edges of the journey the recorded lives take, and how many there are.
    pub edges: (usize, usize),
    /// The edges that no life was found for.
    pub missed: Vec<String>,
}

/// Why a journey cannot be recorded.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// What is in the way.
    pub message: String,
    /// What to do about it, as an imperative.
    pub help: String,
}

/// Chance that takes the arms of a case, and the first one elsewhere.
pub(super) struct Assigned<'c>(pub(super) &'c Case);

impl Chance for Assigned<'_> {
    fn arm(&mut self, step: StepNo, _: VisitNo, _: &[u32]) -> u32 {
        self.0.arms.get(&step).copied().unwrap_or(0)
    }
    fn holdout(&mut self, journey: JourneyNo) -> bool {
        self.0.kept_out.contains(&journey)
    }
    fn delay(&mut self, _: StepNo, _: i64) -> i64 {
        0
    }
}

/// Records a journey: finds few lives that together take all of its edges that can be found, and writes
/// them into its scenario file, beside what people wrote there.
pub fn record(
    program: &Program,
    journey: &Journey,
    existing: Option<&str>,
    rules: &[&str],
) -> Result<Recorded, Trouble> {
    let name = &*journey.name.value;
    let unix = existing.map(|it| it.replace("\r\n", "\n"));
    let file = FileText::of(unix.as_deref(), name)?;
    let mut studio = Studio {
        file,
        texts: Texts::new(program, rules),
        name,
        simulation: Acting::Only(vec![name.into()]).simulation(program),
        settings: String::new(),
    };
    let edges = Edges::of(&studio.simulation);
    let Some(first) = studio.case(&Draft::default()) else {
        return Err(Trouble {
            message: format!("the scenario file of `{name}` has faults"),
            help: "run `journeyc check` and cure what it finds first".to_owned(),
        });
    };
    let alone = Acting::Only(vec![name.into()]);
    // What is recorded is the life of the journey alone, and nothing in it is late.
    if first.acting != alone {
        studio.settings = format!("journeys: [{}]\n", scalar_of(name));
    }
    if first.jitter.is_some() {
        studio.settings.push_str("jitter: {step_delay: [0m, 0m]}\n");
    }
    let simulation = alone.simulation(program);
    let mut try_one = |draft: &Draft| studio.live(draft);
    let mut search = Search {
        simulation: &simulation,
        edges: &edges,
        clock: simulation.clock(first.person.zone),
        start: first.start,
        live: &mut try_one,
        found: Vec::new(),
        covered: BTreeSet::new(),
        tried: Vec::new(),
    };
    search.run();
    let covered = search.covered.clone();
    let lives = search.chosen();
    let scenarios = studio.scenarios(lives);
    let mut res = studio.file.with(&scenarios);
    res.edges = (covered.len(), edges.all().len());
    if existing.is_some_and(|it| it.contains("\r\n")) {
        res.text = res.text.replace('\n', "\r\n");
    }
    let missed = edges.all().iter().enumerate();
    res.missed = missed
        .filter(|(number, _)| !covered.contains(number))
        .map(|(_, edge)| name_of(&simulation, *edge))
        .collect();
    Ok(res)
}

/// Where drafts become lives: the surroundings of the file in which they will stand.
struct Studio<'p> {
    file: FileText,
    texts: Texts<'p>,
    name: &'p str,
    simulation: Simulation<'p>,
    /// Lines of every recorded scenario: it is another life than the top of the file says.
    settings: String,
}

impl Studio<'_> {
    /// A draft as a case of the file.
    fn case(&mut self, draft: &Draft) -> Option<Case> {
        let text = self.file.around(&draft.to_yaml("x", &self.settings, None));
        let mut sink = Sink::default();
        let read = self.texts.read(self.name, &text, &mut sink);
        let mut cases = read.into_iter().flat_map(|it| it.cases);
        cases.next().filter(|_| sink.is_empty())
    }

    fn live(&mut self, draft: &Draft) -> Option<Record> {
        let case = self.case(draft)?;
        let record = self.simulation.live(&case.life(), &mut Assigned(&case));
        Some(record).filter(|it| !it.cut)
    }

    /// Lives as entries of the file, with their names.
    fn scenarios(&mut self, lives: Vec<Lived>) -> Vec<(String, String)> {
        let mut taken: BTreeMap<String, u32> = BTreeMap::new();
        for name in self.file.written_by_people() {
            taken.insert(name.clone(), 1);
        }
        let mut res = Vec::new();
        for (number, mut life) in lives.into_iter().enumerate() {
            let locales = &self.simulation.project().locales;
            life.draft.locale = match number {
                0 => None,
                // Every language is read by somebody.
                _ => locales.get(number).map(|it| it.value.clone()),
            };
            self.assign(&mut life);
            let title = title::of(&self.simulation, life.aim);
            let count = taken.entry(title.clone()).or_insert(0);
            *count += 1;
            let name = match *count {
                1 => title,
                n => format!("{title} ({n})"),
            };
            let Some(case) = self.case(&life.draft) else {
                continue;
            };
            let record = self.simulation.live(&case.life(), &mut Assigned(&case));
            let golden = timeline::lines(&self.simulation, &case, &record);
            let yaml = life.draft.to_yaml(&name, &self.settings, Some(&golden));
            res.push((name, yaml));
        }
        res
    }

    /// Names the arm of each split that the person comes to: else every arm would be tried.
    fn assign(&self, life: &mut Lived) {
        for moment in &life.record.moments {
            let What::Arm(step, arm) = moment.what else {
                continue;
            };
            if let Step::Split(split) = &self.simulation.step(step).step.value
                && let Some((arm, _)) = split.arms.get_index(arm as usize)
            {
                let arms = &mut life.draft.arms;
                arms.insert(split.id.value.clone(), arm.value.clone());
            }
        }
    }
}
