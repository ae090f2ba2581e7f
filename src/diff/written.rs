//! What a YAML file says as it stands, with what the manifest leaves out.
//!
//! In: a file of one side. Out: its values as JSON, and the lines of its keys. Invariant: comments,
//! spaces, quotes and the order of keys make no difference to the values. Not done here: what keys
//! mean, saying what is wrong with a file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::diagnostic::Sink;
use crate::source::{FileId, LineIndex, Sources};
use crate::yaml::{self, Corrections, Node, Reader};

/// How deep below the root the lines of keys are kept.
const DEPTH: usize = 5;

/// A file that was read.
pub(super) struct Written {
    /// What it says.
    pub(super) value: Map<String, Value>,
    /// The line of each key, by the keys that lead there.
    lines: BTreeMap<Vec<String>, u32>,
}

impl Written {
    /// Reads a file; nothing if it is no YAML, or no mapping.
    pub(super) fn read(sources: &Sources, file: FileId) -> Option<Self> {
        let text = sources.text(file);
        let tree = yaml::parse(file, text, &mut Sink::default())?;
        let corrections = Corrections::default();
        let value = Value::deserialize(Reader::new(tree.root(), &corrections)).ok()?;
        let Value::Object(value) = value else {
            return None;
        };
        let mut lines = BTreeMap::new();
        let index = LineIndex::new(text);
        let mut line = |path: &[String], node: Node<'_>| {
            let at = index.position(text, node.span().start).line;
            lines.insert(path.to_vec(), at);
        };
        keys(tree.root(), &mut Vec::new(), &mut line);
        Some(Self { value, lines })
    }

    /// The line of a key, or of the nearest one above it that is there.
    pub(super) fn line(&self, path: &[&str]) -> Option<u32> {
        let mut path: Vec<String> = path.iter().map(|it| (*it).to_owned()).collect();
        while !path.is_empty() {
            if let Some(line) = self.lines.get(&path) {
                return Some(*line);
            }
            path.pop();
        }
        None
    }
}

/// Calls `visit` on every key, outer ones first.
fn keys(node: Node<'_>, path: &mut Vec<String>, visit: &mut impl FnMut(&[String], Node<'_>)) {
    if path.len() >= DEPTH {
        return;
    }
    for pair in node.pairs() {
        path.push(pair.key.as_key().to_owned());
        visit(path, pair.key);
        keys(pair.value, path, visit);
        path.pop();
    }
}
