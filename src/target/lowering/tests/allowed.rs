//! Whatever a target's table says: a program holds nothing that the table does not allow, its names are
//! its own, and its graph is sound.

use std::collections::{BTreeMap, BTreeSet};

use super::super::lives::{Author, Dice, outline as steps_of};
use super::*;
use crate::manifest::{Expr, Reentry, Since, Step};
use crate::target::Judge;
use crate::target::capability::Capabilities;
use crate::target::wiring::{Joins, Wiring, size, wire};

/// What a program holds and its table does not allow.
struct Check<'c> {
    can: &'c Capabilities,
    /// Attributes that the lowering itself writes.
    own: BTreeSet<String>,
    found: Vec<String>,
}

impl Check<'_> {
    fn expect(&mut self, op: &str, good: bool, what: &str) {
        if !good {
            self.found.push(format!("{op}: {what}"));
        }
    }

    fn is(&self, ability: Ability, way: Way) -> bool {
        self.can.is(ability, way)
    }

    fn program(&mut self, program: &Program<'_>) {
        let native = |ability| self.can.is(ability, Way::Native);
        let filter = !self.is(Ability::TriggerFilter, Way::Asked);
        let exits = native(Ability::Exits);
        let (per_key, after) = (
            native(Ability::ReentryPerKey),
            native(Ability::ReentryAfter),
        );
        self.expect("head", program.filter.is_none() || filter, "filter");
        self.expect("head", program.exits.is_empty() || exits, "exits");
        self.expect(
            "head",
            program.reentry != Reentry::PerKey || per_key,
            "per key",
        );
        let waits = matches!(program.reentry, Reentry::After(_));
        self.expect("head", !waits || after, "after");
        let marked = self.is(Ability::AskHistory, Way::Marked);
        self.expect("head", program.marks.is_empty() || marked, "marks");
        let dated = self.is(Ability::WaitForDate, Way::SecondFlow);
        self.expect("head", program.start == Start::Event || dated, "a date");
        Op::walk(&program.ops, &mut |op| self.op(op));
    }

    fn op(&mut self, op: &Op<'_>) {
        let id = &op.id;
        let limits = self.can.limits;
        let days_known = self.is(Ability::Weekdays, Way::Native);
        let zone_known = self.is(Ability::ContactZone, Way::Native);
        match &op.act {
            Act::Mail { locales, gate, .. } => {
                let many = self.is(Ability::Locales, Way::Native);
                self.expect(id, locales.len() == 1 || many, "several languages");
                if let Some(gate) = gate {
                    let gated = self.is(Ability::Gates, Way::Gated)
                        || self.is(Ability::Locales, Way::Gated);
                    self.expect(id, gated, "a gate");
                    let event = matches!(gate.judge(), Judge::Event | Judge::Both);
                    self.expect(id, !event, "a gate on the event");
                    self.test(id, gate);
                }
            }
            Act::Task { to, .. } => {
                let way = if to.is_some() {
                    Way::Alerted
                } else {
                    Way::Native
                };
                self.expect(id, self.is(Ability::Tasks, way), "a task");
            }
            Act::Delay {
                amount,
                unit,
                days,
                zone,
            } => {
                let minutes = match unit {
                    Unit::Minutes => *amount,
                    Unit::Hours => amount * 60,
                    Unit::Days => amount * 1_440,
                };
                self.expect(id, limits.units.contains(unit), "the unit");
                let short = limits.longest_wait.is_none_or(|it| minutes <= it);
                self.expect(id, short, "a long wait");
                let chained = self.is(Ability::BusinessDays, Way::Chained);
                self.expect(id, days.is_empty() || days_known || chained, "days");
                self.expect(id, zone != "contact" || zone_known, "the contact's zone");
            }
            Act::Until { at, days, zone } => {
                let time = self.is(Ability::TimeOfDay, Way::Native);
                self.expect(id, at.is_none() || time, "a time of day");
                self.expect(id, days.is_empty() || days_known, "days of the week");
                self.expect(
                    id,
                    at.is_some() || !days.is_empty(),
                    "something to wait for",
                );
                self.expect(id, zone != "contact" || zone_known, "the contact's zone");
            }
            Act::Await { timeout, .. } => {
                self.expect(id, self.is(Ability::WaitForEvent, Way::Native), "an event");
                let end = timeout.is_some() || limits.endless_wait_for;
                self.expect(id, end, "no end");
                let most = limits.longest_wait_for.unwrap_or(u32::MAX);
                self.expect(id, timeout.is_none_or(|it| it <= most), "a long wait");
            }
            Act::Date { .. } => {
                self.expect(id, self.is(Ability::WaitForDate, Way::Native), "a date");
            }
            Act::Choose { ways, .. } => {
                let person = ways.iter().all(|it| it.0.judge() == Judge::Person);
                let many = match self.can.way(Ability::ManyWays) {
                    Way::Native => true,
                    Way::Apart => person,
                    _ => false,
                };
                self.expect(id, ways.len() == 1 || many, "many ways");
                for (test, _) in ways {
                    self.expect(id, test.constant().is_none(), "a sure answer");
                    self.test(id, test);
                }
            }
            Act::Draw { arms } => {
                let total: u32 = arms.iter().map(|it| it.percent).sum();
                self.expect(id, total == 100, "shares");
                let native = self.is(Ability::Split, Way::Native);
                self.expect(id, native || arms.len() == 2, "many arms");
                self.expect(id, !self.is(Ability::Split, Way::Refused), "chance");
            }
            Act::Set { attribute, .. } => {
                let own = self.own.contains(attribute);
                let native = self.is(Ability::SetAttribute, Way::Native);
                self.expect(id, native || own, "an attribute");
            }
            Act::Enter { list, .. } => {
                let way = if list.is_some() {
                    Way::Listed
                } else {
                    Way::Native
                };
                self.expect(id, self.is(Ability::EnterJourney, way), "a journey");
            }
            Act::End { .. } => {}
        }
    }

    fn test(&mut self, id: &str, test: &Test<'_>) {
        let together = self.is(Ability::AskTogether, Way::Native);
        self.expect(id, together || test.judge() != Judge::Both, "both at once");
        match test {
            Test::Holds(expr) => expr.walk(&mut |it| {
                let needed = match it {
                    Expr::Contact { name } if self.own.contains(name) => return,
                    Expr::Contact { .. } => Ability::AskContact,
                    Expr::Event { .. } => Ability::AskEvent,
                    Expr::Did {
                        since: Since::Entry,
                        ..
                    } => Ability::AskHistory,
                    Expr::Did { .. } | Expr::Count { .. } => Ability::AskCounts,
                    Expr::Clicked { .. } => Ability::AskClicks,
                    _ => return,
                };
                let native = self.is(needed, Way::Native);
                self.expect(id, native, &format!("{needed:?}"));
            }),
            Test::Came { .. } => {
                self.expect(id, self.is(Ability::AskHistory, Way::Native), "history");
            }
            Test::Speaks { .. } => {
                let native = self.is(Ability::Locales, Way::Native);
                self.expect(id, !native, "a language");
            }
            Test::Past { .. } => {
                let dated = self.is(Ability::WaitForDate, Way::SecondFlow);
                self.expect(id, dated, "a date that has passed");
            }
            Test::Not(of) => self.test(id, of),
            Test::All(of) | Test::Any(of) => of.iter().for_each(|it| self.test(id, it)),
        }
    }
}

