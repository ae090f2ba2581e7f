//! The list of rules: nothing is missing, nothing is stale.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use journeyc::lint::{self, Group};

use crate::snapshot;

#[test]
fn every_rule_has_its_files_and_stands_in_its_list() {
    let folder = snapshot::root("src/lint/rules");
    for (group, rules) in lint::by_group() {
        let ids: Vec<&str> = rules.iter().map(|it| it.id.0).collect();
        assert!(ids.is_sorted(), "{group:?} is not sorted: {ids:?}");
        for rule in &rules {
            assert_eq!(rule.group, group, "{} stands in another list", rule.id);
        }
        let listed: BTreeSet<String> = ids.iter().map(|it| it.replace('-', "_")).collect();
        let files = names(&folder.join(group.word()));
        let pages: BTreeSet<String> = ending(&files, ".md");
        assert_eq!(listed, pages, "pages of {group:?}");
        for code in ending(&files, ".rs") {
            let known = code == "mod" || listed.contains(&code);
            assert!(known, "{group:?} has `{code}.rs` and does not list it");
        }
    }
    let folders: Vec<String> = names(&folder)
        .into_iter()
        .filter(|it| it != "mod.rs")
        .collect();
    let mut groups: Vec<&str> = lint::by_group().iter().map(|(it, _)| it.word()).collect();
    groups.sort_unstable();
    assert_eq!(folders, groups);
}

#[test]
fn groups_are_shown_in_their_order() {
    let shown: Vec<Group> = lint::by_group().iter().map(|(it, _)| *it).collect();
    assert!(shown.is_sorted(), "{shown:?}");
    assert!(Group::ALL.is_sorted());
}

#[test]
fn what_any_stage_reports_can_be_explained() {
    let mut said = BTreeSet::new();
    literals(&snapshot::root("src"), &mut said);
    let unknown: Vec<&String> = said.iter().filter(|it| lint::find(it).is_none()).collect();
    assert!(unknown.is_empty(), "no page for {unknown:?}");
    let silent: Vec<&str> = lint::ids()
        .into_iter()
        .filter(|it| lint::find(it).is_some_and(|rule| rule.group.is_input()))
        .filter(|it| !said.contains(*it))
        .collect();
    assert!(silent.is_empty(), "nothing reports {silent:?}");
}

#[test]
fn the_page_of_the_rules_is_up_to_date() {
    snapshot::assert("docs/rules.md", &lint::to_markdown());
}

/// Every `RuleId("…")` in the code, tests apart.
fn literals(folder: &Path, out: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            literals(&path, out);
        } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("mod tests {").next().unwrap_or_default();
            let found = code.split("RuleId(\"").skip(1);
            out.extend(found.filter_map(|it| Some(it.split_once('"')?.0.to_owned())));
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut res: Vec<String> = entries
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    res.sort();
    res
}

fn ending(files: &[String], ending: &str) -> BTreeSet<String> {
    let stems = files.iter().filter_map(|it| it.strip_suffix(ending));
    stems.map(str::to_owned).collect()
}
