use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::metric::{Horizon, horizon};
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Journey};

rule! {
    SingleHorizonMetrics, id: "single-horizon-metrics", group: Governance, level: Note,
    docs: "single_horizon_metrics.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 60, business_days: 0 }, &[])
}

impl Rule for SingleHorizonMetrics {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let (Some(first), Some(last)) = (journey.metrics.first(), journey.metrics.last()) else {
            return;
        };
        let short = cx.elapsed(self.info());
        let metrics = journey.metrics.iter();
        let all: Option<Vec<Horizon>> = metrics.map(|it| horizon(&it.value, short)).collect();
        // A name that does not say may be just the other kind.
        let Some(all) = all else {
            return;
        };
        let (message, label, help) =
            match (all.contains(&Horizon::Short), all.contains(&Horizon::Long)) {
                (true, false) => (
                    "looks at the short term only",
                    "nothing here is counted over months",
                    "add what shows later, for example `repeat_purchase_rate_90d`",
                ),
                (false, true) => (
                    "looks at the long term only",
                    "nothing here is known before months have passed",
                    "add what shows soon, for example `click_rate_7d`",
                ),
                _ => return,
            };
        let name = &journey.name.value;
        out.fail(first.span.to(last.span), format!("`{name}` {message}"))
            .label(label)
            .why("clicks can rise while customers leave; and what shows only in a year comes too late to correct")
            .help(help);
    }
}
