use crate::graph::{Marks, NodeId, NodeKind};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{milestone_of, touchpoints_of};
use crate::model::{Journey, Milestone, Purpose};

rule! {
    AbandonmentDiscountFirst, id: "abandonment-discount-first", group: Coverage, level: Note,
    docs: "abandonment_discount_first.md"
}

/// How many offers of a journey are looked at.
const MOST: usize = 8;

impl Rule for AbandonmentDiscountFirst {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let project = cx.project();
        let begins = milestone_of(project, &journey.trigger.event.value);
        let mut touchpoints = touchpoints_of(project, journey);
        if begins != Some(Milestone::Intent) || !touchpoints.any(|it| it.has(Purpose::Offer)) {
            return;
        }
        let graph = &*cx.graph(journey);
        let all = graph.marks(|id, it| it.is_touchpoint() && graph.is_reachable(id));
        let offers: Vec<NodeId> = graph
            .with_purpose(Purpose::Offer)
            .map(|(id, _)| id)
            .collect();
        for id in offers.into_iter().take(MOST) {
            let node = graph.node(id);
            if matches!(node.kind, NodeKind::Send(it) if it.requested == Some(true)) {
                continue;
            }
            let others = all.nodes().filter(|it| *it != id);
            let others = others.fold(Marks::default(), Marks::node);
            let Some(path) = graph.path_around(&others, id) else {
                continue;
            };
            if path.edges().any(|it| graph.edge(it).kind.drops()) {
                continue;
            }
            let name = node.id().unwrap_or_default();
            out.fail(
                place(node),
                format!("the first follow-up, `{name}`, is already an offer"),
            )
            .label("no help comes before it")
            .why("most people had a question, not a price in mind; and they learn to wait for it")
            .help(
                "help first: ask what held them up; keep the offer for a later message, if at all",
            )
            .witness(Some(graph.witness(&path)));
            return;
        }
    }
}
