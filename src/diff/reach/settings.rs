//! What the project file says for all journeys: senders, events, attributes, policy, brand, languages.

use std::collections::{BTreeMap, BTreeSet};

use super::mails::{MailOf, Mails, each_send};
use super::{Reached, texts};
use crate::diff::{Half, Pair, Reach, Shared};
use crate::manifest::{Policy, Send};
use crate::model::{self, Class, ExprKind, Journey, Name, Program, Step, Table};

/// Those that differ on both sides, and whom they reach.
pub(super) fn changes(pair: &Pair<'_, '_>, mails: &Mails<'_>) -> Vec<Reach> {
    let program = |half: &Half<'_, '_>| half.compilation.program.is_some();
    if !program(&pair.before) || !program(&pair.after) {
        return Vec::new();
    }
    let mut found = senders(pair);
    found.extend(events(pair, mails));
    found.extend(attributes(pair, mails));
    found.extend(policy(pair, mails));
    found.extend(brand(pair, mails));
    found.extend(locales(pair));
    found
}

/// The emails of a side, by journey and step.
type Sends<'h> = BTreeMap<(&'h str, &'h str), &'h Send>;

fn sends<'h>(half: &'h Half<'_, '_>) -> Sends<'h> {
    let mut res = Sends::new();
    each_send(half, &mut |journey, step, send| {
        res.insert((journey, step), send);
    });
    res
}

/// Senders that the inbox shows differently: the mails that have the same sender as before.
fn senders(pair: &Pair<'_, '_>) -> Vec<Reach> {
    let (was, is) = (sends(&pair.before), sends(&pair.after));
    let mut found: BTreeMap<&str, Reached<'_>> = BTreeMap::new();
    for ((journey, step), send) in is {
        let Some(before) = was.get(&(journey, step)) else {
            continue;
        };
        let (old, new) = (&before.sender, &send.sender);
        if old.id == new.id && (&old.name, &old.address) != (&new.name, &new.address) {
            found.entry(&new.id).or_default().mail(journey, step);
        }
    }
    let told = found.iter();
    told.filter_map(|(id, it)| it.told(Shared::Sender, id))
        .collect()
}

/// The names of what both tables have, and do not say alike.
fn unlike<'t, V: PartialEq>(
    before: &'t indexmap::IndexMap<String, V>,
    after: &'t indexmap::IndexMap<String, V>,
) -> Vec<&'t str> {
    let differs = |(name, it): &(&String, &V)| before.get(*name).is_some_and(|old| old != *it);
    let names = after.iter().filter(differs);
    names.map(|it| &**it.0).collect()
}

fn events(pair: &Pair<'_, '_>, mails: &Mails<'_>) -> Vec<Reach> {
    let (Some(was), Some(is)) = (&pair.before.manifest, &pair.after.manifest) else {
        return Vec::new();
    };
    let each = unlike(&was.events, &is.events).into_iter().map(|event| {
        let mut reached = Reached::default();
        for program in programs(pair) {
            for journey in program.whole().map(|it| &it.journey) {
                if speaks_of_event(journey, event) {
                    reached.journey(&journey.name.value);
                }
            }
        }
        let triggered: BTreeSet<&str> = programs(pair)
            .flat_map(Program::whole)
            .map(|it| &it.journey)
            .filter(|it| *it.trigger.event.value == *event)
            .map(|it| &*it.name.value)
            .collect();
        for it in unexplained(pair, mails).filter(|it| triggered.contains(it.journey)) {
            reached.mail(it.journey, it.step);
        }
        reached.told(Shared::Event, event)
    });
    each.flatten().collect()
}

fn attributes(pair: &Pair<'_, '_>, mails: &Mails<'_>) -> Vec<Reach> {
    let (Some(was), Some(is)) = (&pair.before.manifest, &pair.after.manifest) else {
        return Vec::new();
    };
    let each = unlike(&was.contact, &is.contact).into_iter().map(|name| {
        let mut reached = Reached::default();
        for program in programs(pair) {
            for journey in program.whole().map(|it| &it.journey) {
                if speaks_of_attribute(journey, name) {
                    reached.journey(&journey.name.value);
                }
            }
        }
        let named = format!("contact.{name}");
        for it in mentioning(pair, mails, &named) {
            reached.journey(it.journey);
            if mails.differs(it) {
                reached.mail(it.journey, it.step);
            }
        }
        reached.told(Shared::Attribute, name)
    });
    each.flatten().collect()
}

/// Windows and caps reach the mails that they hold back or drop; these come at other times.
fn policy(pair: &Pair<'_, '_>, mails: &Mails<'_>) -> Vec<Reach> {
    let (Some(was), Some(is)) = (&pair.before.manifest, &pair.after.manifest) else {
        return Vec::new();
    };
    let differs = |part: fn(&Policy) -> Option<String>| part(&was.policy) != part(&is.policy);
    let written = [
        (
            "send_window",
            differs(|it| it.send_window.as_ref().map(|it| format!("{it:?}"))),
        ),
        (
            "quiet_hours",
            differs(|it| it.quiet_hours.as_ref().map(|it| format!("{it:?}"))),
        ),
        (
            "frequency_cap",
            differs(|it| it.frequency_cap.as_ref().map(|it| format!("{it:?}"))),
        ),
    ];
    let mut found = Vec::new();
    for (part, _) in written.iter().filter(|it| it.1) {
        let mut reached = Reached::default();
        for half in [&pair.before, &pair.after] {
            each_send(half, &mut |journey, step, send| {
                if send.class == Class::Commercial && !send.bypass_window {
                    reached.mail(journey, step);
                }
            });
        }
        found.extend(reached.told(Shared::Policy, part));
    }
    let parameters =
        |it: &Program| -> Vec<(String, String)> { pairs(&it.project.policy.link_parameters) };
    let mut written = programs(pair).map(parameters);
    if written.next() != written.next() {
        let mut reached = Reached::default();
        for it in unexplained(pair, mails) {
            reached.mail(it.journey, it.step);
        }
        found.extend(reached.told(Shared::Policy, "link_parameters"));
    }
    found
}

