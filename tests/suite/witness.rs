//! Findings become scenarios that fail: `check --as-scenario`.
//!
//! `SHOW=1` prints the scenarios.
#![allow(clippy::print_stdout, reason = "counts are read by people")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use journeyc::diagnostic::Verdict;
use journeyc::lint::{ExampleKind, by_group};
use journeyc::scenario::witness::{NotFound, RULES, Witnesses};
use journeyc::scenario::{Letters, Scene, judge};
use journeyc::simulate::Simulation;
use journeyc::{Compilation, Workspace};

use journeyc::load::{Disk, Memory};

use crate::check::copy;
use crate::cli::run;
use crate::lint::world;
use crate::snapshot::root;

/// How many findings of a rule became scenarios, how many are not about a life, and how many were looked for
/// in vain.
#[derive(Default)]
struct Count {
    shown: u32,
    not_of_a_life: u32,
    in_vain: u32,
    tries: u32,
}

/// What came of all findings that were tried.
#[derive(Default)]
struct Told {
    counts: BTreeMap<&'static str, Count>,
    /// Why some have no scenario, and how many.
    reasons: BTreeMap<(&'static str, &'static str), u32>,
    wrong: String,
}

impl Told {
    fn print(&self) {
        for (rule, it) in &self.counts {
            println!(
                "{rule}: {} shown ({} lives), {} not of a life, {} in vain",
                it.shown, it.tries, it.not_of_a_life, it.in_vain
            );
        }
        for ((rule, why), count) in &self.reasons {
            println!("{count} of {rule}: {why}");
        }
    }
}

/// Tries all findings of a compilation.
fn try_all(name: &str, compilation: &Compilation<'_>, told: &mut Told) {
    let Told {
        counts,
        reasons,
        wrong,
    } = told;
    let Some(program) = &compilation.program else {
        return;
    };
    let simulation = Simulation::of(program);
    let witnesses = Witnesses::of(&simulation);
    for finding in &compilation.findings {
        let Some(rule) = RULES.iter().find(|it| **it == finding.rule.0) else {
            continue;
        };
        if finding.verdict != Verdict::Fail && !finding.is_unshown {
            continue;
        }
        let count = counts.entry(rule).or_default();
        match compilation.scenario_of(&witnesses, finding, None) {
            Ok(it) => {
                count.shown += 1;
                count.tries += it.effort.lives;
                if std::env::var("SHOW").is_ok() {
                    println!("{}", it.text);
                }
            }
            Err(NotFound::Static(why)) => {
                count.not_of_a_life += 1;
                *reasons.entry((rule, why)).or_default() += 1;
                // What has a witness must say why it cannot be lived.
                if finding.witness.is_some() && why.starts_with("it is about what is written") {
                    let _ = writeln!(wrong, "{name}: {rule}: {}: {why}", finding.message);
                }
            }
            Err(NotFound::NoLife(effort)) => {
                count.in_vain += 1;
                let _ = writeln!(
                    wrong,
                    "{name}: {rule}: {} ({} lives)",
                    finding.message, effort.lives
                );
                for it in finding.witness.iter().flat_map(|it| &it.moments) {
                    let _ = writeln!(wrong, "    {:>9} {} {}", it.at, it.kind.word(), it.name);
                }
            }
        }
    }
}

#[test]
fn findings_of_the_pages_examples_become_scenarios_that_fail() {
    let mut told = Told::default();
    for (_, rules) in by_group() {
        for rule in rules.into_iter().filter(|it| RULES.contains(&it.id.0)) {
            for (no, example) in rule.page().examples().into_iter().enumerate() {
                if example.kind != ExampleKind::Bad {
                    continue;
                }
                let workspace = Workspace::read(&world(example.project, example.text));
                let compilation = journeyc::compile(&workspace);
                let name = format!("example {} of {}", no + 1, rule.id);
                try_all(&name, &compilation, &mut told);
            }
        }
    }
    told.print();
    assert!(told.wrong.is_empty(), "\n{}", told.wrong);
    let unseen: Vec<_> = RULES
        .iter()
        .filter(|it| !told.counts.contains_key(*it))
        .collect();
    assert!(unseen.is_empty(), "no example of {unseen:?}");
}

