use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::metric::is_of_opens;
use crate::lint::rule::{Rule, rule};
use crate::model::Journey;

rule! {
    OpensOnly, id: "opens-only", group: Governance, level: Note, docs: "opens_only.md",
}

impl Rule for OpensOnly {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let (Some(first), Some(last)) = (journey.metrics.first(), journey.metrics.last()) else {
            return;
        };
        if !journey.metrics.iter().all(|it| is_of_opens(&it.value)) {
            return;
        }
        let name = &journey.name.value;
        out.fail(
            first.span.to(last.span),
            format!("`{name}` counts opened mails and nothing else"),
        )
        .label("mail programs open mail by themselves, without anybody reading it")
        .why("the numbers look fine while nobody reads, so nothing is put right")
        .help(
            "measure what people do: clicks, answers, visits, orders, for example `click_rate_7d`",
        );
    }
}
