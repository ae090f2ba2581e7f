//! Stage 9: what a journey must not do to a customer.
//!
//! In: a [`Program`](crate::model::Program) whose references and types have been checked, and its
//! mails. Out: findings, each with a place, a reason and a cure. Invariant: a rule sees journeys, graphs,
//! mails and the project, never text or files (of these only places: what looks like a secret, and where
//! words of a mail stand), and knows of no other rule; the same program gives the same findings in the
//! same order, however many threads looked for them.
//! Not done here: reading (`schema`, `model`), time (`graph`), showing (`report`).
//!
//! A rule is one `.rs` and one `.md` file below `rules/<group>/` and two sorted lines in that
//! group's `mod.rs`. The Markdown file is the rule's documentation everywhere, and its examples
//! are run as tests.

mod addresses;
mod amounts;
mod answers;
mod asks;
mod bought;
mod buttons;
mod capped;
mod catalogue;
mod commercial;
mod contact;
mod context;
mod copy;
mod cure;
mod cycles;
mod dead;
mod declared;
mod driver;
mod duties;
mod exclusion;
mod extent;
mod facts;
mod findings;
mod hosts;
mod hrefs;
mod language;
mod letter;
mod limit;
mod metric;
mod page;
mod pitch;
mod place;
mod promised;
mod received;
mod rewrite;
mod rule;
mod rules;
mod secrets;
mod selling;
mod settings;
mod sheet;
mod silence;
mod stages;
mod suppression;
mod tree;
mod uses;
mod voice;
mod walk;
mod watched;
mod ways;
mod weight;
mod written;

pub use catalogue::{by_group, find, ids, is_input, to_markdown};
pub use driver::{Subject, Tried, run};
pub use facts::client_names;
pub use limit::Limit;
pub use page::{Block, Example, ExampleKind, Page, Section};
pub use rule::{Group, RuleInfo};
pub use settings::threshold_of;
pub use suppression::cover;
