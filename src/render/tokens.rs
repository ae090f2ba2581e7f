//! The IR through tools that know only HTML: values and choices travel as tokens.
//!
//! A value is an ASCII word, a choice or repetition around elements is a pair of comments; no HTML,
//! CSS, MJML or Markdown tool rewrites either. A choice inside an attribute, or one that holds
//! nothing but text, is one word as well. Afterwards the tokens become nodes again.

use sha2::{Digest, Sha256};

use crate::template::ir::{self, Arm, Node};

/// What a token stands for.
#[derive(Debug, Clone)]
enum Held {
    /// Nodes that are written out as they are.
    Nodes(Vec<Node>),
    /// A choice or repetition; its bodies travel outside.
    Control(Node),
}

/// A text with tokens in it, and what they stand for.
#[derive(Debug)]
pub(super) struct Tokenised {
    /// The text for HTML tools.
    pub(super) text: String,
    nonce: String,
    held: Vec<Held>,
}

/// A part of a text that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'t> {
    Text(&'t str),
    /// A value, by its number.
    Value(usize),
    /// The begin of a choice's arm: the choice's number, the arm's.
    Arm(usize, usize),
    /// The end of a choice or repetition.
    End(usize),
}

/// Where in HTML-like text a place lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    Text,
    Tag,
    /// In an attribute's value, up to this quote.
    Attribute(char),
    /// In a comment.
    Comment,
    /// In `<style>`, `<title>` or their like, where comments are text.
    Raw(RawElement),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RawElement {
    Style,
    Title,
    Textarea,
    MjStyle,
    MjTitle,
    MjPreview,
}

impl RawElement {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Style, "style"),
        (Self::Title, "title"),
        (Self::Textarea, "textarea"),
        (Self::MjStyle, "mj-style"),
        (Self::MjTitle, "mj-title"),
        (Self::MjPreview, "mj-preview"),
    ];

    fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|it| it.0 == self)
            .map_or("", |it| it.1)
    }
}

/// Writes nodes with tokens. `literal_attributes` hides attribute text that MJML's renderer would
/// write in Rust's debug form.
pub(super) fn tokenise(nodes: &[Node], markdown: bool, literal_attributes: bool) -> Tokenised {
    let mut all = String::new();
    shape_text(nodes, &mut all);
    let digest = Sha256::digest(all.as_bytes());
    let mut nonce = String::new();
    for byte in digest {
        nonce = format!("{nonce}{byte:02x}");
        // The text itself must not hold anything that looks like a token.
        if nonce.len() >= 6 && !all.contains(&format!("JC{nonce}x")) {
            break;
        }
    }
    let mut writer = Writer {
        out: Tokenised {
            text: String::new(),
            nonce,
            held: Vec::new(),
        },
        context: Context::Text,
        markdown,
        literal_attributes,
        link: false,
    };
    writer.nodes(nodes);
    writer.out
}

/// Everything that a nonce must differ from.
fn shape_text(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(it) => out.push_str(it),
            Node::Out(_) => out.push('\n'),
            Node::If(it) => {
                it.arms.iter().for_each(|arm| shape_text(&arm.body, out));
                shape_text(&it.otherwise, out);
            }
            Node::For(it) => {
                shape_text(&it.body, out);
                shape_text(&it.otherwise, out);
            }
        }
    }
}

/// How the bounds of a choice are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Word,
    Comment,
    OwnLine,
}

struct Writer {
    out: Tokenised,
    context: Context,
    markdown: bool,
    literal_attributes: bool,
    /// In Markdown: inside the parentheses of a link.
    link: bool,
}

