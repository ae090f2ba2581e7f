//! What an edit did to a journey's steps.
//!
//! In: a journey as it was and as it is. Out: which steps went, moved, got another name or another
//! length. Invariants: a step that only stands on other lines, or has others around it, is no edit;
//! looked at the other way round, the same steps belong together and the same have moved.
//! Not done here: judging any of it (that is what rules do).

mod order;
mod pairing;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Duration, Journey, Name, Step};
use crate::source::Spanned;

pub(crate) use pairing::alike;
use pairing::{Pairs, places};

/// A journey before and after an edit.
#[derive(Debug)]
pub(crate) struct Edits<'p> {
    /// As it was.
    pub(crate) before: &'p Journey,
    /// As it is.
    pub(crate) now: &'p Journey,
    /// What became of the steps that were there, in their order.
    pub(crate) all: Vec<Edit<'p>>,
    partners: Vec<Option<usize>>,
    moved: BTreeSet<usize>,
    stops: BTreeSet<usize>,
}

/// What became of one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edit<'p> {
    /// Its number in the old journey.
    at: usize,
    /// The step as it was.
    pub(crate) before: &'p Spanned<Step>,
    /// What happened to it.
    pub(crate) kind: EditKind<'p>,
}

/// What happened to a step; with the step as it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum EditKind<'p> {
    /// It is gone.
    Removed,
    /// It has another id, and is the same.
    Renamed(&'p Spanned<Step>),
    /// It stands before or after others than it did, or in another way of a branch.
    Moved(&'p Spanned<Step>),
    /// People wait here for another time, or for something else.
    Retimed(&'p Spanned<Step>),
}

/// What a step of the new journey is to the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Touched {
    /// It was not there.
    Added,
    /// It was there, and does something else.
    Changed,
    /// It stands before or after others than it did, or in another way of a branch.
    Moved,
}

impl Edit<'_> {
    /// The number of the step in the old journey.
    pub(crate) fn at(&self) -> usize {
        self.at
    }
}

impl<'p> Edits<'p> {
    /// Compares.
    pub(crate) fn between(before: &'p Journey, now: &'p Journey) -> Self {
        let (old, new) = (places(before), places(now));
        let pairs = Pairs::between(&old, &new);
        let moved = order::moved(&pairs);
        let mut all = Vec::new();
        for (at, place) in old.iter().enumerate() {
            if place.step.id().is_none() && !is_stop(place.step) {
                continue;
            }
            let mut add = |kind| {
                let before = place.step;
                all.push(Edit { at, before, kind });
            };
            let Some(step) = pairs.of[at].and_then(|it| new.get(it)).map(|it| it.step) else {
                add(EditKind::Removed);
                continue;
            };
            if place.step.id() != step.id() {
                add(EditKind::Renamed(step));
            }
            if moved.contains(&at) {
                add(EditKind::Moved(step));
            }
            if (is_stop(place.step) || is_stop(step)) && timing(place.step) != timing(step) {
                add(EditKind::Retimed(step));
            }
        }
        Self {
            before,
            now,
            all,
            stops: (0..old.len()).filter(|at| is_stop(old[*at].step)).collect(),
            partners: pairs.of,
            moved,
        }
    }

    /// For each step of the old journey, in the order of the file, which step of the new one it has
    /// become, by its number there.
    pub(crate) fn partners(&self) -> &[Option<usize>] {
        &self.partners
    }

    /// Whether a step of the old journey, by its number, has changed places with others.
    pub(crate) fn is_moved(&self, at: usize) -> bool {
        self.moved.contains(&at)
    }

    /// The steps that are new, stand elsewhere or do something else than before, each with its number
    /// in the new journey.
    pub(crate) fn touched(&self) -> Vec<(usize, &'p Spanned<Step>, Touched)> {
        let old: Vec<_> = self.before.walk().map(|it| &it.0.value).collect();
        let mut partners = vec![None; self.now.walk().count()];
        for (at, partner) in self.partners.iter().enumerate() {
            if let Some(place) = partner.and_then(|it| partners.get_mut(it)) {
                *place = Some(at);
            }
        }
        let now = self.now.walk().zip(partners).enumerate();
        now.filter_map(|(number, ((step, _), partner))| {
            let touched = match partner {
                None => Touched::Added,
                Some(at) if content(old[at]) != content(&step.value) => Touched::Changed,
                Some(at) if self.is_moved(at) => Touched::Moved,
                Some(_) => return None,
            };
            Some((number, step, touched))
        })
        .collect()
    }

