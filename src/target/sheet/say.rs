//! Conditions for people: in the provider's words, and exactly as the journey's file would write them.
//!
//! Invariant: both hold the same names and values; what is said of missing values is what the language
//! means: a missing value equals nothing and is neither more nor less than anything.

use serde_json::Value;

use super::text::{amount, code, listed};
use super::vocabulary::Vocabulary;
use crate::manifest::{Condition, Expr, Sign, Since};
use crate::target::lowering::Test;

/// A test in the provider's words.
pub(super) fn words(v: &Vocabulary, test: &Test<'_>) -> String {
    match test {
        Test::Holds(expr) => expression(v, expr),
        Test::Came { event, filter } => came(v, event, *filter, true),
        Test::Speaks {
            locale,
            default,
            others,
        } => speaks(locale, *default, others),
        Test::Past { attribute, before } => past(v, attribute, *before),
        Test::Not(of) => match &**of {
            Test::Holds(expr) => denied(v, expr),
            Test::Came { event, filter } => came(v, event, *filter, false),
            other => format!("this is not so: {}", words(v, other)),
        },
        Test::All(of) => listed(of.iter().map(|it| inner(v, it)), "**and**"),
        Test::Any(of) => listed(of.iter().map(|it| inner(v, it)), "**or**"),
    }
}

fn inner(v: &Vocabulary, test: &Test<'_>) -> String {
    let said = words(v, test);
    let several = match test {
        Test::All(_) | Test::Any(_) => true,
        Test::Holds(expr) => matches!(expr, Expr::And { .. } | Expr::Or { .. }),
        _ => false,
    };
    if several { format!("({said})") } else { said }
}

/// A test as the journey's file would write it.
pub(super) fn exact(test: &Test<'_>) -> String {
    match test {
        Test::Holds(expr) => source(expr),
        Test::Came { event, filter } => {
            let did = format!("contact.did({}, since=entry)", quoted(event));
            match filter {
                None => did,
                Some(it) => format!("{did} where {}", flat(&it.text)),
            }
        }
        Test::Speaks {
            locale,
            default: true,
            others,
        } if !others.is_empty() => {
            let others: Vec<String> = others.iter().map(|it| quoted(it)).collect();
            format!(
                "contact.locale == {} or not contact.locale in [{}]",
                quoted(locale),
                others.join(", ")
            )
        }
        Test::Speaks { locale, .. } => format!("contact.locale == {}", quoted(locale)),
        Test::Past { attribute, before } => format!("now >= contact.{attribute} - {before}d"),
        Test::Not(of) => format!("not ({})", exact(of)),
        Test::All(of) => joined(of, " and "),
        Test::Any(of) => joined(of, " or "),
    }
}

