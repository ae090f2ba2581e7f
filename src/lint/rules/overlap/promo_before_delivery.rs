use crate::graph::{Elapsed, Graph, Marks};
use crate::lint::answers::conditions_of;
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::received::HAS_IT;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::watched::{asks_for, carries};
use crate::model::{Duration, Journey, Milestone, Project, Purpose, Send, Step};

rule! {
    PromoBeforeDelivery, id: "promo-before-delivery", group: Overlap, level: Warning,
    docs: "promo_before_delivery.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 7, business_days: 0 }, &[])
}

impl Rule for PromoBeforeDelivery {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !journey.sends().any(sells) {
            return;
        }
        let graph = &*cx.graph(journey);
        let pays = graph.entry_milestone() == Some(Milestone::Payment);
        if !pays && graph.milestone(Milestone::Payment).is_empty() {
            return;
        }
        let limit = cx.elapsed(self.info());
        let has_it = HAS_IT.map(|it| graph.milestone(it));
        let has_it = has_it.iter().fold(Marks::default(), Marks::and);
        for (id, node) in graph.touchpoints() {
            let Some(Step::Send(send)) = node.step.map(|it| &it.value) else {
                continue;
            };
            if !sells(send) {
                continue;
            }
            let Some(since) = graph.since(Milestone::Payment, id) else {
                continue;
            };
            // Where nothing tells of the delivery, a week after the payment is near enough to it.
            let Some(path) = graph.path_around(&has_it, id) else {
                continue;
            };
            if has_it.is_empty() && since.elapsed.lo >= limit {
                continue;
            }
            report(cx, graph, (send, place(node)), &path, since.elapsed.lo, out);
        }
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let open: Vec<&str> = cx
            .project()
            .events_of(Milestone::Payment)
            .map(|it| &*it.value)
            .collect();
        if open.is_empty() || !cx.project().events_of(Milestone::Delivered).any(|_| true) {
            return;
        }
        for journey in cx.journeys() {
            let milestone = cx.project().event(&journey.trigger.event.value);
            // Journeys that begin with a milestone of the purchase are judged on their own ways.
            if milestone.and_then(|it| it.milestone).is_some() {
                continue;
            }
            let Some(send) = journey.sends().find(|it| sells(it)) else {
                continue;
            };
            if !minds_orders(cx.project(), journey) {
                say_deaf(journey, send, open[0], out);
            }
        }
    }
}

/// Whether an email is there to sell, and nobody asked for it.
fn sells(send: &Send) -> bool {
    let sells = |it: Purpose| matches!(it, Purpose::Offer | Purpose::CrossSell);
    send.requested != Some(true) && send.purpose.0.iter().any(|it| sells(it.value))
}

/// Whether anything in a journey asks for a payment: an exit, or a condition.
fn minds_orders(project: &Project, journey: &Journey) -> bool {
    let exits = journey.exits.iter();
    let mut exits = exits.map(|it| carries(project, &it.on.value, Milestone::Payment));
    let conditions = conditions_of(journey).into_iter();
    let mut conditions = conditions.map(|it| asks_for(project, it, Milestone::Payment));
    exits.any(|it| it) || conditions.any(|it| it)
}

fn report(
    cx: &LintContext<'_>,
    graph: &Graph<'_>,
    (send, place): (&Send, crate::source::Span),
    path: &crate::graph::Path,
    since: Elapsed,
    out: &mut Findings,
) {
    let delivered = cx.project().events_of(Milestone::Delivered).next();
    let help = match delivered {
        Some(it) => format!("wait for `{}` first; its timeout does not count", it.value),
        None => "declare the event that says that the customer has it, and wait for it".to_owned(),
    };
    out.fail(
        place,
        format!("`{}` sells before the order has arrived", send.id.value),
    )
    .label(format!(
        "may come {since} after the payment, with nothing delivered"
    ))
    .why("they have paid and hold nothing yet, and we already want the next order")
    .help(help)
    .witness(Some(graph.witness(path)));
}

fn say_deaf(journey: &Journey, send: &Send, payment: &str, out: &mut Findings) {
    let message = format!("`{}` does not know of open orders", journey.name.value);
    out.fail(send.id.span, message)
        .subject("open orders")
        .label("goes out to those as well who have just paid and wait for the parcel")
        .why("they have paid and hold nothing yet, and we already want the next order")
        .help(format!(
            "add the exit `{payment}`, or `unless: contact.did(\"{payment}\", within=\"7d\")` to this message"
        ));
}
