use crate::diagnostic::Level;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::Journey;

rule! {
    ReviewOverdue, id: "review-overdue", group: Governance, level: Warning, docs: "review_overdue.md",
}

impl Rule for ReviewOverdue {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let name = &journey.name.value;
        let Some(day) = &journey.review_by else {
            out.fail(
                journey.span(),
                format!("nobody has said when to look at `{name}` again"),
            )
            .level(Level::Note)
            .label("`review_by` is missing")
            .why("what was right when it was written is wrong one day, and nobody notices")
            .help("write the day by which somebody reads all of it, for example in half a year");
            return;
        };
        let days = (cx.today() - day.value.0).num_days();
        if days > 0 {
            let since = if days == 1 {
                "since yesterday".to_owned()
            } else {
                format!("for {days} days")
            };
            out.fail(
                day.span,
                format!("`{name}` has been due for a review {since}"),
            )
            .label("the day by which somebody wanted to look again")
            .why("customers still get what was planned for last season")
            .help("read all its letters, correct what is no longer true, and set a new day");
        }
    }
}
