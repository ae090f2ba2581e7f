//! The ids that accounts need, with their gaps: `journeyc export TARGET --list-ids`.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::Look;
use super::text::wrap;
use crate::build::AccountNeeds;
use crate::target::Need;

const HEADING: Style = Style::new().bold();
const GAP: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));

/// How many journeys a line names before it only counts.
const SHOWN: usize = 3;

/// Writes the list for people: for each account what is missing, and what is there.
pub fn list(accounts: &[AccountNeeds], look: Look, out: &mut dyn Write) -> io::Result<()> {
    for (number, account) in accounts.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        let gaps = account.needs.iter().filter(|it| it.id.is_none()).count();
        let path = format!(
            "targets.{}.environments.{}.ids",
            account.target, account.environment
        );
        let title = format!("{} {}", account.target, account.environment);
        let count = match (account.needs.len(), gaps) {
            (0, _) => "no ids are needed".to_owned(),
            (all, 0) => format!("all {all} ids are there"),
            (all, gaps) => format!("{gaps} of {all} ids missing below `{path}`"),
        };
        writeln!(out, "{}: {count}", styled(look, HEADING, &title))?;
        let mut place = None;
        for need in &account.needs {
            if place != Some((need.id.is_some(), &need.kind)) {
                place = Some((need.id.is_some(), &need.kind));
                let mut text = format!("{} ({}", need.kind, need.what);
                if need.id.is_none() && !need.place.is_empty() {
                    text = format!("{text}; {}", need.place);
                }
                let text = wrap(&format!("{text})"), look.width.saturating_sub(2));
                writeln!(out, "  {}", text.replace('\n', "\n  "))?;
            }
            line(need, &account.needs, look, out)?;
        }
    }
    Ok(())
}

/// Writes the list for programs.
pub fn list_json(accounts: &[AccountNeeds], out: &mut dyn Write) -> io::Result<()> {
    let accounts = accounts.iter().map(|it| Account {
        target: &it.target,
        environment: &it.environment,
        missing: it.needs.iter().filter(|it| it.id.is_none()).count(),
        ids: it.needs.iter().map(Needed::of).collect(),
    });
    let list = List {
        version: 1,
        accounts: accounts.collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &list)?;
    writeln!(out)
}

fn line(need: &Need, all: &[Need], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let names = all.iter().map(|it| it.name.width()).max().unwrap_or(0);
    let id = match &need.id {
        Some(id) => id.clone(),
        None => styled(look, GAP, "missing"),
    };
    let shown: Vec<&str> = need
        .journeys
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect();
    let mut journeys = shown.join(", ");
    if need.journeys.len() > SHOWN {
        journeys = format!("{journeys} and {} more", need.journeys.len() - SHOWN);
    }
    let space = names.saturating_sub(need.name.width());
    writeln!(out, "    {}{:space$}  {id}  for {journeys}", need.name, "")
}

fn styled(look: Look, style: Style, text: &str) -> String {
    if look.color {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

#[derive(Serialize)]
struct List<'a> {
    version: u32,
    accounts: Vec<Account<'a>>,
}

#[derive(Serialize)]
struct Account<'a> {
    target: &'a str,
    environment: &'a str,
    missing: usize,
    ids: Vec<Needed<'a>>,
}

#[derive(Serialize)]
struct Needed<'a> {
    kind: &'a str,
    name: &'a str,
    id: Option<&'a str>,
    what: &'a str,
    place: &'a str,
    journeys: &'a [String],
}

impl<'a> Needed<'a> {
    fn of(need: &'a Need) -> Self {
        Self {
            kind: &need.kind,
            name: &need.name,
            id: need.id.as_deref(),
            what: need.what,
            place: need.place,
            journeys: &need.journeys,
        }
    }
}
