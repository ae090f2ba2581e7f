use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Basis, Journey, Jurisdiction, Purpose};

rule! {
    ConsentRequestByEmail, id: "consent-request-by-email", group: Consent, level: Error,
    docs: "consent_request_by_email.md"
}

impl Rule for ConsentRequestByEmail {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let basis = journey.basis.map(|it| it.value);
        if !matches!(basis, None | Some(Basis::Transactional)) {
            return;
        }
        for send in journey.sends() {
            let asks = send.purpose.has(Purpose::ConsentRequest);
            if !asks || send.requested == Some(true) {
                continue;
            }
            out.fail(send.id.span, format!("`{}` asks by mail for leave to send mail", send.id.value))
                .level(cx.legal(journey, &[Jurisdiction::Ca]))
                .label("the people in this journey have not agreed to anything")
                .why("a mail that asks whether one may advertise is advertising already, to somebody who never asked")
                .help("ask at the checkout or on the site; if the mail confirms a form that was just sent, write `requested: true`");
        }
    }
}
