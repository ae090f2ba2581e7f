//! The steps of a journey on both sides, and which has become which.
//!
//! In: a journey of the manifest on both sides, and what an edit did to its steps. Out: what differs
//! in them. Invariant: both the model and the manifest walk through the steps in the order of the file,
//! so that a number means the same step in both. Not done here: finding out what an edit did (`model`).

use std::collections::BTreeMap;

use super::super::fields::Found;
use super::super::written::Written;
use super::super::{Change, Kind, Place};
use super::{Context, notes, steps, told, words};
use crate::manifest::{Action, Journey, Step};
use crate::model::edits::Edits;

/// Both sides of a journey.
pub(super) struct Matched<'m> {
    pub(super) before: &'m Journey,
    pub(super) after: &'m Journey,
    pub(super) edits: &'m Edits<'m>,
    /// The steps as they were, by number.
    pub(super) old: Vec<&'m Step>,
    /// The steps as they are, by number.
    pub(super) new: Vec<&'m Step>,
    /// Where each step stood, in words.
    stood: Vec<String>,
    /// Where each step stands, in words.
    stands: Vec<String>,
}

impl<'m> Matched<'m> {
    pub(super) fn new(before: &'m Journey, after: &'m Journey, edits: &'m Edits<'m>) -> Self {
        let walk = |journey: &'m Journey| {
            let mut all = Vec::new();
            Step::walk(&journey.steps, &mut |step| all.push(step));
            all
        };
        Self {
            before,
            after,
            edits,
            old: walk(before),
            new: walk(after),
            stood: positions(&before.steps),
            stands: positions(&after.steps),
        }
    }

    /// What an old step has become; nothing if it is gone, or does something else altogether.
    pub(super) fn partner(&self, old: usize) -> Option<&'m Step> {
        self.pair(old).map(|(_, step)| step)
    }

    fn pair(&self, old: usize) -> Option<(usize, &'m Step)> {
        let at = (*self.edits.partners().get(old)?)?;
        let (before, after) = (self.old.get(old)?, *self.new.get(at)?);
        (before.does.kind() == after.does.kind()).then_some((at, after))
    }

    /// The new name of each old step that is still there.
    pub(super) fn names(&self) -> BTreeMap<&str, &str> {
        let old = self.old.iter().enumerate();
        old.filter_map(|(at, step)| Some((&*step.node, &*self.partner(at)?.node)))
            .collect()
    }

    /// Where an old step stood, and where it stands.
    pub(super) fn position(&self, old: usize) -> (&str, &str) {
        let was = self.stood.get(old);
        let is = self.pair(old).and_then(|(at, _)| self.stands.get(at));
        (
            was.map_or("", String::as_str),
            is.map_or("", String::as_str),
        )
    }

    /// A line of the file as it is.
    pub(super) fn place(&self, line: u32) -> Place {
        let file = self.after.file.clone();
        Place { file, line }
    }

    /// The line of a step as it is.
    pub(super) fn line_of(&self, node: &str) -> Option<u32> {
        let found = self.new.iter().find(|it| it.node == node);
        found.map(|it| it.line)
    }

    /// What differs in the steps.
    pub(super) fn changes(
        &self,
        context: &Context<'_>,
        was: Option<&Written>,
        is: Option<&Written>,
    ) -> Vec<Change> {
        let inherited = self.inherited();
        let old_notes = was.map(|it| notes::steps(&it.value)).unwrap_or_default();
        let new_notes = is.map(|it| notes::steps(&it.value)).unwrap_or_default();
        let mut changes = Vec::new();
        let mut kept = vec![false; self.new.len()];
        for (at, old) in self.old.iter().enumerate() {
            let Some((to, new)) = self.pair(at) else {
                let line = old.line;
                let file = self.before.file.clone();
                let gone = Found::new("", Kind::StepRemoved, "", Some(words::step(old)), None);
                changes.push(told(
                    gone,
                    Some(old.node.clone()),
                    Some(Place { file, line }),
                ));
                continue;
            };
            if let Some(kept) = kept.get_mut(to) {
                *kept = true;
            }
            let mut found = self.placed(at, old, new);
            found.extend(steps::differences(context, &inherited, old, new));
            if let (Some(old), Some(new)) = (old_notes.get(at), new_notes.get(to)) {
                found.extend(notes::step(*old, *new));
            }
            let place = self.place(new.line);
            let change = |it| told(it, Some(new.node.clone()), Some(place.clone()));
            changes.extend(found.into_iter().map(change));
        }
        for (new, _) in self.new.iter().zip(&kept).filter(|(_, kept)| !**kept) {
            let added = Found::new("", Kind::StepAdded, "", None, Some(words::step(new)));
            changes.push(told(
                added,
                Some(new.node.clone()),
                Some(self.place(new.line)),
            ));
        }
        changes
    }

    /// What became of a step's name and of its place.
    fn placed(&self, at: usize, old: &Step, new: &Step) -> Vec<Found> {
        let mut found = Vec::new();
        let has_name = |it: &Step| !it.node.starts_with('@');
        if old.node != new.node && (has_name(old) || has_name(new)) {
            let name = |it: &Step| Some(it.node.clone()).filter(|_| has_name(it));
            found.push(Found::new("", Kind::StepRenamed, "", name(old), name(new)));
        }
        if self.edits.is_moved(at) {
            let (was, is) = self.position(at);
            let (was, is) = (Some(was.to_owned()), Some(is.to_owned()));
            found.push(Found::new("", Kind::StepMoved, "", was, is));
        }
        found
    }

    /// What steps have from the journey that changes with it.
    fn inherited(&self) -> steps::Inherited {
        let (old, new) = (self.before, self.after);
        let class = (old.class != new.class).then_some((old.class, new.class));
        let sender = (old.sender.id != new.sender.id)
            .then(|| (old.sender.id.clone(), new.sender.id.clone()));
        steps::Inherited { class, sender }
    }

    /// Puts what customers notice most first, and what concerns one step in the order of the file.
    pub(super) fn sort(&self, changes: &mut [Change]) {
        let mut order: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, step) in self.new.iter().enumerate() {
            order.insert(&step.node, at);
        }
        for (at, step) in self.old.iter().enumerate() {
            order.entry(&step.node).or_insert(at);
        }
        let at = |it: &Change| it.step.as_ref().and_then(|it| order.get(&**it).copied());
        changes.sort_by(|a, b| {
            let key = |it: &Change| (!it.kind.is_noticed(), it.kind, at(it));
            key(a).cmp(&key(b)).then_with(|| a.subject.cmp(&b.subject))
        });
    }
}

