//! Conditions: as in Jinja, with parentheses, but with questions that Jinjava answers alike.

use super::super::refusal::{Refusal, Said};
use super::print::{Kind, Printer};
use crate::template::ir::{Comparison, Expr, Literal, Test};
use crate::template::is_true;

impl Printer<'_, '_> {
    pub(super) fn test(&self, test: &Test) -> Said<Asked> {
        match test {
            Test::Constant(it) => Ok(Asked::one(it.to_string())),
            Test::Not(it) => Ok(self.test(it)?.opposite()),
            Test::All(all) => {
                let parts: Said<Vec<Asked>> = all.iter().map(|it| self.test(it)).collect();
                Ok(Asked::all(parts?))
            }
            Test::Any(all) => {
                let parts: Said<Vec<Asked>> = all.iter().map(|it| self.test(it)).collect();
                Ok(Asked::any(parts?))
            }
            Test::Truthy(it) => self.truthy(it),
            Test::Present(it) => self.present(it),
            Test::Filled(it) => self.filled(it),
            Test::Compare {
                op, left, right, ..
            } => self.compared(*op, left, right),
            Test::Contains { whole, part, .. } => self.contains(whole, part),
        }
    }

    /// A value in a question; filters are kept together.
    fn operand(&self, expr: &Expr) -> Said<String> {
        let value = self.value(expr)?;
        let is_loose = matches!(expr, Expr::Filter(_)) && !value.starts_with('(');
        Ok(if is_loose {
            format!("({value})")
        } else {
            value
        })
    }

    fn truthy(&self, expr: &Expr) -> Said<Asked> {
        match (expr, self.kind(expr)) {
            (Expr::Literal(it), _) => Ok(Asked::one(is_true(it).to_string())),
            (Expr::Truth(it), _) => self.test(it),
            (_, Kind::Text) => self.there(expr),
            (_, Kind::Unknown) => Err(self.unknown()),
            _ => Ok(Asked::one(self.operand(expr)?)),
        }
    }

    fn present(&self, expr: &Expr) -> Said<Asked> {
        if let Expr::Literal(it) = expr {
            let there = *it != Literal::None && *it != Literal::Text("".into());
            return Ok(Asked::one(there.to_string()));
        }
        match self.kind(expr) {
            Kind::Unknown => Err(self.unknown()),
            Kind::Text => self.there(expr),
            Kind::Number => Ok(Asked::one(format!("{} is number", self.operand(expr)?))),
            Kind::Bool => Ok(Asked::one(format!("{} is boolean", self.operand(expr)?))),
            Kind::List | Kind::Object => {
                Ok(Asked::one(format!("{} is not none", self.operand(expr)?)))
            }
        }
    }

    pub(super) fn filled(&self, expr: &Expr) -> Said<Asked> {
        match self.kind(expr) {
            Kind::Number => self.present(expr),
            _ => self.truthy(expr),
        }
    }

    /// Whether there is a text.
    fn there(&self, expr: &Expr) -> Said<Asked> {
        let value = self.operand(expr)?;
        let filled = Asked::one(format!("{value} != ''"));
        Ok(if self.is_open(expr) {
            Asked::all(vec![Asked::one(format!("{value} is not none")), filled])
        } else {
            filled
        })
    }

    fn unknown(&self) -> Refusal {
        self.refuse(
            "HubSpot takes texts and numbers for one another",
            "declare the property as a number or as a text, and its fallback alike",
        )
    }

