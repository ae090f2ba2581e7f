//! The journeys in which the people of some journeys are as well.
//!
//! Ten thousand texts are looked through for names, which takes a hundredth of the time of parsing
//! them; only those that name one are parsed, and only those that are linked are kept. A name that is
//! spelled with escapes would not be found, so that every text with a backslash is parsed.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use super::is_watched;
use crate::model::{Journey, Milestone, Project, Step};
use crate::source::FileId;
use crate::workspace::Workspace;

/// Where more journeys than this are linked, compiling them all is hardly dearer.
const MAX_LINKED: usize = 2_000;

/// What links a journey with others.
#[derive(Debug, Clone)]
pub(super) struct Links {
    name: String,
    /// The event that lets people in.
    begins: String,
    /// The journeys that it starts.
    enters: BTreeSet<String>,
    /// The events that it waits for.
    awaits: BTreeSet<String>,
}

/// The search for journeys that are linked, directly or through others.
pub(super) struct Neighbours<'w> {
    workspace: &'w Workspace,
    /// Those that are linked.
    linked: BTreeSet<FileId>,
    /// Those that name something of a linked one, linked or not.
    known: BTreeMap<FileId, Links>,
    /// The names that texts have been looked through for.
    sought: BTreeSet<String>,
}

impl Links {
    /// The links of a journey.
    pub(super) fn of(journey: &Journey) -> Self {
        let (mut enters, mut awaits) = (BTreeSet::new(), BTreeSet::new());
        for (step, _) in journey.walk() {
            match &step.value {
                Step::Enter(name) => enters.insert(name.value.to_string()),
                Step::WaitFor(it) => awaits.insert(it.event.value.to_string()),
                _ => false,
            };
        }
        Self {
            name: journey.name.value.to_string(),
            begins: journey.trigger.event.value.to_string(),
            enters,
            awaits,
        }
    }

    /// Whether one person may be in both.
    fn meets(&self, other: &Self) -> bool {
        let leads = |one: &Self, other: &Self| {
            one.enters.contains(&other.name) || one.awaits.contains(&other.begins)
        };
        self.begins == other.begins || leads(self, other) || leads(other, self)
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        let own = [&self.name, &self.begins];
        own.into_iter().chain(&self.enters).chain(&self.awaits)
    }

    fn is_watched(&self, project: &Project) -> bool {
        let mut events = std::iter::once(&self.begins).chain(&self.awaits);
        events.any(|it| is_watched(project, it))
    }
}

impl<'w> Neighbours<'w> {
    /// The journeys that are linked with some, these included; nothing where that cannot be told, or
    /// where rules look at all journeys for what these do.
    pub(super) fn of(
        workspace: &'w Workspace,
        begin: &[FileId],
        project: &Project,
        read: &(dyn Fn(FileId) -> Option<Links> + Sync),
    ) -> Option<BTreeSet<FileId>> {
        // Where payments are heard of late, rules compare every first reminder with that.
        let mut payments = project.events_of(Milestone::Payment);
        if payments.any(|it| project.event(&it.value).is_some_and(|it| it.polled)) {
            return None;
        }
        let mut search = Self {
            workspace,
            linked: begin.iter().copied().collect(),
            known: BTreeMap::new(),
            sought: BTreeSet::new(),
        };
        for file in begin {
            search.known.insert(*file, read(*file)?);
        }
        let mut fresh: Vec<FileId> = begin.to_vec();
        while !fresh.is_empty() {
            let names = search.seek(&fresh, project)?;
            search.look_for(&names, read)?;
            fresh = search.link();
            if search.linked.len() > MAX_LINKED || search.known.len() > 2 * MAX_LINKED {
                return None;
            }
        }
        Some(search.linked)
    }

    /// The names of journeys and events that have not been looked for yet; nothing where one of the
    /// journeys is watched.
    fn seek(&mut self, fresh: &[FileId], project: &Project) -> Option<Vec<String>> {
        let mut names = Vec::new();
        for links in fresh.iter().filter_map(|it| self.known.get(it)) {
            if links.is_watched(project) {
                return None;
            }
            for name in links.names() {
                if self.sought.insert(name.clone()) {
                    names.push(name.clone());
                }
            }
        }
        Some(names)
    }

    /// Reads the journeys that name one of these.
    fn look_for(
        &mut self,
        names: &[String],
        read: &(dyn Fn(FileId) -> Option<Links> + Sync),
    ) -> Option<()> {
        if names.is_empty() {
            return Some(());
        }
        let patterns = names.iter().map(String::as_str).chain(["\\"]);
        let search = AhoCorasick::new(patterns).ok()?;
        let files = self.workspace.journeys();
        let is_named = |it: &FileId| {
            !self.known.contains_key(it) && search.is_match(self.workspace.sources.text(*it))
        };
        let found: Vec<FileId> = files.into_par_iter().filter(is_named).collect();
        if found.len() > 2 * MAX_LINKED {
            return None;
        }
        let read = |it: FileId| Some((it, read(it)?));
        let found: Option<Vec<_>> = found.into_par_iter().map(read).collect();
        self.known.extend(found?);
        Some(())
    }

    /// Takes in those that are linked with one that is; says which are new.
    fn link(&mut self) -> Vec<FileId> {
        let linked: Vec<&Links> = self
            .linked
            .iter()
            .filter_map(|it| self.known.get(it))
            .collect();
        let all = self.known.iter();
        let others = all.filter(|(file, _)| !self.linked.contains(file));
        let meets = |links: &Links| linked.iter().any(|it| it.meets(links));
        let fresh: Vec<FileId> = others
            .filter(|(_, links)| meets(links))
            .map(|(file, _)| *file)
            .collect();
        self.linked.extend(&fresh);
        fresh
    }
}
