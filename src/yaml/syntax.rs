//! What is wrong with a text that is not YAML, in the words of someone who writes journeys.

use granit_parser::{ErrorKind, ScanError};

use super::MAX_DEPTH;
use super::build::{TOO_LARGE, UNSUPPORTED, count};
use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, RuleId};
use crate::source::{FileId, Span};

const INVALID: RuleId = RuleId("invalid-yaml");

/// Turns the parser's error into one finding. `reached` is one past the last byte that made sense.
pub(super) fn explain(error: &ScanError, file: FileId, text: &str, reached: u32) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    let trouble = Trouble::new(file, text, at, reached as usize);
    if let Some(template) = trouble.unquoted_template() {
        return template;
    }
    by_kind(error, &trouble)
}

/// A finding about collections in collections in collections.
pub(super) fn too_deep(place: Span) -> Diagnostic {
    Diagnostic::error(
        TOO_LARGE,
        place,
        format!("this is nested more than {MAX_DEPTH} levels deep"),
    )
    .help("move parts of the journey to journeys of their own and `enter` them")
}

/// A finding about a value that begins with `{{` or `{%` outside quotes.
pub(super) fn unquoted_template(file: FileId, text: &str, start: u32) -> Diagnostic {
    let rest = line_rest(text, start as usize);
    let span = Span::new(file, start, start + count(rest.len()));
    let opener = &rest[..2.min(rest.len())];
    let quote = if rest.contains('"') { '\'' } else { '"' };
    let diagnostic = Diagnostic::error(
        INVALID,
        span,
        format!("text that begins with `{opener}` must stand in quotes"),
    )
    .label("YAML reads the braces as a block of its own")
    .help(format!("write `{quote}{rest}{quote}`"));
    if rest.contains(quote) {
        return diagnostic;
    }
    diagnostic.fix(Fix {
        title: "put the text in quotes".to_owned(),
        applicability: Applicability::Safe,
        edits: vec![Edit {
            span,
            text: format!("{quote}{rest}{quote}"),
        }],
    })
}

/// The place that the parser stopped at, and what is around it.
struct Trouble<'t> {
    file: FileId,
    text: &'t str,
    /// The byte that the parser names.
    at: usize,
    /// One past the last byte that made sense.
    reached: usize,
    /// The line that `at` lies in, without its end.
    line: &'t str,
    line_start: usize,
}

impl<'t> Trouble<'t> {
    fn new(file: FileId, text: &'t str, mut at: usize, reached: usize) -> Self {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let line_start = text[..at].rfind(['\n', '\r']).map_or(0, |it| it + 1);
        let line_end = text[at..]
            .find(['\n', '\r'])
            .map_or(text.len(), |it| at + it);
        Self {
            file,
            text,
            at,
            reached: reached.min(text.len()),
            line: &text[line_start..line_end],
            line_start,
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, count(start), count(end))
    }

    /// The character at the place, or the last one of the text.
    fn here(&self) -> Span {
        let end = self.text[self.at..]
            .chars()
            .next()
            .map_or(self.at, |it| self.at + it.len_utf8());
        self.span(self.at, end)
    }

    /// From the place to the end of its line's text.
    fn rest(&self) -> Span {
        let rest = line_rest(self.text, self.at);
        self.span(self.at, self.at + rest.len())
    }

    /// The line's text, without indentation.
    fn whole_line(&self) -> Span {
        let start = self.line_start + self.line.len() - self.line.trim_start().len();
        self.span(
            start,
            start.max(self.line_start + self.line.trim_end().len()),
        )
    }

