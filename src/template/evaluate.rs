//! Partial evaluation: statements.
//!
//! What is known at compile time runs here and now: branches are taken, loops unrolled, macros and
//! includes written out. What is known per recipient only becomes IR. A variable holds either a
//! value or an expression of the IR, so that a `set` needs no assignment in any provider's
//! language: after a choice that is made per recipient, a variable that was set in one of the arms
//! holds a choice between values.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use minijinja::Value;
use minijinja::machinery::ast::{self, Stmt};

use super::ir::{self, Arm, Expr, Node, Out, Root, Test};
use super::source::{Library, Place};
use super::translate::Borrowed;
use super::{TEMPLATE_SYNTAX, TEMPLATE_VARIABLE, environment, limits, words};
use crate::diagnostic::{Diagnostic, RuleId, Sink};
use crate::source::{FileId, Span};

/// The evaluation cannot go on here; the reason has been told.
pub(super) struct Told;

pub(super) type Outcome<T> = Result<T, Told>;

/// What an expression or a variable stands for.
#[derive(Clone)]
pub(super) enum Val<'l> {
    /// Known at compile time.
    Static(Value),
    /// Known per recipient.
    Deferred(Expr),
    /// Nodes that are written out as they are: a `set` block, a macro's text.
    Markup(Vec<Node>),
    /// `contact`, `event` or `links` as a whole.
    Whole(Root),
    /// A macro.
    Macro(Rc<MacroDef<'l>>),
    /// What `import` gives: the variables of a frame.
    Module(usize),
    /// `loop` inside a loop over a list that is known per recipient.
    Loop { var: Arc<str>, over: Expr },
    /// Set in some arms of a choice, and in others not.
    Sometimes,
}

/// A macro and the place it was defined at.
pub(super) struct MacroDef<'l> {
    pub(super) node: &'l ast::Macro<'l>,
    pub(super) frame: usize,
    pub(super) at: Here<'l>,
}

/// The text that is being evaluated.
#[derive(Clone)]
pub(super) struct Here<'l> {
    pub(super) place: &'l Place,
}

impl Here<'_> {
    pub(super) fn span(&self, span: minijinja::machinery::Span) -> Span {
        self.place.span(span.start_offset, span.end_offset)
    }
}

#[derive(Default)]
pub(super) struct Frame<'l> {
    pub(super) vars: BTreeMap<&'l str, Val<'l>>,
    pub(super) parent: Option<usize>,
}

/// How a body ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Through,
    Continue,
    Break,
}

/// One of the bodies of a block, the outermost override first.
pub(super) struct BlockBody<'l> {
    pub(super) statements: Vec<&'l Stmt<'l>>,
    pub(super) at: Here<'l>,
    /// A Markdown body in a layout of another kind: written apart.
    pub(super) apart: bool,
}

pub(super) struct Evaluator<'l> {
    pub(super) library: &'l Library<'l>,
    pub(super) locale: &'l str,
    pub(super) statics: &'l BTreeMap<String, Value>,
    pub(super) sink: &'l mut Sink,
    pub(super) frames: Vec<Frame<'l>>,
    pub(super) frame: usize,
    pub(super) here: Here<'l>,
    pub(super) escape: bool,
    pub(super) blocks: BTreeMap<&'l str, Vec<BlockBody<'l>>>,
    /// The block that is being written and its level, for `super()`.
    pub(super) current_block: Option<(&'l str, usize)>,
    /// The Markdown body of a layout of another kind.
    pub(super) body_apart: Option<Vec<Node>>,
    pub(super) including: Vec<&'l str>,
    /// Every file that was gone into.
    pub(super) read: BTreeSet<FileId>,
    /// Every text of the catalogue that was asked for.
    pub(super) texts: BTreeSet<String>,
    /// What is said in the default language for want of words in this one.
    pub(super) borrowed: BTreeSet<Borrowed>,
    pub(super) loop_names: Vec<Arc<str>>,
    pub(super) depth: usize,
    steps: usize,
    written: usize,
    findings: usize,
    pub(super) exhausted: bool,
}

