//! `--format junit`: test results, which every build server shows.
//!
//! A file is a suite, and a rule that found something there is a test. A broken rule of level error
//! or warning fails it; an undecided one skips it; notes and what is accepted pass, and stand in
//! the suite's output. A journey file in which nothing was found has one test, which passes.
//! The shape keeps to the schemas of Jenkins and of Ant, of which the latter allows one failure a
//! test and output by suites only. Only characters that XML 1.0 allows are written.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::wording::{self, plain};
use super::{Format, Look, Report};
use crate::diagnostic::{Diagnostic, Level, RuleId, Status, Verdict};
use crate::load::PROJECT_FILE;
use crate::source::{FileId, Places};

pub(super) const FORMAT: Format = Format {
    name: "junit",
    about: "Test results in JUnit's XML, for build servers",
    lists_older: true,
    write,
};

/// The name of the one test of a file in which nothing was found.
const CLEAN: &str = "nothing to complain about";

/// What became of one rule in one file.
enum Outcome<'a> {
    /// The findings that broke it, with the worst of their levels.
    Failed(Level, Vec<&'a Diagnostic>),
    /// What would decide it.
    Skipped(Vec<&'a Diagnostic>),
    Passed,
}

struct Case<'a> {
    name: &'a str,
    outcome: Outcome<'a>,
}

/// The tests of one file, and what its output says.
struct Suite<'a> {
    file: FileId,
    cases: Vec<Case<'a>>,
    quiet: Vec<&'a Diagnostic>,
}

fn write(report: &Report<'_>, _: Look, out: &mut dyn io::Write) -> io::Result<()> {
    let places = Places::new(report.sources);
    let day = report.today.format("%Y-%m-%dT00:00:00").to_string();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, "<testsuites>")?;
    for (id, suite) in suites(report).iter().enumerate() {
        suite.write(id, &day, &places, out)?;
    }
    writeln!(out, "</testsuites>")
}

/// A suite for the project, for each journey file, and for each other file that has findings.
fn suites<'a>(report: &Report<'a>) -> Vec<Suite<'a>> {
    let mut files: BTreeSet<FileId> = report.files.iter().copied().collect();
    files.extend(report.sources.find(PROJECT_FILE));
    let mut found: BTreeMap<FileId, BTreeMap<RuleId, Vec<&Diagnostic>>> = BTreeMap::new();
    for it in report.findings {
        let file = it.primary.span.file;
        files.insert(file);
        let rules = found.entry(file).or_default();
        rules.entry(it.rule).or_default().push(it);
    }
    files
        .into_iter()
        .map(|file| Suite::of(file, found.remove(&file).unwrap_or_default()))
        .collect()
}

impl<'a> Suite<'a> {
    fn of(file: FileId, rules: BTreeMap<RuleId, Vec<&'a Diagnostic>>) -> Self {
        let mut suite = Self {
            file,
            cases: Vec::new(),
            quiet: Vec::new(),
        };
        if rules.is_empty() {
            suite.cases.push(Case {
                name: CLEAN,
                outcome: Outcome::Passed,
            });
        }
        for (rule, findings) in rules {
            let (quiet, loud): (Vec<_>, Vec<_>) = findings.into_iter().partition(|it| {
                !it.counts() || (it.verdict, it.level) == (Verdict::Fail, Level::Note)
            });
            suite.quiet.extend(quiet);
            let broken = loud.iter().filter(|it| it.verdict == Verdict::Fail);
            let outcome = match broken.map(|it| it.level).max() {
                Some(level) => Outcome::Failed(level, loud),
                None if loud.is_empty() => Outcome::Passed,
                None => Outcome::Skipped(loud),
            };
            suite.cases.push(Case {
                name: rule.0,
                outcome,
            });
        }
        suite
    }

