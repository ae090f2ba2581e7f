//! Checkers tried by hand: a project and a life written out, and what a checker says of them.
//!
//! A project is written as the examples of the rules' pages are: journeys without what does not
//! matter, `# journeys/other.yaml` before another file, and below `# journeyc.yaml` what differs from
//! the project file of the rules' tests. A life is written as `Tale` reads it.

use std::fmt::Write as _;

use chrono::NaiveDate;
use journeyc::Workspace;
use journeyc::load::Memory;
use journeyc::simulate::Life;

use super::tale::Tale;
use super::{Checker, Town};

/// The project file below a hand-written one: every milestone has an event.
const PROJECT: &str = include_str!("../suite/lint/project.yaml");

/// What a journey says that says nothing about it.
const HEADER: &[(&str, &str)] = &[
    ("class", "commercial"),
    ("basis", "express"),
    ("from", "care"),
    ("trigger", "{event: order_paid}"),
    ("reentry", "per_key"),
];

/// A template that fits every email.
pub const TEMPLATE: &str = "---
subject: A note from Fern & Finch
preheader: What to do next, and whom to ask when something is not clear
---
Hello, [read on](https://fernandfinch.example/help).

{{ brand.postal_address }} [Unsubscribe]({{ links.unsubscribe }})
";

/// The day on which projects are looked at.
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 1).unwrap_or_default()
}

/// What a checker sees in a hand-written life: `journey, journey: what went wrong`.
pub fn seen(checker: &dyn Checker, project: &str, life: &str) -> Vec<String> {
    told(project, life, |town, life, tale| {
        let record = town.simulation.live(life, &mut tale.chance());
        let violations = checker.violations(town, life, &record);
        let sentence = |it: &super::Violation| {
            let names = it.journeys.iter().map(|it| town.name(*it));
            format!("{}: {}", names.collect::<Vec<_>>().join(", "), it.says)
        };
        violations.iter().map(sentence).collect()
    })
}

/// Does something with a hand-written project and life.
pub fn told<R>(project: &str, life: &str, then: impl FnOnce(&Town<'_>, &Life, &Tale) -> R) -> R {
    let workspace = Workspace::read(&world(project));
    let compiled = journeyc::compile(&workspace);
    let wrong = compiled.counted().filter(|it| compiled.is_input(it));
    let mut text = String::new();
    for it in wrong {
        let _ = writeln!(text, "[{}] {}", it.rule, it.message);
    }
    assert!(text.is_empty(), "{text}{project}");
    let program = compiled.program.as_ref().unwrap();
    let town = Town::of(program);
    let tale = Tale::read(&town, life);
    then(&town, &tale.life, &tale)
}

/// A hand-written repository.
pub fn world(text: &str) -> Memory {
    let mut files = vec![("journeys/example.yaml".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        match line.trim().strip_prefix("# ") {
            Some(path) if path.starts_with("journey") => {
                files.push((path.to_owned(), String::new()));
            }
            _ => files.last_mut().unwrap().1.push_str(line),
        }
    }
    let mut world = Memory::new(today()).with("journeyc.yaml", PROJECT);
    for (path, text) in files {
        if path == "journeyc.yaml" {
            world = world.with(path, merged(PROJECT, &text));
        } else if !text.trim().is_empty() {
            for name in templates(&text) {
                world = world.with(format!("templates/{name}.md"), TEMPLATE);
            }
            let whole = whole(&path, &text);
            world = world.with(path, whole);
        }
    }
    world
}

/// Adds what a hand-written journey leaves out.
fn whole(path: &str, text: &str) -> String {
    let stem = path.rsplit('/').next().unwrap_or(path);
    let stem = stem.trim_end_matches(".yaml");
    let mut res = String::new();
    for (key, value) in std::iter::once(&("journey", stem)).chain(HEADER) {
        if !text.lines().any(|it| it.starts_with(&format!("{key}:"))) {
            let _ = writeln!(res, "{key}: {value}");
        }
    }
    if !text.lines().any(|it| it.starts_with("steps:")) {
        let at = text.lines().position(|it| it.starts_with("- "));
        let lines: Vec<&str> = text.lines().collect();
        let (above, below) = lines.split_at(at.unwrap_or(lines.len()));
        return format!("{res}{}\nsteps:\n{}\n", above.join("\n"), below.join("\n"));
    }
    res + text
}

fn templates(text: &str) -> impl Iterator<Item = &str> {
    let named = text.split("template: ").skip(1);
    named.map(|it| it.split([',', '}', '\n']).next().unwrap_or("").trim())
}

/// One project file over another: maps are merged, null takes away.
fn merged(below: &str, above: &str) -> String {
    use serde_yaml::Value;
    fn merge(below: &mut Value, above: Value) {
        match (below, above) {
            (Value::Mapping(below), Value::Mapping(above)) => {
                for (key, value) in above {
                    if value.is_null() {
                        below.remove(&key);
                    } else {
                        merge(below.entry(key).or_insert(Value::Null), value);
                    }
                }
            }
            (below, above) => *below = above,
        }
    }
    let mut value: Value = serde_yaml::from_str(below).unwrap();
    merge(&mut value, serde_yaml::from_str(above).unwrap());
    serde_yaml::to_string(&value).unwrap()
}
