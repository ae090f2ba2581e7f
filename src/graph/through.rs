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
        let shifted = self.shifted;
        let onward = next.stops.iter().skip(1);
        self.stops.extend(onward.map(|it| Stop {
            at: base + it.at,
            shifted: it.shifted || shifted,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::super::fixture::{journey, project};
    use super::*;

    #[test]
    fn a_way_through_several_places_is_dated_and_what_lies_behind_is_found() {
        let project = project("{}");
        let journey = journey(
            "
  - send: {id: a, template: a, purpose: content}
  - wait: 1d
  - branch:
      id: choice
      when:
        - if: contact.did(\"order_paid\")
          steps:
            - wait: 2d
            - send: {id: b, template: a, purpose: content}
      else:
        - send: {id: c, template: a, purpose: content}
  - repeat:
      id: rounds
      times: 3
      every: 1w
      steps:
        - send: {id: d, template: a, purpose: content}
        - send: {id: e, template: a, purpose: content}
",
        );
        let graph = Graph::new(&journey, &project);
        let node = |it: &str| graph.find(it).unwrap();
        let through = |all: &[&str]| {
            let nodes: Vec<NodeId> = all.iter().map(|it| node(it)).collect();
            graph.path_through(&nodes).map(|it| it.length().to_string())
        };
        // The shortest way to `d` leads by `c`; the one asked for takes two days more.
        assert_eq!(through(&["a", "d"]).unwrap(), "23 h");
        assert_eq!(through(&["a", "b", "d"]).unwrap(), "2 d 23 h");
        assert_eq!(through(&["b", "c"]), None);
        // In the next round only.
        assert_eq!(through(&["e", "d"]).unwrap(), "7 d 22 h");
        let beyond = |it: &str| graph.beyond(&Marks::default().node(node(it)));
        assert!(beyond("b").has_node(node("d")) && !beyond("b").has_node(node("c")));
        assert!(beyond("e").has_node(node("d")) && beyond("d").has_node(node("d")));
        assert!(!beyond("a").has_node(node("a")));
    }
}
