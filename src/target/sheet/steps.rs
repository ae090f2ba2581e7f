//! The numbered steps of a sheet.

use std::fmt::Write as _;

use super::Page;
use super::head::condition;
use super::mail;
use super::numbering::{Link, Numbered};
use super::say::{exact, words};
use super::text::{amount, clock, code, days, minutes, plain};
use super::vocabulary::{Vocabulary, Word};
use crate::manifest::Task;
use crate::model::IfPast;
use crate::target::Unit;
use crate::target::lowering::{Act, Test};

/// One step.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of thing")]
pub(super) fn step(page: &Page<'_, '_>, it: &Numbered<'_, '_>) -> String {
    let op = it.op;
    let v = page.vocabulary;
    let word = word(v, &op.act);
    let mut text = format!("\n### {}. {}: {}\n\n", it.number, word.name, code(&op.id));
    if op.node.is_empty() {
        let _ = writeln!(text, "- From line {}.", op.line);
    } else {
        let _ = writeln!(
            text,
            "- Step {} of the file, line {}.",
            code(op.node),
            op.line
        );
    }
    if let Some(from) = from(page, it) {
        let _ = writeln!(text, "- {from}.");
    }
    let mut set = |what: &str, to: String| {
        let _ = writeln!(text, "- {what}: {to}.");
    };
    match &op.act {
        Act::Mail {
            send,
            locales,
            gate,
        } => text.push_str(&mail::mail(page, op.node, send, locales, gate.as_ref())),
        Act::Task { task, to } => text.push_str(&work(task, to.as_deref())),
        Act::Delay {
            amount: number,
            unit,
            days: on,
            zone,
        } => {
            let unit = match unit {
                Unit::Minutes => "minute",
                Unit::Hours => "hour",
                Unit::Days => "day",
            };
            set("Wait", amount(*number, unit));
            if !on.is_empty() {
                set("Then until", format!("{}, {}", days(on), clock(zone)));
            }
        }
        Act::Until { at, days: on, zone } => {
            if let Some(at) = at {
                set("Wait until the time", code(at));
            }
            set("On", days(on));
            set("Whose clock", clock(zone));
        }
        Act::Await {
            event,
            filter,
            timeout,
            ..
        } => {
            set("Wait for", format!("the {} {}", v.event, code(event)));
            if let Some(filter) = filter {
                text.push_str(&condition(v, "Only if", &filter.tree));
            }
            let most = match timeout {
                Some(it) => minutes(*it),
                None => "as long as it takes".to_owned(),
            };
            let _ = writeln!(text, "- At most: {most}.");
            let _ = writeln!(
                text,
                "- If it has come since the person came in, people go on at once."
            );
        }
        Act::Date {
            date,
            before,
            at,
            if_past,
        } => {
            let lead = match *before {
                0 => "On the day of".to_owned(),
                it if it > 0 => format!("{} before", distance(it)),
                it => format!("{} after", distance(it)),
            };
            set(&lead, code(&super::say::flat(&date.text)));
            if let Some(at) = at {
                set("At", code(at));
            }
            let past = match if_past {
                IfPast::Continue => "go on at once",
                IfPast::Exit => "leave the journey",
            };
            set("If the moment has passed already", past.to_owned());
        }
        Act::Choose { ways, .. } => text.push_str(&choice(page, ways, &it.ways)),
        Act::Draw { arms } => {
            for ((number, arm), link) in (1..).zip(arms).zip(&it.ways) {
                let _ = writeln!(
                    text,
                    "- Way {number}, {}: {} % of the people; {}.",
                    code(&arm.name),
                    arm.percent,
                    on(*link)
                );
            }
        }
        Act::Set { attribute, value } => {
            set("Write", format!("the {} {}", v.attribute, code(attribute)));
            let to = match value {
                serde_json::Value::Null => "nothing: clear it".to_owned(),
                serde_json::Value::String(it) => code(it),
                other => code(&other.to_string()),
            };
            set("To", to);
        }
        Act::Enter { journey, list } => {
            set("Start", code(journey));
            if let Some(list) = list {
                set("By putting the person on the list", code(list));
            }
        }
        Act::End { reason } => set("The journey ends here. Reason", code(reason)),
    }
    text.push_str(&next(it));
    text
}

