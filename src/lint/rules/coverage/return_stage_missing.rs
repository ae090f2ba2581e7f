use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::received::{HAS_IT, is_told};
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{handles_payment, is_young, milestone_of, touchpoints};
use crate::model::{Journey, Milestone, Stage, Step};

rule! {
    ReturnStageMissing, id: "return-stage-missing", group: Coverage, level: Warning,
    docs: "return_stage_missing.md"
}

impl Rule for ReturnStageMissing {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() || is_young(cx) || handles_payment(cx).is_none() {
            return;
        }
        let mut first = None;
        for touchpoint in touchpoints(cx).filter(|it| it.is_in(Stage::Return)) {
            if comes_later(cx, touchpoint.journey) {
                return;
            }
            first = first.or(Some(touchpoint.journey));
        }
        let why = "the second order is won after the first has arrived; without a word they buy \
                   where they are remembered";
        match first {
            Some(journey) => {
                let stage = journey.stage.0.iter().find(|it| it.value == Stage::Return);
                out.fail(
                    stage.map_or(journey.span(), |it| it.span),
                    "the return stage begins before anything has arrived",
                )
                .label(format!(
                    "`{}` starts this at once",
                    journey.trigger.event.value
                ))
                .why(why)
                .help("let it begin with the delivery, or wait for that event first")
            }
            None => out
                .fail(
                    cx.project().brand.name.span,
                    "nothing invites customers to come back",
                )
                .label("no touchpoint stands in the stage `return`")
                .why(why)
                .help(
                    "write a journey with `stage: return` that begins with the delivery: useful \
                     letters, what the product needs next, a thank-you for loyal customers",
                ),
        };
    }
}

/// Whether people come into a journey, or at least to its later part, once they have what they
/// paid for. Where nobody says when that is, nobody can tell.
fn comes_later(cx: &LintContext<'_>, journey: &Journey) -> bool {
    let project = cx.project();
    let begins = milestone_of(project, &journey.trigger.event.value);
    if !matches!(begins, Some(Milestone::Payment | Milestone::Intent)) {
        return true;
    }
    let waits = |step: &Step| match step {
        Step::WaitFor(it) => {
            milestone_of(project, &it.event.value).is_some_and(|it| HAS_IT.contains(&it))
        }
        _ => false,
    };
    !is_told(project) || cx.is_entered(journey) || journey.walk().any(|(it, _)| waits(&it.value))
}
