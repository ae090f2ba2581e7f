use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Level, Witness};
use crate::graph::{Bound, Elapsed, Graph, Lens, Origin, Path};
use crate::lint::context::LintContext;
use crate::lint::duties::spoken;
use crate::lint::findings::Findings;
use crate::lint::limit::{Limit, on_the_calendar};
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{
    Duration, Journey, Jurisdiction, Milestone, Name, Project, Purpose, Step, WaitFor,
};
use crate::source::{Span, Spanned};

rule! {
    DelayNoticeMissing, id: "delay-notice-missing", group: Timing, level: Warning, docs: "delay_notice_missing.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 1, business_days: 0 }, &[])
}

/// When nothing was promised, the law of the United States takes this for the promise.
const UNPROMISED: Elapsed = Elapsed(30 * Elapsed::DAY.0);

/// A journey that waits for the delivery and does not tell in time that it is late.
struct Silent<'p> {
    journey: &'p Journey,
    wait: &'p WaitFor,
    path: Path,
    due: Elapsed,
    witness: Witness,
    /// The lowest is blamed: whether it begins elsewhere than with the payment, and whether nobody
    /// is ever told.
    rank: (bool, bool, Reverse<Option<i32>>, Span),
}

impl Rule for DelayNoticeMissing {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() {
            return;
        }
        let grace = cx.elapsed(self.info());
        // For each awaited delivery the journeys to blame; nothing if one tells those who wait, since
        // others need not tell them again.
        let mut awaited: BTreeMap<&str, Option<Vec<Silent<'_>>>> = BTreeMap::new();
        // What begins the journeys that tell of delays.
        let mut told_after: BTreeSet<&str> = BTreeSet::new();
        let mut watched: BTreeSet<&str> = BTreeSet::new();
        for journey in cx.journeys() {
            if tells(journey) {
                told_after.insert(&journey.trigger.event.value);
            }
            let Some(wait) = awaits(cx.project(), journey) else {
                continue;
            };
            let event = &*wait.event.value;
            watched.insert(event);
            // Who comes with something in their hands is not told that it is late.
            let asks_for_pay = || !cx.graph(journey).origins(Milestone::Payment).is_empty();
            if has_it(cx.project(), journey) && !cx.is_entered(journey) && !asks_for_pay() {
                continue;
            }
            if matches!(awaited.get(event), Some(None)) {
                continue;
            }
            let promise = promise(cx.project(), event);
            let known = awaited.entry(event).or_insert_with(|| Some(Vec::new()));
            match (judge(cx, journey, wait, promise, grace), known) {
                (Some(it), Some(all)) => all.push(it),
                (_, known) => *known = None,
            }
        }
        for (event, silent) in &awaited {
            // A journey that answers the carrier's bad news is another way to do it.
            let told_otherwise = |it: &&Silent<'_>| {
                let own = &*it.journey.trigger.event.value;
                it.rank.1 && told_after.iter().any(|event| *event != own)
            };
            let silent = silent.iter().flatten().filter(|it| !told_otherwise(it));
            if let Some(it) = silent.min_by_key(|it| it.rank) {
                report(cx, it, promise(cx.project(), event), out);
            }
        }
        if !told_after.is_empty() {
            return;
        }
        for event in arrivals(cx.project()) {
            let promise = promise(cx.project(), &event.value);
            if let Some(promise) = promise.filter(|_| !watched.contains(&*event.value)) {
                nobody(cx, promise, out);
            }
        }
    }
}

fn promise<'p>(project: &'p Project, event: &str) -> Option<&'p Spanned<Duration>> {
    project.event(event)?.promised_within.as_ref()
}

fn arrivals(project: &Project) -> impl Iterator<Item = &Name> {
    let wanted = [Milestone::Delivered, Milestone::ServiceStarted];
    wanted.into_iter().flat_map(|it| project.events_of(it))
}

fn is_arrival(project: &Project, event: &str) -> bool {
    let milestone = project.event(event).and_then(|it| it.milestone);
    let wanted = [Milestone::Delivered, Milestone::ServiceStarted];
    milestone.is_some_and(|it| wanted.contains(&it.value))
}

/// Whether a journey begins with what excuses the silence.
fn has_it(project: &Project, journey: &Journey) -> bool {
    let event = project.event(&journey.trigger.event.value);
    let excuses = [
        Milestone::Delivered,
        Milestone::ServiceStarted,
        Milestone::Refunded,
    ];
    event
        .and_then(|it| it.milestone)
        .is_some_and(|it| excuses.contains(&it.value))
}

