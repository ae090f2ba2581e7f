use crate::graph::Graph;
use crate::lint::asks::{any_asks, asked_despite, is_about_product, place, requests};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Milestone};

rule! {
    FeedbackAfterRefund, id: "feedback-after-refund", group: Feedback, level: Warning, docs: "feedback_after_refund.md"
}

impl Rule for FeedbackAfterRefund {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !any_asks(journey) {
            return;
        }
        let graph = &*cx.graph(journey);
        if !follows_an_order(graph) {
            return;
        }
        let asked: Vec<_> = requests(journey, graph)
            .filter(|(_, it)| is_about_product(journey, it))
            .map(|it| it.0)
            .collect();
        let found = asked_despite(cx.project(), graph, &asked, Milestone::Refunded, None);
        let Some((id, exposure)) = found else {
            return;
        };
        let node = graph.node(id);
        let name = node.id().unwrap_or_default();
        let event = exposure.event;
        let entry = format!("{{on: {event}, reason: refunded}}");
        out.fail(
            place(node),
            format!("`{name}` asks people who have their money back"),
        )
        .subject(event)
        .label("nothing keeps those away who were refunded")
        .why("it did not work out, we have settled it, and now we ask how they like it")
        .help(format!("add to the journey's exits: `- {entry}`"))
        .suggest(
            format!("leave on `{event}`"),
            vec![Rewrite::Add {
                of: Spot::File(journey.name.span.file),
                key: "exits",
                entry,
            }],
        )
        .witness(Some(graph.exposure_witness(&exposure)));
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let project = cx.project();
        let is_declared = project.events_of(Milestone::Refunded).next().is_some();
        // Where nothing is sold by order, nothing is refunded.
        let sells = project.events_of(Milestone::Delivered).next().is_some();
        if is_declared || !sells || !cx.program().lost.is_empty() {
            return;
        }
        let asks = |it: &&Journey| any_asks(it) && follows_an_order(&cx.graph(it));
        let Some(journey) = cx.journeys().find(asks) else {
            return;
        };
        let needs = "declare the event that says that somebody has their money back, for example \
                     `order_refunded: {milestone: refunded}`, and leave on it";
        out.undecided(
            journey.name.span,
            "nobody can tell whether people are asked after a refund",
            needs,
        )
        .label("this journey asks, and no event carries the milestone `refunded`")
        .why("to be asked how one likes what one has sent back is absurd");
    }
}

/// Whether a journey is about something that was bought.
fn follows_an_order(graph: &Graph<'_>) -> bool {
    let order = [
        Milestone::Payment,
        Milestone::Delivered,
        Milestone::ServiceStarted,
    ];
    let begins = graph
        .entry_milestone()
        .is_some_and(|it| order.contains(&it));
    begins || order.iter().any(|it| !graph.milestone(*it).is_empty())
}
