//! The templates of an account: which mail needs which, and under what name.
//!
//! In: a [`Job`]. Out: one name for each content, and the requests that create them. Invariant: two
//! mails share a name exactly if they are of one template and language and read the same, because
//! an account holds at most 1,000 templates.
//! Not done here: subjects and preheaders, which live in the flow's message.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::json;

use super::super::{Job, Mail, Request};
use crate::manifest::{Action, Journey, Step};

/// The names of all templates of an account, by journey, step and language.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    names: BTreeMap<(String, String, String), String>,
}

impl Shelf {
    /// Gives every content a name: the template's, and where one template has become several
    /// contents also the first step that sends each.
    pub(super) fn new(job: &Job<'_>) -> Self {
        let mut contents: BTreeMap<(&str, &str), Vec<Content<'_>>> = BTreeMap::new();
        for journey in &job.manifest.journeys {
            Step::walk(&journey.steps, &mut |step| {
                let Action::Send(it) = &step.does else {
                    return;
                };
                for (locale, mail) in mails(job, journey, step) {
                    let own = contents.entry((&it.template, locale)).or_default();
                    let user = (journey.name.as_str(), step.node.as_str());
                    match own.iter_mut().find(|it| reads_the_same(it.mail, mail)) {
                        Some(known) => known.users.push(user),
                        None => own.push(Content {
                            mail,
                            users: vec![user],
                        }),
                    }
                }
            });
        }
        let mut names = BTreeMap::new();
        for ((template, locale), contents) in contents {
            let several = contents.len() > 1;
            for content in contents {
                let mut name = template.to_owned();
                if let Some(locale) = super::suffix(job, locale) {
                    name = format!("{name}.{locale}");
                }
                if let Some((first, step)) = content.users.first().filter(|_| several) {
                    name = format!("{name}@{first}/{step}");
                }
                for (journey, node) in content.users {
                    let key = (journey.to_owned(), node.to_owned(), locale.to_owned());
                    names.insert(key, name.clone());
                }
            }
        }
        Self { names }
    }

    /// What stands for the id of a mail's template until it is known.
    pub(super) fn id(&self, key: &(String, String, String)) -> String {
        let name = self.names.get(key).map_or("", String::as_str);
        format!("${{template:{name}}}")
    }

    /// The templates that a journey needs and that are not `made` yet: its mails, and a note for
    /// each alert.
    pub(super) fn requests(
        &self,
        job: &Job<'_>,
        journey: &Journey,
        alerts: &BTreeMap<String, String>,
        made: &mut BTreeSet<String>,
    ) -> Vec<(String, Request)> {
        let mut all = Vec::new();
        let mut add = |name: &str, html: &str, text: &str| {
            if made.insert(name.to_owned()) {
                all.push(request(name, html, text));
            }
        };
        Step::walk(&journey.steps, &mut |step| match &step.does {
            Action::Send(_) => {
                for (locale, mail) in mails(job, journey, step) {
                    let key = (journey.name.clone(), step.node.clone(), locale.to_owned());
                    if let Some(name) = self.names.get(&key) {
                        add(name, &mail.html, &mail.text);
                    }
                }
            }
            Action::Task(_) => {
                if let Some(title) = alerts.get(&step.node) {
                    let (html, text) = note(journey, &step.node, title);
                    add(&alert_name(&journey.name, &step.node), &html, &text);
                }
            }
            _ => {}
        });
        all
    }
}

/// What stands for the id of an alert's template until it is known.
pub(super) fn alert_id(journey: &str, node: &str) -> String {
    format!("${{template:{}}}", alert_name(journey, node))
}

/// One content of a template in one language, and the steps that send it.
struct Content<'a> {
    mail: &'a Mail,
    users: Vec<(&'a str, &'a str)>,
}

fn reads_the_same(one: &Mail, other: &Mail) -> bool {
    std::ptr::eq(one, other) || (one.html == other.html && one.text == other.text)
}

/// The mails of a step by language; in the default language where the manifest names none.
fn mails<'a>(job: &Job<'a>, journey: &'a Journey, step: &'a Step) -> Vec<(&'a str, &'a Mail)> {
    let Action::Send(it) = &step.does else {
        return Vec::new();
    };
    let default = job.manifest.locales.first();
    let locales = it
        .mails
        .keys()
        .chain(default.filter(|_| it.mails.is_empty()));
    let found = locales.filter_map(|locale| {
        let key = (journey.name.clone(), step.node.clone(), locale.clone());
        Some((locale.as_str(), job.mails.get(&key)?.as_ref()))
    });
    found.collect()
}

/// A name that no mail has: mails with an `@` name their step behind their own template.
fn alert_name(journey: &str, node: &str) -> String {
    format!("alert@{journey}/{node}")
}

/// What the people who do a task read: HTML and text.
fn note(journey: &Journey, node: &str, title: &str) -> (String, String) {
    let title = if title.is_empty() { node } else { title };
    let text = format!(
        "{title}\nJourney: {}, step: {node}\nCustomer: {{{{ email }}}}",
        journey.name
    );
    let lines: Vec<String> = text
        .lines()
        .map(|it| format!("<p>{}</p>", escape(it)))
        .collect();
    let html = format!(
        "<!doctype html><html><body>{}</body></html>",
        lines.concat()
    );
    (html, text)
}

fn request(name: &str, html: &str, text: &str) -> (String, Request) {
    let body = json!({"data": {"type": "template", "attributes": {
        "name": format!("journeyc/{name}"), "editor_type": "CODE", "html": html, "text": text,
    }}});
    let binds = IndexMap::from([(format!("template:{name}"), "/data/id".to_owned())]);
    (
        format!("template-{}", name.replace(['/', '@'], "-")),
        super::request("/api/templates", body, binds),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
