use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{follows_up, handles_payment, milestone_of};
use crate::model::Milestone;

rule! {
    FollowUpAfterSaleMissing, id: "follow-up-after-sale-missing", group: Coverage, level: Error,
    docs: "follow_up_after_sale_missing.md"
}

impl Rule for FollowUpAfterSaleMissing {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() {
            return;
        }
        let Some(journey) = handles_payment(cx) else {
            return;
        };
        if follows_up(cx) {
            return;
        }
        let event = &journey.trigger.event;
        let pays = milestone_of(cx.project(), &event.value) == Some(Milestone::Payment);
        let (place, label) = if pays {
            (
                event.span,
                "they have paid, and only the order is dealt with",
            )
        } else {
            (
                journey.span(),
                "it sees the payment, and then nobody asks how they are",
            )
        };
        out.fail(place, "after the sale nobody looks after the customer")
            .label(label)
            .why("they paid, got a receipt, and then nothing: that is the story they tell others")
            .help(
                "thank them, help them to begin, ask how it goes: for example \
                 `- send: {id: check-in, template: …, purpose: check_in}` some days after delivery",
            );
    }
}
