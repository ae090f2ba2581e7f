use std::collections::BTreeSet;

use crate::graph::{Bound, By, Elapsed, Exposed, Graph, NodeId, NodeKind, reach};
use crate::lint::context::LintContext;
use crate::lint::exclusion::{Window, excludes_since_entry, windows};
use crate::lint::findings::{Finding, Findings};
use crate::lint::limit::Limit;
use crate::lint::rewrite::Rewrite;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::selling::{purchases, sells};
use crate::model::{Duration, Journey};

rule! {
    GuardWindow, id: "guard-window-not-longer-than-wait", group: Logic, level: Error,
    docs: "guard_window_not_longer_than_wait.md",
    limit: Limit::Duration(Duration { minutes: 6 * 60, days: 0, business_days: 0 }, &[])
}

impl Rule for GuardWindow {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let goal = journey.goal.as_ref().map(|it| &it.event);
        let goal = goal.filter(|it| **it != journey.trigger.event);
        let events: BTreeSet<&str> = purchases(cx.project(), journey)
            .chain(goal)
            .map(|it| &*it.value)
            .collect();
        if events.is_empty() || journey.conditions().is_empty() {
            return;
        }
        let graph = &*cx.graph(journey);
        let leaves = |event: &str| {
            let mut exits = graph.exits().iter();
            exits.any(|it| *it.event.value == *event && !it.filtered && it.only.is_none())
        };
        for event in events.into_iter().filter(|it| !leaves(it)) {
            let found = windows(graph, event);
            if found.is_empty() {
                continue;
            }
            let is_goal = goal.is_some_and(|it| *it.value == *event);
            let exposed = graph.exposed(event, &[]);
            for window in found {
                self.check(cx, journey, graph, &exposed, is_goal, &window, out);
            }
        }
    }
}

impl GuardWindow {
    #[allow(
        clippy::too_many_arguments,
        reason = "each is one thing that the rule looks at"
    )]
    fn check(
        &self,
        cx: &LintContext<'_>,
        journey: &Journey,
        graph: &Graph<'_>,
        exposed: &Exposed<'_, '_>,
        is_goal: bool,
        window: &Window<'_>,
        out: &mut Findings,
    ) {
        let event = exposed.event();
        let reach = reach(window.within);
        let slack = cx.elapsed(self.info());
        let ago = asked_after(graph, window.node);
        if ago == Bound::ZERO
            || ago + Bound::Finite(slack) <= Bound::Finite(reach)
            || excludes_since_entry(window.condition, event)
        {
            return;
        }
        let mut targets = messages(cx, journey, graph, is_goal, window.node);
        let Some(first) = targets.next() else {
            return;
        };
        let met = std::iter::once(first)
            .chain(targets)
            .find_map(|it| Some((it, exposed.at(it)?)));
        let (target, way) = met.map_or((first, None), |(it, way)| (it, Some(way)));
        // Something else keeps them away.
        if way.is_none() && Bound::Finite(reach) < ago {
            return;
        }
        let witness = match &way {
            Some(it) => Some(graph.exposure_witness(it)),
            None => graph
                .path_to(target, By::Longest)
                .map(|it| graph.witness(&it)),
        };
        let id = graph.node(target).id().unwrap_or_default();
        let waited = match ago {
            Bound::Finite(it) => format!("up to {it}"),
            Bound::Endless => "without end".to_owned(),
        };
        let finding = out
            .fail(
                window.condition.text.span,
                format!("`{id}` asks about {}, but people have waited {waited}", window.within),
            )
            .subject(event)
            .label(format!(
                "`{event}` must not be older than {}, or it is not seen",
                window.within
            ))
            .why(format!(
                "who acts right after the start, or whose event comes up to {slack} late, still gets `{id}`"
            ))
            .witness(witness);
        cure(finding, window, ago);
    }
}

fn cure(finding: Finding<'_>, window: &Window<'_>, ago: Bound) {
    let Bound::Finite(ago) = ago else {
        finding.help("write `since=entry` in place of the window");
        return;
    };
    let enough = enough(ago);
    finding
        .help(format!(
            "write `within=\"{enough}\"`, which is {ago} and a day, or `since=entry`"
        ))
        .rewrite(format!("look back {enough}"), widened(window, &enough));
}

/// How long after the entry, or after it was asked first, a condition is asked: again when a message
/// that was held back is let go.
fn asked_after(graph: &Graph<'_>, at: NodeId) -> Bound {
    let latest = graph.latest(at).unwrap_or(Bound::ZERO);
    let behind = graph.leaving(at).map(|(_, it)| it.to);
    let holds = behind.filter(|it| matches!(graph.node(*it).kind, NodeKind::Hold(_)));
    let held = holds.flat_map(|it| graph.leaving(it).map(|(_, edge)| edge.elapsed().hi));
    held.fold(latest, Bound::max)
}

/// The messages that the condition protects: the guarded step, or those behind a branch.
fn messages<'g>(
    cx: &'g LintContext<'_>,
    journey: &'g Journey,
    graph: &'g Graph<'_>,
    is_goal: bool,
    at: NodeId,
) -> impl Iterator<Item = NodeId> + 'g {
    let own = match graph.node(at).kind {
        NodeKind::Guard => graph.node(at).step.and_then(|it| graph.node_of(it)),
        _ => None,
    };
    let counts = move |(id, it): &(NodeId, &crate::graph::Node<'_>)| {
        own.is_none_or(|own| own == *id) && (is_goal || sells(cx.project(), journey, it))
    };
    let later = graph.touchpoints().filter(move |(id, _)| *id > at);
    later.filter(counts).map(|it| it.0)
}

/// The wait and a day, in the unit that reads best.
fn enough(ago: Elapsed) -> String {
    let hours = (ago + Elapsed::DAY).0.saturating_add(3_599) / 3_600;
    if hours > 96 {
        format!("{}d", (hours + 23) / 24)
    } else {
        format!("{hours}h")
    }
}

fn widened(window: &Window<'_>, enough: &str) -> Vec<Rewrite> {
    let text = &*window.condition.text.value;
    let (from, to) = (window.at.start as usize, window.at.end as usize);
    let Some(call) = text.get(from..to) else {
        return Vec::new();
    };
    let Some(at) = call.rfind("within") else {
        return Vec::new();
    };
    let new = format!(
        "{}{}within=\"{enough}\"){}",
        &text[..from],
        &call[..at],
        &text[to..]
    );
    vec![Rewrite::Replace {
        at: window.condition.text.span,
        value: format!("'{}'", new.replace('\'', "''")),
    }]
}
