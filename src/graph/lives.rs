//! What one person can be inside of at the same time.
//!
//! In: the journeys that can be judged, with their graphs. Out: for each event that lets people in a
//! [`Life`]: the journeys that begin with it, those that they start by `enter`, and those that begin
//! with an event that one of them waits for; each with the time since the first event.
//! Invariant: two journeys are only said to meet where something in the files makes them meet;
//! events that merely may fall together say nothing. Grows linearly with the number of journeys and
//! of the links between them.
//! Not done here: judging.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::crowd::Burst;
use super::ties::{Link, Tie};
use super::{EdgeKind, Elapsed, Graph, Interval, Node, NodeId, NodeKind};
use crate::diagnostic::{Moment, MomentKind, Witness};
use crate::model::reason::Vocabulary;
use crate::model::{
    CapLimits, Class, Expr, ExprKind, Journey, Name, Project, Purpose, Reentry, Send, Step, Steps,
};
use crate::source::{Span, Spanned};

/// How many kinds of people an event is looked at for; beyond, only the first ones are.
const KINDS: usize = 32;

/// For so many touchpoints it is known at most how they lie to what their journey begins; where there are more
/// of them, only the times since the entry are.
const MOST_TIES: usize = 2_000;

/// How many links a journey may stand away from the one that begins a life.
const REACH: usize = 2;

/// What a journey says to a customer, and when; and what it sets off.
#[derive(Debug, Default)]
pub(crate) struct Timetable<'p> {
    /// The touchpoints that people come by, in the order of the file.
    pub(crate) touches: Vec<Planned<'p>>,
    /// The journeys that it starts, when, and how its touchpoints lie to that.
    enters: Vec<Begins<'p>>,
    /// The events that it waits for, when they come, and how its touchpoints lie to that.
    awaits: Vec<Begins<'p>>,
    /// For a day, a week and thirty days the runs of capped messages that fall into them.
    pub(crate) loads: [Vec<Load>; 3],
}

/// What a journey begins, when, and how its touchpoints lie to that moment.
type Begins<'p> = (&'p str, Interval, Arc<[Tie]>);

/// A capped message with the runs of such messages that can begin with it.
#[derive(Debug)]
pub(crate) struct Load {
    /// The earliest time at which it comes, since the journey began.
    pub(crate) at: Elapsed,
    /// The messages by their places among the touchpoints, itself included, each with the time since
    /// this one: the most of them first.
    pub(crate) runs: Vec<Vec<(usize, Elapsed)>>,
}

/// Longer than any limit.
const NEVER: Elapsed = Elapsed(i64::MAX / 4);

/// What a person bears, where the project says nothing: a day, a week, thirty days.
const BEARABLE: CapLimits = CapLimits {
    per_day: Some(1),
    per_week: Some(3),
    per_month: Some(8),
};

/// The most commercial messages of a day, a week and thirty days, each with that length of time.
pub(crate) fn bearable(project: &Project) -> [(Option<u32>, Elapsed); 3] {
    let cap = project.policy.frequency_cap.as_ref();
    let limits = cap.map_or(&BEARABLE, |it| &it.commercial);
    [
        (limits.per_day, Elapsed::DAY),
        (limits.per_week, Elapsed::days(7)),
        (limits.per_month, Elapsed::days(30)),
    ]
}

/// A touchpoint of a timetable. Times are those of clocks that stand still: a letter a day is not two
/// in one day because clocks go forward.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planned<'p> {
    /// Its place among the touchpoints of its timetable.
    place: usize,
    /// The step.
    pub(crate) step: &'p Spanned<Step>,
    /// Its name.
    pub(crate) id: &'p Name,
    /// The time since the journey began.
    pub(crate) at: Interval,
    /// What law takes it for; nothing for tasks.
    pub(crate) class: Option<Class>,
}

