//! `--format gitlab`: a Code Quality report, which GitLab shows in a merge request.
//!
//! What is accepted is not written: GitLab has no word for it.

use std::io;

use serde::Serialize;

use super::{Format, Look, Report, wording};
use crate::diagnostic::{Diagnostic, Level, Verdict, fingerprints};
use crate::lint;
use crate::source::Places;

pub(super) const FORMAT: Format = Format {
    name: "gitlab",
    about: "A Code Quality report for GitLab",
    lists_older: false,
    write,
};

/// One entry of the report, which is a list of them.
#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: Severity,
    location: Location<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Info,
    Minor,
    Major,
    Critical,
    Blocker,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

fn write(report: &Report<'_>, _: Look, out: &mut dyn io::Write) -> io::Result<()> {
    let places = Places::new(report.sources);
    let findings = report
        .findings
        .iter()
        .zip(fingerprints(report.findings, report.sources));
    let open = findings.filter(|(it, _)| it.counts());
    let issues: Vec<_> = open.map(|(it, print)| issue(it, print, &places)).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    out.write_all(b"\n")
}

fn issue<'a>(it: &'a Diagnostic, fingerprint: String, places: &Places<'a>) -> Issue<'a> {
    let place = places.of(it.primary.span);
    Issue {
        description: wording::with_help(it),
        check_name: it.rule.0,
        fingerprint,
        severity: severity(it),
        location: Location {
            path: place.path,
            lines: Lines {
                begin: place.start.line,
            },
        },
    }
}

fn severity(it: &Diagnostic) -> Severity {
    match (it.verdict, it.level) {
        // Nothing can be built from it.
        (Verdict::Fail, Level::Error) if lint::is_input(it.rule) => Severity::Blocker,
        (Verdict::Fail, Level::Error) => Severity::Critical,
        (Verdict::Fail, Level::Warning) => Severity::Major,
        (Verdict::Undecided, Level::Error | Level::Warning) => Severity::Minor,
        (_, Level::Note) => Severity::Info,
    }
}
