//! Template files: front matter, body, locale variants; each parsed once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use minijinja::machinery::{ast, parse};
use minijinja::syntax::SyntaxConfig;

use super::catalogue::Catalogue;
use super::{TEMPLATE_SYNTAX, front, limits};
use crate::diagnostic::{Diagnostic, Sink, did_you_mean};
use crate::source::{FileId, Sources, Span, Spanned};

/// What a template's body is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// MJML.
    Mjml,
    /// HTML.
    Html,
    /// Markdown.
    Markdown,
}

impl Kind {
    /// The kind that a file name's ending names.
    pub fn of(path: &str) -> Option<Self> {
        Some(match path.rsplit_once('.')?.1 {
            "mjml" => Self::Mjml,
            "html" => Self::Html,
            "md" => Self::Markdown,
            _ => return None,
        })
    }
}

/// A text out of front matter, and where each of its characters stands in the file.
#[derive(Debug, Clone)]
pub(super) struct Prose {
    pub(super) text: Arc<str>,
    pub(super) place: Place,
}

/// Where the bytes of a parsed text stand in a file.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) file: FileId,
    /// Added to every offset.
    pub(super) start: u32,
    /// The offset of each byte, for texts that are not a plain slice of the file.
    pub(super) map: Option<Arc<[u32]>>,
}

impl Place {
    pub(super) fn span(&self, start: u32, end: u32) -> Span {
        let at = |offset: u32| {
            self.map.as_ref().map_or(self.start + offset, |map| {
                let last = map.last().copied().unwrap_or(self.start);
                map.get(offset as usize).copied().unwrap_or(last)
            })
        };
        Span::new(self.file, at(start), at(end.max(start)))
    }
}

/// One template file, parsed.
pub(super) struct File<'a> {
    /// The path below `templates/`.
    pub(super) path: &'a str,
    pub(super) id: FileId,
    pub(super) front: front::Front,
    pub(super) place: Place,
    /// The body's statements; none if it could not be parsed.
    pub(super) body: Option<ast::Stmt<'a>>,
    /// Whether it says something in some language.
    pub(super) has_words: bool,
}

impl<'a> File<'a> {
    pub(super) fn statements(&self) -> &[ast::Stmt<'a>] {
        match &self.body {
            Some(ast::Stmt::Template(it)) => &it.children,
            _ => &[],
        }
    }
}

/// Every template file of a repository, each parsed once.
pub struct Library<'a> {
    pub(super) files: BTreeMap<&'a str, File<'a>>,
    pub(super) env: minijinja::Environment<'static>,
    pub(super) catalogue: Catalogue,
    locales: Vec<String>,
}

impl<'a> Library<'a> {
    /// Parses every template below `root` (such as `templates/`). `locales` are the project's, the
    /// default first: `name.de.mjml` is a variant only if `de` is one of them.
    pub fn parse(sources: &'a Sources, root: &str, locales: &[&str], sink: &mut Sink) -> Self {
        let mut files = BTreeMap::new();
        let mut catalogue = Catalogue::default();
        for (id, source) in sources.iter() {
            let Some(path) = source.path.strip_prefix(root) else {
                continue;
            };
            if !source.is_whole {
                // What is wrong with it has been told; so it is there, and says nothing.
                files.insert(path, unreadable(path, id));
            } else if Kind::of(path).is_some() {
                files.insert(path, parse_file(path, id, &source.text, sink));
            } else {
                catalogue.read(path, id, &source.text, locales, sink);
            }
        }
        Self {
            files,
            env: super::environment::environment(),
            catalogue,
            locales: locales.iter().map(|it| (*it).to_owned()).collect(),
        }
    }

