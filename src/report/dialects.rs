//! Providers' template languages on a terminal: the list of `journeyc dialects`, and one of them.

use std::io::{self, Write};

use super::Look;
use super::text::wrap;
use crate::dialect::{ALL, Dialect, Feature, Reserved, Support};

/// Writes every dialect with what it cannot say.
pub fn list(look: Look, out: &mut dyn Write) -> io::Result<()> {
    let names = ALL.iter().map(|it| it.name().len()).max().unwrap_or(0);
    let providers = ALL.iter().map(|it| it.provider().len()).max().unwrap_or(0);
    let indent = names + 2 + providers + 2;
    for dialect in ALL {
        let cannot: Vec<&str> = Feature::ALL
            .iter()
            .filter(|it| matches!(dialect.support(**it), Support::No(_)))
            .map(|it| it.title())
            .collect();
        let text = if cannot.is_empty() {
            "says all that templates can".to_owned()
        } else {
            format!("cannot say {}", cannot.join(", "))
        };
        let text = wrap(&text, look.width.saturating_sub(indent));
        let text = text.replace('\n', &format!("\n{:indent$}", ""));
        let (name, provider) = (dialect.name(), dialect.provider());
        writeln!(out, "{name:names$}  {provider:providers$}  {text}")?;
    }
    if !look.quiet {
        writeln!(
            out,
            "\n`journeyc dialects NAME` says more about one of them."
        )?;
    }
    Ok(())
}

/// Writes what one dialect can say, and how.
pub fn page(dialect: &dyn Dialect, look: Look, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} ({})\n", dialect.name(), dialect.provider())?;
    let titles = Feature::ALL
        .iter()
        .map(|it| it.title().len())
        .max()
        .unwrap_or(0);
    let indent = 2 + titles + 2 + 9 + 2;
    for feature in Feature::ALL {
        let support = dialect.support(*feature);
        let remark = wrap(support.remark(), look.width.saturating_sub(indent));
        let remark = remark.replace('\n', &format!("\n{:indent$}", ""));
        let line = format!(
            "  {:titles$}  {:9}  {remark}",
            feature.title(),
            support.word()
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out)?;
    for what in Reserved::ALL {
        let written = dialect.reserved(*what).unwrap_or("nothing of its own");
        writeln!(out, "  {:titles$}  {written}", what.title())?;
    }
    Ok(())
}
