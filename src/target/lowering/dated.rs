//! Waiting for a date by a second journey: what follows the wait becomes a program of its own, which
//! the date starts.
//!
//! In: a list of things in which [`Act::Date`] stands where people wait. Out: the same without it, and
//! the later programs. The first program leaves a mark on the person, the later one looks for it and
//! takes it off again, so that only people who came this far go on.
//! Invariant: a later program asks nothing about the trigger's event, which is forgotten by then.

use serde_json::Value;

use super::program::{Act, Op, Program, Start, Test};
use super::questions::Judge;
use super::{Ability, Lowering, Way, hours, prune};
use crate::manifest::{Duration, Expr, Kind, Reentry, Step, WaitUntil};
use crate::model::IfPast;

/// The hour of a date's day where nobody says one.
const MORNING: &str = "09:00";

/// A step that waits for a date.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dated<'a> {
    pub(super) step: &'a Step,
    pub(super) it: &'a WaitUntil,
    attribute: &'a str,
}

impl<'a> Lowering<'a> {
    /// A wait for a date, to be cut later; nothing where the target cannot, which is told.
    pub(super) fn wait_in_second(&mut self, step: &'a Step, it: &'a WaitUntil) -> Vec<Op<'a>> {
        let marks = self.can(Ability::SetAttribute, Way::Native);
        let Some(attribute) = self.date_attribute(it).filter(|_| marks) else {
            let what = format!("{} cannot wait for `{}`", self.title(), it.date.text);
            let help = "wait for a date of the contact, with an offset in days; or let the shop send an event on that day";
            self.refuse((&step.node, step.line), what, help);
            return Vec::new();
        };
        if self.rounds > 0 {
            let what = format!(
                "{} cannot wait for a date inside a repetition",
                self.title()
            );
            let help = "move the step out of the `repeat`, or make it a journey of its own";
            self.refuse((&step.node, step.line), what, help);
            return Vec::new();
        }
        let dated = Dated {
            step,
            it,
            attribute,
        };
        self.dates.insert(&step.node, dated);
        let at = self.hour(it);
        let inside = self.open_hours().is_some_and(|window| {
            let every_day =
                hours::common_days(&window.days, &[]).is_some_and(|days| days.is_empty());
            every_day && hours::fits(&window, &at)
        });
        // Those whose moment has passed go on at once, in the first program.
        self.in_window = inside && (self.in_window || it.if_past == IfPast::Exit);
        let act = Act::Date {
            date: &it.date,
            before: 0,
            at: it.at.as_deref(),
            if_past: it.if_past,
        };
        vec![self.op(step, act)]
    }

    /// The attribute whose date is waited for, where a date of whole days can start a program.
    fn date_attribute(&self, it: &'a WaitUntil) -> Option<&'a str> {
        let Expr::Contact { name } = &it.date.tree else {
            return None;
        };
        let kind = self.job.manifest.contact.get(name).map(|it| it.kind);
        let whole_days = |it: &Duration| it.minutes == 0 && it.business_days == 0;
        let days = it.offset.as_ref().is_none_or(whole_days);
        (days && kind == Some(Kind::Date)).then_some(name)
    }

    /// The time of day at which the date comes: when mail may go out, where nobody says.
    fn hour(&self, it: &WaitUntil) -> String {
        let window = self.open_hours();
        let opens = window.map(|it| it.from);
        let said = it.at.clone().or(opens);
        said.unwrap_or_else(|| MORNING.to_owned())
    }

    /// Ends a list at every date, with a mark, and lets the rest go on in a later program. `behind` is
    /// what follows the list.
    pub(super) fn cut(&mut self, ops: &[Op<'a>], behind: &[Op<'a>]) -> Vec<Op<'a>> {
        let mut all = Vec::new();
        for (at, op) in ops.iter().enumerate() {
            let is_date = |op: &Op<'a>| matches!(op.act, Act::Date { .. });
            let mut found = false;
            Op::walk(std::slice::from_ref(op), &mut |it| found |= is_date(it));
            if !found {
                all.push(op.clone());
                continue;
            }
            let rest: Vec<Op<'a>> = ops[at + 1..].iter().chain(behind).cloned().collect();
            if is_date(op) {
                all.extend(self.leave(op, &rest));
                continue;
            }
            let mut op = op.clone();
            match &mut op.act {
                Act::Await { late, .. } => *late = self.cut(late, &rest),
                Act::Choose { ways, otherwise } => {
                    for (_, way) in ways {
                        *way = self.cut(way, &rest);
                    }
                    *otherwise = self.cut(otherwise, &rest);
                }
                Act::Draw { arms } => {
                    for arm in arms {
                        arm.ops = self.cut(&arm.ops, &rest);
                    }
                }
                _ => {}
            }
            all.push(op);
        }
        all
    }

    /// Leaves the first program with a mark; goes on at once where the moment has passed.
    fn leave(&mut self, op: &Op<'a>, rest: &[Op<'a>]) -> Option<Op<'a>> {
        let dated = *self.dates.get(op.node)?;
        let Dated {
            step,
            it,
            attribute,
        } = dated;
        let rest = prune::prune(rest.to_vec());
        if rest.is_empty() {
            return None;
        }
        if !self.later.iter().any(|(node, _)| *node == op.node) {
            self.later.push((op.node, None));
            let program = self.later_program(dated, &rest);
            let place = self.later.iter_mut().find(|it| it.0 == op.node);
            if let Some(place) = place {
                place.1 = Some(program);
            }
            self.lose_date(dated);
        }
        let days = it.offset.as_ref().map_or(0, |it| i64::from(it.days));
        let past = Test::Past {
            attribute,
            before: if it.before { days } else { -days },
        };
        let end = |lowering: &mut Self| {
            let id = lowering.id(&format!("{}-end", step.node));
            lowering.plain(step, id, Act::End { reason: "waits" })
        };
        let mark = Act::Set {
            attribute: self.later_mark(),
            value: Value::String(step.node.clone()),
        };
        let mark = self.plain(step, op.id.clone(), mark);
        let otherwise = vec![mark, end(self)];
        let way = match it.if_past {
            IfPast::Continue => Vec::new(),
            IfPast::Exit => vec![end(self)],
        };
        let id = self.id(&format!("{}-past", step.node));
        let ways = vec![(past, way)];
        Some(self.plain(step, id, Act::Choose { ways, otherwise }))
    }

    /// What follows a date, for those who have the mark.
    fn later_program(&mut self, dated: Dated<'a>, rest: &[Op<'a>]) -> Program<'a> {
        let Dated {
            step,
            it,
            attribute,
        } = dated;
        self.forget(step, rest);
        let mark = self.later_mark();
        let marked = Test::Holds(Expr::Compare {
            sign: crate::manifest::Sign::Equal,
            left: Box::new(Expr::Contact { name: mark.clone() }),
            right: Box::new(Expr::Literal {
                value: Value::String(step.node.clone()),
            }),
        });
        let days = it.offset.clone().unwrap_or_default();
        let unmark = Act::Set {
            attribute: mark,
            value: Value::Null,
        };
        let mut ops = vec![self.plain(step, step.node.clone(), unmark)];
        if !it.before {
            let zone = self.zone("contact");
            let name = format!("{}-wait", step.node);
            ops.extend(self.delays(step, &name, &days, &zone));
        }
        ops.extend(self.cut(rest, &[]));
        let id = self.id(&format!("{}-came-this-far", step.node));
        let act = Act::Choose {
            ways: vec![(marked, ops)],
            otherwise: Vec::new(),
        };
        let entry = self.plain(step, id, act);
        Program {
            name: format!("{}/{}", self.journey.name, step.node),
            journey: self.journey,
            start: Start::Date {
                attribute,
                before: if it.before { days.days } else { 0 },
                at: self.hour(it),
            },
            filter: None,
            reentry: Reentry::Always,
            exits: Vec::new(),
            asked: None,
            ops: prune::prune(vec![entry]),
            marks: Vec::new(),
            later: Vec::new(),
        }
    }

    /// Refuses what asks about the trigger's event behind a date.
    fn forget(&mut self, step: &'a Step, rest: &[Op<'a>]) {
        let mut asking: Vec<(&'a str, u32)> = Vec::new();
        Op::walk(rest, &mut |op| {
            let asks = |it: &Test<'a>| matches!(it.judge(), Judge::Event | Judge::Both);
            let found = match &op.act {
                Act::Choose { ways, .. } => ways.iter().any(|it| asks(&it.0)),
                Act::Mail { gate, .. } => gate.as_ref().is_some_and(asks),
                _ => false,
            };
            if found {
                asking.push((op.node, op.line));
            }
        });
        for place in asking {
            let what = format!(
                "{} has forgotten the event behind `{}`, when a date starts the rest",
                self.title(),
                step.node
            );
            let help =
                "ask before the `wait_until`, and keep the answer in an attribute with `set`";
            self.refuse(place, what, help);
        }
    }

    /// The attribute that tells a later program who came this far.
    fn later_mark(&self) -> String {
        format!("journeyc {}", self.journey.name)
    }

    fn lose_date(&mut self, dated: Dated<'a>) {
        let Dated { step, it, .. } = dated;
        let exits: Vec<String> = self
            .journey
            .exits
            .iter()
            .filter(|exit| exit.only.is_none() && !self.is_native(exit))
            .map(|exit| format!("`{}`", exit.on))
            .collect();
        let mut why = if exits.is_empty() {
            "people without that date hear nothing more".to_owned()
        } else {
            format!(
                "between the two journeys nobody watches for {}, so those people still hear from us",
                exits.join(", ")
            )
        };
        why.push_str("; `since=entry` counts from the second one's beginning");
        let what = format!(
            "{} waits for `{}` in a second journey, which the date starts",
            self.title(),
            it.date.text
        );
        let help = "let the shop clear the date when the person should hear nothing more";
        self.lose(step, what, &why, help);
        let mark = self.later_mark();
        let name = &self.journey.name;
        self.ledger.by_hand(format!(
            "Set the two parts of `{name}` live together: `{name}` leaves the mark `{mark}` on the person, and `{name}/{}` takes it off.",
            step.node
        ));
    }
}
