//! The templates of an account: which mail needs which, and under what name.
//!
//! In: a [`Job`]. Out: one [`Content`] for each thing that a template can be. Invariant: two mails share
//! a content exactly if they are of one template and language and read the same, because accounts hold
//! so many templates only.
//! Not done here: the requests that create them.

use std::collections::BTreeMap;

use super::{Job, Mail};
use crate::dialect::{Form, Variable};
use crate::manifest::{Action, Journey, Sender, Step, content_hash};

/// Journey, step and locale of a mail.
type Key = (String, String, String);

/// What one template of the account holds.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    /// The mail; its subject and preheader count only where the target's templates hold them.
    pub mail: &'a Mail,
    /// The template of the project.
    pub template: &'a str,
    /// The language.
    pub locale: &'a str,
    /// Who speaks, in the first step that sends it.
    pub sender: &'a Sender,
    /// The first step that sends it.
    pub first: (&'a Journey, &'a Step),
}

/// All templates of an account, by name.
#[derive(Debug, Default)]
pub struct Shelf<'a> {
    names: BTreeMap<Key, String>,
    contents: BTreeMap<String, Content<'a>>,
}

impl<'a> Shelf<'a> {
    /// Gives every content a name: the template's, the language where it is not the default, and where
    /// one template has become several contents also the first step that sends each. `envelopes` says
    /// whether a template holds subject, preheader and sender too.
    pub fn new(job: &Job<'a>, envelopes: bool) -> Self {
        let mut groups: BTreeMap<(&'a str, &'a str), Vec<Group<'a>>> = BTreeMap::new();
        for journey in &job.manifest.journeys {
            Step::walk(&journey.steps, &mut |step| {
                let Action::Send(it) = &step.does else {
                    return;
                };
                for (locale, mail) in mails(job, journey, step) {
                    let content = Content {
                        mail,
                        template: &it.template,
                        locale,
                        sender: &it.sender,
                        first: (journey, step),
                    };
                    let own = groups.entry((&it.template, locale)).or_default();
                    let user = (journey.name.as_str(), step.node.as_str());
                    match own
                        .iter_mut()
                        .find(|it| is_same(&it.content, &content, envelopes))
                    {
                        Some(known) => known.users.push(user),
                        None => own.push(Group {
                            content,
                            users: vec![user],
                        }),
                    }
                }
            });
        }
        let mut shelf = Self::default();
        for ((template, locale), groups) in groups {
            let several = groups.len() > 1;
            for group in groups {
                let mut name = template.to_owned();
                if let Some(locale) = suffix(job, locale) {
                    name = format!("{name}.{locale}");
                }
                if let Some((first, step)) = group.users.first().filter(|_| several) {
                    name = format!("{name}@{first}/{step}");
                }
                for (journey, node) in group.users {
                    let key = (journey.to_owned(), node.to_owned(), locale.to_owned());
                    shelf.names.insert(key, name.clone());
                }
                shelf.contents.insert(name, group.content);
            }
        }
        shelf
    }

    /// The name of a mail's content.
    pub fn name(&self, journey: &str, step: &str, locale: &str) -> &str {
        let key = (journey.to_owned(), step.to_owned(), locale.to_owned());
        self.names.get(&key).map_or("", String::as_str)
    }

    /// What a name stands for.
    pub fn content(&self, name: &str) -> Option<&Content<'a>> {
        self.contents.get(name)
    }

    /// All contents, by name.
    pub fn contents(&self) -> impl Iterator<Item = (&str, &Content<'a>)> {
        self.contents.iter().map(|(name, it)| (name.as_str(), it))
    }

    /// What a step's mail in one language is.
    pub fn mail(&self, journey: &str, step: &str, locale: &str) -> Option<&Content<'a>> {
        self.contents.get(self.name(journey, step, locale))
    }
}

/// One content, and the steps that send it.
struct Group<'a> {
    content: Content<'a>,
    users: Vec<(&'a str, &'a str)>,
}

fn is_same(one: &Content<'_>, other: &Content<'_>, envelopes: bool) -> bool {
    let (a, b) = (one.mail, other.mail);
    let page = std::ptr::eq(a, b) || (a.html == b.html && a.text == b.text);
    let envelope =
        a.subject == b.subject && a.preheader == b.preheader && one.sender == other.sender;
    page && (envelope || !envelopes)
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

/// The language as part of a name; the default language goes without.
pub(super) fn suffix<'l>(job: &Job<'_>, locale: &'l str) -> Option<&'l str> {
    let default = job.manifest.locales.first();
    (default.map(String::as_str) != Some(locale)).then_some(locale)
}

/// A name of at most so many characters; one that is cut keeps apart from others by a number made of
/// the whole.
pub(super) fn short(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let hash = content_hash(&[name]);
    let kept: String = name.chars().take(most.saturating_sub(9)).collect();
    format!("{kept}-{}", &hash[..8])
}

/// The variables of several texts together, each name once. Where two texts go over one list, its
/// entries hold what either of them needs.
pub fn together(texts: [&[Variable]; 4]) -> Vec<Variable> {
    let mut all: Vec<Variable> = Vec::new();
    for variable in texts.into_iter().flatten() {
        put(&mut all, variable);
    }
    all
}

fn put(all: &mut Vec<Variable>, new: &Variable) {
    let Some(known) = all.iter_mut().find(|it| it.name == new.name) else {
        all.push(new.clone());
        return;
    };
    if let (Form::Entries(known), Form::Entries(new)) = (&mut known.form, &new.form) {
        for field in &new.fields {
            put(&mut known.fields, field);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Entries;
    use crate::template::ir::{Expr, Literal};

    #[test]
    fn entries_of_a_list_hold_what_each_text_needs() {
        let variable = |name: &str, form| Variable {
            name: name.to_owned(),
            value: Expr::Literal(Literal::None),
            form,
            fallback: None,
        };
        let list = |field: &str| {
            let fields = vec![variable(field, Form::Text)];
            let var = "line".into();
            variable("lines", Form::Entries(Entries { var, fields }))
        };
        let html = [list("name_html"), variable("total", Form::Text)];
        let text = [list("name"), list("name_html")];
        let all = together([&html, &text, &[], &[]]);
        let names: Vec<&str> = all.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["lines", "total"]);
        let Form::Entries(entries) = &all[0].form else {
            panic!("{all:?}");
        };
        let fields: Vec<&str> = entries.fields.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(fields, ["name_html", "name"]);
    }

    #[test]
    fn a_name_that_is_cut_keeps_apart_from_others() {
        assert_eq!(short("abc", 3), "abc");
        let long = |end: &str| short(&format!("{}{end}", "ü".repeat(200)), 100);
        assert_eq!(long("a").chars().count(), 100);
        assert_ne!(long("a"), long("b"));
        assert_eq!(long("a"), long("a"));
    }
}
