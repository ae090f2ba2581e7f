//! How long a customer hears nothing on the way from one journey into another.
//!
//! A sum over the steps as they are written: the longest way through branches, whole timeouts. It
//! does not know send windows or dates, which the graph of a single journey does.

use std::collections::BTreeMap;

use crate::graph::Elapsed;
use crate::model::{Journey, Name, Step};
use crate::source::Spanned;

use super::limit::on_the_calendar;
use super::stages::is_touch;

/// A place where one journey starts another.
pub(crate) struct Start<'p> {
    /// The journey that is started, where it is named.
    pub(crate) name: &'p Name,
    /// How long the customer may have heard nothing by then.
    pub(crate) before: Elapsed,
    /// How long the started journey may wait before it says something.
    pub(crate) lead: Elapsed,
}

/// Every place where one journey starts another. Linear in the number of steps.
pub(crate) fn starts<'p>(
    journeys: impl Iterator<Item = &'p Journey>,
    by_name: &BTreeMap<&str, &'p Journey>,
) -> Vec<Start<'p>> {
    let mut leads: BTreeMap<&str, Elapsed> = BTreeMap::new();
    let mut res = Vec::new();
    for journey in journeys {
        let mut way = Way::default();
        way.steps(&journey.steps, Some(Elapsed::ZERO));
        for (name, before) in way.starts {
            let entered = by_name.get(&*name.value).copied();
            let lead = *leads.entry(&name.value).or_insert_with(|| {
                let mut way = Way::default();
                let steps = entered.map_or(&[][..], |it| &it.steps);
                way.steps(steps, Some(Elapsed::ZERO));
                way.first.unwrap_or(Elapsed::ZERO)
            });
            res.push(Start { name, before, lead });
        }
    }
    res
}

/// The journeys that a journey leads to: those it starts, and those that may follow.
pub(crate) fn leads_to(journey: &Journey) -> impl Iterator<Item = &str> {
    let entered = journey.walk().filter_map(|(step, _)| match &step.value {
        Step::Enter(name) => Some(&*name.value),
        _ => None,
    });
    entered.chain(journey.next.iter().map(|it| &*it.value))
}

/// What is met on the way through steps.
#[derive(Default)]
struct Way<'p> {
    starts: Vec<(&'p Name, Elapsed)>,
    /// The longest silence before the first touchpoint.
    first: Option<Elapsed>,
    /// Whether a touchpoint lies behind on every way so far.
    heard: bool,
}

impl<'p> Way<'p> {
    /// The longest silence after the steps, from the longest before; nothing if no way goes on.
    fn steps(&mut self, steps: &'p [Spanned<Step>], from: Option<Elapsed>) -> Option<Elapsed> {
        let mut silent = from;
        for step in steps {
            silent = self.step(&step.value, silent?);
        }
        silent
    }

    fn step(&mut self, step: &'p Step, silent: Elapsed) -> Option<Elapsed> {
        match step {
            it if is_touch(it) => {
                if !self.heard {
                    self.first = self.first.max(Some(silent));
                    self.heard = true;
                }
                Some(Elapsed::ZERO)
            }
            Step::Wait(it) => {
                let length = it
                    .duration
                    .map_or(Elapsed::ZERO, |it| on_the_calendar(it.value));
                Some(silent + length)
            }
            Step::WaitFor(it) => {
                let length = it
                    .timeout
                    .map_or(Elapsed::ZERO, |it| on_the_calendar(it.value));
                let late = silent + length;
                let steps = it.on_timeout.as_ref().map_or(&[][..], |it| it);
                // Whoever comes by the event has waited for up to the timeout as well.
                self.ways([steps], Some(late), late)
            }
            Step::Branch(it) => {
                let ways = it.when.iter().map(|it| &it.steps);
                let otherwise = it.otherwise.as_ref();
                let skips = otherwise.is_none().then_some(silent);
                self.ways(ways.chain(otherwise).map(Vec::as_slice), skips, silent)
            }
            Step::Split(it) => {
                let arms = it.arms.values().map(|it| it.steps.as_slice());
                self.ways(arms, None, silent)
            }
            Step::Repeat(it) => self.steps(&it.steps, Some(silent)),
            Step::Enter(name) => {
                self.starts.push((name, silent));
                Some(silent)
            }
            Step::Exit(_) => None,
            _ => Some(silent),
        }
    }

    /// The longest silence after one of several ways, of which `beside` leads past all.
    fn ways(
        &mut self,
        ways: impl IntoIterator<Item = &'p [Spanned<Step>]>,
        beside: Option<Elapsed>,
        silent: Elapsed,
    ) -> Option<Elapsed> {
        let before = self.heard;
        let mut all_heard = beside.is_none();
        let mut longest = beside;
        for steps in ways {
            self.heard = before;
            let end = self.steps(steps, Some(silent));
            if end.is_some() {
                all_heard &= self.heard;
            }
            longest = longest.max(end);
        }
        self.heard = before || all_heard;
        longest
    }
}
