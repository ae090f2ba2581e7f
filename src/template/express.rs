//! Partial evaluation: expressions. What is static is minijinja's to evaluate, operator by
//! operator; what is deferred becomes an expression of the IR, or is refused with a reason.

use std::sync::Arc;

use minijinja::Value;
use minijinja::machinery::ast::{self, BinOpKind, Spanned, UnaryOpKind};

use super::condition::split;
use super::evaluate::{Evaluator, Outcome, Told, Val, as_expr, describe, markup, phrase};
use super::ir::{Choice, Expr, Filter, Filtered, Literal, LoopField, Node, Path, Root, Step, Test};
use super::reads::STATICS;
use super::{TEMPLATE_SYNTAX, TEMPLATE_VARIABLE, environment, limits};
use crate::diagnostic::{did_you_mean, or_else};
use crate::source::Span;

/// The links that a provider makes.
pub(super) const LINKS: [&str; 3] = ["unsubscribe", "preferences", "web_view"];

type Ast<'l> = ast::Expr<'l>;

impl<'l> Evaluator<'l> {
    /// The place of an expression: minijinja's own begins late or early for operators.
    pub(super) fn span_of(&self, expr: &Ast<'l>) -> Span {
        let (start, end) = bounds(expr);
        self.here.place.span(start, end)
    }

