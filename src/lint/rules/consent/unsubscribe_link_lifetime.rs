use crate::diagnostic::Level;
use crate::graph::Elapsed;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::{Limit, on_the_calendar};
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Jurisdiction};

rule! {
    UnsubscribeLinkLifetime, id: "unsubscribe-link-lifetime", group: Consent, level: Error,
    docs: "unsubscribe_link_lifetime.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 60, business_days: 0 }, &[])
}

impl Rule for UnsubscribeLinkLifetime {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let unsubscribe = cx.project().policy.unsubscribe.as_ref();
        let lifetime = unsubscribe.and_then(|it| it.value.link_lifetime.as_ref());
        let Some(lifetime) = lifetime else {
            return;
        };
        let length = on_the_calendar(lifetime.value);
        if length >= cx.elapsed(self.info()) {
            return;
        }
        let is_broken =
            |law, days| length < Elapsed::days(days) && cx.legal_anywhere(&[law]) == Level::Error;
        let level = if is_broken(Jurisdiction::Us, 30) || is_broken(Jurisdiction::Ca, 60) {
            Level::Error
        } else {
            Level::Warning
        };
        out.fail(lifetime.span, format!("the link to unsubscribe works for {} only", lifetime.value))
            .level(level)
            .label(format!("shorter than {}", cx.duration(self.info())))
            .why("people open an old mail, want to stop it, and find a page that says the link has expired")
            .help("let the link work for as long as the mail can be opened; 60 days at least");
    }
}
