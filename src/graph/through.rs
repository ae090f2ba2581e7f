//! Ways that lead through several places, and what lies behind a place.

use std::collections::BTreeMap;

use super::marks::Marks;
use super::path::{By, Path, Stop};
use super::{Edge, EdgeId, Graph, NodeId};

impl Path {
    /// Goes on along a path that begins where this one ends.
    #[must_use]
    pub fn then(mut self, next: &Self) -> Self {
        let base = self.length();
        let onward = next.stops.iter().skip(1);
        self.stops.extend(onward.map(|it| Stop {
            at: base + it.at,
            ..*it
        }));
        self.shifted |= next.shifted;
        self
    }

    /// Whether it goes through these nodes one after the other.
    fn passes_all(&self, nodes: &[NodeId]) -> bool {
        let mut stops = self.stops.iter();
        nodes.iter().all(|it| stops.any(|stop| stop.node == *it))
    }
}

impl Graph<'_> {
    /// The shortest path from the entry that goes through these nodes one after the other. Nothing if
    /// nobody goes that way. The last node may be the first again, in another round.
    pub fn path_through(&self, nodes: &[NodeId]) -> Option<Path> {
        let (first, rest) = nodes.split_first()?;
        // Put together, each part would count a clock change of its own; one search counts one.
        let direct = self.path_to(*nodes.last()?, By::Shortest)?;
        if direct.passes_all(nodes) {
            return Some(direct);
        }
        let mut path = self.path_to(*first, By::Shortest)?;
        for node in rest {
            let leg = self.gap(&self.origin(path.target()), &Marks::default().node(*node))?;
            path = path.then(&leg);
        }
        Some(path)
    }

    /// The nodes that people can come by after they have met one of the marks. A marked node is
    /// among them only if it can be met again.
    pub fn beyond(&self, marks: &Marks) -> Marks {
        let mut beyond = Marks::default();
        // Whoever meets a mark in a round comes by the round's other nodes in the next one.
        let passes = 1 + self.loops().count().min(2);
        let again = self.loops().filter(|(_, it)| it.times > 1);
        let again: BTreeMap<NodeId, NodeId> = again.map(|(_, it)| (it.head, it.tail)).collect();
        for _ in 0..passes {
            for (id, _) in self.nodes() {
                let is_past = |from: NodeId| beyond.has_node(from) || marks.has_node(from);
                let arrives = |(edge, it): (EdgeId, &Edge<'_>)| {
                    self.is_reachable(it.from) && (marks.has_edge(edge) || is_past(it.from))
                };
                if self.arriving(id).any(arrives) || again.get(&id).copied().is_some_and(is_past) {
                    beyond = beyond.node(id);
                }
            }
        }
        beyond
    }
}
