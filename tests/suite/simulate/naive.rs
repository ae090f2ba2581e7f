//! A second reading of the language: quarter of an hour by quarter of an hour, step by step through the
//! file. It is slow, looks for everything by trying, and shares nothing with the first reading but the types.

mod messages;
mod questions;
mod time;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use serde_json::{Map, Value};

use journeyc::model::{
    Class, Condition, Duration, IfPast, Journey, Milestone, Project, Reentry, Repeat, Step, Wait,
    WaitUntil,
};
use journeyc::simulate::{
    By, Chance, End, EventNo, JourneyNo, Life, Moment, Outside, Refusal, StepNo, Visit, VisitNo,
    What, When,
};
use journeyc::source::Spanned;

use time::{after, before, instant, local, time_of};

/// The grain of time: every duration, time of day and offset of a zone here is a multiple of it.
pub(super) const QUARTER: i64 = 900;

/// Who lives, and what has happened so far.
pub(super) struct Naive<'a, C> {
    pub(super) project: &'a Project,
    pub(super) journeys: Vec<&'a Journey>,
    pub(super) life: &'a Life,
    pub(super) chance: C,
    pub(super) zone: Tz,
    now: i64,
    known: Map<String, Value>,
    /// What has come from outside, in order: when, and its number.
    come: Vec<(i64, u32)>,
    /// What will come.
    planned: Vec<(i64, u32)>,
    /// Which relative occurrences are settled.
    settled: Vec<bool>,
    capped: Vec<i64>,
    visits: Vec<Way<'a>>,
    moments: Vec<Moment>,
}

struct Way<'a> {
    journey: usize,
    event: Option<u32>,
    entered: i64,
    /// How much had come at entry.
    seen: usize,
    lists: Vec<List<'a>>,
    rest: Rest,
    stopped: Vec<Class>,
    has_goal: bool,
    over: bool,
    refused: bool,
}

/// A list of steps that is gone through.
struct List<'a> {
    steps: &'a [Spanned<Step>],
    at: usize,
    /// The number of the round, for the steps of a repetition.
    round: Option<u32>,
}

/// Until when nothing happens, and why.
#[derive(Clone, Copy, PartialEq)]
enum Rest {
    Nothing,
    Wait(i64),
    Await(i64),
    Hold(i64),
    /// Between two rounds; the number of the last one.
    Pause(i64, u32),
}

impl<'a, C: Chance> Naive<'a, C> {
    pub(super) fn new(
        project: &'a Project,
        journeys: Vec<&'a Journey>,
        life: &'a Life,
        zone: Tz,
        chance: C,
    ) -> Self {
        Self {
            project,
            journeys,
            life,
            chance,
            zone,
            now: life.start,
            known: life.person.attributes.clone(),
            come: Vec::new(),
            planned: Vec::new(),
            settled: vec![false; life.outside.len()],
            capped: Vec::new(),
            visits: Vec::new(),
            moments: Vec::new(),
        }
    }

    pub(super) fn live(mut self) -> Vec<Moment> {
        for (no, it) in (0..).zip(&self.life.outside) {
            if let When::At(at) = it.when {
                self.planned.push((at, no));
            }
        }
        self.planned.sort_unstable();
        while self
            .planned
            .first()
            .is_some_and(|it| it.0 < self.life.start)
        {
            let it = self.planned.remove(0);
            if let Outside::Attributes(values) = &self.life.outside[it.1 as usize].what {
                self.known.extend(values.clone());
            }
            self.come.push(it);
        }
        while self.now <= self.life.end {
            self.quarter();
            self.now += QUARTER;
        }
        self.moments
    }

    /// All that happens at one moment.
    fn quarter(&mut self) {
        loop {
            self.planned.sort_unstable();
            if self.planned.first().is_some_and(|it| it.0 <= self.now) {
                let (_, no) = self.planned.remove(0);
                self.comes(no);
                continue;
            }
            let due = self.visits.iter().position(|it| {
                !it.over
                    && match it.rest {
                        Rest::Nothing => true,
                        Rest::Wait(at) | Rest::Await(at) | Rest::Hold(at) | Rest::Pause(at, _) => {
                            at <= self.now
                        }
                    }
            });
            let Some(way) = due else { return };
            self.goes(way);
        }
    }

