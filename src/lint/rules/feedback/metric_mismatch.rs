use crate::graph::{
    Bound, EdgeKind, Elapsed, Graph, Lens, Marks, Node, NodeId, NodeKind, Origin, Path,
};
use crate::lint::asks::{about, any_asks, place, requests, send_of};
use crate::lint::context::LintContext;
use crate::lint::duties::spoken;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Ask, Duration, Journey, Milestone, Send};

rule! {
    MetricMismatch, id: "metric-mismatch", group: Feedback, level: Warning, docs: "metric_mismatch.md",
    limit: Limit::Duration(Duration { minutes: 24 * 60, days: 0, business_days: 0 }, &[])
}

/// Moments after which people judge the moment, and not us as a whole.
const EPISODES: [Milestone; 4] = [
    Milestone::ComplaintOpened,
    Milestone::ComplaintClosed,
    Milestone::ReturnRequested,
    Milestone::Refunded,
];

impl Rule for MetricMismatch {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !any_asks(journey) {
            return;
        }
        let limit = cx.elapsed(self.info());
        let graph = &*cx.graph(journey);
        let mut efforts: Option<(Marks, Vec<Origin>)> = None;
        for (id, node) in requests(journey, graph) {
            let Some(send) = send_of(node) else { continue };
            match send.asks.map(|it| it.value) {
                Some(Ask::Ces) => {
                    let efforts = efforts.get_or_insert_with(|| efforts_of(graph));
                    let late = long_ago(graph, efforts, id, limit);
                    late.inspect(|it| report_ces(graph, node, it, limit, out));
                }
                Some(Ask::Nps) => {
                    let path = after_an_episode(journey, graph, id, send);
                    let near = |it: &Path| it.on_still_clocks() < Bound::Finite(limit);
                    path.filter(near)
                        .inspect(|it| report_nps(graph, node, it, out));
                }
                _ => {}
            }
        }
    }
}

fn report_ces(graph: &Graph<'_>, node: &Node<'_>, path: &Path, limit: Elapsed, out: &mut Findings) {
    let name = node.id().unwrap_or_default();
    let message = match path.on_still_clocks() {
        Bound::Finite(gap) => format!("`{name}` asks about an effort of {} ago", spoken(gap)),
        Bound::Endless => format!("`{name}` may ask about an effort of any time ago"),
    };
    let limit = spoken(limit);
    out.fail(place(node), message)
        .label(format!("a customer effort score is about the last {limit}"))
        .why("by then nobody remembers how hard it was, so the number says nothing")
        .help(format!(
            "ask within {limit} of what took the effort, or ask `csat` instead"
        ))
        .witness(Some(graph.witness(path)));
}

fn report_nps(graph: &Graph<'_>, node: &Node<'_>, path: &Path, out: &mut Findings) {
    let name = node.id().unwrap_or_default();
    let gap = path
        .on_still_clocks()
        .finite()
        .map_or_else(String::new, spoken);
    out.fail(
        place(node),
        format!("`{name}` asks for a recommendation too early"),
    )
    .label(format!(
        "only {gap} after an event that colours every answer"
    ))
    .why("the answer is about that moment, and is counted as one about all of us")
    .help("ask `ces` or `csat` about the moment, and `nps` once they have used what they got")
    .witness(Some(graph.witness(path)));
}

/// The moments from which an effort is counted: the entry, an awaited event, and an awaited date.
fn moments(graph: &Graph<'_>) -> Marks {
    let awaited = graph.edges().filter(|(_, it)| {
        let is_date = matches!(graph.node(it.from).kind, NodeKind::WaitUntil(_));
        is_date || matches!(it.kind, EdgeKind::Event(_))
    });
    awaited.fold(Marks::default(), |all, (id, _)| all.edge(id))
}

/// Such moments, and how long ago each may have been when its turn comes: once for all requests.
fn efforts_of(graph: &Graph<'_>) -> (Marks, Vec<Origin>) {
    let moments = moments(graph);
    let is_event = |id| matches!(graph.edge(id).kind, EdgeKind::Event(_));
    let origins = graph.last_of(&moments, Lens::FREE, is_event);
    (moments, origins)
}

/// The longest way to a request from the last such moment, if it takes too long for anybody. What
/// holds a message back does not count.
fn long_ago(
    graph: &Graph<'_>,
    (moments, origins): &(Marks, Vec<Origin>),
    request: NodeId,
    limit: Elapsed,
) -> Option<Path> {
    origins
        .iter()
        .filter_map(|it| graph.last_around(it, request, moments, Lens::FREE))
        .filter(|it| it.on_still_clocks() > Bound::Finite(limit))
        .max_by_key(Path::length)
}

/// The shortest way to a request from a complaint, a return or a refund that the journey begins with or
/// has waited for; for a question about something else than the product, from the payment.
fn after_an_episode(
    journey: &Journey,
    graph: &Graph<'_>,
    request: NodeId,
    send: &Send,
) -> Option<Path> {
    let entry = graph.entry_milestone();
    let of_checkout = entry == Some(Milestone::Payment) && about(journey, send).is_some();
    let begins = of_checkout || entry.is_some_and(|it| EPISODES.contains(&it));
    let awaited = graph.edges().filter(|(id, it)| {
        let mut events = graph.establishes(*id);
        let is_episode = events.any(|it| it.milestone.is_some_and(|it| EPISODES.contains(&it)));
        matches!(it.kind, EdgeKind::Event(_)) && is_episode && graph.is_reachable(it.from)
    });
    let to = Marks::default().node(request);
    let entry = begins.then(|| graph.origin(graph.entry()));
    let awaited = awaited.map(|(id, _)| graph.origin_after(id));
    entry
        .into_iter()
        .chain(awaited)
        .filter_map(|it| graph.gap(&it, &to))
        .min_by_key(Path::length)
}
