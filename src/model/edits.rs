//! What an edit did to a journey's steps.
//!
//! In: a journey as it was and as it is. Out: which steps went, moved, got another name or another
//! length. Invariant: a step that only stands on other lines, or has others around it, is no edit.
//! Not done here: judging any of it (that is what rules do).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Duration, Journey, Name, Step, Steps};
use crate::source::Spanned;

/// A journey before and after an edit.
#[derive(Debug)]
pub(crate) struct Edits<'p> {
    /// As it was.
    pub(crate) before: &'p Journey,
    /// As it is.
    pub(crate) now: &'p Journey,
    /// What became of the steps that were there, in their order.
    pub(crate) all: Vec<Edit<'p>>,
    /// The step of the old journey at which people first stand still, by its number.
    first_stop: Option<usize>,
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

/// A list of steps: the id of the step around it, and its number in there.
type List<'p> = (Option<&'p str>, usize);

/// A step, and where it stands.
#[derive(Debug, Clone)]
struct Place<'p> {
    step: &'p Spanned<Step>,
    /// The list that it stands in.
    parent: List<'p>,
    /// The last step with an id before it in the same list.
    after: Option<&'p str>,
}

impl<'p> Edits<'p> {
    /// Compares.
    pub(crate) fn between(before: &'p Journey, now: &'p Journey) -> Self {
        let (old, new) = (places(before), places(now));
        let mut pairs = Pairs::new(&old, &new);
        pairs.by_id();
        pairs.renamed();
        pairs.nameless();
        let moved = pairs.moved();
        let mut all = Vec::new();
        for (at, place) in old.iter().enumerate() {
            let mut add = |kind| {
                let before = place.step;
                all.push(Edit { at, before, kind });
            };
            let Some(partner) = pairs.of[at] else {
                if place.step.id().is_some() || is_stop(place.step) {
                    add(EditKind::Removed);
                }
                continue;
            };
            let step = new[partner].step;
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
            first_stop: old.iter().position(|it| is_stop(it.step)),
        }
    }

    /// The edits that people who are inside may meet: those at and after the first step at which
    /// anybody stands still.
    pub(crate) fn under_people(&self) -> impl Iterator<Item = &Edit<'p>> {
        let first = self.first_stop.unwrap_or(usize::MAX);
        self.all.iter().filter(move |it| it.at >= first)
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

/// Which step of the new journey each step of the old one has become.
struct Pairs<'a, 'p> {
    old: &'a [Place<'p>],
    new: &'a [Place<'p>],
    of: Vec<Option<usize>>,
    taken: BTreeSet<usize>,
    /// New ids by the old ones.
    names: BTreeMap<&'p str, &'p str>,
}

