//! Conditions as Resend's rules: comparisons of one field with one value, joined by `and` and `or`.
//!
//! In: a condition. Out: a rule, or why Resend cannot say it. Invariant: the rule holds exactly when
//! the condition does, missing values included; there is no `not`, so it is pushed down to the
//! comparisons, and an [`Asked`] may stand for the opposite.

use serde_json::{Value, json};

use super::super::Test;
use super::properties::{Field, Fields};
use crate::manifest::{Expr, Kind, Sign};

/// A rule, and whether the condition holds when the rule does not.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    /// The rule.
    pub(super) rule: Value,
    /// Whether yes and no change places.
    pub(super) swapped: bool,
}

/// Translates conditions.
pub(super) struct Rules<'r, 'f> {
    pub(super) fields: &'r mut Fields<'f>,
    /// The event whose properties `event.x` means.
    pub(super) event: &'r str,
}

impl Rules<'_, '_> {
    /// A question of the automation.
    pub(super) fn asked(&mut self, test: &Test<'_>) -> Result<Asked, String> {
        match self.test(test, false) {
            Ok(rule) => Ok(Asked {
                rule,
                swapped: false,
            }),
            Err(reason) => match self.test(test, true) {
                Ok(rule) => Ok(Asked {
                    rule,
                    swapped: true,
                }),
                Err(_) => Err(reason),
            },
        }
    }

    /// A test, or its opposite.
    fn test(&mut self, test: &Test<'_>, negate: bool) -> Result<Value, String> {
        match test {
            Test::Holds(expr) => self.rule(expr, negate),
            Test::Not(of) => self.test(of, !negate),
            Test::All(of) => {
                let rules: Result<Vec<_>, _> = of.iter().map(|it| self.test(it, negate)).collect();
                Ok(joined(rules?, !negate))
            }
            Test::Any(of) => {
                let rules: Result<Vec<_>, _> = of.iter().map(|it| self.test(it, negate)).collect();
                Ok(joined(rules?, negate))
            }
            Test::Speaks {
                locale,
                default: false,
                ..
            } if !negate => {
                let field = self.fields.language()?;
                let rules = vec![
                    rule(&field, "eq", Some(json!(locale))),
                    rule(&field, "starts_with", Some(json!(format!("{locale}-")))),
                    rule(&field, "starts_with", Some(json!(format!("{locale}_")))),
                ];
                Ok(joined(rules, false))
            }
            _ => Err("Resend cannot ask this".to_owned()),
        }
    }

    /// A condition, or its opposite.
    pub(super) fn rule(&mut self, expr: &Expr, negate: bool) -> Result<Value, String> {
        match expr {
            Expr::Not { of } => self.rule(of, !negate),
            Expr::And { of } => self.join(of, negate, !negate),
            Expr::Or { of } => self.join(of, negate, negate),
            Expr::Contact { .. } | Expr::Event { .. } => {
                let field = self.field(expr)?;
                Ok(truth(&field, negate))
            }
            Expr::Compare { sign, left, right } => self.compare(*sign, left, right, negate),
            Expr::In {
                needle,
                haystack,
                negated,
            } => self.among(needle, haystack, *negated != negate),
            _ => Err("it is neither a comparison nor something that is true or false".to_owned()),
        }
    }

    fn join(&mut self, of: &[Expr], negate: bool, all: bool) -> Result<Value, String> {
        let rules: Result<Vec<Value>, String> = of.iter().map(|it| self.rule(it, negate)).collect();
        let rules = rules?;
        if rules.is_empty() {
            return Err("it asks nothing".to_owned());
        }
        Ok(joined(rules, all))
    }

    fn field(&mut self, expr: &Expr) -> Result<Field, String> {
        match expr {
            Expr::Contact { name } => self.fields.contact(name),
            Expr::Event { name } => self.fields.event(self.event, name),
            _ => Err("Resend compares a field with a fixed value only".to_owned()),
        }
    }

