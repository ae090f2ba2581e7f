//! Layouts, partials, templates that several steps send, and the catalogue of short texts.

use std::collections::{BTreeMap, BTreeSet};

use super::Reached;
use super::mails::{MailOf, Mails};
use crate::diff::{Pair, Reach, Shared};
use crate::workspace::TEMPLATES;

/// Those that differ and are in a mail that comes out differently.
pub(super) fn changes(pair: &Pair<'_, '_>, mails: &Mails<'_>) -> Vec<Reach> {
    if !mails.any_differs() {
        return Vec::new();
    }
    let mut found = files(pair, mails);
    found.extend(catalogues(pair, mails));
    found
}

/// What a file goes into.
#[derive(Default)]
struct Uses<'a> {
    reached: Reached<'a>,
    /// Whether some mail is made of it besides its own template.
    is_part: bool,
    /// The steps that send it, as their own template.
    senders: BTreeSet<(&'a str, &'a str)>,
}

fn files(pair: &Pair<'_, '_>, mails: &Mails<'_>) -> Vec<Reach> {
    let mut uses: BTreeMap<&str, Uses<'_>> = BTreeMap::new();
    let sides = [(&pair.before, &mails.before), (&pair.after, &mails.after)];
    for (half, all) in sides {
        let sources = &half.compilation.workspace.sources;
        for mail in all {
            let differs = mails.differs(mail);
            for file in mail.files() {
                let path = sources.path(file);
                if !mails.changed.contains(path) {
                    continue;
                }
                let it = uses.entry(path).or_default();
                if file == mail.template.file {
                    it.senders.insert((mail.journey, mail.step));
                } else {
                    it.is_part = true;
                }
                if differs {
                    it.reached.mail(mail.journey, mail.step);
                }
            }
        }
    }
    let shared = uses
        .iter()
        .filter(|(_, it)| it.is_part || it.senders.len() > 1);
    let name = |path: &str| path.strip_prefix(TEMPLATES).unwrap_or(path).to_owned();
    shared
        .filter_map(|(path, it)| it.reached.told(Shared::Template, &name(path)))
        .collect()
}

fn catalogues(pair: &Pair<'_, '_>, mails: &Mails<'_>) -> Vec<Reach> {
    let libraries = (
        &pair.before.compilation.templates,
        &pair.after.compilation.templates,
    );
    let unlike = libraries.0.texts_unlike(libraries.1);
    let mut found = Vec::new();
    for (language, keys) in unlike {
        let mut reached = Reached::default();
        let asks = |it: &&MailOf<'_>| {
            let own = it.locale.split('-').next() == Some(language) || it.locale == language;
            (own || language.is_empty())
                && it.template.texts.iter().any(|key| keys.contains(&**key))
                && mails.differs(it)
        };
        let both = mails.before.iter().chain(&mails.after);
        for it in both.filter(asks) {
            reached.mail(it.journey, it.step);
        }
        found.extend(reached.told(Shared::Catalogue, &catalogue(mails, language)));
    }
    found
}

/// The file of a language's texts, below `templates/`.
fn catalogue(mails: &Mails<'_>, language: &str) -> String {
    let dot = if language.is_empty() { "" } else { "." };
    let long = format!("messages{dot}{language}.yaml");
    let short = format!("messages{dot}{language}.yml");
    let is_short = mails.changed.contains(&*format!("{TEMPLATES}{short}"));
    if is_short { short } else { long }
}
