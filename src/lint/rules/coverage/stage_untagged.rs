use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::{Finding, Findings};
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{Touchpoint, listed, touchpoints_of};
use crate::model::{Journey, Stage};

rule! { StageUntagged, id: "stage-untagged", group: Coverage, level: Warning, docs: "stage_untagged.md" }

impl Rule for StageUntagged {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !journey.stage.0.is_empty() {
            return;
        }
        let untagged: Vec<Touchpoint<'_>> = touchpoints_of(cx.project(), journey)
            .filter(|it| it.declared_stages().is_empty())
            .collect();
        if untagged.is_empty() {
            return;
        }
        let name = &journey.name.value;
        let finding = out
            .fail(
                journey.span(),
                format!("`{name}` does not say where in the relationship it stands"),
            )
            .label(format!(
                "no `stage` here, nor at {}",
                listed(untagged.iter().map(Touchpoint::id))
            ))
            .why("nobody can see at which stage customers are left alone while steps have none");
        cure(finding, journey, &untagged);
    }
}

/// Writes the stages that the purposes speak of.
fn cure(finding: Finding<'_>, journey: &Journey, untagged: &[Touchpoint<'_>]) {
    let implied: Vec<Option<Stage>> = untagged.iter().map(Touchpoint::implied_stage).collect();
    let stages: BTreeSet<Stage> = implied.iter().flatten().copied().collect();
    let words: Vec<&str> = stages.into_iter().map(Stage::word).collect();
    let set = |value: &str| {
        vec![Rewrite::Set {
            of: Spot::File(journey.name.span.file),
            key: "stage",
            value: value.to_owned(),
        }]
    };
    match words.as_slice() {
        [] => {
            finding.help("add `stage: before`, `during`, `after` or `return` to the journey");
        }
        [only] => {
            let title = format!("add `stage: {only}`");
            let finding = finding.help(title.clone());
            if implied.iter().all(Option::is_some) {
                finding.rewrite(title, set(only));
            } else {
                finding.suggest(title, set(only));
            }
        }
        several => {
            let value = format!("[{}]", several.join(", "));
            let title = format!("add `stage: {value}`, or give each `send` its own `stage`");
            finding.help(title.clone()).suggest(title, set(&value));
        }
    }
}
