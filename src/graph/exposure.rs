//! What can be met while something holds: a message that goes out although the customer has paid,
//! complained or said goodbye in the meantime.
//!
//! The event may come at any moment while a person is inside. So each node is looked at twice,
//! for those to whom it has not happened yet and for those to whom it has; only where time passes
//! does anybody change over. A condition that asks for the event lets only one of the two go on,
//! and protects what follows until time passes again. An exit that watches the event, with no
//! `where`, takes away everybody to whom it has happened.
//!
//! While a message is held back by a window or a cap, time passes, too; its own condition is asked
//! again when it is let go, a branch before it is not. That the event had happened before the entry
//! is not looked at.
//!
//! Those who came by a branch that leads everybody away to whom the event has happened, and came
//! there before it, are told apart from those who did not: whoever judges says something else of them.

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
    /// Whom being held back for no longer than this does not matter to.
    patience: Elapsed,
    /// Nodes that ask for the event in a way that is judged elsewhere.
    asking: Vec<NodeId>,
    /// For each edge whether it can be taken before the event, after it, and while it happens.
    open: Vec<[bool; 3]>,
    /// For each node and state the way back.
    before: Vec<[Option<Step>; 4]>,
    /// For each node and state the last branch that looked for the event before it happened.
    asked: Vec<[Option<EdgeId>; 4]>,
}

/// What is known of a person at a node: whether the event has happened, and whether a branch looked
/// for it before it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    happened: bool,
    asked: bool,
}

impl State {
    fn number(self) -> usize {
        usize::from(self.happened) + 2 * usize::from(self.asked)
    }

    fn of(number: usize) -> Self {
        Self {
            happened: number & 1 == 1,
            asked: number & 2 == 2,
        }
    }
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
    /// The way of the last branch that would have led the person away, and that they came by before
    /// the event: the check came too early.
    pub checked: Option<EdgeId>,
}

/// The last edge on the way to a node, and what was known of the person before.
#[derive(Debug, Clone, Copy)]
struct Step {
    edge: Option<EdgeId>,
    state: State,
}

/// The time, the stops, and those after the event.
type Cost = (i64, u32, u32);

