//! What must be so for a life to go the way of a witness.
//!
//! In: a finding's witness. Out: a [`Route`]: which conditions hold, which arms are taken, which awaited
//! events come and which do not. What the witness leaves out is read off the steps that it names: who
//! comes by a step has come through everything around it, and past every exit before it.
//! Not done here: finding a person and a day for it.

use std::collections::{BTreeMap, BTreeSet};

use super::places::Places;
use crate::diagnostic::{MomentKind, Witness};
use crate::model::{Branch, Condition, Expr, Split, Step, Steps, Wait, WaitUntil};
use crate::simulate::{EventNo, JourneyNo, Simulation, StepNo};
use crate::source::{Span, Spanned};

/// So many journeys may send a person into each other on a route.
const REACH: u32 = 3;

/// What must be so for a life to go the way of a witness.
#[derive(Debug)]
pub(super) struct Route<'p> {
    /// The event that begins it.
    pub(super) trigger: EventNo,
    /// The journeys that it leads through.
    pub(super) journeys: BTreeSet<JourneyNo>,
    /// What the conditions on the way must answer.
    pub(super) wishes: Vec<Wish<'p>>,
    /// The arms that are taken.
    pub(super) arms: BTreeMap<StepNo, u32>,
    /// Awaited events that come, and how many seconds after the wait for them begins.
    pub(super) comes: BTreeMap<StepNo, i64>,
    /// Those of them that may as well not come.
    pub(super) optional: BTreeSet<StepNo>,
    /// Awaited events that do not come.
    pub(super) late: BTreeSet<StepNo>,
    /// Other events that come, and how many seconds after the trigger.
    pub(super) events: Vec<(EventNo, i64)>,
    /// Awaited events that have come before the wait for them.
    pub(super) early: Vec<(EventNo, i64)>,
    /// What depends on the time of day.
    pub(super) dues: Vec<Due<'p>>,
    /// Waits for a date that are over so many seconds after the trigger; nothing if not told.
    pub(super) dates: Vec<(StepNo, &'p WaitUntil, Option<i64>)>,
    /// Messages that the frequency cap drops.
    pub(super) dropped: Vec<StepNo>,
    /// When the frequency cap has to be full for that, or for a message to wait in its queue.
    pub(super) full: Option<i64>,
    /// The touchpoints of the witness, in the order of time.
    pub(super) touches: Vec<(StepNo, i64)>,
    /// The seconds from the trigger to the last moment.
    pub(super) length: i64,
    /// Whether its last moment may take for ever.
    pub(super) is_endless: bool,
}

/// What a condition on the way must answer.
#[derive(Debug)]
pub(super) struct Wish<'p> {
    /// What must be so.
    pub(super) what: Demand<'p>,
    /// The event whose properties are asked for.
    pub(super) event: EventNo,
    /// The journey that asks.
    pub(super) journey: JourneyNo,
    /// When it is asked, in seconds after the trigger, if that is told.
    pub(super) at: Option<i64>,
}

/// What must be so.
#[derive(Debug)]
pub(super) enum Demand<'p> {
    /// The condition has this truth.
    Holds(&'p Expr, bool),
    /// The step happens, or not: its `if`, its `unless`.
    Happens(Option<&'p Expr>, Option<&'p Expr>, bool),
    /// Of these conditions the first that holds is one of those with these numbers; if none holds,
    /// it has the number behind the last.
    FirstOf(Vec<Option<&'p Expr>>, Vec<usize>),
}

/// Something whose time of day matters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due<'p> {
    /// Seconds after the trigger.
    pub(super) at: i64,
    /// What it depends on.
    pub(super) on: Hours<'p>,
}

/// What the time of day matters for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Hours<'p> {
    /// A message is held back from here on: the hours have just closed.
    Closed,
    /// A message goes out: the hours are open.
    Open,
    /// A wait is over: its time of day has come.
    Clock(&'p Wait),
}

