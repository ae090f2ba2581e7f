//! The plain text of a page, out of the same HTML: for people whose mail program shows no HTML,
//! and for filters that compare the two.

use super::html::Page;
use super::markup::{Piece, attribute, decode, pieces};
use super::parameters::Written;
use super::shown::Shown;
use super::tokens::{Part, Tokenised, with_bodies};
use crate::template::ir::{self, Node, Out};

/// What stands at the end of what is written so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    /// Line ends at the end of the text; at its very beginning, as many as one may want.
    breaks: usize,
    /// A space is owed before the next word.
    space: bool,
}

/// A body that is being written: the whole text, or an arm of a choice.
struct Level {
    nodes: Vec<Node>,
    state: State,
    /// Line ends that are owed before the next word.
    owed: usize,
}

/// A choice or repetition that is being written.
struct Open {
    number: usize,
    arms: Vec<(Vec<Node>, State)>,
    /// How the text stood before the first arm.
    before: State,
}

struct Writer<'t> {
    tokens: &'t Tokenised,
    /// What links with parameters were written as.
    written: &'t Written,
    levels: Vec<Level>,
    open: Vec<Open>,
    lists: Vec<Option<usize>>,
    links: Vec<(String, String)>,
    preformatted: usize,
}

/// The text of a page.
pub(super) fn text(page: &Page) -> Vec<Node> {
    let start = State {
        breaks: usize::MAX,
        space: false,
    };
    let mut writer = Writer {
        tokens: &page.tokens,
        written: &page.written,
        levels: vec![Level::new(start)],
        open: Vec::new(),
        lists: Vec::new(),
        links: Vec::new(),
        preformatted: 0,
    };
    writer.pieces(&pieces(&page.html));
    let mut nodes = writer.levels.pop().map(|it| it.nodes).unwrap_or_default();
    trim_end(&mut nodes);
    if matches!(
        nodes.last(),
        Some(Node::Text(_) | Node::Out(_) | Node::If(_))
    ) {
        ir::push_text(&mut nodes, "\n");
    }
    nodes
}

/// Takes the blank lines off the end, in the arms of a last choice too.
fn trim_end(nodes: &mut Vec<Node>) {
    loop {
        match nodes.last_mut() {
            Some(Node::Text(text)) => {
                text.truncate(text.trim_end().len());
                if !text.is_empty() {
                    return;
                }
                nodes.pop();
            }
            Some(Node::If(it)) => {
                it.arms.iter_mut().for_each(|arm| trim_end(&mut arm.body));
                trim_end(&mut it.otherwise);
                return;
            }
            _ => return,
        }
    }
}

impl Level {
    fn new(state: State) -> Self {
        Self {
            nodes: Vec::new(),
            state,
            owed: 0,
        }
    }

    /// Pays what is owed: line ends, or else a space.
    fn settle(&mut self) {
        let State { breaks, space } = self.state;
        if self.owed > breaks {
            ir::push_text(&mut self.nodes, &"\n".repeat(self.owed - breaks));
            self.state.breaks = self.owed;
        } else if space && breaks == 0 {
            ir::push_text(&mut self.nodes, " ");
        }
        self.state.space = false;
        self.owed = 0;
    }

    fn word(&mut self, text: &str) {
        self.settle();
        ir::push_text(&mut self.nodes, text);
        self.state.breaks = 0;
    }
}

