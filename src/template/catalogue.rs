//! Short texts that many templates share, a file for each language: `templates/messages.yaml` for the
//! default language, `templates/messages.de.yaml` for German.
//!
//! In: the files. Out: the texts by their keys, each taken apart at its `{values}`.
//! Invariant: every text is found by one flat key, such as `order.thanks`, and has a place.
//! Not done here: putting values in (that is `translate`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::TEMPLATE_SYNTAX;
use crate::diagnostic::{Diagnostic, RuleId, Sink, did_you_mean};
use crate::source::{FileId, Span};
use crate::yaml::{self, Kind, Node};

const WRONG_TYPE: RuleId = RuleId("wrong-type");
const UNKNOWN_LOCALE: RuleId = crate::model::check::UNKNOWN_LOCALE;

/// The texts of all languages.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    /// By language; the default language's under nothing.
    texts: BTreeMap<String, Texts>,
}

/// The texts of one language, by key.
pub(super) type Texts = BTreeMap<Arc<str>, Text>;

/// One text.
#[derive(Debug)]
pub(super) struct Text {
    /// The key's place.
    pub(super) span: Span,
    /// What is said for these values of `count`, in order.
    pub(super) counted: Vec<(i64, Vec<Piece>)>,
    /// What is said otherwise.
    pub(super) other: Vec<Piece>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// As it stands.
    Plain(String),
    /// A value, by its name.
    Value(Arc<str>),
}

impl Text {
    /// Whether another one says the same, wherever it stands.
    fn reads_like(&self, other: &Self) -> bool {
        self.counted == other.counted && self.other == other.other
    }

    /// The names of all values, on any way.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        let counted = self.counted.iter().flat_map(|it| &it.1);
        counted.chain(&self.other).filter_map(|it| match it {
            Piece::Value(name) => Some(&**name),
            Piece::Plain(_) => None,
        })
    }
}

impl Catalogue {
    /// Adds a file, if it is one of texts. `path` is the one below `templates/`.
    pub(super) fn read(
        &mut self,
        path: &str,
        file: FileId,
        text: &str,
        locales: &[&str],
        sink: &mut Sink,
    ) {
        let Some(locale) = locale_of(path) else {
            return;
        };
        // Without a project nothing is known of languages, and that has been told.
        let known = |it: &&str| it.split('-').next() == Some(locale) || *it == locale;
        if !locale.is_empty() && !locales.is_empty() && !locales.iter().any(known) {
            let message = format!("the project has no language `{locale}`");
            let help = did_you_mean(locale, locales.iter().copied(), "locales");
            sink.push(Diagnostic::error(UNKNOWN_LOCALE, Span::start_of(file), message).help(help));
            return;
        }
        let Some(tree) = yaml::parse(file, text, sink) else {
            return;
        };
        let texts = self.texts.entry(locale.to_owned()).or_default();
        if !tree.is_empty() {
            Reader { texts, sink }.map(tree.root(), "");
        }
    }

    /// The text for a language, and whether it is the language's own.
    pub(super) fn text(&self, key: &str, chain: &[&str]) -> Option<(&Text, bool)> {
        let own = chain
            .iter()
            .find_map(|locale| self.texts.get(*locale)?.get(key));
        let plain = || self.texts.get("").and_then(|it| it.get(key));
        own.map(|it| (it, true))
            .or_else(|| plain().map(|it| (it, false)))
    }

    /// The keys of texts that read differently in another catalogue, or stand in one only, by
    /// language.
    pub(super) fn unlike<'c>(&'c self, other: &'c Self) -> BTreeMap<&'c str, BTreeSet<&'c str>> {
        let mut res: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (one, another) in [(self, other), (other, self)] {
            for (language, texts) in &one.texts {
                for (key, text) in texts {
                    let twin = another.texts.get(language).and_then(|it| it.get(key));
                    if twin.is_none_or(|it| !it.reads_like(text)) {
                        res.entry(language).or_default().insert(key);
                    }
                }
            }
        }
        res
    }

    /// Every key with its place in the first language that has it.
    pub(super) fn keys(&self) -> BTreeMap<&str, Span> {
        let mut keys = BTreeMap::new();
        for (key, text) in self.texts.values().flatten() {
            keys.entry(&**key).or_insert(text.span);
        }
        keys
    }
}

