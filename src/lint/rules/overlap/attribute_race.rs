use std::collections::BTreeMap;

use crate::lint::answers::conditions_of;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{ExprKind, Journey, Name, SetAttribute, Step};

rule! {
    AttributeRace, id: "attribute-race", group: Overlap, level: Warning, docs: "attribute_race.md"
}

/// A journey that writes an attribute.
type Writer<'p> = (&'p Journey, &'p SetAttribute);

impl Rule for AttributeRace {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let mut writers: BTreeMap<&str, Vec<Writer<'_>>> = BTreeMap::new();
        for journey in cx.journeys() {
            for (step, _) in journey.walk() {
                if let Step::Set(it) = &step.value {
                    writers
                        .entry(&it.attribute.value)
                        .or_default()
                        .push((journey, it));
                }
            }
        }
        writers.retain(|_, it| it.iter().any(|(other, _)| other.name != it[0].0.name));
        if writers.is_empty() {
            return;
        }
        let readers = readers(cx, &writers);
        for life in cx.lives() {
            for party in life.parties(cx.project()) {
                let inside = |it: &&Writer<'_>| {
                    party
                        .iter()
                        .any(|member| std::ptr::eq(member.journey, it.0))
                };
                for (attribute, writers) in &writers {
                    let Some((reader, place)) = readers.get(attribute) else {
                        continue;
                    };
                    let mut meeting = writers.iter().filter(inside);
                    let Some(first) = meeting.next() else {
                        continue;
                    };
                    let differs = |it: &&Writer<'_>| {
                        it.0.name != first.0.name && it.1.value.value != first.1.value.value
                    };
                    if let Some(second) = meeting.find(differs) {
                        report(attribute, *first, *second, (reader, place), out);
                    }
                }
            }
        }
    }
}

/// For each attribute that is written, the first condition that reads it.
fn readers<'p>(
    cx: &LintContext<'p>,
    writers: &BTreeMap<&'p str, Vec<Writer<'p>>>,
) -> BTreeMap<&'p str, (&'p Journey, &'p Name)> {
    let mut res = BTreeMap::new();
    for journey in cx.journeys() {
        for condition in conditions_of(journey) {
            let Ok(expr) = &condition.parsed else {
                continue;
            };
            expr.walk(&mut |it| {
                if let ExprKind::Contact(name) = &it.kind
                    && let Some((attribute, _)) = writers.get_key_value(&**name)
                {
                    res.entry(*attribute).or_insert((journey, &condition.text));
                }
            });
        }
    }
    res
}

fn report(
    attribute: &str,
    first: Writer<'_>,
    second: Writer<'_>,
    (reader, place): (&Journey, &Name),
    out: &mut Findings,
) {
    let message = format!("two journeys write `{attribute}` at the same time");
    out.fail(second.1.attribute.span, message)
        .subject(format!("{attribute} {}", first.0.name.value))
        .label("the one that comes last wins, and nobody knows which that is")
        .related(
            first.1.attribute.span,
            format!("`{}` writes another value", first.0.name.value),
        )
        .related(place.span, format!("`{}` decides by it", reader.name.value))
        .why("which letters a customer gets depends on which of two machines was faster")
        .help("let one journey write it, or give each an attribute of its own");
}
