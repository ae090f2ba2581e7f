use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::lint::walk::{Visit, walk};
use crate::model::{Journey, Step};

rule! { MissingDefaultBranch, id: "missing-default-branch", group: Logic, level: Error, docs: "missing_default_branch.md" }

impl Rule for MissingDefaultBranch {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let leaves_out = |it: &Step| matches!(it, Step::Branch(it) if it.otherwise.is_none());
        if !journey.walk().any(|(it, _)| leaves_out(&it.value)) {
            return;
        }
        walk(cx, journey, &mut |visit| {
            // Where no way is left, the conditions leave nobody out.
            let Visit::Otherwise(branch, None) = visit else {
                return;
            };
            if branch.otherwise.is_some() {
                return;
            }
            let message = format!("`{}` does not say what happens otherwise", branch.id.value);
            let conditions = match branch.when.len() {
                1 => "this condition does not hold for everybody",
                _ => "these conditions leave people out",
            };
            let first = branch.when.first().map(|it| it.condition.text.span);
            let finding = out
                .fail(branch.id.span, message)
                .label("there is no `else`")
                .why("whoever meets no condition gets nothing here, and nobody decided that")
                .help("add `else: []` to let them go on below, or `else:` with their own steps")
                // Nobody has decided yet, so that nothing is written unseen.
                .suggest(
                    "let them go on below",
                    vec![Rewrite::Set {
                        of: Spot::Around(branch.id.span),
                        key: "else",
                        value: "[]".to_owned(),
                    }],
                );
            if let Some(span) = first {
                finding.related(span, conditions);
            }
        });
    }
}
