use crate::graph::{NodeKind, Path};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{is_touch, milestone_of};
use crate::model::{Journey, Milestone, Purpose, Step};

rule! { JourneyDeadEnd, id: "journey-dead-end", group: Coverage, level: Warning, docs: "journey_dead_end.md" }

/// Words for an exit that say that it ends, but not why.
const NO_REASON: [&str; 10] = [
    "complete",
    "completed",
    "done",
    "end",
    "ended",
    "exit",
    "finish",
    "finished",
    "ok",
    "over",
];

/// What is said once, because of something outside the relationship.
const NOTICES: [Purpose; 4] = [
    Purpose::Acknowledgement,
    Purpose::LegalNotice,
    Purpose::Receipt,
    Purpose::StatusUpdate,
];

impl Rule for JourneyDeadEnd {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let begins = milestone_of(cx.project(), &journey.trigger.event.value);
        let is_goodbye = matches!(begins, Some(Milestone::Unsubscribed | Milestone::Bounced));
        // Where there is no other journey, there is nothing to name.
        let alone = cx.program().documents.len() < 2;
        if alone || is_goodbye || journey.stage.0.is_empty() || !journey.next.is_empty() {
            return;
        }
        if is_notice(journey) {
            return;
        }
        let graph = &*cx.graph(journey);
        let goes_on = graph
            .marks(|_, it| matches!(it.kind, NodeKind::Enter(_)) || it.has(Purpose::SunsetNotice));
        let open = graph.nodes().filter(|(_, it)| match it.kind {
            NodeKind::End => true,
            NodeKind::Exit(reason) => NO_REASON.contains(&reason),
            _ => false,
        });
        let ends = open.filter_map(|(id, it)| Some((it, graph.path_around(&goes_on, id)?)));
        let Some((node, path)) = ends.min_by_key(|(_, path): &(_, Path)| path.length()) else {
            return;
        };
        let name = &journey.name.value;
        let label = match node.kind {
            NodeKind::Exit(_) => "this says that it ends, but not why",
            _ => "after the last step nothing is said to follow",
        };
        out.fail(place(node), format!("`{name}` ends, and nothing follows"))
            .label(label)
            .why("a relationship that only stops feels to the customer like being forgotten")
            .help(
                "name the journeys that may follow, for example `next: [newsletter]`, or end with \
                 the reason why nothing does, for example `- exit: moved-away`",
            )
            .witness(Some(graph.witness(&path)));
    }
}

/// Whether a journey only tells what must be told; nothing has to follow from that.
fn is_notice(journey: &Journey) -> bool {
    let mut touches = journey
        .walk()
        .map(|(it, _)| it)
        .filter(|it| is_touch(&it.value));
    let told = |it: &crate::source::Spanned<Step>| {
        let purposes = it.purposes();
        !purposes.is_empty() && purposes.iter().all(|it| NOTICES.contains(&it.value))
    };
    touches.all(told)
}
