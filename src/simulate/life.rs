//! What one life is made of: the person, what comes from outside, and what chance decides.

use chrono_tz::Tz;
use serde_json::{Map, Value};

use super::{EventNo, JourneyNo, StepNo, VisitNo};
use crate::model::Duration;

/// A person, as they are when the life begins.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Person {
    /// The zone they live in; the project's where it is not known.
    pub zone: Option<Tz>,
    /// Their attributes; one that is missing is unknown, which is `null`.
    pub attributes: Map<String, Value>,
}

/// Something that comes from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    /// When.
    pub when: When,
    /// What.
    pub what: Outside,
}

/// When something comes from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At this second since 1970 in UTC. Before the life's start it is history: it is known, and
    /// nothing happens because of it.
    At(i64),
    /// So long after the first time that a touchpoint happened; never if it does not happen.
    /// Calendar units are counted on the person's clock.
    AfterStep(StepNo, Duration),
    /// So long after the first occurrence of an event that came in the life.
    AfterEvent(EventNo, Duration),
}

/// What comes from outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Outside {
    /// An event, with what it carries.
    Event(EventNo, Map<String, Value>),
    /// A click in a message.
    Click(StepNo),
    /// From here on these attributes are known to have these values. A date that somebody waits for
    /// already stays the one that it was when the wait began.
    Attributes(Map<String, Value>),
}

/// One life: who, when it begins and ends, and what comes from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Life {
    /// The person.
    pub person: Person,
    /// The first second.
    pub start: i64,
    /// The last second; what would happen later is not looked at.
    pub end: i64,
    /// What comes from outside, in any order; of what comes at one second, the first goes first.
    pub outside: Vec<Occurrence>,
}

/// Decides what chance decides. Each question is asked once, in the order of the life, so that who
/// answers by a list can go through all answers.
pub trait Chance {
    /// The number of the arm that the person takes at a split.
    fn arm(&mut self, step: StepNo, visit: VisitNo, weights: &[u32]) -> u32;
    /// Whether the person is kept out of a journey with a `holdout`.
    fn holdout(&mut self, journey: JourneyNo) -> bool;
    /// How many seconds late a touchpoint happens that is due now.
    fn delay(&mut self, step: StepNo, due: i64) -> i64;
}

/// Chance that always takes the first arm, keeps nobody out, and is never late.
#[derive(Debug, Clone, Copy, Default)]
pub struct First;

impl Chance for First {
    fn arm(&mut self, _: StepNo, _: VisitNo, _: &[u32]) -> u32 {
        0
    }
    fn holdout(&mut self, _: JourneyNo) -> bool {
        false
    }
    fn delay(&mut self, _: StepNo, _: i64) -> i64 {
        0
    }
}