    fn write(
        &self,
        id: usize,
        day: &str,
        places: &Places<'_>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let path = places.path(self.file);
        let count = |test: fn(&Outcome<'_>) -> bool| {
            let cases = self.cases.iter().filter(|it| test(&it.outcome));
            cases.count()
        };
        writeln!(
            out,
            r#"  <testsuite name="{}" package="journeyc" id="{id}" timestamp="{day}" hostname="localhost" tests="{}" failures="{}" errors="0" skipped="{}" time="0">"#,
            escaped(&plain(path)),
            self.cases.len(),
            count(|it| matches!(it, Outcome::Failed(..))),
            count(|it| matches!(it, Outcome::Skipped(_))),
        )?;
        writeln!(
            out,
            r#"    <properties><property name="journeyc" value="{}"/></properties>"#,
            env!("CARGO_PKG_VERSION")
        )?;
        for case in &self.cases {
            case.write(&class_of(path), places, out)?;
        }
        let output = texts(&self.quiet, places);
        writeln!(out, "    <system-out>{}</system-out>", escaped(&output))?;
        writeln!(out, "    <system-err></system-err>")?;
        writeln!(out, "  </testsuite>")
    }
}

impl Case<'_> {
    fn write(&self, class: &str, places: &Places<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let (name, class) = (escaped(self.name), escaped(class));
        write!(
            out,
            r#"    <testcase name="{name}" classname="{class}" time="0""#
        )?;
        match &self.outcome {
            Outcome::Passed => return writeln!(out, "/>"),
            Outcome::Failed(level, findings) => {
                let message = first(findings);
                writeln!(out, ">")?;
                writeln!(
                    out,
                    r#"      <failure type="{}" message="{}">{}</failure>"#,
                    level.word(),
                    escaped(&message),
                    escaped(&texts(findings, places))
                )?;
            }
            Outcome::Skipped(findings) => {
                let text = texts(findings, places);
                writeln!(out, ">")?;
                writeln!(out, "      <skipped>{}</skipped>", escaped(&text))?;
            }
        }
        writeln!(out, "    </testcase>")
    }
}

/// The headline of the worst finding, and how many more there are.
fn first(findings: &[&Diagnostic]) -> String {
    let worst = findings
        .iter()
        .min_by_key(|it| super::rank::rank(it))
        .map(|it| plain(&wording::headline(it)))
        .unwrap_or_default();
    match findings.len() {
        0 | 1 => worst,
        n => format!("{worst} (and {} more)", n - 1),
    }
}

/// Findings one below the other, each with its place and all there is to say.
fn texts(findings: &[&Diagnostic], places: &Places<'_>) -> String {
    let text = |it: &&Diagnostic| {
        let place = places.of(it.primary.span);
        let (path, at) = (plain(place.path), place.start);
        let mut lines = vec![format!("{path}:{}:{}", at.line, at.column)];
        lines.extend(wording::lines(it));
        if let Some(allow) = &it.suppressed {
            let reason = plain(&allow.reason);
            lines.push(format!("accepted until {}: {reason}", allow.until));
        }
        if it.status == Some(Status::Older) {
            lines.push("older than this change".to_owned());
        }
        lines.push(format!("explain: journeyc explain {}", it.rule));
        lines.join("\n")
    };
    findings.iter().map(text).collect::<Vec<_>>().join("\n\n")
}

/// A path as build servers show classes: folders with dots, without the ending.
pub(super) fn class_of(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.rsplit_once('.').map_or(name, |(it, _)| it);
    let folder = folder.replace('/', ".");
    let dot = if folder.is_empty() { "" } else { "." };
    plain(&format!("{folder}{dot}{name}"))
}

/// A text as it may stand between tags and in attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for it in text.chars() {
        match it {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(it),
            _ if is_illegal(it) => out.push(char::REPLACEMENT_CHARACTER),
            _ => out.push(it),
        }
    }
    out
}

/// Whether XML 1.0 has no place for a character. A lone `\r` has one, but readers drop it.
fn is_illegal(it: char) -> bool {
    it < ' ' || matches!(it, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_legal_characters_are_written() {
        assert_eq!(
            escaped("a<b>&\"]]>\u{0}\u{1b}\u{fffe}\n\r"),
            "a&lt;b&gt;&amp;&quot;]]&gt;\u{fffd}\u{fffd}\u{fffd}\n\u{fffd}"
        );
    }

    #[test]
    fn classes_read_like_paths() {
        assert_eq!(class_of("journeys/shop/a.yaml"), "journeys.shop.a");
        assert_eq!(class_of("journeyc.yaml"), "journeyc");
    }
}
