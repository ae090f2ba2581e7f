use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::Journey;

rule! {
    TransitionUnmeasured, id: "transition-unmeasured", group: Governance, level: Note,
    docs: "transition_unmeasured.md",
}

impl Rule for TransitionUnmeasured {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let silent = journey.exits.iter().filter(|it| it.reason.is_none());
        let silent: Vec<_> = silent.collect();
        let Some(first) = silent.first() else {
            return;
        };
        let name = &journey.name.value;
        let events: Vec<String> = silent
            .iter()
            .take(4)
            .map(|it| format!("`{}`", it.on.value))
            .collect();
        let mut finding = out
            .fail(
                first.on.span,
                format!("reports cannot say why people leave `{name}`"),
            )
            .label("no `reason`");
        for it in silent.iter().skip(1).take(3) {
            finding = finding.related(it.on.span, "no `reason` either");
        }
        finding
            .why("where people get lost is where they need help, and nobody sees the place")
            .help(format!(
                "give a word for reports to {}, for example `reason: bought`",
                events.join(", ")
            ));
    }
}
