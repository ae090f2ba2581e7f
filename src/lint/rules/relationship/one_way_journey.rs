use std::collections::BTreeMap;

use crate::graph::{By, Graph, NodeId, NodeKind};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::voice::talks;
use crate::model::Journey;

rule! {
    OneWayJourney, id: "one-way-journey", group: Relationship, level: Warning,
    docs: "one_way_journey.md",
    limit: Limit::Number(3.0, &[])
}

impl Rule for OneWayJourney {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if journey.walk().any(|(it, _)| talks(&it.value)) {
            return;
        }
        let limit = cx.number(self.info());
        let graph = &*cx.graph(journey);
        let Some((last, most)) = longest_monologue(graph) else {
            return;
        };
        if f64::from(most) <= limit {
            return;
        }
        let name = &journey.name.value;
        let path = graph.path_to(last, By::Shortest);
        out.fail(
            journey.span(),
            format!("`{name}` writes {most} times and never listens"),
        )
        .label("no step invites an answer")
        .why("people whom nobody asks anything stop reading, and tell somebody else what is wrong")
        .help("let one letter ask for an answer, with `two_way: true` and `respond_within`, or call them: `task`")
        .witness(path.map(|it| graph.witness(&it)));
    }
}

/// The most mails that one person can get, rounds included, with the last of them.
fn longest_monologue(graph: &Graph<'_>) -> Option<(NodeId, u32)> {
    let mut most: BTreeMap<NodeId, u32> = BTreeMap::new();
    let mut best: Option<(NodeId, u32)> = None;
    for (id, node) in graph.nodes().filter(|(id, _)| graph.is_reachable(*id)) {
        let before = graph.arriving(id).filter_map(|(_, it)| most.get(&it.from));
        let mut count = before.copied().max().unwrap_or(0);
        if matches!(node.kind, NodeKind::Send(_)) {
            let times = graph.loops_around(id).map(|it| graph.repetition(it).times);
            count = count.saturating_add(times.fold(1, u32::saturating_mul));
            if best.is_none_or(|(_, it)| it < count) {
                best = Some((id, count));
            }
        }
        most.insert(id, count);
    }
    best
}
