use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::declared::{Used, by_place};
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::model::Type;
use crate::template::ir::Root;

rule! {
    PiiInUrl, id: "pii-in-url", group: Privacy, level: Error, docs: "pii_in_url.md"
}

/// Words in the name of an attribute that say who somebody is.
const PERSONAL: [&str; 14] = [
    "email",
    "mail",
    "phone",
    "telephone",
    "mobile",
    "msisdn",
    "birthday",
    "birthdate",
    "dob",
    "street",
    "address",
    "ssn",
    "passport",
    "iban",
];

/// Names of people: of two words, since `name` alone may be that of a product.
const NAMES: [&str; 8] = [
    "first_name",
    "last_name",
    "full_name",
    "family_name",
    "given_name",
    "customer_name",
    "recipient_name",
    "date_of_birth",
];

/// What makes a value mean nothing to others.
const OPAQUE: [&str; 7] = [
    "id", "hash", "hashed", "token", "sha256", "verified", "domain",
];

/// What makes it say something about a thing: the model of a telephone, the address of a page.
const OTHER: [&str; 16] = [
    "ip", "web", "url", "uri", "link", "page", "app", "wallet", "model", "type", "brand", "plan",
    "case", "os", "country", "style",
];

impl Rule for PiiInUrl {
    fn check_letter(&self, _: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let links = letter.hrefs();
        let mut places = BTreeSet::new();
        for value in links
            .iter()
            .filter(|it| it.is_web())
            .flat_map(|it| &it.values)
        {
            value.expr.each_path(&mut |path| {
                if path.root != Root::Link {
                    places.insert(path.span);
                }
            });
        }
        if places.is_empty() {
            return;
        }
        let used = by_place(letter.used());
        let mut told = BTreeSet::new();
        for place in places {
            let Some(it) = used
                .get(&place)
                .filter(|it| it.own.printed && is_personal(it))
            else {
                continue;
            };
            if !told.insert(&it.own.path) {
                continue;
            }
            out.fail(place, format!("a link carries `{}` in the open", it.own.path))
                .label("becomes a part of the address")
                .subject(&*it.own.path)
                .why("addresses of pages end up in logs, in statistics and with everybody whom the mail is forwarded to")
                .help("put an id into the link that means nothing to others, and look the person up on the page");
        }
    }
}

fn is_personal(used: &Used<'_>) -> bool {
    let Some(property) = used.property else {
        return false;
    };
    if property.sensitive {
        return true;
    }
    let name = used.name().to_ascii_lowercase();
    let has = |words: &[&str]| name.split('_').any(|it| words.contains(&it));
    let is_text = matches!(property.kind, Type::Text | Type::Date) && property.choices.is_empty();
    let is_name = NAMES.contains(&&*name) || (name == "name" && used.is_contact());
    is_text && !has(&OPAQUE) && !has(&OTHER) && (has(&PERSONAL) || is_name)
}
