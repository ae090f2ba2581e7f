//! Questions: which conditions a target can be asked, and how one that mixes things is taken apart.

use super::program::{Act, Mark, Op, Test};
use super::{Ability, Lowering, Way};
use crate::manifest::{Condition, Expr, Since, Step};

/// What answers a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judge {
    /// Nothing is asked.
    Anything,
    /// What is known of the person, what has come since, what was clicked.
    Person,
    /// What the trigger's event carries.
    Event,
    /// Both.
    Both,
}

impl Judge {
    /// What answers a condition.
    pub fn of(expr: &Expr) -> Self {
        let mut found = Self::Anything;
        expr.walk(&mut |it| {
            let here = match it {
                Expr::Event { .. } => Self::Event,
                Expr::Contact { .. }
                | Expr::Count { .. }
                | Expr::Did { .. }
                | Expr::Clicked { .. } => Self::Person,
                _ => Self::Anything,
            };
            found = found.and(here);
        });
        found
    }

    /// What answers two questions together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Anything, it) | (it, Self::Anything) => it,
            (a, b) if a == b => a,
            _ => Self::Both,
        }
    }
}

impl Test<'_> {
    /// What answers it.
    pub fn judge(&self) -> Judge {
        match self {
            Self::Holds(expr) => Judge::of(expr),
            Self::Came { .. } | Self::Speaks { .. } | Self::Past { .. } => Judge::Person,
            Self::Not(of) => of.judge(),
            Self::All(of) | Self::Any(of) => {
                let judges = of.iter().map(Self::judge);
                judges.fold(Judge::Anything, Judge::and)
            }
        }
    }
}

/// Where a question stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// What the question is called.
    pub(super) name: &'a str,
    /// The step; empty for the journey as a whole.
    pub(super) node: &'a str,
    /// The line, from 1.
    pub(super) line: u32,
}

impl<'a> From<&'a Step> for Place<'a> {
    fn from(step: &'a Step) -> Self {
        Self {
            name: &step.node,
            node: &step.node,
            line: step.line,
        }
    }
}

/// Makes what happens on one way; it may be asked for several times.
pub(super) type Make<'m, 'a> = &'m dyn Fn(&mut Lowering<'a>) -> Vec<Op<'a>>;

impl<'a> Lowering<'a> {
    /// A condition as a question that the target can be asked; nothing where it cannot, which is told.
    pub(super) fn question(&mut self, place: (&str, u32), expr: &Expr) -> Option<Test<'a>> {
        let mut wanted: Vec<(Ability, &'static str)> = Vec::new();
        expr.walk(&mut |it| match it {
            Expr::Contact { .. } => {
                wanted.push((Ability::AskContact, "what is known of the person"));
            }
            Expr::Event { .. } => {
                wanted.push((Ability::AskEvent, "what the trigger's event carries"));
            }
            Expr::Did {
                since: Since::Entry,
                ..
            } => {
                wanted.push((Ability::AskHistory, "which events have come since"));
            }
            Expr::Did { .. } | Expr::Count { .. } => {
                wanted.push((
                    Ability::AskCounts,
                    "how often an event has come in a span of time",
                ));
            }
            Expr::Clicked { .. } => wanted.push((Ability::AskClicks, "what the person clicked")),
            _ => {}
        });
        let refused = wanted.iter().find(|it| self.can(it.0, Way::Refused));
        if let Some((_, what)) = refused {
            let what = format!("{} cannot ask {what}", self.title());
            let help = "let the shop send the answer as an attribute or with the event, or leave the condition out";
            self.refuse(place, what, help);
            return None;
        }
        Some(Test::Holds(self.marked(expr)))
    }

    /// The same condition with marks in the place of events, where the target has no history.
    fn marked(&mut self, expr: &Expr) -> Expr {
        if !self.can(Ability::AskHistory, Way::Marked) {
            return expr.clone();
        }
        let mut all = |of: &[Expr]| of.iter().map(|it| self.marked(it)).collect::<Vec<_>>();
        match expr {
            Expr::And { of } => Expr::And { of: all(of) },
            Expr::Or { of } => Expr::Or { of: all(of) },
            Expr::Not { of } => Expr::Not {
                of: Box::new(self.marked(of)),
            },
            Expr::Did {
                event,
                since: Since::Entry,
            } => {
                // The name must live as long as the manifest.
                let known = self.job.manifest.events.get_key_value(event);
                match known {
                    Some((event, _)) => Expr::Contact {
                        name: self.mark(event, None),
                    },
                    None => expr.clone(),
                }
            }
            other => other.clone(),
        }
    }

    /// The attribute that says whether an event has come since entry.
    fn mark(&mut self, event: &'a str, filter: Option<&'a Condition>) -> String {
        let known = self
            .marks
            .iter()
            .find(|it| it.event == event && it.filter == filter);
        if let Some(known) = known {
            return known.attribute.clone();
        }
        let number = self.marks.iter().filter(|it| it.event == event).count();
        let behind = match number {
            0 => String::new(),
            more => format!("_{}", more + 1),
        };
        let journey = self.journey.name.replace('-', "_");
        let attribute = format!("journeyc_{journey}_{event}{behind}");
        self.marks.push(Mark {
            attribute: attribute.clone(),
            event,
            filter,
        });
        attribute
    }

