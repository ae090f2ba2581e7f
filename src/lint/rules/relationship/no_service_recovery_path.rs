use std::collections::BTreeMap;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Milestone, Purpose, Step};

rule! {
    NoServiceRecoveryPath, id: "no-service-recovery-path", group: Relationship, level: Warning,
    docs: "no_service_recovery_path.md",
}

/// What has gone wrong for the customer.
const BAD: [Milestone; 3] = [
    Milestone::ComplaintOpened,
    Milestone::ReturnRequested,
    Milestone::Refunded,
];

impl Rule for NoServiceRecoveryPath {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() {
            return;
        }
        let bad = BAD.iter().flat_map(|it| cx.project().events_of(*it));
        let mut by_event: BTreeMap<&str, Vec<&Journey>> =
            bad.map(|it| (&*it.value, Vec::new())).collect();
        for journey in cx.journeys() {
            if let Some(heard) = by_event.get_mut(&*journey.trigger.event.value) {
                heard.push(journey);
            }
        }
        for (event, journeys) in by_event {
            let Some(first) = journeys.first() else {
                continue;
            };
            if journeys.iter().any(|it| makes_good(it)) {
                continue;
            }
            let name = &first.name.value;
            out.fail(
                first.trigger.event.span,
                format!("nobody makes good what went wrong (`{event}`)"),
            )
            .label(format!("`{name}` only takes note of it"))
            .why("people forgive a mistake when somebody looks after them, and tell others when nobody does")
            .help(
                "add what helps: an apology, news on how it goes on, or a call (`task`); a call that others \
                 make is a `touch`",
            )
            .subject(event);
        }
    }
}

/// Whether a journey says sorry, tells how it goes on, or brings a person.
fn makes_good(journey: &Journey) -> bool {
    let helps = |it: &Purpose| {
        matches!(
            it,
            Purpose::Apology
                | Purpose::StatusUpdate
                | Purpose::CheckIn
                | Purpose::DelayNotice
                | Purpose::NextSteps
        )
    };
    journey.walk().any(|(step, _)| {
        matches!(step.value, Step::Task(_)) || step.purposes().iter().any(|it| helps(&it.value))
    })
}