fn brand(pair: &Pair<'_, '_>, mails: &Mails<'_>) -> Vec<Reach> {
    type Field = fn(&model::Brand) -> Vec<(String, String)>;
    let fields: [(&str, Field); 4] = [
        ("name", |it| {
            vec![(String::new(), it.name.value.to_string())]
        }),
        ("url", |it| vec![(String::new(), it.url.value.to_string())]),
        ("postal_address", |it| {
            let address = it.postal_address.iter();
            address
                .map(|it| (String::new(), it.value.to_string()))
                .collect()
        }),
        ("links", |it| pairs(&it.links)),
    ];
    let differs = |field: &Field| {
        let mut written = programs(pair).map(|it| field(&it.project.brand));
        written.next() != written.next()
    };
    let mut found = Vec::new();
    for (name, _) in fields.iter().filter(|it| differs(&it.1)) {
        let mut reached = Reached::default();
        let named = format!("brand.{name}");
        for it in mentioning(pair, mails, &named).filter(|it| mails.differs(it)) {
            reached.mail(it.journey, it.step);
        }
        found.extend(reached.told(Shared::Brand, name));
    }
    found
}

/// Languages that came or went, for the mails that were there before and still are.
fn locales(pair: &Pair<'_, '_>) -> Vec<Reach> {
    let (Some(was), Some(is)) = (&pair.before.manifest, &pair.after.manifest) else {
        return Vec::new();
    };
    let (old, new) = (sends(&pair.before), sends(&pair.after));
    let all = was.locales.iter().chain(&is.locales);
    let differing = all.filter(|it| was.locales.contains(it) != is.locales.contains(it));
    let each = differing.map(|locale| {
        let mut reached = Reached::default();
        for ((journey, step), send) in &new {
            let has = |it: &Send| it.mails.contains_key(locale);
            if old
                .get(&(*journey, *step))
                .is_some_and(|it| has(it) != has(send))
            {
                reached.mail(journey, step);
            }
        }
        reached.told(Shared::Locale, locale)
    });
    each.flatten().collect()
}

fn programs<'a>(pair: &Pair<'a, '_>) -> impl Iterator<Item = &'a Program> {
    let both = [pair.before.compilation, pair.after.compilation];
    both.into_iter().filter_map(|it| it.program.as_ref())
}

fn pairs(table: &Table<Name>) -> Vec<(String, String)> {
    let pairs = table.iter();
    pairs
        .map(|(name, it)| (name.value.to_string(), it.value.to_string()))
        .collect()
}

/// The mails that come out differently though no file that they are made of has changed.
fn unexplained<'m, 'a>(
    pair: &'m Pair<'a, '_>,
    mails: &'m Mails<'a>,
) -> impl Iterator<Item = &'m MailOf<'a>> {
    let sources = &pair.after.compilation.workspace.sources;
    let is_as_it_was = |it: &MailOf<'_>| {
        let mut files = it.files();
        files.all(|file| !mails.changed.contains(sources.path(file)))
    };
    let after = mails.after.iter();
    after.filter(move |it| mails.differs(it) && is_as_it_was(it))
}

/// The mails that are made of a file that mentions a name.
fn mentioning<'m, 'a>(
    pair: &'m Pair<'a, '_>,
    mails: &'m Mails<'a>,
    name: &str,
) -> impl Iterator<Item = &'m MailOf<'a>> {
    let texts = texts(&pair.after);
    let found: BTreeSet<&str> = texts
        .into_iter()
        .filter(|(_, text)| mentions(text, name))
        .map(|it| it.0)
        .collect();
    let sources = &pair.after.compilation.workspace.sources;
    let after = mails.after.iter();
    after.filter(move |it| it.files().any(|file| found.contains(sources.path(file))))
}

/// Whether a text has a name that does not go on.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let next = text.get(at + name.len()..).and_then(|it| it.chars().next());
        !next.is_some_and(|it| it.is_alphanumeric() || it == '_')
    })
}

fn speaks_of_event(journey: &Journey, event: &str) -> bool {
    let is = |it: &Name| *it.value == *event;
    let waits = || {
        journey.walk().any(|(step, _)| match &step.value {
            Step::WaitFor(it) => is(&it.event),
            _ => false,
        })
    };
    is(&journey.trigger.event)
        || journey.exits.iter().any(|it| is(&it.on))
        || journey.goal.as_ref().is_some_and(|it| is(&it.event))
        || waits()
        || asks(
            journey,
            |it| matches!(it, ExprKind::History(it) if *it.event == *event),
        )
}

fn speaks_of_attribute(journey: &Journey, name: &str) -> bool {
    let named = format!("contact.{name}");
    let writes = || {
        journey.walk().any(|(step, _)| match &step.value {
            Step::Set(it) => *it.attribute.value == *name,
            Step::WaitUntil(it) => mentions(&it.date.to_string(), &named),
            _ => false,
        })
    };
    writes()
        || asks(
            journey,
            |it| matches!(it, ExprKind::Contact(it) if **it == *name),
        )
}

/// Whether a condition of a journey asks something.
fn asks(journey: &Journey, is: impl Fn(&ExprKind) -> bool) -> bool {
    let mut found = false;
    for condition in journey.conditions() {
        if let Ok(expr) = &condition.parsed {
            expr.walk(&mut |it| found |= is(&it.kind));
        }
    }
    found
}
