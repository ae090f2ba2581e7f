//! What was found that was not found before, what is worse, what is mended, and what stays.

use std::fmt::Write as _;

use super::super::wording::{count, found, one, thousands};
use super::escape;
use super::page::Page;
use crate::diagnostic::{Status, Verdict};
use crate::diff::Found;

impl Page<'_> {
    /// The findings beside those that stand against a merge.
    pub(super) fn findings(&mut self) {
        let changes = self.changes;
        let all = &changes.findings;
        let older = all.older.unwrap_or_default();
        if all.is_empty() && older == 0 {
            return;
        }
        let is_open = |it: &&Found| it.diagnostic.verdict == Verdict::Undecided;
        let is_listed = |it: &&Found| !it.blocks() && !is_open(it);
        self.heading(3, &found(all));
        let new: Vec<&Found> = all.introduced.iter().filter(is_listed).collect();
        self.group("New", &new);
        let worse: Vec<&Found> = all.worsened.iter().filter(is_listed).collect();
        self.group("Worse", &worse);
        let both = all.introduced.iter().chain(&all.worsened);
        let open: Vec<&Found> = both.filter(is_open).collect();
        self.group("Cannot be decided", &open);
        if !all.fixed.is_empty() {
            let fixed: Vec<&Found> = all.fixed.iter().collect();
            self.folded(&format!("Mended: {} 🎉", thousands(fixed.len())), |page| {
                page.list(&fixed);
            });
        }
        if older > 0 {
            let are = one(older, "was", "were");
            let text = format!(
                "\n{} {are} there before, and not counted.",
                count(older, "finding")
            );
            self.line(&text);
        }
    }

    fn group(&mut self, title: &str, all: &[&Found]) {
        if !all.is_empty() {
            self.line(&format!("\n**{title}: {}**\n", thousands(all.len())));
            self.list(all);
        }
    }

    fn list(&mut self, all: &[&Found]) {
        let shown = all.len().min(self.room.list);
        for it in all.iter().take(shown) {
            let mut line = format!("- {}", self.found(it));
            let diagnostic = &it.diagnostic;
            if let Some(Status::Worsened(how)) = diagnostic.status {
                let _ = write!(line, "; {}", how.phrase());
            }
            let is_open = diagnostic.verdict == Verdict::Undecided;
            if let Some(help) = diagnostic.help.as_ref().filter(|_| is_open) {
                let help = escape::prose(help, self.room.chars);
                let _ = write!(line, "; to decide it: {help}");
            }
            self.line(&line);
        }
        self.hidden("- ", all.len() - shown, "finding");
    }
}
