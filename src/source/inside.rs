//! From offsets in a value to offsets in the text that spells it.

use super::Span;

/// The place of a part of a text value. `written` is what stands at `span` in the source, quotes
/// included; `value` is the text that it means, and `part` a range of bytes in that. Exact for
/// unquoted and quoted text and for blocks; where the spelling hides the part (an escape), the
/// nearest place that holds it.
pub(super) fn inside(written: &str, value: &str, span: Span, part: std::ops::Range<usize>) -> Span {
    let at = |offset: usize| (span.start + u32::try_from(offset).unwrap_or(0)).min(span.end);
    let part = floor(value, part.start)..floor(value, part.end);
    if let Some(lead) = written.find(value).filter(|it| *it <= 1) {
        // Nothing was decoded, so offsets only move by the quote.
        return Span::new(span.file, at(lead + part.start), at(lead + part.end));
    }
    let starts = align(written, value);
    let place = |offset: usize| {
        let found = starts.partition_point(|(in_value, _)| *in_value < offset);
        match starts.get(found) {
            Some((in_value, in_source)) if *in_value == offset => *in_source,
            // Between two aligned characters lies space that was folded.
            _ => found
                .checked_sub(1)
                .and_then(|it| starts.get(it))
                .map_or(0, |it| {
                    it.1 + written[it.1..].chars().next().map_or(0, char::len_utf8)
                }),
        }
    };
    let start = place(part.start);
    let end = if part.end > part.start {
        let last = value[..part.end]
            .char_indices()
            .next_back()
            .map_or(part.start, |it| it.0);
        let begun = place(last);
        begun + written[begun..].chars().next().map_or(0, char::len_utf8)
    } else {
        start
    };
    Span::new(span.file, at(start), at(end.max(start)))
}

/// The nearest start of a character at or before an offset.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Pairs each visible character of the value with its place in the source, as far as they agree.
/// White space is left out: that is what folding and indentation change.
fn align(written: &str, value: &str) -> Vec<(usize, usize)> {
    let quote = written.chars().next().filter(|it| matches!(it, '\'' | '"'));
    let mut source = written.char_indices().peekable();
    if quote.is_some() {
        source.next();
    }
    let mut pairs = Vec::new();
    for (in_value, character) in value.char_indices().filter(|it| !it.1.is_whitespace()) {
        while source.peek().is_some_and(|it| it.1.is_whitespace()) {
            source.next();
        }
        let Some((in_source, found)) = source.next() else {
            break;
        };
        pairs.push((in_value, in_source));
        match (quote, found) {
            (Some('\''), '\'') => {
                source.next();
            }
            (Some('"'), '\\') => {
                let digits = match source.next() {
                    Some((_, 'x')) => 2,
                    Some((_, 'u')) => 4,
                    Some((_, 'U')) => 8,
                    _ => 0,
                };
                for _ in 0..digits {
                    source.next();
                }
            }
            _ if found != character => {
                // The spelling is not understood from here on: keep what is sure.
                pairs.pop();
                break;
            }
            _ => {}
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn part(written: &str, value: &str, word: &str) -> String {
        let at = value.find(word).expect("the word is in the value");
        let span = Span::new(
            FileId(0),
            100,
            100 + u32::try_from(written.len()).unwrap_or(0),
        );
        let found = inside(written, value, span, at..at + word.len());
        written[found.start as usize - 100..found.end as usize - 100].to_owned()
    }

    #[test]
    fn parts_are_found_in_every_spelling() {
        assert_eq!(part("contact.x > 1", "contact.x > 1", ">"), ">");
        assert_eq!(part("\"event.é > 0\"", "event.é > 0", "> 0"), "> 0");
        assert_eq!(part("'it''s on'", "it's on", "on"), "on");
        assert_eq!(part("'it''s on'", "it's on", "s"), "s");
        assert_eq!(part("\"a \\\"b\\\" == c\"", "a \"b\" == c", "=="), "==");
        assert_eq!(part("\"\\u00e9 == c\"", "é == c", "=="), "==");
        assert_eq!(part("a\n    and b", "a and b", "b"), "b");
        assert_eq!(
            part("x >\n    1\n    and y", "x >\n1\nand y\n", "and"),
            "and"
        );
    }

    #[test]
    fn an_empty_part_is_an_empty_place() {
        let span = Span::new(FileId(0), 10, 15);
        assert_eq!(
            inside("'a b'", "a b", span, 1..1),
            Span::new(FileId(0), 12, 12)
        );
    }
}
