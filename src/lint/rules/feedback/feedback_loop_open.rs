use crate::graph::{Elapsed, Marks, NodeKind};
use crate::lint::asks::{any_asks, asks};
use crate::lint::context::LintContext;
use crate::lint::duties::spoken;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Journey, Milestone, Send, Step};

rule! {
    FeedbackLoopOpen, id: "feedback-loop-open", group: Feedback, level: Off, docs: "feedback_loop_open.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 90, business_days: 0 }, &[])
}

impl Rule for FeedbackLoopOpen {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() {
            return;
        }
        let limit = cx.elapsed(self.info());
        let Some(send) = cx.journeys().filter(|it| any_asks(it)).find_map(first) else {
            return;
        };
        let answers: Vec<&str> = cx
            .project()
            .events_of(Milestone::FeedbackGiven)
            .map(|it| &*it.value)
            .collect();
        if cx
            .journeys()
            .any(|it| answers_back(cx, it, &answers, limit))
        {
            return;
        }
        let id = &send.id.value;
        out.fail(send.id.span, format!("nobody tells people what came of their answer to `{id}`"))
            .label(format!("nothing is said within {} of an answer", spoken(limit)))
            .why("an answer that changes nothing anybody hears of is the last one they give")
            .help(
                "let a journey start with the event of the answer and say what you do about it, for example \
                 `purpose: acknowledgement`, and later `purpose: content` with what has changed",
            );
    }
}

fn first(journey: &Journey) -> Option<&Send> {
    journey
        .sends()
        .find(|it| asks(journey, &it.purpose.0, Some(it)))
}

/// Whether a journey hears of an answer and says something within the limit.
fn answers_back(cx: &LintContext<'_>, journey: &Journey, answers: &[&str], limit: Elapsed) -> bool {
    let is_answer = |name: &str| answers.contains(&name);
    let begins = is_answer(&journey.trigger.event.value);
    let waits = || {
        journey
            .walk()
            .any(|(it, _)| matches!(&it.value, Step::WaitFor(it) if is_answer(&it.event.value)))
    };
    if !begins && !waits() {
        return false;
    }
    let graph = cx.graph(journey);
    let said = graph.touchpoints().filter(|(_, it)| {
        let send = match it.kind {
            NodeKind::Send(it) => Some(it),
            _ => None,
        };
        !asks(journey, it.step.map_or(&[], |it| it.value.purposes()), send)
    });
    let said = said.fold(Marks::default(), |all, (id, _)| all.node(id));
    let waits = graph
        .nodes()
        .filter(|(_, it)| matches!(it.kind, NodeKind::WaitFor(it) if is_answer(&it.event.value)));
    let origins = begins
        .then(|| graph.entry())
        .into_iter()
        .chain(waits.map(|it| it.0));
    origins.into_iter().any(|it| {
        let path = graph.gap(&graph.origin(it), &said);
        path.is_some_and(|it| it.length() <= crate::graph::Bound::Finite(limit))
    })
}
