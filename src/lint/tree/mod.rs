//! A mail's page as a tree of elements.
//!
//! In: a page in the IR. Out: a [`Tree`], which rules ask for elements, their words and their looks.
//! Invariant: everything that the page may say on any way stands in it once, in the page's order; a
//! value is one [`VALUE`]; two arms of a choice stand one after the other and know that they are
//! never seen together.
//! Not done here: layout (how wide a box becomes), and media queries other than those that ask for
//! a dark or a light screen.

mod colour;
mod css;
mod look;
mod names;
mod read;
#[cfg(test)]
mod tests;

pub(crate) use colour::Colour;
pub(crate) use css::{Declaration, Rule, length};
pub(crate) use look::{Align, Look, Paint, View};

use css::Matched;
use look::looks;

use crate::template::ir::Node;

/// Stands for a value that is known per recipient only.
pub(crate) const VALUE: char = '\u{FFFC}';

/// Stands between two arms of a choice.
const SEAM: char = '\u{FFFB}';

/// A page.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    elements: Vec<Inner>,
    /// How each element looks on a light screen, and on a dark one.
    looks: [Vec<Look>; 2],
    sheets: Vec<String>,
    /// For which media each sheet is, where its element says so.
    media: Vec<Option<String>>,
    rules: Vec<Rule>,
    ways: Vec<Way>,
}

/// An element of a page.
#[derive(Clone, Copy)]
pub(crate) struct Element<'t> {
    tree: &'t Tree,
    at: usize,
}

/// What stands in an element.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'t> {
    /// An element.
    Element(Element<'t>),
    /// Words, without entities.
    Text(&'t str),
}

#[derive(Debug)]
struct Inner {
    name: String,
    attributes: Vec<(String, String)>,
    inline: Vec<Declaration>,
    /// The places of the style rules that speak of it.
    rules: Vec<usize>,
    parent: Option<usize>,
    contents: Vec<Held>,
    way: Option<usize>,
}

#[derive(Debug)]
enum Held {
    Element(usize),
    Text(String),
}

/// An arm of a choice.
#[derive(Debug, Clone, Copy)]
struct Way {
    choice: usize,
    arm: usize,
    around: Option<usize>,
}

impl Tree {
    /// The page as most mail programs read it: what is only for Outlook on Windows is left out.
    pub(crate) fn of(page: &[Node]) -> Self {
        Self::read(page, false)
    }

    /// The page as Outlook on Windows reads it: with what stands in `<!--[if mso]>`, and without
    /// what stands in `<!--[if !mso]>`.
    pub(crate) fn for_outlook(page: &[Node]) -> Self {
        Self::read(page, true)
    }

    /// Every element, in the page's order.
    pub(crate) fn all(&self) -> impl Iterator<Item = Element<'_>> {
        (0..self.elements.len()).map(|at| Element { tree: self, at })
    }

    /// Every element with one of these names, in the page's order.
    pub(crate) fn named<'t>(&'t self, names: &'t [&str]) -> impl Iterator<Item = Element<'t>> {
        self.all().filter(|it| names.contains(&it.name()))
    }

    /// Every `<a href>`.
    pub(crate) fn links(&self) -> impl Iterator<Item = Element<'_>> {
        let links = self.named(&["a"]);
        links.filter(|it| it.attribute("href").is_some())
    }

    /// Every `<img>`.
    pub(crate) fn images(&self) -> impl Iterator<Item = Element<'_>> {
        self.named(&["img"])
    }

    /// The texts of the `<style>` elements, in the page's order.
    pub(crate) fn sheets(&self) -> &[String] {
        &self.sheets
    }

    /// The rules of the `<style>` elements, those in media queries too.
    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    fn read(page: &[Node], outlook: bool) -> Self {
        let mut tree = read::read(page, outlook);
        let sheets = tree.sheets.iter().zip(&tree.media);
        tree.rules = sheets
            .flat_map(|(text, media)| css::rules(text, media.as_deref()))
            .collect();
        tree.rules.truncate(MOST_RULES);
        for at in 0..tree.elements.len() {
            let element = Element { tree: &tree, at };
            let rules = tree.rules.iter().enumerate();
            let of = rules.filter(|(_, it)| it.speaks_of(element));
            let of: Vec<usize> = of.map(|it| it.0).collect();
            tree.elements[at].rules = of;
        }
        tree.looks = [looks(&tree, View::Light), looks(&tree, View::Dark)];
        tree
    }
}

/// More style rules are not looked at.
const MOST_RULES: usize = 500;

impl<'t> Element<'t> {
    /// The place among the page's elements, from 0.
    pub(crate) fn at(self) -> usize {
        self.at
    }

