use std::collections::BTreeSet;

use crate::graph::{Bound, Graph, NodeId, NodeKind, Origin, Path};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::pitch::pitches;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Journey, Milestone, Purpose};

rule! {
    OfferAfterBadNews, id: "offer-after-bad-news", group: Relationship, level: Warning,
    docs: "offer_after_bad_news.md",
    limit: Limit::Duration(Duration { minutes: 72 * 60, days: 0, business_days: 0 }, &[])
}

/// What has gone wrong for the customer.
const BAD: [Milestone; 3] = [
    Milestone::ComplaintOpened,
    Milestone::ReturnRequested,
    Milestone::Refunded,
];

/// More are not told for one journey.
const MOST: usize = 5;

impl Rule for OfferAfterBadNews {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !journey.sends().any(pitches) {
            return;
        }
        let graph = &*cx.graph(journey);
        let offers = graph.marks(|id, it| {
            matches!(it.kind, NodeKind::Send(it) if pitches(it)) && graph.is_reachable(id)
        });
        let limit = cx.elapsed(self.info());
        let mut told = BTreeSet::new();
        for (origin, news) in bad_news(graph) {
            let path = if offers.has_node(origin.node) && origin.via.is_none() && news.is_some() {
                graph.path_to(origin.node, crate::graph::By::Shortest)
            } else {
                let nearest = graph.gap(&origin, &offers);
                nearest.filter(|it| it.length() < Bound::Finite(limit))
            };
            let Some(path) = path else {
                continue;
            };
            if told.len() < MOST && told.insert(path.target()) {
                report(graph, &path, news, &limit.to_string(), out);
            }
        }
    }
}

/// Where the customer learns of something bad, or has told us of it: milestones, and our own letters
/// that say so.
fn bad_news(graph: &Graph<'_>) -> Vec<(Origin, Option<NodeId>)> {
    let milestones = BAD.iter().flat_map(|it| graph.origins(*it));
    let mut res: Vec<(Origin, Option<NodeId>)> = milestones.map(|it| (it, None)).collect();
    for (id, node) in graph.touchpoints() {
        if node.has(Purpose::DelayNotice) || node.has(Purpose::Apology) {
            res.push((graph.origin(id), Some(id)));
        }
    }
    res
}

fn report(graph: &Graph<'_>, path: &Path, news: Option<NodeId>, limit: &str, out: &mut Findings) {
    let offer = graph.node(path.target());
    let id = offer.id().unwrap_or_default();
    let mut finding = out
        .fail(place(offer), format!("`{id}` sells right after bad news"))
        .why("somebody who is angry or worried reads that we want more money")
        .witness(Some(graph.witness(path)));
    match news {
        Some(it) if it == path.target() => {
            finding = finding.label("says sorry and sells in one letter");
        }
        Some(it) => {
            let before = graph.node(it);
            finding = finding
                .label(format!("less than {limit} after bad news"))
                .related(place(before), "this is the bad news");
        }
        None => finding = finding.label(format!("less than {limit} after something went wrong")),
    }
    finding.help(format!(
        "wait at least {limit}, or leave it out; what makes good and costs nothing is `gift: true`"
    ));
}
