//! Nodes printed.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::refusal::{Refusal, Said};
use super::super::{Dialect as _, Reserved, Surface, scan};
use super::ask::Ask;
use super::names::{self, Names, Place};
use super::value::Absent;
use super::{Engine, Liquid, Roots};
use crate::diagnostic::Sink;
use crate::source::Span;
use crate::template::ir::{Expr, Filter, For, If, LoopField, Node, Path, Root, Step, Test};
use crate::template::{Scope, Shape};

/// Prints nodes. `None` if something cannot be said; each such place has been told.
pub(super) fn print(
    liquid: &Liquid,
    nodes: &[Node],
    surface: Surface,
    shape: &Shape<'_>,
    sink: &mut Sink,
) -> Option<String> {
    let mut loops = BTreeSet::new();
    scan::loop_variables(nodes, &mut loops);
    let mut printer = Printer {
        liquid,
        shape,
        sink,
        surface,
        scope: Scope::default(),
        loops: Vec::new(),
        names: Names::new(liquid, &loops),
        known: vec![Vec::new()],
        is_free_of_sigma: false,
        span: None,
        refused: false,
        out: String::new(),
    };
    printer.nodes(nodes);
    (!printer.refused).then_some(printer.out)
}

/// A loop around what is printed.
pub(super) struct Around {
    /// Its variable in the IR.
    pub(super) var: Arc<str>,
    /// Counters that have been given a name, because they are asked for in a loop inside.
    pub(super) counters: Vec<(LoopField, String)>,
}

pub(super) struct Printer<'p, 's> {
    pub(super) liquid: &'p Liquid,
    pub(super) shape: &'p Shape<'s>,
    sink: &'p mut Sink,
    surface: Surface,
    pub(super) scope: Scope<'s>,
    pub(super) loops: Vec<Around>,
    pub(super) names: Names,
    /// Values that have a name by now, by what they are; a frame for each block around.
    pub(super) known: Vec<Vec<(String, String)>>,
    /// Whether small letters are only compared with a text in which no Greek ones can be wrong.
    pub(super) is_free_of_sigma: bool,
    /// The statement that is printed.
    pub(super) span: Option<Span>,
    refused: bool,
    pub(super) out: String,
}

