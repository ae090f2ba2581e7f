//! Mail providers on a terminal: the list of `journeyc targets`, and the page of `journeyc
//! explain-target`.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::Look;
use super::text::wrap;
use crate::target::{ALL, Ability, Row, Support, Target};

const HEADING: Style = Style::new().bold();

/// Below this width of the last column, a table puts remarks into lines of their own.
const NARROW: usize = 24;

/// A program on the path that is a target too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plugin {
    /// Its name as a target.
    pub name: String,
    /// Where the program stands.
    pub program: String,
}

/// Writes every target with what it gets.
pub fn list(plugins: &[Plugin], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let names = ALL.iter().map(|it| it.name().len());
    let plugin_names = plugins.iter().map(|it| it.name.len());
    let names = names.chain(plugin_names).chain([4]).max().unwrap_or(0);
    let journeys = "journeys".len();
    let dialects = ALL.iter().map(|it| it.dialect().len()).chain([8]);
    let dialects = dialects.max().unwrap_or(0);
    let indent = names + 2 + journeys + 2 + dialects + 2;
    let head = format!(
        "{:names$}  {:journeys$}  {:dialects$}  what it gets",
        "name", "journeys", "language"
    );
    let is_wide = look.width >= indent + NARROW;
    if is_wide && !look.quiet {
        writeln!(out, "{}", styled(look, HEADING, &head))?;
    }
    for target in ALL {
        let how = journey(target.capabilities().way(Ability::JourneyByApi).support());
        let dialect = target.dialect();
        let mut start = format!("{:names$}  {how:journeys$}", target.name());
        let mut text = format!("{}: {}", target.title(), gets(*target));
        if is_wide {
            start = format!("{start}  {dialect:dialects$}");
        } else {
            text = format!("{text}; language {dialect}");
        }
        row(&start, indent, &text, look, out)?;
    }
    for plugin in plugins {
        let start = format!(
            "{:names$}  {:journeys$}  {:dialects$}",
            plugin.name, "plug-in", ""
        );
        row(
            &start,
            indent,
            &format!("the program `{}`", plugin.program),
            look,
            out,
        )?;
    }
    if !look.quiet {
        writeln!(
            out,
            "\n`journeyc explain-target NAME` says what one of them can take."
        )?;
    }
    Ok(())
}

/// Writes the same for programs, with all that is known of each target.
pub fn list_json(plugins: &[Plugin], out: &mut dyn Write) -> io::Result<()> {
    let plugins = plugins.iter().map(|it| PluginEntry {
        name: &it.name,
        program: &it.program,
    });
    let list = List {
        version: 1,
        targets: ALL.iter().map(|it| Entry::of(*it)).collect(),
        plugins: plugins.collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &list)?;
    writeln!(out)
}

/// Writes what one target can take, and what it needs.
pub fn page(target: &dyn Target, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let name = styled(look, HEADING, target.name());
    writeln!(out, "{name} ({})\n", target.title())?;
    paragraph(&gets(target), look, out)?;
    writeln!(out, "  Templates in `{}`.", target.dialect())?;
    section("What it can take", look, out)?;
    table(target.capabilities().rows, look, out)?;
    writeln!(out)?;
    let words = Support::ALL.iter().map(|it| it.word().len()).max();
    for support in Support::ALL {
        let start = format!("  {:1$}", support.word(), words.unwrap_or(0));
        row(&start, start.len() + 2, support.meaning(), look, out)?;
    }
    section("Its limits", look, out)?;
    let limits = target.capabilities().limits.in_words();
    pairs(
        limits.iter().map(|(what, much)| (*what, much.as_str())),
        look,
        out,
    )?;
    let provider = target.provider();
    if !provider.ids.is_empty() {
        section("Ids of the account", look, out)?;
        let path = format!("targets.{}.environments.ENV.ids", target.name());
        let text = format!("They stand in journeyc.yaml below `{path}`.");
        paragraph(&text, look, out)?;
        for id in provider.ids {
            let text = format!("- `{}`: {} ({})", id.kind, id.what, id.place);
            row("  ", 4, &text, look, out)?;
        }
    }
    if let Some(address) = provider.address {
        section("How it is reached", look, out)?;
        let keys = keys(target).join(", ");
        let other = provider.address_variable;
        let mut all = vec![("address", address)];
        if !other.is_empty() {
            all.push(("another address, from", other));
        }
        if !keys.is_empty() {
            all.push(("keys, from", &keys));
        }
        pairs(all.into_iter(), look, out)?;
    }
    if !target.chores().is_empty() || !provider.remarks.is_empty() {
        section("What a person must know", look, out)?;
        for text in target.chores().iter().chain(provider.remarks) {
            row("  ", 4, &format!("- {text}"), look, out)?;
        }
    }
    Ok(())
}

/// What is written for a target, in a sentence.
pub fn gets(target: &dyn Target) -> String {
    let can = target.capabilities();
    let templates = match can.way(Ability::TemplatesByApi).support() {
        Support::ByHand => "templates to put in by hand",
        _ => "templates",
    };
    let journeys = match can.way(Ability::JourneyByApi).support() {
        Support::ByHand => "a sheet from which people build each journey",
        _ => "journeys as drafts",
    };
    format!("{templates}, and {journeys}")
}

/// How journeys reach a target, in two words.
pub fn journey(support: Support) -> &'static str {
    match support {
        Support::ByHand => "by hand",
        _ => "written",
    }
}

