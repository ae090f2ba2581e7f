//! A scenario with every name resolved: who lives, what comes from outside, and what must hold.
//!
//! The numbers of journeys, steps and events in a case are those of [`Acting::simulation`] of its
//! journeys, and of no other simulation.

use std::collections::BTreeMap;

use super::selector::Selector;
use crate::model::{Basis, Duration, Offset, Program, TimeOfDay};
use crate::simulate::{EventNo, JourneyNo, Life, Occurrence, Person, Simulation, StepNo};
use crate::source::Span;

/// One scenario, ready to be lived and judged. A scenario with a `matrix` is several of them.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its name, with the values of the matrix where there is one: `late on a Friday (zone: Asia/Kolkata)`.
    pub name: String,
    /// The place of its name.
    pub span: Span,
    /// The journeys that act on the person.
    pub acting: Acting,
    /// Who lives.
    pub person: Person,
    /// The language that the person reads; the project's first where it is not known.
    pub locale: Option<Box<str>>,
    /// What the person has agreed to; nothing if the scenario says of no consent.
    pub consent: Option<Consent>,
    /// The persona that the person is one of.
    pub persona: Option<Box<str>>,
    /// The first second of the life.
    pub start: i64,
    /// The last second of the life.
    pub end: i64,
    /// What comes from outside, history included, in the order of the file.
    pub outside: Vec<Input>,
    /// How late touchpoints may be.
    pub jitter: Option<Jitter>,
    /// The arm that is taken at a split, by its number from 0. Splits that are not listed are tried
    /// with every arm.
    pub arms: BTreeMap<StepNo, u32>,
    /// The journeys with a `holdout` that the person is kept out of. Nobody is kept out of others.
    pub kept_out: Vec<JourneyNo>,
    /// What must hold in every life.
    pub checks: Vec<Check>,
}

/// The journeys that act on the person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Acting {
    /// All of the repository.
    #[default]
    All,
    /// Those with these names, sorted.
    Only(Vec<Box<str>>),
}

/// What the person has agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// Why we may write.
    pub basis: Basis,
    /// Since when, in seconds since 1970 in UTC.
    pub since: i64,
}

/// Something that comes from outside, and where the scenario says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// When and what.
    pub occurrence: Occurrence,
    /// The place in the file.
    pub span: Span,
}

/// Every touchpoint is between `lo` and `hi` seconds late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jitter {
    /// The least.
    pub lo: i64,
    /// The most.
    pub hi: i64,
}

/// Something that must hold in every life.
#[derive(Debug, Clone)]
pub struct Check {
    /// The place of its clause.
    pub span: Span,
    /// What.
    pub what: Assertion,
}

/// What must hold.
#[derive(Debug, Clone)]
pub enum Assertion {
    /// At least one such touchpoint happens.
    Expect(Box<Clause>),
    /// No such touchpoint happens.
    Never(Box<Clause>),
    /// The person never hears nothing for so long.
    NoSilence(Box<Silence>),
    /// No commercial mail goes out without consent.
    NoneWithoutConsent,
    /// No more than so many.
    AtMost(Box<AtMost>),
    /// The touchpoints of the life are these and no others, in the order of time.
    Exactly(Vec<Clause>),
    /// The life reads like this, line by line.
    Timeline(Vec<Line>),
    /// A journey ends like this.
    Ends(Box<Ends>),
    /// The person comes to a step.
    Reach(Box<Reach>),
    /// The linter finds these.
    Findings(Vec<Expected>),
}

/// A touchpoint, and what must be true of it.
#[derive(Debug, Clone)]
pub struct Clause {
    /// Which touchpoints are meant.
    pub selector: Selector,
    /// When they happen; all of these hold.
    pub when: Vec<Bound>,
    /// Between which times of day on the person's clock; the second may lie after midnight.
    pub local_time: Option<(TimeOfDay, TimeOfDay)>,
    /// Who speaks: the sender's name of an email, or the owner of a task.
    pub from: Option<Box<str>>,
    /// Whether the person is asked to answer.
    pub two_way: Option<bool>,
    /// How soon at the latest somebody of ours answers or does it.
    pub respond_within: Option<Duration>,
    /// What the email says to this person.
    pub rendered: Option<Rendered>,
}

/// A point in time that may depend on the life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// What it is counted from.
    pub anchor: Anchor,
    /// How long before or after it.
    pub offset: Option<Offset>,
    /// The place in the file.
    pub span: Span,
}

/// What a point in time is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// The first second of the life.
    Start,
    /// The first time that an event comes in the life; the last time in history where it does not.
    Event(EventNo),
    /// The first time that a step happens.
    Step(StepNo),
    /// A second since 1970 in UTC.
    At(i64),
}

