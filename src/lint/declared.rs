//! What a template uses, as the project declares it.

use std::collections::BTreeMap;

use crate::model::{Project, Property, Type};
use crate::source::Span;
use crate::template::{self, Shape, Template, Use};

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

/// Everything that a template uses of what is known per recipient, when a journey with this trigger
/// sends it.
pub(crate) fn used<'p>(project: &'p Project, template: &Template, event: &'p str) -> Vec<Used<'p>> {
    let properties = project.event(event).map(|it| (event, &it.properties));
    let shape = Shape {
        contact: &project.contact,
        event: properties,
    };
    let uses = template::uses(template, &shape).into_iter();
    uses.map(|own| Used {
        property: property(project, event, &own.path),
        own,
    })
    .collect()
}

/// The same by place: what stands where.
pub(crate) fn by_place(used: Vec<Used<'_>>) -> BTreeMap<Span, Used<'_>> {
    used.into_iter().map(|it| (it.own.span, it)).collect()
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
