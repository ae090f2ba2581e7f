use crate::lint::context::LintContext;
use crate::lint::duties::{Duty, broken};
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::Duration;

rule! {
    WowWindow, id: "wow-window", group: Timing, level: Warning, docs: "wow_window.md",
    limit: Limit::Duration(Duration { minutes: 48 * 60, days: 0, business_days: 0 }, &[])
}

impl Rule for WowWindow {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        for it in broken(cx, Duty::Delight, cx.elapsed(self.info())) {
            it.report("something that delights", out)
                .why("the first two days are the warmest; later the same film is just another mail")
                .help(
                    "give them something within two days, a film, a tip, a card in the parcel: `purpose: wow`; \
                     it needs no budget",
                );
        }
    }
}
