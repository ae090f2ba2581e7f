//! What must be different about a person so that a condition holds, or does not.
//!
//! In: a condition. Out: a few alternatives, each a list of [`Wish`]es. They are guesses: whoever makes
//! them true lives the life and sees. Not done here: when events come (`search`).

use serde_json::Value;

use crate::model::{Comparison, Expr, ExprKind, History, Literal, Project, Property, Since, Table};

/// The most alternatives of one condition.
const MOST: usize = 4;

/// Something that must be so.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wish {
    /// An attribute of the person has this value.
    Attribute(Box<str>, Value),
    /// A property of the event that is asked about has this value.
    Property(Box<str>, Value),
    /// An event has come so often.
    Happened(Box<str>, u32, Since),
    /// The person clicked in a message of the journey, or did not.
    Clicked(Box<str>, bool),
}

/// What a condition may ask about.
pub(super) struct Asked<'p> {
    /// What is declared of people.
    pub(super) project: &'p Project,
    /// What is declared of the event that is asked about.
    pub(super) event: Option<&'p Table<Property>>,
}

type Alternatives = Vec<Vec<Wish>>;

impl Asked<'_> {
    /// What makes a condition hold, or not hold.
    pub(super) fn wishes(&self, of: &Expr, holds: bool) -> Alternatives {
        let mut res = match (&of.kind, holds) {
            (ExprKind::Not(it), _) => self.wishes(it, !holds),
            (ExprKind::And(all), true) | (ExprKind::Or(all), false) => {
                let each = all.iter().map(|it| self.wishes(it, holds));
                all_of(each)
            }
            (ExprKind::Or(all), true) | (ExprKind::And(all), false) => {
                all.iter().flat_map(|it| self.wishes(it, holds)).collect()
            }
            (
                ExprKind::Compare {
                    operator,
                    left,
                    right,
                },
                _,
            ) => self.compared(*operator, (left, right), holds),
            (
                ExprKind::In {
                    needle,
                    haystack,
                    negated,
                },
                _,
            ) => self.among(needle, haystack, holds != *negated),
            (ExprKind::History(it), _) => vec![vec![happened(it, u32::from(holds))]],
            (ExprKind::Clicked { step, .. }, _) => vec![vec![Wish::Clicked(step.clone(), holds)]],
            (ExprKind::Contact(_) | ExprKind::Event(_), _) => {
                let wish = wish(of, Value::from(holds));
                wish.map(|it| vec![it]).into_iter().collect()
            }
            (ExprKind::Literal(_) | ExprKind::List(_), _) => Vec::new(),
        };
        res.truncate(MOST);
        res
    }

    fn compared(
        &self,
        operator: Comparison,
        (left, right): (&Expr, &Expr),
        holds: bool,
    ) -> Alternatives {
        let (asked, literal, operator) = match (&left.kind, &right.kind) {
            (_, ExprKind::Literal(it)) => (left, it, operator),
            (ExprKind::Literal(it), _) => (right, it, turned(operator)),
            _ => return Vec::new(),
        };
        let operator = if holds { operator } else { opposite(operator) };
        if let (ExprKind::History(it), Literal::Number(number)) = (&asked.kind, literal) {
            return counts(operator, *number)
                .into_iter()
                .map(|times| vec![happened(it, times)])
                .collect();
        }
        let property = self.property(asked);
        let values = values(operator, literal, property);
        let wishes = values.into_iter().filter_map(|it| wish(asked, it));
        wishes.map(|it| vec![it]).collect()
    }

    fn among(&self, needle: &Expr, haystack: &Expr, holds: bool) -> Alternatives {
        let values = match (&needle.kind, &haystack.kind) {
            (_, ExprKind::List(items)) => {
                let all: Vec<Value> = items
                    .iter()
                    .filter_map(|it| match &it.kind {
                        ExprKind::Literal(it) => Some(value(it)),
                        _ => None,
                    })
                    .collect();
                if holds {
                    all
                } else {
                    others(self.property(needle), &all)
                }
            }
            (ExprKind::Literal(it), _) => {
                let list = if holds { vec![value(it)] } else { Vec::new() };
                let wish = wish(haystack, Value::Array(list));
                return wish.map(|it| vec![it]).into_iter().collect();
            }
            _ => return Vec::new(),
        };
        let wishes = values.into_iter().filter_map(|it| wish(needle, it));
        wishes.map(|it| vec![it]).collect()
    }

    fn property(&self, of: &Expr) -> Option<&Property> {
        match &of.kind {
            ExprKind::Contact(name) => self.project.contact.get(&**name),
            ExprKind::Event(name) => self.event?.get(&**name),
            _ => None,
        }
    }
}

