//! A journey in the words of one target: the intermediate form between the manifest and a body.
//!
//! Invariant: everything in a [`Program`] is something that the target says it can take, except what a
//! comparison of values needs; ways of a fork come together again behind it unless they end.

use serde_json::Value;

use super::super::capability::Unit;
use crate::manifest::{Condition, Expr, Journey, Reentry, Send, Task};
use crate::model::{IfPast, Weekday};

/// One journey.
#[derive(Debug, Clone)]
pub struct Program<'a> {
    /// Its name: the journey's, and behind a slash the step where it goes on with another one.
    pub name: String,
    /// The journey of the manifest.
    pub journey: &'a Journey,
    /// What lets people in.
    pub start: Start<'a>,
    /// What the target asks of the trigger's event, where it filters there.
    pub filter: Option<Expr>,
    /// Who may come in again.
    pub reentry: Reentry,
    /// What makes people leave, watched by the target at every step.
    pub exits: Vec<Leave<'a>>,
    /// What ends the journey when it holds, where exits are asked for behind every wait: a target that
    /// holds mail back itself asks for it again afterwards.
    pub asked: Option<Test<'a>>,
    /// What happens.
    pub ops: Vec<Op<'a>>,
    /// Attributes that small journeys of their own set to true when an event comes.
    pub marks: Vec<Mark<'a>>,
    /// Programs that a date starts, which go on where this one ends; only where the target waits for
    /// dates in no other way.
    pub later: Vec<Program<'a>>,
}

/// What lets people into a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start<'a> {
    /// The journey's trigger.
    Event,
    /// A date of the contact, in the contact's own zone.
    Date {
        /// The attribute that holds it.
        attribute: &'a str,
        /// So many days before it.
        before: u32,
        /// The time of day, `HH:MM`.
        at: String,
    },
}

impl<'a> Program<'a> {
    /// This program, and those that go on where it ends.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.later)
    }

    /// Calls `visit` on everything that happens in this program and the later ones.
    pub fn walk<'o>(&'o self, visit: &mut impl FnMut(&'o Op<'a>)) {
        for program in self.all() {
            Op::walk(&program.ops, visit);
        }
    }
}

/// An event that makes people leave.
#[derive(Debug, Clone, PartialEq)]
pub struct Leave<'a> {
    /// The event.
    pub event: &'a str,
    /// Only events for which this holds.
    pub filter: Option<&'a Condition>,
    /// The line that says so, from 1.
    pub line: u32,
}

/// An attribute that is set to true when an event comes, and to false on entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark<'a> {
    /// The attribute.
    pub attribute: String,
    /// The event.
    pub event: &'a str,
    /// Only events for which this holds.
    pub filter: Option<&'a Condition>,
}

/// One thing that happens.
#[derive(Debug, Clone)]
pub struct Op<'a> {
    /// Its name, unique in the program: letters, digits, `-`, `_` and dots.
    pub id: String,
    /// The step of the manifest.
    pub node: &'a str,
    /// The line of the step, from 1.
    pub line: u32,
    /// What it is.
    pub act: Act<'a>,
}

/// What happens.
#[derive(Debug, Clone)]
pub enum Act<'a> {
    /// A mail goes out.
    Mail {
        /// The step.
        send: &'a Send,
        /// Its languages: all of them where the target's messages hold several, else one.
        locales: Vec<&'a str>,
        /// Who gets it, where the target's messages have filters; everybody if not said.
        gate: Option<Test<'a>>,
    },
    /// People of ours do something.
    Task {
        /// The step.
        task: &'a Task,
        /// The address that is told, where the account names one and the target has no tasks.
        to: Option<String>,
    },
    /// Waits.
    Delay {
        /// How many.
        amount: u32,
        /// Of what.
        unit: Unit,
        /// Then until one of these days; any day when empty.
        days: Vec<Weekday>,
        /// Whose clock decides the day: `contact`, or an IANA name.
        zone: String,
    },
    /// Waits until a time of day, a day of the week, or both.
    Until {
        /// The time of day, `HH:MM`.
        at: Option<String>,
        /// On one of these days; any day when empty.
        days: Vec<Weekday>,
        /// Whose clock: `contact`, or an IANA name.
        zone: String,
    },
    /// Waits for an event.
    Await {
        /// The event.
        event: &'a str,
        /// Only events for which this holds.
        filter: Option<&'a Condition>,
        /// How many minutes at most; for ever if not said.
        timeout: Option<u32>,
        /// What happens when it has not come; those for whom it has come go on behind.
        late: Vec<Op<'a>>,
    },
    /// Waits for a date.
    Date {
        /// The date.
        date: &'a Condition,
        /// Minutes before it, or behind it when negative.
        before: i64,
        /// The time of day, `HH:MM`.
        at: Option<&'a str>,
        /// What to do when the moment has passed.
        if_past: IfPast,
    },
    /// Takes the first way whose test holds.
    Choose {
        /// The ways; a single one unless the target has more.
        ways: Vec<(Test<'a>, Vec<Op<'a>>)>,
        /// What happens when none holds.
        otherwise: Vec<Op<'a>>,
    },
    /// Sends people by chance one way or another.
    Draw {
        /// The arms: name, share and what happens; two of them unless the target has more.
        arms: Vec<Arm<'a>>,
    },
    /// Writes an attribute of the contact.
    Set {
        /// The attribute.
        attribute: String,
        /// Its value; null to clear it.
        value: Value,
    },
    /// Starts another journey.
    Enter {
        /// The journey.
        journey: &'a str,
        /// The list that it listens to, where the target starts journeys by lists.
        list: Option<String>,
    },
    /// Ends the journey.
    End {
        /// Why, in a word.
        reason: &'a str,
    },
}

