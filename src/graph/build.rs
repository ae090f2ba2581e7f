//! From steps to nodes and edges, in the order of the file.
//!
//! A step takes up all loose ends, the edges that lead on but do not know yet where to, and leaves
//! new ones. So a branch whose ways are empty needs no node to meet again, and steps after an
//! `exit` get no edge at all.

use super::clock::{Stretch, of_duration, of_wait};
use super::dead::{Dead, Stops};
use super::facts::{Fact, certain};
use super::longest::Longest;
use super::marks::Marks;
use super::operators::Lens;
use super::path::By;
use super::sum::Sum;
use super::window::{Ago, Hold};
use super::{
    Edge, EdgeKind, EventFact, ExitWatch, Graph, Interval, Loop, LoopId, Node, NodeId, NodeKind,
    count,
};
use crate::model::{
    Branch, Class, Condition, Duration, FrequencyCap, IfPast, Journey, Project, Repeat, Send,
    Split, Step, Steps, WaitFor, WhenFull,
};
use crate::source::{Span, Spanned};

/// What is known on the last ways of a branch that has very many is not worth its memory.
const MOST_FACTS: usize = 64;

/// The word for people who leave because a date has passed.
const DATE_PASSED: &str = "date-passed";

/// Builds the graph of a journey.
pub(super) fn build<'m>(
    journey: &'m Journey,
    project: &'m Project,
    hold: Hold,
    dead: Option<&Dead>,
) -> Graph<'m> {
    let mut builder = Builder {
        dead,
        journey,
        project,
        hold,
        graph: Graph {
            journey,
            nodes: Vec::with_capacity(2 * journey.steps.len() + 2),
            edges: Vec::with_capacity(2 * journey.steps.len() + 2),
            arriving: Vec::with_capacity(2 * journey.steps.len() + 3),
            leaving: (Vec::new(), Vec::new()),
            loops: Vec::new(),
            events: Vec::new(),
            facts: Vec::new(),
            exits: Vec::with_capacity(journey.exits.len()),
            offsets: Vec::new(),
            dominators: Vec::new(),
            dropped: Vec::new(),
        },
        loose: Vec::new(),
        back: Vec::new(),
        within: None,
        room: project.policy.frequency_cap.as_ref().and_then(room),
        here: Here::default(),
        stopped: Vec::new(),
    };
    builder.event(&journey.trigger.event);
    let entry = builder.node(NodeKind::Entry, None, None);
    if !builder.lets_nobody_in() {
        builder.leave(entry, EdgeKind::Next, Stretch::ZERO, (0, 0));
    }
    builder.steps(&journey.steps);
    builder.node(NodeKind::End, None, None);
    builder.finish()
}

pub(super) struct Builder<'m, 'd> {
    /// What is left out; nothing if the graph shall be as it is drawn.
    pub(super) dead: Option<&'d Dead>,
    pub(super) journey: &'m Journey,
    pub(super) project: &'m Project,
    hold: Hold,
    graph: Graph<'m>,
    pub(super) loose: Vec<Loose<'m>>,
    back: Vec<Edge<'m>>,
    within: Option<LoopId>,
    /// How many messages the frequency cap lets through at one moment, if it drops the others.
    room: Option<u32>,
    /// What is certain of the moment at which people come here.
    here: Here,
    /// For each node whether everybody there has been stopped from getting commercial mail.
    stopped: Vec<bool>,
}

/// What is certain of a moment, whichever way people have come.
#[derive(Clone, Copy, Default)]
struct Here {
    /// How many messages they have been sent at this very moment, or have not been sent because the
    /// frequency cap was full already.
    crowd: u32,
    /// How long ago send window and quiet hours were open.
    since: Ago,
    /// How many minutes ago at most the last messages went out, each for certain, where nothing else fills the
    /// frequency cap.
    sent: [Option<u32>; CERTAIN],
}

/// So many certain messages are known at most.
const CERTAIN: usize = 4;

