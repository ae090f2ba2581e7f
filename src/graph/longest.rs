//! The one pass that every question of time is answered with.
//!
//! Longest times from a node, in one go over the node numbers. A shortest path is a longest one of
//! negative lengths, so the same pass finds both. Marked nodes and edges end a path: what is asked
//! is always the time until something is met for the first time.
//!
//! Repetitions are never unrolled. The nodes of a round stand for all rounds, and the pass adds
//! what the other rounds take: at the edge that leaves a repetition, at nodes inside that are only
//! met in the last round, and once around for what stands before the start in the next round.

use std::cmp::Reverse;

use super::marks::Marks;
use super::operators::{Lens, Origin};
use super::path::{By, Path, Stop};
use super::sum::Sum;
use super::time::Bound;
use super::{Edge, EdgeId, EdgeKind, Graph, LoopId, NodeId, NodeKind};

/// The lengths of the longest paths from one node.
pub(super) struct Longest<'g, 'm> {
    graph: &'g Graph<'m>,
    by: By,
    lens: Lens,
    marks: &'g Marks,
    origin: Origin,
    /// For each repetition a whole round that meets no mark, up to the next.
    free: Vec<Sum>,
    direct: Pass,
    /// For each repetition around the start, from inside to outside: its nodes, in a later round.
    later: Vec<(LoopId, Pass)>,
}

/// Lengths for a run of nodes that begins where the paths begin.
struct Pass {
    start: NodeId,
    /// The repetition that begins with the start, if the paths come into it from outside.
    into: Option<LoopId>,
    sums: Vec<Sum>,
}

impl Pass {
    fn nowhere(start: NodeId) -> Self {
        Self {
            start,
            into: None,
            sums: Vec::new(),
        }
    }

    fn nodes(&self) -> impl Iterator<Item = NodeId> {
        (self.start.0..).map(NodeId).take(self.sums.len())
    }

    fn get(&self, node: NodeId) -> Sum {
        let at = node.0.checked_sub(self.start.0).map(|it| it as usize);
        at.and_then(|it| self.sums.get(it))
            .copied()
            .unwrap_or(Sum::NONE)
    }
}

impl<'g, 'm> Longest<'g, 'm> {
    /// Goes from the origin until marks.
    pub(super) fn run(
        graph: &'g Graph<'m>,
        by: By,
        lens: Lens,
        marks: &'g Marks,
        origin: &Origin,
    ) -> Self {
        let mut res = Self {
            graph,
            by,
            lens,
            marks,
            origin: *origin,
            free: Self::rounds(graph, by, lens, marks),
            direct: Pass::nowhere(origin.node),
            later: Vec::new(),
        };
        let first = match by {
            By::Shortest => Sum::ZERO,
            By::Longest => origin.age,
        };
        // Who comes along an edge to the beginning of a round begins with the first round.
        let begins = |id: &LoopId| graph.repetition(*id).head == origin.node;
        let into = graph
            .node(origin.node)
            .within
            .filter(|it| origin.via.is_some() && begins(it));
        res.direct = res.pass(origin.node, into, first, graph.end());
        let around: Vec<LoopId> = graph.loops_around(origin.node).collect();
        for id in around.into_iter().filter(|it| Some(*it) != into) {
            let it = graph.repetition(id);
            let again = res.direct_out(it.tail).then(res.again(id));
            if it.times > 1 && !again.is_none() {
                res.later
                    .push((id, res.pass(it.head, None, again, it.tail)));
            }
        }
        res
    }

    /// For each repetition a whole round that meets no mark, up to the beginning of the next.
    pub(super) fn rounds(graph: &'g Graph<'m>, by: By, lens: Lens, marks: &'g Marks) -> Vec<Sum> {
        let mut res = Self {
            graph,
            by,
            lens,
            marks,
            origin: graph.origin(graph.entry()),
            free: vec![Sum::NONE; graph.loops.len()],
            direct: Pass::nowhere(graph.entry()),
            later: Vec::new(),
        };
        // Inner ones have higher numbers.
        for (number, it) in graph.loops.iter().enumerate().rev() {
            if !marks.has_node(it.head) && !marks.has_node(it.tail) {
                let round = res.pass(it.head, None, Sum::ZERO, it.tail).get(it.tail);
                res.free[number] = round.then(Sum::of(it.every, by));
            }
        }
        res.free
    }

