//! Stage 6: a journey as a timed graph, and what can be asked of it.
//!
//! In: a [`Journey`] and the [`Project`] that says when mail may go out and what events mean. Out:
//! a [`Graph`] whose edges know how long they take, and the queries that rules are written in.
//! Invariant: nodes are numbered so that every edge but [`EdgeKind::Again`] goes from a lower to a
//! higher number, so that one pass in the order of numbers answers a question of time; no query
//! lists paths, and each answer that blames comes with one path to show.
//! Not done here: judging (that is `lint`), running the clock (that is `simulate`, which shares
//! nothing with this stage because it is its judge).
//!
//! How to read times: deadlines look at the longest time, spacing and crowding at the shortest.

mod build;
mod clock;
mod crowd;
mod dead;
mod dominate;
mod dot;
mod drawing;
mod exposure;
mod facts;
pub(crate) mod lives;
mod longest;
mod marks;
mod mermaid;
mod operators;
mod path;
mod sum;
mod suppose;
mod through;
mod ties;
mod time;
mod window;

pub use clock::{Stretch, clocks_change};
pub use crowd::{Crowd, Crowds};
pub use dead::Dead;
pub use dot::dot;
pub use exposure::{Exposed, Exposure};
pub use marks::Marks;
pub use mermaid::{Mark, Size, mermaid, mermaid_marked};
pub use operators::{Deadline, Lens, Origin, Since};
pub use path::{By, Path, Stop};
pub(crate) use suppose::reach;
pub use time::{Bound, Elapsed, Interval};
pub use window::{Closed, Hold};

use crate::model::{
    Branch, Class, Journey, Milestone, Name, Project, Purpose, Repeat, Send, SetAttribute, Split,
    Step, Task, Touch, Wait, WaitFor, WaitUntil,
};
use crate::source::{Span, Spanned};

/// The number of a node. Lower numbers come first on every path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

/// The number of an edge. Edges are sorted by the node they lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeId(pub(crate) u32);

/// The number of a repetition. Outer ones come before inner ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoopId(pub(crate) u32);