impl<'l> Evaluator<'l> {
    pub(super) fn new(
        library: &'l Library<'l>,
        locale: &'l str,
        statics: &'l BTreeMap<String, Value>,
        here: Here<'l>,
        sink: &'l mut Sink,
    ) -> Self {
        Self {
            library,
            locale,
            statics,
            sink,
            frames: vec![Frame::default()],
            frame: 0,
            here,
            escape: true,
            blocks: BTreeMap::new(),
            current_block: None,
            body_apart: None,
            including: Vec::new(),
            read: BTreeSet::new(),
            texts: BTreeSet::new(),
            borrowed: BTreeSet::new(),
            loop_names: Vec::new(),
            depth: 0,
            steps: 0,
            written: 0,
            findings: 0,
            exhausted: false,
        }
    }

    /// Whether anything was found wrong so far.
    pub(super) fn is_clean(&self) -> bool {
        self.findings == 0
    }

    pub(super) fn tell(&mut self, diagnostic: Diagnostic) -> Told {
        self.findings += 1;
        self.sink.push(diagnostic);
        self.exhausted |= self.findings >= limits::FINDINGS;
        Told
    }

    pub(super) fn fail(
        &mut self,
        rule: RuleId,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Told {
        self.tell(Diagnostic::error(rule, span, message).help(help))
    }

    pub(super) fn syntax<T>(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Outcome<T> {
        Err(self.fail(TEMPLATE_SYNTAX, span, message, help))
    }

    fn exhaust<T>(&mut self, span: Span, message: &str) -> Outcome<T> {
        if !self.exhausted {
            let help = "make the template smaller, or its loops shorter";
            let _ = self.fail(TEMPLATE_SYNTAX, span, message, help);
        }
        self.exhausted = true;
        Err(Told)
    }

    /// Counts one statement; an endless template ends here.
    pub(super) fn step(&mut self, span: Span) -> Outcome<()> {
        self.steps += 1;
        if self.exhausted {
            return Err(Told);
        }
        if self.steps > limits::STEPS {
            return self.exhaust(span, "the template has too many steps");
        }
        Ok(())
    }

    pub(super) fn deeper<T>(
        &mut self,
        span: Span,
        run: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        if self.depth >= limits::DEPTH {
            return self.exhaust(span, "statements, macros and includes nest too deeply");
        }
        self.depth += 1;
        let outcome = run(self);
        self.depth -= 1;
        outcome
    }

    pub(super) fn text(&mut self, text: &str, span: Span, out: &mut Vec<Node>) -> Outcome<()> {
        self.written += text.len();
        if self.written > limits::OUTPUT {
            return self.exhaust(span, "the template writes too much text");
        }
        ir::push_text(out, text);
        Ok(())
    }

    pub(super) fn nodes(
        &mut self,
        nodes: Vec<Node>,
        span: Span,
        out: &mut Vec<Node>,
    ) -> Outcome<()> {
        self.written += weight(&nodes);
        if self.written > limits::OUTPUT {
            return self.exhaust(span, "the template writes too much text");
        }
        ir::push_all(out, nodes);
        Ok(())
    }

    /// Runs with a fresh frame inside the current one.
    pub(super) fn scoped<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let parent = self.frame;
        self.in_frame(parent, run).0
    }

    /// Runs with a fresh frame inside the given one; also gives the frame.
    pub(super) fn in_frame<T>(
        &mut self,
        parent: usize,
        run: impl FnOnce(&mut Self) -> T,
    ) -> (T, usize) {
        let before = self.frame;
        self.frames.push(Frame {
            vars: BTreeMap::new(),
            parent: Some(parent),
        });
        self.frame = self.frames.len() - 1;
        let own = self.frame;
        let res = run(self);
        self.frame = before;
        (res, own)
    }

    pub(super) fn assign(&mut self, name: &'l str, value: Val<'l>) {
        if let Some(frame) = self.frames.get_mut(self.frame) {
            frame.vars.insert(name, value);
        }
    }

    pub(super) fn lookup(&self, name: &str) -> Option<&Val<'l>> {
        let mut at = Some(self.frame);
        while let Some(frame) = at.and_then(|it| self.frames.get(it)) {
            if let Some(value) = frame.vars.get(name) {
                return Some(value);
            }
            at = frame.parent;
        }
        None
    }

