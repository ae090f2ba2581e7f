use crate::graph::{Bound, Elapsed, Graph};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::on_the_calendar;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::model::{Class, Journey, Milestone, Reentry};

rule! { ReentryStorm, id: "reentry-storm", group: Logic, level: Warning, docs: "reentry_storm.md" }

impl Rule for ReentryStorm {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let Some(reentry) = &journey.reentry else {
            return;
        };
        let name = &journey.trigger.event;
        let event = cx.project().event(&name.value);
        let milestone = event.and_then(|it| it.milestone.as_ref());
        if milestone.is_none_or(|it| it.value != Milestone::Intent) {
            return;
        }
        let graph = cx.graph(journey);
        let Some(last) = last_commercial(&graph) else {
            return;
        };
        let label = match reentry.value {
            Reentry::Never => return,
            Reentry::Always => "every event starts the whole series again".to_owned(),
            Reentry::PerKey => "another basket or product starts the whole series again".to_owned(),
            Reentry::After(it) if last <= Bound::Finite(on_the_calendar(it)) => return,
            Reentry::After(it) => {
                format!(
                    "a second series can start after {it}, and the first one is not over by then"
                )
            }
        };
        let value = format!("{{after: {}d}}", pause(last));
        out.fail(
            reentry.span,
            format!("several `{}` start several series at once", name.value),
        )
        .label(label)
        .related(name.span, "people do this several times in an afternoon")
        .why("whoever looks around gets the same letters two and three times, hours apart")
        .help(format!(
            "write `reentry: {value}`, which is longer than the series"
        ))
        .suggest(
            format!("write `reentry: {value}`"),
            vec![Rewrite::Set {
                of: Spot::File(journey.name.span.file),
                key: "reentry",
                value,
            }],
        );
    }
}

/// The latest time at which the last commercial message goes out.
fn last_commercial(graph: &Graph<'_>) -> Option<Bound> {
    let commercial = graph
        .touchpoints()
        .filter(|(_, it)| it.class == Some(Class::Commercial));
    commercial.filter_map(|(id, _)| graph.latest(id)).max()
}

/// Days until a second series may start: a week at least.
fn pause(last: Bound) -> i64 {
    let week = 7;
    match last {
        Bound::Finite(it) => (it.0 / Elapsed::DAY.0 + 1).max(week),
        Bound::Endless => 30,
    }
}