/// The journeys that one person is inside of after an event.
#[derive(Debug)]
pub(crate) struct Life<'p> {
    /// The event that begins it.
    pub(crate) event: &'p str,
    /// The journeys, those that the event lets in first.
    pub(crate) members: Vec<Member<'p>>,
    /// Of two journeys of which one begins the other, the first named: how the touchpoints of the first
    /// lie to the beginning of the second.
    ties: BTreeMap<(&'p str, &'p str), Vec<Arc<[Tie]>>>,
    /// By their places among the members, first those who are let in wherever the event does; found once for
    /// all rules.
    parties: OnceLock<Vec<Vec<u32>>>,
    /// The same with those who are refused where they have been not long ago.
    returning: OnceLock<Vec<Vec<u32>>>,
}

/// A journey of a life.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'p> {
    /// The journey.
    pub(crate) journey: &'p Journey,
    /// The time from the life's event to the journey's beginning.
    pub(crate) from: Interval,
    /// Why it begins.
    pub(crate) cause: Cause<'p>,
}

/// Why a journey of a life begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause<'p> {
    /// The life's event lets people in.
    Event,
    /// Another journey of the life starts it.
    Entered(&'p str),
    /// It begins with this event, for which another journey of the life waits.
    Awaited(&'p str),
}

impl<'p> Timetable<'p> {
    /// The timetable of a journey, without its loads.
    pub(crate) fn of(graph: &Graph<'p>, doors: &Doors<'_>) -> Self {
        Self::read(graph, doors).0
    }

    /// The timetable of a journey. Loads are counted as far as one more than is bearable.
    pub(crate) fn with_loads(
        graph: &Graph<'p>,
        doors: &Doors<'_>,
        bearable: [(Option<u32>, Elapsed); 3],
    ) -> Self {
        let (mut res, places) = Self::read(graph, doors);
        if !places.is_empty() {
            let marks = graph.marks(|id, _| places.contains_key(&id));
            res.loads = bearable.map(|(limit, window)| {
                let up_to = limit.map_or(0, |it| it.saturating_add(1));
                let bursts = graph.bursts(&marks, window, up_to).into_iter();
                bursts.map(|it| load(it, &places)).collect()
            });
        }
        res
    }

    /// Its touchpoints and links, and the places of the capped messages among the touchpoints.
    fn read(graph: &Graph<'p>, doors: &Doors<'_>) -> (Self, BTreeMap<NodeId, usize>) {
        let mut res = Self::default();
        let mut places: BTreeMap<NodeId, usize> = BTreeMap::new();
        let mut nodes: Vec<NodeId> = Vec::new();
        let (mut enters, mut awaits) = (Vec::new(), Vec::new());
        for (own, node) in graph.nodes() {
            let (Some(at), Some(step)) = (graph.offset_on_still_clocks(own), node.step) else {
                continue;
            };
            match (&node.kind, &step.value) {
                (NodeKind::Enter(_), Step::Enter(name)) => {
                    enters.push((&*name.value, at, Link::Node(own)));
                }
                (NodeKind::WaitFor(_), Step::WaitFor(it)) => {
                    let arrives = graph
                        .leaving(own)
                        .find(|(_, edge)| matches!(edge.kind, EdgeKind::Event(_)));
                    if let Some((id, edge)) = arrives {
                        let comes = at + edge.stretch.nominal;
                        awaits.push((&*it.event.value, comes, Link::Edge(id)));
                    }
                }
                _ => {}
            }
            if node.is_touchpoint()
                && node.is_step()
                && let Some(id) = step.value.id()
            {
                let class = node.class;
                if is_capped(node) {
                    places.insert(own, res.touches.len());
                }
                nodes.push(own);
                res.touches.push(Planned {
                    place: res.touches.len(),
                    step,
                    id,
                    at,
                    class,
                });
            }
        }
        // Each takes a few passes over the graph.
        let is_small = nodes.len().saturating_mul(enters.len() + awaits.len()) <= MOST_TIES;
        let tied = |(name, at, link): (&'p str, Interval, Link)| {
            // Where the event begins nothing, nobody asks for them.
            let begins = matches!(link, Link::Node(_)) || doors.by_event.contains_key(name);
            let ties = (is_small && begins).then(|| Tie::all(graph, link, &nodes));
            (name, at, ties.unwrap_or_default().into())
        };
        res.enters = enters.into_iter().map(tied).collect();
        res.awaits = awaits.into_iter().map(tied).collect();
        (res, places)
    }
}

fn load(burst: Burst, places: &BTreeMap<NodeId, usize>) -> Load {
    let place = |(node, at): (NodeId, Elapsed)| Some((*places.get(&node)?, at));
    let runs = burst.runs.into_iter();
    Load {
        at: burst.since.lo,
        runs: runs
            .map(|it| it.into_iter().filter_map(place).collect())
            .collect(),
    }
}

/// Whether a message counts for the frequency cap: a commercial one that people have not asked for, and
/// that does not bypass the window.
fn is_capped(node: &Node<'_>) -> bool {
    let counts = |it: &Send| it.bypass_window != Some(true) && it.requested != Some(true);
    matches!(node.kind, NodeKind::Send(it) if counts(it)) && node.class == Some(Class::Commercial)
}

impl Planned<'_> {
    /// Whether it has a purpose.
    pub(crate) fn has(&self, purpose: Purpose) -> bool {
        self.step
            .value
            .purposes()
            .iter()
            .any(|it| it.value == purpose)
    }
}

