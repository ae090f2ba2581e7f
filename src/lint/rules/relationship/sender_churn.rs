use std::collections::BTreeMap;

use crate::graph::{Graph, NodeId};
use crate::lint::asks::place;
use crate::lint::capped::OneIn;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::voice::{People, people, several_people};
use crate::model::Journey;

rule! {
    SenderChurn, id: "sender-churn", group: Relationship, level: Warning, docs: "sender_churn.md",
    limit: Limit::Number(1.0, &[])
}

/// More sets of people than this at one step do not occur in a journey that anybody wrote. Beyond it
/// the largest are kept, so that nothing is claimed that is not so.
const WIDEST: usize = 16;

/// Rounds beyond these bring nobody new.
const LONGEST: u32 = 16;

impl Rule for SenderChurn {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !several_people(cx, journey) {
            return;
        }
        let graph = &*cx.graph(journey);
        let people = people(cx, journey, graph);
        let Some(trail) = longest_trail(graph, &people, OneIn::of(cx.project())) else {
            return;
        };
        let count = u32::try_from(trail.len()).unwrap_or(u32::MAX);
        if f64::from(count) > cx.number(self.info()) {
            report(graph, &people, &trail, out);
        }
    }
}

/// The people who may have written to a customer by now, with the last of the letters that brought a
/// new one.
#[derive(Debug, Clone, Copy)]
struct Heard {
    who: u64,
    last: Option<usize>,
}

/// What may have been heard at each node, and the letters that brought somebody new, each with the
/// one before it.
#[derive(Default)]
struct Spread {
    heard: BTreeMap<NodeId, Vec<Heard>>,
    letters: Vec<(NodeId, Option<usize>)>,
}

impl Spread {
    /// Adds what is heard on one way to a node, unless another way there has heard all of them. Says
    /// whether it is new.
    fn add(&mut self, node: NodeId, new: Heard) -> bool {
        let known = self.heard.entry(node).or_default();
        if known.iter().any(|it| it.who | new.who == it.who) {
            return false;
        }
        known.retain(|it| it.who | new.who != new.who);
        known.push(new);
        if known.len() > WIDEST {
            known.sort_by_key(|it| std::cmp::Reverse(it.who.count_ones()));
            known.truncate(WIDEST);
        }
        true
    }

    /// Whether the cap drops a letter after one of those that were heard.
    fn is_dropped(&self, graph: &Graph<'_>, one: OneIn, node: NodeId, heard: Heard) -> bool {
        let before = |it: &usize| self.letters[*it].1;
        let mut chain = std::iter::successors(heard.last, before).map(|it| self.letters[it].0);
        chain.any(|it| it != node && one.drops_one(graph, it, node))
    }

    /// What is heard behind a node that these come to.
    fn behind(&mut self, people: &People<'_>, node: NodeId, mut heard: Heard) -> Heard {
        let Some(signed) = people.signed.get(&node) else {
            return heard;
        };
        let own = 1 << signed.person;
        if heard.who & own == 0 {
            self.letters.push((node, heard.last));
            heard.last = Some(self.letters.len() - 1);
        }
        heard.who = heard.who & !signed.takes_over | own;
        heard
    }
}

/// The letters by which most people come to write to one customer; each brings a new one. People
/// who have been introduced take the place of those before them.
fn longest_trail(graph: &Graph<'_>, people: &People<'_>, one: OneIn) -> Option<Vec<NodeId>> {
    let mut spread = Spread::default();
    let nobody = Heard { who: 0, last: None };
    spread.add(graph.entry(), nobody);
    let times = graph.loops().map(|(_, it)| it.times);
    let most = times.fold(1, u32::saturating_mul).min(LONGEST);
    let again = graph.loops().filter(|(_, it)| it.times > 1);
    let rounds = again.map(|(_, it)| (it.head, it.tail));
    let rounds: BTreeMap<NodeId, NodeId> = rounds.collect();
    let mut best: Option<Heard> = None;
    // In each round one person more may write; nobody has more than a few.
    for _ in 0..most {
        let mut brings_new = false;
        for (id, _) in graph.nodes() {
            let arriving = graph.arriving(id).map(|(_, it)| it.from);
            let sources: Vec<NodeId> = arriving.chain(rounds.get(&id).copied()).collect();
            let mut arrived: Vec<Heard> = Vec::new();
            for from in sources {
                arrived.extend(spread.heard.get(&from).into_iter().flatten());
            }
            for heard in arrived {
                // Of two letters the cap lets one through: the one before, or this one alone.
                let either = if spread.is_dropped(graph, one, id, heard) {
                    [Some(heard), Some(spread.behind(people, id, nobody))]
                } else {
                    [Some(spread.behind(people, id, heard)), None]
                };
                for heard in either.into_iter().flatten() {
                    brings_new |= spread.add(id, heard);
                    let is_more = |it: Heard| it.who.count_ones() < heard.who.count_ones();
                    if people.signed.contains_key(&id) && best.is_none_or(is_more) {
                        best = Some(heard);
                    }
                }
            }
        }
        if !brings_new {
            break;
        }
    }
    let best = best?;
    let before = |it: &usize| spread.letters[*it].1;
    let chain = std::iter::successors(best.last, before).map(|it| spread.letters[it].0);
    let mut trail: Vec<NodeId> = chain.collect();
    trail.reverse();
    // The letters of those who have been introduced away are not to blame.
    trail.retain(|it| {
        let person = people.signed.get(it).map(|it| it.person);
        person.is_some_and(|it| best.who >> it & 1 == 1)
    });
    Some(trail)
}

fn report(graph: &Graph<'_>, people: &People<'_>, trail: &[NodeId], out: &mut Findings) {
    let person = |it: &NodeId| {
        people
            .signed
            .get(it)
            .map_or(("", ""), |it| people.names[it.person])
    };
    let names: Vec<&str> = trail.iter().map(|it| person(it).0).collect();
    let ([first, .., last], [kept, ..]) = (trail, &*names) else {
        return;
    };
    let shown: Vec<String> = names.iter().take(4).map(|it| format!("`{it}`")).collect();
    let more = if names.len() > 4 { " and more" } else { "" };
    let count = names.len();
    let message = format!(
        "{count} people write to one customer: {}{more}",
        shown.join(", ")
    );
    let step = graph.node(*last).id().unwrap_or_default();
    let before = names[count - 2];
    let mut finding = out
        .fail(place(graph.node(*last)), message)
        .label(format!(
            "one more person on this way: `{}`",
            names[count - 1]
        ))
        .why(
            "the customer has to tell the story again each time, and nobody seems to be in charge",
        );
    for (node, name) in trail.iter().zip(&names).take(count - 1).take(4) {
        finding = finding.related(place(graph.node(*node)), format!("`{name}` writes here"));
    }
    let handover = trail.get(count - 2).map_or("", |it| person(it).1);
    finding
        .help(format!(
            "let one person or one desk write to the end, as with `from: {}`; or let `{step}` say that \
             `{before}` hands over, and write `handover_from: {handover}`",
            person(first).1
        ))
        .subject(format!("{kept} and {}", count - 1))
        .witness(graph.path_through(trail).map(|it| graph.witness(&it)));
}
