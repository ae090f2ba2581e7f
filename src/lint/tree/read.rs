//! Reading a page: the IR written out with every way in it, and its tags made into a tree.

use super::css;
use super::{Held, Inner, SEAM, Tree, VALUE, Way};
use crate::render::{Piece, attributes, decode, is_void, pieces};
use crate::template::ir::Node;

/// The elements of a page and its style sheets; nobody has looked yet which rules speak of what.
pub(super) fn read(page: &[Node], outlook: bool) -> Tree {
    let mut text = Written::default();
    text.nodes(page);
    let mut reader = Reader {
        page: &text.page,
        marks: &text.marks,
        outlook,
        open: Vec::new(),
        way: None,
        skipping: false,
        in_sheet: false,
        tree: Tree::default(),
    };
    reader.pieces(&text.page);
    reader.tree
}

/// The page with everything that it may say, one way after another.
#[derive(Default)]
struct Written {
    page: String,
    marks: Vec<(usize, Mark)>,
    choices: usize,
}

/// That an arm begins or ends at a place of the written page.
#[derive(Clone, Copy)]
enum Mark {
    Begin { choice: usize, arm: usize },
    End,
}

impl Written {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(it) => self.page.push_str(it),
                Node::Out(_) => self.page.push(VALUE),
                Node::If(it) => {
                    let arms = it.arms.iter().map(|it| &*it.body);
                    self.choice(arms.chain([&*it.otherwise]));
                }
                Node::For(it) => self.choice([&*it.body, &*it.otherwise].into_iter()),
            }
        }
    }

    fn choice<'n>(&mut self, bodies: impl Iterator<Item = &'n [Node]>) {
        let choice = self.choices;
        self.choices += 1;
        for (arm, body) in bodies.enumerate().filter(|it| !it.1.is_empty()) {
            if arm > 0 {
                self.page.push(SEAM);
            }
            self.marks
                .push((self.page.len(), Mark::Begin { choice, arm }));
            self.nodes(body);
            self.marks.push((self.page.len(), Mark::End));
        }
    }
}

/// Makes the tree, piece by piece.
struct Reader<'p> {
    page: &'p str,
    /// Those that have not been met yet.
    marks: &'p [(usize, Mark)],
    outlook: bool,
    open: Vec<usize>,
    way: Option<usize>,
    /// Whether what stands here is not for the program that reads.
    skipping: bool,
    in_sheet: bool,
    tree: Tree,
}

impl<'p> Reader<'p> {
    fn pieces(&mut self, html: &'p str) {
        for piece in pieces(html) {
            match piece {
                Piece::Comment(it) => self.comment(it),
                Piece::Declaration(it) if it.starts_with("<![") => self.switch(&it[3..]),
                Piece::Declaration(_) => {}
                _ if self.skipping => {}
                Piece::Open(name, tag) => self.open(name, tag),
                Piece::Close(name, _) => {
                    let name = name.to_ascii_lowercase();
                    self.in_sheet &= name != "style";
                    let is = |at: &usize| self.tree.elements[*at].name == name;
                    if let Some(at) = self.open.iter().rposition(is) {
                        self.open.truncate(at);
                    }
                }
                Piece::Text(it) => self.text(it),
            }
        }
    }

    fn open(&mut self, name: &str, tag: &str) {
        self.advance(tag);
        let at = self.tree.elements.len();
        let name = name.to_ascii_lowercase();
        let attributes: Vec<(String, String)> = attributes(tag)
            .map(|(name, value)| (name.replace(SEAM, "").to_ascii_lowercase(), decode(value)))
            .collect();
        let style = attributes.iter().find(|it| it.0 == "style");
        let inline = style.map_or_else(Vec::new, |it| css::declarations(&it.1, SEAM, VALUE));
        let without_seam = |(name, value): (String, String)| (name, value.replace(SEAM, " "));
        let parent = self.open.last().copied();
        if let Some(up) = parent {
            self.tree.elements[up].contents.push(Held::Element(at));
        }
        if name == "style" {
            self.in_sheet = true;
            self.tree.sheets.push(String::new());
            let media = attributes.iter().find(|it| it.0 == "media");
            self.tree
                .media
                .push(media.map(|it| it.1.to_ascii_lowercase()));
        }
        if !is_void(&name) && !tag.ends_with("/>") {
            self.open.push(at);
        }
        self.tree.elements.push(Inner {
            name,
            attributes: attributes.into_iter().map(without_seam).collect(),
            inline,
            rules: Vec::new(),
            parent,
            contents: Vec::new(),
            way: self.way,
        });
    }

    fn text(&mut self, text: &str) {
        if self.in_sheet {
            if let Some(sheet) = self.tree.sheets.last_mut() {
                sheet.push_str(text);
            }
            return;
        }
        let Some(up) = self.open.last() else { return };
        let text = decode(text).replace(SEAM, " ");
        if !text.is_empty() {
            self.tree.elements[*up].contents.push(Held::Text(text));
        }
    }

    /// `<!--[if mso]>…<![endif]-->`, `<!--[if !mso]><!-->` and `<!--<![endif]-->`.
    fn comment(&mut self, comment: &'p str) {
        let inner = comment.strip_prefix("<!--").unwrap_or(comment);
        let inner = inner.strip_suffix("-->").unwrap_or(inner);
        let trimmed = inner.trim_start();
        if let Some(condition) = trimmed.strip_prefix('[') {
            let Some((_, held)) = condition.split_once("]>") else {
                return;
            };
            match held.strip_suffix("<![endif]") {
                Some(held) if self.outlook && !self.skipping && is_for_outlook(condition) => {
                    self.pieces(held);
                }
                Some(_) => {}
                None => self.switch(condition),
            }
        } else if let Some(condition) = trimmed.strip_prefix("<![") {
            self.switch(condition);
        }
    }

    /// From here on, what stands in the open is for some programs only, or for all again.
    fn switch(&mut self, condition: &str) {
        if condition.starts_with("endif") {
            self.skipping = false;
        } else if condition.starts_with("if") {
            self.skipping = self.outlook && !is_for_outlook(condition);
        }
    }

    /// Meets the marks up to a place.
    fn advance(&mut self, place: &str) {
        let place = place.as_ptr() as usize - self.page.as_ptr() as usize;
        while let Some(((at, mark), rest)) = self.marks.split_first() {
            if *at > place {
                return;
            }
            self.marks = rest;
            self.way = match *mark {
                Mark::Begin { choice, arm } => {
                    let around = self.way;
                    let way = Way {
                        choice,
                        arm,
                        around,
                    };
                    self.tree.ways.push(way);
                    Some(self.tree.ways.len() - 1)
                }
                Mark::End => self.way.and_then(|at| self.tree.ways[at].around),
            };
        }
    }
}

/// Whether a condition holds for the Outlooks of today.
fn is_for_outlook(condition: &str) -> bool {
    let end = condition.find("]>").unwrap_or(condition.len());
    let condition = condition[..end].to_ascii_lowercase().replace(' ', "");
    let old = ["!mso", "!(mso", "ltmso", "ltemso"];
    condition.contains("mso") && !old.iter().any(|it| condition.contains(it))
}
