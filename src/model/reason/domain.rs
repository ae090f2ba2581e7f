//! The values that an attribute can still have.

#![allow(
    clippy::float_cmp,
    reason = "bounds and values are compared as they were written; nothing is calculated"
)]

use serde_json::Value;

use crate::model::{Comparison, Literal, Property, Type};

/// The values that an attribute, a property or a count can still have.
#[derive(Debug, Clone)]
pub(super) struct Domain {
    /// Whether it may be missing.
    none: bool,
    values: Values,
}

#[derive(Debug, Clone)]
enum Values {
    /// One of these, none of which is `none`.
    Listed(Vec<Literal>),
    /// Any number in a range but these.
    Number(Range, Vec<f64>),
    /// Any text but these.
    Text(Vec<Literal>),
    /// Nobody knows: dates, lists, and what is not declared.
    Anything,
}

/// Numbers from one bound to another.
#[derive(Debug, Clone, Copy)]
struct Range {
    low: f64,
    low_open: bool,
    high: f64,
    high_open: bool,
    whole: bool,
}

impl Domain {
    /// What is declared of an attribute or property.
    pub(super) fn declared(property: Option<&Property>) -> Self {
        let Some(property) = property else {
            return Self {
                none: true,
                values: Values::Anything,
            };
        };
        let listed: Option<Vec<Literal>> = property
            .choices
            .iter()
            .map(|it| literal(&it.value))
            .collect();
        let values = match (&property.kind, listed) {
            (Type::Text | Type::Number, Some(listed)) if !listed.is_empty() => {
                Values::Listed(listed)
            }
            (Type::Boolean, _) => booleans(),
            (Type::Text, _) => Values::Text(Vec::new()),
            (Type::Number, _) => Values::Number(Range::all(), Vec::new()),
            _ => Values::Anything,
        };
        Self {
            none: property.nullable,
            values,
        }
    }

    /// A number of times.
    pub(super) fn count() -> Self {
        let range = Range {
            low: 0.0,
            whole: true,
            ..Range::all()
        };
        Self {
            none: false,
            values: Values::Number(range, Vec::new()),
        }
    }

    /// Yes or no.
    pub(super) fn truth() -> Self {
        Self {
            none: false,
            values: booleans(),
        }
    }

    /// Whether no value is left.
    pub(super) fn is_empty(&self) -> bool {
        !self.none
            && match &self.values {
                Values::Listed(values) => values.is_empty(),
                Values::Number(range, but) => range.is_empty(but),
                Values::Text(_) | Values::Anything => false,
            }
    }

    /// It is one of these.
    pub(super) fn keep_one_of(&mut self, wanted: &[Literal]) {
        self.none &= wanted.contains(&Literal::None);
        let fits = |it: &Literal| match (&self.values, it) {
            (Values::Listed(values), _) => values.contains(it),
            (Values::Number(range, but), Literal::Number(number)) => {
                range.has(*number) && !but.contains(number)
            }
            (Values::Text(but), Literal::Text(_)) => !but.contains(it),
            _ => false,
        };
        if !matches!(self.values, Values::Anything) {
            self.values = Values::Listed(wanted.iter().filter(|it| fits(it)).cloned().collect());
        } else if wanted.iter().all(|it| *it == Literal::None) {
            self.values = Values::Listed(Vec::new());
        }
    }

    /// It is not this.
    pub(super) fn drop_one(&mut self, value: &Literal) {
        match (&mut self.values, value) {
            (_, Literal::None) => self.none = false,
            (Values::Listed(values), _) => values.retain(|it| it != value),
            (Values::Number(_, but), Literal::Number(number)) => but.push(*number),
            (Values::Text(but), Literal::Text(_)) => but.push(value.clone()),
            _ => {}
        }
    }

    /// It compares with a number. Whether `none` does is nobody's guess, so it stays.
    pub(super) fn compare(&mut self, operator: Comparison, number: f64) {
        match &mut self.values {
            Values::Listed(values) => values.retain(|it| match it {
                Literal::Number(_) => {
                    super::text::constant(operator, it, &Literal::Number(number)) != Some(false)
                }
                _ => true,
            }),
            Values::Number(range, but) => range.narrow(operator, number, but),
            Values::Text(_) | Values::Anything => {}
        }
    }
}

impl Range {
    fn all() -> Self {
        Self {
            low: f64::NEG_INFINITY,
            low_open: false,
            high: f64::INFINITY,
            high_open: false,
            whole: false,
        }
    }

    fn has(&self, number: f64) -> bool {
        let above = number > self.low || (number == self.low && !self.low_open);
        let below = number < self.high || (number == self.high && !self.high_open);
        above && below && (!self.whole || number.fract() == 0.0)
    }

    fn narrow(&mut self, operator: Comparison, number: f64, but: &mut Vec<f64>) {
        match operator {
            Comparison::Equal => {
                self.narrow(Comparison::LessOrEqual, number, but);
                self.narrow(Comparison::GreaterOrEqual, number, but);
            }
            Comparison::NotEqual => but.push(number),
            Comparison::Less | Comparison::LessOrEqual => {
                let open = operator == Comparison::Less;
                if number < self.high || (number == self.high && open) {
                    (self.high, self.high_open) = (number, open);
                }
            }
            Comparison::Greater | Comparison::GreaterOrEqual => {
                let open = operator == Comparison::Greater;
                if number > self.low || (number == self.low && open) {
                    (self.low, self.low_open) = (number, open);
                }
            }
        }
    }

    fn is_empty(&self, but: &[f64]) -> bool {
        if !self.whole {
            return self.low > self.high
                || (self.low == self.high && (!self.has(self.low) || but.contains(&self.low)));
        }
        let mut number = self.low.ceil();
        if number == self.low && self.low_open {
            number += 1.0;
        }
        // Each excluded number can take away one of the whole numbers in the range.
        for _ in 0..=but.len() {
            if !self.has(number) {
                return true;
            }
            if !but.contains(&number) {
                return false;
            }
            number += 1.0;
        }
        false
    }
}

fn booleans() -> Values {
    Values::Listed(vec![Literal::Boolean(true), Literal::Boolean(false)])
}

fn literal(value: &Value) -> Option<Literal> {
    match value {
        Value::String(it) => Some(Literal::Text(it.as_str().into())),
        Value::Number(it) => it.as_f64().map(Literal::Number),
        Value::Bool(it) => Some(Literal::Boolean(*it)),
        _ => None,
    }
}
