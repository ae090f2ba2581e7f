//! A life that is being thought of: a person, and what comes from outside.
//!
//! In: a route, answers to its conditions, a beginning, and what is changed. Out: a [`Draft`], to which
//! awaited events are added when the life has come to the wait for them.
//! Invariant: the same input gives the same draft. Not done here: living it, or thinking of another.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::changes::Change;
use super::route::Route;
use super::sentence::Sentence;
use super::starts::after;
use super::wishes::{Answer, Question};
use crate::model::{Duration, Event, Since, Step, WaitUntil};
use crate::simulate::{
    Chance, Clock, EventNo, JourneyNo, Life, Occurrence, Outside, Person, Simulation, StepNo,
    VisitNo, When,
};

const DAY: i64 = 86_400;

/// What a draft is made from.
#[derive(Clone, Copy)]
pub(super) struct Pattern<'d, 'p> {
    pub(super) simulation: &'d Simulation<'p>,
    pub(super) route: &'d Route<'p>,
    pub(super) sentence: &'d Sentence,
    /// Where the person lives.
    pub(super) zone: Option<chrono_tz::Tz>,
    /// What the conditions are answered.
    pub(super) answer: &'d Answer<'p>,
    /// The second at which the first event of the witness comes.
    pub(super) begin: i64,
    /// How many days are looked at.
    pub(super) days: u32,
}

/// A life that is being thought of.
#[derive(Clone)]
pub(super) struct Draft<'d, 'p> {
    pattern: Pattern<'d, 'p>,
    answer: Answer<'p>,
    person: Person,
    pub(super) clock: Clock,
    start: i64,
    outside: Vec<Occurrence>,
    /// The arms that are taken.
    pub(super) arms: BTreeMap<StepNo, u32>,
    /// The awaited events that come, and how many seconds after the wait for them begins.
    pub(super) comes: BTreeMap<StepNo, i64>,
}

/// Takes the arms that are told, and else the first; keeps nobody out; is never late.
pub(super) struct Scripted<'r>(pub(super) &'r BTreeMap<StepNo, u32>);

impl Chance for Scripted<'_> {
    fn arm(&mut self, step: StepNo, _: VisitNo, _: &[u32]) -> u32 {
        self.0.get(&step).copied().unwrap_or(0)
    }
    fn holdout(&mut self, _: JourneyNo) -> bool {
        false
    }
    fn delay(&mut self, _: StepNo, _: i64) -> i64 {
        0
    }
}