impl<'p> Life<'p> {
    /// The sets of journeys that one person can be in together: journeys whose conditions on the
    /// event exclude each other are in different ones. Journeys that people only enter later are in
    /// all of them.
    pub(crate) fn parties(&self, project: &Project) -> Vec<Vec<Member<'p>>> {
        let parties = self.parties.get_or_init(|| self.find_parties(project));
        parties.iter().map(|it| self.members_of(it)).collect()
    }

    /// The same sets, and those of people for whom the event is not the first: a journey that they have been
    /// let into not long ago refuses them, and later another one sends them into it.
    pub(crate) fn all_parties(&self, project: &Project) -> Vec<Vec<Member<'p>>> {
        let mut all = self.parties(project);
        let returning = self.returning.get_or_init(|| self.find_returning());
        all.extend(returning.iter().map(|it| self.members_of(it)));
        all
    }

    fn members_of(&self, party: &[u32]) -> Vec<Member<'p>> {
        let member = |at: &u32| self.members.get(*at as usize).copied();
        party.iter().filter_map(member).collect()
    }

    fn find_returning(&self) -> Vec<Vec<u32>> {
        let is_sent = |it: &Member<'p>| matches!(it.cause, Cause::Entered(_));
        let sent: BTreeSet<&str> = self
            .members
            .iter()
            .filter(|it| is_sent(it))
            .map(name)
            .collect();
        let shuts_out = |it: &Member<'p>| {
            it.cause == Cause::Event && is_after_a_while(it.journey) && sent.contains(name(it))
        };
        let refused: BTreeSet<&str> = self
            .members
            .iter()
            .filter(|it| shuts_out(it))
            .map(name)
            .collect();
        let parties = self.parties.get().into_iter().flatten();
        let returning = parties.filter_map(|party| {
            let is_refused = |at: &&u32| {
                let member = self.members.get(**at as usize);
                member.is_some_and(|it| it.cause == Cause::Event && refused.contains(name(it)))
            };
            let gone: BTreeSet<&str> = party
                .iter()
                .filter(is_refused)
                .filter_map(|at| self.members.get(*at as usize).map(name))
                .collect();
            let stays = party.iter().filter(|it| !is_refused(it)).copied();
            let come = (0..).zip(&self.members).filter(|(_, it)| is_sent(it));
            let come = come
                .filter(|(_, it)| gone.contains(name(it)))
                .map(|it| it.0);
            (!gone.is_empty()).then(|| stays.chain(come).collect())
        });
        returning.collect()
    }

    fn find_parties(&self, project: &Project) -> Vec<Vec<u32>> {
        let begun = |it: &&Member<'_>| it.cause == Cause::Event;
        let Some(first) = self.members.first() else {
            return Vec::new();
        };
        let vocabulary = Vocabulary::of(project, first.journey);
        let filter = |it: &Member<'p>| it.journey.trigger.filter.as_ref();
        let mut kinds: BTreeMap<&str, &Expr> = BTreeMap::new();
        for condition in self.members.iter().filter(begun).filter_map(filter) {
            if let Ok(expr) = &condition.parsed {
                kinds.insert(&condition.text.value, expr);
            }
        }
        let mut res: Vec<BTreeSet<&str>> = Vec::new();
        for (text, expr) in kinds.iter().take(KINDS) {
            let mut party = BTreeSet::from([*text]);
            let mut claims = vec![(*expr, true)];
            for (other, expr) in kinds.iter().take(KINDS).filter(|(it, _)| *it != text) {
                claims.push((expr, true));
                if vocabulary.possible(claims.iter().copied()) {
                    party.insert(other);
                } else {
                    claims.pop();
                }
            }
            if !res.contains(&party) {
                res.push(party);
            }
        }
        // And those who pass none of the conditions, where a journey lets everybody in.
        let none = kinds.values().take(KINDS).map(|it| (*it, false));
        let is_open = self
            .members
            .iter()
            .filter(begun)
            .any(|it| filter(it).is_none());
        if res.is_empty() || (is_open && vocabulary.possible(none)) {
            res.push(BTreeSet::new());
        }
        let of_party = |party: &BTreeSet<&str>| {
            let joins = |(_, it): &(u32, &Member<'p>)| {
                let filter = filter(it).filter(|_| it.cause == Cause::Event);
                filter.is_none_or(|it| it.parsed.is_err() || party.contains(&*it.text.value))
            };
            let members = || (0..).zip(&self.members).filter(joins);
            let begun = members().filter(|(_, it)| it.cause == Cause::Event);
            let inside: BTreeSet<&str> = begun.map(|(_, it)| &*it.journey.name.value).collect();
            // Who has been let in is not sent in again.
            let sent_in = |(_, it): &(u32, &Member<'p>)| {
                it.cause == Cause::Event || !inside.contains(&*it.journey.name.value)
            };
            members().filter(sent_in).map(|(at, _)| at).collect()
        };
        res.iter().map(of_party).collect()
    }

    /// The shortest time that can lie between two touchpoints. Where a journey begins because of what
    /// another one does, the two move together; where nobody knows when, the time between their earliest
    /// moments is meant.
    pub(crate) fn apart(
        &self,
        one: (Member<'p>, Planned<'p>),
        other: (Member<'p>, Planned<'p>),
    ) -> Elapsed {
        if let Some(gap) = self.behind(one, other).or_else(|| self.behind(other, one)) {
            return gap;
        }
        let (first, second) = (one.0.time_of(&one.1), other.0.time_of(&other.1));
        // When an awaited event comes is not known, nor is when people are sent who may wait for ever.
        let is_dated = |it: Member<'_>| match it.cause {
            Cause::Event => true,
            Cause::Entered(_) => it.from.hi.finite().is_some(),
            Cause::Awaited(_) => false,
        };
        if !is_dated(one.0) || !is_dated(other.0) {
            return (first.lo - second.lo).max(second.lo - first.lo);
        }
        first.apart(second)
    }

    /// The shortest time between a touchpoint and one of a journey that its own journey begins; for ever if
    /// nobody comes by both.
    fn behind(
        &self,
        (cause, planned): (Member<'p>, Planned<'p>),
        (begun, other): (Member<'p>, Planned<'p>),
    ) -> Option<Elapsed> {
        let begins = match begun.cause {
            Cause::Event => false,
            Cause::Entered(name) => *cause.journey.name.value == *name,
            Cause::Awaited(_) => true,
        };
        if !begins {
            return None;
        }
        let names = (&*cause.journey.name.value, &*begun.journey.name.value);
        let ties = self.ties.get(&names)?;
        let mut own = Vec::with_capacity(ties.len());
        for it in ties {
            own.push(it.get(planned.place)?);
        }
        let gaps = own.into_iter().filter_map(|it| it.apart(other.at));
        Some(gaps.min().unwrap_or(NEVER))
    }

    /// A dated line of what happens at these touchpoints, each as early as it can, with their
    /// journeys.
    pub(crate) fn witness(&self, touches: &[(Member<'p>, Planned<'p>)]) -> Witness {
        let begin = self.members.first().map(|it| it.journey.trigger.event.span);
        let mut moments = vec![Moment {
            at: 0,
            kind: MomentKind::Event,
            name: self.event.to_owned(),
            span: begin,
        }];
        let mut told = BTreeSet::new();
        for (member, planned) in touches {
            let name = &*member.journey.name.value;
            if let Cause::Awaited(event) = member.cause
                && told.insert(event)
            {
                moments.push(Moment {
                    at: member.from.lo.0,
                    kind: MomentKind::Event,
                    name: event.to_owned(),
                    span: Some(member.journey.trigger.event.span),
                });
            }
            let kind = match planned.step.value {
                Step::Send(_) => MomentKind::Send,
                Step::Task(_) => MomentKind::Task,
                _ => MomentKind::Touch,
            };
            moments.push(Moment {
                at: (member.from.lo + planned.at.lo).0,
                kind,
                name: format!("{name}/{}", planned.id.value),
                span: Some(planned.id.span),
            });
        }
        moments.sort_by_key(|it| it.at);
        Witness { moments }
    }
}

