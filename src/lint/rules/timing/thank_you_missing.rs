use crate::lint::context::LintContext;
use crate::lint::duties::{Duty, broken};
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::Duration;

rule! {
    ThankYouMissing, id: "thank-you-missing", group: Timing, level: Warning, docs: "thank_you_missing.md",
    limit: Limit::Duration(Duration { minutes: 48 * 60, days: 0, business_days: 0 }, &[])
}

impl Rule for ThankYouMissing {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        for it in broken(cx, Duty::Thanks, cx.elapsed(self.info())) {
            it.report("thanks", out)
                .why("a receipt proves a payment; only thanks say that a person noticed")
                .help("thank them within two days and ask for nothing in return: `purpose: thank_you`");
        }
    }
}
