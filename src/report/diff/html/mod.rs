//! `--format html`: one page that holds everything, with emails side by side.
//!
//! In: [`Changes`]. Out: one file that needs no other: no script, no picture from elsewhere, its style
//! inside. Invariants: whatever comes from a file goes through [`Markup::text`], so that it stays
//! text; an email is shown in a frame that may do nothing and ask nobody for anything; what there is
//! no room for is counted and named.
//! Not done here: finding out what differs, drawing charts.

mod copy;
mod findings;
mod frame;
mod inside;
mod journeys;
mod mails;
mod markup;
mod page;
mod payloads;
mod table;
mod top;
mod unnoticed;

use std::io;

use super::{Format, Look};
use crate::diff::Changes;

pub(super) const FORMAT: Format = Format {
    name: "html",
    about: "One page that holds everything, with emails side by side",
    write,
};

fn write(changes: &Changes, look: Look<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(page::page(changes, look).as_bytes())
}
