//! Stage 7: templates.
//!
//! In: template files (front matter and a body in MJML, HTML or Markdown, with Jinja) and what is
//! known at compile time. Out: [`Template`]s in the template IR, in which only what is known per
//! recipient is left to decide; and what is wrong with them, at its place in the file.
//! Invariant: whatever is left in the IR can be written in every provider's language that has
//! choices and loops.
//! Not done here: HTML and plain text (that is `render`), providers' languages (`dialect`).

mod calendar;
mod calls;
mod catalogue;
mod condition;
mod dated;
mod environment;
mod evaluate;
mod express;
mod front;
pub mod ir;
mod limits;
#[cfg(test)]
mod locale_tests;
mod meaning;
mod neutral;
mod parameters;
mod reads;
mod repeat;
mod shape;
mod source;
#[cfg(test)]
mod tests;
mod translate;
mod wording;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::Serde;

use crate::diagnostic::{RuleId, Sink};
use crate::source::{FileId, Span, Spanned};

pub(crate) use calls::filter_literal;
use evaluate::{Evaluator, Here};
pub(crate) use express::{is_true, literal_text};
use ir::Node;
pub(crate) use meaning::is_blank;
pub use meaning::{Reading, Sample, evaluate, value_of};
pub use neutral::{neutral, written_out};
pub use parameters::{LinkParameters, host_of};
pub use shape::{Part, Scope, Shape, Ty, Use, check, links, uses};
use source::{File, Prose};
pub use source::{Kind, Library};
pub use translate::Borrowed;
pub use words::Spelling;

pub(crate) const TEMPLATE_SYNTAX: RuleId = RuleId("template-syntax");
pub(crate) const TEMPLATE_VARIABLE: RuleId = RuleId("template-variable");
const UNKNOWN_TEMPLATE: RuleId = RuleId("unknown-template");

/// What is known at compile time: `brand`, `journey`, `step`, `sender`. The locale is added by
/// [`compile`].
#[derive(Debug, Clone, Default)]
pub struct Statics {
    roots: BTreeMap<String, Value>,
}

impl Statics {
    /// Adds a name with its value.
    #[must_use]
    pub fn with(mut self, name: &str, value: &serde_json::Value) -> Self {
        self.roots
            .insert(name.to_owned(), Value::from(Serde(value)));
        self
    }
}

/// A compiled template: everything static is folded away.
#[derive(Debug, Clone)]
pub struct Template {
    /// The name that steps write.
    pub name: String,
    /// The locale it was compiled for.
    pub locale: String,
    /// The file that the body was read from.
    pub file: FileId,
    /// Every file that went into it: its own, its layouts, and what they include.
    pub read: BTreeSet<FileId>,
    /// The keys of all texts of the catalogue that it asks for.
    pub texts: BTreeSet<String>,
    /// What it says in the default language, because its own has no words for it.
    pub borrowed: BTreeSet<Borrowed>,
    /// What the body is written in, its layout included.
    pub kind: Kind,
    /// The subject line; plain text.
    pub subject: Vec<Node>,
    /// Where the subject stands, if there is one.
    pub subject_span: Option<Span>,
    /// The preheader; plain text.
    pub preheader: Vec<Node>,
    /// Where the preheader stands, if there is one.
    pub preheader_span: Option<Span>,
    /// The sender that the template asks for instead of the step's.
    pub from: Option<Spanned<Arc<str>>>,
    /// The body, escaped for HTML.
    pub body: Vec<Node>,
    /// The Markdown body of a layout of another kind; it belongs where the body has [`ir::Root::Body`].
    pub body_apart: Option<Vec<Node>>,
    /// What policy adds to its links; nothing until whoever sends it says so.
    pub link_parameters: LinkParameters,
    /// Whether all of it could be compiled. Otherwise what could be is here, so that the rest is
    /// still checked; it is not to be rendered.
    pub is_sound: bool,
}

