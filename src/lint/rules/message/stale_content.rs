use chrono::TimeDelta;

use crate::graph::Elapsed;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Journey};

rule! {
    StaleContent, id: "stale-content", group: Message, level: Warning, docs: "stale_content.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 365, business_days: 0 }, &[])
}

impl Rule for StaleContent {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let limit = cx.elapsed(self.info());
        let days = limit.0 / Elapsed::DAY.0;
        let Some(oldest) =
            TimeDelta::try_days(days).and_then(|it| cx.today().checked_sub_signed(it))
        else {
            return;
        };
        for send in journey.sends() {
            let Some(read) = &send.reviewed_on else {
                continue;
            };
            if read.value.0 >= oldest {
                continue;
            }
            let since = (cx.today() - read.value.0).num_days();
            out.fail(
                read.span,
                format!("nobody has read `{}` for {since} days", send.id.value),
            )
            .label(format!("longer ago than {}", cx.duration(self.info())))
            .subject(&*send.id.value)
            .measure(since)
            .why("prices, names and opening hours change, and the letter goes on telling the old ones")
            .help("read it as a customer would, repair it, and write the day into `reviewed_on`");
        }
    }
}