impl<'a, 'p> Pairs<'a, 'p> {
    fn new(old: &'a [Place<'p>], new: &'a [Place<'p>]) -> Self {
        Self {
            old,
            new,
            of: vec![None; old.len()],
            taken: BTreeSet::new(),
            names: BTreeMap::new(),
        }
    }

    fn pair(&mut self, old: usize, new: usize) {
        self.of[old] = Some(new);
        self.taken.insert(new);
        if let (Some(old), Some(new)) = (id(&self.old[old]), id(&self.new[new])) {
            self.names.insert(old, new);
        }
    }

    fn by_id(&mut self) {
        let ids = self.new.iter().enumerate();
        let ids: BTreeMap<&str, usize> = ids.filter_map(|(at, it)| Some((id(it)?, at))).collect();
        for at in 0..self.old.len() {
            let found = id(&self.old[at]).and_then(|it| ids.get(it).copied());
            if let Some(found) = found.filter(|it| !self.taken.contains(it)) {
                self.pair(at, found);
            }
        }
    }

    /// A step whose id is gone, and one that is the same but for an id that was not there.
    fn renamed(&mut self) {
        let mut free: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, place) in self.new.iter().enumerate().rev() {
            if id(place).is_some() && !self.taken.contains(&at) {
                free.entry(content(place.step)).or_default().push(at);
            }
        }
        for at in 0..self.old.len() {
            let place = &self.old[at];
            if id(place).is_none() || self.of[at].is_some() || free.is_empty() {
                continue;
            }
            let same = free.get_mut(&content(place.step));
            if let Some(found) = same.and_then(Vec::pop) {
                self.pair(at, found);
            }
        }
    }

    /// Waits without an id: first those that are the same in the same list, then those that follow
    /// the same step.
    fn nameless(&mut self) {
        let mut same: BTreeMap<(String, List<'_>), Vec<usize>> = BTreeMap::new();
        let mut near: BTreeMap<(Option<&str>, List<'_>), Vec<usize>> = BTreeMap::new();
        for (at, place) in self.new.iter().enumerate().rev() {
            if id(place).is_none() && is_stop(place.step) {
                let text = timing(place.step);
                same.entry((text, place.parent)).or_default().push(at);
                near.entry((place.after, place.parent))
                    .or_default()
                    .push(at);
            }
        }
        let waits: Vec<usize> = (0..self.old.len())
            .filter(|at| id(&self.old[*at]).is_none() && is_stop(self.old[*at].step))
            .collect();
        for at in &waits {
            let key = (timing(self.old[*at].step), self.parent(*at));
            if let Some(found) = same.get_mut(&key).and_then(Vec::pop) {
                self.pair(*at, found);
            }
        }
        for at in waits {
            if self.of[at].is_some() {
                continue;
            }
            let after = self.old[at].after.map(|it| self.name(it));
            let rest = near.get_mut(&(after, self.parent(at)));
            let found = rest.and_then(|it| {
                it.retain(|it| !self.taken.contains(it));
                it.pop()
            });
            if let Some(found) = found {
                self.pair(at, found);
            }
        }
    }

    /// The steps with ids that have changed places with others, by their numbers.
    fn moved(&self) -> BTreeSet<usize> {
        let pairs = self.of.iter().enumerate();
        let pairs: Vec<(usize, usize)> = pairs
            .filter(|(at, _)| id(&self.old[*at]).is_some())
            .filter_map(|(at, it)| Some((at, (*it)?)))
            .collect();
        let kept = longest_rising(&pairs);
        let elsewhere = |(at, it): &(usize, usize)| self.parent(*at) != self.new[*it].parent;
        pairs
            .iter()
            .enumerate()
            .filter(|(n, pair)| !kept.contains(n) || elsewhere(pair))
            .map(|(_, (at, _))| *at)
            .collect()
    }

    fn parent(&self, at: usize) -> List<'p> {
        let (parent, list) = self.old[at].parent;
        (parent.map(|it| self.name(it)), list)
    }

    fn name(&self, old: &'p str) -> &'p str {
        self.names.get(old).copied().unwrap_or(old)
    }
}

fn id<'p>(place: &Place<'p>) -> Option<&'p str> {
    place.step.value.id().map(|it| &*it.value)
}

fn places(journey: &Journey) -> Vec<Place<'_>> {
    fn go<'p>(steps: &'p Steps, parent: List<'p>, out: &mut Vec<Place<'p>>) {
        let mut after = None;
        for step in steps {
            out.push(Place {
                step,
                parent,
                after,
            });
            let own = step.value.id().map(|it| &*it.value);
            after = own.or(after);
            for (at, inner) in step.value.inner().into_iter().enumerate() {
                go(inner, (own, at), out);
            }
        }
    }
    let mut out = Vec::new();
    go(&journey.steps, (None, 0), &mut out);
    out
}

/// The numbers of pairs that stand in the same order on both sides, as many as possible.
fn longest_rising(pairs: &[(usize, usize)]) -> BTreeSet<usize> {
    // For each length, the pair that ends the run of this length with the smallest number.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous = vec![None; pairs.len()];
    for (n, (_, value)) in pairs.iter().enumerate() {
        let at = ends.partition_point(|it| pairs[*it].1 < *value);
        previous[n] = at.checked_sub(1).map(|it| ends[it]);
        if at == ends.len() {
            ends.push(n);
        } else {
            ends[at] = n;
        }
    }
    let mut res = BTreeSet::new();
    let mut at = ends.last().copied();
    while let Some(n) = at {
        res.insert(n);
        at = previous[n];
    }
    res
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
        _ => Ok(()),
    };
    res
}
