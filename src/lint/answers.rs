//! What the journeys make of the events that the business tells us.

use std::collections::BTreeMap;

use crate::model::{Condition, Event, ExprKind, Journey, Milestone, Name, Project, Step, Steps};

use super::context::LintContext;
use super::stages::{is_touch, milestone_of};

/// What comes of an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// A journey knows of it: begins with it, waits for it, ends with it or asks about it.
    pub(crate) heard: bool,
    /// A journey begins with it.
    pub(crate) begins: bool,
    /// The customer notices something, or another journey is started for them.
    pub(crate) touched: bool,
}

/// For each event that some journey names, what comes of it. Linear in the number of steps.
pub(super) fn answers<'p>(
    journeys: impl Iterator<Item = &'p Journey>,
) -> BTreeMap<&'p str, Answer> {
    let mut res: BTreeMap<&str, Answer> = BTreeMap::new();
    for journey in journeys {
        let touched = read(&journey.steps, false, &mut res);
        let trigger = res.entry(&journey.trigger.event.value).or_default();
        trigger.heard = true;
        trigger.begins = true;
        trigger.touched |= touched;
        for exit in &journey.exits {
            res.entry(&exit.on.value).or_default().heard = true;
        }
        for condition in conditions_of(journey) {
            asked(condition, &mut res);
        }
    }
    res
}

/// The declared events of these milestones that nobody excuses with `ignored`.
pub(crate) fn expected<'p>(
    project: &'p Project,
    milestones: &[Milestone],
) -> impl Iterator<Item = (&'p Name, &'p Event, Milestone)> {
    project.events.iter().filter_map(move |(name, event)| {
        let milestone = event.milestone?.value;
        let counts = event.ignored.is_none() && milestones.contains(&milestone);
        counts.then_some((name, event, milestone))
    })
}

/// The journeys that have reached what they want with the payment, though nothing begins there.
pub(crate) fn ends_at_purchase<'p>(cx: &LintContext<'p>) -> Vec<&'p Journey> {
    let project = cx.project();
    let is_payment = |name: &Name| milestone_of(project, &name.value) == Some(Milestone::Payment);
    let goes_on = |it: &Journey| {
        let waits = |step: &Step| match step {
            Step::WaitFor(it) => is_payment(&it.event),
            _ => false,
        };
        is_payment(&it.trigger.event) || it.walk().any(|(step, _)| waits(&step.value))
    };
    let excused = |name: &Name| {
        project
            .event(&name.value)
            .is_some_and(|it| it.ignored.is_some())
    };
    if cx.journeys().any(goes_on) {
        return Vec::new();
    }
    let ends = |it: &&Journey| {
        let goal = it.goal.as_ref().map(|it| &it.event);
        let bought = goal.is_some_and(|it| is_payment(it) && !excused(it));
        let enters = |(step, _): (&crate::source::Spanned<Step>, usize)| {
            matches!(step.value, Step::Enter(_))
        };
        bought && it.next.is_empty() && !it.walk().any(enters)
    };
    cx.journeys().filter(ends).collect()
}

/// Every condition of a journey that can be understood.
pub(crate) fn conditions_of(journey: &Journey) -> Vec<&Condition> {
    let mut res: Vec<&Condition> = journey.trigger.filter.iter().collect();
    res.extend(journey.exits.iter().filter_map(|it| it.filter.as_ref()));
    for (step, _) in journey.walk() {
        match &step.value {
            Step::Send(it) => res.extend(it.only_if.iter().chain(&it.unless)),
            Step::Task(it) => res.extend(it.only_if.iter().chain(&it.unless)),
            Step::Touch(it) => res.extend(it.only_if.iter().chain(&it.unless)),
            Step::WaitFor(it) => res.extend(&it.filter),
            Step::Branch(it) => res.extend(it.when.iter().map(|way| &way.condition)),
            Step::Repeat(it) => res.extend(&it.until),
            _ => {}
        }
    }
    res.retain(|it| it.parsed.is_ok());
    res
}

/// Notes which events steps wait for; `follows` says whether the customer notices something after
/// them. Answers whether they notice something in them or after.
fn read<'p>(steps: &'p Steps, follows: bool, out: &mut BTreeMap<&'p str, Answer>) -> bool {
    let mut follows = follows;
    for step in steps.iter().rev() {
        let mut inside = false;
        for inner in step.inner() {
            inside |= read(inner, follows, out);
        }
        if let Step::WaitFor(it) = &step.value {
            let answer = out.entry(&it.event.value).or_default();
            answer.heard = true;
            answer.touched |= follows;
        }
        follows |= inside || is_touch(&step.value) || matches!(step.value, Step::Enter(_));
    }
    follows
}

fn asked<'p>(condition: &'p Condition, out: &mut BTreeMap<&'p str, Answer>) {
    let Ok(expr) = &condition.parsed else {
        return;
    };
    expr.walk(&mut |it| {
        if let ExprKind::History(history) = &it.kind {
            out.entry(&history.event).or_default().heard = true;
        }
    });
}
