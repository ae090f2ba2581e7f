use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Elapsed, NodeKind};
use crate::lint::context::LintContext;
use crate::lint::cycles::{Link, circles};
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
        let starts: BTreeSet<&str> = open.keys().copied().collect();
        let mut links: Vec<Link<'_, Name>> = Vec::new();
        for (name, journey) in &open {
            let enters = |it: &Step| matches!(it, Step::Enter(to) if starts.contains(&*to.value));
            if !journey.walk().iter().any(|(it, _)| enters(&it.value)) {
                continue;
            }
            let graph = cx.graph(journey);
            for (id, node) in graph.nodes() {
                if let NodeKind::Enter(to) = node.kind
                    && let Some(took) = graph.earliest(id)
                    && let Some((to, _)) = open.get_key_value(&*to.value)
                {
                    links.push(Link {
                        from: name,
                        to,
                        took,
                        by: enter_of(journey, to),
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

/// The place that starts another journey.
fn enter_of<'j>(journey: &'j Journey, to: &str) -> Option<&'j Name> {
    journey
        .walk()
        .into_iter()
        .find_map(|(it, _)| match &it.value {
            Step::Enter(name) if *name.value == *to => Some(name),
            _ => None,
        })
}

fn report(circle: &[Link<'_, Name>], took: Elapsed, out: &mut Findings) {
    let Some((first, rest)) = circle.split_first() else {
        return;
    };
    let Some(place) = first.by else { return };
    let headline = match rest {
        [] => format!("`{}` starts itself again every {took}", first.from),
        _ => format!(
            "`{}` and `{}` keep starting each other",
            first.from, first.to
        ),
    };
    let mut finding = out
        .fail(place.span, headline)
        .subject(first.to)
        .label(format!("back at the beginning after {took}, without end"))
        .why("the customer gets the same letters again and again, for as long as they stay")
        .help(format!(
            "write `reentry: never` or `reentry: {{after: 180d}}` in `{}`, or take out this `enter`",
            first.from
        ));
    for link in rest {
        if let Some(name) = link.by {
            finding = finding.related(
                name.span,
                format!("and `{}` starts `{}`", link.from, link.to),
            );
        }
    }
}
