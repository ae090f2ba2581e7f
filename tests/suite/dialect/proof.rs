//! What is handed to the oracles, and what is counted: every case in every dialect.
//!
//! A folder named by `JOURNEYC_ORACLE_OUT` gets `samples.json`, the recipients, and for each dialect
//! `DIALECT.json`, how many templates were printed and refused, and `DIALECT.jsonl`. Each line there is
//! one printed template with what every recipient must see:
//!
//! `{"dialect", "name", "surface", "template", "fallbacks", "samples": [{"sample", "expected", "variables"}]}`
//!
//! `variables` are the values that whoever sends has worked out, by name; they are there only where
//! the printed template asks for some. `fallbacks`, beside the template, are what it declares for those
//! that are not handed over. `tests/oracles/conform.py` and `conform.mjs` read the folder.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use journeyc::diagnostic::Sink;
use journeyc::dialect::{Dialect, Printed, Surface, Variable};
use journeyc::template::ir::{Literal, Node};
use journeyc::template::{Shape, evaluate};
use serde_json::{Map, Value, json};

use super::corpus::{Compiled, Recipient};

/// One text of the corpus: a part of a template, as it is printed somewhere.
pub(super) struct Piece<'c> {
    name: String,
    is_generated: bool,
    surface: Surface,
    nodes: std::borrow::Cow<'c, [Node]>,
}

/// All texts that are printed of a template.
pub(super) fn pieces(case: &Compiled) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut add = |what: &str, surface, nodes: std::borrow::Cow<'_, [Node]>| {
        pieces.push(Piece {
            name: format!("{}{what}", case.name),
            is_generated: case.is_generated,
            surface,
            nodes: nodes.into_owned().into(),
        });
    };
    let plain = unescaped(&case.body);
    add("", Surface::Html, (&*case.body).into());
    // A question has no text to escape, so one surface says it all.
    if !case.name.starts_with("condition ") {
        add("", Surface::Text, plain.clone().into());
    }
    if !case.subject.is_empty() {
        add("", Surface::Subject, (&*case.subject).into());
    } else if !case.is_generated && !uses_links(&plain) {
        add("", Surface::Subject, plain.into());
    }
    if let Some(mail) = &case.mail {
        // After all the HTML tools.
        add(" as a mail", Surface::Html, (&*mail.html).into());
        add(" as a mail", Surface::Text, (&*mail.text).into());
    }
    pieces
}

/// How a dialect did.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) printed: usize,
    pub(super) printed_generated: usize,
    /// How many were refused for each reason, hand-written and generated.
    pub(super) refused: BTreeMap<String, (usize, usize)>,
    /// Refusals that do not say where or what to do.
    pub(super) mute: Vec<String>,
}

impl Tally {
    /// Templates that were refused: by hand, and generated.
    pub(super) fn refusals(&self) -> (usize, usize) {
        let all = self.refused.values();
        all.fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1))
    }
}

