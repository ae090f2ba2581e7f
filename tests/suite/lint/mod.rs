//! The rules, run over whole repositories.
#![allow(clippy::format_push_string, reason = "tests may be plain")]

mod catalogue;
mod changes;
mod coverage;
mod examples;
mod fixes;
mod growth;
mod law;
mod mutation;
mod property;
mod run;
mod settings;

use chrono::NaiveDate;

use journeyc::Workspace;
use journeyc::diagnostic::Diagnostic;
use journeyc::load::Memory;

/// The project file of examples and tests: every milestone has an event.
const PROJECT: &str = include_str!("project.yaml");

/// What makes people leave an example that says nothing about it.
const EXITS: &str = "[{on: unsubscribed, only: commercial}, {on: bounced, only: commercial}]";

/// The template of an email whose words do not matter.
const TEMPLATE: &str = "---
subject: A note from Fern & Finch
preheader: What to do next, and whom to ask when something is not clear
---
Hello {{ contact.first_name | default(\"there\") }}, [read on](https://fernandfinch.example/help).

{{ brand.postal_address }} [Unsubscribe]({{ links.unsubscribe }})
";

/// The day on which tests are run.
fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 1).unwrap()
}

/// What is found in a repository of one or more journeys, written as examples are.
fn findings(project: Option<&str>, text: &str) -> Vec<Diagnostic> {
    findings_since(project, None, text)
}

/// The same for one that was another before.
fn findings_since(project: Option<&str>, before: Option<&str>, text: &str) -> Vec<Diagnostic> {
    let workspace = Workspace::read(&world(project, text));
    match before {
        None => journeyc::compile(&workspace).findings,
        Some(before) => {
            let before = Workspace::read(&world(project, before));
            journeyc::compile_since(&workspace, &before).0.findings
        }
    }
}

/// A repository as examples describe it.
pub(crate) fn world(project: Option<&str>, text: &str) -> Memory {
    let project = match project {
        Some(more) => merged(PROJECT, more),
        None => PROJECT.to_owned(),
    };
    let mut world = Memory::new(today()).with("journeyc.yaml", project);
    let mut templates = Vec::new();
    let files = files(text);
    let given: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    for (path, text) in files {
        let text = if path.starts_with("journeys/") && !path.ends_with(".scenario.yaml") {
            templates.extend(templates_of(&text));
            whole_journey(&path, &text)
        } else {
            text
        };
        world = world.with(path, text);
    }
    // Whatever a step names is there, unless it says that it is not.
    for name in templates.iter().filter(|it| !it.starts_with("missing/")) {
        let stem = format!("templates/{name}.");
        if !given.iter().any(|it| it.starts_with(&stem)) {
            world = world.with(format!("{stem}md"), TEMPLATE);
        }
    }
    world
}

/// The files of an example: lines such as `# journeys/other.yaml` begin another one.
fn files(text: &str) -> Vec<(String, String)> {
    let mut res = vec![("journeys/example.yaml".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        match line.trim().strip_prefix("# ") {
            Some(path) if path.starts_with("journeys/") || path.starts_with("templates/") => {
                res.push((path.to_owned(), String::new()));
            }
            _ => res.last_mut().unwrap().1.push_str(line),
        }
    }
    res
}

/// Adds what an example leaves out of a journey: its header, and the key `steps`. A line such as
/// `# no basis` says that a key of the header is missing on purpose.
fn whole_journey(path: &str, text: &str) -> String {
    let stem = path.rsplit('/').next().unwrap().trim_end_matches(".yaml");
    let mut res = String::new();
    for (key, value) in [
        ("journey", stem),
        ("class", "commercial"),
        ("basis", "express"),
        ("exits", EXITS),
        ("from", "care"),
        ("trigger", "{event: signed_up}"),
    ] {
        let left_out = text.contains(&format!("# no {key}\n"));
        if !left_out && !text.lines().any(|it| it.starts_with(&format!("{key}:"))) {
            res += &format!("{key}: {value}\n");
        }
    }
    if text.lines().any(|it| it.starts_with("- ")) && !text.contains("steps:\n-") {
        res += "steps:\n";
    }
    res + text
}

fn templates_of(text: &str) -> Vec<String> {
    let named = text.split("template: ").skip(1);
    let name = |it: &str| {
        it.split([',', '}', '\n'])
            .next()
            .unwrap_or("")
            .trim_matches([' ', '"'])
            .to_owned()
    };
    named.map(name).collect()
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

/// Findings as short lines, for messages of tests.
fn lines(found: &[Diagnostic]) -> String {
    let line = |it: &Diagnostic| format!("  {} [{}] {}\n", it.level.word(), it.rule, it.message);
    found.iter().map(line).collect()
}
