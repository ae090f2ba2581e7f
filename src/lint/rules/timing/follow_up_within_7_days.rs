use std::collections::BTreeSet;

use crate::graph::Elapsed;
use crate::lint::context::LintContext;
use crate::lint::duties::{Duty, FOLLOW_UPS, broken, spoken};
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
        let broken = broken(cx, Duty::FollowUp, limit);
        if broken.is_empty() {
            return;
        }
        let followed = followed(cx, limit);
        for it in broken {
            let key = key(cx, it.event).map(|it| it.0);
            if key.is_some_and(|it| followed.contains(it)) {
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

/// What an event calls its order by, and whether the event is news of it.
fn key<'p>(cx: &LintContext<'p>, event: &str) -> Option<(&'p str, bool)> {
    let event = cx.project().event(event)?;
    let is_news = event
        .milestone
        .is_none_or(|it| !NO_NEWS.contains(&it.value));
    Some((&event.key.as_ref()?.value, is_news))
}

/// The keys of orders that a journey follows by other events, such as those of the carrier, and
/// writes.
fn followed<'p>(cx: &LintContext<'p>, limit: Elapsed) -> BTreeSet<&'p str> {
    let writes = |it: &Journey| {
        let mut touches = cx.timetable(it).touches.iter();
        touches.any(|it| it.at.lo <= limit && FOLLOW_UPS.iter().any(|purpose| it.has(*purpose)))
    };
    cx.journeys()
        .filter_map(|it| match key(cx, &it.trigger.event.value)? {
            (key, true) if writes(it) => Some(key),
            _ => None,
        })
        .collect()
}