    /// The names of all templates as steps write them: without locale and extension; layouts and
    /// partials are among them.
    pub fn names(&self) -> BTreeSet<&'a str> {
        let stem = |path: &'a str| {
            let stem = path.rsplit_once('.').map_or(path, |it| it.0);
            match stem.rsplit_once('.') {
                Some((name, locale)) if self.is_locale(locale) => name,
                _ => stem,
            }
        };
        self.files.keys().map(|path| stem(path)).collect()
    }

    /// Every file, by its path below `templates/`.
    pub fn files(&self) -> impl Iterator<Item = (&'a str, FileId)> {
        self.files.iter().map(|(path, it)| (*path, it.id))
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.names().contains(name)
    }

    /// The keys of all texts that templates share, each with its place.
    pub fn texts(&self) -> impl Iterator<Item = (&str, Span)> {
        self.catalogue.keys().into_iter()
    }

    /// The keys of the texts that read differently in another library, or stand in one only, by
    /// language; the default language's under nothing.
    pub fn texts_unlike<'c>(
        &'c self,
        other: &'c Library<'_>,
    ) -> BTreeMap<&'c str, BTreeSet<&'c str>> {
        self.catalogue.unlike(&other.catalogue)
    }

    /// The file that a template of this name and locale is read from: the variant for the locale,
    /// else for its language, else the plain one.
    pub fn file_of(&self, name: &str, locale: &str) -> Option<FileId> {
        self.body(name, locale).map(|it| it.id)
    }

    /// Whether the template has a file for this locale or its language. The default locale's own
    /// file is the plain one.
    pub fn has_variant(&self, name: &str, locale: &str) -> bool {
        let chain = chain(locale);
        let has = |path: String| self.files.contains_key(path.as_str());
        ENDINGS.into_iter().any(|ext| {
            chain.iter().any(|it| has(format!("{name}.{it}.{ext}")))
                || (self.is_default(locale) && has(format!("{name}.{ext}")))
        })
    }

    /// The sender that the front matter of a template asks for instead of the step's.
    pub fn sender(&self, name: &str, locale: &str) -> Option<&Spanned<Arc<str>>> {
        self.body(name, locale)?.front.from.as_ref()
    }

    /// Every sender that some front matter asks for, in the order of the files.
    pub fn senders(&self) -> impl Iterator<Item = &Spanned<Arc<str>>> {
        self.files.values().filter_map(|it| it.front.from.as_ref())
    }

    /// The static names (`brand`, `journey`, `step`, `sender`, `locale`) that a compile of this
    /// template may read, through includes and layouts: what a caller that remembers compiled
    /// templates must tell apart.
    pub fn reads(&self, name: &str, locale: &str) -> BTreeSet<&'static str> {
        let mut roots = BTreeSet::new();
        let mut seen = BTreeSet::new();
        if let Some(file) = self.body(name, locale) {
            super::reads::reads(self, file, locale, &mut seen, &mut roots);
        }
        roots
    }

    /// The body of a template in the nearest language; in one language, MJML goes before HTML and
    /// Markdown.
    pub(super) fn body(&self, name: &str, locale: &str) -> Option<&File<'a>> {
        let mut variants = self.variants(locale);
        variants.find_map(|variant| {
            let paths = ENDINGS
                .into_iter()
                .map(|ext| format!("{name}{variant}.{ext}"));
            paths.into_iter().find_map(|it| self.files.get(it.as_str()))
        })
    }

    /// The file that `{% include %}` and `layout:` mean: the variant for the locale, else for its
    /// language, else the plain one.
    pub(super) fn find(&self, path: &str, locale: &str) -> Option<&File<'a>> {
        let Some((stem, ext)) = path.rsplit_once('.') else {
            return self.files.get(path);
        };
        let mut variants = self.variants(locale);
        variants.find_map(|it| self.files.get(format!("{stem}{it}.{ext}").as_str()))
    }

    /// Whether this is the language that everything is written in.
    pub(super) fn is_default(&self, locale: &str) -> bool {
        self.locales.first().is_none_or(|it| it == locale)
    }

    /// Whether a file says something, and says it in the default language, in a mail of another.
    pub(super) fn is_foreign(&self, file: &File<'_>, locale: &str) -> bool {
        let stem = file.path.rsplit_once('.').map_or(file.path, |it| it.0);
        let own = stem.rsplit_once('.').map(|it| it.1);
        let is_plain = !own.is_some_and(|it| self.is_locale(it));
        !self.is_default(locale) && is_plain && file.has_words
    }

    /// What stands between name and ending, the nearest language first.
    fn variants(&self, locale: &str) -> impl Iterator<Item = String> {
        let mut all: Vec<String> = chain(locale)
            .into_iter()
            .map(|it| format!(".{it}"))
            .collect();
        all.push(String::new());
        // What has no plain file is written in the default language under its own name.
        all.extend(self.locales.first().map(|it| format!(".{it}")));
        all.into_iter()
    }

    /// Whether a word names a locale of the project, or the language of one.
    fn is_locale(&self, word: &str) -> bool {
        let mut locales = self.locales.iter();
        locales.any(|it| {
            it.strip_prefix(word)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    }
}

/// A locale, then its language: `de-AT`, `de`.
pub(super) fn chain(locale: &str) -> Vec<&str> {
    let mut chain = vec![locale];
    let mut rest = locale;
    while let Some((shorter, _)) = rest.rsplit_once('-') {
        chain.push(shorter);
        rest = shorter;
    }
    chain
}

/// The endings of bodies; the first goes before the others.
const ENDINGS: [&str; 3] = ["mjml", "html", "md"];

fn unreadable(path: &str, id: FileId) -> File<'_> {
    File {
        path,
        id,
        front: front::Front::default(),
        place: Place {
            file: id,
            start: 0,
            map: None,
        },
        body: None,
        has_words: false,
    }
}

fn parse_file<'a>(path: &'a str, id: FileId, text: &'a str, sink: &mut Sink) -> File<'a> {
    let (front, start) = front::read(id, text, sink);
    let body_text = text.get(start..).unwrap_or("");
    let place = Place {
        file: id,
        start: u32::try_from(start).unwrap_or(u32::MAX),
        map: None,
    };
    let body = parse_text(body_text, path, &place, sink);
    let has_words = super::wording::has_words(body.as_ref());
    File {
        path,
        id,
        front,
        place,
        body,
        has_words,
    }
}

