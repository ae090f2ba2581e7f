use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::Journey;

rule! {
    MetricMissing, id: "metric-missing", group: Governance, level: Warning, docs: "metric_missing.md",
}

impl Rule for MetricMissing {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !journey.metrics.is_empty() {
            return;
        }
        let name = &journey.name.value;
        out.fail(journey.span(), format!("`{name}` is not measured"))
            .label("`metrics` is missing or empty")
            .why("what nobody measures gets worse without anybody noticing, except for the customers")
            .help("name what is measured, one soon and one later: `metrics: [click_rate_7d, repeat_purchase_rate_90d]`");
    }
}
