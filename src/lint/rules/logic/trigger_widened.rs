use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::Condition;
use crate::model::edits::Edits;
use crate::model::reason::Vocabulary;
use crate::source::Span;

const WHY: &str =
    "people who were left out on purpose get the whole journey, and nobody thought of them";

rule! {
    TriggerWidened, id: "trigger-widened", group: Logic, level: Warning, docs: "trigger_widened.md"
}

impl Rule for TriggerWidened {
    fn looks_at_changes(&self) -> bool {
        true
    }

    fn check_change(&self, cx: &LintContext<'_>, change: &Edits<'_>, out: &mut Findings) {
        let (old, new) = (&change.before.trigger, &change.now.trigger);
        // Another event is another journey; there is nothing to compare.
        if old.event != new.event {
            return;
        }
        if new.enroll_existing == Some(true) && old.enroll_existing != Some(true) {
            out.fail(
                new.event.span,
                "everybody who qualifies already is let in now",
            )
            .label("`enroll_existing` was not set")
            .subject("enroll_existing")
            .why("thousands get the first letter on one day, long after the moment it is about")
            .help("remove `enroll_existing`, or accept this with `allow` and a reason");
        }
        let Some(before) = &old.filter else {
            return;
        };
        let words = Vocabulary::of(cx.project(), change.now);
        if let Some((span, label)) = widened(words, before, new.filter.as_ref(), new.event.span) {
            out.fail(span, "the trigger lets in people whom it kept out before")
                .label(label)
                .subject("where")
                .why(WHY)
                .help("put the condition back, or accept this with `allow` and a reason");
        }
    }
}

/// Where a condition lets more through than before, and what it was.
fn widened(
    words: Vocabulary<'_>,
    before: &Condition,
    now: Option<&Condition>,
    event: Span,
) -> Option<(Span, String)> {
    let Some(now) = now else {
        return Some((event, format!("`where: {before}` is gone")));
    };
    let (Ok(old), Ok(new)) = (&before.parsed, &now.parsed) else {
        return None;
    };
    words
        .widens(old, new)
        .then(|| (now.text.span, format!("was `{before}`")))
}
