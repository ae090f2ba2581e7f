//! The dated path that breaks a rule.

use crate::source::Span;

/// What happens at one moment of a witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MomentKind {
    /// Something the business tells us: the trigger, an awaited event.
    Event,
    /// A message of ours goes out.
    Send,
    /// A person of ours does something.
    Task,
    /// Another system touches the customer.
    Touch,
    /// A wait ends.
    Wait,
    /// An awaited event did not come in time.
    Timeout,
    /// A message is held back by a window or quiet hours.
    Held,
    /// A way is taken at a branch or split.
    Choice,
    /// The journey ends for this person.
    Exit,
}

impl MomentKind {
    /// The word that machine formats use as a key.
    pub fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Send => "send",
            Self::Task => "task",
            Self::Touch => "touch",
            Self::Wait => "wait",
            Self::Timeout => "timeout",
            Self::Held => "held",
            Self::Choice => "choice",
            Self::Exit => "exit",
        }
    }
}

/// One moment of a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since the journey's trigger.
    pub at: i64,
    /// What kind of thing happens.
    pub kind: MomentKind,
    /// The event's, step's or arm's name, or a short phrase.
    pub name: String,
    /// The place that says so.
    pub span: Option<Span>,
}

/// A path through a journey, earliest moment first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Witness {
    /// The moments, in order.
    pub moments: Vec<Moment>,
}