fn joined(of: &[Test<'_>], word: &str) -> String {
    let parts: Vec<String> = of.iter().map(|it| format!("({})", exact(it))).collect();
    parts.join(word)
}

fn came(v: &Vocabulary, event: &str, filter: Option<&Condition>, has: bool) -> String {
    let verb = if has { "has come" } else { "has not come" };
    let mut text = format!(
        "the {} {} {verb} since the person came in",
        v.event,
        code(event)
    );
    if let Some(it) = filter {
        text = format!(
            "{text}, counting only those where {}",
            expression(v, &it.tree)
        );
    }
    text
}

fn speaks(locale: &str, default: bool, others: &[&str]) -> String {
    if !default || others.is_empty() {
        return format!("the person reads {}", code(locale));
    }
    let others = listed(others.iter().map(|it| code(it)), "or");
    format!(
        "the person reads {}, or does not read {others}",
        code(locale)
    )
}

/// Whether a day before or behind a date has passed.
fn past(v: &Vocabulary, attribute: &str, before: i64) -> String {
    let days = u32::try_from(before.unsigned_abs()).unwrap_or(u32::MAX);
    let date = format!("the {} {}", v.attribute, code(attribute));
    match before {
        0 => format!("{date} is today or earlier"),
        it if it > 0 => format!("{} before {date} has passed", amount(days, "day")),
        _ => format!("{} after {date} has passed", amount(days, "day")),
    }
}

/// A condition in the provider's words.
pub(super) fn expression(v: &Vocabulary, expr: &Expr) -> String {
    match expr {
        Expr::Literal { .. } | Expr::List { .. } | Expr::Count { .. } => value(v, expr),
        Expr::Contact { .. } | Expr::Event { .. } => format!("{} is true", value(v, expr)),
        Expr::Not { of } => denied(v, of),
        Expr::And { of } => listed(of.iter().map(|it| part(v, it)), "**and**"),
        Expr::Or { of } => listed(of.iter().map(|it| part(v, it)), "**or**"),
        Expr::Compare { sign, left, right } => compared(v, *sign, left, right),
        Expr::In {
            needle,
            haystack,
            negated,
        } => among(v, needle, haystack, *negated),
        Expr::Did { event, since } => happened(v, event, since, true),
        Expr::Clicked { step } => format!("the person has clicked in the mail {}", code(step)),
    }
}

fn part(v: &Vocabulary, expr: &Expr) -> String {
    let text = expression(v, expr);
    match expr {
        Expr::And { .. } | Expr::Or { .. } => format!("({text})"),
        _ => text,
    }
}

fn denied(v: &Vocabulary, expr: &Expr) -> String {
    match expr {
        Expr::Contact { .. } | Expr::Event { .. } => {
            format!(
                "{} is not true: it is false, or there is no value",
                value(v, expr)
            )
        }
        Expr::Did { event, since } => happened(v, event, since, false),
        Expr::Clicked { step } => format!("the person has not clicked in the mail {}", code(step)),
        Expr::In {
            needle,
            haystack,
            negated,
        } => among(v, needle, haystack, !negated),
        Expr::Compare {
            sign: sign @ (Sign::Equal | Sign::NotEqual),
            left,
            right,
        } => compared(v, sign.negated(), left, right),
        Expr::Not { of } => expression(v, of),
        other => format!("this is not so: ({})", expression(v, other)),
    }
}

fn happened(v: &Vocabulary, event: &str, since: &Since, has: bool) -> String {
    let verb = if has { "has come" } else { "has not come" };
    format!("the {} {} {verb} {}", v.event, code(event), span(since))
}

fn span(since: &Since) -> String {
    match since {
        Since::Always => "at any time so far".to_owned(),
        Since::Entry => "since the person came in".to_owned(),
        Since::Within(it) => format!("within the last {}", it.in_words()),
    }
}

fn compared(v: &Vocabulary, sign: Sign, left: &Expr, right: &Expr) -> String {
    let fixed = |it: &Expr| matches!(it, Expr::Literal { .. });
    if fixed(left) && !fixed(right) {
        return compared(v, sign.flipped(), right, left);
    }
    let subject = value(v, left);
    if let Expr::Literal { value: Value::Null } = right {
        return match sign {
            Sign::Equal => format!("{subject} has no value"),
            Sign::NotEqual => format!("{subject} has a value"),
            _ => format!("{subject} is compared with nothing, which never holds"),
        };
    }
    let other = value(v, right);
    match sign {
        Sign::Equal => format!("{subject} is exactly {other}"),
        Sign::NotEqual => format!("{subject} is not {other}, or has no value"),
        Sign::Less => format!("{subject} is less than {other}"),
        Sign::LessOrEqual => format!("{subject} is {other} or less"),
        Sign::Greater => format!("{subject} is more than {other}"),
        Sign::GreaterOrEqual => format!("{subject} is {other} or more"),
    }
}

fn among(v: &Vocabulary, needle: &Expr, haystack: &Expr, negated: bool) -> String {
    if let Expr::List { items } = haystack {
        let subject = value(v, needle);
        let items = listed(items.iter().map(|it| value(v, it)), "or");
        return if negated {
            format!("{subject} is none of {items}, or has no value")
        } else {
            format!("{subject} is one of {items}")
        };
    }
    let verb = if negated {
        "does not contain"
    } else {
        "contains"
    };
    format!("{} {verb} {}", value(v, haystack), value(v, needle))
}

/// A value in the provider's words.
fn value(v: &Vocabulary, expr: &Expr) -> String {
    match expr {
        Expr::Literal { value } => match value {
            Value::String(it) => code(it),
            other => code(&other.to_string()),
        },
        Expr::List { items } => listed(items.iter().map(|it| value(v, it)), "and"),
        Expr::Contact { name } => format!("the {} {}", v.attribute, code(name)),
        Expr::Event { name } => format!("the {} {}", v.property, code(name)),
        Expr::Count { event, since } => format!(
            "the number of times that the {} {} came {}",
            v.event,
            code(event),
            span(since)
        ),
        other => format!("whether {}", expression(v, other)),
    }
}

/// An expression as the journey's file writes it.
pub(super) fn source(expr: &Expr) -> String {
    match expr {
        Expr::Literal { value } => match value {
            Value::String(it) => quoted(it),
            Value::Null => "none".to_owned(),
            other => other.to_string(),
        },
        Expr::List { items } => {
            let items: Vec<String> = items.iter().map(source).collect();
            format!("[{}]", items.join(", "))
        }
        Expr::Contact { name } => format!("contact.{name}"),
        Expr::Event { name } => format!("event.{name}"),
        Expr::Not { of } => format!("not {}", nested(of)),
        Expr::And { of } => parts(of, " and "),
        Expr::Or { of } => parts(of, " or "),
        Expr::Compare { sign, left, right } => {
            let sign = match sign {
                Sign::Equal => "==",
                Sign::NotEqual => "!=",
                Sign::Less => "<",
                Sign::LessOrEqual => "<=",
                Sign::Greater => ">",
                Sign::GreaterOrEqual => ">=",
            };
            format!("{} {sign} {}", nested(left), nested(right))
        }
        Expr::In {
            needle,
            haystack,
            negated,
        } => {
            let word = if *negated { "not in" } else { "in" };
            format!("{} {word} {}", nested(needle), nested(haystack))
        }
        Expr::Count { event, since } => asked("count", event, since),
        Expr::Did { event, since } => asked("did", event, since),
        Expr::Clicked { step } => format!("contact.clicked({})", quoted(step)),
    }
}

fn asked(what: &str, event: &str, since: &Since) -> String {
    let event = quoted(event);
    match since {
        Since::Always => format!("contact.{what}({event})"),
        Since::Entry => format!("contact.{what}({event}, since=entry)"),
        Since::Within(it) => format!("contact.{what}({event}, within={})", quoted(&it.text)),
    }
}

fn parts(of: &[Expr], word: &str) -> String {
    let parts: Vec<String> = of.iter().map(nested).collect();
    parts.join(word)
}

fn nested(expr: &Expr) -> String {
    match expr {
        Expr::And { .. } | Expr::Or { .. } | Expr::Not { .. } => format!("({})", source(expr)),
        other => source(other),
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A text on one line.
pub(super) fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
