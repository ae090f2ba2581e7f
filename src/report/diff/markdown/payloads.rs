//! What is sent to the platforms.

use super::super::wording::{action, count, one, thousands};
use super::escape;
use super::page::Page;
use crate::diff::{Action, PayloadChange, TargetChanges};

/// How many lines of a payload are shown.
const MOST_LINES: usize = 60;

impl Page<'_> {
    /// Per target what is created, updated and deleted, and the lines that differ, folded away.
    pub(super) fn payloads(&mut self) {
        let changed = self.changes.targets.iter().filter(|it| !it.is_empty());
        let all: Vec<&TargetChanges> = changed.collect();
        if all.is_empty() {
            return;
        }
        self.heading(3, "What is sent to the platforms");
        let shown = all.len().min(self.room.list);
        if shown > 0 {
            self.line("| platform | environment | create | update | delete | as before |");
            self.line("|---|---|--:|--:|--:|--:|");
        }
        for it in all.iter().take(shown) {
            let row = self.target(it);
            self.line(&row);
        }
        self.hidden("\n", all.len() - shown, "platform");
        for it in all.iter().take(shown) {
            self.lost(it);
            if !it.payloads.is_empty() {
                let (target, environment) = (self.text(&it.target), self.text(&it.environment));
                let n = count(it.payloads.len(), "payload");
                self.folded(&format!("{target}, {environment}: {n}"), |page| {
                    page.payload_list(&it.payloads);
                });
            }
        }
    }

    fn target(&self, it: &TargetChanges) -> String {
        let n = |wanted| {
            let found = it.payloads.iter().filter(|it| it.action == wanted);
            thousands(found.count())
        };
        format!(
            "| {} | {} | {} | {} | {} | {} |",
            self.text(&it.target),
            self.text(&it.environment),
            n(Action::Create),
            n(Action::Update),
            n(Action::Delete),
            thousands(it.unchanged)
        )
    }

    /// What the target cannot express, as far as that is new.
    fn lost(&mut self, it: &TargetChanges) {
        if it.introduced.is_empty() {
            return;
        }
        let target = self.text(&it.target);
        self.line(&format!(
            "\nNew remarks on what **{target}** makes of it:\n"
        ));
        let shown = it.introduced.len().min(self.room.list);
        for it in it.introduced.iter().take(shown) {
            let line = self.found(it);
            self.line(&format!("- {line}"));
        }
        self.hidden("- ", it.introduced.len() - shown, "remark");
    }

    fn payload_list(&mut self, all: &[PayloadChange]) {
        let shown = all.len().min(self.room.list);
        let mut without = 0;
        for it in all.iter().take(shown) {
            let name = self.code(&it.name);
            self.line(&format!("- {} {name}", action(it.action)));
            if it.diff.is_empty() {
                continue;
            }
            if self.room.diffs {
                self.payload(&it.diff);
            } else {
                without += 1;
            }
        }
        self.hidden("- ", all.len() - shown, "payload");
        if without > 0 {
            let are = one(without, "is", "are");
            let text = format!(
                "\n*The lines of {} {are} not shown.*",
                count(without, "payload")
            );
            self.line(&text);
        }
    }

    fn payload(&mut self, diff: &str) {
        let lines: Vec<String> = diff
            .lines()
            .take(MOST_LINES)
            .map(|it| escape::clipped(it, 200))
            .collect();
        let hidden = diff.lines().skip(MOST_LINES).count();
        self.line("");
        self.line(&escape::block("diff", &lines.join("\n")));
        self.hidden("", hidden, "line");
    }
}