impl<'p> Route<'p> {
    /// Whether a step waits for the event that let the person in.
    pub(super) fn waits_for_trigger(&self, simulation: &Simulation<'p>) -> bool {
        let name = simulation.event_name(self.trigger);
        self.comes.keys().any(|it| {
            matches!(&simulation.step(*it).step.value, Step::WaitFor(it) if *it.event.value == *name)
        })
    }

    /// What the witness tells, and what follows from it; nothing if its beginning is not known.
    pub(super) fn of(
        simulation: &Simulation<'p>,
        places: &Places<'p>,
        witness: &Witness,
    ) -> Option<Self> {
        let first = witness.moments.first()?;
        let mut res = Self {
            trigger: simulation.event(&first.name)?,
            journeys: BTreeSet::new(),
            wishes: Vec::new(),
            arms: BTreeMap::new(),
            comes: BTreeMap::new(),
            optional: BTreeSet::new(),
            late: BTreeSet::new(),
            events: Vec::new(),
            early: Vec::new(),
            dues: Vec::new(),
            dates: Vec::new(),
            dropped: Vec::new(),
            full: None,
            touches: Vec::new(),
            length: witness.moments.last().map_or(0, |it| it.at),
            is_endless: witness
                .moments
                .last()
                .is_some_and(|it| it.kind == MomentKind::Wait),
        };
        res.tell(simulation, places, witness);
        let begun = first.span.and_then(|span| {
            let mut journeys = simulation.journeys();
            journeys.find(|(_, it)| it.trigger.event.span == span)
        });
        let mut steps: Vec<StepNo> = res.touches.iter().map(|it| it.0).collect();
        let told = witness.moments.iter().filter_map(|it| it.span);
        steps.extend(told.filter_map(|it| places.step(it)));
        steps.sort_unstable();
        steps.dedup();
        let journeys: BTreeSet<JourneyNo> = steps
            .iter()
            .map(|it| simulation.step(*it).journey)
            .chain(begun.map(|it| it.0))
            .collect();
        for journey in journeys {
            res.enters(simulation, places, journey, REACH);
        }
        for step in steps {
            res.leads_to(simulation, places, step);
        }
        res.awaits(simulation);
        Some(res)
    }

    /// A route to a step on which an event lets the person in, and nothing else is told.
    pub(super) fn to(
        simulation: &Simulation<'p>,
        places: &Places<'p>,
        step: StepNo,
    ) -> Option<Self> {
        let own = simulation.step(step);
        let trigger = &simulation.journey(own.journey).trigger.event;
        let witness = Witness {
            moments: vec![
                crate::diagnostic::Moment {
                    at: 0,
                    kind: MomentKind::Event,
                    name: trigger.value.to_string(),
                    span: Some(trigger.span),
                },
                crate::diagnostic::Moment {
                    at: 0,
                    kind: MomentKind::Send,
                    name: String::new(),
                    span: Some(own.step.span),
                },
            ],
        };
        Self::of(simulation, places, &witness)
    }

