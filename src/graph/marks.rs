//! A set of nodes and edges: what a path shall meet, or shall not.

use super::{EdgeId, Graph, Node, NodeId, NodeKind};
use crate::model::Milestone;

/// A set of nodes and edges. A path meets an edge at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    nodes: Vec<u64>,
    edges: Vec<u64>,
}

impl Marks {
    /// Adds a node.
    #[must_use]
    pub fn node(mut self, node: NodeId) -> Self {
        set(&mut self.nodes, node.0);
        self
    }

    /// Adds an edge.
    #[must_use]
    pub fn edge(mut self, edge: EdgeId) -> Self {
        set(&mut self.edges, edge.0);
        self
    }

    /// Adds all that is in the other.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        unite(&mut self.nodes, &other.nodes);
        unite(&mut self.edges, &other.edges);
        self
    }

    /// Whether a node is in it.
    pub fn has_node(&self, node: NodeId) -> bool {
        get(&self.nodes, node.0)
    }

    /// Whether an edge is in it.
    pub fn has_edge(&self, edge: EdgeId) -> bool {
        get(&self.edges, edge.0)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.nodes.iter().chain(&self.edges).all(|it| *it == 0)
    }

    /// The nodes in it, in order.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> {
        members(&self.nodes).map(NodeId)
    }

    /// The edges in it, in order.
    pub fn edges(&self) -> impl Iterator<Item = EdgeId> {
        members(&self.edges).map(EdgeId)
    }
}

impl<'m> Graph<'m> {
    /// The nodes for which the test holds.
    pub fn marks(&self, test: impl Fn(NodeId, &Node<'m>) -> bool) -> Marks {
        let chosen = self.nodes().filter(|(id, it)| test(*id, it));
        chosen.fold(Marks::default(), |all, (id, _)| all.node(id))
    }

    /// The edges after which a milestone has certainly been reached since entry. The entry itself
    /// is not among them: ask [`Graph::entry_milestone`].
    pub fn milestone(&self, milestone: Milestone) -> Marks {
        let proves = |id| {
            self.establishes(id)
                .any(|it| it.milestone == Some(milestone))
        };
        let chosen = self.edges().filter(|(id, _)| proves(*id));
        chosen.fold(Marks::default(), |all, (id, _)| all.edge(id))
    }

    /// The edges after which a milestone has certainly not been reached since entry.
    pub fn not_yet(&self, milestone: Milestone) -> Marks {
        let proves = |id| {
            // Another event may carry the milestone too, and that one may have come.
            self.denies(id)
                .any(|it| it.milestone == Some(milestone) && it.alone)
        };
        let chosen = self.edges().filter(|(id, _)| proves(*id));
        chosen.fold(Marks::default(), |all, (id, _)| all.edge(id))
    }

    /// The nodes where the journey ends for a person, a wait that nothing can end included.
    pub fn terminals(&self) -> Marks {
        self.marks(|id, it| {
            let waits = matches!(it.kind, NodeKind::WaitFor(_));
            it.is_terminal() || (waits && self.leaving(id).next().is_none())
        })
    }
}

fn set(words: &mut Vec<u64>, bit: u32) {
    let word = bit as usize / 64;
    if words.len() <= word {
        words.resize(word + 1, 0);
    }
    words[word] |= 1 << (bit % 64);
}

fn get(words: &[u64], bit: u32) -> bool {
    words
        .get(bit as usize / 64)
        .is_some_and(|it| it >> (bit % 64) & 1 == 1)
}

fn unite(words: &mut Vec<u64>, other: &[u64]) {
    if words.len() < other.len() {
        words.resize(other.len(), 0);
    }
    for (word, more) in words.iter_mut().zip(other) {
        *word |= more;
    }
}

fn members(words: &[u64]) -> impl Iterator<Item = u32> {
    (0u32..).zip(words).flat_map(|(number, word)| {
        let set = (0..64).filter(move |bit| word >> bit & 1 == 1);
        set.map(move |bit| number * 64 + bit)
    })
}
