//! A journey's timeline as a table: what was, beside what is, in the order of time.

use super::super::timeline::{Line, Touchpoint, lines};
use super::super::wording::{count, flags, sign};
use super::page::Page;
use crate::diff::{Entry, JourneyChanges};

/// How many lines one table has at most.
const LONGEST: usize = 60;

impl Page<'_> {
    /// The table; nothing where no touchpoint differs.
    pub(super) fn table(&mut self, journey: &JourneyChanges) {
        if journey.timeline.iter().all(|it| it.flags.is_empty()) {
            return;
        }
        let lines = lines(&journey.timeline);
        let most = self.room.list.min(LONGEST);
        self.line("\n| when | before | after |\n|---|---|---|");
        for line in lines.iter().take(most) {
            let row = match line {
                Line::Touchpoint(it) => self.row(it),
                Line::Skipped(n) => {
                    format!("| … | *{} as before* | |", count(*n, "touchpoint"))
                }
            };
            self.line(&row);
        }
        let hidden = lines.iter().skip(most).map(|it| match it {
            Line::Touchpoint(_) => 1,
            Line::Skipped(n) => *n,
        });
        self.hidden("\n", hidden.sum(), "touchpoint");
    }

    fn row(&self, it: &Touchpoint<'_>) -> String {
        let when = it.entry().map(|entry| self.when(entry, it.is_first));
        let differs = !it.row.flags.is_empty();
        let none = || "—".to_owned();
        let before = it.before.map_or_else(none, |entry| {
            let name = self.touchpoint(entry);
            if differs && it.after.is_none() {
                format!("~~{name}~~")
            } else {
                name
            }
        });
        let mut after = it.after.map_or_else(none, |entry| {
            let name = self.touchpoint(entry);
            if differs { format!("**{name}**") } else { name }
        });
        // What comes at another time is explained where it is now.
        let is_explained = differs && (it.after.is_some() || !it.is_elsewhere());
        if is_explained {
            let flags: Vec<String> = flags(it.row).iter().map(|it| self.text(it)).collect();
            after = format!("{after} *({})*", flags.join(", "));
        }
        format!("| {} | {before} | {after} |", when.unwrap_or_default())
    }

    /// When it comes: after what, on the first line that is counted from it.
    fn when(&self, entry: &Entry, is_first: bool) -> String {
        let when = self.text(&entry.when);
        if is_first {
            format!("**{}**<br>{when}", self.text(&entry.since))
        } else {
            when
        }
    }

    fn touchpoint(&self, it: &Entry) -> String {
        format!("{} {}", sign(it.channel), self.text(&it.title))
    }
}