    /// Takes over what the moments say.
    fn tell(&mut self, simulation: &Simulation<'p>, places: &Places<'p>, witness: &Witness) {
        let (mut before, mut came) = (0, 0);
        for moment in witness.moments.iter().skip(1) {
            let at = moment.at;
            let step = moment.span.and_then(|it| places.step(it));
            let what = step.and_then(|it| places.of.get(&it)).map(|it| &it.value);
            match (moment.kind, what) {
                (MomentKind::Event, Some(Step::WaitFor(it))) if *it.event.value == *moment.name => {
                    // Told twice: it came before anybody waited for it.
                    let is_again = step.is_some_and(|it| self.comes.contains_key(&it));
                    if let (true, Some(event)) = (is_again, simulation.event(&moment.name)) {
                        self.early.push((event, came));
                    }
                    came = at;
                    self.comes.extend(step.map(|it| (it, at - before)));
                }
                (MomentKind::Event, _) => {
                    self.events
                        .extend(simulation.event(&moment.name).map(|it| (it, at)));
                }
                (MomentKind::Timeout, _) | (MomentKind::Wait, Some(Step::WaitFor(_))) => {
                    self.late.extend(step);
                }
                (MomentKind::Send | MomentKind::Task | MomentKind::Touch, _) => {
                    self.touches.extend(step.map(|it| (it, at)));
                    if let Some(Step::Send(_)) = what {
                        let on = Hours::Open;
                        self.dues.push(Due { at, on });
                    }
                }
                (MomentKind::Held, _) => {
                    let goes_out = |it: &crate::diagnostic::Moment| {
                        it.kind == MomentKind::Send
                            && it.span.and_then(|it| places.step(it)) == step
                    };
                    if witness.moments.iter().any(goes_out) {
                        let on = Hours::Closed;
                        self.dues.push(Due { at: before, on });
                    } else {
                        self.full = self.full.or(Some(before));
                        self.dropped.extend(step);
                    }
                }
                (MomentKind::Wait, Some(Step::Send(_))) => {
                    self.full = self.full.or(Some(before));
                }
                (MomentKind::Wait, Some(Step::Wait(it)))
                    if it.at.is_some() || !it.on.is_empty() =>
                {
                    let on = Hours::Clock(it);
                    self.dues.push(Due { at, on });
                }
                (MomentKind::Wait, Some(Step::WaitUntil(it))) => {
                    self.dates.extend(step.map(|no| (no, &**it, Some(at))));
                }
                (MomentKind::Choice, _) => self.choice(simulation, places, moment),
                _ => {}
            }
            before = at;
        }
    }

    fn choice(
        &mut self,
        simulation: &Simulation<'p>,
        places: &Places<'p>,
        moment: &crate::diagnostic::Moment,
    ) {
        let Some(span) = moment.span else { return };
        let way = places.ways.get(&span).copied();
        let Some(step) = way.map(|it| it.0).or_else(|| places.step(span)) else {
            return;
        };
        let journey = simulation.step(step).journey;
        match (&places.of[&step].value, way) {
            (Step::Branch(it), _) => {
                let taken = way.map_or(it.when.len(), |it| it.1);
                let what = ways(it, vec![taken]);
                self.wish(simulation, journey, what, Some(moment.at));
            }
            (Step::Split(it), _) => {
                let arm = it.arms.keys().position(|it| *it.value == *moment.name);
                let arm = arm.and_then(|it| u32::try_from(it).ok());
                self.arms.extend(arm.map(|it| (step, it)));
            }
            (it, _) => {
                let (only_if, unless) = it.conditions();
                let what = Demand::Happens(parsed(only_if), parsed(unless), false);
                self.wish(simulation, journey, what, Some(moment.at));
            }
        }
    }

    fn wish(
        &mut self,
        simulation: &Simulation<'p>,
        journey: JourneyNo,
        what: Demand<'p>,
        at: Option<i64>,
    ) {
        let trigger = &simulation.journey(journey).trigger.event.value;
        let event = simulation.event(trigger).unwrap_or(self.trigger);
        self.wishes.push(Wish {
            what,
            event,
            journey,
            at,
        });
    }

    /// What an awaited event must carry to be the one that is waited for.
    fn awaits(&mut self, simulation: &Simulation<'p>) {
        // What nobody tells of does not come, if it has to be of one kind.
        let is_any = |step: &StepNo| match &simulation.step(*step).step.value {
            Step::WaitFor(it) => it.filter.is_none(),
            _ => true,
        };
        let optional = &self.optional;
        self.comes
            .retain(|step, _| !optional.contains(step) || is_any(step));
        for step in self.comes.keys() {
            let placed = simulation.step(*step);
            if let Step::WaitFor(it) = &placed.step.value
                && let Some(filter) = parsed(it.filter.as_ref())
                && let Some(event) = simulation.event(&it.event.value)
            {
                self.wishes.push(Wish {
                    what: Demand::Holds(filter, true),
                    event,
                    journey: placed.journey,
                    at: None,
                });
            }
        }
    }