/// A target whose every answer is drawn.
fn any_target(dice: &mut Dice) -> (Vec<(Ability, Way)>, Limits) {
    let mut pick = |count: usize| usize::try_from(dice.roll(count as u64)).unwrap();
    let mut ways: Vec<(Ability, Way)> = Ability::ALL
        .iter()
        .map(|it| (*it, it.ways()[pick(it.ways().len())]))
        .collect();
    // Whoever marks people can write attributes.
    let marked = ways.contains(&(Ability::AskHistory, Way::Marked));
    for (ability, way) in &mut ways {
        // Few targets refuse much, and a refused journey proves little.
        if *way == Way::Refused && pick(10) > 0 {
            *way = ability.ways()[0];
        }
        if marked && matches!(ability, Ability::SetAttribute | Ability::AskContact) {
            *way = Way::Native;
        }
    }
    let units: [&'static [Unit]; 3] = [
        &[Unit::Minutes],
        &[Unit::Minutes, Unit::Hours],
        &[Unit::Minutes, Unit::Hours, Unit::Days],
    ];
    let longest = [None, Some(1_440), Some(43_200)];
    let limits = Limits {
        units: units[pick(3)],
        longest_wait: longest[pick(3)],
        longest_wait_for: longest[pick(3)],
        endless_wait_for: pick(2) == 0,
        most_steps: [60, 400, 3_000][pick(3)],
        ..LIMITS
    };
    (ways, limits)
}

