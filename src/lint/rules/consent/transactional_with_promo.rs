use crate::lint::commercial::{offer_in, sells};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::model::{Class, Journey, Jurisdiction, Purpose, Send, Step};

rule! {
    TransactionalWithPromo, id: "transactional-with-promo", group: Consent, level: Warning,
    docs: "transactional_with_promo.md"
}

const WHY: &str =
    "people open it because they must, find advertising in it, and trust the next receipt less";
const HELP: &str =
    "keep the service message clean, and sell in a message of its own with `class: commercial`";

impl Rule for TransactionalWithPromo {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        for (step, _) in journey.walk() {
            let Step::Send(send) = &step.value else {
                continue;
            };
            if journey.class_of(send) != Class::Transactional || is_request(send) {
                continue;
            }
            let purposes = &send.purpose.0;
            let Some(purpose) = purposes.iter().find(|it| sells(it.value)) else {
                continue;
            };
            let finding = out
                .fail(
                    purpose.span,
                    format!("`{}` sells in a service message", send.id.value),
                )
                .level(cx.legal(journey, &[Jurisdiction::Uk]))
                .label(format!(
                    "`{}` is advertising, and the message is transactional",
                    purpose.value.word()
                ))
                .why(WHY);
            if purposes.iter().all(|it| sells(it.value)) {
                finding
                    .help("it is advertising as a whole: write `class: commercial`")
                    .suggest(
                        "Send it as commercial mail, with consent, a link to unsubscribe and the send window",
                        vec![Rewrite::Set {
                            of: Spot::Step(step.span),
                            key: "class",
                            value: "commercial".to_owned(),
                        }],
                    );
            } else {
                finding.help(HELP);
            }
        }
    }

    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let service = letter.sent_by.iter().find(|it| {
            let purpose = &it.send.purpose;
            // A voucher with an apology makes good for something.
            let is_excused = purpose.has(Purpose::Apology) || it.send.gift == Some(true);
            it.class() == Class::Transactional
                && !is_excused
                && !is_request(it.send)
                && !purpose.values().any(sells)
        });
        let Some(by) = service else {
            return;
        };
        let Some(found) = offer_in(letter.said_text()) else {
            return;
        };
        out.fail(
            letter.span(),
            format!("the service message `{}` advertises", letter.template.name),
        )
        .level(cx.legal(by.journey, &[Jurisdiction::Uk]))
        .label(format!("it says \"{found}\""))
        .related(by.send.id.span, "sent as a transactional message")
        .subject(&*letter.template.name)
        .why(WHY)
        .help(HELP);
    }
}

/// Whether it asks for consent: what may not be sold there is another rule's business.
fn is_request(send: &Send) -> bool {
    send.purpose.has(Purpose::ConsentRequest)
}