fn name<'p>(member: &Member<'p>) -> &'p str {
    &member.journey.name.value
}

/// Whether a journey refuses for a while those whom it has let in, and then lets them in again.
fn is_after_a_while(journey: &Journey) -> bool {
    let reentry = journey.reentry.as_ref().map(|it| it.value);
    matches!(reentry, Some(Reentry::After(_)))
}

impl<'p> Member<'p> {
    /// When one of its touchpoints comes, since the life's event.
    pub(crate) fn time_of(&self, planned: &Planned<'p>) -> Interval {
        self.from + planned.at
    }
}

/// Whether two touchpoints are for different people: the conditions on the event's properties on the
/// way to the one and to the other exclude each other, or the one comes only where the event that
/// leads to the other did not come.
pub(crate) fn are_apart<'p>(
    project: &'p Project,
    (one, first): (Member<'p>, Planned<'p>),
    (other, second): (Member<'p>, Planned<'p>),
) -> bool {
    let misses = |cause: Cause<'_>, member: Member<'_>, planned: Planned<'_>| match cause {
        Cause::Awaited(event) => is_without(&member.journey.steps, planned.step.span, event),
        _ => false,
    };
    if misses(one.cause, other, second) || misses(other.cause, one, first) {
        return true;
    }
    let same = one.journey.trigger.event.value == other.journey.trigger.event.value;
    if !same || one.cause != other.cause {
        return false;
    }
    let mut claims = Vec::new();
    for (member, planned) in [(one, first), (other, second)] {
        // Who is sent in is not asked by the filter.
        let asked = !matches!(member.cause, Cause::Entered(_));
        let filter = member.journey.trigger.filter.iter().filter(|_| asked);
        claims.extend(filter.filter_map(|it| Some((it.parsed.as_ref().ok()?, true))));
        way_to(&member.journey.steps, planned.step.span, &mut claims);
    }
    claims.retain(|(it, _)| is_of_event(it));
    !Vocabulary::of(project, one.journey).possible(claims)
}

