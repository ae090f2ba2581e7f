use std::collections::{BTreeMap, BTreeSet};

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::model::{Class, Journey, Milestone};

rule! {
    SuppressionInconsistent, id: "suppression-inconsistent", group: Overlap, level: Warning,
    docs: "suppression_inconsistent.md"
}

/// What makes it wrong to go on writing.
const BAD_NEWS: [Milestone; 5] = [
    Milestone::Unsubscribed,
    Milestone::Bounced,
    Milestone::ComplaintOpened,
    Milestone::Refunded,
    Milestone::ReturnRequested,
];

impl Rule for SuppressionInconsistent {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let mut sisters: BTreeMap<&str, Vec<&Journey>> = BTreeMap::new();
        for journey in cx.journeys().filter(|it| it.class == Class::Commercial) {
            let event = &*journey.trigger.event.value;
            sisters.entry(event).or_default().push(journey);
        }
        for sisters in sisters.values().filter(|it| it.len() > 1) {
            let minds: Vec<BTreeSet<&str>> = sisters.iter().map(|it| minds(cx, it)).collect();
            let all: BTreeSet<&str> = minds.iter().flatten().copied().collect();
            for event in all {
                let deaf = || {
                    minds
                        .iter()
                        .zip(sisters)
                        .filter(|(it, _)| !it.contains(event))
                };
                let Some((_, other)) = minds.iter().zip(sisters).find(|(it, _)| it.contains(event))
                else {
                    continue;
                };
                // What only a few mind may be special to them; what most mind is a rule of the house.
                if deaf().count() * 2 > sisters.len() {
                    continue;
                }
                for (_, journey) in deaf() {
                    report(journey, other, event, out);
                }
            }
        }
    }
}

/// The bad news that make people leave a journey.
fn minds<'p>(cx: &LintContext<'p>, journey: &'p Journey) -> BTreeSet<&'p str> {
    let means = |event: &str| cx.project().event(event)?.milestone.map(|it| it.value);
    let exits = journey.exits.iter().map(|it| &*it.on.value);
    let bad = |it: &&str| means(it).is_some_and(|it| BAD_NEWS.contains(&it));
    exits.filter(bad).collect()
}

fn report(journey: &Journey, other: &Journey, event: &str, out: &mut Findings) {
    let message = format!(
        "`{}` goes on after `{event}`, its sister does not",
        journey.name.value
    );
    let entry = match other.exits.iter().find(|it| *it.on.value == *event) {
        Some(exit) => {
            let only = exit.only.map(|it| format!(", only: {}", it.word()));
            format!("{{on: {event}{}}}", only.unwrap_or_default())
        }
        None => format!("{{on: {event}}}"),
    };
    let cure = vec![Rewrite::Add {
        of: Spot::File(journey.name.span.file),
        key: "exits",
        entry,
    }];
    let mut finding = out
        .fail(journey.trigger.event.span, message)
        .subject(event)
        .label(format!("both begin with `{}`", journey.trigger.event.value));
    if let Some(exit) = other.exits.iter().find(|it| *it.on.value == *event) {
        finding = finding.related(exit.on.span, format!("`{}` ends here", other.name.value));
    }
    finding
        .why("one letter respects what happened, and the next one does not")
        .help(format!(
            "add the exit `{event}`, or accept the difference with `allow`"
        ))
        .suggest(format!("add the exit `{event}`"), cure);
}
