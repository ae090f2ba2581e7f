//! Rewriting keeps the meaning: random people live through random journeys twice, once by the steps of
//! the manifest and once by what the lowering makes of them, and get the same at the same minute.
//!
//! The reading of the steps here shares nothing with the lowering but the clock's arithmetic.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests; how many lives are lived is said from outside"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::super::tree::without_ends;
use super::super::wiring::{Joins, wire};
use super::super::{Account, Job, Mail, Mails};
use super::{Act, For, Op, Program, Test, lower};
use crate::manifest::{
    Action, Condition, Duration, Expr, Journey, Manifest, Places, Sign, Since, Step, Wait,
};
use crate::model::Weekday;
use crate::target::capability::{Ability, Capabilities, Limits, Row, Unit, Way};

/// What a person gets: what it is, and the minute since entry.
type Lived = Vec<(String, i64)>;

/// Numbers that look random and are the same every time.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn one<'v, T: ?Sized>(&mut self, of: &[&'v T]) -> &'v T {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap()]
    }
}

/// One person: attributes, language, what the trigger's event carries, and what comes later.
struct Person {
    contact: Map<String, Value>,
    locale: &'static str,
    trigger: Map<String, Value>,
    later: Vec<(i64, &'static str, Map<String, Value>)>,
    chance: u64,
}

impl Person {
    fn random(dice: &mut Dice) -> Self {
        let plan: [Value; 3] = [json!("pro"), json!("free"), Value::Null];
        let age: [Value; 3] = [json!(20), json!(40), Value::Null];
        let pick =
            |of: &[Value; 3], dice: &mut Dice| of[usize::try_from(dice.roll(3)).unwrap()].clone();
        let contact = Map::from_iter([
            ("plan".to_owned(), pick(&plan, dice)),
            ("age".to_owned(), pick(&age, dice)),
        ]);
        let total =
            |dice: &mut Dice| Map::from_iter([("total".to_owned(), json!(dice.roll(4) * 25))]);
        let trigger = total(dice);
        let later = (0..dice.roll(5))
            .map(|_| {
                // Between two minutes, so that nothing depends on who is asked first.
                let minute = i64::try_from(dice.roll(40 * 1_440)).unwrap();
                (
                    minute,
                    *dice.one(&[&"delivered", &"refunded", &"visited"]),
                    total(dice),
                )
            })
            .collect();
        Self {
            contact,
            locale: dice.one(&["en", "de", "de-AT", "fr"]),
            trigger,
            later,
            chance: dice.roll(u64::MAX),
        }
    }

    /// Whether an event has come since entry.
    fn came(&self, event: &str, filter: Option<&Condition>, now: i64) -> bool {
        self.first(event, filter).is_some_and(|it| it < now)
    }

    /// The minute before which the first such event comes.
    fn first(&self, event: &str, filter: Option<&Condition>) -> Option<i64> {
        let fits = |it: &&(i64, &str, Map<String, Value>)| {
            it.1 == event && filter.is_none_or(|filter| self.holds(&filter.tree, &it.2, it.0))
        };
        self.later.iter().filter(fits).map(|it| it.0).min()
    }

    /// The arm that chance gives at a step.
    fn arm<'n>(&self, node: &str, arms: &[(&'n str, u32)]) -> &'n str {
        let mut hash = self.chance;
        for byte in node.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut left = u32::try_from(hash % 100).unwrap();
        for (name, weight) in arms {
            if left < *weight {
                return name;
            }
            left -= weight;
        }
        arms[arms.len() - 1].0
    }

    fn holds(&self, expr: &Expr, event: &Map<String, Value>, now: i64) -> bool {
        let value = |expr: &Expr| match expr {
            Expr::Contact { name } => self.contact.get(name).cloned().unwrap_or_default(),
            Expr::Event { name } => event.get(name).cloned().unwrap_or_default(),
            Expr::Literal { value } => value.clone(),
            other => panic!("{other:?} is no value"),
        };
        match expr {
            Expr::Not { of } => !self.holds(of, event, now),
            Expr::And { of } => of.iter().all(|it| self.holds(it, event, now)),
            Expr::Or { of } => of.iter().any(|it| self.holds(it, event, now)),
            Expr::Did {
                event,
                since: Since::Entry,
            } => self.came(event, None, now),
            Expr::Compare { sign, left, right } => {
                let (left, right) = (value(left), value(right));
                let order = left.as_f64().zip(right.as_f64());
                match sign {
                    Sign::Equal => left == right,
                    Sign::NotEqual => left != right,
                    Sign::Greater => order.is_some_and(|(a, b)| a > b),
                    Sign::GreaterOrEqual => order.is_some_and(|(a, b)| a >= b),
                    Sign::Less => order.is_some_and(|(a, b)| a < b),
                    Sign::LessOrEqual => order.is_some_and(|(a, b)| a <= b),
                }
            }
            other => value(other) == Value::Bool(true),
        }
    }
}

