use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::metric::is_of_staying;
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Stage};

rule! {
    RetentionMetricMissing, id: "retention-metric-missing", group: Governance, level: Note,
    docs: "retention_metric_missing.md",
}

impl Rule for RetentionMetricMissing {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let is_late = |it: Stage| matches!(it, Stage::After | Stage::Return);
        let (Some(first), Some(last)) = (journey.metrics.first(), journey.metrics.last()) else {
            return;
        };
        if !journey.stage.values().any(is_late)
            || journey.metrics.iter().any(|it| is_of_staying(&it.value))
        {
            return;
        }
        let name = &journey.name.value;
        out.fail(
            first.span.to(last.span),
            format!("`{name}` does not measure whether customers stay"),
        )
        .label("none of these is about coming back, staying or leaving")
        .why("after the payment it is about staying; what is measured instead is what gets attention")
        .help("add one such as `repeat_purchase_rate_90d`, `churn_rate_365d` or `customer_lifetime_value_365d`");
    }
}
