use crate::lint::context::LintContext;
use crate::lint::duties::{Duty, broken, without_payment};
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Profile};

rule! {
    SilenceAfterPayment, id: "silence-after-payment", group: Timing, level: Error, docs: "silence_after_payment.md",
    limit: Limit::Duration(
        Duration { minutes: 24 * 60, days: 0, business_days: 0 },
        &[(Profile::B2b, Duration { minutes: 48 * 60, days: 0, business_days: 0 })],
    )
}

impl Rule for SilenceAfterPayment {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        for it in broken(cx, Duty::AWord, cx.elapsed(self.info())) {
            it.report("a word", out)
                .why("they have given us money and hear nothing: was it received, or was it a fraud?")
                .help(
                    "begin with a confirmation of class `transactional`; if another system writes it, say so: \
                     `- touch: {id: receipt, channel: email, by: shop, purpose: receipt}`",
                );
        }
        if let Some(journey) = without_payment(cx) {
            let event = &journey.trigger.event;
            out.undecided(
                event.span,
                "nobody can tell whether people hear from us after they pay",
                "declare the event that says that somebody has paid, for example `order_paid: {milestone: payment}`",
            )
            .label("no event carries the milestone `payment`")
            .why("silence after the payment is what customers remember longest");
        }
    }
}
