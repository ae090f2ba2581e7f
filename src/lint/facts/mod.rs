//! Tables of facts that were made elsewhere: what mail programs know, hosts that hide where a link leads,
//! MJML's elements.
//!
//! In: the tables beside this file, each with its source and licence in its first lines. Out: [`Facts`].
//! Invariant: a table is read as it stands; scripts below `tests/oracles` make them, and tell when one of
//! them is not what its source says.
//! Not done here: finding what a mail uses of them (`uses`, `hosts`).

mod clients;
mod mjml;
mod redirectors;

pub use clients::names as client_names;
pub(crate) use clients::{Clients, Feature, Lack};
pub(crate) use mjml::Mjml;
pub(crate) use redirectors::Redirectors;

/// All tables.
#[derive(Debug)]
pub(crate) struct Facts {
    /// What mail programs know.
    pub(crate) clients: Clients,
    /// Hosts that hide where a link leads.
    pub(crate) redirectors: Redirectors,
    /// MJML's elements.
    pub(crate) mjml: Mjml,
}

impl Facts {
    /// Reads the tables.
    pub(crate) fn read() -> Self {
        Self {
            clients: Clients::read(),
            redirectors: Redirectors::read(),
            mjml: Mjml::read(),
        }
    }
}

/// The lines of a table that are no comments.
fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table
        .lines()
        .filter(|it| !it.starts_with('#') && !it.is_empty())
}