/// Whether a step is only for those for whom an event did not come in time.
fn is_without(steps: &Steps, step: Span, event: &str) -> bool {
    let holds = |it: &&Spanned<Step>| it.span.start <= step.start && step.end <= it.span.end;
    let Some(it) = steps.iter().find(holds) else {
        return false;
    };
    match &it.value {
        Step::WaitFor(wait) if *wait.event.value == *event => true,
        it => it.inner().into_iter().any(|it| is_without(it, step, event)),
    }
}

/// Collects what must hold, or must not, on the way to a step. Says whether it stands in the list.
fn way_to<'p>(steps: &'p Steps, step: Span, claims: &mut Vec<(&'p Expr, bool)>) -> bool {
    for it in steps {
        if it.span == step {
            return true;
        }
        if !(it.span.start <= step.start && step.end <= it.span.end) {
            continue;
        }
        let Step::Branch(branch) = &it.value else {
            return it
                .value
                .inner()
                .into_iter()
                .any(|inner| way_to(inner, step, claims));
        };
        for way in &branch.when {
            let expr = way.condition.parsed.as_ref().ok();
            let before = claims.len();
            claims.extend(expr.map(|it| (it, true)));
            if way_to(&way.steps, step, claims) {
                return true;
            }
            claims.truncate(before);
            claims.extend(expr.map(|it| (it, false)));
        }
        let otherwise = branch.otherwise.as_ref();
        return otherwise.is_some_and(|it| way_to(it, step, claims));
    }
    false
}