impl Here {
    fn or(self, other: Self) -> Self {
        Self {
            crowd: self.crowd.min(other.crowd),
            since: self.since.or(other.since),
            sent: std::array::from_fn(|at| {
                self.sent[at].zip(other.sent[at]).map(|(a, b)| a.max(b))
            }),
        }
    }

    /// The same after some time.
    fn after(self, wait: Option<Duration>) -> Self {
        let wait = wait.filter(|it| it.business_days == 0);
        let since = wait.map_or(Ago::default(), |it| self.since.after(it));
        let most = wait.map(|it| {
            let change = if it.days > 0 { 60 } else { 0 };
            let days = it.days.saturating_mul(1_440);
            days.saturating_add(it.minutes).saturating_add(change)
        });
        let sent = self
            .sent
            .map(|it| it.zip(most).map(|(a, b)| a.saturating_add(b)));
        Self {
            crowd: 0,
            since,
            sent,
        }
    }

    /// The same right after a message.
    fn with_message(mut self) -> Self {
        self.sent.rotate_right(1);
        self.sent[0] = Some(0);
        self
    }
}

/// An edge that does not know yet where it leads.
#[derive(Clone, Copy)]
pub(super) struct Loose<'m> {
    from: NodeId,
    kind: EdgeKind<'m>,
    stretch: Stretch,
    facts: (u32, u32),
    /// Whether who goes along it has been stopped from getting commercial mail.
    pub(super) stopped: bool,
}