const WORK: [Weekday; 5] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
];

/// The first fitting minute from now on; day 0 is a Monday.
fn until(now: i64, at: Option<&str>, days: &[Weekday]) -> i64 {
    let week = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
        Weekday::Sat,
        Weekday::Sun,
    ];
    let at = at.map(|it| {
        let (hours, minutes) = it.split_once(':').unwrap();
        hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap()
    });
    let mut day = now / 1_440;
    loop {
        let moment = match at {
            Some(at) => day * 1_440 + at,
            None => (day * 1_440).max(now),
        };
        let weekday = week[usize::try_from(day % 7).unwrap()];
        if moment >= now && (days.is_empty() || days.contains(&weekday)) {
            return moment;
        }
        day += 1;
    }
}

/// By the steps of the manifest.
struct BySteps<'a> {
    journey: &'a Journey,
    person: Person,
    now: i64,
    lived: Lived,
    over: bool,
}

impl<'a> BySteps<'a> {
    fn live(journey: &'a Journey, person: Person) -> Lived {
        let mut life = Self {
            journey,
            person,
            now: 0,
            lived: Vec::new(),
            over: false,
        };
        let filter = journey.trigger.filter.as_ref();
        if filter.is_some_and(|it| !life.holds(it)) {
            return Vec::new();
        }
        if let Some(percent) = journey.holdout
            && life.person.arm(
                "",
                &[("holdout", percent), ("everybody-else", 100 - percent)],
            ) == "holdout"
        {
            return Vec::new();
        }
        life.steps(&journey.steps);
        life.lived
    }

    fn holds(&self, condition: &Condition) -> bool {
        self.person
            .holds(&condition.tree, &self.person.trigger, self.now)
    }

    fn notice(&mut self, what: String) {
        let left =
            self.journey.exits.iter().any(|it| {
                it.only.is_none() && self.person.came(&it.on, it.filter.as_ref(), self.now)
            });
        self.over |= left;
        if !self.over {
            self.lived.push((what, self.now));
        }
    }

    fn passes(&self, only_if: Option<&Condition>, unless: Option<&Condition>) -> bool {
        only_if.is_none_or(|it| self.holds(it)) && !unless.is_some_and(|it| self.holds(it))
    }

    fn pause(&mut self, it: &Wait) {
        if let Some(duration) = &it.duration {
            for _ in 0..duration.business_days {
                self.now = until(self.now + 1_440, None, &WORK);
            }
            self.now += i64::from(duration.days * 1_440 + duration.minutes);
        }
        self.now = until(self.now, it.at.as_deref(), &it.on);
    }

