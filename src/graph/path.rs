//! One path through the graph, and how it is told as a dated timeline.

use super::time::{Bound, Elapsed};
use super::{EdgeId, EdgeKind, Graph, Node, NodeId, NodeKind};
use crate::diagnostic::{Moment, MomentKind, Witness};
use crate::model::Wait;
use crate::source::Span;

/// Which path was looked for, and so what its times are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// The path that takes the least time; each moment is the earliest.
    Shortest,
    /// The path that takes the most time; each moment is the latest.
    Longest,
}

/// A path, from where the question began to where its answer lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// What kind of path it is.
    pub by: By,
    /// Whether its length counts on a clock change, which is an hour of it.
    pub shifted: bool,
    /// The nodes on it, at least one.
    pub stops: Vec<Stop>,
}

/// A node on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// The node.
    pub node: NodeId,
    /// The edge that led there. The first stop has one if the question began with an edge; a stop
    /// at which only the rounds of a repetition pass has none.
    pub via: Option<EdgeId>,
    /// When, since the question's beginning.
    pub at: Bound,
    /// How many rounds of a repetition have passed since the stop before.
    pub rounds: u32,
    /// Whether the time takes in the hour of a clock change.
    pub shifted: bool,
}

impl Stop {
    /// When, if clocks stand still.
    fn on_still_clocks(&self, by: By) -> Bound {
        match (self.at, self.shifted, by) {
            (Bound::Finite(it), true, By::Longest) => Bound::Finite(it - Elapsed::HOUR),
            (Bound::Finite(it), true, By::Shortest) => Bound::Finite(it + Elapsed::HOUR),
            (it, ..) => it,
        }
    }
}

impl Path {
    /// The node at which it begins.
    pub fn start(&self) -> NodeId {
        self.stops.first().map_or(NodeId(0), |it| it.node)
    }

    /// The node at which it ends.
    pub fn target(&self) -> NodeId {
        self.stops.last().map_or(NodeId(0), |it| it.node)
    }

    /// How long it takes.
    pub fn length(&self) -> Bound {
        self.stops.last().map_or(Bound::ZERO, |it| it.at)
    }

    /// How long it takes when clocks stand still: without the hour of a clock change.
    pub fn on_still_clocks(&self) -> Bound {
        match (self.length(), self.shifted, self.by) {
            (Bound::Finite(it), true, By::Longest) => Bound::Finite(it - Elapsed::HOUR),
            (Bound::Finite(it), true, By::Shortest) => Bound::Finite(it + Elapsed::HOUR),
            (it, ..) => it,
        }
    }

    /// Whether it goes through a node.
    pub fn passes(&self, node: NodeId) -> bool {
        self.stops.iter().any(|it| it.node == node)
    }

    /// The edges on it, in order.
    pub fn edges(&self) -> impl Iterator<Item = EdgeId> {
        self.stops.iter().filter_map(|it| it.via)
    }
}

impl Graph<'_> {
    /// The path as a timeline since the trigger's event: what comes before its beginning is filled
    /// in with the same kind of path. Stops where the path may take for ever. Clocks stand still, so
    /// that three days are three days, unless a window holds something back: then the hour of a clock
    /// change is part of the worst case, and said.
    pub fn witness(&self, path: &Path) -> Witness {
        let is_held = |it: &Path| {
            it.edges().any(|id| {
                let edge = self.edge(id);
                edge.kind == EdgeKind::Held && edge.elapsed().hi > Bound::ZERO
            })
        };
        let still = |mut it: Path| {
            if !is_held(path) {
                for stop in &mut it.stops {
                    stop.at = stop.on_still_clocks(it.by);
                }
            }
            it
        };
        let path = &still(path.clone());
        let mut told = Told {
            graph: self,
            moments: Vec::with_capacity(path.stops.len() + 2),
        };
        told.moments.push(Moment {
            at: 0,
            kind: MomentKind::Event,
            name: self.journey.trigger.event.to_string(),
            span: Some(self.journey.trigger.event.span),
        });
        let Some(first) = path.stops.first() else {
            return Witness::default();
        };
        let mut base = Bound::ZERO;
        if first.node != self.entry() {
            let before = match first.via {
                Some(edge) => self.path_to(self.edge(edge).from, path.by),
                None => self.path_to(first.node, path.by),
            };
            if let Some(before) = &before.map(still) {
                base = before.length();
                told.tell(Elapsed::ZERO, &before.stops);
            }
        }
        // A question can begin with an event that came some time before the path does.
        let (Bound::Finite(base), Bound::Finite(age)) = (base, first.at) else {
            told.for_ever(first);
            return told.finish();
        };
        let base = base - age;
        match first.via {
            Some(edge) => {
                told.event(edge, base);
                told.tell(base, &path.stops);
            }
            // The node itself was told with what comes before.
            None => told.tell(base, &path.stops[1..]),
        }
        told.finish()
    }
}

