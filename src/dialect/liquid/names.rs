//! Names: of what a provider knows, of variables, and of texts in quotes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use super::super::refusal::{Refusal, Said};
use super::{Engine, Liquid, Roots};
use crate::template::Shape;
use crate::template::ir::{Path, Root, Step};

/// Where a path is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Between two braces.
    Output,
    /// In a tag.
    Tag,
}

/// Braze's standard attributes, by the names that projects use for them.
const STANDARD: [(&str, &str); 14] = [
    ("first_name", "first_name"),
    ("last_name", "last_name"),
    ("email", "email_address"),
    ("email_address", "email_address"),
    ("phone", "phone_number"),
    ("phone_number", "phone_number"),
    ("city", "city"),
    ("country", "country"),
    ("gender", "gender"),
    ("language", "language"),
    ("date_of_birth", "date_of_birth"),
    ("time_zone", "time_zone"),
    ("timezone", "time_zone"),
    ("user_id", "user_id"),
];

/// Names that mean something already, in the language or at one of the providers.
const TAKEN: [&str; 38] = [
    "and",
    "blank",
    "campaign",
    "canvas",
    "card",
    "catalog_items",
    "contains",
    "content",
    "contact",
    "content_blocks",
    "context",
    "custom_attribute",
    "customer",
    "editor",
    "empty",
    "event",
    "event_id",
    "event_name",
    "event_properties",
    "event_timestamp",
    "false",
    "forloop",
    "items",
    "journey",
    "layout",
    "message",
    "nil",
    "not",
    "now",
    "null",
    "objects",
    "or",
    "secrets",
    "sms",
    "snippets",
    "trigger",
    "true",
    "user",
];

/// The variables of a template.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// Names for a template with these loop variables.
    pub(super) fn new(liquid: &Liquid, loops: &BTreeSet<Arc<str>>) -> Self {
        let mut taken: BTreeSet<String> = TAKEN.iter().map(|it| (*it).to_owned()).collect();
        if liquid.roots == Roots::Braze {
            taken.extend(STANDARD.iter().map(|it| it.1.to_owned()));
        }
        let mut names = Self { taken };
        for var in loops {
            let name = loop_variable(var);
            names.taken.insert(name);
        }
        names
    }

    /// A variable that no other has, called like this if possible.
    pub(super) fn fresh(&mut self, hint: &str, kind: &str) -> String {
        let hint = plain(hint);
        let mut name = hint.trim_start_matches('_').to_owned();
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            name = format!("{kind}_{name}");
        }
        if self.taken.contains(&name) && !kind.is_empty() {
            name = format!("{kind}_{name}");
        }
        let first = name.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{first}_{number}");
            number += 1;
        }
        name
    }
}

/// A loop variable as it is printed; the same each time.
pub(super) fn loop_variable(var: &str) -> String {
    let name = plain(var);
    let name = name.trim_start_matches('_');
    if name == var && !TAKEN.contains(&name) && !STANDARD.iter().any(|it| it.1 == name) {
        return name.to_owned();
    }
    format!("entry_{name}")
}

fn plain(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    text.chars().map(plain).collect()
}

/// What a variable for a path is best called, and the prefix for the case that the name is taken.
pub(super) fn hint(path: &Path) -> (String, &'static str) {
    let (mut name, kind) = match &path.root {
        Root::Contact => (String::new(), "contact"),
        Root::Event => (String::new(), "event"),
        Root::Local(var) => (loop_variable(var), "entry"),
        Root::Link | Root::Body => (String::new(), "link"),
    };
    for step in &path.steps {
        if !name.is_empty() {
            name.push('_');
        }
        // Writing to a string cannot fail.
        let _ = match step {
            Step::Key(key) => write!(name, "{key}"),
            Step::Index(at) => write!(name, "{}", at + 1),
        };
    }
    (name, kind)
}