    fn before(&self) -> &'t str {
        &self.text[self.line_start..self.at]
    }

    fn starts_line(&self) -> bool {
        self.before()
            .trim_start_matches([' ', '\t', '-', '?'])
            .is_empty()
    }

    /// The first of these characters that was not understood any more: the opening quote or
    /// bracket, when the parser stopped much later.
    fn opening(&self, of: &[char]) -> Option<usize> {
        let to = self.text.len();
        self.text
            .get(self.reached..to)?
            .find(of)
            .map(|it| self.reached + it)
    }

    fn previous_line(&self) -> Option<(usize, &'t str)> {
        let mut end = self.line_start;
        loop {
            let above = self.text[..end].trim_end_matches(['\n', '\r']);
            if above.is_empty() {
                return None;
            }
            let start = above.rfind(['\n', '\r']).map_or(0, |it| it + 1);
            let line = &above[start..];
            if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
                return Some((start, line));
            }
            end = start;
        }
    }

    /// A value on this line that begins with template braces.
    fn unquoted_template(&self) -> Option<Diagnostic> {
        let found = [": {{", "- {{", ": {%", "- {%"]
            .iter()
            .filter_map(|it| self.line.find(it))
            .min()?;
        let start = self.line_start + found + 2;
        Some(unquoted_template(self.file, self.text, count(start)))
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm for each thing that can be wrong"
)]
fn by_kind(error: &ScanError, it: &Trouble<'_>) -> Diagnostic {
    let say = |span: Span, message: String| Diagnostic::error(INVALID, span, message);
    if let Some(conflict) = conflict(it) {
        return conflict;
    }
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => too_deep(it.here()),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar => tab(it),
        ErrorKind::UnexpectedCharacter { character } => unexpected(it, *character),
        ErrorKind::MappingValueNotAllowed
        | ErrorKind::MappingKeyNotAllowed
        | ErrorKind::SimpleKeyExpected
        | ErrorKind::InvalidSimpleKey => colon(it),
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::InvalidFlowScalarIndent
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::ExpectedDocumentStart => indentation(it),
        ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::UnclosedQuotedScalar
        | ErrorKind::DocumentIndicatorInQuotedScalar => {
            let start = it.opening(&['"', '\'']).unwrap_or(it.at);
            say(
                it.span(start, (start + 1).min(it.text.len())),
                "this quote is never closed".to_owned(),
            )
            .label("opened here")
            .help("close it at the end of the text, on the same line")
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar => say(
            it.rest(),
            "the text goes on after its closing quote".to_owned(),
        )
        .label("not part of the text any more")
        .help(
            "put the text in double quotes, or write a quote inside single quotes twice: `'it''s'`",
        ),
        ErrorKind::InvalidTrailingDoubleQuotedScalar => say(
            it.rest(),
            "the text goes on after its closing quote".to_owned(),
        )
        .label("not part of the text any more")
        .help("put all of the text in single quotes, or write a quote inside as `\\\"`"),
        ErrorKind::UnclosedFlowCollection { open } => never_closed(it, it.at, *open),
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::InvalidColonPlacement
        | ErrorKind::BlockEntryInFlowCollection
        | ErrorKind::FlowMappingValueAdjacentCollection => bracket(it),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            say(it.here(), format!("`{open}` is closed by `{close}`"))
                .help("close `[` with `]` and `{` with `}`")
        }
        ErrorKind::MisplacedFlowCollectionEnd => {
            say(it.here(), "this bracket closes nothing".to_owned())
                .help("remove it, or put the text in quotes")
        }
        ErrorKind::UnknownAnchor | ErrorKind::MissingAnchorOrAliasName => {
            let word = word(it.text, it.at);
            say(
                it.span(it.at, it.at + word.len()),
                format!("`{word}` refers to an anchor that does not exist"),
            )
            .label("a word that starts with `*` repeats a part marked with `&`")
            .help("if this is text, put all of it in quotes")
        }
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::InvalidBlockEntryWhitespace => {
            say(it.rest(), "a list cannot begin here".to_owned())
                .label("`-` begins a list item")
                .help(
                    "begin each item on a line of its own; put text that begins with `-` in quotes",
                )
        }
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => say(
            it.rest(),
            "the text after `|` or `>` begins on the next line".to_owned(),
        )
        .help("move the text to the next line and indent it, or put it in quotes"),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => say(
            it.rest(),
            "there is a `\\` in double quotes that YAML does not know".to_owned(),
        )
        .help("write `\\\\` for one backslash, or use single quotes"),
        ErrorKind::UnsupportedYamlMajorVersion
        | ErrorKind::DirectiveDisallowed
        | ErrorKind::MissingDirectiveName
        | ErrorKind::InvalidDirectiveName
        | ErrorKind::UndeclaredTagHandle => Diagnostic::error(
            UNSUPPORTED,
            it.rest(),
            "journeys use no YAML directives and tags",
        )
        .help("remove it, or put the text in quotes"),
        _ => say(
            it.here(),
            format!("this is not valid YAML: {}", error.info()),
        )
        .help("check the indentation and the quotes here and on the line above"),
    }
}

