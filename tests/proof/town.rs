//! What checkers want to know of a project, looked up once.

use chrono_tz::Tz;
use journeyc::model::{Duration, Event, Journey, Milestone, Program, Project, Step, Threshold};
use journeyc::simulate::{
    Clock, EventNo, JourneyNo, Life, Occurrence, Outside, Placed, Record, Simulation, StepNo, What,
};
use serde_json::{Map, Value};

/// A project with its journeys, as checkers see it.
pub struct Town<'p> {
    /// What the YAML says.
    pub program: &'p Program,
    /// Its journeys, steps and events by their numbers.
    pub simulation: Simulation<'p>,
    milestones: Vec<Option<Milestone>>,
    /// The zones whose clocks count somewhere in the project.
    zones: Vec<Tz>,
}

impl<'p> Town<'p> {
    /// Looks up what checkers ask for.
    pub fn of(program: &'p Program) -> Self {
        let events = program.project.events.values();
        Self {
            program,
            simulation: Simulation::of(program),
            milestones: events.map(|it| it.milestone.map(|it| it.value)).collect(),
            zones: zones(program),
        }
    }

    /// The project file.
    pub fn project(&self) -> &'p Project {
        &self.program.project
    }

    /// A journey.
    pub fn journey(&self, no: JourneyNo) -> &'p Journey {
        self.simulation.journey(no)
    }

    /// All journeys.
    pub fn journeys(&self) -> impl Iterator<Item = (JourneyNo, &'p Journey)> {
        self.simulation.journeys()
    }

    /// A journey's name.
    pub fn name(&self, no: JourneyNo) -> &'p str {
        &self.journey(no).name.value
    }

    /// A step.
    pub fn step(&self, no: StepNo) -> Placed<'p> {
        self.simulation.step(no)
    }

    /// What an event means for the relationship.
    pub fn milestone(&self, no: EventNo) -> Option<Milestone> {
        self.milestones[no.0 as usize]
    }

    /// An event's declaration.
    pub fn event(&self, no: EventNo) -> Option<&'p Event> {
        self.project().event(self.simulation.event_name(no))
    }

    /// The clock on the person's wall.
    pub fn clock(&self, life: &Life) -> Clock {
        self.simulation.clock(life.person.zone)
    }

    /// The duration that `policy.thresholds` sets for a rule, or that the journey sets for itself.
    pub fn limit(&self, rule: &str, journey: Option<&Journey>) -> Option<Duration> {
        match self.threshold(rule, journey)? {
            Threshold::Duration(it) => Some(it),
            Threshold::Number(_) => None,
        }
    }

    /// The number that `policy.thresholds` sets for a rule, or that the journey sets for itself.
    pub fn number(&self, rule: &str, journey: Option<&Journey>) -> Option<f64> {
        match self.threshold(rule, journey)? {
            Threshold::Number(it) => Some(it),
            Threshold::Duration(_) => None,
        }
    }

    /// The seconds between two moments, as few as they can be read: without the hours by which clocks
    /// were changed in between. What is longer than a limit by this is longer by every reading.
    pub fn at_least(&self, life: &Life, from: i64, to: i64) -> i64 {
        to.saturating_sub(from) - self.changed(life, from, to)
    }

    /// The same, as many as they can be read: what is shorter than a limit by this is too short by
    /// every reading.
    pub fn at_most(&self, life: &Life, from: i64, to: i64) -> i64 {
        to.saturating_sub(from)
            .saturating_add(self.changed(life, from, to))
    }

    fn changed(&self, life: &Life, from: i64, to: i64) -> i64 {
        // What never comes is later than any calendar.
        let to = to.min(life.end);
        let own = self.clock(life).zone();
        let others = self.zones.iter().copied().filter(|it| *it != own);
        let shift = |zone: Tz| {
            let clock = Clock::of(zone);
            let gone = |at| clock.local(at).and_utc().timestamp() - at;
            (gone(to) - gone(from)).abs()
        };
        std::iter::once(own).chain(others).map(shift).sum()
    }

    fn threshold(&self, rule: &str, journey: Option<&Journey>) -> Option<Threshold> {
        let own = journey.and_then(|it| it.lint.rules.get(rule)?.threshold.as_ref());
        let common = || self.project().policy.thresholds.get(rule);
        own.or_else(common).map(|it| it.value)
    }
}

/// The seconds of a duration as a limit: clocks stand still, and five business days are a week.
pub fn length(duration: Duration) -> i64 {
    let days = i64::from(duration.days) + i64::from(duration.business_days) * 7 / 5;
    days * 86_400 + i64::from(duration.minutes) * 60
}

/// The zones that a project names: its own, those of windows, and those of waits.
fn zones(program: &Program) -> Vec<Tz> {
    let project = &program.project;
    let policy = &project.policy;
    let window = policy.send_window.as_ref().and_then(|it| it.zone.as_ref());
    let quiet = policy.quiet_hours.as_ref().and_then(|it| it.zone.as_ref());
    let mut names = vec![&project.timezone];
    names.extend(window.into_iter().chain(quiet));
    for document in &program.documents {
        names.extend(
            document
                .journey
                .walk()
                .filter_map(|(it, _)| match &it.value {
                    Step::Wait(it) => it.zone.as_ref(),
                    _ => None,
                }),
        );
    }
    let mut zones: Vec<Tz> = names
        .iter()
        .filter_map(|it| it.value.parse().ok())
        .collect();
    zones.sort_by_key(|it| it.name());
    zones.dedup();
    zones
}

/// What came from outside at a moment, if it is an event.
pub fn event(life: &Life, what: What) -> Option<(EventNo, &Map<String, Value>)> {
    let What::Event(number) = what else {
        return None;
    };
    occurred(life, number)
}

/// The event with this number in the life's input.
pub fn occurred(life: &Life, number: u32) -> Option<(EventNo, &Map<String, Value>)> {
    match life.outside.get(number as usize) {
        Some(Occurrence {
            what: Outside::Event(event, data),
            ..
        }) => Some((*event, data)),
        _ => None,
    }
}

/// The events of a life with their seconds, as the record tells them.
pub fn events<'l>(
    life: &'l Life,
    record: &'l Record,
) -> impl Iterator<Item = (i64, EventNo, &'l Map<String, Value>)> {
    let moments = record.moments.iter();
    moments.filter_map(|it| event(life, it.what).map(|(no, data)| (it.at, no, data)))
}
