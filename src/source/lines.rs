//! Byte offsets to lines and columns.

/// A place in a text as people count: both numbers start at 1, and a column counts characters
/// (Unicode scalar values), not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
}

/// Where the lines of a text begin. `\n`, `\r\n` and a lone `\r` all end a line, as in YAML.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// How many characters begin before every [`STRIDE`]th byte, so that a column far into a long
    /// line is not counted from the line's start; empty for ASCII, where bytes are characters.
    characters: Vec<u32>,
}

const STRIDE: usize = 128;

impl LineIndex {
    /// Indexes a text once; each lookup is then a binary search.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends_line = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            if ends_line {
                starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
            }
        }
        let mut characters = Vec::new();
        if !text.is_ascii() {
            let mut count = 0;
            for part in bytes.chunks(STRIDE) {
                characters.push(count);
                count += beginnings(part);
            }
        }
        Self { starts, characters }
    }

    /// How many characters begin before a byte.
    fn characters(&self, text: &str, at: usize) -> u32 {
        if self.characters.is_empty() {
            return u32::try_from(at).unwrap_or(u32::MAX);
        }
        // The end of the text may lie on a stride that no byte has begun.
        let stride = (at / STRIDE).min(self.characters.len() - 1);
        self.characters[stride] + beginnings(&text.as_bytes()[stride * STRIDE..at])
    }

    /// The first byte of a line; lines count from 1, and one past the last begins where the last
    /// one does.
    pub fn start(&self, line: u32) -> u32 {
        let at = (line as usize).clamp(1, self.starts.len());
        self.starts[at - 1]
    }

    /// The place of a byte offset; an offset inside a character counts as that character's start,
    /// one past the end as the end.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let mut at = (offset as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self
            .starts
            .partition_point(|start| *start as usize <= at)
            .max(1);
        let start = self.starts[line - 1] as usize;
        let column = self.characters(text, at) - self.characters(text, start) + 1;
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column,
        }
    }
}

/// How many characters begin in these bytes of a text.
fn beginnings(bytes: &[u8]) -> u32 {
    let is_beginning = |it: &&u8| (**it & 0b1100_0000) != 0b1000_0000;
    u32::try_from(bytes.iter().filter(is_beginning).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_any_newline_and_columns_count_characters() {
        let text = "a\nbé\r\nc\rd";
        let lines = LineIndex::new(text);
        let at = |offset| {
            let it = lines.position(text, offset);
            (it.line, it.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(2), (2, 1));
        assert_eq!(at(5), (2, 3));
        assert_eq!(at(4), (2, 2), "inside `é`");
        assert_eq!(at(7), (3, 1));
        assert_eq!(at(9), (4, 1));
        assert_eq!(at(99), (4, 2));
    }

    #[test]
    fn columns_of_long_lines_are_counted_right() {
        for text in [
            "é日a🎁".repeat(200),
            "é".repeat(STRIDE / 2),
            "a".repeat(3 * STRIDE),
        ] {
            let lines = LineIndex::new(&text);
            let offsets = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            for (column, offset) in (1..).zip(offsets) {
                let offset = u32::try_from(offset).unwrap_or(u32::MAX);
                let expected = Position { line: 1, column };
                assert_eq!(lines.position(&text, offset), expected);
            }
        }
    }
}
