use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};

rule! {
    OneClickHeadersMissing, id: "one-click-headers-missing", group: Consent, level: Error,
    docs: "one_click_headers_missing.md"
}

impl Rule for OneClickHeadersMissing {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let unsubscribe = cx.project().policy.unsubscribe.as_ref();
        let one_click = unsubscribe.and_then(|it| it.value.one_click);
        if let Some(it) = one_click.filter(|it| !it.value) {
            out.fail(it.span, "commercial mail gives the inbox no button to unsubscribe")
                .label("no one-click headers")
                .why("people press \"report spam\" instead, and large mailbox providers refuse the mail")
                .help("have the provider send `List-Unsubscribe` with an https address and `List-Unsubscribe-Post`, then write `one_click: true`");
        }
    }
}
