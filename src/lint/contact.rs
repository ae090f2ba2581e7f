//! Whether a mail shows a way to reach somebody.

use crate::model::{Name, Project};
use crate::render::Mail;
use crate::template::ir::{Out, Root};

use super::hrefs::hrefs;

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
    let links = hrefs(&mail.html);
    let mut links = links.iter().filter(|it| it.is_link);
    links.any(|it| helps(project, it.text.trim()))
}

/// Whether a mail links to anything that a click on it would tell of: not to unsubscribing alone.
pub(crate) fn has_link(mail: &Mail) -> bool {
    let links = hrefs(&mail.html);
    let mut links = links.iter().filter(|it| it.is_link && it.is_web());
    links.any(|it| !it.text.trim().is_empty() || it.values.iter().any(|it| !is_providers(it)))
}

/// Whether the provider makes the link: `links.unsubscribe`.
fn is_providers(value: &Out) -> bool {
    let mut is_own = false;
    value
        .expr
        .each_path(&mut |path| is_own |= path.root != Root::Link);
    !is_own
}

/// Whether an address is that of somebody who helps.
pub(crate) fn helps(project: &Project, target: &str) -> bool {
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
