//! Conditions on people that a provider says by a list or a segment of the account: what to call them.
//!
//! Invariant: a name is the condition as the journey's file writes it, so that a person who builds the
//! list at the provider reads what must hold.

use serde_json::Value;

use crate::manifest::{Expr, Sign, Since};

/// Whether a fixed value counts as yes.
pub(super) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(it) => *it,
        Value::Number(it) => it.as_f64() != Some(0.0),
        Value::String(it) => !it.is_empty(),
        Value::Array(it) => !it.is_empty(),
        Value::Object(_) => true,
    }
}

/// The same without `not in`.
pub(super) fn plain(expr: &Expr) -> Expr {
    match expr {
        Expr::In {
            needle, haystack, ..
        } => Expr::In {
            needle: needle.clone(),
            haystack: haystack.clone(),
            negated: false,
        },
        other => other.clone(),
    }
}

/// A condition on the person as people write it; nothing for what a segment cannot know.
pub(super) fn words(expr: &Expr) -> Option<String> {
    Some(match expr {
        Expr::Literal { value } => value.to_string().replace("null", "none"),
        Expr::List { items } => {
            let items: Option<Vec<String>> = items.iter().map(words).collect();
            format!("[{}]", items?.join(", "))
        }
        Expr::Contact { name } => format!("contact.{name}"),
        Expr::Compare { sign, left, right } => {
            let sign = match sign {
                Sign::Equal => "==",
                Sign::NotEqual => "!=",
                Sign::Less => "<",
                Sign::LessOrEqual => "<=",
                Sign::Greater => ">",
                Sign::GreaterOrEqual => ">=",
            };
            format!("{} {sign} {}", words(left)?, words(right)?)
        }
        Expr::In {
            needle, haystack, ..
        } => format!("{} in {}", words(needle)?, words(haystack)?),
        Expr::Count { event, since } => format!("contact.count(\"{event}\"{})", span(since)?),
        Expr::Did { event, since } => format!("contact.did(\"{event}\"{})", span(since)?),
        _ => return None,
    })
}

fn span(since: &Since) -> Option<String> {
    match since {
        Since::Always => Some(String::new()),
        Since::Within(it) => Some(format!(", within=\"{}\"", it.text)),
        // A segment does not know when somebody came into a journey.
        Since::Entry => None,
    }
}
