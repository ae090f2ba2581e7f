use std::collections::BTreeSet;

use crate::diagnostic::Level;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::secrets::{card_in, iban_in};
use crate::lint::ways::{phrase, spoken};
use crate::template::Part;

rule! {
    SecretInBody, id: "secret-in-body", group: Message, level: Error, docs: "secret_in_body.md"
}

/// Parts of names of properties that hold what must not be mailed, and what they hold.
const NAMES: [(&str, &str); 22] = [
    ("password", "a password"),
    ("passwd", "a password"),
    ("passwort", "a password"),
    ("kennwort", "a password"),
    ("pin_code", "a PIN"),
    ("pincode", "a PIN"),
    ("iban", "a bank account"),
    ("bank_account", "a bank account"),
    ("kontonummer", "a bank account"),
    ("card_number", "a card number"),
    ("kartennummer", "a card number"),
    ("credit_card", "a card number"),
    ("kreditkarte", "a card number"),
    ("cvv", "a card's check number"),
    ("cvc", "a card's check number"),
    ("ssn", "a national number"),
    ("social_security", "a national number"),
    ("national_id", "a national number"),
    ("passport_number", "a passport number"),
    ("tax_id", "a tax number"),
    ("steuer_id", "a tax number"),
    ("api_key", "a key"),
];

/// Parts of names that say that only a part, or a way to it, is held.
const HARMLESS: [&str; 12] = [
    "last", "letzte", "mask", "hint", "url", "link", "reset", "expires", "changed", "type",
    "brand", "has",
];

/// What says that people shall pay to an account, so that its number belongs there.
const TRANSFERS: [&str; 12] = [
    "transfer",
    "account holder",
    "our account",
    "bank details",
    "pay to",
    "überweis",
    "überweisen",
    "überweisung",
    "kontoinhaber",
    "bankverbindung",
    "verwendungszweck",
    "unser konto",
];

impl Rule for SecretInBody {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let why = "mail is kept for years, forwarded, and read on screens that others see; whoever opens the mailbox has it";
        let mut told = BTreeSet::new();
        for it in letter.used() {
            let samples = it.property.map_or(&[][..], |it| &it.sample);
            let texts = samples.iter().filter_map(|it| it.as_str());
            let mut checked = texts.filter_map(|it| {
                iban_in(it)
                    .map(|_| "a bank account")
                    .or_else(|| card_in(it).map(|_| "a card number"))
            });
            let what = named(it.name()).or_else(|| checked.next());
            let (Some(what), true) = (what, it.own.printed) else {
                continue;
            };
            if told.insert(it.own.path.clone()) {
                out.fail(it.own.span, format!("`{}` shows {what}", it.own.path))
                    .label("printed here")
                    .subject(&*it.own.path)
                    .why(why)
                    .help("link to a page where people sign in, or show the last digits only");
            }
        }
        for part in Part::ALL {
            let text = spoken(letter.nodes(part));
            if let Some(card) = card_in(&text) {
                out.fail(
                    cx.place_in_part(letter, part, card),
                    "the mail shows a card number",
                )
                .conceal()
                .label("a number like this pays")
                .subject("card")
                .why(why)
                .help("take it out; the last four digits are enough for people to know the card");
            }
            let is_asked = phrase(letter.said_text(), &TRANSFERS).is_some()
                || letter.said_text().contains("überweis");
            if let Some(iban) = iban_in(&text).filter(|_| !is_asked) {
                out.fail(cx.place_in_part(letter, part, iban), "the mail shows a bank account")
                    .conceal()
                    .level(Level::Warning)
                    .label("the same for everybody")
                    .subject("iban")
                    .why("nobody is asked to pay, so it looks like a number that was left behind, or like fraud")
                    .help("take it out, or say what people are to transfer, and why");
            }
        }
    }
}

/// What a property holds by its name.
fn named(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let parts: Vec<&str> = name.split('_').collect();
    if HARMLESS
        .iter()
        .any(|it| parts.iter().any(|part| part.starts_with(it)))
    {
        return None;
    }
    let holds = |key: &str| {
        let key: Vec<&str> = key.split('_').collect();
        parts.windows(key.len()).any(|it| it == key)
    };
    NAMES.iter().find(|it| holds(it.0)).map(|it| it.1)
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn names_of_secrets_are_told_from_names_about_them() {
        assert_eq!(named("new_password"), Some("a password"));
        assert_eq!(named("iban"), Some("a bank account"));
        for name in [
            "password_reset_url",
            "iban_last4",
            "card_brand",
            "liban",
            "has_password",
        ] {
            assert_eq!(named(name), None, "{name}");
        }
    }
}