    fn steps(&mut self, steps: &'a [Step]) {
        for step in steps {
            if self.over {
                return;
            }
            match &step.does {
                Action::Send(it) => {
                    let class = |exit: &&crate::manifest::Exit| exit.only == Some(it.class);
                    let stopped = self
                        .journey
                        .exits
                        .iter()
                        .filter(class)
                        .any(|exit| self.person.came(&exit.on, exit.filter.as_ref(), self.now));
                    if self.passes(it.only_if.as_ref(), it.unless.as_ref()) && !stopped {
                        let locale = match self.person.locale {
                            "de-AT" if it.mails.contains_key("de-AT") => "de-AT",
                            "de" | "de-AT" if it.mails.contains_key("de") => "de",
                            _ => "en",
                        };
                        self.notice(format!("{} in {locale}", step.node));
                    }
                }
                Action::Task(it) => {
                    if self.passes(it.only_if.as_ref(), it.unless.as_ref()) {
                        self.notice(step.node.clone());
                    }
                }
                Action::Wait(it) => self.pause(it),
                Action::WaitFor(it) => {
                    let timeout = it.timeout.as_ref().unwrap();
                    let end = self.now + i64::from(timeout.days * 1_440 + timeout.minutes);
                    match self.person.first(&it.event, it.filter.as_ref()) {
                        Some(minute) if minute < end => self.now = self.now.max(minute + 1),
                        _ => {
                            self.now = end;
                            self.steps(&it.on_timeout);
                        }
                    }
                }
                Action::Branch(it) => {
                    let way = it.when.iter().find(|way| self.holds(&way.condition));
                    self.steps(way.map_or(&it.otherwise[..], |it| &it.steps));
                }
                Action::Split(it) => {
                    let arms: Vec<(&str, u32)> = it
                        .arms
                        .iter()
                        .map(|(name, arm)| (name.as_str(), arm.weight))
                        .collect();
                    let arm = self.person.arm(&step.node, &arms).to_owned();
                    self.steps(&it.arms[&arm].steps);
                }
                Action::Repeat(it) => {
                    for round in 1..=it.times {
                        self.steps(&it.steps);
                        if round == it.times || self.over {
                            break;
                        }
                        self.pause(&Wait {
                            duration: it.every.clone(),
                            ..Wait::default()
                        });
                        if it.until.as_ref().is_some_and(|it| self.holds(it)) {
                            break;
                        }
                    }
                }
                Action::Set(it) => {
                    self.notice(format!("{} = {}", it.attribute, it.value));
                    if !self.over {
                        self.person
                            .contact
                            .insert(it.attribute.clone(), it.value.clone());
                    }
                }
                Action::Enter { journey } => self.notice(format!("enter {journey}")),
                Action::Exit { .. } => self.over = true,
                other => panic!("{} is not read here", other.kind()),
            }
        }
    }
}

/// By what the lowering makes of them, wired.
fn by_program<'a>(
    program: &Program<'a>,
    ops: &[Op<'a>],
    mut person: Person,
    joins: Joins,
) -> Option<Lived> {
    let mut lived = Lived::new();
    let mut now = 0;
    let trigger = person.trigger.clone();
    let filter = program.filter.as_ref();
    if filter.is_some_and(|it| !person.holds(it, &trigger, 0)) {
        return Some(lived);
    }
    let wiring = wire(ops, joins, 3_000);
    if wiring.full {
        return None;
    }
    let mut at = wiring.entry;
    while let Some(node) = at.map(|it| &wiring.nodes[it]) {
        // Marks are set by journeys of their own, when the event comes.
        for mark in &program.marks {
            let came = person.came(mark.event, mark.filter, now);
            if came {
                person
                    .contact
                    .insert(mark.attribute.clone(), Value::Bool(true));
            }
        }
        let left = program
            .exits
            .iter()
            .any(|it| person.came(it.event, it.filter, now));
        if left {
            break;
        }
        let mut way = 0;
        match &node.op.act {
            Act::Mail { locales, gate, .. } => {
                if gate
                    .as_ref()
                    .is_none_or(|it| tested(it, &person, now, false))
                {
                    let own = match person.locale {
                        "de-AT" if locales.contains(&"de-AT") => "de-AT",
                        "de" | "de-AT" if locales.contains(&"de") => "de",
                        _ => locales[0],
                    };
                    lived.push((format!("{} in {own}", node.op.node), now));
                }
            }
            Act::Task { .. } => lived.push((node.op.node.to_owned(), now)),
            Act::Delay {
                amount, unit, days, ..
            } => {
                let size = match unit {
                    Unit::Minutes => 1,
                    Unit::Hours => 60,
                    Unit::Days => 1_440,
                };
                now = until(now + i64::from(amount * size), None, days);
            }
            Act::Until { at, days, .. } => now = until(now, at.as_deref(), days),
            Act::Await {
                event,
                filter,
                timeout,
                ..
            } => {
                let end = now + i64::from(timeout.unwrap());
                match person.first(event, *filter) {
                    Some(minute) if minute < end => now = now.max(minute + 1),
                    _ => {
                        now = end;
                        way = 1;
                    }
                }
            }
            Act::Choose { ways, .. } => {
                let found = ways.iter().position(|it| tested(&it.0, &person, now, true));
                way = found.unwrap_or(ways.len());
            }
            Act::Draw { arms } => {
                let chosen = chosen(program.journey, node.op, &person);
                let found = arms.iter().position(|it| it.name == chosen);
                way = found.unwrap_or(arms.len() - 1);
            }
            Act::Set { attribute, value } => {
                if !attribute.starts_with("journeyc_") {
                    lived.push((format!("{attribute} = {value}"), now));
                }
                person.contact.insert(attribute.clone(), value.clone());
            }
            Act::Enter { journey, .. } => lived.push((format!("enter {journey}"), now)),
            other @ (Act::Date { .. } | Act::End { .. }) => panic!("{other:?} is not read here"),
        }
        at = node.links[way];
    }
    Some(lived)
}

