//! `--format rdjson`: reviewdog's diagnostic format, which brings findings to any code review.
//!
//! Its columns count bytes of UTF-8, from 1, and the end is one past the last. A suggestion can
//! only replace one range of the diagnostic's own file, so a rewrite with several edits becomes
//! one that spans them, and one that touches other files is left out. What is accepted is not
//! written: a review would raise it again.

use std::io;

use serde::Serialize;

use super::{Format, Look, Report, wording};
use crate::diagnostic::{Diagnostic, Fix, Level, Verdict};
use crate::source::{InBytes, Places, Sources, Span};

pub(super) const FORMAT: Format = Format {
    name: "rdjson",
    about: "reviewdog's diagnostic format, for code reviews anywhere",
    lists_older: false,
    write,
};

#[derive(Serialize)]
struct Document<'a> {
    source: Source,
    diagnostics: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

/// A `Diagnostic`.
#[derive(Serialize)]
struct Entry<'a> {
    message: String,
    location: Location<'a>,
    severity: Severity,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
}

#[derive(Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Severity {
    Error,
    Warning,
    Info,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

fn write(report: &Report<'_>, _: Look, out: &mut dyn io::Write) -> io::Result<()> {
    let places = Places::new(report.sources);
    let open = report.findings.iter().filter(|it| it.counts());
    let document = Document {
        source: Source { name: "journeyc" },
        diagnostics: open.map(|it| entry(it, report, &places)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn entry<'a>(it: &Diagnostic, report: &Report<'a>, places: &Places<'a>) -> Entry<'a> {
    let file = it.primary.span.file;
    let suggestion = it.fix.as_ref().and_then(|fix| {
        let (span, text) = as_one(fix, report.sources)?;
        (span.file == file).then(|| Suggestion {
            range: range(&places.exact_in_bytes(span)),
            text,
        })
    });
    Entry {
        message: wording::with_help(it),
        location: Location {
            path: places.path(file),
            range: range(&places.in_bytes(it.primary.span)),
        },
        severity: match (it.verdict, it.level) {
            (Verdict::Fail, Level::Error) => Severity::Error,
            (Verdict::Fail, Level::Warning) => Severity::Warning,
            (Verdict::Fail, Level::Note) | (Verdict::Undecided, _) => Severity::Info,
        },
        code: Code { value: it.rule.0 },
        suggestions: suggestion.into_iter().collect(),
    }
}

/// A rewrite as one replacement, if all of it happens in one file.
fn as_one(fix: &Fix, sources: &Sources) -> Option<(Span, String)> {
    let (first, last) = (fix.edits.first()?.span, fix.edits.last()?.span);
    if fix.edits.iter().any(|it| it.span.file != first.file) {
        return None;
    }
    let mut text = String::new();
    let mut at = first.start;
    for edit in &fix.edits {
        text.push_str(sources.slice(Span::new(first.file, at, edit.span.start)));
        text.push_str(&edit.text);
        at = edit.span.end;
    }
    Some((first.to(last), text))
}

fn range(it: &InBytes) -> Range {
    let position = |(line, column)| Position { line, column };
    Range {
        start: position(it.start),
        end: position(it.end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Applicability, Edit};

    #[test]
    fn edits_of_one_file_become_one_replacement() {
        let mut sources = Sources::default();
        let file = sources.add("a", "one two three");
        let edit = |start, end, text: &str| Edit {
            span: Span::new(file, start, end),
            text: text.to_owned(),
        };
        let fix = Fix {
            title: String::new(),
            applicability: Applicability::Safe,
            edits: vec![edit(0, 3, "1"), edit(8, 13, "3")],
        };
        let expected = (Span::new(file, 0, 13), "1 two 3".to_owned());
        assert_eq!(as_one(&fix, &sources), Some(expected));
    }
}
