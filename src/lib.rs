//! A compiler for customer journeys.

pub mod cli;
pub mod diagnostic;
pub mod load;
pub mod model;
pub mod report;
pub mod schema;
pub mod source;
pub mod yaml;
