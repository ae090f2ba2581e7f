use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::language::Language;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::phrase;
use crate::model::{Class, Purpose};

rule! {
    SubjectBodyMismatch, id: "subject-body-mismatch", group: Message, level: Warning,
    docs: "subject_body_mismatch.md"
}

/// What only mail about somebody's own matters says.
const ENGLISH: [&str; 24] = [
    "your invoice",
    "your receipt",
    "your bill",
    "your statement",
    "your refund",
    "your parcel",
    "your package",
    "your delivery",
    "order confirmation",
    "order confirmed",
    "delivery attempt",
    "payment failed",
    "payment declined",
    "payment due",
    "payment overdue",
    "past due",
    "account suspended",
    "account locked",
    "your account has been",
    "your account will be",
    "action required",
    "security alert",
    "final notice",
    "legal notice",
];
const GERMAN: [&str; 28] = [
    "ihre rechnung",
    "deine rechnung",
    "ihre quittung",
    "ihre abrechnung",
    "ihre erstattung",
    "deine erstattung",
    "ihr paket",
    "dein paket",
    "ihre lieferung",
    "deine lieferung",
    "ihre sendung",
    "bestellbestätigung",
    "auftragsbestätigung",
    "zustellversuch",
    "zahlung fehlgeschlagen",
    "zahlung abgelehnt",
    "zahlungserinnerung",
    "zahlung fällig",
    "mahnung",
    "konto gesperrt",
    "ihr konto wurde",
    "dein konto wurde",
    "ihr konto wird",
    "dein konto wird",
    "handlung erforderlich",
    "handlungsbedarf",
    "sicherheitswarnung",
    "letzte warnung",
];

/// Mail that is there for itself: nobody's invoice, parcel or account is its matter.
const FOR_ITSELF: [Purpose; 7] = [
    Purpose::Offer,
    Purpose::CrossSell,
    Purpose::WinBack,
    Purpose::Abandonment,
    Purpose::Content,
    Purpose::Newsletter,
    Purpose::AdvocacyAsk,
];

impl Rule for SubjectBodyMismatch {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let Some(language) = Language::of(&letter.template.locale) else {
            return;
        };
        let all = language.pick(&ENGLISH[..], &GERMAN[..]);
        let Some(words) = phrase(letter.said_subject(), all) else {
            return;
        };
        let is_wrong = |it: &&crate::lint::letter::SentBy<'_>| {
            let mut purposes = it.send.purpose.values();
            it.class() == Class::Commercial && purposes.all(|it| FOR_ITSELF.contains(&it))
        };
        let Some(by) = letter.sent_by.iter().find(is_wrong) else {
            return;
        };
        let purposes: Vec<&str> = by.send.purpose.values().map(Purpose::word).collect();
        let place = cx.place_in(letter.span(), words);
        out.fail(place, "the subject speaks of something that the mail is not about")
            .label(format!("\"{words}\" on mail for `{}`", purposes.join("`, `")))
            .related(by.send.id.span, "commercial mail")
            .subject(words)
            .why("people open it in alarm, find an advertisement, and do not believe the next real one")
            .help("say in the subject what is inside; if it is what the subject says, give the step that purpose");
    }
}
