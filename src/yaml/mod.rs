//! Stage 3: one text of YAML, parsed once, into one tree with places.
//!
//! In: a text and its [`FileId`]. Out: a [`Tree`] that borrows the text; what is wrong with the
//! YAML itself goes to the [`Sink`](crate::diagnostic::Sink).
//! Invariant: every node has a span on character boundaries; keys are text and unique within
//! their map; no walk over the tree goes deeper than [`MAX_DEPTH`] or costs much more than the
//! text is long, aliases included.
//! Not done here: what keys and values mean (that is `schema` and `model`), comments.

mod build;
mod de;
pub(crate) mod edit;
mod scalar;
mod syntax;

pub use build::parse;
pub(crate) use de::{Corrections, Reader, Refusal};

use crate::source::{FileId, Span};

/// How deep maps and lists may be nested, aliases followed.
pub const MAX_DEPTH: u32 = 64;

/// One document, in one arena.
#[derive(Debug)]
pub struct Tree<'t> {
    file: FileId,
    text: &'t str,
    nodes: Vec<Entry>,
    /// The items of lists and the keys and values of maps, each collection's in one run.
    kids: Vec<u32>,
    /// Scalars whose value is not written in the text as it stands (escapes, folded lines).
    decoded: String,
    root: u32,
}

/// A node as it is stored. 24 bytes, because a repository has millions of them.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    end: u32,
    data: Data,
}

#[derive(Debug, Clone, Copy)]
enum Data {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// A run of the source text.
    Text {
        at: u32,
        len: u32,
    },
    /// A run of `Tree::decoded`.
    Decoded {
        at: u32,
        len: u32,
    },
    /// A run of `Tree::kids`, one entry an item.
    List {
        at: u32,
        len: u32,
    },
    /// A run of `Tree::kids`, two entries a pair; `len` counts pairs.
    Map {
        at: u32,
        len: u32,
    },
    /// A link to the anchored node.
    Alias(u32),
}

/// A place in a tree; cheap to copy. Aliases are followed: a node is never an alias.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    tree: &'a Tree<'a>,
    id: u32,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind<'a> {
    /// Nothing: an empty value, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number; always finite.
    Float(f64),
    /// Text.
    Text(&'a str),
    /// A list.
    List,
    /// Keys with values.
    Map,
}

/// A list item, or a key with its value: the unit in which broken parts are left out. Unique in
/// its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// The place in `Tree::kids` of the item or of the key.
    at: u32,
    is_pair: bool,
}

/// A key with its value.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// The key, always a scalar.
    pub key: Node<'a>,
    /// The value.
    pub value: Node<'a>,
    /// Which pair of the tree this is.
    pub slot: Slot,
}

/// An item of a list.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// The item.
    pub value: Node<'a>,
    /// Which item of the tree this is.
    pub slot: Slot,
}

/// One step of a path into a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'s> {
    /// The value under a key.
    Key(&'s str),
    /// An item, counted from 0.
    Index(usize),
}

/// Where a path leads.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    /// The node at the path's end.
    pub value: Node<'a>,
    /// Its key, if the last step went into a map.
    pub key: Option<Node<'a>>,
    /// The slots that were gone through, outermost first; empty at the root.
    pub slots: Vec<Slot>,
    /// The nodes that were gone through, the root first, the node itself not included.
    pub parents: Vec<Node<'a>>,
    /// The last alias on the way: the node is written elsewhere and used here.
    pub alias: Option<Span>,
}

impl Slot {
    fn value_at(self) -> usize {
        self.at as usize + usize::from(self.is_pair)
    }
}

impl<'t> Tree<'t> {
    /// The outermost node.
    pub fn root(&self) -> Node<'_> {
        self.node(self.root)
    }

    /// The file that was parsed.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// The text that was parsed.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// How many nodes there are, for use as a measure of size.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the text held nothing but comments.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 1 && matches!(self.root().kind(), Kind::Null)
    }

    /// Follows a path from the root; stops early, at the last node that exists, if it leads
    /// nowhere.
    pub fn resolve<'p>(&self, path: impl IntoIterator<Item = Segment<'p>>) -> Place<'_> {
        let mut place = Place {
            value: self.root(),
            key: None,
            slots: Vec::new(),
            parents: Vec::new(),
            alias: None,
        };
        for segment in path {
            let Some((key, slot)) = place.value.find(segment) else {
                break;
            };
            place.parents.push(place.value);
            place.key = key;
            place.slots.push(slot);
            let written = self.kids[slot.value_at()];
            if let Data::Alias(_) = self.entry(written).data {
                place.alias = Some(self.span(written));
            }
            place.value = self.node(written);
        }
        place
    }

    /// The key of a pair; nothing for list items.
    pub fn key_of(&self, slot: Slot) -> Option<Node<'_>> {
        slot.is_pair.then(|| self.node(self.kids[slot.at as usize]))
    }

    /// The value of a pair, or the item itself.
    pub fn value_of(&self, slot: Slot) -> Node<'_> {
        self.node(self.kids[slot.value_at()])
    }

    /// A node by its number, aliases followed.
    fn node(&self, id: u32) -> Node<'_> {
        let id = match self.entry(id).data {
            Data::Alias(target) => target,
            _ => id,
        };
        Node { tree: self, id }
    }

    fn entry(&self, id: u32) -> Entry {
        self.nodes[id as usize]
    }

    fn span(&self, id: u32) -> Span {
        let entry = self.entry(id);
        Span::new(self.file, entry.start, entry.end)
    }

    /// The text of a scalar that is used as a key: what was written, whatever type it would have
    /// as a value. `None` for maps, lists and nothing.
    fn key_text(&self, id: u32) -> Option<&str> {
        let node = self.node(id);
        match node.kind() {
            Kind::Text(text) => Some(text),
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => {
                Some(node.source()).filter(|it| !it.is_empty())
            }
            Kind::List | Kind::Map => None,
        }
    }
}

