use std::collections::BTreeMap;

use crate::graph::{Elapsed, NodeKind};
use crate::lint::context::LintContext;
use crate::lint::cycles::{Link, circles, in_circles};
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Journey, Name, Reentry, Step};

rule! {
    SelfTriggerCycle, id: "self-trigger-cycle", group: Logic, level: Error,
    docs: "self_trigger_cycle.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 30, business_days: 0 }, &[])
}

impl Rule for SelfTriggerCycle {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let open: BTreeMap<&str, &Journey> = cx
            .journeys()
            .filter(|it| lets_in_again(it))
            .map(|it| (&*it.name.value, it))
            .collect();
        let links = open.values().flat_map(|it| enters(&open, it));
        let round = in_circles(&links.collect::<Vec<_>>());
        let mut links = Vec::new();
        // Only these need their graphs: few at most, of however many journeys.
        for name in &round {
            let Some(journey) = open.get(name) else {
                continue;
            };
            let graph = cx.graph(journey);
            for (id, node) in graph.nodes() {
                if let NodeKind::Enter(by) = node.kind
                    && let Some(to) = round.get(&*by.value)
                    && let Some(took) = graph.earliest(id)
                {
                    links.push(Link {
                        from: name,
                        to,
                        took,
                        by,
                    });
                }
            }
        }
        let limit = cx.elapsed(self.info());
        for circle in circles(&links) {
            let took = circle.iter().fold(Elapsed::ZERO, |all, it| all + it.took);
            // Circles in which no time passes are told by a rule of their own; a clock change makes
            // no rhythm a rush.
            if took > Elapsed::ZERO && took + Elapsed::HOUR < limit {
                report(&circle, took, out);
            }
        }
    }
}

/// Whether the same person can come in as often as they are sent.
fn lets_in_again(journey: &Journey) -> bool {
    let reentry = journey.reentry.as_ref().map(|it| it.value);
    reentry.is_none_or(|it| it == Reentry::Always)
}

/// What a journey starts, whenever it does.
fn enters<'p>(open: &BTreeMap<&'p str, &'p Journey>, journey: &'p Journey) -> Vec<Link<'p, Name>> {
    let steps = journey.walk();
    let links = steps.filter_map(|(it, _)| match &it.value {
        Step::Enter(by) => Some(Link {
            from: &journey.name.value,
            to: open.get_key_value(&*by.value)?.0,
            took: Elapsed::ZERO,
            by,
        }),
        _ => None,
    });
    links.collect()
}

fn report(circle: &[Link<'_, Name>], took: Elapsed, out: &mut Findings) {
    let Some((first, rest)) = circle.split_first() else {
        return;
    };
    let headline = match rest {
        [] => format!("`{}` starts itself again every {took}", first.from),
        _ => format!(
            "`{}` and `{}` keep starting each other",
            first.from, first.to
        ),
    };
    let mut finding = out
        .fail(first.by.span, headline)
        .subject(first.to)
        .label(format!("back at the beginning after {took}, without end"))
        .why("the customer gets the same letters again and again, for as long as they stay")
        .help(format!(
            "write `reentry: never` or `reentry: {{after: 180d}}` in `{}`, or take out this `enter`",
            first.from
        ));
    for link in rest {
        let text = format!("and `{}` starts `{}`", link.from, link.to);
        finding = finding.related(link.by.span, text);
    }
}
