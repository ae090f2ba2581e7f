//! The condition language: Jinja's spelling, typed, without loops or calls of its own.
//!
//! In: the text of a condition. Out: an [`Expr`] whose nodes know their byte range in that text.
//! Invariant: reading never fails as a whole; a fault is kept beside the text, so that the rest of
//! the file is still checked. Not done here: types, which need the project (`check` does that).

mod parse;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer};

use super::duration::Duration;
use super::shape::Name;

/// A condition as written, with what it means.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The text, with its place.
    pub text: Name,
    /// What it means, or why it means nothing.
    pub parsed: Result<Expr, Fault>,
}

/// Why a text is no condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, in the house style of headlines.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The bytes of the text that are wrong.
    pub at: Range<u32>,
}

/// A node of a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its bytes in the condition's text.
    pub at: Range<u32>,
}

/// What a node of a condition is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A value written out.
    Literal(Literal),
    /// Values in brackets.
    List(Vec<Expr>),
    /// `contact.NAME`.
    Contact(Box<str>),
    /// `event.NAME`: a property of the trigger's event.
    Event(Box<str>),
    /// `not x`.
    Not(Box<Expr>),
    /// `x and y and …`, at least two.
    And(Vec<Expr>),
    /// `x or y or …`, at least two.
    Or(Vec<Expr>),
    /// `x == y` and its like.
    Compare {
        /// Which comparison.
        operator: Comparison,
        /// What stands left.
        left: Box<Expr>,
        /// What stands right.
        right: Box<Expr>,
    },
    /// `x in y`, `x not in y`.
    In {
        /// What is looked for.
        needle: Box<Expr>,
        /// Where.
        haystack: Box<Expr>,
        /// Whether it must be missing.
        negated: bool,
    },
    /// `contact.count(…)` or `contact.did(…)`.
    History(History),
    /// `contact.clicked("step")`.
    Clicked {
        /// The step's id.
        step: Box<str>,
        /// The bytes of the id, quotes included.
        step_at: Range<u32>,
    },
}

/// A question about what the person did.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Whether the answer is a number (`count`) or yes or no (`did`).
    pub counts: bool,
    /// The event's name.
    pub event: Box<str>,
    /// The bytes of the name, quotes included.
    pub event_at: Range<u32>,
    /// How far back it looks.
    pub since: Since,
}

/// How far back a question looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// For ever.
    Always,
    /// To the entry into this journey.
    Entry,
    /// For this long.
    Within(Duration),
}

/// A value written out.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A text in quotes.
    Text(Box<str>),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// `none`: nothing is known.
    None,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// The sign.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Whether it asks for an order, not only for sameness.
    pub fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

impl Expr {
    /// Reads a condition.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        parse::parse(text)
    }

    /// Calls `visit` on this node and all below it, outer ones first.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Self)) {
        visit(self);
        match &self.kind {
            ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) => {
                for item in items {
                    item.walk(visit);
                }
            }
            ExprKind::Not(inner) => inner.walk(visit),
            ExprKind::Compare { left, right, .. } => {
                left.walk(visit);
                right.walk(visit);
            }
            ExprKind::In {
                needle, haystack, ..
            } => {
                needle.walk(visit);
                haystack.walk(visit);
            }
            ExprKind::Literal(_)
            | ExprKind::Contact(_)
            | ExprKind::Event(_)
            | ExprKind::History(_)
            | ExprKind::Clicked { .. } => {}
        }
    }

    /// The events that must have happened since entry when this holds: what a branch on
    /// `contact.did("x", since=entry)` proves. A disjunction proves nothing.
    pub fn proves(&self) -> Vec<&str> {
        match &self.kind {
            ExprKind::History(it) if !it.counts && it.since == Since::Entry => vec![&it.event],
            ExprKind::And(parts) => parts.iter().flat_map(Self::proves).collect(),
            ExprKind::Compare {
                operator: Comparison::Greater,
                left,
                right,
            } if is_number(right, |n| n >= 0.0) => counted(left),
            ExprKind::Compare {
                operator: Comparison::GreaterOrEqual,
                left,
                right,
            } if is_number(right, |n| n >= 1.0) => counted(left),
            _ => Vec::new(),
        }
    }
}

fn counted(expr: &Expr) -> Vec<&str> {
    match &expr.kind {
        ExprKind::History(it) if it.counts && it.since == Since::Entry => vec![&it.event],
        _ => Vec::new(),
    }
}

fn is_number(expr: &Expr, test: impl Fn(f64) -> bool) -> bool {
    matches!(expr.kind, ExprKind::Literal(Literal::Number(n)) if test(n))
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text.value)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Name::deserialize(deserializer)?;
        let parsed = Expr::parse(&text.value);
        Ok(Self { text, parsed })
    }
}

impl JsonSchema for Condition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "title": "condition",
            "description": "A condition: `== != < <= > >= in and or not`, `contact.x`, `event.x`, `contact.count(\"event\", within=\"30d\")`, `contact.did(\"event\", since=entry)`, `contact.clicked(\"step\")`.",
            "minLength": 1,
            "examples": ["contact.plan == \"pro\"", "contact.count(\"order_paid\", within=\"365d\") > 1"]
        })
    }
}
