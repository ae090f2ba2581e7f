//! Iterable's Handlebars (handlebars.java, with helpers of its own).
//!
//! Iterable has the data, so nothing can be worked out before: attributes are below `profile`,
//! properties of the event stand by themselves and hide attributes of the same name. Comparisons of
//! order stop the mail where a value is missing, so that is asked first; every question is a block, and
//! "and" and "or" are blocks inside blocks.

mod questions;
mod values;

use std::sync::Arc;

use super::Provider;
use super::text::{Piece, Writer, pieces};
use crate::diagnostic::Sink;
use crate::dialect::logic::{Split, split};
use crate::dialect::refusal::{Refusal, Said};
use crate::dialect::tree::{Tree, lower};
use crate::dialect::{Dialect, Feature, Printed, Reserved, Support, Surface};
use crate::source::{FileId, Span};
use crate::template::ir::{
    Arm, Expr, Filter, Filtered, For, If, Literal, LoopField, Node, Out, Path, Root, Step, Test,
};
use crate::template::{Scope, Shape, Ty};
use values::root_of;

/// How far Iterable can say something.
pub(super) fn support(feature: Feature) -> Support {
    use Support::{No, Rewritten, Yes};
    match feature {
        Feature::FallbackToValue | Feature::Fallback => Rewritten("as a choice"),
        Feature::FallbackOfNumber => {
            Rewritten("as a choice; `numberFormat` writes numbers as everywhere")
        }
        Feature::Title => No("Iterable's `capitalize` leaves what follows an apostrophe small"),
        Feature::Date => No("Iterable shows dates in a time zone of its own"),
        Feature::UrlEncode => No("Iterable's `urlEncode` writes a space as `+`"),
        Feature::Length => Rewritten("a missing list has no `size`, so that is asked first"),
        Feature::Order => Rewritten("a missing value would stop the mail, so that is asked first"),
        Feature::ListContains => No(IN_LIST),
        Feature::TextContains => {
            Rewritten("a missing value would stop the mail, so that is asked first")
        }
        Feature::TwoValues => Rewritten("two missing values are not equal, so that is asked first"),
        Feature::AndOr | Feature::Nested | Feature::Ways => {
            Rewritten("as one choice inside another")
        }
        Feature::ForElse => {
            Rewritten("Iterable has no `{{else}}` in a loop, so that is asked first")
        }
        Feature::Turn | Feature::TurnsLeft => Rewritten("counted from 0, so `math` adds one"),
        Feature::NestedFor
        | Feature::For
        | Feature::FirstLast
        | Feature::EntryByPlace
        | Feature::Value
        | Feature::ValueInAttribute
        | Feature::PrintedBoolean
        | Feature::Capitals
        | Feature::If
        | Feature::Equals
        | Feature::Unsubscribe
        | Feature::Preferences
        | Feature::WebView => Yes,
    }
}

/// Java would write 12.0 and 1.2E7 by itself.
const NUMBER: &str = "groupingUsed=false maximumFractionDigits=20";
const IN_LIST: &str = "Iterable cannot ask whether a list of texts has one";

/// Prints nodes for Iterable.
pub(super) fn print(
    provider: &Provider,
    nodes: &[Node],
    surface: Surface,
    shape: &Shape<'_>,
    sink: &mut Sink,
) -> Option<Printed> {
    let mut printer = Iterable {
        provider,
        surface,
        shape,
        scope: Scope::default(),
        loops: Vec::new(),
        span: None,
        refusals: Vec::new(),
        writer: Writer::default(),
    };
    printer.nodes(nodes);
    if printer.refusals.is_empty() {
        return Some(Printed {
            text: printer.writer.finish(),
            variables: Vec::new(),
        });
    }
    for (span, refusal) in printer.refusals {
        refusal.tell(provider, span, sink);
    }
    None
}

struct Iterable<'p, 's> {
    provider: &'p Provider,
    surface: Surface,
    shape: &'p Shape<'s>,
    scope: Scope<'s>,
    /// Each loop around: its variable in the IR, as printed, its list, and what its entries are.
    loops: Vec<Turn<'s>>,
    span: Option<Span>,
    refusals: Vec<(Option<Span>, Refusal)>,
    writer: Writer,
}

struct Turn<'s> {
    var: Arc<str>,
    name: String,
    list: String,
    item: Ty<'s>,
}