/// The same as a tree that nobody leaves in the middle, where that can be said.
fn tree<'a>(ops: &[Op<'a>]) -> Option<Vec<Op<'a>>> {
    let mut ends_in_wait = false;
    Op::walk(ops, &mut |op| {
        if let Act::Await { late, .. } = &op.act {
            Op::walk(late, &mut |it| {
                ends_in_wait |= matches!(it.act, Act::End { .. });
            });
        }
    });
    if ends_in_wait {
        return None;
    }
    let tree = without_ends(ops, 3_000)?;
    Op::walk(&tree, &mut |it| assert!(!matches!(it.act, Act::End { .. })));
    Some(tree)
}

/// The arm that chance gives at the step of a draw.
fn chosen(journey: &Journey, op: &Op<'_>, person: &Person) -> String {
    let mut arms = Vec::new();
    Step::walk(&journey.steps, &mut |step| {
        if let Action::Split(it) = &step.does
            && step.node == op.node
        {
            arms = it
                .arms
                .iter()
                .map(|(name, arm)| (name.as_str(), arm.weight))
                .collect();
        }
    });
    if arms.is_empty() {
        let percent = journey.holdout.unwrap();
        arms = vec![("holdout", percent), ("everybody-else", 100 - percent)];
    }
    person.arm(op.node, &arms).to_owned()
}

/// `in_order`: whether longer names of languages have been asked for before.
fn tested(test: &Test<'_>, person: &Person, now: i64, in_order: bool) -> bool {
    match test {
        Test::Holds(expr) => person.holds(expr, &person.trigger, now),
        Test::Came { event, filter } => person.came(event, *filter, now),
        Test::Speaks {
            locale,
            default,
            others,
        } => {
            let reads = |it: &str| {
                person.locale == it
                    || person
                        .locale
                        .strip_prefix(it)
                        .is_some_and(|it| it.starts_with('-'))
            };
            if *default {
                return !others.iter().any(|it| reads(it));
            }
            let longer = others.iter().any(|it| it.len() > locale.len() && reads(it));
            reads(locale) && (in_order || !longer)
        }
        Test::Past { .. } => panic!("dates are not read here"),
        Test::Not(of) => !tested(of, person, now, in_order),
        Test::All(of) => of.iter().all(|it| tested(it, person, now, in_order)),
        Test::Any(of) => of.iter().any(|it| tested(it, person, now, in_order)),
    }
}

/// Makes journeys up.
pub(super) struct Author<'d> {
    pub(super) dice: &'d mut Dice,
    pub(super) count: u32,
}

