//! Front matter: what the inbox shows, above the body of a template file.

use std::sync::Arc;

use super::TEMPLATE_SYNTAX;
use super::source::{Place, Prose};
use crate::diagnostic::{Diagnostic, RuleId, Sink, did_you_mean};
use crate::source::{FileId, Span, Spanned};
use crate::yaml::{self, Kind};

/// What front matter says.
#[derive(Debug, Clone, Default)]
pub(super) struct Front {
    pub(super) subject: Option<Prose>,
    pub(super) preheader: Option<Prose>,
    pub(super) layout: Option<Spanned<Arc<str>>>,
    pub(super) from: Option<Spanned<Arc<str>>>,
}

const KEYS: [&str; 4] = ["subject", "preheader", "layout", "from"];
const UNKNOWN_KEY: RuleId = RuleId("unknown-key");
const WRONG_TYPE: RuleId = RuleId("wrong-type");

/// Reads the front matter and says where the body begins.
pub(super) fn read(file: FileId, text: &str, sink: &mut Sink) -> (Front, usize) {
    let mut front = Front::default();
    let Some((end, body)) = bounds(text) else {
        if text.starts_with("---\n") || text.starts_with("---\r\n") {
            let span = Span::new(file, 0, 3);
            sink.push(
                Diagnostic::error(TEMPLATE_SYNTAX, span, "the front matter has no end")
                    .help("write a line `---` below it"),
            );
        }
        return (front, 0);
    };
    for entry in entries(file, text.get(..end).unwrap_or(""), sink) {
        let Entry { key, value } = entry;
        match &*key.value {
            "subject" => front.subject = Some(value),
            "preheader" => front.preheader = Some(value),
            "layout" => front.layout = Some(value.name()),
            "from" => front.from = Some(value.name()),
            other => {
                let message = format!("front matter has no key `{other}`");
                sink.push(
                    Diagnostic::error(UNKNOWN_KEY, key.span, message)
                        .help(did_you_mean(other, KEYS, "keys")),
                );
            }
        }
    }
    (front, body)
}

impl Prose {
    /// The text as a plain name with its place.
    fn name(&self) -> Spanned<Arc<str>> {
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        Spanned::new(Arc::clone(&self.text), self.place.span(0, end))
    }
}

/// Where the front matter's last line ends and where the body begins.
fn bounds(text: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let is_fence = line.trim_end() == "---";
        match (number, is_fence) {
            (0, false) => return None,
            (0, true) | (_, false) => {}
            (_, true) => return Some((at, at + line.len())),
        }
        at += line.len();
    }
    None
}

struct Entry {
    key: Spanned<Arc<str>>,
    value: Prose,
}

/// The keys and values of the front matter. The opening `---` begins a YAML document, so the tree's
/// places are the file's.
fn entries(file: FileId, text: &str, sink: &mut Sink) -> Vec<Entry> {
    let Some(tree) = yaml::parse(file, text, sink) else {
        return Vec::new();
    };
    let root = tree.root();
    if root.is_empty() && matches!(root.kind(), Kind::Null) {
        return Vec::new();
    }
    if !matches!(root.kind(), Kind::Map) {
        sink.push(
            Diagnostic::error(
                TEMPLATE_SYNTAX,
                root.span(),
                "front matter is keys with values",
            )
            .help("write `subject: …` and `preheader: …`"),
        );
        return Vec::new();
    }
    let mut entries = Vec::new();
    for pair in root.pairs() {
        let (key, span) = (pair.key.as_key(), pair.value.span());
        let Some(value) = pair.value.as_text() else {
            if !matches!(pair.value.kind(), Kind::Null) {
                sink.push(
                    Diagnostic::error(WRONG_TYPE, span, format!("`{key}` is a text"))
                        .help("put the value in quotes"),
                );
            }
            continue;
        };
        entries.push(Entry {
            key: Spanned::new(key.into(), pair.key.span()),
            value: prose(file, pair.value.source(), span.start, value),
        });
    }
    entries
}

/// A scalar's value together with the place of each of its bytes in the file.
fn prose(file: FileId, raw: &str, start: u32, value: &str) -> Prose {
    let quote = u32::from(raw.starts_with(['"', '\'']));
    let direct = raw.get(quote as usize..quote as usize + value.len()) == Some(value);
    let map = if direct {
        None
    } else {
        Some(aligned(raw, start, value))
    };
    Prose {
        text: value.into(),
        place: Place {
            file,
            start: start + quote,
            map,
        },
    }
}

/// Walks a scalar as written and its value side by side. Where they differ (escapes, folded
/// lines), a byte of the value takes the place of what it was written as.
fn aligned(raw: &str, start: u32, value: &str) -> Arc<[u32]> {
    let offset = |it: usize| start + u32::try_from(it).unwrap_or(0);
    let double = raw.starts_with('"');
    let mut written = raw.char_indices().peekable();
    if raw.starts_with(['"', '\'']) {
        written.next();
    }
    let mut map = Vec::with_capacity(value.len() + 1);
    let mut last = offset(0);
    for c in value.chars() {
        if let Some((at, it)) = written.next() {
            last = offset(at);
            if it == '\\' && double {
                let digits = match written.next().map(|it| it.1) {
                    Some('x') => 2,
                    Some('u') => 4,
                    Some('U') => 8,
                    _ => 0,
                };
                for _ in 0..digits {
                    written.next();
                }
            } else if it == '\'' && c == '\'' && raw.starts_with('\'') {
                written.next();
            } else if it.is_whitespace() && c.is_whitespace() {
                // A folded line: its end and the next one's margin are one space.
                while it == '\n' && written.next_if(|next| next.1 == ' ').is_some() {}
            } else if it != c {
                // Block scalars begin with an indicator and a margin; look for the character.
                for (at, next) in written.by_ref() {
                    if next == c {
                        last = offset(at);
                        break;
                    }
                }
            }
        }
        let bytes = u32::try_from(c.len_utf8()).unwrap_or(1);
        map.extend((0..bytes).map(|byte| last + if c.len_utf8() > 1 { byte } else { 0 }));
    }
    map.push(last + 1);
    map.into()
}
