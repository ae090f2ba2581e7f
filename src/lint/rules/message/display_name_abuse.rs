use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::phrase;
use crate::model::Sender;

rule! {
    DisplayNameAbuse, id: "display-name-abuse", group: Message, level: Error, docs: "display_name_abuse.md"
}

/// What belongs into a subject, in English and German.
const SUBJECTS: [&str; 30] = [
    "% off",
    "% rabatt",
    "sale",
    "free",
    "gratis",
    "offer",
    "offers",
    "angebot",
    "angebote",
    "rabatt",
    "gutschein",
    "invoice",
    "rechnung",
    "receipt",
    "your order",
    "ihre bestellung",
    "deine bestellung",
    "reminder",
    "erinnerung",
    "mahnung",
    "payment due",
    "urgent",
    "dringend",
    "action required",
    "last chance",
    "letzte chance",
    "act now",
    "jetzt",
    "winner",
    "gewinner",
];

/// What says that this is an answer, or that it comes from elsewhere.
const ANSWERS: [&str; 6] = ["re:", "aw:", "fw:", "fwd:", "wg:", "antw:"];

/// Who a sender must not pretend to be.
const STRANGERS: [&str; 6] = [
    "gmail",
    "google",
    "microsoft",
    "postmaster",
    "mailer-daemon",
    "administrator",
];

impl Rule for DisplayNameAbuse {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let project = cx.project();
        for (id, sender) in &project.senders {
            let Some((words, fault)) = abuse(sender, &project.brand.name.value) else {
                continue;
            };
            out.fail(
                cx.place_in(sender.name.span, &words),
                format!("the name of the sender `{}` {fault}", id.value),
            )
            .label(format!("says \"{}\"", words.trim()))
            .subject(&*id.value)
            .why("people look for who writes, and find an advertisement; mail programs take it for deceit")
            .help("write the name of a person or of the brand, and say the rest in the subject");
        }
    }
}

/// What a name says that is no name, and what is wrong with it.
fn abuse(sender: &Sender, brand: &str) -> Option<(String, &'static str)> {
    let name = sender.name.value.trim();
    // A brand may be called what it likes.
    let lower = name.to_lowercase().replace(&brand.to_lowercase(), " ");
    let found = |words: &str, fault| Some((words.to_owned(), fault));
    if let Some(it) = ANSWERS.iter().find(|it| lower.starts_with(**it)) {
        return found(it, "pretends to be an answer");
    }
    if lower.contains("{{") || lower.contains("{%") || lower.contains("*|") {
        return found(name, "is not the same for everybody");
    }
    if let Some(it) = phrase(&lower, &STRANGERS) {
        return found(it, "is somebody else's");
    }
    if let Some(it) = phrase(&lower, &SUBJECTS) {
        return found(it, "is a subject line");
    }
    if lower.contains(['!', '?']) {
        return found(name, "is a subject line");
    }
    if let Some(it) = lower.chars().find(|it| is_sign(*it)) {
        return found(&it.to_string(), "holds a sign that is no letter");
    }
    None
}

/// Emoji, arrows, stars and ticks: what badges are made of.
fn is_sign(c: char) -> bool {
    let blocks = [
        '\u{2190}'..='\u{21ff}',
        '\u{2460}'..='\u{27bf}',
        '\u{2b00}'..='\u{2bff}',
        '\u{1f000}'..='\u{1faff}',
    ];
    blocks.iter().any(|it| it.contains(&c))
}
