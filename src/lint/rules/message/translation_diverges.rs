use std::collections::{BTreeMap, BTreeSet};

use crate::lint::amounts::{Amount, amounts};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};

rule! {
    TranslationDiverges, id: "translation-diverges", group: Message, level: Warning,
    docs: "translation_diverges.md"
}

impl Rule for TranslationDiverges {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let Some(default) = cx.project().locales.first() else {
            return;
        };
        // An email that several journeys send says the same in each of them.
        let mut emails: BTreeMap<(&str, &str), &Letter<'_>> = BTreeMap::new();
        for letter in cx.letters() {
            let template = letter.template;
            emails
                .entry((&template.name, &template.locale))
                .or_insert(letter);
        }
        for ((name, locale), letter) in &emails {
            let original = emails.get(&(*name, &*default.value));
            let Some(original) = original.filter(|_| *locale != &*default.value) else {
                continue;
            };
            for it in differences(original, letter) {
                let finding = out
                    .fail(letter.span(), it.headline)
                    .subject(format!("{locale} {name} {}", it.what))
                    .label(it.label)
                    .why("one of the two letters is wrong, and who gets it depends on the language alone")
                    .help("bring the two together; if both are right, accept it with `allow` and say why");
                if let Some(by) = letter.sent_by.first() {
                    let at = original.span();
                    finding.step(&by.send.id).related(at, "the original");
                }
            }
        }
    }
}

struct Difference {
    /// What tells this difference from others between the same letters.
    what: String,
    headline: String,
    label: String,
}

fn differences(original: &Letter<'_>, own: &Letter<'_>) -> Vec<Difference> {
    let locale = &own.template.locale;
    let mut found = Vec::new();
    let mut tell = |what: &str, here: Vec<String>, there: Vec<String>| {
        let (headline, label) = match (here.as_slice(), there.as_slice()) {
            ([], []) => return,
            ([], there) => (
                format!("the translation leaves out {}", listed(there)),
                format!("the original has {}", listed(there)),
            ),
            (here, []) => (
                format!("the translation adds {}", listed(here)),
                format!("the original does not have {}", listed(here)),
            ),
            (here, there) => (
                format!(
                    "the translation says {}, not {}",
                    listed(here),
                    listed(there)
                ),
                format!(
                    "{} in `{locale}`, {} in the original",
                    listed(here),
                    listed(there)
                ),
            ),
        };
        found.push(Difference {
            what: what.to_owned(),
            headline,
            label,
        });
    };
    let (here, there) = (values(own), values(original));
    tell("values", only(&here, &there), only(&there, &here));
    let (here, there) = (links(own), links(original));
    if here.len() != there.len() {
        tell("links", only(&here, &there), only(&there, &here));
    }
    let (here, there) = (said(own), said(original));
    for kind in Amount::KINDS {
        let of = |all: &BTreeSet<Amount>| -> BTreeSet<String> {
            let own = all.iter().filter(|it| it.kind == kind);
            own.map(|it| format!("`{it}`")).collect()
        };
        let (here, there) = (of(&here), of(&there));
        // Where one of the two says it in words, or in another currency, nothing can be compared.
        if !here.is_empty() && !there.is_empty() {
            tell(kind, only(&here, &there), only(&there, &here));
        }
    }
    found
}

fn listed(all: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut shown: Vec<String> = all.iter().take(SHOWN).cloned().collect();
    if all.len() > SHOWN {
        shown.push(format!("{} more", all.len() - SHOWN));
    }
    shown.join(" and ")
}

fn only(here: &BTreeSet<String>, there: &BTreeSet<String>) -> Vec<String> {
    here.difference(there).cloned().collect()
}

/// What a letter shows or asks of its recipient.
fn values(letter: &Letter<'_>) -> BTreeSet<String> {
    let used = letter.used();
    used.iter().map(|it| format!("`{}`", it.own.path)).collect()
}

/// The pages that a letter leads to, without what stands behind `?`.
fn links(letter: &Letter<'_>) -> BTreeSet<String> {
    let hrefs = letter.hrefs();
    let links = hrefs.iter().filter(|it| it.is_link && it.is_web());
    let pages = links.map(|it| it.text.split(['?', '#']).next().unwrap_or("").to_owned());
    let pages = pages.filter(|it| it.contains("//"));
    pages.map(|it| format!("`{it}`")).collect()
}

fn said(letter: &Letter<'_>) -> BTreeSet<Amount> {
    let mut all = amounts(letter.said_subject());
    all.append(&mut amounts(letter.said_text()));
    all
}