    fn pass(&self, start: NodeId, into: Option<LoopId>, first: Sum, last: NodeId) -> Pass {
        let mut pass = Pass {
            start,
            into,
            sums: vec![first],
        };
        // Nothing beyond is reached: most passes end at the next mark.
        let mut reach = start.0;
        let mut at = start.0;
        loop {
            let ended = self.marks.has_node(NodeId(at)) && at != start.0;
            if !ended && !pass.get(NodeId(at)).is_none() {
                let onward = self.graph.leaving(NodeId(at));
                let onward = onward.filter(|(id, _)| !self.marks.has_edge(*id));
                reach = onward.fold(reach, |far, (_, edge)| far.max(edge.to.0));
            }
            if at >= reach.min(last.0) {
                return pass;
            }
            at += 1;
            let arriving = self.graph.arriving(NodeId(at));
            let unmarked = arriving.filter(|(id, _)| !self.marks.has_edge(*id));
            let best = unmarked.fold(Sum::NONE, |best, (_, edge)| {
                best.or(self.along(&pass, edge))
            });
            pass.sums.push(best);
        }
    }

    /// The length at the end of an edge, in a pass that has reached its beginning.
    fn along(&self, pass: &Pass, edge: &Edge<'m>) -> Sum {
        let ended = self.marks.has_node(edge.from) && edge.from != pass.start;
        let before = pass.get(edge.from);
        if ended || before.is_none() {
            return Sum::NONE;
        }
        before.then(self.weight(pass, edge))
    }

    fn weight(&self, pass: &Pass, edge: &Edge<'m>) -> Sum {
        match (edge.kind, self.graph.node(edge.from).kind) {
            (EdgeKind::Capped, _) if !self.lens.caps => Sum::NONE,
            (EdgeKind::Capped | EdgeKind::Held, NodeKind::Hold(hold)) => {
                let queued = self.lens.caps && edge.kind == EdgeKind::Held;
                Sum::of(hold.stretch(self.lens.windows, queued), self.by)
            }
            (EdgeKind::Rounds(id), _) => self.rest(pass, id),
            _ => Sum::of(edge.stretch, self.by),
        }
    }

    /// What the rounds after the first take that meet no mark.
    fn rest(&self, pass: &Pass, id: LoopId) -> Sum {
        let it = self.graph.repetition(id);
        let rest = self.free[id.0 as usize].times(u64::from(it.times - 1));
        // The person who starts inside may be in the last round.
        let may_end = self.by == By::Longest || self.is_inside(pass, id);
        if may_end { rest.or(Sum::ZERO) } else { rest }
    }

    /// From the end of the round with the start to the round in which something is met.
    fn again(&self, id: LoopId) -> Sum {
        let it = self.graph.repetition(id);
        let every = Sum::of(it.every, self.by);
        match self.by {
            By::Shortest => every,
            By::Longest => {
                let more = self.free[id.0 as usize].times(u64::from(it.times.saturating_sub(2)));
                every.then(more.or(Sum::ZERO))
            }
        }
    }

    /// What rounds before the one in which something is met take, for repetitions that the path
    /// comes into from outside. `inside` is the innermost repetition around what is met.
    fn widening(&self, pass: &Pass, inside: Option<LoopId>) -> Sum {
        if self.by == By::Shortest {
            return Sum::ZERO;
        }
        self.entered(pass, inside)
            .fold(Sum::ZERO, |all, id| all.then(self.rest(pass, id)))
    }

    fn entered(&self, pass: &Pass, inside: Option<LoopId>) -> impl Iterator<Item = LoopId> {
        let around = std::iter::successors(inside, |it| self.graph.repetition(*it).outer);
        around.filter(|id| !self.is_inside(pass, *id))
    }

    /// Whether paths of this pass begin inside a repetition, and so in any of its rounds.
    fn is_inside(&self, pass: &Pass, id: LoopId) -> bool {
        pass.into != Some(id) && self.graph.repetition(id).holds(pass.start)
    }

    fn around(&self, node: NodeId) -> Option<LoopId> {
        self.graph.node(node).within
    }

    /// The innermost repetition around both ends of an edge.
    fn around_edge(&self, edge: &Edge<'m>) -> Option<LoopId> {
        let mut around = self.graph.loops_around(edge.from);
        around.find(|it| self.graph.repetition(*it).holds(edge.to))
    }

    fn direct_out(&self, node: NodeId) -> Sum {
        let ended = self.marks.has_node(node) && node != self.direct.start;
        if ended {
            Sum::NONE
        } else {
            self.direct.get(node)
        }
    }

