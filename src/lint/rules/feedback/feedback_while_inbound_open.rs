use crate::lint::asks::{about, any_asks, asked_despite, place, requests, send_of};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::model::{Class, Journey, Milestone};

rule! {
    FeedbackWhileInboundOpen, id: "feedback-while-inbound-open", group: Feedback, level: Error,
    docs: "feedback_while_inbound_open.md"
}

impl Rule for FeedbackWhileInboundOpen {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !any_asks(journey) {
            return;
        }
        let project = cx.project();
        let graph = &*cx.graph(journey);
        // A question about the support may be asked of those who needed it.
        let is_about_help = |name: &str| matches!(name, "support" | "complaint" | "help");
        let asked: Vec<_> = requests(journey, graph)
            .filter(|(_, it)| {
                let subject = send_of(it).and_then(|it| about(journey, it));
                subject.is_none_or(|it| !is_about_help(&it.value))
            })
            .map(|it| it.0)
            .collect();
        let (begun, ended) = (Milestone::ComplaintOpened, Some(Milestone::ComplaintClosed));
        let Some((id, exposure)) = asked_despite(project, graph, &asked, begun, ended) else {
            return;
        };
        let node = graph.node(id);
        let name = node.id().unwrap_or_default();
        let event = exposure.event;
        let all_commercial = asked
            .iter()
            .all(|it| graph.node(*it).class == Some(Class::Commercial));
        let only = if all_commercial {
            ", only: commercial"
        } else {
            ""
        };
        let finding = out
            .fail(
                place(node),
                format!("`{name}` asks people whose complaint is open"),
            )
            .subject(event)
            .label(match exposure.checked {
                Some(_) => "whether they complained was asked earlier, and once",
                None => "nothing keeps those away who have complained",
            })
            .why("they wait for help, and we ask them for a favour")
            .help(format!(
                "add to the journey's exits: `- {{on: {event}{only}, reason: complaint-open}}`"
            ))
            .witness(Some(graph.exposure_witness(&exposure)));
        if exposure.happens > 0 {
            finding.suggest(
                format!("leave on `{event}`"),
                vec![Rewrite::Add {
                    of: Spot::File(journey.name.span.file),
                    key: "exits",
                    entry: format!("{{on: {event}{only}, reason: complaint-open}}"),
                }],
            );
        }
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let project = cx.project();
        let is_declared = project
            .events_of(Milestone::ComplaintOpened)
            .next()
            .is_some();
        if is_declared || !cx.program().lost.is_empty() {
            return;
        }
        let asks = |it: &&Journey| any_asks(it);
        let Some(journey) = cx.journeys().find(asks) else {
            return;
        };
        let needs = "declare the event that says that somebody has complained, for example \
                     `ticket_opened: {milestone: complaint_opened}`, and leave on it";
        out.undecided(
            journey.name.span,
            "nobody can tell whether people are asked while a complaint is open",
            needs,
        )
        .label("this journey asks, and no event carries the milestone `complaint_opened`")
        .why("to be asked for stars while waiting for help is the worst letter of all");
    }
}
