use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::stages::{is_young, touchpoints};
use crate::model::Stage;

rule! {
    PreSaleHeavy, id: "pre-sale-heavy", group: Coverage, level: Note, docs: "pre_sale_heavy.md",
    limit: Limit::Number(0.5, &[])
}

/// With fewer touchpoints before the sale a share says nothing.
const ENOUGH: u32 = 4;

impl Rule for PreSaleHeavy {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() || is_young(cx) {
            return;
        }
        let (mut early, mut late) = (0_u32, 0_u32);
        for touchpoint in touchpoints(cx) {
            let stages = touchpoint.stages();
            let is_late = |it: &Stage| matches!(it, Stage::After | Stage::Return);
            if stages.is_empty() {
                continue;
            }
            // What stands on both sides speaks for neither.
            if stages.iter().all(is_late) {
                late += 1;
            } else if !stages.iter().any(is_late) {
                early += 1;
            }
        }
        // Where nothing comes after the sale, other rules say so.
        if early < ENOUGH || late == 0 {
            return;
        }
        let wanted = cx.number(self.info());
        if f64::from(late) >= f64::from(early) * wanted {
            return;
        }
        let times = if late == 1 {
            "touchpoint"
        } else {
            "touchpoints"
        };
        out.fail(
            cx.project().brand.name.span,
            format!("{early} touchpoints before the sale, and {late} after it"),
        )
        .label(format!(
            "{late} {times} for those who have paid: fewer than {wanted} for each one before"
        ))
        .why("we court strangers, and have little to say to those who have trusted us")
        .help("write the next journey for customers: help to begin, news, thanks, what comes next");
    }
}