/// The language that a file of texts is for: nothing for the default one.
fn locale_of(path: &str) -> Option<&str> {
    let stem = path
        .strip_suffix(".yaml")
        .or_else(|| path.strip_suffix(".yml"))?;
    match stem {
        "messages" => Some(""),
        _ => stem.strip_prefix("messages."),
    }
}

struct Reader<'r> {
    texts: &'r mut Texts,
    sink: &'r mut Sink,
}

impl Reader<'_> {
    fn map(&mut self, node: Node<'_>, above: &str) {
        if !matches!(node.kind(), Kind::Map) {
            let message = "a file of texts is keys with texts";
            self.wrong(
                node.span(),
                message,
                "write `thanks: \"Thank you, {name}\"`",
            );
            return;
        }
        for pair in node.pairs() {
            let key = format!("{above}{}", pair.key.as_key());
            let span = pair.key.span();
            let value = pair.value;
            if let Some(text) = value.as_text() {
                let other = self.pieces(text, value.span());
                self.texts.insert(
                    key.into(),
                    Text {
                        span,
                        counted: Vec::new(),
                        other,
                    },
                );
            } else if matches!(value.kind(), Kind::Map) && is_counted(value) {
                let text = self.counted(value, span);
                self.texts.insert(key.into(), text);
            } else if matches!(value.kind(), Kind::Map) {
                self.map(value, &format!("{key}."));
            } else {
                let message = format!("`{key}` is a text");
                self.wrong(value.span(), &message, "put the value in quotes");
            }
        }
    }

    fn wrong(&mut self, span: Span, message: &str, help: &str) {
        self.sink
            .push(Diagnostic::error(WRONG_TYPE, span, message).help(help));
    }

    /// `{"0": …, "1": …, other: …}`: what is said depends on `count`.
    fn counted(&mut self, node: Node<'_>, span: Span) -> Text {
        let (mut counted, mut other) = (Vec::new(), None);
        for pair in node.pairs() {
            let (key, value) = (pair.key.as_key(), pair.value);
            let Some(text) = value.as_text() else {
                let message = format!("`{key}` is a text");
                self.wrong(value.span(), &message, "put the value in quotes");
                continue;
            };
            let pieces = self.pieces(text, value.span());
            match key.parse() {
                Ok(number) => counted.push((number, pieces)),
                Err(_) if key == "other" => other = Some(pieces),
                Err(_) => {
                    let message = format!("`{key}` is not a count");
                    let help = "write whole numbers and `other`: `{\"1\": …, other: …}`";
                    self.wrong(pair.key.span(), &message, help);
                }
            }
        }
        if other.is_none() {
            let message = "nothing is said for all other counts";
            self.wrong(span, message, "write `other: …` below it");
        }
        Text {
            span,
            counted,
            other: other.unwrap_or_default(),
        }
    }

    fn pieces(&mut self, text: &str, span: Span) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let inside = after.split_once('}');
            let name = inside.map(|it| it.0.trim());
            let is_name = |it: &&str| {
                !it.is_empty() && it.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            };
            let (Some(name), Some((_, after))) = (name.filter(is_name), inside) else {
                self.sink.push(
                    Diagnostic::error(TEMPLATE_SYNTAX, span, "a `{` begins no value here")
                        .help("write the name of a value in single braces: `{name}`")
                        .why("the text would show its braces to the customer"),
                );
                break;
            };
            if !before.is_empty() {
                pieces.push(Piece::Plain(before.to_owned()));
            }
            pieces.push(Piece::Value(name.into()));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Plain(rest.to_owned()));
        }
        pieces
    }
}

fn is_counted(node: Node<'_>) -> bool {
    node.pairs()
        .any(|it| it.key.as_key() == "other" || it.key.as_key().parse::<i64>().is_ok())
}