    pub(super) fn run<'s>(
        &mut self,
        statements: impl IntoIterator<Item = &'l Stmt<'l>>,
        out: &'s mut Vec<Node>,
    ) -> Flow {
        for stmt in statements {
            if self.exhausted {
                break;
            }
            // An error in one statement has been told; the next ones may have errors of their own.
            match self.statement(stmt, out) {
                Ok(Flow::Through) | Err(Told) => {}
                Ok(flow) => return flow,
            }
        }
        Flow::Through
    }

    fn statement(&mut self, stmt: &'l Stmt<'l>, out: &mut Vec<Node>) -> Outcome<Flow> {
        match stmt {
            Stmt::EmitRaw(it) => {
                let span = self.here.span(it.span());
                self.step(span)?;
                self.text(it.raw, span, out)?;
            }
            Stmt::EmitExpr(it) => {
                let span = self.here.span(it.span());
                self.step(span)?;
                let value = self.deeper(span, |this| this.expr(&it.expr))?;
                let span = self.span_of(&it.expr);
                self.emit(value, span, out)?;
            }
            Stmt::IfCond(it) => {
                let span = self.here.span(it.span());
                self.step(span)?;
                return self.deeper(span, |this| this.choice(it, span, out));
            }
            Stmt::ForLoop(it) => {
                let span = self.here.span(it.span());
                self.step(span)?;
                self.deeper(span, |this| this.repetition(it, span, out))?;
            }
            Stmt::Continue(_) => return Ok(Flow::Continue),
            Stmt::Break(_) => return Ok(Flow::Break),
            _ => self.definition(stmt, out)?,
        }
        Ok(Flow::Through)
    }

    /// The statements that name things or bring in others.
    fn definition(&mut self, stmt: &'l Stmt<'l>, out: &mut Vec<Node>) -> Outcome<()> {
        match stmt {
            Stmt::Set(it) => {
                let span = self.here.span(it.span());
                self.step(span)?;
                let value = self.deeper(span, |this| this.expr(&it.expr))?;
                self.assign_to(&it.target, value)
            }
            Stmt::SetBlock(it) => {
                let span = self.here.span(it.span());
                self.step(span)?;
                let nodes = self.deeper(span, |this| {
                    let mut nodes = Vec::new();
                    this.scoped(|this| this.run(&it.body, &mut nodes));
                    Ok(nodes)
                })?;
                let mut value = markup(nodes);
                if let Some(filter) = &it.filter {
                    value = self.filter_chain(filter, value)?;
                }
                self.assign_to(&it.target, value)
            }
            Stmt::FilterBlock(it) => {
                let span = self.here.span(it.span());
                self.step(span)?;
                let nodes = self.deeper(span, |this| {
                    let mut nodes = Vec::new();
                    this.scoped(|this| this.run(&it.body, &mut nodes));
                    Ok(nodes)
                })?;
                let value = self.filter_chain(&it.filter, markup(nodes))?;
                self.emit(value, span, out)
            }
            Stmt::WithBlock(it) => {
                let span = self.here.span(it.span());
                self.step(span)?;
                self.deeper(span, |this| {
                    this.scoped(|this| {
                        for (target, value) in &it.assignments {
                            let value = this.expr(value)?;
                            this.assign_to(target, value)?;
                        }
                        this.run_plain(&it.body, span, out)
                    })
                })
            }
            Stmt::AutoEscape(it) => {
                let span = self.here.span(it.span());
                let Val::Static(enabled) = self.expr(&it.enabled)? else {
                    let help = "write `true` or `false`";
                    return self.syntax(span, "escaping cannot depend on the recipient", help);
                };
                let before = std::mem::replace(&mut self.escape, enabled.is_true());
                let outcome = self.deeper(span, |this| this.run_plain(&it.body, span, out));
                self.escape = before;
                outcome
            }
            Stmt::Macro(it) => {
                self.define_macro(it);
                Ok(())
            }
            _ => self.inclusion(stmt, out),
        }
    }

    pub(super) fn define_macro(&mut self, node: &'l ast::Spanned<ast::Macro<'l>>) {
        let def = MacroDef {
            node,
            frame: self.frame,
            at: self.here.clone(),
        };
        self.assign(node.name, Val::Macro(Rc::new(def)));
    }

    /// Runs a body in which no `break` may leave.
    pub(super) fn run_plain(
        &mut self,
        body: &'l [Stmt<'l>],
        span: Span,
        out: &mut Vec<Node>,
    ) -> Outcome<()> {
        if self.run(body, out) == Flow::Through {
            return Ok(());
        }
        self.syntax(
            span,
            "`break` and `continue` cannot leave this block",
            "put what must not appear into an `{% if %}`",
        )
    }

    pub(super) fn assign_to(&mut self, target: &'l ast::Expr<'l>, value: Val<'l>) -> Outcome<()> {
        match target {
            ast::Expr::Var(it) => {
                self.assign(it.id, value);
                Ok(())
            }
            ast::Expr::List(it) => {
                let span = self.span_of(target);
                let Val::Static(value) = value else {
                    let help = "give each variable its own `{% set %}`";
                    return self.syntax(
                        span,
                        "what is known per recipient cannot be taken apart",
                        help,
                    );
                };
                let parts: Vec<Value> = value.try_iter().map(Iterator::collect).unwrap_or_default();
                if parts.len() != it.items.len() {
                    let message = format!("{} names for {} values", it.items.len(), parts.len());
                    return self.syntax(span, message, "write as many names as there are values");
                }
                for (target, part) in it.items.iter().zip(parts) {
                    self.assign_to(target, Val::Static(part))?;
                }
                Ok(())
            }
            _ => {
                let span = self.span_of(target);
                let help = "set a variable of its own; a loop that must remember something belongs into the event";
                self.syntax(span, "only plain variables can be set", help)
            }
        }
    }

    fn choice(
        &mut self,
        first: &'l ast::IfCond<'l>,
        span: Span,
        out: &mut Vec<Node>,
    ) -> Outcome<Flow> {
        let mut arms: Vec<(Test, Vec<Node>, usize)> = Vec::new();
        let mut cond = first;
        let parent = self.frame;
        loop {
            let test = self.test(&cond.expr)?;
            match test {
                Test::Constant(true) if arms.is_empty() => {
                    return Ok(self.run(&cond.true_body, out));
                }
                Test::Constant(true) => {
                    let last = self.arm(parent, &cond.true_body, span)?;
                    return self.chosen(arms, last, span, out);
                }
                Test::Constant(false) => {}
                test => {
                    let (body, frame) = self.arm(parent, &cond.true_body, span)?;
                    arms.push((test, body, frame));
                }
            }
            match cond.false_body.as_slice() {
                // `elif` parses as an `if` inside `else`; a lone `if` there means the same.
                [Stmt::IfCond(next)] => cond = next,
                rest if arms.is_empty() => return Ok(self.run(rest, out)),
                rest => {
                    let last = self.arm(parent, rest, span)?;
                    return self.chosen(arms, last, span, out);
                }
            }
        }
    }

    fn arm(
        &mut self,
        parent: usize,
        body: &'l [Stmt<'l>],
        span: Span,
    ) -> Outcome<(Vec<Node>, usize)> {
        let mut nodes = Vec::new();
        let (outcome, frame) = self.in_frame(parent, |this| this.run_plain(body, span, &mut nodes));
        outcome.map(|()| (nodes, frame))
    }

    /// Writes a choice and gives every variable that an arm has set a value after it.
    fn chosen(
        &mut self,
        arms: Vec<(Test, Vec<Node>, usize)>,
        otherwise: (Vec<Node>, usize),
        span: Span,
        out: &mut Vec<Node>,
    ) -> Outcome<Flow> {
        let frames = arms.iter().map(|it| it.2).chain([otherwise.1]);
        let names: BTreeSet<&'l str> = frames
            .filter_map(|it| self.frames.get(it))
            .flat_map(|it| it.vars.keys().copied())
            .collect();
        for name in names {
            let outside = self.lookup(name).cloned().unwrap_or(Val::Sometimes);
            let value_in = |this: &Self, frame: usize| {
                let own = this.frames.get(frame).and_then(|it| it.vars.get(name));
                own.cloned().unwrap_or_else(|| outside.clone())
            };
            let mut merged = value_in(self, otherwise.1);
            for (test, _, frame) in arms.iter().rev() {
                let value = value_in(self, *frame);
                merged = self.merge(test.clone(), value, merged, span)?;
            }
            self.assign(name, merged);
        }
        let arms = arms.into_iter().map(|(test, body, _)| Arm { test, body });
        let node = ir::If {
            arms: arms.collect(),
            otherwise: otherwise.0,
            span,
        };
        let says_something =
            !node.otherwise.is_empty() || node.arms.iter().any(|it| !it.body.is_empty());
        if says_something {
            self.nodes(vec![Node::If(node)], span, out)?;
        }
        Ok(Flow::Through)
    }

    /// One of two values, by a test that is made per recipient.
    pub(super) fn merge(
        &mut self,
        test: Test,
        yes: Val<'l>,
        no: Val<'l>,
        span: Span,
    ) -> Outcome<Val<'l>> {
        match (yes, no) {
            (Val::Sometimes, _) | (_, Val::Sometimes) => Ok(Val::Sometimes),
            (yes, no) => {
                let (Some(a), Some(b)) = (as_expr(&yes), as_expr(&no)) else {
                    return self.merge_nodes(test, yes, no, span);
                };
                if a == b {
                    return Ok(Val::Deferred(a));
                }
                self.deferred(super::express::choice(test, a, b), span)
            }
        }
    }

    fn merge_nodes(
        &mut self,
        test: Test,
        yes: Val<'l>,
        no: Val<'l>,
        span: Span,
    ) -> Outcome<Val<'l>> {
        let writable =
            |it: &Val<'l>| matches!(it, Val::Static(_) | Val::Deferred(_) | Val::Markup(_));
        if !writable(&yes) || !writable(&no) {
            return Ok(Val::Sometimes);
        }
        let (mut a, mut b) = (Vec::new(), Vec::new());
        self.emit(yes, span, &mut a)?;
        self.emit(no, span, &mut b)?;
        let arms = vec![Arm { test, body: a }];
        Ok(Val::Markup(vec![ir::if_node(arms, b, span)]))
    }

    /// Writes a value out.
    pub(super) fn emit(&mut self, value: Val<'l>, span: Span, out: &mut Vec<Node>) -> Outcome<()> {
        match value {
            Val::Static(value) if value.is_undefined() => Err(self.fail(
                TEMPLATE_VARIABLE,
                span,
                "this has no value here",
                "give it one, or add `| default(\"\")`",
            )),
            Val::Static(value) => {
                let Ok(text) = environment::written(&value) else {
                    return self.syntax(
                        span,
                        "this value is too large to print",
                        "print a part of it",
                    );
                };
                if self.escape && !value.is_safe() {
                    let mut escaped = String::new();
                    words::escape(&text, &mut escaped);
                    return self.text(&escaped, span, out);
                }
                self.text(&text, span, out)
            }
            Val::Deferred(expr) => {
                let escape = self.escape;
                self.emit_expr(expr, escape, span, out)
            }
            Val::Markup(nodes) => self.nodes(nodes, span, out),
            Val::Sometimes => Err(self.fail(
                TEMPLATE_VARIABLE,
                span,
                "this variable is set for some recipients only",
                "set it once before the `{% if %}`, or in every arm",
            )),
            other => {
                let message = format!("{} cannot be printed", describe(&other));
                let help = match other {
                    Val::Whole(Root::Link) => "name one link, such as `links.unsubscribe`",
                    Val::Whole(_) => "name what you mean, such as `contact.first_name`",
                    Val::Macro(_) => "call it: write parentheses after its name",
                    _ => "name one of its parts",
                };
                self.syntax(span, message, help)
            }
        }
    }

    /// Writes a deferred value in normal form.
    pub(super) fn emit_expr(
        &mut self,
        expr: Expr,
        escape: bool,
        span: Span,
        out: &mut Vec<Node>,
    ) -> Outcome<()> {
        match expr {
            Expr::Literal(it) => {
                let text = super::express::literal_text(&it);
                let mut escaped = String::new();
                if escape {
                    words::escape(&text, &mut escaped);
                } else {
                    escaped = text;
                }
                self.text(&escaped, span, out)
            }
            Expr::Choice(it) => {
                let ir::Choice { test, yes, no } = *it;
                let (mut body, mut otherwise) = (Vec::new(), Vec::new());
                self.emit_expr(yes, escape, span, &mut body)?;
                self.emit_expr(no, escape, span, &mut otherwise)?;
                let arms = vec![Arm { test, body }];
                self.nodes(vec![ir::if_node(arms, otherwise, span)], span, out)
            }
            Expr::Concat(all) => all
                .into_iter()
                .try_for_each(|it| self.emit_expr(it, escape, span, out)),
            Expr::Truth(test) => {
                let arms = vec![Arm {
                    test: *test,
                    body: vec![Node::Text("true".to_owned())],
                }];
                let otherwise = vec![Node::Text("false".to_owned())];
                self.nodes(vec![ir::if_node(arms, otherwise, span)], span, out)
            }
            expr => self.nodes(vec![Node::Out(Out { expr, escape, span })], span, out),
        }
    }

    /// A deferred value, if it is not beyond measure.
    pub(super) fn deferred(&mut self, expr: Expr, span: Span) -> Outcome<Val<'l>> {
        if expr.size() > limits::EXPRESSION {
            return self.syntax(
                span,
                "this value depends on too many choices",
                "set it in fewer steps, or let the event carry it",
            );
        }
        Ok(Val::Deferred(expr))
    }
}