impl<'m> Builder<'m, '_> {
    /// Adds a node to which all loose ends lead.
    fn node(
        &mut self,
        kind: NodeKind<'m>,
        step: Option<&'m Spanned<Step>>,
        class: Option<Class>,
    ) -> NodeId {
        let to = NodeId(count(self.graph.nodes.len()));
        let stopped = !self.loose.is_empty() && self.loose.iter().all(|it| it.stopped);
        self.stopped.push(stopped);
        self.graph.arriving.push(count(self.graph.edges.len()));
        self.graph.edges.extend(self.loose.drain(..).map(|it| Edge {
            from: it.from,
            to,
            kind: it.kind,
            stretch: it.stretch,
            facts: it.facts,
        }));
        self.graph.nodes.push(Node {
            kind,
            step,
            span: step.map_or_else(|| self.outer_span(kind), |it| it.span),
            class,
            within: self.within,
        });
        to
    }

    fn outer_span(&self, kind: NodeKind<'m>) -> Span {
        match kind {
            NodeKind::Entry => self.journey.trigger.event.span,
            _ => self.journey.span(),
        }
    }

    fn leave(&mut self, from: NodeId, kind: EdgeKind<'m>, stretch: Stretch, facts: (u32, u32)) {
        let stopped = self.stopped[from.0 as usize];
        self.loose.push(Loose {
            from,
            kind,
            stretch,
            facts,
            stopped,
        });
    }

    /// A node after which nothing is to be chosen and no time passes.
    fn plain(&mut self, kind: NodeKind<'m>, step: &'m Spanned<Step>, class: Option<Class>) {
        let at = self.node(kind, Some(step), class);
        self.leave(at, EdgeKind::Next, Stretch::ZERO, (0, 0));
    }

    fn steps(&mut self, steps: &'m Steps) {
        for step in steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &'m Spanned<Step>) {
        let before = self.here;
        match &step.value {
            Step::Wait(it) => {
                let is_plain = it.at.is_none() && it.on.is_empty();
                let wait = it.duration.filter(|_| is_plain).map(|it| it.value);
                self.here = before.after(wait);
            }
            Step::WaitUntil(_) | Step::WaitFor(_) | Step::Repeat(_) => {
                self.here = Here::default();
            }
            _ => {}
        }
        match &step.value {
            Step::Send(it) => self.guarded(step, it.only_if.as_ref(), it.unless.as_ref(), |own| {
                own.send(step, it);
            }),
            Step::Task(it) => self.guarded(step, it.only_if.as_ref(), it.unless.as_ref(), |own| {
                own.plain(NodeKind::Task(it), step, None);
            }),
            Step::Touch(it) => self.guarded(step, it.only_if.as_ref(), it.unless.as_ref(), |own| {
                // Another system sends it: our windows and caps do not hold it.
                let class = it.class.as_ref().map_or(own.journey.class, |it| it.value);
                own.plain(NodeKind::Touch(it), step, Some(class));
            }),
            Step::Wait(it) => {
                let at = self.node(NodeKind::Wait(it), Some(step), None);
                self.leave(at, EdgeKind::Next, of_wait(it), (0, 0));
            }
            Step::WaitFor(it) => self.wait_for(step, it, before),
            Step::WaitUntil(it) => {
                let at = self.node(NodeKind::WaitUntil(it), Some(step), None);
                if it.if_past == IfPast::Exit {
                    self.leave(at, EdgeKind::Past, Stretch::ZERO, (0, 0));
                    self.node(NodeKind::Exit(DATE_PASSED), Some(step), None);
                }
                self.leave(at, EdgeKind::Next, Stretch::exact(Interval::ANY), (0, 0));
            }
            Step::Branch(it) => self.branch(step, it),
            Step::Split(it) => self.split(step, it),
            Step::Repeat(it) => self.repeat(step, it),
            Step::Set(it) => self.plain(NodeKind::Set(it), step, None),
            Step::Enter(it) => self.plain(NodeKind::Enter(it), step, None),
            Step::Exit(it) => {
                self.node(NodeKind::Exit(&it.value), Some(step), None);
            }
        }
    }

    /// Puts a guard before a step that has an `if` or an `unless`.
    fn guarded(
        &mut self,
        step: &'m Spanned<Step>,
        only_if: Option<&'m Condition>,
        unless: Option<&'m Condition>,
        then: impl FnOnce(&mut Self),
    ) {
        if only_if.is_none() && unless.is_none() {
            if self.is_dead(step.span) {
                let (passing, here) = (std::mem::take(&mut self.loose), self.here);
                then(self);
                (self.loose, self.here) = (passing, here);
            } else {
                then(self);
            }
            return;
        }
        let at = self.node(NodeKind::Guard, Some(step), None);
        // Which of two conditions made a person pass the step by is not known.
        let skipped = match (only_if, unless) {
            (Some(it), None) => self.facts(&[(it, false)], &[]),
            (None, Some(it)) => self.facts(&[(it, true)], &[]),
            _ => (0, 0),
        };
        let taken: Vec<_> = only_if
            .map(|it| (it, true))
            .into_iter()
            .chain(unless.map(|it| (it, false)))
            .collect();
        let taken = self.facts(&taken, &[]);
        if !self.is_ruled_out(only_if, unless) && !self.is_dead(step.span) {
            self.leave(at, EdgeKind::Next, Stretch::ZERO, taken);
        }
        let here = self.here;
        then(self);
        // Nothing is certain of those who are passed over, but that time has not passed.
        self.here = Here {
            since: here.since.or(self.here.since),
            ..here
        };
        self.leave(at, EdgeKind::Skipped, Stretch::ZERO, skipped);
    }

    fn send(&mut self, step: &'m Spanned<Step>, send: &'m Send) {
        if self.is_stopped(send) {
            let (passing, here) = (std::mem::take(&mut self.loose), self.here);
            self.sends(step, send);
            (self.loose, self.here) = (passing, here);
        } else {
            self.sends(step, send);
        }
    }

    fn sends(&mut self, step: &'m Spanned<Step>, send: &'m Send) {
        let class = self.journey.class_of(send);
        let free = class == Class::Transactional || send.bypass_window == Some(true);
        if free || self.hold.is_idle() {
            self.plain(NodeKind::Send(send), step, Some(class));
            return;
        }
        let hold = self.hold.since(self.here.since, &self.project.policy);
        if hold.is_idle() {
            self.plain(NodeKind::Send(send), step, Some(class));
            return;
        }
        let at = self.node(NodeKind::Hold(hold), Some(step), Some(class));
        let kind = match hold.cap {
            Some(WhenFull::Skip) | None if hold.both == Stretch::ZERO => EdgeKind::Next,
            _ => EdgeKind::Held,
        };
        self.leave(at, kind, hold.stretch(true, true), (0, 0));
        // What the hours hold back may come when there is room again.
        let is_full = hold.both == Stretch::ZERO && self.is_full_of_own();
        if is_full || self.room.is_some_and(|it| self.here.crowd >= it) {
            let send = NodeId(count(self.graph.nodes.len()));
            self.graph.dropped.push(send);
        }
        self.here.crowd = self.here.crowd.saturating_add(1);
        self.here.since = Ago::NOW;
        if !is_full && self.dead.is_some_and(|it| it.alone) && hold.both == Stretch::ZERO {
            self.here = self.here.with_message();
        }
        self.plain(NodeKind::Send(send), step, Some(class));
        if hold.cap == Some(WhenFull::Skip) {
            self.leave(at, EdgeKind::Capped, hold.held(), (0, 0));
        }
    }

    /// Whether the messages of this journey alone have filled the frequency cap, for everybody here.
    fn is_full_of_own(&self) -> bool {
        let Some(cap) = &self.project.policy.frequency_cap else {
            return false;
        };
        let it = &cap.commercial;
        let spans = [
            (it.per_day, 1_440),
            (it.per_week, 7 * 1_440),
            (it.per_month, 30 * 1_440),
        ];
        cap.when_full == WhenFull::Skip
            && spans.into_iter().any(|(limit, span)| {
                let recent = |it: &&u32| **it < span;
                let sent = self.here.sent.iter().flatten().filter(recent).count();
                limit.is_some_and(|it| count(sent) >= it)
            })
    }

    fn wait_for(&mut self, step: &'m Spanned<Step>, it: &'m WaitFor, before: Here) {
        let at = self.node(NodeKind::WaitFor(it), Some(step), None);
        let event = self.event(&it.event);
        let timeout = it.timeout.as_ref().map(|it| of_duration(it.value));
        let is_over = it.timeout.is_some_and(|it| self.is_dead(it.span));
        if let Some(timeout) = timeout.filter(|_| !is_over) {
            // Only events that a filter lets through have not come, and the entry's own has; and of events
            // that carry a key only that of this case.
            let own = it.event.value == self.journey.trigger.event.value;
            let facts = match it.filter {
                None if !own
                    && !self
                        .project
                        .tells_apart(&self.journey.trigger.event.value, &it.event.value) =>
                {
                    self.fact(event, false)
                }
                _ => (0, 0),
            };
            self.leave(at, EdgeKind::Timeout(&it.event), timeout, facts);
        }
        if let Some(steps) = &it.on_timeout {
            self.here = before.after(it.timeout.map(|it| it.value));
            self.steps(steps);
        }
        self.here = Here::default();
        let facts = self.fact(event, true);
        // The event may have come before: nobody waits for what has already happened.
        let stretch = match timeout {
            _ if is_over => Stretch::ZERO,
            Some(timeout) => Stretch::from_zero(timeout),
            None => Stretch::exact(Interval::ANY),
        };
        let stops = self.stops(&it.event);
        // Who waits for ever for what cannot come is not gone.
        let is_gone = self.is_dead(it.event.span) && (timeout.is_some() || it.on_timeout.is_some());
        if stops == Stops::All || is_gone {
            return;
        }
        self.leave(at, EdgeKind::Event(&it.event), stretch, facts);
        if let (Stops::Commercial, Some(last)) = (stops, self.loose.last_mut()) {
            last.stopped = true;
        }
    }

    fn branch(&mut self, step: &'m Spanned<Step>, it: &'m Branch) {
        let at = self.node(NodeKind::Branch(it), Some(step), None);
        let mut ends = Vec::new();
        // What is certain because no way before was taken.
        let mut denied: Vec<Fact> = Vec::new();
        let before = self.here;
        let mut after = None;
        for (number, way) in it.when.iter().enumerate() {
            self.here = before;
            let facts = self.facts(&[(&way.condition, true)], &denied);
            if !self.is_dead(way.condition.text.span) {
                self.leave(at, EdgeKind::Way(count(number)), Stretch::ZERO, facts);
            }
            self.steps(&way.steps);
            ends.append(&mut self.loose);
            after = Some(after.map_or(self.here, |it: Here| it.or(self.here)));
            if denied.len() < MOST_FACTS {
                denied.extend(self.certain(&way.condition, false));
            }
        }
        let facts = self.facts(&[], &denied);
        if !self.is_dead(it.id.span) {
            self.leave(at, EdgeKind::Otherwise, Stretch::ZERO, facts);
        }
        self.here = before;
        if let Some(steps) = &it.otherwise {
            self.steps(steps);
        }
        self.here = after.map_or(self.here, |it| it.or(self.here));
        ends.append(&mut self.loose);
        self.loose = ends;
    }

    fn split(&mut self, step: &'m Spanned<Step>, it: &'m Split) {
        let at = self.node(NodeKind::Split(it), Some(step), None);
        let mut ends = Vec::new();
        let before = self.here;
        let mut after = None;
        for (name, arm) in &it.arms {
            self.here = before;
            self.leave(at, EdgeKind::Arm(&name.value), Stretch::ZERO, (0, 0));
            self.steps(&arm.steps);
            after = Some(after.map_or(self.here, |it: Here| it.or(self.here)));
            ends.append(&mut self.loose);
        }
        self.here = after.unwrap_or(before);
        if it.arms.is_empty() {
            self.leave(at, EdgeKind::Next, Stretch::ZERO, (0, 0));
            ends.append(&mut self.loose);
        }
        self.loose = ends;
    }

    fn repeat(&mut self, step: &'m Spanned<Step>, it: &'m Repeat) {
        let id = LoopId(count(self.graph.loops.len()));
        let times = self.times(it);
        let outer = self.within.replace(id);
        let every = it
            .every
            .as_ref()
            .map_or(Stretch::ZERO, |it| of_duration(it.value));
        let head = self.node(NodeKind::Repeat(it), Some(step), None);
        self.graph.loops.push(Loop {
            step: it,
            head,
            tail: head,
            times: times.max(1),
            every,
            period: None,
            outer,
        });
        self.leave(head, EdgeKind::Next, Stretch::ZERO, (0, 0));
        self.steps(&it.steps);
        let tail = self.node(NodeKind::Round(it), Some(step), None);
        self.graph.loops[id.0 as usize].tail = tail;
        if times > 1 {
            self.back.push(Edge {
                from: tail,
                to: head,
                kind: EdgeKind::Again(id),
                stretch: every,
                facts: (0, 0),
            });
        }
        self.within = outer;
        let may_end = it.until.is_some() && it.times.value > 1;
        if may_end {
            self.leave(tail, EdgeKind::Until(id), every, (0, 0));
        }
        self.here = Here::default();
        // Where `until` always holds nobody comes to a last round.
        if times > 1 || !may_end {
            self.leave(tail, EdgeKind::Rounds(id), Stretch::ZERO, (0, 0));
        }
    }

    /// The number of an event.
    fn event(&mut self, name: &'m str) -> u32 {
        let known = self.graph.events.iter().position(|it| it.name == name);
        let at = known.unwrap_or_else(|| {
            let milestone = self
                .project
                .event(name)
                .and_then(|it| it.milestone)
                .map(|it| it.value);
            self.graph.events.push(EventFact {
                name,
                milestone,
                // A second one is enough: a project may have hundreds.
                alone: milestone.is_some_and(|it| self.project.events_of(it).take(2).count() == 1),
            });
            self.graph.events.len() - 1
        });
        count(at)
    }

    fn fact(&mut self, event: u32, happened: bool) -> (u32, u32) {
        let from = count(self.graph.facts.len());
        self.graph.facts.push(Fact { event, happened });
        (from, from + 1)
    }

    /// What is certain when these conditions have these answers, besides what is known.
    fn facts(&mut self, answers: &[(&'m Condition, bool)], known: &[Fact]) -> (u32, u32) {
        let from = count(self.graph.facts.len());
        for (condition, answer) in answers {
            let found = self.certain(condition, *answer);
            self.graph.facts.extend(found);
        }
        self.graph.facts.extend(known);
        (from, count(self.graph.facts.len()))
    }

    fn certain(&mut self, condition: &'m Condition, answer: bool) -> Vec<Fact> {
        let mut facts = Vec::new();
        if let Ok(expr) = &condition.parsed {
            certain(expr, answer, &mut |name, happened| {
                let event = self.event(name);
                facts.push(Fact { event, happened });
            });
        }
        facts
    }

    fn finish(mut self) -> Graph<'m> {
        let graph = &mut self.graph;
        graph.arriving.push(count(graph.edges.len()));
        graph.edges.append(&mut self.back);
        graph.leaving = leaving(&graph.edges, graph.nodes.len());
        graph
            .exits
            .extend(self.journey.exits.iter().map(|it| ExitWatch {
                event: &it.on,
                only: it.only,
                reason: it.reason.as_ref(),
                filtered: it.filter.is_some(),
            }));
        set_periods(graph);
        graph.offsets = offsets(graph);
        graph.dominators = super::dominate::dominators(graph);
        self.graph
    }
}

