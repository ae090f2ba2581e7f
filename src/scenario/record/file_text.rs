//! The text of a scenario file, with the places of its recorded scenarios.

use std::ops::Range;

use super::{Recorded, Trouble};
use crate::diagnostic::Sink;
use crate::source::FileId;
use crate::yaml::{self, Kind, Node};

/// How the entries of a file that is written anew are indented.
const INDENT: usize = 2;

/// A scenario file.
pub(super) struct FileText {
    text: String,
    /// All that stands at the top beside the scenarios.
    head: String,
    /// How far the dashes of the scenarios are indented.
    indent: usize,
    entries: Vec<Entry>,
}

/// A scenario in the file.
struct Entry {
    name: String,
    is_recorded: bool,
    /// From the beginning of its first line to behind its last one.
    range: Range<usize>,
}

impl FileText {
    /// A file as it is, or one that holds no scenario yet.
    pub(super) fn of(existing: Option<&str>, journey: &str) -> Result<Self, Trouble> {
        let Some(text) = existing.filter(|it| !it.trim().is_empty()) else {
            let head = format!("journeys: [{}]\n", yaml::edit::scalar_of(journey));
            return Ok(Self {
                text: format!(
                    "# yaml-language-server: $schema=../schema/scenario.schema.json\n\n\
                     # `journeyc test --record` writes the scenarios with `recorded: true` anew; \
                     all others are yours.\n{head}\nscenarios:\n"
                ),
                head,
                indent: INDENT,
                entries: Vec::new(),
            });
        };
        let mut sink = Sink::default();
        let tree = yaml::parse(FileId(0), text, &mut sink);
        let trouble = |message: &str, help: &str| Trouble {
            message: message.to_owned(),
            help: help.to_owned(),
        };
        let Some(tree) = tree.filter(|_| sink.is_empty()) else {
            return Err(trouble(
                "the scenario file is no YAML",
                "run `journeyc check` and cure what it finds first",
            ));
        };
        let root = tree.root();
        let is_block = |it: Node<'_>| !it.source().starts_with(['[', '{']);
        let list = root.get("scenarios").filter(|it| it.kind() == Kind::List);
        let Some(list) = list.filter(|it| is_block(*it) && is_block(root) && !it.is_empty()) else {
            return Err(trouble(
                "the scenarios of the file are not in a list of lines with dashes",
                "write each scenario below `scenarios:` on lines of its own, behind a dash",
            ));
        };
        let mut res = Self {
            text: with_final_newline(text),
            head: String::new(),
            indent: INDENT,
            entries: Vec::new(),
        };
        let starts: Vec<(usize, bool)> = root
            .pairs()
            .map(|it| (it.key.span().start as usize, it.key.as_key() == "scenarios"))
            .collect();
        for (at, (start, is_list)) in starts.iter().enumerate() {
            let end = starts.get(at + 1).map_or(text.len(), |it| it.0);
            if !is_list {
                res.head.push_str(&with_final_newline(&text[*start..end]));
            }
        }
        for item in list.items() {
            let span = item.value.span();
            let Some(entry) = res.entry(item.value, span.start as usize, span.end as usize) else {
                return Err(trouble(
                    "two scenarios of the file share a line",
                    "give each of them lines of its own",
                ));
            };
            res.entries.push(entry);
        }
        Ok(res)
    }

    fn entry(&mut self, node: Node<'_>, start: usize, end: usize) -> Option<Entry> {
        let text = &self.text;
        let line = text[..start].rfind('\n').map_or(0, |it| it + 1);
        let dash = text[line..start].find('-')?;
        let is_alone = text[line..start].trim() == "-";
        let end = text[..end].trim_end().len();
        let end = text[end..].find('\n').map_or(text.len(), |it| end + it + 1);
        self.indent = dash;
        is_alone.then(|| Entry {
            name: node
                .get("name")
                .and_then(Node::as_text)
                .unwrap_or_default()
                .to_owned(),
            is_recorded: node
                .get("recorded")
                .is_some_and(|it| it.kind() == Kind::Bool(true)),
            range: line..end,
        })
    }

    /// The names of the scenarios that people wrote.
    pub(super) fn written_by_people(&self) -> impl Iterator<Item = &String> {
        let own = self.entries.iter().filter(|it| !it.is_recorded);
        own.map(|it| &it.name)
    }

    /// A file with the same settings at the top and this scenario alone.
    pub(super) fn around(&self, scenario: &str) -> String {
        format!("{}scenarios:\n{}", self.head, entry(scenario, INDENT))
    }

    /// The file with these recorded scenarios, by name, in place of those that it has. Those that stay
    /// keep their places; new ones come at the end.
    pub(super) fn with(&self, scenarios: &[(String, String)]) -> Recorded {
        let mut res = Recorded {
            text: self.text.clone(),
            added: Vec::new(),
            changed: Vec::new(),
            dropped: Vec::new(),
            kept: 0,
            edges: (0, 0),
            missed: Vec::new(),
        };
        let of = |name: &str| scenarios.iter().find(|it| it.0 == name);
        let recorded = || self.entries.iter().filter(|it| it.is_recorded);
        for old in recorded().rev() {
            match of(&old.name) {
                None => {
                    res.dropped.push(old.name.clone());
                    let mut range = old.range.clone();
                    let blank = self.text[range.end..].starts_with('\n');
                    range.end += usize::from(blank);
                    res.text.replace_range(range, "");
                }
                Some((name, yaml)) => {
                    let new = entry(yaml, self.indent);
                    if self.text[old.range.clone()] == new {
                        res.kept += 1;
                    } else {
                        res.changed.push(name.clone());
                        res.text.replace_range(old.range.clone(), &new);
                    }
                }
            }
        }
        res.changed.reverse();
        res.dropped.reverse();
        let mut at = self.end_of_list(&res);
        for (name, yaml) in scenarios {
            if recorded().any(|it| it.name == *name) {
                continue;
            }
            let gap = if res.text[..at].ends_with("scenarios:\n") {
                ""
            } else {
                "\n"
            };
            let new = format!("{gap}{}", entry(yaml, self.indent));
            res.text.insert_str(at, &new);
            at += new.len();
            res.added.push(name.clone());
        }
        res
    }

    /// Behind the last scenario, in a text that has been changed before that place only.
    fn end_of_list(&self, so_far: &Recorded) -> usize {
        let end = self
            .entries
            .last()
            .map_or(self.text.len(), |it| it.range.end);
        let behind = self.text.len() - end;
        let at = so_far.text.len().saturating_sub(behind);
        // Where the last one went, so did an empty line that followed it.
        let trimmed = so_far.text[..at].trim_end().len();
        so_far.text[trimmed..]
            .find('\n')
            .map_or(so_far.text.len(), |it| trimmed + it + 1)
    }
}

/// A scenario as an entry of a list.
fn entry(yaml: &str, indent: usize) -> String {
    let mut out = String::new();
    for (number, line) in yaml.lines().enumerate() {
        let lead = if number == 0 { "- " } else { "  " };
        out.extend([&" ".repeat(indent), lead, line, "\n"]);
    }
    out
}

fn with_final_newline(text: &str) -> String {
    let mut text = text.to_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
