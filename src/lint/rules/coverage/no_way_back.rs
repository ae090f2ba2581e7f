use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{milestone_of, touchpoints};
use crate::model::{Journey, Milestone, Purpose, Reentry};

rule! { NoWayBack, id: "no-way-back", group: Coverage, level: Note, docs: "no_way_back.md" }

/// What happens to people more than once.
const RECURS: [Milestone; 9] = [
    Milestone::Intent,
    Milestone::Payment,
    Milestone::Delivered,
    Milestone::RenewalDue,
    Milestone::Refunded,
    Milestone::ReturnRequested,
    Milestone::ComplaintOpened,
    Milestone::FeedbackGiven,
    Milestone::Lapsed,
];

impl Rule for NoWayBack {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let once: Vec<&Journey> = cx.journeys().filter(|it| recurs(cx, it)).collect();
        if once.is_empty() || !cx.is_whole() {
            return;
        }
        let win_back = touchpoints(cx).filter(|it| it.has(Purpose::WinBack));
        let win_back: BTreeSet<&str> = win_back.map(|it| &*it.journey.name.value).collect();
        for journey in once {
            let own = win_back.contains(&*journey.name.value);
            if !own && !journey.next.iter().any(|it| win_back.contains(&*it.value)) {
                report(cx, journey, out);
            }
        }
    }
}

/// Whether a journey lets people in once in a lifetime, at something that happens to them again.
fn recurs(cx: &LintContext<'_>, journey: &Journey) -> bool {
    let event = &journey.trigger.event.value;
    let has_key = cx.project().event(event).is_some_and(|it| it.key.is_some());
    let again = milestone_of(cx.project(), event).is_some_and(|it| RECURS.contains(&it));
    journey.reentry.is_some_and(|it| it.value == Reentry::Never) && (has_key || again)
}

fn report(cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
    let Some(reentry) = journey.reentry else {
        return;
    };
    let event = &journey.trigger.event;
    let has_key = cx.project().event(&event.value);
    let has_key = has_key.is_some_and(|it| it.key.is_some());
    let value = if has_key { "per_key" } else { "{after: 30d}" };
    let title = format!("write `reentry: {value}`");
    out.fail(
        reentry.span,
        format!("there is no way back into `{}`", journey.name.value),
    )
    .label("once in a lifetime")
    .related(event.span, "this happens to people more than once")
    .why("whoever left and comes again gets no help the second time")
    .help(format!(
        "{title}, or name a journey with the purpose `win_back` in `next`"
    ))
    .suggest(
        title,
        vec![Rewrite::Set {
            of: Spot::File(journey.name.span.file),
            key: "reentry",
            value: value.to_owned(),
        }],
    );
}
