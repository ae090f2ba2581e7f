//! `--format text`.

use std::io;

use super::{Format, Look};
use crate::diff::Changes;

pub(super) const FORMAT: Format = Format {
    name: "text",
    about: "For people; the default",
    write,
};

fn write(changes: &Changes, _look: Look<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for it in &changes.journeys {
        writeln!(out, "{}: {:?}", it.name, it.fate)?;
    }
    Ok(())
}