    /// Whether people stand still at a step of the old journey, by its number.
    pub(crate) fn is_stop(&self, at: usize) -> bool {
        self.stops.contains(&at)
    }

    /// Whether anybody may stand at or behind a step of the old journey, by its number.
    pub(crate) fn is_under_people(&self, at: usize) -> bool {
        self.stops.first().is_some_and(|first| at >= *first)
    }

    /// The edits that people who are inside may meet: those at and after the first step at which
    /// anybody stands still.
    pub(crate) fn under_people(&self) -> impl Iterator<Item = &Edit<'p>> {
        self.all.iter().filter(|it| self.is_under_people(it.at))
    }
}

/// The length of a wait, a timeout or the pause between rounds.
pub(crate) fn length(step: &Step) -> Option<&Spanned<Duration>> {
    match step {
        Step::Wait(it) => it.duration.as_ref(),
        Step::WaitFor(it) => it.timeout.as_ref(),
        Step::Repeat(it) => it.every.as_ref(),
        _ => None,
    }
}

/// Whether people stand still here.
fn is_stop(step: &Step) -> bool {
    match step {
        Step::Wait(_) | Step::WaitFor(_) | Step::WaitUntil(_) => true,
        Step::Repeat(it) => it.every.is_some(),
        _ => false,
    }
}

/// What people wait for, and for how long.
fn timing(step: &Step) -> String {
    let mut res = step.kind().to_owned();
    if let Some(it) = length(step) {
        let _ = write!(res, " {}", it.value);
    }
    match step {
        Step::Wait(it) => {
            let days: Vec<String> = it.on.iter().map(|it| format!("{:?}", it.value)).collect();
            let at = it.at.as_ref().map(|it| it.value.minutes);
            let zone = it.zone.as_ref().map(|it| &it.value);
            let _ = write!(res, " {at:?} {days:?} {zone:?}");
        }
        Step::WaitFor(it) => {
            let filter = it.filter.as_ref().map(|it| &it.text.value);
            let _ = write!(res, " {} {filter:?}", it.event.value);
        }
        Step::WaitUntil(it) => {
            let offset = it.offset.as_ref().map(|it| it.value.to_string());
            let at = it.at.as_ref().map(|it| it.value.minutes);
            let _ = write!(res, " {} {offset:?} {at:?}", it.date);
        }
        _ => {}
    }
    res
}

/// What a step is, without its id and without what only people read.
fn content(step: &Step) -> String {
    let word = |it: &Option<Name>| it.as_ref().map(|it| it.value.to_string());
    let (only_if, unless) = step.conditions();
    let mut res = timing(step);
    let conditions = [only_if, unless].map(|it| it.map(|it| it.text.value.to_string()));
    let purposes: Vec<_> = step.purposes().iter().map(|it| it.value).collect();
    let _ = write!(res, " {conditions:?} {purposes:?}");
    let _ = match step {
        Step::Send(it) => write!(res, " {} {:?}", it.template.value, word(&it.from)),
        Step::Task(it) => {
            let (title, owner) = (word(&it.title), word(&it.owner));
            write!(res, " {:?} {title:?} {owner:?}", it.channel)
        }
        Step::Touch(it) => {
            let (title, by) = (word(&it.title), word(&it.by));
            write!(res, " {:?} {title:?} {by:?}", it.channel)
        }
        Step::Branch(it) => {
            let ways = it.when.iter().map(|it| it.condition.text.value.to_string());
            write!(res, " {:?}", ways.collect::<Vec<_>>())
        }
        Step::Split(it) => {
            let arms = it.arms.iter();
            let arms = arms.map(|(name, arm)| format!("{} {}", name.value, arm.weight.value));
            write!(res, " {:?}", arms.collect::<Vec<_>>())
        }
        Step::Repeat(it) => write!(res, " {}", it.times.value),
        Step::Set(it) => write!(res, " {} {}", it.attribute.value, it.value.value),
        Step::Enter(it) | Step::Exit(it) => write!(res, " {}", it.value),
        _ => Ok(()),
    };
    res
}
