//! Questions as Mautic's conditions: one field or one tag each, and the ways `yes` and `no`.
//!
//! In: a [`Test`]. Out: a [`Formula`]. Invariant: no condition asks for the opposite of something, because
//! Mautic's comparisons differ about blank fields: opposites take the other way.
//! Not done here: the conditions' places in a campaign (`campaign`).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::Job;
use super::super::lowering::{Program, Test};
use crate::manifest::{Expr, Sign};

/// How questions hang together.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Formula {
    /// The answer is sure.
    Fixed(bool),
    /// One condition.
    Ask(Question),
    /// The opposite.
    Not(Box<Formula>),
    /// All of them.
    All(Vec<Formula>),
    /// Any of them.
    Any(Vec<Formula>),
}

/// One condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    /// Its kind.
    pub(super) kind: &'static str,
    /// What it asks.
    pub(super) properties: Value,
    /// The same for people.
    pub(super) name: String,
}

/// What cannot be asked, in words.
type Asked<T> = Result<T, String>;

/// Who asks.
pub(super) struct Asker<'q, 'a> {
    pub(super) job: &'q Job<'a>,
    pub(super) program: &'q Program<'a>,
    /// The fields asked for, by Mautic's names.
    pub(super) fields: BTreeSet<String>,
}

impl Asker<'_, '_> {
    /// A question as a formula.
    pub(super) fn formula(&mut self, test: &Test<'_>) -> Asked<Formula> {
        Ok(match test {
            Test::Holds(expr) => self.expr(expr)?,
            Test::Speaks {
                locale,
                default,
                others,
            } => {
                let locales: &[&str] = if *default { others } else { &[*locale] };
                let any = locales
                    .iter()
                    .map(|it| self.field("preferred_locale", "=", &json!(it)));
                let any = Formula::Any(any.collect());
                if *default { negated(any) } else { any }
            }
            Test::Came { .. } | Test::Past { .. } => {
                return Err("Mautic does not know which events have come".to_owned());
            }
            Test::Not(of) => negated(self.formula(of)?),
            Test::All(of) => {
                Formula::All(of.iter().map(|it| self.formula(it)).collect::<Asked<_>>()?)
            }
            Test::Any(of) => {
                Formula::Any(of.iter().map(|it| self.formula(it)).collect::<Asked<_>>()?)
            }
        })
    }

    fn expr(&mut self, expr: &Expr) -> Asked<Formula> {
        Ok(match expr {
            Expr::Literal { value } => Formula::Fixed(value.as_bool().unwrap_or(!value.is_null())),
            Expr::Not { of } => negated(self.expr(of)?),
            Expr::And { of } => {
                Formula::All(of.iter().map(|it| self.expr(it)).collect::<Asked<_>>()?)
            }
            Expr::Or { of } => {
                Formula::Any(of.iter().map(|it| self.expr(it)).collect::<Asked<_>>()?)
            }
            Expr::Contact { .. } | Expr::Event { .. } => {
                self.compared(expr, Sign::Equal, &Value::Bool(true))?
            }
            Expr::Compare { sign, left, right } => match (&**left, &**right) {
                (Expr::Literal { value }, other) => self.compared(other, sign.flipped(), value)?,
                (other, Expr::Literal { value }) => self.compared(other, *sign, value)?,
                _ => return Err("it compares two things that are known per person only".to_owned()),
            },
            Expr::In {
                needle,
                haystack,
                negated: not,
            } => {
                let Expr::List { items } = &**haystack else {
                    return Err("Mautic cannot look for one value of a list".to_owned());
                };
                let mut any = Vec::new();
                for item in items {
                    let Expr::Literal { value } = item else {
                        return Err("the list holds more than fixed values".to_owned());
                    };
                    any.push(self.compared(needle, Sign::Equal, value)?);
                }
                let any = Formula::Any(any);
                if *not { negated(any) } else { any }
            }
            _ => return Err("Mautic keeps no events".to_owned()),
        })
    }

    fn compared(&mut self, left: &Expr, sign: Sign, value: &Value) -> Asked<Formula> {
        let name = match left {
            Expr::Contact { name } => {
                if self.program.marks.iter().any(|it| it.attribute == *name) {
                    return mark(name, sign, value);
                }
                name.clone()
            }
            Expr::Event { name } => format!("{}_{name}", self.program.journey.trigger.event),
            _ => return Err("Mautic compares only fields of the person".to_owned()),
        };
        let name = alias(self.job, &name);
        // A field that is true or false holds 1 or 0.
        let value = &value
            .as_bool()
            .map_or_else(|| value.clone(), |it| json!(u8::from(it)));
        let mut ask = |operator: &str| self.field(&name, operator, value);
        Ok(match (sign, value) {
            (Sign::Equal, Value::Null) => negated(ask("!empty")),
            (Sign::NotEqual, Value::Null) => ask("!empty"),
            (Sign::Equal, _) => ask("="),
            (Sign::NotEqual, _) => negated(ask("=")),
            (Sign::Less, Value::Number(_)) => ask("lt"),
            (Sign::LessOrEqual, Value::Number(_)) => ask("lte"),
            (Sign::Greater, Value::Number(_)) => ask("gt"),
            (Sign::GreaterOrEqual, Value::Number(_)) => ask("gte"),
            _ => return Err("Mautic puts only numbers in an order".to_owned()),
        })
    }

    fn field(&mut self, field: &str, operator: &str, value: &Value) -> Formula {
        self.fields.insert(field.to_owned());
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let sign = match operator {
            "!empty" => "is there",
            "lt" => "below",
            "lte" => "at most",
            "gt" => "above",
            "gte" => "at least",
            _ => "is",
        };
        Formula::Ask(Question {
            kind: "lead.field_value",
            properties: json!({"field": field, "operator": operator, "value": text}),
            name: format!("{field} {sign} {text}").trim_end().to_owned(),
        })
    }
}

/// Whether a tag says that an event has come.
fn mark(tag: &str, sign: Sign, value: &Value) -> Asked<Formula> {
    let ask = Formula::Ask(Question {
        kind: "lead.tags",
        properties: json!({"tags": [tag]}),
        name: format!("has the tag {tag}"),
    });
    match (sign, value.as_bool()) {
        (Sign::Equal, Some(true)) | (Sign::NotEqual, Some(false)) => Ok(ask),
        (Sign::Equal, Some(false)) | (Sign::NotEqual, Some(true)) => Ok(negated(ask)),
        _ => Err("a tag is there or not".to_owned()),
    }
}

/// What Mautic calls a field: the account's own name, else ours.
pub(super) fn alias(job: &Job<'_>, name: &str) -> String {
    job.account.id("fields", name).unwrap_or(name).to_owned()
}

fn negated(formula: Formula) -> Formula {
    match formula {
        Formula::Not(of) => *of,
        other => Formula::Not(Box::new(other)),
    }
}
