//! What mail programs know of HTML and CSS.

use std::collections::BTreeMap;

use crate::model::Project;

use super::lines;

/// Mail programs and features.
#[derive(Debug)]
pub(crate) struct Clients {
    programs: Vec<Client>,
    features: Vec<Feature>,
    /// The places of the features, by what they are looked for in.
    kinds: BTreeMap<&'static str, Vec<usize>>,
}

#[derive(Debug)]
struct Client {
    /// `gmail.ios`.
    name: &'static str,
    /// `Gmail (iOS)`.
    title: &'static str,
}

/// Something that not every mail program knows.
#[derive(Debug)]
pub(crate) struct Feature {
    /// The name in the address of its page at caniemail.com.
    pub(crate) slug: &'static str,
    /// What it is called in a sentence.
    pub(crate) title: &'static str,
    /// Whether people miss something without it; else the mail is plainer and all right.
    pub(crate) breaks: bool,
    /// What it is: a property, an element, a file.
    pub(crate) kind: &'static str,
    /// What to look for there.
    pub(crate) words: Vec<&'static str>,
    /// Whether half of it is worth a word.
    partly: bool,
    /// A letter for each program.
    support: &'static str,
}

/// The programs that lack something.
#[derive(Debug)]
pub(crate) struct Lack {
    /// Their names, for a sentence.
    names: String,
    /// Whether more than one is named.
    several: bool,
    /// Whether they know it in part.
    pub(crate) partly: bool,
}

/// The families that count where a project says nothing.
const USUAL: [&str; 5] = ["gmail", "outlook", "apple-mail", "yahoo", "samsung-email"];

/// More programs than these are counted, not named.
const NAMED: usize = 4;

const TABLE: &str = include_str!("caniemail.tsv");

/// Every name that a project may write: families, and programs of a family.
pub fn names() -> Vec<&'static str> {
    let clients = Clients::read().programs;
    let mut names: Vec<&str> = clients.iter().map(Client::family).collect();
    names.dedup();
    names.extend(clients.iter().map(|it| it.name));
    names
}

impl Clients {
    /// Reads the table.
    pub(super) fn read() -> Self {
        let (mut programs, mut features) = (Vec::new(), Vec::new());
        for line in lines(TABLE) {
            let cells: Vec<&str> = line.split('\t').collect();
            match cells[..] {
                ["client", name, title] => programs.push(Client { name, title }),
                ["feature", slug, title, weight, matcher, support] => {
                    let (kind, words) = matcher.split_once(' ').unwrap_or((matcher, ""));
                    features.push(Feature {
                        slug,
                        title,
                        breaks: weight.starts_with("breaks"),
                        partly: weight.ends_with('+'),
                        kind,
                        words: words.split(' ').filter(|it| !it.is_empty()).collect(),
                        support,
                    });
                }
                _ => {}
            }
        }
        let mut kinds: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, feature) in features.iter().enumerate() {
            let feature: &Feature = feature;
            kinds.entry(feature.kind).or_default().push(at);
        }
        Self {
            programs,
            features,
            kinds,
        }
    }

    /// The places of the features of a kind.
    pub(crate) fn of_kind(&self, kind: &str) -> &[usize] {
        self.kinds.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Every feature.
    pub(crate) fn features(&self) -> &[Feature] {
        &self.features
    }

    /// Which of the programs that count for a project do not know a feature. `outlook` says whether
    /// Outlook on Windows sees it at all.
    pub(crate) fn lacking(
        &self,
        project: &Project,
        feature: &Feature,
        outlook: bool,
    ) -> Option<Lack> {
        let counting = self.counting(project);
        let with = |letter: char| -> Vec<usize> {
            let support = feature.support.chars().enumerate();
            support
                .filter(|(at, it)| *it == letter && counting.contains(at))
                .map(|it| it.0)
                .filter(|at| outlook || self.programs[*at].name != "outlook.windows")
                .collect()
        };
        let (mut lacking, mut partly) = (with('n'), false);
        if lacking.is_empty() && feature.partly {
            lacking = with('a');
            partly = true;
        }
        let names = (!lacking.is_empty()).then(|| self.named(&counting, &lacking))?;
        let several = names.contains(" and ");
        Some(Lack {
            names,
            several,
            partly,
        })
    }

    /// The places of the programs that count.
    fn counting(&self, project: &Project) -> Vec<usize> {
        let written: Vec<&str> = project.policy.clients.iter().map(|it| &*it.value).collect();
        let wanted = if written.is_empty() {
            &USUAL[..]
        } else {
            &written
        };
        let all = self.programs.iter().enumerate();
        all.filter(|(_, it)| wanted.contains(&it.name) || wanted.contains(&it.family()))
            .map(|it| it.0)
            .collect()
    }

    /// Programs by name; a family of which all that count are among them is named as one.
    fn named(&self, counting: &[usize], lacking: &[usize]) -> String {
        let mut names: Vec<&str> = Vec::new();
        for at in lacking {
            let client = &self.programs[*at];
            let family = |at: &&usize| self.programs[**at].family() == client.family();
            let (of, all) = (
                lacking.iter().filter(family).count(),
                counting.iter().filter(family).count(),
            );
            let name = if of == all && all > 1 {
                self.family_title(client)
            } else {
                client.title
            };
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
        let more = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        let last = match more {
            0 => names.pop().unwrap_or_default().to_owned(),
            more => format!("{more} more"),
        };
        if names.is_empty() {
            last
        } else {
            format!("{} and {last}", names.join(", "))
        }
    }

    fn family_title(&self, client: &Client) -> &'static str {
        let of = |it: &&Client| it.family() == client.family() && it.title.contains(" (");
        let title = self
            .programs
            .iter()
            .find(of)
            .map_or(client.title, |it| it.title);
        title.split(" (").next().unwrap_or(title)
    }
}

impl Lack {
    /// That they do not know something, as a sentence.
    pub(crate) fn of(&self, what: &str) -> String {
        let names = &self.names;
        match (self.partly, self.several) {
            (true, true) => format!("{names} know {what} only in part"),
            (true, false) => format!("{names} knows {what} only in part"),
            (false, true) => format!("{names} do not know {what}"),
            (false, false) => format!("{names} does not know {what}"),
        }
    }
}

impl Client {
    fn family(&self) -> &'static str {
        self.name.split('.').next().unwrap_or(self.name)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let read = Clients::read();
        assert!(read.programs.len() > 30 && read.features.len() > 100);
        for it in &read.features {
            assert_eq!(it.support.len(), read.programs.len(), "{}", it.slug);
        }
        for family in USUAL {
            assert!(names().contains(&family), "{family}");
        }
    }

    #[test]
    fn a_family_is_named_as_one() {
        let read = Clients::read();
        let at = |name: &str| read.programs.iter().position(|it| it.name == name).unwrap();
        let gmail: Vec<usize> = (0..read.programs.len())
            .filter(|it| read.programs[*it].family() == "gmail")
            .collect();
        let windows = at("outlook.windows");
        let all: Vec<usize> = (0..read.programs.len()).collect();
        assert_eq!(read.named(&all, &gmail), "Gmail");
        let both: Vec<usize> = gmail.iter().copied().chain([windows]).collect();
        assert_eq!(read.named(&all, &both), "Gmail and Outlook (Windows)");
        assert_eq!(read.named(&both, &gmail[..1]), "Gmail (Android)");
        assert_eq!(
            read.named(&all, &all),
            "AOL, Apple Mail, Fastmail (web), Gmail and 13 more"
        );
    }
}
