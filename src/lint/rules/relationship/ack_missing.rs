use std::collections::BTreeMap;

use crate::graph::{Bound, Elapsed, Graph, Lens, Marks, Path};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Journey, Milestone, Purpose};

rule! {
    AckMissing, id: "ack-missing", group: Relationship, level: Warning, docs: "ack_missing.md",
    limit: Limit::Duration(Duration { minutes: 15, days: 0, business_days: 0 }, &[])
}

/// Something that the customer has told us.
const INBOUND: [Milestone; 2] = [Milestone::ComplaintOpened, Milestone::ReturnRequested];

impl Rule for AckMissing {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        // Where one journey says that the message has arrived, the others need not.
        let project = cx.project();
        let inbound = INBOUND.iter().flat_map(|it| project.events_of(*it));
        let mut by_event: BTreeMap<&str, Vec<&Journey>> =
            inbound.map(|it| (&*it.value, Vec::new())).collect();
        for journey in cx.journeys() {
            if let Some(heard) = by_event.get_mut(&*journey.trigger.event.value) {
                heard.push(journey);
            }
        }
        let limit = cx.elapsed(self.info());
        for (event, journeys) in by_event {
            let late = |it: &&Journey| broken(&cx.graph(it), limit).is_some();
            if !cx.is_whole() || !journeys.iter().all(late) {
                continue;
            }
            if let Some(journey) = journeys.first() {
                let graph = cx.graph(journey);
                report(&graph, journey, event, limit, out);
            }
        }
    }
}

/// The path on which nothing says in time that the message has arrived.
fn broken(graph: &Graph<'_>, limit: Elapsed) -> Option<Path> {
    let origin = graph.origin(graph.entry());
    let says = [Purpose::Acknowledgement, Purpose::Confirmation];
    let goal = graph.marks(|_, it| says.iter().any(|purpose| it.has(*purpose)));
    let deadline = graph.deadline(&origin, &goal, &Marks::default(), Lens::AS_IS);
    deadline.broken_by(limit).cloned()
}

fn report(graph: &Graph<'_>, journey: &Journey, event: &str, limit: Elapsed, out: &mut Findings) {
    let Some(path) = broken(graph, limit) else {
        return;
    };
    let is_late = graph.node(path.target()).is_touchpoint();
    let label = match (is_late, path.length()) {
        (true, Bound::Finite(it)) => format!("only after {it} somebody says that it has arrived"),
        (true, Bound::Endless) => "it may take for ever until somebody says so".to_owned(),
        (false, _) => "nobody says that it has arrived".to_owned(),
    };
    let span = journey.trigger.event.span;
    out.fail(span, format!("who writes to us (`{event}`) is left waiting for a sign"))
        .label(label)
        .why("they do not know whether anybody has read it, so they write again, and call, and get angry")
        .help(format!(
            "begin with a transactional `send` of the purpose `acknowledgement`, at most {limit} after it, \
             which says who answers by when"
        ))
        .subject(event)
        .witness(Some(graph.witness(&path)));
}
