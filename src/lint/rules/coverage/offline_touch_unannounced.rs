use crate::graph::{Bound, Elapsed, Graph, Node, NodeId, NodeKind};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Channel, Duration, Journey, Step};

rule! {
    OfflineTouchUnannounced, id: "offline-touch-unannounced", group: Coverage, level: Note,
    docs: "offline_touch_unannounced.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 3, business_days: 0 }, &[])
}

impl Rule for OfflineTouchUnannounced {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !journey.walk().any(|(it, _)| is_offline(&it.value)) {
            return;
        }
        let limit = cx.elapsed(self.info());
        let graph = &*cx.graph(journey);
        let since = since_last_mail(graph);
        let mails = graph.marks(|_, it| matches!(it.kind, NodeKind::Send(_)));
        for (id, node) in graph.touchpoints() {
            if !node.step.is_some_and(|it| is_offline(&it.value)) || is_promised(journey, node) {
                continue;
            }
            let before = since[id.0 as usize].is_some_and(|it| it <= limit);
            let near = |it: Bound| it <= Bound::Finite(limit);
            let after = || graph.gap(&graph.origin(id), &mails);
            if before || after().is_some_and(|it| near(it.length())) {
                continue;
            }
            let name = node.id().unwrap_or_default();
            out.fail(place(node), format!("no message goes with `{name}`"))
                .label(format!("no mail within {limit} before or after it"))
                .why("a card that nobody mentions is thrown away with the box")
                .help(
                    "mention it in a message near by, or name it in the `promises` of one; if it is \
                     meant as a surprise, write `surprise: true`",
                );
        }
    }
}

/// Whether a step puts something into the customer's hands, and not as a surprise.
fn is_offline(step: &Step) -> bool {
    let in_hand = |it: Channel| matches!(it, Channel::Parcel | Channel::Post);
    match step {
        Step::Touch(it) => in_hand(it.channel) && it.surprise != Some(true),
        Step::Task(it) => in_hand(it.channel),
        _ => false,
    }
}

/// Whether a message of the journey promises just this.
fn is_promised(journey: &Journey, node: &Node<'_>) -> bool {
    let Some(id) = node.id() else { return false };
    let mut promises = journey.sends().flat_map(|it| &it.promises);
    promises.any(|it| it.step.as_ref().is_some_and(|it| *it.value == *id))
}

/// For each node the shortest time since a mail, by one pass in the order of the nodes.
fn since_last_mail(graph: &Graph<'_>) -> Vec<Option<Elapsed>> {
    let mut res: Vec<Option<Elapsed>> = Vec::new();
    for (id, _) in graph.nodes() {
        let nearest = graph.arriving(id).filter_map(|(_, edge)| {
            let NodeId(from) = edge.from;
            let is_mail = matches!(graph.node(edge.from).kind, NodeKind::Send(_));
            let before = if is_mail {
                Some(Elapsed::ZERO)
            } else {
                res.get(from as usize).copied().flatten()
            };
            Some(before? + edge.elapsed().lo)
        });
        let nearest = nearest.min();
        res.push(nearest);
    }
    res
}
