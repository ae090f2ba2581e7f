use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::edits::{EditKind, Edits};

rule! {
    RenamedStepId, id: "renamed-step-id", group: Logic, level: Warning, docs: "renamed_step_id.md"
}

impl Rule for RenamedStepId {
    fn looks_at_changes(&self) -> bool {
        true
    }

    fn check_change(&self, _: &LintContext<'_>, change: &Edits<'_>, out: &mut Findings) {
        for edit in &change.all {
            let EditKind::Renamed(now) = edit.kind else {
                continue;
            };
            let (Some(old), Some(new)) = (edit.before.value.id(), now.value.id()) else {
                continue;
            };
            let message = format!(
                "`{}` is called `{}` now, and is the same",
                old.value, new.value
            );
            out.fail(new.span, message)
                .label(format!("was `{}`", old.value))
                .why(
                    "providers take it for a new step: people inside may get it twice or not at \
                     all, and its numbers begin at nought",
                )
                .help(format!(
                    "keep the id `{}`; `title` is what people read",
                    old.value
                ));
        }
    }
}