impl Author<'_> {
    fn condition(&mut self, depth: u32) -> String {
        let plain = [
            "contact.plan == \"pro\"",
            "contact.plan != \"free\"",
            "contact.age >= 30",
            "not (contact.age < 30)",
            "event.total > 30",
            "contact.did(\"delivered\", since=entry)",
            "contact.plan == none",
            "contact.did(\"visited\", since=entry)",
        ];
        match (depth, self.dice.roll(4)) {
            (0, _) | (_, 0 | 1) => (*self.dice.one(&plain.each_ref())).to_owned(),
            (_, 2) => format!(
                "({}) and ({})",
                self.condition(depth - 1),
                self.condition(depth - 1)
            ),
            _ => format!(
                "({}) or not ({})",
                self.condition(depth - 1),
                self.condition(depth - 1)
            ),
        }
    }

    fn said(&mut self) -> Value {
        let text = self.condition(2);
        condition(&text)
    }

    fn span(&mut self) -> Value {
        let text = *self
            .dice
            .one(&[&"2h", &"1d", &"3d", &"1d 12h", &"9d", &"45m"]);
        duration(text)
    }

    fn steps(&mut self, depth: u32) -> Vec<Value> {
        let count = 2 + self.dice.roll(3);
        (0..count).map(|_| self.step(depth)).collect()
    }

    fn step(&mut self, depth: u32) -> Value {
        self.count += 1;
        let node = format!("s{}", self.count);
        let kinds = if depth == 0 { 6 } else { 11 };
        let mut step = match self.dice.roll(kinds) {
            0 | 1 => {
                let class = *self.dice.one(&[&"commercial", &"transactional"]);
                let mut send = json!({"kind": "send", "template": "t", "purpose": ["content"], "class": class,
                    "sender": {"id": "care", "name": "Care", "address": "care@a.example"}, "mails": {"en": mail(), "de": mail()}});
                if self.dice.roll(4) == 0 {
                    send["mails"]["de-AT"] = mail();
                }
                match self.dice.roll(4) {
                    0 => send["if"] = self.said(),
                    1 => send["unless"] = self.said(),
                    _ => {}
                }
                send
            }
            2 => json!({"kind": "wait", "for": self.span(), "zone": "contact"}),
            3 => match self.dice.roll(3) {
                0 => {
                    json!({"kind": "wait", "for": self.span(), "at": "10:30", "on": ["tue", "fri"], "zone": "contact"})
                }
                1 => json!({"kind": "wait", "for": duration("3bd"), "zone": "contact"}),
                _ => {
                    json!({"kind": "wait", "for": duration("2d"), "on": ["mon"], "zone": "contact"})
                }
            },
            4 => {
                json!({"kind": "set", "attribute": "plan", "value": *self.dice.one(&[&"pro", &"free"])})
            }
            5 => json!({"kind": "task", "channel": "phone", "owner": "desk", "if": self.said()}),
            6 => {
                let mut wait = json!({"kind": "wait_for", "event": *self.dice.one(&[&"delivered", &"visited"]), "timeout": self.span()});
                if self.dice.roll(2) == 0 {
                    wait["on_timeout"] = json!(self.steps(depth - 1));
                }
                if self.dice.roll(3) == 0 {
                    wait["where"] = condition("event.total >= 50");
                }
                wait
            }
            7 | 8 => {
                let ways: Vec<Value> = (0..=self.dice.roll(3))
                    .map(|_| json!({"if": self.said(), "steps": self.steps(depth - 1)}))
                    .collect();
                json!({"kind": "branch", "when": ways, "else": self.steps(depth - 1)})
            }
            9 => json!({"kind": "split", "arms": {
                "a": {"weight": 20, "steps": self.steps(depth - 1)}, "b": {"weight": 40, "steps": []},
                "c": {"weight": 40, "steps": self.steps(depth - 1)}}}),
            _ => {
                json!({"kind": "repeat", "times": 1 + self.dice.roll(3), "every": self.span(), "steps": self.steps(depth - 1)})
            }
        };
        step["node"] = json!(node);
        step
    }

    pub(super) fn manifest(&mut self) -> Manifest {
        let mut steps = self.steps(3);
        if self.dice.roll(3) == 0 {
            steps.push(json!({"kind": "exit", "reason": "done", "node": "@exit-1"}));
        }
        let mut exits = Vec::new();
        if self.dice.roll(2) == 0 {
            exits.push(json!({"on": "refunded", "where": condition("event.total > 20")}));
        }
        if self.dice.roll(3) == 0 {
            exits.push(json!({"on": "visited", "only": "commercial"}));
        }
        let mut journey = json!({"name": "j-k", "file": "j.yaml", "line": 1, "class": "transactional", "reentry": "always",
            "sender": {"id": "care", "name": "Care", "address": "care@a.example"}, "exits": exits,
            "trigger": {"event": "paid"}, "steps": steps});
        if self.dice.roll(3) == 0 {
            journey["trigger"]["where"] = self.said();
        }
        if self.dice.roll(4) == 0 {
            journey["holdout"] = json!(30);
        }
        let total = json!({"properties": {"total": {"type": "number"}}});
        serde_json::from_value(json!({
            "version": 1, "generator": {"name": "journeyc", "version": "0"},
            "brand": {"name": "B", "url": "https://b.example"}, "timezone": "UTC", "locales": ["en", "de", "de-AT"],
            "events": {"paid": total, "delivered": total, "refunded": total, "visited": total},
            "contact": {"plan": {"type": "string"}, "age": {"type": "number"}},
            "journeys": [journey],
        }))
        .unwrap()
    }
}