/// Where every step stands, in words, in the order of the file.
fn positions(steps: &[Step]) -> Vec<String> {
    fn go(steps: &[Step], list: &str, out: &mut Vec<String>) {
        let mut before: Option<&Step> = None;
        for step in steps {
            let place = match before {
                Some(it) if it.node.starts_with('@') => format!("after {}", words::step(it)),
                Some(it) => format!("after {}", it.node),
                None => "first".to_owned(),
            };
            out.push(format!("{place}{list}"));
            for (inner, list) in step.inner().into_iter().zip(lists(step)) {
                go(inner, &list, out);
            }
            before = Some(step);
        }
    }
    let mut out = Vec::new();
    go(steps, "", &mut out);
    out
}

/// What the lists of steps inside a step are called, in the order of [`Step::inner`].
fn lists(step: &Step) -> Vec<String> {
    let node = &step.node;
    match &step.does {
        Action::WaitFor(_) => vec![format!(" when {node} times out")],
        Action::Branch(it) => {
            let ways = it.when.iter();
            let ways = ways.map(|way| format!(" in {node}, if {}", way.condition.text));
            ways.chain([format!(" in {node}, otherwise")]).collect()
        }
        Action::Split(it) => {
            let arms = it.arms.keys().map(|arm| format!(" in {node}, arm {arm}"));
            arms.collect()
        }
        Action::Repeat(_) => vec![format!(" in {node}")],
        _ => Vec::new(),
    }
}
