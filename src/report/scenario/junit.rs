//! `journeyc test --format junit`: test results, which every build server shows.
//!
//! A file is a suite, and a scenario is a test; one that could not be understood is an error. Several
//! checks of one scenario that do not hold are one failure, since some readers take one a test.

use std::collections::BTreeMap;
use std::io;

use super::super::Look;
use super::super::junit::{class_of, escaped};
use super::super::wording::plain;
use super::{Failed, Format, TestReport, Tested};

pub(super) const FORMAT: Format = Format {
    name: "junit",
    about: "Test results in JUnit's XML, for build servers",
    write,
};

fn write(report: &TestReport, _: Look, out: &mut dyn io::Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, Vec<&Tested>> = BTreeMap::new();
    for it in &report.scenarios {
        suites.entry(&it.place.path).or_default().push(it);
    }
    let day = report.today.format("%Y-%m-%dT00:00:00").to_string();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, "<testsuites>")?;
    for (id, (path, tests)) in suites.into_iter().enumerate() {
        let count = |test: fn(&&&Tested) -> bool| tests.iter().filter(test).count();
        writeln!(
            out,
            r#"  <testsuite name="{}" package="journeyc" id="{id}" timestamp="{day}" hostname="localhost" tests="{}" failures="{}" errors="{}" skipped="0" time="0">"#,
            escaped(&plain(path)),
            tests.len(),
            count(|it| !it.failures.is_empty()),
            count(|it| it.checks.is_none()),
        )?;
        writeln!(
            out,
            r#"    <properties><property name="journeyc" value="{}"/></properties>"#,
            env!("CARGO_PKG_VERSION")
        )?;
        for test in &tests {
            case(test, &class_of(path), out)?;
        }
        writeln!(out, "    <system-out></system-out>")?;
        writeln!(out, "    <system-err></system-err>")?;
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn case(test: &Tested, class: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let (name, class) = (escaped(&plain(&test.name)), escaped(class));
    write!(
        out,
        r#"    <testcase name="{name}" classname="{class}" time="0""#
    )?;
    if test.checks.is_none() {
        writeln!(out, ">")?;
        writeln!(
            out,
            r#"      <error type="invalid" message="it could not be understood: see `journeyc check`"></error>"#
        )?;
        return writeln!(out, "    </testcase>");
    }
    let Some(first) = test.failures.first() else {
        return writeln!(out, "/>");
    };
    let more = match test.failures.len() {
        1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    };
    let message = format!("{}{more}", plain(&first.headline));
    let texts: Vec<String> = test.failures.iter().map(text).collect();
    writeln!(out, ">")?;
    writeln!(
        out,
        r#"      <failure type="failed" message="{}">{}</failure>"#,
        escaped(&message),
        escaped(&texts.join("\n\n"))
    )?;
    writeln!(out, "    </testcase>")
}

fn text(it: &Failed) -> String {
    let at = &it.place;
    let place = format!("{}:{}:{}", plain(&at.path), at.line, at.column);
    let title = format!("{} › {}", plain(&it.case), plain(&it.headline));
    let lines = it.lines.iter().map(|it| super::super::harmless(it));
    [place, title]
        .into_iter()
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}