    /// Whether an event has come since entry; nothing where the target cannot be asked.
    pub(super) fn came(
        &mut self,
        event: &'a str,
        filter: Option<&'a Condition>,
    ) -> Option<Test<'a>> {
        match self.target.can.way(Ability::AskHistory) {
            Way::Refused => None,
            Way::Marked => {
                let name = self.mark(event, filter);
                Some(Test::Holds(Expr::Contact { name }))
            }
            _ => Some(Test::Came { event, filter }),
        }
    }

    /// All marks begin as false.
    pub(super) fn unmark(&mut self, ops: Vec<Op<'a>>) -> Vec<Op<'a>> {
        let journey = self.journey;
        let mut all: Vec<Op<'a>> = Vec::new();
        let names: Vec<String> = self.marks.iter().map(|it| it.attribute.clone()).collect();
        for attribute in names {
            let value = serde_json::Value::Bool(false);
            all.push(Op {
                id: self.id("begin"),
                node: "",
                line: journey.line,
                act: Act::Set { attribute, value },
            });
        }
        all.extend(ops);
        all
    }

    /// Goes one way if a condition holds, and another if not.
    pub(super) fn decide(
        &mut self,
        place: impl Into<Place<'a>>,
        (expr, negate): (&Expr, bool),
        yes: Make<'_, 'a>,
        no: Make<'_, 'a>,
    ) -> Vec<Op<'a>> {
        let place = place.into();
        if self.is_full() {
            return Vec::new();
        }
        if Judge::of(expr) == Judge::Both && self.can(Ability::AskTogether, Way::Apart) {
            return self.decide_apart(place, (expr, negate), yes, no);
        }
        let Some(test) = self.question((place.node, place.line), expr) else {
            return Vec::new();
        };
        let test = if negate { test.negated() } else { test };
        self.choose(place, test, yes, no)
    }

    /// One way or another; only one where the answer is sure.
    pub(super) fn choose(
        &mut self,
        place: impl Into<Place<'a>>,
        test: Test<'a>,
        yes: Make<'_, 'a>,
        no: Make<'_, 'a>,
    ) -> Vec<Op<'a>> {
        match test.constant() {
            Some(true) => return yes(self),
            Some(false) => return no(self),
            None => {}
        }
        let Place { name, node, line } = place.into();
        let id = self.id(name);
        let begin = self.in_window;
        let way = yes(self);
        let after = std::mem::replace(&mut self.in_window, begin);
        let otherwise = no(self);
        self.in_window &= after;
        vec![Op {
            id,
            node,
            line,
            act: Act::Choose {
                ways: vec![(test, way)],
                otherwise,
            },
        }]
    }

    /// A condition on both the person and the event becomes one question after another.
    fn decide_apart(
        &mut self,
        place: Place<'a>,
        (expr, negate): (&Expr, bool),
        yes: Make<'_, 'a>,
        no: Make<'_, 'a>,
    ) -> Vec<Op<'a>> {
        let (parts, all) = match expr {
            Expr::Not { of } => return self.decide(place, (of, !negate), yes, no),
            Expr::And { of } => (of, !negate),
            Expr::Or { of } => (of, negate),
            _ => {
                let what = format!(
                    "{} cannot compare an attribute with a property of the event",
                    self.title()
                );
                let help =
                    "compare each with a fixed value, or let the shop send the answer in the event";
                self.refuse((place.node, place.line), what, help);
                return Vec::new();
            }
        };
        let Some((first, rest)) = gather(parts) else {
            return yes(self);
        };
        let wrap = |mut of: Vec<Expr>| match (of.len(), expr) {
            (1, _) => of.remove(0),
            (_, Expr::And { .. }) => Expr::And { of },
            _ => Expr::Or { of },
        };
        let (first, rest) = (wrap(first), (!rest.is_empty()).then(|| wrap(rest)));
        let Some(rest) = rest else {
            return self.decide(place, (&first, negate), yes, no);
        };
        let further = |it: &mut Self| it.decide(place, (&rest, negate), yes, no);
        if all {
            self.decide(place, (&first, negate), &further, no)
        } else {
            self.decide(place, (&first, negate), yes, &further)
        }
    }
}

/// Parts that are judged in the same place first, and the rest; nothing when there are no parts.
fn gather(parts: &[Expr]) -> Option<(Vec<Expr>, Vec<Expr>)> {
    let of = |wanted: Judge| -> Vec<Expr> {
        let found = parts.iter().filter(|it| Judge::of(it) == wanted);
        found.cloned().collect()
    };
    let first = [Judge::Person, Judge::Event]
        .into_iter()
        .map(of)
        .find(|it| !it.is_empty());
    if let Some(first) = first {
        let rest = parts.iter().filter(|it| !first.contains(it));
        return Some((first.clone(), rest.cloned().collect()));
    }
    let (first, rest) = parts.split_first()?;
    Some((vec![first.clone()], rest.to_vec()))
}
