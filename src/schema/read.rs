//! From a tree to a typed value, leaving out what is broken.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::validate::Broken;
use crate::diagnostic::{Diagnostic, RuleId, Sink};
use crate::yaml::{Corrections, Kind, Reader, Refusal, Slot, Tree};

const INVALID_VALUE: RuleId = RuleId("invalid-value");

/// How often reading may begin again without the part that was refused last, and how many nodes
/// all tries together may come to.
const MAX_TRIES: usize = 256;
const MAX_WORK: usize = 4_000_000;

/// What could be read.
#[derive(Debug)]
pub struct Reading<T> {
    /// The value of all that fits; nothing if what is left does not make one.
    pub value: Option<T>,
    /// Whether anything was left out. What then seems missing may be there, only broken.
    pub damaged: bool,
    /// What was left out.
    pub lost: Lost,
}

impl<T> Default for Reading<T> {
    /// What is read of a file that is no YAML: nothing.
    fn default() -> Self {
        Self {
            value: None,
            damaged: true,
            lost: Lost::default(),
        }
    }
}

/// The parts that were left out of a value.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Lost {
    paths: BTreeSet<Vec<Box<str>>>,
}

impl Lost {
    /// Whether nothing was left out.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Whether the part at this path, or a part that holds it, was left out: then a reference to
    /// it is not wrong. Keys, and numbers of list items from 0.
    pub fn covers(&self, path: &[&str]) -> bool {
        self.paths.iter().any(|lost| {
            lost.len() <= path.len() && lost.iter().zip(path).all(|(lost, it)| **lost == **it)
        })
    }

    /// The paths of all lost parts, in order.
    pub fn paths(&self) -> impl Iterator<Item = &[Box<str>]> {
        self.paths.iter().map(Vec::as_slice)
    }
}

/// Reads a typed value. Parts in `broken` are left out; a value that the type itself refuses is
/// reported and left out; where something is then missing that must be there, the smallest part
/// that holds it goes too. So one bad step never hides what is wrong with the others.
pub fn read<'t, T: Deserialize<'t>>(
    tree: &'t Tree<'t>,
    broken: &'t Broken,
    sink: &mut Sink,
) -> Reading<T> {
    let mut reading = Reading {
        value: None,
        damaged: !broken.is_empty(),
        lost: Lost {
            paths: broken.paths().map(<[_]>::to_vec).collect(),
        },
    };
    if broken.root() {
        return reading;
    }
    let mut corrections = broken.corrections().clone();
    for _ in 0..(MAX_WORK / tree.len()).clamp(1, MAX_TRIES) {
        let refusal = match attempt(tree, &corrections) {
            Ok(value) => {
                reading.value = Some(value);
                return reading;
            }
            Err(refusal) => refusal,
        };
        reading.damaged = true;
        // What is written under a misspelt key is looked at when the key is right.
        let is_guess = |slot: &Slot| corrections.keys.contains_key(slot);
        if !refusal.trail().iter().any(is_guess) {
            report(tree, broken, &refusal, sink);
        }
        let Some(slot) = refusal.trail().first() else {
            return reading;
        };
        let path = path(tree, &corrections, refusal.trail());
        reading.lost.paths.insert(path);
        if !corrections.skip.insert(*slot) {
            return reading;
        }
    }
    reading
}

fn attempt<'t, T: Deserialize<'t>>(
    tree: &'t Tree<'t>,
    corrections: &Corrections,
) -> Result<T, Refusal> {
    T::deserialize(Reader::new(tree.root(), corrections))
}

/// Says why a type refused a value, unless that was said before or follows from what was.
fn report(tree: &Tree<'_>, broken: &Broken, refusal: &Refusal, sink: &mut Sink) {
    let Some(node) = refusal.node() else {
        return;
    };
    if refusal.is_echo() || broken.reported(node) {
        return;
    }
    let value = match refusal.trail().first() {
        Some(slot) => tree.value_of(*slot),
        None => tree.root(),
    };
    let key = refusal.trail().first().and_then(|it| tree.key_of(*it));
    let span = match (value.kind(), key) {
        (_, Some(key)) if key.number() == node => key.span(),
        // A whole block is too much to point at; its key says which one is meant.
        (Kind::Map | Kind::List | Kind::Null, Some(key)) => key.span(),
        _ => value.span(),
    };
    let (message, help) = match refusal.message().split_once("; ") {
        Some((message, help)) => (message, Some(help)),
        None => (refusal.message(), None),
    };
    let mut diagnostic = Diagnostic::error(INVALID_VALUE, span, message);
    diagnostic.help = help.map(str::to_owned);
    diagnostic.subject = key.map(|it| it.as_key().to_owned());
    sink.push(diagnostic);
}

/// The path of a part, from the slots that lead from it to the root.
fn path(tree: &Tree<'_>, corrections: &Corrections, trail: &[Slot]) -> Vec<Box<str>> {
    let mut node = tree.root();
    let mut path = Vec::new();
    for slot in trail.iter().rev() {
        path.push(if let Some(key) = tree.key_of(*slot) {
            let meant = corrections.keys.get(slot);
            meant.cloned().unwrap_or_else(|| key.as_key().into())
        } else {
            let index = node.items().position(|it| it.slot == *slot);
            index.unwrap_or(0).to_string().into()
        });
        node = tree.value_of(*slot);
    }
    path
}
