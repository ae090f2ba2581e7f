//! Names that a scenario may use: journeys that act, their steps, events and milestones.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, RuleId, Sink, did_you_mean, nearest};
use crate::model::check::{INVALID_VALUE, UNKNOWN_EVENT, UNKNOWN_JOURNEY, UNKNOWN_STEP};
use crate::model::{Milestone, Program, Project};
use crate::scenario::Acting;
use crate::simulate::{EventNo, JourneyNo, Simulation, StepNo};
use crate::source::Span;

/// The names of the journeys that act, and of all that is theirs.
#[derive(Clone)]
pub(super) struct Names<'p> {
    pub(super) program: &'p Program,
    pub(super) simulation: Arc<Simulation<'p>>,
    journeys: Arc<BTreeMap<&'p str, JourneyNo>>,
    steps: Arc<BTreeMap<&'p str, Vec<StepNo>>>,
    /// The journey whose step is meant where several have one of a name.
    home: Option<JourneyNo>,
}

/// What a point in time may be counted from, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// An event, or the only one that carries a milestone.
    Event(EventNo),
    /// A step.
    Step(StepNo),
}

impl<'p> Names<'p> {
    pub(super) fn of(program: &'p Program, acting: &Acting) -> Self {
        let simulation = acting.simulation(program);
        let journeys = simulation.journeys();
        let journeys = journeys
            .map(|(no, it)| (&*it.name.value, no))
            .collect::<BTreeMap<&str, JourneyNo>>();
        let mut steps: BTreeMap<&str, Vec<StepNo>> = BTreeMap::new();
        for (no, placed) in simulation.steps() {
            if let Some(id) = placed.step.value.id() {
                steps.entry(&id.value).or_default().push(no);
            }
        }
        Self {
            program,
            simulation: Arc::new(simulation),
            journeys: Arc::new(journeys),
            steps: Arc::new(steps),
            home: None,
        }
    }

    /// The same for a file that is named after a journey.
    pub(super) fn at_home(&self, journey: &str) -> Self {
        let home = self.journeys.get(journey).copied();
        Self {
            home,
            ..self.clone()
        }
    }

    /// The journey that the file is named after, where it acts.
    pub(super) fn home(&self) -> Option<JourneyNo> {
        self.home
    }

