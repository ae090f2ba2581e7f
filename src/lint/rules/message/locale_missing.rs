use std::collections::{BTreeMap, BTreeSet};

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::model::Project;

rule! {
    LocaleMissing, id: "locale-missing", group: Message, level: Warning, docs: "locale_missing.md"
}

impl Rule for LocaleMissing {
    fn check_letter(&self, _: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let locale = &letter.template.locale;
        for it in &letter.template.borrowed {
            let what = if it.is_text { "the text " } else { "" };
            let help = if it.is_text {
                format!(
                    "write `{}` into `templates/messages.{locale}.yaml`",
                    it.name
                )
            } else {
                let (stem, ending) = it.name.rsplit_once('.').unwrap_or((&it.name, ""));
                format!("translate it: `templates/{stem}.{locale}.{ending}`")
            };
            let headline = format!(
                "a letter in `{locale}` says {what}`{}` in another language",
                it.name
            );
            out.fail(it.span, headline)
                .subject(format!("{locale} {}", it.name))
                .label(format!("there is no `{}` in `{locale}`, so the default language stands in", it.name))
                .why("a letter that changes its language halfway looks like a mistake, and half of it is not understood")
                .help(help);
        }
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let project = cx.project();
        if !cx.is_whole() || project.locales.len() < 2 {
            return;
        }
        // Every email by its template, with the languages it is written in.
        let mut emails: BTreeMap<&str, (&Letter<'_>, BTreeSet<&str>)> = BTreeMap::new();
        for letter in cx.letters() {
            let email = emails
                .entry(&letter.template.name)
                .or_insert_with(|| (letter, BTreeSet::new()));
            email.1.insert(&letter.template.locale);
        }
        for locale in project.locales.iter().skip(1) {
            let missing: Vec<_> = emails
                .iter()
                .filter(|(_, it)| !it.1.contains(&*locale.value))
                .collect();
            let readers = readers(project, &locale.value);
            if missing.len() == emails.len() && !emails.is_empty() {
                out.fail(locale.span, format!("no message is written in `{}`", locale.value))
                    .subject(&*locale.value)
                    .label(format!("{readers}everybody who reads it gets the default language"))
                    .why("a language that we promise and do not speak is a customer who feels like a guest by mistake")
                    .help(format!("translate the messages, or take `{}` out of `locales`", locale.value));
                continue;
            }
            for (name, (letter, _)) in missing {
                let by = letter.sent_by.first();
                let finding = out
                    .fail(letter.span(), format!("`{name}` is not written in `{}`", locale.value))
                    .subject(format!("{} {name}", locale.value))
                    .label(format!("{readers}people who read `{}` get this letter instead", locale.value))
                    .why("other letters reach them in their own language, and then this one does not")
                    .help(format!("write `templates/{name}.{}` with the same ending", locale.value));
                if let Some(by) = by {
                    let text = format!("sent by the journey `{}`", by.journey.name.value);
                    finding
                        .step(&by.send.id)
                        .related(by.send.template.span, text);
                }
            }
        }
    }
}

/// The typical people who read a language, as the begin of a sentence.
fn readers(project: &Project, locale: &str) -> String {
    let readers: Vec<String> = project
        .personas
        .iter()
        .filter(|(_, it)| it.locale.as_ref().is_some_and(|it| *it.value == *locale))
        .map(|(name, _)| format!("`{}`", name.value))
        .collect();
    if readers.is_empty() {
        String::new()
    } else {
        let verb = if readers.len() == 1 { "reads" } else { "read" };
        format!("{} {verb} it; ", readers.join(" and "))
    }
}
