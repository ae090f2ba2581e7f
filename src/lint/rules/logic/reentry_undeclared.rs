use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Milestone};

rule! { ReentryUndeclared, id: "reentry-undeclared", group: Logic, level: Warning, docs: "reentry_undeclared.md" }

/// What happens to one person again and again, whether or not the event has a key.
const AGAIN: [Milestone; 10] = [
    Milestone::Payment,
    Milestone::Delivered,
    Milestone::Refunded,
    Milestone::ReturnRequested,
    Milestone::ComplaintOpened,
    Milestone::ComplaintClosed,
    Milestone::FeedbackGiven,
    Milestone::ReferredSignup,
    Milestone::Lapsed,
    Milestone::Intent,
];

impl Rule for ReentryUndeclared {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let name = &journey.trigger.event;
        let Some(event) = cx.project().event(&name.value) else {
            return;
        };
        let milestone = event.milestone.as_ref().map(|it| it.value);
        let again = milestone.is_some_and(|it| AGAIN.contains(&it));
        if journey.reentry.is_some() || (event.key.is_none() && !again) {
            return;
        }
        let intent = milestone == Some(Milestone::Intent);
        let value = match &event.key {
            Some(_) if !intent => "per_key",
            _ => "{after: 30d}",
        };
        let label = match &event.key {
            Some(key) => format!("each `{}` is another case, and comes again", key.value),
            None => "this happens to one person more than once".to_owned(),
        };
        out.fail(
            name.span,
            format!("nobody knows what a second `{}` does", name.value),
        )
        .label(label)
        .why(
            "one mail provider sends the second order nothing, another sends it everything twice; customers \
             meet whichever it is",
        )
        .help(format!(
            "say it: `reentry: {value}`; or `never`, `always`, `per_key`, `{{after: 30d}}`"
        ))
        .suggest(
            format!("write `reentry: {value}`"),
            vec![Rewrite::Set {
                of: Spot::File(journey.name.span.file),
                key: "reentry",
                value: value.to_owned(),
            }],
        );
    }
}
