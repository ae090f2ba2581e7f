//! A compiler for customer journeys.

pub mod diagnostic;
pub mod load;
pub mod model;
pub mod schema;
pub mod source;
pub mod yaml;
