use crate::diagnostic::Level;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::hosts::{covers, own};
use crate::lint::rule::{Rule, rule};
use crate::model::Sender;

rule! {
    FromDomainUnaligned, id: "from-domain-unaligned", group: Delivery, level: Error,
    docs: "from_domain_unaligned.md"
}

/// Where everybody can get an address; a dot at the end stands for any country.
const FREE: [&str; 30] = [
    "gmail.com",
    "googlemail.com",
    "yahoo.",
    "ymail.com",
    "rocketmail.com",
    "aol.com",
    "outlook.",
    "hotmail.",
    "live.",
    "msn.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "proton.me",
    "protonmail.com",
    "pm.me",
    "gmx.",
    "web.de",
    "t-online.de",
    "freenet.de",
    "mail.ru",
    "yandex.",
    "orange.fr",
    "laposte.net",
    "free.fr",
    "libero.it",
    "zoho.com",
    "fastmail.com",
    "hey.com",
    "qq.com",
];

impl Rule for FromDomainUnaligned {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        for sender in cx.project().senders.values() {
            check(cx, sender, out);
        }
    }
}

fn check(cx: &LintContext<'_>, sender: &Sender, out: &mut Findings) {
    let address = &sender.address;
    let Some((_, domain)) = address.value.rsplit_once('@') else {
        return;
    };
    let domain = domain.to_lowercase();
    let is_free = |it: &&str| {
        domain == **it
            || it.ends_with('.') && domain.starts_with(*it) && domain.matches('.').count() <= 2
    };
    if FREE.iter().any(is_free) {
        out.fail(
            address.span,
            format!("`{}` is a private mailbox at `{domain}`", address.value),
        )
        .label("the inbox shows this sender")
        .subject(&*address.value)
        .why("mailbox providers refuse such mail when it comes from another server: nobody gets it")
        .help("write from a domain of your own, and let answers go to the mailbox with `reply_to`");
        return;
    }
    let brand = &cx.project().brand.url;
    let is_own = |it: &String| covers(it, &domain) || covers(&domain, it);
    let owned = own(cx.project());
    if owned.is_empty() || owned.iter().any(is_own) {
        return;
    }
    out.fail(address.span, format!("mail comes from `{domain}`, which is not the brand's domain"))
        .level(Level::Warning)
        .label("the inbox shows this sender")
        .related(brand.span, "the site that people know")
        .subject(&*address.value)
        .why("people and filters take a sender from elsewhere for a stranger, or for somebody who pretends")
        .help(format!("write from the site's domain or one below it; if `{domain}` is yours, add it to `policy.link_domains`"));
}