/// Parses one text; what is wrong with it is told at its place.
pub(super) fn parse_text<'t>(
    text: &'t str,
    path: &'t str,
    place: &Place,
    sink: &mut Sink,
) -> Option<ast::Stmt<'t>> {
    if let Some((start, end)) = limits::too_deep(text) {
        let span = place.span(start, end);
        sink.push(
            Diagnostic::error(TEMPLATE_SYNTAX, span, "the template nests too deeply here")
                .help("move the inner part into a macro or a file of its own"),
        );
        return None;
    }
    match parse(text, path, SyntaxConfig::default()) {
        Ok(it) => Some(it),
        Err(error) => {
            sink.push(syntax_error(&error, text, place));
            None
        }
    }
}

/// The statements that templates may use, for suggestions.
const STATEMENTS: &[&str] = &[
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "set",
    "endset",
    "block",
    "endblock",
    "extends",
    "include",
    "import",
    "from",
    "macro",
    "endmacro",
    "call",
    "endcall",
    "with",
    "endwith",
    "filter",
    "endfilter",
    "raw",
    "endraw",
    "autoescape",
    "endautoescape",
];

/// The blocks that must be closed.
const BLOCKS: [&str; 9] = [
    "if",
    "for",
    "block",
    "macro",
    "call",
    "with",
    "filter",
    "autoescape",
    "raw",
];

/// What was opened before the place at which the parser gave up, and is never closed: a tag, or, at
/// the end of the text, a block. With where it begins.
fn never_closed(text: &str, gave_up: usize, at_end: bool) -> Option<(usize, &str)> {
    let mut blocks: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..]
        .find("{{")
        .into_iter()
        .chain(text[at..].find("{%"))
        .min()
    {
        let start = at + found;
        let (opening, closing) = match &text[start..start + 2] {
            "{{" => ("{{", "}}"),
            _ => ("{%", "%}"),
        };
        let inside = &text[start + 2..];
        let next = ["{{", "{%"].iter().filter_map(|it| inside.find(it)).min();
        let end = inside
            .find(closing)
            .filter(|end| next.is_none_or(|next| *end < next));
        let Some(end) = end else {
            return (start <= gave_up).then_some((start, &text[start..start + opening.len()]));
        };
        if opening == "{%" {
            let word = inside.trim_start_matches(['-', '+', ' ']);
            let word = word
                .split(|it: char| !it.is_ascii_alphabetic())
                .next()
                .unwrap_or("");
            if word
                .strip_prefix("end")
                .is_some_and(|it| BLOCKS.contains(&it))
            {
                blocks.pop();
            } else if BLOCKS.contains(&word) {
                let shown = inside[..end].find(word).unwrap_or(0) + word.len();
                blocks.push((start, &text[start..start + 2 + shown]));
            }
        }
        at = start + 2 + end + 2;
    }
    blocks.pop().filter(|_| at_end)
}

fn syntax_error(error: &minijinja::Error, text: &str, place: &Place) -> Diagnostic {
    let detail = error.detail().unwrap_or("the template cannot be read");
    let range = error.range().unwrap_or(0..0);
    // An unexpected character is reported by its first byte; a place is whole characters.
    let mut start = range.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = range.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let offset = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    if let Some((at, opening)) = never_closed(text, start, detail.contains("end of input")) {
        let (start, end) = (offset(at), offset(at + opening.len()));
        let message = format!("this `{opening}` is never closed");
        let close = match opening {
            "{{" => "close it with `}}`".to_owned(),
            "{%" => "close it with `%}`".to_owned(),
            _ => format!(
                "write `{{% end{} %}}` where it ends",
                opening[2..].trim_start_matches(['-', '+', ' '])
            ),
        };
        return Diagnostic::error(TEMPLATE_SYNTAX, place.span(start, end), message)
            .help(close)
            .why("the mail cannot be written, so nobody gets it");
    }
    let (start, end) = (offset(start), offset(end));
    let span = place.span(start, end);
    let unknown = detail.strip_prefix("unknown statement ");
    let message = unknown.map_or_else(
        || detail.to_owned(),
        |word| format!("`{word}` is not a statement of templates"),
    );
    let help = match unknown {
        Some("elsif" | "elseif") => "write `elif`".to_owned(),
        Some("assign") => "write `set`".to_owned(),
        Some("capture") => "write `{% set name %}…{% endset %}`".to_owned(),
        Some("unless") => "write `if not`".to_owned(),
        Some("endunless") => "write `endif`".to_owned(),
        Some("empty") => "write `else`".to_owned(),
        Some(word) => did_you_mean(word, STATEMENTS.iter().copied(), "statements"),
        None if detail.contains("end of input") => {
            "close every `{% if %}`, `{% for %}`, `{% block %}` and every `{{`".to_owned()
        }
        None => "write Jinja: `{{ value | filter }}`, `{% if %}…{% endif %}`".to_owned(),
    };
    Diagnostic::error(TEMPLATE_SYNTAX, span, message)
        .help(help)
        .why("the mail cannot be written, so nobody gets it")
}
