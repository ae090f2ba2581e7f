//! MJML's elements and their attributes.

use std::collections::BTreeMap;

use super::lines;

/// The elements by name.
#[derive(Debug)]
pub(crate) struct Mjml(BTreeMap<&'static str, Element>);

#[derive(Debug)]
struct Element {
    attributes: Vec<&'static str>,
    /// What may stand right in it.
    children: Vec<&'static str>,
}

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
        let words = |it: &'static str| it.split_whitespace().collect();
        let each = lines(include_str!("mjml.txt")).filter_map(|line| {
            let (name, rest) = line.split_once(':')?;
            let (attributes, children) = rest.split_once(';')?;
            let element = Element {
                attributes: words(attributes),
                children: words(children),
            };
            Some((name, element))
        });
        Self(each.collect())
    }

    /// Every element's name.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }

    /// The attributes that an element takes; nothing if there is no such element, or it takes any.
    pub(crate) fn attributes(&self, element: &str) -> Option<Vec<&'static str>> {
        let own = &self.0.get(element)?.attributes;
        let takes_any = own.contains(&"*");
        (!takes_any).then(|| own.iter().copied().chain(ANYWHERE).collect())
    }

    /// Whether there is such an element.
    pub(crate) fn knows(&self, element: &str) -> bool {
        self.0.contains_key(element)
    }

    /// Whether one element may stand right in another; of those that are not known nothing is known.
    pub(crate) fn belongs(&self, element: &str, around: &str) -> bool {
        let Some(around) = self.0.get(around) else {
            return true;
        };
        let children = &around.children;
        children.contains(&"*") || children.contains(&element) || !self.knows(element)
    }

    /// An element that may stand in one, and in which another may stand.
    pub(crate) fn between(&self, around: &str, element: &str) -> Option<&'static str> {
        let mut children = self.0.get(around)?.children.iter().copied();
        children.find(|it| {
            self.0
                .get(it)
                .is_some_and(|it| it.children.contains(&element))
        })
    }

    /// Whether an element's content is HTML.
    pub(crate) fn holds_html(element: &str) -> bool {
        OF_HTML.contains(&element)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_known_with_what_belongs_into_them() {
        let mjml = Mjml::read();
        assert!(mjml.knows("mj-section") && !mjml.knows("mj-txt"));
        assert!(mjml.belongs("mj-column", "mj-section") && !mjml.belongs("mj-text", "mj-section"));
        assert_eq!(mjml.between("mj-section", "mj-text"), Some("mj-column"));
        let text = mjml.attributes("mj-text");
        assert!(text.is_some_and(|it| it.contains(&"color") && it.contains(&"css-class")));
        assert_eq!(mjml.attributes("mj-all"), None);
    }
}
