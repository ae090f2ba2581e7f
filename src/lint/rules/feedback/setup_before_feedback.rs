use crate::graph::{Graph, Marks, NodeId};
use crate::lint::asks::{any_asks, is_about_product, place, requests};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Milestone, Purpose};

rule! {
    SetupBeforeFeedback, id: "setup-before-feedback", group: Feedback, level: Warning, docs: "setup_before_feedback.md"
}

/// Journeys that begin with one of these help people to get started.
const BEGINNINGS: [Milestone; 4] = [
    Milestone::Payment,
    Milestone::Delivered,
    Milestone::ServiceStarted,
    Milestone::FirstUse,
];

impl Rule for SetupBeforeFeedback {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let mut is_helped_elsewhere = None;
        for journey in cx.journeys() {
            let needs = journey.needs_setup == Some(true);
            let own = has_help(journey);
            if !(needs || own) || !any_asks(journey) {
                continue;
            }
            if !own {
                let helps = || cx.journeys().any(|it| has_help(it) && begins(cx, it));
                if *is_helped_elsewhere.get_or_insert_with(helps) || !cx.is_whole() {
                    continue;
                }
            }
            let graph = cx.graph(journey);
            check(&graph, journey, needs, out);
        }
    }
}

fn has_help(journey: &Journey) -> bool {
    journey.walk().any(|(step, _)| {
        let purposes = step.value.purposes();
        purposes.iter().any(|it| it.value == Purpose::SetupHelp)
    })
}

fn begins(cx: &LintContext<'_>, journey: &Journey) -> bool {
    let event = cx.project().event(&journey.trigger.event.value);
    let milestone = event.and_then(|it| it.milestone);
    milestone.is_some_and(|it| BEGINNINGS.contains(&it.value))
}

fn check(graph: &Graph<'_>, journey: &Journey, needs: bool, out: &mut Findings) {
    let help = graph.marks(|id, node| node.has(Purpose::SetupHelp) && graph.is_reachable(id));
    for (id, node) in requests(journey, graph) {
        if !is_about_product(journey, node) {
            continue;
        }
        let later = help_after(graph, id, &help);
        if !needs && later.is_none() {
            continue;
        }
        let Some(path) = graph.path_around(&help, id) else {
            continue;
        };
        let name = node.id().unwrap_or_default();
        let finding = out
            .fail(
                place(node),
                format!("`{name}` asks before anybody has helped to set it up"),
            )
            .label("on this way nothing has the purpose `setup_help`")
            .why("what does not run yet gets one star, and the leaflet would have been enough")
            .help("put help first, `- send: {…, purpose: setup_help}`, and ask some days later")
            .witness(Some(graph.witness(&path)));
        if let Some(later) = later {
            finding.related(place(graph.node(later)), "the help comes only here");
        }
        return;
    }
}

/// Help that comes only after a request.
fn help_after(graph: &Graph<'_>, request: NodeId, help: &Marks) -> Option<NodeId> {
    let path = graph.gap(&graph.origin(request), help)?;
    Some(path.target())
}
