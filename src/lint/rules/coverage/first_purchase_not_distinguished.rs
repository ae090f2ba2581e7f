use crate::lint::answers::conditions_of;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{is_young, milestone_of, touchpoints_of};
use crate::model::{Condition, ExprKind, Journey, Milestone, Project, Purpose};

rule! {
    FirstPurchaseNotDistinguished, id: "first-purchase-not-distinguished", group: Coverage, level: Note,
    docs: "first_purchase_not_distinguished.md"
}

/// Parts of the names of attributes that tell new customers from old ones.
const TELLING: [&str; 10] = [
    "bought",
    "first",
    "loyal",
    "new",
    "order_count",
    "orders",
    "purchases",
    "repeat",
    "returning",
    "tier",
];

/// What reads the same however often somebody has bought.
const OF_ORDER: [Purpose; 5] = [
    Purpose::Confirmation,
    Purpose::Receipt,
    Purpose::NextSteps,
    Purpose::StatusUpdate,
    Purpose::LegalNotice,
];

impl Rule for FirstPurchaseNotDistinguished {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() || is_young(cx) {
            return;
        }
        let project = cx.project();
        let begins = |it: &&Journey| {
            milestone_of(project, &it.trigger.event.value) == Some(Milestone::Payment)
        };
        let mut journeys = cx.journeys().filter(begins).peekable();
        let Some(first) = journeys.peek().copied() else {
            return;
        };
        let mut personal = 0;
        for journey in journeys {
            if conditions_of(journey).iter().any(|it| tells(project, it)) {
                return;
            }
            let warm = touchpoints_of(project, journey);
            personal += warm
                .filter(|it| !OF_ORDER.iter().any(|own| it.has(*own)))
                .count();
        }
        if personal < 2 {
            return;
        }
        out.fail(
            first.trigger.event.span,
            "the first order is treated like the ninth",
        )
        .label("nothing after this asks whether they have bought before")
        .why("a newcomer wants a warm welcome, and an old customer wants to be recognised")
        .help(
            "branch on it, for example `if: contact.count(\"order_paid\", within=\"365d\") > 1`, or \
             write a journey of its own for first orders",
        );
    }
}

/// Whether a condition tells new customers from old ones.
fn tells(project: &Project, condition: &Condition) -> bool {
    let Ok(expr) = &condition.parsed else {
        return false;
    };
    let mut found = false;
    expr.walk(&mut |it| {
        found |= match &it.kind {
            ExprKind::History(it) => {
                milestone_of(project, &it.event) == Some(Milestone::Payment) && it.counts
            }
            ExprKind::Contact(name) | ExprKind::Event(name) => {
                TELLING.iter().any(|it| name.contains(it))
            }
            _ => false,
        };
    });
    found
}
