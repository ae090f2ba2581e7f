//! Stage 14: scenarios: what a customer lives through, and what must hold then.
//!
//! In: a [`Program`](crate::model::Program), and scenarios that say who lives, what comes from outside
//! and what is expected. Out: a verdict on each, with the first life that breaks it.
//! Invariant: neither `graph` nor `lint` is known here; what they claim is tried by what is found here.
//! Not done here: living a life (that is `simulate`), printing (that is `cli`).

mod case;
mod coverage;
pub mod file;
pub mod golden;
pub mod judge;
pub mod record;
mod selector;
pub mod timeline;
pub mod witness;

pub use case::{
    Acting, Anchor, Assertion, AtMost, Bound, Case, Check, Clause, Consent, Content, Distinct,
    Ended, Ends, Expected, Input, Jitter, Line, Point, Reach, Rendered, Silence, Via,
};
pub use coverage::{Coverage, Edge, Edges, Outcome, Part, Reached, Share, name_of};
pub use judge::{Failure, Judgement, Letters, Scene, Shown, judge};
pub use selector::{Kind, Properties, Selector};