impl Iterable<'_, '_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            let said = match node {
                Node::Text(text) => {
                    self.text(text);
                    Ok(())
                }
                Node::Out(it) => {
                    self.span = Some(it.span);
                    self.out(&it.expr, it.escape)
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
                // One place may stand several times in a tree of questions.
                let told = self.refusals.iter().any(|it| {
                    it.0 == self.span && it.1.span == refusal.span && it.1.reason == refusal.reason
                });
                if !told {
                    self.refusals.push((self.span, refusal));
                }
            }
        }
    }

    /// Static text. Double brackets are data feeds to Iterable.
    fn text(&mut self, text: &str) {
        for piece in pieces(text, &['[']) {
            match piece {
                Piece::Plain(text) => self.writer.text(text),
                // At the end of a text in quotes it would hide the quote.
                Piece::Print("\\") => self.writer.value("cut '\\-' '-'", false),
                Piece::Print(sign) => self
                    .writer
                    .value(&format!("defaultIfEmpty '' '{sign}'"), false),
            }
        }
    }

    fn out(&mut self, expr: &Expr, escape: bool) -> Said<()> {
        if let Expr::Path(path) = expr
            && path.root == Root::Link
        {
            return self.link(path);
        }
        if let Some(parts) = split(expr, &|_, _| false) {
            return self.fallback(parts, escape);
        }
        match expr {
            Expr::Loop { var, field } => {
                if matches!(field, LoopField::First | LoopField::Last) {
                    return self.spelled(expr);
                }
                let value = self.counter(var, *field)?;
                // Numbers have nothing to escape, and stand apart from each other so.
                self.writer.value(&value, true);
                return Ok(());
            }
            Expr::Filter(it) if matches!(it.filter, Filter::Length) => return self.length(it),
            Expr::Filter(it) => {
                let value = self.filtered(it)?;
                let of = self.operand(root_of(expr))?;
                self.writer.block(&format!("#if {of}"));
                self.writer.value(&value, escape);
                self.writer.block("/if");
                return Ok(());
            }
            _ => {}
        }
        let ty = self.shape.type_of(expr, &self.scope);
        let value = self.operand(expr)?;
        if ty.is_number() {
            self.writer.block(&format!("#if {value}"));
            let number = format!("numberFormat {value} {NUMBER}");
            self.writer.value(&number, true);
            self.writer.block("else");
            self.writer.block(&format!("#ifEq {value} 0"));
            self.writer.text("0");
            self.writer.block("/ifEq");
            self.writer.block("/if");
            return Ok(());
        }
        self.writer.value(&value, escape || ty.is_boolean());
        Ok(())
    }

    /// A value with a fallback.
    fn fallback(&mut self, parts: Split, escape: bool) -> Said<()> {
        let span = self.place();
        let out = |expr| vec![Node::Out(Out { expr, escape, span })];
        let otherwise = match parts.other {
            Expr::Literal(it) => vec![Node::Text(self.literal_text(&it, escape))],
            other => out(other),
        };
        self.choice(&If {
            arms: vec![Arm {
                test: Test::Filled(parts.of),
                body: out(parts.given),
            }],
            otherwise,
            span,
        })
    }

    /// A question printed.
    fn spelled(&mut self, expr: &Expr) -> Said<()> {
        let word = |it: &str| vec![Node::Text(it.to_owned())];
        self.choice(&If {
            arms: vec![Arm {
                test: Test::Truthy(expr.clone()),
                body: word("true"),
            }],
            otherwise: word("false"),
            span: self.place(),
        })
    }

    fn link(&mut self, path: &Path) -> Said<()> {
        if self.surface == Surface::Subject {
            return Err(self.refuse(
                "a subject line cannot hold a link",
                "put the link into the body",
            ));
        }
        let what = match path.steps.first() {
            Some(Step::Key(key)) => Reserved::of_link(key),
            _ => None,
        };
        let Some(tag) = what.and_then(|it| self.provider.reserved(it)) else {
            return Err(self.refuse("Iterable makes no such link", "use `links.unsubscribe`"));
        };
        if self.hidden(tag.trim_matches(['{', '}'])) {
            return Err(self.refuse(
                "an entry of the loop around hides this link",
                "put the link before or after the loop",
            ));
        }
        self.writer.raw(tag);
        Ok(())
    }

    fn length(&mut self, it: &Filtered) -> Said<()> {
        let ty = self.shape.type_of(&it.of, &self.scope);
        if !ty.is_list() {
            return Err(self.refuse(
                "Iterable counts a text's signs in a way of its own",
                "ask whether there is a text: `{% if … %}`",
            ));
        }
        let of = self.operand(&it.of)?;
        self.writer.block(&format!("#if {of}"));
        self.writer.value(&format!("{of}.size"), true);
        self.writer.block("else");
        self.writer.text("0");
        self.writer.block("/if");
        Ok(())
    }

    fn literal_text(&self, it: &Literal, escape: bool) -> String {
        let text = crate::template::literal_text(it);
        if !escape {
            return text;
        }
        let mut escaped = String::new();
        crate::template::words::escape_as(&text, self.provider.spelling, &mut escaped);
        escaped
    }

    fn repetition(&mut self, it: &For) -> Said<()> {
        let Expr::Path(_) = &it.over else {
            return Err(self.refuse(
                "Iterable cannot loop over this",
                "loop over a list of the event",
            ));
        };
        let list = self.operand(&it.over)?;
        let item = self
            .shape
            .item_of(self.shape.type_of(&it.over, &self.scope));
        let letters = it.var.chars().filter(char::is_ascii_alphanumeric);
        let name = letters.collect::<String>();
        let name = match name.chars().next() {
            Some(c) if c.is_ascii_alphabetic() => name,
            _ => "entry".to_owned(),
        };
        let name = format!("{name}_{}", self.loops.len() + 1);
        if !it.otherwise.is_empty() {
            self.writer.block(&format!("#if {list}"));
        }
        self.writer.block(&format!("#each {list} as |{name}|"));
        self.scope.enter(&it.var, item);
        self.loops.push(Turn {
            var: Arc::clone(&it.var),
            name,
            list,
            item,
        });
        self.nodes(&it.body);
        self.loops.pop();
        self.scope.leave();
        self.writer.block("/each");
        if !it.otherwise.is_empty() {
            self.writer.block("else");
            self.nodes(&it.otherwise);
            self.writer.block("/if");
        }
        Ok(())
    }

    fn choice(&mut self, it: &If) -> Said<()> {
        let tests: Vec<Test> = it
            .arms
            .iter()
            .map(|arm| self.plain(&arm.test))
            .collect::<Said<_>>()?;
        let mut bodies: Vec<&[Node]> = it.arms.iter().map(|arm| &*arm.body).collect();
        bodies.push(&it.otherwise);
        let sizes: Vec<usize> = bodies.iter().map(|it| size(it)).collect();
        let Ok(tree) = lower(&tests, &sizes) else {
            return Err(self.refuse(
                "Iterable asks one question at a time, and this choice becomes too long",
                "split it into one `{% if %}` inside another, or set its parts apart",
            ));
        };
        self.tree(&tree, &bodies)
    }

    fn tree(&mut self, tree: &Tree, bodies: &[&[Node]]) -> Said<()> {
        let ask = match tree {
            Tree::Body(at) => {
                let span = self.span;
                self.nodes(bodies.get(*at).copied().unwrap_or_default());
                self.span = span;
                return Ok(());
            }
            Tree::Ask(it) => it,
        };
        let is_empty = |it: &Tree| matches!(it, Tree::Body(at) if bodies.get(*at).is_none_or(|it| it.is_empty()));
        let (opens, closes) = self.question(&ask.question)?;
        let (mut first, mut second) = (&ask.yes, &ask.no);
        let (mut opens, mut closes) = (format!("#{opens}"), closes);
        if is_empty(first) && closes == "if" {
            (first, second) = (second, first);
            opens = opens.replacen("#if", "#unless", 1);
            closes = "unless";
        }
        self.writer.block(&opens);
        self.tree(first, bodies)?;
        if !is_empty(second) {
            self.writer.block("else");
            self.tree(second, bodies)?;
        }
        self.writer.block(&format!("/{closes}"));
        Ok(())
    }

    fn place(&self) -> Span {
        self.span.unwrap_or(Span::start_of(FileId(0)))
    }

    fn refuse_operand(&self) -> Refusal {
        self.refuse(
            "Iterable cannot work with such a value here",
            "print the value, or compare a property itself",
        )
    }

    fn refuse(&self, reason: &str, help: &'static str) -> Refusal {
        Refusal {
            span: self.span,
            reason: reason.to_owned(),
            help,
        }
    }
}

/// About how many characters nodes print as.
fn size(nodes: &[Node]) -> usize {
    let each = |node: &Node| match node {
        Node::Text(text) => text.len(),
        Node::Out(_) => 30,
        Node::If(it) => {
            it.arms
                .iter()
                .map(|arm| 30 + size(&arm.body))
                .sum::<usize>()
                + size(&it.otherwise)
        }
        Node::For(it) => 60 + size(&it.body) + size(&it.otherwise),
    };
    nodes.iter().map(each).sum()
}
