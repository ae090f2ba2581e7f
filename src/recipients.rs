//! Who an email is shown to: sample people, typical people, and whoever leaves out all that may be
//! missing.
//!
//! In: a [`Program`] and an [`Email`]. Out: [`Recipient`]s, and what one of them sees.
//! Invariant: the names of an email's recipients differ, and are the same in every run.
//! Not done here: writing previews (that is `build`), comparing them (that is `diff`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::Program;
use crate::printed::Email;
use crate::render::{self, Mail, Preview};
use crate::template::Sample;

/// The recipient of whom everything is missing that may be.
const EMPTY: &str = "empty";

/// Somebody who gets an email.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recipient {
    /// A number for the sample values, the name of a persona, or `empty`.
    pub(crate) name: String,
    /// As the inbox shows the recipient.
    pub(crate) person: Option<String>,
    /// What is known: values under `contact` and `event`.
    pub(crate) context: Value,
}

/// The languages of each email, by journey and step.
pub(crate) type Languages<'e> = BTreeMap<(&'e str, &'e str), BTreeSet<&'e str>>;

/// The languages in which each step's email is written.
pub(crate) fn languages<'e>(emails: &[Email<'e>]) -> Languages<'e> {
    let mut languages = Languages::new();
    for email in emails {
        let written = languages.entry(email.step()).or_default();
        written.insert(email.locale);
    }
    languages
}

/// Sample people, the personas who get the email in this language, and whoever leaves out everything.
pub(crate) fn recipients(
    program: &Program,
    email: &Email<'_>,
    languages: &Languages<'_>,
) -> Vec<Recipient> {
    let project = &program.project;
    let event = email.event();
    let recipient = |name: String, context: Value| Recipient {
        name,
        person: context["contact"]["first_name"].as_str().map(str::to_owned),
        context,
    };
    let mut all: Vec<Recipient> = (0..project.samples(event))
        .map(|n| recipient((n + 1).to_string(), project.sample(event, n)))
        .collect();
    let default = project.locales.first().map_or("", |it| &*it.value);
    let written = languages.get(&email.step());
    for (name, persona) in &project.personas {
        let reads = persona.locale.as_ref().map_or(default, |it| &*it.value);
        let has_own = written.is_some_and(|it| it.contains(reads));
        let gets = if has_own { reads } else { default };
        if gets != email.locale {
            continue;
        }
        let taken = &*name.value == EMPTY || name.value.bytes().all(|it| it.is_ascii_digit());
        let prefix = if taken { "persona-" } else { "" };
        all.push(recipient(
            format!("{prefix}{}", name.value),
            project.sample_of(persona, event),
        ));
    }
    all.push(recipient(EMPTY.to_owned(), project.emptiest(event)));
    all
}

impl Recipient {
    /// What they see of a mail.
    pub(crate) fn sees(&self, mail: &Mail) -> Preview {
        let sample = Sample {
            contact: self.context["contact"].clone(),
            event: self.context["event"].clone(),
            ..Sample::default()
        };
        render::preview(mail, &sample)
    }
}
