use crate::diagnostic::Level;
use crate::lint::commercial::adverts;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::lint::watched::{carries, stops_on};
use crate::model::{Journey, Milestone};
use crate::source::Span;

rule! {
    SuppressionListNotApplied, id: "suppression-list-not-applied", group: Consent, level: Error,
    docs: "suppression_list_not_applied.md"
}

const WHY: &str = "who writes to dead addresses looks like a spammer, and then mail to the living is not delivered";

impl Rule for SuppressionListNotApplied {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let adverts = adverts(journey);
        let event = &journey.trigger.event;
        if let Some(first) = adverts.first()
            && carries(cx.project(), &event.value, Milestone::Bounced)
        {
            out.fail(
                first.id.span,
                format!(
                    "`{}` goes to an address that does not exist",
                    first.id.value
                ),
            )
            .label("a commercial message")
            .related(event.span, "says that mail to this person comes back")
            .why(WHY)
            .help("reach them in another way, such as a `task` with `channel: phone`");
            return;
        }
        let later = adverts.iter().find(|it| it.is_later);
        let bounced = cx.project().events_of(Milestone::Bounced).next();
        let (Some(later), Some(bounced)) = (later, bounced) else {
            return;
        };
        if stops_on(cx.project(), journey, Milestone::Bounced) {
            return;
        }
        let exit = format!(
            "{{on: {}, only: commercial, reason: bounced}}",
            bounced.value
        );
        out.fail(
            journey.span(),
            format!("`{}` goes on when mail comes back", journey.name.value),
        )
        .label("no exit watches it")
        .related(later.id.span, "still goes out")
        .why(WHY)
        .help(format!("add to `exits`: `- {exit}`"))
        .rewrite(
            "Stop commercial mail to addresses that bounce",
            vec![Rewrite::Add {
                of: Spot::File(journey.span().file),
                key: "exits",
                entry: exit,
            }],
        );
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let project = cx.project();
        if !cx.is_whole() || project.events_of(Milestone::Bounced).next().is_some() {
            return;
        }
        let Some(first) = cx
            .journeys()
            .find(|it| adverts(it).iter().any(|it| it.is_later))
        else {
            return;
        };
        let top = Span::start_of(project.brand.name.span.file);
        out.undecided(
            top,
            "nobody tells us when mail comes back",
            "an event with `milestone: bounced`, and an exit on it in every journey with commercial mail",
        )
        .level(Level::Error)
        .related(first.span(), "sends commercial mail over some time")
        .why(WHY);
    }
}
