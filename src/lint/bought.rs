//! Which steps reach people who have paid: what they are owed is more.

use crate::graph::{By, Graph, Marks, NodeId, Path};
use crate::model::{Journey, Milestone, Stage};

/// Whoever has come to one of these has paid before.
const BOUGHT: [Milestone; 9] = [
    Milestone::Payment,
    Milestone::Delivered,
    Milestone::ServiceStarted,
    Milestone::FirstUse,
    Milestone::RenewalDue,
    Milestone::Refunded,
    Milestone::ReturnRequested,
    Milestone::ComplaintOpened,
    Milestone::FeedbackGiven,
];

/// Whether everybody who comes into a journey has paid: its trigger or its stage says so.
pub(crate) fn all_bought(journey: &Journey, graph: &Graph<'_>) -> bool {
    let is_after = |it: &crate::source::Spanned<Stage>| it.value == Stage::After;
    let of_stage = !journey.stage.0.is_empty() && journey.stage.0.iter().all(is_after);
    of_stage
        || graph
            .entry_milestone()
            .is_some_and(|it| BOUGHT.contains(&it))
}

/// The nodes that people can come by once they have paid.
pub(crate) fn after_payment(journey: &Journey, graph: &Graph<'_>) -> Marks {
    if all_bought(journey, graph) {
        return graph.marks(|_, _| true);
    }
    let known = BOUGHT.map(|it| graph.milestone(it));
    let known = known.iter().fold(Marks::default(), Marks::and);
    graph.beyond(&known)
}

/// The shortest path on which people come by a node after they have paid.
pub(crate) fn path_after_payment(
    journey: &Journey,
    graph: &Graph<'_>,
    node: NodeId,
) -> Option<Path> {
    if all_bought(journey, graph) {
        return graph.path_to(node, By::Shortest);
    }
    let origins = BOUGHT.iter().flat_map(|it| graph.origins(*it));
    let goal = Marks::default().node(node);
    origins
        .filter_map(|it| graph.gap(&it, &goal))
        .min_by_key(Path::length)
}