/// One arm of a draw.
#[derive(Debug, Clone)]
pub struct Arm<'a> {
    /// Its name.
    pub name: String,
    /// Its share, in percent of those who come by; all shares of a draw make 100.
    pub percent: u32,
    /// What happens.
    pub ops: Vec<Op<'a>>,
}

/// A question about a person.
#[derive(Debug, Clone, PartialEq)]
pub enum Test<'a> {
    /// Whether a condition holds.
    Holds(Expr),
    /// Whether an event has come since entry.
    Came {
        /// The event.
        event: &'a str,
        /// Only events for which this holds.
        filter: Option<&'a Condition>,
    },
    /// Whether a person reads a language.
    Speaks {
        /// The language.
        locale: &'a str,
        /// Whether it is for everybody whom no other one is for.
        default: bool,
        /// The other languages of the mail.
        others: Vec<&'a str>,
    },
    /// Whether the moment so many days before a date of the contact has passed; only where a date
    /// starts a program of its own.
    Past {
        /// The attribute that holds the date.
        attribute: &'a str,
        /// The days; less than none for days behind the date.
        before: i64,
    },
    /// The opposite.
    Not(Box<Test<'a>>),
    /// All of them; at least two.
    All(Vec<Test<'a>>),
    /// Any of them; at least two.
    Any(Vec<Test<'a>>),
}

impl Test<'_> {
    /// The opposite.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Not(of) => *of,
            other => Self::Not(Box::new(other)),
        }
    }

    /// All of these; nothing for none.
    pub fn all(mut tests: Vec<Self>) -> Option<Self> {
        match tests.len() {
            0 | 1 => tests.pop(),
            _ => Some(Self::All(tests)),
        }
    }

    /// Any of these; nothing for none.
    pub fn any(mut tests: Vec<Self>) -> Option<Self> {
        match tests.len() {
            0 | 1 => tests.pop(),
            _ => Some(Self::Any(tests)),
        }
    }

    /// Whether one answer is sure, whoever asks.
    pub(super) fn constant(&self) -> Option<bool> {
        match self {
            Self::Holds(expr) => constant(expr),
            Self::Came { .. } | Self::Speaks { .. } | Self::Past { .. } => None,
            Self::Not(of) => of.constant().map(|it| !it),
            Self::All(of) => fold(of.iter().map(Self::constant), false),
            Self::Any(of) => fold(of.iter().map(Self::constant), true),
        }
    }
}

fn constant(expr: &Expr) -> Option<bool> {
    match expr {
        Expr::Literal { value } => value.as_bool().or(value.is_null().then_some(false)),
        Expr::Not { of } => constant(of).map(|it| !it),
        Expr::And { of } => fold(of.iter().map(constant), false),
        Expr::Or { of } => fold(of.iter().map(constant), true),
        _ => None,
    }
}

/// One part that is `absorbing` decides; else all parts must be sure.
fn fold(parts: impl Iterator<Item = Option<bool>>, absorbing: bool) -> Option<bool> {
    let mut sure = true;
    for part in parts {
        match part {
            Some(it) if it == absorbing => return Some(absorbing),
            Some(_) => {}
            None => sure = false,
        }
    }
    sure.then_some(!absorbing)
}

impl<'a> Op<'a> {
    /// The lists of things inside this one.
    pub fn inner(&self) -> Vec<&[Op<'a>]> {
        match &self.act {
            Act::Await { late, .. } => vec![late],
            Act::Choose { ways, otherwise } => {
                let ways = ways.iter().map(|it| &it.1[..]);
                ways.chain([&otherwise[..]]).collect()
            }
            Act::Draw { arms } => arms.iter().map(|it| &it.ops[..]).collect(),
            _ => Vec::new(),
        }
    }

    /// Calls `visit` on everything of a list and all below.
    pub fn walk<'o>(ops: &'o [Self], visit: &mut impl FnMut(&'o Self)) {
        for op in ops {
            visit(op);
            for inner in op.inner() {
                Self::walk(inner, visit);
            }
        }
    }

    /// Whether nobody goes on behind it.
    pub(super) fn ends(&self) -> bool {
        let last = |ops: &[Self]| ops.iter().any(Self::ends);
        match &self.act {
            Act::End { .. } => true,
            Act::Choose { ways, otherwise } => ways.iter().all(|it| last(&it.1)) && last(otherwise),
            Act::Draw { arms } => !arms.is_empty() && arms.iter().all(|it| last(&it.ops)),
            _ => false,
        }
    }

    /// Whether time passes.
    pub fn takes_time(&self) -> bool {
        matches!(
            self.act,
            Act::Delay { .. } | Act::Until { .. } | Act::Await { .. } | Act::Date { .. }
        )
    }
}
