//! Small facts about expressions: one spelling for each meaning, constants, mirrors.

use std::fmt::Write as _;

use crate::model::{Comparison, Expr, ExprKind, History, Literal, Since};

/// One spelling for what means the same, whatever spaces and quotes the author used.
pub(super) fn canonical(expr: &Expr) -> String {
    let list =
        |items: &[Expr], sign: &str| items.iter().map(canonical).collect::<Vec<_>>().join(sign);
    match &expr.kind {
        ExprKind::Literal(it) => literal(it),
        ExprKind::List(items) => format!("[{}]", list(items, ", ")),
        ExprKind::Contact(name) => format!("contact.{name}"),
        ExprKind::Event(name) => format!("event.{name}"),
        ExprKind::Not(inner) => format!("not ({})", canonical(inner)),
        ExprKind::And(parts) => format!("({})", list(parts, ") and (")),
        ExprKind::Or(parts) => format!("({})", list(parts, ") or (")),
        ExprKind::Compare {
            operator,
            left,
            right,
        } => format!(
            "{} {} {}",
            canonical(left),
            operator.sign(),
            canonical(right)
        ),
        ExprKind::In {
            needle,
            haystack,
            negated,
        } => {
            let sign = if *negated { "not in" } else { "in" };
            format!("{} {sign} {}", canonical(needle), canonical(haystack))
        }
        ExprKind::History(it) => history(it, it.counts),
        ExprKind::Clicked { step, .. } => format!("contact.clicked({step:?})"),
    }
}

/// One spelling for a question about what the person did.
pub(super) fn history(history: &History, counts: bool) -> String {
    let mut res = String::from(if counts {
        "contact.count("
    } else {
        "contact.did("
    });
    let _ = write!(res, "{:?}", history.event);
    match history.since {
        Since::Always => {}
        Since::Entry => res.push_str(", since=entry"),
        Since::Within(it) => {
            let _ = write!(res, ", within={it}");
        }
    }
    res.push(')');
    res
}

/// Whether a comparison of two values holds, where that can be said.
pub(super) fn constant(operator: Comparison, left: &Literal, right: &Literal) -> Option<bool> {
    match (operator, left, right) {
        (Comparison::Equal, ..) => Some(left == right),
        (Comparison::NotEqual, ..) => Some(left != right),
        (_, Literal::Number(a), Literal::Number(b)) => Some(match operator {
            Comparison::Less => a < b,
            Comparison::LessOrEqual => a <= b,
            Comparison::Greater => a > b,
            _ => a >= b,
        }),
        _ => None,
    }
}

/// The values of a list that has nothing but values.
pub(super) fn literals(expr: &Expr) -> Option<Vec<Literal>> {
    let ExprKind::List(items) = &expr.kind else {
        return None;
    };
    let value = |it: &Expr| match &it.kind {
        ExprKind::Literal(it) => Some(it.clone()),
        _ => None,
    };
    items.iter().map(value).collect()
}

/// The comparison that means the same with its sides exchanged.
pub(super) fn mirrored(operator: Comparison) -> Comparison {
    match operator {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}

/// The comparison that holds exactly when this one does not.
pub(super) fn opposite(operator: Comparison) -> Comparison {
    match operator {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
    }
}

fn literal(value: &Literal) -> String {
    match value {
        Literal::Text(it) => format!("{it:?}"),
        Literal::Number(it) => it.to_string(),
        Literal::Boolean(it) => it.to_string(),
        Literal::None => "none".to_owned(),
    }
}
