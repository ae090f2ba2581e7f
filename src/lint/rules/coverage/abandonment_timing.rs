use crate::graph::{Bound, By, Elapsed, Graph, Lens, Marks, NodeId, Path};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::stages::{milestone_of, touchpoints_of};
use crate::model::{Duration, Journey, Milestone, Profile, Purpose};

rule! {
    AbandonmentTiming, id: "abandonment-timing", group: Coverage, level: Warning,
    docs: "abandonment_timing.md",
    limit: Limit::Duration(
        Duration { minutes: 24 * 60, days: 0, business_days: 0 },
        &[(Profile::B2b, Duration { minutes: 0, days: 3, business_days: 0 })],
    )
}

/// People are still at it.
const TOO_SOON: Elapsed = Elapsed::HOUR;

/// So long an order may take to arrive from a source that is polled.
const POLLED: Elapsed = Elapsed(4 * Elapsed::HOUR.0);

/// The last message comes at most so many times as late as the first may.
const LAST: i64 = 7;

/// More messages than this are pestering.
const AT_MOST: u64 = 3;

/// How many messages are looked at as the first one.
const MOST: usize = 8;

impl Rule for AbandonmentTiming {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let project = cx.project();
        let event = &journey.trigger.event.value;
        let mut touchpoints = touchpoints_of(project, journey);
        if milestone_of(project, event) != Some(Milestone::Intent)
            || !touchpoints.any(|it| it.has(Purpose::Abandonment))
        {
            return;
        }
        let graph = &*cx.graph(journey);
        let asks: Vec<NodeId> = graph
            .with_purpose(Purpose::Abandonment)
            .map(|(id, _)| id)
            .collect();
        let marks = asks.iter().fold(Marks::default(), |all, it| all.node(*it));
        let limit = cx.elapsed(self.info());
        let polled = project.event(event).is_some_and(|it| it.polled);
        check_soon(graph, &marks, polled, out);
        for ask in asks
            .iter()
            .take(MOST)
            .filter(|it| is_first(graph, &marks, **it))
        {
            check_first(graph, *ask, limit, out);
        }
        check_last(graph, &asks, Elapsed(limit.0.saturating_mul(LAST)), out);
        check_number(graph, &marks, out);
    }
}

fn check_soon(graph: &Graph<'_>, marks: &Marks, polled: bool, out: &mut Findings) {
    let Some(path) = graph.gap(&graph.origin(graph.entry()), marks) else {
        return;
    };
    let least = if polled { POLLED } else { TOO_SOON };
    if path.length() >= Bound::Finite(least) {
        return;
    }
    let node = graph.node(path.target());
    let event = &graph.journey.trigger.event;
    let name = node.id().unwrap_or_default();
    let finding = out
        .fail(
            place(node),
            format!("`{name}` comes {} after `{}`", path.length(), event.value),
        )
        .label(format!("sooner than {least}"));
    let finding = if polled {
        finding
            .related(event.span, "this comes from a source that is polled")
            .why("the order may be on its way to us, and they are told that they forgot it")
    } else {
        finding.why("they are still at the checkout, and feel watched")
    };
    finding
        .help("wait about four hours before the first message: `- wait: 4h`")
        .witness(Some(graph.witness(&path)));
}

/// Whether nothing of the kind comes before it on some way, conditions and caps aside.
fn is_first(graph: &Graph<'_>, marks: &Marks, ask: NodeId) -> bool {
    let others = marks.nodes().filter(|it| *it != ask);
    let others = others.fold(Marks::default(), Marks::node);
    let path = graph.path_around(&others, ask);
    path.is_some_and(|it| !it.edges().any(|it| graph.edge(it).kind.drops()))
}

fn check_first(graph: &Graph<'_>, ask: NodeId, limit: Elapsed, out: &mut Findings) {
    // What a cap drops is not late.
    let lens = Lens {
        windows: true,
        caps: false,
    };
    let Some(path) = latest(graph, ask, lens) else {
        return;
    };
    if path.on_still_clocks() <= Bound::Finite(limit) {
        return;
    }
    let node = graph.node(ask);
    let name = node.id().unwrap_or_default();
    out.fail(
        place(node),
        format!(
            "the first follow-up, `{name}`, can come after {}",
            path.length()
        ),
    )
    .label(format!("later than {limit}"))
    .why("by then they have bought elsewhere, or forgotten what they wanted")
    .help("send the first message after some hours: `- wait: 4h`")
    .witness(Some(graph.witness(&path)));
}

fn check_last(graph: &Graph<'_>, asks: &[NodeId], limit: Elapsed, out: &mut Findings) {
    let Some(ask) = asks.last() else { return };
    let node = graph.node(*ask);
    let (length, path) = if node.within.is_some() {
        let path = graph.path_to(*ask, By::Longest);
        (graph.latest(*ask).unwrap_or(Bound::ZERO), path)
    } else {
        let path = latest(graph, *ask, Lens::FREE);
        (
            path.as_ref().map_or(Bound::ZERO, Path::on_still_clocks),
            path,
        )
    };
    if length <= Bound::Finite(limit) {
        return;
    }
    let name = node.id().unwrap_or_default();
    out.fail(
        place(node),
        format!("`{name}` still follows up after {length}"),
    )
    .label(format!("later than {limit}"))
    .subject("last")
    .why("what was in the basket is long forgotten, and the reminder is only a nuisance")
    .help("end the series within a week, and let the newsletter go on")
    .witness(path.map(|it| graph.witness(&it)));
}

/// The longest path from the entry to a node, for the first time.
fn latest(graph: &Graph<'_>, ask: NodeId, lens: Lens) -> Option<Path> {
    let goal = Marks::default().node(ask);
    let origin = graph.origin(graph.entry());
    graph
        .deadline(&origin, &goal, &Marks::default(), lens)
        .worst
}

fn check_number(graph: &Graph<'_>, marks: &Marks, out: &mut Findings) {
    let mut most: Vec<u64> = Vec::new();
    for (id, _) in graph.nodes() {
        let before = graph
            .arriving(id)
            .filter_map(|(_, it)| most.get(it.from.0 as usize));
        let before = before.max().copied().unwrap_or(0);
        let rounds = graph
            .loops_around(id)
            .map(|it| u64::from(graph.repetition(it).times));
        let own = if marks.has_node(id) {
            rounds.fold(1_u64, u64::saturating_mul)
        } else {
            0
        };
        most.push(before.saturating_add(own));
    }
    let over = marks.nodes().find(|it| most[it.0 as usize] > AT_MOST);
    let Some(over) = over else { return };
    let count = most.iter().copied().max().unwrap_or_default();
    let node = graph.node(over);
    let path = graph.path_to(over, By::Shortest);
    out.fail(place(node), format!("{count} reminders of one basket"))
        .label(format!("more than {AT_MOST} on one way"))
        .subject("number")
        .why("three times is helpful, a fourth time is begging")
        .help("leave the weakest ones out")
        .witness(path.map(|it| graph.witness(&it)));
}