pub(super) fn mail() -> Value {
    json!({"subject": "S", "sha256": ""})
}

pub(super) fn duration(text: &str) -> Value {
    let it: Duration = text.parse::<crate::model::Duration>().unwrap().into();
    serde_json::to_value(it).unwrap()
}

pub(super) fn condition(text: &str) -> Value {
    let expr = crate::model::Expr::parse(text).unwrap();
    json!({"text": text, "tree": serde_json::to_value(Expr::from(&expr)).unwrap()})
}

pub(super) const LIMITS: Limits = Limits {
    units: &[Unit::Minutes, Unit::Hours, Unit::Days],
    longest_wait: None,
    longest_wait_for: None,
    endless_wait_for: true,
    most_steps: 3_000,
    most_rounds: 24,
    horizon: None,
};

/// A target that can do everything itself, except by these ways.
pub(super) fn target(but: &[(Ability, Way)], limits: Limits) -> For {
    let rows: Vec<Row> = Ability::ALL
        .iter()
        .map(|ability| {
            let own = but.iter().find(|it| it.0 == *ability).map(|it| it.1);
            let first = ability.ways()[0];
            (*ability, own.unwrap_or(first), "")
        })
        .collect();
    let rows: &'static [Row] = Vec::leak(rows);
    For {
        name: "test",
        title: "Test",
        can: Box::leak(Box::new(Capabilities { rows, limits })),
    }
}

pub(super) fn mails(manifest: &Manifest) -> Mails {
    let mut mails = Mails::new();
    Step::walk(&manifest.journeys[0].steps, &mut |step| {
        for locale in ["en", "de", "de-AT"] {
            let key = ("j-k".to_owned(), step.node.clone(), locale.to_owned());
            mails.insert(key, Arc::new(Mail::default()));
        }
    });
    mails
}

/// A journey in few lines, for whoever reads a failure.
pub(super) fn outline(steps: &[Step], depth: usize) -> String {
    let line = |step: &Step| {
        let mut said = serde_json::to_value(step).unwrap();
        for long in [
            "sender",
            "mails",
            "when",
            "else",
            "steps",
            "arms",
            "on_timeout",
            "purpose",
            "line",
            "template",
        ] {
            said.as_object_mut().unwrap().shift_remove(long);
        }
        let inner: Vec<String> = step
            .inner()
            .into_iter()
            .map(|it| outline(it, depth + 1))
            .collect();
        format!(
            "{}{said}\n{}",
            "  ".repeat(depth),
            inner.join(&format!("{}|\n", "  ".repeat(depth + 1)))
        )
    };
    steps.iter().map(line).collect()
}

/// A kind of target: by which ways it differs from one that can do everything.
type Kind = (&'static str, &'static [(Ability, Way)], Limits);