/// What a row of a capability table remarks: the target's own words, else by which way it goes.
pub fn remark(row: &Row) -> &'static str {
    let (_, way, note) = row;
    if note.is_empty() { way.words() } else { note }
}

fn table(rows: &[Row], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let titles = rows.iter().map(|it| it.0.title().len()).max().unwrap_or(0);
    let words = Support::ALL.iter().map(|it| it.word().len()).max();
    let words = words.unwrap_or(0);
    for it in rows {
        let support = it.1.support();
        let indent = 2 + titles + 2 + words + 2;
        let (title, word) = (it.0.title(), support.word());
        let start = if look.width < indent + NARROW {
            format!("  {title}: {}", styled(look, color_of(support), word))
        } else {
            let word = format!("{word:words$}");
            format!(
                "  {title:titles$}  {}",
                styled(look, color_of(support), &word)
            )
        };
        row(&start, indent, remark(it), look, out)?;
    }
    Ok(())
}

fn pairs<'p>(
    all: impl Iterator<Item = (&'p str, &'p str)>,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let all: Vec<_> = all.collect();
    let names = all.iter().map(|it| it.0.len()).max().unwrap_or(0);
    for (name, value) in all {
        row(&format!("  {name:names$}"), names + 4, value, look, out)?;
    }
    Ok(())
}

/// A line whose last column is broken where it begins; on a narrow terminal it goes below.
fn row(start: &str, indent: usize, text: &str, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let room = look.width.saturating_sub(indent);
    let (first, indent, room) = if room < NARROW && indent > 4 {
        (
            format!("{}\n    ", start.trim_end()),
            4,
            look.width.saturating_sub(4),
        )
    } else if start.trim().is_empty() {
        (start.to_owned(), indent, look.width.saturating_sub(indent))
    } else {
        (format!("{start}  "), indent, room)
    };
    if text.is_empty() {
        return writeln!(out, "{}", first.trim_end());
    }
    let text = wrap(text, room).replace('\n', &format!("\n{:indent$}", ""));
    writeln!(out, "{first}{text}")
}

fn paragraph(text: &str, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if !text.ends_with('.') {
        text.push('.');
    }
    row("  ", 2, &text, look, out)
}

fn section(title: &str, look: Look, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{}", styled(look, HEADING, title))
}

fn color_of(support: Support) -> Style {
    let color = |it: AnsiColor| Style::new().fg_color(Some(it.into()));
    match support {
        Support::Yes => color(AnsiColor::Green),
        Support::Rewritten => Style::new(),
        Support::Shifted => color(AnsiColor::Yellow),
        Support::ByHand => color(AnsiColor::Cyan),
        Support::No => color(AnsiColor::Red),
    }
}

fn styled(look: Look, style: Style, text: &str) -> String {
    if look.color {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

/// The targets as a program reads them.
#[derive(Serialize)]
struct List<'a> {
    version: u32,
    targets: Vec<Entry>,
    plugins: Vec<PluginEntry<'a>>,
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    title: &'static str,
    journeys: &'static str,
    dialect: &'static str,
    gets: String,
    capabilities: Vec<Capability>,
    limits: LimitEntry,
    ids: Vec<Id>,
    address: Option<&'static str>,
    address_variable: Option<&'static str>,
    keys: Vec<&'static str>,
}

#[derive(Serialize)]
struct Capability {
    what: &'static str,
    support: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    way: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'static str,
}

/// Numbers are minutes, but for steps, rounds and the horizon, which is in hours.
#[derive(Serialize)]
struct LimitEntry {
    units: Vec<&'static str>,
    longest_wait: Option<u32>,
    longest_wait_for: Option<u32>,
    endless_wait_for: bool,
    most_steps: usize,
    most_rounds: u32,
    horizon: Option<u32>,
}

#[derive(Serialize)]
struct Id {
    kind: &'static str,
    what: &'static str,
    place: &'static str,
}

#[derive(Serialize)]
struct PluginEntry<'a> {
    name: &'a str,
    program: &'a str,
}

impl Entry {
    fn of(target: &dyn Target) -> Self {
        let (can, provider) = (target.capabilities(), target.provider());
        let capability = |(ability, way, note): &Row| Capability {
            what: ability.title(),
            support: way.support().word(),
            way: way.words(),
            note,
        };
        let id = |it: &crate::target::IdKind| Id {
            kind: it.kind,
            what: it.what,
            place: it.place,
        };
        let limits = &can.limits;
        Self {
            name: target.name(),
            title: target.title(),
            journeys: journey(can.way(Ability::JourneyByApi).support()),
            dialect: target.dialect(),
            gets: gets(target),
            capabilities: can.rows.iter().map(capability).collect(),
            limits: LimitEntry {
                units: limits.units.iter().map(|it| it.word()).collect(),
                longest_wait: limits.longest_wait,
                longest_wait_for: limits.longest_wait_for,
                endless_wait_for: limits.endless_wait_for,
                most_steps: limits.most_steps,
                most_rounds: limits.most_rounds,
                horizon: limits.horizon,
            },
            ids: provider.ids.iter().map(id).collect(),
            address: provider.address,
            address_variable: Some(provider.address_variable).filter(|it| !it.is_empty()),
            keys: keys(target),
        }
    }
}

/// The environment variables that hold keys.
fn keys(target: &dyn Target) -> Vec<&'static str> {
    let mut keys = target.provider().keys();
    keys.extend(target.key_in_body().map(|it| it.1));
    keys
}
