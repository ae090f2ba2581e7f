use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::{Letter, SentBy};
use crate::lint::rule::{Rule, rule};
use crate::lint::watched::carries;
use crate::lint::ways::{always, is_link};
use crate::model::{Class, Jurisdiction, Milestone, Purpose};
use crate::template::ir::Node;

rule! {
    CanadaServiceMailUnsubscribe, id: "canada-service-mail-unsubscribe", group: Consent, level: Warning,
    docs: "canada_service_mail_unsubscribe.md"
}

/// What answers a person, or says what law demands; Canada's act does not ask for more there.
const EXEMPT: [Purpose; 3] = [
    Purpose::Acknowledgement,
    Purpose::ConsentRequest,
    Purpose::LegalNotice,
];

/// What people come to us with: whatever we write then is an answer.
const ANSWERED: [Milestone; 2] = [Milestone::ComplaintOpened, Milestone::ReturnRequested];

impl Rule for CanadaServiceMailUnsubscribe {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let Some(by) = letter.sent_by.iter().find(|it| is_meant(cx, it)) else {
            return;
        };
        let leaves = |it: &Node| match it {
            Node::Out(it) => is_link(it, "unsubscribe") || is_link(it, "preferences"),
            _ => false,
        };
        if always(&letter.mail.html, &leaves).is_ok() {
            return;
        }
        let name = &letter.template.name;
        out.fail(
            letter.span(),
            format!("`{name}` offers Canadians no way to stop optional mail"),
        )
        .label("service mail to Canada needs one, too")
        .related(by.send.id.span, "sent to Canada as a transactional message")
        .subject(&**name)
        .why("people in Canada may say at any time that they want no more mail than is needed")
        .help("add to the footer: `[Stop optional mail]({{ links.unsubscribe }})`");
    }
}

fn is_meant(cx: &LintContext<'_>, by: &SentBy<'_>) -> bool {
    let exempt = |it: &Purpose| EXEMPT.contains(it);
    by.class() == Class::Transactional
        && cx.is_under(by.journey, Jurisdiction::Ca)
        && !by.send.purpose.values().any(|it| exempt(&it))
        && !ANSWERED
            .iter()
            .any(|it| carries(cx.project(), &by.journey.trigger.event.value, *it))
}
