//! Stage 5: what the YAML means.
//!
//! In: documents that have passed their schema. Out: [`Program`], in which every reference leads
//! somewhere and every condition has a type.
//! Invariant: these types are the single source of the JSON Schemas; nothing else describes the
//! language. Not done here: time (that is `graph`), templates' insides (that is `template`).

pub mod check;
mod condition;
mod consent;
mod difference;
mod duration;
pub(crate) mod edits;
pub(crate) mod from_text;
mod journey;
mod many;
mod project;
pub(crate) mod reason;
mod setting;
mod shape;
mod step;
mod vocabulary;

pub use check::{Document, Known, Program};
pub use condition::{Comparison, Condition, Expr, ExprKind, Fault, History, Literal, Since};
pub use consent::{Consent, ConsentSource, Hurdle, Tracking, Unsubscribe, Watched};
pub use difference::Difference;
pub use duration::{Day, Duration, Offset, TimeOfDay};
pub use journey::{Exit, Goal, Journey, Reentry, Trigger, Walk};
pub use many::Many;
pub use project::{
    Allow, Brand, Cadence, CapLimits, Diff, Environment, Event, FrequencyCap, Lint, Obstacle,
    Persona, Policy, Project, QuietHours, SendWindow, Sender, Target, Threshold,
};
pub use setting::{JourneyLint, Setting};
pub use shape::{Name, Property, Table, Type};
pub use step::{
    Arm, Branch, Emotion, Promise, Repeat, Send, SetAttribute, Split, Step, Steps, Task, Touch,
    Wait, WaitFor, WaitUntil, Way,
};
pub use vocabulary::{
    Ask, Basis, Channel, Class, IfPast, InFlight, Jurisdiction, Milestone, Profile, Purpose,
    RuleLevel, SenderKind, Stage, Weekday, WhenFull,
};
