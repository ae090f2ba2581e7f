use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Graph, NodeId, NodeKind};
use crate::lint::asks::place;
use crate::lint::capped::OneIn;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::lint::voice::{People, people, several_people};
use crate::model::Journey;

rule! {
    HandoverUnannounced, id: "handover-unannounced", group: Relationship, level: Warning,
    docs: "handover_unannounced.md",
}

/// More are not told for one journey: who corrects these has seen the pattern.
const MOST: usize = 5;

impl Rule for HandoverUnannounced {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !several_people(cx, journey) {
            return;
        }
        let graph = &*cx.graph(journey);
        let people = people(cx, journey, graph);
        let one = OneIn::of(cx.project());
        for change in changes(graph, &people, one).iter().take(MOST) {
            report(graph, &people, change, out);
        }
    }
}

/// A letter by somebody other than the last one who wrote.
struct Change {
    /// The last letter of the one before.
    before: NodeId,
    /// The letter of the new one.
    here: NodeId,
}

/// The first change between any two people that no letter announces. Of two letters of which the cap drops
/// one, the second changes nothing.
fn changes(graph: &Graph<'_>, people: &People<'_>, one: OneIn) -> Vec<Change> {
    // For each node, who may have written last, and in which letter.
    let mut last: BTreeMap<NodeId, BTreeMap<usize, NodeId>> = BTreeMap::new();
    let again = graph.loops().filter(|(_, it)| it.times > 1);
    let rounds = again.map(|(_, it)| (it.head, it.tail));
    let rounds: BTreeMap<NodeId, NodeId> = rounds.collect();
    let mut seen = BTreeSet::new();
    let mut res = Vec::new();
    for _ in 0..=rounds.len().min(2) {
        for (id, _) in graph.nodes() {
            let arriving = graph.arriving(id).map(|(_, it)| it.from);
            let mut here: BTreeMap<usize, NodeId> = BTreeMap::new();
            for from in arriving.chain(rounds.get(&id).copied()) {
                here.extend(last.get(&from).into_iter().flatten());
            }
            if let Some(signed) = people.signed.get(&id) {
                let mut kept = BTreeMap::new();
                for (person, before) in here {
                    if one.drops_one(graph, before, id) {
                        kept.insert(person, before);
                        continue;
                    }
                    let is_said = person == signed.person || signed.takes_over >> person & 1 == 1;
                    if !is_said && seen.insert((person, signed.person)) {
                        res.push(Change { before, here: id });
                    }
                }
                kept.entry(signed.person).or_insert(id);
                here = kept;
            }
            last.insert(id, here);
        }
    }
    res
}

fn report(graph: &Graph<'_>, people: &People<'_>, change: &Change, out: &mut Findings) {
    let person = |it| {
        people
            .signed
            .get(it)
            .map_or(("", ""), |it| people.names[it.person])
    };
    let ((old, old_id), (new, _)) = (person(&change.before), person(&change.here));
    let node = graph.node(change.here);
    let step = node.id().unwrap_or_default();
    let path = graph.path_through(&[change.before, change.here]);
    let finding = out
        .fail(
            place(node),
            format!("`{new}` takes over from `{old}` without a word"),
        )
        .label(format!("written by `{new}`"))
        .related(
            place(graph.node(change.before)),
            format!("the letter before is written by `{old}`"),
        )
        .why("a stranger suddenly knows about the order, and nobody says what became of the other one")
        .help(format!(
            "let `{step}` say who takes over and why, and write `handover_from: {old_id}`; or let \
             `{old}` write it: `from: {old_id}`"
        ))
        .subject(format!("{old} to {new}"))
        .witness(path.map(|it| graph.witness(&it)));
    if let (NodeKind::Send(send), Some(own)) = (node.kind, node.step)
        && send.handover_from.is_none()
    {
        finding.suggest(
            format!("declare that `{step}` introduces `{new}`"),
            vec![Rewrite::Set {
                of: Spot::Step(own.span),
                key: "handover_from",
                value: old_id.to_owned(),
            }],
        );
    }
}
