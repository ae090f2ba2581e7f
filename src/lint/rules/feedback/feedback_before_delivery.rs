use crate::diagnostic::Level;
use crate::graph::{Bound, EdgeKind, Graph, Node, NodeId, NodeKind, Path};
use crate::lint::asks::{about, any_asks, place, requests};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::received::{all_have_it, path_without_proof, sender_before_receipt};
use crate::lint::rewrite::Rewrite;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Journey, Milestone, Name, Project};

rule! {
    FeedbackBeforeDelivery, id: "feedback-before-delivery", group: Feedback, level: Error,
    docs: "feedback_before_delivery.md",
    limit: Limit::Duration(Duration { minutes: 24 * 60, days: 0, business_days: 0 }, &[])
}

impl Rule for FeedbackBeforeDelivery {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !any_asks(journey) {
            return;
        }
        let graph = &*cx.graph(journey);
        let mut undecided = false;
        let sender = if all_have_it(graph) {
            let Some(it) = sender_before_receipt(cx, journey) else {
                return;
            };
            Some(it)
        } else {
            None
        };
        for (id, node) in requests(journey, graph) {
            let Some(path) = path_without_proof(graph, id) else {
                continue;
            };
            if let NodeKind::Send(send) = node.kind
                && let Some(about) = about(journey, send)
            {
                self.check_other_subject(cx, graph, id, about, out);
            } else if names(cx.project()).is_empty() {
                if !undecided {
                    say_undecided(cx, node, out);
                }
                undecided = true;
            } else {
                report(cx.project(), graph, node, &path, sender, out);
            }
        }
    }
}

impl FeedbackBeforeDelivery {
    /// A question about the checkout or the support may come before delivery, while it is fresh.
    fn check_other_subject(
        &self,
        cx: &LintContext<'_>,
        graph: &Graph<'_>,
        node: NodeId,
        about: &Name,
        out: &mut Findings,
    ) {
        let limit = cx.elapsed(self.info());
        let Some(since) = graph.since(Milestone::Payment, node) else {
            return;
        };
        if since.elapsed.hi <= Bound::Finite(limit) {
            return;
        }
        let path = graph.path_to(node, crate::graph::By::Longest);
        let id = graph.node(node).id().unwrap_or_default();
        out.fail(
            place(graph.node(node)),
            format!("`{id}` asks late about `{}`", about.value),
        )
        .level(Level::Warning)
        .label(format!(
            "more than {limit} after the payment, and still before delivery"
        ))
        .related(about.span, "this is what it is about")
        .why("the moment is forgotten by then, and people answer about the parcel instead")
        .help(format!(
            "ask within {limit} of the payment, or wait for the delivery"
        ))
        .witness(path.map(|it| graph.witness(&it)));
    }
}

/// The declared events that say that the customer has it.
fn names(project: &Project) -> Vec<&Name> {
    let wanted = [Milestone::Delivered, Milestone::ServiceStarted];
    wanted
        .iter()
        .flat_map(|it| project.events_of(*it))
        .collect()
}

fn say_undecided(cx: &LintContext<'_>, node: &Node<'_>, out: &mut Findings) {
    // The declaration may be there, only unreadable.
    if !cx.program().lost.is_empty() {
        return;
    }
    let id = node.id().unwrap_or_default();
    let message = format!("nobody can tell whether `{id}` comes too early");
    let needs = "declare the event that says that the customer has it, for example \
                 `order_delivered: {milestone: delivered}`, and wait for it";
    out.undecided(place(node), message, needs)
        .label("no event carries the milestone `delivered` or `service_started`")
        .why("whoever is asked about something that has not come stops trusting every other mail");
}

fn report(
    project: &Project,
    graph: &Graph<'_>,
    node: &Node<'_>,
    path: &Path,
    sender: Option<&Journey>,
    out: &mut Findings,
) {
    let id = node.id().unwrap_or_default();
    let names = names(project);
    // Where the way leads over the timeout of such an event, that is the thing to change.
    let timeout = path.edges().map(|it| graph.edge(it)).find(|edge| {
        matches!(edge.kind, EdgeKind::Timeout(event) if names.iter().any(|it| *it.value == *event))
    });
    let finding = out
        .fail(
            place(node),
            format!("`{id}` asks before the customer can have it"),
        )
        .why("being asked about something that never came is what customers tell their friends")
        .witness(Some(graph.witness(path)));
    if let Some(edge) = timeout {
        let wait = graph.node(edge.from);
        let name = wait.id().unwrap_or_default();
        finding
            .label(format!("people come here after the timeout of `{name}`, too"))
            .related(place(wait), "a timeout says that it has not come")
            .help(format!(
                "end the `on_timeout` of `{name}` with `- exit: not-delivered`, or ask only those whose event came"
            ));
        return;
    }
    let event = names.first().map_or("order_delivered", |it| &*it.value);
    if let Some(sender) = sender {
        let (name, place) = (&sender.name.value, sender.name.span);
        finding
            .label(format!(
                "people come here from `{name}`, too, before it has arrived"
            ))
            .related(
                place,
                "it sends people on who have not had the trigger's event",
            )
            .help(format!(
                "let `{name}` wait for `{event}` before its `enter`, or wait for it here"
            ));
        return;
    }
    finding
        .label("nothing on the way here says that it has arrived")
        .help(format!(
            "put before it: `- wait_for: {{id: delivery, event: {event}, timeout: 10d, on_timeout: \
             [{{exit: not-delivered}}]}}`; say `about: checkout` if the question is not about the product"
        ))
        .suggest(
            format!("ask once `{event}` has come"),
            vec![Rewrite::Before {
                entry: place(node),
                new: format!(
                    "wait_for:\n  id: delivery\n  event: {event}\n  timeout: 10d\n  on_timeout:\n    - exit: not-delivered"
                ),
            }],
        );
}
