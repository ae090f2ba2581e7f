//! What is certain about events once a person has taken an edge.

use crate::model::{Comparison, Expr, ExprKind, History, Literal, Since};

/// Something certain about an event since entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fact {
    /// The event's number in the graph.
    pub(super) event: u32,
    /// Whether it has happened, or has not.
    pub(super) happened: bool,
}

/// Calls `found` with each event that has certainly happened (`true`) or certainly not happened
/// (`false`) since entry, if the condition's answer is `answer`.
///
/// More than [`Expr::proves`], because a condition that fails says something too: after
/// `unless: contact.did("x", since=entry)` nobody has done `x`.
pub(super) fn certain<'e>(expr: &'e Expr, answer: bool, found: &mut impl FnMut(&'e str, bool)) {
    match &expr.kind {
        ExprKind::History(it) if !it.counts && it.since == Since::Entry => {
            found(&it.event, answer);
        }
        ExprKind::Not(inner) => certain(inner, !answer, found),
        // All parts of a true "and" are true, all parts of a false "or" are false.
        ExprKind::And(parts) if answer => parts.iter().for_each(|it| certain(it, true, found)),
        ExprKind::Or(parts) if !answer => parts.iter().for_each(|it| certain(it, false, found)),
        ExprKind::Compare {
            operator,
            left,
            right,
        } => {
            if let (Some(it), Some(number)) = (count_since_entry(left), number(right))
                && let Some(happened) = decides(*operator, number, answer)
            {
                found(&it.event, happened);
            }
        }
        _ => {}
    }
}

fn count_since_entry(expr: &Expr) -> Option<&History> {
    match &expr.kind {
        ExprKind::History(it) if it.counts && it.since == Since::Entry => Some(it),
        _ => None,
    }
}

fn number(expr: &Expr) -> Option<f64> {
    match expr.kind {
        ExprKind::Literal(Literal::Number(it)) => Some(it),
        _ => None,
    }
}

/// Whether a count that compares like this is certainly above zero, or certainly zero.
fn decides(operator: Comparison, number: f64, answer: bool) -> Option<bool> {
    let allows = |count: f64| {
        let holds = match operator {
            Comparison::Equal => (count - number).abs() < 0.5,
            Comparison::NotEqual => (count - number).abs() >= 0.5,
            Comparison::Less => count < number,
            Comparison::LessOrEqual => count <= number,
            Comparison::Greater => count > number,
            Comparison::GreaterOrEqual => count >= number,
        };
        holds == answer
    };
    // Beyond the number itself every comparison gives one answer for ever.
    let far = number.abs().ceil() + 2.0;
    let some = allows(1.0) || allows(number.round().max(1.0)) || allows(far);
    match (allows(0.0), some) {
        (true, false) => Some(false),
        (false, true) => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn facts(text: &str, answer: bool) -> String {
        let expr = Expr::parse(text).unwrap();
        let mut out = String::new();
        certain(&expr, answer, &mut |event, happened| {
            out += if happened { "+" } else { "-" };
            out += event;
        });
        out
    }

    #[test]
    fn conditions_say_what_happened_and_what_did_not() {
        let did = r#"contact.did("x", since=entry)"#;
        assert_eq!(facts(did, true), "+x");
        assert_eq!(facts(did, false), "-x");
        assert_eq!(facts(&format!("not {did}"), false), "+x");
        let both = format!(r#"{did} and contact.did("y", since=entry)"#);
        assert_eq!(facts(&both, true), "+x+y");
        assert_eq!(facts(&both, false), "");
        let either = format!(r#"{did} or contact.did("y", since=entry)"#);
        assert_eq!(facts(&either, true), "");
        assert_eq!(facts(&either, false), "-x-y");
        assert_eq!(facts(r#"contact.did("x", within="3d")"#, true), "");
        for (sign, when_true, when_false) in [
            ("> 0", "+x", "-x"),
            (">= 1", "+x", "-x"),
            ("> 1", "+x", ""),
            ("== 0", "-x", "+x"),
            ("== 2", "+x", ""),
            ("< 1", "-x", "+x"),
            ("<= 1", "", "+x"),
            ("!= 0", "+x", "-x"),
            (">= 0", "", ""),
        ] {
            let count = format!(r#"contact.count("x", since=entry) {sign}"#);
            assert_eq!(facts(&count, true), when_true, "{sign}");
            assert_eq!(facts(&count, false), when_false, "{sign}");
        }
    }

    #[test]
    fn what_the_model_calls_proven_is_proven_here() {
        for text in [
            r#"contact.did("x", since=entry)"#,
            r#"contact.count("x", since=entry) >= 1 and contact.did("y", since=entry)"#,
            r#"contact.did("x", since=entry) or true"#,
        ] {
            let expr = Expr::parse(text).unwrap();
            let mut proven = Vec::new();
            certain(&expr, true, &mut |event, happened| {
                if happened {
                    proven.push(event);
                }
            });
            assert_eq!(proven, expr.proves(), "{text}");
        }
    }
}
