//! How two journeys hang together in time: one begins at a moment of the other.
//!
//! In: the graph of a journey, and a moment in it at which another one begins. Out: for each touchpoint of
//! the first how long it comes before or after that moment, along the ways that lead through both.
//! Invariant: no time is said that no way has; clocks stand still. Not done here: the other journey.

use super::operators::{Lens, Origin};
use super::{Bound, EdgeId, Elapsed, Graph, Interval, Marks, NodeId};

/// A moment in a journey at which another one begins.
#[derive(Debug, Clone, Copy)]
pub(super) enum Link {
    /// People come by this node.
    Node(NodeId),
    /// An awaited event ends a wait.
    Edge(EdgeId),
}

/// When a touchpoint comes, seen from a moment of its own journey.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tie {
    /// So long before that moment, on ways that go on to it.
    before: Option<Interval>,
    /// So long after that moment.
    after: Option<Interval>,
}

impl Tie {
    /// How a touchpoint hangs together with such a moment.
    fn of(graph: &Graph<'_>, link: Link, touch: NodeId) -> Self {
        let nothing = Marks::default();
        let between = |from: &Origin, to: NodeId| {
            let mark = Marks::default().node(to);
            let lo = graph.gap(from, &mark)?.on_still_clocks().finite()?;
            let longest = graph.last_around(from, to, &nothing, Lens::AS_IS);
            let hi = longest.map_or(Bound::Endless, |it| it.on_still_clocks());
            Some(Interval { lo, hi })
        };
        let (begins, ends, took) = match link {
            Link::Node(it) => (graph.origin(it), it, Interval::ZERO),
            Link::Edge(it) => {
                let edge = graph.edge(it);
                (graph.origin_after(it), edge.from, edge.stretch.nominal)
            }
        };
        Self {
            before: between(&graph.origin(touch), ends).map(|it| it + took),
            after: between(&begins, touch),
        }
    }

    /// How a journey's touchpoints hang together with such a moment.
    pub(super) fn all(graph: &Graph<'_>, link: Link, touches: &[NodeId]) -> Vec<Self> {
        touches
            .iter()
            .map(|it| Self::of(graph, link, *it))
            .collect()
    }

    /// The shortest time between the touchpoint and another one, which comes so long after the moment;
    /// nothing if nobody comes by both.
    pub(super) fn apart(&self, other: Interval) -> Option<Elapsed> {
        let before = self.before.map(|it| it.lo + other.lo);
        let after = self.after.map(|it| it.apart(other));
        before.into_iter().chain(after).min()
    }
}
