use crate::graph::{Bound, Elapsed};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::{Limit, on_the_calendar};
use crate::lint::metric::is_of_opens;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Class, Duration, ExprKind, Journey, Step};

rule! {
    SendsToUnengaged, id: "sends-to-unengaged", group: Delivery, level: Warning, docs: "sends_to_unengaged.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 180, business_days: 0 }, &[])
}

impl Rule for SendsToUnengaged {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if asks_for_a_sign(journey) {
            return;
        }
        let cadence = cx.project().policy.cadence.as_ref();
        let promised = cadence.and_then(|it| it.sunset_after.as_ref());
        let limit =
            promised.map_or_else(|| cx.elapsed(self.info()), |it| on_the_calendar(it.value));
        let timetable = cx.timetable(journey);
        let late = |it: Bound| match it {
            Bound::Finite(it) => it > limit,
            // A wait without an end has a rule of its own.
            Bound::Endless => false,
        };
        let last = timetable
            .touches
            .iter()
            .filter(|it| {
                it.class == Some(Class::Commercial) && matches!(it.step.value, Step::Send(_))
            })
            .filter(|it| late(it.at.hi))
            .max_by_key(|it| it.at.hi);
        let Some(last) = last else { return };
        let days = match last.at.hi {
            Bound::Finite(it) => it.0 / Elapsed::DAY.0,
            Bound::Endless => 0,
        };
        let mut finding = out
            .fail(last.id.span, format!("`{}` also goes to people who have been silent for {days} days", last.id.value))
            .label("advertising that asks nobody whether they are still there")
            .why("who never reacts marks the mail as spam one day; providers count it, and all others get less");
        if let Some(promised) = promised {
            finding = finding.related(promised.span, "after this, mail stops");
        }
        finding.help(
            "ask for a sign of life that is no opened mail: `until: not contact.did(\"site_visited\", within=\"180d\")`",
        );
    }
}

/// Whether anything on the way asks what the person has done since, or waits for it.
fn asks_for_a_sign(journey: &Journey) -> bool {
    let waits = journey.walk().any(|(step, _)| match &step.value {
        Step::WaitFor(it) => !is_of_opens(&it.event.value),
        _ => false,
    });
    let at_entry = journey.trigger.filter.as_ref().map(|it| it.text.span);
    let asks = journey.conditions().into_iter().any(|condition| {
        let mut found = false;
        if let Ok(expr) = &condition.parsed {
            expr.walk(&mut |it| {
                found |= match &it.kind {
                    ExprKind::History(it) => !is_of_opens(&it.event),
                    ExprKind::Clicked { .. } => true,
                    _ => false,
                };
            });
        }
        found && Some(condition.text.span) != at_entry
    });
    waits || asks
}
