//! The one pass that every question of time is answered with.
//!
//! Longest times from a node, in one go over the node numbers. A shortest path is a longest one of
//! negative lengths, so the same pass finds both. Marked nodes and edges end a path: what is asked
//! is always the time until something is met for the first time.
//!
//! Repetitions are never unrolled. The nodes of a round stand for all rounds, and the pass adds
//! what the other rounds take: at the edge that leaves a repetition, at nodes inside that are only
//! met in the last round, and once around for what stands before the start in the next round.

use super::clock::Stretch;
use super::marks::Marks;
use super::operators::{Lens, Origin};
use super::path::{By, Path, Stop};
use super::time::{Bound, Elapsed, Interval};
use super::{Edge, EdgeId, EdgeKind, Graph, LoopId, NodeId, NodeKind};

/// There is no such path.
const NONE: i64 = i64::MIN;
/// The path takes for ever.
const ENDLESS: i64 = i64::MAX;

/// The length of the longest path, in seconds, negative when the shortest is looked for: apart for
/// paths that no clock change can touch, and for those that one can, without its hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sum {
    plain: i64,
    shifted: i64,
}

impl Sum {
    /// No time at all.
    pub(super) const ZERO: Self = Self {
        plain: 0,
        shifted: NONE,
    };
    /// No path at all.
    pub(super) const NONE: Self = Self {
        plain: NONE,
        shifted: NONE,
    };

    fn of(stretch: Stretch, by: By) -> Self {
        let (length, shifts) = match by {
            By::Shortest => (-stretch.nominal.lo.0, stretch.early),
            By::Longest => match stretch.nominal.hi {
                Bound::Finite(it) => (it.0, stretch.late),
                Bound::Endless => (ENDLESS, false),
            },
        };
        if shifts {
            Self {
                plain: NONE,
                shifted: length,
            }
        } else {
            Self {
                plain: length,
                shifted: NONE,
            }
        }
    }

    /// The longer of two.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            plain: self.plain.max(other.plain),
            shifted: self.shifted.max(other.shifted),
        }
    }

    /// One after the other.
    pub(super) fn then(self, next: Self) -> Self {
        let shifted = add(self.plain, next.shifted)
            .max(add(self.shifted, next.plain))
            .max(add(self.shifted, next.shifted));
        Self {
            plain: add(self.plain, next.plain),
            shifted,
        }
    }

    /// So many times in a row.
    pub(super) fn times(self, count: u64) -> Self {
        let Some(rest) = count.checked_sub(1) else {
            return Self::ZERO;
        };
        let others = if rest == 0 {
            0
        } else {
            multiply(self.plain.max(self.shifted), rest)
        };
        Self {
            plain: multiply(self.plain, count),
            shifted: add(others, self.shifted),
        }
    }

    pub(super) fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// The length with the hour of a clock change, for comparing.
    pub(super) fn total(self) -> i64 {
        self.plain.max(add(self.shifted, Elapsed::HOUR.0))
    }

    /// Whether the length counts on a clock change.
    pub(super) fn is_shifted(self) -> bool {
        self.total() > self.plain
    }

    /// The time that it stands for; nothing if there is no path.
    pub(super) fn time(self, by: By) -> Option<Bound> {
        match (self.total(), by) {
            (NONE, _) => None,
            (ENDLESS, _) => Some(Bound::Endless),
            (it, By::Shortest) => Some(Bound::Finite(Elapsed(-it))),
            (it, By::Longest) => Some(Bound::Finite(Elapsed(it))),
        }
    }

    /// The stretch between a shortest and a longest length; nothing if there is no path.
    pub(super) fn stretch(shortest: Self, longest: Self) -> Option<Stretch> {
        let early = shortest.is_shifted();
        let late = longest.is_shifted();
        let lo = if early {
            shortest.shifted
        } else {
            shortest.plain
        };
        let hi = if late { longest.shifted } else { longest.plain };
        (!shortest.is_none() && !longest.is_none()).then(|| Stretch {
            nominal: Interval {
                lo: Elapsed(-lo),
                hi: match hi {
                    ENDLESS => Bound::Endless,
                    _ => Bound::Finite(Elapsed(hi)),
                },
            },
            early,
            late,
        })
    }
}

fn add(one: i64, other: i64) -> i64 {
    match (one, other) {
        (NONE, _) | (_, NONE) => NONE,
        (ENDLESS, _) | (_, ENDLESS) => ENDLESS,
        _ => one.saturating_add(other).clamp(NONE + 1, ENDLESS - 1),
    }
}

fn multiply(length: i64, count: u64) -> i64 {
    match length {
        NONE | ENDLESS => length,
        _ => {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            length.saturating_mul(count).clamp(NONE + 1, ENDLESS - 1)
        }
    }
}

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
            sums: vec![Sum::NONE; (last.0 - start.0) as usize + 1],
        };
        pass.sums[0] = first;
        for at in start.0 + 1..=last.0 {
            let mut best = Sum::NONE;
            for (id, edge) in self.graph.arriving(NodeId(at)) {
                if !self.marks.has_edge(id) {
                    best = best.or(self.along(&pass, edge));
                }
            }
            pass.sums[(at - start.0) as usize] = best;
        }
        pass
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
        // The person who starts inside may be in the last round, and `until` may end it early.
        let may_end = self.by == By::Longest || it.step.until.is_some() || self.is_inside(pass, id);
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

    /// The length at which a node is met when the rounds of repetitions that the path comes into
    /// are still to be counted, after it.
    pub(super) fn value_in_first_round(&self, node: NodeId) -> Sum {
        let later = self.later.iter().map(|(_, pass)| pass.get(node));
        later.fold(self.direct.get(node), Sum::or)
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
        let plain = Sum {
            shifted: NONE,
            ..sum
        };
        let shifted = Sum { plain: NONE, ..sum };
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
            let sum = pass.get(edge.from);
            let weight = self.weight(pass, edge);
            let options = [
                Sum {
                    shifted: NONE,
                    ..sum
                },
                Sum { plain: NONE, ..sum },
            ];
            let fits = |before: &Sum| {
                let after = before.then(weight);
                !before.is_none()
                    && ((want.plain != NONE && after.plain == want.plain)
                        || (want.shifted != NONE && after.shifted == want.shifted))
            };
            options.into_iter().find(fits).map(|before| (id, before))
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
        });
    }
}
