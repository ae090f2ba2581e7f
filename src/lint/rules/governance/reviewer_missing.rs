use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Stage};

rule! {
    ReviewerMissing, id: "reviewer-missing", group: Governance, level: Warning,
    docs: "reviewer_missing.md",
}

impl Rule for ReviewerMissing {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let Some(stage) = journey.stage.0.iter().find(|it| it.value == Stage::After) else {
            return;
        };
        let owner = journey.owner.as_ref().map(|it| &*it.value);
        let is_other = |it: &str| owner.is_none_or(|own| own != it);
        if journey.reviewers.iter().any(|it| is_other(&it.value)) {
            return;
        }
        let name = &journey.name.value;
        let place = journey.reviewers.first().map_or(stage.span, |it| it.span);
        let label = if journey.reviewers.is_empty() {
            "after the payment, and no `reviewers`"
        } else {
            "this team owns it already"
        };
        out.fail(place, format!("no other team sees changes of `{name}`"))
            .label(label)
            .why("those who answer the customers' questions learn of a new letter from the questions")
            .help("name the team that answers customers, for example `reviewers: [customer-care]`");
    }
}
