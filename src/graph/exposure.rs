//! What can be met while something holds: a message that goes out although the customer has paid,
//! complained or said goodbye in the meantime.
//!
//! The event may come at any moment while a person is inside. So each node is looked at twice,
//! for those to whom it has not happened yet and for those to whom it has; only where time passes
//! does anybody change over. A condition that asks for the event lets only one of the two go on,
//! and protects what follows until time passes again. An exit that watches the event, with no
//! `where`, takes away everybody to whom it has happened.
//!
//! While a message is held back, time passes: the event may come then, unless the message's own
//! condition, which is asked again when it is let go, keeps it away. That the event had happened before
//! the entry is not looked at.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::path::{By, Path, Stop};
use super::suppose::Supposed;
use super::time::{Bound, Elapsed};
use super::{Edge, EdgeId, EdgeKind, Graph, LoopId, Node, NodeId, NodeKind};
use crate::diagnostic::{Moment, MomentKind, Witness};
use crate::model::Condition;

/// Who can be where although an event has happened since entry.
pub struct Exposed<'g, 'm> {
    graph: &'g Graph<'m>,
    event: &'g str,
    /// Whether an exit takes away everybody to whom it happens.
    leaves: bool,
    /// Whether it has happened to everybody who comes in, and no exit has seen it.
    begun: bool,
    /// For each edge whether it can be taken before the event, and after it.
    open: Vec<[bool; 2]>,
    /// For each node, before and after the event, the way back.
    before: Vec<[Option<Step>; 2]>,
    /// For each node, before and after the event, the last place that asked for it before.
    asked: Vec<[Option<EdgeId>; 2]>,
}

/// A way on which a node is met although an event has happened since entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure<'g> {
    /// The event.
    pub event: &'g str,
    /// The shortest way, from the entry to the node.
    pub path: Path,
    /// The first stop to which the person comes after the event: it happens on the way there. 0 if
    /// it is the event that let the person in.
    pub happens: usize,
    /// The last place before the event at which the journey asked for it, and heard that it had not
    /// happened: the check came too early.
    pub checked: Option<EdgeId>,
}

/// The last edge on the way to a node, and whether the event had happened before.
#[derive(Debug, Clone, Copy)]
struct Step {
    edge: Option<EdgeId>,
    happened: bool,
}

/// The time, the stops, and those after the event.
type Cost = (i64, u32, u32);

impl<'m> Graph<'m> {
    /// Where people can be although `event` has happened since entry, and none of `ends` after it.
    /// Made once for all nodes: linear in the edges, but for a logarithm.
    pub fn exposed<'g>(&'g self, event: &'g str, ends: &[&str]) -> Exposed<'g, 'm> {
        self.find_exposed(event, ends, false)
    }

    /// The same where the event that let people in counts as much as a later one: no exit sees it.
    pub fn exposed_from_entry<'g>(&'g self, event: &'g str, ends: &[&str]) -> Exposed<'g, 'm> {
        let begun = *self.journey.trigger.event.value == *event;
        self.find_exposed(event, ends, begun)
    }

    fn find_exposed<'g>(&'g self, event: &'g str, ends: &[&str], begun: bool) -> Exposed<'g, 'm> {
        let leaves = |it: &super::ExitWatch<'_>| {
            *it.event.value == *event && !it.filtered && it.only.is_none()
        };
        let mut res = Exposed {
            graph: self,
            event,
            leaves: !begun && self.exits.iter().any(leaves),
            begun,
            open: Vec::new(),
            before: Vec::new(),
            asked: Vec::new(),
        };
        if !res.leaves {
            res.open = open(self, event, ends);
            res.before = vec![[None; 2]; self.nodes.len()];
            res.asked = vec![[None; 2]; self.nodes.len()];
            res.search();
        }
        res
    }

    /// The way as a timeline, with the event.
    pub fn exposure_witness(&self, exposure: &Exposure<'_>) -> Witness {
        let mut witness = self.witness(&exposure.path);
        let stops = &exposure.path.stops;
        let Some(before) = exposure.happens.checked_sub(1).and_then(|it| stops.get(it)) else {
            return witness;
        };
        let after = &stops[exposure.happens];
        let told = |id| self.edge(id).kind == EdgeKind::Event(exposure.event);
        if after.via.is_some_and(told) {
            return witness;
        }
        let (Bound::Finite(from), Bound::Finite(to)) = (before.at, after.at) else {
            return witness;
        };
        // Halfway through, to have one moment of the many.
        let at = from.0 + (to.0 - from.0) / 2;
        let place = if at > from.0 {
            witness.moments.partition_point(|it| it.at < at)
        } else {
            witness.moments.len().saturating_sub(1)
        };
        let moment = Moment {
            at,
            kind: MomentKind::Event,
            name: exposure.event.to_owned(),
            span: None,
        };
        witness.moments.insert(place, moment);
        witness
    }
}