/// When something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Not before the point, and not later than so long after it.
    Within(Point, Duration),
    /// Not later than the point.
    By(Point),
    /// Before the point; what happens because of it comes after it.
    Before(Point),
    /// After the point; what happens because of it comes after it.
    After(Point),
    /// Not before the first point and not after the second.
    Between(Point, Point),
}

/// What an email says to one person. All tests must hold.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    /// The subject line.
    pub subject: Vec<Content>,
    /// The preheader.
    pub preheader: Vec<Content>,
    /// The plain text.
    pub text: Vec<Content>,
    /// Blocks of the template that are there: elements of the mail with this class, id or `data-block`.
    pub blocks: Vec<Box<str>>,
    /// Blocks that are not there.
    pub no_blocks: Vec<Box<str>>,
    /// The addresses of the links.
    pub links: Vec<Content>,
    /// The most kilobytes (1,024 bytes) that the HTML has.
    pub size_kb: Option<f64>,
    /// Variables that the mail reads, such as `contact.first_name`.
    pub variables_used: Vec<Box<str>>,
}

/// What a text is like. Of several texts, such as links, one must be so; none with `NotContains`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// This stands in it.
    Contains(Box<str>),
    /// It is this.
    Equals(Box<str>),
    /// This does not stand in it.
    NotContains(Box<str>),
}

/// The person never hears nothing for so long.
#[derive(Debug, Clone)]
pub struct Silence {
    /// So long.
    pub lasts: Duration,
    /// From when to when; the whole life if not said.
    pub between: Option<(Point, Point)>,
    /// What counts as hearing; any touchpoint if not said.
    pub of: Option<Selector>,
}

/// No more than so many.
#[derive(Debug, Clone)]
pub struct AtMost {
    /// How many.
    pub n: u32,
    /// Which touchpoints.
    pub selector: Selector,
    /// In any stretch of time of this length; in the whole life if not said.
    pub per: Option<Duration>,
    /// Only what happens from the first point to the second.
    pub between: Option<(Point, Point)>,
    /// What is counted, if not the touchpoints themselves.
    pub distinct: Option<Distinct>,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Distinct {
    /// Human beings who write: senders of the kind `person`.
    SenderPerson,
    /// Senders of any kind.
    Sender,
}

/// A line of a golden timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The text.
    pub text: Box<str>,
    /// The place in the file.
    pub span: Span,
}

/// How a journey ends. The last visit of the person is meant.
#[derive(Debug, Clone)]
pub struct Ends {
    /// The journey.
    pub journey: JourneyNo,
    /// In which state.
    pub state: Option<Ended>,
    /// By which way, and how the file calls it; one of these.
    pub via: Option<(Box<str>, Vec<Via>)>,
    /// The journey that the person enters from it or after it.
    pub next: Option<JourneyNo>,
    /// By when it has ended, or the state holds.
    pub by: Option<Point>,
}

/// How things stand for a person with a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ended {
    /// They went through all its steps, and left after the last.
    Completed,
    /// They left at an `exit`, by an exit of the journey, or because a date had passed.
    Exited,
    /// They left in any way.
    Left,
    /// They are still inside.
    Inside,
    /// They never entered.
    NeverEntered,
}

/// A way out of a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Via {
    /// After the last step.
    Completed,
    /// At this `exit` step.
    Step(StepNo),
    /// By the exit of the journey with this number in the file.
    Exit(u32),
    /// Because the date of this step had passed.
    DatePassed(StepNo),
}

/// The person comes to a step.
#[derive(Debug, Clone)]
pub struct Reach {
    /// The step.
    pub step: StepNo,
    /// By when.
    pub by: Option<Point>,
}

/// A finding that the linter must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The rule.
    pub rule: Box<str>,
    /// The journey that it is found in; any if not said.
    pub journey: Option<Box<str>>,
    /// The step that it is found at; any if not said.
    pub step: Option<Box<str>>,
    /// The place in the file.
    pub span: Span,
}

impl Case {
    /// The life that is lived.
    pub fn life(&self) -> Life {
        Life {
            person: self.person.clone(),
            start: self.start,
            end: self.end,
            outside: self
                .outside
                .iter()
                .map(|it| it.occurrence.clone())
                .collect(),
        }
    }
}

impl Acting {
    /// The simulation that the numbers of a case are of.
    pub fn simulation<'p>(&self, program: &'p Program) -> Simulation<'p> {
        match self {
            Self::All => Simulation::of(program),
            Self::Only(names) => {
                Simulation::with(program, |journey| names.contains(&journey.name.value))
            }
        }
    }
}

impl Clause {
    /// A touchpoint of which nothing else is said.
    pub fn of(selector: Selector) -> Self {
        Self {
            selector,
            when: Vec::new(),
            local_time: None,
            from: None,
            two_way: None,
            respond_within: None,
            rendered: None,
        }
    }
}
