use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::Journey;

rule! {
    GoalMissing, id: "goal-missing", group: Governance, level: Warning, docs: "goal_missing.md",
}

impl Rule for GoalMissing {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let name = &journey.name.value;
        let Some(goal) = &journey.goal else {
            out.fail(journey.span(), format!("`{name}` does not say what it hopes for"))
                .label("`goal` is missing")
                .why("without it nobody can say whether the mail helps anybody, so more mail is added")
                .help("name the event that shows success, for example `goal: {event: order_paid, within: 90d}`");
            return;
        };
        if goal.within.is_none() {
            out.fail(
                goal.event.span,
                format!("`{name}` never fails: its goal has no end"),
            )
            .label("no `within`")
            .why("an order two years later is no success of this mail, and is counted as one")
            .help("say how long after the entry it counts, for example `within: 90d`");
        }
    }
}
