use crate::lint::addresses::addresses;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::hosts::{covers, own};
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};

rule! {
    LinkShortener, id: "link-shortener", group: Delivery, level: Warning, docs: "link_shortener.md"
}

impl Rule for LinkShortener {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        for it in addresses(letter).into_iter().filter(|it| it.is_link) {
            let Some(host) = it.host().filter(|it| cx.facts().redirectors.holds(it)) else {
                continue;
            };
            if own(cx.project()).iter().any(|own| covers(own, &host)) {
                continue;
            }
            out.fail(it.place(cx, letter), format!("the link to `{host}` hides where it leads"))
                .label("a link that is forwarded")
                .subject(&*host)
                .why("fraud hides behind the same hosts, so filters mark the mail down, and careful people do not click")
                .help("link to the page itself; a short host of your own goes into `policy.link_domains`");
        }
    }
}
