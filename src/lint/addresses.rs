//! The addresses in a letter's page, with the words that lead to them.
//!
//! In: a [`Letter`]. Out: an [`Address`] for each link and each picture, as it is sent.
//! Invariant: a value that is known per recipient only is one [`VALUE`]; where a choice decides between
//! addresses, each stands for itself.
//! Not done here: what is wrong with an address; links that the provider makes.

use crate::source::Span;

use super::context::LintContext;
use super::hosts::host;
use super::letter::Letter;
use super::tree::{Element, VALUE};

/// An address in a page.
#[derive(Debug, Clone)]
pub(crate) struct Address<'l> {
    /// The address.
    pub(crate) text: String,
    /// Whether people follow it; else it is loaded with the mail.
    pub(crate) is_link: bool,
    /// The element that has it.
    pub(crate) element: Element<'l>,
}

/// Which attributes hold addresses, and whether people follow them.
const HOLDERS: [(&str, &str, bool); 5] = [
    ("a", "href", true),
    ("area", "href", true),
    ("img", "src", false),
    ("td", "background", false),
    ("table", "background", false),
];

/// Every address of a letter's page, in order.
pub(crate) fn addresses<'l>(letter: &'l Letter<'_>) -> Vec<Address<'l>> {
    let mut found = Vec::new();
    for element in letter.tree().all() {
        for (name, attribute, is_link) in HOLDERS {
            if element.name() != name {
                continue;
            }
            let value = element.attribute(attribute).into_iter();
            found.extend(value.flat_map(each).map(|it| Address {
                text: it.to_owned(),
                is_link,
                element,
            }));
        }
    }
    found
}

/// The addresses of an attribute: more than one where a choice decides.
fn each(value: &str) -> impl Iterator<Item = &str> {
    let value = value.trim();
    let begins = |it: &str| {
        it.starts_with(['#', '/', VALUE])
            || it.contains("://")
            || it.starts_with("mailto:")
            || it.starts_with("tel:")
    };
    let several = value.split_whitespace().count() > 1 && value.split_whitespace().all(begins);
    let parts: Vec<&str> = if several {
        value.split_whitespace().collect()
    } else {
        vec![value]
    };
    parts.into_iter()
}

impl Address<'_> {
    /// What stands before the first `:`, in small letters; nothing if a value may make it.
    pub(crate) fn scheme(&self) -> Option<String> {
        let (scheme, _) = self.text.split_once(':')?;
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let holds =
            scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(is_scheme);
        holds.then(|| scheme.to_ascii_lowercase())
    }

    /// The host, in small letters; nothing if it has none, or a value makes a part of it.
    pub(crate) fn host(&self) -> Option<String> {
        host(&self.text)
    }

    /// The address for a sentence; see [`shown`].
    pub(crate) fn shown(&self) -> String {
        shown(&self.text)
    }

    /// Where it is written: at the brand's links in the project file, or in the template's files.
    pub(crate) fn place(&self, cx: &LintContext<'_>, letter: &Letter<'_>) -> Span {
        let brand = &cx.project().brand;
        let text = self.text.split(['?', '#']).next().unwrap_or_default();
        if text.is_empty() || text == VALUE.to_string() {
            return letter.span();
        }
        let place = cx.place_of(letter, text);
        if place != letter.span() {
            return place;
        }
        let links = brand.links.values().chain([&brand.url]);
        let mut of_brand = links.filter(|it| text.starts_with(&*it.value));
        of_brand.next().map_or(place, |it| it.span)
    }
}

/// An address for a sentence: values are `…`, what stands after a `?` is left out, and a long one ends
/// early.
pub(crate) fn shown(address: &str) -> String {
    let text = address.replace(VALUE, "…");
    let text = text.split('?').next().unwrap_or_default();
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let begin: String = text.chars().take(SHOWN - 1).collect();
    format!("{begin}…")
}

/// A longer address is cut in sentences.
const SHOWN: usize = 48;
