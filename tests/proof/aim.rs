//! Changes of a life that are made on purpose: a condition that somebody was asked gets another answer.

use journeyc::model::{Condition, Duration, Expr, ExprKind, Literal, Since, Step};
use journeyc::simulate::{By, JourneyNo, Moment, Occurrence, Outside, Record, What, When};
use serde_json::{Value, json};

use super::dice::Dice;
use super::history::{occurs, sort};
use super::{Tale, Town};

/// The same life, but something that was asked in it is otherwise.
pub fn aimed(town: &Town<'_>, tale: &Tale, record: &Record, dice: &mut Dice) -> Option<Tale> {
    let asked: Vec<&Moment> = record
        .moments
        .iter()
        .take(300)
        .filter(|it| it.visit.is_some() && is_asked(it.what))
        .collect();
    if asked.is_empty() {
        return None;
    }
    let moment = asked[dice.below(asked.len())];
    let journey = moment.visit?.journey;
    let at = match moment.what {
        What::Held(_, _, until) | What::Waits(_, until)
            if until < tale.life.end && dice.percent(70) =>
        {
            until
        }
        _ => moment.at,
    };
    let mut conditions: Vec<&Condition> = Vec::new();
    if let Some(step) = moment.what.step() {
        of_step(&town.step(step).step.value, &mut conditions);
    }
    if conditions.is_empty() || dice.percent(10) {
        let it = town.journey(journey);
        conditions.extend(it.exits.iter().filter_map(|it| it.filter.as_ref()));
        conditions.extend(&it.trigger.filter);
    }
    if conditions.is_empty() {
        return None;
    }
    let mut atoms: Vec<&Expr> = Vec::new();
    let condition = conditions[dice.below(conditions.len())];
    condition.parsed.as_ref().ok()?.walk(&mut |it| {
        if !matches!(
            it.kind,
            ExprKind::Not(_)
                | ExprKind::And(_)
                | ExprKind::Or(_)
                | ExprKind::Literal(_)
                | ExprKind::List(_)
        ) {
            atoms.push(it);
        }
    });
    if atoms.is_empty() {
        return None;
    }
    let mut tale = tale.clone();
    for _ in 0..=dice.of(&[0, 0, 1]) {
        let atom = atoms[dice.below(atoms.len())];
        answered(town, &mut tale, record, moment, journey, at, atom, dice);
    }
    sort(&mut tale.life.outside);
    Some(tale)
}

fn is_asked(what: What) -> bool {
    matches!(
        what,
        What::Sent(_)
            | What::Task(_)
            | What::Touch(_)
            | What::Skipped(..)
            | What::Held(..)
            | What::Waits(..)
            | What::Way(..)
            | What::Round(..)
            | What::TimedOut(_)
            | What::Left(_)
            | What::Entered(_)
    )
}

fn of_step<'p>(step: &'p Step, out: &mut Vec<&'p Condition>) {
    let (only_if, unless) = step.conditions();
    out.extend(only_if.into_iter().chain(unless));
    match step {
        Step::Branch(it) => out.extend(it.when.iter().map(|it| &it.condition)),
        Step::Repeat(it) => out.extend(&it.until),
        Step::WaitFor(it) => out.extend(&it.filter),
        _ => {}
    }
}