    /// The name, in small letters.
    pub(crate) fn name(self) -> &'t str {
        &self.inner().name
    }

    /// The value of an attribute, without entities. Where a choice stands in it, there is a space
    /// between its arms.
    pub(crate) fn attribute(self, name: &str) -> Option<&'t str> {
        let mut all = self.inner().attributes.iter();
        all.find(|it| it.0 == name).map(|it| &*it.1)
    }

    /// The element around.
    pub(crate) fn parent(self) -> Option<Self> {
        let tree = self.tree;
        self.inner().parent.map(|at| Self { tree, at })
    }

    /// The elements around, from the inside to the outside.
    pub(crate) fn ancestors(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), Matched::parent)
    }

    /// The elements and words right in it.
    pub(crate) fn contents(self) -> impl Iterator<Item = Content<'t>> {
        let tree = self.tree;
        self.inner().contents.iter().map(move |it| match it {
            Held::Element(at) => Content::Element(Self { tree, at: *at }),
            Held::Text(text) => Content::Text(text),
        })
    }

    /// The elements right in it.
    pub(crate) fn children(self) -> impl Iterator<Item = Self> {
        self.contents().filter_map(|it| match it {
            Content::Element(it) => Some(it),
            Content::Text(_) => None,
        })
    }

    /// Everything in it, in the page's order; itself not.
    pub(crate) fn inside(self) -> impl Iterator<Item = Self> {
        let tree = self.tree;
        let all = (self.at + 1..tree.elements.len()).map(move |at| Self { tree, at });
        // Whatever follows stands inside as long as its parent does not stand before this.
        all.take_while(move |it| it.inner().parent.is_some_and(|up| up >= self.at))
    }

    /// The words in it that are shown, on one line; descriptions of pictures are not among them.
    pub(crate) fn text(self) -> String {
        let mut raw = String::new();
        self.write_text(&mut raw);
        raw.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether a screen reader has something to say of it: words, or the description of a picture.
    pub(crate) fn has_name(self) -> bool {
        let is_said = |it: Option<&str>| it.is_some_and(|it| !it.trim().is_empty());
        let labelled = |it: Self| is_said(it.attribute("aria-label"));
        let described = |it: Self| it.name() == "img" && is_said(it.attribute("alt"));
        labelled(self)
            || !self.text().is_empty()
            || self.inside().any(|it| labelled(it) || described(it))
    }

    /// The words right in it that are shown, on one line.
    pub(crate) fn own_text(self) -> String {
        let texts = self.contents().map(|it| match it {
            Content::Text(it) if !self.is_hidden() => it,
            Content::Element(it) if !it.is_inline() => " ",
            _ => "",
        });
        let raw: String = texts.collect();
        raw.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether there are words right in it, or a value.
    pub(crate) fn has_own_words(self) -> bool {
        let says = |it: &str| it.contains(|c: char| c.is_alphanumeric() || c == VALUE);
        let is_said = |it| matches!(it, Content::Text(it) if says(it));
        self.contents().any(is_said)
    }

    /// Whether its words run on with the words around it.
    pub(crate) fn is_inline(self) -> bool {
        INLINE.contains(&self.name())
    }

    /// Whether it is a shape of VML, which Outlook on Windows draws.
    pub(crate) fn is_vml_shape(self) -> bool {
        let shapes = [
            "rect",
            "roundrect",
            "oval",
            "shape",
            "image",
            "line",
            "polyline",
            "arc",
        ];
        let name = self.name().strip_prefix("v:");
        name.is_some_and(|it| shapes.contains(&it))
    }

    /// All that its `style` attribute says.
    pub(crate) fn inline_all(self) -> impl Iterator<Item = &'t Declaration> {
        self.inner().inline.iter()
    }

    /// What its `style` attribute and the style sheets say of a property; nothing is inherited.
    pub(crate) fn style(self, property: &str) -> Option<&'t str> {
        self.style_in(View::Light, property)
    }

    /// The same on a light or a dark screen.
    pub(crate) fn style_in(self, view: View, property: &str) -> Option<&'t str> {
        let all = self.declared(view).into_iter();
        all.rev()
            .find(|it| it.name == property)
            .map(|it| &*it.value)
    }

    /// All that is declared for it, what counts most last.
    pub(super) fn declared(self, view: View) -> Vec<&'t Declaration> {
        let tree = self.tree;
        let mut all: Vec<(bool, u32, &Declaration)> = Vec::new();
        for at in &self.inner().rules {
            let rule = &tree.rules[*at];
            if view.sees(rule.media.as_deref()) {
                let weight = rule.weight(self);
                all.extend(
                    rule.declarations
                        .iter()
                        .map(|it| (it.important, weight, it)),
                );
            }
        }
        let inline = self.inner().inline.iter();
        all.extend(inline.map(|it| (it.important, u32::MAX, it)));
        all.sort_by_key(|it| (it.0, it.1));
        all.into_iter().map(|it| it.2).collect()
    }

    /// How it looks.
    pub(crate) fn look(self, view: View) -> &'t Look {
        let looks = match view {
            View::Light => &self.tree.looks[0],
            View::Dark => &self.tree.looks[1],
        };
        &looks[self.at]
    }

    /// Whether nobody sees it.
    pub(crate) fn is_hidden(self) -> bool {
        // While the looks are being made there are none to ask.
        let look = self.tree.looks[0].get(self.at);
        look.is_some_and(|it| it.hidden)
    }

    /// Whether nobody sees both: they stand in different arms of one choice.
    pub(crate) fn excludes(self, other: Self) -> bool {
        let ways = |it: Self| {
            let first = it.inner().way.map(|at| it.tree.ways[at]);
            std::iter::successors(first, |way| way.around.map(|at| it.tree.ways[at]))
        };
        ways(self).any(|own| ways(other).any(|it| own.choice == it.choice && own.arm != it.arm))
    }

    fn inner(self) -> &'t Inner {
        &self.tree.elements[self.at]
    }

    fn write_text(self, out: &mut String) {
        if self.is_hidden() {
            return;
        }
        let apart = !self.is_inline();
        if apart {
            out.push(' ');
        }
        for content in self.contents() {
            match content {
                Content::Element(it) => it.write_text(out),
                Content::Text(it) => out.push_str(it),
            }
        }
        if apart {
            out.push(' ');
        }
    }
}

impl std::fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{}> {}", self.name(), self.at)
    }
}

impl Matched for Element<'_> {
    fn name(&self) -> &str {
        &self.inner().name
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        Element::attribute(*self, name)
    }

    fn parent(&self) -> Option<Self> {
        Element::parent(*self)
    }
}

/// Elements whose words run on with the words around.
const INLINE: [&str; 22] = [
    "a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q",
    "s", "small", "span", "strike", "strong", "sub", "sup", "u",
];
