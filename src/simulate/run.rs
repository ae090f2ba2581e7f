//! Running one life.

use serde_json::{Map, Value};

use super::clock::Clock;
use super::code::{Act, Await, Code, Contact, Kind, Until};
use super::condition::{Asked, Test, moment, reach};
use super::life::{Chance, Life, Outside, When};
use super::record::{By, End, Holder, Moment, Record, Refusal, Skip, Visit, What};
use super::simulation::Simulation;
use super::wall::Wall;
use super::window::until;
use super::{EventNo, JourneyNo, MOST_MOMENTS, StepNo, VisitNo};
use crate::model::{CapLimits, Class, IfPast, Reentry, Since, WhenFull};

/// When a date begins where nobody says a time of day: nobody is written to at midnight.
const MORNING: chrono::TimeDelta = chrono::TimeDelta::hours(9);

const DAY: i64 = 86_400;

/// As many visits, and moments of each, as most lives have: room for them is made at once.
const FEW: usize = 8;

/// An event that has come.
#[derive(Clone, Copy)]
struct Past {
    at: i64,
    event: EventNo,
    /// Its number in the life's input.
    no: u32,
}

/// One way through one journey, as it is now.
struct Way {
    journey: JourneyNo,
    /// What let the person in: its number in the life's input.
    event: Option<u32>,
    entered: i64,
    /// How many events and clicks had come before.
    before: (usize, usize),
    place: usize,
    wake: i64,
    phase: Phase,
    rounds: Vec<u32>,
    /// Whether transactional and commercial messages have been stopped.
    stopped: [bool; 2],
    has_goal: bool,
    is_over: bool,
    /// Whether `reentry` did not let the person in.
    is_refused: bool,
}

/// What a way does when it wakes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The operation at its place.
    Act,
    /// The touchpoint at its place, whose delay is over.
    Meet,
    /// The wait at its place is over.
    Rest,
    /// The time for the awaited event is over.
    Await,
    /// The pause between two rounds is over.
    Again,
}

pub(super) struct Runner<'s, 'p, C> {
    simulation: &'s Simulation<'p>,
    life: &'s Life,
    chance: &'s mut C,
    clock: Clock,
    wall: Wall,
    /// What is known of the person now: as they came, or as a step has written it.
    attributes: Vec<&'s Value>,
    history: Vec<Past>,
    clicks: Vec<StepNo>,
    /// When messages went out that the frequency cap counts.
    counted: Vec<i64>,
    ways: Vec<Way>,
    /// What still comes from outside, the next one last.
    outside: Vec<(i64, u32)>,
    /// What comes so long after something else that has not happened yet.
    after: Vec<u32>,
    now: i64,
    record: Record,
}

/// What a condition of one way may ask.
struct View<'r, 's, 'p, C> {
    runner: &'r Runner<'s, 'p, C>,
    way: Option<&'r Way>,
    properties: Option<&'r Map<String, Value>>,
}

impl<C> Asked for View<'_, '_, '_, C> {
    fn attribute(&self, number: usize) -> &Value {
        self.runner.attributes[number]
    }

    fn properties(&self) -> Option<&Map<String, Value>> {
        self.properties
    }

    fn count(&self, event: EventNo, since: Since) -> u32 {
        let runner = self.runner;
        let first = match (since, self.way) {
            (Since::Entry, Some(way)) => way.before.0,
            (Since::Entry, None) => runner.history.len(),
            _ => 0,
        };
        let from = reach(since).map_or(i64::MIN, |it| runner.clock.before(runner.now, it));
        let found = runner.history[first..]
            .iter()
            .filter(|it| it.event == event && it.at >= from);
        u32::try_from(found.count()).unwrap_or(u32::MAX)
    }

    fn clicked(&self, step: &str) -> bool {
        let (Some(way), simulation) = (self.way, self.runner.simulation) else {
            return false;
        };
        self.runner.clicks[way.before.1..].iter().any(|it| {
            simulation.step(*it).journey == way.journey && simulation.step_id(*it) == Some(step)
        })
    }
}

