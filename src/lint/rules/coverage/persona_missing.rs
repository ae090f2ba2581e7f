use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{is_young, listed, touchpoints_of};
use crate::model::Journey;

rule! { PersonaMissing, id: "persona-missing", group: Coverage, level: Note, docs: "persona_missing.md" }

impl Rule for PersonaMissing {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let declared = &cx.project().personas;
        if declared.is_empty() {
            return;
        }
        let mut touchpoints = touchpoints_of(cx.project(), journey);
        if touchpoints.all(|it| !it.personas().is_empty()) {
            return;
        }
        let name = &journey.name.value;
        let known = listed(declared.keys().map(|it| &*it.value));
        out.fail(
            journey.span(),
            format!("`{name}` does not say for whom it is written"),
        )
        .label("no `personas`")
        .why("what is written for nobody in particular reads like it")
        .help(format!("add `personas: […]`; the project knows {known}"));
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let project = cx.project();
        if !cx.is_whole() || is_young(cx) || !project.personas.is_empty() {
            return;
        }
        out.fail(
            project.brand.name.span,
            "nobody says for whom these journeys are written",
        )
        .label("the project declares no `personas`")
        .why("what is written for nobody in particular reads like it")
        .help(
            "describe two or three typical people in `journeyc.yaml`, for example `personas: \
             {first-timer: {description: First order; wants to know what happens next}}`",
        );
    }
}
