use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::reason::Vocabulary;
use crate::model::{Expr, ExprKind, Journey, Name, Reentry, Step};

rule! {
    OrphanNext, id: "orphan-next", group: Overlap, level: Error, docs: "orphan_next.md"
}

impl Rule for OrphanNext {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        for name in &journey.next {
            let Some(next) = cx.journey(&name.value) else {
                continue;
            };
            let is_self = next.name.value == journey.name.value;
            if is_self && next.reentry.is_some_and(|it| it.value == Reentry::Never) {
                let message = format!(
                    "`{}` follows itself, and nobody may enter it twice",
                    name.value
                );
                report(name, message, "says `reentry: never`", out);
            } else if !is_self && excludes(cx, journey, next) {
                let message = format!("nobody who leaves here can enter `{}`", name.value);
                report(
                    name,
                    message,
                    "its condition excludes those who come from here",
                    out,
                );
            }
        }
    }
}

/// Whether those who were let into one journey can never be let into the next. Only what is known
/// of the person lasts from one to the other, and only if this journey does not change it.
fn excludes(cx: &LintContext<'_>, journey: &Journey, next: &Journey) -> bool {
    let filter = |it: &Journey| {
        let parsed = it.trigger.filter.as_ref().map(|it| it.parsed.clone());
        parsed.and_then(Result::ok)
    };
    let (Some(own), Some(other)) = (filter(journey), filter(next)) else {
        return false;
    };
    let mut written = Vec::new();
    for (step, _) in journey.walk() {
        if let Step::Set(it) = &step.value {
            written.push(&*it.attribute.value);
        }
    }
    let lasts = |it: &Expr| {
        let mut lasts = true;
        it.walk(&mut |node| match &node.kind {
            ExprKind::Event(_) | ExprKind::History(_) => lasts = false,
            ExprKind::Contact(name) => lasts &= !written.contains(&&**name),
            _ => {}
        });
        lasts
    };
    lasts(&own)
        && lasts(&other)
        && !Vocabulary::of(cx.project(), journey).possible([(&own, true), (&other, true)])
}

fn report(name: &Name, message: String, label: &str, out: &mut Findings) {
    out.fail(name.span, message)
        .subject(&*name.value)
        .label(label)
        .why("the plan says that the relationship goes on here, and for these people it ends")
        .help("name a journey that they can enter, or correct the conditions of the two triggers");
}
