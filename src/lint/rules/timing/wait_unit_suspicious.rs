use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rewrite::Rewrite;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Class, Duration, Journey, Milestone, Step, Steps};
use crate::source::Spanned;

rule! {
    WaitUnitSuspicious, id: "wait-unit-suspicious", group: Timing, level: Warning, docs: "wait_unit_suspicious.md",
    limit: Limit::Duration(Duration { minutes: 60, days: 0, business_days: 0 }, &[])
}

/// Numbers of hours that people think in; as minutes they make no sense.
const HOURS: [u32; 4] = [72, 96, 144, 168];

/// How a message reaches people, and whether it is commercial.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Touched {
    channel: &'static str,
    commercial: bool,
}

impl Rule for WaitUnitSuspicious {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let limit = cx.duration(self.info());
        list(journey, &journey.steps, limit, out);
        for (step, _) in journey.walk() {
            for steps in step.value.inner() {
                list(journey, steps, limit, out);
            }
            if let Step::WaitFor(it) = &step.value
                && let Some(timeout) = &it.timeout
                && is_slow(cx, &it.event.value)
                && is_minutes(timeout.value)
                && (1..limit.minutes).contains(&timeout.value.minutes)
            {
                report(
                    "timeout",
                    timeout,
                    "nothing arrives and nobody answers in so few minutes",
                    out,
                );
            }
        }
    }
}

/// Whether an event takes its time: a delivery, an answer.
fn is_slow(cx: &LintContext<'_>, event: &str) -> bool {
    let milestone = cx.project().event(event).and_then(|it| it.milestone);
    milestone.is_some_and(|it| {
        matches!(
            it.value,
            Milestone::Delivered
                | Milestone::ServiceStarted
                | Milestone::FeedbackGiven
                | Milestone::RenewalDue
                | Milestone::Lapsed
        )
    })
}

fn is_minutes(it: Duration) -> bool {
    it.days == 0 && it.business_days == 0
}

/// Looks at the waits between two commercial messages that follow one another in a list.
fn list(journey: &Journey, steps: &Steps, limit: Duration, out: &mut Findings) {
    for (at, step) in steps.iter().enumerate() {
        let Step::Wait(wait) = &step.value else {
            continue;
        };
        let Some(duration) = &wait.duration else {
            continue;
        };
        let plain = wait.at.is_none() && wait.on.is_empty() && is_minutes(duration.value);
        if !plain {
            continue;
        }
        let touched = |it: &Spanned<Step>| touched(journey, &it.value);
        let before = steps[..at].iter().rev().find_map(touched);
        let after = steps[at + 1..].iter().find_map(touched);
        let (Some(before), Some(after)) = (before, after) else {
            continue;
        };
        let minutes = duration.value.minutes;
        // Two messages on one channel in so short a time are the business of `zero-wait`.
        let short = (1..limit.minutes).contains(&minutes) && before.channel != after.channel;
        if before.commercial && after.commercial && (short || HOURS.contains(&minutes)) {
            report(
                "wait",
                duration,
                "two commercial messages with so little time in between",
                out,
            );
        }
    }
}

fn touched(journey: &Journey, step: &Step) -> Option<Touched> {
    match step {
        Step::Send(it) => Some(Touched {
            channel: "email",
            commercial: journey.class_of(it) == Class::Commercial,
        }),
        Step::Touch(it) => Some(Touched {
            channel: it.channel.word(),
            commercial: it.class.map_or(journey.class, |it| it.value) == Class::Commercial,
        }),
        _ => None,
    }
}

fn report(kind: &str, duration: &Spanned<Duration>, label: &str, out: &mut Findings) {
    let minutes = duration.value.minutes;
    let hours = Duration::of_hours(minutes);
    out.fail(
        duration.span,
        format!("a {kind} of {minutes} minutes: were hours meant?"),
    )
    .subject(duration.value.to_string())
    .label(label)
    .why("what was to be a friendly word on another day comes in the same breath")
    .help(format!(
        "write `{hours}` if hours were meant, or `{minutes}d` for days"
    ))
    .suggest(
        format!("make it {minutes} hours"),
        vec![Rewrite::Replace {
            at: duration.span,
            value: hours.to_string(),
        }],
    );
}
