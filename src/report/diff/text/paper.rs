//! What is written onto a terminal: words in a few tones, broken into lines.
//!
//! In: words with their tones. Out: lines of at most the terminal's width, except for single words
//! that are wider. Invariant: nothing from a file reaches the terminal as a command.
//! Not done here: what is said.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Effects, Style};
use unicode_width::UnicodeWidthStr;

/// How many characters of one text are shown.
const LONGEST: usize = 300;

/// Columns that words have at least, however narrow the terminal and however deep the line.
const NARROWEST: usize = 16;

/// How words look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Strong,
    Faint,
    Added,
    Removed,
    Changed,
    Bad,
}

impl Tone {
    fn style(self) -> Style {
        let color = |it: AnsiColor| Style::new().fg_color(Some(it.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().effects(Effects::BOLD),
            Self::Faint => Style::new().effects(Effects::DIMMED),
            Self::Added => color(AnsiColor::Green),
            Self::Removed => color(AnsiColor::Red),
            Self::Changed => color(AnsiColor::Yellow),
            Self::Bad => color(AnsiColor::Red).effects(Effects::BOLD),
        }
    }
}

/// Words of one tone; spaces between pieces are the writer's.
pub(super) type Words = (Tone, String);

/// A terminal's page while it is written.
pub(super) struct Paper {
    pub(super) out: String,
    width: usize,
    color: bool,
}

impl Paper {
    pub(super) fn new(width: usize, color: bool) -> Self {
        Self {
            out: String::new(),
            width,
            color,
        }
    }

    /// A free line, unless there is one already or nothing stands above it.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A headline.
    pub(super) fn heading(&mut self, text: &str) {
        self.gap();
        self.flow("", &[(Tone::Strong, text.to_owned())]);
    }

    /// One tone behind a sign that stands before it.
    pub(super) fn plain(&mut self, lead: &str, text: &str) {
        self.flow(lead, &[(Tone::Plain, text.to_owned())]);
    }

    /// A line as it is: its author has seen to its width and its colours.
    pub(super) fn ready(&mut self, lead: &str, text: &str) {
        self.out.push_str(lead);
        self.out
            .push_str(&text.replace(crate::report::is_odd, "\u{fffd}"));
        self.out.push('\n');
    }

    /// Words that flow from line to line; below `lead` there is nothing but space. The lead looks like
    /// the first words.
    pub(super) fn flow(&mut self, lead: &str, words: &[Words]) {
        let deep = lead.width();
        let deep = if deep + NARROWEST > self.width {
            self.width.saturating_sub(NARROWEST).min(4)
        } else {
            deep
        };
        let tone = words.first().map_or(Tone::Plain, |it| it.0);
        let mut line: Vec<Words> = vec![(tone, lead.to_owned())];
        let mut used = lead.width();
        let mut is_first = true;
        for (tone, text) in words {
            let text = harmless(text);
            for word in text.split(' ').filter(|it| !it.is_empty()) {
                let needed = word.width();
                if !is_first && used + 1 + needed > self.width {
                    self.write(&line);
                    line = vec![(Tone::Plain, " ".repeat(deep))];
                    used = deep;
                    is_first = true;
                }
                let gap = if is_first { "" } else { " " };
                used += gap.len() + needed;
                is_first = false;
                if let Some((_, last)) = line.last_mut().filter(|it| it.0 == *tone) {
                    let _ = write!(last, "{gap}{word}");
                } else {
                    line.push((Tone::Plain, gap.to_owned()));
                    line.push((*tone, word.to_owned()));
                }
            }
        }
        self.write(&line);
    }

    fn write(&mut self, line: &[Words]) {
        let end = line
            .iter()
            .rposition(|(_, text)| !text.trim_end().is_empty());
        for (at, (tone, text)) in line.iter().enumerate() {
            let text = match end {
                Some(end) if at > end => "",
                Some(end) if at == end => text.trim_end(),
                _ => text,
            };
            if self.color && *tone != Tone::Plain && !text.is_empty() {
                let style = tone.style();
                let _ = write!(self.out, "{style}{text}{style:#}");
            } else {
                self.out.push_str(text);
            }
        }
        self.out.push('\n');
    }
}

/// On one line, without anything that a terminal would obey, and not longer than anybody reads.
pub(super) fn harmless(text: &str) -> String {
    let short: String = text.chars().take(LONGEST).collect();
    let spaced = short.replace(['\n', '\r', '\t'], " ");
    let mut clean = crate::report::harmless(&spaced);
    if text.len() > short.len() {
        clean.push('…');
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flowed(width: usize, color: bool) -> String {
        let mut paper = Paper::new(width, color);
        let words = [
            (Tone::Plain, "Your".to_owned()),
            (Tone::Removed, "old order".to_owned()),
            (Tone::Added, "plant\u{1b}[2J".to_owned()),
            (Tone::Plain, "is on its way to you".to_owned()),
        ];
        paper.flow("  + ", &words);
        paper.out
    }

    #[test]
    fn words_flow_below_themselves() {
        assert_eq!(
            flowed(28, false),
            "  + Your old order plant␛[2J\n    is on its way to you\n"
        );
    }

    #[test]
    fn tones_do_not_change_where_lines_end() {
        let colored = flowed(28, true);
        assert!(
            colored.contains("\u{1b}[31mold order\u{1b}[0m"),
            "{colored:?}"
        );
        let plain = anstream::adapter::strip_str(&colored).to_string();
        assert_eq!(plain, flowed(28, false));
    }
}