    /// What must be so for the person to get into a journey.
    fn enters(
        &mut self,
        simulation: &Simulation<'p>,
        places: &Places<'p>,
        no: JourneyNo,
        reach: u32,
    ) {
        if !self.journeys.insert(no) {
            return;
        }
        let journey = simulation.journey(no);
        let Some(event) = simulation.event(&journey.trigger.event.value) else {
            return;
        };
        let told = event == self.trigger || self.events.iter().any(|it| it.0 == event);
        let awaited = self.comes.keys().any(|it| {
            matches!(&places.of[it].value, Step::WaitFor(it) if it.event.value == journey.trigger.event.value)
        });
        if !told && !awaited && reach > 0 {
            let leads = |step: &Step| match step {
                Step::Enter(name) => name.value == journey.name.value,
                Step::WaitFor(it) => it.event.value == journey.trigger.event.value,
                _ => false,
            };
            let mut steps = simulation.steps();
            let from = steps.find(|(_, it)| it.journey != no && leads(&it.step.value));
            if let Some((step, placed)) = from {
                self.enters(simulation, places, placed.journey, reach - 1);
                self.leads_to(simulation, places, step);
                if matches!(placed.step.value, Step::WaitFor(_)) {
                    self.comes.entry(step).or_insert(0);
                } else {
                    return;
                }
            }
        }
        if let Some(filter) = parsed(journey.trigger.filter.as_ref()) {
            self.wishes.push(Wish {
                what: Demand::Holds(filter, true),
                event,
                journey: no,
                at: Some(0),
            });
        }
        for exit in &journey.exits {
            // Who is told to stay is not led out by an event of the route.
            if let (Some(filter), Some(event)) = (
                parsed(exit.filter.as_ref()),
                simulation.event(&exit.on.value),
            ) && (self.events.iter().any(|it| it.0 == event))
            {
                self.wishes.push(Wish {
                    what: Demand::Holds(filter, false),
                    event,
                    journey: no,
                    at: None,
                });
            }
        }
    }

    /// What must be so for the person to come by a step of a journey that they are in.
    pub(super) fn leads_to(
        &mut self,
        simulation: &Simulation<'p>,
        places: &Places<'p>,
        step: StepNo,
    ) {
        let own = simulation.step(step);
        let journey = simulation.journey(own.journey);
        let way = Way {
            simulation,
            places,
            journey: own.journey,
            target: own.step.span,
        };
        self.through(&way, &journey.steps);
    }

    /// Goes through a list of steps. Says whether the target stands in it.
    fn through(&mut self, way: &Way<'_, 'p>, steps: &'p Steps) -> bool {
        for step in steps {
            if step.span == way.target {
                let is_skipped = self.wishes.iter().any(|it| {
                    let (only_if, unless) = step.value.conditions();
                    let own = (parsed(only_if), parsed(unless));
                    matches!(it.what, Demand::Happens(a, b, false) if same(a, own.0) && same(b, own.1))
                });
                let (only_if, unless) = step.value.conditions();
                if (only_if.is_some() || unless.is_some()) && !is_skipped {
                    let what = Demand::Happens(parsed(only_if), parsed(unless), true);
                    let no = way.places.number(step);
                    let told = self.touches.iter().find(|it| Some(it.0) == no);
                    let at = told.map(|it| it.1);
                    self.wish(way.simulation, way.journey, what, at);
                }
                return true;
            }
            let span = step.span;
            if span.file == way.target.file
                && span.start <= way.target.start
                && way.target.end <= span.end
            {
                return self.inside(way, step);
            }
            self.past(way, step);
        }
        false
    }