/// One of each: the first alternatives of all, then others of one at a time.
pub(super) fn all_of(each: impl Iterator<Item = Alternatives>) -> Alternatives {
    let mut res: Alternatives = vec![Vec::new()];
    for alternatives in each {
        let longer = res.iter().flat_map(|so_far| {
            let add = |it: &Vec<Wish>| [&so_far[..], it].concat();
            alternatives.iter().map(add).collect::<Vec<_>>()
        });
        res = longer.take(MOST).collect();
    }
    res
}

fn wish(asked: &Expr, value: Value) -> Option<Wish> {
    match &asked.kind {
        ExprKind::Contact(name) => Some(Wish::Attribute(name.clone(), value)),
        ExprKind::Event(name) => Some(Wish::Property(name.clone(), value)),
        _ => None,
    }
}

fn happened(it: &History, times: u32) -> Wish {
    Wish::Happened(it.event.clone(), times, it.since)
}

/// The same question with its sides changed.
fn turned(operator: Comparison) -> Comparison {
    match operator {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}

fn opposite(operator: Comparison) -> Comparison {
    match operator {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
    }
}

/// How often something has happened so that the comparison holds; the least of it.
fn counts(operator: Comparison, number: f64) -> Vec<u32> {
    (0..=64)
        .filter(|it| holds(operator, f64::from(*it), number))
        .take(1)
        .collect()
}

fn holds(operator: Comparison, left: f64, right: f64) -> bool {
    match operator {
        Comparison::Equal => (left - right).abs() < f64::EPSILON,
        Comparison::NotEqual => (left - right).abs() >= f64::EPSILON,
        Comparison::Less => left < right,
        Comparison::LessOrEqual => left <= right,
        Comparison::Greater => left > right,
        Comparison::GreaterOrEqual => left >= right,
    }
}

/// Values for which the comparison with a literal holds.
fn values(operator: Comparison, literal: &Literal, property: Option<&Property>) -> Vec<Value> {
    let own = value(literal);
    match (operator, literal) {
        (Comparison::Equal, _) => vec![own],
        (Comparison::NotEqual, _) => others(property, &[own]),
        (_, Literal::Number(number)) => {
            let near = [*number, number - 1.0, number + 1.0];
            let fits = |it: &f64| holds(operator, *it, *number);
            near.into_iter()
                .filter(fits)
                .take(1)
                .map(number_value)
                .collect()
        }
        (_, Literal::Text(text)) => days(operator, text),
        (_, Literal::Boolean(_) | Literal::None) => Vec::new(),
    }
}

/// Texts are put in order where they are days.
fn days(operator: Comparison, text: &str) -> Vec<Value> {
    let Ok(day) = text.parse::<chrono::NaiveDate>() else {
        return Vec::new();
    };
    let other = match operator {
        Comparison::Less => day.pred_opt(),
        Comparison::Greater => day.succ_opt(),
        _ => Some(day),
    };
    other.map(|it| it.to_string().into()).into_iter().collect()
}

/// Values that a property may have instead of these.
fn others(property: Option<&Property>, taken: &[Value]) -> Vec<Value> {
    let mut res = Vec::new();
    if let Some(property) = property {
        res.extend(property.choices.iter().map(|it| it.value.clone()));
        res.extend(property.sample.iter().cloned());
        if property.nullable {
            res.push(Value::Null);
        }
    }
    match taken.first() {
        Some(Value::Bool(it)) => res.push((!it).into()),
        Some(Value::Number(it)) => {
            res.extend(it.as_f64().map(|it| number_value(it + 1.0)));
        }
        Some(Value::String(_)) => res.push("another".into()),
        _ => {}
    }
    res.retain(|it| !taken.contains(it));
    let mut kept: Vec<Value> = Vec::new();
    for it in res {
        if !kept.contains(&it) {
            kept.push(it);
        }
    }
    kept.truncate(2);
    kept
}

fn value(literal: &Literal) -> Value {
    match literal {
        Literal::Text(it) => Value::from(&**it),
        Literal::Number(it) => number_value(*it),
        Literal::Boolean(it) => Value::from(*it),
        Literal::None => Value::Null,
    }
}

/// A whole number is written without a point.
fn number_value(number: f64) -> Value {
    let text = number.to_string();
    serde_json::from_str(&text).unwrap_or_else(|_| number.into())
}
