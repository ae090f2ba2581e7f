#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::disallowed_methods,
    reason = "tests, which write the projects that they export"
)]

//! Every fact of a program stands in its sheet, in the section of its step.
//!
//! The facts are gathered here from the program, in another way than the sheet prints them: each with how
//! often it must stand there at least. Then sheets are spoilt line by line, and each spoilt line must be
//! missed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::Value;

use crate::dialect::Form;
use crate::load::Disk;
use crate::manifest::{Expr, Reentry, Since};
use crate::model::Class;
use crate::source::Artifacts;
use crate::target::lowering::Test;
use crate::target::{
    Account, Act, Capabilities, Content, Export, Job, Mail, Named, Op, Program, Provider, Target,
    Unit, find,
};

/// Facts of one section: a text, and how often it must stand there at least.
type Facts = Vec<(String, usize)>;

/// Target, project, and the facts of each journey.
type Seen = (String, String, BTreeMap<String, Facts>);

/// A target that keeps each program's facts beside the sheet that the real one writes.
struct Spy {
    target: &'static dyn Target,
    seen: Mutex<Vec<Seen>>,
}

impl Target for Spy {
    fn name(&self) -> &'static str {
        self.target.name()
    }

    fn title(&self) -> &'static str {
        self.target.title()
    }

    fn dialect(&self) -> &'static str {
        self.target.dialect()
    }

    fn capabilities(&self) -> &'static Capabilities {
        self.target.capabilities()
    }

    fn provider(&self) -> &'static Provider {
        self.target.provider()
    }

    fn fitted(&self, account: &Account, mail: &Mail) -> Option<Mail> {
        self.target.fitted(account, mail)
    }

    fn template(&self, job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
        self.target.template(job, name, content)
    }

    fn files(
        &self,
        export: &Export<'_, '_>,
        _: &mut Artifacts,
        sink: &mut crate::diagnostic::Sink,
    ) {
        let mut artifacts = Artifacts::default();
        self.target.files(export, &mut artifacts, sink);
        for outcome in export.outcomes.iter().filter(|it| it.is_written()) {
            for program in outcome.program.all() {
                let path = format!("sheets/{}.md", program.name.replace('/', "-"));
                let text = artifacts.iter().find(|it| it.0 == path);
                let text = text.unwrap_or_else(|| panic!("no {path}"));
                let text = String::from_utf8(text.1.to_vec()).unwrap();
                self.seen
                    .lock()
                    .unwrap()
                    .push((path, text, facts(export, program)));
            }
        }
    }
}

/// The sheets of a project with their facts.
fn sheets(
    project: &str,
    target: &'static dyn Target,
) -> Vec<(String, String, BTreeMap<String, Facts>)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let from = match project {
        "shop" => root.clone(),
        _ => root.join("tests/cases/targets").join(project),
    };
    let folder = tempfile::tempdir().unwrap();
    for part in ["journeys", "templates"] {
        copy(&from.join(part), &folder.path().join(part));
    }
    let file = fs::read_to_string(from.join("journeyc.yaml")).unwrap();
    let file = file.split("\ntargets:").next().unwrap();
    let account = root
        .join("tests/cases/targets/accounts")
        .join(format!("{}.yaml", target.name()));
    let account = fs::read_to_string(account).unwrap();
    let account: Vec<String> = account.lines().map(|it| format!("    {it}\n")).collect();
    let file = format!(
        "{file}\ntargets:\n  {}:\n{}",
        target.name(),
        account.concat()
    );
    fs::write(folder.path().join("journeyc.yaml"), file).unwrap();
    let disk = Disk::open(
        folder.path(),
        chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
    )
    .unwrap();
    let workspace = crate::Workspace::read(&disk);
    let compilation = crate::compile(&workspace);
    let spy = Spy {
        target,
        seen: Mutex::new(Vec::new()),
    };
    crate::build::export_to(&compilation, &spy).unwrap();
    spy.seen.into_inner().unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// All facts of a program, by section: the number of the step, and the heads' headings.
