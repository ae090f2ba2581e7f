//! The rules themselves: the table of `journeyc rules`, and one rule's page on a terminal.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::Look;
use super::text::wrap;
use crate::lint::{self, Block, Limit, RuleInfo};
use crate::model::{Profile, RuleLevel, Threshold};

const HEADING: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// Writes the table: every rule with its level and what it finds, by group.
pub fn table(look: Look, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint(look.color);
    let names = lint::ids().iter().map(|it| it.len()).max().unwrap_or(0);
    let level = RuleLevel::Warning.word().len();
    let indent = 2 + names + 2 + level + 2;
    for (n, (group, rules)) in lint::by_group().into_iter().enumerate() {
        let space = if n > 0 { "\n" } else { "" };
        writeln!(out, "{space}{}", paint.in_style(HEADING, group.title()))?;
        for rule in rules {
            let word = format!("{:level$}", rule.level.word());
            let word = paint.in_style(color_of(rule.level), &word);
            let text = wrap(&rule.page().summary(), look.width.saturating_sub(indent));
            let text = text.replace('\n', &format!("\n{:indent$}", ""));
            writeln!(out, "  {:names$}  {word}  {text}", rule.id.0)?;
        }
    }
    if !look.quiet {
        writeln!(
            out,
            "\n`journeyc explain RULE` says more about one of them."
        )?;
    }
    Ok(())
}

/// Writes the same for programs.
pub fn table_json(out: &mut dyn Write) -> io::Result<()> {
    let groups = lint::by_group().into_iter();
    let rules = groups.flat_map(|(_, rules)| rules).map(Rule::of).collect();
    serde_json::to_writer_pretty(&mut *out, &Rules { version: 1, rules })?;
    writeln!(out)
}

/// Writes one rule's page.
pub fn page(rule: &RuleInfo, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint(look.color);
    let width = look.width.saturating_sub(2);
    let about = format!("{}, {}", rule.group.word(), rule.level.word());
    let id = paint.in_style(HEADING, rule.id.0);
    writeln!(out, "{id} ({about})")?;
    for section in rule.page().sections {
        writeln!(out, "\n{}", paint.in_style(HEADING, section.title))?;
        for (n, block) in section.blocks().into_iter().enumerate() {
            if n > 0 {
                writeln!(out)?;
            }
            match block {
                Block::Prose(text) => {
                    for line in prose(text, width) {
                        writeln!(out, "  {line}")?;
                    }
                }
                Block::Fence(info, text) => {
                    if info == "yaml,project" {
                        let note = paint.in_style(FAINT, "# journeyc.yaml");
                        writeln!(out, "      {note}")?;
                    }
                    for line in text.lines() {
                        writeln!(out, "{}", format!("      {line}").trim_end())?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// A paragraph or a list, broken into lines; what belongs to an item stands below its text.
fn prose(text: &str, width: usize) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        match items.last_mut() {
            Some(last) if !line.starts_with("- ") => {
                last.push(' ');
                last.push_str(line);
            }
            _ => items.push(line.to_owned()),
        }
    }
    let mut res = Vec::new();
    for item in items {
        let (first, text) = match item.strip_prefix("- ") {
            Some(text) => ("- ", text),
            None => ("", &*item),
        };
        let broken = wrap(text, width.saturating_sub(first.len()));
        for (n, line) in broken.lines().enumerate() {
            let start = if n == 0 { first } else { &"  "[..first.len()] };
            res.push(format!("{start}{line}"));
        }
    }
    res
}

fn color_of(level: RuleLevel) -> Style {
    let color = |it: AnsiColor| Style::new().fg_color(Some(it.into()));
    match level {
        RuleLevel::Off => FAINT,
        RuleLevel::Note => color(AnsiColor::Cyan),
        RuleLevel::Warning => color(AnsiColor::Yellow),
        RuleLevel::Error => color(AnsiColor::Red),
    }
}

/// Whether to use styles at all.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn in_style(self, style: Style, text: &str) -> String {
        if self.0 {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// The rules as a program reads them.
#[derive(Serialize)]
struct Rules {
    version: u32,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
struct Rule {
    id: &'static str,
    group: &'static str,
    level: &'static str,
    /// What `policy.thresholds` may set; nothing if the rule has no threshold.
    threshold: Option<Limits>,
    summary: String,
    docs: String,
}

#[derive(Serialize)]
struct Limits {
    default: serde_json::Value,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    profiles: BTreeMap<&'static str, serde_json::Value>,
}

impl Rule {
    fn of(rule: &RuleInfo) -> Self {
        Self {
            id: rule.id.0,
            group: rule.group.word(),
            level: rule.level.word(),
            threshold: rule.limit.map(|it| Limits::of(&it)),
            summary: rule.page().summary(),
            docs: format!("journeyc explain {}", rule.id),
        }
    }
}

impl Limits {
    fn of(limit: &Limit) -> Self {
        let value = |it: Threshold| match it {
            Threshold::Duration(it) => it.to_string().into(),
            Threshold::Number(it) => it.into(),
        };
        let default = limit.default_value();
        let profiles = Profile::ALL.iter().filter(|it| limit.of(**it) != default);
        Self {
            default: value(default),
            profiles: profiles
                .map(|it| (it.word(), value(limit.of(*it))))
                .collect(),
        }
    }
}
