use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Purpose};

rule! {
    NoHoldout, id: "no-holdout", group: Governance, level: Off, docs: "no_holdout.md",
}

impl Rule for NoHoldout {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if journey.holdout.is_some_and(|it| it > 0) {
            return;
        }
        let sells = |it: &Purpose| matches!(it, Purpose::WinBack | Purpose::CrossSell);
        let Some(send) = journey
            .sends()
            .find(|it| it.purpose.values().any(|it| sells(&it)))
        else {
            return;
        };
        let name = &journey.name.value;
        out.fail(
            journey.span(),
            format!("nobody can tell what `{name}` is worth"),
        )
        .label("`holdout` is missing")
        .related(
            send.id.span,
            "this asks people to buy, and some would have bought anyway",
        )
        .why("mail that changes nothing only costs patience, and looks like a success")
        .help("keep some people out to compare, for example `holdout: 5`");
    }
}
