//! Which mail of the one side is which of the other, and which of them differ.
//!
//! Out: [`Job`]s: mails that differ alike, because they are made of the same templates for the same
//! events, so that they are compared once.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{Fate, Half, JourneyChanges, Kind, MailName, Pair};
use crate::manifest::{Action, Step};
use crate::model::Program;
use crate::printed::{Email, emails};
use crate::recipients::{Languages, languages};

/// One comparison.
pub(super) struct Job<'a> {
    /// How the mail was; nothing where it is new.
    pub(super) before: Option<Side<'a>>,
    /// How it is; nothing where it is gone.
    pub(super) after: Option<Side<'a>>,
    /// The language.
    pub(super) locale: &'a str,
    /// The mails, in the order of their names: as they are now, or were.
    pub(super) mails: Vec<MailName>,
}

/// A mail and whom it is shown to.
#[derive(Clone)]
pub(super) struct Side<'a> {
    /// The project.
    pub(super) program: &'a Program,
    /// The first of the mails.
    pub(super) email: Email<'a>,
    /// In which languages it is written, for those who read others.
    pub(super) languages: Languages<'a>,
}

/// What two mails must share on one side to be compared once: the template and the event, and the
/// languages, which decide for whom they are.
type Alike<'a> = (u32, &'a str, BTreeSet<&'a str>);

/// What makes a mail the same one on both sides.
type Key<'a> = (&'a str, &'a str, &'a str);

/// The mails that differ, in the light of what became of their journeys.
pub(super) fn jobs<'a>(pair: &'a Pair<'_, '_>, journeys: &[JourneyChanges]) -> Vec<Job<'a>> {
    let before = Mails::of(&pair.before);
    let after = Mails::of(&pair.after);
    let names = Names::of(journeys);
    let mut jobs: BTreeMap<_, Job<'a>> = BTreeMap::new();
    for (old, new) in matched(&before, &after, &names) {
        let is_unknown = match (old, new) {
            (Some(old), None) => after.may_have(names.now(key(old)), &names),
            (None, Some(new)) => before.may_have(names.then(key(new)), &names),
            _ => false,
        };
        if is_unknown {
            continue;
        }
        let hash = |mails: &Mails<'a>, it: Option<&Email<'a>>| {
            let it = it?;
            mails.hashes.get(&key(it)).copied()
        };
        let (was, is) = (hash(&before, old), hash(&after, new));
        if was.is_some() && was == is {
            continue;
        }
        let Some(mail) = new.or(old) else { continue };
        let alike = (before.alike(old), after.alike(new), mail.locale);
        let job = jobs.entry(alike).or_insert_with(|| Job {
            before: before.side(old),
            after: after.side(new),
            locale: mail.locale,
            mails: Vec::new(),
        });
        let (journey, step) = mail.step();
        job.mails.push(MailName {
            journey: journey.to_owned(),
            step: step.to_owned(),
        });
    }
    let mut jobs: Vec<Job<'a>> = jobs.into_values().collect();
    for job in &mut jobs {
        job.mails.sort_unstable();
    }
    jobs
}

/// The mails of one side.
struct Mails<'a> {
    program: Option<&'a Program>,
    emails: Vec<Email<'a>>,
    languages: Languages<'a>,
    /// What the manifest says each is known by.
    hashes: BTreeMap<Key<'a>, &'a str>,
    /// The journeys that are whole.
    whole: BTreeSet<&'a str>,
    /// Those that are sent, and cannot be made.
    unmade: BTreeSet<Key<'a>>,
}

impl<'a> Mails<'a> {
    fn of(half: &'a Half<'_, '_>) -> Self {
        let emails = emails(half.compilation);
        let mut hashes = BTreeMap::new();
        let mut whole = BTreeSet::new();
        for journey in half.journeys() {
            whole.insert(&*journey.name);
            Step::walk(&journey.steps, &mut |step| {
                if let Action::Send(send) = &step.does {
                    for (locale, mail) in &send.mails {
                        let key = (&*journey.name, &*step.node, &**locale);
                        hashes.insert(key, &*mail.sha256);
                    }
                }
            });
        }
        Self {
            program: half.compilation.program.as_ref(),
            languages: languages(&emails),
            emails,
            hashes,
            whole,
            unmade: unmade(half),
        }
    }

    /// Whether a mail that cannot be seen on this side may well be there: what could not be understood is
    /// neither gone nor new.
    fn may_have(&self, key: Key<'_>, names: &Names<'_>) -> bool {
        let is_told = self.whole.contains(key.0) || names.alone.contains(key.0);
        !is_told || self.unmade.contains(&key)
    }