impl<'s, 'p, C: Chance> Runner<'s, 'p, C> {
    pub(super) fn new(simulation: &'s Simulation<'p>, life: &'s Life, chance: &'s mut C) -> Self {
        let clock = simulation.clock(life.person.zone);
        let known = |name: &&str| life.person.attributes.get(*name);
        let attributes = simulation.attributes().iter();
        let attributes = attributes.map(|it| known(it).unwrap_or(&Value::Null));
        let mut res = Self {
            simulation,
            life,
            chance,
            clock,
            wall: Wall::new(clock),
            attributes: attributes.collect(),
            history: Vec::with_capacity(life.outside.len()),
            clicks: Vec::new(),
            counted: Vec::new(),
            ways: Vec::with_capacity(FEW),
            outside: Vec::with_capacity(life.outside.len()),
            after: Vec::new(),
            now: life.start,
            record: Record {
                moments: Vec::with_capacity(FEW * FEW),
                cut: false,
            },
        };
        for (no, it) in (0..).zip(&life.outside) {
            match it.when {
                When::At(at) => res.outside.push((at, no)),
                When::AfterStep(..) | When::AfterEvent(..) => res.after.push(no),
            }
        }
        res.outside.sort_unstable_by(|a, b| b.cmp(a));
        res
    }

    /// Lives to the end.
    pub(super) fn run(mut self) -> Record {
        self.remember();
        loop {
            let next = self.outside.last().map_or(i64::MAX, |it| it.0);
            let ways = (0..).zip(&self.ways).filter(|(_, it)| !it.is_over);
            let due = ways.map(|(no, it)| (it.wake, no)).min();
            let (wake, no) = due.unwrap_or((i64::MAX, 0));
            let at = next.min(wake);
            if at == i64::MAX || at > self.life.end {
                break;
            }
            self.now = at.max(self.now);
            if next <= wake {
                if let Some((_, no)) = self.outside.pop() {
                    self.happens(no);
                }
            } else {
                self.wakes(no);
            }
            if self.record.moments.len() > MOST_MOMENTS {
                self.record.cut = true;
                break;
            }
        }
        self.record
    }

    /// What came before the life begins is known, and nothing happens because of it.
    fn remember(&mut self) {
        while let Some((at, no)) = self
            .outside
            .last()
            .copied()
            .filter(|it| it.0 < self.life.start)
        {
            self.outside.pop();
            match &self.life.outside[no as usize].what {
                Outside::Event(event, _) => self.history.push(Past {
                    at,
                    event: *event,
                    no,
                }),
                Outside::Click(step) => self.clicks.push(*step),
                Outside::Attributes(values) => self.learns(values),
            }
        }
    }

    /// Attributes are from now on what they are said to be.
    fn learns(&mut self, values: &'s Map<String, Value>) {
        let names = self.simulation.attributes().iter();
        for (name, known) in names.zip(&mut self.attributes) {
            *known = values.get(*name).unwrap_or(*known);
        }
    }

    fn note(&mut self, way: Option<usize>, what: What) {
        let visit = way.map(|it| Visit {
            no: VisitNo(number(it)),
            journey: self.ways[it].journey,
        });
        self.record.moments.push(Moment {
            at: self.now,
            visit,
            what,
        });
    }

    fn happens(&mut self, no: u32) {
        let life = self.life;
        match &life.outside[no as usize].what {
            Outside::Click(step) => {
                self.clicks.push(*step);
                self.note(None, What::Click(no));
            }
            Outside::Attributes(values) => {
                self.learns(values);
                self.note(None, What::Changed(no));
            }
            Outside::Event(event, data) => {
                self.history.push(Past {
                    at: self.now,
                    event: *event,
                    no,
                });
                self.note(None, What::Event(no));
                self.follow(|when| match when {
                    When::AfterEvent(it, duration) if it == *event => Some(duration),
                    _ => None,
                });
                for way in 0..self.ways.len() {
                    if !self.ways[way].is_over {
                        self.sees(way, *event, data, no);
                    }
                }
                self.lets_in(*event, data, no);
            }
        }
    }

