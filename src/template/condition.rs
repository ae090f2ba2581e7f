//! Partial evaluation: conditions. What is static is decided; what is deferred becomes a test of the
//! IR, in which choices between values have become choices between tests.

use minijinja::Value;
use minijinja::machinery::ast::{self, BinOpKind, CompareOpKind, Spanned, UnaryOpKind};

use super::environment;
use super::evaluate::{Evaluator, Outcome, Val, as_expr, describe, phrase};
use super::express::{is_true, literal, literal_value};
use super::ir::{Comparison, Expr, Literal, LoopField, Path, Root, Step, Test};
use crate::diagnostic::did_you_mean;
use crate::source::Span;

type Ast<'l> = ast::Expr<'l>;

impl<'l> Evaluator<'l> {
    /// Whether an expression holds.
    pub(super) fn test(&mut self, expr: &'l Ast<'l>) -> Outcome<Test> {
        match expr {
            Ast::UnaryOp(it) if matches!(it.op, UnaryOpKind::Not) => {
                Ok(self.test(&it.expr)?.negated())
            }
            Ast::BinOp(it) => match it.op {
                BinOpKind::ScAnd => match self.test(&it.left)? {
                    Test::Constant(false) => Ok(Test::Constant(false)),
                    left => Ok(left.and(self.test(&it.right)?)),
                },
                BinOpKind::ScOr => match self.test(&it.left)? {
                    Test::Constant(true) => Ok(Test::Constant(true)),
                    left => Ok(left.or(self.test(&it.right)?)),
                },
                op => match comparison(op) {
                    Some(op) => {
                        let (left, right) = (self.expr(&it.left)?, self.expr(&it.right)?);
                        self.compare(op, &left, &right, self.span_of(expr))
                    }
                    None => self.holds_expr(expr),
                },
            },
            Ast::Compare(it) => {
                let mut left = self.expr(&it.expr)?;
                let mut all = Test::Constant(true);
                for op in &it.ops {
                    let right = self.expr(&op.expr)?;
                    let kind = chained(op.op);
                    let one = self.compare(kind, &left, &right, self.span_of(expr))?;
                    all = all.and(one);
                    left = right;
                }
                Ok(all)
            }
            Ast::Test(it) => self.named_test(it, expr),
            _ => self.holds_expr(expr),
        }
    }

    fn holds_expr(&mut self, expr: &'l Ast<'l>) -> Outcome<Test> {
        let value = self.expr(expr)?;
        self.holds(value, self.span_of(expr))
    }

    /// Whether a value counts as true.
    pub(super) fn holds(&mut self, value: Val<'l>, span: Span) -> Outcome<Test> {
        match value {
            Val::Static(it) => Ok(Test::Constant(it.is_true())),
            Val::Deferred(expr) => self.truthy(expr, span),
            other => {
                let message = format!("{} is neither true nor false", describe(&other));
                let help = match other {
                    Val::Whole(Root::Contact) => {
                        "ask for an attribute, such as `contact.first_name`"
                    }
                    Val::Whole(_) => "ask for one property",
                    _ => "set a variable to true or false instead",
                };
                self.syntax(span, message, help)
            }
        }
    }

    fn truthy(&mut self, expr: Expr, span: Span) -> Outcome<Test> {
        Ok(match expr {
            Expr::Truth(it) => *it,
            Expr::Literal(it) => Test::Constant(is_true(&it)),
            // Not every provider keeps a page of the mail, or one of preferences.
            Expr::Path(path) if is_optional(&path) => Test::Truthy(Expr::Path(path)),
            // Any other link is always there, and turns count from 1.
            Expr::Path(Path {
                root: Root::Link, ..
            })
            | Expr::Loop {
                field: LoopField::Index | LoopField::RevIndex,
                ..
            } => Test::Constant(true),
            Expr::Choice(it) => {
                let yes = self.truthy(it.yes, span)?;
                let no = self.truthy(it.no, span)?;
                split(it.test, yes, no)
            }
            Expr::Concat(_) => {
                let help = "ask for the parts: `contact.first_name or contact.last_name`";
                return self.syntax(span, "joined texts are neither true nor false here", help);
            }
            it => Test::Truthy(it),
        })
    }

