use crate::graph::{Graph, Lens, Marks, Node, NodeId, NodeKind};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{emotion_of, touchpoints_of};
use crate::model::{Journey, Purpose};

rule! { EmotionTrough, id: "emotion-trough", group: Coverage, level: Note, docs: "emotion_trough.md" }

/// How many low points of a journey are looked at.
const MOST: usize = 16;

impl Rule for EmotionTrough {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let low = |it: i8| it <= -1;
        let touchpoints = touchpoints_of(cx.project(), journey);
        let lows = touchpoints.filter(|it| it.emotion().is_some_and(|it| low(it.expected)));
        if lows.count() == 0 {
            return;
        }
        let graph = &*cx.graph(journey);
        let starts = graph.marks(|id, it| graph.is_reachable(id) && is_low(it));
        let bad = graph.marks(|id, it| graph.is_reachable(id) && is_low(it) && !relieves(it));
        let all = graph.marks(|id, it| it.is_touchpoint() && graph.is_reachable(id));
        let others = all.nodes().filter(|it| !bad.has_node(*it));
        let others = others.fold(Marks::default(), Marks::node);
        let mut told: Vec<NodeId> = Vec::new();
        for start in starts.nodes().take(MOST) {
            let origin = graph.origin(start);
            let next = graph.deadline(&origin, &bad, &others, Lens::FREE);
            if let Some(path) = next.worst.filter(|it| !told.contains(&it.target())) {
                told.push(path.target());
                report(graph, start, &path, out);
            }
        }
    }
}

fn is_low(node: &Node<'_>) -> bool {
    let emotion = node.step.filter(|_| node.is_touchpoint());
    emotion
        .and_then(|it| emotion_of(&it.value))
        .is_some_and(|it| it.expected <= -1)
}

/// Whether a touchpoint is there to lift somebody up: a person, a sorry, something lovely.
fn relieves(node: &Node<'_>) -> bool {
    let human = match node.kind {
        NodeKind::Task(_) => true,
        NodeKind::Send(it) => it.human == Some(true),
        _ => false,
    };
    human || node.has(Purpose::Apology) || node.has(Purpose::Wow)
}

fn report(graph: &Graph<'_>, start: NodeId, path: &crate::graph::Path, out: &mut Findings) {
    let (before, node) = (graph.node(start), graph.node(path.target()));
    let name = node.id().unwrap_or_default();
    let message = match before.id() {
        Some(id) if id != name => format!("`{name}` follows `{id}`, and both feel bad"),
        _ => format!("`{name}` feels bad round after round"),
    };
    out.fail(place(node), message)
        .label("the second low point in a row")
        .related(place(before), "the first")
        .why("one disappointment is forgiven; the second one in a row is what they remember")
        .help(
            "put something between them that lifts people up: a call (`task`), an `apology`, a `wow`; \
             or leave the second one out",
        )
        .witness(Some(graph.witness(path)));
}
