//! Conditions: "and" and "or" without parentheses, read from the right.
//!
//! In: tests of the IR. Out: what stands after `if`, after giving names to what it asks about.
//! Invariant: a variable that a condition names is never nil; what is missing is an empty text.

use super::super::refusal::Said;
use super::Engine;
use super::names::Place;
use super::print::Printer;
use super::value::{Absent, Kind};
use crate::template::ir::{Comparison, Expr, Filter, Literal, Test};

/// A condition in the words of Liquid.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ask {
    /// Holds for everybody.
    Always,
    /// Holds for nobody.
    Never,
    /// A single question.
    One(String),
    /// All hold.
    All(Vec<Ask>),
    /// At least one holds.
    Any(Vec<Ask>),
}

impl Ask {
    fn one(text: String) -> Self {
        Self::One(text)
    }

    /// All of them, flat, without what is known.
    fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::Always => {}
                Self::Never => return Self::Never,
                Self::All(inner) => flat.extend(inner),
                it => flat.push(it),
            }
        }
        deduplicate(&mut flat);
        match flat.len() {
            0 => Self::Always,
            1 => flat.remove(0),
            _ => Self::All(flat),
        }
    }

    /// Any of them, flat, without what is known.
    fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::Never => {}
                Self::Always => return Self::Always,
                Self::Any(inner) => flat.extend(inner),
                it => flat.push(it),
            }
        }
        deduplicate(&mut flat);
        match flat.len() {
            0 => Self::Never,
            1 => flat.remove(0),
            _ => Self::Any(flat),
        }
    }

    fn constant(holds: bool) -> Self {
        if holds { Self::Always } else { Self::Never }
    }
}

fn deduplicate(parts: &mut Vec<Ask>) {
    let mut kept: Vec<Ask> = Vec::new();
    for part in parts.drain(..) {
        if !kept.contains(&part) {
            kept.push(part);
        }
    }
    *parts = kept;
}

