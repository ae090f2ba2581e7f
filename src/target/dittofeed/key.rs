//! How runs of one journey are told apart, and which events reach them.
//!
//! In: a program. Out: the entry's event and key. Dittofeed hands a run only events whose name fits the
//! entry's own, and that carry the same value of the key. So a journey that asks for other events listens
//! to the beginning that their names share, and lets in the trigger only.
//! Invariant: every event that the journey asks for fits the pattern and carries the key.
//! Not done here: letting in the trigger only (`journey`).

use std::collections::BTreeSet;

use super::super::lowering::{Act, Op, Program, Test};
use super::super::{Draft, Loss};
use crate::manifest::{Expr, Reentry, Since};

/// How runs are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// The property whose value names the run; nothing where each event begins a run of its own.
    pub(super) path: Option<String>,
    /// The events that the entry listens to; a star at its end stands for anything.
    pub(super) pattern: String,
    /// Whether a person may come in again with the same value.
    pub(super) again: bool,
}

impl Key {
    /// Whether other events than the trigger's reach the entry.
    pub(super) fn is_wide(&self) -> bool {
        self.pattern.ends_with('*')
    }
}

/// Chooses the key of a journey, and tells what it changes.
pub(super) fn key(draft: &mut Draft<'_, '_>) -> Key {
    let journey = draft.program.journey;
    let trigger = journey.trigger.event.as_str();
    let manifest = draft.job.manifest;
    let asked = asked(draft.program);
    let carries = |event: &str, key: &str| {
        let event = manifest.events.get(event);
        event.is_some_and(|it| it.properties.contains_key(key) || it.key.as_deref() == Some(key))
    };
    let reentry = &draft.program.reentry;
    let own = manifest.events.get(trigger).and_then(|it| it.key.clone());
    let own = own.filter(|key| asked.iter().all(|it| carries(it, key)));
    let needed = !asked.is_empty() || *reentry == Reentry::PerKey;
    let never = *reentry == Reentry::Never;
    let path = match own {
        _ if !needed && !never => None,
        Some(own) if !never => Some(own),
        _ => {
            let person = draft.ledger.id(draft.job, "keys", "person", "");
            by_person(draft, &asked, &person);
            Some(person)
        }
    };
    let pattern = pattern(trigger, &asked);
    let wide = pattern.ends_with('*');
    let once = matches!(reentry, Reentry::PerKey | Reentry::Never);
    let found = Key {
        again: wide || !once,
        path,
        pattern,
    };
    tell(draft, &found);
    found
}

/// Every event that the journey asks for, the trigger's included.
fn asked<'p>(program: &'p Program<'_>) -> BTreeSet<&'p str> {
    let mut events = BTreeSet::new();
    let trigger = program.journey.trigger.event.as_str();
    Op::walk(&program.ops, &mut |op| match &op.act {
        Act::Await { event, .. } => {
            events.insert(*event);
        }
        Act::Choose { ways, .. } => ways.iter().for_each(|it| test(&it.0, trigger, &mut events)),
        Act::Mail {
            gate: Some(gate), ..
        } => test(gate, trigger, &mut events),
        _ => {}
    });
    events
}

fn test<'p>(test_: &'p Test<'_>, trigger: &'p str, events: &mut BTreeSet<&'p str>) {
    match test_ {
        Test::Came { event, .. } => {
            events.insert(event);
        }
        Test::Holds(expr) => expr.walk(&mut |it| match it {
            Expr::Event { .. } => {
                events.insert(trigger);
            }
            Expr::Did {
                event,
                since: Since::Entry,
            }
            | Expr::Count {
                event,
                since: Since::Entry,
            } => {
                events.insert(event.as_str());
            }
            _ => {}
        }),
        Test::Speaks { .. } | Test::Past { .. } => {}
        Test::Not(of) => test(of, trigger, events),
        Test::All(of) | Test::Any(of) => of.iter().for_each(|it| test(it, trigger, events)),
    }
}

/// The events that the entry must listen to.
fn pattern(trigger: &str, asked: &BTreeSet<&str>) -> String {
    if asked.iter().all(|it| *it == trigger) {
        return trigger.to_owned();
    }
    let mut shared = trigger;
    for event in asked {
        let same = shared
            .char_indices()
            .zip(event.chars())
            .take_while(|((_, a), b)| a == b);
        let end = same.last().map_or(0, |((at, it), _)| at + it.len_utf8());
        shared = &shared[..end];
    }
    format!("{shared}*")
}

/// Runs are told apart by person, because an event lacks the key of the case.
fn by_person(draft: &mut Draft<'_, '_>, asked: &BTreeSet<&str>, person: &str) {
    let journey = draft.program.journey;
    let events: Vec<String> = asked.iter().map(|it| format!("`{it}`")).collect();
    if events.is_empty() {
        draft.ledger.by_hand(format!(
            "Let the shop send `{person}`, which is the same in all events of a person and differs between people, with `{}`.",
            journey.trigger.event
        ));
    } else {
        draft.ledger.by_hand(format!(
            "Let the shop send `{person}`, which is the same in all events of a person and differs between people, with `{}`, {}.",
            journey.trigger.event,
            events.join(", ")
        ));
    }
    if matches!(draft.program.reentry, Reentry::Never) {
        return;
    }
    draft.ledger.lose(Loss {
        line: journey.line,
        node: String::new(),
        what: format!("Dittofeed runs `{}` once at a time for each person", journey.name),
        why: "somebody who is inside does not come in a second time, and a second case is taken for news of the first".to_owned(),
        help: "accept it if people rarely have two at once, else let every event that the journey asks for carry the key of the case".to_owned(),
    });
}

/// Tells what the entry means that the file does not say.
fn tell(draft: &mut Draft<'_, '_>, key: &Key) {
    let journey = draft.program.journey;
    let trigger = &journey.trigger.event;
    let mut lose = |what: String, why: &str, help: &str| {
        draft.ledger.lose(Loss {
            line: journey.line,
            node: String::new(),
            what,
            why: why.to_owned(),
            help: help.to_owned(),
        });
    };
    let once = matches!(draft.program.reentry, Reentry::PerKey | Reentry::Never);
    if once && key.is_wide() {
        lose(
            format!(
                "Dittofeed lets people into `{}` again when the same case sends `{trigger}` once more",
                journey.name
            ),
            "an event that is sent twice starts the messages twice, if the first run is over",
            "make sure that the shop sends each event once",
        );
    }
    if let (Some(path), Reentry::Always) = (&key.path, &draft.program.reentry)
        && draft.job.account.id("keys", "person") != Some(path.as_str())
    {
        lose(
            format!(
                "Dittofeed lets nobody into `{}` twice at once with the same `{path}`",
                journey.name
            ),
            "a second event of the same case is taken for news of the first while that is under way",
            "accept it, or let the shop send another key",
        );
    }
    if key.is_wide() {
        draft.ledger.remark(format!(
            "`{}` listens to `{}`, because Dittofeed hands a journey only events that fit its entry; its first step lets in `{trigger}` only, within a minute.",
            journey.name, key.pattern
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_listens_to_what_the_names_of_all_events_share() {
        let of = |asked: &[&str]| pattern("order_paid", &asked.iter().copied().collect());
        assert_eq!(of(&[]), "order_paid");
        assert_eq!(of(&["order_paid"]), "order_paid");
        assert_eq!(of(&["order_delivered", "order_paid"]), "order_*");
        assert_eq!(of(&["order_delivered", "review_given"]), "*");
        assert_eq!(of(&["order_paid_late"]), "order_paid*");
        assert_eq!(of(&["örder"]), "*");
    }
}