struct Told<'g, 'm> {
    graph: &'g Graph<'m>,
    moments: Vec<Moment>,
}

impl Told<'_, '_> {
    fn tell(&mut self, base: Elapsed, stops: &[Stop]) {
        let mut before = base;
        for stop in stops {
            let Bound::Finite(at) = stop.at else {
                self.for_ever(stop);
                return;
            };
            let at = base + at;
            match stop.via {
                Some(edge) => self.edge(edge, at, at - before, stop.rounds),
                None if at > before => {
                    let node = self.graph.node(stop.node);
                    self.rounds(at, node.id().unwrap_or(""), stop.rounds, Some(node.span));
                }
                None => {}
            }
            self.node(stop.node, at);
            before = at;
        }
    }

    fn event(&mut self, edge: EdgeId, at: Elapsed) {
        let Some(name) = self.graph.establishes(edge).next().map(|it| it.name) else {
            return;
        };
        let span = self.graph.node(self.graph.edge(edge).from).span;
        self.moment(at, MomentKind::Event, name, Some(span));
    }

    fn edge(&mut self, id: EdgeId, at: Elapsed, took: Elapsed, rounds: u32) {
        let edge = self.graph.edge(id);
        let from = self.graph.node(edge.from);
        let span = Some(from.span);
        let name = from.id().unwrap_or("");
        match edge.kind {
            EdgeKind::Event(event) => self.moment(at, MomentKind::Event, event, span),
            EdgeKind::Timeout(event) => self.moment(at, MomentKind::Timeout, event, span),
            EdgeKind::Way(number) => {
                if let NodeKind::Branch(it) = from.kind
                    && let Some(way) = it.when.get(number as usize)
                {
                    let text = way.title.as_ref().unwrap_or(&way.condition.text);
                    self.moment(at, MomentKind::Choice, text, Some(text.span));
                }
            }
            EdgeKind::Otherwise => self.moment(at, MomentKind::Choice, "otherwise", span),
            EdgeKind::Arm(arm) => self.moment(at, MomentKind::Choice, arm, span),
            EdgeKind::Skipped => {
                self.moment(
                    at,
                    MomentKind::Choice,
                    &format!("`{name}` is skipped"),
                    span,
                );
            }
            EdgeKind::Capped => {
                self.moment(
                    at,
                    MomentKind::Held,
                    &format!("the frequency cap drops `{name}`"),
                    span,
                );
            }
            EdgeKind::Held if took > Elapsed::ZERO => {
                self.moment(at, MomentKind::Held, &held(from, took), span);
            }
            EdgeKind::Next if took > Elapsed::ZERO => {
                self.moment(at, MomentKind::Wait, &waited(from), span);
            }
            EdgeKind::Rounds(_) | EdgeKind::Again(_) if took > Elapsed::ZERO => {
                self.rounds(at, name, rounds, span);
            }
            EdgeKind::Until(_) if took > Elapsed::ZERO => {
                let text = format!("no further round of `{name}`");
                self.moment(at, MomentKind::Wait, &text, span);
            }
            _ => {}
        }
    }

