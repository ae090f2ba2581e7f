use std::cmp::Reverse;
use std::sync::Arc;

use crate::graph::{Bound, Elapsed, Graph, Lens, Marks, NodeId, Path};
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
    /// When the last silence that is too long is over, counted from the entry.
    until: Bound,
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
            let mut silent: Vec<Silent<'_>> = Vec::new();
            let mut company = Vec::new();
            for journey in journeys {
                let graph = cx.graph(journey);
                let silences = silences(cx, &graph, limit);
                if silences.0.is_empty() {
                    company.push((journey, company_until(&graph, limit)));
                }
                silent.extend(Silent::of(journey, &graph, silences));
            }
            // Where one journey keeps people company for so long, others need not.
            silent.retain(|it| {
                let lasts = |(_, until): &&(&Journey, Bound)| match until {
                    Bound::Finite(until) => it.until <= Bound::Finite(*until + limit),
                    Bound::Endless => true,
                };
                let company: Vec<&Journey> = company.iter().filter(lasts).map(|it| it.0).collect();
                is_left_alone(cx.project(), it.journey, &company)
            });
            if let Some(it) = silent.iter().min_by_key(|it| it.rank()) {
                report(it, limit, out);
            }
        }
    }
}

impl<'p> Silent<'p> {
    /// The longest of a journey's silences tells.
    fn of(
        journey: &'p Journey,
        graph: &Arc<Graph<'p>>,
        (silences, until_delivery): (Vec<Path>, bool),
    ) -> Option<Self> {
        let begins = |it: &Path| graph.latest_through(it.start(), Lens::WITHOUT_CAP);
        let over = |it: &Path| match (begins(it), it.length()) {
            (Some(Bound::Finite(from)), Bound::Finite(length)) => Bound::Finite(from + length),
            _ => Bound::Endless,
        };
        let until = silences.iter().map(over).max()?;
        let path = silences
            .into_iter()
            .max_by_key(|it| (it.length(), Reverse(it.start())))?;
        Some(Self {
            journey,
            graph: Arc::clone(graph),
            path,
            until,
            until_delivery,
        })
    }

    /// The lowest is blamed: the journey that looks after people most.
    fn rank(&self) -> (bool, Reverse<usize>, Span) {
        let touches = self.graph.touchpoints().count();
        (!self.until_delivery, Reverse(touches), self.journey.span())
    }
}

/// Until when everybody hears something at least as often as they should: until it arrives, or until the
/// last message that they all get.
fn company_until(graph: &Graph<'_>, limit: Elapsed) -> Bound {
    let arrives = graph
        .milestone(Milestone::Delivered)
        .and(&graph.milestone(Milestone::ServiceStarted));
    let ends: Vec<NodeId> = graph.terminals().nodes().collect();
    if !arrives.is_empty() {
        // Who leaves before it has arrived hears nothing from then on.
        let leaves = |it: &NodeId| graph.path_around(&arrives, *it).map(|it| it.length());
        return ends
            .iter()
            .filter_map(leaves)
            .min()
            .unwrap_or(Bound::Endless);
    }
    let for_all = |id: &NodeId| {
        let mut reached = ends.iter().filter(|it| graph.is_reachable(**it));
        reached.all(|it| graph.dominates(*id, *it))
    };
    let mut until = Elapsed::ZERO;
    for id in graph.touchpoints().map(|it| it.0).filter(for_all) {
        let latest = graph.latest_through(id, Lens::WITHOUT_CAP);
        match (graph.earliest(id), latest) {
            (Some(earliest), Some(Bound::Finite(latest))) if latest - until <= limit => {
                until = earliest;
            }
            _ => break,
        }
    }
    Bound::Finite(until)
}

/// The silences that are too long while people wait, and whether the journey learns when they have it.
fn silences(cx: &LintContext<'_>, graph: &Graph<'_>, limit: Elapsed) -> (Vec<Path>, bool) {
    let has_it = graph
        .milestone(Milestone::Delivered)
        .and(&graph.milestone(Milestone::ServiceStarted))
        .and(&graph.milestone(Milestone::FirstUse));
    let over = has_it.clone().and(&graph.milestone(Milestone::Refunded));
    let entry = graph.origin(graph.entry());
    let (mut all, until_delivery) = if has_it.is_empty() {
        let waiting = waiting(cx).map(|it| while_waiting(graph, it, &over));
        (waiting.unwrap_or_default(), false)
    } else {
        (graph.silences(&entry, &over, Lens::WITHOUT_CAP), true)
    };
    all.retain(|it| it.on_still_clocks() > Bound::Finite(limit));
    (all, until_delivery)
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

/// The silences between two touchpoints that begin while people still wait.
fn while_waiting(graph: &Graph<'_>, waiting: Elapsed, over: &Marks) -> Vec<Path> {
    let touches = graph.marks(|id, it| it.is_touchpoint() && graph.is_reachable(id));
    let begins = |id: &NodeId| graph.earliest(*id).is_some_and(|it| it <= waiting);
    let starts = std::iter::once(graph.entry()).chain(touches.nodes());
    starts
        .filter(begins)
        .filter_map(|it| {
            graph
                .deadline(&graph.origin(it), &touches, over, Lens::WITHOUT_CAP)
                .worst
        })
        .collect()
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
