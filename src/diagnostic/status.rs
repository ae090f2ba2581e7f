//! What a change has to do with a finding.

use super::Level;

/// What a finding has to do with the change that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The change brought it.
    Introduced,
    /// It was there before, and was milder.
    Worsened(Worsening),
    /// It was there before. It is counted, and never fails a check.
    Older,
}

/// In what a finding was milder before a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worsening {
    /// It weighed less: this much.
    Level(Level),
    /// The rule could not be decided.
    Undecided,
    /// An `allow` covered it.
    Accepted,
    /// The rule's own measure was smaller.
    Measure,
}

impl Status {
    /// The word in machine formats.
    pub fn word(self) -> &'static str {
        match self {
            Self::Introduced => "introduced",
            Self::Worsened(_) => "worsened",
            Self::Older => "older",
        }
    }
}

impl Worsening {
    /// How it was before, as half a sentence.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Level(Level::Note) => "it was only a note there",
            Self::Level(_) => "it was only a warning there",
            Self::Undecided => "it could not be decided there",
            Self::Accepted => "an `allow` covered it there",
            Self::Measure => "it was there, and milder",
        }
    }
}