impl Printer<'_, '_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            let said = match node {
                Node::Text(text) => {
                    self.text(text);
                    Ok(())
                }
                Node::Out(it) => {
                    self.span = Some(it.span);
                    self.printed(&it.expr, it.escape)
                }
                Node::If(it) => {
                    self.span = Some(it.span);
                    self.choice(it)
                }
                Node::For(it) => {
                    self.span = Some(it.span);
                    self.repetition(it)
                }
            };
            if let Err(refusal) = said {
                self.refused = true;
                refusal.tell(self.liquid, self.span, self.sink);
            }
        }
    }

    /// The nodes of a block.
    fn body(&mut self, nodes: &[Node]) {
        self.known.push(Vec::new());
        if self.liquid.engine == Engine::Ruby && scan::is_white_space(nodes) {
            // Ruby prints nothing of a block that is blank; printing nothing makes it not blank.
            self.out.push_str("{{ '' }}");
        }
        self.nodes(nodes);
        self.known.pop();
    }

    /// Static text. A brace that would begin a tag is printed.
    pub(super) fn text(&mut self, text: &str) {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c == '{' && matches!(chars.peek(), None | Some('{' | '%')) {
                self.out.push_str("{{ '{' }}");
            } else if c == '$' && self.liquid.roots == Roots::Braze && chars.peek() == Some(&'{') {
                // What Braze makes of its own sign outside of braces is not documented.
                self.out.push_str("{{ '$' }}");
            } else {
                self.out.push(c);
            }
        }
    }

    pub(super) fn tag(&mut self, inner: &str) {
        self.out.push_str("{% ");
        self.out.push_str(inner);
        self.out.push_str(" %}");
    }

    /// A value printed; Braze's own names stand close to the braces, as its editor writes them.
    pub(super) fn output(&mut self, inner: &str) {
        let is_close = self.liquid.roots == Roots::Braze && inner.contains("${");
        let space = if is_close { "" } else { " " };
        for part in ["{{", space, inner, space, "}}"] {
            self.out.push_str(part);
        }
    }

    fn printed(&mut self, expr: &Expr, escape: bool) -> Said<()> {
        if let Expr::Path(path) = expr
            && path.root == Root::Link
        {
            return self.link(path);
        }
        let mut value = self.printable(expr)?;
        if escape && !is_harmless(expr) {
            value.push_str(" | escape");
        }
        self.output(&value);
        Ok(())
    }

    fn link(&mut self, path: &Path) -> Said<()> {
        if self.surface == Surface::Subject {
            return Err(self.refuse(
                "a subject line cannot hold a link",
                "put the link into the body",
            ));
        }
        let reserved = match path.steps.first() {
            Some(Step::Key(key)) => Reserved::of_link(key),
            _ => None,
        };
        let Some(tag) = reserved.and_then(|it| self.liquid.reserved(it)) else {
            let provider = self.liquid.provider;
            return Err(self.refuse(
                &format!("{provider} makes no such link"),
                "leave the link away, or use `links.unsubscribe`",
            ));
        };
        self.out.push_str(tag);
        Ok(())
    }

    fn repetition(&mut self, it: &For) -> Said<()> {
        let Expr::Path(path) = &it.over else {
            let provider = self.liquid.provider;
            return Err(self.refuse(
                &format!("{provider} cannot loop over this"),
                "loop over a list of the event",
            ));
        };
        let over = match self.liquid.engine {
            // A list that is missing would stop the send.
            Engine::Js => self.settled(&it.over, Absent::Empty)?,
            Engine::Ruby => self.path(path, Place::Tag)?,
        };
        let item = self
            .shape
            .item_of(self.shape.type_of(&it.over, &self.scope));
        let var = names::loop_variable(&it.var);
        self.tag(&format!("for {var} in {over}"));
        self.scope.enter(&it.var, item);
        self.known.push(Vec::new());
        let mut counters = Vec::new();
        for field in scan::counters_from_within(&it.var, &it.body) {
            let counter = counter(field);
            let name = self.names.fresh(&format!("{var}_{counter}"), "");
            self.tag(&format!("assign {name} = forloop.{counter}"));
            counters.push((field, name));
        }
        let var = Arc::clone(&it.var);
        self.loops.push(Around { var, counters });
        self.body(&it.body);
        self.loops.pop();
        self.known.pop();
        self.scope.leave();
        if !it.otherwise.is_empty() {
            self.tag("else");
            self.body(&it.otherwise);
        }
        self.tag("endfor");
        Ok(())
    }

    fn choice(&mut self, it: &If) -> Said<()> {
        if let [arm] = it.arms.as_slice()
            && let Test::Not(test) = &arm.test
            && let Some(condition) = self.alone(test)?
        {
            self.tag(&format!("unless {condition}"));
            self.body(&arm.body);
            self.otherwise(&it.otherwise);
            self.tag("endunless");
            return Ok(());
        }
        let mut arms = Vec::new();
        let mut otherwise = it.otherwise.as_slice();
        for arm in &it.arms {
            let condition = match self.alone(&arm.test)? {
                Some(condition) => condition,
                None => match self.ask(&arm.test, false)? {
                    Ask::Never => continue,
                    Ask::Always => {
                        otherwise = &arm.body;
                        break;
                    }
                    ask => self.written(ask),
                },
            };
            arms.push((condition, arm.body.as_slice()));
        }
        if arms.is_empty() {
            self.nodes(otherwise);
            return Ok(());
        }
        let mut word = "if";
        for (condition, body) in arms {
            self.tag(&format!("{word} {condition}"));
            self.body(body);
            word = "elsif";
        }
        self.otherwise(otherwise);
        self.tag("endif");
        Ok(())
    }

    fn otherwise(&mut self, nodes: &[Node]) {
        if !nodes.is_empty() {
            self.tag("else");
            self.body(nodes);
        }
    }

    /// A path in the provider's words.
    pub(super) fn path(&self, path: &Path, place: Place) -> Said<String> {
        names::path(self.liquid, path, place, self.shape)
    }

    /// A counter of a loop around.
    pub(super) fn counter(&self, var: &str, field: LoopField) -> String {
        let inside = self.loops.last().is_none_or(|it| &*it.var == var);
        let named = self
            .loops
            .iter()
            .find(|it| &*it.var == var)
            .and_then(|it| it.counters.iter().find(|it| it.0 == field));
        match named {
            Some((_, name)) if !inside => name.clone(),
            _ => format!("forloop.{}", counter(field)),
        }
    }

    pub(super) fn refuse(&self, reason: &str, help: &'static str) -> Refusal {
        Refusal {
            span: self.span,
            reason: reason.to_owned(),
            help,
        }
    }
}

/// Whether a value has nothing to escape.
fn is_harmless(expr: &Expr) -> bool {
    match expr {
        Expr::Loop { .. } => true,
        Expr::Filter(it) => matches!(it.filter, Filter::UrlEncode | Filter::Length),
        _ => false,
    }
}

fn counter(field: LoopField) -> &'static str {
    match field {
        LoopField::Index => "index",
        LoopField::Index0 => "index0",
        LoopField::RevIndex => "rindex",
        LoopField::RevIndex0 => "rindex0",
        LoopField::First => "first",
        LoopField::Last => "last",
    }
}
