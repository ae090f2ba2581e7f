use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::model::{Class, Journey, Purpose, Send, Step, WhenFull};
use crate::source::Span;

rule! {
    CriticalTouchpointCappable, id: "critical-touchpoint-cappable", group: Overlap, level: Error,
    docs: "critical_touchpoint_cappable.md"
}

/// What must reach everybody.
const CRITICAL: [Purpose; 8] = [
    Purpose::Confirmation,
    Purpose::Receipt,
    Purpose::NextSteps,
    Purpose::DelayNotice,
    Purpose::Apology,
    Purpose::Acknowledgement,
    Purpose::RenewalNotice,
    Purpose::LegalNotice,
];

impl Rule for CriticalTouchpointCappable {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let cap = cx.project().policy.frequency_cap.as_ref();
        let drops = cap.is_some_and(|it| it.when_full == WhenFull::Skip);
        for (step, _) in journey.walk() {
            let Step::Send(send) = &step.value else {
                continue;
            };
            let Some(purpose) = CRITICAL
                .iter()
                .find(|it| send.purpose.0.iter().any(|own| own.value == **it))
            else {
                continue;
            };
            if drops
                && journey.class_of(send) == Class::Commercial
                && send.bypass_window != Some(true)
            {
                capped(step.span, send, *purpose, out);
            } else if journey.holdout.is_some_and(|it| it > 0) {
                held_out(journey, send, *purpose, out);
                // The percentage stands at the journey: once is enough.
                return;
            }
        }
    }
}

fn capped(step: Span, send: &Send, purpose: Purpose, out: &mut Findings) {
    let id = &send.id;
    let cure = vec![Rewrite::Set {
        of: Spot::Step(step),
        key: "bypass_window",
        value: "true".to_owned(),
    }];
    out.fail(
        id.span,
        format!("the frequency cap may drop `{}`", id.value),
    )
    .label(format!(
        "a commercial message with the purpose `{}`",
        purpose.word()
    ))
    .why("whoever has had two newsletters this week never learns what happens with the order")
    .help("say `class: transactional` if nothing is sold in it, or `bypass_window: true`")
    .rewrite("let the message bypass windows and caps", cure);
}

fn held_out(journey: &Journey, send: &Send, purpose: Purpose, out: &mut Findings) {
    let percent = journey.holdout.unwrap_or_default();
    let id = &send.id;
    out.fail(
        id.span,
        format!("{percent} % of people never get `{}`", id.value),
    )
    .subject("holdout")
    .label(format!(
        "a message with the purpose `{}`, in a journey with a holdout",
        purpose.word()
    ))
    .why("to measure what the journey is worth, some customers are left without an answer")
    .help("move it to a journey of its own without `holdout`");
}