impl<'m> Graph<'m> {
    /// Where people can be although `event` has happened since entry, and none of `ends` after it.
    /// Made once for all nodes: linear in the edges, but for a logarithm.
    pub fn exposed<'g>(&'g self, event: &'g str, ends: &[&str]) -> Exposed<'g, 'm> {
        self.exposed_with((event, ends), false, Elapsed::ZERO, Vec::new())
    }

    /// The same where the event that let people in counts as much as a later one: no exit sees it.
    pub fn exposed_from_entry<'g>(&'g self, event: &'g str, ends: &[&str]) -> Exposed<'g, 'm> {
        let begun = *self.journey.trigger.event.value == *event;
        self.exposed_with((event, ends), begun, Elapsed::ZERO, Vec::new())
    }

    /// The same for those whom it does not matter to that a message was on its way already, held back
    /// for no longer than `patience`.
    pub fn exposed_beyond<'g>(&'g self, event: &'g str, patience: Elapsed) -> Exposed<'g, 'm> {
        self.exposed_with((event, &[]), false, patience, Vec::new())
    }

    /// The same, where coming by one of these nodes counts as having been asked.
    pub fn exposed_unless<'g>(&'g self, event: &'g str, asking: Vec<NodeId>) -> Exposed<'g, 'm> {
        self.exposed_with((event, &[]), false, Elapsed::ZERO, asking)
    }

    fn exposed_with<'g>(
        &'g self,
        (event, ends): (&'g str, &[&str]),
        begun: bool,
        patience: Elapsed,
        asking: Vec<NodeId>,
    ) -> Exposed<'g, 'm> {
        let leaves = |it: &super::ExitWatch<'_>| {
            *it.event.value == *event && !it.filtered && it.only.is_none()
        };
        let mut res = Exposed {
            graph: self,
            event,
            leaves: !begun && self.exits.iter().any(leaves),
            begun,
            patience,
            asking,
            open: Vec::new(),
            before: Vec::new(),
            asked: Vec::new(),
        };
        if !res.leaves {
            res.open = open(self, event, ends);
            res.before = vec![[None; 4]; self.nodes.len()];
            res.asked = vec![[None; 4]; self.nodes.len()];
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
        self.at(node).is_some()
    }

    /// The shortest way on which a node is met although the event has happened, if it can be.
    pub fn at(&self, node: NodeId) -> Option<Exposure<'g>> {
        let ways = [self.unasked(node), self.asked(node)];
        let length = |it: &Exposure<'_>| (it.path.length(), it.path.stops.len());
        ways.into_iter().flatten().min_by_key(length)
    }

    /// The shortest way on which no branch looked for the event too early.
    pub fn unasked(&self, node: NodeId) -> Option<Exposure<'g>> {
        self.way(node, false)
    }

    /// The shortest way on which a branch did that would have led the person away.
    pub fn asked(&self, node: NodeId) -> Option<Exposure<'g>> {
        self.way(node, true)
    }

    fn way(&self, node: NodeId, asked: bool) -> Option<Exposure<'g>> {
        let watched = |it: &super::ExitWatch<'_>| *it.event.value == *self.event && !it.filtered;
        let stopped = !self.begun && self.graph.watches(node).any(watched);
        if self.leaves || stopped {
            return None;
        }
        let happened = true;
        let mut state = State { happened, asked };
        let checked = self.asked[node.0 as usize][state.number()];
        let mut steps = Vec::new();
        let mut at = node;
        while let Some(step) = self.before[at.0 as usize][state.number()] {
            steps.push((at, step.edge, state.happened));
            let Some(edge) = step.edge else { break };
            at = self.graph.edge(edge).from;
            state = step.state;
        }
        steps.reverse();
        (!steps.is_empty()).then(|| Exposure {
            event: self.event,
            path: self.path(&steps),
            happens: steps.iter().position(|it| it.2).unwrap_or(0),
            checked,
        })
    }

    /// Whether a way of a branch was taken because the event had not happened, and everybody else is
    /// led away there.
    fn looks(&self, id: EdgeId, edge: &Edge<'_>) -> bool {
        let is_branch = matches!(self.graph.node(edge.from).kind, NodeKind::Branch(_));
        is_branch && !self.open[id.0 as usize][1] && self.leave_at(edge.from)
    }

    /// Whether everybody to whom the event has happened leaves the journey at a node where others
    /// may go on: a branch that sends them straight to an end.
    fn leave_at(&self, node: NodeId) -> bool {
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
        let mut done = vec![[false; 4]; graph.nodes.len()];
        let mut costs: Vec<[Option<Cost>; 4]> = vec![[None; 4]; graph.nodes.len()];
        let mut queue = BinaryHeap::new();
        let start = State {
            happened: *graph.journey.trigger.event.value == *self.event,
            asked: false,
        };
        costs[0][start.number()] = Some((0, 0, 0));
        self.before[0][start.number()] = Some(Step {
            edge: None,
            state: start,
        });
        queue.push(Reverse(((0i64, 0u32, 0u32), 0u32, start.number())));
        while let Some(Reverse((cost, node, number))) = queue.pop() {
            if std::mem::replace(&mut done[node as usize][number], true) {
                continue;
            }
            let state = State::of(number);
            self.remember(node as usize, state);
            for (id, edge) in graph.leaving(NodeId(node)) {
                for happened in [false, true] {
                    if !self.goes(id, edge, state.happened, happened) {
                        continue;
                    }
                    let looks = !happened && self.looks(id, edge);
                    let then = State {
                        happened,
                        asked: state.asked || looks || self.asking.contains(&edge.from),
                    };
                    let cost = dearer(cost, edge, happened);
                    let to = (edge.to.0 as usize, then.number());
                    if costs[to.0][to.1].is_none_or(|it| cost < it) {
                        costs[to.0][to.1] = Some(cost);
                        self.before[to.0][to.1] = Some(Step {
                            edge: Some(id),
                            state,
                        });
                        queue.push(Reverse((cost, edge.to.0, to.1)));
                    }
                }
            }
        }
    }

    /// Takes over who looked last on the way to a node.
    fn remember(&mut self, node: usize, state: State) {
        let Some(Step {
            edge: Some(id),
            state: before,
        }) = self.before[node][state.number()]
        else {
            return;
        };
        let edge = *self.graph.edge(id);
        let earlier = self.asked[edge.from.0 as usize][before.number()];
        let own = (!state.happened && self.looks(id, &edge)).then_some(id);
        self.asked[node][state.number()] = own.or(earlier);
    }

    /// Whether an edge can be taken by somebody to whom the event has happened, or not, before it
    /// and at its end.
    fn goes(&self, id: EdgeId, edge: &Edge<'_>, now: bool, then: bool) -> bool {
        let open = self.open[id.0 as usize];
        match (now, then) {
            (false, true) => {
                let takes_time = self.graph.takes_time(edge, self.patience);
                open[2] && (takes_time || edge.kind == EdgeKind::Event(self.event))
            }
            (true, false) => false,
            _ => open[usize::from(then)],
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
    /// Whether something can happen on an edge, if being held back for so long does not matter.
    fn takes_time(&self, edge: &Edge<'_>, patience: Elapsed) -> bool {
        let hi = |it: &Edge<'_>| it.stretch.nominal.hi;
        let is_hold = |it: NodeId| matches!(self.node(it).kind, NodeKind::Hold(_));
        let held = |it: &Edge<'_>| hi(it) > Bound::Finite(patience);
        match (edge.kind, self.node(edge.from).kind) {
            // Other rounds are gone through one by one.
            (EdgeKind::Rounds(_), _) => false,
            (_, NodeKind::Hold(_)) => held(edge),
            // Who was held back, and then passed over by the message's own condition, goes on later.
            (_, NodeKind::Send(_)) => {
                let mut arriving = self.arriving(edge.from);
                arriving.any(|(_, it)| is_hold(it.from) && held(it))
            }
            _ => hi(edge) > Bound::ZERO,
        }
    }

    /// The guard before a hold: it is asked again when the message is let go.
    fn guard_of(&self, hold: NodeId) -> Option<&Node<'_>> {
        let mut arriving = self.arriving(hold).map(|(_, it)| self.node(it.from));
        let own = self.node(hold).step.map(|it| it.span);
        arriving.find(|it| matches!(it.kind, NodeKind::Guard) && it.step.map(|it| it.span) == own)
    }
}