/// What a step is called.
pub(super) fn word<'v>(v: &'v Vocabulary, act: &Act<'_>) -> &'v Word {
    match act {
        Act::Mail { .. } => &v.message,
        Act::Task { .. } => &v.task,
        Act::Delay { .. } => &v.delay,
        Act::Until { .. } => &v.until,
        Act::Await { .. } => &v.wait_for,
        Act::Date { .. } => &v.wait_date,
        Act::Choose { .. } => &v.choose,
        Act::Draw { .. } => &v.draw,
        Act::Set { .. } => &v.set,
        Act::Enter { .. } => &v.enter,
        Act::End { .. } => &v.end,
    }
}

/// Which steps lead here, where it is not simply the one above.
fn from(page: &Page<'_, '_>, it: &Numbered<'_, '_>) -> Option<String> {
    if it.number == 1 {
        return Some(format!(
            "The first step behind the {}",
            page.vocabulary.trigger.name
        ));
    }
    if it.from == [(it.number - 1, None)] {
        return None;
    }
    let from: Vec<String> = it
        .from
        .iter()
        .map(|(step, way)| match way {
            Some(way) => format!("step {step}, way {way}"),
            None => format!("step {step}"),
        })
        .collect();
    Some(format!("People come here from {}", from.join("; ")))
}

fn on(link: Link) -> String {
    match link {
        Some(number) => format!("go on with step {number}"),
        None => "the journey ends".to_owned(),
    }
}

fn choice(
    page: &Page<'_, '_>,
    ways: &[(Test<'_>, Vec<crate::target::Op<'_>>)],
    links: &[Link],
) -> String {
    let v = page.vocabulary;
    let mut text = String::new();
    for ((number, (test, _)), link) in (1..).zip(ways).zip(links) {
        let _ = writeln!(
            text,
            "- Way {number}, if {}: {}.",
            words(v, test),
            on(*link)
        );
        let _ = writeln!(text, "  - Exactly: {}", code(&exact(test)));
    }
    if ways.len() > 1 {
        text.push_str("- The first way whose condition holds is taken.\n");
    }
    let otherwise = links.last().copied().flatten();
    let _ = writeln!(
        text,
        "- Way {}, everybody else: {}.",
        ways.len() + 1,
        on(otherwise)
    );
    text
}

fn work(task: &Task, to: Option<&str>) -> String {
    let mut text = String::new();
    let mut set = |what: &str, to: String| {
        let _ = writeln!(text, "- {what}: {to}.");
    };
    if let Some(title) = &task.title {
        set("What", plain(title));
    }
    set("How the customer is reached", code(task.channel.word()));
    if let Some(owner) = &task.owner {
        set("Who", code(owner));
    }
    if let Some(to) = to {
        set("Told by mail to", code(to));
    }
    if let Some(within) = &task.respond_within {
        set("Done within", within.in_words());
    }
    text
}

/// Where people go on, for steps of one way and for waits.
fn next(it: &Numbered<'_, '_>) -> String {
    match (&it.op.act, it.ways.as_slice()) {
        (Act::Await { .. }, [came, late]) => {
            let mut text = format!("- Way 1, the event has come: {}.\n", on(*came));
            let _ = writeln!(text, "- Way 2, it has not come in time: {}.", on(*late));
            text
        }
        (Act::Choose { .. } | Act::Draw { .. } | Act::End { .. }, _) => String::new(),
        (_, [Some(next)]) if *next == it.number + 1 => String::new(),
        (_, [Some(next)]) => format!("- Then go on with step {next}.\n"),
        _ => "- Then the journey ends.\n".to_owned(),
    }
}

fn distance(minutes_: i64) -> String {
    minutes(u32::try_from(minutes_.unsigned_abs()).unwrap_or(u32::MAX))
}