impl<'g> Exposed<'g, '_> {
    /// The event.
    pub fn event(&self) -> &'g str {
        self.event
    }

    /// Whether a node can be met although the event has happened. `false` means that everybody is
    /// kept from it: by an exit, or by a condition that no time passes after.
    pub fn meets(&self, node: NodeId) -> bool {
        let watched = |it: &super::ExitWatch<'_>| *it.event.value == *self.event && !it.filtered;
        !self.leaves
            && (self.begun || !self.graph.watches(node).any(watched))
            && self.before[node.0 as usize][1].is_some()
    }

    /// The last place on the shortest way to a node at which the journey asked for the event before
    /// it happened.
    pub fn checked(&self, node: NodeId) -> Option<EdgeId> {
        self.asked.get(node.0 as usize)?[1]
    }

    /// The shortest way on which a node is met although the event has happened, if it can be.
    pub fn at(&self, node: NodeId) -> Option<Exposure<'g>> {
        if !self.meets(node) {
            return None;
        }
        let mut steps = Vec::new();
        let (mut at, mut happened) = (node, true);
        while let Some(step) = self.before[at.0 as usize][usize::from(happened)] {
            steps.push((at, step.edge, happened));
            let Some(edge) = step.edge else { break };
            at = self.graph.edge(edge).from;
            happened = step.happened;
        }
        steps.reverse();
        Some(Exposure {
            event: self.event,
            path: self.path(&steps),
            happens: steps.iter().position(|it| it.2).unwrap_or(0),
            checked: self.checked(node),
        })
    }

    /// The edge, if it was taken because the event had not happened.
    fn refusing(&self, id: EdgeId) -> Option<EdgeId> {
        // To wait for what ends it is not to ask for it.
        let asks = match self.graph.node(self.graph.edge(id).from).kind {
            NodeKind::WaitFor(it) => *it.event.value == *self.event,
            _ => true,
        };
        (asks && !self.open[id.0 as usize][1]).then_some(id)
    }

    /// Whether everybody to whom the event has happened leaves the journey at a node where others
    /// may go on: a branch that sends them straight to an end.
    pub fn leave_at(&self, node: NodeId) -> bool {
        if self.leaves {
            return false;
        }
        let ends = |id: NodeId| self.graph.node(id).is_terminal();
        let edges = || self.graph.leaving(node);
        let after = || edges().filter(|(id, _)| self.open[id.0 as usize][1]);
        let goes_on =
            |(id, edge): (EdgeId, &Edge<'_>)| self.open[id.0 as usize][0] && !ends(edge.to);
        after().next().is_some() && after().all(|it| ends(it.1.to)) && edges().any(goes_on)
    }

    fn path(&self, way: &[(NodeId, Option<EdgeId>, bool)]) -> Path {
        let mut again: Vec<LoopId> = Vec::new();
        let mut at = Elapsed::ZERO;
        let mut stops = Vec::with_capacity(way.len());
        for (node, via, _) in way {
            let mut rounds = 0;
            if let Some(id) = via {
                let edge = self.graph.edge(*id);
                let mut took = edge.stretch.nominal.lo;
                match edge.kind {
                    EdgeKind::Again(id) => {
                        again.push(id);
                        rounds = 1;
                    }
                    EdgeKind::Rounds(id) => {
                        let it = self.graph.repetition(id);
                        let all = it.times - 1;
                        // Rounds that the way went through are no part of the rest.
                        let gone = super::count(again.iter().filter(|it| **it == id).count());
                        rounds = all.saturating_sub(gone);
                        took = Elapsed(took.0 / i64::from(all.max(1)) * i64::from(rounds));
                    }
                    _ => {}
                }
                at = at + took;
            }
            stops.push(Stop {
                node: *node,
                via: *via,
                at: Bound::Finite(at),
                rounds,
                shifted: false,
            });
        }
        Path {
            by: By::Shortest,
            shifted: false,
            stops,
        }
    }

    /// The shortest ways, after Dijkstra.
    fn search(&mut self) {
        let graph = self.graph;
        let mut done = vec![[false; 2]; graph.nodes.len()];
        let mut costs: Vec<[Option<Cost>; 2]> = vec![[None; 2]; graph.nodes.len()];
        let mut queue = BinaryHeap::new();
        let triggers = *graph.journey.trigger.event.value == *self.event;
        let start = usize::from(triggers);
        costs[0][start] = Some((0, 0, 0));
        self.before[0][start] = Some(Step {
            edge: None,
            happened: false,
        });
        queue.push(Reverse(((0i64, 0u32, 0u32), 0u32, start)));
        while let Some(Reverse((cost, node, now))) = queue.pop() {
            if std::mem::replace(&mut done[node as usize][now], true) {
                continue;
            }
            self.remember(node as usize, now);
            for (id, edge) in graph.leaving(NodeId(node)) {
                for then in [false, true] {
                    if !self.goes(id, edge, now == 1, then) {
                        continue;
                    }
                    let cost = dearer(cost, edge, then);
                    let to = (edge.to.0 as usize, usize::from(then));
                    if costs[to.0][to.1].is_none_or(|it| cost < it) {
                        costs[to.0][to.1] = Some(cost);
                        self.before[to.0][to.1] = Some(Step {
                            edge: Some(id),
                            happened: now == 1,
                        });
                        queue.push(Reverse((cost, edge.to.0, to.1)));
                    }
                }
            }
        }
    }

    /// Takes over who asked last on the way to a node.
    fn remember(&mut self, node: usize, now: usize) {
        let Some(Step {
            edge: Some(id),
            happened,
        }) = self.before[node][now]
        else {
            return;
        };
        let from = self.graph.edge(id).from.0 as usize;
        let earlier = self.asked[from][usize::from(happened)];
        let own = if now == 0 { self.refusing(id) } else { None };
        self.asked[node][now] = own.or(earlier);
    }

    /// Whether the event can come while a message is held back that goes out all the same.
    fn slips(&self, edge: &Edge<'_>) -> bool {
        let hold = self.graph.node(edge.from);
        if edge.kind != EdgeKind::Held || edge.stretch.nominal.hi == Bound::ZERO {
            return false;
        }
        let supposed = Supposed {
            event: self.event,
            ends: &[],
            happened: true,
            triggers: *self.graph.journey.trigger.event.value == *self.event,
            age: edge.elapsed().hi,
        };
        let (only_if, unless) = hold.step.map_or((None, None), |it| it.conditions());
        let answer = |it: Option<&Condition>| supposed.answer(it?.parsed.as_ref().ok()?);
        answer(only_if) != Some(false) && answer(unless) != Some(true)
    }

    /// Whether an edge can be taken by somebody to whom the event has happened, or not, before it
    /// and at its end.
    fn goes(&self, id: EdgeId, edge: &Edge<'_>, now: bool, then: bool) -> bool {
        let open = self.open[id.0 as usize][usize::from(then)];
        match (now, then) {
            (false, true) => {
                open && (self.graph.takes_time(edge)
                    || edge.kind == EdgeKind::Event(self.event)
                    || self.slips(edge))
            }
            (true, false) => false,
            _ => open,
        }
    }
}

