//! Where a piece of the text that HTML tools see stands in the author's files.
//!
//! The text is written out of layouts, partials and macros, so it has no places of its own. A piece is
//! found by its own words and by what stands around them.

use crate::source::{FileId, Sources, Span};
use crate::template::Template;

/// Around a piece, so much is compared at most.
const REACH: usize = 400;

/// The place of what begins at an offset of the text; the top of the template's file if no file that
/// went into it has these words.
pub(super) fn place(template: &Template, sources: Option<&Sources>, text: &str, at: usize) -> Span {
    let top = Span::start_of(template.file);
    let (Some(sources), Some(rest)) = (sources, text.get(at..)) else {
        return top;
    };
    let piece = piece(rest);
    if piece.trim().is_empty() {
        return top;
    }
    let before = &text[..at];
    let after = &rest[piece.len()..];
    let own = std::iter::once(&template.file);
    let mut best: Option<(usize, Span)> = None;
    for file in own.chain(template.read.iter().filter(|it| **it != template.file)) {
        let source = sources.text(*file);
        for (found, _) in source.match_indices(piece) {
            let end = found + piece.len();
            let alike = alike(before.chars().rev(), source[..found].chars().rev())
                + alike(after.chars(), source[end..].chars());
            if best.as_ref().is_none_or(|it| alike > it.0) {
                best = Some((alike, span(*file, found, end)));
            }
        }
    }
    best.map_or(top, |it| it.1)
}

fn span(file: FileId, start: usize, end: usize) -> Span {
    let offset = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    Span::new(file, offset(start), offset(end))
}

/// A tag, or what stands up to the end of the line; nothing that is a token.
fn piece(rest: &str) -> &str {
    let end = match rest.find(['>', '\n']) {
        Some(at) if rest[at..].starts_with('>') => at + 1,
        Some(at) => at,
        None => rest.len(),
    };
    let piece = &rest[..end];
    let piece = &piece[..piece.find("JC").unwrap_or(piece.len())];
    let short = piece.char_indices().nth(80).map_or(piece.len(), |it| it.0);
    piece[..short].trim_end()
}

fn alike(a: impl Iterator<Item = char>, b: impl Iterator<Item = char>) -> usize {
    a.zip(b).take(REACH).take_while(|(a, b)| a == b).count()
}
