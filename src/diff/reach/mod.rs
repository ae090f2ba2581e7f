//! Whom a shared thing that differs reaches.
//!
//! In: both sides. Out: a [`Reach`] for each shared thing that differs and that somebody uses: the
//! journeys, and how many mails of theirs come out differently. Invariant: what nobody uses, and what
//! changes no mail though it only serves mails, reaches nothing and is not named.
//!
//! A mail is an email of a step, in all its languages; it comes out differently where its hash in the
//! manifest differs, so journeys and steps under a new name are not among them. Several causes of one
//! difference are each told: a mail whose own words changed counts for its footer too if that changed.
//! Not done here: what differs in the words (`copy`).

mod mails;
mod settings;
mod templates;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::{Half, Pair, Reach, Shared};
use mails::Mails;

/// What is shared and differs.
pub(super) fn changes(pair: &Pair<'_, '_>) -> Vec<Reach> {
    let mails = Mails::of(pair);
    let mut found = templates::changes(pair, &mails);
    found.extend(settings::changes(pair, &mails));
    found.sort_by(|a, b| (a.what, &a.name).cmp(&(b.what, &b.name)));
    found
}

/// Whom something reaches, while it is found out.
#[derive(Default)]
struct Reached<'a> {
    journeys: BTreeSet<&'a str>,
    /// By journey and step.
    mails: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Reached<'a> {
    fn journey(&mut self, journey: &'a str) {
        self.journeys.insert(journey);
    }

    fn mail(&mut self, journey: &'a str, step: &'a str) {
        self.journeys.insert(journey);
        self.mails.insert((journey, step));
    }

    /// Nothing if it reaches nobody.
    fn told(&self, what: Shared, name: &str) -> Option<Reach> {
        (!self.journeys.is_empty()).then(|| Reach {
            what,
            name: name.to_owned(),
            journeys: self.journeys.iter().map(|it| (*it).to_owned()).collect(),
            mails: self.mails.len(),
        })
    }
}

/// The files of a side, by path.
fn texts<'h>(half: &Half<'h, '_>) -> BTreeMap<&'h str, &'h str> {
    let files = half.compilation.workspace.sources.iter();
    files.map(|(_, it)| (&*it.path, &*it.text)).collect()
}
