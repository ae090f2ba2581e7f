//! Stage 14: scenarios: what a customer lives through, and what must hold then.

mod coverage;

pub use coverage::{Coverage, Edge, Edges, Outcome, Part, Reached, Share, name_of};
