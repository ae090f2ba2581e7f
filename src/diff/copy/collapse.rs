//! What differs alike in many mails, as one entry.
//!
//! Changes count as alike where the words that were taken out and put in are, and those right around
//! them; the rest of the letters may differ. What is not alike anywhere else stays together: all
//! changes of one letter's text are one entry.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::compared::{Compared, Found, shown};
use super::pairs::Job;
use super::words::Window;
use crate::diff::{CopyChange, MailChange, MailName, Part, Run};
use crate::manifest::content_hash;

/// What makes two changes alike.
type Alike = (Part, String, BTreeSet<String>, String);

/// A change, wherever it was found.
struct Entry<'c> {
    /// The first place: which job, and which of its findings.
    first: (usize, usize),
    found: &'c Found,
    people: BTreeSet<String>,
    /// The jobs in which it was found.
    jobs: Vec<usize>,
}

impl Entry<'_> {
    /// Whether it goes with the one before. In the text, the words between two changes are counted, and
    /// only one letter is known to have just so many.
    fn follows(&self, last: &Self) -> bool {
        let (a, b) = (&last.found.difference, &self.found.difference);
        let is_beside = a.part == b.part && a.at + 1 == b.at;
        let is_alike = last.people == self.people
            && last.found.everybody == self.found.everybody
            && last.jobs == self.jobs;
        is_beside && is_alike && (b.part != Part::Text || self.jobs.len() == 1)
    }
}

/// Everything that was found, each once.
pub(super) fn collapse(
    jobs: &[Job<'_>],
    compared: &[Compared],
) -> (Vec<CopyChange>, Vec<MailChange>) {
    let mut entries: BTreeMap<Alike, Entry<'_>> = BTreeMap::new();
    // What each job's mails differ in: mails that differ in the same are alike.
    let mut told: Vec<Vec<Alike>> = Vec::with_capacity(jobs.len());
    for (job, it) in compared.iter().enumerate() {
        let mut own = Vec::with_capacity(it.found.len());
        for (at, found) in it.found.iter().enumerate() {
            let alike = alike(jobs[job].locale, found);
            let entry = entries.entry(alike.clone()).or_insert_with(|| Entry {
                first: (job, at),
                found,
                people: BTreeSet::new(),
                jobs: Vec::new(),
            });
            entry.people.extend(found.people.iter().cloned());
            if entry.jobs.last() != Some(&job) {
                entry.jobs.push(job);
            }
            own.push(alike);
        }
        told.push(own);
    }
    let mut changes: Vec<CopyChange> = groups(entries.into_values())
        .iter()
        .map(|it| change(jobs, it))
        .collect();
    changes.sort_by(|a, b| order(a).cmp(&order(b)));
    (changes, mails(jobs, compared, &told))
}

fn alike(locale: &str, found: &Found) -> Alike {
    let people = if found.everybody {
        BTreeSet::new()
    } else {
        found.people.clone()
    };
    let window = &found.difference.window;
    let is_seen = if found.people.is_empty() {
        "template"
    } else {
        ""
    };
    let hash = content_hash(&[&window.change, &window.before, &window.after, is_seen]);
    (found.difference.part, locale.to_owned(), people, hash)
}

/// Entries of one part that stand side by side in the same mails, and nowhere else.
fn groups<'c>(entries: impl Iterator<Item = Entry<'c>>) -> Vec<Vec<Entry<'c>>> {
    let mut all: Vec<Entry<'c>> = entries.collect();
    all.sort_by_key(|it| it.first);
    let mut groups: Vec<Vec<Entry<'c>>> = Vec::new();
    for it in all {
        let joins = |group: &&mut Vec<Entry<'c>>| group.last().is_some_and(|last| it.follows(last));
        match groups.last_mut().filter(joins) {
            Some(group) => group.push(it),
            None => groups.push(vec![it]),
        }
    }
    groups
}

fn change(jobs: &[Job<'_>], group: &[Entry<'_>]) -> CopyChange {
    let windows: Vec<&Window> = group.iter().map(|it| &it.found.difference.window).collect();
    let (part, locale, people, everybody, own) = match group.first() {
        Some(it) => (
            it.found.difference.part,
            jobs.get(it.first.0).map_or("", |it| it.locale),
            it.people.iter().cloned().collect(),
            it.found.everybody,
            &*it.jobs,
        ),
        None => (Part::Text, "", Vec::new(), false, &[][..]),
    };
    let mut mails: Vec<MailName> = own
        .iter()
        .filter_map(|it| jobs.get(*it))
        .flat_map(|it| it.mails.iter().cloned())
        .collect();
    mails.sort_unstable();
    mails.dedup();
    let words: Vec<&str> = windows.iter().map(|it| &*it.after).collect();
    CopyChange {
        part,
        locale: locale.to_owned(),
        people,
        everybody,
        mails,
        words: runs(part, &windows, own.len() == 1),
        hash: content_hash(&words),
    }
}

/// The changes of one entry in a row.
fn runs(part: Part, windows: &[&Window], one_letter: bool) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let counts = part == Part::Text && one_letter;
    for (at, window) in windows.iter().enumerate() {
        if at == 0 && !window.opening.is_empty() && one_letter {
            runs.push(Run::Same(window.opening.clone()));
        } else if counts && window.skipped > 0 {
            runs.push(Run::Skipped(window.skipped));
        }
        runs.extend(window.runs.iter().cloned());
        if counts && at + 1 == windows.len() && window.rest > 0 {
            runs.push(Run::Skipped(window.rest));
        }
    }
    let mut joined: Vec<Run> = Vec::with_capacity(runs.len());
    for run in runs {
        match (joined.last_mut(), run) {
            (Some(Run::Same(last)), Run::Same(it)) => {
                last.push(' ');
                last.push_str(&it);
            }
            (_, run) => joined.push(run),
        }
    }
    joined
}

/// The part, then what differs in most mails, then names.
fn order(it: &CopyChange) -> impl Ord + '_ {
    (
        it.part,
        Reverse(it.mails.len()),
        &it.mails,
        &it.locale,
        !it.everybody,
        it.people.is_empty(),
        &it.people,
    )
}

/// The mails that differ, those that differ in the same words as one.
fn mails(jobs: &[Job<'_>], compared: &[Compared], told: &[Vec<Alike>]) -> Vec<MailChange> {
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, job) in jobs.iter().enumerate() {
        let alike: BTreeSet<&Alike> = told[at].iter().collect();
        // What is new or gone is like nothing else.
        let own = if alike.is_empty() { at + 1 } else { 0 };
        let key = (
            job.locale,
            job.before.is_some(),
            job.after.is_some(),
            alike,
            own,
        );
        groups.entry(key).or_default().push(at);
    }
    let mut changes: Vec<MailChange> = Vec::with_capacity(groups.len());
    for group in groups.into_values() {
        let earliest = |at: &usize| jobs[*at].mails.first();
        let Some(first) = group.iter().min_by_key(|it| earliest(it)) else {
            continue;
        };
        let mut mails: Vec<MailName> = group
            .iter()
            .flat_map(|it| jobs[*it].mails.iter().cloned())
            .collect();
        mails.sort_unstable();
        let mut mails = mails.into_iter();
        let Some(mail) = mails.next() else { continue };
        let person = compared[*first].person.clone();
        let [before, after] = shown(&jobs[*first], &person);
        changes.push(MailChange {
            mail,
            locale: jobs[*first].locale.to_owned(),
            person,
            before,
            after,
            alike: mails.collect(),
        });
    }
    changes.sort_by(|a, b| (&a.mail, &a.locale).cmp(&(&b.mail, &b.locale)));
    changes
}
