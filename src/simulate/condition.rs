//! Conditions, laid out for asking them often.
//!
//! In: the parsed condition. Out: [`Test`], whose names are numbers. A condition that could not be read
//! never holds: such a program has input errors, and nobody simulates it.

use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::{Map, Value};

use super::EventNo;
use crate::model::{Comparison, Condition, Duration, Expr, ExprKind, Literal, Since};

/// A condition whose names are numbers.
#[derive(Debug)]
pub(super) enum Test<'p> {
    Value(Value),
    List(Vec<Test<'p>>),
    Attribute(usize),
    Property(&'p str),
    Not(Box<Test<'p>>),
    All(Vec<Test<'p>>),
    Any(Vec<Test<'p>>),
    Compare(Comparison, Box<(Test<'p>, Test<'p>)>),
    In {
        both: Box<(Test<'p>, Test<'p>)>,
        negated: bool,
    },
    Count(Option<EventNo>, Since),
    Did(Option<EventNo>, Since),
    Clicked(&'p str),
}

/// What a condition may ask.
pub(super) trait Asked {
    /// An attribute as it is now.
    fn attribute(&self, number: usize) -> &Value;
    /// What the event carries that a property is asked of.
    fn properties(&self) -> Option<&Map<String, Value>>;
    /// How often an event has come.
    fn count(&self, event: EventNo, since: Since) -> u32;
    /// Whether the person has clicked in a message of this visit's journey since they entered it.
    fn clicked(&self, step: &str) -> bool;
}

/// What gives names their numbers.
pub(super) struct Numbers<'n> {
    pub(super) attribute: &'n dyn Fn(&str) -> Option<usize>,
    pub(super) event: &'n dyn Fn(&str) -> Option<EventNo>,
}

impl<'p> Test<'p> {
    /// Lays a condition out.
    pub(super) fn of(condition: &'p Condition, numbers: &Numbers<'_>) -> Self {
        match &condition.parsed {
            Ok(expr) => Self::read(expr, numbers),
            Err(_) => Self::Value(Value::Bool(false)),
        }
    }

    fn read(expr: &'p Expr, numbers: &Numbers<'_>) -> Self {
        let read = |it: &'p Expr| Self::read(it, numbers);
        match &expr.kind {
            ExprKind::Literal(Literal::Text(it)) => Self::Value(Value::from(&**it)),
            ExprKind::Literal(Literal::Number(it)) => Self::Value(Value::from(*it)),
            ExprKind::Literal(Literal::Boolean(it)) => Self::Value(Value::Bool(*it)),
            ExprKind::Literal(Literal::None) => Self::Value(Value::Null),
            ExprKind::List(items) => Self::List(items.iter().map(read).collect()),
            ExprKind::Contact(name) => match (numbers.attribute)(name) {
                Some(it) => Self::Attribute(it),
                None => Self::Value(Value::Null),
            },
            ExprKind::Event(name) => Self::Property(name),
            ExprKind::Not(of) => Self::Not(Box::new(read(of))),
            ExprKind::And(parts) => Self::All(parts.iter().map(read).collect()),
            ExprKind::Or(parts) => Self::Any(parts.iter().map(read).collect()),
            ExprKind::Compare {
                operator,
                left,
                right,
            } => Self::Compare(*operator, Box::new((read(left), read(right)))),
            ExprKind::In {
                needle,
                haystack,
                negated,
            } => Self::In {
                both: Box::new((read(needle), read(haystack))),
                negated: *negated,
            },
            ExprKind::History(it) => {
                let event = (numbers.event)(&it.event);
                if it.counts {
                    Self::Count(event, it.since)
                } else {
                    Self::Did(event, it.since)
                }
            }
            ExprKind::Clicked { step, .. } => Self::Clicked(step),
        }
    }

    /// Whether it holds.
    pub(super) fn holds(&self, asked: &impl Asked) -> bool {
        match self {
            Self::Not(of) => !of.holds(asked),
            Self::All(of) => of.iter().all(|it| it.holds(asked)),
            Self::Any(of) => of.iter().any(|it| it.holds(asked)),
            Self::Compare(operator, both) => {
                compare(*operator, &both.0.value(asked), &both.1.value(asked))
            }
            Self::In { both, negated } => both.0.is_in(&both.1, asked) != *negated,
            Self::Did(event, since) => event.is_some_and(|it| asked.count(it, *since) > 0),
            Self::Clicked(step) => asked.clicked(step),
            other => other.value(asked).as_bool() == Some(true),
        }
    }

    /// Its value, for what is no question of yes or no.
    pub(super) fn answer(&self, asked: &impl Asked) -> Value {
        self.value(asked).into_owned()
    }

    fn value<'a>(&'a self, asked: &'a impl Asked) -> Cow<'a, Value> {
        match self {
            Self::Value(it) => Cow::Borrowed(it),
            Self::Attribute(number) => Cow::Borrowed(asked.attribute(*number)),
            Self::Property(name) => match asked.properties().and_then(|it| it.get(*name)) {
                Some(it) => Cow::Borrowed(it),
                None => Cow::Owned(Value::Null),
            },
            Self::Count(event, since) => {
                let count = event.map_or(0, |it| asked.count(it, *since));
                Cow::Owned(Value::from(count))
            }
            Self::List(items) => {
                let items = items.iter().map(|it| it.value(asked).into_owned());
                Cow::Owned(Value::Array(items.collect()))
            }
            truth => Cow::Owned(Value::Bool(truth.holds(asked))),
        }
    }

    fn is_in(&self, haystack: &Self, asked: &impl Asked) -> bool {
        let needle = self.value(asked);
        if let Self::List(items) = haystack {
            return items.iter().any(|it| is_same(&needle, &it.value(asked)));
        }
        match &*haystack.value(asked) {
            Value::Array(items) => items.iter().any(|it| is_same(&needle, it)),
            Value::String(text) => needle.as_str().is_some_and(|it| text.contains(it)),
            _ => false,
        }
    }
}

/// A comparison of order with something unknown does not hold.
pub(crate) fn compare(operator: Comparison, left: &Value, right: &Value) -> bool {
    let order = || ordered(left, right);
    match operator {
        Comparison::Equal => is_same(left, right),
        Comparison::NotEqual => !is_same(left, right),
        Comparison::Less => order().is_some_and(Ordering::is_lt),
        Comparison::LessOrEqual => order().is_some_and(Ordering::is_le),
        Comparison::Greater => order().is_some_and(Ordering::is_gt),
        Comparison::GreaterOrEqual => order().is_some_and(Ordering::is_ge),
    }
}

/// Numbers are the same whether they were written as 1 or 1.0.
pub(crate) fn is_same(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => left.total_cmp(&right).is_eq() || left - right == 0.0,
        _ => left == right,
    }
}

fn ordered(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => match (moment(left), moment(right)) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => Some(left.cmp(right)),
        },
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// A day or a moment in ISO 8601; one with an offset is taken to UTC.
pub(super) fn moment(text: &str) -> Option<NaiveDateTime> {
    let day = || text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0);
    let local = || text.parse::<NaiveDateTime>().ok();
    let fixed = || Some(DateTime::parse_from_rfc3339(text).ok()?.naive_utc());
    day().or_else(local).or_else(fixed)
}

/// How far back a question with `within` looks.
pub(super) fn reach(since: Since) -> Option<Duration> {
    match since {
        Since::Within(it) => Some(it),
        Since::Always | Since::Entry => None,
    }
}
