use crate::graph::{Lens, Node, NodeId, NodeKind};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{emotion_of, touchpoints_of};
use crate::model::Journey;

rule! { EndsLow, id: "ends-low", group: Coverage, level: Note, docs: "ends_low.md" }

/// How many low points of a journey are looked at.
const MOST: usize = 16;

impl Rule for EndsLow {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let mut touchpoints = touchpoints_of(cx.project(), journey);
        if !touchpoints.any(|it| it.emotion().is_some_and(|it| it.expected < 0)) {
            return;
        }
        let graph = &*cx.graph(journey);
        let ends = graph.terminals();
        let goes_on =
            graph.marks(|_, it| it.is_touchpoint() || matches!(it.kind, NodeKind::Enter(_)));
        let lows: Vec<(NodeId, &Node<'_>)> =
            graph.touchpoints().filter(|(_, it)| is_low(it)).collect();
        for (id, node) in lows.into_iter().take(MOST) {
            let last = graph.deadline(&graph.origin(id), &ends, &goes_on, Lens::FREE);
            let Some(path) = last.worst else { continue };
            let name = node.id().unwrap_or_default();
            out.fail(
                place(node),
                format!("`{}` ends on a low note: `{name}`", journey.name.value),
            )
            .label("the last thing that some people hear")
            .why("how it ended is what people remember of the whole")
            .help(
                "end with something that feels better: news that it is settled, a thank-you, a \
                     call; or start a journey that does with `enter`",
            )
            .witness(Some(graph.witness(&path)));
        }
    }
}

fn is_low(node: &Node<'_>) -> bool {
    let emotion = node.step.and_then(|it| emotion_of(&it.value));
    emotion.is_some_and(|it| it.expected < 0)
}
