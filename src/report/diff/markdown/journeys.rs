//! What customers get, and when: what holds for all journeys, and then journey by journey.

use std::fmt::Write as _;

use super::super::alike::{Group, groups};
use super::super::wording::{beside_table, brief, count, fate, is_noticed, lead, one};
use super::escape;
use super::page::Page;
use crate::diff::{Change, JourneyChanges};

/// How long a chart may be: GitLab draws none above 5,000 characters.
const LONGEST_CHART: usize = 4_500;

impl Page<'_> {
    /// What the project file says for all journeys.
    pub(super) fn project(&mut self) {
        let changes = self.changes.project.iter();
        let noticed: Vec<&Change> = changes.filter(|it| it.kind.is_noticed()).collect();
        if noticed.is_empty() {
            return;
        }
        self.heading(3, "For every journey");
        self.changes_list(&noticed, "");
    }

    /// The journeys in which customers notice something.
    pub(super) fn journeys(&mut self) {
        let all = self.changes.journeys.iter().filter(|it| is_noticed(it));
        let groups = groups(all);
        if groups.is_empty() {
            return;
        }
        let n: usize = groups.iter().map(Group::len).sum();
        self.heading(
            3,
            &format!("What customers get, and when ({})", count(n, "journey")),
        );
        let whole = self.room.journeys.min(groups.len());
        let (shown, rest) = groups.split_at(whole);
        let mut charts = 0;
        for group in shown {
            charts += self.journey(group);
        }
        if charts > 0 {
            let are = one(charts, "is", "are");
            let text = format!("\n*{} {are} not drawn here.*", count(charts, "chart"));
            self.line(&text);
        }
        self.rest(rest, whole > 0);
    }

    /// Journeys by name, with how much differs in each.
    fn rest(&mut self, groups: &[Group<'_>], is_more: bool) {
        let all: Vec<&JourneyChanges> = groups.iter().flat_map(Group::all).collect();
        if all.is_empty() {
            return;
        }
        let shown = all.len().min(self.room.names);
        if shown > 0 {
            let n = count(all.len(), if is_more { "more journey" } else { "journey" });
            let summary = format!("{n} {}, by name", one(all.len(), "changes", "change"));
            self.folded(&summary, |page| {
                for it in all.iter().take(shown) {
                    let (name, what) = (page.code(&it.name), brief(it));
                    page.line(&format!("- {name}: {what}"));
                }
            });
        }
        self.hidden("\n", all.len() - shown, "journey");
    }

    /// One journey, or several in which the same differs. Returns how many charts were left out.
    fn journey(&mut self, group: &Group<'_>) -> usize {
        let it = group.first;
        let mut title = self.code(&it.name);
        if let Some(words) = &it.title {
            let _ = write!(title, " — {}", self.text(words));
        }
        if let Some(word) = fate(it.fate) {
            let _ = write!(title, " ({word})");
        }
        self.heading(4, &title);
        let mut lead = vec![brief(it), self.place(&it.place)];
        if let Some(was) = &it.was {
            lead.push(format!("was {}", self.code(was)));
        }
        self.line(&lead.join(" · "));
        for it in Self::numbers(&it.numbers) {
            self.line(&it);
        }
        self.table(it);
        let noticed = |it: &&Change| it.kind.is_noticed();
        let rest: Vec<&Change> = beside_table(it).into_iter().filter(noticed).collect();
        if !rest.is_empty() {
            self.line("");
            self.changes_list(&rest, &it.place.file);
        }
        if !group.others.is_empty() {
            let n = group.others.len();
            let names = self.names(group.others.iter().map(|it| it.name.as_str()), 50);
            let text = format!("\n**The same in {}:** {names}", count(n, "other journey"));
            self.line(&text);
        }
        self.chart(it)
    }

    /// The journey as it is now, drawn. Returns how many charts were left out for want of room.
    fn chart(&mut self, it: &JourneyChanges) -> usize {
        let Some(chart) = &it.chart else { return 0 };
        if !self.room.charts || chart.chars().count() > LONGEST_CHART {
            return 1;
        }
        self.folded("The journey as it is now, drawn", |page| {
            page.line(&escape::block("mermaid", chart));
        });
        0
    }

    /// Changes as a list, as many as there is room for. The file that most of them are in is named
    /// elsewhere.
    pub(super) fn changes_list(&mut self, changes: &[&Change], file: &str) {
        let shown = changes.len().min(self.room.list);
        for it in changes.iter().take(shown) {
            let line = self.change(it, file);
            self.line(&format!("- {line}"));
        }
        self.hidden("- ", changes.len() - shown, "change");
    }

    /// A change on one line: `⏳ wait a-day: 22 h → **22 min**`.
    pub(super) fn change(&self, it: &Change, file: &str) -> String {
        let mut line = format!("{} {}", it.kind.symbol(), lead(it));
        if let Some(step) = &it.step {
            let _ = write!(line, " {}", self.code(step));
        }
        if !it.subject.is_empty() {
            let _ = write!(line, " {}", self.text(&it.subject));
        }
        let side = |it: &Option<String>| it.as_deref().map(|it| self.text(it));
        match (side(&it.before), side(&it.after)) {
            (Some(before), Some(after)) => {
                let _ = write!(line, ": {before} → **{after}**");
            }
            (Some(before), None) => {
                let _ = write!(line, ": ~~{before}~~");
            }
            (None, Some(after)) => {
                let _ = write!(line, ": **{after}**");
            }
            (None, None) => {}
        }
        if let Some(place) = &it.place {
            let _ = write!(line, " ({})", self.place_in(file, place));
        }
        line
    }
}