/// The line of a merge that nobody has finished, at or right above the place of the trouble.
fn conflict(it: &Trouble<'_>) -> Option<Diagnostic> {
    let previous = it.previous_line();
    let here = (it.line_start, it.line);
    let marks = ["<<<<<<<", "=======", ">>>>>>>"];
    let is_mark = |line: &str| marks.iter().any(|mark| line.starts_with(mark));
    let (start, line) = previous
        .into_iter()
        .chain([here])
        .find(|it| is_mark(it.1))?;
    let span = it.span(start, start + line.trim_end().len());
    let message = "here are two versions that git could not merge";
    Some(
        Diagnostic::error(INVALID, span, message)
            .help("keep one version, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`"),
    )
}

fn tab(it: &Trouble<'_>) -> Diagnostic {
    // The parser may still be at the text that the tab cuts off: then the tab is on a line below.
    let below = it.text[it.line_start + it.line.len()..].trim_start_matches(['\r', '\n']);
    let below_start = it.text.len() - below.len();
    let below = below.lines().next().unwrap_or("");
    let indented = [(it.line_start, it.line), (below_start, below)]
        .into_iter()
        .find_map(|(start, line)| tabs_of(line).map(|(at, count)| (start + at, count)));
    let (span, message) = match indented {
        Some((start, count)) => (
            it.span(start, start + count),
            "this line is indented with a tab",
        ),
        None => (it.here(), "there is a tab where YAML takes only spaces"),
    };
    let diagnostic = Diagnostic::error(INVALID, span, message)
        .label("a tab")
        .help("use spaces, two for each level");
    let Some((start, _)) = indented else {
        return diagnostic;
    };
    let line_start = it.text[..start].rfind(['\n', '\r']).map_or(0, |it| it + 1);
    diagnostic.fix(Fix {
        title: "replace the tabs with spaces".to_owned(),
        applicability: Applicability::Suggested,
        edits: vec![Edit {
            span: it.span(line_start, span.end as usize),
            text: " ".repeat(indent_after(&it.text[..line_start])),
        }],
    })
}

/// How far a line is probably meant to be indented: like the line above it, or one level further
/// where that line opens something.
fn indent_after(above: &str) -> usize {
    let last = above.lines().rev().find(|it| !it.trim().is_empty());
    let line = last.unwrap_or("");
    let body = line.trim_start_matches([' ', '\t', '-']);
    let indent = line.len() - body.len();
    indent + if body.trim_end().ends_with(':') { 2 } else { 0 }
}

/// Where the tabs begin that a line is indented with, and how many there are.
fn tabs_of(line: &str) -> Option<(usize, usize)> {
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    let first = line[..indent].find('\t')?;
    let tabs = line[first..indent].bytes().take_while(|it| *it == b'\t');
    Some((first, tabs.count()))
}

fn unexpected(it: &Trouble<'_>, character: char) -> Diagnostic {
    if character.is_control() || !character.is_ascii_graphic() {
        let code = u32::from(character);
        return Diagnostic::error(
            INVALID,
            it.here(),
            format!("there is an invisible character here (U+{code:04X})"),
        )
        .help("remove it; it often comes along when text is pasted");
    }
    Diagnostic::error(
        INVALID,
        it.rest(),
        format!("text cannot begin with `{character}` outside quotes"),
    )
    .help("put the text in quotes")
}

