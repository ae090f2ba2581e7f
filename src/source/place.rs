//! Where a finding is, as every format and every comparison says it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use super::{FileId, LineIndex, Position, Sources, Span};

/// A place in people's terms; `end` is one past the last character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    /// The file, from the repository's root.
    pub(crate) path: &'a str,
    /// The first character.
    pub(crate) start: Position,
    /// One past the last.
    pub(crate) end: Position,
}

/// Both ends of a place as lines and columns from 1, where columns count bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InBytes {
    /// The first byte.
    pub(crate) start: (u32, u32),
    /// One past the last.
    pub(crate) end: (u32, u32),
}

/// Looks places up, and indexes each file at most once for that.
pub(crate) struct Places<'a> {
    sources: &'a Sources,
    lines: Vec<OnceCell<LineIndex>>,
}

/// Whole lines of a file, and where they begin.
pub(crate) struct Window<'a> {
    /// The lines, all ended by `\n` or `\r\n`.
    pub(crate) text: Cow<'a, str>,
    /// The byte of the file that the first line begins with.
    pub(crate) start: usize,
    /// The number of the first line, from 1.
    pub(crate) line: usize,
}

impl<'a> Places<'a> {
    /// Indexes nothing yet.
    pub(crate) fn new(sources: &'a Sources) -> Self {
        let lines = sources.iter().map(|_| OnceCell::new()).collect();
        Self { sources, lines }
    }

    /// The path of a file.
    pub(crate) fn path(&self, file: FileId) -> &'a str {
        self.sources.path(file)
    }

    /// Whether there is any text to show.
    pub(crate) fn has_text(&self, file: FileId) -> bool {
        !self.sources.text(file).is_empty()
    }

    /// Both ends of a span.
    pub(crate) fn of(&self, span: Span) -> Place<'a> {
        let bytes = self.visible(span);
        Place {
            path: self.path(span.file),
            start: self.position(span.file, bytes.start),
            end: self.position(span.file, bytes.end),
        }
    }

    /// Both ends of a span to the byte, line ends included: an edit that removes a whole line says so.
    pub(crate) fn exact(&self, span: Span) -> Place<'a> {
        Place {
            path: self.path(span.file),
            start: self.position(span.file, span.start as usize),
            end: self.position(span.file, span.end as usize),
        }
    }

    /// The same place as [`of`](Self::of), for who counts bytes.
    pub(crate) fn in_bytes(&self, span: Span) -> InBytes {
        let bytes = self.visible(span);
        InBytes {
            start: self.byte_position(span.file, bytes.start),
            end: self.byte_position(span.file, bytes.end),
        }
    }

    /// The same place as [`exact`](Self::exact), for who counts bytes.
    pub(crate) fn exact_in_bytes(&self, span: Span) -> InBytes {
        InBytes {
            start: self.byte_position(span.file, span.start as usize),
            end: self.byte_position(span.file, span.end as usize),
        }
    }

    /// The bytes of a span that can be shown: on character boundaries, without line ends at its
    /// end, and on the last line that has text where the span is the end of the file.
    pub(crate) fn visible(&self, span: Span) -> Range<usize> {
        let text = self.sources.text(span.file);
        let shown = text.trim_end_matches(['\n', '\r']).len();
        let start = floor(text, (span.start as usize).min(shown));
        let end = floor(text, (span.end as usize).min(shown)).max(start);
        let end = start + text[start..end].trim_end_matches(['\n', '\r']).len();
        start..end
    }

    /// The whole lines that hold these bytes.
    pub(crate) fn window(&self, file: FileId, bytes: &Range<usize>) -> Window<'a> {
        let text = self.sources.text(file);
        let ends_line = |it: &u8| matches!(it, b'\n' | b'\r');
        let start = text.as_bytes()[..bytes.start].iter().rposition(ends_line);
        let start = start.map_or(0, |it| it + 1);
        let end = text.as_bytes()[bytes.end..].iter().position(ends_line);
        let end = end.map_or(text.len(), |it| bytes.end + it);
        Window {
            text: with_known_line_ends(&text[start..end]),
            start,
            line: self.position(file, start).line as usize,
        }
    }

    fn position(&self, file: FileId, offset: usize) -> Position {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        self.index(file).position(self.sources.text(file), offset)
    }

    fn byte_position(&self, file: FileId, offset: usize) -> (u32, u32) {
        let line = self.position(file, offset).line;
        let start = self.index(file).start(line) as usize;
        let column = offset.saturating_sub(start) + 1;
        (line, u32::try_from(column).unwrap_or(u32::MAX))
    }

    fn index(&self, file: FileId) -> &LineIndex {
        let text = self.sources.text(file);
        self.lines[file.0 as usize].get_or_init(|| LineIndex::new(text))
    }
}

/// The nearest character boundary at or before a byte.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The renderer of snippets does not know that a lone `\r` ends a line, and YAML does.
fn with_known_line_ends(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(it) = rest.next() {
        let is_lone = it == '\r' && rest.peek() != Some(&'\n');
        out.push(if is_lone { '\n' } else { it });
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, start: u32, end: u32) -> (u32, u32, u32, u32) {
        let mut sources = Sources::default();
        let file = sources.add("a", text);
        let places = Places::new(&sources);
        let it = places.of(Span::new(file, start, end));
        (it.start.line, it.start.column, it.end.line, it.end.column)
    }

    #[test]
    fn places_are_where_people_look() {
        assert_eq!(place("ab\ncd\n", 3, 5), (2, 1, 2, 3));
        assert_eq!(
            place("ab\ncd\n", 3, 6),
            (2, 1, 2, 3),
            "without the line end"
        );
        assert_eq!(place("ab\ncd\n\n", 7, 7), (2, 3, 2, 3), "end of file");
        assert_eq!(place("ab\ncd\n", 99, 99), (2, 3, 2, 3), "beyond the end");
        assert_eq!(place("éa", 1, 3), (1, 1, 1, 3), "inside a character");
        assert_eq!(place("", 0, 0), (1, 1, 1, 1));
        assert_eq!(place("\n\n", 2, 2), (1, 1, 1, 1));
        assert_eq!(place("a\rb", 2, 3), (2, 1, 2, 2));
    }

    #[test]
    fn columns_can_count_bytes() {
        let mut sources = Sources::default();
        let file = sources.add("a", "x\r\naé𐐀b\n");
        let places = Places::new(&sources);
        let it = places.in_bytes(Span::new(file, 4, 11));
        assert_eq!((it.start, it.end), ((2, 2), (2, 9)));
        let it = places.exact_in_bytes(Span::new(file, 10, 12));
        assert_eq!((it.start, it.end), ((2, 8), (3, 1)));
    }

    #[test]
    fn windows_hold_whole_lines() {
        let mut sources = Sources::default();
        let file = sources.add("a", "ab\r\ncd\ref\ngh");
        let places = Places::new(&sources);
        let it = places.window(file, &(5..8));
        assert_eq!((&*it.text, it.start, it.line), ("cd\nef", 4, 2));
    }
}
