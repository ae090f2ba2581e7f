//! Which step of a journey each step of an older one has become.
//!
//! In: the steps of both with their places. Out: [`Pairs`]. Invariant: no step has two partners, and
//! the partners are the same looked at the other way round. Not done here: saying what changed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::content;
use crate::model::{Journey, Step, Steps};
use crate::source::Spanned;

/// A list of steps: the number of the step around it, and the list's number in there; nothing for
/// the journey's own.
pub(super) type List = Option<(usize, usize)>;

/// A step, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Place<'p> {
    pub(super) step: &'p Spanned<Step>,
    /// The list that it stands in.
    pub(super) list: List,
    /// The last step with an id before it in the same list, by its number.
    after: Option<usize>,
}

/// Which step of the new journey each step of the old one has become.
pub(super) struct Pairs<'a, 'p> {
    pub(super) old: &'a [Place<'p>],
    pub(super) new: &'a [Place<'p>],
    /// For each old step, the number of the new one.
    pub(super) of: Vec<Option<usize>>,
    taken: BTreeSet<usize>,
    /// The new list that each old one has become.
    lists: BTreeMap<(usize, usize), (usize, usize)>,
}

/// Every step of a journey, in the order of the file.
pub(super) fn places(journey: &Journey) -> Vec<Place<'_>> {
    fn go<'p>(steps: &'p Steps, list: List, out: &mut Vec<Place<'p>>) {
        let mut after = None;
        for step in steps {
            let own = out.len();
            out.push(Place { step, list, after });
            if step.value.id().is_some() {
                after = Some(own);
            }
            for (at, inner) in step.value.inner().into_iter().enumerate() {
                go(inner, Some((own, at)), out);
            }
        }
    }
    let mut out = Vec::new();
    go(&journey.steps, None, &mut out);
    out
}

impl<'p> Place<'p> {
    pub(super) fn id(&self) -> Option<&'p str> {
        self.step.value.id().map(|it| &*it.value)
    }
}

