use crate::diagnostic::Level;
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
        let Some(Outside {
            span,
            text,
            is_sure,
        }) = outside(cx, journey)
        else {
            return;
        };
        let level = if is_sure {
            cx.legal(journey, &LAWS)
        } else {
            Level::Warning
        };
        out.fail(
            basis.span,
            format!("`{}` has no right to a soft opt-in", journey.name.value),
        )
        .level(level)
        .label("this covers people who bought from us or asked us for a price")
        .related(span, text)
        .why("people get advertising from a company with which they never did any business")
        .help("write `basis: express` if they said yes; else send them no advertising");
    }
}

/// What shows that the people in a journey have not bought or negotiated.
struct Outside {
    span: Span,
    text: String,
    is_sure: bool,
}

fn outside(cx: &LintContext<'_>, journey: &Journey) -> Option<Outside> {
    let source = journey.consent.as_ref().and_then(|it| it.source);
    if let Some(source) = source {
        // A free account may be the first part of a sale; courts in the EU have taken it for one.
        let deals = matches!(
            source.value,
            ConsentSource::Purchase
                | ConsentSource::Checkout
                | ConsentSource::Inquiry
                | ConsentSource::InPerson
                | ConsentSource::Account
        );
        return (!deals).then(|| Outside {
            span: source.span,
            text: format!(
                "`{}` is neither a sale nor talk about one",
                source.value.word()
            ),
            is_sure: true,
        });
    }
    let stages = &journey.stage.0;
    let first = stages.first()?;
    if stages.iter().any(|it| it.value != Stage::Before) {
        return None;
    }
    let event = &journey.trigger.event.value;
    let deals = DEALS.into_iter().any(|it| carries(cx.project(), event, it));
    (!deals).then(|| Outside {
        span: first.span,
        text: "they have not bought yet".to_owned(),
        is_sure: false,
    })
}

/// What happens in the course of a sale.
const DEALS: [Milestone; 4] = [
    Milestone::Intent,
    Milestone::Payment,
    Milestone::TrialEnd,
    Milestone::ServiceStarted,
];
