//! What a text of YAML means, to be compared with what an edit was to make of it.

use std::collections::BTreeMap;

use super::super::{Data, Kind, Tree, build::parse};
use crate::diagnostic::Sink;
use crate::source::FileId;

/// A value. The order of keys means nothing.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
}

/// What a plan makes of the nodes of a tree.
#[derive(Debug, Default)]
pub(super) struct Expected {
    /// Other values for nodes, by their numbers.
    pub(super) replaced: BTreeMap<u32, Value>,
    /// Keys of maps, with their new values or none.
    pub(super) keys: BTreeMap<u32, Vec<(String, Option<Value>)>>,
    /// Items that go, by list and place.
    pub(super) removed: BTreeMap<u32, Vec<usize>>,
    /// Items that come before others, by list and place; at the end, the place is the length.
    pub(super) added: BTreeMap<u32, Vec<(usize, Value)>>,
}

impl Expected {
    /// The tree's value after the plan. What is written once and used in several places by alias is
    /// changed in one of them only, which no text can say: such a plan never comes true.
    pub(super) fn of(&self, tree: &Tree<'_>) -> Value {
        self.value(tree, tree.root, false)
    }

    fn value(&self, tree: &Tree<'_>, id: u32, is_alias: bool) -> Value {
        if let Some(it) = self.replaced.get(&id).filter(|_| !is_alias) {
            return it.clone();
        }
        match tree.entry(id).data {
            Data::Alias(target) => self.value(tree, target, true),
            Data::List { at, len } => {
                let removed = self.removed.get(&id).filter(|_| !is_alias);
                let added = self.added.get(&id).filter(|_| !is_alias);
                let mut res = Vec::new();
                for index in 0..=len as usize {
                    let come = added.into_iter().flatten();
                    res.extend(come.filter(|it| it.0 == index).map(|it| it.1.clone()));
                    let stays = removed.is_none_or(|it| !it.contains(&index));
                    if index < len as usize && stays {
                        let item = tree.kids[at as usize + index];
                        res.push(self.value(tree, item, is_alias));
                    }
                }
                Value::List(res)
            }
            Data::Map { at, len } => {
                let mut res = BTreeMap::new();
                let run = &tree.kids[at as usize..(at + 2 * len) as usize];
                for pair in run.chunks_exact(2) {
                    let key = tree.key_text(pair[0]).unwrap_or_default();
                    res.insert(key.to_owned(), self.value(tree, pair[1], is_alias));
                }
                for (key, value) in self
                    .keys
                    .get(&id)
                    .filter(|_| !is_alias)
                    .into_iter()
                    .flatten()
                {
                    match value {
                        Some(it) => res.insert(key.clone(), it.clone()),
                        None => res.remove(key),
                    };
                }
                Value::Map(res)
            }
            _ => scalar(tree.node(id).kind()),
        }
    }
}

fn scalar(kind: Kind<'_>) -> Value {
    match kind {
        Kind::Bool(it) => Value::Bool(it),
        Kind::Int(it) => Value::Int(it),
        Kind::Float(it) => Value::Float(it),
        Kind::Text(it) => Value::Text(it.to_owned()),
        _ => Value::Null,
    }
}

/// What a piece of YAML means, and how it is written inside brackets. Nothing if it is no YAML, or
/// cannot be written on one line.
pub(super) struct Piece {
    pub(super) value: Value,
    pub(super) flow: String,
    /// Whether it is a map or a list.
    pub(super) is_collection: bool,
}

impl Piece {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut sink = Sink::default();
        let tree = parse(FileId(0), text, &mut sink)?;
        if !sink.is_empty() || text.trim().is_empty() {
            return None;
        }
        let mut flow = String::new();
        in_flow(&tree, tree.root, &mut flow)?;
        Some(Self {
            value: Expected::default().of(&tree),
            flow,
            is_collection: matches!(tree.root().kind(), Kind::Map | Kind::List),
        })
    }
}

/// Writes a node inside brackets, scalars as they were written.
fn in_flow(tree: &Tree<'_>, id: u32, out: &mut String) -> Option<()> {
    match tree.entry(id).data {
        Data::Alias(_) => return None,
        Data::List { at, len } => {
            out.push('[');
            for (n, item) in tree.kids[at as usize..(at + len) as usize]
                .iter()
                .enumerate()
            {
                if n > 0 {
                    out.push_str(", ");
                }
                in_flow(tree, *item, out)?;
            }
            out.push(']');
        }
        Data::Map { at, len } => {
            out.push('{');
            let run = &tree.kids[at as usize..(at + 2 * len) as usize];
            for (n, pair) in run.chunks_exact(2).enumerate() {
                if n > 0 {
                    out.push_str(", ");
                }
                in_flow(tree, pair[0], out)?;
                out.push_str(": ");
                in_flow(tree, pair[1], out)?;
            }
            out.push('}');
        }
        _ => out.push_str(&flow_scalar(tree.node(id).source())?),
    }
    Some(())
}

/// A text as a scalar that means just this text, in quotes where it has to be.
pub(crate) fn scalar_of(text: &str) -> String {
    let means_it =
        |it: &String| Piece::parse(it).is_some_and(|it| it.value == Value::Text(text.to_owned()));
    let plain = Some(text.to_owned()).filter(means_it);
    plain.unwrap_or_else(|| format!("'{}'", text.replace('\'', "''")))
}

/// A scalar as it may stand inside brackets.
pub(super) fn flow_scalar(source: &str) -> Option<String> {
    let is_quoted = source.starts_with(['"', '\'']);
    if source.contains(['\n', '\r']) || source.starts_with(['|', '>']) {
        return None;
    }
    Some(if source.is_empty() {
        "null".to_owned()
    } else if is_quoted || !source.contains([',', '[', ']', '{', '}']) {
        source.to_owned()
    } else if source.contains(['"', '\\']) {
        format!("'{}'", source.replace('\'', "''"))
    } else {
        format!("\"{source}\"")
    })
}