    /// Plans what comes so long after what has just happened.
    fn follow(&mut self, fits: impl Fn(When) -> Option<crate::model::Duration>) {
        if self.after.is_empty() {
            return;
        }
        let life = self.life;
        let (clock, now) = (self.clock, self.now);
        let outside = &mut self.outside;
        self.after.retain(|no| {
            let Some(duration) = fits(life.outside[*no as usize].when) else {
                return true;
            };
            outside.push((clock.after(now, duration), *no));
            false
        });
        self.outside.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// A way sees an event: its goal, its exits, and the wait that it is in.
    fn sees(&mut self, way: usize, event: EventNo, data: &Map<String, Value>, no: u32) {
        let simulation = self.simulation;
        let code = simulation.code(self.ways[way].journey);
        if let Some(goal) = &code.goal
            && goal.event == Some(event)
            && !self.ways[way].has_goal
        {
            let entered = self.ways[way].entered;
            let in_time = |it| self.now <= self.clock.after(entered, it);
            if goal.within.is_none_or(in_time) && self.passes(goal.filter.as_ref(), way, data) {
                self.ways[way].has_goal = true;
                self.note(Some(way), What::Goal(no));
            }
        }
        for (number, exit) in (0..).zip(&code.exits) {
            if exit.event != Some(event)
                || (exit.same_case && !self.is_same_case(way, code, data))
                || !self.passes(exit.filter.as_ref(), way, data)
            {
                continue;
            }
            match exit.only {
                None => {
                    self.leave(way, End::Event(number, no));
                    return;
                }
                Some(class) => {
                    let stopped = &mut self.ways[way].stopped[class_no(class)];
                    if !std::mem::replace(stopped, true) {
                        self.note(Some(way), What::Stopped(number));
                    }
                }
            }
        }
        let it = &self.ways[way];
        if it.phase != Phase::Await {
            return;
        }
        let op = &code.ops[it.place];
        if let Act::WaitFor(wait) = &op.act
            && self.is_awaited(way, code, wait, event, data)
        {
            self.ways[way].place = wait.came;
            self.ways[way].phase = Phase::Act;
            self.ways[way].wake = self.now;
            self.note(Some(way), What::Came(op.step, no));
        }
    }

    fn is_awaited(
        &self,
        way: usize,
        code: &Code<'p>,
        wait: &Await<'p>,
        event: EventNo,
        data: &Map<String, Value>,
    ) -> bool {
        wait.event == Some(event)
            && (!wait.same_case || self.is_same_case(way, code, data))
            && self.passes(wait.filter.as_ref(), way, data)
    }

    /// Whether an event is about the case that let the person in. Who came from another journey has
    /// no case, and everything is about them.
    fn is_same_case(&self, way: usize, code: &Code<'p>, data: &Map<String, Value>) -> bool {
        let own = key(code, self.properties(&self.ways[way]));
        own.is_none_or(|own| code.key.and_then(|it| data.get(it)).unwrap_or(&Value::Null) == own)
    }

    fn properties(&self, way: &Way) -> Option<&'s Map<String, Value>> {
        self.data(way.event?)
    }

