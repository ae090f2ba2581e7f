//! Stage 0: texts and places in them.
//!
//! In: bytes that a [`World`] hands over. Out: [`Sources`], a register of texts in which every
//! [`Span`] can be turned into a line and a column.
//! Invariant: a span always lies on character boundaries of its file's text.
//! Not done here: reading disks or git (that is `load`), parsing, printing.

mod artifacts;
mod changed;
mod inside;
mod lines;
mod place;
mod secrets;
mod spanned;
mod world;

pub use artifacts::Artifacts;
pub use changed::Changed;
pub use lines::{LineIndex, Position};
pub(crate) use place::{InBytes, Place, Places, Window};
pub(crate) use secrets::{Secret, masked, secrets};
pub use spanned::Spanned;
pub use world::{ReadError, World, WorldError};

use std::sync::Arc;

/// The number of a file in [`Sources`]. Files are numbered in the order of their sorted paths,
/// so that ordering by number is ordering by path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes `[start, end)` in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file that the bytes lie in.
    pub file: FileId,
    /// The first byte, counted from 0 at the start of the file.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from `start` to `end`, in bytes.
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// The very beginning of a file: the place for what concerns the file as a whole.
    pub fn start_of(file: FileId) -> Self {
        Self::new(file, 0, 0)
    }

    /// The smallest span that holds both; `other` must lie in the same file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(
            self.file,
            self.start.min(other.start),
            self.end.max(other.end),
        )
    }
}

/// One text of the repository, or one that could not be read (then its text is what could, so that a
/// diagnostic can still point at it).
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path from the repository's root, with `/` on every system.
    pub path: Arc<str>,
    /// The text, without a byte order mark.
    pub text: Arc<str>,
    /// Whether all of it is there; else the text is what stands before the place that cannot be read.
    pub is_whole: bool,
}

/// Every text of one compile.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Registers a text and gives its number. Call in the order of sorted paths.
    pub fn add(&mut self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile {
            path: path.into(),
            text: text.into(),
            is_whole: true,
        });
        id
    }

    /// Registers what can be read of a text that is damaged behind it.
    pub fn add_damaged(
        &mut self,
        path: impl Into<Arc<str>>,
        before: impl Into<Arc<str>>,
    ) -> FileId {
        let id = self.add(path, before);
        if let Some(file) = self.files.last_mut() {
            file.is_whole = false;
        }
        id
    }

    /// Gives a file another text.
    pub(crate) fn replace(&mut self, id: FileId, text: impl Into<Arc<str>>) {
        if let Some(file) = self.files.get_mut(id.0 as usize) {
            file.text = text.into();
            file.is_whole = true;
        }
    }

    /// The file with this number; numbers come from [`Sources::add`] of the same register.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The path of a file.
    pub fn path(&self, id: FileId) -> &str {
        &self.file(id).path
    }

    /// The text of a file.
    pub fn text(&self, id: FileId) -> &str {
        &self.file(id).text
    }

    /// The text under a span.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file)
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// The file with this path, if it was registered.
    pub fn find(&self, path: &str) -> Option<FileId> {
        let at = self.files.iter().position(|it| &*it.path == path)?;
        u32::try_from(at).ok().map(FileId)
    }

    /// The place of a part of a scalar: `part` counts bytes of the scalar's value. Exact for plain,
    /// quoted and block scalars; a part that an escape spells gets the escape's place.
    pub fn within(&self, scalar: Span, value: &str, part: std::ops::Range<u32>) -> Span {
        let part = part.start as usize..part.end as usize;
        inside::inside(self.slice(scalar), value, scalar, part)
    }

    /// All files with their numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0u32..).map(FileId).zip(&self.files)
    }

    /// How many bytes of text are held.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|it| it.text.len() as u64).sum()
    }

    /// Lines and columns of a span, both ends.
    pub fn locate(&self, span: Span) -> (Position, Position) {
        let text = self.text(span.file);
        let lines = LineIndex::new(text);
        (
            lines.position(text, span.start),
            lines.position(text, span.end),
        )
    }
}
