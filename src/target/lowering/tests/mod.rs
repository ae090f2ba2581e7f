//! The lowering itself: each way of each ability on a small journey, and that a program never holds
//! anything that its target cannot take.

#![allow(clippy::unwrap_used, reason = "tests")]

mod allowed;
mod dates;
mod room;
mod ways;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::lives::{LIMITS, condition, duration, mail, mails, target};
use super::{Act, Op, Program, Start, Test, lower};
use crate::manifest::{Manifest, Places};
use crate::target::capability::{Ability, Limits, Unit, Way};
use crate::target::{Account, Job, Ledger};

/// A journey called `j`, with whatever `head` says of it.
fn manifest(head: &Value, steps: &[Value]) -> Manifest {
    let mut journey = json!({"name": "j-k", "file": "j.yaml", "line": 1, "class": "transactional", "reentry": "always",
        "sender": {"id": "care", "name": "Care", "address": "care@a.example"},
        "trigger": {"event": "paid"}, "steps": numbered(steps)});
    let properties = json!({"total": {"type": "number"}, "order": {"type": "string"}});
    let mut whole = json!({
        "version": 1, "generator": {"name": "journeyc", "version": "0"},
        "brand": {"name": "B", "url": "https://b.example"}, "timezone": "Europe/Berlin", "locales": ["en", "de"],
        "events": {
            "paid": {"key": "order", "properties": properties}, "delivered": {"key": "order", "properties": properties},
            "refunded": {"properties": properties}, "left": {"milestone": "unsubscribed"},
        },
        "contact": {"plan": {"type": "string"}, "age": {"type": "number"}, "born": {"type": "date"}},
    });
    for (key, value) in head.as_object().unwrap() {
        let place = if ["policy", "locales"].contains(&key.as_str()) {
            &mut whole
        } else {
            &mut journey
        };
        place[key] = value.clone();
    }
    whole["journeys"] = json!([journey]);
    serde_json::from_value(whole).unwrap()
}

/// Gives steps lines, and those without one a node.
fn numbered(steps: &[Value]) -> Vec<Value> {
    fn go(value: &mut Value, count: &mut u32) {
        match value {
            Value::Array(all) => all.iter_mut().for_each(|it| go(it, count)),
            Value::Object(map) => {
                if let Some(kind) = map.get("kind").and_then(Value::as_str) {
                    *count += 1;
                    let node = json!(format!("@{kind}-{count}"));
                    map.entry("node").or_insert(node);
                    map.insert("line".to_owned(), json!(10 + *count));
                }
                map.values_mut().for_each(|it| go(it, count));
            }
            _ => {}
        }
    }
    let mut count = 0;
    let mut steps = steps.to_vec();
    for step in &mut steps {
        go(step, &mut count);
    }
    steps
}

fn send(node: &str) -> Value {
    json!({"node": node, "kind": "send", "template": "t", "purpose": ["content"], "class": "transactional",
        "sender": {"id": "care", "name": "Care", "address": "care@a.example"}, "mails": {"en": mail()}})
}

fn wait(text: &str) -> Value {
    json!({"kind": "wait", "for": duration(text), "zone": "contact"})
}

fn branch(conditions: &[&str]) -> Value {
    let way = |(at, text): (usize, &&str)| json!({"if": condition(text), "steps": [send(&format!("w{}", at + 1))]});
    let ways: Vec<Value> = conditions.iter().enumerate().map(way).collect();
    json!({"node": "b", "kind": "branch", "when": ways, "else": []})
}

fn with(mut value: Value, key: &str, other: Value) -> Value {
    value[key] = other;
    value
}

/// What became of a journey, in words.
#[derive(Debug)]
struct Lowered {
    outline: String,
    later: Vec<String>,
    head: String,
    losses: Vec<String>,
    obstacles: Vec<String>,
    hand_work: Vec<String>,
}

impl Lowered {
    fn loses(&self, part: &str) -> bool {
        self.losses.iter().any(|it| it.contains(part))
    }

    fn refuses(&self, part: &str) -> bool {
        self.obstacles.iter().any(|it| it.contains(part))
    }
}

fn account() -> Account {
    let one = |name: &str, id: &str| BTreeMap::from([(name.to_owned(), id.to_owned())]);
    Account {
        name: "prod".to_owned(),
        ids: BTreeMap::from([
            ("alerts".to_owned(), one("desk", "desk@a.example")),
            ("lists".to_owned(), one("news", "L1")),
        ]),
        span: None,
    }
}

