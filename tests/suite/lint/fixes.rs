//! What every safe fix must do, tried on all examples of all rules.

use std::collections::BTreeMap;

use journeyc::diagnostic::{Applicability, Fix};
use journeyc::lint::by_group;
use journeyc::source::FileId;
use rayon::prelude::*;

use super::*;

#[test]
fn a_safe_fix_cures_its_finding_and_nothing_else_changes() {
    let rules = by_group().into_iter().flat_map(|(_, rules)| rules);
    let examples: Vec<_> = rules.flat_map(|rule| rule.page().examples()).collect();
    let wrong: Vec<String> = examples
        .par_iter()
        .flat_map_iter(|it| check(it.project, it.text))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Makes each fix alone, and then all of them.
fn check(project: Option<&str>, text: &str) -> Vec<String> {
    let workspace = Workspace::read(&world(project, text));
    let found = journeyc::compile(&workspace).findings;
    let mut wrong = Vec::new();
    for it in found.iter().filter(|it| it.suppressed.is_none()) {
        let Some(fix) = it.fix.as_ref() else {
            continue;
        };
        if fix.applicability == Applicability::Safe {
            let complaint = alone(&workspace, &found, it, fix, project, text).err();
            wrong
                .extend(complaint.map(|why| format!("{}: {}: {why}\n{text}", it.rule, it.message)));
        }
    }
    let all = journeyc::fix(workspace, &|_| true);
    let again = journeyc::fix(all.workspace, &|_| true);
    if let Some(it) = again.changes.first() {
        wrong.push(format!(
            "not finished after one run:\n{}\n{}",
            it.before, it.after
        ));
    }
    wrong
}

fn alone(
    workspace: &Workspace,
    found: &[Diagnostic],
    finding: &Diagnostic,
    fix: &Fix,
    project: Option<&str>,
    text: &str,
) -> Result<(), String> {
    let mut texts: BTreeMap<FileId, String> = BTreeMap::new();
    for edit in fix.edits.iter().rev() {
        let file = edit.span.file;
        let text = texts
            .entry(file)
            .or_insert_with(|| workspace.sources.text(file).to_owned());
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    let mut world = world(project, text);
    for (file, text) in &texts {
        world = world.with(workspace.sources.path(*file), text.clone());
        let taken: String = fix
            .edits
            .iter()
            .map(|it| workspace.sources.slice(it.span))
            .collect();
        for line in workspace.sources.text(*file).lines() {
            let is_comment = line.trim_start().starts_with('#');
            if is_comment && !text.contains(line) && !taken.contains(line) {
                return Err(format!("the comment `{line}` is lost"));
            }
        }
    }
    let edited = Workspace::read(&world);
    let after = journeyc::compile(&edited).findings;
    let count = |found: &[Diagnostic]| {
        let same = |it: &&Diagnostic| it.rule == finding.rule && it.message == finding.message;
        found.iter().filter(same).count()
    };
    if count(&after) >= count(found) {
        let texts: Vec<_> = texts.values().map(String::as_str).collect();
        return Err(format!("not cured:\n{}", texts.join("\n")));
    }
    Ok(())
}