fn facts(export: &Export<'_, '_>, program: &Program<'_>) -> BTreeMap<String, Facts> {
    let journey = program.journey;
    let mut all: BTreeMap<String, Facts> = BTreeMap::new();
    let title = all.entry("title".to_owned()).or_default();
    title.push((code(&program.name), 1));
    title.push((code(&journey.file), 1));
    title.extend(journey.owner.as_deref().map(|it| (code(it), 1)));
    title.push((code(&export.job.manifest.timezone), 1));
    title.extend(journey.next.iter().map(|it| (code(it), 1)));
    let entry = all.entry("Who comes in".to_owned()).or_default();
    entry.push((code(&journey.trigger.event), 1));
    if let Some(expr) = &program.filter {
        expression(expr, entry);
    }
    match &program.reentry {
        Reentry::Never => entry.push(("never".to_owned(), 1)),
        Reentry::Always => entry.push(("always".to_owned(), 1)),
        Reentry::After(it) => entry.push((it.in_words(), 1)),
        Reentry::PerKey => entry.push(("once for each value of `".to_owned(), 1)),
    }
    if let Some(percent) = journey.holdout {
        entry.push((format!("{percent} %"), 1));
    }
    if let Some(priority) = journey.priority {
        entry.push((format!(": {priority};"), 1));
    }
    for mark in &program.marks {
        entry.push((code(&mark.attribute), 1));
        entry.push((code(mark.event), 1));
    }
    let exits = all
        .entry("Who leaves, whatever step they are at".to_owned())
        .or_default();
    for leave in &program.exits {
        exits.push((code(leave.event), 1));
        exits.push((format!("line {}", leave.line), 1));
        if let Some(filter) = leave.filter {
            expression(&filter.tree, exits);
        }
    }
    let goal = all.entry("What to measure".to_owned()).or_default();
    if let Some(it) = &journey.goal {
        goal.push((code(&it.event), 1));
        goal.extend(it.within.iter().map(|it| (it.in_words(), 1)));
        if let Some(filter) = &it.filter {
            expression(&filter.tree, goal);
        }
    }
    let mut number = 0;
    Op::walk(&program.ops, &mut |op| {
        number += 1;
        let mut facts = vec![(code(&op.id), 1), (format!("ine {}.", op.line), 1)];
        if !op.node.is_empty() {
            facts.push((code(op.node), 1));
        }
        step(export, program, op, &mut facts);
        all.insert(number.to_string(), facts);
    });
    ways(&program.ops, None, &numbers(program), &mut all);
    all
}

fn numbers<'p>(program: &'p Program<'_>) -> BTreeMap<&'p str, usize> {
    let mut numbers = BTreeMap::new();
    Op::walk(&program.ops, &mut |op| {
        numbers.insert(op.id.as_str(), numbers.len() + 1);
    });
    numbers
}

