//! Looks for the life that a finding is about.
//!
//! In: a route and a sentence. Out: the first life, of those that can be thought of, in which the sentence
//! is broken. What is not known is tried: the person's answers to conditions, the second at which it all
//! begins, when the event comes that nobody noticed. An awaited event comes when the life has come to
//! the wait for it: so a life is lived once for each of them.
//! Invariant: at most [`MOST`] lives are lived, always the same ones. Not done here: words.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::broken::is_broken;
use super::route::{Hours, Route};
use super::sentence::Sentence;
use super::starts::{after, moments, starts};
use super::wishes::{Answer, Question, answers};
use crate::model::{Duration, Event, Since, Step, WaitUntil};
use crate::simulate::{
    Chance, Clock, EventNo, JourneyNo, Life, Occurrence, Outside, Person, Record, Simulation,
    StepNo, VisitNo, What, When,
};

/// So many lives are lived for one finding at most.
const MOST: u32 = 5_000;

/// So many answers to the conditions are tried.
const ANSWERS: usize = 6;

/// So many awaited events may come in one life.
const AWAITED: usize = 16;

/// So often other journeys are begun to fill the frequency cap.
const CROWD: u32 = 4;

/// A life in which the sentence is broken.
#[derive(Debug)]
pub(super) struct Found {
    /// The life.
    pub(super) life: Life,
    /// The clock on the person's wall.
    pub(super) clock: Clock,
    /// How many days of it are looked at.
    pub(super) days: u32,
    /// How many lives were lived to find it.
    pub(super) tries: u32,
}

/// What does not change from one life to the next.
struct Search<'s, 'p> {
    simulation: &'s Simulation<'p>,
    route: &'s Route<'p>,
    sentence: &'s Sentence,
    days: u32,
    tries: u32,
}

/// A life that is being thought of.
#[derive(Clone)]
struct Draft<'a, 'p> {
    answer: &'a Answer<'p>,
    person: Person,
    clock: Clock,
    start: i64,
    outside: Vec<Occurrence>,
}

/// Takes the arms of the route, and else the first; keeps nobody out; is never late.
struct Scripted<'r>(&'r BTreeMap<StepNo, u32>);

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

/// The first life in which the sentence is broken; or how many were lived in vain.
pub(super) fn search<'p>(
    simulation: &Simulation<'p>,
    route: &Route<'p>,
    sentence: &Sentence,
) -> Result<Found, u32> {
    let days = route.length / 86_400 + sentence.minutes / 1_440 + 30;
    let mut search = Search {
        simulation,
        route,
        sentence,
        days: u32::try_from(days).unwrap_or(u32::MAX).min(36_000),
        tries: 0,
    };
    let all = answers(simulation, route, ANSWERS);
    for zone in search.zones() {
        for answer in &all {
            if let Some(found) = search.lives(zone, answer) {
                return Ok(found);
            }
        }
    }
    Err(search.tries)
}

