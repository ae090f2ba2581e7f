//! MJML's elements and their attributes.

use std::collections::BTreeMap;

use super::lines;

/// The attributes of each element.
#[derive(Debug)]
pub(crate) struct Mjml(BTreeMap<&'static str, Vec<&'static str>>);

/// What every element takes.
const ANYWHERE: [&str; 2] = ["css-class", "mj-class"];

/// Elements whose content is HTML.
const OF_HTML: [&str; 12] = [
    "mj-accordion-text",
    "mj-accordion-title",
    "mj-button",
    "mj-carousel-image",
    "mj-navbar-link",
    "mj-preview",
    "mj-raw",
    "mj-social-element",
    "mj-style",
    "mj-table",
    "mj-text",
    "mj-title",
];

impl Mjml {
    /// Reads the table.
    pub(super) fn read() -> Self {
        let each = lines(include_str!("mjml.txt"))
            .filter_map(|it| it.split_once(':'))
            .map(|(name, attributes)| (name, attributes.split_whitespace().collect()));
        Self(each.collect())
    }

    /// Every element's name.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }

    /// The attributes that an element takes; nothing if there is no such element, or it takes any.
    pub(crate) fn attributes(&self, element: &str) -> Option<Vec<&'static str>> {
        let own = self.0.get(element)?;
        let takes_any = own.contains(&"*");
        (!takes_any).then(|| own.iter().copied().chain(ANYWHERE).collect())
    }

    /// Whether there is such an element.
    pub(crate) fn knows(&self, element: &str) -> bool {
        self.0.contains_key(element)
    }

    /// Whether an element's content is HTML.
    pub(crate) fn holds_html(element: &str) -> bool {
        OF_HTML.contains(&element)
    }
}