/// Answers one question otherwise.
#[allow(clippy::too_many_arguments, reason = "all of it belongs to one moment")]
fn answered(
    town: &Town<'_>,
    tale: &mut Tale,
    record: &Record,
    moment: &Moment,
    journey: JourneyNo,
    at: i64,
    atom: &Expr,
    dice: &mut Dice,
) {
    match &atom.kind {
        ExprKind::History(it) => {
            let Some(event) = town.simulation.event(&it.event) else {
                return;
            };
            if dice.percent(30) {
                let is_it =
                    |it: &Occurrence| matches!(it.what, Outside::Event(no, _) if no == event);
                tale.life
                    .outside
                    .retain(|it| !is_it(it) || dice.percent(40));
                return;
            }
            let reach = match it.since {
                Since::Within(it) => seconds(it),
                _ => (at - tale.life.start).max(60),
            };
            let ago = dice.of(&[
                1,
                1,
                60,
                600,
                3600,
                7200,
                reach / 2,
                reach - 60,
                reach + 60,
                reach,
            ]);
            for round in 0..dice.of(&[1, 1, 1, 2]) {
                tale.life
                    .outside
                    .push(occurs(event, at - ago.max(0) - round, dice));
            }
        }
        ExprKind::Clicked { step, .. } => {
            let own = |it: &&Moment| matches!(it.what, What::Sent(no) if town.simulation.step_id(no) == Some(step) && town.step(no).journey == journey);
            if let Some(sent) = record.moments.iter().rfind(|it| own(it) && it.at < at)
                && let What::Sent(no) = sent.what
            {
                let later = dice.of(&[1, 60, 3600, (at - sent.at) / 2]);
                tale.life.outside.push(Occurrence {
                    when: When::At(sent.at + later.min(at - sent.at)),
                    what: Outside::Click(no),
                });
            }
        }
        ExprKind::Compare { left, right, .. } => {
            for (one, other) in [(left, right), (right, left)] {
                if let Some(value) = near(other, dice) {
                    set(tale, moment, record, at, one, value, dice);
                }
            }
        }
        ExprKind::In {
            needle, haystack, ..
        } => {
            if let Some(value) = near(haystack, dice) {
                set(tale, moment, record, at, needle, value, dice);
            }
        }
        ExprKind::Contact(_) | ExprKind::Event(_) => {
            set(
                tale,
                moment,
                record,
                at,
                atom,
                json!(dice.percent(50)),
                dice,
            );
        }
        _ => {}
    }
}

/// Sets what a term speaks of.
fn set(
    tale: &mut Tale,
    moment: &Moment,
    record: &Record,
    at: i64,
    term: &Expr,
    value: Value,
    dice: &mut Dice,
) {
    match &term.kind {
        ExprKind::Contact(name) => {
            if dice.percent(60) {
                tale.life.person.attributes.insert(name.to_string(), value);
            } else {
                let values = serde_json::Map::from_iter([(name.to_string(), value)]);
                let ago = dice.of(&[0, 1, 60, 3600]);
                tale.life.outside.push(Occurrence {
                    when: When::At(at - ago),
                    what: Outside::Attributes(values),
                });
            }
        }
        ExprKind::Event(name) => {
            let entered = record.moments.iter().find_map(|it| match it.what {
                What::Entered(By::Event(no)) if it.visit == moment.visit => Some(no),
                _ => None,
            });
            let last = || {
                record.moments.iter().rev().find_map(|it| match it.what {
                    What::Event(no) if it.at <= at => Some(no),
                    _ => None,
                })
            };
            if let Some(no) = entered.or_else(last)
                && let Some(Occurrence {
                    what: Outside::Event(_, data),
                    ..
                }) = tale.life.outside.get_mut(no as usize)
            {
                data.insert(name.to_string(), value);
            }
        }
        _ => {}
    }
}

fn near(expr: &Expr, dice: &mut Dice) -> Option<Value> {
    match &expr.kind {
        ExprKind::Literal(it) => Some(match it {
            Literal::Text(it) if dice.percent(60) => json!(**it),
            Literal::Text(_) => {
                json!(dice.of(&["free", "pro", "silver", "gold", "card", "invoice"]))
            }
            Literal::Number(it) => json!(*it as i64 + dice.between(-1, 1)),
            Literal::Boolean(it) => json!(*it == dice.percent(50)),
            Literal::None if dice.percent(50) => Value::Null,
            Literal::None => return None,
        }),
        ExprKind::List(items) if !items.is_empty() => near(&items[dice.below(items.len())], dice),
        _ => None,
    }
}

fn seconds(it: Duration) -> i64 {
    i64::from(it.minutes) * 60 + i64::from(it.days + it.business_days) * 86_400
}
