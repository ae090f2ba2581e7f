use crate::lint::addresses::addresses;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::hosts::{covers, own, private};
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};

rule! {
    UnexpectedLinkDomain, id: "unexpected-link-domain", group: Delivery, level: Error,
    docs: "unexpected_link_domain.md"
}

impl Rule for UnexpectedLinkDomain {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let project = cx.project();
        let domains = &project.policy.link_domains;
        let Some(first) = domains.first() else {
            return;
        };
        let allowed = own(project);
        for it in addresses(letter).into_iter().filter(|it| it.is_link) {
            let Some(host) = it.host() else { continue };
            let is_allowed = allowed.iter().any(|own| covers(own, &host));
            // What is worse about a host is told by the rules that know it.
            let is_told = private(project, &host).is_some() || cx.facts().redirectors.holds(&host);
            if is_allowed || is_told {
                continue;
            }
            out.fail(it.place(cx, letter), format!("a link to `{host}`, which nobody has allowed"))
                .label("people click here")
                .related(first.span, "the hosts that messages may link to")
                .subject(&*host)
                .why("a slip in a host sends customers to strangers, who may copy the page and ask for the password")
                .help(format!("correct the host, or add `{host}` to `policy.link_domains`"));
        }
    }
}