    fn passes(&self) -> impl Iterator<Item = (Option<LoopId>, &Pass)> {
        let later = self.later.iter().map(|(id, pass)| (Some(*id), pass));
        std::iter::once((None, &self.direct)).chain(later)
    }

    /// The length at which a node is met; at the start itself that is the beginning.
    pub(super) fn value(&self, node: NodeId) -> Sum {
        self.passes().fold(Sum::NONE, |best, (_, pass)| {
            let here = pass.get(node);
            if here.is_none() {
                best
            } else {
                best.or(here.then(self.widening(pass, self.around(node))))
            }
        })
    }

    /// The length at which a node is met; at the start itself only by coming back to it.
    pub(super) fn meets(&self, node: NodeId) -> Sum {
        if node == self.direct.start {
            let back = self.later.iter().map(|(_, pass)| {
                let here = pass.get(node);
                if here.is_none() {
                    here
                } else {
                    here.then(self.widening(pass, self.around(node)))
                }
            });
            return back.fold(Sum::NONE, Sum::or);
        }
        self.value(node)
    }

    /// The length at which an edge has been taken.
    pub(super) fn takes(&self, id: EdgeId) -> Sum {
        let edge = self.graph.edge(id);
        if matches!(edge.kind, EdgeKind::Again(_)) {
            return Sum::NONE;
        }
        self.passes().fold(Sum::NONE, |best, (_, pass)| {
            let here = self.along(pass, edge);
            if here.is_none() {
                best
            } else {
                best.or(here.then(self.widening(pass, self.around_edge(edge))))
            }
        })
    }

    /// The path of the greatest length to a mark.
    pub(super) fn worst_path(&self) -> Option<Path> {
        self.worst_path_to(self.marks)
    }

    /// The path of the greatest length to one of these, which are marks or ends of the journey.
    pub(super) fn worst_path_to(&self, goal: &Marks) -> Option<Path> {
        let passed = || self.passes().flat_map(|(_, pass)| pass.nodes());
        let node = passed()
            .filter(|it| goal.has_node(*it) && !self.meets(*it).is_none())
            .max_by_key(|it| (self.meets(*it).total(), Reverse(*it)));
        let edge = passed()
            .flat_map(|it| self.graph.leaving(it))
            .map(|(id, _)| id)
            .filter(|it| goal.has_edge(*it) && !self.takes(*it).is_none())
            .max_by_key(|it| (self.takes(*it).total(), Reverse(*it)));
        match (node, edge) {
            (Some(node), Some(edge)) if self.takes(edge).total() > self.meets(node).total() => {
                self.path_along(edge)
            }
            (Some(node), _) => self.path_to(node),
            (None, Some(edge)) => self.path_along(edge),
            (None, None) => None,
        }
    }

    /// A path on which a node is met at its length; `None` if there is no path.
    pub(super) fn path_to(&self, node: NodeId) -> Option<Path> {
        let start = self.direct.start;
        let meets = self
            .passes()
            .filter(|(id, _)| node != start || id.is_some());
        let (id, pass) = meets
            .filter(|(_, pass)| !pass.get(node).is_none())
            .max_by_key(|(_, pass)| {
                let length = pass.get(node).then(self.widening(pass, self.around(node)));
                length.total()
            })?;
        Some(self.path(id, pass, node, None))
    }

    /// A path to a node, the start's own beginning included.
    pub(super) fn path_or_start(&self, node: NodeId) -> Option<Path> {
        if node == self.direct.start {
            Some(self.path_to_start())
        } else {
            self.path_to(node)
        }
    }

    /// The path that is over where it begins.
    pub(super) fn path_to_start(&self) -> Path {
        let start = self.direct.start;
        self.path(None, &self.direct, start, None)
    }

    /// A path that ends with an edge, at its length.
    pub(super) fn path_along(&self, id: EdgeId) -> Option<Path> {
        let edge = self.graph.edge(id);
        let (own, pass) = self
            .passes()
            .filter(|(_, pass)| !self.along(pass, edge).is_none())
            .max_by_key(|(_, pass)| {
                let length = self
                    .along(pass, edge)
                    .then(self.widening(pass, self.around_edge(edge)));
                length.total()
            })?;
        Some(self.path(own, pass, edge.from, Some(id)))
    }

