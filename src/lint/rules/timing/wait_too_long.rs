use crate::diagnostic::Level;
use crate::graph::Elapsed;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::{Limit, on_the_calendar};
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Journey, Name, Step};
use crate::source::Spanned;

/// Longer than this, providers refuse the wait.
const PROVIDERS: Elapsed = Elapsed(365 * Elapsed::DAY.0);

rule! {
    WaitTooLong, id: "wait-too-long", group: Timing, level: Warning, docs: "wait_too_long.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 90, business_days: 0 }, &[])
}

impl Rule for WaitTooLong {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let limit = cx.duration(self.info());
        for (step, _) in journey.walk() {
            match &step.value {
                Step::Wait(it) => check("wait", it.duration.as_ref(), it.id.as_ref(), limit, out),
                Step::WaitFor(it) => {
                    check("timeout", it.timeout.as_ref(), Some(&it.id), limit, out);
                }
                _ => {}
            }
        }
    }
}

fn check(
    kind: &str,
    wait: Option<&Spanned<Duration>>,
    id: Option<&Name>,
    limit: Duration,
    out: &mut Findings,
) {
    let Some(wait) =
        wait.filter(|it| on_the_calendar(it.value) > on_the_calendar(limit).min(PROVIDERS))
    else {
        return;
    };
    let message = match id {
        Some(id) => format!("`{}` waits {} at one stretch", id.value, wait.value),
        None => format!("a {kind} of {} at one stretch", wait.value),
    };
    let mut finding = out
        .fail(wait.span, message)
        .measure(on_the_calendar(wait.value).0)
        .why("by then the customer has forgotten us, has moved, or has bought again");
    if id.is_none() {
        finding = finding.subject(wait.value.to_string());
    }
    if on_the_calendar(wait.value) > PROVIDERS {
        finding
            .level(Level::Error)
            .label("longer than a year, which providers refuse")
            .help("end the journey here and let an event start the next one");
    } else {
        finding
            .label(format!("longer than {limit}"))
            .help("say something useful in between, or end here and let an event start the rest");
    }
}