    fn compared(&self, op: Comparison, left: &Expr, right: &Expr) -> Said<Asked> {
        if op == Comparison::Ne {
            return Ok(self.compared(Comparison::Eq, left, right)?.opposite());
        }
        for side in [left, right] {
            if let Expr::Literal(it) = side
                && (*it == Literal::None || *it == Literal::Text("".into()))
            {
                return Ok(Asked::one("false".to_owned()));
            }
        }
        let kind = match (self.kind(left), self.kind(right)) {
            (Kind::Unknown, _) | (_, Kind::Unknown) => return Err(self.unknown()),
            (a, b) if a == b => a,
            _ => return Ok(Asked::one("false".to_owned())),
        };
        let mut asks = Vec::new();
        let is_fixed = |it: &Expr| matches!(it, Expr::Literal(_) | Expr::Loop { .. });
        let is_plain_text =
            kind == Kind::Text && op == Comparison::Eq && (is_fixed(left) || is_fixed(right));
        for side in [left, right] {
            match kind {
                _ if is_fixed(side) || is_plain_text => {}
                Kind::Number if !self.is_open(side) => {}
                Kind::Bool if op != Comparison::Eq => {
                    return Ok(Asked::one("false".to_owned()));
                }
                Kind::List | Kind::Object | Kind::Unknown => {
                    return Err(self.refuse(
                        "HubSpot cannot compare lists",
                        "compare one of their entries",
                    ));
                }
                Kind::Text | Kind::Number | Kind::Bool => asks.push(self.present(side)?),
            }
        }
        let (left, right) = (self.operand(left)?, self.operand(right)?);
        let ask = format!("{left} {} {right}", sign(op));
        asks.push(if op == Comparison::Eq {
            Asked {
                turned: Some(format!("{left} != {right}")),
                ..Asked::one(ask)
            }
        } else {
            Asked::one(ask)
        });
        Ok(Asked::all(asks))
    }

    fn contains(&self, whole: &Expr, part: &Expr) -> Said<Asked> {
        let never = || Ok(Asked::one("false".to_owned()));
        if let Expr::Literal(it) = part
            && (*it == Literal::None || *it == Literal::Text("".into()))
        {
            return never();
        }
        match (self.kind(whole), self.kind(part)) {
            (Kind::Text | Kind::List, Kind::Text) | (Kind::List, Kind::Bool) => {}
            (Kind::Text, Kind::Number | Kind::Bool) => return never(),
            (Kind::List, Kind::Number) => {
                return Err(self.refuse(
                    "HubSpot compares a number with a list as its first entry is written",
                    "ask for a text, or loop over the list",
                ));
            }
            _ => return Err(self.unknown()),
        }
        let mut asks = Vec::new();
        if !matches!(part, Expr::Literal(_)) {
            asks.push(self.present(part)?);
        }
        let (value, part) = (self.operand(whole)?, self.operand(part)?);
        if self.is_open(whole) {
            asks.push(Asked::one(format!("{value} is not none")));
        }
        asks.push(Asked {
            turned: Some(format!("{part} not in {value}")),
            ..Asked::one(format!("{part} in {value}"))
        });
        Ok(Asked::all(asks))
    }
}

/// A condition in words.
pub(super) struct Asked {
    /// What stands after `if`.
    pub(super) text: String,
    /// Its opposite, where that is said in other words than with "not".
    turned: Option<String>,
    binding: Binding,
    /// What is joined by "and" or "or".
    parts: Vec<String>,
}

/// How tight the words of a condition stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    One,
}

impl Asked {
    fn one(text: String) -> Self {
        Self {
            text,
            turned: None,
            binding: Binding::One,
            parts: Vec::new(),
        }
    }

    fn all(parts: Vec<Self>) -> Self {
        Self::joined(parts, " and ", Binding::And)
    }

    fn any(parts: Vec<Self>) -> Self {
        Self::joined(parts, " or ", Binding::Or)
    }

    fn joined(mut parts: Vec<Self>, word: &str, binding: Binding) -> Self {
        if parts.len() == 1 {
            return parts.remove(0);
        }
        let mut flat: Vec<String> = Vec::new();
        for part in parts {
            let written = match part.binding {
                it if it == binding => part.parts,
                it if it < binding => vec![format!("({})", part.text)],
                _ => vec![part.text],
            };
            for it in written {
                if !flat.contains(&it) {
                    flat.push(it);
                }
            }
        }
        Self {
            text: flat.join(word),
            turned: None,
            binding,
            parts: flat,
        }
    }

    fn opposite(self) -> Self {
        let turned = match self.turned {
            Some(turned) => turned,
            None if self.binding == Binding::One && !self.text.contains(' ') => {
                format!("not {}", self.text)
            }
            None => format!("not ({})", self.text),
        };
        Self {
            turned: Some(self.text),
            ..Self::one(turned)
        }
    }
}

fn sign(op: Comparison) -> &'static str {
    match op {
        Comparison::Eq => "==",
        Comparison::Ne => "!=",
        Comparison::Lt => "<",
        Comparison::Le => "<=",
        Comparison::Gt => ">",
        Comparison::Ge => ">=",
    }
}