    fn note(&mut self, way: Option<usize>, what: What) {
        let visit = way.map(|it| Visit {
            no: VisitNo(u32::try_from(it).unwrap()),
            journey: JourneyNo(u32::try_from(self.visits[it].journey).unwrap()),
        });
        self.moments.push(Moment {
            at: self.now,
            visit,
            what,
        });
    }

    fn event(&self, no: EventNo) -> &'a str {
        &self
            .project
            .events
            .get_index(no.0 as usize)
            .unwrap()
            .0
            .value
    }

    fn comes(&mut self, no: u32) {
        self.come.push((self.now, no));
        let life = self.life;
        let (event, data) = match &life.outside[no as usize].what {
            Outside::Event(event, data) => (event, data),
            Outside::Click(_) => return self.note(None, What::Click(no)),
            Outside::Attributes(values) => {
                self.known.extend(values.clone());
                return self.note(None, What::Changed(no));
            }
        };
        self.note(None, What::Event(no));
        for (other, it) in (0..).zip(&life.outside) {
            if let When::AfterEvent(first, by) = it.when
                && first == *event
                && !std::mem::replace(&mut self.settled[other as usize], true)
            {
                self.planned.push((after(self.zone, self.now, by), other));
            }
        }
        let name = self.event(*event);
        for way in 0..self.visits.len() {
            if !self.visits[way].over {
                self.sees(way, name, data, no);
            }
        }
        for journey in 0..self.journeys.len() {
            let trigger = &self.journeys[journey].trigger;
            let fits = |it: &Condition| self.holds(it, None, Some(data));
            if &*trigger.event.value == name && trigger.filter.as_ref().is_none_or(fits) {
                self.enters(journey, Some(no), By::Event(no));
            }
        }
    }

    fn sees(&mut self, way: usize, name: &str, data: &'a Map<String, Value>, no: u32) {
        let journey = self.journeys[self.visits[way].journey];
        if let Some(goal) = &journey.goal
            && &*goal.event.value == name
            && !self.visits[way].has_goal
            && goal
                .filter
                .as_ref()
                .is_none_or(|it| self.holds(it, Some(way), Some(data)))
            && goal
                .within
                .is_none_or(|it| self.now <= after(self.zone, self.visits[way].entered, it.value))
        {
            self.visits[way].has_goal = true;
            self.note(Some(way), What::Goal(no));
        }
        for (number, exit) in (0..).zip(&journey.exits) {
            if &*exit.on.value != name
                || !self.is_about(way, name, data)
                || !exit
                    .filter
                    .as_ref()
                    .is_none_or(|it| self.holds(it, Some(way), Some(data)))
            {
                continue;
            }
            match exit.only {
                None => return self.leaves(way, End::Event(number, no)),
                Some(class) if !self.visits[way].stopped.contains(&class) => {
                    self.visits[way].stopped.push(class);
                    self.note(Some(way), What::Stopped(number));
                }
                Some(_) => {}
            }
        }
        if let (Rest::Await(_), Some(step)) = (self.visits[way].rest, self.step(way))
            && let Step::WaitFor(wait) = &step.value
            && &*wait.event.value == name
            && self.is_about(way, name, data)
            && wait
                .filter
                .as_ref()
                .is_none_or(|it| self.holds(it, Some(way), Some(data)))
        {
            self.note(Some(way), What::Came(self.number(way, step), no));
            self.passes(way);
            // It goes on when its turn comes, at this moment.
            self.visits[way].rest = Rest::Nothing;
        }
    }

    fn key_of(&self, event: &str) -> Option<&'a str> {
        let found = self.project.events.iter().find(|it| &*it.0.value == event);
        found?.1.key.as_ref().map(|it| &*it.value)
    }

    fn is_about(&self, way: usize, name: &str, data: &Map<String, Value>) -> bool {
        let trigger = &*self.journeys[self.visits[way].journey].trigger.event.value;
        let (Some(own), Some(other)) = (self.key_of(trigger), self.key_of(name)) else {
            return true;
        };
        let milestone = |name: &str| {
            let found = self.project.events.iter().find(|it| &*it.0.value == name);
            found?.1.milestone.as_ref().map(|it| it.value)
        };
        // What was delivered, given back or judged has been paid before.
        let is_new_order = milestone(name) == Some(Milestone::Payment)
            && matches!(
                milestone(trigger),
                Some(
                    Milestone::Delivered
                        | Milestone::ServiceStarted
                        | Milestone::FirstUse
                        | Milestone::Refunded
                        | Milestone::ReturnRequested
                        | Milestone::FeedbackGiven
                )
            );
        if own != other || trigger == name || is_new_order {
            return true;
        }
        match self
            .data_of(self.visits[way].event)
            .and_then(|it| it.get(own))
        {
            None => true,
            Some(case) => data.get(own) == Some(case),
        }
    }

    fn data_of(&self, no: Option<u32>) -> Option<&'a Map<String, Value>> {
        match &self.life.outside[no? as usize].what {
            Outside::Event(_, data) => Some(data),
            Outside::Click(_) | Outside::Attributes(_) => None,
        }
    }

    fn enters(&mut self, journey: usize, event: Option<u32>, by: By) {
        let it = self.journeys[journey];
        let key = |no: Option<u32>| {
            let name = self.key_of(&it.trigger.event.value)?;
            self.data_of(no)?.get(name)
        };
        let before: Vec<&Way<'_>> = self
            .visits
            .iter()
            .filter(|it| it.journey == journey && !it.refused)
            .collect();
        let may = match it.reentry.map_or(Reentry::Never, |it| it.value) {
            Reentry::Never => before.is_empty(),
            Reentry::Always => true,
            Reentry::PerKey => before.iter().all(|it| key(it.event) != key(event)),
            Reentry::After(by) => {
                let last = before.iter().map(|it| it.entered).max();
                last.is_none_or(|it| self.now >= after(self.zone, it, by))
            }
        };
        let no = JourneyNo(u32::try_from(journey).unwrap());
        let is_out = may && it.holdout.is_some_and(|it| it > 0) && self.chance.holdout(no);
        let way = self.visits.len();
        self.visits.push(Way {
            journey,
            event,
            entered: self.now,
            seen: self.come.len(),
            lists: vec![List {
                steps: &it.steps,
                at: 0,
                round: None,
            }],
            rest: Rest::Nothing,
            stopped: Vec::new(),
            has_goal: false,
            over: !may || is_out,
            refused: !may,
        });
        let what = match (may, is_out) {
            (false, _) => What::Refused(Refusal::Reentry),
            (true, true) => What::Refused(Refusal::Holdout),
            (true, false) => What::Entered(by),
        };
        self.note(Some(way), what);
    }

    fn leaves(&mut self, way: usize, end: End) {
        self.visits[way].over = true;
        self.note(Some(way), What::Left(end));
    }

    /// The step that a visit is at.
    fn step(&self, way: usize) -> Option<&'a Spanned<Step>> {
        let list = self.visits[way].lists.last()?;
        list.steps.get(list.at)
    }

    /// The number of a step: how many stand before it in all journeys.
    fn number(&self, way: usize, step: &'a Spanned<Step>) -> StepNo {
        fn count(steps: &[Spanned<Step>], wanted: &Spanned<Step>, so_far: &mut u32) -> bool {
            steps.iter().any(|it| {
                if std::ptr::eq(it, wanted) {
                    return true;
                }
                *so_far += 1;
                it.value
                    .inner()
                    .into_iter()
                    .any(|it| count(it, wanted, so_far))
            })
        }
        let mut res = 0;
        for (no, journey) in self.journeys.iter().enumerate() {
            if count(&journey.steps, step, &mut res) {
                assert_eq!(no, self.visits[way].journey);
                break;
            }
        }
        StepNo(res)
    }

    fn passes(&mut self, way: usize) {
        self.visits[way].lists.last_mut().unwrap().at += 1;
    }

    fn into(&mut self, way: usize, steps: &'a [Spanned<Step>], round: Option<u32>) {
        self.visits[way].lists.push(List {
            steps,
            at: 0,
            round,
        });
    }

    /// A visit goes on until it has to wait.
    fn goes(&mut self, way: usize) {
        while !self.visits[way].over {
            let rest = std::mem::replace(&mut self.visits[way].rest, Rest::Nothing);
            match (self.step(way), rest) {
                (Some(step), Rest::Pause(_, round)) => {
                    let Step::Repeat(it) = &step.value else {
                        panic!("only repetitions pause")
                    };
                    self.next_round(way, it, round);
                }
                (Some(step), rest) => self.does(way, step, rest),
                (None, _) => {
                    let list = self.visits[way].lists.pop().unwrap();
                    match (list.round, self.step(way)) {
                        (Some(round), Some(step)) => self.ends_round(way, step, round),
                        _ if self.visits[way].lists.is_empty() => {
                            self.leaves(way, End::Completed);
                        }
                        _ => {}
                    }
                }
            }
            if self.visits[way].rest != Rest::Nothing {
                return;
            }
        }
    }

    fn ends_round(&mut self, way: usize, step: &'a Spanned<Step>, round: u32) {
        let Step::Repeat(it) = &step.value else {
            panic!("only repetitions have rounds")
        };
        if round >= it.times.value {
            return self.passes(way);
        }
        let pause = it.every.map_or_else(Duration::default, |it| it.value);
        let end = after(self.zone, self.now, pause);
        if end == self.now {
            return self.next_round(way, it, round);
        }
        self.note(Some(way), What::Waits(self.number(way, step), end));
        self.visits[way].rest = Rest::Pause(end, round);
    }

    fn next_round(&mut self, way: usize, it: &'a Repeat, round: u32) {
        if it.until.as_ref().is_some_and(|it| self.asks(it, way)) {
            return self.passes(way);
        }
        let step = self.number(way, self.step(way).unwrap());
        self.note(Some(way), What::Round(step, round + 1));
        self.into(way, &it.steps, Some(round + 1));
    }

    fn asks(&self, condition: &Condition, way: usize) -> bool {
        self.holds(condition, Some(way), self.data_of(self.visits[way].event))
    }

    /// Does one step, or what is left of it after a rest.
    fn does(&mut self, way: usize, step: &'a Spanned<Step>, rest: Rest) {
        let no = self.number(way, step);
        match (&step.value, rest) {
            (Step::Send(_) | Step::Task(_) | Step::Touch(_), _) => {
                self.touches(way, &step.value, no, matches!(rest, Rest::Hold(_)));
            }
            (_, Rest::Wait(_)) => {
                self.passes(way);
                self.note(Some(way), What::Waited(no));
            }
            (Step::WaitFor(it), Rest::Await(_)) => {
                self.note(Some(way), What::TimedOut(no));
                self.passes(way);
                if let Some(steps) = &it.on_timeout {
                    self.into(way, steps, None);
                }
            }
            (Step::Wait(it), _) => {
                let end = self.end_of(it);
                self.note(Some(way), What::Waits(no, end));
                self.visits[way].rest = Rest::Wait(end);
            }
            (Step::WaitFor(it), _) => {
                let name = &*it.event.value;
                let came = self.come[self.visits[way].seen..].iter().find(|(_, no)| {
                    let life = self.life;
                    matches!(&life.outside[*no as usize].what, Outside::Event(event, data)
                        if self.event(*event) == name && self.is_about(way, name, data)
                            && it.filter.as_ref().is_none_or(|it| self.holds(it, Some(way), Some(data))))
                });
                if let Some((_, occurrence)) = came.copied() {
                    self.note(Some(way), What::Came(no, occurrence));
                    return self.passes(way);
                }
                let end = it.timeout.map(|it| after(self.zone, self.now, it.value));
                let end = end.unwrap_or(i64::MAX);
                self.note(Some(way), What::Waits(no, end));
                self.visits[way].rest = Rest::Await(end);
            }
            (Step::WaitUntil(it), _) => match self.date_of(it, way) {
                Some(end) if end >= self.now => {
                    self.note(Some(way), What::Waits(no, end));
                    self.visits[way].rest = Rest::Wait(end);
                }
                _ if it.if_past == IfPast::Exit => self.leaves(way, End::DatePassed(no)),
                _ => {
                    self.note(Some(way), What::Past(no));
                    self.passes(way);
                }
            },
            (Step::Branch(it), _) => {
                let found = it.when.iter().position(|it| self.asks(&it.condition, way));
                let number = found.map(|it| u32::try_from(it).unwrap());
                self.note(Some(way), What::Way(no, number));
                self.passes(way);
                match (found, &it.otherwise) {
                    (Some(found), _) => self.into(way, &it.when[found].steps, None),
                    (None, Some(steps)) => self.into(way, steps, None),
                    (None, None) => {}
                }
            }
            (Step::Split(it), _) => {
                let weights: Vec<u32> = it.arms.values().map(|it| it.weight.value).collect();
                let visit = VisitNo(u32::try_from(way).unwrap());
                let arm = self.chance.arm(no, visit, &weights);
                self.note(Some(way), What::Arm(no, arm));
                self.passes(way);
                self.into(way, &it.arms[arm as usize].steps, None);
            }
            (Step::Repeat(it), _) => {
                self.note(Some(way), What::Round(no, 1));
                self.into(way, &it.steps, Some(1));
            }
            (Step::Set(it), _) => {
                let name = it.attribute.value.to_string();
                self.known.insert(name, it.value.value.clone());
                self.note(Some(way), What::Set(no));
                self.passes(way);
            }
            (Step::Enter(name), _) => {
                self.note(Some(way), What::Enters(no));
                self.passes(way);
                let other = self
                    .journeys
                    .iter()
                    .position(|it| it.name.value == name.value);
                let other = other.unwrap();
                let trigger = |it: usize| &self.journeys[it].trigger.event.value;
                let is_same = trigger(other) == trigger(self.visits[way].journey);
                let event = self.visits[way].event.filter(|_| is_same);
                let by = By::Visit(VisitNo(u32::try_from(way).unwrap()));
                self.enters(other, event, by);
            }
            (Step::Exit(_), _) => self.leaves(way, End::Exit(no)),
        }
    }

    fn end_of(&self, it: &Wait) -> i64 {
        let zone = match it.zone.as_ref().map(|it| &*it.value) {
            None | Some("contact") => self.zone,
            Some(name) => name.parse().unwrap(),
        };
        let least = it.duration.map_or_else(Duration::default, |it| it.value);
        let begin = after(zone, self.now, least);
        let fits = |at: &i64| {
            let shown = local(zone, *at);
            let weekday = shown.weekday().num_days_from_monday();
            let on = it.on.is_empty()
                || it
                    .on
                    .iter()
                    .any(|it| u32::from(it.value.index()) == weekday);
            on && it
                .at
                .is_none_or(|it| instant(zone, time_of(shown.date(), it.value)) == *at)
        };
        (0..15 * 96)
            .map(|it| begin + it * QUARTER)
            .find(fits)
            .unwrap()
    }

    fn date_of(&self, it: &WaitUntil, way: usize) -> Option<i64> {
        let event = self.data_of(self.visits[way].event);
        let value = self.value(it.date.parsed.as_ref().unwrap(), Some(way), event);
        let text = value.as_str()?;
        let begin = if let Ok(day) = text.parse::<NaiveDate>() {
            let hour = if it.at.is_some() { 0 } else { 9 };
            instant(self.zone, day.and_hms_opt(hour, 0, 0)?)
        } else if let Ok(moment) = text.parse::<NaiveDateTime>() {
            instant(self.zone, moment)
        } else {
            chrono::DateTime::parse_from_rfc3339(text).ok()?.timestamp()
        };
        let moved = match it.offset.map(|it| it.value) {
            None => begin,
            Some(it) if it.before => before(self.zone, begin, it.by),
            Some(it) => after(self.zone, begin, it.by),
        };
        let day = local(self.zone, moved).date();
        Some(
            it.at
                .map_or(moved, |it| instant(self.zone, time_of(day, it.value))),
        )
    }
}
