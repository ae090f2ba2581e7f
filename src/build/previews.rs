//! Every email as people see it: sample people, typical people, and whoever leaves out all that may be
//! missing.
//!
//! Out: `previews/JOURNEY/STEP.LOCALE.CASE.html`, the same as `.txt` and `.eml`, and what went in as
//! `.json`. A case is a number for the sample values, the name of a persona, or `empty`.
//! Invariant: nobody has to look at the same preview twice. What a case shares with an earlier one of
//! its email, or an email with an earlier one, is written once, and `previews/index.json` says where.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::model::{Class, Program};
use crate::printed::Email;
use crate::recipients::{Languages, Recipient, languages, recipients};
use crate::render::{self, Envelope, Mailbox, Preview};
use crate::source::Artifacts;
use crate::template::Sample;

/// Writes the previews of all emails, and the index.
pub(super) fn write(
    program: &Program,
    emails: &[Email<'_>],
    today: NaiveDate,
    artifacts: &mut Artifacts,
) {
    let languages = languages(emails);
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
            (*at, show(program, email, &languages, today))
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

/// The previews of one email.
struct Shown {
    files: Vec<(String, Vec<u8>)>,
    /// Each case, and where its preview is written, without ending.
    places: Vec<(String, String)>,
}

fn show(
    program: &Program,
    email: &Email<'_>,
    languages: &Languages<'_>,
    today: NaiveDate,
) -> Shown {
    let (journey, step, locale) = email.key();
    let mut shown = Shown {
        files: Vec::new(),
        places: Vec::new(),
    };
    let mut seen: Vec<(Preview, String)> = Vec::new();
    for case in recipients(program, email, languages) {
        let preview = case.sees(email.mail);
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

/// The email as a mail program opens it.
fn letter(
    program: &Program,
    email: &Email<'_>,
    case: &Recipient,
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