    fn rounds(&mut self, at: Elapsed, name: &str, rounds: u32, span: Option<Span>) {
        let text = match rounds {
            0 => return,
            1 => format!("one more round of `{name}`"),
            _ => format!("{rounds} more rounds of `{name}`"),
        };
        self.moment(at, MomentKind::Wait, &text, span);
    }

    fn node(&mut self, id: NodeId, at: Elapsed) {
        let node = self.graph.node(id);
        let name = node.id().unwrap_or("");
        let span = Some(node.span);
        match node.kind {
            NodeKind::Send(_) => self.moment(at, MomentKind::Send, name, span),
            NodeKind::Task(_) => self.moment(at, MomentKind::Task, name, span),
            NodeKind::Touch(_) => self.moment(at, MomentKind::Touch, name, span),
            NodeKind::Exit(reason) => self.moment(at, MomentKind::Exit, reason, span),
            NodeKind::End => self.moment(at, MomentKind::Exit, "the last step is done", None),
            _ => {}
        }
    }

    fn for_ever(&mut self, stop: &Stop) {
        let from = stop.via.map(|it| self.graph.edge(it).from);
        let at = self.moments.last().map_or(0, |it| it.at);
        let node = self.graph.node(from.unwrap_or(stop.node));
        let text = match node.kind {
            NodeKind::WaitFor(it) => format!("waits for `{}`, perhaps for ever", it.event.value),
            NodeKind::WaitUntil(it) => format!("waits for `{}`, perhaps for ever", it.date),
            NodeKind::Hold(_) => "held back, perhaps for ever".to_owned(),
            _ => "may take for ever".to_owned(),
        };
        self.moment(Elapsed(at), MomentKind::Wait, &text, Some(node.span));
    }

    fn moment(&mut self, at: Elapsed, kind: MomentKind, name: &str, span: Option<Span>) {
        self.moments.push(Moment {
            at: at.0,
            kind,
            name: name.to_owned(),
            span,
        });
    }

    fn finish(mut self) -> Witness {
        // An event that a question began with may have come before the last stops before it.
        self.moments.sort_by_key(|it| it.at);
        self.moments.dedup();
        Witness {
            moments: self.moments,
        }
    }
}

fn held(node: &Node<'_>, took: Elapsed) -> String {
    let NodeKind::Hold(hold) = node.kind else {
        return "held back".to_owned();
    };
    let by = match (
        hold.window.nominal.hi > Bound::ZERO,
        hold.quiet.nominal.hi > Bound::ZERO,
    ) {
        (true, true) => "the send window and quiet hours",
        (false, true) => "quiet hours",
        _ => "the send window",
    };
    let when = hold.closed.and_then(|it| {
        let (from, to) = (it.clock(0, true), it.clock(it.minutes, true));
        let nominal = Elapsed::minutes(it.minutes);
        if took == nominal {
            Some(format!(", {from} to {to}"))
        } else if hold.both.late && took == nominal + Elapsed::HOUR {
            Some(format!(", {from} to {to}, and clocks go back"))
        } else {
            None
        }
    });
    format!("held by {by} for {took}{}", when.unwrap_or_default())
}

fn waited(node: &Node<'_>) -> String {
    match node.kind {
        NodeKind::Wait(wait) => in_words(wait),
        NodeKind::WaitUntil(it) => format!("waits until `{}`", it.date),
        _ => "waits".to_owned(),
    }
}

/// A wait as its author wrote it.
pub(super) fn in_words(wait: &Wait) -> String {
    let mut parts = Vec::new();
    if let Some(it) = &wait.duration {
        parts.push(it.value.to_string());
    }
    if !wait.on.is_empty() {
        let days: Vec<_> = wait.on.iter().map(|it| it.value.word()).collect();
        parts.push(format!("on {}", days.join(", ")));
    }
    if let Some(it) = &wait.at {
        parts.push(format!("at {}", it.value));
    }
    format!("waits {}", parts.join(" "))
}
