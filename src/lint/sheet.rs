//! Style sheets as their authors wrote them: what stands in them, in order, with nothing left out.
//!
//! In: the text of a `<style>`, or of a `style` attribute. Out: [`Bit`]s, each a slice of the text.
//! Invariant: what is no CSS is passed by; nothing is told.
//! Not done here: which element a rule speaks of.

/// A piece of a style sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bit<'s> {
    /// `@name what follows`.
    At(&'s str, &'s str),
    /// The selectors of a rule.
    Selectors(&'s str),
    /// The selectors of a rule within a rule.
    Nested(&'s str),
    /// A declaration: the property, the value, and both as they are written.
    Declaration(&'s str, &'s str, &'s str),
}

/// What a block is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Rule,
    /// After `@…`: who does not know it passes by what stands in it.
    At,
}

/// The pieces of a style sheet. What stands in the block of an at-rule is for those who know that, and
/// left out.
pub(crate) fn bits(sheet: &str) -> Vec<Bit<'_>> {
    read(sheet, Vec::new())
}

/// The declarations of a `style` attribute.
pub(crate) fn declarations(style: &str) -> Vec<Bit<'_>> {
    read(style, vec![Block::Rule])
}

fn read(text: &str, mut open: Vec<Block>) -> Vec<Bit<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (item, end) = until(rest, &['{', '}', ';']);
        let item = without_comment(item);
        let inside_at = open.contains(&Block::At);
        let named = item.strip_prefix('@').map(|it| {
            let end = it.find(|c: char| !(c.is_alphanumeric() || c == '-'));
            let (name, prelude) = it.split_at(end.unwrap_or(it.len()));
            Bit::At(name, prelude.trim())
        });
        match (end, named) {
            (Some('{'), Some(at)) => {
                found.extend((!inside_at).then_some(at));
                open.push(Block::At);
            }
            (Some('{'), None) => {
                let is_nested = open.last() == Some(&Block::Rule);
                let make = if is_nested {
                    Bit::Nested
                } else {
                    Bit::Selectors
                };
                found.extend((!inside_at).then(|| make(item)));
                open.push(Block::Rule);
            }
            (_, Some(at)) => found.extend((!inside_at).then_some(at)),
            (_, None) => {
                let of_rule = open.last() == Some(&Block::Rule) && !inside_at;
                if let Some((name, value)) = item.split_once(':').filter(|_| of_rule) {
                    found.push(Bit::Declaration(name.trim(), value.trim(), item));
                }
            }
        }
        if end == Some('}') {
            open.pop();
        }
        let used = item_length(rest, end);
        rest = &rest[used..];
    }
    found
}

/// How far the first piece goes, its end included.
fn item_length(rest: &str, end: Option<char>) -> usize {
    let (item, _) = until(rest, &['{', '}', ';']);
    item.len() + end.map_or(0, char::len_utf8)
}

/// The text up to the first of some signs outside quotes, brackets and comments, and that sign.
fn until<'t>(text: &'t str, ends: &[char]) -> (&'t str, Option<char>) {
    let (mut depth, mut quote, mut skip) = (0_usize, None, 0);
    for (at, c) in text.char_indices() {
        if at < skip {
            continue;
        }
        match (quote, c) {
            (Some(open), c) => quote = Some(open).filter(|it| *it != c),
            (None, '"' | '\'') => quote = Some(c),
            (None, '/') if text[at..].starts_with("/*") => {
                skip = text[at..].find("*/").map_or(text.len(), |it| at + it + 2);
            }
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, c) if depth == 0 && ends.contains(&c) => return (&text[..at], Some(c)),
            _ => {}
        }
    }
    (text, None)
}

/// A piece without the comments before it.
fn without_comment(item: &str) -> &str {
    let mut item = item.trim();
    while let Some(inner) = item.strip_prefix("/*") {
        item = inner.split_once("*/").map_or("", |it| it.1).trim();
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_read_in_order() {
        let sheet = "@import url(a;b.css);\n/* x { y: z } */ p, a:hover { color : red; background: url(\"a;b\") }\n\
                     @media (max-width: 9px) { p { gap: 1px } } .a { .b { float: left } top: 0 }";
        assert_eq!(
            bits(sheet),
            [
                Bit::At("import", "url(a;b.css)"),
                Bit::Selectors("p, a:hover"),
                Bit::Declaration("color", "red", "color : red"),
                Bit::Declaration("background", "url(\"a;b\")", "background: url(\"a;b\")"),
                Bit::At("media", "(max-width: 9px)"),
                Bit::Selectors(".a"),
                Bit::Nested(".b"),
                Bit::Declaration("float", "left", "float: left"),
                Bit::Declaration("top", "0", "top: 0"),
            ]
        );
        assert_eq!(
            declarations("display:flex;;x"),
            [Bit::Declaration("display", "flex", "display:flex")]
        );
        assert_eq!(bits("} } { a"), [Bit::Selectors("")]);
    }
}
