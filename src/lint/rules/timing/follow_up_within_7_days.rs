use crate::lint::context::LintContext;
use crate::lint::duties::{Broken, Duty, broken, spoken};
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Journey, Milestone};

rule! {
    FollowUpWithin7Days, id: "follow-up-within-7-days", group: Timing, level: Warning, docs: "follow_up_within_7_days.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 7, business_days: 0 }, &[])
}

/// What happens in these moments is no news of the order.
const NO_NEWS: [Milestone; 8] = [
    Milestone::Payment,
    Milestone::Intent,
    Milestone::Refunded,
    Milestone::ReturnRequested,
    Milestone::ComplaintOpened,
    Milestone::ComplaintClosed,
    Milestone::FeedbackGiven,
    Milestone::Unsubscribed,
];

impl Rule for FollowUpWithin7Days {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let limit = cx.elapsed(self.info());
        for it in broken(cx, Duty::FollowUp, limit) {
            if cx.journeys().any(|other| brings_news(cx, &it, other)) {
                continue;
            }
            it.report("help or news", out)
                .why("a week without help or news, and the pleasure of buying has become doubt")
                .help(format!(
                    "help or ask within {}: `purpose: setup_help`, `check_in`, or `status_update` while it is on its way",
                    spoken(limit)
                ));
        }
    }
}

/// Whether a journey follows the same order by other events, such as those of the carrier, and writes.
fn brings_news(cx: &LintContext<'_>, it: &Broken<'_>, other: &Journey) -> bool {
    let key = |name: &str| {
        let event = cx.project().event(name)?;
        let is_news = event
            .milestone
            .is_none_or(|it| !NO_NEWS.contains(&it.value));
        Some((event.key.as_ref()?.value.clone(), is_news))
    };
    let (Some((own, _)), Some((others, true))) = (key(it.event), key(&other.trigger.event.value))
    else {
        return false;
    };
    if own != others {
        return false;
    }
    let graph = cx.graph(other);
    cx.forget(other);
    let found = graph.touchpoints().any(|(id, node)| {
        Duty::FollowUp.is_met_by(node) && graph.earliest(id).is_some_and(|at| at <= it.limit)
    });
    found
}
