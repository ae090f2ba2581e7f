//! Files whose text differs though nothing that they say does.
//!
//! In: both sides, and what differs. Out: paths. Invariant: a file that says anything else to a
//! customer, a provider or a colleague is not among them. Not done here: saying what differs.

use std::collections::{BTreeMap, BTreeSet};

use super::written::Written;
use super::{Changes, Half, Pair};
use crate::load::PROJECT_FILE;
use crate::manifest::{Action, Step};
use crate::source::{FileId, Sources};
use crate::workspace::TEMPLATES;

/// The paths, in order.
pub(super) fn files(pair: &Pair<'_, '_>, changes: &Changes) -> Vec<String> {
    let (old, new) = (sources(&pair.before), sources(&pair.after));
    let before: BTreeMap<&str, FileId> = old.iter().map(|(id, it)| (&*it.path, id)).collect();
    let mut rewritten = Vec::new();
    for (id, file) in new.iter() {
        let Some(was) = before.get(&*file.path).copied() else {
            continue;
        };
        let is_whole = file.is_whole && old.file(was).is_whole;
        if is_whole && file.text != old.file(was).text {
            rewritten.push((was, id));
        }
    }
    let said = said(changes);
    let read = read_by_other_mails(pair, &rewritten);
    rewritten.retain(|(was, id)| {
        let path = new.path(*id);
        if path.starts_with(TEMPLATES) && !is_yaml(path) {
            return !read.contains(id);
        }
        let values = [(old, was), (new, id)].map(|(all, id)| Written::read(all, *id));
        match values.map(|it| it.map(|it| it.value)) {
            [Some(was), Some(is)] if was == is => true,
            // What is written in another form, such as a wait with and without braces.
            [Some(_), Some(_)] => is_understood(pair, *was, *id) && !said.contains(path),
            _ => false,
        }
    });
    let paths = rewritten.iter().map(|(_, id)| new.path(*id).to_owned());
    paths.collect()
}

fn sources<'h>(half: &'h Half<'_, '_>) -> &'h Sources {
    &half.compilation.workspace.sources
}

fn is_yaml(path: &str) -> bool {
    [".yaml", ".yml"].iter().any(|it| path.ends_with(it))
}

/// The files that say something else.
fn said(changes: &Changes) -> BTreeSet<&str> {
    let journeys = changes.journeys.iter().map(|it| &*it.place.file);
    let project = (!changes.project.is_empty()).then_some(PROJECT_FILE);
    journeys.chain(project).collect()
}

/// Whether both sides of a file could be read as a whole, so that nothing it says is missing.
fn is_understood(pair: &Pair<'_, '_>, was: FileId, id: FileId) -> bool {
    let knows = |half: &Half<'_, '_>, id: FileId| {
        let Some(program) = &half.compilation.program else {
            return false;
        };
        let is_project = sources(half).path(id) == PROJECT_FILE && program.lost.is_empty();
        is_project || program.whole().any(|it| it.file == id)
    };
    knows(&pair.before, was) && knows(&pair.after, id)
}

/// The files as they are that go into a mail which is another one now.
fn read_by_other_mails(pair: &Pair<'_, '_>, files: &[(FileId, FileId)]) -> BTreeSet<FileId> {
    let is_template = |id: &FileId| sources(&pair.after).path(*id).starts_with(TEMPLATES);
    let files: BTreeSet<FileId> = files.iter().map(|it| it.1).filter(is_template).collect();
    let mut read = BTreeSet::new();
    let compilation = pair.after.compilation;
    let Some(program) = compilation.program.as_ref().filter(|_| !files.is_empty()) else {
        return read;
    };
    let [before, after] = [&pair.before, &pair.after].map(hashes);
    let all = program.documents.iter().zip(&compilation.messages.of);
    for (document, messages) in all {
        let sends: Vec<_> = document.journey.sends().collect();
        for message in messages {
            let template = compilation
                .messages
                .templates
                .get(message.template as usize);
            let send = sends.get(message.send as usize);
            let locale = program.project.locales.get(message.locale as usize);
            let (Some(Some(template)), Some(send), Some(locale)) = (template, send, locale) else {
                continue;
            };
            let key = (
                &*document.journey.name.value,
                &*send.id.value,
                &*locale.value,
            );
            let is_same = after
                .get(&key)
                .is_some_and(|it| before.get(&key) == Some(it));
            if !is_same {
                read.extend(template.read.iter().filter(|it| files.contains(it)));
            }
        }
    }
    read
}

/// A mail's journey, step and language.
type Key<'m> = (&'m str, &'m str, &'m str);

/// What tells each mail from any other.
fn hashes<'h>(half: &'h Half<'_, '_>) -> BTreeMap<Key<'h>, &'h str> {
    let mut hashes = BTreeMap::new();
    for journey in half.journeys() {
        Step::walk(&journey.steps, &mut |step| {
            if let Action::Send(send) = &step.does {
                for (locale, mail) in &send.mails {
                    hashes.insert((&*journey.name, &*step.node, &**locale), &*mail.sha256);
                }
            }
        });
    }
    hashes
}