/// A journey of all kinds of steps.
fn any_journey(dice: &mut Dice) -> Manifest {
    let mut manifest = Author { dice, count: 0 }.manifest();
    let born = json!({"type": "date"});
    let born = serde_json::from_value(born).unwrap();
    manifest.contact.insert("born".to_owned(), born);
    let more = [
        json!({"node": "m1", "kind": "wait_until", "date": condition("contact.born"), "if_past": "exit"}),
        json!({"node": "m2", "kind": "wait_until", "date": condition("event.total"), "if_past": "continue"}),
        json!({"node": "m3", "kind": "wait_until", "date": condition("contact.born"), "offset": duration("3d"), "if_past": "continue"}),
        json!({"node": "m4", "kind": "enter", "journey": "news"}),
        json!({"node": "m5", "kind": "touch", "channel": "parcel", "class": "transactional"}),
        json!({"node": "m6", "kind": "wait_for", "event": "visited"}),
        branch(&[
            "contact.clicked(\"s1\")",
            "contact.count(\"visited\", within=\"3d\") > 1",
        ]),
        json!({"node": "m7", "kind": "exit", "reason": "done"}),
    ];
    let journey = &mut manifest.journeys[0];
    for step in more {
        if dice.roll(3) > 0 {
            continue;
        }
        let step: Step = serde_json::from_value(step).unwrap();
        let at = usize::try_from(dice.roll(journey.steps.len() as u64 + 1)).unwrap();
        journey.steps.insert(at, step);
    }
    manifest
}

/// What is wrong with a graph.
fn graph_faults(wiring: &Wiring<'_, '_>, most: usize) -> Vec<String> {
    let mut found = Vec::new();
    let count = wiring.nodes.len();
    if wiring.full || count > most {
        found.push(format!("{count} nodes of {most}"));
    }
    let ids: BTreeSet<&str> = wiring.nodes.iter().map(|it| it.id.as_str()).collect();
    if ids.len() != count {
        found.push("a name stands twice".to_owned());
    }
    let mut reached = vec![false; count];
    let mut open = vec![false; count];
    let mut stack: Vec<(usize, bool)> = wiring.entry.into_iter().map(|it| (it, false)).collect();
    while let Some((at, leaving)) = stack.pop() {
        if at >= count {
            found.push(format!("nothing at {at}"));
        } else if leaving {
            open[at] = false;
        } else if open[at] {
            found.push(format!("a circle at {}", wiring.nodes[at].id));
        } else if !reached[at] {
            reached[at] = true;
            open[at] = true;
            stack.push((at, true));
            let next = wiring.nodes[at].links.iter().flatten();
            stack.extend(next.map(|it| (*it, false)));
        }
    }
    if reached.contains(&false) {
        found.push("nobody reaches a node".to_owned());
    }
    found
}

/// What people meet one after another, for each of so many draws of ways.
fn paths(wiring: &Wiring<'_, '_>, seed: u64) -> Vec<String> {
    let mut met = Vec::new();
    let mut at = wiring.entry;
    let mut dice = Dice(seed | 1);
    while let Some(node) = at.map(|it| &wiring.nodes[it]) {
        met.push(node.op.id.clone());
        let way = dice.roll(node.links.len() as u64);
        at = node.links[usize::try_from(way).unwrap()];
    }
    met
}

