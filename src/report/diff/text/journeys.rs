//! What customers get, and when: what holds for all journeys, and then journey by journey.

use unicode_width::UnicodeWidthStr;

use super::super::alike::{Group, groups};
use super::super::timeline::{Line, Touchpoint, lines};
use super::super::wording::{beside_table, brief, count, details, fate, is_noticed, lead, sign};
use super::names;
use super::paper::{Paper, Tone, Words, harmless};
use crate::diff::{Change, Changes, JourneyChanges, Kind};

/// How many journeys have a table of their own.
const JOURNEYS: usize = 30;

/// How many lines of one table are shown.
const ROWS: usize = 60;

/// How wide the column of times may be.
const WIDEST_TIME: usize = 24;

impl Paper {
    pub(super) fn project(&mut self, changes: &Changes) {
        let all = changes.project.iter().filter(|it| it.kind.is_noticed());
        let all: Vec<&Change> = all.collect();
        if !all.is_empty() {
            self.heading("For every journey");
            self.list(&all, |paper, it| paper.change(it, "", None));
        }
    }

    pub(super) fn journeys(&mut self, changes: &Changes) {
        let all = changes.journeys.iter().filter(|it| is_noticed(it));
        let groups = groups(all);
        let (whole, rest) = groups.split_at(groups.len().min(JOURNEYS));
        for group in whole {
            self.journey(group);
        }
        let rest: Vec<&JourneyChanges> = rest.iter().flat_map(Group::all).collect();
        if !rest.is_empty() {
            self.heading(&format!("{}, by name", count(rest.len(), "more journey")));
            self.list(&rest, |paper, it| {
                let words = [(Tone::Strong, it.name.clone()), (Tone::Plain, brief(it))];
                paper.flow("  ", &words);
            });
        }
    }

    fn journey(&mut self, group: &Group<'_>) {
        let it = group.first;
        self.gap();
        let mut words: Vec<Words> = vec![(Tone::Strong, it.name.clone())];
        words.extend(it.title.clone().map(|it| (Tone::Plain, it)));
        words.extend(fate(it.fate).map(|it| (Tone::Changed, format!("({it})"))));
        words.extend(it.was.clone().map(|it| (Tone::Plain, format!("was {it}"))));
        let place = format!("({}:{})", it.place.file, it.place.line);
        words.push((Tone::Faint, place));
        self.flow("", &words);
        self.plain("  ", &brief(it));
        self.table(it);
        let noticed = |it: &&Change| it.kind.is_noticed();
        let rest: Vec<&Change> = beside_table(it).into_iter().filter(noticed).collect();
        self.list(&rest, |paper, change| {
            paper.change(change, &it.place.file, None);
        });
        if !group.others.is_empty() {
            let n = count(group.others.len(), "other journey");
            let names = names(group.others.iter().map(|it| it.name.as_str()), 8);
            self.plain("  ", &format!("the same in {n}: {names}"));
        }
    }

    fn table(&mut self, it: &JourneyChanges) {
        if it.timeline.iter().all(|it| it.flags.is_empty()) {
            return;
        }
        let lines = lines(&it.timeline);
        let touchpoints = lines.iter().filter_map(|it| match it {
            Line::Touchpoint(it) => it.entry(),
            Line::Skipped(_) => None,
        });
        let wide = touchpoints.map(|it| harmless(&it.when).width()).max();
        let wide = wide.unwrap_or(0).min(WIDEST_TIME);
        for line in lines.iter().take(ROWS) {
            match line {
                Line::Touchpoint(it) => self.touchpoint(it, wide),
                Line::Skipped(n) => {
                    let text = format!("… {} as before", count(*n, "touchpoint"));
                    self.flow("      ", &[(Tone::Faint, text)]);
                }
            }
        }
        let hidden = lines.iter().skip(ROWS).map(|it| match it {
            Line::Touchpoint(_) => 1,
            Line::Skipped(n) => *n,
        });
        self.hidden("      ", hidden.sum());
    }

    fn touchpoint(&mut self, it: &Touchpoint<'_>, wide: usize) {
        let Some(entry) = it.entry() else { return };
        if it.is_first {
            let since = format!("from {}", entry.since);
            self.flow("    ", &[(Tone::Faint, since)]);
        }
        let differs = !it.row.flags.is_empty();
        let (mark, tone) = match (it.before.is_some(), it.after.is_some()) {
            _ if !differs => (' ', Tone::Plain),
            (true, false) => ('-', Tone::Removed),
            (false, true) => ('+', Tone::Added),
            _ => ('~', Tone::Changed),
        };
        let when = harmless(&entry.when);
        let pad = " ".repeat(wide.saturating_sub(when.width()));
        let lead = format!("    {mark} {when}{pad}  ");
        let mut words = vec![(tone, format!("{} {}", sign(entry.channel), entry.title))];
        if differs && (it.after.is_some() || !it.is_elsewhere()) {
            words.push((Tone::Plain, format!("({})", details(it.row).join(", "))));
        }
        self.flow(&lead, &words);
    }

    /// A change in a line: `~ wait a-day: 22 h → 22 min`. The file that readers look at anyhow is not
    /// named, and the journey only where the line does not stand below it.
    pub(super) fn change(&mut self, it: &Change, file: &str, journey: Option<&str>) {
        let (mark, tone) = match (it.kind, &it.before, &it.after) {
            (Kind::StepAdded | Kind::ExitAdded | Kind::JourneyAdded, ..) | (_, None, Some(_)) => {
                ('+', Tone::Added)
            }
            (Kind::StepRemoved | Kind::ExitRemoved | Kind::JourneyRemoved, ..)
            | (_, Some(_), None) => ('-', Tone::Removed),
            _ => ('~', Tone::Changed),
        };
        let mut what = lead(it);
        for part in it.step.iter().chain(Some(&it.subject)) {
            if !part.is_empty() {
                what = format!("{what} {}", harmless(part));
            }
        }
        let mut words: Vec<Words> = Vec::new();
        words.extend(journey.map(|it| (Tone::Strong, format!("{it}:"))));
        let side = |it: &Option<String>| it.as_deref().map(harmless);
        match (side(&it.before), side(&it.after)) {
            (Some(before), Some(after)) => {
                words.push((tone, format!("{what}:")));
                words.push((Tone::Plain, format!("{before} →")));
                words.push((Tone::Strong, after));
            }
            (Some(one), None) | (None, Some(one)) => {
                words.push((tone, format!("{what}:")));
                words.push((Tone::Plain, one));
            }
            (None, None) => words.push((tone, what)),
        }
        if let Some(place) = &it.place {
            let at = if place.file == file {
                format!("(line {})", place.line)
            } else {
                format!("({}:{})", place.file, place.line)
            };
            words.push((Tone::Faint, at));
        }
        self.flow(&format!("  {mark} "), &words);
    }
}
