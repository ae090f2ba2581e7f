use crate::graph::{Bound, Graph, Marks, NodeId, NodeKind, Path};
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
        for (id, node) in requests(journey, graph) {
            let Some(send) = send_of(node) else { continue };
            let Some(path) = since_last_event(graph, id) else {
                continue;
            };
            let Bound::Finite(gap) = path.on_still_clocks() else {
                continue;
            };
            let name = &send.id.value;
            match send.asks.map(|it| it.value) {
                Some(Ask::Ces) if gap > limit => {
                    out.fail(
                        place(node),
                        format!("`{name}` asks about an effort of {} ago", spoken(gap)),
                    )
                    .label(format!(
                        "a customer effort score is about the last {}",
                        spoken(limit)
                    ))
                    .why("by then nobody remembers how hard it was, so the number says nothing")
                    .help(format!(
                        "ask within {} of what took the effort, or ask `csat` instead",
                        spoken(limit)
                    ))
                    .witness(Some(graph.witness(&path)));
                }
                Some(Ask::Nps) if gap < limit && is_episode(journey, graph, send) => {
                    out.fail(place(node), format!("`{name}` asks for a recommendation too early"))
                        .label(format!("only {} after an event that colours every answer", spoken(gap)))
                        .why("the answer is about that moment, and is counted as one about all of us")
                        .help("ask `ces` or `csat` about the moment, and `nps` once they have used what they got")
                        .witness(Some(graph.witness(&path)));
                }
                _ => {}
            }
        }
    }
}

/// The shortest way from the last event to a request: the trigger's, or an awaited one, which may come
/// as soon as it is awaited.
fn since_last_event(graph: &Graph<'_>, request: NodeId) -> Option<Path> {
    let to = Marks::default().node(request);
    let waits = graph.nodes().filter(|(id, it)| {
        matches!(it.kind, NodeKind::WaitFor(_)) && *id < request && graph.is_reachable(*id)
    });
    let origins = std::iter::once(graph.entry()).chain(waits.map(|it| it.0));
    origins
        .filter_map(|it| graph.gap(&graph.origin(it), &to))
        .min_by_key(Path::length)
}

/// Whether a request comes out of an episode: a complaint, a return, a checkout.
fn is_episode(journey: &Journey, graph: &Graph<'_>, send: &Send) -> bool {
    let entry = graph.entry_milestone();
    let of_checkout = entry == Some(Milestone::Payment) && about(journey, send).is_some();
    of_checkout || entry.is_some_and(|it| EPISODES.contains(&it))
}
