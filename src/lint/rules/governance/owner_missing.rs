use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::Journey;

rule! {
    OwnerMissing, id: "owner-missing", group: Governance, level: Warning, docs: "owner_missing.md",
}

impl Rule for OwnerMissing {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let name = &journey.name.value;
        let Some(owner) = &journey.owner else {
            out.fail(journey.span(), format!("nobody owns `{name}`"))
                .label("`owner` is missing")
                .why("when a customer suffers from it, everybody believes that somebody else looks after it")
                .help("write the team that answers for it, for example `owner: lifecycle`");
            return;
        };
        // A team may be written as `@org/team`; an address is one person.
        if owner.value.find('@').is_some_and(|it| it > 0) {
            out.fail(
                owner.span,
                format!("`{name}` belongs to one person's address"),
            )
            .label("people go on holiday and change jobs")
            .why("a journey whose owner has left goes on for years, and nobody dares to stop it")
            .help("write a team, for example `owner: lifecycle`");
        }
    }
}