fn tells(journey: &Journey) -> bool {
    journey.walk().any(|(step, _)| {
        let purposes = step.value.purposes();
        purposes.iter().any(|it| it.value == Purpose::DelayNotice)
    })
}

/// The first wait for a delivery.
fn awaits<'p>(project: &Project, journey: &'p Journey) -> Option<&'p WaitFor> {
    journey.walk().find_map(|(step, _)| match &step.value {
        Step::WaitFor(it) if is_arrival(project, &it.event.value) => Some(&**it),
        _ => None,
    })
}

/// How a journey leaves those alone who wait; nothing if it does not.
fn judge<'p>(
    cx: &LintContext<'p>,
    journey: &'p Journey,
    wait: &'p WaitFor,
    promise: Option<&Spanned<Duration>>,
    grace: Elapsed,
) -> Option<Silent<'p>> {
    let graph = cx.graph(journey);
    let due = promise.map_or(UNPROMISED, |it| on_the_calendar(it.value)) + grace;
    let goal = graph.marks(|id, node| {
        graph.is_reachable(id) && (node.has(Purpose::DelayNotice) || node.has(Purpose::Apology))
    });
    let arrived = graph.milestone(Milestone::Delivered);
    let excuses = arrived
        .and(&graph.milestone(Milestone::ServiceStarted))
        .and(&graph.milestone(Milestone::Refunded));
    let origins = paid(&graph);
    let worst = origins.iter().find_map(|origin| {
        let deadline = graph.deadline(origin, &goal, &excuses, Lens::AS_IS);
        let path = deadline.broken_by(due)?.clone();
        let is_missing = deadline.missing.is_some();
        let late = is_missing || path.on_still_clocks() > Bound::Finite(due);
        late.then_some((path, is_missing))
    });
    let (path, is_missing) = worst?;
    let paid = graph.entry_milestone() == Some(Milestone::Payment);
    let rank = (!paid, is_missing, Reverse(journey.priority), journey.span());
    Some(Silent {
        journey,
        wait,
        due,
        rank,
        witness: graph.witness(&path),
        path,
    })
}

/// The payment, or else the beginning of the journey.
fn paid(graph: &Graph<'_>) -> Vec<Origin> {
    let origins = graph.origins(Milestone::Payment);
    if origins.is_empty() {
        vec![graph.origin(graph.entry())]
    } else {
        origins
    }
}

fn level(cx: &LintContext<'_>, journey: Option<&Journey>) -> Level {
    let us = [Jurisdiction::Us, Jurisdiction::UsCa];
    let is_law = match journey {
        Some(it) => us.iter().any(|law| cx.is_under(it, *law)),
        None => cx
            .project()
            .jurisdictions
            .iter()
            .any(|it| us.contains(&it.value)),
    };
    if is_law { Level::Error } else { Level::Warning }
}

fn report(
    cx: &LintContext<'_>,
    it: &Silent<'_>,
    promise: Option<&Spanned<Duration>>,
    out: &mut Findings,
) {
    let id = &it.wait.id.value;
    let due = spoken(it.due);
    let headline = if it.rank.1 {
        format!(
            "nobody says so when `{}` does not come",
            it.wait.event.value
        )
    } else {
        match it.path.on_still_clocks() {
            Bound::Finite(at) => format!("the news that it is late comes only after {at}"),
            Bound::Endless => format!("`{id}` may wait for ever, and nobody says so"),
        }
    };
    let label = match promise {
        Some(it) => format!("promised within {}; a delay is told within {due}", it.value),
        None => format!("a delay is told within {due}"),
    };
    let finding = out
        .fail(it.wait.id.span, headline)
        .level(level(cx, Some(it.journey)))
        .label(label)
        .why("bad news is forgiven; having to ask for it is not")
        .help(format!(
            "put `- send: {{id: delay-notice, template: …, purpose: delay_notice, class: transactional}}` first in the \
             `on_timeout` of `{id}`, and let the timeout end when the promise does"
        ))
        .witness(Some(it.witness.clone()));
    if let Some(promise) = promise {
        finding.related(promise.span, "this is what the checkout promises");
    }
}

/// A promise that nothing watches over.
fn nobody(cx: &LintContext<'_>, promise: &Spanned<Duration>, out: &mut Findings) {
    let message = format!(
        "delivery within {} is promised, and nobody watches over it",
        promise.value
    );
    out.fail(promise.span, message)
        .level(level(cx, None))
        .label("no journey waits for it, and none has a `delay_notice`")
        .why("bad news is forgiven; having to ask for it is not")
        .help(
            "let a journey that starts with the payment wait for it, with a `timeout` and a `send` with \
             `purpose: delay_notice` in `on_timeout`",
        );
}
