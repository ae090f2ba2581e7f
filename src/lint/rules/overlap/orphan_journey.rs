use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::model::Journey;
use crate::model::reason::Vocabulary;

rule! {
    OrphanJourney, id: "orphan-journey", group: Overlap, level: Warning, docs: "orphan_journey.md"
}

impl Rule for OrphanJourney {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        // Whoever is sent here by `enter` comes past the trigger.
        if cx.is_entered(journey) {
            return;
        }
        let trigger = &journey.trigger;
        let name = &journey.name.value;
        let events = &cx.program().project.events;
        if let Some((declared, event)) = events.get_key_value(&*trigger.event.value)
            && let Some(reason) = &event.ignored
        {
            let cure = vec![Rewrite::Unset {
                of: Spot::Around(reason.span),
                key: "ignored",
            }];
            out.fail(
                trigger.event.span,
                format!("`{name}` waits for an event that is said to be ignored"),
            )
            .label("starts the journey")
            .related(declared.span, "declared here")
            .related(reason.span, "this reason says that nobody answers it")
            .why(
                "either nobody gets these letters, or somebody relies on a reason that is not true",
            )
            .help("take `ignored` out of the event, or remove the journey")
            .suggest("say no longer that the event is ignored", cure);
        }
        if let Some(filter) = &trigger.filter
            && let Ok(expr) = &filter.parsed
            && !Vocabulary::of(cx.project(), journey).lets_in(expr, &trigger.event.value)
        {
            out.fail(
                filter.text.span,
                format!("nobody ever enters `{name}`"),
            )
            .subject("where")
            .label("this can never be true")
            .why("the team believes that these customers are looked after, and nobody writes to them")
            .help("correct the condition, or remove the journey");
        }
    }
}
