//! Stage 9: what the language means, by running it.
//!
//! In: a [`Program`](crate::model::Program) and a [`Life`]: a person, and what comes from outside.
//! Out: a [`Record`] of all that happened, to the second.
//! Invariant: the same life gives the same record; no clock, no randomness, and not one line shared
//! with `graph` or `lint`, because this stage is their judge.
//! Not done here: reading scenarios and judging records (that is `scenario`), words (`report`).
//!
//! # What the language means
//!
//! - An event is first written down. Then exits see it, then waits for it end, then it lets people in.
//!   What comes from outside goes before what is due at the same second.
//! - Where the trigger's event and another event have a `key` of one name, exits and `wait_for` only see events with
//!   the same value: another order's delivery does not count. The trigger's own event is always about another case, and
//!   so is a payment in a journey that begins with what comes after it (delivery, refund, return, feedback, first use).
//!   Who came from another journey has no case, and everything counts. Goals and questions of a condition
//!   (`contact.did`, `contact.count`) are about the person, and see all of them.
//! - `since=entry` and `wait_for` see what came after the entry, not the event that let people in.
//! - `if` and `unless` are asked when the step is reached, and again when a held message is let go.
//! - A commercial email without `bypass_window` is held until send window and quiet hours let it go, then
//!   the frequency cap is asked: in the last 24 hours, 7 days, 30 days, over all journeys.
//! - `exits` are watched at every second from the entry on; whoever said goodbye before is kept away by the
//!   provider's list, which is not simulated. One with `only` stops messages of that class in its visit.
//! - Who enters a journey from another one is not asked by its `where`; `reentry` counts. No `reentry`
//!   means `never`.
//! - Days and weeks are counted on the clock of the person's zone. A time that a clock change leaves out is
//!   as much later as the gap is long; of one that comes twice the first is meant.
//! - `within` counts what is exactly so old. What happened before the life's start is known, and nothing happens
//!   because of it: it let nobody in.
//! - A `wait_until` for a day without `at` ends at nine in the morning. A date that is not known has passed.
//! - A round of a `repeat` ends, `every` passes, then `until` is asked.
//! - A comparison of order with something unknown does not hold.

mod clock;
mod code;
mod condition;
mod life;
mod record;
mod run;
mod simulation;
mod wall;
mod window;

pub use clock::Clock;
pub(crate) use condition::{compare, is_same};
pub use life::{Chance, First, Life, Occurrence, Outside, Person, When};
pub use record::{By, End, Holder, Moment, Record, Refusal, Skip, Visit, What};
pub use simulation::{Placed, Simulation};

/// The most moments of one life: a loop of journeys that let people into each other would never end.
pub const MOST_MOMENTS: usize = 20_000;

/// The number of a journey in a [`Simulation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JourneyNo(pub u32);

/// The number of a step in a [`Simulation`], over all journeys, in the order of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepNo(pub u32);

/// The number of a declared event in a [`Simulation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventNo(pub u32);

/// The number of a visit in a life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VisitNo(pub u32);
