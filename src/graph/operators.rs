//! The operators that rules are written in. Each answers with the worst path, so that a rule both
//! compares with its threshold and shows what happens.

use super::longest::Longest;
use super::marks::Marks;
use super::path::{By, Path};
use super::sum::Sum;
use super::time::{Bound, Elapsed, Interval};
use super::{EdgeId, EventFact, Graph, NodeId, NodeKind};
use crate::model::Milestone;

/// What is left in and what is thought away: a rule that fails only with the send window fails
/// because of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lens {
    /// Whether the send window and quiet hours hold messages back.
    pub windows: bool,
    /// Whether the frequency cap drops messages, or lets them queue.
    pub caps: bool,
}

/// Where a question of time begins.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    /// The node from which time is counted.
    pub node: NodeId,
    /// The edge whose end is meant, if it is one.
    pub via: Option<EdgeId>,
    /// How long ago it was when the node is reached: an awaited event may have come long before
    /// the journey waited for it.
    pub(super) age: Sum,
}

/// How a deadline is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The path that meets the goal last; nothing if none meets it.
    pub worst: Option<Path>,
    /// A path that ends without meeting the goal; nothing if all meet it.
    pub missing: Option<Path>,
}

/// How long ago a milestone was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// The time since then, over the paths on which it was reached.
    pub elapsed: Interval,
    /// The same while clocks stand still: three days are three days.
    pub still: Interval,
    /// Whether it was reached on every path.
    pub always: bool,
}

impl Lens {
    /// Everything as the policy says.
    pub const AS_IS: Self = Self {
        windows: true,
        caps: true,
    };
    /// As if there were no cap: one that drops a message has let others through.
    pub const WITHOUT_CAP: Self = Self {
        windows: true,
        caps: false,
    };
    /// As if there were neither send window nor quiet hours nor cap.
    pub const FREE: Self = Self {
        windows: false,
        caps: false,
    };
}

impl Origin {
    /// Whether the first node after it is a mark. Time counted from a node leaves that node out.
    fn begins_at(&self, marks: &Marks) -> bool {
        self.via.is_some() && marks.has_node(self.node)
    }
}

impl Deadline {
    /// The path that breaks the deadline, if one does. A path that never meets the goal is worse
    /// than one that is late.
    pub fn broken_by(&self, at_most: Elapsed) -> Option<&Path> {
        let late = |it: &&Path| it.length() > Bound::Finite(at_most);
        self.missing.as_ref().or(self.worst.as_ref().filter(late))
    }

    /// The time after which the goal has certainly been met; endless if it may never be.
    pub fn kept_within(&self) -> Bound {
        match (&self.worst, &self.missing) {
            (Some(it), None) => it.length(),
            (None, None) => Bound::ZERO,
            _ => Bound::Endless,
        }
    }
}

