use crate::graph::lives::Cause;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::Journey;

rule! {
    SameTriggerCollision, id: "same-trigger-collision", group: Overlap, level: Warning,
    docs: "same_trigger_collision.md"
}

impl Rule for SameTriggerCollision {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        for life in cx.lives() {
            for party in life.parties(cx.project()) {
                let mut begun: Vec<&Journey> = party
                    .iter()
                    .filter(|it| it.cause == Cause::Event)
                    .map(|it| it.journey)
                    .filter(|it| speaks(it))
                    .collect();
                begun.sort_by_key(|it| it.priority);
                let undecided = begun.windows(2).find(|it| it[0].priority == it[1].priority);
                if let Some([first, second]) = undecided {
                    report(life.event, first, second, out);
                    break;
                }
            }
        }
    }
}

/// Whether the customer notices the journey at all.
fn speaks(journey: &Journey) -> bool {
    journey.walk().any(|(it, _)| !it.purposes().is_empty())
}

fn report(event: &str, first: &Journey, second: &Journey, out: &mut Findings) {
    let message = format!("`{event}` starts two journeys, and nothing says which goes first");
    let label = match second.priority {
        None => "no `priority`".to_owned(),
        Some(it) => format!("priority {it}, as the other"),
    };
    out.fail(second.trigger.event.span, message)
        .subject(event)
        .label(label)
        .related(
            first.trigger.event.span,
            format!("`{}` begins at the same moment", first.name.value),
        )
        .why("where a cap or a provider lets only one of them speak, chance decides what people read")
        .help("give each a `priority`: a higher number wins; or let a `where` tell their people apart");
}