    fn data(&self, no: u32) -> Option<&'s Map<String, Value>> {
        match &self.life.outside[no as usize].what {
            Outside::Event(_, data) => Some(data),
            Outside::Click(_) | Outside::Attributes(_) => None,
        }
    }

    /// Whether a condition beside an event holds; `event.x` is of that event.
    fn passes(&self, test: Option<&Test<'p>>, way: usize, data: &Map<String, Value>) -> bool {
        test.is_none_or(|it| {
            it.holds(&View {
                runner: self,
                way: Some(&self.ways[way]),
                properties: Some(data),
            })
        })
    }

    /// Whether a condition of a step holds; `event.x` is of the event that let the person in.
    fn holds(&self, test: &Test<'p>, way: usize) -> bool {
        let way = &self.ways[way];
        test.holds(&View {
            runner: self,
            way: Some(way),
            properties: self.properties(way),
        })
    }

    fn lets_in(&mut self, event: EventNo, data: &Map<String, Value>, no: u32) {
        let simulation = self.simulation;
        for journey in simulation.begun_by(event) {
            let code = simulation.code(*journey);
            let fits = code.filter.as_ref().is_none_or(|it| {
                it.holds(&View {
                    runner: self,
                    way: None,
                    properties: Some(data),
                })
            });
            if fits {
                self.enter(*journey, Some(no), By::Event(no));
            }
        }
    }

    fn enter(&mut self, journey: JourneyNo, event: Option<u32>, by: By) {
        let code = self.simulation.code(journey);
        let refusal = if !self.may_enter(journey, code, event) {
            Some(Refusal::Reentry)
        } else if code.holdout && self.chance.holdout(journey) {
            Some(Refusal::Holdout)
        } else {
            None
        };
        let way = self.ways.len();
        self.ways.push(Way {
            journey,
            event,
            entered: self.now,
            before: (self.history.len(), self.clicks.len()),
            place: 0,
            wake: self.now,
            phase: Phase::Act,
            rounds: Vec::new(),
            stopped: [false; 2],
            has_goal: false,
            is_over: refusal.is_some(),
            is_refused: refusal == Some(Refusal::Reentry),
        });
        // Who was kept out by chance was in, as far as coming in again is concerned.
        self.note(Some(way), refusal.map_or(What::Entered(by), What::Refused));
    }

    fn may_enter(&self, journey: JourneyNo, code: &Code<'p>, event: Option<u32>) -> bool {
        let own = |it: &&Way| it.journey == journey && !it.is_refused;
        let mut earlier = self.ways.iter().filter(own);
        match code.reentry {
            Reentry::Always => true,
            Reentry::Never => earlier.next().is_none(),
            Reentry::After(pause) => earlier
                .next_back()
                .is_none_or(|it| self.now >= self.clock.after(it.entered, pause)),
            Reentry::PerKey => {
                let own = key(code, event.and_then(|it| self.data(it)));
                !earlier.any(|it| key(code, self.properties(it)) == own)
            }
        }
    }

    fn leave(&mut self, way: usize, end: End) {
        self.ways[way].is_over = true;
        self.note(Some(way), What::Left(end));
    }

    /// A way goes on from where it is until time has to pass.
    fn wakes(&mut self, way: usize) {
        let simulation = self.simulation;
        let code = simulation.code(self.ways[way].journey);
        loop {
            let it = &mut self.ways[way];
            let op = &code.ops[it.place];
            let phase = std::mem::replace(&mut it.phase, Phase::Act);
            let goes_on = match (phase, &op.act) {
                (Phase::Rest, _) => {
                    it.place += 1;
                    self.note(Some(way), What::Waited(op.step));
                    true
                }
                (Phase::Await, _) => {
                    it.place += 1;
                    self.note(Some(way), What::TimedOut(op.step));
                    true
                }
                (Phase::Again, Act::Again { until, head, .. }) => {
                    let ends = until.as_ref().is_some_and(|it| self.holds(it, way));
                    let it = &mut self.ways[way];
                    it.place = if ends { it.place + 1 } else { *head };
                    true
                }
                (phase, act) => self.acts(way, op.step, act, phase == Phase::Meet),
            };
            if !goes_on || self.ways[way].is_over || self.record.moments.len() > MOST_MOMENTS {
                return;
            }
        }
    }

    /// Does one operation. Says whether the way goes on at once.
    fn acts(&mut self, way: usize, step: StepNo, act: &Act<'p>, is_met: bool) -> bool {
        match act {
            Act::Contact(it) => return self.contact(way, step, it, is_met),
            Act::Wait(it) => {
                let end = if let Some(clock) = it.clock {
                    until(clock.after(self.now, it.duration), clock, it.at, &it.on)
                } else {
                    let least = self.wall.after(self.now, it.duration);
                    self.wall.until(least, it.at, &it.on)
                };
                self.note(Some(way), What::Waits(step, end));
                self.sleep(way, Phase::Rest, end);
                return false;
            }
            Act::WaitFor(it) => return self.awaits(way, step, it),
            Act::WaitUntil(it) => return self.wait_until(way, step, it),
            Act::Branch { ways, otherwise } => {
                let found = ways.iter().position(|(test, _)| self.holds(test, way));
                self.ways[way].place = found.map_or(*otherwise, |it| ways[it].1);
                self.note(Some(way), What::Way(step, found.map(number)));
            }
            Act::Split { weights, places } => {
                let arm = self.chance.arm(step, VisitNo(number(way)), weights);
                let arm = arm.min(number(places.len()).saturating_sub(1));
                self.ways[way].place = places[arm as usize];
                self.note(Some(way), What::Arm(step, arm));
            }
            Act::Repeat { depth } => {
                let it = &mut self.ways[way];
                it.rounds.resize(depth + 1, 0);
                it.rounds[*depth] = 0;
                it.place += 1;
            }
            Act::Round { depth } => {
                let it = &mut self.ways[way];
                it.rounds[*depth] += 1;
                it.place += 1;
                let round = it.rounds[*depth];
                self.note(Some(way), What::Round(step, round));
            }
            Act::Again {
                depth,
                times,
                every,
                ..
            } => {
                let it = &mut self.ways[way];
                if it.rounds[*depth] >= *times {
                    it.place += 1;
                } else {
                    let end = self.wall.after(self.now, *every);
                    if end > self.now {
                        self.note(Some(way), What::Waits(step, end));
                    }
                    self.sleep(way, Phase::Again, end);
                    return end <= self.now;
                }
            }
            Act::Jump(place) => self.ways[way].place = *place,
            Act::Set { attribute, value } => {
                if let Some(number) = attribute {
                    self.attributes[*number] = value;
                }
                self.ways[way].place += 1;
                self.note(Some(way), What::Set(step));
            }
            Act::Enter(journey) => {
                self.ways[way].place += 1;
                self.note(Some(way), What::Enters(step));
                if let Some(journey) = journey {
                    let code = |it| self.simulation.code(it).trigger;
                    let own = self.ways[way].journey;
                    // What the event carries is only known where it is the same event.
                    let event = self.ways[way].event;
                    let event = event.filter(|_| code(own) == code(*journey));
                    self.enter(*journey, event, By::Visit(VisitNo(number(way))));
                }
            }
            Act::Exit => {
                self.leave(way, End::Exit(step));
                return false;
            }
            Act::End => {
                self.leave(way, End::Completed);
                return false;
            }
        }
        true
    }

    fn sleep(&mut self, way: usize, phase: Phase, end: i64) {
        self.ways[way].phase = phase;
        self.ways[way].wake = end;
    }

    fn contact(&mut self, way: usize, step: StepNo, it: &Contact<'p>, is_met: bool) -> bool {
        if !is_met {
            let late = self.chance.delay(step, self.now);
            if late > 0 {
                let end = self.now.saturating_add(late);
                self.note(Some(way), What::Held(step, Holder::Delay, end));
                self.sleep(way, Phase::Meet, end);
                return false;
            }
        }
        let skip = self.skips(way, it);
        if skip.is_none()
            && it.held
            && let Some((end, holder)) = self.holds_back()
        {
            self.note(Some(way), What::Held(step, holder, end));
            self.sleep(way, Phase::Meet, end);
            return false;
        }
        let is_full = skip.is_none() && it.held && self.room() > self.now;
        self.ways[way].place += 1;
        if let Some(skip) = skip.or(is_full.then_some(Skip::Cap)) {
            self.note(Some(way), What::Skipped(step, skip));
            return true;
        }
        if it.held {
            self.counted.push(self.now);
        }
        let what = match it.kind {
            Kind::Send => What::Sent(step),
            Kind::Task => What::Task(step),
            Kind::Touch => What::Touch(step),
        };
        self.note(Some(way), what);
        self.follow(|when| match when {
            When::AfterStep(it, duration) if it == step => Some(duration),
            _ => None,
        });
        true
    }

    fn skips(&self, way: usize, it: &Contact<'p>) -> Option<Skip> {
        if it.only_if.as_ref().is_some_and(|it| !self.holds(it, way)) {
            Some(Skip::If)
        } else if it.unless.as_ref().is_some_and(|it| self.holds(it, way)) {
            Some(Skip::Unless)
        } else if it
            .class
            .is_some_and(|it| self.ways[way].stopped[class_no(it)])
        {
            Some(Skip::Stopped)
        } else {
            None
        }
    }

    /// Until when a commercial message is held back now, and by what.
    fn holds_back(&self) -> Option<(i64, Holder)> {
        let (open, holder) = self.simulation.hours().next(self.now, self.clock);
        if open > self.now {
            return Some((open, holder.unwrap_or(Holder::Window)));
        }
        let cap = self.simulation.project().policy.frequency_cap.as_ref()?;
        let room = self.room();
        (cap.when_full == WhenFull::Queue && room > self.now).then_some((room, Holder::Cap))
    }

    /// From when on the frequency cap lets another message through.
    fn room(&self) -> i64 {
        let Some(cap) = &self.simulation.project().policy.frequency_cap else {
            return self.now;
        };
        let CapLimits {
            per_day,
            per_week,
            per_month,
        } = cap.commercial;
        let spans = [(per_day, DAY), (per_week, 7 * DAY), (per_month, 30 * DAY)];
        let room = |(limit, span): (Option<u32>, i64)| match limit? as usize {
            0 => Some(i64::MAX),
            limit => {
                let oldest = self.counted.len().checked_sub(limit)?;
                Some(self.counted[oldest].saturating_add(span))
            }
        };
        let latest = spans.into_iter().filter_map(room).max();
        latest.unwrap_or(self.now)
    }

    fn awaits(&mut self, way: usize, step: StepNo, wait: &Await<'p>) -> bool {
        let code = self.simulation.code(self.ways[way].journey);
        let before = self.ways[way].before.0;
        let came = self.history[before..].iter().find(|past| {
            let data = self.data(past.no);
            data.is_some_and(|it| self.is_awaited(way, code, wait, past.event, it))
        });
        if let Some(no) = came.map(|it| it.no) {
            self.ways[way].place = wait.came;
            self.note(Some(way), What::Came(step, no));
            return true;
        }
        let end = wait.timeout.map(|it| self.wall.after(self.now, it));
        let end = end.unwrap_or(i64::MAX);
        self.note(Some(way), What::Waits(step, end));
        self.sleep(way, Phase::Await, end);
        false
    }

    fn wait_until(&mut self, way: usize, step: StepNo, it: &Until<'p>) -> bool {
        let date = it.date.answer(&View {
            runner: self,
            way: Some(&self.ways[way]),
            properties: self.properties(&self.ways[way]),
        });
        let clock = self.clock;
        let moment = date.as_str().and_then(|text| {
            let written = moment(text)?;
            let is_day = text.len() == 10;
            // A moment with an offset is in UTC already, one without is on the person's clock.
            let has_offset = !is_day && chrono::DateTime::parse_from_rfc3339(text).is_ok();
            let begin = match (is_day, it.at) {
                (true, None) => clock.instant(written + MORNING),
                (false, _) if has_offset => written.and_utc().timestamp(),
                _ => clock.instant(written),
            };
            let moved = match it.offset {
                Some(offset) if offset.before => clock.before(begin, offset.by),
                Some(offset) => clock.after(begin, offset.by),
                None => begin,
            };
            let at = |time: crate::model::TimeOfDay| {
                let day = clock.local(moved).date().and_time(chrono::NaiveTime::MIN);
                clock.instant(day + chrono::TimeDelta::minutes(i64::from(time.minutes)))
            };
            Some(it.at.map_or(moved, at))
        });
        match moment.filter(|it| *it >= self.now) {
            Some(end) => {
                self.note(Some(way), What::Waits(step, end));
                self.sleep(way, Phase::Rest, end);
                false
            }
            None if it.if_past == IfPast::Exit => {
                self.leave(way, End::DatePassed(step));
                false
            }
            None => {
                self.note(Some(way), What::Past(step));
                self.ways[way].place += 1;
                true
            }
        }
    }
}

/// The case that an event is about.
fn key<'v>(code: &Code<'_>, data: Option<&'v Map<String, Value>>) -> Option<&'v Value> {
    data?.get(code.key?)
}

fn class_no(class: Class) -> usize {
    usize::from(class == Class::Commercial)
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