/// Lowers for a target that can do everything itself, except by these ways.
fn lowered(but: &[(Ability, Way)], limits: Limits, head: &Value, steps: &[Value]) -> Lowered {
    let manifest = manifest(head, steps);
    let mails = mails(&manifest);
    let account = account();
    let job = Job {
        manifest: &manifest,
        mails: &mails,
        account: &account,
        places: &Places::default(),
    };
    let (program, ledger) = lower(target(but, limits), &job, &manifest.journeys[0]);
    say(&program, &ledger)
}

fn say(program: &Program<'_>, ledger: &Ledger) -> Lowered {
    let later = program.later.iter().map(|it| {
        let Start::Date {
            attribute,
            before,
            at,
        } = &it.start
        else {
            panic!("{} does not begin with a date", it.name)
        };
        format!(
            "{} {before}d before {attribute} at {at}: {}",
            it.name,
            outline(&it.ops)
        )
    });
    let mut head = format!("{:?}", program.reentry);
    if program.filter.is_some() {
        head.push_str(", filtered");
    }
    for exit in &program.exits {
        write!(head, ", leaves on {}", exit.event).unwrap();
    }
    for mark in &program.marks {
        write!(head, ", {} by {}", mark.attribute, mark.event).unwrap();
    }
    Lowered {
        outline: outline(&program.ops),
        later: later.collect(),
        head,
        losses: ledger.losses().iter().map(|it| it.what.clone()).collect(),
        obstacles: ledger.obstacles(),
        hand_work: ledger.hand_work().to_vec(),
    }
}

/// What happens, in one line.
fn outline(ops: &[Op<'_>]) -> String {
    let all: Vec<String> = ops.iter().map(one).collect();
    all.join(", ")
}

fn one(op: &Op<'_>) -> String {
    let id = &op.id;
    match &op.act {
        Act::Mail { locales, gate, .. } => {
            let languages = locales[1..].iter().map(|it| format!("+{it}"));
            let languages: String = languages.collect();
            let gate = gate
                .as_ref()
                .map_or_else(String::new, |it| format!(" if {}", ask(it)));
            format!("{id}{languages}{gate}")
        }
        Act::Task { to, .. } => to
            .as_ref()
            .map_or_else(|| id.clone(), |to| format!("{id} to {to}")),
        Act::Delay {
            amount,
            unit,
            days,
            zone,
        } => {
            let unit = match unit {
                Unit::Minutes => "m",
                Unit::Hours => "h",
                Unit::Days => "d",
            };
            let days = if days.is_empty() {
                String::new()
            } else {
                format!(" on {} days of {zone}", days.len())
            };
            format!("{amount}{unit}{days}")
        }
        Act::Until { at, days, zone } => {
            let at = at.as_deref().unwrap_or("any time");
            format!("until {at} on {} days of {zone}", days.len())
        }
        Act::Await {
            event,
            timeout,
            late,
            ..
        } => {
            let end = timeout.map_or_else(|| "ever".to_owned(), |it| format!("{it}m"));
            format!("await {event} for {end} else [{}]", outline(late))
        }
        Act::Date { before, .. } => format!("date {before}m before"),
        Act::Choose { ways, otherwise } => {
            let ways: Vec<String> = ways
                .iter()
                .map(|it| format!("{} [{}]", ask(&it.0), outline(&it.1)))
                .collect();
            format!("if {} else [{}]", ways.join(" or "), outline(otherwise))
        }
        Act::Draw { arms } => {
            let arms: Vec<String> = arms
                .iter()
                .map(|it| format!("{}% {} [{}]", it.percent, it.name, outline(&it.ops)))
                .collect();
            format!("draw {}", arms.join(" "))
        }
        Act::Set { attribute, value } => format!("{attribute}={value}"),
        Act::Enter { journey, list } => list
            .as_ref()
            .map_or_else(|| format!("enter {journey}"), |it| format!("list {it}")),
        Act::End { .. } => "end".to_owned(),
    }
}

fn ask(test: &Test<'_>) -> String {
    match test {
        Test::Holds(crate::manifest::Expr::Contact { name }) => name.clone(),
        Test::Holds(_) => "?".to_owned(),
        Test::Came { event, .. } => format!("came {event}"),
        Test::Speaks { locale, .. } => format!("speaks {locale}"),
        Test::Past { attribute, before } => format!("past {before}d before {attribute}"),
        Test::Not(of) => format!("not {}", ask(of)),
        Test::All(of) => format!("({})", of.iter().map(ask).collect::<Vec<_>>().join(" and ")),
        Test::Any(of) => format!("({})", of.iter().map(ask).collect::<Vec<_>>().join(" or ")),
    }
}