#[test]
fn findings_of_the_cases_become_scenarios_that_fail() {
    let mut told = Told::default();
    let mut cases: Vec<_> = std::fs::read_dir(root("tests/cases/check"))
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    cases.sort();
    for case in cases {
        let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
        // It is there for what none shows.
        if case.ends_with("nobody-lives-it") {
            continue;
        }
        let Ok(disk) = Disk::open(&case, today) else {
            continue;
        };
        let workspace = Workspace::read(&disk);
        let compilation = journeyc::compile(&workspace);
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        try_all(&name, &compilation, &mut told);
    }
    told.print();
    assert!(told.wrong.is_empty(), "\n{}", told.wrong);
}

/// The scenarios of what an example's rule finds, as they would be written.
fn texts(rule: &str, world: &Memory) -> Vec<String> {
    let workspace = Workspace::read(world);
    let compilation = journeyc::compile(&workspace);
    let Some(program) = &compilation.program else {
        return Vec::new();
    };
    let simulation = Simulation::of(program);
    let witnesses = Witnesses::of(&simulation);
    let findings = compilation.findings.iter();
    findings
        .filter(|it| it.rule.0 == rule && it.verdict == Verdict::Fail)
        .filter_map(|it| compilation.scenario_of(&witnesses, it, None).ok())
        .map(|it| it.text)
        .collect()
}

/// Says what is wrong with scenarios that have been written beside what they are about.
fn wrong_with(world: &Memory, count: usize) -> String {
    let workspace = Workspace::read(world);
    let compilation = journeyc::compile(&workspace);
    let mut wrong = String::new();
    for it in compilation.counted().filter(|it| compilation.is_input(it)) {
        let at = workspace.sources.path(it.primary.span.file);
        let _ = writeln!(wrong, "{at}: {}", it.message);
    }
    let program = compilation.program.as_ref().unwrap();
    let letters = Letters::of(program, &compilation.messages, &compilation.mails);
    let cases = compilation.scenarios.iter().flat_map(|it| &it.cases);
    if compilation.scenarios.len() != count || cases.clone().count() < count {
        let _ = writeln!(wrong, "{count} were written");
    }
    for case in cases {
        let simulation = case.acting.simulation(program);
        let scene = Scene {
            simulation: &simulation,
            letters: Some(&letters),
            findings: &compilation.findings,
        };
        let judged = judge(case, &scene, &mut |_| {});
        if judged.problem.is_some() || judged.failures.iter().all(Option::is_none) {
            let _ = writeln!(wrong, "{}: passes, or {:?}", case.name, judged.problem);
        }
    }
    wrong
}

#[test]
fn what_is_written_of_the_pages_examples_is_read_and_fails() {
    let mut wrong = String::new();
    let mut count = 0;
    for (_, rules) in by_group() {
        for rule in rules.into_iter().filter(|it| RULES.contains(&it.id.0)) {
            for (no, example) in rule.page().examples().into_iter().enumerate() {
                if example.kind != ExampleKind::Bad {
                    continue;
                }
                let mut world = world(example.project, example.text);
                let texts = texts(rule.id.0, &world);
                count += texts.len();
                for (number, text) in texts.iter().enumerate() {
                    let path = format!("journeys/finding-{number}.scenario.yaml");
                    world = world.with(path, text.as_str());
                }
                let said = wrong_with(&world, texts.len());
                if !said.is_empty() {
                    let _ = writeln!(wrong, "example {} of {}: {said}", no + 1, rule.id);
                    wrong.extend(texts);
                }
            }
        }
    }
    println!("{count} scenarios");
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(count > 40, "{count}");
}