impl<'d, 'p> Draft<'d, 'p> {
    /// The life as far as it is known before it is lived.
    pub(super) fn of(pattern: Pattern<'d, 'p>, changes: &[&Change<'p>]) -> Self {
        let (simulation, route) = (pattern.simulation, pattern.route);
        let mut answer = pattern.answer.clone();
        let mut arms = route.arms.clone();
        let mut comes = route.comes.clone();
        for change in changes {
            match change {
                Change::Answer(question, value) => answer.set(*question, value.clone()),
                Change::Arm(step, arm) => _ = arms.insert(*step, *arm),
                Change::Comes(step, at) => _ = comes.insert(*step, (*at).max(0)),
                Change::Late(step) => _ = comes.remove(step),
                _ => {}
            }
        }
        let mut attributes = Map::new();
        for (name, declared) in &simulation.project().contact {
            let value = if declared.nullable {
                Value::Null
            } else {
                declared.sample_value(&name.value, 0)
            };
            attributes.insert(name.to_string(), value);
        }
        for (question, value) in &answer.values {
            if let Question::Attribute(name) = question {
                attributes.insert((*name).to_owned(), value.clone());
            }
        }
        let mut draft = Self {
            pattern,
            answer,
            person: Person {
                zone: pattern.zone,
                attributes,
            },
            clock: simulation.clock(pattern.zone),
            start: pattern.begin,
            outside: Vec::new(),
            arms,
            comes,
        };
        for (_, wait, at) in &route.dates {
            draft.dated(wait, *at);
        }
        draft.remembers();
        draft.comes(route.trigger, pattern.begin);
        for (event, at) in &route.events {
            // The event that nobody noticed is tried at one moment after the other.
            if !draft.is_awaited(*event) && pattern.sentence.meanwhile != Some(*event) {
                let at = after(draft.clock, pattern.begin, *at);
                draft.comes(*event, at);
            }
        }
        for (event, at) in &route.early {
            let at = after(draft.clock, pattern.begin, *at);
            draft.comes(*event, at);
        }
        draft.change(changes);
        draft
    }

    fn change(&mut self, changes: &[&Change<'p>]) {
        let begin = self.pattern.begin;
        for change in changes {
            match change {
                Change::Date(wait, at) => self.dated(wait, *at),
                Change::Event(event, at, is_other) => {
                    let at = after(self.clock, begin, *at);
                    // What let somebody in before is part of the life, and the rest is history.
                    if at < begin && begin - at <= 2 * DAY {
                        self.start = self.start.min(at);
                    }
                    self.add(*event, at, *is_other);
                }
                Change::Crowd(rounds, at) => self.crowds(*rounds, *at),
                Change::Becomes(name, value, at) => {
                    let known = Map::from_iter([((*name).to_owned(), value.clone())]);
                    self.outside.push(Occurrence {
                        when: When::At(after(self.clock, begin, *at)),
                        what: Outside::Attributes(known),
                    });
                }
                Change::Again(rounds, before, apart) => {
                    for round in 0..*rounds {
                        let at = begin - before - i64::from(round) * apart;
                        self.start = self.start.min(at);
                        self.another(self.pattern.route.trigger, at, round);
                    }
                }
                _ => {}
            }
        }
    }

    /// The second at which the first event of the witness comes.
    pub(super) fn begin(&self) -> i64 {
        self.pattern.begin
    }

    /// How many days are looked at, those before the first event of the witness included.
    pub(super) fn days(&self) -> u32 {
        let before = (self.pattern.begin - self.start + DAY - 1) / DAY;
        let before = u32::try_from(before).unwrap_or(0);
        self.pattern.days.saturating_add(before)
    }

    /// The life so far.
    pub(super) fn life(&self) -> Life {
        let end = self.clock.after(self.start, Duration::of_days(self.days()));
        // What comes after the end happens to nobody, and no scenario may say it.
        let is_in = |it: &&Occurrence| !matches!(it.when, When::At(at) if at > end);
        Life {
            person: self.person.clone(),
            start: self.start,
            end,
            outside: self.outside.iter().filter(is_in).cloned().collect(),
        }
    }

    /// Lets other journeys write first, so that the frequency cap is full when the route begins.
    pub(super) fn crowds(&mut self, crowd: u32, last: i64) {
        if crowd == 0 {
            return;
        }
        let (simulation, route) = (self.pattern.simulation, self.pattern.route);
        let others = simulation
            .journeys()
            .filter(|it| !route.journeys.contains(&it.0));
        let events = others.filter_map(|it| simulation.event(&it.1.trigger.event.value));
        let mut events: Vec<EventNo> = events.filter(|it| *it != route.trigger).collect();
        events.sort_unstable();
        events.dedup();
        for round in 0..crowd {
            for event in &events {
                let at = self.pattern.begin + last - i64::from(round) * 600;
                self.start = self.start.min(at);
                self.another(*event, at, round);
            }
        }
    }

    /// Lets an event come for a case of its own.
    fn another(&mut self, event: EventNo, at: i64, round: u32) {
        let simulation = self.pattern.simulation;
        let mut data = self.data(event, true);
        let declared = simulation.project().event(simulation.event_name(event));
        if let Some(key) = declared.and_then(|it| it.key.as_ref())
            && let Some(Value::String(it)) = data.get_mut(&*key.value)
        {
            it.push(' ');
            it.push_str(&round.to_string());
        }
        self.outside.push(Occurrence {
            when: When::At(at),
            what: Outside::Event(event, data),
        });
    }

    /// Whether an event comes because the route waits for it.
    fn is_awaited(&self, event: EventNo) -> bool {
        let simulation = self.pattern.simulation;
        let name = simulation.event_name(event);
        self.comes.keys().any(|it| {
            matches!(&simulation.step(*it).step.value, Step::WaitFor(it) if *it.event.value == *name)
        })
    }

    /// What the answers say of the past, and of events and clicks that nobody waits for.
    fn remembers(&mut self) {
        let route = self.pattern.route;
        let mut ago = 0;
        for (question, value) in &self.answer.values.clone() {
            match question {
                Question::Clicked(step) if value.as_bool() == Some(true) => {
                    let minute = Duration {
                        minutes: 1,
                        ..Duration::default()
                    };
                    self.outside.push(Occurrence {
                        when: When::AfterStep(*step, minute),
                        what: Outside::Click(*step),
                    });
                }
                Question::Count(event, since) => {
                    let told = route.events.iter().filter(|it| it.0 == *event);
                    let known = told.count()
                        + usize::from(self.is_awaited(*event))
                        + usize::from(*event == route.trigger && *since != Since::Entry);
                    let known = u64::try_from(known).unwrap_or(u64::MAX);
                    let more = value.as_u64().unwrap_or(0).saturating_sub(known);
                    for _ in 0..more.min(10) {
                        ago += 1;
                        let at = self.remembered(*question, *since, ago);
                        self.comes(*event, at);
                    }
                }
                _ => {}
            }
        }
    }

    /// When an event came that a condition asks for.
    fn remembered(&self, question: Question<'p>, since: Since, ago: i64) -> i64 {
        let Pattern {
            simulation,
            route,
            begin: start,
            ..
        } = self.pattern;
        let asked = route.wishes.iter().filter(|it| {
            let mut found = false;
            for expr in it.what.exprs() {
                expr.walk(&mut |expr| {
                    found |= super::wishes::question(simulation, expr, it) == Some(question);
                });
            }
            found
        });
        let at = asked.filter_map(|it| it.at).min();
        let inside = || after(self.clock, start, at.unwrap_or(60));
        match since {
            Since::Entry => inside(),
            Since::Within(it) => {
                let reach =
                    i64::from(it.days + it.business_days) * 86_400 + i64::from(it.minutes) * 60;
                if at.unwrap_or(0) + ago * 3_600 < reach {
                    start - ago * 3_600
                } else {
                    inside()
                }
            }
            Since::Always => start - 40 * 86_400 - ago * 3_600,
        }
    }

    /// Lets an event come.
    pub(super) fn comes(&mut self, event: EventNo, at: i64) {
        self.add(event, at, at < self.pattern.begin);
    }

    /// The same, for the case that the life is about or for another one.
    fn add(&mut self, event: EventNo, at: i64, is_other: bool) {
        let data = self.data(event, is_other);
        self.outside.push(Occurrence {
            when: When::At(at),
            what: Outside::Event(event, data),
        });
    }

    /// What an event carries: what is asked of it, the case of the trigger, and else samples.
    fn data(&self, event: EventNo, is_other: bool) -> Map<String, Value> {
        let mut res = Map::new();
        let simulation = self.pattern.simulation;
        let Some(declared) = simulation.project().event(simulation.event_name(event)) else {
            return res;
        };
        for (name, property) in &declared.properties {
            res.insert(name.to_string(), property.sample_value(&name.value, 0));
        }
        for (question, value) in &self.answer.values {
            if let Question::Property(of, name) = question
                && *of == event
            {
                res.insert((*name).to_owned(), value.clone());
            }
        }
        if let Some(key) = &declared.key {
            let name = &*key.value;
            let case = self.case(name);
            let value = match case {
                Some(it) if !is_other => it,
                _ => other_case(declared, name),
            };
            res.insert(name.to_owned(), value);
        }
        res
    }

    /// The case that the life is about, if its first event tells cases apart by this property.
    fn case(&self, key: &str) -> Option<Value> {
        let (simulation, trigger) = (self.pattern.simulation, self.pattern.route.trigger);
        let declared = simulation.project().event(simulation.event_name(trigger))?;
        declared.key.as_ref().filter(|it| *it.value == *key)?;
        let mut asked = self.answer.values.iter();
        let chosen = asked.find(|it| it.0 == Question::Property(trigger, key));
        let property = declared.properties.get(key)?;
        Some(chosen.map_or_else(|| property.sample_value(key, 0), |it| it.1.clone()))
    }

    /// Gives a date that is waited for the day on which the witness says that the wait is over.
    fn dated(&mut self, wait: &WaitUntil, at: Option<i64>) {
        let Ok(expr) = &wait.date.parsed else { return };
        let crate::model::ExprKind::Contact(name) = &expr.kind else {
            return;
        };
        let end = match at {
            Some(at) => after(self.clock, self.pattern.begin, at),
            None => self.pattern.begin - DAY,
        };
        let moved = match wait.offset.as_ref().map(|it| it.value) {
            Some(it) if it.before => self.clock.after(end, it.by),
            Some(it) => self.clock.before(end, it.by),
            None => end,
        };
        let text = self.clock.local(moved).format("%Y-%m-%dT%H:%M:%S");
        let attributes = &mut self.person.attributes;
        attributes.insert(name.to_string(), Value::from(text.to_string()));
    }
}

/// A case that no other event is about.
fn other_case(declared: &Event, key: &str) -> Value {
    let Some(property) = declared.properties.get(key) else {
        return Value::Null;
    };
    match property.sample_value(key, 0) {
        Value::String(it) => Value::from(format!("{it} before")),
        Value::Number(_) => Value::from(7),
        other => other,
    }
}
