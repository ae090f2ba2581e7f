use crate::diagnostic::Level;
use crate::graph::clocks_change;
use crate::lint::context::LintContext;
use crate::lint::duties::{Duty, on_the_hour, spoken};
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::{asks::place, catalogue, driver};
use crate::model::{Journey, Name, Step, TimeOfDay};
use crate::source::Spanned;

rule! {
    DstSensitiveDeadline, id: "dst-sensitive-deadline", group: Timing, level: Note, docs: "dst_sensitive_deadline.md"
}

impl Rule for DstSensitiveDeadline {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        for (step, _) in journey.walk() {
            match &step.value {
                Step::Wait(it) => at_night(it.at.as_ref(), it.zone.as_ref(), out),
                Step::WaitUntil(it) => at_night(it.at.as_ref(), None, out),
                _ => {}
            }
        }
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() {
            return;
        }
        for duty in Duty::ALL {
            let Some(info) = catalogue::find(duty.rule()) else {
                continue;
            };
            if driver::level_of(cx.project(), info).is_none() {
                continue;
            }
            let limit = cx.elapsed(info);
            for (graph, path) in on_the_hour(cx, duty, limit) {
                let node = graph.node(path.target());
                let id = node.id().unwrap_or_default();
                let rule = duty.rule();
                out.fail(
                    place(node),
                    format!("a clock change makes `{id}` miss its deadline"),
                )
                .subject(rule)
                .label(format!(
                    "at most {} after the payment, an hour more than `{rule}` allows",
                    spoken(path.length().finite().unwrap_or(limit))
                ))
                .why("days are counted on the clock on the wall: once a year one of them has 25 hours")
                .help("leave room for an hour: wait in hours, or a little less")
                .witness(Some(graph.witness(&path)));
            }
        }
    }
}

/// Between two and three in the morning is the hour that clocks jump over, or pass twice.
fn at_night(at: Option<&Spanned<TimeOfDay>>, zone: Option<&Name>, out: &mut Findings) {
    let Some(at) = at.filter(|it| (120..180).contains(&it.value.minutes)) else {
        return;
    };
    if !clocks_change(zone.map(|it| &*it.value)) {
        return;
    }
    out.fail(at.span, format!("{} does not come every night", at.value))
        .level(Level::Note)
        .subject(at.value.to_string())
        .label("clocks jump over this hour in spring, and pass it twice in autumn")
        .why("on two nights a year nobody knows when this happens, or how often")
        .help("take a time before 01:00 or after 03:00, or rather one by day");
}
