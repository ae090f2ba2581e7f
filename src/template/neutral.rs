//! The IR written back as Jinja: the neutral form of a mail, for manifests, hashes and diffs.
//!
//! Two mails have the same neutral form exactly when they are the same to every recipient's
//! provider. It is for reading and comparing; templates are never read from it.

use std::fmt::{self, Display, Write as _};

use super::ir::{Comparison, Expr, Filter, Literal, LoopField, Node, Test};

/// A mail's part in neutral form.
pub fn neutral(nodes: &[Node]) -> String {
    let mut out = String::new();
    print(nodes, &mut out);
    out
}

/// A value in Jinja's spelling.
pub fn written_out(expr: &Expr) -> String {
    Written(expr).to_string()
}

fn print(nodes: &[Node], out: &mut String) {
    // Writing to a string cannot fail.
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Out(it) => {
                let safe = if it.escape { " | escape" } else { "" };
                let _ = write!(out, "{{{{ {}{safe} }}}}", Written(&it.expr));
            }
            Node::If(it) => {
                for (at, arm) in it.arms.iter().enumerate() {
                    let word = if at == 0 { "if" } else { "elif" };
                    let _ = write!(out, "{{% {word} {} %}}", Written(&arm.test));
                    print(&arm.body, out);
                }
                otherwise(&it.otherwise, out);
                out.push_str("{% endif %}");
            }
            Node::For(it) => {
                let _ = write!(out, "{{% for {} in {} %}}", it.var, Written(&it.over));
                print(&it.body, out);
                otherwise(&it.otherwise, out);
                out.push_str("{% endfor %}");
            }
        }
    }
}

fn otherwise(nodes: &[Node], out: &mut String) {
    if !nodes.is_empty() {
        out.push_str("{% else %}");
        print(nodes, out);
    }
}

/// An expression or a test in Jinja's spelling.
struct Written<'e, T>(&'e T);

impl Display for Written<'_, Expr> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expr::Literal(it) => literal(it, f),
            Expr::Path(it) => write!(f, "{it}"),
            Expr::Loop { field, .. } => f.write_str(match field {
                LoopField::Index => "loop.index",
                LoopField::Index0 => "loop.index0",
                LoopField::RevIndex => "loop.revindex",
                LoopField::RevIndex0 => "loop.revindex0",
                LoopField::First => "loop.first",
                LoopField::Last => "loop.last",
            }),
            Expr::Filter(it) => {
                write!(f, "{} | {}", Written(&it.of), it.filter.name())?;
                match &it.filter {
                    Filter::Default(it) => write!(f, "({})", Written(it)),
                    Filter::Date(it) => write!(f, "({it:?})"),
                    _ => Ok(()),
                }
            }
            Expr::Choice(it) => {
                let (yes, no) = (Written(&it.yes), Written(&it.no));
                write!(f, "({yes} if {} else {no})", Written(&it.test))
            }
            Expr::Concat(it) => joined(it, " ~ ", f),
            Expr::Truth(it) => write!(f, "({})", Written(&**it)),
        }
    }
}

impl Display for Written<'_, Test> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Test::Constant(it) => write!(f, "{it}"),
            Test::Truthy(it) => write!(f, "{}", Written(it)),
            Test::Present(it) => write!(f, "{} is defined", Written(it)),
            Test::Filled(it) => write!(f, "{} is filled", Written(it)),
            Test::Compare {
                op, left, right, ..
            } => {
                let sign = match op {
                    Comparison::Eq => "==",
                    Comparison::Ne => "!=",
                    Comparison::Lt => "<",
                    Comparison::Le => "<=",
                    Comparison::Gt => ">",
                    Comparison::Ge => ">=",
                };
                write!(f, "{} {sign} {}", Written(left), Written(right))
            }
            Test::Contains { whole, part, .. } => {
                write!(f, "{} in {}", Written(part), Written(whole))
            }
            Test::Not(it) => write!(f, "not ({})", Written(&**it)),
            Test::All(it) => joined(it, " and ", f),
            Test::Any(it) => joined(it, " or ", f),
        }
    }
}

fn joined<T>(parts: &[T], sign: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result
where
    for<'e> Written<'e, T>: Display,
{
    f.write_char('(')?;
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(sign)?;
        }
        write!(f, "{}", Written(part))?;
    }
    f.write_char(')')
}

fn literal(literal: &Literal, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match literal {
        Literal::None => f.write_str("none"),
        Literal::Bool(it) => write!(f, "{it}"),
        Literal::Int(it) => write!(f, "{it}"),
        Literal::Float(it) => write!(f, "{it}"),
        Literal::Text(it) => write!(f, "{it:?}"),
    }
}
