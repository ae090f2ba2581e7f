//! Which messages of a journey the frequency cap never lets through together.
//!
//! In: a project's cap, and the graph of a journey. Out: whether of two messages one is always dropped.
//! Invariant: only a cap that drops what is above it, and lets one message through, is certain to do so.
//! Not done here: caps of several messages, which others may have filled or not.

use crate::graph::{Bound, Elapsed, Graph, Lens, Marks, NodeId, NodeKind};
use crate::model::{Class, Project, WhenFull};

/// A cap that lets one message through in some time, and drops the others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OneIn(Option<Elapsed>);

impl OneIn {
    /// The longest time in which the project's cap lets one message through.
    pub(crate) fn of(project: &Project) -> Self {
        let cap = project.policy.frequency_cap.as_ref();
        let limits = cap
            .filter(|it| it.when_full == WhenFull::Skip)
            .map(|it| &it.commercial);
        Self(limits.and_then(|it| {
            let spans = [(it.per_month, 30), (it.per_week, 7), (it.per_day, 1)];
            let one = |(limit, days): (Option<u32>, i64)| {
                limit.filter(|it| *it <= 1).map(|_| Elapsed::days(days))
            };
            spans.into_iter().find_map(one)
        }))
    }

    /// Whether nobody gets both: the second comes while the first still counts.
    pub(crate) fn drops_one(self, graph: &Graph<'_>, first: NodeId, second: NodeId) -> bool {
        let Some(window) = self.0 else {
            return false;
        };
        let between = || {
            let nothing = Marks::default();
            graph.last_around(&graph.origin(first), second, &nothing, Lens::AS_IS)
        };
        counts(graph, first)
            && counts(graph, second)
            && between().is_some_and(|it| it.length() < Bound::Finite(window))
    }
}

fn counts(graph: &Graph<'_>, node: NodeId) -> bool {
    let node = graph.node(node);
    let NodeKind::Send(send) = node.kind else {
        return false;
    };
    node.class == Some(Class::Commercial)
        && send.bypass_window != Some(true)
        && send.requested != Some(true)
}
