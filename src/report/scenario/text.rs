//! Results for people: each failure with the life that breaks it, and one line that sums up.

use std::fmt::Write as _;
use std::io;

use annotate_snippets::renderer::{DEFAULT_ERROR_STYLE, Effects, Style};
use unicode_width::UnicodeWidthStr;

use super::super::text::wrap::wrap;
use super::super::wording::plain;
use super::super::{Look, harmless};
use super::{Failed, Format, TestReport, Tried};

pub(super) const FORMAT: Format = Format {
    name: "text",
    about: "For people",
    write,
};

/// How many edges that nobody took are named in the last line.
const MAX_NAMED: usize = 8;

fn write(report: &TestReport, look: Look, out: &mut dyn io::Write) -> io::Result<()> {
    let failures = report.scenarios.iter().flat_map(|it| &it.failures);
    for (number, failed) in failures.enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        failure(failed, look, out)?;
    }
    if report.in_detail {
        if report.has_failed() {
            writeln!(out)?;
        }
        detail(&report.coverage, look, out)?;
    }
    if look.quiet {
        return Ok(());
    }
    if report.has_failed() || report.in_detail {
        writeln!(out)?;
    }
    writeln!(out, "{}", wrap(&summary(report), look.width))
}

fn failure(failed: &Failed, look: Look, out: &mut dyn io::Write) -> io::Result<()> {
    let (red, bold) = if look.color {
        (DEFAULT_ERROR_STYLE, Style::new().effects(Effects::BOLD))
    } else {
        (Style::new(), Style::new())
    };
    let place = format!("{}:{}", plain(&failed.place.path), failed.place.line);
    let title = format!("{} › {}", plain(&failed.case), plain(&failed.headline));
    let used = "FAIL ".len() + title.width();
    let room = look.width.saturating_sub(used + place.width());
    if room >= 2 {
        writeln!(
            out,
            "{red}FAIL{red:#} {bold}{title}{bold:#}{:room$}{place}",
            ""
        )?;
    } else {
        writeln!(out, "{red}FAIL{red:#} {bold}{title}{bold:#}")?;
        writeln!(out, "  --> {place}")?;
    }
    for line in &failed.lines {
        let line = harmless(line);
        let mark = line.contains('←') || line.trim_start().starts_with('↑');
        if look.color && mark {
            writeln!(out, "  {bold}{line}{bold:#}")?;
        } else {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

/// `3 scenarios, 14 checks: 13 passed, 1 failed · edges 19/23 (never taken: …)`.
fn summary(report: &TestReport) -> String {
    let counts = report.counts();
    let mut out = format!(
        "{}, {}: {} passed",
        count(counts.scenarios, "scenario"),
        count(counts.checks, "check"),
        counts.checks.saturating_sub(counts.failed),
    );
    if counts.failed > 0 {
        _ = write!(out, ", {} failed", counts.failed);
    }
    if counts.invalid > 0 {
        let what = count(counts.invalid, "scenario");
        _ = write!(out, " · {what} could not be understood");
    }
    let coverage = &report.coverage;
    let (taken, all) = coverage.edges;
    _ = write!(out, " · edges {taken}/{all}");
    let several = coverage.journeys.len() > 1;
    let of_journeys = coverage.journeys.iter().flat_map(|journey| {
        let at_hand = journey.missed.iter().filter(|(_, at_hand)| *at_hand);
        at_hand.map(move |(name, _)| {
            if several {
                format!("{}/{name}", journey.name)
            } else {
                name.clone()
            }
        })
    });
    let locales = coverage.locales.iter().filter(|it| !it.1);
    let named: Vec<String> = of_journeys
        .chain(locales.map(|it| it.0.clone()))
        .take(MAX_NAMED)
        .map(|it| plain(&it))
        .collect();
    if !named.is_empty() {
        let more = all.saturating_sub(taken).saturating_sub(named.len());
        let rest = match more {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        _ = write!(out, " (never taken: {}{rest})", named.join(", "));
    }
    out
}

/// What was tried of each journey, and what was not.
fn detail(coverage: &Tried, look: Look, out: &mut dyn io::Write) -> io::Result<()> {
    let width = coverage.journeys.iter().map(|it| it.name.width());
    let width = width.max().unwrap_or(0).max("languages".len());
    for journey in &coverage.journeys {
        let (taken, all) = journey.edges;
        let (reached, steps) = journey.steps;
        let name = plain(&journey.name);
        let gap = width.saturating_sub(name.width());
        writeln!(
            out,
            "{name}{:gap$}  edges {taken:>3}/{all:<3}  steps {reached:>3}/{steps}",
            ""
        )?;
        if !journey.missed.is_empty() {
            let names: Vec<String> = journey.missed.iter().map(|it| plain(&it.0)).collect();
            let text = format!("never taken: {}", names.join(", "));
            for line in wrap(&text, look.width.saturating_sub(2)).lines() {
                writeln!(out, "  {line}")?;
            }
        }
    }
    let read: Vec<String> = coverage
        .locales
        .iter()
        .map(|(name, is_read)| match is_read {
            true => name.clone(),
            false => format!("{name} (never read)"),
        })
        .collect();
    let gap = width.saturating_sub("languages".len());
    writeln!(out, "languages{:gap$}  {}", "", plain(&read.join(", ")))
}

fn count(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}