impl<'p> Search<'_, 'p> {
    /// The zones to try: the project's, one whose clocks are changed, one whose clocks stand still.
    fn zones(&self) -> Vec<Option<chrono_tz::Tz>> {
        let mut res = vec![None];
        let is_held = |it: &super::route::Due<'_>| matches!(it.on, Hours::Closed);
        if self.route.dues.iter().any(is_held) {
            res.push(Some(chrono_tz::Europe::Berlin));
        }
        res.push(Some(chrono_tz::UTC));
        res
    }

    fn lives(&mut self, zone: Option<chrono_tz::Tz>, answer: &Answer<'p>) -> Option<Found> {
        let clock = self.simulation.clock(zone);
        let starts = starts(self.route, self.simulation.project(), clock);
        let crowds = if self.route.dropped.is_empty() {
            0..=0
        } else {
            1..=CROWD
        };
        for start in starts {
            for crowd in crowds.clone() {
                if self.tries >= MOST {
                    return None;
                }
                let mut draft = self.draft(zone, clock, answer, start);
                self.crowds(&mut draft, crowd);
                let record = self.follow(&mut draft);
                let life = self.life(&draft);
                if self.breaks(&life, &record, clock) {
                    return Some(self.found(life, clock));
                }
                if let Some(found) = self.meanwhile(&draft, &record) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// Lets other journeys write first, so that the frequency cap is full when the route begins.
    fn crowds(&self, draft: &mut Draft<'_, 'p>, crowd: u32) {
        let others = self
            .simulation
            .journeys()
            .filter(|it| !self.route.journeys.contains(&it.0));
        let events = others.filter_map(|it| self.simulation.event(&it.1.trigger.event.value));
        let mut events: Vec<EventNo> = events.filter(|it| *it != self.route.trigger).collect();
        events.sort_unstable();
        events.dedup();
        let begin = draft.start;
        for round in 0..crowd {
            for event in &events {
                let at = begin - 3_600 - i64::from(round) * 600;
                draft.start = draft.start.min(at);
                let mut data = self.data(draft, *event, true);
                let name = self.simulation.event_name(*event);
                let declared = self.simulation.project().event(name);
                if let Some(key) = declared.and_then(|it| it.key.as_ref())
                    && let Some(Value::String(it)) = data.get_mut(&*key.value)
                {
                    it.push(' ');
                    it.push_str(&round.to_string());
                }
                draft.outside.push(Occurrence {
                    when: When::At(at),
                    what: Outside::Event(*event, data),
                });
            }
        }
    }

    fn found(&self, life: Life, clock: Clock) -> Found {
        Found {
            life,
            clock,
            days: self.days,
            tries: self.tries,
        }
    }

    /// Lets the event that nobody noticed come at one moment after the other.
    fn meanwhile(&mut self, draft: &Draft<'_, 'p>, record: &Record) -> Option<Found> {
        let event = self.sentence.meanwhile?;
        let target = self.route.touches.last().map(|it| it.0);
        let reached = record.moments.iter().rev();
        let mut reached = reached.filter(|it| it.what.touchpoint().is_some());
        let end = reached.find(|it| target.is_none() || it.what.touchpoint() == target)?;
        let told = self.route.events.iter().filter(|it| it.0 == event);
        let told = told.map(|it| after(draft.clock, draft.start, it.1));
        let others = moments(record, draft.start, end.at);
        for at in told.chain(others) {
            if self.tries >= MOST {
                return None;
            }
            let mut other = draft.clone();
            self.comes(&mut other, event, at);
            let record = self.follow(&mut other);
            let life = self.life(&other);
            if self.breaks(&life, &record, draft.clock) {
                return Some(self.found(life, draft.clock));
            }
        }
        None
    }

    fn breaks(&self, life: &Life, record: &Record, clock: Clock) -> bool {
        let is_broken =
            |it: &super::sentence::Said| is_broken(&it.what, self.simulation, life, record, clock);
        self.sentence.needs.seen(record) && self.sentence.clauses.iter().any(is_broken)
    }

    fn life(&self, draft: &Draft<'_, 'p>) -> Life {
        Life {
            person: draft.person.clone(),
            start: draft.start,
            end: draft.clock.after(draft.start, Duration::of_days(self.days)),
            outside: draft.outside.clone(),
        }
    }

    /// Lives it, and lets each awaited event of the route come when the life has come to it.
    fn follow(&mut self, draft: &mut Draft<'_, 'p>) -> Record {
        let mut planned: Vec<(StepNo, i64)> = Vec::new();
        loop {
            self.tries += 1;
            let life = self.life(draft);
            let record = self.simulation.live(&life, &mut Scripted(&self.route.arms));
            let waits = record.moments.iter().find_map(|it| match it.what {
                What::Waits(step, until) if !planned.contains(&(step, it.at)) => {
                    let later = self.route.comes.get(&step)?;
                    Some((step, it.at, (it.at + later).min(until)))
                }
                _ => None,
            });
            let Some((step, from, at)) = waits.filter(|_| planned.len() < AWAITED) else {
                return record;
            };
            planned.push((step, from));
            let Step::WaitFor(wait) = &self.simulation.step(step).step.value else {
                return record;
            };
            if let Some(event) = self.simulation.event(&wait.event.value) {
                self.comes(draft, event, at - at.rem_euclid(60));
            }
        }
    }

    /// The life as far as it is known before it is lived.
    fn draft<'a>(
        &self,
        zone: Option<chrono_tz::Tz>,
        clock: Clock,
        answer: &'a Answer<'p>,
        start: i64,
    ) -> Draft<'a, 'p> {
        let project = self.simulation.project();
        let mut attributes = Map::new();
        for (name, declared) in &project.contact {
            let value = if declared.nullable {
                Value::Null
            } else {
                declared.sample_value(&name.value, 0)
            };
            attributes.insert(name.to_string(), value);
        }
        let mut draft = Draft {
            answer,
            person: Person { zone, attributes },
            clock,
            start,
            outside: Vec::new(),
        };
        for (question, value) in &answer.values {
            if let Question::Attribute(name) = question {
                let attributes = &mut draft.person.attributes;
                attributes.insert((*name).to_owned(), value.clone());
            }
        }
        for (_, wait, at) in &self.route.dates {
            dated(&mut draft, wait, *at);
        }
        self.remembers(&mut draft);
        self.comes(&mut draft, self.route.trigger, start);
        for (event, at) in &self.route.events {
            // The event that nobody noticed is tried at one moment after the other.
            if !self.is_awaited(*event) && self.sentence.meanwhile != Some(*event) {
                let at = after(clock, start, *at);
                self.comes(&mut draft, *event, at);
            }
        }
        draft
    }

    /// Whether an event comes because the route waits for it.
    fn is_awaited(&self, event: EventNo) -> bool {
        let name = self.simulation.event_name(event);
        self.route.comes.keys().any(|it| {
            matches!(&self.simulation.step(*it).step.value, Step::WaitFor(it) if *it.event.value == *name)
        })
    }

    /// What the answers say of the past, and of events and clicks that nobody waits for.
    fn remembers(&self, draft: &mut Draft<'_, 'p>) {
        let start = draft.start;
        let mut ago = 0;
        for (question, value) in &draft.answer.values {
            match question {
                Question::Clicked(step) if value.as_bool() == Some(true) => {
                    let minute = Duration {
                        minutes: 1,
                        ..Duration::default()
                    };
                    draft.outside.push(Occurrence {
                        when: When::AfterStep(*step, minute),
                        what: Outside::Click(*step),
                    });
                }
                Question::Count(event, since) => {
                    let told = self.route.events.iter().filter(|it| it.0 == *event);
                    let known = told.count()
                        + usize::from(self.is_awaited(*event))
                        + usize::from(*event == self.route.trigger && *since != Since::Entry);
                    let known = u64::try_from(known).unwrap_or(u64::MAX);
                    let more = value.as_u64().unwrap_or(0).saturating_sub(known);
                    for _ in 0..more.min(10) {
                        ago += 1;
                        let at = self.remembered(*question, *since, start, ago, draft.clock);
                        self.comes(draft, *event, at);
                    }
                }
                _ => {}
            }
        }
    }

    /// When an event came that a condition asks for.
    fn remembered(
        &self,
        question: Question<'p>,
        since: Since,
        start: i64,
        ago: i64,
        clock: Clock,
    ) -> i64 {
        let asked = self.route.wishes.iter().filter(|it| {
            let mut found = false;
            for expr in it.what.exprs() {
                expr.walk(&mut |expr| {
                    found |= super::wishes::question(self.simulation, expr, it) == Some(question);
                });
            }
            found
        });
        let at = asked.filter_map(|it| it.at).min();
        let inside = || after(clock, start, at.unwrap_or(60));
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
    fn comes(&self, draft: &mut Draft<'_, 'p>, event: EventNo, at: i64) {
        let data = self.data(draft, event, at < draft.start);
        draft.outside.push(Occurrence {
            when: When::At(at),
            what: Outside::Event(event, data),
        });
    }

    /// What an event carries: what is asked of it, the case of the trigger, and else samples.
    fn data(&self, draft: &Draft<'_, 'p>, event: EventNo, is_history: bool) -> Map<String, Value> {
        let mut res = Map::new();
        let project = self.simulation.project();
        let Some(declared) = project.event(self.simulation.event_name(event)) else {
            return res;
        };
        for (name, property) in &declared.properties {
            res.insert(name.to_string(), property.sample_value(&name.value, 0));
        }
        for (question, value) in &draft.answer.values {
            if let Question::Property(of, name) = question
                && *of == event
            {
                res.insert((*name).to_owned(), value.clone());
            }
        }
        if let Some(key) = &declared.key {
            let name = &*key.value;
            let case = self.case(draft.answer, name);
            let value = match case {
                Some(it) if !is_history => it,
                _ => other_case(declared, name),
            };
            res.insert(name.to_owned(), value);
        }
        res
    }

    /// The case that the life is about, if its first event tells cases apart by this property.
    fn case(&self, answer: &Answer<'p>, key: &str) -> Option<Value> {
        let trigger = self.route.trigger;
        let project = self.simulation.project();
        let declared = project.event(self.simulation.event_name(trigger))?;
        declared.key.as_ref().filter(|it| *it.value == *key)?;
        let mut asked = answer.values.iter();
        let chosen = asked.find(|it| it.0 == Question::Property(trigger, key));
        let property = declared.properties.get(key)?;
        Some(chosen.map_or_else(|| property.sample_value(key, 0), |it| it.1.clone()))
    }
}

/// Gives a date that is waited for the day on which the witness says that the wait is over.
fn dated(draft: &mut Draft<'_, '_>, wait: &WaitUntil, at: Option<i64>) {
    let Ok(expr) = &wait.date.parsed else { return };
    let crate::model::ExprKind::Contact(name) = &expr.kind else {
        return;
    };
    let end = match at {
        Some(at) => after(draft.clock, draft.start, at),
        None => draft.start - 86_400,
    };
    let moved = match wait.offset.as_ref().map(|it| it.value) {
        Some(it) if it.before => draft.clock.after(end, it.by),
        Some(it) => draft.clock.before(end, it.by),
        None => end,
    };
    let text = draft.clock.local(moved).format("%Y-%m-%dT%H:%M:%S");
    let attributes = &mut draft.person.attributes;
    attributes.insert(name.to_string(), Value::from(text.to_string()));
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
