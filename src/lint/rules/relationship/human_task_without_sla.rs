use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Step};

rule! {
    HumanTaskWithoutSla, id: "human-task-without-sla", group: Relationship, level: Warning,
    docs: "human_task_without_sla.md",
}

impl Rule for HumanTaskWithoutSla {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        for (step, _) in journey.walk() {
            let Step::Task(task) = &step.value else {
                continue;
            };
            let id = &task.id.value;
            let (message, label, help) = match (&task.owner, &task.respond_within) {
                (Some(_), Some(_)) => continue,
                (None, Some(_)) => (
                    format!("nobody is named who does `{id}`"),
                    "`owner` is missing",
                    "name the team that does it, for example `owner: customer-care`",
                ),
                (Some(owner), None) => (
                    format!("`{}` may do `{id}` at any time, or never", owner.value),
                    "`respond_within` is missing",
                    "say how soon it is done, for example `respond_within: 1bd`",
                ),
                (None, None) => (
                    format!("nobody is named who does `{id}`, nor by when"),
                    "`owner` and `respond_within` are missing",
                    "say who does it and how soon: `owner: customer-care`, `respond_within: 1bd`",
                ),
            };
            out.fail(task.id.span, message)
                .label(label)
                .why("a call that nobody is in charge of is not made, and the journey goes on as if it were")
                .help(help);
        }
    }
}