impl Writer<'_> {
    fn level(&mut self) -> Option<&mut Level> {
        self.levels.last_mut()
    }

    fn pieces(&mut self, all: &[Piece<'_>]) {
        let mut shown = Shown::default();
        let mut label_ends = 0;
        for (at, piece) in all.iter().enumerate() {
            if at < label_ends || !shown.shows(piece) {
                continue;
            }
            match piece {
                Piece::Open(name, tag) => {
                    self.open_tag(name, tag);
                    if let ("a", Some(length)) = (*name, self.says_itself(tag, &all[at + 1..])) {
                        label_ends = at + 1 + length;
                    }
                }
                Piece::Close(name, _) => self.close_tag(name),
                Piece::Text(text) => self.text(text),
                Piece::Comment(text) => {
                    for part in self.tokens.split(text) {
                        self.control(part);
                    }
                }
                Piece::Declaration(_) => {}
            }
        }
    }

    /// How many pieces a link's label has that says where the link was written to lead: the link with
    /// its parameters says it as well, so that alone is shown.
    fn says_itself(&self, tag: &str, rest: &[Piece<'_>]) -> Option<usize> {
        let written = self.written.get(attribute(tag, "href")?)?;
        let length = rest
            .iter()
            .position(|it| matches!(it, Piece::Close("a", _)))?;
        let mut label = String::new();
        for piece in &rest[..length] {
            match piece {
                Piece::Text(text) => label.push_str(text),
                Piece::Open("img", _) | Piece::Comment(_) => return None,
                _ => {}
            }
        }
        (label.trim() == written.trim()).then_some(length)
    }

    fn owe(&mut self, breaks: usize) {
        if let Some(level) = self.level() {
            level.owed = level.owed.max(breaks);
            level.state.space = false;
        }
    }

    fn write(&mut self, text: &str) {
        if let Some(level) = self.level() {
            level.word(text);
        }
    }

    fn open_tag(&mut self, name: &str, tag: &str) {
        match name {
            "br" => {
                if let Some(level) = self.level() {
                    let wanted = level.owed.max(level.state.breaks.min(1)) + 1;
                    level.owed = if level.state.breaks == 0 {
                        level.owed + 1
                    } else {
                        wanted
                    };
                    level.owed = level.owed.min(2);
                    level.state.space = false;
                }
            }
            "hr" => {
                self.owe(2);
                self.write("---");
                self.owe(2);
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "table" | "pre" => {
                self.owe(2);
                self.preformatted += usize::from(name == "pre");
            }
            "ul" | "ol" => {
                self.owe(if self.lists.is_empty() { 2 } else { 1 });
                self.lists.push((name == "ol").then_some(0));
            }
            "li" => {
                self.owe(1);
                let depth = self.lists.len().saturating_sub(1);
                let mark = match self.lists.last_mut() {
                    // Inside a loop the number would repeat itself; a dash never lies.
                    Some(Some(number)) if self.open.is_empty() => {
                        *number += 1;
                        format!("{number}. ")
                    }
                    _ => "- ".to_owned(),
                };
                let margin = "  ".repeat(depth);
                self.write(&format!("{margin}{mark}"));
                // The space is written; what follows begins at once.
                if let Some(level) = self.level() {
                    level.state.space = false;
                }
            }
            "td" | "th" => {
                if let Some(level) = self.level() {
                    level.state.space = true;
                }
            }
            "a" => {
                let href = attribute(tag, "href").unwrap_or("").to_owned();
                self.links.push((href, String::new()));
            }
            "img" => {
                let alt = attribute(tag, "alt").unwrap_or("").to_owned();
                self.text(&alt);
            }
            _ if is_block(name) => self.owe(1),
            _ => {}
        }
    }

    fn close_tag(&mut self, name: &str) {
        match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "table" | "pre" => {
                self.owe(2);
                self.preformatted = self.preformatted.saturating_sub(usize::from(name == "pre"));
            }
            "ul" | "ol" => {
                self.lists.pop();
                self.owe(if self.lists.is_empty() { 2 } else { 1 });
            }
            "a" => {
                let Some((href, label)) = self.links.pop() else {
                    return;
                };
                let shown = href
                    .strip_prefix("mailto:")
                    .or(href.strip_prefix("tel:"))
                    .unwrap_or(&href);
                let says_it = label.trim() == shown.trim() || label.trim() == href.trim();
                if href.is_empty() || href.starts_with('#') || says_it {
                    return;
                }
                if label.trim().is_empty() {
                    self.text(shown);
                } else {
                    if let Some(level) = self.level() {
                        level.state.space = false;
                    }
                    self.write(": ");
                    self.text(shown);
                }
            }
            "tr" | "li" => self.owe(1),
            _ if is_block(name) => self.owe(1),
            _ => {}
        }
    }

    fn text(&mut self, source: &str) {
        for part in self.tokens.split(source) {
            match part {
                Part::Text(text) => {
                    if let Some((_, label)) = self.links.last_mut() {
                        label.push_str(text);
                    }
                    self.words(&decode(text));
                }
                Part::Value(number) => {
                    if let Some((_, label)) = self.links.last_mut() {
                        // What it says is not known; it is not the link itself, unless the link is it.
                        label.push_str("JC");
                        label.push_str(&number.to_string());
                    }
                    let nodes = plain(self.tokens.value(number));
                    if let Some(level) = self.level() {
                        level.settle();
                        ir::push_all(&mut level.nodes, nodes);
                        level.state.breaks = 0;
                    }
                }
                control => self.control(control),
            }
        }
    }

    /// Words, with any space between them as one.
    fn words(&mut self, text: &str) {
        let preformatted = self.preformatted > 0;
        let Some(level) = self.level() else { return };
        if preformatted {
            level.word(text);
            return;
        }
        let is_space = |c: char| c.is_ascii_whitespace();
        if text.starts_with(is_space) {
            level.state.space = true;
        }
        for word in text.split(is_space).filter(|it| !it.is_empty()) {
            level.word(&word.replace('\u{a0}', " "));
            level.state.space = true;
        }
        if !text.ends_with(is_space) && !text.is_empty() {
            level.state.space = false;
        }
    }

    fn control(&mut self, part: Part<'_>) {
        match part {
            Part::Arm(number, 0) => {
                let Some(level) = self.level() else { return };
                // What is owed is paid before the choice, so that all its arms begin alike. A space
                // too: an arm that says nothing leaves at most one too many.
                level.settle();
                let before = level.state;
                self.open.push(Open {
                    number,
                    arms: Vec::new(),
                    before,
                });
                self.levels.push(Level::new(before));
            }
            Part::Arm(number, _) if self.is_open(number) => {
                self.end_arm();
                let before = self.open.last().map(|it| it.before);
                self.levels.extend(before.map(Level::new));
            }
            Part::End(number) if self.is_open(number) => {
                self.end_arm();
                let Some(open) = self.open.pop() else { return };
                self.close(open);
            }
            _ => {}
        }
    }

    fn is_open(&self, number: usize) -> bool {
        self.open.last().is_some_and(|it| it.number == number)
    }

    fn end_arm(&mut self) {
        let Some(mut level) = self.levels.pop() else {
            return;
        };
        // What is owed at the end of an arm is owed on this way only.
        if level.owed > level.state.breaks {
            level.settle();
        }
        if level.state.space && level.state.breaks == 0 {
            level.settle();
        }
        if let Some(open) = self.open.last_mut() {
            open.arms.push((level.nodes, level.state));
        }
    }

    fn close(&mut self, open: Open) {
        let Some(node) = self.tokens.control(open.number) else {
            return;
        };
        let mut arms = open.arms;
        // Where the arms end differently, those that end within a line get the line end that the
        // others have, if the others end at one.
        let ends_in_line = |it: &(Vec<Node>, State)| it.1.breaks == 0;
        let most = arms.iter().map(|it| it.1.breaks.min(2)).max().unwrap_or(0);
        if most > 0
            && arms.iter().any(ends_in_line)
            && arms.iter().any(|it| !it.0.is_empty() && it.1.breaks > 0)
        {
            for (nodes, state) in arms.iter_mut().filter(|it| it.1.breaks == 0) {
                ir::push_text(nodes, &"\n".repeat(most));
                state.breaks = most;
            }
        }
        let least = arms.iter().map(|it| it.1.breaks).min().unwrap_or(0);
        let is_empty = arms.iter().all(|it| it.0.is_empty());
        let bodies = arms.into_iter().map(|it| it.0).collect();
        let Some(level) = self.level() else { return };
        level.state = State {
            breaks: least,
            space: false,
        };
        if !is_empty {
            level.nodes.push(with_bodies(node, bodies));
        }
    }
}

/// Whether an element stands on lines, in cells or in items of its own.
pub(super) fn begins_line(name: &str) -> bool {
    let is_text = matches!(
        name,
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "table" | "pre"
    );
    is_text || matches!(name, "ul" | "ol" | "li" | "td" | "th" | "hr" | "br") || is_block(name)
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "div"
            | "tr"
            | "tbody"
            | "thead"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "main"
            | "center"
            | "address"
            | "dl"
            | "dt"
            | "dd"
            | "figure"
            | "figcaption"
            | "form"
            | "fieldset"
    )
}

/// Nodes without HTML: nothing is escaped, and what was is not.
fn plain(nodes: &[Node]) -> Vec<Node> {
    let each = |node: &Node| match node {
        Node::Text(text) => Node::Text(decode(text)),
        Node::Out(it) => Node::Out(Out {
            escape: false,
            ..it.clone()
        }),
        Node::If(it) => {
            let mut it = it.clone();
            for arm in &mut it.arms {
                arm.body = plain(&arm.body);
            }
            it.otherwise = plain(&it.otherwise);
            Node::If(it)
        }
        Node::For(it) => {
            let mut it = it.clone();
            it.body = plain(&it.body);
            it.otherwise = plain(&it.otherwise);
            Node::For(it)
        }
    };
    nodes.iter().map(each).collect()
}
