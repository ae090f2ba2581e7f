//! Klaviyo: templates and one flow a journey, `POST /api/templates` and `POST /api/flows`.
//!
//! In: journeys as the lowering gives them. Out: requests. Invariant: every body passes Klaviyo's
//! published schema without unknown keys, and its own graph is sound (`faults`).
//! Not done here: sending; the ids of templates are filled in by whoever sends.
//!
//! What Klaviyo's schema knows and this does not use:
//! - `ab-test`: the shares of the variations stand in an object without a schema, and before somebody
//!   starts the test only its main message goes out. Arms are random samples, which keep their shares
//!   from the first day, and a winner is nothing that a journey asks for.
//! - `countdown-delay`: nothing says what it counts down to in a flow that an event starts. A date
//!   starts a second flow instead.
//! - two ways that lead to one action: the schema allows it, and nobody has seen it work. What follows
//!   is copied.

mod actions;
mod delays;
mod faults;
mod filters;
mod questions;
mod table;
mod templates;
#[cfg(test)]
mod tests;
mod values;

use serde_json::Value;

use super::shelf::suffix;
use super::{Capabilities, Content, Draft, Job, Named, Provider, Request, Requests, Target};
use crate::manifest::Manifest;
use indexmap::IndexMap;

/// The target `klaviyo`.
pub(super) struct Klaviyo;

impl Target for Klaviyo {
    fn name(&self) -> &'static str {
        "klaviyo"
    }

    fn title(&self) -> &'static str {
        "Klaviyo"
    }

    fn dialect(&self) -> &'static str {
        "django"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &table::CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &table::PROVIDER
    }

    fn template(&self, _job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
        vec![templates::request(
            name,
            &content.mail.html,
            &content.mail.text,
        )]
    }

    fn journey(&self, draft: &mut Draft<'_, '_>) -> Requests {
        actions::requests(draft)
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        match request.path.as_str() {
            actions::FLOWS => faults::faults(&request.body),
            _ => Vec::new(),
        }
    }

    fn chores(&self) -> &'static [&'static str] {
        table::CHORES
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        table::NOTES
    }
}

fn request(path: &str, body: Value, bind: String) -> Request {
    Request {
        method: "POST",
        path: path.to_owned(),
        headers: table::PROVIDER.headers.iter().map(|it| it.0).collect(),
        form: false,
        body,
        binds: IndexMap::from([(bind, "/data/id".to_owned())]),
    }
}

/// What Klaviyo calls a message: journey and step, and the language where it is not the default.
fn message_name(journey: &str, node: &str, suffix: Option<&str>) -> String {
    match suffix {
        Some(locale) => format!("{journey} / {node} ({locale})"),
        None => format!("{journey} / {node}"),
    }
}

/// Where a profile's language stands: in an attribute that the project declares, else in Klaviyo's
/// own field.
fn locale_property(manifest: &Manifest) -> String {
    let declared = ["locale", "language"];
    let found = declared
        .iter()
        .find(|it| manifest.contact.contains_key(**it));
    found.map_or_else(|| "locale".to_owned(), |it| filters::property_path(it))
}
