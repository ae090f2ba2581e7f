//! How differences are written: for a terminal, a comment, a page, a program.
//!
//! In: [`Changes`]. Out: text, one file a format, listed in [`FORMATS`].
//! Invariant: every format says everything; what one leaves out for want of room it counts, and names
//! where it is. Not done here: finding out what differs.

mod address;
mod alike;
mod html;
mod json;
mod markdown;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod strangers;
mod text;
mod timeline;
mod wording;

pub use json::schema;

use std::io;

use crate::diff::Changes;

/// How differences look, and what a comment must know of where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look<'a> {
    /// Whether to colour; only for a terminal.
    pub color: bool,
    /// How many columns there are; only for a terminal.
    pub width: usize,
    /// Whether to leave out what only sums up.
    pub quiet: bool,
    /// Which of several comments in one pull request this is: the path of the project file.
    pub key: &'a str,
    /// Where the whole report is to be found, for what a comment has no room for.
    pub report: Option<&'a str>,
    /// What a path and a line follow to make a link to a file as it is now, such as
    /// `https://example.com/shop/blob/1a2b3c4`; links have the form `{source}/{path}#L{line}`.
    pub source: Option<&'a str>,
}

/// A way to write differences.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// What follows `--format`.
    pub name: &'static str,
    /// What it is for, as the help says it.
    pub about: &'static str,
    /// Writes them.
    pub write: fn(&Changes, Look<'_>, &mut dyn io::Write) -> io::Result<()>,
}

/// Every format; the first is the default.
pub const FORMATS: &[Format] = &[text::FORMAT, markdown::FORMAT, html::FORMAT, json::FORMAT];

/// The format of this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|it| it.name == name)
}
