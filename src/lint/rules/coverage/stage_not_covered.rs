use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{follows_up, handles_payment, is_young, listed, touchpoints};
use crate::model::Stage;

rule! { StageNotCovered, id: "stage-not-covered", group: Coverage, level: Warning, docs: "stage_not_covered.md" }

impl Rule for StageNotCovered {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() || is_young(cx) {
            return;
        }
        let covered: BTreeSet<Stage> = touchpoints(cx).flat_map(|it| it.stages()).collect();
        // Where nobody says anything about stages, that is the thing to do first.
        if covered.is_empty() {
            return;
        }
        let sells = handles_payment(cx).is_some();
        // What is missing after a payment has rules of its own, which know more about it.
        let told = |it: Stage| match it {
            Stage::After => sells && !follows_up(cx),
            Stage::Return => sells,
            Stage::Before | Stage::During => false,
        };
        let missing = Stage::ALL.iter().copied();
        let missing = missing.filter(|it| !covered.contains(it) && !told(*it));
        let missing: Vec<&str> = missing.map(Stage::word).collect();
        let Some(first) = missing.first() else {
            return;
        };
        let message = match missing.len() {
            1 => format!("no touchpoint stands in the stage `{first}`"),
            count => format!(
                "{count} stages have no touchpoint: {}",
                listed(missing.iter().copied())
            ),
        };
        out.fail(cx.project().brand.name.span, message)
            .label("the journeys of this brand leave customers alone there")
            .why("fail at one stage, and what was done well at the others is forgotten")
            .help(format!(
                "write a journey with `stage: {first}`; a touch of another system counts as well: \
                 `- touch: {{id: …, channel: …, by: …}}`"
            ));
    }
}