/// How many messages a frequency cap lets through at one moment, if it drops the others.
fn room(cap: &FrequencyCap) -> Option<u32> {
    let it = &cap.commercial;
    let limits = [it.per_day, it.per_week, it.per_month];
    let least = limits.into_iter().flatten().min();
    least.filter(|_| cap.when_full == WhenFull::Skip)
}

/// Edge numbers sorted by the node they leave, and where each node's run begins.
fn leaving(edges: &[Edge<'_>], nodes: usize) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; nodes + 1];
    for edge in edges {
        starts[edge.from.0 as usize + 1] += 1;
    }
    for at in 0..nodes {
        starts[at + 1] += starts[at];
    }
    let mut next = starts.clone();
    let mut sorted = vec![0u32; edges.len()];
    for (number, edge) in edges.iter().enumerate() {
        let at = &mut next[edge.from.0 as usize];
        sorted[*at as usize] = count(number);
        *at += 1;
    }
    (sorted, starts)
}

/// How long a round of each repetition takes, and all rounds but the first.
fn set_periods(graph: &mut Graph<'_>) {
    if graph.loops.is_empty() {
        return;
    }
    let none = Marks::default();
    let longest = Longest::rounds(graph, By::Longest, Lens::AS_IS, &none);
    let shortest = Longest::rounds(graph, By::Shortest, Lens::AS_IS, &none);
    for (number, (hi, lo)) in longest.into_iter().zip(shortest).enumerate() {
        let id = LoopId(count(number));
        let it = &mut graph.loops[number];
        it.period = Sum::stretch(lo, hi);
        let rest = u64::from(it.times - 1);
        let stretch = Sum::stretch(lo.times(rest), hi.times(rest)).unwrap_or(Stretch::ZERO);
        let edge = graph
            .edges
            .iter_mut()
            .find(|it| it.kind == EdgeKind::Rounds(id));
        if let Some(edge) = edge {
            edge.stretch = stretch;
        }
    }
}

/// The time since entry of each node.
fn offsets(graph: &Graph<'_>) -> Vec<Option<Stretch>> {
    let none = Marks::default();
    let entry = graph.origin(graph.entry());
    let run = |by| Longest::run(graph, by, Lens::AS_IS, &none, &entry);
    let (shortest, longest) = (run(By::Shortest), run(By::Longest));
    (0..count(graph.nodes.len()))
        .map(|at| Sum::stretch(shortest.value(NodeId(at)), longest.value(NodeId(at))))
        .collect()
}