    fn path(&self, id: Option<LoopId>, pass: &Pass, node: NodeId, last: Option<EdgeId>) -> Path {
        let inside = match last {
            Some(it) => self.around_edge(self.graph.edge(it)),
            None => self.around(node),
        };
        let after = last.map_or(Sum::ZERO, |it| self.weight(pass, self.graph.edge(it)));
        let after = after.then(self.widening(pass, inside));
        let mut edges = self.trace(pass, node, after);
        edges.extend(last);
        let mut walk = Walk {
            engine: self,
            sum: self.direct.get(self.direct.start),
            stops: Vec::with_capacity(edges.len() + 1),
        };
        walk.stop(self.direct.start, self.origin.via, 0);
        match id {
            None => walk.leg(pass, &edges, inside),
            Some(id) => {
                let it = self.graph.repetition(id);
                let weights = edges
                    .iter()
                    .map(|it| self.weight(pass, self.graph.edge(*it)));
                let after = weights.fold(self.again(id), Sum::then);
                let after = after.then(self.widening(pass, inside));
                // On the way to the end of its round nothing is met, so nothing is widened.
                let before = self.trace(&self.direct, it.tail, after);
                walk.leg(&self.direct, &before, None);
                walk.sum = walk.sum.then(self.again(id));
                let rounds = match self.by {
                    By::Longest => it.times - 1,
                    By::Shortest => 1,
                };
                walk.stop(it.head, self.graph.back_edge(id), rounds);
                walk.leg(pass, &edges, inside);
            }
        }
        Path {
            by: self.by,
            shifted: walk.sum.is_shifted(),
            stops: walk.stops,
        }
    }

    /// The edges of a longest path to a node, found backwards, for the purpose of going on for
    /// `after`: a clock change there makes one on the way to the node worthless.
    fn trace(&self, pass: &Pass, node: NodeId, after: Sum) -> Vec<EdgeId> {
        let sum = pass.get(node);
        let [plain, shifted] = sum.apart();
        let mut want = if plain.then(after).total() >= shifted.then(after).total() {
            plain
        } else {
            shifted
        };
        let mut edges = Vec::new();
        let mut at = node;
        while at != pass.start {
            let Some((id, before)) = self.step_back(pass, at, want) else {
                break;
            };
            edges.push(id);
            want = before;
            at = self.graph.edge(id).from;
        }
        edges.reverse();
        edges
    }

    /// An edge by which a node has this length, and the length before it.
    fn step_back(&self, pass: &Pass, node: NodeId, want: Sum) -> Option<(EdgeId, Sum)> {
        self.graph.arriving(node).find_map(|(id, edge)| {
            let ended = self.marks.has_node(edge.from) && edge.from != pass.start;
            if ended || self.marks.has_edge(id) {
                return None;
            }
            let weight = self.weight(pass, edge);
            let fits = |before: &Sum| !before.is_none() && before.then(weight).covers(want);
            let before = pass.get(edge.from).apart();
            before.into_iter().find(fits).map(|before| (id, before))
        })
    }
}

/// Goes along a path and dates its stops.
struct Walk<'w, 'g, 'm> {
    engine: &'w Longest<'g, 'm>,
    sum: Sum,
    stops: Vec<Stop>,
}

impl Walk<'_, '_, '_> {
    fn leg(&mut self, pass: &Pass, edges: &[EdgeId], inside: Option<LoopId>) {
        let engine = self.engine;
        if let Some(id) = pass.into {
            self.rounds(pass, id, inside);
        }
        for id in edges {
            let edge = engine.graph.edge(*id);
            self.sum = self.sum.then(engine.weight(pass, edge));
            let rounds = match edge.kind {
                EdgeKind::Rounds(id) => engine.graph.repetition(id).times - 1,
                _ => 0,
            };
            self.stop(edge.to, Some(*id), rounds);
            let to = engine.graph.node(edge.to);
            if let (NodeKind::Repeat(_), Some(own)) = (to.kind, to.within) {
                self.rounds(pass, own, inside);
            }
        }
    }

    /// Before the target is met, a repetition around it goes through its other rounds.
    fn rounds(&mut self, pass: &Pass, id: LoopId, inside: Option<LoopId>) {
        let engine = self.engine;
        let counts = engine.by == By::Longest && engine.entered(pass, inside).any(|it| it == id);
        let it = engine.graph.repetition(id);
        if counts && it.times > 1 {
            self.sum = self.sum.then(engine.rest(pass, id));
            self.stop(it.head, None, it.times - 1);
        }
    }

    fn stop(&mut self, node: NodeId, via: Option<EdgeId>, rounds: u32) {
        let at = self.sum.time(self.engine.by).unwrap_or(Bound::Endless);
        self.stops.push(Stop {
            node,
            via,
            at,
            rounds,
            shifted: self.sum.is_shifted(),
        });
    }
}
