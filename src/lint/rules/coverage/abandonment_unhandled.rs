use crate::lint::answers::expected;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Milestone, Name};

rule! {
    AbandonmentUnhandled, id: "abandonment-unhandled", group: Coverage, level: Warning,
    docs: "abandonment_unhandled.md"
}

/// How many other events are pointed at.
const MOST: usize = 4;

impl Rule for AbandonmentUnhandled {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() || cx.journeys().next().is_none() {
            return;
        }
        let answers = cx.answers();
        let is_answered = |name: &Name| answers.get(&*name.value).is_some_and(|it| it.touched);
        let missing: Vec<&Name> = expected(cx.project(), &[Milestone::Intent])
            .filter(|(name, ..)| !is_answered(name))
            .map(|(name, ..)| name)
            .collect();
        let [first, others @ ..] = missing.as_slice() else {
            return;
        };
        let name = &first.value;
        let mut finding = out
            .fail(
                first.span,
                format!("nobody follows up on `{name}` when it leads nowhere"),
            )
            .label("somebody was about to buy, and no journey begins here")
            .why("most of them had a question, not a change of heart, and nobody was there to ask")
            .help(format!(
                "write a journey with `trigger: {{event: {name}}}` that waits some hours and then \
                 helps, or say why not: `ignored: …`"
            ));
        for other in others.iter().take(MOST) {
            finding = finding.related(other.span, "nor does any here");
        }
    }
}
