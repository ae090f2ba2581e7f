use crate::diagnostic::Level;
use crate::lint::addresses::addresses;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::hosts::{Private, private};
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};

rule! {
    NonPublicLink, id: "non-public-link", group: Delivery, level: Error, docs: "non_public_link.md"
}

impl Rule for NonPublicLink {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        for it in addresses(letter) {
            let host = it.host();
            let Some(why) = host.as_ref().and_then(|host| private(cx.project(), host)) else {
                continue;
            };
            let host = host.unwrap_or_default();
            let (what, reason, help) = match why {
                Private::Inside => (
                    "which only your own machine or office can reach",
                    "whoever clicks gets an error",
                    "write the public address",
                ),
                Private::Number => (
                    "which is a number, not a name",
                    "mail programs take links to numbers for fraud, and put the mail among the spam",
                    "write the name of the site",
                ),
                Private::Reserved => (
                    "which is there for examples only",
                    "whoever clicks gets nowhere: the placeholder was never replaced",
                    "write the real address; if this is yours, add it to `policy.link_domains`",
                ),
                Private::Tunnel => (
                    "which leads to somebody's own machine",
                    "it works as long as a developer's tunnel is open, and then no longer",
                    "write the public address",
                ),
                Private::Trial => (
                    "which looks like a copy for trying things",
                    "customers end up on a site that is not theirs, or at a locked door",
                    "write the public address; if this is one, add this very host to `policy.link_domains`",
                ),
            };
            let level = if why == Private::Trial {
                Level::Warning
            } else {
                Level::Error
            };
            let verb = if it.is_link {
                "links to"
            } else {
                "loads a picture from"
            };
            out.fail(
                it.place(cx, letter),
                format!("the mail {verb} `{host}`, {what}"),
            )
            .level(level)
            .label(if it.is_link {
                "people click here"
            } else {
                "loaded with the mail"
            })
            .subject(&*host)
            .why(reason)
            .help(help);
        }
    }
}
