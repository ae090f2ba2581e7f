use crate::lint::context::LintContext;
use crate::lint::findings::{Finding, Findings};
use crate::lint::rule::{Rule, rule};
use crate::lint::walk::{Visit, walk};
use crate::model::{Branch, Condition, Journey};
use crate::source::Span;

rule! { DeadBranch, id: "dead-branch", group: Logic, level: Warning, docs: "dead_branch.md" }

impl Rule for DeadBranch {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        walk(cx, journey, &mut |visit| match visit {
            Visit::Way(way, Some(by)) => way_is_dead(&way.condition, &by, out),
            Visit::Otherwise(branch, Some(by)) => otherwise_is_dead(branch, &by, out),
            Visit::Touchpoint(condition, truth, Some(by)) => {
                touchpoint_is_dead(condition, truth, &by, out);
            }
            _ => {}
        });
    }
}

fn way_is_dead(condition: &Condition, by: &[Span], out: &mut Findings) {
    let finding = out
        .fail(condition.text.span, "nobody takes this way")
        .label("this never holds here")
        .subject(&*condition.text.value)
        .why("the people whom it was written for get something else, and nobody notices")
        .help("correct the condition, or remove the way");
    blame(finding, by, condition.text.span);
}

fn otherwise_is_dead(branch: &Branch, by: &[Span], out: &mut Findings) {
    // An empty `else` that nobody needs does no harm.
    let Some(step) = branch.otherwise.as_ref().and_then(|it| it.first()) else {
        return;
    };
    let message = format!("nobody takes the `else` of `{}`", branch.id.value);
    let finding = out
        .fail(step.span, message)
        .step(&branch.id)
        .label("one of the conditions above always holds")
        .why("the people whom it was written for get something else, and nobody notices")
        .help("correct the conditions, or write `else: []`");
    blame(finding, by, step.span);
}

fn touchpoint_is_dead(condition: &Condition, truth: bool, by: &[Span], out: &mut Findings) {
    let label = if truth {
        "this `if` never holds here"
    } else {
        "this `unless` always holds here"
    };
    let finding = out
        .fail(condition.text.span, "nobody gets this")
        .label(label)
        .subject(&*condition.text.value)
        .why("the customer never gets what was planned for this moment")
        .help("correct the condition, or remove the step");
    blame(finding, by, condition.text.span);
}

/// Points at what rules it out. Where nothing does, the declared values are enough.
fn blame(mut finding: Finding<'_>, by: &[Span], own: Span) {
    for span in by.iter().filter(|it| **it != own) {
        finding = finding.related(*span, "because of what this says");
    }
}
