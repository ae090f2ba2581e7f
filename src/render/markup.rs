//! Reading HTML that a serialiser wrote: tags, texts, comments, in order. It is well formed, so
//! this needs none of the recovery that browsers have.

use html5ever::data::NAMED_ENTITIES;

/// A piece of HTML, with its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'h> {
    /// Text, with its entities; the content of `<style>` and its like too.
    Text(&'h str),
    /// `<!-- … -->`, as a whole.
    Comment(&'h str),
    /// `<!doctype …>` and its like.
    Declaration(&'h str),
    /// `<name …>`: the name, and the tag as a whole.
    Open(&'h str, &'h str),
    /// `</name>`: the name, and the tag as a whole.
    Close(&'h str, &'h str),
}

impl<'h> Piece<'h> {
    /// The piece as it stands in the page.
    pub(super) fn source(&self) -> &'h str {
        match self {
            Piece::Text(it)
            | Piece::Comment(it)
            | Piece::Declaration(it)
            | Piece::Open(_, it)
            | Piece::Close(_, it) => it,
        }
    }
}

/// Elements that hold nothing and have no end.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Elements whose content is text, whatever it looks like.
const RAW: [&str; 4] = ["style", "script", "title", "textarea"];

/// Whether an element has no end tag.
pub(crate) fn is_void(name: &str) -> bool {
    VOID.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// Takes HTML apart.
pub(crate) fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = html;
    let mut raw: Option<&str> = None;
    while !rest.is_empty() {
        let (piece, length) = match raw.take() {
            Some(name) => raw_text(rest, name),
            None => next(rest),
        };
        if let Piece::Open(name, tag) = piece
            && RAW.iter().any(|it| name.eq_ignore_ascii_case(it))
            && !tag.ends_with("/>")
        {
            raw = Some(name);
        }
        if length == 0 {
            continue;
        }
        pieces.push(piece);
        rest = &rest[length..];
    }
    pieces
}

fn raw_text<'h>(rest: &'h str, name: &str) -> (Piece<'h>, usize) {
    let mut at = 0;
    while let Some(found) = rest[at..].find("</") {
        let start = at + found;
        let after = rest.get(start + 2..start + 2 + name.len());
        if after.is_some_and(|it| it.eq_ignore_ascii_case(name)) {
            return (Piece::Text(&rest[..start]), start);
        }
        at = start + 2;
    }
    (Piece::Text(rest), rest.len())
}

fn next(rest: &str) -> (Piece<'_>, usize) {
    let upto = |end: &str| rest.find(end).map_or(rest.len(), |at| at + end.len());
    if let Some(inner) = rest.strip_prefix("<!--") {
        let length = inner.find("-->").map_or(rest.len(), |at| at + 7);
        return (Piece::Comment(&rest[..length]), length);
    }
    if rest.starts_with("<!") || rest.starts_with("<?") {
        let length = upto(">");
        return (Piece::Declaration(&rest[..length]), length);
    }
    if let Some(after) = rest.strip_prefix("</") {
        let length = upto(">");
        return (Piece::Close(name(after), &rest[..length]), length);
    }
    if rest.starts_with('<') && rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
        let length = tag_length(rest);
        return (Piece::Open(name(&rest[1..]), &rest[..length]), length);
    }
    // The first character is text even if it is a lone `<`.
    let first = rest.chars().next().map_or(0, char::len_utf8);
    let length = rest[first..].find('<').map_or(rest.len(), |at| at + first);
    (Piece::Text(&rest[..length]), length)
}

fn name(after: &str) -> &str {
    let end = after
        .find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
        .unwrap_or(after.len());
    &after[..end]
}

fn tag_length(rest: &str) -> usize {
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    rest.len()
}

/// The value of a tag's attribute, with its entities.
pub(crate) fn attribute<'h>(tag: &'h str, wanted: &str) -> Option<&'h str> {
    attributes(tag)
        .find(|it| it.0.eq_ignore_ascii_case(wanted))
        .map(|it| it.1)
}

