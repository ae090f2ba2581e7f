//! Crowding: how much falls on one person within a span of time.
//!
//! One pass from the last node to the first keeps for each node, and for each count, the shortest
//! time in which so many marks can still follow. Repetitions with marks inside are gone through
//! round by round until another round changes nothing; those without are skipped over.

use std::cmp::Reverse;

use super::marks::Marks;
use super::path::{By, Path, Stop};
use super::time::{Bound, Elapsed, Interval};
use super::{Edge, EdgeId, EdgeKind, Graph, LoopId, NodeId, NodeKind};

/// What a journey with rounds in rounds in rounds may cost, in nodes looked at. Beyond it the
/// rounds that are left are taken for none.
const MOST_VISITS: u32 = 2_000_000;

/// The densest packing of marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crowd {
    /// How many marks fall on one person.
    pub count: u32,
    /// The stretch of a path on which they do, from the first of them to the last.
    pub path: Path,
}

impl Graph<'_> {
    /// The most marked nodes that one person can come by in less than `window`, all waits as short
    /// as they can be. Counting stops at `up_to`. Nothing if nobody comes by any.
    ///
    /// A message in each round of a repetition counts once for each round. The hour of a clock
    /// change is left out: nobody feels crowded by it.
    pub fn densest(&self, marks: &Marks, window: Elapsed, up_to: u32) -> Option<Crowd> {
        if window <= Elapsed::ZERO || up_to == 0 || marks.nodes().next().is_none() {
            return None;
        }
        let mut packing = Packing::new(self, marks, window, up_to);
        packing.sweep(self.entry(), self.end());
        let best = packing.best?;
        Some(Crowd {
            count: best.entry.count,
            path: packing.path(best.entry.link),
        })
    }

    /// A stretch of a path, less than `window` long, on which one person comes by more than
    /// `more_than` marked nodes; read as [`Graph::densest`] does.
    pub fn crowding(&self, marks: &Marks, window: Elapsed, more_than: u32) -> Option<Path> {
        let up_to = more_than.saturating_add(1);
        let found = self.densest(marks, window, up_to)?;
        (found.count == up_to).then_some(found.path)
    }
}

/// What can fall on one person in windows that begin at different times.
#[derive(Debug, Clone)]
pub struct Crowds {
    window: Elapsed,
    up_to: u32,
    stops: Vec<CrowdStop>,
    densest: Option<(u32, Elapsed)>,
}

/// A mark with what can follow it.
#[derive(Debug, Clone)]
struct CrowdStop {
    /// When people come by.
    since: Interval,
    /// How many marks can follow in how much time, itself included, the most first.
    fronts: Vec<(u32, i64)>,
}

impl Graph<'_> {
    /// What [`Graph::densest`] answers, for windows that begin whenever one likes.
    pub fn crowds(&self, marks: &Marks, window: Elapsed, up_to: u32) -> Crowds {
        let mut res = Crowds {
            window,
            up_to,
            stops: Vec::new(),
            densest: None,
        };
        if window <= Elapsed::ZERO || up_to == 0 || marks.nodes().next().is_none() {
            return res;
        }
        let mut packing = Packing::new(self, marks, window, up_to);
        packing.sweep(self.entry(), self.end());
        res.densest = packing.best.and_then(|it| {
            let at = self.offset_on_still_clocks(it.node)?;
            Some((it.entry.count, at.lo))
        });
        for node in marks.nodes() {
            if let Some(since) = self.offset_on_still_clocks(node) {
                for (gone, front) in &packing.kept[node.0 as usize] {
                    let since = later(since, *gone);
                    let fronts = front.iter().map(|it| (it.count, it.took)).collect();
                    res.stops.push(CrowdStop { since, fronts });
                }
            }
        }
        res
    }
}

/// A mark with all that can follow it in one of its rounds.
#[derive(Debug, Clone)]
pub(crate) struct Burst {
    /// When people come by.
    pub(crate) since: Interval,
    /// What can follow it, itself included: the most marks first, each kind as soon as it can.
    pub(crate) runs: Vec<Vec<(NodeId, Elapsed)>>,
}