/// The cost at the end of an edge.
fn dearer(cost: Cost, edge: &Edge<'_>, happened: bool) -> Cost {
    // A way on which the cap drops messages is the last to be shown.
    let stops = match edge.kind {
        EdgeKind::Capped => 100,
        _ => 1,
    };
    (
        cost.0.saturating_add(edge.stretch.nominal.lo.0),
        cost.1.saturating_add(stops),
        // As late as possible: the nearest wait tells most.
        cost.2.saturating_add(u32::from(happened)),
    )
}

impl Graph<'_> {
    /// Whether something can happen on an edge. What holds a message back comes after it.
    fn takes_time(&self, edge: &Edge<'_>) -> bool {
        let long = |it: &Edge<'_>| it.stretch.nominal.hi > Bound::ZERO;
        match (edge.kind, self.node(edge.from).kind) {
            // Other rounds are gone through one by one, and what holds back comes after.
            (EdgeKind::Rounds(_), _) | (EdgeKind::Held | EdgeKind::Next, NodeKind::Hold(_)) => {
                false
            }
            (_, NodeKind::Send(_)) => {
                let mut arriving = self.arriving(edge.from);
                arriving
                    .any(|(_, it)| matches!(self.node(it.from).kind, NodeKind::Hold(_)) && long(it))
            }
            _ => long(edge),
        }
    }
}

