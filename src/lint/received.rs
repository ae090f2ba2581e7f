//! Whether people have what they paid for when they come by a step.

use std::collections::BTreeSet;

use super::context::LintContext;
use crate::graph::{Graph, Marks, NodeId, NodeKind, Path};
use crate::model::{Journey, Milestone, Project};

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
    if all_have_it(graph) {
        return None;
    }
    path_without_proof(graph, node)
}

/// The same, whatever the trigger says: for people whom another journey has sent.
pub(crate) fn path_without_proof(graph: &Graph<'_>, node: NodeId) -> Option<Path> {
    let proofs = HAS_IT.map(|it| graph.milestone(it));
    let proofs = proofs.iter().fold(Marks::default(), Marks::and);
    graph.path_around(&proofs, node)
}

/// Another journey that sends people into this one before they have the thing, where the trigger
/// says that everybody has it: who is sent has not had the trigger's event.
pub(crate) fn sender_before_receipt<'p>(
    cx: &LintContext<'p>,
    journey: &Journey,
) -> Option<&'p Journey> {
    sender(cx, journey, &mut BTreeSet::new())
}

fn sender<'p>(
    cx: &LintContext<'p>,
    journey: &Journey,
    known: &mut BTreeSet<&'p str>,
) -> Option<&'p Journey> {
    for from in cx.senders_to(journey) {
        if !known.insert(&from.name.value) {
            continue;
        }
        let graph = cx.graph(from);
        let mut sends = graph.nodes().filter(
            |(_, it)| matches!(it.kind, NodeKind::Enter(name) if name.value == journey.name.value),
        );
        let early = sends.any(|(id, _)| path_without_proof(&graph, id).is_some());
        if early && (!all_have_it(&graph) || sender(cx, from, known).is_some()) {
            return Some(from);
        }
    }
    None
}

/// Whether the event that lets people in says that they have the thing.
pub(crate) fn all_have_it(graph: &Graph<'_>) -> bool {
    let entry = graph.entry_milestone();
    entry.is_some_and(|it| HAS_IT.contains(&it) || HAS_HAD_IT.contains(&it))
}

/// Whether the project declares an event that says so.
pub(crate) fn is_told(project: &Project) -> bool {
    HAS_IT
        .iter()
        .any(|it| project.events_of(*it).next().is_some())
}