    fn compare(
        &mut self,
        sign: Sign,
        left: &Expr,
        right: &Expr,
        negate: bool,
    ) -> Result<Value, String> {
        let (field, value, sign) = match (left, right) {
            (it, Expr::Literal { value }) => (self.field(it)?, value, sign),
            (Expr::Literal { value }, it) => (self.field(it)?, value, sign.flipped()),
            _ => return Err("Resend compares a field with a fixed value only".to_owned()),
        };
        let sign = if negate { sign.negated() } else { sign };
        if value.is_null() {
            return match sign {
                Sign::Equal => Ok(rule(&field, "is_empty", None)),
                Sign::NotEqual => Ok(filled(&field)),
                _ => Err("nothing is larger or smaller than nothing".to_owned()),
            };
        }
        let value = spelled(&field, value);
        let equal = |operator| Ok(rule(&field, operator, Some(value.clone())));
        let operator = match sign {
            Sign::Equal => return equal("eq"),
            Sign::NotEqual => return equal("neq"),
            Sign::Less => "lt",
            Sign::LessOrEqual => "lte",
            Sign::Greater => "gt",
            Sign::GreaterOrEqual => "gte",
        };
        if field.kind != Kind::Number || !value.is_number() {
            return Err(format!(
                "Resend orders numbers only, and `{}` is none",
                field.path
            ));
        }
        let compared = rule(&field, operator, Some(value));
        // A missing number is neither smaller nor larger, so the opposite holds for it.
        Ok(if negate && field.nullable {
            joined(vec![compared, rule(&field, "is_empty", None)], false)
        } else {
            compared
        })
    }

    fn among(&mut self, needle: &Expr, haystack: &Expr, negate: bool) -> Result<Value, String> {
        if let Expr::List { items } = haystack {
            let field = self.field(needle)?;
            let mut rules = Vec::new();
            for item in items {
                let Expr::Literal { value } = item else {
                    return Err("Resend compares a field with fixed values only".to_owned());
                };
                let operator = if negate { "neq" } else { "eq" };
                rules.push(match (value.is_null(), negate) {
                    (true, false) => rule(&field, "is_empty", None),
                    (true, true) => filled(&field),
                    _ => rule(&field, operator, Some(spelled(&field, value))),
                });
            }
            if rules.is_empty() {
                return Err("nothing is among nothing".to_owned());
            }
            return Ok(joined(rules, negate));
        }
        let field = self.field(haystack)?;
        let Expr::Literal {
            value: Value::String(part),
        } = needle
        else {
            return Err("Resend looks for a fixed text only".to_owned());
        };
        if field.kind != Kind::String || negate {
            return Err("Resend looks for a part of a text only".to_owned());
        }
        Ok(rule(&field, "contains", Some(json!(part))))
    }
}

/// Whether a field is true, or holds something where it is a text or a number.
fn truth(field: &Field, negate: bool) -> Value {
    match field.kind {
        Kind::Boolean => {
            let operator = if negate { "neq" } else { "eq" };
            rule(field, operator, Some(spelled(field, &json!(true))))
        }
        Kind::Number => {
            let zero = |operator| rule(field, operator, Some(json!(0)));
            if negate {
                joined(vec![rule(field, "is_empty", None), zero("eq")], false)
            } else {
                joined(vec![rule(field, "exists", None), zero("neq")], true)
            }
        }
        _ if negate => rule(field, "is_empty", None),
        _ => filled(field),
    }
}

/// Neither missing nor an empty text.
fn filled(field: &Field) -> Value {
    let exists = rule(field, "exists", None);
    if field.kind == Kind::Number {
        return exists;
    }
    joined(vec![exists, rule(field, "neq", Some(json!("")))], true)
}

/// A value as the field holds it.
pub(super) fn spelled(field: &Field, value: &Value) -> Value {
    match value {
        Value::Bool(it) if field.spelled => json!(it.to_string()),
        other => other.clone(),
    }
}

fn rule(field: &Field, operator: &str, value: Option<Value>) -> Value {
    let mut rule = json!({"type": "rule", "field": field.path, "operator": operator});
    if let Some(value) = value {
        rule["value"] = value;
    }
    rule
}

/// All of these, or any of them; rules of the same kind inside are put together.
fn joined(rules: Vec<Value>, all: bool) -> Value {
    let kind = if all { "and" } else { "or" };
    let mut flat = Vec::new();
    for rule in rules {
        match rule {
            Value::Object(mut it) if it.get("type") == Some(&json!(kind)) => {
                if let Some(Value::Array(inner)) = it.remove("rules") {
                    flat.extend(inner);
                }
            }
            other => flat.push(other),
        }
    }
    match flat.len() {
        1 => flat.remove(0),
        _ => json!({"type": kind, "rules": flat}),
    }
}