/// Where each way leads: said at the step, and at the step that it leads to.
fn ways(
    ops: &[Op<'_>],
    then: Option<usize>,
    numbers: &BTreeMap<&str, usize>,
    all: &mut BTreeMap<String, Facts>,
) {
    for (at, op) in ops.iter().enumerate() {
        let own = numbers[op.id.as_str()];
        let next = ops
            .get(at + 1)
            .map_or(then, |it| Some(numbers[it.id.as_str()]));
        let inner = op.inner();
        if matches!(op.act, Act::End { .. }) {
            continue;
        }
        let mut starts: Vec<Option<usize>> = inner
            .iter()
            .map(|it| it.first().map_or(next, |it| Some(numbers[it.id.as_str()])))
            .collect();
        if inner.is_empty() || matches!(op.act, Act::Await { .. }) {
            starts.push(next);
        }
        // The sheet names those for whom the event came first.
        if matches!(op.act, Act::Await { .. }) {
            starts.reverse();
        }
        let several = starts.len() > 1;
        let ends = starts.iter().filter(|it| it.is_none()).count();
        if ends > 0 {
            add(all, own, "journey ends".to_owned(), ends);
        }
        for (way, to) in (1..).zip(&starts) {
            let Some(to) = *to else { continue };
            if several {
                let same = starts.iter().filter(|it| **it == Some(to)).count();
                add(all, own, format!("go on with step {to}."), same);
                add(all, to, format!("step {own}, way {way}"), 1);
            } else if to != own + 1 {
                add(all, own, format!("go on with step {to}."), 1);
                add(all, to, format!("step {own}"), 1);
            }
        }
        for list in inner {
            ways(list, next, numbers, all);
        }
    }
}

fn add(all: &mut BTreeMap<String, Facts>, number: usize, fact: String, times: usize) {
    let facts = all.get_mut(&number.to_string()).unwrap();
    facts.push((fact, times));
}

/// The name under which the requests create a template; nothing where none does.
fn created(export: &Export<'_, '_>, name: &str) -> Option<String> {
    let plain = |text: &str| -> String {
        let text = text.to_lowercase();
        let text = text.trim_start_matches("journeyc");
        text.chars().filter(char::is_ascii_alphanumeric).collect()
    };
    let wanted = plain(name);
    export.requests.iter().find_map(|(_, request)| {
        let fields = request.body.as_object()?;
        let texts = fields.values().filter_map(serde_json::Value::as_str);
        let mut short = texts.filter(|it| it.len() < 200);
        short.find(|it| plain(it) == wanted).map(str::to_owned)
    })
}

fn step(export: &Export<'_, '_>, program: &Program<'_>, op: &Op<'_>, facts: &mut Facts) {
    let mut fact = |text: String| facts.push((text, 1));
    match &op.act {
        Act::Mail {
            send,
            locales,
            gate,
        } => {
            let policy = &export.job.manifest.policy;
            for locale in locales {
                fact(code(locale));
                let name = export.shelf.name(&program.journey.name, op.node, locale);
                let mail = export.shelf.content(name).unwrap().mail;
                let plain = name.split('@').next().unwrap();
                fact(created(export, name).unwrap_or_else(|| plain.to_owned()));
                fact(mail.subject.clone());
                let written = send.mails[*locale].preheader.clone();
                fact(mail.preheader.clone().or(written).unwrap_or_default());
                for variable in &mail.variables {
                    fact(code(&variable.name));
                    if let Form::Entries(it) = &variable.form {
                        for it in &it.fields {
                            fact(code(&it.name));
                        }
                    }
                }
            }
            fact(code(&send.sender.name));
            fact(format!("address {}", code(&send.sender.address)));
            let reply = send.sender.reply_to.as_ref();
            let reply = reply.unwrap_or(&send.sender.address);
            fact(format!("Replies go to: {}", code(reply)));
            fact(code(send.class.word()));
            for it in &send.purpose {
                fact(code(it.word()));
            }
            if send.class == Class::Commercial {
                let windows = [&policy.send_window, &policy.quiet_hours];
                for window in windows
                    .into_iter()
                    .flatten()
                    .filter(|_| !send.bypass_window)
                {
                    fact(code(&window.from));
                    fact(code(&window.to));
                    for it in &window.days {
                        fact(day(*it));
                    }
                }
                if let Some(cap) = &policy.frequency_cap {
                    for it in [cap.per_day, cap.per_week, cap.per_month] {
                        if let Some(it) = &it {
                            fact(format!("at most {it} in"));
                        }
                    }
                }
                let basis = program.journey.basis;
                if let Some(it) = &basis {
                    fact(code(it.word()));
                }
            }
            if let Some(gate) = gate {
                question(gate, facts);
            }
        }
        Act::Task { task, to } => {
            fact(code(task.channel.word()));
            if let Some(it) = &task.owner {
                fact(code(it));
            }
            if let Some(it) = to {
                fact(code(it));
            }
            task.respond_within
                .iter()
                .for_each(|it| fact(it.in_words()));
        }
        Act::Delay {
            amount,
            unit,
            days,
            zone,
        } => {
            let unit = match unit {
                Unit::Minutes => "minute",
                Unit::Hours => "hour",
                Unit::Days => "day",
            };
            fact(format!("{amount} {unit}"));
            for it in days {
                fact(day(*it));
            }
            if !days.is_empty() && zone != "contact" {
                fact(code(zone));
            }
        }
        Act::Until { at, days, zone } => {
            if let Some(it) = at {
                fact(code(it));
            }
            for it in days {
                fact(day(*it));
            }
            fact(if zone == "contact" {
                "the person's own time zone".to_owned()
            } else {
                code(zone)
            });
        }
        Act::Await {
            event,
            filter,
            timeout,
            ..
        } => {
            fact(code(event));
            match timeout {
                None => fact("as long as it takes".to_owned()),
                Some(it) => {
                    let parts = [
                        (it / 1_440, "day"),
                        (it / 60 % 24, "hour"),
                        (it % 60, "minute"),
                    ];
                    for (number, unit) in parts.into_iter().filter(|it| it.0 > 0) {
                        fact(format!("{number} {unit}"));
                    }
                }
            }
            if let Some(it) = filter {
                expression(&it.tree, facts);
            }
        }
        Act::Date {
            date, before, at, ..
        } => {
            fact(code(&date.text));
            if let Some(it) = at {
                fact(code(it));
            }
            let days = before.unsigned_abs() / 1_440;
            if days > 0 {
                fact(format!("{days} day"));
            }
        }
        Act::Choose { ways, .. } => {
            for (test, _) in ways {
                question(test, facts);
            }
        }
        Act::Draw { arms } => {
            for arm in arms {
                fact(code(&arm.name));
                fact(format!("{} %", arm.percent));
            }
        }
        Act::Set { attribute, value } => {
            fact(code(attribute));
            match value {
                Value::Null => fact("clear it".to_owned()),
                Value::String(it) => fact(code(it)),
                other => fact(code(&other.to_string())),
            }
        }
        Act::Enter { journey, list } => {
            fact(code(journey));
            if let Some(it) = list {
                fact(code(it));
            }
        }
        Act::End { reason } => fact(code(reason)),
    }
}

/// The names and values of a question: each in words as code, and once more in the exact line.
fn question(test: &Test<'_>, facts: &mut Facts) {
    match test {
        Test::Holds(expr) => expression(expr, facts),
        Test::Came { event, filter } => {
            facts.push((code(event), 1));
            facts.push((format!("{event:?}, since=entry"), 1));
            if let Some(it) = filter {
                facts.push((it.text.clone(), 1));
            }
        }
        Test::Speaks { locale, others, .. } => {
            facts.push((code(locale), 1));
            facts.push((format!("== {locale:?}"), 1));
            let _ = others;
        }
        Test::Past { attribute, .. } => facts.push((code(attribute), 1)),
        Test::Not(of) => question(of, facts),
        Test::All(of) | Test::Any(of) => of.iter().for_each(|it| question(it, facts)),
    }
}

fn expression(expr: &Expr, facts: &mut Facts) {
    expr.walk(&mut |it| match it {
        Expr::Literal { value } => match value {
            Value::Null => facts.push(("none".to_owned(), 1)),
            Value::String(it) => facts.extend([(code(it), 1), (format!("{it:?}"), 1)]),
            other => facts.extend([(code(&other.to_string()), 1), (other.to_string(), 2)]),
        },
        Expr::Contact { name } => facts.extend([(code(name), 1), (format!("contact.{name}"), 1)]),
        Expr::Event { name } => facts.extend([(code(name), 1), (format!("event.{name}"), 1)]),
        Expr::Count { event, since } | Expr::Did { event, since } => {
            facts.extend([(code(event), 1), (format!("{event:?}"), 1)]);
            if let Since::Within(it) = since {
                facts.extend([(it.in_words(), 1), (format!("within={:?}", it.text), 1)]);
            }
        }
        Expr::Clicked { step } => facts.extend([(code(step), 1), (format!("{step:?}"), 1)]),
        _ => {}
    });
}

fn day(day: crate::model::Weekday) -> String {
    super::text::days(&[day])
}

fn code(text: &str) -> String {
    super::text::code(text)
}

/// The sections of a sheet: by the number of the step, or the heading.
fn sections(sheet: &str) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let mut name = "title".to_owned();
    for line in sheet.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            name = heading.split('.').next().unwrap().to_owned();
        } else if let Some(heading) = line.strip_prefix("## ") {
            heading.clone_into(&mut name);
        }
        let text = all.entry(name.clone()).or_default();
        text.push_str(line);
        text.push('\n');
    }
    all
}

