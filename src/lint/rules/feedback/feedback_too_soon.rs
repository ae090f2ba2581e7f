use crate::graph::{Bound, Marks, Path};
use crate::lint::asks::{any_asks, is_about_product, place, requests, send_of};
use crate::lint::context::LintContext;
use crate::lint::duties::spoken;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Journey, Milestone, Profile};

rule! {
    FeedbackTooSoon, id: "feedback-too-soon", group: Feedback, level: Warning, docs: "feedback_too_soon.md",
    limit: Limit::Duration(
        Duration { minutes: 0, days: 7, business_days: 0 },
        &[
            (Profile::Digital, Duration { minutes: 0, days: 1, business_days: 0 }),
            (Profile::Saas, Duration { minutes: 0, days: 3, business_days: 0 }),
            (Profile::Services, Duration { minutes: 120, days: 0, business_days: 0 }),
            (Profile::B2b, Duration { minutes: 0, days: 14, business_days: 0 }),
        ],
    )
}

impl Rule for FeedbackTooSoon {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !any_asks(journey) {
            return;
        }
        let limit = cx.elapsed(self.info());
        let graph = &*cx.graph(journey);
        let arrivals = [Milestone::Delivered, Milestone::ServiceStarted];
        let mut origins: Vec<_> = arrivals.iter().flat_map(|it| graph.origins(*it)).collect();
        // A second delivery may be awaited by a journey that begins with one.
        let awaited = arrivals.map(|it| graph.milestone(it));
        let awaited = awaited.iter().flat_map(Marks::edges);
        let reached = awaited.filter(|it| graph.is_reachable(graph.edge(*it).from));
        origins.extend(reached.map(|it| graph.origin_after(it)));
        let mut told = Marks::default();
        for (id, node) in requests(journey, graph) {
            let is_reminder = send_of(node).is_some_and(|it| it.reminder_of.is_some());
            if is_reminder || !is_about_product(journey, node) {
                continue;
            }
            let to = Marks::default().node(id);
            let paths = origins.iter().filter_map(|it| graph.gap(it, &to));
            let Some(path) = paths.min_by_key(Path::length) else {
                continue;
            };
            let after_another = path.stops.iter().any(|it| told.has_node(it.node));
            if path.on_still_clocks() >= Bound::Finite(limit) || after_another {
                continue;
            }
            told = told.node(id);
            let name = node.id().unwrap_or_default();
            let Bound::Finite(gap) = path.on_still_clocks() else {
                continue;
            };
            let message = if gap.0 == 0 {
                format!("`{name}` asks in the minute in which it arrives")
            } else {
                format!("`{name}` asks {} after it arrives", spoken(gap))
            };
            out.fail(place(node), message)
                .label(format!("people need {} to know what they think", spoken(limit)))
                .why("they have not opened the box yet, so they do not answer, or answer about the parcel")
                .help(format!(
                    "wait at least {} between the arrival and this; for a question about the delivery itself \
                     write `about: delivery`",
                    spoken(limit)
                ))
                .witness(Some(graph.witness(&path)));
        }
    }
}
