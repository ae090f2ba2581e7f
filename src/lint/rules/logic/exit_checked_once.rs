use std::collections::BTreeSet;

use crate::diagnostic::Level;
use crate::graph::{Exposure, Graph, NodeId, NodeKind};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::lint::selling::any_sells;
use crate::model::{Branch, ExprKind, Journey, Milestone, Project, Step};

rule! { ExitCheckedOnce, id: "exit-checked-once", group: Logic, level: Error, docs: "exit_checked_once.md" }

/// After one of these people shall hear no more of it.
const ENDS: [Milestone; 6] = [
    Milestone::Payment,
    Milestone::Unsubscribed,
    Milestone::Bounced,
    Milestone::ComplaintOpened,
    Milestone::Refunded,
    Milestone::ReturnRequested,
];

impl Rule for ExitCheckedOnce {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let events = asked(cx.project(), journey);
        if events.is_empty() {
            return;
        }
        let graph = &*cx.graph(journey);
        for event in events {
            let exposed = graph.exposed(event, &[]);
            let mut told = BTreeSet::new();
            for (id, _) in graph.touchpoints() {
                if let Some(way) = exposed.asked(id)
                    && let Some((node, branch)) = checked_at(graph, &way)
                    && told.insert(node)
                {
                    report(cx.project(), journey, graph, branch, &way, out);
                }
            }
        }
    }
}

/// The events that a branch asks for and that shall end it.
fn asked<'j>(project: &Project, journey: &'j Journey) -> BTreeSet<&'j str> {
    let mut res = BTreeSet::new();
    for (step, _) in journey.walk() {
        let Step::Branch(branch) = &step.value else {
            continue;
        };
        for way in &branch.when {
            let Ok(expr) = &way.condition.parsed else {
                continue;
            };
            expr.walk(&mut |it| {
                if let ExprKind::History(it) = &it.kind
                    && ends(project, journey, &it.event)
                {
                    res.insert(&*it.event);
                }
            });
        }
    }
    res
}

fn ends(project: &Project, journey: &Journey, event: &str) -> bool {
    let milestone = project.event(event).and_then(|it| it.milestone.as_ref());
    let is_goal = journey
        .goal
        .as_ref()
        .is_some_and(|it| *it.event.value == *event);
    let lets_in = *journey.trigger.event.value == *event;
    !lets_in && (is_goal || milestone.is_some_and(|it| ENDS.contains(&it.value)))
}

/// The branch that sends away those to whom the event had happened, and came too early for others.
fn checked_at<'m>(graph: &Graph<'m>, way: &Exposure<'_>) -> Option<(NodeId, &'m Branch)> {
    let node = graph.edge(way.checked?).from;
    match graph.node(node).kind {
        NodeKind::Branch(it) => Some((node, it)),
        _ => None,
    }
}

fn report(
    project: &Project,
    journey: &Journey,
    graph: &Graph<'_>,
    branch: &Branch,
    way: &Exposure<'_>,
    out: &mut Findings,
) {
    let node = graph.node(way.path.target());
    let id = node.id().unwrap_or_default();
    let event = way.event;
    let sells = any_sells(project, journey);
    let level = if sells { Level::Error } else { Level::Warning };
    let milestone = project.event(event).and_then(|it| it.milestone.as_ref());
    let entry = match milestone.map(|it| it.value) {
        Some(Milestone::Payment) => format!("{{on: {event}, reason: bought}}"),
        Some(Milestone::Unsubscribed | Milestone::Bounced) => {
            format!("{{on: {event}, only: commercial}}")
        }
        _ => format!("{{on: {event}}}"),
    };
    let finding = out
        .fail(
            branch.id.span,
            format!(
                "`{}` looks for `{event}` once, and then time passes",
                branch.id.value
            ),
        )
        .level(level)
        .subject(event)
        .label("a branch is decided when a person comes by, and never again")
        .related(
            place(node),
            format!("`{id}` goes to those whose `{event}` came after it"),
        )
        .why("the customer has acted, and the next mail shows that nobody noticed")
        .help(format!(
            "write under `exits`: `- {entry}`; exits are watched at every step"
        ))
        .witness(Some(graph.exposure_witness(way)));
    if journey.exits.iter().any(|it| *it.on.value == *event) {
        return;
    }
    let add = vec![Rewrite::Add {
        of: Spot::File(journey.name.span.file),
        key: "exits",
        entry,
    }];
    let title = format!("leave on `{event}`");
    // Elsewhere service mail before the branch may be meant for everybody.
    if sells {
        finding.rewrite(title, add);
    } else {
        finding.suggest(title, add);
    }
}
