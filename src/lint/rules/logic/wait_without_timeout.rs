use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Step, WaitFor};

rule! { WaitWithoutTimeout, id: "wait-without-timeout", group: Logic, level: Error, docs: "wait_without_timeout.md" }

impl Rule for WaitWithoutTimeout {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        for (step, _) in journey.walk() {
            if let Step::WaitFor(it) = &step.value {
                check(it, out);
            }
        }
    }
}

fn check(wait: &WaitFor, out: &mut Findings) {
    if wait.timeout.is_some() {
        return;
    }
    let event = &wait.event;
    let timeout = Rewrite::Set {
        of: Spot::Around(wait.id.span),
        key: "timeout",
        value: "10d".to_owned(),
    };
    if let Some(step) = wait.on_timeout.as_ref().and_then(|it| it.first()) {
        let message = format!("`{}` has an `on_timeout` but no `timeout`", wait.id.value);
        out.fail(wait.id.span, message)
            .label(format!("waits for `{}` without end", event.value))
            .related(step.span, "so this never happens")
            .why("the help for people whose event does not come never reaches them")
            .help("say how long to wait, for example `timeout: 10d`")
            .suggest("give up after 10 days", vec![timeout]);
    } else if !wait.perpetual {
        let message = format!(
            "`{}` waits for `{}` without end",
            wait.id.value, event.value
        );
        out.fail(event.span, message)
            .label("if this never comes, nothing more happens")
            .why("the customer for whom something went wrong is the one who hears nothing more")
            .help(
                "add `timeout: 10d` and say under `on_timeout:` what happens then; \
                 write `perpetual: true` if waiting for ever is meant",
            );
    }
}
