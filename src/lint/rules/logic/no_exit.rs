use crate::graph::{Bound, EdgeKind, Graph, NodeId};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::Journey;

rule! { NoExit, id: "no-exit", group: Logic, level: Warning, docs: "no_exit.md" }

impl Rule for NoExit {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !journey.exits.is_empty() {
            return;
        }
        let graph = cx.graph(journey);
        let Some(late) = after_a_wait(&graph) else {
            return;
        };
        let node = graph.node(late);
        let id = node.id().unwrap_or_default();
        let path = graph.path_to(late, crate::graph::By::Shortest);
        out.fail(
            journey.span(),
            format!("nothing makes people leave `{}` early", journey.name.value),
        )
        .label("it has no `exits`")
        .related(place(node), format!("`{id}` still goes out, whatever has happened by then"))
        .why("who has bought, complained, sent it back or said goodbye still gets the rest")
        .help(
            "write which events end it, for example `exits: [{on: order_refunded}, {on: unsubscribed, only: \
             commercial}]`",
        )
        .witness(path.map(|it| graph.witness(&it)));
    }
}

/// The first touchpoint before which the journey waits.
fn after_a_wait(graph: &Graph<'_>) -> Option<NodeId> {
    let mut waited = vec![false; graph.nodes().count()];
    let mut found = None;
    for (id, node) in graph.nodes() {
        let late = graph.arriving(id).any(|(_, edge)| {
            let before = waited.get(index(edge.from)).copied().unwrap_or(false);
            let held = matches!(edge.kind, EdgeKind::Held | EdgeKind::Capped);
            before || (!held && edge.elapsed().hi > Bound::ZERO)
        });
        waited[index(id)] = late;
        if late && node.is_touchpoint() && graph.is_reachable(id) && found.is_none() {
            found = Some(id);
        }
    }
    found
}

fn index(node: NodeId) -> usize {
    node.0 as usize
}
