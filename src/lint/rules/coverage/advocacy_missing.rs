use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{follows_up, handles_payment, is_young, touchpoints};
use crate::model::Purpose;

rule! { AdvocacyMissing, id: "advocacy-missing", group: Coverage, level: Note, docs: "advocacy_missing.md" }

impl Rule for AdvocacyMissing {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        // First comes care; whoever is not cared for tells nobody anything good.
        if !cx.is_whole() || is_young(cx) || handles_payment(cx).is_none() || !follows_up(cx) {
            return;
        }
        if touchpoints(cx).any(|it| it.has(Purpose::AdvocacyAsk)) {
            return;
        }
        out.fail(
            cx.project().brand.name.span,
            "nobody is ever asked to tell a friend",
        )
        .label("no touchpoint has the purpose `advocacy_ask`")
        .why("happy customers would like to help, and do not know how")
        .help(
            "ask those who were happy, once they have what they bought: `- send: {id: tell-a-friend, \
             template: …, purpose: advocacy_ask}`",
        );
    }
}
