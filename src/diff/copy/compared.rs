//! One mail beside what it was, in the eyes of everybody to whom it is shown.
//!
//! Invariant: what nobody sees is told in the words of the template, so that no change is without an
//! entry.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::pairs::{Job, Side};
use super::parts::{Difference, differences};
use crate::diff::Part;
use crate::manifest::content_hash;
use crate::recipients::{Recipient, recipients};
use crate::render::{Mail, Preview};
use crate::template::neutral;

/// So many people look at a mail at most; a template that only others read differently is told in its
/// own words.
const PEOPLE: usize = 40;

/// What a comparison brings.
#[derive(Default)]
pub(super) struct Compared {
    /// What differs, in the order of the parts.
    pub(super) found: Vec<Found>,
    /// The first for whom it differs.
    pub(super) person: String,
}

/// A difference and who sees it.
pub(super) struct Found {
    pub(super) difference: Difference,
    pub(super) people: BTreeSet<String>,
    /// Whether they are all to whom the mail is shown.
    pub(super) everybody: bool,
}

/// Somebody, as each side knows them.
struct Person {
    name: String,
    before: Recipient,
    after: Recipient,
}

/// Compares both sides of a job.
pub(super) fn compare(job: &Job<'_>) -> Compared {
    match (&job.before, &job.after) {
        (Some(before), Some(after)) => both(before, after),
        (before, after) => {
            let side = before.as_ref().or(after.as_ref());
            let people = side.map(|it| recipients(it.program, &it.email, &it.languages));
            let first = people.and_then(|it| it.into_iter().next());
            Compared {
                found: Vec::new(),
                person: first.map_or_else(String::new, |it| it.name),
            }
        }
    }
}

/// A mail in somebody's eyes, before and after.
pub(super) fn shown(job: &Job<'_>, person: &str) -> [Option<Arc<Preview>>; 2] {
    let (old, new) = (job.before.as_ref(), job.after.as_ref());
    let Some((before, after)) = old.or(new).zip(new.or(old)) else {
        return [None, None];
    };
    let people = people(before, after);
    let Some(person) = people.iter().find(|it| it.name == person) else {
        return [None, None];
    };
    let sees =
        |side: Option<&Side<'_>>, who: &Recipient| side.map(|it| Arc::new(who.sees(it.email.mail)));
    [sees(old, &person.before), sees(new, &person.after)]
}

fn both(before: &Side<'_>, after: &Side<'_>) -> Compared {
    let people = people(before, after);
    let mut res = Compared::default();
    // Many people see the same.
    let mut seen: Vec<((Preview, Preview), Vec<String>)> = Vec::new();
    for it in &people {
        let previews = (
            it.before.sees(before.email.mail),
            it.after.sees(after.email.mail),
        );
        match seen.iter_mut().find(|(known, _)| *known == previews) {
            Some((_, names)) => names.push(it.name.clone()),
            None => seen.push((previews, vec![it.name.clone()])),
        }
    }
    let mut found: BTreeMap<(Part, String), Found> = BTreeMap::new();
    for ((was, is), names) in &seen {
        if was == is {
            continue;
        }
        for difference in differences(was, is) {
            let key = (difference.part, content_hash(&[&difference.window.change]));
            let entry = found.entry(key).or_insert_with(|| Found {
                difference,
                people: BTreeSet::new(),
                everybody: false,
            });
            entry.people.extend(names.iter().cloned());
        }
    }
    let differs = seen.iter().position(|((was, is), _)| was != is);
    if let Some((_, names)) = seen.into_iter().nth(differs.unwrap_or(0)) {
        res.person = names.into_iter().next().unwrap_or_default();
    }
    res.found = found.into_values().collect();
    for it in &mut res.found {
        it.everybody = it.people.len() == people.len();
    }
    let unseen = unseen(before.email.mail, after.email.mail, &res.found);
    res.found.extend(unseen);
    res.found
        .sort_by_key(|it| (it.difference.part, it.people.is_empty(), it.difference.at));
    res
}

/// Everybody whom either side knows. Who is known to one side only is shown the mail of the other too.
fn people(before: &Side<'_>, after: &Side<'_>) -> Vec<Person> {
    let of = |side: &Side<'_>| -> BTreeMap<String, Recipient> {
        let people = recipients(side.program, &side.email, &side.languages);
        people.into_iter().map(|it| (it.name.clone(), it)).collect()
    };
    let (old, mut new) = (of(before), of(after));
    let mut people = BTreeMap::new();
    for (name, was) in old {
        let is = new.remove(&name).unwrap_or_else(|| was.clone());
        people.insert(name, (was, is));
    }
    people.extend(new.into_iter().map(|(name, it)| (name, (it.clone(), it))));
    let met = |(name, (mut before, mut after)): (String, (Recipient, Recipient))| {
        meet(&mut before.context, &mut after.context);
        Person {
            name,
            before,
            after,
        }
    };
    people.into_iter().take(PEOPLE).map(met).collect()
}

/// Lets two people be the same in what both sides know of them: another sample value is no other
/// wording. Which one is taken does not depend on the direction of the comparison.
fn meet(before: &mut Value, after: &mut Value) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (name, was) in before {
                if let Some(is) = after.get_mut(name) {
                    meet(was, is);
                }
            }
        }
        (before, after) => {
            let same_kind = std::mem::discriminant(&*before) == std::mem::discriminant(&*after);
            if same_kind && before != after {
                let (was, is) = (before.to_string(), after.to_string());
                let lesser = if was < is { &*before } else { &*after }.clone();
                (*before, *after) = (lesser.clone(), lesser);
            }
        }
    }
}

/// What nobody sees of the difference, as the templates say it: parts in which nobody sees anything, and
/// words that nobody sees.
fn unseen(before: &Mail, after: &Mail, found: &[Found]) -> Vec<Found> {
    let template = |mail: &Mail| Preview {
        subject: neutral(&mail.subject),
        preheader: neutral(&mail.preheader),
        html: neutral(&mail.html),
        text: neutral(&mail.text),
    };
    let mut told: BTreeMap<Part, BTreeSet<String>> = BTreeMap::new();
    for it in found {
        let words = words(&it.difference.window.change);
        told.entry(it.difference.part).or_default().extend(words);
    }
    let (was, is) = (template(before), template(after));
    if was == is {
        return Vec::new();
    }
    let is_unseen = |it: &Difference| match told.get(&it.part) {
        None => it.part != Part::Look || found.is_empty(),
        Some(told) => {
            let is_text = matches!(it.part, Part::Subject | Part::Preheader | Part::Text);
            is_text && !words(&it.window.change).is_subset(told)
        }
    };
    let all = differences(&was, &is).into_iter().filter(is_unseen);
    let of = |difference| Found {
        difference,
        people: BTreeSet::new(),
        everybody: false,
    };
    all.map(of).collect()
}

/// The words of a change, without the tags of the template.
fn words(change: &str) -> BTreeSet<String> {
    let mut plain = String::with_capacity(change.len());
    let mut rest = change;
    while let Some(at) = [rest.find("{%"), rest.find("{{")]
        .into_iter()
        .flatten()
        .min()
    {
        let (text, tag) = rest.split_at(at);
        plain.push_str(text);
        plain.push(' ');
        let end = if tag.starts_with("{%") { "%}" } else { "}}" };
        rest = tag.find(end).map_or("", |it| &tag[it + 2..]);
    }
    plain.push_str(rest);
    let words = plain.split(|it: char| it.is_whitespace() || it.is_control());
    let words = words.filter(|it| it.chars().any(char::is_alphanumeric));
    words.map(str::to_owned).collect()
}