impl<'a, 'p> Pairs<'a, 'p> {
    /// Pairs them.
    pub(super) fn between(old: &'a [Place<'p>], new: &'a [Place<'p>]) -> Self {
        let mut pairs = Self {
            old,
            new,
            of: vec![None; old.len()],
            taken: BTreeSet::new(),
            lists: BTreeMap::new(),
        };
        pairs.by_id();
        pairs.renamed();
        pairs.match_lists();
        pairs.nameless();
        pairs
    }

    /// The list of the new journey that an old step's list has become.
    pub(super) fn list_of(&self, place: &Place<'_>) -> Option<List> {
        match place.list {
            None => Some(None),
            Some(list) => self.lists.get(&list).map(|it| Some(*it)),
        }
    }

    fn pair(&mut self, old: usize, new: usize) {
        self.of[old] = Some(new);
        self.taken.insert(new);
    }

    fn by_id(&mut self) {
        let ids = self.new.iter().enumerate();
        let ids: BTreeMap<&str, usize> = ids.filter_map(|(at, it)| Some((it.id()?, at))).collect();
        for at in 0..self.old.len() {
            let found = self.old[at].id().and_then(|it| ids.get(it).copied());
            if let Some(found) = found.filter(|it| !self.taken.contains(it)) {
                self.pair(at, found);
            }
        }
    }

    /// A step whose id is gone, and one that is the same but for an id that was not there.
    fn renamed(&mut self) {
        let mut free: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, place) in self.new.iter().enumerate().rev() {
            if place.id().is_some() && !self.taken.contains(&at) {
                free.entry(content(place.step)).or_default().push(at);
            }
        }
        for at in 0..self.old.len() {
            let place = &self.old[at];
            if place.id().is_none() || self.of[at].is_some() || free.is_empty() {
                continue;
            }
            let same = free.get_mut(&content(place.step));
            if let Some(found) = same.and_then(Vec::pop) {
                self.pair(at, found);
            }
        }
    }

    /// Which lists belong together. Steps that hold others have ids, so all of them are paired now.
    fn match_lists(&mut self) {
        for (at, place) in self.old.iter().enumerate() {
            let Some(partner) = self.of[at] else {
                continue;
            };
            let pairs = inner_lists(place.step, self.new[partner].step);
            let pairs = pairs.into_iter();
            let pairs = pairs.map(|(old, new)| ((at, old), (partner, new)));
            self.lists.extend(pairs);
        }
    }

    /// Steps without an id: first those that are the same in the same list, then those that follow
    /// the same step.
    fn nameless(&mut self) {
        let mut same: BTreeMap<(String, List), Vec<usize>> = BTreeMap::new();
        let mut near: BTreeMap<(&str, Option<usize>, List), Vec<usize>> = BTreeMap::new();
        for (at, place) in self.new.iter().enumerate().rev() {
            if place.id().is_none() {
                let text = content(place.step);
                same.entry((text, place.list)).or_default().push(at);
                let key = (place.step.kind(), place.after, place.list);
                near.entry(key).or_default().push(at);
            }
        }
        let nameless: Vec<(usize, List)> = (0..self.old.len())
            .filter(|at| self.old[*at].id().is_none())
            .filter_map(|at| Some((at, self.list_of(&self.old[at])?)))
            .collect();
        for (at, list) in &nameless {
            let key = (content(self.old[*at].step), *list);
            if let Some(found) = same.get_mut(&key).and_then(Vec::pop) {
                self.pair(*at, found);
            }
        }
        for (at, list) in nameless {
            let place = &self.old[at];
            let after = place.after.map(|it| self.of[it]);
            // What followed a step that is gone follows nothing that could be found again.
            if self.of[at].is_some() || after == Some(None) {
                continue;
            }
            let key = (place.step.kind(), after.flatten(), list);
            let found = near.get_mut(&key).and_then(|it| {
                it.retain(|it| !self.taken.contains(it));
                it.pop()
            });
            if let Some(found) = found {
                self.pair(at, found);
            }
        }
    }
}

/// Which list of steps inside an old step is which inside the new one. The ways of a branch go by
/// their conditions and the arms of a split by their names; the rest by their order.
fn inner_lists(old: &Step, new: &Step) -> Vec<(usize, usize)> {
    match (old, new) {
        (Step::Branch(old), Step::Branch(new)) => {
            let ways = |it: &'_ crate::model::Branch| -> Vec<String> {
                let texts = it.when.iter().map(|it| it.condition.to_string());
                texts.collect()
            };
            let mut pairs = alike(&ways(old), &ways(new));
            pairs.push((old.when.len(), new.when.len()));
            pairs
        }
        (Step::Split(old), Step::Split(new)) => {
            let arms = |it: &'_ crate::model::Split| -> Vec<String> {
                it.arms.keys().map(|it| it.value.to_string()).collect()
            };
            alike(&arms(old), &arms(new))
        }
        (Step::WaitFor(_), Step::WaitFor(_)) | (Step::Repeat(_), Step::Repeat(_)) => vec![(0, 0)],
        _ => Vec::new(),
    }
}

/// Which item of an old list is which of a new one: those that read the same, then what is left, by
/// order.
pub(crate) fn alike(old: &[String], new: &[String]) -> Vec<(usize, usize)> {
    let mut free: BTreeMap<&str, VecDeque<usize>> = BTreeMap::new();
    for (at, text) in new.iter().enumerate() {
        free.entry(text).or_default().push_back(at);
    }
    let mut pairs = Vec::new();
    let mut rest = Vec::new();
    for (at, text) in old.iter().enumerate() {
        match free.get_mut(&**text).and_then(VecDeque::pop_front) {
            Some(found) => pairs.push((at, found)),
            None => rest.push(at),
        }
    }
    let mut left: Vec<usize> = free.into_values().flatten().collect();
    left.sort_unstable();
    pairs.extend(rest.into_iter().zip(left));
    pairs.sort_unstable();
    pairs
}
