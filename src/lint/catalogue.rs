//! The list of all rules: lookups, and the page that documents them.

use std::fmt::Write as _;

use crate::diagnostic::RuleId;
use crate::model::{Profile, Threshold};

use super::limit::Limit;
use super::rule::{Declared, Group, Rule, RuleInfo};
use super::rules::GROUPS;

/// Every rule that can be checked or explained, by group and then by name.
pub(crate) fn all() -> impl Iterator<Item = &'static dyn Rule> {
    GROUPS.iter().flat_map(|(_, rules)| rules.iter().copied())
}

/// The rule with this name.
pub fn find(id: &str) -> Option<&'static RuleInfo> {
    all().map(Declared::info).find(|it| it.id.0 == id)
}

/// Every rule's name, by group and then alphabetically.
pub fn ids() -> Vec<&'static str> {
    all().map(|it| it.info().id.0).collect()
}

/// The groups that have rules, with their rules.
pub fn by_group() -> Vec<(Group, Vec<&'static RuleInfo>)> {
    let infos = |rules: &&'static [&'static dyn Rule]| rules.iter().map(|it| it.info()).collect();
    GROUPS
        .iter()
        .map(|(group, rules)| (*group, infos(rules)))
        .collect()
}

/// Whether a rule reports invalid input; those findings can be neither switched off nor accepted.
pub fn is_input(rule: RuleId) -> bool {
    find(rule.0).is_some_and(|it| it.group.is_input())
}

/// Whether a rule finds something only where a check compares with an earlier revision.
pub(super) fn looks_at_changes(id: &str) -> bool {
    let rule = all().find(|it| it.info().id.0 == id);
    rule.is_some_and(Rule::looks_at_changes)
}

/// The page `docs/rules.md`: all rules in a table for each group, then all their pages.
pub fn to_markdown() -> String {
    let mut out = String::from(
        "# Rules\n\n\
         This file is written from the pages of the rules; `journeyc explain RULE` shows one of them, and \
         `journeyc rules` lists them.\n\n\
         A rule weighs what `lint.rules` in `journeyc.yaml` says, or else `lint.groups` for its group, or \
         else what stands here. Its threshold is that of `policy.thresholds`, or else that of the \
         project's profile. A journey may set either for itself under `lint.rules`, and a finding can \
         be accepted with `allow` at a step, a journey or the project, each with a reason and a last \
         day. Problems of the group `input` are always errors.\n\n",
    );
    for (group, rules) in by_group() {
        let title = group.title();
        let words = title
            .chars()
            .filter(|it| it.is_alphanumeric() || *it == ' ');
        let anchor: String = words.collect::<String>().to_lowercase().replace(' ', "-");
        let _ = writeln!(out, "- [{title}](#{anchor}), {}", count(rules.len()));
    }
    for (group, rules) in by_group() {
        let _ = write!(
            out,
            "\n## {}\n\n| rule | level | threshold | what it finds |\n| --- | --- | --- | --- |\n",
            group.title()
        );
        for rule in rules {
            let _ = writeln!(
                out,
                "| [`{id}`](#{id}) | {} | {} | {} |",
                rule.level.word(),
                rule.limit.map(|it| threshold(&it)).unwrap_or_default(),
                rule.page().summary().replace('|', "\\|"),
                id = rule.id,
            );
        }
    }
    for (_, rules) in by_group() {
        for rule in rules {
            let _ = write!(out, "\n## {}\n\n", rule.id);
            for section in rule.page().sections {
                let _ = write!(out, "### {}\n\n{}\n\n", section.title, section.body);
            }
            out.pop();
        }
    }
    out
}

fn count(rules: usize) -> String {
    format!("{rules} rule{}", if rules == 1 { "" } else { "s" })
}

/// A threshold with what kinds of business change about it, in one line.
fn threshold(limit: &Limit) -> String {
    let text = |it: Threshold| match it {
        Threshold::Duration(it) => it.to_string(),
        Threshold::Number(it) => it.to_string(),
    };
    let default = limit.default_value();
    let mut res = text(default);
    for profile in Profile::ALL.iter().filter(|it| limit.of(**it) != default) {
        let _ = write!(res, ", {} {}", profile.word(), text(limit.of(*profile)));
    }
    res
}