impl Printer<'_, '_> {
    /// A test that can stand alone after `if` about the value itself, without a name for it: what is
    /// missing is not true.
    pub(super) fn alone(&mut self, test: &Test) -> Said<Option<String>> {
        match test {
            Test::Truthy(it @ Expr::Path(path)) if self.kind(it) == Kind::Bool => {
                Ok(Some(self.path(path, Place::Tag)?))
            }
            Test::Truthy(Expr::Loop { var, field }) if !Self::is_a_number(*field) => {
                Ok(Some(self.counter(var, *field)))
            }
            Test::Compare {
                op: op @ (Comparison::Eq | Comparison::Ne),
                left: it @ Expr::Path(path),
                right: Expr::Literal(literal @ (Literal::Text(_) | Literal::Int(_))),
                ..
            } if self.liquid.engine == Engine::Ruby
                && self.is_of(it, literal)
                && *literal != Literal::Text("".into()) =>
            {
                let value = self.path(path, Place::Tag)?;
                let literal = self.literal(literal, Place::Tag);
                Ok(Some(format!("{value} {} {literal}", sign(*op))))
            }
            Test::Contains { whole, part, .. }
                if matches!(part, Expr::Literal(Literal::Text(_))) =>
            {
                match self.contains(whole, part)? {
                    Ask::One(it) => Ok(Some(it)),
                    _ => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    fn is_a_number(field: crate::template::ir::LoopField) -> bool {
        use crate::template::ir::LoopField;
        !matches!(field, LoopField::First | LoopField::Last)
    }

    fn is_of(&self, expr: &Expr, literal: &Literal) -> bool {
        match literal {
            Literal::Text(_) => self.kind(expr) == Kind::Text,
            Literal::Int(_) | Literal::Float(_) => self.kind(expr) == Kind::Number,
            Literal::Bool(_) => self.kind(expr) == Kind::Bool,
            Literal::None => false,
        }
    }

    /// A test, or its opposite.
    pub(super) fn ask(&mut self, test: &Test, negated: bool) -> Said<Ask> {
        match test {
            Test::Constant(it) => Ok(Ask::constant(*it != negated)),
            Test::Not(it) => self.ask(it, !negated),
            Test::All(all) | Test::Any(all) => {
                let mut parts = Vec::new();
                for it in all {
                    parts.push(self.ask(it, negated)?);
                }
                let is_all = matches!(test, Test::All(_)) != negated;
                Ok(if is_all {
                    Ask::all(parts)
                } else {
                    Ask::any(parts)
                })
            }
            Test::Truthy(it) => self.truthy(it, negated),
            Test::Present(it) => self.present(it, negated),
            Test::Filled(it) => self.filled(it, negated),
            Test::Compare {
                op, left, right, ..
            } => self.compared(*op, left, right, negated),
            Test::Contains { whole, part, .. } => {
                let ask = self.contains(whole, part)?;
                Ok(if negated { self.opposite(ask) } else { ask })
            }
        }
    }

    /// The opposite of a condition that Liquid cannot turn around.
    fn opposite(&mut self, ask: Ask) -> Ask {
        match ask {
            Ask::Always => Ask::Never,
            Ask::Never => Ask::Always,
            ask => {
                let flag = self.flag(ask);
                holds(flag, false)
            }
        }
    }

    fn truthy(&mut self, expr: &Expr, negated: bool) -> Said<Ask> {
        match expr {
            Expr::Literal(it) => {
                return Ok(Ask::constant(crate::template::is_true(it) != negated));
            }
            Expr::Loop { field, .. } if Self::is_counted_from_one(*field) => {
                return Ok(Ask::constant(!negated));
            }
            Expr::Truth(test) => return self.ask(test, negated),
            Expr::Choice(it) => {
                let yes = Test::All(vec![it.test.clone(), Test::Truthy(it.yes.clone())]);
                let not = it.test.clone().negated();
                let no = Test::All(vec![not, Test::Truthy(it.no.clone())]);
                return self.ask(&Test::Any(vec![yes, no]), negated);
            }
            Expr::Filter(it) if it.filter == Filter::Length => {
                let kind = self.kind(&it.of);
                if matches!(kind, Kind::Text | Kind::List) {
                    return self.truthy(&it.of, negated);
                }
            }
            _ => {}
        }
        let (absent, zero) = match self.kind(expr) {
            Kind::Text => (Absent::Empty, "''"),
            Kind::List => (Absent::Empty, "empty"),
            Kind::Number => (Absent::Zero, "0"),
            Kind::Bool => {
                let name = self.settled(expr, Absent::False)?;
                return Ok(holds(name, !negated));
            }
            Kind::Object | Kind::Unknown => {
                let name = self.settled(expr, Absent::Empty)?;
                let asks = ["''", "0", "empty"].map(|it| {
                    let sign = if negated { "==" } else { "!=" };
                    Ask::one(format!("{name} {sign} {it}"))
                });
                return Ok(if negated {
                    Ask::any(asks)
                } else {
                    Ask::all(asks)
                });
            }
        };
        let name = self.settled(expr, absent)?;
        let sign = if negated { "==" } else { "!=" };
        Ok(Ask::one(format!("{name} {sign} {zero}")))
    }

    /// Whether there is anything but none and an empty text.
    fn present(&mut self, expr: &Expr, negated: bool) -> Said<Ask> {
        if let Some(it) = fixed(expr) {
            return Ok(Ask::constant(it != negated));
        }
        match (self.kind(expr), expr) {
            // An empty list is there, and counts as true in Liquid.
            (Kind::List | Kind::Object, Expr::Path(path)) => {
                let path = self.path(path, Place::Tag)?;
                let flag = self.flag(Ask::one(path));
                Ok(holds(flag, !negated))
            }
            (Kind::List | Kind::Object, _) => Err(self.refuse(
                &format!("{} cannot ask whether this is there", self.liquid.provider),
                "ask whether it is filled",
            )),
            (Kind::Bool | Kind::Unknown, _) => {
                let name = self.settled(expr, Absent::EmptyButFalse)?;
                Ok(is_empty(&name, !negated))
            }
            _ => {
                let name = self.settled(expr, Absent::Empty)?;
                Ok(is_empty(&name, !negated))
            }
        }
    }

    /// Whether a value is not blank: zero is filled, false is not.
    fn filled(&mut self, expr: &Expr, negated: bool) -> Said<Ask> {
        match (expr, self.kind(expr)) {
            (Expr::Literal(Literal::Int(_) | Literal::Float(_)), _) => Ok(Ask::constant(!negated)),
            (Expr::Literal(_), _) | (_, Kind::Text | Kind::List | Kind::Bool | Kind::Object) => {
                self.truthy(expr, negated)
            }
            (_, Kind::Number | Kind::Unknown) => {
                let name = self.settled(expr, Absent::Empty)?;
                Ok(is_empty(&name, !negated))
            }
        }
    }

    fn compared(&mut self, op: Comparison, left: &Expr, right: &Expr, negated: bool) -> Said<Ask> {
        if op == Comparison::Ne {
            return self.compared(Comparison::Eq, left, right, !negated);
        }
        if let Expr::Literal(_) = left
            && !matches!(right, Expr::Literal(_))
        {
            return self.compared(turned(op), right, left, negated);
        }
        if fixed(left) == Some(false) || fixed(right) == Some(false) {
            return Ok(Ask::constant(negated));
        }
        if let Some(ask) = self.of_length(op, left, right, negated)? {
            return Ok(ask);
        }
        let kinds = (self.kind(left), self.kind(right));
        if op == Comparison::Eq {
            return self.equal(left, right, kinds, negated);
        }
        self.ordered(op, left, right, negated)
    }

    fn ordered(&mut self, op: Comparison, left: &Expr, right: &Expr, negated: bool) -> Said<Ask> {
        let kinds = (self.kind(left), self.kind(right));
        let absent = match kinds {
            (Kind::Number, Kind::Number) => match right {
                // Nothing is like zero here, and zero reads better.
                Expr::Literal(it) if !holds_of_zero(op, it) => Absent::Zero,
                _ => Absent::Empty,
            },
            (Kind::Text, Kind::Text) => Absent::Empty,
            (Kind::Unknown, _) | (_, Kind::Unknown) => {
                return Err(self.refuse(
                    &format!(
                        "{} takes a text for a number when it compares",
                        self.liquid.provider
                    ),
                    "declare the property as a number or as a text",
                ));
            }
            _ => return Ok(Ask::constant(negated)),
        };
        let (first, second) = (self.settled(left, absent)?, self.settled(right, absent)?);
        let op = if negated { opposite(op) } else { op };
        let mut asks = Vec::new();
        if absent == Absent::Empty {
            for (expr, name) in [(left, &first), (right, &second)] {
                if !is_fixed(expr) {
                    asks.push(is_empty(name, !negated));
                }
            }
        }
        asks.push(Ask::one(format!("{first} {} {second}", sign(op))));
        Ok(if negated {
            Ask::any(asks)
        } else {
            Ask::all(asks)
        })
    }

    fn equal(
        &mut self,
        left: &Expr,
        right: &Expr,
        kinds: (Kind, Kind),
        negated: bool,
    ) -> Said<Ask> {
        let absent = match kinds {
            (Kind::List | Kind::Object, _) | (_, Kind::List | Kind::Object) => {
                return Err(self.refuse(
                    &format!("{} cannot compare lists", self.liquid.provider),
                    "compare one of their entries",
                ));
            }
            (Kind::Unknown | Kind::Bool, _) | (_, Kind::Unknown | Kind::Bool) => {
                Absent::EmptyButFalse
            }
            (Kind::Number, _) if is_number_but_zero(right) => Absent::Zero,
            _ => Absent::Empty,
        };
        self.is_free_of_sigma = matches!(
            right,
            Expr::Literal(Literal::Text(text)) if !text.contains(['σ', 'ς', 'Σ'])
        );
        let first = self.settled(left, absent);
        self.is_free_of_sigma = false;
        let (first, second) = (first?, self.settled(right, absent)?);
        let sign = if negated { "!=" } else { "==" };
        let ask = Ask::one(format!("{first} {sign} {second}"));
        if is_fixed(left) || is_fixed(right) {
            return Ok(ask);
        }
        // Two missing values are not equal.
        let there = is_empty(&first, !negated);
        Ok(if negated {
            Ask::any([there, ask])
        } else {
            Ask::all([there, ask])
        })
    }

    /// A length compared with a number, where that asks whether there is anything.
    fn of_length(
        &mut self,
        op: Comparison,
        left: &Expr,
        right: &Expr,
        negated: bool,
    ) -> Said<Option<Ask>> {
        let (Expr::Filter(it), Expr::Literal(Literal::Int(number))) = (left, right) else {
            return Ok(None);
        };
        if it.filter != Filter::Length || !matches!(self.kind(&it.of), Kind::Text | Kind::List) {
            return Ok(None);
        }
        let some = match (op, number) {
            (Comparison::Gt, 0) | (Comparison::Ge, 1) => true,
            (Comparison::Eq | Comparison::Le, 0) | (Comparison::Lt, 1) => false,
            _ => return Ok(None),
        };
        Ok(Some(self.truthy(&it.of, some == negated)?))
    }

    fn contains(&mut self, whole: &Expr, part: &Expr) -> Said<Ask> {
        if fixed(part) == Some(false) || fixed(whole) == Some(false) {
            return Ok(Ask::Never);
        }
        let (of, what) = (self.kind(whole), self.kind(part));
        match (of, what) {
            (Kind::Text, Kind::Text) | (Kind::List, Kind::Text | Kind::Number | Kind::Bool) => {}
            (Kind::Text, Kind::Number | Kind::Bool) => return Ok(Ask::Never),
            (Kind::Unknown, Kind::Text) if matches!(part, Expr::Literal(_)) => {}
            _ => {
                return Err(self.refuse(
                    &format!(
                        "{} cannot tell whether this holds that",
                        self.liquid.provider
                    ),
                    "declare the property as a list, and ask for a text or a number",
                ));
            }
        }
        let absent = if what == Kind::Bool {
            Absent::EmptyButFalse
        } else {
            Absent::Empty
        };
        let name = self.settled(whole, Absent::Empty)?;
        let part_name = self.settled(part, absent)?;
        let ask = Ask::one(format!("{name} contains {part_name}"));
        if is_fixed(part) {
            return Ok(ask);
        }
        Ok(Ask::all([is_empty(&part_name, true), ask]))
    }

    /// A condition as it stands after `if`. Liquid reads it from the right, so that the last part may
    /// have parts of its own; what else has is worked out before.
    pub(super) fn written(&mut self, ask: Ask) -> String {
        let (parts, word) = match ask {
            Ask::Always => return "true".to_owned(),
            Ask::Never => return "false".to_owned(),
            Ask::One(it) => return it,
            Ask::All(parts) => (parts, " and "),
            Ask::Any(parts) => (parts, " or "),
        };
        let (mut ones, mut rest) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Ask::One(it) => ones.push(it),
                part => rest.push(part),
            }
        }
        let last = rest.pop();
        for part in rest {
            let flag = self.flag(part);
            ones.push(flag);
        }
        if let Some(last) = last {
            let last = self.written(last);
            ones.push(last);
        }
        ones.join(word)
    }
}

/// What a value that is true or false must be.
fn holds(name: String, value: bool) -> Ask {
    Ask::one(if value {
        name
    } else {
        format!("{name} == false")
    })
}

fn is_empty(name: &str, not: bool) -> Ask {
    let sign = if not { "!=" } else { "==" };
    Ask::one(format!("{name} {sign} ''"))
}

/// Whether a literal is there; nothing for what is not one.
fn fixed(expr: &Expr) -> Option<bool> {
    match expr {
        Expr::Literal(Literal::None) => Some(false),
        Expr::Literal(Literal::Text(text)) => Some(!text.is_empty()),
        Expr::Literal(_) | Expr::Loop { .. } => Some(true),
        _ => None,
    }
}

fn is_fixed(expr: &Expr) -> bool {
    fixed(expr).is_some()
}

/// Whether nothing that is like zero can equal a number.
fn is_number_but_zero(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(Literal::Int(it)) => *it != 0,
        Expr::Literal(Literal::Float(it)) => *it != 0.0,
        _ => false,
    }
}

fn holds_of_zero(op: Comparison, it: &Literal) -> bool {
    let number = match it {
        Literal::Int(it) if *it > 0 => 1.0,
        Literal::Int(it) if *it < 0 => -1.0,
        Literal::Int(_) => 0.0,
        Literal::Float(it) => *it,
        _ => return true,
    };
    match op {
        Comparison::Lt => 0.0 < number,
        Comparison::Le => 0.0 <= number,
        Comparison::Gt => 0.0 > number,
        Comparison::Ge => 0.0 >= number,
        Comparison::Eq | Comparison::Ne => true,
    }
}

pub(super) fn sign(op: Comparison) -> &'static str {
    match op {
        Comparison::Eq => "==",
        Comparison::Ne => "!=",
        Comparison::Lt => "<",
        Comparison::Le => "<=",
        Comparison::Gt => ">",
        Comparison::Ge => ">=",
    }
}

fn opposite(op: Comparison) -> Comparison {
    match op {
        Comparison::Eq => Comparison::Ne,
        Comparison::Ne => Comparison::Eq,
        Comparison::Lt => Comparison::Ge,
        Comparison::Le => Comparison::Gt,
        Comparison::Gt => Comparison::Le,
        Comparison::Ge => Comparison::Lt,
    }
}

/// The same comparison with its sides exchanged.
fn turned(op: Comparison) -> Comparison {
    match op {
        Comparison::Lt => Comparison::Gt,
        Comparison::Le => Comparison::Ge,
        Comparison::Gt => Comparison::Lt,
        Comparison::Ge => Comparison::Le,
        it => it,
    }
}