/// Whether a condition speaks of nothing but the event, whose properties never change.
fn is_of_event(expr: &Expr) -> bool {
    let mut lasts = true;
    expr.walk(&mut |it| lasts &= !matches!(it.kind, ExprKind::Contact(_) | ExprKind::History(_)));
    lasts
}

/// Of these steps the most that one person can come by: ways of a branch and arms of a split exclude
/// each other, and so do what follows a timeout that ends the journey and what follows the event.
pub(crate) fn on_one_way(journey: &Journey, steps: &BTreeSet<Span>) -> BTreeSet<Span> {
    let (on, ended) = most(&journey.steps, steps);
    more(on, Some(ended))
        .unwrap_or_default()
        .into_iter()
        .collect()
}

/// The most steps of those who go on after a list, if anybody does, and of those who left in it.
fn most(list: &Steps, wanted: &BTreeSet<Span>) -> (Option<Vec<Span>>, Vec<Span>) {
    let mut ended = Vec::new();
    let mut on = Vec::new();
    for step in list {
        if wanted.contains(&step.span) {
            on.push(step.span);
        }
        let mut ways: Vec<_> = match &step.value {
            Step::Exit(_) => return (None, more(Some(ended), Some(on)).unwrap_or_default()),
            Step::Branch(_) | Step::Split(_) | Step::Repeat(_) | Step::WaitFor(_) => step
                .inner()
                .into_iter()
                .map(|it| most(it, wanted))
                .collect(),
            _ => continue,
        };
        let passes = match &step.value {
            Step::WaitFor(_) => true,
            Step::Branch(it) => it.otherwise.is_none(),
            _ => ways.is_empty(),
        };
        if passes {
            ways.push((Some(Vec::new()), Vec::new()));
        }
        let mut goes_on = None;
        for (inner, left) in ways {
            let left = on.iter().copied().chain(left).collect();
            ended = more(Some(ended), Some(left)).unwrap_or_default();
            goes_on = more(goes_on, inner);
        }
        match goes_on {
            Some(inner) => on.extend(inner),
            None => return (None, ended),
        }
    }
    (Some(on), ended)
}

/// The longer of two; the first if they are equally long.
fn more(a: Option<Vec<Span>>, b: Option<Vec<Span>>) -> Option<Vec<Span>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.len() > a.len() { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// The journeys by what lets people in, and by name.
pub(crate) struct Doors<'p> {
    by_event: BTreeMap<&'p str, Vec<&'p Journey>>,
    by_name: BTreeMap<&'p str, &'p Journey>,
}

impl<'p> Doors<'p> {
    /// Those of some journeys.
    pub(crate) fn of(journeys: impl Iterator<Item = &'p Journey>) -> Self {
        let mut res = Self {
            by_event: BTreeMap::new(),
            by_name: BTreeMap::new(),
        };
        for journey in journeys {
            let event = &*journey.trigger.event.value;
            res.by_event.entry(event).or_default().push(journey);
            res.by_name.insert(&journey.name.value, journey);
        }
        res
    }

    /// The lives that there are: one for each event that lets people in, in the order of their names.
    pub(crate) fn lives<'t>(
        &self,
        timetable: impl Fn(&'p Journey) -> &'t Timetable<'p>,
    ) -> Vec<Life<'p>>
    where
        'p: 't,
    {
        let events = self.by_event.keys();
        events.filter_map(|it| self.life(it, &timetable)).collect()
    }