    pub(super) fn project(&self) -> &'p Project {
        &self.program.project
    }

    /// A journey that acts.
    pub(super) fn journey(&self, name: &str, span: Span, sink: &mut Sink) -> Option<JourneyNo> {
        let found = self.journeys.get(name).copied();
        if found.is_none() {
            sink.push(self.no_journey(name, span));
        }
        found
    }

    fn no_journey(&self, name: &str, span: Span) -> Diagnostic {
        if self.program.journey(name).is_some() {
            let message = format!("the journey `{name}` does not act in this scenario");
            let help = format!("add `{name}` to `journeys`, or name one that acts");
            return Diagnostic::error(INVALID_VALUE, span, message)
                .help(help)
                .subject(name);
        }
        unknown_journey(self.program, name, span)
    }

    /// A step of a journey that acts, as `step` or `journey/step`.
    pub(super) fn step(&self, name: &str, span: Span, sink: &mut Sink) -> Option<StepNo> {
        match self.find_step(name, span) {
            Ok(it) => Some(it),
            Err(it) => {
                sink.push(*it);
                None
            }
        }
    }

    fn find_step(&self, name: &str, span: Span) -> Result<StepNo, Box<Diagnostic>> {
        if let Some((journey, step)) = name.split_once('/') {
            let Some(no) = self.journeys.get(journey).copied() else {
                return Err(Box::new(self.no_journey(journey, span)));
            };
            return self.step_of(no, step, span);
        }
        match self.steps.get(name).map(Vec::as_slice) {
            Some([only]) => Ok(*only),
            Some(several) => {
                let is_own = |it: &&StepNo| Some(self.simulation.step(**it).journey) == self.home;
                let own = several.iter().find(is_own).copied();
                own.ok_or_else(|| Box::new(self.ambiguous(name, several, span)))
            }
            None => Err(Box::new(self.no_step(name, span))),
        }
    }

    fn step_of(&self, journey: JourneyNo, id: &str, span: Span) -> Result<StepNo, Box<Diagnostic>> {
        let is_own = |no: &&StepNo| self.simulation.step(**no).journey == journey;
        let found = self.steps.get(id).and_then(|it| it.iter().find(is_own));
        found.copied().ok_or_else(|| {
            let journey = self.simulation.journey(journey);
            let ids = journey.walk().filter_map(|(it, _)| it.id());
            let message = format!("the journey `{}` has no step `{id}`", journey.name.value);
            let help = did_you_mean(id, ids.map(|it| &*it.value), "steps");
            Box::new(
                Diagnostic::error(UNKNOWN_STEP, span, message)
                    .help(help)
                    .subject(id),
            )
        })
    }

    fn no_step(&self, name: &str, span: Span) -> Diagnostic {
        let message = format!("no journey that acts has a step `{name}`");
        let known = self.steps.keys().copied();
        let help = match self.elsewhere(name) {
            Some(journey) => format!("add `{journey}`, which has it, to `journeys`"),
            None => did_you_mean(name, known, "steps"),
        };
        Diagnostic::error(UNKNOWN_STEP, span, message)
            .help(help)
            .subject(name)
    }

    /// A journey that does not act and has a step of this name.
    fn elsewhere(&self, step: &str) -> Option<&'p str> {
        let mut others = self.program.whole().map(|it| &it.journey);
        let has = |id: &crate::model::Name| &*id.value == step;
        let found = others.find(|it| {
            !self.journeys.contains_key(&*it.name.value)
                && it.walk().filter_map(|(it, _)| it.id()).any(has)
        });
        found.map(|it| &*it.name.value)
    }

    fn ambiguous(&self, name: &str, steps: &[StepNo], span: Span) -> Diagnostic {
        let journeys: Vec<&str> = steps.iter().map(|it| self.journey_name(*it)).collect();
        let words: Vec<String> = journeys
            .iter()
            .take(3)
            .map(|it| format!("`{it}`"))
            .collect();
        let message = format!("`{name}` is a step of {}", words.join(" and of "));
        let help = format!("write `{}/{name}`", journeys.first().unwrap_or(&"journey"));
        Diagnostic::error(INVALID_VALUE, span, message)
            .help(help)
            .subject(name)
    }

    fn journey_name(&self, step: StepNo) -> &'p str {
        let journey = self.simulation.step(step).journey;
        &self.simulation.journey(journey).name.value
    }

    /// An event, or the one that carries a milestone.
    pub(super) fn event(&self, name: &str, span: Span, sink: &mut Sink) -> Option<EventNo> {
        match self.find_event(name, span) {
            Some(Ok(it)) => Some(it),
            Some(Err(it)) => {
                sink.push(*it);
                None
            }
            None => {
                let message = format!("there is no event or milestone `{name}`");
                let help = did_you_mean(name, self.event_words(), "events");
                sink.push(
                    Diagnostic::error(UNKNOWN_EVENT, span, message)
                        .help(help)
                        .subject(name),
                );
                None
            }
        }
    }

    fn find_event(&self, name: &str, span: Span) -> Option<Result<EventNo, Box<Diagnostic>>> {
        if let Some(it) = self.simulation.event(name) {
            return Some(Ok(it));
        }
        let milestone = Milestone::ALL.iter().find(|it| it.word() == name)?;
        let events: Vec<&str> = self
            .project()
            .events_of(*milestone)
            .map(|it| &*it.value)
            .collect();
        let message = match events.as_slice() {
            [only] => return self.simulation.event(only).map(Ok),
            [] => format!("no event carries the milestone `{name}`"),
            _ => format!("several events carry the milestone `{name}`"),
        };
        let help = match events.as_slice() {
            [] => "give it to an event of `journeyc.yaml`, or name an event".to_owned(),
            several => format!("name one of them: `{}`", several.join("`, `")),
        };
        Some(Err(Box::new(
            Diagnostic::error(INVALID_VALUE, span, message)
                .help(help)
                .subject(name),
        )))
    }

    /// The events, and the milestones that one of them carries.
    fn event_words(&self) -> impl Iterator<Item = &'p str> {
        let project = self.project();
        let events = project.events.keys().map(|it| &*it.value);
        let carried = move |it: &&Milestone| project.events_of(**it).nth(1).is_none();
        let is_there = move |it: &&Milestone| {
            let is_event = project.events.contains_key(it.word());
            !is_event && project.events_of(**it).next().is_some()
        };
        let milestones = Milestone::ALL.iter().filter(carried).filter(is_there);
        events.chain(milestones.map(|it| it.word()))
    }

    /// What a point in time is counted from.
    pub(super) fn named(&self, name: &str, span: Span, sink: &mut Sink) -> Option<Named> {
        if !name.contains('/') {
            match self.find_event(name, span) {
                Some(Ok(it)) => return Some(Named::Event(it)),
                // A step may be called like a milestone that is nobody's, or several events'.
                Some(Err(it)) if !self.steps.contains_key(name) => {
                    sink.push(*it);
                    return None;
                }
                _ => {}
            }
            if !self.steps.contains_key(name) {
                sink.push(self.nothing_called(name, span));
                return None;
            }
        }
        self.step(name, span, sink).map(Named::Step)
    }

    fn nothing_called(&self, name: &str, span: Span) -> Diagnostic {
        let steps = self.steps.keys().copied();
        let known = || self.event_words().chain(steps.clone());
        let message = format!("there is no event, milestone or step `{name}`");
        let help = match (minus(name), self.elsewhere(name)) {
            (Some(apart), _) => format!("put spaces around the minus: `{apart}`"),
            (_, Some(journey)) => format!("add `{journey}`, which has this step, to `journeys`"),
            _ => did_you_mean(name, known(), "events, milestones and steps"),
        };
        let is_step = nearest(name, known()).is_some_and(|it| self.steps.contains_key(it));
        let rule: RuleId = if is_step { UNKNOWN_STEP } else { UNKNOWN_EVENT };
        Diagnostic::error(rule, span, message)
            .help(help)
            .subject(name)
    }
}

/// `payment-3d` with the minus apart, where the end is a duration.
fn minus(name: &str) -> Option<String> {
    let (before, after) = name.rsplit_once('-')?;
    let by: crate::model::Duration = after.parse().ok()?;
    Some(format!("{before} - {by}"))
}

/// The finding about a journey that is not there at all.
pub(super) fn unknown_journey(program: &Program, name: &str, span: Span) -> Diagnostic {
    let known = program.documents.iter().map(|it| &*it.journey.name.value);
    let message = format!("there is no journey `{name}`");
    let help = did_you_mean(name, known, "journeys");
    Diagnostic::error(UNKNOWN_JOURNEY, span, message)
        .help(help)
        .subject(name)
}
