//! What a template uses, as the project declares it.

use std::collections::BTreeMap;

use crate::model::{Project, Property, Type};
use crate::source::Span;
use crate::template::{self, Shape, Use};

use super::letter::Letter;

/// Something that a template uses, and how it is declared.
pub(crate) struct Used<'p> {
    /// The use, with its path written out: `event.lines[].name`.
    pub(crate) own: Use,
    /// Its declaration.
    pub(crate) property: Option<&'p Property>,
}

impl Used<'_> {
    /// The last part of the path: the attribute's or property's own name.
    pub(crate) fn name(&self) -> &str {
        let last = self.own.path.rsplit('.').next().unwrap_or("");
        last.trim_end_matches("[]")
    }

    /// Whether it is an attribute of the person.
    pub(crate) fn is_contact(&self) -> bool {
        self.own.path.starts_with("contact.")
    }
}

/// Everything that a letter uses of what is known per recipient. Properties of an event are those of
/// the first trigger among its senders that has them.
pub(super) fn used<'p>(project: &'p Project, letter: &Letter<'p>) -> Vec<Used<'p>> {
    let events = letter
        .sent_by
        .iter()
        .map(|it| &*it.journey.trigger.event.value);
    let events: Vec<&'p str> = events.take(MOST_SENDERS).collect();
    let first = events.first().and_then(|name| {
        let event = project.event(name)?;
        Some((*name, &event.properties))
    });
    let shape = Shape {
        contact: &project.contact,
        event: first,
    };
    let find = |path: &str| events.iter().find_map(|it| property(project, it, path));
    let uses = template::uses(letter.template, &shape).into_iter();
    uses.map(|own| Used {
        property: find(&own.path),
        own,
    })
    .collect()
}

/// A letter that more steps send is judged by these.
const MOST_SENDERS: usize = 8;

/// The same by place: what stands where.
pub(crate) fn by_place<'u, 'p>(used: &'u [Used<'p>]) -> BTreeMap<Span, &'u Used<'p>> {
    used.iter().map(|it| (it.own.span, it)).collect()
}

fn property<'p>(project: &'p Project, event: &str, path: &str) -> Option<&'p Property> {
    let (root, rest) = path.split_once('.')?;
    let mut table = match root {
        "contact" => &project.contact,
        "event" => &project.event(event)?.properties,
        _ => return None,
    };
    let mut parts = rest.split('.').peekable();
    loop {
        let part = parts.next()?;
        let name = part.split('[').next().unwrap_or(part);
        let found = table.get(name)?;
        if parts.peek().is_none() {
            return Some(found);
        }
        match &found.kind {
            Type::Objects(fields) => table = fields,
            _ => return None,
        }
    }
}