    /// A comparison; `None` stands for `in`, the flag for `not in`.
    fn compare(
        &mut self,
        op: (Option<Comparison>, bool),
        left: &Val<'l>,
        right: &Val<'l>,
        span: Span,
    ) -> Outcome<Test> {
        if let (Val::Static(a), Val::Static(b)) = (left, right) {
            return if let Some(it) = static_compare(op.0, a, b) {
                Ok(Test::Constant(it != op.1))
            } else {
                let message = format!("{} cannot be looked for in {}", phrase(a), phrase(b));
                self.syntax(span, message, "look in a list or a text")
            };
        }
        let test = match op.0 {
            None => self.contains(left, right, span)?,
            Some(op) => {
                let (Some(a), Some(b)) = (as_expr(left), as_expr(right)) else {
                    let odd = if as_expr(left).is_none() { left } else { right };
                    let message = format!("{} cannot be compared", describe(odd));
                    return self.syntax(
                        span,
                        message,
                        "compare a property with a text or a number",
                    );
                };
                self.compare_exprs(op, a, b, span)?
            }
        };
        Ok(if op.1 { test.negated() } else { test })
    }

    fn compare_exprs(
        &mut self,
        op: Comparison,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Outcome<Test> {
        match (left, right) {
            (Expr::Choice(it), other) => {
                let yes = self.compare_exprs(op, it.yes, other.clone(), span)?;
                let no = self.compare_exprs(op, it.no, other, span)?;
                Ok(split(it.test, yes, no))
            }
            (other, Expr::Choice(it)) => {
                let yes = self.compare_exprs(op, other.clone(), it.yes, span)?;
                let no = self.compare_exprs(op, other, it.no, span)?;
                Ok(split(it.test, yes, no))
            }
            (Expr::Literal(a), Expr::Literal(b)) => {
                let (a, b) = (literal_value(&a), literal_value(&b));
                Ok(Test::Constant(
                    static_compare(Some(op), &a, &b).unwrap_or(false),
                ))
            }
            (Expr::Truth(test), Expr::Literal(Literal::Bool(it)))
            | (Expr::Literal(Literal::Bool(it)), Expr::Truth(test)) => match op {
                Comparison::Eq if it => Ok(*test),
                Comparison::Ne if !it => Ok(*test),
                Comparison::Eq | Comparison::Ne => Ok(test.negated()),
                _ => self.syntax(span, "true and false have no order", "use `==`"),
            },
            // Providers do not tell a missing text from an empty one, so neither does this language.
            (it, Expr::Literal(empty)) | (Expr::Literal(empty), it) if is_nothing(&empty) => {
                match op {
                    Comparison::Eq => Ok(Test::Present(it).negated()),
                    Comparison::Ne => Ok(Test::Present(it)),
                    _ => Ok(Test::Constant(false)),
                }
            }
            (Expr::Concat(_) | Expr::Truth(_), _) | (_, Expr::Concat(_) | Expr::Truth(_)) => self
                .syntax(
                    span,
                    "this cannot be compared per recipient",
                    "compare a property itself",
                ),
            (
                Expr::Path(Path {
                    root: Root::Link, ..
                }),
                _,
            )
            | (
                _,
                Expr::Path(Path {
                    root: Root::Link, ..
                }),
            ) => self.syntax(
                span,
                "the provider makes this link when sending",
                "print the link only",
            ),
            (left, right) => Ok(Test::Compare {
                op,
                left,
                right,
                span,
            }),
        }
    }

    fn contains(&mut self, part: &Val<'l>, whole: &Val<'l>, span: Span) -> Outcome<Test> {
        // A fixed list is a handful of comparisons; no provider but Django's kind has lists.
        if let (Some(part), Val::Static(list)) = (as_expr(part), whole)
            && list.as_str().is_none()
            && let Ok(items) = list.try_iter()
        {
            let mut any = Test::Constant(false);
            for item in items {
                let Some(item) = literal(&item) else {
                    return self.syntax(
                        span,
                        "this list holds more than plain values",
                        "list texts or numbers",
                    );
                };
                any = any.or(self.compare_exprs(
                    Comparison::Eq,
                    part.clone(),
                    Expr::Literal(item),
                    span,
                )?);
            }
            return Ok(any);
        }
        match (as_expr(part), as_expr(whole)) {
            (Some(Expr::Choice(it)), Some(whole)) => {
                let yes =
                    self.contains(&Val::Deferred(it.yes), &Val::Deferred(whole.clone()), span)?;
                let no = self.contains(&Val::Deferred(it.no), &Val::Deferred(whole), span)?;
                Ok(split(it.test, yes, no))
            }
            (Some(part), Some(Expr::Choice(it))) => {
                let yes =
                    self.contains(&Val::Deferred(part.clone()), &Val::Deferred(it.yes), span)?;
                let no = self.contains(&Val::Deferred(part), &Val::Deferred(it.no), span)?;
                Ok(split(it.test, yes, no))
            }
            (
                Some(part @ (Expr::Literal(_) | Expr::Path(_) | Expr::Filter(_))),
                Some(whole @ (Expr::Path(_) | Expr::Filter(_) | Expr::Literal(_))),
            ) => Ok(Test::Contains { whole, part, span }),
            _ => self.syntax(
                span,
                "`in` cannot look here",
                "look in a list or a text of the event",
            ),
        }
    }

    fn named_test(&mut self, it: &'l Spanned<ast::Test<'l>>, expr: &'l Ast<'l>) -> Outcome<Test> {
        let name_span = self.here.span(it.span());
        if !environment::TESTS.contains(&it.name) {
            let help = did_you_mean(it.name, environment::TESTS.iter().copied(), "tests");
            let message = format!("there is no test `{}`", it.name);
            return self.syntax(name_span, message, help);
        }
        let lenient = matches!(it.name, "defined" | "undefined" | "none");
        let value = self.value(&it.expr, lenient)?;
        let mut args = Vec::new();
        for arg in &it.args {
            let ast::CallArg::Pos(arg) = arg else {
                return self.syntax(
                    name_span,
                    "a test takes plain values only",
                    "write the value alone",
                );
            };
            args.push(self.expr(arg)?);
        }
        let span = self.span_of(expr);
        match value {
            Val::Static(value) => {
                let mut all = vec![value];
                for arg in args {
                    let Val::Static(arg) = arg else {
                        let help = "swap the two sides, and use `==`";
                        return self.syntax(span, "this test needs a fixed value", help);
                    };
                    all.push(arg);
                }
                let outcome = self.library.env.empty_state().perform_test(it.name, &all);
                match outcome {
                    Ok(holds) => Ok(Test::Constant(holds)),
                    Err(error) => Err(self.refused(&error, span)),
                }
            }
            Val::Deferred(value) => self.deferred_test(it.name, value, args, span),
            _ if it.name == "defined" => Ok(Test::Constant(true)),
            _ if it.name == "undefined" => Ok(Test::Constant(false)),
            other => {
                let message = format!("{} cannot be tested", describe(&other));
                self.syntax(span, message, "test one of its parts")
            }
        }
    }

    fn deferred_test(
        &mut self,
        name: &str,
        value: Expr,
        mut args: Vec<Val<'l>>,
        span: Span,
    ) -> Outcome<Test> {
        let first = if args.is_empty() {
            None
        } else {
            Some(args.swap_remove(0))
        };
        let op = match name {
            "defined" => return self.present(value, span),
            "undefined" | "none" => return Ok(self.present(value, span)?.negated()),
            "true" => {
                return self.compare_exprs(
                    Comparison::Eq,
                    value,
                    Expr::Literal(Literal::Bool(true)),
                    span,
                );
            }
            "false" => {
                return self.compare_exprs(
                    Comparison::Eq,
                    value,
                    Expr::Literal(Literal::Bool(false)),
                    span,
                );
            }
            "eq" | "equalto" | "sameas" => Some(Comparison::Eq),
            "ne" => Some(Comparison::Ne),
            "lt" | "lessthan" => Some(Comparison::Lt),
            "le" => Some(Comparison::Le),
            "gt" | "greaterthan" => Some(Comparison::Gt),
            "ge" => Some(Comparison::Ge),
            "in" => None,
            _ => {
                let message = format!("the test `{name}` cannot be made per recipient");
                return self.syntax(
                    span,
                    message,
                    "compare with `==`, `<`, `in`, or ask `is defined`",
                );
            }
        };
        match first {
            Some(arg) => self.compare((op, false), &Val::Deferred(value), &arg, span),
            None => self.syntax(
                span,
                format!("the test `{name}` needs a value"),
                "write it in parentheses",
            ),
        }
    }

    fn present(&mut self, value: Expr, span: Span) -> Outcome<Test> {
        Ok(match value {
            Expr::Literal(Literal::None) => Test::Constant(false),
            Expr::Literal(Literal::Text(it)) => Test::Constant(!it.is_empty()),
            Expr::Literal(_)
            | Expr::Truth(_)
            | Expr::Loop { .. }
            | Expr::Path(Path {
                root: Root::Link, ..
            }) => Test::Constant(true),
            Expr::Choice(it) => {
                let yes = self.present(it.yes, span)?;
                let no = self.present(it.no, span)?;
                split(it.test, yes, no)
            }
            Expr::Concat(_) => {
                return self.syntax(span, "joined texts are always there", "ask for one part");
            }
            it => Test::Present(it),
        })
    }
}

/// The value of the first test's arm: `test ? yes : no`, as tests.
pub(super) fn split(test: Test, yes: Test, no: Test) -> Test {
    if yes == no {
        return yes;
    }
    if yes == test {
        return test.or(no);
    }
    if no == test {
        return test.and(yes);
    }
    test.clone().and(yes).or(test.negated().and(no))
}

/// Nothing, or a text without a character.
fn is_nothing(it: &Literal) -> bool {
    match it {
        Literal::None => true,
        Literal::Text(it) => it.is_empty(),
        _ => false,
    }
}

fn comparison(op: BinOpKind) -> Option<(Option<Comparison>, bool)> {
    Some(match op {
        BinOpKind::Eq => (Some(Comparison::Eq), false),
        BinOpKind::Ne => (Some(Comparison::Ne), false),
        BinOpKind::Lt => (Some(Comparison::Lt), false),
        BinOpKind::Lte => (Some(Comparison::Le), false),
        BinOpKind::Gt => (Some(Comparison::Gt), false),
        BinOpKind::Gte => (Some(Comparison::Ge), false),
        BinOpKind::In => (None, false),
        _ => return None,
    })
}

fn chained(op: CompareOpKind) -> (Option<Comparison>, bool) {
    match op {
        CompareOpKind::Eq => (Some(Comparison::Eq), false),
        CompareOpKind::Ne => (Some(Comparison::Ne), false),
        CompareOpKind::Lt => (Some(Comparison::Lt), false),
        CompareOpKind::Lte => (Some(Comparison::Le), false),
        CompareOpKind::Gt => (Some(Comparison::Gt), false),
        CompareOpKind::Gte => (Some(Comparison::Ge), false),
        CompareOpKind::In => (None, false),
        CompareOpKind::NotIn => (None, true),
    }
}

/// A comparison of static values by minijinja's rules; `None` as the operator is `in`.
fn static_compare(op: Option<Comparison>, a: &Value, b: &Value) -> Option<bool> {
    Some(match op {
        None if b.as_str().is_some() => b.as_str()?.contains(a.as_str()?),
        None => match b.kind() {
            minijinja::value::ValueKind::Map => !b.get_item(a).ok()?.is_undefined(),
            _ => b.try_iter().ok()?.any(|it| it == *a),
        },
        Some(Comparison::Eq) => a == b,
        Some(Comparison::Ne) => a != b,
        Some(Comparison::Lt) => a < b,
        Some(Comparison::Le) => a <= b,
        Some(Comparison::Gt) => a > b,
        Some(Comparison::Ge) => a >= b,
    })
}

/// Whether a path is a link that some providers do not make.
fn is_optional(path: &Path) -> bool {
    let optional =
        |it: &Step| matches!(it, Step::Key(key) if matches!(&**key, "preferences" | "web_view"));
    path.root == Root::Link && path.steps.first().is_some_and(optional)
}