/// Prints every text in a dialect; hands them to the oracles where somebody asked for it.
pub(super) fn prove(
    dialect: &dyn Dialect,
    pieces: &[Piece<'_>],
    recipients: &[Recipient],
    shape: &Shape<'_>,
) -> Tally {
    let mut tally = Tally::default();
    let mut lines = String::new();
    let wanted = folder().is_some();
    for piece in pieces {
        let mut sink = Sink::default();
        let printed = dialect.print(&piece.nodes, piece.surface, shape, &mut sink);
        let Some(printed) = printed else {
            refused(piece, sink, &mut tally);
            continue;
        };
        if !sink.is_empty() {
            let name = &piece.name;
            tally.mute.push(format!("{name} is printed and refused"));
        }
        if piece.is_generated {
            tally.printed_generated += 1;
        } else {
            tally.printed += 1;
        }
        if wanted {
            let line = line(dialect, piece, &printed, recipients);
            writeln!(lines, "{line}").unwrap();
        }
    }
    if let Some(folder) = folder() {
        let (refused, generated) = tally.refusals();
        let counts = json!({
            "printed": tally.printed + tally.printed_generated,
            "refused": refused + generated,
        });
        let file = |ending| folder.join(format!("{}.{ending}", dialect.name()));
        fs::write(file("json"), counts.to_string()).unwrap();
        fs::write(file("jsonl"), lines).unwrap();
    }
    tally
}

fn refused(piece: &Piece<'_>, sink: Sink, tally: &mut Tally) {
    let found = sink.into_sorted();
    let Some(first) = found.first() else {
        let name = &piece.name;
        tally.mute.push(format!("{name} is refused without a word"));
        return;
    };
    for it in &found {
        if it.help.is_none() {
            let name = &piece.name;
            tally
                .mute
                .push(format!("{name}: {} helps nobody", it.message));
        }
    }
    let counts = tally.refused.entry(general(&first.message)).or_default();
    if piece.is_generated {
        counts.1 += 1;
    } else {
        counts.0 += 1;
    }
}

/// A headline without the author's own words.
fn general(message: &str) -> String {
    let parts: Vec<&str> = message.split('`').collect();
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        out.push_str(if at % 2 == 0 { part } else { "…" });
    }
    out
}

fn line(
    dialect: &dyn Dialect,
    piece: &Piece<'_>,
    printed: &Printed,
    recipients: &[Recipient],
) -> Value {
    let sample = |it: &Recipient| {
        let mut line = Map::new();
        line.insert("sample".to_owned(), json!(it.name));
        let expected = evaluate(&piece.nodes, &it.sample, dialect.spelling());
        line.insert("expected".to_owned(), json!(expected));
        if !printed.variables.is_empty() {
            let value = |var: &Variable| {
                let value = var.handed_over(&it.sample, dialect.spelling())?;
                Some((var.name.clone(), value))
            };
            let values = printed.variables.iter().filter_map(value).collect();
            line.insert("variables".to_owned(), Value::Object(values));
        }
        Value::Object(line)
    };
    let surface = format!("{:?}", piece.surface).to_lowercase();
    let fallback = |it: &Variable| match &it.fallback {
        Some(Literal::Text(text)) => Some((it.name.clone(), json!(&**text))),
        _ => None,
    };
    let fallbacks: Map<String, Value> = printed.variables.iter().filter_map(fallback).collect();
    json!({
        "dialect": dialect.name(),
        "name": piece.name,
        "surface": surface,
        "template": printed.text,
        "fallbacks": fallbacks,
        "samples": recipients.iter().map(sample).collect::<Vec<_>>(),
    })
}

/// Where the oracles want their lines.
pub(super) fn folder() -> Option<PathBuf> {
    std::env::var_os("JOURNEYC_ORACLE_OUT").map(PathBuf::from)
}

/// Hands the recipients to the oracles.
pub(super) fn hand_over(recipients: &[Recipient], folder: &Path) {
    let all: Map<String, Value> = recipients
        .iter()
        .map(|it| {
            let data = json!({"contact": it.sample.contact, "event": it.sample.event});
            (it.name.clone(), data)
        })
        .collect();
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("samples.json"), Value::Object(all).to_string()).unwrap();
}

/// The same nodes with nothing escaped, as a plain text has them.
fn unescaped(nodes: &[Node]) -> Vec<Node> {
    let each = |node: &Node| match node {
        Node::Text(_) => node.clone(),
        Node::Out(it) => {
            let mut it = it.clone();
            it.escape = false;
            Node::Out(it)
        }
        Node::If(it) => {
            let mut it = it.clone();
            for arm in &mut it.arms {
                arm.body = unescaped(&arm.body);
            }
            it.otherwise = unescaped(&it.otherwise);
            Node::If(it)
        }
        Node::For(it) => {
            let mut it = it.clone();
            it.body = unescaped(&it.body);
            it.otherwise = unescaped(&it.otherwise);
            Node::For(it)
        }
    };
    nodes.iter().map(each).collect()
}

fn uses_links(nodes: &[Node]) -> bool {
    format!("{nodes:?}").contains("root: Link")
}
