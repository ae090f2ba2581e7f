use crate::lint::commercial::adverts;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::watched::carries;
use crate::model::{Basis, ConsentSource, Journey, Jurisdiction, Milestone, Stage};
use crate::source::Span;

rule! {
    SoftOptInScope, id: "soft-opt-in-scope", group: Consent, level: Error, docs: "soft_opt_in_scope.md"
}

/// The laws that know it.
const LAWS: [Jurisdiction; 2] = [Jurisdiction::Uk, Jurisdiction::Eu];

impl Rule for SoftOptInScope {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let Some(basis) = journey.basis.filter(|it| it.value == Basis::SoftOptIn) else {
            return;
        };
        let elsewhere = cx.jurisdictions(journey).next().is_some()
            && !cx.jurisdictions(journey).any(|it| LAWS.contains(&it));
        if elsewhere || adverts(journey).is_empty() {
            return;
        }
        let Some((span, text)) = outside(cx, journey) else {
            return;
        };
        out.fail(
            basis.span,
            format!("`{}` has no right to a soft opt-in", journey.name.value),
        )
        .level(cx.legal(journey, &LAWS))
        .label("this covers people who bought from us or asked us for a price")
        .related(span, text)
        .why("people get advertising from a company with which they never did any business")
        .help("write `basis: express` if they said yes; else send them no advertising");
    }
}

/// What shows that the people in a journey have not bought or negotiated.
fn outside(cx: &LintContext<'_>, journey: &Journey) -> Option<(Span, String)> {
    let source = journey.consent.as_ref().and_then(|it| it.source);
    if let Some(source) = source {
        let deals = matches!(
            source.value,
            ConsentSource::Purchase
                | ConsentSource::Checkout
                | ConsentSource::Inquiry
                | ConsentSource::InPerson
        );
        let text = format!(
            "`{}` is neither a sale nor talk about one",
            source.value.word()
        );
        return (!deals).then_some((source.span, text));
    }
    let stages = &journey.stage.0;
    let before = stages
        .first()
        .filter(|_| stages.iter().all(|it| it.value == Stage::Before))?;
    let event = &journey.trigger.event;
    let deals = [
        Milestone::Intent,
        Milestone::Payment,
        Milestone::TrialEnd,
        Milestone::ServiceStarted,
    ];
    let deals = deals
        .into_iter()
        .any(|it| carries(cx.project(), &event.value, it));
    (!deals).then(|| (before.span, "they have not bought yet".to_owned()))
}
