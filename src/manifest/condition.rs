//! Conditions of the manifest: as written, and as a tree that needs no parser.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::types::Duration;
use crate::model::{self, Comparison, ExprKind, Literal};

/// A condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Condition {
    /// As written.
    #[schemars(example = &"event.total > 0")]
    pub text: String,
    /// What it means.
    #[schemars(example = example_expr())]
    pub tree: Expr,
}

/// A node of a condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Expr {
    /// A value written out; null for `none`.
    Literal {
        /// The value.
        #[schemars(example = 0)]
        value: Value,
    },
    /// Values in brackets.
    List {
        /// The values.
        #[schemars(example = example_list())]
        items: Vec<Expr>,
    },
    /// An attribute of the contact.
    Contact {
        /// Its name.
        #[schemars(example = &"plan")]
        name: String,
    },
    /// A property of the event: the trigger's, or the one beside which a `where` stands.
    Event {
        /// Its name.
        #[schemars(example = &"total")]
        name: String,
    },
    /// The opposite.
    Not {
        /// Of what.
        #[schemars(example = example_expr())]
        of: Box<Expr>,
    },
    /// All of them.
    And {
        /// The parts, at least two.
        #[schemars(example = example_list())]
        of: Vec<Expr>,
    },
    /// Any of them.
    Or {
        /// The parts, at least two.
        #[schemars(example = example_list())]
        of: Vec<Expr>,
    },
    /// A comparison.
    Compare {
        /// `==`, `!=`, `<`, `<=`, `>` or `>=`.
        #[schemars(example = &">")]
        sign: Sign,
        /// What stands left.
        #[schemars(example = example_left())]
        left: Box<Expr>,
        /// What stands right.
        #[schemars(example = example_right())]
        right: Box<Expr>,
    },
    /// Whether one thing is among others.
    In {
        /// What is looked for.
        #[schemars(example = example_left())]
        needle: Box<Expr>,
        /// Where.
        #[schemars(example = example_right())]
        haystack: Box<Expr>,
        /// Whether it must be missing.
        #[serde(default)]
        #[schemars(example = false)]
        negated: bool,
    },
    /// How often an event came: a number.
    Count {
        /// The event.
        #[schemars(example = &"order_paid")]
        event: String,
        /// How far back it looks.
        #[schemars(example = &"entry")]
        since: Since,
    },
    /// Whether an event came.
    Did {
        /// The event.
        #[schemars(example = &"review_given")]
        event: String,
        /// How far back it looks.
        #[schemars(example = &"entry")]
        since: Since,
    },
    /// Whether the person clicked in a message.
    Clicked {
        /// The step that sent it.
        #[schemars(example = &"review-request")]
        step: String,
    },
}

/// A comparison's sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Sign {
    /// The same.
    #[serde(rename = "==")]
    Equal,
    /// Not the same.
    #[serde(rename = "!=")]
    NotEqual,
    /// Smaller, earlier.
    #[serde(rename = "<")]
    Less,
    /// Smaller or the same.
    #[serde(rename = "<=")]
    LessOrEqual,
    /// Larger, later.
    #[serde(rename = ">")]
    Greater,
    /// Larger or the same.
    #[serde(rename = ">=")]
    GreaterOrEqual,
}

impl Sign {
    /// The sign of the opposite comparison.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
        }
    }

    /// The sign after both sides have changed places.
    #[must_use]
    pub fn flipped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }
}

/// How far back a question looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// For ever.
    Always,
    /// To the entry into this journey.
    Entry,
    /// For this long.
    Within(Duration),
}

