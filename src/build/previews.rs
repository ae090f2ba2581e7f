//! Every email as people see it: sample people, typical people, and whoever leaves out all that may be
//! missing.
//!
//! Out: `previews/JOURNEY/STEP.LOCALE.CASE.html`, the same as `.txt` and `.eml`, and what went in as
//! `.json`. A case is a number for the sample values, the name of a persona, or `empty`.
//! Invariant: nobody has to look at the same preview twice. What a case shares with an earlier one of
//! its email, or an email with an earlier one, is written once, and `previews/index.json` says where.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::model::{Class, Program};
use crate::printed::Email;
use crate::render::{self, Envelope, Mailbox, Preview};
use crate::source::Artifacts;
use crate::template::Sample;

/// The case in which everything is missing that may be.
const EMPTY: &str = "empty";

/// Writes the previews of all emails, and the index.
pub(super) fn write(
    program: &Program,
    emails: &[Email<'_>],
    today: NaiveDate,
    artifacts: &mut Artifacts,
) {
    let locales = locales_of(emails);
    // Emails with the same mail, event and sender look the same to everybody.
    let mut firsts: BTreeMap<Alike<'_>, usize> = BTreeMap::new();
    for (at, email) in emails.iter().enumerate() {
        firsts.entry(alike(email)).or_insert(at);
    }
    let jobs: Vec<usize> = firsts.values().copied().collect();
    let made: Vec<(usize, Shown)> = jobs
        .par_iter()
        .map(|at| {
            let email = &emails[*at];
            let written = &locales[&(email.key().0, email.key().1)];
            (*at, show(program, email, written, today))
        })
        .collect();
    let mut places: BTreeMap<usize, Vec<(String, String)>> = BTreeMap::new();
    for (at, shown) in made {
        for (path, bytes) in shown.files {
            artifacts.add(path, bytes);
        }
        places.insert(at, shown.places);
    }
    let entries = emails.iter().filter_map(|email| {
        let places = places.get(firsts.get(&alike(email))?)?;
        Some(entry(email, places))
    });
    let lines: Vec<String> = entries.collect();
    artifacts.add(
        "previews/index.json",
        format!("[\n{}\n]\n", lines.join(",\n")),
    );
}

/// What two emails must share to look alike.
type Alike<'e> = (u32, &'e str, &'e str, bool);

fn alike<'e>(email: &'e Email<'_>) -> Alike<'e> {
    let (template, event) = email.printing();
    (template, event, &email.message.sender, is_commercial(email))
}

fn is_commercial(email: &Email<'_>) -> bool {
    email.document.journey.class_of(email.send) == Class::Commercial
}

/// The languages of each email, by journey and step.
fn locales_of<'e>(emails: &[Email<'e>]) -> BTreeMap<(String, String), BTreeSet<&'e str>> {
    let mut locales: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for email in emails {
        let (journey, step, _) = email.key();
        locales
            .entry((journey, step))
            .or_default()
            .insert(email.locale);
    }
    locales
}

/// The previews of one email.
struct Shown {
    files: Vec<(String, Vec<u8>)>,
    /// Each case, and where its preview is written, without ending.
    places: Vec<(String, String)>,
}

