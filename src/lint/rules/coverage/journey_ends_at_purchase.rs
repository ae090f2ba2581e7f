use crate::lint::answers::ends_at_purchase;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};

rule! {
    JourneyEndsAtPurchase, id: "journey-ends-at-purchase", group: Coverage, level: Warning,
    docs: "journey_ends_at_purchase.md"
}

/// How many other journeys are pointed at.
const MOST: usize = 4;

impl Rule for JourneyEndsAtPurchase {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() {
            return;
        }
        let ending = ends_at_purchase(cx);
        let [first, others @ ..] = ending.as_slice() else {
            return;
        };
        let Some(goal) = &first.goal else {
            return;
        };
        let event = &goal.event;
        let mut finding = out
            .fail(
                event.span,
                format!("`{}` ends where the customer begins", first.name.value),
            )
            .label("this is all it wants, and no journey goes on from here")
            .why("they have completed the buyer's journey, but their own has only begun")
            .help(format!(
                "write a journey that begins with it, `trigger: {{event: {}}}`, and name it here: \
                 `next: [post-purchase]`",
                event.value
            ));
        for other in others.iter().take(MOST) {
            if let Some(goal) = &other.goal {
                let text = format!("`{}` ends here, too", other.name.value);
                finding = finding.related(goal.event.span, text);
            }
        }
    }
}
