//! `--format text`: for people, on a terminal.
//!
//! In: [`Changes`] and how wide the terminal is. Out: what the comment says, in short, and a last line
//! of counts. Invariant: what is not shown is counted where it would stand. Not done here: emails side
//! by side, lines of payloads, which the page has.

mod journeys;
mod paper;
mod rest;
#[cfg(test)]
mod tests;

use std::io;

use super::wording::{Piece, count, headline, one, subject, tally, thousands};
use super::{Format, Look};
use crate::diff::{Changes, Found, Verdict};
use crate::report::text::timeline;
use paper::{Paper, Tone, Words};

pub(super) const FORMAT: Format = Format {
    name: "text",
    about: "For people; the default",
    write,
};

/// How many items of a list are shown; nobody reads more on a terminal.
const MOST: usize = 50;

/// What else there is to read for who wants everything.
const ALL: &str = "`--format html` has everything";

fn write(changes: &Changes, look: Look<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(page(changes, look).as_bytes())
}

fn page(changes: &Changes, look: Look<'_>) -> String {
    let mut paper = Paper::new(look.width.max(20), look.color);
    paper.verdict(changes);
    if changes.verdict() != Verdict::Nothing {
        paper.blocking(changes, look);
        paper.project(changes);
        paper.journeys(changes);
        paper.copy(changes);
        paper.inside(changes);
        paper.reach(changes);
        paper.findings(changes);
        paper.payloads(changes);
        paper.unnoticed(changes);
    }
    paper.written_differently(changes);
    if !look.quiet && changes.verdict() != Verdict::Nothing {
        paper.gap();
        paper.flow("", &[(Tone::Strong, last_line(changes))]);
    }
    paper.out
}

/// `2 journeys change: 3 messages added, 1 sooner; 1 finding introduced, 2 fixed`.
fn last_line(changes: &Changes) -> String {
    let n = changes.journeys.len();
    let mut parts = vec![match n {
        0 => subject(changes),
        n => format!("{} {}", count(n, "journey"), one(n, "changes", "change")),
    }];
    let rows = tally(changes.journeys.iter().flat_map(|it| &it.timeline));
    if !rows.is_empty() {
        parts = vec![format!("{}: {}", parts.concat(), rows.join(", "))];
    }
    let breaks = changes.breaking().count();
    if breaks > 0 {
        parts.push(format!("{} for people inside", count(breaks, "break")));
    }
    let findings = &changes.findings;
    let counts = [
        (findings.introduced.len(), "introduced"),
        (findings.worsened.len(), "worse"),
        (findings.fixed.len(), "fixed"),
    ];
    let counts = counts.into_iter().filter(|(n, _)| *n > 0).enumerate();
    let counts: Vec<String> = counts
        .map(|(at, (n, word))| match at {
            0 => format!("{} {word}", count(n, "finding")),
            _ => format!("{} {word}", thousands(n)),
        })
        .collect();
    if !counts.is_empty() {
        parts.push(counts.join(", "));
    }
    parts.join("; ")
}

impl Paper {
    fn verdict(&mut self, changes: &Changes) {
        let verdict: Option<Words> = match changes.verdict() {
            Verdict::Blocked => Some((Tone::Bad, "blocked:".to_owned())),
            Verdict::Fine | Verdict::Nothing => None,
        };
        let pieces = headline(changes).into_iter().map(|it| match it {
            Piece::Plain(text) => (Tone::Plain, text),
            Piece::Strong(text) => (Tone::Strong, text),
        });
        let mut words: Vec<Words> = verdict.into_iter().collect();
        for (tone, text) in pieces {
            // A full stop stays with the word before it.
            match words.last_mut() {
                Some((_, last)) if text == "." => last.push('.'),
                _ => words.push((tone, text)),
            }
        }
        self.flow("", &words);
    }

    /// What stands against a merge, each with its path and its cure.
    fn blocking(&mut self, changes: &Changes, look: Look<'_>) {
        let broken = &changes.after.broken;
        if !broken.is_empty() {
            self.heading("Cannot be understood, so what it says is missing here");
            self.list(broken, |paper, it| paper.plain("  ", it));
        }
        let all: Vec<&Found> = changes.findings.blocking().collect();
        if all.is_empty() {
            return;
        }
        self.heading("Stands against it");
        self.list(&all, |paper, it| {
            paper.found(it);
            let diagnostic = &it.diagnostic;
            if let Some(witness) = &diagnostic.witness {
                let width = look.width.saturating_sub(4);
                for line in timeline(witness, diagnostic, width, look.color) {
                    paper.ready("    ", &line);
                }
            }
            for (name, text) in [("why: ", &diagnostic.why), ("help: ", &diagnostic.help)] {
                if let Some(text) = text {
                    paper.plain("    ", &format!("{name}{text}"));
                }
            }
        });
    }

    /// A finding in a line or two.
    fn found(&mut self, it: &Found) {
        let Found {
            diagnostic, place, ..
        } = it;
        let tone = if it.blocks() {
            Tone::Bad
        } else {
            Tone::Changed
        };
        let words = [
            (
                tone,
                format!("{}[{}]:", diagnostic.level.word(), diagnostic.rule),
            ),
            (Tone::Plain, diagnostic.message.clone()),
            (Tone::Faint, format!("({}:{})", place.file, place.line)),
        ];
        self.flow("  ", &words);
    }

    /// Items of a list, as many as anybody reads; the others counted.
    fn list<T>(&mut self, all: &[T], write: impl Fn(&mut Self, &T)) {
        self.some(all, MOST, write);
    }

    fn some<T>(&mut self, all: &[T], most: usize, write: impl Fn(&mut Self, &T)) {
        for it in all.iter().take(most) {
            write(self, it);
        }
        self.hidden("  ", all.len().saturating_sub(most));
    }

    fn hidden(&mut self, lead: &str, n: usize) {
        if n > 0 {
            let text = format!("… and {} more; {ALL}", thousands(n));
            self.flow(lead, &[(Tone::Faint, text)]);
        }
    }
}

/// Names one after the other, the first few of them.
fn names<'n>(all: impl Iterator<Item = &'n str>, most: usize) -> String {
    let all: Vec<&str> = all.collect();
    // Short enough for the last of them, the count, to be shown.
    let short = |it: &&str| -> String { it.chars().take(30).collect() };
    let mut shown: Vec<String> = all.iter().take(most).map(short).collect();
    let hidden = all.len().saturating_sub(most);
    if hidden > 0 {
        shown.push(format!("{} more", thousands(hidden)));
    }
    shown.join(", ")
}
