//! The text of a Handlebars template as it grows.
//!
//! Invariant: a tag never changes the text around it. Handlebars drops the line end after a tag that
//! stands alone in its line, and some of its relatives do not: a comment keeps such lines from being
//! taken for lines of tags.
//! Not done here: braces in static text (they need a value to print, see [`pieces`]).

/// A text under way.
#[derive(Debug, Clone, Default)]
pub(super) struct Writer {
    out: String,
    /// The last thing written is a block's tag, and nothing but blanks stands before it in its line.
    alone: bool,
}

impl Writer {
    /// A tag that opens, parts or closes a block.
    pub(super) fn block(&mut self, inner: &str) {
        let before = self
            .out
            .trim_end_matches(|c: char| c.is_whitespace() && c != '\n');
        self.alone = before.is_empty() || before.ends_with('\n');
        self.tag(inner);
    }

    /// A value printed: escaped, or as it is.
    pub(super) fn value(&mut self, inner: &str, escape: bool) {
        self.alone = false;
        if escape {
            self.tag(inner);
        } else {
            self.out.push('{');
            self.tag(inner);
            self.out.push('}');
        }
    }

    fn tag(&mut self, inner: &str) {
        self.out.push_str("{{");
        self.out.push_str(inner);
        self.out.push_str("}}");
    }

    /// Text that holds nothing that could be taken for a tag.
    pub(super) fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.alone {
            let line = text.split('\n').next().unwrap_or_default();
            if line.chars().all(char::is_whitespace) {
                self.out.push_str("{{! }}");
            }
            self.alone = false;
        }
        self.out.push_str(text);
    }

    /// What a provider reads as it is, such as a link that it puts in.
    pub(super) fn raw(&mut self, text: &str) {
        self.alone = false;
        self.out.push_str(text);
    }

    /// The text.
    pub(super) fn finish(mut self) -> String {
        if self.alone {
            self.out.push_str("{{! }}");
        }
        self.out
    }
}

/// A piece of static text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Text that stands as it is.
    Plain(&'t str),
    /// A brace, bracket or backslash that would make a tag, or unmake one; it must be printed by one.
    Print(&'t str),
}

/// Takes static text apart. A `{` before another one or before a tag opens a tag, and so may what else
/// the provider reads; a `}` after a tag is taken for its end, and a backslash before it makes it text.
pub(super) fn pieces<'t>(text: &'t str, doubled: &[char]) -> Vec<Piece<'t>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|it| it.1);
        let opens =
            (c == '{' || doubled.contains(&c)) && next.is_none_or(|it| it == c || it == '\\');
        // Behind a backslash comes a tag: at the end, or where a brace is printed by one.
        let hides = c == '\\' && next.is_none_or(|it| it == '{' || it == '\\');
        // A tag before would take it for its own end.
        let ends = c == '}' && start == at && !matches!(pieces.last(), Some(Piece::Plain(_)));
        if opens || hides || ends {
            if start < at {
                pieces.push(Piece::Plain(&text[start..at]));
            }
            start = at + c.len_utf8();
            pieces.push(Piece::Print(&text[at..start]));
        }
    }
    if start < text.len() {
        pieces.push(Piece::Plain(&text[start..]));
    }
    pieces
}

/// Whether a key is read as it is by every Handlebars, also where it is missing.
pub(super) fn is_plain(key: &str) -> bool {
    const WORDS: [&str; 13] = [
        "this",
        "true",
        "false",
        "null",
        "undefined",
        "as",
        "length",
        "size",
        "constructor",
        "toString",
        "valueOf",
        "hasOwnProperty",
        "__proto__",
    ];
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !WORDS.contains(&key)
}

/// A key as a step of a path: as it is, or in brackets. Nothing where brackets cannot hold it.
pub(super) fn step(key: &str) -> Option<String> {
    if is_plain(key) {
        return Some(key.to_owned());
    }
    let held = !key.is_empty()
        && !key.contains(|c: char| matches!(c, '[' | ']' | '\\' | '{' | '}') || c.is_control());
    held.then(|| format!("[{key}]"))
}

/// A text in quotes that every Handlebars reads alike: no escapes, no line ends, no braces.
pub(super) fn quoted(text: &str, first: char, second: char) -> Option<String> {
    if text.contains(|c: char| matches!(c, '\\' | '{' | '}' | '`') || c.is_control()) {
        return None;
    }
    let quote = [first, second].into_iter().find(|it| !text.contains(*it))?;
    Some(format!("{quote}{text}{quote}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_before_braces_and_backslashes_before_tags_are_printed() {
        use Piece::{Plain, Print};
        assert_eq!(
            pieces("a{b}{{ x }}\\{{y", &[]),
            [
                Plain("a{b}"),
                Print("{"),
                Plain("{ x }}"),
                Print("\\"),
                Print("{"),
                Plain("{y")
            ]
        );
        assert_eq!(pieces("x{", &[]), [Plain("x"), Print("{")]);
        assert_eq!(pieces("}}x}", &[]), [Print("}"), Print("}"), Plain("x}")]);
        assert_eq!(pieces("\\n \\", &[]), [Plain("\\n "), Print("\\")]);
        assert_eq!(pieces("[[a]]", &['[']), [Print("["), Plain("[a]]")]);
    }

    #[test]
    fn no_tag_stands_alone_in_its_line() {
        let mut writer = Writer::default();
        writer.text("a\n  ");
        writer.block("#if x");
        writer.text(" \nb");
        writer.block("/if");
        writer.text("\n");
        writer.block("#if x");
        writer.value("x", false);
        writer.text("\n");
        writer.block("/if");
        assert_eq!(
            writer.finish(),
            "a\n  {{#if x}}{{! }} \nb{{/if}}\n{{#if x}}{{{x}}}\n{{/if}}{{! }}"
        );
    }

    #[test]
    fn names_and_texts_are_quoted_or_given_up() {
        assert_eq!(step("first_name").as_deref(), Some("first_name"));
        assert_eq!(step("odd key").as_deref(), Some("[odd key]"));
        assert_eq!(step("this").as_deref(), Some("[this]"));
        assert_eq!(step("a]b"), None);
        assert_eq!(quoted("it's", '\'', '"').as_deref(), Some("\"it's\""));
        assert_eq!(quoted("{{ x", '\'', '"'), None);
    }
}
