//! Changes to a journey or project file, said by meaning and not by place in the text.
//!
//! A rule says what shall stand there; where the bytes go, so that comments and layout stay as they
//! are, is worked out from the file once the rules have run.

use crate::source::{FileId, Span};

/// A mapping in a YAML file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    /// The file's outermost mapping: the journey, or the project.
    File(FileId),
    /// The mapping of a step, below its kind: `{id: …, template: …}` of the `send` with this place.
    Step(Span),
    /// The mapping with just this place.
    Mapping(Span),
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rewrite {
    /// Writes `key: value` in a mapping, in place of what the key had. The value is YAML on one line.
    Set {
        /// Where.
        of: Spot,
        /// The key.
        key: &'static str,
        /// Its value.
        value: String,
    },
    /// Takes a key with its value out of a mapping.
    Unset {
        /// Where.
        of: Spot,
        /// The key.
        key: &'static str,
    },
    /// Adds an entry at the end of the list under a key, which is made where it is missing. The
    /// entry is YAML on one line.
    Add {
        /// Where.
        of: Spot,
        /// The list's key.
        key: &'static str,
        /// The entry.
        entry: String,
    },
    /// Writes another scalar at a place.
    Replace {
        /// The scalar.
        at: Span,
        /// YAML on one line.
        value: String,
    },
    /// Takes a step, or another entry of a list, out of its list.
    Remove {
        /// The entry.
        entry: Span,
    },
    /// Puts an entry before another one of the same list. The entry is YAML, its lines indented as if
    /// it stood at the left margin.
    Before {
        /// The entry that comes after.
        entry: Span,
        /// The new one, without its dash.
        new: String,
    },
}
