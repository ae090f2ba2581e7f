//! The beginning: the verdict, one sentence, and what stands against a merge.

use std::fmt::Write as _;

use super::super::wording::{self, Piece, capital, count, headline, one};
use super::escape;
use super::page::Page;
use crate::diagnostic::{Diagnostic, Fix};
use crate::diff::{Found, Number, Verdict};
use crate::report::text::timeline;

/// How wide a dated path may be before a comment scrolls sideways.
const WIDTH: usize = 90;

/// How many lines of a rewrite are shown.
const REWRITE: usize = 20;

impl Page<'_> {
    /// The verdict, and the sentence that says it all.
    pub(super) fn verdict(&mut self) {
        let title = match self.changes.verdict() {
            Verdict::Blocked => "❌ Blocked",
            Verdict::Fine | Verdict::Nothing => "✅ Nothing stands against it",
        };
        self.line(&format!("## {title}\n"));
        let pieces = headline(self.changes).into_iter().map(|it| match it {
            Piece::Plain(text) => text,
            Piece::Strong(text) => format!("**{text}**"),
        });
        let sentence: String = pieces.collect();
        self.line(&sentence);
    }

    /// All there is to say where nothing differs.
    pub(super) fn nothing(&mut self) {
        let mut text = "No change for the customer.".to_owned();
        let formatting = &self.changes.formatting;
        if !formatting.is_empty() {
            let n = formatting.len();
            let names = self.names(formatting.iter().map(String::as_str), 10);
            let verb = one(n, "is", "are");
            let _ = write!(
                text,
                " Only {} {verb} written differently: {names}.",
                count(n, "file")
            );
        }
        if let Some(muted) = wording::muted(&self.changes.muted) {
            let _ = write!(text, " {muted}");
        }
        self.line(&text);
    }

    /// How a journey's or all journeys' numbers differ: half sentences.
    pub(super) fn numbers(numbers: &[Number]) -> Vec<String> {
        let changed = numbers.iter().filter(|it| it.before != it.after);
        let each = changed.map(|it| {
            let (lead, number) = wording::number(it);
            format!("{lead} **{number}**.")
        });
        each.collect()
    }

    /// What stands against a merge, with all that is needed to mend it.
    pub(super) fn blocking(&mut self) {
        let changes = self.changes;
        let broken = &changes.after.broken;
        let all: Vec<&Found> = changes.findings.blocking().collect();
        if all.is_empty() && broken.is_empty() {
            return;
        }
        let n = all.len() + broken.len();
        self.heading(
            3,
            &format!("❌ What stands against it ({})", wording::thousands(n)),
        );
        if !broken.is_empty() {
            let names = self.names(broken.iter().map(String::as_str), self.room.list);
            let files = count(broken.len(), "file");
            self.line(&format!(
                "**{files} cannot be understood**, so what is said there is missing here: {names}\n"
            ));
        }
        // What needs room is shown for the first few; the message alone for the others.
        let whole = self.room.list.min(10);
        for it in all.iter().take(whole) {
            self.whole(it);
        }
        for it in all.iter().take(self.room.list).skip(whole) {
            let line = self.found(it);
            self.line(&format!("- {line}"));
        }
        let shown = all.len().min(self.room.list);
        self.hidden("\n", all.len() - shown, "blocking finding");
    }

    /// A finding on one line.
    pub(super) fn found(&self, it: &Found) -> String {
        let Found {
            diagnostic, place, ..
        } = it;
        let message = escape::prose(&diagnostic.message, self.room.chars);
        let level = diagnostic.level.word();
        let place = self.place(place);
        format!("{level} `{}`: {message} ({place})", diagnostic.rule)
    }

    /// A finding with its dated path, the reason and the cure.
    fn whole(&mut self, it: &Found) {
        let diagnostic = &it.diagnostic;
        let chars = self.room.chars.saturating_mul(2);
        let message = capital(&escape::prose(&diagnostic.message, chars));
        let place = self.place(&it.place);
        self.line(&format!("**{message}**\n"));
        let rule = diagnostic.rule;
        self.line(&format!(
            "{place} · `{rule}`, see `journeyc explain {rule}`\n"
        ));
        if let Some(witness) = &diagnostic.witness {
            let lines = timeline(witness, diagnostic, WIDTH, false);
            let lines = lines.iter().map(|it| escape::clipped(it, WIDTH + 40));
            let lines: Vec<String> = lines.collect();
            self.line(&escape::block("text", &lines.join("\n")));
        }
        if let Some(why) = &diagnostic.why {
            let why = capital(&escape::prose(why, chars));
            self.line(&format!("{why}.\n"));
        }
        if let Some(help) = &diagnostic.help {
            let help = escape::prose(help, chars);
            self.line(&format!("**To do:** {help}\n"));
        }
        if let Some(fix) = &diagnostic.fix {
            self.fix(diagnostic, fix, it);
        }
    }

    /// A rewrite: as a suggestion where it replaces whole lines, as plain lines otherwise. One that is
    /// too long, and one that would repeat a secret, is only named.
    fn fix(&mut self, diagnostic: &Diagnostic, fix: &Fix, found: &Found) {
        let [edit] = fix.edits.as_slice() else {
            return;
        };
        let is_short = edit.text.lines().count() <= REWRITE && edit.text.len() <= 2_000;
        if !is_short || edit.text.trim().is_empty() || diagnostic.conceals {
            return;
        }
        let title = capital(&escape::prose(&fix.title, self.room.chars));
        let extent = found.edits.first();
        let is_whole = extent.is_some_and(|it| it.start.column == 1 && it.end.column == 1)
            && edit.text.ends_with('\n');
        let language = if is_whole { "suggestion" } else { "yaml" };
        let place = extent.map(|it| format!(" (line {})", it.start.line));
        self.line(&format!("{title}{}:\n", place.unwrap_or_default()));
        self.line(&escape::block(language, &edit.text));
    }
}