/// Compiles one template for one locale. `None` if there is no such template. What cannot be compiled
/// is told and left out.
pub fn compile(
    library: &Library<'_>,
    name: &str,
    locale: &str,
    statics: &Statics,
    sink: &mut Sink,
) -> Option<Template> {
    let file = library.body(name, locale)?;
    let mut roots = statics.roots.clone();
    roots.insert("locale".to_owned(), Value::from(locale));
    let before = sink.len();
    let mut evaluator = Evaluator::new(library, locale, &roots, here(file), sink);
    let mut body = Vec::new();
    let outcome = evaluator.within(file, Span::start_of(file.id), |this| {
        this.page(file, &mut body)
    });
    let is_clean = outcome.is_ok() && evaluator.is_clean();
    let body_apart = evaluator.body_apart.take();
    let read = std::mem::take(&mut evaluator.read);
    let mut said = Said {
        texts: std::mem::take(&mut evaluator.texts),
        borrowed: std::mem::take(&mut evaluator.borrowed),
    };
    let front = &file.front;
    let subject = prose(
        library,
        front.subject.as_ref(),
        locale,
        &roots,
        &mut said,
        sink,
    );
    let preheader = prose(
        library,
        front.preheader.as_ref(),
        locale,
        &roots,
        &mut said,
        sink,
    );
    let is_sound = is_clean && sink.len() == before && subject.is_some() && preheader.is_some();
    Some(Template {
        name: name.to_owned(),
        locale: locale.to_owned(),
        file: file.id,
        read,
        texts: said.texts,
        borrowed: said.borrowed,
        kind: outermost(library, file, locale),
        subject: subject.unwrap_or_default(),
        subject_span: file.front.subject.as_ref().map(whole),
        preheader: preheader.unwrap_or_default(),
        preheader_span: file.front.preheader.as_ref().map(whole),
        from: file.front.from.clone(),
        body,
        body_apart,
        link_parameters: LinkParameters::default(),
        is_sound,
    })
}

/// Which texts were asked for, and what had none in the language.
struct Said {
    texts: BTreeSet<String>,
    borrowed: BTreeSet<Borrowed>,
}

fn here<'l>(file: &'l File<'l>) -> Here<'l> {
    Here { place: &file.place }
}

fn whole(prose: &Prose) -> Span {
    let end = u32::try_from(prose.text.len()).unwrap_or(u32::MAX);
    prose.place.span(0, end)
}

/// A text of the front matter: one line, nothing escaped.
fn prose(
    library: &Library<'_>,
    prose: Option<&Prose>,
    locale: &str,
    roots: &BTreeMap<String, Value>,
    said: &mut Said,
    sink: &mut Sink,
) -> Option<Vec<Node>> {
    let Some(prose) = prose else {
        return Some(Vec::new());
    };
    let parsed = source::parse_text(&prose.text, "front matter", &prose.place, sink)?;
    let minijinja::machinery::ast::Stmt::Template(template) = &parsed else {
        return None;
    };
    let here = Here {
        place: &prose.place,
    };
    let mut evaluator = Evaluator::new(library, locale, roots, here, sink);
    evaluator.escape = false;
    let mut nodes = Vec::new();
    evaluator.run(&template.children, &mut nodes);
    said.texts.append(&mut evaluator.texts);
    said.borrowed.append(&mut evaluator.borrowed);
    evaluator.is_clean().then_some(nodes)
}

/// What the outermost layout is written in.
fn outermost(library: &Library<'_>, file: &File<'_>, locale: &str) -> Kind {
    let mut at = file;
    // A circle of layouts has been told; the bound only keeps this loop from following it.
    for _ in 0..limits::DEPTH {
        let extended = at.statements().iter().find_map(|it| match it {
            minijinja::machinery::ast::Stmt::Extends(it) => match &it.name {
                minijinja::machinery::ast::Expr::Const(it) => it.value.as_str(),
                _ => None,
            },
            _ => None,
        });
        let layout = at.front.layout.as_ref().map(|it| &*it.value);
        match extended.or(layout).and_then(|it| library.find(it, locale)) {
            Some(parent) => at = parent,
            None => break,
        }
    }
    Kind::of(at.path).unwrap_or(Kind::Html)
}