fn check(program: &Program<'_>, can: &Capabilities) -> Vec<String> {
    let mut own: BTreeSet<String> = program
        .marks
        .iter()
        .map(|it| it.attribute.clone())
        .collect();
    own.insert(format!("journeyc {}", program.journey.name));
    let mut check = Check {
        can,
        own,
        found: Vec::new(),
    };
    let joins = match can.way(Ability::Joins) {
        Way::Copied => Joins::Copied,
        _ => Joins::Shared,
    };
    for part in program.all() {
        check.program(part);
        let mut names: BTreeMap<&str, u32> = BTreeMap::new();
        Op::walk(&part.ops, &mut |op| *names.entry(&op.id).or_default() += 1);
        let twice = names.iter().filter(|it| *it.1 > 1);
        check
            .found
            .extend(twice.map(|it| format!("{} stands twice", it.0)));
        let most = can.limits.most_steps;
        let wiring = wire(&part.ops, joins, most);
        check.found.extend(graph_faults(&wiring, most));
        if wiring.nodes.len() > size(&part.ops, joins) {
            check.found.push("larger than was said".to_owned());
        }
    }
    check.found
}

#[test]
fn a_program_holds_only_what_its_target_can_take() {
    let (account, places) = (account(), Places::default());
    let (mut written, mut refused) = (0, 0);
    for seed in 1..=300_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let manifest = any_journey(&mut dice);
        let mails = mails(&manifest);
        let job = Job {
            manifest: &manifest,
            mails: &mails,
            account: &account,
            places: &places,
        };
        let (but, limits) = any_target(&mut dice);
        let target = target(&but, limits);
        let (program, ledger) = lower(target, &job, &manifest.journeys[0]);
        if !ledger.is_writable() {
            refused += 1;
            continue;
        }
        written += 1;
        let found = check(&program, target.can);
        let steps = &manifest.journeys[0].steps;
        assert!(
            found.is_empty(),
            "seed {seed}: {found:#?}\n{but:?}\n{}\n{}",
            outline(&program.ops),
            steps_of(steps, 0)
        );
    }
    assert!(
        written > 60 && refused > 30,
        "{written} written, {refused} refused"
    );
}

#[test]
fn a_target_that_can_do_everything_loses_nothing() {
    let (account, places) = (account(), Places::default());
    for seed in 1..=100_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let manifest = any_journey(&mut dice);
        let mails = mails(&manifest);
        let job = Job {
            manifest: &manifest,
            mails: &mails,
            account: &account,
            places: &places,
        };
        let (_, ledger) = lower(target(&[], LIMITS), &job, &manifest.journeys[0]);
        let lost: Vec<&str> = ledger
            .losses()
            .iter()
            .map(|it| it.what.as_str())
            .filter(|it| !it.contains("does not make the parcel touch"))
            .collect();
        assert!(
            lost.is_empty() && ledger.is_writable(),
            "seed {seed}: {lost:?} {:?}",
            ledger.obstacles()
        );
    }
}

#[test]
fn copies_lead_people_the_same_ways() {
    let (account, places) = (account(), Places::default());
    let mut compared = 0;
    for seed in 1..=100_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let manifest = any_journey(&mut dice);
        let mails = mails(&manifest);
        let job = Job {
            manifest: &manifest,
            mails: &mails,
            account: &account,
            places: &places,
        };
        let (program, _) = lower(target(&[], LIMITS), &job, &manifest.journeys[0]);
        let shared = wire(&program.ops, Joins::Shared, 3_000);
        let copied = wire(&program.ops, Joins::Copied, 3_000);
        assert_eq!(copied.full, size(&program.ops, Joins::Copied) > 3_000);
        if copied.full {
            continue;
        }
        for walk in 1..=20 {
            assert_eq!(paths(&shared, seed + walk), paths(&copied, seed + walk));
            compared += 1;
        }
    }
    assert!(compared > 500, "{compared}");
}
