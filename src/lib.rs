//! A compiler for customer journeys.

mod affected;
mod baseline;
mod build;
pub mod cli;
mod compile;
pub mod diagnostic;
pub mod dialect;
pub mod diff;
mod fix;
pub mod graph;
pub mod lint;
pub mod load;
pub mod manifest;
mod messages;
pub mod model;
pub mod plugin;
pub mod printed;
mod recipients;
pub mod render;
pub mod report;
pub mod scenario;
pub mod schema;
mod shown;
pub mod simulate;
pub mod source;
pub mod target;
pub mod template;
mod workspace;
pub mod yaml;

pub use baseline::{
    Baseline, broken, compile_both, compile_reached, compile_reached_since, compile_since,
};
pub use build::{AccountNeeds, Build, Scope, build, export, needs};
pub use compile::{Compilation, compile};
pub use fix::{Change, Fixed, fix};
pub use messages::{Message, Messages};
pub use workspace::Workspace;
