use crate::graph::{Exposed, Exposure, Graph};
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
            touchpoints.filter(|(_, it)| sells(project, journey, it))
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
            let exposed = graph.exposed(&event.value, &[]);
            let mut met = selling().map(|it| it.0).filter(|it| exposed.meets(*it));
            let Some(first) = met.next().and_then(|it| exposed.at(it)) else {
                continue;
            };
            if told_elsewhere(graph, &exposed, &first) {
                continue;
            }
            report(journey, graph, event, &first, met.count(), out);
            return;
        }
    }
}

/// Whether the journey asks for the purchase, but too early or not far enough back: rules of their
/// own say so.
fn told_elsewhere(graph: &Graph<'_>, exposed: &Exposed<'_, '_>, way: &Exposure<'_>) -> bool {
    let checked = way.checked.map(|it| graph.edge(it).from);
    let asked = |it: &crate::lint::exclusion::Window<'_>| way.path.passes(it.node);
    checked.is_some_and(|it| exposed.leave_at(it)) || windows(graph, way.event).iter().any(asked)
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