/// What a person comes by.
#[derive(Debug, Clone, Copy)]
pub enum NodeKind<'m> {
    /// The trigger's event has just happened.
    Entry,
    /// A condition decides whether the step that follows happens (`if`, `unless`).
    Guard,
    /// A message may be held back by the send window, by quiet hours or by the cap.
    Hold(Hold),
    /// An email goes out.
    Send(&'m Send),
    /// A person of ours is asked to do something.
    Task(&'m Task),
    /// Another system touches the customer.
    Touch(&'m Touch),
    /// A wait begins.
    Wait(&'m Wait),
    /// The wait for an event begins.
    WaitFor(&'m WaitFor),
    /// The wait for a date begins.
    WaitUntil(&'m WaitUntil),
    /// A way is chosen by conditions.
    Branch(&'m Branch),
    /// An arm is chosen by chance.
    Split(&'m Split),
    /// A round of a repetition begins.
    Repeat(&'m Repeat),
    /// A round of a repetition ends.
    Round(&'m Repeat),
    /// An attribute is written.
    Set(&'m SetAttribute),
    /// Another journey is started.
    Enter(&'m Name),
    /// The journey ends early, for a reason.
    Exit(&'m str),
    /// The journey ends after its last step.
    End,
}

/// A node of the graph.
#[derive(Debug, Clone, Copy)]
pub struct Node<'m> {
    /// What happens here.
    pub kind: NodeKind<'m>,
    /// The step that says so; guards and holds have the step that they stand before.
    pub step: Option<&'m Spanned<Step>>,
    /// The place to point at: the step's, or the journey's name.
    pub span: Span,
    /// What the journey's messages are here, for messages and touches.
    pub class: Option<Class>,
    /// The innermost repetition that the node is in.
    pub within: Option<LoopId>,
}

/// Why a person goes along an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeKind<'m> {
    /// There is nothing to choose.
    Next,
    /// The awaited event came.
    Event(&'m str),
    /// The awaited event did not come in time.
    Timeout(&'m str),
    /// The way with this number, from 0, is the first whose condition holds.
    Way(u32),
    /// No condition holds.
    Otherwise,
    /// Chance chose this arm.
    Arm(&'m str),
    /// The step's `if` does not hold, or its `unless` does.
    Skipped,
    /// The send window, quiet hours or the queue of a cap held the message back.
    Held,
    /// The frequency cap dropped the message.
    Capped,
    /// The date has passed, and the person leaves for it.
    Past,
    /// The repetition is over; takes the time of all rounds but the first.
    Rounds(LoopId),
    /// The repetition's `until` holds when another round would begin: it is asked when `every` has passed.
    Until(LoopId),
    /// The next round begins. The only edge that leads back; no pass follows it.
    Again(LoopId),
}

/// An edge of the graph.
#[derive(Debug, Clone, Copy)]
pub struct Edge<'m> {
    /// Where it begins.
    pub from: NodeId,
    /// Where it leads.
    pub to: NodeId,
    /// Why a person takes it.
    pub kind: EdgeKind<'m>,
    /// How long it takes.
    pub stretch: Stretch,
    facts: (u32, u32),
}

impl Edge<'_> {
    /// How long it takes, clock changes included.
    pub fn elapsed(&self) -> Interval {
        self.stretch.elapsed()
    }
}

/// A repetition.
#[derive(Debug, Clone, Copy)]
pub struct Loop<'m> {
    /// The step.
    pub step: &'m Repeat,
    /// The node at which each round begins.
    pub head: NodeId,
    /// The node at which each round ends; the numbers between are those of the round's nodes.
    pub tail: NodeId,
    /// How many rounds there are at most.
    pub times: u32,
    /// How long it takes from the end of a round to the beginning of the next.
    pub every: Stretch,
    /// From the beginning of a round to the beginning of the next; nothing if no round can end.
    pub period: Option<Stretch>,
    /// The repetition around this one.
    pub outer: Option<LoopId>,
}

/// An event that the graph speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventFact<'m> {
    /// The event's name.
    pub name: &'m str,
    /// What it means, if it is declared and carries a milestone.
    pub milestone: Option<Milestone>,
    /// Whether no other event of the project carries that milestone.
    pub alone: bool,
}

/// An event that makes a person leave, watched at every node.
#[derive(Debug, Clone, Copy)]
pub struct ExitWatch<'m> {
    /// The event.
    pub event: &'m Name,
    /// What stops: only messages of this class; everything if not said.
    pub only: Option<Class>,
    /// The word for reports.
    pub reason: Option<&'m Name>,
    /// Whether only some events of this name count.
    pub filtered: bool,
}

/// A journey as a timed graph.
#[derive(Debug, Clone)]
pub struct Graph<'m> {
    /// The journey that it was made of.
    pub journey: &'m Journey,
    nodes: Vec<Node<'m>>,
    /// Sorted by target; `Again` edges come last and are not in `arriving`.
    edges: Vec<Edge<'m>>,
    /// For each node the number of the first edge that leads to it, and one more at the end.
    arriving: Vec<u32>,
    /// Edge numbers sorted by the node they leave, and for each node where its run begins.
    leaving: (Vec<u32>, Vec<u32>),
    loops: Vec<Loop<'m>>,
    events: Vec<EventFact<'m>>,
    facts: Vec<facts::Fact>,
    exits: Vec<ExitWatch<'m>>,
    /// For each node the time since entry; nothing where nobody comes by.
    offsets: Vec<Option<Stretch>>,
    /// For each node its immediate dominator.
    dominators: Vec<Option<NodeId>>,
    /// The messages that nobody gets: so many come at the same moment before that the frequency cap is
    /// always full.
    dropped: Vec<NodeId>,
}

/// What a project says about time, worked out once for all its journeys.
#[derive(Debug, Clone, Copy)]
pub struct Timing<'m> {
    project: &'m Project,
    hold: Hold,
}

impl<'m> Timing<'m> {
    /// Works out what the project's policy holds back.
    pub fn of(project: &'m Project) -> Self {
        Self {
            project,
            hold: Hold::of(&project.policy),
        }
    }

    /// The graph of a journey.
    pub fn graph(&self, journey: &'m Journey) -> Graph<'m> {
        build::build(journey, self.project, self.hold, None)
    }

    /// The graph of a journey, without the ways that nobody goes.
    pub fn graph_without(&self, journey: &'m Journey, dead: &Dead) -> Graph<'m> {
        build::build(journey, self.project, self.hold, Some(dead))
    }
}

impl<'m> Graph<'m> {
    /// The graph of one journey. For many, work out [`Timing`] once.
    pub fn new(journey: &'m Journey, project: &'m Project) -> Self {
        Timing::of(project).graph(journey)
    }

    /// The node at which everybody begins.
    #[allow(
        clippy::unused_self,
        reason = "reads well at the use site: `graph.entry()`"
    )]
    pub fn entry(&self) -> NodeId {
        NodeId(0)
    }

    /// The node at which a journey ends after its last step.
    pub fn end(&self) -> NodeId {
        NodeId(count(self.nodes.len()).saturating_sub(1))
    }

    /// All nodes, in the order of the file.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node<'m>)> {
        (0..).map(NodeId).zip(&self.nodes)
    }

    /// The node with this number.
    pub fn node(&self, id: NodeId) -> &Node<'m> {
        &self.nodes[id.0 as usize]
    }

    /// All edges, sorted by the node they lead to; those that lead back come last.
    pub fn edges(&self) -> impl Iterator<Item = (EdgeId, &Edge<'m>)> {
        (0..).map(EdgeId).zip(&self.edges)
    }

    /// The edge with this number.
    pub fn edge(&self, id: EdgeId) -> &Edge<'m> {
        &self.edges[id.0 as usize]
    }

    /// Whether the frequency cap drops a message always, because of those right before it.
    pub fn is_dropped(&self, node: NodeId) -> bool {
        self.dropped.contains(&node)
    }

    /// The edges that lead to a node, except those that lead back.
    pub fn arriving(&self, node: NodeId) -> impl Iterator<Item = (EdgeId, &Edge<'m>)> {
        let at = node.0 as usize;
        (self.arriving[at]..self.arriving[at + 1]).map(|it| (EdgeId(it), &self.edges[it as usize]))
    }

    /// The edges that leave a node, those that lead back included.
    pub fn leaving(&self, node: NodeId) -> impl Iterator<Item = (EdgeId, &Edge<'m>)> {
        let (sorted, starts) = &self.leaving;
        let at = node.0 as usize;
        sorted[starts[at] as usize..starts[at + 1] as usize]
            .iter()
            .map(|it| (EdgeId(*it), &self.edges[*it as usize]))
    }

    /// All repetitions, outer ones before inner ones.
    pub fn loops(&self) -> impl Iterator<Item = (LoopId, &Loop<'m>)> {
        (0..).map(LoopId).zip(&self.loops)
    }

    /// The repetition with this number.
    pub fn repetition(&self, id: LoopId) -> &Loop<'m> {
        &self.loops[id.0 as usize]
    }

    /// The edge that leads back to the beginning of a round; nothing if there is only one round.
    pub fn back_edge(&self, id: LoopId) -> Option<EdgeId> {
        let (head, tail) = (self.repetition(id).head, self.repetition(id).tail);
        self.leaving(tail)
            .find(|(_, it)| it.to == head)
            .map(|it| it.0)
    }

    /// The repetitions that a node is in, from inside to outside.
    pub fn loops_around(&self, node: NodeId) -> impl Iterator<Item = LoopId> {
        std::iter::successors(self.node(node).within, |it| self.repetition(*it).outer)
    }

    /// The node of a step itself, not of what stands before it.
    pub fn find(&self, step: &str) -> Option<NodeId> {
        self.nodes()
            .find(|(_, it)| it.is_step() && it.id() == Some(step))
            .map(|(id, _)| id)
    }

    /// The node of a step of the model.
    pub fn node_of(&self, step: &Spanned<Step>) -> Option<NodeId> {
        self.nodes()
            .find(|(_, it)| it.is_step() && it.step.is_some_and(|own| std::ptr::eq(own, step)))
            .map(|(id, _)| id)
    }

    /// The nodes at which the customer notices something, in the order of the file; those that
    /// nobody reaches are left out.
    pub fn touchpoints(&self) -> impl Iterator<Item = (NodeId, &Node<'m>)> {
        self.nodes()
            .filter(|(id, it)| it.is_touchpoint() && self.is_reachable(*id))
    }

    /// The touchpoints with a purpose.
    pub fn with_purpose(&self, purpose: Purpose) -> impl Iterator<Item = (NodeId, &Node<'m>)> {
        self.touchpoints().filter(move |(_, it)| it.has(purpose))
    }

    /// Whether anybody can come by.
    pub fn is_reachable(&self, node: NodeId) -> bool {
        self.offset(node).is_some()
    }

    /// The time since entry at which people come by: the first time on the earliest path, the last
    /// time on the latest. Nothing if nobody comes by.
    pub fn offset(&self, node: NodeId) -> Option<Interval> {
        self.offsets[node.0 as usize].map(Stretch::elapsed)
    }

    /// The same while clocks stand still: three days are three days.
    pub fn offset_on_still_clocks(&self, node: NodeId) -> Option<Interval> {
        self.offsets[node.0 as usize].map(|it| it.nominal)
    }

    /// The earliest time since entry at which anybody comes by.
    pub fn earliest(&self, node: NodeId) -> Option<Elapsed> {
        self.offset(node).map(|it| it.lo)
    }

    /// The latest time since entry at which anybody comes by, the last round included where a
    /// node is repeated.
    pub fn latest(&self, node: NodeId) -> Option<Bound> {
        self.offset(node).map(|it| it.hi)
    }

    /// The last node that every path to this one goes through.
    pub fn dominator(&self, node: NodeId) -> Option<NodeId> {
        self.dominators[node.0 as usize]
    }

    /// Whether every path to `node` goes through `other`. A node dominates itself; a node that
    /// nobody reaches is dominated by nothing else.
    pub fn dominates(&self, other: NodeId, node: NodeId) -> bool {
        let mut at = Some(node);
        while let Some(it) = at.filter(|it| *it > other) {
            at = self.dominator(it);
        }
        at == Some(other)
    }

    /// What makes a person leave.
    pub fn exits(&self) -> &[ExitWatch<'m>] {
        &self.exits
    }

    /// What keeps a person from coming by this node once it has happened: exits are watched at
    /// every node, but those for one class of messages stop only these.
    pub fn watches(&self, node: NodeId) -> impl Iterator<Item = &ExitWatch<'m>> {
        let class = self.node(node).class;
        self.exits
            .iter()
            .filter(move |it| it.only.is_none() || it.only == class)
    }

    /// The events that have certainly happened since entry when an edge has been taken.
    pub fn establishes(&self, edge: EdgeId) -> impl Iterator<Item = &EventFact<'m>> {
        self.facts_of(edge)
            .filter(|it| it.happened)
            .map(|it| &self.events[it.event as usize])
    }

    /// The events that have certainly not happened since entry when an edge has been taken.
    pub fn denies(&self, edge: EdgeId) -> impl Iterator<Item = &EventFact<'m>> {
        self.facts_of(edge)
            .filter(|it| !it.happened)
            .map(|it| &self.events[it.event as usize])
    }

    fn facts_of(&self, edge: EdgeId) -> impl Iterator<Item = &facts::Fact> {
        let (from, to) = self.edge(edge).facts;
        self.facts[from as usize..to as usize].iter()
    }

    /// The milestone that the trigger's event carries.
    pub fn entry_milestone(&self) -> Option<Milestone> {
        self.events.first().and_then(|it| it.milestone)
    }
}