/// A `: ` where no key can be.
fn colon(it: &Trouble<'_>) -> Diagnostic {
    if let Some(first) = it.before().find(": ") {
        let start = it.line_start + first + 2;
        let rest = line_rest(it.text, start);
        let quoted = format!("\"{}\"", rest.replace('\\', "\\\\").replace('"', "\\\""));
        return Diagnostic::error(INVALID, it.here(), "there is a second `: ` on this line")
            .label("YAML reads this as one more key")
            .help(format!("put the text in quotes: `{quoted}`"))
            .fix(Fix {
                title: "put the text in quotes".to_owned(),
                applicability: Applicability::Suggested,
                edits: vec![Edit {
                    span: it.span(start, start + rest.len()),
                    text: quoted,
                }],
            });
    }
    if let Some((start, line)) = it.previous_line() {
        let from = start + line.len() - line.trim_start().len();
        let above = it.span(from, start + line.trim_end().len());
        if !line.contains(':') {
            let word = line.trim().trim_start_matches("- ");
            return Diagnostic::error(
                INVALID,
                above,
                format!("there is no `:` after `{}`", shorten(word)),
            )
            .label("YAML reads this and the next line as one text")
            .help("write `key: value`, with a space after the `:`");
        }
        return Diagnostic::error(
            INVALID,
            it.whole_line(),
            "this line stands below a value that is already complete",
        )
        .label("indented further than the line above")
        .related(above, "this already has a value")
        .help("line it up with the line above, or remove that line's value");
    }
    Diagnostic::error(INVALID, it.here(), "there is a `: ` where no key can be")
        .help("put the text in quotes")
}

/// A line that does not line up, or text behind a finished value.
fn indentation(it: &Trouble<'_>) -> Diagnostic {
    if !it.starts_line() {
        return Diagnostic::error(
            INVALID,
            it.rest(),
            "the text goes on after the end of its value",
        )
        .label("not part of the value any more")
        .help("put all of the text in quotes");
    }
    let spaces = it.line.len() - it.line.trim_start().len();
    let message = if it.line.trim_start().starts_with("- ") {
        "this list item does not line up with anything above"
    } else {
        "this line does not line up with anything above"
    };
    Diagnostic::error(INVALID, it.whole_line(), message)
        .label(match spaces {
            0 => "starts at the margin".to_owned(),
            1 => "indented by 1 space".to_owned(),
            more => format!("indented by {more} spaces"),
        })
        .help("indent it exactly like the lines that it belongs with")
}

fn bracket(it: &Trouble<'_>) -> Diagnostic {
    // The parser stops where the text stops making sense, often a line too late: the bracket
    // that is still open is the last one without a partner before that place.
    let mut open = Vec::new();
    for (at, character) in it.text[..it.at].char_indices() {
        match character {
            '\n' if open.is_empty() => {}
            '[' | '{' => open.push((at, character)),
            ']' | '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    match open.last() {
        Some((at, character)) => never_closed(it, *at, *character),
        None => Diagnostic::error(
            INVALID,
            it.here(),
            "the brackets on this line do not fit together",
        )
        .help("close `[` with `]` and `{` with `}`, and put a comma between the parts"),
    }
}

fn never_closed(it: &Trouble<'_>, at: usize, open: char) -> Diagnostic {
    let close = if open == '[' { ']' } else { '}' };
    Diagnostic::error(
        INVALID,
        it.span(at, (at + 1).min(it.text.len())),
        format!("this `{open}` is never closed"),
    )
    .label("opened here")
    .help(format!(
        "close it with `{close}`, and put a comma between its parts"
    ))
}

/// The text from a place to the end of its line, without a comment and trailing space.
fn line_rest(text: &str, at: usize) -> &str {
    let rest = text[at..].split(['\n', '\r']).next().unwrap_or("");
    let rest = rest.split(" #").next().unwrap_or(rest);
    rest.trim_end()
}

fn word(text: &str, at: usize) -> &str {
    text[at..]
        .split([' ', '\n', '\r', '\t', ',', ']', '}'])
        .next()
        .unwrap_or("")
}

/// At most 40 characters of a text.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
