//! Whether a mail shows a way to reach somebody.

use crate::model::{Name, Project};
use crate::render::Mail;

use super::flat::flat;

/// Words in an address of a page where people get help, in the languages that shops here write.
const HELP: [&str; 14] = [
    "help",
    "hilfe",
    "support",
    "contact",
    "kontakt",
    "faq",
    "chat",
    "service-client",
    "kundenservice",
    "kundendienst",
    "customer-service",
    "aide",
    "ayuda",
    "hulp",
];

/// Local parts of addresses that say that nobody reads what arrives there.
const REFUSALS: [&str; 7] = [
    "noreply",
    "donotreply",
    "dontreply",
    "noresponse",
    "nichtantworten",
    "nepasrepondre",
    "noresponder",
];

/// Whether an address says that nobody reads what arrives there: `no-reply@…`.
pub(crate) fn refuses(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    let letters: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
    let letters = letters.to_ascii_lowercase();
    REFUSALS.iter().any(|it| letters.contains(it))
}

/// Whether a mail links to somebody who helps: a mail address, a phone number, or a help page. A link
/// that only some recipients see counts.
pub(crate) fn has_contact(project: &Project, mail: &Mail) -> bool {
    targets(mail).iter().any(|it| helps(project, it))
}

/// Whether a mail links to anything that a click on it would tell of: not to unsubscribing alone.
pub(crate) fn has_link(mail: &Mail) -> bool {
    let is_page =
        |it: &String| !it.is_empty() && !it.starts_with("mailto:") && !it.starts_with('#');
    targets(mail).iter().any(is_page)
}

/// Where the links of a mail lead. What is known per recipient only is left open as `{}`, and the
/// provider's own links are empty.
fn targets(mail: &Mail) -> Vec<String> {
    let html = flat(&mail.html);
    let links = html.split("href=\"").skip(1);
    let links = links.filter_map(|it| it.split('"').next());
    links.map(|it| it.trim().to_owned()).collect()
}

fn helps(project: &Project, target: &str) -> bool {
    if let Some(address) = target.strip_prefix("mailto:") {
        return !refuses(address);
    }
    let is_call = ["tel:", "sms:", "https://wa.me/"]
        .iter()
        .any(|it| target.starts_with(it));
    let lower = target.to_ascii_lowercase();
    let named = |(key, link): (&Name, &Name)| {
        HELP.iter().any(|it| key.value.contains(it)) && *link.value == *target
    };
    is_call || HELP.iter().any(|it| lower.contains(it)) || project.brand.links.iter().any(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_refuse_an_answer_are_known_by_their_name() {
        for it in [
            "no-reply@a.example",
            "NoReply@a.example",
            "orders.noreply@a.example",
            "do_not_reply@a.example",
        ] {
            assert!(refuses(it), "{it}");
        }
        for it in ["care@noreply.example", "reply@a.example", "norep@a.example"] {
            assert!(!refuses(it), "{it}");
        }
    }
}
