//! What Resend calls the things that people and events carry.
//!
//! Invariant: a custom property has a key of at most 50 letters, digits and `_`, and holds a text or a
//! number, as Resend's contact properties do; true and false become texts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::{Mark, Named};
use crate::manifest::{Kind, Manifest, content_hash};

/// The longest key of a contact property.
const LONGEST_KEY: usize = 50;
/// Fields that every contact has.
const OWN: &[&str] = &["email", "first_name", "last_name", "unsubscribed"];

/// Something that a rule or a variable reads.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// Its path in automations: `event.x`, `contact.first_name`, `contact.properties.x`.
    pub(super) path: String,
    /// The kind of its value as journeys see it.
    pub(super) kind: Kind,
    /// Whether it may be missing.
    pub(super) nullable: bool,
    /// Whether true and false are texts there.
    pub(super) spelled: bool,
}

/// The fields of one journey, and which contact properties and events it uses.
#[derive(Debug)]
pub(super) struct Fields<'f> {
    manifest: &'f Manifest,
    marks: BTreeSet<String>,
    used: BTreeMap<String, &'static str>,
    events: BTreeSet<String>,
}

impl<'f> Fields<'f> {
    pub(super) fn new(manifest: &'f Manifest, marks: &[Mark<'_>]) -> Self {
        Self {
            manifest,
            marks: marks.iter().map(|it| it.attribute.clone()).collect(),
            used: BTreeMap::new(),
            events: BTreeSet::new(),
        }
    }

    /// An attribute of the contact; or why Resend cannot hold it.
    pub(super) fn contact(&mut self, name: &str) -> Result<Field, String> {
        if OWN.contains(&name) {
            return Ok(Field {
                path: format!("contact.{name}"),
                kind: if name == "unsubscribed" {
                    Kind::Boolean
                } else {
                    Kind::String
                },
                nullable: name != "email" && name != "unsubscribed",
                spelled: false,
            });
        }
        let declared = self.manifest.contact.get(name);
        let (kind, nullable) = match declared {
            Some(it) => (it.kind, it.nullable),
            None if self.marks.contains(name) => (Kind::Boolean, false),
            None => (Kind::String, true),
        };
        let stored = match kind {
            Kind::Number => "number",
            Kind::String | Kind::Boolean | Kind::Date => "string",
            _ => {
                return Err(format!(
                    "Resend keeps no lists, and `contact.{name}` is one"
                ));
            }
        };
        let key = if self.marks.contains(name) {
            shortened(name)
        } else {
            name.to_owned()
        };
        let plain = key
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '_');
        if !plain || key.len() > LONGEST_KEY || key.is_empty() {
            return Err(format!(
                "Resend's properties have names of at most {LONGEST_KEY} letters, digits and `_`, unlike `{name}`"
            ));
        }
        self.used.insert(key.clone(), stored);
        Ok(Field {
            path: format!("contact.properties.{key}"),
            kind,
            nullable,
            spelled: kind == Kind::Boolean,
        })
    }

    /// A property of an event.
    pub(super) fn event(&mut self, event: &str, name: &str) -> Result<Field, String> {
        let known = self.manifest.events.get(event);
        let property = known.and_then(|it| it.properties.get(name));
        let (kind, nullable) = property.map_or((Kind::String, true), |it| (it.kind, it.nullable));
        if !matches!(
            kind,
            Kind::String | Kind::Number | Kind::Boolean | Kind::Date
        ) {
            return Err(format!(
                "Resend's automations read single values only, and `event.{name}` is a list"
            ));
        }
        Ok(Field {
            path: format!("event.{name}"),
            kind,
            nullable,
            spelled: false,
        })
    }

    /// Notes that an event matters.
    pub(super) fn listen(&mut self, event: &str) {
        self.events.insert(event.to_owned());
    }

    /// The attribute that holds the contact's language.
    pub(super) fn language(&mut self) -> Result<Field, String> {
        let declared = ["locale", "language"]
            .into_iter()
            .find(|it| self.manifest.contact.contains_key(*it));
        self.contact(declared.unwrap_or("locale"))
    }

    /// What creates the events and contact properties that were used.
    pub(super) fn requests(&self) -> Vec<Named> {
        let mut all = Vec::new();
        for event in &self.events {
            let mut body = json!({"name": event});
            let schema = self.schema(event);
            if !schema.is_empty() {
                body["schema"] = Value::Object(schema);
            }
            let what = format!("event-{event}");
            all.push((what, super::request("/events", body, &[])));
        }
        for (key, stored) in &self.used {
            let body = json!({"key": key, "type": stored});
            let what = format!("property-{key}");
            all.push((what, super::request("/contact-properties", body, &[])));
        }
        all
    }

    /// What an event must carry. What may be missing is left out: Resend refuses an event whose
    /// payload does not fit.
    fn schema(&self, event: &str) -> serde_json::Map<String, Value> {
        let properties = self.manifest.events.get(event).map(|it| &it.properties);
        let fixed = properties.into_iter().flatten().filter(|it| !it.1.nullable);
        fixed
            .filter_map(|(name, it)| {
                let kind = match it.kind {
                    Kind::String => "string",
                    Kind::Number => "number",
                    Kind::Boolean => "boolean",
                    Kind::Date => "date",
                    _ => return None,
                };
                Some((name.clone(), json!(kind)))
            })
            .collect()
    }
}

/// A name of ours that is no longer than Resend takes.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST_KEY {
        return name.to_owned();
    }
    let hash = content_hash(&[name]);
    let begin: String = name.chars().take(LONGEST_KEY - 9).collect();
    format!("{begin}_{}", &hash[..8])
}