/// The names and values of a tag's attributes.
pub(crate) fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let inner = tag
        .trim_start_matches('<')
        .trim_end_matches('>')
        .trim_end_matches('/');
    let mut rest = inner.trim_start_matches(|c: char| !c.is_whitespace());
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let end = rest
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end.max(rest.chars().next().map_or(0, char::len_utf8)));
        let Some(value) = after.trim_start().strip_prefix('=') else {
            rest = after;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let value = &value[1..];
                let end = value.find(quote).unwrap_or(value.len());
                (&value[..end], value.get(end + 1..).unwrap_or(""))
            }
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        rest = after;
        Some((name, value))
    })
}

/// A tag with an attribute set to a value, which must need no escaping.
pub(super) fn with_attribute(tag: &str, wanted: &str, value: &str) -> String {
    let Some(old) = attribute(tag, wanted) else {
        let end = tag
            .trim_end_matches('>')
            .trim_end_matches('/')
            .trim_end()
            .len();
        return format!("{} {wanted}=\"{value}\"{}", &tag[..end], &tag[end..]);
    };
    let start = (old.as_ptr() as usize).wrapping_sub(tag.as_ptr() as usize);
    let is_quoted = tag.get(..start).is_some_and(|it| it.ends_with(['"', '\'']));
    if old.is_empty() && !is_quoted {
        // `<html lang>`: the first of two attributes of a name counts.
        let end = tag.find(char::is_whitespace).unwrap_or(tag.len());
        return format!("{} {wanted}=\"{value}\"{}", &tag[..end], &tag[end..]);
    }
    format!("{}{value}{}", &tag[..start], &tag[start + old.len()..])
}

/// `CounterClockwiseContourIntegral` has this many letters.
const LONGEST_ENTITY: usize = 31;

/// Text without its entities.
pub(crate) fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = rest[1..]
            .find(';')
            .filter(|end| *end <= LONGEST_ENTITY)
            .map(|end| &rest[1..=end]);
        if let Some((first, second)) = entity.and_then(characters) {
            out.push(first);
            out.extend(second);
            rest = &rest[entity.map_or(0, str::len) + 2..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// What an entity stands for: a few stand for two characters.
fn characters(entity: &str) -> Option<(char, Option<char>)> {
    if let Some(number) = entity.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32).map(|it| (it, None));
    }
    // The table also holds every beginning of a name, with 0 for "no character yet".
    let (first, second) = *NAMED_ENTITIES.get(&format!("{entity};"))?;
    let second = char::from_u32(second).filter(|it| *it != '\0');
    let first = char::from_u32(first).filter(|it| *it != '\0');
    first.map(|it| (it, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_with_their_attributes() {
        let all = pieces("<!DOCTYPE html><p a=\"x>y\" b>é<br>t</p><style>a<b</style><!--c-->");
        assert_eq!(all[1], Piece::Open("p", "<p a=\"x>y\" b>"));
        assert_eq!(all[2], Piece::Text("é"));
        assert_eq!(all[7], Piece::Text("a<b"));
        assert_eq!(all[9], Piece::Comment("<!--c-->"));
        assert_eq!(
            attributes("<p a=\"x>y\" b c='1'/>").collect::<Vec<_>>(),
            [("a", "x>y"), ("b", ""), ("c", "1")]
        );
        assert_eq!(
            with_attribute("<html lang=\"und\">", "lang", "de"),
            "<html lang=\"de\">"
        );
        assert_eq!(
            with_attribute("<table>", "role", "presentation"),
            "<table role=\"presentation\">"
        );
        assert_eq!(decode("a &amp; &#39;b&#x27; &nope; &"), "a & 'b' &nope; &");
        assert_eq!(
            decode(
                "2 &times; &nbsp;&euro;&hellip;&CounterClockwiseContourIntegral;&NotEqualTilde;"
            ),
            "2 \u{d7} \u{a0}\u{20ac}\u{2026}\u{2233}\u{2242}\u{338}"
        );
        assert_eq!(
            decode("R&D; &tim; a&;b &#0; &#xD800;"),
            "R&D; &tim; a&;b \0 &#xD800;"
        );
    }
}
