//! What customers do not notice: last, and folded away.

use super::super::wording::{beside_table, count, is_noticed, muted, one, thousands};
use super::page::Page;
use crate::diff::{Change, JourneyChanges};

impl Page<'_> {
    /// Changes that customers do not notice, files that are only written differently, and what is
    /// muted.
    pub(super) fn unnoticed(&mut self) {
        let journeys: Vec<(&JourneyChanges, Vec<&Change>)> = self
            .changes
            .journeys
            .iter()
            .map(|it| (it, unnoticed(it)))
            .filter(|(it, changes)| !changes.is_empty() || !is_noticed(it))
            .collect();
        let project = self.changes.project.iter();
        let project: Vec<&Change> = project.filter(|it| !it.kind.is_noticed()).collect();
        let of_journeys = journeys.iter().map(|(_, it)| it.len().max(1));
        let n = project.len() + of_journeys.sum::<usize>();
        if n > 0 && self.room.unnoticed {
            let summary = format!("{} that customers do not notice", count(n, "change"));
            self.folded(&summary, |page| {
                page.changes_list(&project, "");
                page.unnoticed_in(&journeys);
            });
        } else if n > 0 {
            let are = one(n, "is", "are");
            let changes = count(n, "change");
            let places = count(journeys.len(), "journey");
            self.line(&format!(
                "\n{changes} that customers do not notice, in {places}, {are} not listed here."
            ));
        }
        self.written_differently();
        if let Some(muted) = muted(&self.changes.muted) {
            self.line(&format!("\n{muted}"));
        }
    }

    fn unnoticed_in(&mut self, journeys: &[(&JourneyChanges, Vec<&Change>)]) {
        let shown = journeys.len().min(self.room.list);
        for (it, changes) in journeys.iter().take(shown) {
            let name = self.text(&it.name);
            self.line(&format!("\n**{name}**\n"));
            self.changes_list(changes, &it.place.file);
            if changes.is_empty() {
                self.line("- other names and numbers");
            }
        }
        let rest = journeys.iter().skip(shown);
        let hidden = rest.map(|(_, it)| it.len().max(1)).sum();
        self.hidden("\n", hidden, "change");
    }

    fn written_differently(&mut self) {
        let files = &self.changes.formatting;
        if !files.is_empty() {
            let n = files.len();
            let names = self.names(files.iter().map(String::as_str), 10);
            let (are, file) = (one(n, "is", "are"), one(n, "file", "files"));
            self.line(&format!(
                "\nOnly written differently {are} {} {file}: {names}.",
                thousands(n)
            ));
        }
    }
}

/// What customers do not notice of a journey, and no table says.
fn unnoticed(it: &JourneyChanges) -> Vec<&Change> {
    if !is_noticed(it) {
        return it.changes.iter().collect();
    }
    let all = beside_table(it).into_iter();
    all.filter(|it| !it.kind.is_noticed()).collect()
}
