//! A program laid out for running: numbers for journeys, steps and events.

use std::collections::{HashMap, HashSet};

use super::code::{Code, Layout};
use super::condition::Numbers;
use super::run::Runner;
use super::window::Hours;
use super::{Chance, Clock, EventNo, JourneyNo, Life, Record, StepNo};
use crate::model::{Journey, Program, Project, Step};
use crate::source::Spanned;

/// The journeys of a program, laid out so that a life costs little.
#[derive(Debug)]
pub struct Simulation<'p> {
    project: &'p Project,
    journeys: Vec<&'p Journey>,
    steps: Vec<Placed<'p>>,
    /// The names that several steps have.
    shared: HashSet<&'p str>,
    events: Vec<&'p str>,
    event_no: HashMap<&'p str, u32>,
    attributes: Vec<&'p str>,
    codes: Vec<Code<'p>>,
    /// For each event the journeys that it lets people into.
    begun: Vec<Vec<JourneyNo>>,
    hours: Hours,
    clock: Clock,
}

/// A step with its journey.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'p> {
    /// The journey.
    pub journey: JourneyNo,
    /// The step.
    pub step: &'p Spanned<Step>,
}

impl<'p> Simulation<'p> {
    /// All journeys of a program that are whole.
    pub fn of(program: &'p Program) -> Self {
        Self::with(program, |_| true)
    }

    /// The journeys of a program that are whole, and that act on the person.
    pub fn with(program: &'p Program, acts: impl Fn(&Journey) -> bool) -> Self {
        let project = &program.project;
        let whole = program.whole().map(|it| &it.journey);
        let journeys: Vec<&Journey> = whole.filter(|it| acts(it)).collect();
        let events: Vec<&str> = project.events.keys().map(|it| &*it.value).collect();
        let attributes: Vec<&str> = project.contact.keys().map(|it| &*it.value).collect();
        let event_no = number_of(&events);
        let attribute_no = number_of(&attributes);
        let names: Vec<&str> = journeys.iter().map(|it| &*it.name.value).collect();
        let journey_no = number_of(&names);
        let numbers = Numbers {
            attribute: &|name| attribute_no.get(name).map(|it| *it as usize),
            event: &|name| event_no.get(name).copied().map(EventNo),
        };
        let mut steps = Vec::new();
        let mut codes = Vec::with_capacity(journeys.len());
        let mut begun = vec![Vec::new(); events.len()];
        for (number, journey) in (0..).map(JourneyNo).zip(&journeys) {
            let layout = Layout {
                project,
                numbers: &numbers,
                journey_of: &|name| journey_no.get(name).copied().map(JourneyNo),
                journey,
                next: u32::try_from(steps.len()).unwrap_or(u32::MAX),
            };
            let code = layout.code();
            if let Some(event) = code.trigger {
                begun[event.0 as usize].push(number);
            }
            codes.push(code);
            let placed = |(step, _)| Placed {
                journey: number,
                step,
            };
            steps.extend(journey.walk().map(placed));
        }
        let mut seen = HashSet::with_capacity(steps.len());
        let ids = steps.iter().filter_map(|it| it.step.value.id());
        let shared = ids.map(|it| &*it.value).filter(|it| !seen.insert(*it));
        let shared = shared.collect();
        let zone = project.timezone.value.parse();
        Self {
            project,
            journeys,
            steps,
            shared,
            events,
            event_no,
            attributes,
            codes,
            begun,
            hours: Hours::of(&project.policy),
            clock: Clock::of(zone.unwrap_or(chrono_tz::UTC)),
        }
    }

    /// The project file.
    pub fn project(&self) -> &'p Project {
        self.project
    }

    /// The journeys that act, in the order of their files.
    pub fn journeys(&self) -> impl Iterator<Item = (JourneyNo, &'p Journey)> {
        (0..).map(JourneyNo).zip(self.journeys.iter().copied())
    }

    /// The journey with this number.
    pub fn journey(&self, no: JourneyNo) -> &'p Journey {
        self.journeys[no.0 as usize]
    }

    /// All steps, in the order of the files; inner ones after the one that they stand in.
    pub fn steps(&self) -> impl Iterator<Item = (StepNo, Placed<'p>)> {
        (0..).map(StepNo).zip(self.steps.iter().copied())
    }

    /// The step with this number.
    pub fn step(&self, no: StepNo) -> Placed<'p> {
        self.steps[no.0 as usize]
    }

    /// The name of a step, where it has one.
    pub fn step_id(&self, no: StepNo) -> Option<&'p str> {
        self.step(no).step.value.id().map(|it| &*it.value)
    }

    /// Whether several steps have this name.
    pub fn is_shared(&self, id: &str) -> bool {
        self.shared.contains(id)
    }

    /// The declared event with this name.
    pub fn event(&self, name: &str) -> Option<EventNo> {
        self.event_no.get(name).copied().map(EventNo)
    }

    /// The name of an event.
    pub fn event_name(&self, no: EventNo) -> &'p str {
        self.events[no.0 as usize]
    }

    /// The clock on a person's wall: the project's where their zone is not known.
    pub fn clock(&self, zone: Option<chrono_tz::Tz>) -> Clock {
        zone.map_or(self.clock, Clock::of)
    }

    /// Runs a life.
    pub fn live(&self, life: &Life, chance: &mut impl Chance) -> Record {
        Runner::new(self, life, chance).run()
    }

    pub(super) fn code(&self, no: JourneyNo) -> &Code<'p> {
        &self.codes[no.0 as usize]
    }

    pub(super) fn attributes(&self) -> &[&'p str] {
        &self.attributes
    }

    pub(super) fn begun_by(&self, event: EventNo) -> &[JourneyNo] {
        &self.begun[event.0 as usize]
    }

    pub(super) fn hours(&self) -> &Hours {
        &self.hours
    }
}

/// The place of each name; of names that come twice the first.
fn number_of<'n>(names: &[&'n str]) -> HashMap<&'n str, u32> {
    let mut res = HashMap::with_capacity(names.len());
    for (number, name) in (0..).zip(names) {
        res.entry(*name).or_insert(number);
    }
    res
}
