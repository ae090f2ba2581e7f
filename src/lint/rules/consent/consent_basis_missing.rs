use crate::lint::commercial::{Advert, adverts};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Basis, Journey, Jurisdiction, Purpose};

rule! {
    ConsentBasisMissing, id: "consent-basis-missing", group: Consent, level: Error, docs: "consent_basis_missing.md"
}

/// Where commercial mail needs a basis before it is sent.
const LAWS: [Jurisdiction; 3] = [Jurisdiction::Uk, Jurisdiction::Eu, Jurisdiction::Ca];

impl Rule for ConsentBasisMissing {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let adverts = adverts(journey);
        let Some(first) = adverts.iter().find(|it| !only_asks(it)) else {
            return;
        };
        let name = &journey.name.value;
        let step = format!("`{}` is a commercial message", first.id.value);
        let why = "people get advertising that they never agreed to, and report it as spam";
        match &journey.basis {
            None => {
                out.fail(journey.span(), format!("`{name}` sends commercial mail and says no basis"))
                    .level(cx.legal(journey, &LAWS))
                    .label("no `basis` in this journey")
                    .related(first.id.span, step)
                    .why(why)
                    .help("write `basis: express` if they said yes, or `soft_opt_in` if they bought from us and could object");
            }
            Some(it) if it.value == Basis::Transactional => {
                out.fail(it.span, format!("`{name}` has commercial mail on a transactional basis"))
                    .level(cx.legal(journey, &LAWS))
                    .label("this covers service mail only")
                    .related(first.id.span, step)
                    .why(why)
                    .help("say on which basis the commercial messages are sent, or move them to a journey that has one");
            }
            Some(it) if it.value == Basis::Implied => {
                let here = [Jurisdiction::Uk, Jurisdiction::Eu];
                if !cx.jurisdictions(journey).any(|it| here.contains(&it)) {
                    return;
                }
                out.fail(it.span, "`implied` consent is known in Canada only")
                    .label("neither the UK nor the EU has it")
                    .related(first.id.span, step)
                    .why(why)
                    .help("write `soft_opt_in` or `express`, or send to Canada in a journey of its own with `jurisdictions: [ca]`");
            }
            Some(_) => {}
        }
    }
}

/// Whether a message only asks for consent; that has a rule of its own.
fn only_asks(advert: &Advert<'_>) -> bool {
    let mut purposes = advert.purposes.iter();
    !advert.purposes.is_empty() && purposes.all(|it| it.value == Purpose::ConsentRequest)
}