#[test]
fn what_is_written_is_read_and_fails() {
    let mut wrong = String::new();
    for case in [
        "every-verdict",
        "feedback-before-delivery",
        "friday-evening",
        "the-story",
    ] {
        let folder = tempfile::tempdir().unwrap();
        copy(&root("tests/cases/check").join(case), folder.path());
        let report = run(folder.path(), &["check", "--format", "json"]).out;
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let mut written = 0;
        for finding in report["findings"].as_array().unwrap() {
            let print = finding["fingerprint"].as_str().unwrap();
            let shown = run(folder.path(), &["check", "--as-scenario", print]);
            if shown.exit == 0 {
                let file = format!("journeys/finding-{written}.scenario.yaml");
                std::fs::write(folder.path().join(file), shown.out).unwrap();
                written += 1;
            }
        }
        let judged = run(folder.path(), &["test"]);
        let failed = judged
            .out
            .lines()
            .filter(|it| it.starts_with("FAIL "))
            .count();
        if judged.exit != 1 || failed != written || written == 0 {
            let _ = writeln!(
                wrong,
                "{case}: {failed} of {written} fail\n{}{}",
                judged.out, judged.err
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn an_unknown_fingerprint_says_where_to_find_one() {
    let case = root("tests/cases/check/friday-evening");
    let missing = run(&case, &["check", "--as-scenario", "nothing"]);
    assert_eq!((missing.exit, missing.out.as_str()), (2, ""));
    assert!(missing.err.contains("--format json"), "{}", missing.err);
}

/// A text with another length in place of each.
fn aged(text: &str, age: &str) -> String {
    let is_length = |word: &str| {
        let unit = word.trim_start_matches(|it: char| it.is_ascii_digit());
        unit.len() < word.len() && ["m", "h", "d", "w", "bd"].contains(&unit)
    };
    let mut res = String::new();
    for part in text.split_inclusive(|it: char| !it.is_ascii_alphanumeric()) {
        let word = part.trim_end_matches(|it: char| !it.is_ascii_alphanumeric());
        res += if is_length(word) { age } else { word };
        res += &part[word.len()..];
    }
    res
}

/// Whoever writes waits of ten thousand years gets an answer all the same.
#[test]
fn waits_of_ages_are_lived_through_as_far_as_a_life_goes() {
    let mut examples = 0;
    for (_, rules) in by_group() {
        for rule in rules.into_iter().filter(|it| RULES.contains(&it.id.0)) {
            for example in rule.page().examples() {
                for age in ["4000000d", "9999999h", "4294967295m", "0m"] {
                    let text = aged(example.text, age);
                    let project = example.project.map(|it| aged(it, age));
                    let workspace = Workspace::read(&world(project.as_deref(), &text));
                    let compilation = journeyc::compile(&workspace);
                    examples += usize::from(compilation.program.is_some());
                }
            }
        }
    }
    assert!(examples > 400, "{examples}");
}

/// Both letters wait for a Monday, always a week apart: the hours allow what nobody lives through.
#[test]
fn what_nobody_lives_through_is_undecided() {
    let folder = tempfile::tempdir().unwrap();
    copy(&root("tests/cases/check/nobody-lives-it"), folder.path());
    let finding = |folder: &std::path::Path| {
        let report = run(folder, &["check", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&report.out).unwrap();
        report["findings"][0].clone()
    };
    let undecided = finding(folder.path());
    assert_eq!(undecided["rule"], "duplicate-send-overlap");
    assert_eq!(undecided["verdict"], "undecided");
    let print = undecided["fingerprint"].as_str().unwrap();
    let shown = run(folder.path(), &["check", "--as-scenario", print]);
    assert_eq!((shown.exit, shown.out.as_str()), (1, ""));
    assert!(
        shown.err.contains("lives were tried, and none breaks it"),
        "{}",
        shown.err
    );

    // A day earlier, some get both on one Monday.
    let file = folder.path().join("journeys/a-week-later.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("wait: 10d", "wait: 9d")).unwrap();
    let fails = finding(folder.path());
    assert_eq!(fails["verdict"], "fail");
    assert_eq!(fails["fingerprint"], undecided["fingerprint"]);
    let shown = run(folder.path(), &["check", "--as-scenario", print]);
    assert_eq!(shown.exit, 0, "{}", shown.err);
}
