use crate::graph::{Exposure, Graph, NodeId, NodeKind};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::exclusion::windows;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::lint::selling::{any_sells, purchases, sells};
use crate::model::{Journey, Milestone, Name};

rule! {
    ExitOnConversion, id: "exit-on-conversion", group: Logic, level: Error, docs: "exit_on_conversion.md"
}

impl Rule for ExitOnConversion {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let project = cx.project();
        if !any_sells(project, journey) {
            return;
        }
        let graph = &*cx.graph(journey);
        let selling = || {
            let touchpoints = graph.touchpoints();
            touchpoints.filter(|(id, it)| sells(project, journey, it) && !graph.is_dropped(*id))
        };
        if project.events_of(Milestone::Payment).next().is_none() {
            if let (Some((_, node)), true) = (selling().next(), cx.program().lost.is_empty()) {
                let id = node.id().unwrap_or_default();
                out.undecided(
                    place(node),
                    format!("nobody can tell whether `{id}` stops for those who bought"),
                    "declare the event of a purchase, for example `order_paid: {milestone: payment}`, and \
                     leave on it",
                )
                .label("no event carries the milestone `payment`")
                .why("who has just paid and is asked to finish the order doubts that it went through");
            }
            return;
        }
        for event in purchases(project, journey) {
            // Where the journey asks for it too early or not far enough back, rules of their own say so.
            let windows = windows(graph, &event.value);
            let is_branch = |it: &NodeId| matches!(graph.node(*it).kind, NodeKind::Branch(_));
            // One that only chooses what comes next sends nobody away.
            let leads_away = |it: &NodeId| {
                let mut ways = graph.leaving(*it);
                is_branch(it) && ways.any(|(_, way)| graph.node(way.to).is_terminal())
            };
            let branches = windows.iter().map(|it| it.node).filter(leads_away);
            let exposed = graph.exposed_unless(&event.value, branches.collect());
            let own_window = |id: NodeId| {
                let step = graph.node(id).step.map(|it| it.span);
                let mut guards = windows.iter().filter(|it| !is_branch(&it.node));
                guards.any(|it| graph.node(it.node).step.map(|it| it.span) == step)
            };
            let mut met = selling()
                .filter(|it| !own_window(it.0))
                .filter_map(|it| exposed.unasked(it.0));
            let Some(first) = met.next() else {
                continue;
            };
            report(journey, graph, event, &first, met.count(), out);
            return;
        }
    }
}

fn report(
    journey: &Journey,
    graph: &Graph<'_>,
    event: &Name,
    way: &Exposure<'_>,
    others: usize,
    out: &mut Findings,
) {
    let node = graph.node(way.path.target());
    let id = node.id().unwrap_or_default();
    let event = &event.value;
    let headline = match others {
        0 => format!("`{id}` goes to people who have bought"),
        1 => format!("`{id}` and one message more go to people who have bought"),
        _ => format!("`{id}` and {others} messages more go to people who have bought"),
    };
    let mut finding = out
        .fail(place(node), headline)
        .label(format!(
            "nothing keeps those away whose `{event}` came in the meantime"
        ))
        .why("who has just paid and is asked to come back doubts that the order went through")
        .witness(Some(graph.exposure_witness(way)));
    let written = journey.exits.iter().find(|it| *it.on.value == **event);
    if let Some(exit) = written {
        let label = match &exit.filter {
            Some(_) => "this exit has a `where`, so that some buyers stay",
            None => "this exit has an `only`, so that everything else goes on",
        };
        finding.related(exit.on.span, label).help(format!(
            "let everybody leave who has bought: `- {{on: {event}, reason: bought}}`"
        ));
        return;
    }
    let entry = format!("{{on: {event}, reason: bought}}");
    finding = finding.help(format!("write under `exits`: `- {entry}`"));
    let add = Rewrite::Add {
        of: Spot::File(journey.name.span.file),
        key: "exits",
        entry,
    };
    finding.rewrite(format!("leave on `{event}`"), vec![add]);
}