impl Graph<'_> {
    /// For each mark the runs of marks, less than `window` long, that can begin with it; of no more
    /// than `up_to`. Clocks stand still.
    pub(crate) fn bursts(&self, marks: &Marks, window: Elapsed, up_to: u32) -> Vec<Burst> {
        if window <= Elapsed::ZERO || up_to == 0 || marks.nodes().next().is_none() {
            return Vec::new();
        }
        let mut packing = Packing::new(self, marks, window, up_to);
        packing.sweep(self.entry(), self.end());
        let mut res = Vec::new();
        for node in marks.nodes() {
            let Some(since) = self.offset_on_still_clocks(node) else {
                continue;
            };
            res.extend(
                packing.kept[node.0 as usize]
                    .iter()
                    .map(|(gone, front)| Burst {
                        since: later(since, *gone),
                        runs: front.iter().map(|it| packing.run(it.link)).collect(),
                    }),
            );
        }
        res
    }
}

/// When people come by a node in a later round.
fn later(since: Interval, gone: i64) -> Interval {
    Interval {
        lo: Elapsed(since.lo.0.saturating_add(gone)),
        hi: since.hi,
    }
}

impl Crowds {
    /// The most marks that fall into a window, and when after the entry the first of them can come.
    pub fn densest(&self) -> Option<(u32, Elapsed)> {
        self.densest
    }

    /// Whether more may fall into a window than were counted.
    pub fn overflows(&self) -> bool {
        self.densest.is_some_and(|it| it.0 >= self.up_to)
    }

    /// The most marks that fall into the window that begins at a time after the entry, or before it.
    /// The first one comes at any time at which it can; what follows it, as soon as it can.
    pub fn within(&self, from: Elapsed) -> u32 {
        let end = from + self.window;
        let counts = self.stops.iter().filter_map(|it| {
            let first = it.since.lo.max(from);
            if it.since.hi < Bound::Finite(first) {
                return None;
            }
            let rest = (end - first).0;
            let fits = it.fronts.iter().find(|(_, took)| *took < rest)?;
            Some(fits.0)
        });
        counts.max().unwrap_or(0)
    }
}

/// So many marks can follow within this time, the last of them at its end.
#[derive(Debug, Clone, Copy)]
struct Entry {
    count: u32,
    took: i64,
    link: u32,
}

/// The edge that is taken next, and how it goes on from there; nothing after the last mark.
type Onward = Option<(EdgeId, u32)>;

/// How it goes on from a node.
#[derive(Debug, Clone, Copy)]
struct Link {
    node: NodeId,
    onward: Onward,
}

#[derive(Debug, Clone, Copy)]
struct Best {
    entry: Entry,
    node: NodeId,
}

struct Packing<'g, 'm> {
    graph: &'g Graph<'m>,
    marks: &'g Marks,
    window: i64,
    up_to: u32,
    /// For each repetition the shortest time of all rounds but the first, if no mark is inside.
    rest: Vec<Option<i64>>,
    /// For each node its entries, the highest count first; less takes less time.
    fronts: Vec<Vec<Entry>>,
    /// For each mark what can follow it in its rounds, with the time that the rounds before take.
    kept: Vec<Vec<(i64, Vec<Entry>)>>,
    /// What the rounds take that come before the one that is worked out.
    gone: i64,
    links: Vec<Link>,
    visits: u32,
    best: Option<Best>,
}

impl<'g, 'm> Packing<'g, 'm> {
    fn new(graph: &'g Graph<'m>, marks: &'g Marks, window: Elapsed, up_to: u32) -> Self {
        let mut res = Self {
            graph,
            marks,
            window: window.0,
            up_to,
            rest: vec![None; graph.loops.len()],
            fronts: vec![Vec::new(); graph.nodes.len()],
            kept: vec![Vec::new(); graph.nodes.len()],
            gone: 0,
            links: Vec::new(),
            visits: 0,
            best: None,
        };
        // Inner ones have higher numbers.
        for (number, it) in graph.loops.iter().enumerate().rev() {
            if !marks.nodes().any(|node| it.holds(node)) {
                let rounds = i64::from(it.times - 1);
                let period = res.round(it.head, it.tail) + it.every.nominal.lo.0;
                res.rest[number] = Some(rounds.saturating_mul(period));
            }
        }
        res
    }

