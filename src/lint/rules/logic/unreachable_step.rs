use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::Rewrite;
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Step, Steps};
use crate::source::{Span, Spanned};

rule! { UnreachableStep, id: "unreachable-step", group: Logic, level: Error, docs: "unreachable_step.md" }

impl Rule for UnreachableStep {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        ends(&journey.steps, out);
    }
}

/// Reports the steps that nobody reaches, and gives the step after which nobody is left, if there
/// is one. What follows a step is judged once: the first step that nobody reaches stands for all
/// after it.
fn ends(steps: &Steps, out: &mut Findings) -> Option<Span> {
    let mut ended = None;
    for (n, step) in steps.iter().enumerate() {
        let end = step_ends(&step.value, step.span, out);
        if ended.is_none()
            && let Some(end) = end
        {
            ended = Some(end);
            if let Some(next) = steps.get(n + 1) {
                report(&next.value, end, &steps[n + 1..], out);
            }
        }
    }
    ended
}

/// The step's own place if everybody leaves inside it.
fn step_ends(step: &Step, span: Span, out: &mut Findings) -> Option<Span> {
    // Every list is looked at, also when one of them has let people through.
    let mut all_end = |lists: Vec<&Steps>| {
        let ends: Vec<bool> = lists.iter().map(|it| ends(it, out).is_some()).collect();
        !ends.is_empty() && ends.iter().all(|it| *it)
    };
    let ends = match step {
        Step::Exit(_) => true,
        Step::Branch(it) => all_end(step.inner()) && it.otherwise.is_some(),
        Step::Split(_) => all_end(step.inner()),
        // Before the first round somebody may meet the condition already.
        Step::Repeat(it) => all_end(step.inner()) && it.until.is_none(),
        // Those for whom the event comes go on.
        Step::WaitFor(_) => {
            all_end(step.inner());
            false
        }
        _ => false,
    };
    ends.then_some(span)
}

fn report(step: &Step, end: Span, never: &[Spanned<Step>], out: &mut Findings) {
    let (more, span) = (never.len() - 1, never[0].span);
    let message = match step.id() {
        Some(id) => format!("nobody reaches `{}`", id.value),
        None => format!("nobody reaches this `{}`", step.kind()),
    };
    let label = match more {
        0 => "this step never happens".to_owned(),
        1 => "this step and the one after it never happen".to_owned(),
        _ => format!("this step and the {more} after it never happen"),
    };
    out.fail(span, message)
        .label(label)
        .related(end, "everybody has left the journey after this")
        .why("somebody planned these steps for the customer, who will never get them")
        .help("remove the steps, or move them before the `exit`")
        .rewrite(
            "remove what nobody reaches",
            never
                .iter()
                .map(|it| Rewrite::Remove { entry: it.span })
                .collect(),
        );
}
