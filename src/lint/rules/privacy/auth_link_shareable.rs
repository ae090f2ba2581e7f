use std::collections::BTreeSet;

use crate::lint::commercial::is_advert;
use crate::lint::context::LintContext;
use crate::lint::declared::by_place;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};

rule! {
    AuthLinkShareable, id: "auth-link-shareable", group: Privacy, level: Warning, docs: "auth_link_shareable.md"
}

/// Words in the name of a value that opens an account.
const KEYS: [&str; 11] = [
    "login",
    "signin",
    "magic",
    "auth",
    "autologin",
    "sso",
    "session",
    "password",
    "otp",
    "jwt",
    "access",
];

/// Pairs of words that say the same.
const PAIRS: [&str; 4] = ["log_in", "sign_in", "one_time", "reset_url"];

/// What opens something else.
const HARMLESS: [&str; 7] = [
    "unsubscribe",
    "confirm",
    "confirmation",
    "preferences",
    "id",
    "number",
    "type",
];

/// Without one of these, `access` or `password` is no link or key.
const FORMS: [&str; 7] = ["url", "link", "token", "key", "code", "uri", "href"];

impl Rule for AuthLinkShareable {
    fn check_letter(&self, _: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let mut sent_by = letter.sent_by.iter();
        let Some(by) = sent_by.find(|it| is_advert(it.journey, it.send)) else {
            return;
        };
        let links = letter.hrefs();
        let mut places = BTreeSet::new();
        for value in links
            .iter()
            .filter(|it| it.is_link && it.is_web())
            .flat_map(|it| &it.values)
        {
            value.expr.each_path(&mut |path| {
                places.insert(path.span);
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
                .filter(|it| it.own.printed && opens(it.name()))
            else {
                continue;
            };
            if !told.insert(&it.own.path) {
                continue;
            }
            out.fail(place, format!("`{}` logs in whoever gets this mail", it.own.path))
                .label("a link of a commercial mail")
                .related(by.send.id.span, "sent as commercial mail")
                .subject(&*it.own.path)
                .why("people pass offers on to friends, and with them the key to their own account")
                .help("link to the page without the key, and let people log in there; send keys in service mail that was asked for");
        }
    }
}

fn opens(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let has = |words: &[&str]| name.split('_').any(|it| words.contains(&it));
    let says = has(&KEYS) || PAIRS.iter().any(|it| name.contains(it));
    says && has(&FORMS) && !has(&HARMLESS)
}