impl<'a> Node<'a> {
    /// What the node is.
    pub fn kind(self) -> Kind<'a> {
        let run = |text: &'a str, at: u32, len: u32| {
            Kind::Text(text.get(at as usize..(at + len) as usize).unwrap_or(""))
        };
        match self.tree.entry(self.id).data {
            Data::Null | Data::Alias(_) => Kind::Null,
            Data::Bool(value) => Kind::Bool(value),
            Data::Int(value) => Kind::Int(value),
            Data::Float(value) => Kind::Float(value),
            Data::Text { at, len } => run(self.tree.text, at, len),
            Data::Decoded { at, len } => run(&self.tree.decoded, at, len),
            Data::List { .. } => Kind::List,
            Data::Map { .. } => Kind::Map,
        }
    }

    /// The place where the node is written, quotes included. That of an alias is the place of the
    /// anchored node, since that is what has to be changed.
    pub fn span(self) -> Span {
        self.tree.span(self.id)
    }

    /// What is written at the node's place.
    pub fn source(self) -> &'a str {
        let span = self.span();
        self.tree
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// The tree that the node belongs to.
    pub fn tree(self) -> &'a Tree<'a> {
        self.tree
    }

    /// The text, if the node is text.
    pub fn as_text(self) -> Option<&'a str> {
        match self.kind() {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a key, or of any scalar as it was written; empty for maps and lists.
    pub fn as_key(self) -> &'a str {
        self.tree.key_text(self.id).unwrap_or("")
    }

    /// How many items or pairs there are.
    pub fn len(self) -> usize {
        match self.tree.entry(self.id).data {
            Data::List { len, .. } | Data::Map { len, .. } => len as usize,
            _ => 0,
        }
    }

    /// Whether there are no items or pairs; true for scalars.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The items of a list, in order; nothing for other nodes.
    pub fn items(self) -> impl DoubleEndedIterator<Item = Item<'a>> + ExactSizeIterator {
        let (at, len) = match self.tree.entry(self.id).data {
            Data::List { at, len } => (at, len),
            _ => (0, 0),
        };
        (at..at + len).map(move |at| Item {
            value: self.tree.node(self.tree.kids[at as usize]),
            slot: Slot { at, is_pair: false },
        })
    }

    /// The keys and values of a map, in order; nothing for other nodes.
    pub fn pairs(self) -> impl DoubleEndedIterator<Item = Pair<'a>> + ExactSizeIterator {
        let (at, len) = match self.tree.entry(self.id).data {
            Data::Map { at, len } => (at, len),
            _ => (0, 0),
        };
        (0..len).map(move |pair| {
            let at = at + 2 * pair;
            Pair {
                key: self.tree.node(self.tree.kids[at as usize]),
                value: self.tree.node(self.tree.kids[at as usize + 1]),
                slot: Slot { at, is_pair: true },
            }
        })
    }

    /// The pair with this key.
    pub fn pair(self, key: &str) -> Option<Pair<'a>> {
        self.pairs().find(|it| it.key.as_key() == key)
    }

    /// The value under this key.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.pair(key).map(|it| it.value)
    }

    /// A number that tells the nodes of one tree apart.
    pub(crate) fn number(self) -> u32 {
        self.id
    }

    fn find(self, segment: Segment<'_>) -> Option<(Option<Node<'a>>, Slot)> {
        match (segment, self.kind()) {
            (Segment::Key(key), _) => self.pair(key).map(|it| (Some(it.key), it.slot)),
            (Segment::Index(index), Kind::List) => {
                let Data::List { at, len } = self.tree.entry(self.id).data else {
                    return None;
                };
                let index = u32::try_from(index).ok().filter(|it| *it < len)?;
                let slot = Slot {
                    at: at + index,
                    is_pair: false,
                };
                Some((None, slot))
            }
            // In a map, a number in a path is a key that looks like a number.
            (Segment::Index(index), _) => self
                .pair(&index.to_string())
                .map(|it| (Some(it.key), it.slot)),
        }
    }
}

#[cfg(test)]
mod tests;
