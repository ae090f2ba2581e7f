//! What happened in one simulated life, in the order of time.

use super::{JourneyNo, StepNo, VisitNo};

/// What happened in one life.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// The moments in the order of time; at one instant, in the order of causes.
    pub moments: Vec<Moment>,
    /// Whether the life was cut short because it did more than [`super::MOST_MOMENTS`] things.
    pub cut: bool,
}

/// One thing that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970 in UTC.
    pub at: i64,
    /// Whose way through which journey this is; nothing for what the business tells us.
    pub visit: Option<Visit>,
    /// What happened.
    pub what: What,
}

/// One way of a person through one journey. Who enters a journey twice has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Visit {
    /// The number of the visit in this life, from 0, in the order of entry.
    pub no: VisitNo,
    /// The journey.
    pub journey: JourneyNo,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The business tells us: the number of the occurrence in the life's input.
    Event(u32),
    /// The person clicks in a message: the number of the occurrence in the life's input.
    Click(u32),
    /// What is known of the person changes: the number of the occurrence in the life's input.
    Changed(u32),
    /// The person enters the journey, by this event or from another journey.
    Entered(By),
    /// The person does not enter, although the event would let them in.
    Refused(Refusal),
    /// An email goes out.
    Sent(StepNo),
    /// A person of ours is asked to do something.
    Task(StepNo),
    /// Another system touches the customer.
    Touch(StepNo),
    /// A touchpoint does not happen.
    Skipped(StepNo, Skip),
    /// A message begins to be held back, until this second; `i64::MAX` for ever.
    Held(StepNo, Holder, i64),
    /// A wait begins that lasts until this second at the latest; `i64::MAX` for ever.
    Waits(StepNo, i64),
    /// A wait is over because its time has passed.
    Waited(StepNo),
    /// The awaited event came, or had come before: the number of the occurrence.
    Came(StepNo, u32),
    /// The awaited event did not come in time.
    TimedOut(StepNo),
    /// The date of a `wait_until` had passed, or is not known.
    Past(StepNo),
    /// A way of a branch was taken, by its number from 0; nothing if no condition holds.
    Way(StepNo, Option<u32>),
    /// An arm of a split was taken, by its number from 0.
    Arm(StepNo, u32),
    /// A round of a repetition begins, by its number from 1.
    Round(StepNo, u32),
    /// An attribute was written.
    Set(StepNo),
    /// Another journey is asked for; whether the person enters it is said at that visit.
    Enters(StepNo),
    /// Messages of one class stop because an exit with `only` saw its event: the number of the exit
    /// in the file.
    Stopped(u32),
    /// The event that the journey hopes for came in time: the number of the occurrence.
    Goal(u32),
    /// The visit is over.
    Left(End),
}

/// What lets a person in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The trigger's event: the number of the occurrence.
    Event(u32),
    /// An `enter` of another visit.
    Visit(VisitNo),
}

/// Why a person does not enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `reentry` does not let them in again.
    Reentry,
    /// They are kept out to see what the journey is worth.
    Holdout,
}

/// Why a touchpoint does not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// Its `if` does not hold.
    If,
    /// Its `unless` holds.
    Unless,
    /// An exit with `only` has stopped messages of its class.
    Stopped,
    /// The frequency cap drops it.
    Cap,
}

/// What holds a message back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The send window.
    Window,
    /// Quiet hours.
    Quiet,
    /// The queue of the frequency cap.
    Cap,
    /// A delay that the one who asks has put in.
    Delay,
}

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// After the last step.
    Completed,
    /// At an `exit` step.
    Exit(StepNo),
    /// By an exit of the journey: its number in the file, and the occurrence that it saw.
    Event(u32, u32),
    /// Because the date of a `wait_until` has passed.
    DatePassed(StepNo),
}

impl What {
    /// The step that it is about.
    pub fn step(self) -> Option<StepNo> {
        match self {
            Self::Sent(it)
            | Self::Task(it)
            | Self::Touch(it)
            | Self::Skipped(it, _)
            | Self::Held(it, ..)
            | Self::Waits(it, _)
            | Self::Waited(it)
            | Self::Came(it, _)
            | Self::TimedOut(it)
            | Self::Past(it)
            | Self::Way(it, _)
            | Self::Arm(it, _)
            | Self::Round(it, _)
            | Self::Set(it)
            | Self::Enters(it)
            | Self::Left(End::Exit(it) | End::DatePassed(it)) => Some(it),
            _ => None,
        }
    }

    /// The step, if the customer notices something of us here.
    pub fn touchpoint(self) -> Option<StepNo> {
        match self {
            Self::Sent(it) | Self::Task(it) | Self::Touch(it) => Some(it),
            _ => None,
        }
    }
}
