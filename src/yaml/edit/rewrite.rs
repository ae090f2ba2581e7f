//! Changes to a file, said by meaning and not by place in the text.

use crate::source::{FileId, Span};

/// A mapping in a YAML file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    /// The file's outermost mapping: the journey, or the project.
    File(FileId),
    /// The mapping of a step, below its kind: `{id: …, template: …}` of the `send` with this place.
    Step(Span),
    /// The innermost mapping that holds this place.
    Around(Span),
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
    /// Takes a step, or another entry of a list, out of its list, with the comments right above it.
    Remove {
        /// The entry, or a place inside it and in no list of its own.
        entry: Span,
    },
    /// Puts an entry before another one of the same list. The entry is YAML, its lines indented as if
    /// it stood at the left margin.
    Before {
        /// The entry that comes after, or a place inside it and in no list of its own.
        entry: Span,
        /// The new one, without its dash.
        new: String,
    },
}

impl Spot {
    /// The file that it lies in.
    pub(crate) fn file(self) -> FileId {
        match self {
            Self::File(it) => it,
            Self::Step(it) | Self::Around(it) => it.file,
        }
    }
}

impl Rewrite {
    /// The file that it changes.
    pub(crate) fn file(&self) -> FileId {
        match self {
            Self::Set { of, .. } | Self::Unset { of, .. } | Self::Add { of, .. } => of.file(),
            Self::Replace { at: it, .. }
            | Self::Remove { entry: it }
            | Self::Before { entry: it, .. } => it.file,
        }
    }
}
