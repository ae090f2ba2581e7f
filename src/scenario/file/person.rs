//! Who lives: the persona, the language, the zone, what the person has agreed to and what is known of them.
//!
//! In: names and values as they are written. Out: what they stand for in the project. Invariant: what stands
//! for nothing is reported at its place. Not done here: when something is known.

use serde_json::{Map, Value};

use super::names::Names;
use super::point::Point;
use super::setup::Setup;
use super::times::Times;
use crate::diagnostic::{Diagnostic, Sink, did_you_mean};
use crate::model::check::{
    self, INVALID_VALUE, UNKNOWN_ATTRIBUTE, UNKNOWN_LOCALE, UNKNOWN_PERSONA,
};
use crate::model::{Name, Persona, Table};
use crate::scenario::case::Consent;
use crate::source::Spanned;

/// The persona that is meant.
pub(super) fn persona<'p>(name: &Name, names: &Names<'p>, sink: &mut Sink) -> Option<&'p Persona> {
    let personas = &names.project().personas;
    let found = personas.get(&*name.value);
    if found.is_none() {
        let known = personas.keys().map(|it| &*it.value);
        let message = format!("there is no persona `{}`", name.value);
        sink.push(
            Diagnostic::error(UNKNOWN_PERSONA, name.span, message)
                .help(did_you_mean(&name.value, known, "personas"))
                .subject(&*name.value),
        );
    }
    found
}

/// Reports a language that the project does not have.
pub(super) fn check_locale(name: &Name, names: &Names<'_>, sink: &mut Sink) {
    let locales = &names.project().locales;
    if !locales.contains(name) {
        let known = locales.iter().map(|it| &*it.value);
        let message = format!("there is no locale `{}`", name.value);
        sink.push(
            Diagnostic::error(UNKNOWN_LOCALE, name.span, message)
                .help(did_you_mean(&name.value, known, "locales"))
                .subject(&*name.value),
        );
    }
}

/// The zone that is meant.
pub(super) fn read_zone(name: &Name, sink: &mut Sink) -> Option<chrono_tz::Tz> {
    check::zone(name, sink);
    name.value.parse().ok()
}

/// What the person has agreed to.
pub(super) fn consent(setup: &Setup<'_>, times: &Times, sink: &mut Sink) -> Option<Consent> {
    let agreed = setup.consent?;
    let since = match &agreed.since {
        Some(it) => since(it, times, sink)?,
        None => times.start,
    };
    Some(Consent {
        basis: agreed.basis.value,
        since,
    })
}

/// Since when the person has agreed.
fn since(point: &Spanned<Point>, times: &Times, sink: &mut Sink) -> Option<i64> {
    let at = times.plain(&point.value);
    if at.is_none() {
        let message = "consent begins at a day, or so long before the start";
        let help = "write for example `-400d` or `2026-01-15`";
        sink.push(Diagnostic::error(INVALID_VALUE, point.span, message).help(help));
    }
    at
}

/// What is known of the person.
pub(super) fn attributes(
    setup: &Setup<'_>,
    persona: Option<&Persona>,
    names: &Names<'_>,
    sink: &mut Sink,
) -> Map<String, Value> {
    let mut said = known(setup.attributes.values().copied(), names, sink);
    let mut out = Map::new();
    for (name, property) in &names.project().contact {
        let of_persona = persona.and_then(|it| it.contact.get(name));
        let value = match (said.remove(&*name.value), of_persona) {
            (Some(it), _) => it,
            (None, Some(it)) => it.value.clone(),
            (None, None) if property.nullable => Value::Null,
            (None, None) => property.sample_value(&name.value, 0),
        };
        out.insert(name.value.to_string(), value);
    }
    out
}

/// What is known of the person from some moment on.
pub(super) fn changed(
    said: &Spanned<Table<Spanned<Value>>>,
    names: &Names<'_>,
    sink: &mut Sink,
) -> Option<Map<String, Value>> {
    let mut error = |span, message: &str, help: &str| {
        sink.push(Diagnostic::error(INVALID_VALUE, span, message).help(help));
    };
    if said.is_empty() {
        let message = "this changes nothing of the contact";
        let help = "write an attribute and its new value, or remove the line";
        error(said.span, message, help);
        return None;
    }
    // Elsewhere a contact has `attributes`, and more.
    let wrapper = said.get_key_value("attributes");
    if let Some((
        name,
        Spanned {
            value: Value::Object(_),
            ..
        },
    )) = wrapper
        && !names.project().contact.contains_key(name)
    {
        let message = "here attributes stand right below `contact`";
        error(
            name.span,
            message,
            "write for example `contact: {plan: pro}`",
        );
        return None;
    }
    Some(known(&said.value, names, sink))
}

/// Attributes as they are written, by name. Those that the project does not have are reported and left out.
fn known<'f>(
    said: impl IntoIterator<Item = (&'f Name, &'f Spanned<Value>)>,
    names: &Names<'_>,
    sink: &mut Sink,
) -> Map<String, Value> {
    let declared = &names.project().contact;
    let mut out = Map::new();
    for (name, value) in said {
        if let Some(property) = declared.get(name) {
            check::value(property, &name.value, &value.value, value.span, sink);
            out.insert(name.value.to_string(), value.value.clone());
        } else {
            let known = declared.keys().map(|it| &*it.value);
            let message = format!("there is no contact attribute `{}`", name.value);
            sink.push(
                Diagnostic::error(UNKNOWN_ATTRIBUTE, name.span, message)
                    .help(did_you_mean(&name.value, known, "attributes"))
                    .subject(&*name.value),
            );
        }
    }
    out
}