    /// The shortest round of a repetition without marks.
    fn round(&self, head: NodeId, tail: NodeId) -> i64 {
        let mut times = vec![None; (tail.0 - head.0 + 1) as usize];
        times[0] = Some(0);
        for at in 1..times.len() {
            let node = NodeId(head.0 + super::count(at));
            let arriving = self.graph.arriving(node).filter(|it| it.1.from >= head);
            times[at] = arriving
                .filter_map(|(_, edge)| {
                    let before = times[(edge.from.0 - head.0) as usize]?;
                    Some(before + self.weight(edge))
                })
                .min();
        }
        times.last().copied().flatten().unwrap_or(0)
    }

    fn weight(&self, edge: &Edge<'m>) -> i64 {
        match edge.kind {
            // Rounds with marks inside are gone through one by one.
            EdgeKind::Rounds(id) => self.rest[id.0 as usize].unwrap_or(0),
            _ => edge.stretch.nominal.lo.0,
        }
    }

    /// Works out the nodes from the last to the first.
    fn sweep(&mut self, first: NodeId, last: NodeId) {
        let mut at = last.0;
        loop {
            let node = NodeId(at);
            match self.ends_rounds(node) {
                Some(id) => {
                    self.rounds(id);
                    at = self.graph.repetition(id).head.0;
                }
                None => self.settle(node),
            }
            if at <= first.0 {
                return;
            }
            at -= 1;
        }
    }

    /// The repetition with marks inside whose rounds end here.
    fn ends_rounds(&self, node: NodeId) -> Option<LoopId> {
        let it = self.graph.node(node);
        let id = it.within.filter(|_| matches!(it.kind, NodeKind::Round(_)));
        id.filter(|id| self.rest[id.0 as usize].is_none())
    }

    /// From the last round to the first. Who begins inside may do so in any round; who comes from
    /// outside goes through all of them.
    fn rounds(&mut self, id: LoopId) {
        let it = *self.graph.repetition(id);
        let last = NodeId(it.tail.0 - 1);
        let outside = self.gone;
        let period = it.period.map_or(0, |it| it.nominal.lo.0);
        let after = |rounds: u32| outside.saturating_add(period.saturating_mul(rounds.into()));
        self.gone = after(it.times - 1);
        // A single round may have no other way out than `until`.
        let single = it.times <= 1;
        let out = |kind| {
            matches!(kind, EdgeKind::Rounds(_)) || (single && matches!(kind, EdgeKind::Until(_)))
        };
        self.fronts[it.tail.0 as usize] = self.front(it.tail, out);
        self.sweep(it.head, last);
        for left in (0..it.times - 1).rev() {
            if self.visits > MOST_VISITS {
                break;
            }
            let before = self.fronts[it.head.0 as usize].clone();
            let on = |kind| matches!(kind, EdgeKind::Again(_) | EdgeKind::Until(_));
            self.fronts[it.tail.0 as usize] = self.front(it.tail, on);
            self.gone = after(left);
            self.sweep(it.head, last);
            let shape = |it: &Entry| (it.count, it.took);
            let now = self.fronts[it.head.0 as usize].iter().map(shape);
            if left > 0 && now.eq(before.iter().map(shape)) {
                // All rounds before are like this one, but for the time at which they come.
                self.gone = outside;
                self.sweep(it.head, last);
                break;
            }
        }
        self.gone = outside;
    }

