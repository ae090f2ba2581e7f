//! `--format github`: workflow commands, which GitHub shows beside the lines of a pull request.
//!
//! GitHub shows ten errors, ten warnings and ten notices of a step. So the worst of each are
//! written, those on changed lines first, and one notice counts the rest. What is accepted is not
//! written.

use std::io;

use super::rank::{Rank, rank};
use super::text::{count, summary_line};
use super::wording::{self, plain};
use super::{Format, Look, Report, Summary};
use crate::diagnostic::{Diagnostic, Level, Verdict};
use crate::source::{Place, Places};

pub(super) const FORMAT: Format = Format {
    name: "github",
    about: "Annotations for GitHub Actions: the ten worst errors and warnings",
    lists_older: false,
    write,
};

/// How many annotations of one kind GitHub shows for a step.
const MAX_OF_A_KIND: usize = 10;

/// The commands, in the order in which they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Command {
    Error,
    Warning,
    Notice,
}

impl Command {
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    /// The command for a finding. What cannot be decided is no fault yet.
    fn of(it: &Diagnostic) -> Self {
        match (it.verdict, it.level) {
            (Verdict::Fail, Level::Error) => Self::Error,
            (Verdict::Fail, Level::Warning) => Self::Warning,
            (Verdict::Fail, Level::Note) | (Verdict::Undecided, _) => Self::Notice,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }

    /// How many are written; one notice is kept for the count of the rest.
    fn most(self) -> usize {
        match self {
            Self::Error | Self::Warning => MAX_OF_A_KIND,
            Self::Notice => MAX_OF_A_KIND - 1,
        }
    }
}

/// A finding, its place, and what it is sorted by.
type Entry<'r, 'a> = ((bool, Rank), &'r Diagnostic, Place<'a>);

fn write(report: &Report<'_>, look: Look, out: &mut dyn io::Write) -> io::Result<()> {
    let entries = entries(report);
    let mut rest = entries.len();
    for command in Command::ALL {
        let of_kind = entries
            .iter()
            .filter(|(_, it, _)| Command::of(it) == command);
        for (_, it, place) in of_kind.take(command.most()) {
            annotation(command, it, place, out)?;
            rest -= 1;
        }
    }
    if rest > 0 {
        let more = count(rest, "more finding");
        writeln!(
            out,
            "::notice title=journeyc::and {more}, which GitHub would not show here; `journeyc check` does"
        )?;
    }
    if look.quiet {
        return Ok(());
    }
    writeln!(
        out,
        "{}",
        summary_line(&Summary::of(report), Look::default())
    )
}

/// What is to be written, the worst first, what a change touched before all else.
fn entries<'a>(report: &Report<'a>) -> Vec<Entry<'a, 'a>> {
    let places = Places::new(report.sources);
    let mut out: Vec<_> = report
        .findings
        .iter()
        .filter(|it| it.counts())
        .map(|it| {
            let place = places.of(it.primary.span);
            let lines = place.start.line..=place.end.line;
            let changed = report.changed;
            let is_new = changed.is_some_and(|it| it.touches(place.path, &lines));
            ((!is_new, rank(it)), it, place)
        })
        .collect();
    out.sort_by_key(|(key, ..)| *key);
    out
}

fn annotation(
    command: Command,
    it: &Diagnostic,
    place: &Place<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let Place { path, start, end } = place;
    write!(
        out,
        "::{} file={},line={},endLine={}",
        command.word(),
        property(path),
        start.line,
        end.line
    )?;
    // GitHub drops columns of a place that has several lines.
    if start.line == end.line {
        write!(out, ",col={}", start.column)?;
        if end.column > start.column {
            write!(out, ",endColumn={}", end.column - 1)?;
        }
    }
    let mut text = wording::lines(it);
    text.push(format!("explain: journeyc explain {}", it.rule));
    writeln!(
        out,
        ",title={}::{}",
        property(it.rule.0),
        data(&text.join("\n"))
    )
}

/// A command's text. Line ends and the escape's own sign are escaped, as the runner wants it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A command's property; here commas and colons mean something too.
fn property(text: &str) -> String {
    data(&plain(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_place() {
        assert_eq!(property("a,b::c%\nd"), "a%2Cb%3A%3Ac%25 d");
        assert_eq!(data("50 %\r\n::error::x"), "50 %25%0D%0A::error::x");
    }
}
