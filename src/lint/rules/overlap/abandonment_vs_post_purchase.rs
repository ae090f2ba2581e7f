use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Elapsed, NodeKind};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Journey, Milestone, Name, Purpose, Send};

rule! {
    AbandonmentVsPostPurchase, id: "abandonment-vs-post-purchase", group: Overlap, level: Error,
    docs: "abandonment_vs_post_purchase.md",
    limit: Limit::Duration(Duration { minutes: 4 * 60, days: 0, business_days: 0 }, &[])
}

impl Rule for AbandonmentVsPostPurchase {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let payments: Vec<&Name> = cx.project().events_of(Milestone::Payment).collect();
        // For each event of a payment the first journey that it starts.
        let mut after: BTreeMap<&str, &Journey> = BTreeMap::new();
        // Payments that end some basket's journey: each is of the goods of its own basket.
        let mut minded: BTreeSet<&str> = BTreeSet::new();
        for journey in cx.journeys() {
            if reminders(journey).next().is_some() {
                minded.extend(journey.exits.iter().map(|it| &*it.on.value));
            }
            let event = &*journey.trigger.event.value;
            if payments.iter().any(|it| *it.value == *event) {
                after.entry(event).or_insert(journey);
            }
        }
        if after.is_empty() {
            return;
        }
        let limit = cx.elapsed(self.info());
        for journey in cx.journeys() {
            let Some(send) = reminders(journey).find(|it| comes(cx, journey, it)) else {
                continue;
            };
            let watched = |event: &&Name| {
                let ends = |it: &crate::model::Exit| {
                    it.on.value == event.value
                        && it.filter.is_none()
                        && it.only.is_none_or(|only| only == journey.class_of(send))
                };
                journey.exits.iter().any(ends)
            };
            // Without any such exit the journey as a whole is at fault, and `exit-on-conversion` says so.
            if !payments.iter().any(watched) {
                continue;
            }
            for payment in &payments {
                let Some(other) = after.get(&*payment.value) else {
                    continue;
                };
                if watched(payment) {
                    check_lag(cx, journey, (payment, other), limit, out);
                } else if !minded.contains(&*payment.value) {
                    say_unwatched(journey, send, payment, other, out);
                }
            }
        }
    }
}

/// The messages of a journey that remind of what was not bought.
fn reminders(journey: &Journey) -> impl Iterator<Item = &Send> {
    let reminds = |it: &&Send| {
        it.purpose
            .0
            .iter()
            .any(|it| it.value == Purpose::Abandonment)
    };
    journey.sends().filter(reminds)
}

/// Whether anybody gets a message.
fn comes(cx: &LintContext<'_>, journey: &Journey, send: &Send) -> bool {
    let graph = cx.graph(journey);
    let mut nodes = graph.nodes();
    nodes.any(|(at, it)| {
        matches!(it.kind, NodeKind::Send(own) if own.id == send.id) && graph.is_reachable(at)
    })
}

/// One way of paying ends the journey, another does not.
fn say_unwatched(
    journey: &Journey,
    send: &Send,
    payment: &Name,
    other: &Journey,
    out: &mut Findings,
) {
    let event = &payment.value;
    let cure = vec![Rewrite::Add {
        of: Spot::File(journey.name.span.file),
        key: "exits",
        entry: format!("{{on: {event}, reason: bought}}"),
    }];
    let message = format!("`{}` goes on after `{event}`", journey.name.value);
    out.fail(send.id.span, message)
        .subject(&**event)
        .label("people who have paid get this as well")
        .related(
            other.trigger.event.span,
            format!("meanwhile `{}` thanks them for the order", other.name.value),
        )
        .related(payment.span, "this event is a payment too")
        .why("\"you forgot something\" in the same hour as the confirmation: people fear that the order is lost")
        .help(format!("add the exit `{event}`"))
        .rewrite(format!("add the exit `{event}`"), cure);
}

/// An event that comes late because a source is polled ends nothing in time.
fn check_lag(
    cx: &LintContext<'_>,
    journey: &Journey,
    (payment, other): (&Name, &Journey),
    limit: Elapsed,
    out: &mut Findings,
) {
    if !cx
        .project()
        .event(&payment.value)
        .is_some_and(|it| it.polled)
    {
        return;
    }
    let touches = &cx.timetable(journey).touches;
    let early = touches
        .iter()
        .find(|it| it.has(Purpose::Abandonment) && it.at.lo < limit);
    let Some(early) = early else { return };
    let message = format!(
        "`{}` may leave before we hear of the payment",
        early.id.value
    );
    out.fail(early.id.span, message)
        .subject(&*payment.value)
        .level(crate::diagnostic::Level::Warning)
        .label(format!("{} after the basket was left", early.at.lo))
        .related(
            payment.span,
            "this event comes late, because its source is polled",
        )
        .related(
            other.trigger.event.span,
            format!("the same order starts `{}`", other.name.value),
        )
        .why("whoever paid at once is asked why they did not")
        .help(format!("wait at least {limit} before the first message"));
}
