use std::cmp::Reverse;
use std::sync::Arc;

use crate::graph::{Bound, Elapsed, Graph, Lens, NodeId, Path};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::duties::{is_left_alone, spoken, started};
use crate::lint::findings::Findings;
use crate::lint::limit::{Limit, on_the_calendar};
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Journey, Milestone, Profile};
use crate::source::Span;

rule! {
    PostPaymentGap, id: "post-payment-gap", group: Timing, level: Warning, docs: "post_payment_gap.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 7, business_days: 0 }, &[])
}

/// Where nobody says how long a delivery takes, people wait for it so long at most.
const WAITING: Elapsed = Elapsed(30 * Elapsed::DAY.0);

/// A journey that is silent for too long.
struct Silent<'p> {
    journey: &'p Journey,
    graph: Arc<Graph<'p>>,
    path: Path,
    /// Whether the silence ends with the delivery at the latest.
    until_delivery: bool,
}

impl Rule for PostPaymentGap {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() {
            return;
        }
        let limit = cx.elapsed(self.info());
        for (_, journeys) in started(cx) {
            let mut silent = Vec::new();
            let mut company = Vec::new();
            for journey in journeys {
                let graph = cx.graph(journey);
                match silence(cx, &graph, limit) {
                    Some((path, until_delivery)) => silent.push(Silent {
                        journey,
                        graph,
                        path,
                        until_delivery,
                    }),
                    None if keeps_company(&graph, limit) => company.push(journey),
                    None => {}
                }
            }
            // Where one journey keeps people company, others need not.
            silent.retain(|it| is_left_alone(cx.project(), it.journey, &company));
            if let Some(it) = silent.iter().min_by_key(|it| it.rank()) {
                report(it, limit, out);
            }
        }
    }
}

impl Silent<'_> {
    /// The lowest is blamed: the journey that looks after people most.
    fn rank(&self) -> (bool, Reverse<usize>, Span) {
        let touches = self.graph.touchpoints().count();
        (!self.until_delivery, Reverse(touches), self.journey.span())
    }
}

/// Whether people hear something for longer than a day, before it gets too long, or until it arrives.
fn keeps_company(graph: &Graph<'_>, limit: Elapsed) -> bool {
    let in_time = Elapsed::hours(23)..=limit;
    let later = |id: NodeId| graph.earliest(id).is_some_and(|it| in_time.contains(&it));
    !graph.milestone(Milestone::Delivered).is_empty()
        || !graph.milestone(Milestone::ServiceStarted).is_empty()
        || graph.touchpoints().any(|(id, _)| later(id))
}

/// The longest silence while people wait, if it is too long, and whether the journey learns when they
/// have it.
fn silence(cx: &LintContext<'_>, graph: &Graph<'_>, limit: Elapsed) -> Option<(Path, bool)> {
    let has_it = graph
        .milestone(Milestone::Delivered)
        .and(&graph.milestone(Milestone::ServiceStarted))
        .and(&graph.milestone(Milestone::FirstUse));
    let over = has_it.clone().and(&graph.milestone(Milestone::Refunded));
    let entry = graph.origin(graph.entry());
    let (longest, until_delivery) = if has_it.is_empty() {
        (while_waiting(graph, waiting(cx)?, &over), false)
    } else {
        (graph.silence(&entry, &over, Lens::WITHOUT_CAP), true)
    };
    let longest = longest.filter(|it| it.on_still_clocks() > Bound::Finite(limit))?;
    Some((longest, until_delivery))
}

/// How long people wait for what they have paid, where the journey does not learn of it; nothing where
/// they have it at once.
fn waiting(cx: &LintContext<'_>) -> Option<Elapsed> {
    let project = cx.project();
    let arrivals = [Milestone::Delivered, Milestone::ServiceStarted];
    let events = arrivals.into_iter().flat_map(|it| project.events_of(it));
    let promised = events
        .filter_map(|it| project.event(&it.value)?.promised_within)
        .map(|it| on_the_calendar(it.value))
        .max();
    let at_once = matches!(project.profile, Profile::Digital | Profile::Saas);
    promised.or((!at_once).then_some(WAITING))
}

/// The longest silence between two touchpoints that begins while people still wait.
fn while_waiting(graph: &Graph<'_>, waiting: Elapsed, over: &crate::graph::Marks) -> Option<Path> {
    let touches = graph.marks(|id, it| it.is_touchpoint() && graph.is_reachable(id));
    let begins = |id: &NodeId| graph.earliest(*id).is_some_and(|it| it <= waiting);
    let starts = std::iter::once(graph.entry()).chain(touches.nodes().filter(begins));
    starts
        .filter_map(|it| {
            graph
                .deadline(&graph.origin(it), &touches, over, Lens::WITHOUT_CAP)
                .worst
        })
        .max_by_key(|it| (it.length(), Reverse(it.start())))
}

fn report(it: &Silent<'_>, limit: Elapsed, out: &mut Findings) {
    let graph = &it.graph;
    // The longest wait on the way is the thing to change.
    let mut longest = (Bound::ZERO, it.path.start());
    for pair in it.path.stops.windows(2) {
        let took = match (pair[0].at, pair[1].at) {
            (Bound::Finite(from), Bound::Finite(to)) => Bound::Finite(to - from),
            _ => Bound::Endless,
        };
        if took > longest.0 {
            longest = (took, pair[0].node);
        }
    }
    let headline = match it.path.on_still_clocks() {
        Bound::Finite(length) => format!("{length} without a word after the payment"),
        Bound::Endless => "after the payment there may never be another word".to_owned(),
    };
    let label = if it.until_delivery {
        format!(
            "people who wait for it should hear something every {}",
            spoken(limit)
        )
    } else {
        format!(
            "nothing says that it has arrived; until then {} is the longest silence",
            spoken(limit)
        )
    };
    out.fail(place(graph.node(longest.1)), headline)
        .subject(&*it.journey.trigger.event.value)
        .label(label)
        .why("they have paid, wait, and hear nothing; after a week they call it a fraud")
        .help(
            "tell them how far it is, for example with a `wait_for` of `timeout: 6d` and a `send` with \
             `purpose: status_update` in its `on_timeout`",
        )
        .witness(Some(graph.witness(&it.path)));
}