impl Graph<'_> {
    /// Time counted from a node.
    #[allow(
        clippy::unused_self,
        reason = "stands beside `origins`, which needs the graph"
    )]
    pub fn origin(&self, node: NodeId) -> Origin {
        Origin {
            node,
            via: None,
            age: Sum::ZERO,
        }
    }

    /// Time counted from the end of an edge.
    pub fn origin_after(&self, edge: EdgeId) -> Origin {
        Origin {
            node: self.edge(edge).to,
            via: Some(edge),
            age: Sum::ZERO,
        }
    }

    /// Time counted from the moment a milestone is reached for the first time: the entry, or the
    /// ends of the edges that prove it. Empty if the journey never learns of it: then a rule about
    /// it is undecided.
    pub fn origins(&self, milestone: Milestone) -> Vec<Origin> {
        if self.entry_milestone() == Some(milestone) {
            return vec![self.origin(self.entry())];
        }
        self.origins_by(&self.milestone(milestone), &self.not_yet(milestone))
    }

    /// The same for an event that the journey waits for, or asks about.
    pub fn origins_of(&self, event: &str) -> Vec<Origin> {
        let (proofs, denials) = self.evidence(event);
        self.origins_by(&proofs, &denials)
    }

    /// The edges after which an event has certainly come since entry, and those after which it has not.
    fn evidence(&self, event: &str) -> (Marks, Marks) {
        let named = |it: &EventFact<'_>| it.name == event;
        let edges = || self.edges().map(|it| it.0);
        let proofs = edges().filter(|it| self.establishes(*it).any(named));
        let denials = edges().filter(|it| self.denies(*it).any(named));
        let marks = |all: &mut dyn Iterator<Item = EdgeId>| all.fold(Marks::default(), Marks::edge);
        (
            marks(&mut proofs.into_iter()),
            marks(&mut denials.into_iter()),
        )
    }

    /// The same for what some edges prove and others deny.
    fn origins_by(&self, proofs: &Marks, denials: &Marks) -> Vec<Origin> {
        // The event may have come at any time since it was last known not to have come.
        let either = proofs.clone().and(denials);
        let from = |it: Origin| Longest::run(self, By::Longest, Lens::AS_IS, &either, &it);
        let entry = self.origin(self.entry());
        let unproven = Longest::run(self, By::Shortest, Lens::AS_IS, proofs, &entry);
        // Who has been seen to have it cannot be found without it later.
        let reachable = |id: &EdgeId| !unproven.value(self.edge(*id).from).is_none();
        let ends = denials.edges().filter(reachable).map(|id| Origin {
            node: self.edge(id).to,
            via: Some(id),
            age: Sum::ZERO,
        });
        let unknown: Vec<_> = std::iter::once(entry).chain(ends).map(from).collect();
        proofs
            .edges()
            .filter_map(|id| {
                let edge = self.edge(id);
                let ages = unknown.iter().map(|it| it.value(edge.from));
                let age = ages.fold(Sum::NONE, Sum::or);
                (!age.is_none()).then_some(Origin {
                    node: edge.to,
                    via: Some(id),
                    age,
                })
            })
            .collect()
    }

    /// When the goal is met for the first time after the origin, at the latest. A path that meets
    /// `unless` before the goal is excused.
    pub fn deadline(&self, origin: &Origin, goal: &Marks, unless: &Marks, lens: Lens) -> Deadline {
        let ends = goal.clone().and(unless);
        let run = |by| Longest::run(self, by, lens, &ends, origin);
        let longest = run(By::Longest);
        let met_at_once = origin.begins_at(goal);
        let stays = !met_at_once && !origin.begins_at(unless);
        let worst = match (met_at_once, stays) {
            (true, _) => Some(longest.path_to_start()),
            (false, true) => longest.worst_path_to(goal),
            (false, false) => None,
        };
        let open = |id: NodeId| !ends.has_node(id) && !longest.value(id).is_none();
        let terminals = self.terminals().and(&self.endless_waits(unless));
        let missing = if stays && terminals.nodes().any(open) {
            // The shortest is the easiest to read.
            let shortest = run(By::Shortest);
            let left = terminals.nodes().filter(|it| !ends.has_node(*it));
            left.max_by_key(|it| shortest.value(*it).total())
                .and_then(|it| {
                    let is_start = it == origin.node;
                    is_start
                        .then(|| shortest.path_to_start())
                        .or_else(|| shortest.path_to(it))
                })
        } else {
            None
        };
        Deadline { worst, missing }
    }

    /// The waits that end only with an event that excuses: for whom it never comes, the journey ends
    /// there.
    fn endless_waits(&self, unless: &Marks) -> Marks {
        let waits = unless.edges().map(|it| self.edge(it).from);
        let endless = waits.filter(
            |it| matches!(self.node(*it).kind, NodeKind::WaitFor(wait) if wait.timeout.is_none()),
        );
        endless.fold(Marks::default(), Marks::node)
    }

    /// The longest time from the origin until people come by a node for the last time, on ways that go
    /// around some marks.
    pub fn last_around(
        &self,
        origin: &Origin,
        node: NodeId,
        around: &Marks,
        lens: Lens,
    ) -> Option<Path> {
        Longest::run(self, By::Longest, lens, around, origin).path_or_start(node)
    }

    /// The latest time since entry at which anybody comes by, the last round included where a node is
    /// repeated.
    pub fn latest_through(&self, node: NodeId, lens: Lens) -> Option<Bound> {
        let entry = self.origin(self.entry());
        let nothing = Marks::default();
        let longest = Longest::run(self, By::Longest, lens, &nothing, &entry);
        longest.value(node).time(By::Longest)
    }

    /// Time counted from the last of some moments, each the end of an edge. An awaited event may have
    /// come long before its turn, at any time since the moment before: `is_late` says of which edges
    /// that holds.
    pub fn last_of(
        &self,
        moments: &Marks,
        lens: Lens,
        is_late: impl Fn(EdgeId) -> bool,
    ) -> Vec<Origin> {
        let mut edges: Vec<EdgeId> = moments.edges().collect();
        edges.sort_by_key(|it| self.edge(*it).from);
        let mut known = vec![self.origin(self.entry())];
        let mut ages = vec![Sum::NONE; edges.len()];
        // One pass for each moment: a journey may wait for thousands of events.
        let pass = |from: usize, origin: &Origin, ages: &mut [Sum]| {
            let longest = Longest::run(self, By::Longest, lens, moments, origin);
            for (id, age) in edges.iter().zip(ages).skip(from) {
                *age = age.or(longest.value(self.edge(*id).from));
            }
        };
        pass(0, &self.origin(self.entry()), &mut ages);
        for (at, id) in edges.iter().enumerate() {
            if ages[at].is_none() {
                continue;
            }
            let origin = Origin {
                node: self.edge(*id).to,
                via: Some(*id),
                age: if is_late(*id) { ages[at] } else { Sum::ZERO },
            };
            pass(at + 1, &origin, &mut ages);
            known.push(origin);
        }
        known
    }

    /// The shortest time from the origin to a mark: the path on which two things come closest.
    /// From a node in a repetition to itself it is the time to the next round.
    pub fn gap(&self, origin: &Origin, to: &Marks) -> Option<Path> {
        let shortest = Longest::run(self, By::Shortest, Lens::AS_IS, to, origin);
        if origin.begins_at(to) {
            Some(shortest.path_to_start())
        } else {
            shortest.worst_path()
        }
    }

    /// The shortest time from the origin to a mark on ways that go around some others.
    pub fn gap_around(&self, origin: &Origin, to: &Marks, around: &Marks) -> Option<Path> {
        if origin.begins_at(around) {
            return None;
        }
        let ends = to.clone().and(around);
        let shortest = Longest::run(self, By::Shortest, Lens::AS_IS, &ends, origin);
        if origin.begins_at(to) {
            Some(shortest.path_to_start())
        } else {
            shortest.worst_path_to(to)
        }
    }

    /// The longest time from the origin to a mark on ways that go around some others.
    pub fn longest_around(
        &self,
        origin: &Origin,
        to: &Marks,
        around: &Marks,
        lens: Lens,
    ) -> Option<Path> {
        let ends = to.clone().and(around);
        let longest = Longest::run(self, By::Longest, lens, &ends, origin);
        if origin.begins_at(to) {
            Some(longest.path_to_start())
        } else {
            longest.worst_path_to(to)
        }
    }

    /// The shortest path from the entry to a node on which a milestone has not certainly been
    /// reached. `None` means that everybody who comes by has reached it (or that nobody comes by).
    pub fn path_avoiding(&self, milestone: Milestone, node: NodeId) -> Option<Path> {
        if self.entry_milestone() == Some(milestone) {
            return None;
        }
        self.path_around(&self.milestone(milestone), node)
    }

    /// The shortest path from the entry to a node that goes around all marks.
    pub fn path_around(&self, marks: &Marks, node: NodeId) -> Option<Path> {
        let entry = self.entry();
        if marks.has_node(entry) {
            return None;
        }
        let entry = self.origin(entry);
        Longest::run(self, By::Shortest, Lens::AS_IS, marks, &entry).path_or_start(node)
    }

    /// The shortest path from the origin to an end of the journey that meets no mark. `None` means
    /// that everybody meets one.
    pub fn path_without(&self, origin: &Origin, marks: &Marks) -> Option<Path> {
        self.deadline(origin, marks, &Marks::default(), Lens::AS_IS)
            .missing
    }

    /// The shortest or longest path from the entry to a node. Nothing if nobody comes by.
    pub fn path_to(&self, node: NodeId, by: By) -> Option<Path> {
        let nothing = Marks::default();
        let entry = self.origin(self.entry());
        Longest::run(self, by, Lens::AS_IS, &nothing, &entry).path_or_start(node)
    }

    /// The longest stretch from the origin on in which the customer notices nothing. Ends at
    /// `until`, or with the journey.
    pub fn silence(&self, origin: &Origin, until: &Marks, lens: Lens) -> Option<Path> {
        let all = self.silences(origin, until, lens).into_iter();
        all.reduce(|worst, it| {
            if it.length() > worst.length() {
                it
            } else {
                worst
            }
        })
    }

    /// The same for each place where a silence can begin: the origin, and every touchpoint after it.
    pub fn silences(&self, origin: &Origin, until: &Marks, lens: Lens) -> Vec<Path> {
        let touches = self.marks(|id, it| it.is_touchpoint() && self.is_reachable(id));
        let ends = touches.clone().and(until);
        let heard = ends.clone().and(&self.terminals());
        // Silence is counted from the moment that the journey learns of the origin.
        let begin = Origin {
            age: Sum::ZERO,
            ..*origin
        };
        let region = Longest::run(self, By::Longest, lens, until, &begin);
        let inside = touches.nodes().filter(|it| {
            *it != origin.node && !until.has_node(*it) && !region.value(*it).is_none()
        });
        let starts = std::iter::once(begin).chain(inside.map(|it| self.origin(it)));
        let longest = |start: Origin| {
            Longest::run(self, By::Longest, lens, &ends, &start).worst_path_to(&heard)
        };
        starts.filter_map(longest).collect()
    }

    /// How long ago a milestone was when people come by a node. Nothing if on no path to the node
    /// the milestone has certainly been reached. Exact, except where it is reached in a repetition:
    /// there the rounds before and after are counted as if each were all of them, so that the
    /// interval is wider than needed, never narrower.
    pub fn since(&self, milestone: Milestone, node: NodeId) -> Option<Since> {
        let always = self.path_avoiding(milestone, node).is_none();
        self.since_any(&self.origins(milestone), always, node)
    }

    /// How long ago an event was when people come by a node, read as [`Graph::since`] does; the
    /// event that let them in does not count.
    pub fn since_event(&self, event: &str, node: NodeId) -> Option<Since> {
        let (proofs, denials) = self.evidence(event);
        let always = self.path_around(&proofs, node).is_none();
        self.since_any(&self.origins_by(&proofs, &denials), always, node)
    }

    fn since_any(&self, origins: &[Origin], always: bool, node: NodeId) -> Option<Since> {
        let nothing = Marks::default();
        let stretches = origins.iter().filter_map(|origin| {
            let run = |by| Longest::run(self, by, Lens::AS_IS, &nothing, origin).value(node);
            Sum::stretch(run(By::Shortest), run(By::Longest))
        });
        let both = stretches.map(|it| (it.elapsed(), it.nominal));
        let (elapsed, still) = both.reduce(|a, b| (a.0.or(b.0), a.1.or(b.1)))?;
        Some(Since {
            elapsed,
            still,
            always,
        })
    }

    /// The event that has surely come last when people come by a node: awaited on the only way there,
    /// or asked for. Nothing if only the event that let them in is sure.
    pub fn last_event(&self, node: NodeId) -> Option<&EventFact<'_>> {
        let mut at = Some(node);
        while let Some(here) = at {
            let mut arriving = self.arriving(here);
            if let (Some((edge, _)), None) = (arriving.next(), arriving.next())
                && let Some(fact) = self.establishes(edge).last()
            {
                return Some(fact);
            }
            at = self.dominator(here);
        }
        None
    }
}
