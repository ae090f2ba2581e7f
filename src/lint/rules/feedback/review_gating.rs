use crate::graph::{Graph, Marks, NodeId, NodeKind};
use crate::lint::asks::{any_asks, place};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{
    Ask, Condition, Event, Expr, ExprKind, Journey, Milestone, Project, Send, Type,
};
use crate::source::Span;

rule! { ReviewGating, id: "review-gating", group: Feedback, level: Error, docs: "review_gating.md" }

/// Words in the names of attributes that say how people feel about us.
const SENTIMENT: [&str; 11] = [
    "score",
    "nps",
    "csat",
    "ces",
    "rating",
    "stars",
    "sentiment",
    "happy",
    "unhappy",
    "satisfied",
    "promoter",
];

impl Rule for ReviewGating {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !any_asks(journey) {
            return;
        }
        let project = cx.project();
        let graph = &*cx.graph(journey);
        let reviews = graph
            .touchpoints()
            .filter_map(|(id, node)| match node.kind {
                NodeKind::Send(it) if is_public_review(it) => Some((id, node, it)),
                _ => None,
            });
        for (id, node, send) in reviews {
            let Some(gate) = gate(project, graph, journey, id, send) else {
                continue;
            };
            let name = &send.id.value;
            out.fail(gate, format!("only the happy are asked for a review by `{name}`"))
                .subject(&**name)
                .step(&send.id)
                .label("who sees the link depends on how happy they are")
                .related(place(node), "this asks for a public review")
                .why("other customers choose by reviews that leave out whoever would have warned them")
                .help(
                    "ask everybody alike, and help the unhappy besides: a `task` for low scores, and the same link \
                     for all; a private referral (`purpose: advocacy_ask`) may depend on the score",
                );
            return;
        }
    }
}

fn is_public_review(send: &Send) -> bool {
    let review = send.asks.is_some_and(|it| it.value == Ask::Review);
    review && send.about.is_none() && send.reminder_of.is_none()
}

/// The condition that decides by a score who gets to a node.
fn gate(
    project: &Project,
    graph: &Graph<'_>,
    journey: &Journey,
    id: NodeId,
    send: &Send,
) -> Option<Span> {
    let trigger = project.event(&journey.trigger.event.value);
    let feels = |it: &&Condition| is_sentiment(project, trigger, it);
    let own = [
        journey.trigger.filter.as_ref(),
        send.only_if.as_ref(),
        send.unless.as_ref(),
    ];
    if let Some(it) = own.into_iter().flatten().find(feels) {
        return Some(it.text.span);
    }
    graph.nodes().find_map(|(at, node)| {
        let span = match node.kind {
            NodeKind::Branch(it) => {
                let mut conditions = it.when.iter().map(|it| &it.condition);
                conditions.find(feels)?.text.span
            }
            NodeKind::WaitFor(it) => {
                let awaited = project.event(&it.event.value);
                let filter = it.filter.as_ref()?;
                is_sentiment(project, awaited, filter).then_some(filter.text.span)?
            }
            _ => return None,
        };
        (graph.dominates(at, id) && decides(graph, at, id)).then_some(span)
    })
}

/// Whether some ways from one node do not lead to another.
fn decides(graph: &Graph<'_>, at: NodeId, to: NodeId) -> bool {
    graph.leaving(at).any(|(way, _)| {
        let others = graph.leaving(at).filter(|(it, _)| *it != way);
        let others = others.fold(Marks::default(), |all, (it, _)| all.edge(it));
        graph.path_around(&others, to).is_none()
    })
}

/// Whether a condition asks how happy people are: by the number in an answer, or by an attribute that
/// is called so.
fn is_sentiment(project: &Project, event: Option<&Event>, condition: &Condition) -> bool {
    let Ok(expr) = &condition.parsed else {
        return false;
    };
    let called_so = |name: &str| name.split(['_', '-']).any(|it| SENTIMENT.contains(&it));
    let is_answer = event
        .and_then(|it| it.milestone)
        .is_some_and(|it| it.value == Milestone::FeedbackGiven);
    let mut found = false;
    expr.walk(&mut |it: &Expr| match &it.kind {
        ExprKind::Event(name) => {
            let kind = event
                .and_then(|it| it.properties.get(&**name))
                .map(|it| &it.kind);
            found |= is_answer && (matches!(kind, Some(Type::Number)) || called_so(name));
        }
        ExprKind::Contact(name) => {
            found |= project.contact.get(&**name).is_some() && called_so(name);
        }
        _ => {}
    });
    found
}