    fn settle(&mut self, node: NodeId) {
        let front = self.front(node, |kind| !matches!(kind, EdgeKind::Again(_)));
        if self.marks.has_node(node)
            && self.graph.is_reachable(node)
            && let Some(entry) = front.first().copied()
        {
            self.keep(node, &front);
            let rank = |it: &Best| (it.entry.count, Reverse(it.entry.took), Reverse(it.node));
            let own = Best { entry, node };
            if self.best.as_ref().is_none_or(|it| rank(it) < rank(&own)) {
                self.best = Some(own);
            }
        }
        self.fronts[node.0 as usize] = front;
    }

    /// Remembers what can follow a mark in this round, unless an earlier round is as bad.
    fn keep(&mut self, node: NodeId, front: &[Entry]) {
        let gone = self.gone;
        let is_as_bad = |one: &[Entry], other: &[Entry]| {
            let beats = |it: &Entry, than: &Entry| it.count >= than.count && it.took <= than.took;
            let mut all = other.iter();
            all.all(|than| one.iter().any(|it| beats(it, than)))
        };
        let kept = &mut self.kept[node.0 as usize];
        if kept
            .iter()
            .any(|it| it.0 <= gone && is_as_bad(&it.1, front))
        {
            return;
        }
        kept.retain(|it| it.0 < gone || !is_as_bad(front, &it.1));
        kept.push((gone, front.to_vec()));
    }

    fn front(&mut self, node: NodeId, takes: impl Fn(EdgeKind<'m>) -> bool) -> Vec<Entry> {
        self.visits = self.visits.saturating_add(1);
        let own = u32::from(self.marks.has_node(node));
        let mut found: Vec<(u32, i64, Onward)> = Vec::new();
        if own > 0 {
            found.push((1, 0, None));
        }
        for (id, edge) in self.graph.leaving(node).filter(|it| takes(it.1.kind)) {
            let weight = self.weight(edge);
            let onward = self.fronts[edge.to.0 as usize].iter().map(|it| {
                let count = (it.count + own).min(self.up_to);
                (count, it.took.saturating_add(weight), Some((id, it.link)))
            });
            found.extend(onward.filter(|it| it.1 < self.window));
        }
        found.sort_by_key(|it| (Reverse(it.0), it.1));
        let mut shortest = i64::MAX;
        // Fewer marks in no less time are never worth it.
        found.retain(|it| {
            let better = it.1 < shortest;
            shortest = shortest.min(it.1);
            better
        });
        let mut front = Vec::with_capacity(found.len());
        for (count, took, onward) in found {
            let link = super::count(self.links.len());
            self.links.push(Link { node, onward });
            front.push(Entry { count, took, link });
        }
        front
    }

    /// The marks that a way comes by, each with the time since the first.
    fn run(&self, link: u32) -> Vec<(NodeId, Elapsed)> {
        let mut res = Vec::new();
        let (mut at, mut here) = (0, self.links[link as usize]);
        loop {
            if self.marks.has_node(here.node) {
                res.push((here.node, Elapsed(at)));
            }
            let Some((id, next)) = here.onward else {
                return res;
            };
            at += self.weight(self.graph.edge(id));
            here = self.links[next as usize];
        }
    }

    fn path(&self, link: u32) -> Path {
        let first = self.links[link as usize];
        let stop = |node, via, at, rounds| Stop {
            node,
            via,
            at: Bound::Finite(Elapsed(at)),
            rounds,
            shifted: false,
        };
        let mut stops = vec![stop(first.node, None, 0, 0)];
        let (mut at, mut here) = (0, first);
        while let Some((id, next)) = here.onward {
            let edge = self.graph.edge(id);
            at += self.weight(edge);
            let rounds = match edge.kind {
                EdgeKind::Again(_) => 1,
                EdgeKind::Rounds(id) if self.rest[id.0 as usize].is_some_and(|it| it > 0) => {
                    self.graph.repetition(id).times - 1
                }
                _ => 0,
            };
            here = self.links[next as usize];
            stops.push(stop(here.node, Some(id), at, rounds));
        }
        Path {
            by: By::Shortest,
            shifted: false,
            stops,
        }
    }
}