    /// The life that begins with an event; nothing if the event lets nobody in.
    pub(crate) fn life<'t>(
        &self,
        event: &str,
        timetable: impl Fn(&'p Journey) -> &'t Timetable<'p>,
    ) -> Option<Life<'p>>
    where
        'p: 't,
    {
        let (event, begun) = self.by_event.get_key_value(event)?;
        let first = |journey: &&'p Journey| Member {
            journey,
            from: Interval::ZERO,
            cause: Cause::Event,
        };
        let mut members: Vec<Member<'p>> = begun.iter().map(first).collect();
        let mut known: BTreeSet<&str> = begun.iter().map(|it| &*it.name.value).collect();
        // Who does not pass a journey's filter may be sent into it all the same, and so may later who has been
        // in it not long ago.
        let is_shut = |it: &&&Journey| it.trigger.filter.is_some() || is_after_a_while(it);
        let shut = begun.iter().filter(is_shut);
        let mut kept_out: BTreeSet<&str> = shut.map(|it| &*it.name.value).collect();
        let mut followed: BTreeSet<&str> = BTreeSet::from([*event]);
        let mut ties: BTreeMap<(&str, &str), Vec<Arc<[Tie]>>> = BTreeMap::new();
        let mut fresh = 0;
        for _ in 0..REACH {
            let end = members.len();
            // Of several that start a journey, the first in time does.
            let sent: Vec<Member<'p>> = members[fresh..end].to_vec();
            let mut enters: Vec<(Interval, &'p str, &Begins<'p>)> = Vec::new();
            for member in &sent {
                let table = timetable(member.journey);
                let own = &*member.journey.name.value;
                enters.extend(table.enters.iter().map(|it| (member.from + it.1, own, it)));
            }
            enters.sort_by_key(|it| it.0.lo);
            for (from, own, (name, _, tied)) in enters {
                let Some(journey) = self.by_name.get(name) else {
                    continue;
                };
                if known.insert(name) || kept_out.remove(name) {
                    ties.insert((own, name), Vec::new());
                    members.push(Member {
                        journey,
                        from,
                        cause: Cause::Entered(own),
                    });
                }
                if let Some(all) = ties.get_mut(&(own, *name)) {
                    all.push(Arc::clone(tied));
                }
            }
            for member in sent {
                let own = &*member.journey.name.value;
                let table = timetable(member.journey);
                for (name, when, tied) in &table.awaits {
                    // Journeys that it begins already, by another wait or by `enter`.
                    let owned = ties.range_mut((own, "")..).take_while(|it| it.0.0 == own);
                    for ((_, other), all) in owned {
                        let begins = |it: &&'p Journey| *it.trigger.event.value == **name;
                        if self.by_name.get(other).is_some_and(begins) {
                            all.push(Arc::clone(tied));
                        }
                    }
                    if !followed.insert(name) {
                        continue;
                    }
                    for journey in self.by_event.get(name).into_iter().flatten() {
                        if known.insert(&journey.name.value) {
                            ties.insert((own, &journey.name.value), vec![Arc::clone(tied)]);
                            members.push(Member {
                                journey,
                                from: member.from + *when,
                                cause: Cause::Awaited(name),
                            });
                        }
                    }
                }
            }
            fresh = end;
        }
        Some(Life {
            event,
            members,
            ties,
            parties: OnceLock::new(),
            returning: OnceLock::new(),
        })
    }

    /// The journeys that can belong to the life that begins with one of some events, by name: the
    /// same as its members and perhaps more, without working out any times.
    pub(crate) fn around<'e>(&self, events: impl Iterator<Item = &'e str>) -> Vec<&'p Journey> {
        let mut found: BTreeMap<&str, &'p Journey> = BTreeMap::new();
        let mut fresh: Vec<&'p Journey> = Vec::new();
        for event in events {
            fresh.extend(self.by_event.get(event).into_iter().flatten());
        }
        for _ in 0..=REACH {
            fresh.retain(|it| found.insert(&it.name.value, it).is_none());
            let mut names: BTreeSet<&str> = BTreeSet::new();
            let mut events: BTreeSet<&str> = BTreeSet::new();
            for (step, _) in fresh.iter().flat_map(|it| it.walk()) {
                match &step.value {
                    Step::Enter(name) => _ = names.insert(&name.value),
                    Step::WaitFor(it) => _ = events.insert(&it.event.value),
                    _ => {}
                }
            }
            let entered = names.iter().filter_map(|it| self.by_name.get(it)).copied();
            let awaited = events.iter().filter_map(|it| self.by_event.get(it));
            fresh = entered.chain(awaited.flatten().copied()).collect();
        }
        found.into_values().collect()
    }
}