    /// The value of an expression; an unknown name is an error.
    pub(super) fn expr(&mut self, expr: &'l Ast<'l>) -> Outcome<Val<'l>> {
        let value = self.value(expr, false)?;
        if let Val::Static(it) = &value
            && limits::too_large(it)
        {
            let span = self.span_of(expr);
            let outcome = self.syntax(
                span,
                "this value grows too large",
                "keep less in one variable",
            );
            // Whatever is made of it would be too large as well.
            self.exhausted = true;
            return outcome;
        }
        Ok(value)
    }

    /// The value of an expression; where `lenient`, an unknown name is undefined.
    pub(super) fn value(&mut self, expr: &'l Ast<'l>, lenient: bool) -> Outcome<Val<'l>> {
        match expr {
            Ast::Var(it) => self.variable(it.id, self.here.span(it.span()), lenient),
            Ast::Const(it) => Ok(Val::Static(it.value.clone())),
            Ast::GetAttr(it) => {
                let base = self.value(&it.expr, lenient)?;
                let end = it.span().end_offset;
                let length = u32::try_from(it.name.len()).unwrap_or(0);
                let name_span = self.here.place.span(end.saturating_sub(length), end);
                if let Val::Static(value) = &base {
                    return self.static_attribute(value, &it.expr, it.name, name_span, lenient);
                }
                self.attribute(base, it.name, self.span_of(expr), name_span)
            }
            Ast::GetItem(it) => self.item(it, expr, lenient),
            Ast::Slice(_) => {
                let span = self.span_of(expr);
                let help = "loop over the whole list and ask `{% if loop.index <= 3 %}` inside";
                self.syntax(
                    span,
                    "slices such as `[:3]` do not work with every provider",
                    help,
                )
            }
            Ast::UnaryOp(it) => match it.op {
                UnaryOpKind::Not => Ok(truth(self.test(&it.expr)?.negated())),
                UnaryOpKind::Neg => match self.expr(&it.expr)? {
                    Val::Static(value) => {
                        self.operate(BinOpKind::Sub, &Value::from(0), &value, expr)
                    }
                    other => self.no_arithmetic(&other, expr),
                },
            },
            Ast::BinOp(it) => self.binary(it, expr),
            Ast::Compare(_) | Ast::Test(_) => Ok(truth(self.test(expr)?)),
            Ast::IfExpr(it) => self.inline_if(it, expr),
            Ast::Filter(it) => self.filter(it),
            Ast::Call(it) => self.call(it, expr),
            Ast::List(it) => self.collect(&it.items, expr),
            Ast::Tuple(it) => self.collect(&it.items, expr),
            Ast::Map(it) => {
                let mut pairs = Vec::new();
                for (key, value) in it.keys.iter().zip(&it.values) {
                    let key = self.fixed(key, "an object's keys")?;
                    let value = self.fixed(value, "an object's values")?;
                    pairs.push((key, value));
                }
                Ok(Val::Static(Value::from_pairs(pairs)))
            }
        }
    }

    /// A value that must be known at compile time.
    pub(super) fn fixed(&mut self, expr: &'l Ast<'l>, what: &str) -> Outcome<Value> {
        match self.expr(expr)? {
            Val::Static(it) => Ok(it),
            other => {
                let span = self.span_of(expr);
                let message = format!("{what} cannot be {}", describe(&other));
                self.syntax(span, message, "write a fixed value here")
            }
        }
    }

    fn collect(&mut self, items: &'l [Ast<'l>], expr: &Ast<'l>) -> Outcome<Val<'l>> {
        let mut values = Vec::new();
        for item in items {
            if let Val::Static(it) = self.expr(item)? {
                values.push(it);
            } else {
                let span = self.span_of(expr);
                let help = "compare one by one: `a == x or a == y`";
                return self.syntax(
                    span,
                    "a list cannot hold what is known per recipient only",
                    help,
                );
            }
        }
        Ok(Val::Static(Value::from(values)))
    }

    fn variable(&mut self, name: &'l str, span: Span, lenient: bool) -> Outcome<Val<'l>> {
        if let Some(value) = self.lookup(name) {
            return Ok(value.clone());
        }
        match name {
            "contact" => return Ok(Val::Whole(Root::Contact)),
            "event" => return Ok(Val::Whole(Root::Event)),
            "links" => return Ok(Val::Whole(Root::Link)),
            _ => {}
        }
        if let Some(value) = self.statics.get(name) {
            return Ok(Val::Static(value.clone()));
        }
        if lenient {
            return Ok(Val::Static(Value::UNDEFINED));
        }
        let mut known: Vec<&str> = self.statics.keys().map(String::as_str).collect();
        known.extend(["contact", "event", "links"]);
        let mut frame = Some(self.frame);
        while let Some(it) = frame.and_then(|at| self.frames.get(at)) {
            known.extend(it.vars.keys().copied());
            frame = it.parent;
        }
        known.sort_unstable();
        known.dedup();
        let help = match name {
            "loop" => "use `loop` inside a `{% for %}` without `if` in its head".to_owned(),
            "user" | "customer" | "person" | "profile" => "write `contact`".to_owned(),
            _ if STATICS.contains(&name) => format!("`{name}` is not known here"),
            _ => did_you_mean(name, known, "names"),
        };
        let message = format!("there is no variable `{name}`");
        Err(self.fail(TEMPLATE_VARIABLE, span, message, help))
    }

    fn attribute(
        &mut self,
        base: Val<'l>,
        name: &'l str,
        whole: Span,
        name_span: Span,
    ) -> Outcome<Val<'l>> {
        match base {
            Val::Whole(Root::Link) => self.link(name, whole, name_span),
            Val::Whole(root) => Ok(Val::Deferred(Expr::Path(Path {
                root,
                steps: vec![Step::Key(name.into())],
                span: whole,
            }))),
            Val::Deferred(expr) => self.step_into(expr, &Step::Key(name.into()), whole),
            Val::Loop { var, over } => self.loop_field(var, over, name, name_span),
            Val::Module(frame) => {
                let vars = self.frames.get(frame).map(|it| &it.vars);
                if let Some(value) = vars.and_then(|it| it.get(name)) {
                    return Ok(value.clone());
                }
                let known: Vec<&str> = vars
                    .map(|it| it.keys().copied().collect())
                    .unwrap_or_default();
                let help = did_you_mean(name, known, "names of that file");
                let message = format!("the imported file has no `{name}`");
                Err(self.fail(TEMPLATE_VARIABLE, name_span, message, help))
            }
            other => {
                let message = format!("{} has no fields", describe(&other));
                self.syntax(name_span, message, "use it as a whole")
            }
        }
    }

    fn static_attribute(
        &mut self,
        value: &Value,
        of: &Ast<'l>,
        name: &str,
        span: Span,
        lenient: bool,
    ) -> Outcome<Val<'l>> {
        let found = value.get_attr(name).unwrap_or_default();
        if !found.is_undefined() || lenient {
            return Ok(Val::Static(found));
        }
        let keys: Vec<String> = match value.kind() {
            minijinja::value::ValueKind::Map => {
                let keys = value.try_iter().into_iter().flatten();
                keys.filter_map(|it| it.as_str().map(str::to_owned))
                    .collect()
            }
            _ => Vec::new(),
        };
        let message = match written(of) {
            Some(of) => format!("`{of}` has no `{name}`"),
            None => format!("{} has no `{name}`", phrase(value)),
        };
        let help = if keys.is_empty() {
            "use it as a whole".to_owned()
        } else {
            did_you_mean(name, keys.iter().map(String::as_str), "fields")
        };
        Err(self.fail(TEMPLATE_VARIABLE, span, message, help))
    }

    fn link(&mut self, name: &'l str, whole: Span, name_span: Span) -> Outcome<Val<'l>> {
        if LINKS.contains(&name) {
            return Ok(Val::Deferred(Expr::Path(Path {
                root: Root::Link,
                steps: vec![Step::Key(name.into())],
                span: whole,
            })));
        }
        let message = format!("there is no link `{name}` that providers make");
        let help = did_you_mean(name, LINKS, "links");
        let help = or_else(&help, "links of your own are `brand.links`");
        Err(self.fail(TEMPLATE_VARIABLE, name_span, message, help))
    }

    fn loop_field(
        &mut self,
        var: Arc<str>,
        over: Expr,
        name: &str,
        span: Span,
    ) -> Outcome<Val<'l>> {
        let field = match name {
            "index" => LoopField::Index,
            "index0" => LoopField::Index0,
            "revindex" => LoopField::RevIndex,
            "revindex0" => LoopField::RevIndex0,
            "first" => LoopField::First,
            "last" => LoopField::Last,
            "length" => {
                let filter = Filter::Length;
                let it = Filtered {
                    filter,
                    of: over,
                    span,
                };
                return Ok(Val::Deferred(Expr::Filter(Box::new(it))));
            }
            _ => {
                let known = [
                    "index",
                    "index0",
                    "revindex",
                    "revindex0",
                    "first",
                    "last",
                    "length",
                ];
                let help = did_you_mean(name, known, "fields of `loop`");
                let message = format!(
                    "`loop.{name}` is not known where the list is known per recipient only"
                );
                return Err(self.fail(TEMPLATE_VARIABLE, span, message, help));
            }
        };
        Ok(Val::Deferred(Expr::Loop { var, field }))
    }

    /// One step further down a deferred value.
    pub(super) fn step_into(&mut self, expr: Expr, step: &Step, span: Span) -> Outcome<Val<'l>> {
        match expr {
            Expr::Path(mut path) if path.root != Root::Link => {
                path.steps.push(step.clone());
                path.span = span;
                Ok(Val::Deferred(Expr::Path(path)))
            }
            Expr::Choice(it) => {
                let (yes, no) = (
                    self.step_into(it.yes, step, span)?,
                    self.step_into(it.no, step, span)?,
                );
                self.merge(it.test, yes, no, span)
            }
            _ => self.syntax(
                span,
                "this value has no fields",
                "read the field first, then use filters: `event.line.name | upper`",
            ),
        }
    }

    fn item(
        &mut self,
        it: &'l Spanned<ast::GetItem<'l>>,
        expr: &'l Ast<'l>,
        lenient: bool,
    ) -> Outcome<Val<'l>> {
        let base = self.value(&it.expr, lenient)?;
        let at = self.fixed(&it.subscript_expr, "an index")?;
        let (span, at_span) = (self.span_of(expr), self.span_of(&it.subscript_expr));
        if let Val::Static(value) = &base {
            let found = value.get_item(&at).unwrap_or_default();
            if found.is_undefined() && !lenient {
                let message = format!("{} has no entry `{at}`", phrase(value));
                return Err(self.fail(
                    TEMPLATE_VARIABLE,
                    at_span,
                    message,
                    "use an entry that exists",
                ));
            }
            return Ok(Val::Static(found));
        }
        let step = match (at.as_str(), at.as_usize()) {
            (Some(key), _) => Step::Key(key.into()),
            (None, Some(index)) if at.is_integer() => Step::Index(index),
            _ => {
                let help = "count from the start, from 0";
                return self.syntax(
                    at_span,
                    "this is neither a name nor a number of an entry",
                    help,
                );
            }
        };
        match (base, step) {
            (Val::Whole(Root::Link), _) => self.syntax(
                span,
                "a link is named with a dot",
                "write `links.unsubscribe`",
            ),
            (Val::Whole(root), step @ Step::Key(_)) => Ok(Val::Deferred(Expr::Path(Path {
                root,
                steps: vec![step],
                span,
            }))),
            (Val::Deferred(expr), step) => self.step_into(expr, &step, span),
            (other, _) => {
                let message = format!("{} has no entries", describe(&other));
                self.syntax(span, message, "name a field with a dot")
            }
        }
    }

    fn inline_if(&mut self, it: &'l Spanned<ast::IfExpr<'l>>, expr: &Ast<'l>) -> Outcome<Val<'l>> {
        let test = self.test(&it.test_expr)?;
        let other = |this: &mut Self| match &it.false_expr {
            Some(it) => this.expr(it),
            None => Ok(Val::Static(Value::from(""))),
        };
        match test {
            Test::Constant(true) => self.expr(&it.true_expr),
            Test::Constant(false) => other(self),
            test => {
                let yes = self.expr(&it.true_expr)?;
                let no = other(self)?;
                self.merge(test, yes, no, self.span_of(expr))
            }
        }
    }

    fn binary(&mut self, it: &'l Spanned<ast::BinOp<'l>>, expr: &'l Ast<'l>) -> Outcome<Val<'l>> {
        match it.op {
            BinOpKind::ScAnd | BinOpKind::ScOr => {
                let is_and = matches!(it.op, BinOpKind::ScAnd);
                let left = self.expr(&it.left)?;
                if let Val::Static(value) = &left {
                    let keeps_left = value.is_true() != is_and;
                    return if keeps_left {
                        Ok(left)
                    } else {
                        self.expr(&it.right)
                    };
                }
                let right = self.expr(&it.right)?;
                let span = self.span_of(expr);
                let test = self.holds(left.clone(), span)?;
                if let (Val::Deferred(Expr::Truth(_)), Val::Deferred(Expr::Truth(b))) =
                    (&left, &right)
                {
                    let both = if is_and {
                        test.and((**b).clone())
                    } else {
                        test.or((**b).clone())
                    };
                    return Ok(truth(both));
                }
                if is_and {
                    self.merge(test, right, left, span)
                } else {
                    self.merge(test, left, right, span)
                }
            }
            BinOpKind::Eq
            | BinOpKind::Ne
            | BinOpKind::Lt
            | BinOpKind::Lte
            | BinOpKind::Gt
            | BinOpKind::Gte
            | BinOpKind::In => Ok(truth(self.test(expr)?)),
            BinOpKind::Concat => self.concat(it, expr),
            op => {
                let (left, right) = (self.expr(&it.left)?, self.expr(&it.right)?);
                match (&left, &right) {
                    (Val::Static(a), Val::Static(b)) => self.operate(op, a, b, expr),
                    (Val::Static(_), other) | (other, _) => self.no_arithmetic(other, expr),
                }
            }
        }
    }

    fn no_arithmetic(&mut self, value: &Val<'l>, expr: &Ast<'l>) -> Outcome<Val<'l>> {
        let span = self.span_of(expr);
        let message = format!("{} cannot be calculated with", describe(value));
        let help = "let the event carry the result as a property of its own; join texts with `~`";
        self.syntax(span, message, help)
    }

    /// An operator on static values, by minijinja's own rules.
    fn operate(&mut self, op: BinOpKind, a: &Value, b: &Value, expr: &Ast<'l>) -> Outcome<Val<'l>> {
        let span = minijinja::machinery::Span::default();
        let constant = |value: &Value| {
            Ast::Const(Spanned::new(
                ast::Const {
                    value: value.clone(),
                },
                span,
            ))
        };
        let node = ast::BinOp {
            op,
            left: constant(a),
            right: constant(b),
        };
        // Repeating a text or list is the one operator that makes much out of little.
        let repeats = matches!(op, BinOpKind::Mul | BinOpKind::Pow)
            && (a.len().is_some() || b.len().is_some())
            && [a, b]
                .into_iter()
                .any(|it| it.as_usize().is_some_and(|n| n > 1_000));
        match Ast::BinOp(Spanned::new(node, span)).as_const() {
            Some(value) if !repeats => Ok(Val::Static(value)),
            _ => {
                let message = format!("{} and {} do not go together here", phrase(a), phrase(b));
                self.syntax(
                    self.span_of(expr),
                    message,
                    "use two numbers, or join texts with `~`",
                )
            }
        }
    }

    fn concat(&mut self, it: &'l Spanned<ast::BinOp<'l>>, expr: &Ast<'l>) -> Outcome<Val<'l>> {
        let (left, right) = (self.expr(&it.left)?, self.expr(&it.right)?);
        let span = self.span_of(expr);
        if let (Val::Static(a), Val::Static(b)) = (&left, &right) {
            let (Ok(a), Ok(b)) = (environment::written(a), environment::written(b)) else {
                return self.syntax(
                    span,
                    "this text grows too long",
                    "keep less in one variable",
                );
            };
            return Ok(Val::Static(Value::from(a + &b)));
        }
        if let (Some(a), Some(b)) = (as_expr(&left), as_expr(&right)) {
            let mut parts = Vec::new();
            for part in [a, b] {
                match part {
                    Expr::Concat(inner) => parts.extend(inner),
                    it => parts.push(it),
                }
            }
            self.deferred(Expr::Concat(parts), span)
        } else {
            let mut nodes = Vec::new();
            self.emit(left, span, &mut nodes)?;
            self.emit(right, span, &mut nodes)?;
            Ok(markup(nodes))
        }
    }

    /// What minijinja itself refuses, told at the place.
    pub(super) fn refused(&mut self, error: &minijinja::Error, span: Span) -> Told {
        let message = error
            .detail()
            .map_or_else(|| error.kind().to_string(), str::to_owned);
        self.fail(TEMPLATE_SYNTAX, span, message, "use a value that fits")
    }
}

/// One of two values; a test as value where both are.
pub(super) fn choice(test: Test, yes: Expr, no: Expr) -> Expr {
    match (test, yes, no) {
        (Test::Constant(true), yes, _) => yes,
        (Test::Constant(false), _, no) => no,
        (test, Expr::Truth(a), Expr::Truth(b)) => Expr::Truth(Box::new(split(test, *a, *b))),
        (test, yes, no) => Expr::Choice(Box::new(Choice { test, yes, no })),
    }
}

fn truth<'l>(test: Test) -> Val<'l> {
    match test {
        Test::Constant(it) => Val::Static(Value::from(it)),
        it => Val::Deferred(Expr::Truth(Box::new(it))),
    }
}

/// A plain static value as a literal.
pub(super) fn literal(value: &Value) -> Option<Literal> {
    use minijinja::value::ValueKind as K;
    Some(match value.kind() {
        K::Undefined | K::None => Literal::None,
        K::Bool => Literal::Bool(value.is_true()),
        K::Number if value.is_integer() => Literal::Int(value.as_i64()?),
        K::Number => Literal::Float(f64::try_from(value.clone()).ok()?),
        K::String => Literal::Text(value.as_str()?.into()),
        // A list without an entry says as little as nothing does.
        K::Seq if value.len() == Some(0) => Literal::None,
        _ => return None,
    })
}

pub(super) fn literal_value(it: &Literal) -> Value {
    match it {
        Literal::None => Value::from(()),
        Literal::Bool(it) => Value::from(*it),
        Literal::Int(it) => Value::from(*it),
        Literal::Float(it) => Value::from(*it),
        Literal::Text(it) => Value::from(&**it),
    }
}

/// How a literal is written.
pub(crate) fn literal_text(it: &Literal) -> String {
    environment::written(&literal_value(it)).unwrap_or_default()
}

/// Whether a literal counts as true.
pub(crate) fn is_true(it: &Literal) -> bool {
    literal_value(it).is_true()
}

/// Where an expression begins and ends, in bytes of its text.
/// A name and its fields as they are written; none for anything longer.
fn written(expr: &Ast<'_>) -> Option<String> {
    match expr {
        Ast::Var(it) => Some(it.id.to_owned()),
        Ast::GetAttr(it) => Some(format!("{}.{}", written(&it.expr)?, it.name)),
        _ => None,
    }
}

fn bounds(expr: &Ast<'_>) -> (u32, u32) {
    let own = expr.span();
    let start = match expr {
        Ast::GetAttr(it) => bounds(&it.expr).0,
        Ast::GetItem(it) => bounds(&it.expr).0,
        Ast::Slice(it) => bounds(&it.expr).0,
        Ast::Call(it) => bounds(&it.expr).0,
        Ast::BinOp(it) => bounds(&it.left).0,
        Ast::Compare(it) => bounds(&it.expr).0,
        Ast::IfExpr(it) => bounds(&it.true_expr).0,
        Ast::Test(it) => bounds(&it.expr).0,
        Ast::Filter(it) => it.expr.as_ref().map_or(own.start_offset, |it| bounds(it).0),
        _ => own.start_offset,
    };
    (start, own.end_offset.max(start))
}

/// Nodes for a value printed as it is, or escaped whatever the surroundings.
pub(super) fn printed(
    expr: Expr,
    escape: bool,
    span: Span,
    cx: &mut Evaluator<'_>,
) -> Outcome<Vec<Node>> {
    let mut nodes = Vec::new();
    cx.emit_expr(expr, escape, span, &mut nodes)?;
    Ok(nodes)
}
