use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Bound, Elapsed, Graph, Lens, Marks, Node, NodeKind, Path};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::{Limit, on_the_calendar};
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::silence::{Start, leads_to, starts};
use crate::lint::stages::{handles_payment, is_touch, is_young, milestone_of, touchpoints_of};
use crate::model::{Duration, Journey, Milestone, Purpose, Stage, Step};

rule! {
    ContactGap, id: "contact-gap", group: Coverage, level: Note, docs: "contact_gap.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 90, business_days: 0 }, &[])
}

/// So long a repetition lasts that keeps the contact by itself.
const STANDING: Elapsed = Elapsed(180 * Elapsed::DAY.0);

impl Rule for ContactGap {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let mut touchpoints = touchpoints_of(cx.project(), journey);
        let late = |it: &Stage| matches!(it, Stage::After | Stage::Return);
        if !touchpoints.any(|it| it.stages().iter().any(late)) {
            return;
        }
        let limit = self.limit(cx);
        let graph = &*cx.graph(journey);
        // What a cap drops was planned.
        let lens = Lens {
            windows: true,
            caps: false,
        };
        let origin = graph.origin(graph.entry());
        let Some(path) = graph.silence(&origin, &Marks::default(), lens) else {
            return;
        };
        // A wait without an end has a rule of its own, and so has a single wait that is too long.
        let (Bound::Finite(length), false) =
            (path.on_still_clocks(), has_long_wait(graph, &path, limit))
        else {
            return;
        };
        if length > limit {
            report_inside(graph, &path, limit, out);
        }
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() {
            return;
        }
        let limit = self.limit(cx);
        let by_name: BTreeMap<&str, &Journey> =
            cx.journeys().map(|it| (&*it.name.value, it)).collect();
        for start in starts(cx.journeys(), &by_name) {
            report_handover(&start, limit, out);
        }
        check_future(cx, &by_name, out);
    }
}

impl ContactGap {
    /// What the repository promises, or else the threshold.
    fn limit(&self, cx: &LintContext<'_>) -> Elapsed {
        let cadence = cx.project().policy.cadence.as_ref();
        let promised = cadence.and_then(|it| it.max_gap.as_ref());
        promised.map_or_else(|| cx.elapsed(self.info()), |it| on_the_calendar(it.value))
    }
}

fn has_long_wait(graph: &Graph<'_>, path: &Path, limit: Elapsed) -> bool {
    path.edges().any(|it| {
        let edge = graph.edge(it);
        let waits = matches!(
            graph.node(edge.from).kind,
            NodeKind::Wait(_) | NodeKind::WaitFor(_)
        );
        waits && edge.elapsed().lo > limit
    })
}

fn report_inside(graph: &Graph<'_>, path: &Path, limit: Elapsed, out: &mut Findings) {
    let node = graph.node(path.start());
    let name = |it: &Node<'_>| it.id().map(|it| format!("after `{it}`"));
    let whence = name(node).unwrap_or_else(|| "at the beginning".to_owned());
    let length = path.on_still_clocks();
    out.fail(
        place(node),
        format!("customers may hear nothing for {length} {whence}"),
    )
    .label(format!("longer than the {limit} that are promised"))
    .why("who hears nothing for a season has forgotten who we are")
    .help("say something useful in between, or set `policy.cadence.max_gap` to what you mean")
    .witness(Some(graph.witness(path)));
}

/// The silence before another journey is started, together with the silence that it begins with.
fn report_handover(start: &Start<'_>, limit: Elapsed, out: &mut Findings) {
    let total = start.before + start.lead;
    if total <= limit || start.before > limit || start.lead > limit {
        return;
    }
    let name = &start.name.value;
    out.fail(
        start.name.span,
        format!("customers may hear nothing for {total} on the way to `{name}`"),
    )
    .subject(&**name)
    .label(format!(
        "{} before this, and {} until `{name}` says something",
        start.before, start.lead
    ))
    .why("who hears nothing for a season has forgotten who we are")
    .help("shorten one of the two waits, or say something useful in between");
}

/// Whether a customer who has paid and wants to hear from us is ever led to something that lasts.
fn check_future(cx: &LintContext<'_>, by_name: &BTreeMap<&str, &Journey>, out: &mut Findings) {
    let Some(first) = handles_payment(cx).filter(|_| !is_young(cx)) else {
        return;
    };
    let begins = |it: &&Journey| {
        milestone_of(cx.project(), &it.trigger.event.value) == Some(Milestone::Payment)
    };
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&Journey> = cx.journeys().filter(begins).collect();
    open.push(first);
    while let Some(journey) = open.pop() {
        if !reached.insert(&journey.name.value) {
            continue;
        }
        if lasts(journey) {
            return;
        }
        open.extend(leads_to(journey).filter_map(|it| by_name.get(it).copied()));
    }
    if is_circle(&reached, by_name) {
        return;
    }
    let count = reached.len();
    let message = match count {
        1 => format!("after `{}` no further contact is planned", first.name.value),
        _ => format!(
            "after `{}` and what follows no contact is planned",
            first.name.value
        ),
    };
    out.fail(first.span(), message)
        .label("no `next` or `enter` leads from here to anything that lasts")
        .subject("future")
        .why("the relationship is never-ending only if somebody goes on talking")
        .help(
            "name a standing programme in `next`, for example a newsletter: `repeat: {id: …, times: 8, \
             every: 12w, steps: […]}`; and end it for those who have gone quiet (`cadence.sunset_after`)",
        );
}

/// Whether a journey keeps the contact by itself.
fn lasts(journey: &Journey) -> bool {
    journey.walk().any(|(step, _)| match &step.value {
        Step::Repeat(it) => {
            let every = it
                .every
                .map_or(Elapsed::ZERO, |it| on_the_calendar(it.value));
            let all = every.0.saturating_mul(i64::from(it.times.value));
            all >= STANDING.0
        }
        it => {
            let issues = step
                .purposes()
                .iter()
                .any(|it| it.value == Purpose::Newsletter);
            is_touch(it) && issues
        }
    })
}

/// Whether the links between these journeys lead back to where they began.
fn is_circle(reached: &BTreeSet<&str>, by_name: &BTreeMap<&str, &Journey>) -> bool {
    let links = |name: &str| {
        let journey = by_name.get(name).copied();
        journey
            .into_iter()
            .flat_map(leads_to)
            .filter(|it| reached.contains(it))
    };
    let mut arriving: BTreeMap<&str, usize> = reached.iter().map(|it| (*it, 0)).collect();
    for name in reached.iter().flat_map(|it| links(it)) {
        *arriving.entry(name).or_default() += 1;
    }
    let mut free: Vec<&str> = arriving
        .iter()
        .filter(|it| *it.1 == 0)
        .map(|it| *it.0)
        .collect();
    let mut left = reached.len();
    while let Some(name) = free.pop() {
        left -= 1;
        for next in links(name) {
            if let Some(count) = arriving.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    free.push(next);
                }
            }
        }
    }
    left > 0
}
