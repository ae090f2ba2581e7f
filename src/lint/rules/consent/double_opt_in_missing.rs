use crate::graph::{EdgeKind, Graph, Marks, NodeId, NodeKind, Path};
use crate::lint::commercial::is_advert_node;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Condition, ConsentSource, ExprKind, Journey, Purpose, Send};

rule! {
    DoubleOptInMissing, id: "double-opt-in-missing", group: Consent, level: Warning, docs: "double_opt_in_missing.md"
}

impl Rule for DoubleOptInMissing {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        declared(journey, out);
        let asks =
            |it: &Send| it.requested == Some(true) && it.purpose.has(Purpose::ConsentRequest);
        if !journey.sends().any(asks) {
            return;
        }
        let graph = cx.graph(journey);
        let request = graph.touchpoints().find_map(|(id, node)| match node.kind {
            NodeKind::Send(it) if asks(it) => Some((id, it)),
            _ => None,
        });
        let Some((request, send)) = request else {
            return;
        };
        let Some((advert, path)) = unconfirmed(journey, &graph, request) else {
            return;
        };
        let node = graph.node(advert);
        let id = node.id().unwrap_or_default();
        let span = node
            .step
            .and_then(|it| it.id())
            .map_or(node.span, |it| it.span);
        out.fail(span, format!("`{id}` goes to people who have not confirmed"))
            .label("reached without a yes")
            .related(send.id.span, "asks them to confirm")
            .why("somebody else typed in their address, and now they get the whole series")
            .help("wait for the confirmation with `wait_for`, and end its `on_timeout` with `- exit: not-confirmed`")
            .witness(Some(graph.witness(&path)));
    }
}

/// What the journey says about itself.
fn declared(journey: &Journey, out: &mut Findings) {
    let Some(consent) = &journey.consent else {
        return;
    };
    let by_form = consent
        .source
        .filter(|it| matches!(it.value, ConsentSource::Form | ConsentSource::Account));
    let never = consent.double_opt_in.filter(|it| !it.value);
    if let (Some(source), Some(never)) = (by_form, never) {
        out.fail(never.span, format!("`{}` writes to addresses that nobody confirmed", journey.name.value))
            .label("no double opt-in")
            .related(source.span, "anybody can type any address there")
            .why("strangers get mail because somebody mistyped, and mailbox providers punish it")
            .help("send a `consent_request` with `requested: true` first, and go on once they have confirmed");
    }
}

/// The first commercial message after the request that people reach without having answered it.
fn unconfirmed(journey: &Journey, graph: &Graph<'_>, request: NodeId) -> Option<(NodeId, Path)> {
    let adverts = graph.nodes().filter(|(_, it)| is_advert_node(journey, it));
    let adverts: Vec<NodeId> = adverts.map(|(id, _)| id).collect();
    // Who gets letters before the request has agreed in another way.
    if adverts.first().is_none_or(|it| *it < request) {
        return None;
    }
    let answers = answers(graph, request);
    let mut reached = adverts
        .into_iter()
        .filter(|it| graph.dominates(request, *it));
    reached.find_map(|it| Some((it, graph.path_around(&answers, it)?)))
}

/// The edges that only those take of whom something new is known: an event came, or a condition on
/// what they are or did holds.
fn answers(graph: &Graph<'_>, request: NodeId) -> Marks {
    let mut marks = Marks::default();
    for (id, edge) in graph.edges().filter(|(_, it)| it.from >= request) {
        let from = graph.node(edge.from);
        let answered = match (edge.kind, from.kind) {
            (EdgeKind::Way(at), NodeKind::Branch(it)) => it
                .when
                .get(at as usize)
                .is_some_and(|it| is_about_person(&it.condition)),
            (EdgeKind::Skipped, _) => false,
            (EdgeKind::Event(_), _) | (_, NodeKind::Guard) => true,
            _ => false,
        };
        if answered {
            marks = marks.edge(id);
        }
    }
    marks
}

fn is_about_person(condition: &Condition) -> bool {
    let mut found = false;
    if let Ok(expr) = &condition.parsed {
        expr.walk(&mut |it| {
            found |= matches!(
                it.kind,
                ExprKind::Contact(_) | ExprKind::History(_) | ExprKind::Clicked { .. }
            );
        });
    }
    found
}
