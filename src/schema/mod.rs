//! Stage 4: what may stand in a file, and what does not fit.
//!
//! In: a type of the model and a [`Tree`](crate::yaml::Tree). Out: the type's JSON Schema, one
//! finding for each thing that does not fit it, and the typed value of all that does.
//! Invariant: schema and types never disagree, since one is generated from the other; every
//! finding points at the key or the value that has to be changed.
//! Not done here: references between files and all other meaning (that is `model`).

mod choice;
mod generate;
mod read;
mod representation;
mod validate;
mod words;

pub use generate::{of, of_result, to_text};
pub use read::{Lost, Reading, read};
pub use validate::{Broken, Validator};