const KINDS: &[Kind] = &[
    ("everything", &[], LIMITS),
    ("asks for exits", &[(Ability::Exits, Way::Asked)], LIMITS),
    (
        "has no filters on messages, and two ways at most",
        &[
            (Ability::Gates, Way::Nested),
            (Ability::Locales, Way::Nested),
            (Ability::ManyWays, Way::Nested),
            (Ability::Split, Way::Nested),
        ],
        LIMITS,
    ),
    (
        "asks apart, and behind the trigger",
        &[
            (Ability::AskTogether, Way::Apart),
            (Ability::TriggerFilter, Way::Asked),
            (Ability::Locales, Way::Gated),
            (Ability::ManyWays, Way::Nested),
        ],
        LIMITS,
    ),
    (
        "has no history",
        &[
            (Ability::AskHistory, Way::Marked),
            (Ability::Exits, Way::Asked),
            (Ability::BusinessDays, Way::Chained),
        ],
        LIMITS,
    ),
    (
        "has little room for copies",
        &[
            (Ability::Joins, Way::Copied),
            (Ability::ManyWays, Way::Nested),
        ],
        Limits {
            most_steps: 120,
            ..LIMITS
        },
    ),
    (
        "waits a day at most, in hours",
        &[
            (Ability::BusinessDays, Way::Chained),
            (Ability::Locales, Way::Nested),
        ],
        Limits {
            units: &[Unit::Minutes, Unit::Hours],
            longest_wait: Some(1_440),
            longest_wait_for: Some(1_440),
            ..LIMITS
        },
    ),
];

/// How many journeys; `JOURNEYC_LIVES` asks for more.
fn rounds() -> u64 {
    let asked = std::env::var("JOURNEYC_LIVES").ok();
    asked.and_then(|it| it.parse().ok()).unwrap_or(120)
}

#[test]
fn people_get_the_same_by_the_steps_and_by_the_lowering() {
    let account = Account {
        name: "prod".to_owned(),
        ids: BTreeMap::new(),
        span: None,
    };
    let places = Places::default();
    let targets: Vec<(&str, For)> = KINDS.iter().map(|it| (it.0, target(it.1, it.2))).collect();
    let (mut told, mut compared, mut too_large) = (0_u32, 0_u32, 0_u64);
    let mut trees = 0;
    for seed in 1..=rounds() {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let manifest = Author {
            dice: &mut dice,
            count: 0,
        }
        .manifest();
        let mails = mails(&manifest);
        let job = Job {
            manifest: &manifest,
            mails: &mails,
            account: &account,
            places: &places,
        };
        let journey = &manifest.journeys[0];
        for (kind, target) in &targets {
            let (program, ledger) = lower(*target, &job, journey);
            let obstacles = ledger.obstacles();
            if target.can.limits.most_steps < LIMITS.most_steps && !obstacles.is_empty() {
                too_large += 1;
                continue;
            }
            assert!(obstacles.is_empty(), "seed {seed}, {kind}: {obstacles:?}");
            let tree = tree(&program.ops);
            trees += u64::from(tree.is_some());
            for life in 0..4 {
                let person = || {
                    Person::random(&mut Dice(
                        (seed * 31 + life * 7 + 1).wrapping_mul(0x2545_F491_4F6C_DD1D) | 1,
                    ))
                };
                let expected = BySteps::live(journey, person());
                let said = [
                    (Joins::Shared, Some(&program.ops)),
                    (Joins::Copied, Some(&program.ops)),
                    (Joins::Shared, tree.as_ref()),
                ];
                for (joins, ops) in said {
                    let Some(lived) = ops.and_then(|it| by_program(&program, it, person(), joins))
                    else {
                        continue;
                    };
                    compared += 1;
                    told += u32::try_from(lived.len()).unwrap();
                    assert_eq!(
                        lived,
                        expected,
                        "seed {seed}, {kind}, {joins:?}, life {life}:\n{}",
                        outline(&journey.steps, 0)
                    );
                }
            }
        }
    }
    assert!(
        too_large * 4 < rounds() * 3,
        "{too_large} journeys had no room"
    );
    assert!(trees > rounds(), "{trees} trees");
    // Lives in which nothing happens prove nothing.
    assert!(told > compared, "{told} touches in {compared} lives");
}
