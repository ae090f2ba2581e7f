//! Every mail of both sides, with the files that it is made of, and which mails come out differently.

use std::collections::{BTreeMap, BTreeSet};

use super::texts;
use crate::diff::{Half, Pair};
use crate::manifest::{Action, Send, Step};
use crate::source::FileId;
use crate::template::Template;

/// A mail in one language.
#[derive(Clone, Copy)]
pub(super) struct MailOf<'a> {
    pub(super) journey: &'a str,
    pub(super) step: &'a str,
    pub(super) locale: &'a str,
    pub(super) template: &'a Template,
}

/// The mails of both sides.
pub(super) struct Mails<'a> {
    pub(super) before: Vec<MailOf<'a>>,
    pub(super) after: Vec<MailOf<'a>>,
    /// The paths of the files that differ, or are there on one side only.
    pub(super) changed: BTreeSet<&'a str>,
    /// The mails that come out differently, by journey, step and language.
    differing: BTreeSet<(String, String, String)>,
}

impl<'a> Mails<'a> {
    pub(super) fn of(pair: &Pair<'a, '_>) -> Self {
        let (old, new) = (texts(&pair.before), texts(&pair.after));
        let paths: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        let changed = paths.into_iter().filter(|it| old.get(it) != new.get(it));
        let (was, is) = (hashes(&pair.before), hashes(&pair.after));
        let differing = was
            .iter()
            .filter(|(key, hash)| is.get(*key).is_some_and(|it| it != *hash));
        let owned =
            |(a, b, c): &(&str, &str, &str)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned());
        Self {
            before: all(&pair.before),
            after: all(&pair.after),
            changed: changed.collect(),
            differing: differing.map(|it| owned(it.0)).collect(),
        }
    }

    /// Whether a mail comes out differently.
    pub(super) fn differs(&self, it: &MailOf<'_>) -> bool {
        let key = (
            it.journey.to_owned(),
            it.step.to_owned(),
            it.locale.to_owned(),
        );
        self.differing.contains(&key)
    }

    /// Whether any mail does.
    pub(super) fn any_differs(&self) -> bool {
        !self.differing.is_empty()
    }
}

impl<'a> MailOf<'a> {
    /// The files that it is made of.
    pub(super) fn files(&self) -> impl Iterator<Item = FileId> + 'a {
        self.template.read.iter().copied()
    }
}

fn all<'a>(half: &Half<'a, '_>) -> Vec<MailOf<'a>> {
    let compilation = half.compilation;
    let messages = &compilation.messages;
    let mut res = Vec::new();
    let Some(program) = &compilation.program else {
        return res;
    };
    let locales = &program.project.locales;
    for (document, own) in program.documents.iter().zip(&messages.of) {
        if document.damaged {
            continue;
        }
        let sends: Vec<_> = document.journey.sends().collect();
        let mail = |it: &crate::messages::Message| {
            let template = messages.templates.get(it.template as usize)?;
            Some(MailOf {
                journey: &document.journey.name.value,
                step: &sends.get(it.send as usize)?.id.value,
                locale: &locales.get(it.locale as usize)?.value,
                template: template.as_deref()?,
            })
        };
        res.extend(own.iter().filter_map(mail));
    }
    res
}

/// The hash of every mail, by journey, step and language.
fn hashes<'h>(half: &'h Half<'_, '_>) -> BTreeMap<(&'h str, &'h str, &'h str), &'h str> {
    let mut res = BTreeMap::new();
    each_send(half, &mut |journey, step, send| {
        for (locale, mail) in &send.mails {
            res.insert((journey, step, &**locale), &*mail.sha256);
        }
    });
    res
}

/// Calls `visit` with every email of a side: its journey, its step and what is said of it.
pub(super) fn each_send<'h>(
    half: &'h Half<'_, '_>,
    visit: &mut impl FnMut(&'h str, &'h str, &'h Send),
) {
    for journey in half.journeys() {
        Step::walk(&journey.steps, &mut |step| {
            if let Action::Send(send) = &step.does {
                visit(&journey.name, &step.node, send);
            }
        });
    }
}