/// A path in the provider's words.
pub(super) fn path(liquid: &Liquid, path: &Path, place: Place, shape: &Shape<'_>) -> Said<String> {
    let refuse = |reason: String, help| Refusal {
        span: Some(path.span),
        reason,
        help,
    };
    let provider = liquid.provider;
    let mut steps = path.steps.as_slice();
    let first = match steps.split_first() {
        Some((Step::Key(key), rest)) if matches!(path.root, Root::Contact | Root::Event) => {
            steps = rest;
            Some(&**key)
        }
        _ => None,
    };
    let root = match (&path.root, first) {
        (Root::Link | Root::Body, _) => {
            return Err(refuse(
                format!("{provider} makes this link when sending; it can only be printed"),
                "print the link by itself",
            ));
        }
        (Root::Local(var), _) => loop_variable(var),
        (_, None) => {
            return Err(refuse(
                format!("{provider} has no name for all of this at once"),
                "name one property",
            ));
        }
        (Root::Contact, Some(key)) => contact(liquid, key).map_err(|it| refuse(it, RENAME))?,
        (Root::Event, Some(key)) => event(liquid, key, shape).map_err(|it| refuse(it, RENAME))?,
    };
    let mut out = root;
    for step in steps {
        match step {
            Step::Key(key) => {
                let step = field(liquid, key).map_err(|it| refuse(it, RENAME))?;
                out.push_str(&step);
            }
            // Writing to a string cannot fail.
            Step::Index(at) => {
                let _ = write!(out, "[{at}]");
            }
        }
    }
    if place == Place::Tag && liquid.roots == Roots::Braze && out.contains("${") {
        out = format!("{{{{{out}}}}}");
    }
    Ok(out)
}

const RENAME: &str = "give the property another name, of letters, digits and `_`";

/// What holds all attributes of a person, or all properties of an event, where there is such a thing.
pub(super) fn root(liquid: &Liquid, root: &Root) -> &'static str {
    match (liquid.roots, root) {
        (Roots::Dittofeed, _) => "user",
        (Roots::CustomerIo, Root::Event) => "event",
        (Roots::CustomerIo, _) => "customer",
        (Roots::Braze, _) => "custom_attribute",
    }
}

fn contact(liquid: &Liquid, key: &str) -> Result<String, String> {
    Ok(match liquid.roots {
        Roots::Dittofeed | Roots::CustomerIo => {
            let root = root(liquid, &Root::Contact);
            format!("{root}{}", field(liquid, key)?)
        }
        Roots::Braze => match STANDARD.iter().find(|it| it.0 == key) {
            Some((_, standard)) => format!("${{{standard}}}"),
            None => format!("custom_attribute.{}", braced(key)?),
        },
    })
}

fn event(liquid: &Liquid, key: &str, shape: &Shape<'_>) -> Result<String, String> {
    Ok(match liquid.roots {
        Roots::Dittofeed => {
            let event = shape.event.map_or("event", |it| it.0);
            let name = format!("{event}_{key}");
            if shape.contact.contains_key(&*name) {
                return Err(format!(
                    "people have an attribute `{name}`, which is what Dittofeed calls this property"
                ));
            }
            format!("user{}", field(liquid, &name)?)
        }
        Roots::CustomerIo => {
            let root = root(liquid, &Root::Event);
            format!("{root}{}", field(liquid, key)?)
        }
        Roots::Braze => format!("context.{}", braced(key)?),
    })
}

fn braced(key: &str) -> Result<String, String> {
    let odd = |c: char| matches!(c, '{' | '}' | '[' | ']' | '.' | '"' | '$') || c.is_control();
    if key.is_empty() || key.contains(odd) {
        return Err(format!("Braze cannot reach a property called `{key}`"));
    }
    Ok(format!("${{{key}}}"))
}

/// One step by name: with a dot where that means the same as the name in brackets.
fn field(liquid: &Liquid, key: &str) -> Result<String, String> {
    // Ruby takes a size after a dot for the number of entries, but not one in brackets.
    let is_size = key == "size" && liquid.engine == Engine::Ruby;
    let is_plain = !is_size
        && key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !matches!(
            key,
            "and"
                | "blank"
                | "contains"
                | "empty"
                | "false"
                | "first"
                | "last"
                | "nil"
                | "not"
                | "null"
                | "or"
                | "true"
        );
    if is_plain {
        return Ok(format!(".{key}"));
    }
    match quoted(key) {
        Some(key) => Ok(format!("[{key}]")),
        None => Err(format!(
            "{} cannot reach a property called `{key}`",
            liquid.provider
        )),
    }
}

/// A text in quotes, if it can stand in a tag: Ruby looks for the end of a tag without looking at
/// quotes, and knows no escapes, while liquidjs does.
pub(super) fn quoted(text: &str) -> Option<String> {
    let ends = ["%}", "}}", "{{", "{%", "${"];
    if text.contains(|c: char| c == '\\' || c.is_control())
        || ends.iter().any(|it| text.contains(it))
    {
        return None;
    }
    match (text.contains('\''), text.contains('"')) {
        (false, _) => Some(format!("'{text}'")),
        (true, false) => Some(format!("\"{text}\"")),
        (true, true) => None,
    }
}
