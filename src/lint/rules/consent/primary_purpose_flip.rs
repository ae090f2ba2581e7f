use crate::lint::commercial::{bargain_in, sells};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::model::{Class, Journey, Jurisdiction};

rule! {
    PrimaryPurposeFlip, id: "primary-purpose-flip", group: Consent, level: Error, docs: "primary_purpose_flip.md"
}

/// The laws that decide by the first impression.
const LAWS: [Jurisdiction; 2] = [Jurisdiction::Us, Jurisdiction::UsCa];

const WHY: &str =
    "by law it is advertising now, and goes to people who have unsubscribed from advertising";

impl Rule for PrimaryPurposeFlip {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        for send in journey.sends() {
            let purposes = &send.purpose.0;
            let mixed = purposes.iter().any(|it| !sells(it.value));
            let (true, Some(first)) = (mixed, purposes.first()) else {
                continue;
            };
            if journey.class_of(send) == Class::Transactional && sells(first.value) {
                out.fail(first.span, format!("`{}` begins with advertising, so it counts as advertising", send.id.value))
                    .level(cx.legal(journey, &LAWS))
                    .label("comes first in a transactional message")
                    .why(WHY)
                    .help("begin with the service part, in the mail and in `purpose`; better still, sell in a message of its own");
            }
        }
    }

    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let service = letter.sent_by.iter().find(|it| {
            let begins = it.send.purpose.values().next().is_some_and(sells);
            it.class() == Class::Transactional && !begins
        });
        let (Some(by), Some(found)) = (service, bargain_in(letter.said_subject())) else {
            return;
        };
        out.fail(letter.span(), format!("the subject makes `{}` count as advertising", letter.template.name))
            .level(cx.legal(by.journey, &LAWS))
            .label(format!("it says \"{found}\""))
            .related(by.send.id.span, "sent as a transactional message")
            .subject(&*letter.template.name)
            .why(WHY)
            .help("say in the subject what the message is for (\"Your order is on its way\"), or send it with `class: commercial`");
    }
}
