//! What a change does to the words that customers read: the cases in `tests/cases/diff`, part by part,
//! and that comparing the other way round is the mirror.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use journeyc::diff::{Changes, CopyChange, Revision, Run, compare};
use journeyc::load::Memory;
use journeyc::{Workspace, compile_both};

use crate::snapshot::root;

const CASES: &str = "tests/cases/diff";

/// The files below a folder, laid over others.
fn laid(world: Memory, folder: &Path, below: &str) -> Memory {
    let Ok(entries) = fs::read_dir(folder) else {
        return world;
    };
    entries.fold(world, |world, entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let at = format!("{below}{name}");
        if path.is_dir() {
            laid(world, &path, &format!("{at}/"))
        } else {
            world.with(at, fs::read_to_string(&path).unwrap())
        }
    })
}

/// Both sides of a case.
fn sides(case: &str) -> (Memory, Memory) {
    let today = NaiveDate::from_ymd_opt(2026, 1, 15).unwrap();
    let case = root(&format!("{CASES}/{case}"));
    let shop = laid(Memory::new(today), &root(&format!("{CASES}/shop")), "");
    let before = laid(shop, &case.join("before"), "");
    (before.clone(), laid(before, &case.join("after"), ""))
}

fn changes(before: &Memory, after: &Memory) -> Changes {
    let (before, after) = (Workspace::read(before), Workspace::read(after));
    let (old, new) = compile_both(&before, &after);
    assert!(new.program.is_some());
    compare((&old, Revision::default()), (&new, Revision::default()))
}

fn show(it: &CopyChange) -> String {
    let runs: Vec<String> = it
        .words
        .iter()
        .map(|run| match run {
            Run::Same(it) => it.clone(),
            Run::Removed(it) => format!("[-{it}-]"),
            Run::Added(it) => format!("{{+{it}+}}"),
            Run::Skipped(count) => format!("({count} words)"),
            Run::More { removed, added } => format!("(-{removed} +{added} more)"),
        })
        .collect();
    let whom = if it.everybody {
        "all".to_owned()
    } else {
        it.people.join(",")
    };
    let mails: Vec<String> = it.mails.iter().map(|it| it.step.clone()).collect();
    let (part, locale) = (it.part, &it.locale);
    format!(
        "{part:?} {locale} {whom} [{}]: {}",
        mails.join(","),
        runs.join(" ")
    )
}

#[test]
fn look_at_all() {
    let mut names: Vec<String> = fs::read_dir(root(CASES))
        .unwrap()
        .map(|it| it.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for case in names {
        let (before, after) = sides(&case);
        let changes = changes(&before, &after);
        println!("== {case}");
        for it in &changes.copy {
            println!("{}", show(it));
        }
        for it in &changes.mails {
            println!(
                "  mail {}.{} {} for {} ({}{}) alike {}",
                it.mail.step,
                it.locale,
                it.mail.journey,
                it.person,
                if it.before.is_some() { "b" } else { "" },
                if it.after.is_some() { "a" } else { "" },
                it.alike.len()
            );
        }
    }
}