    /// What must be so to come to a target inside of a step.
    fn inside(&mut self, way: &Way<'_, 'p>, step: &'p Spanned<Step>) -> bool {
        let no = way.places.number(step);
        let holds = |steps: &Steps| {
            steps
                .iter()
                .any(|it| it.span.start <= way.target.start && way.target.end <= it.span.end)
        };
        match &step.value {
            Step::Branch(it) => {
                let taken = it.when.iter().position(|it| holds(&it.steps));
                let number = taken.unwrap_or(it.when.len());
                self.wish(way.simulation, way.journey, ways(it, vec![number]), None);
            }
            Step::Split(it) => {
                let taken = it.arms.values().position(|it| holds(&it.steps));
                let arm = taken.and_then(|it| u32::try_from(it).ok());
                self.arms.extend(no.zip(arm));
            }
            Step::WaitFor(_) => {
                self.late.extend(no);
                if let Some(no) = no {
                    self.comes.remove(&no);
                }
            }
            _ => {}
        }
        let inner = step.value.inner();
        inner.into_iter().any(|it| self.through(way, it))
    }

    /// What must be so to get past a step.
    fn past(&mut self, way: &Way<'_, 'p>, step: &'p Spanned<Step>) {
        let no = way.places.number(step);
        match &step.value {
            Step::Branch(it) => {
                let mut open: Vec<usize> = (0..it.when.len())
                    .filter(|number| !ends(&it.when[*number].steps))
                    .collect();
                if it.otherwise.as_ref().is_none_or(|it| !ends(it)) {
                    open.push(it.when.len());
                }
                if open.len() <= it.when.len() {
                    self.wish(way.simulation, way.journey, ways(it, open), None);
                }
            }
            Step::Split(it) => {
                if let Some(no) = no
                    && !self.arms.contains_key(&no)
                    && let Some(arm) = open_arm(it)
                {
                    self.arms.insert(no, arm);
                }
            }
            Step::WaitFor(it) => {
                let must = it.timeout.is_none() || it.on_timeout.as_ref().is_some_and(ends);
                let is_told = no.is_some_and(|it| self.late.contains(&it));
                if let Some(no) = no
                    && (must || !is_told)
                {
                    if !must && !self.comes.contains_key(&no) {
                        self.optional.insert(no);
                    }
                    self.comes.entry(no).or_insert(0);
                }
            }
            Step::WaitUntil(it) => {
                if let Some(no) = no
                    && !self.dates.iter().any(|it| it.0 == no)
                {
                    self.dates.push((no, it, None));
                }
            }
            _ => {}
        }
    }
}

/// The way to a step.
struct Way<'s, 'p> {
    simulation: &'s Simulation<'p>,
    places: &'s Places<'p>,
    journey: JourneyNo,
    target: Span,
}

fn parsed(condition: Option<&Condition>) -> Option<&Expr> {
    condition?.parsed.as_ref().ok()
}

fn same(a: Option<&Expr>, b: Option<&Expr>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => std::ptr::eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

fn ways(branch: &Branch, open: Vec<usize>) -> Demand<'_> {
    let conditions = branch
        .when
        .iter()
        .map(|it| it.condition.parsed.as_ref().ok());
    Demand::FirstOf(conditions.collect(), open)
}

fn open_arm(split: &Split) -> Option<u32> {
    let arm = split.arms.values().position(|it| !ends(&it.steps))?;
    u32::try_from(arm).ok()
}

/// Whether nobody goes on behind these steps.
fn ends(steps: &Steps) -> bool {
    steps.iter().any(|step| match &step.value {
        Step::Exit(_) => true,
        Step::Branch(it) => {
            it.otherwise.as_ref().is_some_and(ends) && it.when.iter().all(|it| ends(&it.steps))
        }
        Step::Split(it) => !it.arms.is_empty() && it.arms.values().all(|it| ends(&it.steps)),
        Step::Repeat(it) => ends(&it.steps),
        _ => false,
    })
}
