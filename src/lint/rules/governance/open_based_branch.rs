use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::metric::is_of_opens;
use crate::lint::rule::{Rule, rule};
use crate::model::{Condition, ExprKind, Journey, Step};
use crate::source::Span;

rule! {
    OpenBasedBranch, id: "open-based-branch", group: Governance, level: Warning,
    docs: "open_based_branch.md",
}

impl Rule for OpenBasedBranch {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        for (step, _) in journey.walk() {
            match &step.value {
                Step::WaitFor(it) if is_of_opens(&it.event.value) => {
                    report(
                        &it.event.value,
                        it.event.span,
                        "waits for an opened mail",
                        out,
                    );
                }
                Step::Branch(it) => {
                    for way in &it.when {
                        check(&way.condition, out);
                    }
                }
                Step::Send(it) => {
                    let conditions = it.only_if.iter().chain(&it.unless);
                    conditions.for_each(|it| check(it, out));
                }
                Step::Task(it) => {
                    let conditions = it.only_if.iter().chain(&it.unless);
                    conditions.for_each(|it| check(it, out));
                }
                Step::Touch(it) => {
                    let conditions = it.only_if.iter().chain(&it.unless);
                    conditions.for_each(|it| check(it, out));
                }
                Step::Repeat(it) => it.until.iter().for_each(|it| check(it, out)),
                _ => {}
            }
        }
    }
}

fn check(condition: &Condition, out: &mut Findings) {
    let Ok(expr) = &condition.parsed else {
        return;
    };
    let mut opened = None;
    expr.walk(&mut |it| {
        if let ExprKind::History(history) = &it.kind
            && is_of_opens(&history.event)
        {
            opened.get_or_insert_with(|| history.event.clone());
        }
    });
    if let Some(event) = opened {
        report(
            &event,
            condition.text.span,
            "decides by an opened mail",
            out,
        );
    }
}

fn report(event: &str, span: Span, what: &str, out: &mut Findings) {
    out.fail(span, format!("this {what}: `{event}`"))
        .label("mail programs open mail by themselves, and hide opens of people who read")
        .why("readers are treated as absent and absent people as readers")
        .help(
            "decide by what people do: `contact.clicked(\"step\")`, a visit, an answer or an order",
        )
        .subject(event);
}