impl Expr {
    /// Calls `visit` on this node and all below it, outer ones first.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Self)) {
        visit(self);
        match self {
            Self::List { items: parts } | Self::And { of: parts } | Self::Or { of: parts } => {
                for part in parts {
                    part.walk(visit);
                }
            }
            Self::Not { of } => of.walk(visit),
            Self::Compare { left, right, .. } => {
                left.walk(visit);
                right.walk(visit);
            }
            Self::In {
                needle, haystack, ..
            } => {
                needle.walk(visit);
                haystack.walk(visit);
            }
            Self::Literal { .. }
            | Self::Contact { .. }
            | Self::Event { .. }
            | Self::Count { .. }
            | Self::Did { .. }
            | Self::Clicked { .. } => {}
        }
    }
}

impl From<&model::Condition> for Condition {
    /// A text that means nothing has been reported; it counts as `none` here.
    fn from(condition: &model::Condition) -> Self {
        let tree = condition
            .parsed
            .as_ref()
            .map_or(Expr::Literal { value: Value::Null }, Expr::from);
        Self {
            text: condition.text.value.to_string(),
            tree,
        }
    }
}

impl From<&model::Expr> for Expr {
    fn from(expr: &model::Expr) -> Self {
        let all = |parts: &[model::Expr]| parts.iter().map(Self::from).collect();
        let one = |part: &model::Expr| Box::new(Self::from(part));
        match &expr.kind {
            ExprKind::Literal(it) => Self::Literal { value: value(it) },
            ExprKind::List(items) => Self::List { items: all(items) },
            ExprKind::Contact(name) => Self::Contact {
                name: name.to_string(),
            },
            ExprKind::Event(name) => Self::Event {
                name: name.to_string(),
            },
            ExprKind::Not(of) => Self::Not { of: one(of) },
            ExprKind::And(parts) => Self::And { of: all(parts) },
            ExprKind::Or(parts) => Self::Or { of: all(parts) },
            ExprKind::Compare {
                operator,
                left,
                right,
            } => Self::Compare {
                sign: sign(*operator),
                left: one(left),
                right: one(right),
            },
            ExprKind::In {
                needle,
                haystack,
                negated,
            } => Self::In {
                needle: one(needle),
                haystack: one(haystack),
                negated: *negated,
            },
            ExprKind::History(it) => {
                let event = it.event.to_string();
                let since = match it.since {
                    model::Since::Always => Since::Always,
                    model::Since::Entry => Since::Entry,
                    model::Since::Within(it) => Since::Within(it.into()),
                };
                if it.counts {
                    Self::Count { event, since }
                } else {
                    Self::Did { event, since }
                }
            }
            ExprKind::Clicked { step, .. } => Self::Clicked {
                step: step.to_string(),
            },
        }
    }
}

/// Whole numbers stay whole, so that a reader sees `0`, not `0.0`.
fn value(literal: &Literal) -> Value {
    match literal {
        Literal::Text(it) => Value::from(&**it),
        Literal::Number(it) => number(*it),
        Literal::Boolean(it) => Value::from(*it),
        Literal::None => Value::Null,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "guarded: whole and within 2^53"
)]
fn number(it: f64) -> Value {
    if it.fract() == 0.0 && it.abs() < 9_007_199_254_740_992.0 {
        Value::from(it as i64)
    } else {
        Value::from(it)
    }
}

fn sign(operator: Comparison) -> Sign {
    match operator {
        Comparison::Equal => Sign::Equal,
        Comparison::NotEqual => Sign::NotEqual,
        Comparison::Less => Sign::Less,
        Comparison::LessOrEqual => Sign::LessOrEqual,
        Comparison::Greater => Sign::Greater,
        Comparison::GreaterOrEqual => Sign::GreaterOrEqual,
    }
}

fn example_expr() -> Value {
    serde_json::json!({"op": "compare", "sign": ">", "left": {"op": "event", "name": "total"}, "right": {"op": "literal", "value": 0}})
}

fn example_left() -> Value {
    serde_json::json!({"op": "event", "name": "total"})
}

fn example_right() -> Value {
    serde_json::json!({"op": "literal", "value": 0})
}

fn example_list() -> Value {
    serde_json::json!([{"op": "literal", "value": "free"}, {"op": "literal", "value": "pro"}])
}
