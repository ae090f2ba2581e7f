//! What customers will read, word by word.

use super::super::wording::{capital, count, mails, part, thousands, words};
use super::escape;
use super::page::Page;
use crate::diff::{CopyChange, MailName, Part, Run};

/// How many runs of words one difference shows.
const MOST_RUNS: usize = 60;

impl Page<'_> {
    /// The words that differ, as many differences as there is room for.
    pub(super) fn copy(&mut self) {
        let changes = self.changes;
        let all = &changes.copy;
        let pictures = changes.mails.len();
        if all.is_empty() && pictures == 0 {
            return;
        }
        let n = mails(all).max(usize::from(all.is_empty()) * pictures);
        self.heading(
            3,
            &format!("What customers will read ({})", count(n, "email")),
        );
        let shown = all.len().min(self.room.copy).min(self.room.list);
        for it in all.iter().take(shown) {
            self.copy_change(it);
        }
        self.hidden("", all.len() - shown, "difference");
        if pictures > 0 {
            let n = count(pictures, "email");
            let text = match self.report() {
                Some(link) => format!("\n{n} side by side, before and after: {link}."),
                None => {
                    format!("\n{n} side by side, before and after: `journeyc diff --format html`.")
                }
            };
            self.line(&text);
        }
    }

    fn copy_change(&mut self, it: &CopyChange) {
        let what = capital(part(it.part));
        let whom = self.whom(it);
        let (locale, mails) = (self.code(&it.locale), self.mails(&it.mails));
        self.line(&format!("**{what}** of {mails}, in {locale}, {whom}\n"));
        if it.part == Part::Look && it.words.is_empty() {
            self.line("> looks different; the words are the same\n");
        } else {
            let runs = self.runs(&it.words);
            self.line(&format!("> {runs}\n"));
        }
    }

    /// For whom it reads like this.
    fn whom(&self, it: &CopyChange) -> String {
        if it.people.is_empty() {
            return "as the template has it, for no sample of a customer sees it".to_owned();
        }
        if it.everybody {
            return "for everybody".to_owned();
        }
        let names = it.people.iter().map(String::as_str);
        format!("for {}", self.names(names, 6))
    }

    /// One mail by its name, several by their number and the first of them.
    pub(super) fn mails(&self, all: &[MailName]) -> String {
        let name = |it: &MailName| format!("{} › {}", self.code(&it.journey), self.code(&it.step));
        let names: Vec<String> = all.iter().take(3).map(name).collect();
        match all.len() {
            0 | 1 => names.join(""),
            n if n > names.len() => {
                let more = thousands(n - names.len());
                format!(
                    "{} ({} and {more} more)",
                    count(n, "email"),
                    names.join(", ")
                )
            }
            n => format!("{} ({})", count(n, "email"), names.join(", ")),
        }
    }

    /// The words, what was taken out struck through, what was put in bold. What there is no room for
    /// is counted.
    fn runs(&self, runs: &[Run]) -> String {
        let most = self.room.chars.saturating_mul(8);
        let mut out: Vec<String> = Vec::new();
        let mut used = 0;
        let mut shown = 0;
        for it in runs.iter().take(MOST_RUNS) {
            if used > most {
                break;
            }
            let said = self.run(it);
            used += said.len();
            out.push(said);
            shown += 1;
        }
        let (removed, added) = words(runs.get(shown..).unwrap_or_default());
        if removed + added > 0 {
            out.push(more(removed, added));
        } else if shown < runs.len() {
            out.push("…".to_owned());
        }
        out.retain(|it| !it.is_empty());
        out.join(" ")
    }

    fn run(&self, it: &Run) -> String {
        let chars = self.room.chars.saturating_mul(2);
        match it {
            Run::Same(text) => Self::words(text, chars, ""),
            Run::Removed(text) => Self::words(text, chars, "~~"),
            Run::Added(text) => Self::words(text, chars, "**"),
            Run::Skipped(n) => format!("*[{} as before]*", count(*n, "word")),
            Run::More { removed, added } => more(*removed, *added),
        }
    }

    /// Words between signs, cut where they are too long, with the number of those that are missing.
    fn words(text: &str, chars: usize, sign: &str) -> String {
        if text.trim().is_empty() {
            return String::new();
        }
        let kept = escape::text(text, chars);
        let line = format!("{sign}{kept}{sign}");
        let missing = text.chars().count().saturating_sub(chars);
        if missing > 0 {
            format!("{line} *[{}]*", count(missing, "more character"))
        } else {
            line
        }
    }
}

fn more(removed: usize, added: usize) -> String {
    let parts = [(removed, "taken out"), (added, "put in")];
    let parts = parts.into_iter().filter(|(n, _)| *n > 0);
    let parts: Vec<String> = parts
        .map(|(n, what)| format!("{} {what}", count(n, "word")))
        .collect();
    format!("*[… {} more]*", parts.join(", "))
}