/// For each edge whether it can be taken before the event, after it, and while it happens.
fn open(graph: &Graph<'_>, event: &str, ends: &[&str]) -> Vec<[bool; 3]> {
    let mut res = vec![[true; 3]; graph.edges.len()];
    for (node, it) in graph.nodes().filter(|it| graph.is_reachable(it.0)) {
        let supposed = |happened, age| Supposed {
            event,
            ends,
            happened,
            triggers: *graph.journey.trigger.event.value == *event,
            age,
        };
        let latest = graph.latest(node).unwrap_or(Bound::Endless);
        let before = Choice::at(it, &supposed(false, latest));
        let after = Choice::at(it, &supposed(true, latest));
        let guard = match it.kind {
            NodeKind::Hold(_) => graph.guard_of(node),
            _ => None,
        };
        for (id, edge) in graph.leaving(node) {
            let open = &mut res[id.0 as usize];
            *open = [&before, &after, &after].map(|it| it.may_take(edge.kind));
            // What is dropped for the cap is dropped, whatever its condition says then.
            if let Some(guard) = guard.filter(|_| edge.kind != EdgeKind::Capped) {
                let held = edge.elapsed().hi;
                for (at, age) in [(1, latest + held), (2, held)] {
                    let choice = Choice::at(guard, &supposed(true, age));
                    open[at] &= choice.may_take(EdgeKind::Next);
                }
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
                    // Only events that a filter lets through have not come, and one that let people in
                    // need not come again.
                    missing: !own || !supposed.happened || supposed.triggers || it.filter.is_some(),
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