    fn alike(&self, email: Option<&Email<'a>>) -> Option<Alike<'a>> {
        let email = email?;
        let (template, event) = (email.message.template, email.event());
        let written = self.languages.get(&email.step());
        Some((template, event, written.cloned().unwrap_or_default()))
    }

    fn side(&self, email: Option<&Email<'a>>) -> Option<Side<'a>> {
        let email = *email?;
        let written = self.languages.get(&email.step())?;
        Some(Side {
            program: self.program?,
            email,
            languages: Languages::from([(email.step(), written.clone())]),
        })
    }
}

/// The mails of one side that are sent, and cannot be made.
fn unmade<'a>(half: &'a Half<'_, '_>) -> BTreeSet<Key<'a>> {
    let compilation = half.compilation;
    let mut unmade = BTreeSet::new();
    let Some(program) = &compilation.program else {
        return unmade;
    };
    for (document, messages) in program.documents.iter().zip(&compilation.messages.of) {
        let sends: Vec<_> = document.journey.sends().collect();
        for message in messages {
            let mail = compilation.mails.get(message.template as usize);
            let send = sends.get(message.send as usize);
            let locale = program.project.locales.get(message.locale as usize);
            if let (Some(None), Some(send), Some(locale)) = (mail, send, locale) {
                let journey = &*document.journey.name.value;
                unmade.insert((journey, &*send.id.value, &*locale.value));
            }
        }
    }
    unmade
}

/// What became of the names of journeys and steps.
#[derive(Default)]
struct Names<'c> {
    /// The new name of each journey, by the old one, and the other way round.
    journeys: [BTreeMap<&'c str, &'c str>; 2],
    /// The same for steps, by journey and step.
    steps: [BTreeMap<(&'c str, &'c str), &'c str>; 2],
    /// The journeys that are new or gone.
    alone: BTreeSet<&'c str>,
}

impl<'c> Names<'c> {
    fn of(journeys: &'c [JourneyChanges]) -> Self {
        let mut names = Self::default();
        for it in journeys {
            let (was, is) = (it.was.as_deref().unwrap_or(&it.name), &*it.name);
            if matches!(it.fate, Fate::Added | Fate::Removed) {
                names.alone.insert(is);
            }
            names.journeys[0].insert(was, is);
            names.journeys[1].insert(is, was);
            let renamed = it.changes.iter().filter(|it| it.kind == Kind::StepRenamed);
            for change in renamed {
                if let (Some(old), Some(new)) = (&change.before, &change.after) {
                    names.steps[0].insert((was, old), new);
                    names.steps[1].insert((is, new), old);
                }
            }
        }
        names
    }

    /// What an old mail is called now.
    fn now<'k>(&self, key: Key<'k>) -> Key<'k>
    where
        'c: 'k,
    {
        self.other(0, key)
    }

    /// What a new mail was called.
    fn then<'k>(&self, key: Key<'k>) -> Key<'k>
    where
        'c: 'k,
    {
        self.other(1, key)
    }

    fn other<'k>(&self, way: usize, (journey, step, locale): Key<'k>) -> Key<'k>
    where
        'c: 'k,
    {
        let name = self.journeys[way].get(journey).copied().unwrap_or(journey);
        let renamed = self.steps[way].get(&(journey, step)).copied();
        (name, renamed.unwrap_or(step), locale)
    }
}

fn key<'a>(email: &Email<'a>) -> Key<'a> {
    let (journey, step) = email.step();
    (journey, step, email.locale)
}

/// Each mail beside what it was: by journey, step and language, whatever they were called; then, for
/// those that are left, by their template, within a journey first.
fn matched<'m, 'a>(
    before: &'m Mails<'a>,
    after: &'m Mails<'a>,
    names: &Names<'m>,
) -> Vec<(Option<&'m Email<'a>>, Option<&'m Email<'a>>)> {
    let by_key = |mails: &'m Mails<'a>| -> BTreeMap<Key<'m>, &'m Email<'a>> {
        mails.emails.iter().map(|it| (key(it), it)).collect()
    };
    let (mut old, mut new) = (by_key(before), by_key(after));
    let mut all = Vec::new();
    old.retain(|key, was| match new.remove(&names.now(*key)) {
        Some(is) => {
            all.push((Some(*was), Some(is)));
            false
        }
        None => true,
    });
    for within in [true, false] {
        let place = |it: &Email<'a>| {
            let journey = if within { it.step().0 } else { "" };
            (journey, it.template_name(), it.locale)
        };
        let mut left: BTreeMap<_, Vec<Key<'m>>> = BTreeMap::new();
        for (key, it) in new.iter().rev() {
            left.entry(place(it)).or_default().push(*key);
        }
        old.retain(|_, was| {
            let found = left.get_mut(&place(was)).and_then(Vec::pop);
            match found.and_then(|it| new.remove(&it)) {
                Some(is) => {
                    all.push((Some(*was), Some(is)));
                    false
                }
                None => true,
            }
        });
    }
    all.extend(old.into_values().map(|it| (Some(it), None)));
    all.extend(new.into_values().map(|it| (None, Some(it))));
    all
}
