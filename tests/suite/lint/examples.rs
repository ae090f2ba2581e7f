//! The examples of the rules' pages, run.

use journeyc::diagnostic::Level;
use journeyc::lint::{self, Example, ExampleKind, Group, RuleInfo, by_group};
use rayon::prelude::*;

use super::*;

#[test]
fn every_example_shows_what_its_page_says() {
    let rules = by_group().into_iter().flat_map(|(_, rules)| rules);
    let examples: Vec<(&RuleInfo, Example)> = rules
        .flat_map(|rule| rule.page().examples().into_iter().map(move |it| (rule, it)))
        .collect();
    let wrong: Vec<String> = examples
        .par_iter()
        .filter_map(|(rule, example)| {
            let complaint = check(rule, example).err()?;
            Some(format!("{}: {complaint}\n{}\n", rule.id, example.text))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

/// A bad example breaks its rule; a good one does not, nor does it break another rule of the group as
/// an error. All others are sound as input.
fn check(rule: &RuleInfo, example: &Example) -> Result<(), String> {
    let mut found = findings_since(example.project, example.before, example.text);
    found.retain(|it| it.suppressed.is_none());
    let own = found.iter().filter(|it| it.rule == rule.id).count();
    let is_shown_good = example.kind == ExampleKind::Good;
    let disturbs = |it: &&Diagnostic| {
        let group = lint::find(it.rule.0).map(|it| it.group);
        let counts = group == Some(Group::Input) || (is_shown_good && group == Some(rule.group));
        it.rule != rule.id && it.level == Level::Error && counts
    };
    let other = found.iter().filter(disturbs).count();
    let found = lines(&found);
    match example.kind {
        ExampleKind::Bad if own == 0 => {
            Err(format!("a bad example breaks nothing; found:\n{found}"))
        }
        ExampleKind::Good if own > 0 => {
            Err(format!("a good example is found fault with:\n{found}"))
        }
        _ if other > 0 => Err(format!("an example breaks other rules:\n{found}")),
        _ => Ok(()),
    }
}

#[test]
fn every_page_has_the_same_sections_and_examples_of_both_kinds() {
    for (group, rules) in by_group() {
        for rule in rules {
            let page = rule.page();
            let titles: Vec<_> = page.sections.iter().map(|it| it.title).collect();
            let expected = [
                "What it does",
                "Why customers suffer",
                "Example",
                "Instead",
                "Thresholds",
                "Sources",
            ];
            assert_eq!(titles, expected, "{}", rule.id);
            let kinds = |kind| page.examples().iter().filter(|it| it.kind == kind).count();
            let shown = kinds(ExampleKind::Bad) > 0 && kinds(ExampleKind::Good) > 0;
            // Some problems of files cannot be shown as YAML, and nothing is exported here.
            assert!(
                shown || group.is_input() || group == Group::Export,
                "{} shows no example",
                rule.id
            );
            assert!(page.summary().len() > 20, "{} has no summary", rule.id);
            let long = rule.docs.lines().find(|it| it.chars().count() > 120);
            assert!(long.is_none(), "{}: {long:?} is too long", rule.id);
        }
    }
}
