//! A program laid out for running: numbers for journeys, steps and events.

use super::{Chance, Clock, EventNo, JourneyNo, Life, Record, StepNo};
use crate::model::{Journey, Program, Project, Step};
use crate::source::Spanned;

/// The journeys of a program, laid out so that a life costs little.
#[derive(Debug)]
pub struct Simulation<'p> {
    project: &'p Project,
    journeys: Vec<&'p Journey>,
    steps: Vec<Placed<'p>>,
    events: Vec<&'p str>,
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
        let mut steps = Vec::new();
        for (number, journey) in (0..).zip(&journeys) {
            steps.extend(journey.walk().map(|(step, _)| Placed {
                journey: JourneyNo(number),
                step,
            }));
        }
        Self {
            project,
            journeys,
            steps,
            events: project.events.keys().map(|it| &*it.value).collect(),
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

    /// The declared event with this name.
    pub fn event(&self, name: &str) -> Option<EventNo> {
        let found = (0..).zip(&self.events).find(|(_, it)| **it == name);
        found.map(|(number, _)| EventNo(number))
    }

    /// The name of an event.
    pub fn event_name(&self, no: EventNo) -> &'p str {
        self.events[no.0 as usize]
    }

    /// The clock on a person's wall.
    pub fn clock(&self, zone: Option<chrono_tz::Tz>) -> Clock {
        let own = || self.project.timezone.value.parse().ok();
        Clock::of(zone.or_else(own).unwrap_or(chrono_tz::UTC))
    }

    /// Runs a life.
    pub fn live(&self, life: &Life, chance: &mut impl Chance) -> Record {
        let _ = (life, chance);
        Record::default()
    }
}
