//! G012: a condition looked for the event in a window, and did not see it because it was longer ago, though not
//! longer than the person had been inside.

use journeyc::model::{
    Branch, Condition, Duration, ExprKind, Journey, Milestone, Purpose, Since, Step,
};
use journeyc::simulate::{EventNo, Life, Moment, Record, What};

use super::super::visits::{Stay, stays, supposing};
use super::super::{Checker, Town, Violation};
use super::exit_checked_once::sends_away;

/// The checker.
pub struct GuardWindow;

impl Checker for GuardWindow {
    fn rule(&self) -> &'static str {
        "guard-window-not-longer-than-wait"
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let mut res = Vec::new();
        for stay in stays(town, record) {
            let journey = town.journey(stay.visit.journey);
            if !journey
                .conditions()
                .iter()
                .any(|it| windows(it, None).next().is_some())
            {
                continue;
            }
            let goal = journey.goal.as_ref().map(|it| &*it.event.value);
            let came = stay.came(town, life, record, |it| {
                let name = town.simulation.event_name(it);
                *name != *journey.trigger.event.value
                    && (goal == Some(name) || town.milestone(it) == Some(Milestone::Payment))
            });
            let mut events: Vec<EventNo> = came.iter().map(|it| it.event).collect();
            events.sort_unstable();
            events.dedup();
            for event in events {
                let name = town.simulation.event_name(event);
                let times: Vec<(usize, i64)> = came
                    .iter()
                    .filter(|it| it.event == event)
                    .map(|it| (it.place, it.at))
                    .collect();
                let found = overlooked(town, life, &stay, name, &times, goal == Some(name));
                res.extend(found);
            }
        }
        res
    }
}

/// A message that went out because a window did not reach back to the event.
fn overlooked(
    town: &Town<'_>,
    life: &Life,
    stay: &Stay<'_>,
    event: &str,
    times: &[(usize, i64)],
    is_goal: bool,
) -> Option<Violation> {
    let journey = town.journey(stay.visit.journey);
    let clock = town.clock(life);
    // Whether all that had come by now was too long ago for a window.
    let missed = |place: usize, at: i64, within: Duration| {
        let mut before = times.iter().filter(|it| it.0 < place).peekable();
        before.peek().is_some() && before.all(|it| it.1 < clock.before(at, within))
    };
    let mut passed = false;
    for (place, moment) in &stay.moments {
        if let What::Way(no, taken) = moment.what
            && let Step::Branch(branch) = &town.step(no).step.value
        {
            let asks =
                |it: &Condition| windows(it, Some(event)).any(|it| missed(*place, moment.at, it));
            let is_whole = |it: &Condition| whole(it, event);
            let conditions = || branch.when.iter().map(|it| &it.condition);
            passed |= conditions().any(asks)
                && !conditions().any(is_whole)
                && sends_away(journey, branch, event, true)
                && !is_exit(branch, taken);
        }
        let Some(no) = moment.what.touchpoint() else {
            continue;
        };
        let step = &town.step(no).step.value;
        if !is_goal && !sells(town, journey, step) {
            continue;
        }
        let (only_if, unless) = step.conditions();
        let stops = |it: Option<&Condition>, wanted: bool| {
            it.is_some_and(|it| {
                let expr = it.parsed.as_ref().ok();
                windows(it, Some(event)).any(|it| missed(*place, moment.at, it))
                    && !whole(it, event)
                    && expr.and_then(|it| supposing(it, event, true)) == Some(wanted)
            })
        };
        if passed || stops(only_if, false) || stops(unless, true) {
            return Some(told(stay, moment, event));
        }
    }
    None
}

fn told(stay: &Stay<'_>, moment: &Moment, event: &str) -> Violation {
    let says = format!("the window does not reach back to `{event}`");
    let steps: Vec<_> = moment.what.touchpoint().into_iter().collect();
    Violation::of(stay.visit.journey, moment.at, says).at_steps(&steps)
}

fn is_exit(branch: &Branch, taken: Option<u32>) -> bool {
    let steps = match taken {
        Some(number) => branch.when.get(number as usize).map(|it| &it.steps),
        None => branch.otherwise.as_ref(),
    };
    let first = steps.and_then(|it| it.first());
    first.is_some_and(|it| matches!(it.value, Step::Exit(_)))
}

/// The windows in which a condition looks for an event, or for any.
fn windows(condition: &Condition, event: Option<&str>) -> impl Iterator<Item = Duration> {
    let mut res = Vec::new();
    if let Ok(expr) = &condition.parsed {
        expr.walk(&mut |it| {
            if let ExprKind::History(it) = &it.kind
                && let Since::Within(within) = it.since
                && event.is_none_or(|event| *it.event == *event)
            {
                res.push(within);
            }
        });
    }
    res.into_iter()
}

/// Whether a condition asks for the event without a window, too.
fn whole(condition: &Condition, event: &str) -> bool {
    let mut res = false;
    if let Ok(expr) = &condition.parsed {
        expr.walk(&mut |it| {
            if let ExprKind::History(it) = &it.kind {
                res |= *it.event == *event && !matches!(it.since, Since::Within(_));
            }
        });
    }
    res
}

/// Whether a touchpoint is there to win a purchase.
pub fn sells(town: &Town<'_>, journey: &Journey, step: &Step) -> bool {
    let has = |it: Purpose| step.purposes().iter().any(|own| own.value == it);
    let hopes = || {
        let event = journey
            .goal
            .as_ref()
            .and_then(|it| town.project().event(&it.event.value));
        event
            .and_then(|it| it.milestone)
            .is_some_and(|it| it.value == Milestone::Payment)
    };
    let is_newsletter = || {
        let mut purposes = journey.walk().flat_map(|(it, _)| it.value.purposes());
        purposes.any(|it| it.value == Purpose::Newsletter)
    };
    has(Purpose::Abandonment)
        || has(Purpose::WinBack)
        || has(Purpose::Offer) && hopes() && !is_newsletter()
}

/// Whether the journey asks for the event in a window, at the message itself or in a branch before it that would have
/// sent the person away: the rule about windows says so.
pub fn asks_in_window(town: &Town<'_>, stay: &Stay<'_>, event: &str, met: usize) -> bool {
    let journey = town.journey(stay.visit.journey);
    stay.moments
        .iter()
        .take_while(|it| it.0 <= met)
        .any(|(place, moment)| match moment.what {
            What::Way(no, _) => match &town.step(no).step.value {
                Step::Branch(branch) => {
                    let mut ways = branch.when.iter();
                    ways.any(|it| windows(&it.condition, Some(event)).next().is_some())
                        && sends_away(journey, branch, event, true)
                }
                _ => false,
            },
            it => it.touchpoint().is_some_and(|no| {
                let (only_if, unless) = town.step(no).step.value.conditions();
                let mut own = only_if.into_iter().chain(unless);
                *place == met && own.any(|it| windows(it, Some(event)).next().is_some())
            }),
        })
}
