use crate::lint::context::LintContext;
use crate::lint::duties::{Duty, broken, without_payment};
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::Duration;

rule! {
    NextStepsAfterPayment, id: "next-steps-after-payment", group: Timing, level: Error, docs: "next_steps_after_payment.md",
    limit: Limit::Duration(Duration { minutes: 24 * 60, days: 0, business_days: 0 }, &[])
}

impl Rule for NextStepsAfterPayment {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        for it in broken(cx, Duty::NextSteps, cx.elapsed(self.info())) {
            let help = if it.is_held {
                "give the message `class: transactional`: service mail waits for no window and no cap"
            } else if it.is_missing {
                "say what happens next in the first message, and write `purpose: [confirmation, next_steps]` there"
            } else {
                "send it at once, or say what happens next in the confirmation: `purpose: [confirmation, next_steps]`"
            };
            it.report("next steps", out)
                .why("they have paid and do not know what happens now, so they ask, and regret")
                .help(help);
        }
        if let Some(journey) = without_payment(cx) {
            out.undecided(
                journey.trigger.event.span,
                "nobody can tell whether people learn what happens after they pay",
                "declare the event that says that somebody has paid, for example `order_paid: {milestone: payment}`",
            )
            .label("no event carries the milestone `payment`")
            .why("whoever has paid wants to know what happens now");
        }
    }
}