/// Nodes as a value: a static text if nothing in them is deferred.
pub(super) fn markup<'l>(mut nodes: Vec<Node>) -> Val<'l> {
    match nodes.as_mut_slice() {
        [] => Val::Static(Value::from_safe_string(String::new())),
        [Node::Text(text)] => Val::Static(Value::from_safe_string(std::mem::take(text))),
        _ => Val::Markup(nodes),
    }
}

/// A value as an expression of the IR, if it is a plain one. Safe texts are markup, not plain.
pub(super) fn as_expr(value: &Val<'_>) -> Option<Expr> {
    match value {
        Val::Deferred(it) => Some(it.clone()),
        Val::Static(it) if !it.is_safe() => super::express::literal(it).map(Expr::Literal),
        _ => None,
    }
}

/// Words for a value in messages.
pub(super) fn describe(value: &Val<'_>) -> String {
    match value {
        Val::Static(it) => phrase(it).to_owned(),
        Val::Deferred(_) => "what is known per recipient only".to_owned(),
        Val::Markup(_) => "a block of text".to_owned(),
        Val::Whole(Root::Contact) => "`contact` as a whole".to_owned(),
        Val::Whole(Root::Event) => "`event` as a whole".to_owned(),
        Val::Whole(_) => "`links` as a whole".to_owned(),
        Val::Macro(it) => format!("the macro `{}`", it.node.name),
        Val::Module(_) => "an imported file".to_owned(),
        Val::Loop { .. } => "`loop` as a whole".to_owned(),
        Val::Sometimes => "a variable that is set for some recipients only".to_owned(),
    }
}

pub(super) fn phrase(value: &Value) -> &'static str {
    use minijinja::value::ValueKind as K;
    match value.kind() {
        K::Undefined => "nothing",
        K::None => "none",
        K::Bool => "a boolean",
        K::Number => "a number",
        K::String => "a text",
        K::Seq | K::Iterable => "a list",
        K::Map => "an object",
        _ => "this value",
    }
}

/// How much nodes weigh against the limit of output.
fn weight(nodes: &[Node]) -> usize {
    nodes
        .iter()
        .map(|it| match it {
            Node::Text(text) => text.len(),
            Node::Out(out) => 32 * out.expr.size(),
            Node::If(it) => {
                let arms = it
                    .arms
                    .iter()
                    .map(|arm| 32 * arm.test.size() + weight(&arm.body));
                arms.sum::<usize>() + weight(&it.otherwise)
            }
            Node::For(it) => 64 + weight(&it.body) + weight(&it.otherwise),
        })
        .sum()
}
