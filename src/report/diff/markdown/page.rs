//! A comment while it is written: the order of its sections, and what they all need.

use super::super::Look;
use super::super::address::address;
use super::super::wording::{count, thousands};
use super::LIMIT;
use super::escape;
use super::room::Room;
use crate::diff::{Changes, Place, Revision, Verdict};

/// A comment, as far as it is written.
pub(super) struct Page<'a> {
    pub(super) changes: &'a Changes,
    pub(super) look: Look<'a>,
    pub(super) room: Room,
    pub(super) out: String,
}

impl<'a> Page<'a> {
    pub(super) fn new(changes: &'a Changes, look: Look<'a>, room: Room) -> Self {
        Self {
            changes,
            look,
            room,
            out: String::new(),
        }
    }

    /// All sections, what a reviewer must know first, what nobody notices last.
    pub(super) fn sections(&mut self) {
        if self.changes.verdict() == Verdict::Nothing {
            self.nothing();
            return;
        }
        let sections: [fn(&mut Self); 10] = [
            Self::verdict,
            Self::blocking,
            Self::project,
            Self::journeys,
            Self::copy,
            Self::inside,
            Self::reach,
            Self::findings,
            Self::payloads,
            Self::unnoticed,
        ];
        for write in sections {
            // What is too long already is written again with less room.
            if self.out.len() > LIMIT {
                return;
            }
            write(self);
        }
    }

    /// What was compared, and what to do about a finding that is meant to be there.
    pub(super) fn foot(&mut self) {
        let Changes { before, after, .. } = self.changes;
        let revision = |it: &Revision| {
            let name = escape::text(&it.name, 80);
            match &it.commit {
                Some(commit) => {
                    let short: String = commit.chars().take(8).collect();
                    format!("{name} ({})", escape::code(&short, 8))
                }
                None => name,
            }
        };
        let compared = format!("Compared {} with {}.", revision(before), revision(after));
        let report = match self.report() {
            Some(link) => format!(" {link}."),
            None => String::new(),
        };
        let has_findings = !self.changes.findings.is_empty();
        let allow = if has_findings {
            " To accept a finding, write `allow: [{rule: …, reason: …, until: …}]` at its step, its \
             journey or in `journeyc.yaml`; `journeyc explain RULE` says what a rule is about."
        } else {
            ""
        };
        self.line(&format!("\n---\n\n<sub>{compared}{report}{allow}</sub>"));
    }

    /// A heading with a free line on both sides.
    pub(super) fn heading(&mut self, level: usize, text: &str) {
        let signs = "#".repeat(level);
        self.line(&format!("\n{signs} {text}\n"));
    }

    /// A line, with its end. One free line is enough, however many are asked for.
    pub(super) fn line(&mut self, text: &str) {
        let is_free = self.out.is_empty() || self.out.ends_with("\n\n");
        let text = if is_free {
            text.trim_start_matches('\n')
        } else {
            text
        };
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// What is folded away behind a line that says what it is. The summary must be escaped.
    pub(super) fn folded(&mut self, summary: &str, write: impl FnOnce(&mut Self)) {
        self.line(&format!("\n<details><summary>{summary}</summary>\n"));
        write(self);
        self.line("\n</details>");
    }

    /// Says how many are not shown, if any are, as an item of a list or a paragraph.
    pub(super) fn hidden(&mut self, lead: &str, n: usize, what: &str) {
        if n > 0 {
            let text = self.more(n, what);
            self.line(&format!("{lead}{text}"));
        }
    }

    /// `… and 12 more journeys, in the full report`.
    pub(super) fn more(&self, n: usize, what: &str) -> String {
        let what = count(n, &format!("more {what}"));
        match self.report() {
            Some(link) => format!("*… and {what}: {link}*"),
            None => format!("*… and {what}: see* `journeyc diff --format html`"),
        }
    }

    /// A link to everything, if anybody has said where it is.
    pub(super) fn report(&self) -> Option<String> {
        let address = self.look.report.and_then(address)?;
        Some(format!("[full report]({address})"))
    }

    /// Words from a file, in a paragraph, a heading, a cell or a summary.
    pub(super) fn text(&self, it: &str) -> String {
        escape::text(it, self.room.chars)
    }

    /// A name from a file, anywhere but in a table.
    pub(super) fn code(&self, it: &str) -> String {
        escape::code(it, self.room.chars)
    }

    /// A line of a file.
    pub(super) fn place(&self, it: &Place) -> String {
        escape::place(it, self.look.source, self.room.chars, None)
    }

    /// A line of a file that readers look at anyhow.
    pub(super) fn place_in(&self, file: &str, it: &Place) -> String {
        escape::place(it, self.look.source, self.room.chars, Some(file))
    }

    /// Names one after the other, as many as there is room for, the others counted.
    pub(super) fn names<'n>(&self, names: impl Iterator<Item = &'n str>, most: usize) -> String {
        let all: Vec<&str> = names.collect();
        let most = most.min(self.room.names);
        let mut shown: Vec<String> = all.iter().take(most).map(|it| self.code(it)).collect();
        let hidden = all.len().saturating_sub(shown.len());
        if hidden > 0 {
            let more = if shown.is_empty() { "" } else { " more" };
            shown.push(format!("{}{more}", thousands(hidden)));
        }
        shown.join(", ")
    }
}
