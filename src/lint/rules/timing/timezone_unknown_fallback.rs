use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Name, Step};
use crate::source::Span;

rule! {
    TimezoneUnknownFallback, id: "timezone-unknown-fallback", group: Timing, level: Warning,
    docs: "timezone_unknown_fallback.md"
}

impl Rule for TimezoneUnknownFallback {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let project = cx.project();
        let fallback = &project.timezone;
        if !is_nowhere(&fallback.value) {
            return;
        }
        let Some((span, what)) = local_time(cx) else {
            return;
        };
        let lived_in: BTreeSet<&str> = project
            .personas
            .values()
            .filter_map(|it| it.zone.as_ref())
            .map(|it| &*it.value)
            .filter(|it| !is_nowhere(it))
            .collect();
        let example = lived_in.first().copied().unwrap_or("Europe/London");
        let message = format!("nobody lives in `{}`", fallback.value);
        out.fail(fallback.span, message)
            .label("the clock for people whose own zone is not known")
            .related(span, what)
            .why(
                "ten in the morning by a clock that nobody has is the middle of the night for some",
            )
            .help(format!(
                "write the zone that most customers live in, for example `timezone: {example}`"
            ));
    }
}

/// Whether a zone is an offset and not a place.
fn is_nowhere(zone: &str) -> bool {
    let offsets = [
        "UTC",
        "GMT",
        "UCT",
        "Zulu",
        "Universal",
        "Greenwich",
        "GMT0",
        "GMT+0",
        "GMT-0",
    ];
    offsets.contains(&zone) || zone.starts_with("Etc/")
}

/// The first place that speaks of the contact's own clock.
fn local_time(cx: &LintContext<'_>) -> Option<(Span, &'static str)> {
    let own = |zone: Option<&Name>| zone.is_none_or(|it| &*it.value == "contact");
    let policy = &cx.project().policy;
    if let Some(it) = policy
        .send_window
        .as_ref()
        .filter(|it| own(it.zone.as_ref()))
    {
        return Some((it.from.span, "the send window opens by the contact's clock"));
    }
    if let Some(it) = policy
        .quiet_hours
        .as_ref()
        .filter(|it| own(it.zone.as_ref()))
    {
        return Some((it.from.span, "quiet hours begin by the contact's clock"));
    }
    let at = |step: &Step| match step {
        Step::Wait(it) if own(it.zone.as_ref()) => it.at.as_ref().map(|it| it.span),
        Step::WaitUntil(it) => it.at.as_ref().map(|it| it.span),
        _ => None,
    };
    cx.journeys().find_map(|journey| {
        let span = journey.walk().find_map(|(step, _)| at(&step.value))?;
        Some((span, "this is a time on the contact's clock"))
    })
}
