//! Dominators, after Cooper, Harvey and Kennedy. Numbers are a topological order already, and an
//! edge that leads back goes to a node that dominates it, so one pass is enough.

use super::{Graph, NodeId};

/// For each node the last node that every path to it goes through; nothing for the entry and for
/// nodes that nobody reaches.
pub(super) fn dominators(graph: &Graph<'_>) -> Vec<Option<NodeId>> {
    let mut found: Vec<Option<NodeId>> = vec![None; graph.nodes.len()];
    for at in 1..super::count(graph.nodes.len()) {
        let mut own: Option<NodeId> = None;
        for (_, edge) in graph.arriving(NodeId(at)) {
            let reached = edge.from == graph.entry() || found[edge.from.0 as usize].is_some();
            if reached {
                own = Some(own.map_or(edge.from, |it| meet(&found, it, edge.from)));
            }
        }
        found[at as usize] = own;
    }
    found
}

fn meet(found: &[Option<NodeId>], mut one: NodeId, mut other: NodeId) -> NodeId {
    while one != other {
        let later = if one > other { &mut one } else { &mut other };
        *later = found[later.0 as usize].unwrap_or(NodeId(0));
    }
    one
}
