//! What several journeys share, and how far a difference in it reaches.

use super::super::wording::{count, shared};
use super::page::Page;

impl Page<'_> {
    /// Each shared thing, with the journeys that it reaches.
    pub(super) fn reach(&mut self) {
        let all = &self.changes.reach;
        if all.is_empty() {
            return;
        }
        self.heading(3, "What journeys share");
        let shown = all.len().min(self.room.list);
        for it in all.iter().take(shown) {
            let (what, name) = (shared(it.what), self.code(&it.name));
            let journeys = count(it.journeys.len(), "journey");
            let mails = match it.mails {
                0 => String::new(),
                n => format!("{} in ", count(n, "email")),
            };
            let names = self.names(it.journeys.iter().map(String::as_str), 12);
            let names = if names.is_empty() {
                names
            } else {
                format!(": {names}")
            };
            self.line(&format!("- {what} {name} reaches {mails}{journeys}{names}"));
        }
        self.hidden("- ", all.len() - shown, "shared thing");
    }
}