/// For each edge whether it can be taken before the event, and after it.
fn open(graph: &Graph<'_>, event: &str, ends: &[&str]) -> Vec<[bool; 2]> {
    let mut res = vec![[true; 2]; graph.edges.len()];
    for (node, it) in graph.nodes().filter(|it| graph.is_reachable(it.0)) {
        for happened in [false, true] {
            let supposed = Supposed {
                event,
                ends,
                happened,
                triggers: *graph.journey.trigger.event.value == *event,
                age: graph.latest(node).unwrap_or(Bound::Endless),
            };
            let choice = Choice::at(it, &supposed);
            for (id, edge) in graph.leaving(node) {
                res[id.0 as usize][usize::from(happened)] = choice.may_take(edge.kind);
            }
        }
    }
    res
}

/// What is certain about the way that people choose at a node.
enum Choice {
    /// Nothing.
    Open,
    /// Whether the step after a guard happens, if that is certain.
    Guard(Option<bool>),
    /// What each condition of a branch answers.
    Branch(Vec<Option<bool>>),
    /// Whether the awaited event can have come, and whether it can be missing.
    WaitFor { came: bool, missing: bool },
    /// Whether a repetition certainly ends.
    Round { ends: bool },
}

impl Choice {
    fn at(node: &Node<'_>, supposed: &Supposed<'_>) -> Self {
        let answer = |it: &Condition| supposed.answer(it.parsed.as_ref().ok()?);
        match node.kind {
            NodeKind::Guard => {
                let (only_if, unless) = node.step.map_or((None, None), |it| it.conditions());
                let wants = only_if.map_or(Some(true), answer);
                let spares = unless.map_or(Some(true), |it| answer(it).map(|it| !it));
                Self::Guard(match (wants, spares) {
                    (Some(true), Some(true)) => Some(true),
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    _ => None,
                })
            }
            NodeKind::Branch(it) => {
                Self::Branch(it.when.iter().map(|it| answer(&it.condition)).collect())
            }
            NodeKind::WaitFor(it) => {
                let own = *it.event.value == *supposed.event;
                let ended = supposed.happened && supposed.ends.contains(&&*it.event.value);
                Self::WaitFor {
                    came: !ended && (supposed.happened || !own),
                    // Only events that a filter lets through have not come.
                    missing: !own || !supposed.happened || it.filter.is_some(),
                }
            }
            NodeKind::Round(it) => Self::Round {
                ends: it.until.as_ref().and_then(answer) == Some(true),
            },
            _ => Self::Open,
        }
    }

    fn may_take(&self, kind: EdgeKind<'_>) -> bool {
        match self {
            Self::Guard(Some(goes)) => *goes != (kind == EdgeKind::Skipped),
            Self::Branch(answers) => {
                let at = match kind {
                    EdgeKind::Way(at) => at as usize,
                    _ => answers.len(),
                };
                let before = answers.iter().take(at);
                answers.get(at) != Some(&Some(false))
                    && before.into_iter().all(|it| *it != Some(true))
            }
            Self::WaitFor { came, missing } => match kind {
                EdgeKind::Event(_) => *came,
                EdgeKind::Timeout(_) => *missing,
                _ => true,
            },
            Self::Round { ends } => !(*ends && matches!(kind, EdgeKind::Again(_))),
            Self::Open | Self::Guard(None) => true,
        }
    }
}
