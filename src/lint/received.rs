//! Whether people have what they paid for when they come by a step.

use crate::graph::{Graph, Marks, NodeId, Path};
use crate::model::{Milestone, Project};

/// After one of these the customer has the thing.
pub(crate) const HAS_IT: [Milestone; 3] = [
    Milestone::Delivered,
    Milestone::ServiceStarted,
    Milestone::FirstUse,
];

/// Whoever comes in by one of these has had it for some time.
const HAS_HAD_IT: [Milestone; 6] = [
    Milestone::FeedbackGiven,
    Milestone::Lapsed,
    Milestone::RenewalDue,
    Milestone::ReferredSignup,
    Milestone::ReturnRequested,
    Milestone::TrialEnd,
];

/// The shortest path to a node on which nothing says that the customer has the thing.
pub(crate) fn path_before_receipt(graph: &Graph<'_>, node: NodeId) -> Option<Path> {
    let entry = graph.entry_milestone();
    if entry.is_some_and(|it| HAS_IT.contains(&it) || HAS_HAD_IT.contains(&it)) {
        return None;
    }
    let proofs = HAS_IT.map(|it| graph.milestone(it));
    let proofs = proofs.iter().fold(Marks::default(), Marks::and);
    graph.path_around(&proofs, node)
}

/// Whether the project declares an event that says so.
pub(crate) fn is_told(project: &Project) -> bool {
    HAS_IT
        .iter()
        .any(|it| project.events_of(*it).next().is_some())
}
