use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::phrase;
use crate::model::{Hurdle, Jurisdiction};

rule! {
    UnsubscribeFriction, id: "unsubscribe-friction", group: Consent, level: Error, docs: "unsubscribe_friction.md"
}

/// The laws that forbid it in so many words.
const LAWS: [Jurisdiction; 3] = [Jurisdiction::Us, Jurisdiction::UsCa, Jurisdiction::Ca];

/// What mails say that make people log in first.
const HURDLES: [&str; 10] = [
    "log in to unsubscribe",
    "login to unsubscribe",
    "sign in to unsubscribe",
    "log into your account to unsubscribe",
    "log in to your account to unsubscribe",
    "sign in to your account to unsubscribe",
    "to unsubscribe, log in",
    "to unsubscribe, please log in",
    "einloggen, um sich abzumelden",
    "zum abmelden bitte einloggen",
];

const WHY: &str = "who wants to go and is held up gets angry, and presses \"report spam\" instead";

impl Rule for UnsubscribeFriction {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let text = letter.said_text();
        // Most mails say nothing of the kind; this is cheaper than ten searches.
        if !(text.contains("log") || text.contains("sign in")) {
            return;
        }
        let (Some(found), Some(by)) = (phrase(text, &HURDLES), letter.sent_by.first()) else {
            return;
        };
        out.fail(
            letter.span(),
            "people must log in before they can unsubscribe",
        )
        .level(cx.legal(by.journey, &LAWS))
        .label(format!("the mail says \"{found}\""))
        .subject(&*letter.template.name)
        .why(WHY)
        .help("link to `links.unsubscribe`, which knows who clicked");
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let Some(unsubscribe) = &cx.project().policy.unsubscribe else {
            return;
        };
        for hurdle in unsubscribe
            .value
            .asks
            .0
            .iter()
            .filter(|it| it.value.is_in_the_way())
        {
            let message = match hurdle.value {
                Hurdle::Login => "people must log in before they can unsubscribe",
                Hurdle::Survey => "people must say why before they can unsubscribe",
                Hurdle::Fee => "people must pay before they can unsubscribe",
                Hurdle::SeveralPages => "people must go through several pages to unsubscribe",
                _ => "people must tell more about themselves to unsubscribe",
            };
            out.fail(hurdle.span, message)
                .level(cx.legal_anywhere(&LAWS))
                .label("stands between people and the end of mail")
                .subject(hurdle.value.word())
                .why(WHY)
                .help("stop at the click, or after one page with one button; ask for reasons afterwards, if at all");
        }
    }
}