/// The facts that a sheet lacks.
fn missing(sheet: &str, facts: &BTreeMap<String, Facts>) -> Vec<String> {
    let sections = sections(sheet);
    let mut missing = Vec::new();
    for (section, facts) in facts {
        let text = sections.get(section).map_or("", String::as_str);
        for (fact, times) in facts {
            if text.matches(fact.as_str()).count() < *times {
                missing.push(format!("{section}: {fact}"));
            }
        }
    }
    missing
}

/// The targets that write sheets.
fn with_sheets() -> Vec<&'static dyn Target> {
    let by_hand = |it: &&&dyn Target| {
        let can = it.capabilities();
        can.is(
            crate::target::Ability::JourneyByApi,
            crate::target::Way::ByHand,
        )
    };
    crate::target::ALL.iter().filter(by_hand).copied().collect()
}

#[test]
fn every_fact_of_every_journey_stands_in_its_sheet() {
    let targets = with_sheets();
    assert!(targets.len() >= 4, "{}", targets.len());
    let (mut sheets_seen, mut facts_seen) = (0, 0);
    for target in targets {
        for project in ["shop", "torture"] {
            for (path, text, facts) in sheets(project, target) {
                let missing = missing(&text, &facts);
                assert!(
                    missing.is_empty(),
                    "{} {project} {path}: {missing:#?}",
                    target.name()
                );
                sheets_seen += 1;
                facts_seen += facts.values().map(Vec::len).sum::<usize>();
            }
        }
    }
    assert!(
        sheets_seen > 80 && facts_seen > 10_000,
        "{sheets_seen} {facts_seen}"
    );
}

#[test]
fn a_sheet_that_loses_a_line_is_noticed() {
    let target = find("braze").unwrap();
    let (mut spoilt, mut unseen) = (0, Vec::new());
    for (path, text, facts) in sheets("torture", target) {
        let lines: Vec<&str> = text.lines().collect();
        let steps = lines.iter().position(|it| *it == "## Steps").unwrap();
        let end = lines
            .iter()
            .position(|it| it.starts_with("## What means"))
            .unwrap();
        for at in steps..end {
            let line = lines[at];
            // Headings carry the section's name, and sentences without a fact may go.
            let tells = line.contains('`') || line.contains("step ") || line.contains("Wait");
            if !tells || line.starts_with('#') || line.contains("The first step behind") {
                continue;
            }
            let kept: Vec<&str> = lines
                .iter()
                .enumerate()
                .filter(|it| it.0 != at)
                .map(|it| *it.1)
                .collect();
            spoilt += 1;
            if missing(&kept.join("\n"), &facts).is_empty() {
                unseen.push(format!("{path}: {line}"));
            }
        }
    }
    assert!(spoilt > 300, "{spoilt}");
    assert!(
        unseen.is_empty(),
        "{} of {spoilt}: {unseen:#?}",
        unseen.len()
    );
}