impl EdgeKind<'_> {
    /// Whether the step that stands there does not happen.
    pub fn drops(self) -> bool {
        matches!(self, Self::Skipped | Self::Capped)
    }
}

impl Loop<'_> {
    /// Whether a node belongs to its rounds.
    pub fn holds(&self, node: NodeId) -> bool {
        self.head <= node && node <= self.tail
    }
}

impl<'m> Node<'m> {
    /// The step's name, where it has one.
    pub fn id(&self) -> Option<&'m str> {
        self.step.and_then(|it| it.id()).map(|it| &*it.value)
    }

    /// Whether the node is the step itself, and not something that stands before or after it.
    pub fn is_step(&self) -> bool {
        self.step.is_some()
            && !matches!(
                self.kind,
                NodeKind::Guard | NodeKind::Hold(_) | NodeKind::Round(_)
            )
    }

    /// Whether the customer notices something.
    pub fn is_touchpoint(&self) -> bool {
        matches!(
            self.kind,
            NodeKind::Send(_) | NodeKind::Task(_) | NodeKind::Touch(_)
        )
    }

    /// Whether nothing comes after it.
    pub fn is_terminal(&self) -> bool {
        matches!(self.kind, NodeKind::Exit(_) | NodeKind::End)
    }

    /// Whether it is a touchpoint with this purpose.
    pub fn has(&self, purpose: Purpose) -> bool {
        self.is_touchpoint()
            && self
                .step
                .is_some_and(|it| it.purposes().iter().any(|it| it.value == purpose))
    }
}

/// A length as a number of nodes or edges. A file of at most a megabyte has far fewer than fit.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod brute;
#[cfg(test)]
mod brute_states;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