fn show(program: &Program, email: &Email<'_>, written: &BTreeSet<&str>, today: NaiveDate) -> Shown {
    let (journey, step, locale) = email.key();
    let mut shown = Shown {
        files: Vec::new(),
        places: Vec::new(),
    };
    let mut seen: Vec<(Preview, String)> = Vec::new();
    for case in cases(program, email, written) {
        let sample = Sample {
            contact: case.context["contact"].clone(),
            event: case.context["event"].clone(),
            ..Sample::default()
        };
        let preview = render::preview(email.mail, &sample);
        if let Some((_, place)) = seen.iter().find(|it| it.0 == preview) {
            shown.places.push((case.name, place.clone()));
            continue;
        }
        let place = format!("previews/{journey}/{step}.{locale}.{}", case.name);
        let letter = letter(program, email, &case, &preview, today);
        let facts = json!({
            "subject": preview.subject,
            "preheader": preview.preheader,
            "sender": *email.message.sender,
            "case": case.name,
            "context": case.context,
        });
        let file = |ending: &str, bytes: Vec<u8>| (format!("{place}.{ending}"), bytes);
        shown.files.extend([
            file("html", preview.html.clone().into_bytes()),
            file("txt", preview.text.clone().into_bytes()),
            file("json", format!("{facts:#}\n").into_bytes()),
            file("eml", letter),
        ]);
        shown.places.push((case.name, place.clone()));
        seen.push((preview, place));
    }
    shown
}

/// Somebody who gets the email.
struct Case {
    name: String,
    /// As the inbox shows the recipient.
    person: Option<String>,
    context: Value,
}

/// Sample people, the personas who get the email in this language, and whoever leaves out everything.
fn cases(program: &Program, email: &Email<'_>, written: &BTreeSet<&str>) -> Vec<Case> {
    let project = &program.project;
    let event = email.event();
    let case = |name: String, context: Value| Case {
        name,
        person: context["contact"]["first_name"].as_str().map(str::to_owned),
        context,
    };
    let mut cases: Vec<Case> = (0..project.samples(event))
        .map(|n| case((n + 1).to_string(), project.sample(event, n)))
        .collect();
    let default = project.locales.first().map_or("", |it| &*it.value);
    for (name, persona) in &project.personas {
        let reads = persona.locale.as_ref().map_or(default, |it| &*it.value);
        let gets = if written.contains(reads) {
            reads
        } else {
            default
        };
        if gets != email.locale {
            continue;
        }
        let taken = &*name.value == EMPTY || name.value.bytes().all(|it| it.is_ascii_digit());
        let prefix = if taken { "persona-" } else { "" };
        cases.push(case(
            format!("{prefix}{}", name.value),
            project.sample_of(persona, event),
        ));
    }
    cases.push(case(EMPTY.to_owned(), project.emptiest(event)));
    cases
}

/// The email as a mail program opens it.
fn letter(
    program: &Program,
    email: &Email<'_>,
    case: &Case,
    preview: &Preview,
    today: NaiveDate,
) -> Vec<u8> {
    let project = &program.project;
    let (journey, step, locale) = email.key();
    let sender = project.senders.get(&*email.message.sender);
    let from = Mailbox {
        name: sender.map_or("", |it| &*it.name.value),
        address: sender.map_or("nobody@preview.example", |it| &*it.address.value),
    };
    let reply_to = sender.and_then(|it| it.reply_to.as_ref());
    let to = format!("{}@preview.example", case.name);
    let one_click = project.policy.unsubscribe.as_ref().is_none_or(|it| {
        let declared = it.value.one_click.as_ref();
        declared.is_none_or(|it| it.value)
    });
    let unsubscribe = Sample::default().link("unsubscribe");
    render::eml(
        preview,
        &Envelope {
            from,
            to: Mailbox {
                name: case.person.as_deref().unwrap_or(""),
                address: &to,
            },
            reply_to: reply_to.map(|it| &*it.value),
            name: &format!("{journey}/{step}.{locale}.{}", case.name),
            locale: &locale,
            day: today,
            unsubscribe: is_commercial(email).then_some((unsubscribe.as_str(), one_click)),
        },
    )
}

/// One line of the index.
fn entry(email: &Email<'_>, places: &[(String, String)]) -> String {
    let (journey, step, locale) = email.key();
    let cases: serde_json::Map<String, Value> = places
        .iter()
        .map(|(case, place)| {
            let below = place.strip_prefix("previews/").unwrap_or(place);
            (case.clone(), Value::from(below))
        })
        .collect();
    json!({"journey": journey, "step": step, "locale": locale, "previews": cases}).to_string()
}