impl Writer {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(text) => self.text(text),
                Node::Out(_) => self.hold(vec![node.clone()]),
                Node::If(_) | Node::For(_) => self.control(node),
            }
        }
    }

    fn hold(&mut self, nodes: Vec<Node>) {
        let number = self.out.held.len();
        self.out.held.push(Held::Nodes(nodes));
        let word = self.out.word(number);
        self.out.text.push_str(&word);
    }

    fn control(&mut self, node: &Node) {
        let in_text = self.context == Context::Text && !self.link;
        if !in_text || self.is_plain(node) {
            self.hold(vec![node.clone()]);
            return;
        }
        let number = self.out.held.len();
        self.out.held.push(Held::Control(without_bodies(node)));
        let before = self.context;
        let style = self.style(node);
        for (arm, body) in bodies(node).into_iter().enumerate() {
            self.mark(style, number, &arm.to_string());
            self.context = before;
            self.nodes(body);
        }
        self.mark(style, number, "end");
    }

    fn mark(&mut self, style: Style, number: usize, arm: &str) {
        let nonce = &self.out.nonce;
        let mark = match style {
            Style::Word => format!("JC{nonce}x{number}.{arm}xJC"),
            Style::Comment => format!("<!--jc{nonce}:{number}.{arm}-->"),
            Style::OwnLine => {
                let before = if self.out.text.ends_with('\n') {
                    ""
                } else {
                    "\n"
                };
                format!("{before}<!--jc{nonce}:{number}.{arm}-->\n\n")
            }
        };
        self.out.text.push_str(&mark);
    }

    /// In Markdown, a comment at the start of a line makes the whole line HTML. There a choice
    /// within the line travels as words, and one around lines gets lines of its own.
    fn style(&self, node: &Node) -> Style {
        let line = self.out.text.rsplit('\n').next().unwrap_or("");
        if !self.markdown || !line.trim().is_empty() {
            return Style::Comment;
        }
        let first = bodies(node).into_iter().flatten().next();
        let within_line = |body: &[Node]| {
            !body
                .iter()
                .any(|it| matches!(it, Node::Text(text) if text.contains('\n')))
        };
        match first {
            Some(Node::Text(text)) if text.starts_with('\n') => Style::Comment,
            _ if bodies(node).into_iter().all(within_line) => Style::Word,
            _ => Style::OwnLine,
        }
    }

    /// Whether no tool has anything to do with a choice's text, so that it can travel as one word.
    fn is_plain(&self, node: &Node) -> bool {
        bodies(node).into_iter().all(|body| {
            body.iter().all(|it| match it {
                Node::Text(text) if self.markdown => text
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, ' ' | ',' | '.' | '\'' | '?')),
                Node::Text(text) => !text.contains(['<', '>']),
                Node::Out(_) => true,
                inner => self.is_plain(inner),
            })
        })
    }

    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let length = self.next(rest, c);
            let (now, later) = rest.split_at(length);
            let hidden = self.literal_attributes
                && matches!(self.context, Context::Attribute(_))
                && now.chars().all(is_mangled);
            if hidden {
                let run = rest.find(|c| !is_mangled(c)).unwrap_or(rest.len());
                let (run, later) = rest.split_at(run);
                self.hold(vec![Node::Text(run.to_owned())]);
                rest = later;
                continue;
            }
            self.out.text.push_str(now);
            rest = later;
        }
    }

    /// Moves the context over the next piece of text and says how long it is.
    fn next(&mut self, rest: &str, c: char) -> usize {
        match self.context {
            Context::Text => {
                if rest.starts_with("<!--") {
                    self.context = Context::Comment;
                    return 4;
                }
                if c == '<' && rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
                {
                    self.context = Context::Tag;
                }
                if self.markdown {
                    if rest.starts_with("](") {
                        self.link = true;
                        return 2;
                    }
                    self.link &= c != ')' && c != '\n';
                }
            }
            Context::Tag => match c {
                '"' | '\'' => self.context = Context::Attribute(c),
                '>' => self.context = self.after_tag(),
                _ => {}
            },
            Context::Attribute(quote) => {
                if c == quote {
                    self.context = Context::Tag;
                }
            }
            Context::Comment => {
                if rest.starts_with("-->") {
                    self.context = Context::Text;
                    return 3;
                }
            }
            Context::Raw(element) => {
                let closing = rest
                    .strip_prefix("</")
                    .and_then(|it| it.get(..element.name().len()));
                if closing.is_some_and(|it| it.eq_ignore_ascii_case(element.name())) {
                    self.context = Context::Tag;
                }
            }
        }
        c.len_utf8()
    }

    fn after_tag(&self) -> Context {
        let text = &self.out.text;
        let Some(start) = text.rfind('<') else {
            return Context::Text;
        };
        let tag = &text[start + 1..];
        if tag.ends_with('/') {
            return Context::Text;
        }
        let name: String = tag
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        let raw = RawElement::ALL
            .iter()
            .find(|it| it.1.eq_ignore_ascii_case(&name));
        raw.map_or(Context::Text, |it| Context::Raw(it.0))
    }
}

/// Whether `{:?}` writes a character otherwise than as itself.
fn is_mangled(c: char) -> bool {
    !c.is_ascii() || c == '\\' || c.is_ascii_control()
}

fn bodies(node: &Node) -> Vec<&[Node]> {
    match node {
        Node::If(it) => {
            let mut all: Vec<&[Node]> = it.arms.iter().map(|arm| arm.body.as_slice()).collect();
            all.push(&it.otherwise);
            all
        }
        Node::For(it) => vec![&it.body, &it.otherwise],
        Node::Text(_) | Node::Out(_) => Vec::new(),
    }
}

fn without_bodies(node: &Node) -> Node {
    match node {
        Node::If(it) => Node::If(ir::If {
            arms: it
                .arms
                .iter()
                .map(|arm| Arm {
                    test: arm.test.clone(),
                    body: Vec::new(),
                })
                .collect(),
            otherwise: Vec::new(),
            span: it.span,
        }),
        Node::For(it) => Node::For(ir::For {
            var: it.var.clone(),
            over: it.over.clone(),
            body: Vec::new(),
            otherwise: Vec::new(),
            span: it.span,
        }),
        other => other.clone(),
    }
}

