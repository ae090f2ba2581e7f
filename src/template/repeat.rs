//! Partial evaluation: loops. Over what is static they are unrolled; over what is deferred they become
//! loops of the IR, each with a variable of its own.

use std::sync::Arc;

use minijinja::Value;
use minijinja::machinery::ast;

use super::evaluate::{Evaluator, Flow, Outcome, Val, describe, phrase};
use super::ir::{self, Arm, Expr, Node, Path, Root, Test};
use super::limits;
use crate::source::Span;

impl<'l> Evaluator<'l> {
    pub(super) fn repetition(
        &mut self,
        it: &'l ast::ForLoop<'l>,
        span: Span,
        out: &mut Vec<Node>,
    ) -> Outcome<()> {
        if it.recursive {
            return self.syntax(
                span,
                "a loop cannot call itself here",
                "write the inner loop out",
            );
        }
        let over_span = self.span_of(&it.iter);
        match self.expr(&it.iter)? {
            Val::Static(list) => self.unroll(it, &list, over_span, out),
            Val::Deferred(over) => {
                let nodes = self.repeat(it, over, over_span, span)?;
                self.nodes(nodes, span, out)
            }
            other => {
                let message = format!("a loop cannot go over {}", describe(&other));
                self.syntax(
                    over_span,
                    message,
                    "loop over a list, such as `event.lines`",
                )
            }
        }
    }

    fn unroll(
        &mut self,
        it: &'l ast::ForLoop<'l>,
        list: &Value,
        span: Span,
        out: &mut Vec<Node>,
    ) -> Outcome<()> {
        let items: Vec<Value> = if let Ok(items) = list.try_iter() {
            items.take(limits::STEPS).collect()
        } else {
            let message = format!("a loop cannot go over {}", phrase(list));
            return self.syntax(span, message, "loop over a list");
        };
        let mut kept = Vec::new();
        for item in items {
            let keep = match &it.filter_expr {
                None => true,
                Some(filter) => {
                    let item = item.clone();
                    let test = self.scoped(|this| {
                        this.assign_to(&it.target, Val::Static(item))?;
                        this.test(filter)
                    })?;
                    let Test::Constant(keep) = test else {
                        let span = self.span_of(filter);
                        let help = "put an `{% if %}` inside the loop";
                        return self.syntax(
                            span,
                            "a fixed list cannot be narrowed per recipient",
                            help,
                        );
                    };
                    keep
                }
            };
            if keep {
                kept.push(item);
            }
        }
        if kept.is_empty() {
            return self.run_plain(&it.else_body, span, out);
        }
        let length = kept.len();
        for at in 0..length {
            self.step(span)?;
            let flow = self.scoped(|this| {
                this.assign_to(&it.target, Val::Static(kept[at].clone()))?;
                this.assign("loop", Val::Static(turn(&kept, at)));
                Ok(this.run(&it.body, out))
            })?;
            if flow == Flow::Break {
                break;
            }
        }
        Ok(())
    }

    /// A loop over what is known per recipient; a choice between two lists is two loops.
    fn repeat(
        &mut self,
        it: &'l ast::ForLoop<'l>,
        over: Expr,
        over_span: Span,
        span: Span,
    ) -> Outcome<Vec<Node>> {
        match over {
            Expr::Choice(choice) => {
                let ir::Choice { test, yes, no } = *choice;
                let body = self.repeat(it, yes, over_span, span)?;
                let otherwise = self.repeat(it, no, over_span, span)?;
                let arms = vec![Arm { test, body }];
                Ok(vec![ir::if_node(arms, otherwise, span)])
            }
            Expr::Literal(_) => {
                let mut nodes = Vec::new();
                self.run_plain(&it.else_body, span, &mut nodes)?;
                Ok(nodes)
            }
            Expr::Filter(filtered)
                if matches!(&filtered.filter, ir::Filter::Default(Expr::Literal(_))) =>
            {
                // A missing list is an empty one already.
                self.repeat(it, filtered.of, over_span, span)
            }
            Expr::Path(path) if path.root != Root::Link => self.repeat_path(it, path, span),
            _ => self.syntax(
                over_span,
                "a loop cannot go over this value",
                "loop over a list of the event as it comes, such as `event.lines`",
            ),
        }
    }

    fn repeat_path(
        &mut self,
        it: &'l ast::ForLoop<'l>,
        path: Path,
        span: Span,
    ) -> Outcome<Vec<Node>> {
        let ast::Expr::Var(target) = &it.target else {
            let span = self.span_of(&it.target);
            let help = "write one name and read its fields: `{% for line in event.lines %}{{ line.name }}`";
            return self.syntax(span, "an entry cannot be taken apart here", help);
        };
        let var = self.loop_name(target.id);
        let over = Expr::Path(path);
        let local = Path {
            root: Root::Local(Arc::clone(&var)),
            steps: Vec::new(),
            span: self.here.span(target.span()),
        };
        let turn = Val::Loop {
            var: Arc::clone(&var),
            over: over.clone(),
        };
        self.loop_names.push(Arc::clone(&var));
        let mut body = Vec::new();
        let outcome = self.scoped(|this| {
            this.assign(target.id, Val::Deferred(Expr::Path(local)));
            let Some(filter) = &it.filter_expr else {
                this.assign("loop", turn);
                return this.run_plain(&it.body, span, &mut body);
            };
            // Turns that are left out would count, so `loop` is not known inside.
            let test = this.test(filter)?;
            let mut inner = Vec::new();
            this.run_plain(&it.body, span, &mut inner)?;
            let arms = vec![Arm { test, body: inner }];
            body.push(Node::If(ir::If {
                arms,
                otherwise: Vec::new(),
                span,
            }));
            Ok(())
        });
        self.loop_names.pop();
        outcome?;
        if it.filter_expr.is_some() && !it.else_body.is_empty() {
            let help = "put an `{% if %}` inside the loop instead of `if` in its head";
            return self.syntax(
                span,
                "`else` cannot follow a loop that leaves entries out",
                help,
            );
        }
        let mut otherwise = Vec::new();
        self.scoped(|this| this.run_plain(&it.else_body, span, &mut otherwise))?;
        Ok(vec![Node::For(ir::For {
            var,
            over,
            body,
            otherwise,
            span,
        })])
    }

    /// A name that no loop around has.
    fn loop_name(&self, wanted: &str) -> Arc<str> {
        let taken = |name: &str| self.loop_names.iter().any(|it| &**it == name);
        let mut name = wanted.to_owned();
        let mut number = 2;
        while taken(&name) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        name.into()
    }
}

/// `loop` in a loop that is unrolled.
fn turn(items: &[Value], at: usize) -> Value {
    let length = items.len();
    let neighbour =
        |at: Option<usize>| at.and_then(|it| items.get(it)).cloned().unwrap_or_default();
    Value::from_pairs([
        ("index", Value::from(at + 1)),
        ("index0", Value::from(at)),
        ("revindex", Value::from(length - at)),
        ("revindex0", Value::from(length - at - 1)),
        ("first", Value::from(at == 0)),
        ("last", Value::from(at + 1 == length)),
        ("length", Value::from(length)),
        ("previtem", neighbour(at.checked_sub(1))),
        ("nextitem", neighbour(at.checked_add(1))),
    ])
}
