//! Which touchpoints are meant: steps, or properties that touchpoints have.
//!
//! In: a [`Simulation`] and what is asked for. Out: a [`Selector`], with the numbers of its steps and how it is
//! called. Invariant: the numbers are those of that simulation, sorted. Not done here: reading names (`file`).

use crate::model::{Ask, Channel, Class, Purpose, Stage, Step};
use crate::simulate::{JourneyNo, Simulation, StepNo};

/// Which touchpoints are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// What kind of touchpoint.
    pub kind: Kind,
    /// The steps that are meant, sorted.
    pub steps: Vec<StepNo>,
    /// How messages call them: `review-request`, `any commercial email`.
    pub words: String,
}

/// Kinds of touchpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An email.
    Send,
    /// Something that a person of ours does.
    Task,
    /// Something that another system does.
    Touch,
    /// Any of them.
    Any,
}

/// Properties that touchpoints are chosen by; all that are given must fit.
#[derive(Debug, Clone, Default)]
pub struct Properties {
    /// What it is for, among others.
    pub purpose: Option<Purpose>,
    /// What law takes it for. A task has none.
    pub class: Option<Class>,
    /// Where in the relationship its journey stands, or it itself where it says so.
    pub stage: Option<Stage>,
    /// The way it takes; `email` fits every `send`.
    pub channel: Option<Channel>,
    /// Its journey.
    pub journey: Option<JourneyNo>,
    /// What it asks for.
    pub asks: Option<Ask>,
    /// Who speaks.
    pub from: Option<Box<str>>,
}

impl Selector {
    /// One step.
    pub fn step(kind: Kind, no: StepNo, simulation: &Simulation<'_>) -> Self {
        Self {
            kind,
            steps: vec![no],
            words: step_name(simulation, no),
        }
    }

    /// Every touchpoint.
    pub fn any(simulation: &Simulation<'_>) -> Self {
        Self::by(Kind::Any, &Properties::default(), simulation)
    }

    /// All touchpoints of a kind that have these properties.
    pub fn by(kind: Kind, wanted: &Properties, simulation: &Simulation<'_>) -> Self {
        let steps = simulation.steps();
        let fits = |no: &StepNo| kind.fits(simulation, *no) && wanted.fit(simulation, *no);
        Self {
            kind,
            steps: steps.map(|it| it.0).filter(fits).collect(),
            words: wanted.words(kind, simulation),
        }
    }

    /// Whether a step is meant.
    pub fn has(&self, step: StepNo) -> bool {
        self.steps.binary_search(&step).is_ok()
    }
}

impl Kind {
    /// Whether a step is a touchpoint of this kind.
    pub fn fits(self, simulation: &Simulation<'_>, no: StepNo) -> bool {
        let step = &simulation.step(no).step.value;
        match self {
            Self::Send => matches!(step, Step::Send(_)),
            Self::Task => matches!(step, Step::Task(_)),
            Self::Touch => matches!(step, Step::Touch(_)),
            Self::Any => matches!(step, Step::Send(_) | Step::Task(_) | Step::Touch(_)),
        }
    }

    /// One of them.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Send => "email",
            Self::Task => "task",
            Self::Touch => "touch",
            Self::Any => "touchpoint",
        }
    }

    /// Several of them.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Send => "emails",
            Self::Task => "tasks",
            Self::Touch => "touches",
            Self::Any => "touchpoints",
        }
    }
}

impl Properties {
    /// Whether a touchpoint has all of them.
    pub fn fit(&self, simulation: &Simulation<'_>, no: StepNo) -> bool {
        let placed = simulation.step(no);
        let journey = simulation.journey(placed.journey);
        let (purpose, channel, class, asks) = match &placed.step.value {
            Step::Send(it) => (
                &it.purpose,
                Channel::Email,
                Some(journey.class_of(it)),
                it.asks.as_ref().map(|it| it.value),
            ),
            Step::Task(it) => (&it.purpose, it.channel, None, None),
            Step::Touch(it) => {
                let class = it.class.map_or(journey.class, |it| it.value);
                (&it.purpose, it.channel, Some(class), None)
            }
            _ => return false,
        };
        let own_stage = match &placed.step.value {
            Step::Send(it) => it.stage.as_ref().map(|it| it.value),
            _ => None,
        };
        let is_at = |stage| match own_stage {
            Some(own) => own == stage,
            None => journey.stage.has(stage),
        };
        let speaks = |name: &str| speaker(simulation, no) == Some(name);
        self.purpose.is_none_or(|wanted| purpose.has(wanted))
            && self.class.is_none_or(|it| class == Some(it))
            && self.stage.is_none_or(is_at)
            && self.channel.is_none_or(|it| channel == it)
            && self.journey.is_none_or(|it| placed.journey == it)
            && self.asks.is_none_or(|it| asks == Some(it))
            && self.from.as_deref().is_none_or(speaks)
    }

    fn words(&self, kind: Kind, simulation: &Simulation<'_>) -> String {
        let mut out = "any".to_owned();
        let adjectives = [
            self.class.map(Class::word),
            self.channel.map(Channel::word),
            self.purpose.map(Purpose::word),
        ];
        for it in adjectives.into_iter().flatten() {
            out.push(' ');
            out.push_str(it);
        }
        out.push(' ');
        out.push_str(kind.word());
        let journey = self.journey.map(|it| &*simulation.journey(it).name.value);
        let rest = [
            ("that asks for", self.asks.map(Ask::word)),
            ("of the stage", self.stage.map(Stage::word)),
            ("of", journey),
            ("from", self.from.as_deref()),
        ];
        for (before, name) in rest {
            if let Some(name) = name {
                out.extend([" ", before, " ", name]);
            }
        }
        out
    }
}

/// Who speaks at a touchpoint: the sender of an email, the owner of a task, the system of a touch.
pub(super) fn speaker<'p>(simulation: &Simulation<'p>, no: StepNo) -> Option<&'p str> {
    let placed = simulation.step(no);
    let journey = simulation.journey(placed.journey);
    match &placed.step.value {
        Step::Send(it) => Some(&journey.sender_of(it).value),
        Step::Task(it) => it.owner.as_ref().map(|it| &*it.value),
        Step::Touch(it) => it.by.as_ref().map(|it| &*it.value),
        _ => None,
    }
}

/// How a step is called: by its id, with the journey's name where two acting journeys have one of that id.
pub(super) fn step_name(simulation: &Simulation<'_>, no: StepNo) -> String {
    let placed = simulation.step(no);
    let Some(id) = simulation.step_id(no) else {
        return placed.step.value.kind().to_owned();
    };
    if simulation.is_shared(id) {
        return format!("{}/{id}", simulation.journey(placed.journey).name.value);
    }
    id.to_owned()
}