impl Tokenised {
    /// The word that stands for a value.
    fn word(&self, number: usize) -> String {
        format!("JC{}x{number:04}xJC", self.nonce)
    }

    /// Holds more nodes and gives the word that stands for them.
    pub(super) fn hold(&mut self, nodes: Vec<Node>) -> String {
        self.held.push(Held::Nodes(nodes));
        self.word(self.held.len() - 1)
    }

    /// Takes a text apart at its tokens.
    pub(super) fn split<'t>(&self, text: &'t str) -> Vec<Part<'t>> {
        let (word, comment) = (
            format!("JC{}x", self.nonce),
            format!("<!--jc{}:", self.nonce),
        );
        let mut parts = Vec::new();
        let mut rest = text;
        loop {
            let next = [rest.find(&word), rest.find(&comment)]
                .into_iter()
                .flatten()
                .min();
            let Some(at) = next else { break };
            let (before, token) = rest.split_at(at);
            let parsed = if token.starts_with(&word) {
                read_word(&token[word.len()..]).map(|(part, used)| (part, word.len() + used))
            } else {
                read_comment(&token[comment.len()..])
                    .map(|(part, used)| (part, comment.len() + used))
            };
            if !before.is_empty() {
                parts.push(Part::Text(before));
            }
            let Some((part, used)) = parsed else {
                // A damaged token cannot come back; it stays text, and the check of branches tells.
                parts.push(Part::Text(&token[..2]));
                rest = &token[2..];
                continue;
            };
            parts.push(part);
            rest = &token[used..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest));
        }
        parts
    }

    /// The nodes that a value's token stands for.
    pub(super) fn value(&self, number: usize) -> &[Node] {
        match self.held.get(number) {
            Some(Held::Nodes(nodes)) => nodes,
            _ => &[],
        }
    }

    /// The choice or repetition with this number, without its bodies.
    pub(super) fn control(&self, number: usize) -> Option<&Node> {
        match self.held.get(number) {
            Some(Held::Control(node)) => Some(node),
            _ => None,
        }
    }

    /// The numbers of all choices and repetitions.
    pub(super) fn controls(&self) -> impl Iterator<Item = (usize, &Node)> {
        self.held
            .iter()
            .enumerate()
            .filter_map(|(at, it)| match it {
                Held::Control(node) => Some((at, node)),
                Held::Nodes(_) => None,
            })
    }

    /// Puts the nodes back together from parts; the parts must be balanced.
    pub(super) fn nodes(&self, text: &str) -> Vec<Node> {
        let parts = self.split(text);
        let mut at = 0;
        self.gather(&parts, &mut at)
    }

    fn gather(&self, parts: &[Part<'_>], at: &mut usize) -> Vec<Node> {
        let mut nodes = Vec::new();
        while let Some(part) = parts.get(*at) {
            match *part {
                Part::Text(text) => ir::push_text(&mut nodes, text),
                Part::Value(number) => ir::push_all(&mut nodes, self.value(number).to_vec()),
                Part::Arm(number, 0) => {
                    let mut bodies = Vec::new();
                    while let Some(Part::Arm(same, _)) = parts.get(*at)
                        && *same == number
                    {
                        *at += 1;
                        bodies.push(self.gather(parts, at));
                    }
                    nodes.extend(self.control(number).map(|it| with_bodies(it, bodies)));
                }
                Part::Arm(..) | Part::End(_) => return nodes,
            }
            *at += 1;
        }
        nodes
    }
}

/// A choice or repetition with its bodies back.
pub(super) fn with_bodies(node: &Node, bodies: Vec<Vec<Node>>) -> Node {
    let mut bodies = bodies.into_iter();
    match node {
        Node::If(it) => {
            let mut it = it.clone();
            for arm in &mut it.arms {
                arm.body = bodies.next().unwrap_or_default();
            }
            it.otherwise = bodies.next().unwrap_or_default();
            Node::If(it)
        }
        Node::For(it) => {
            let mut it = it.clone();
            it.body = bodies.next().unwrap_or_default();
            it.otherwise = bodies.next().unwrap_or_default();
            Node::For(it)
        }
        other => other.clone(),
    }
}

fn read_word(rest: &str) -> Option<(Part<'_>, usize)> {
    let end = rest.find("xJC")?;
    let part = match rest[..end].split_once('.') {
        None => Part::Value(rest[..end].parse().ok()?),
        Some(pair) => control_part(pair)?,
    };
    Some((part, end + 3))
}

fn read_comment(rest: &str) -> Option<(Part<'_>, usize)> {
    let end = rest.find("-->")?;
    Some((control_part(rest[..end].split_once('.')?)?, end + 3))
}

fn control_part((number, arm): (&str, &str)) -> Option<Part<'static>> {
    let number = number.parse().ok()?;
    Some(match arm {
        "end" => Part::End(number),
        arm => Part::Arm(number, arm.parse().ok()?),
    })
}
