use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::model::{Milestone, Purpose};

rule! {
    ImpersonalPostPurchase, id: "impersonal-post-purchase", group: Message, level: Note,
    docs: "impersonal_post_purchase.md"
}

/// What is about one order.
const OF_AN_ORDER: [Purpose; 7] = [
    Purpose::Confirmation,
    Purpose::Receipt,
    Purpose::NextSteps,
    Purpose::StatusUpdate,
    Purpose::DelayNotice,
    Purpose::CheckIn,
    Purpose::FeedbackRequest,
];

impl Rule for ImpersonalPostPurchase {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let project = cx.project();
        let is_about_an_order = |it: &&crate::lint::letter::SentBy<'_>| {
            let event = project.event(&it.journey.trigger.event.value);
            let bought = event.is_some_and(|it| {
                let milestone = it.milestone.map(|it| it.value);
                let after = [
                    Milestone::Payment,
                    Milestone::Delivered,
                    Milestone::ServiceStarted,
                ];
                !it.properties.is_empty() && milestone.is_some_and(|it| after.contains(&it))
            });
            bought && it.send.purpose.values().any(|it| OF_AN_ORDER.contains(&it))
        };
        let Some(by) = letter.sent_by.iter().find(is_about_an_order) else {
            return;
        };
        let knows = |it: &crate::lint::declared::Used<'_>| it.own.path.starts_with("event.");
        if letter.used().iter().any(knows) {
            return;
        }
        let event = &by.journey.trigger.event.value;
        let properties = project.event(event).map(|it| &it.properties);
        let first = properties.and_then(|it| it.keys().next());
        let name = first.map_or("…", |it| &*it.value);
        out.fail(
            letter.span(),
            format!("`{}` says nothing about the order", letter.template.name),
        )
        .label(format!("nothing that `{event}` tells stands in this mail"))
        .related(by.send.id.span, "sent after somebody has bought")
        .subject(&*letter.template.name)
        .why("people with two orders do not know which one is meant, and all get the same letter")
        .help(format!(
            "name what they bought, or at least `{{{{ event.{name} }}}}`"
        ));
    }
}
