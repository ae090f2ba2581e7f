//! Looks for the life that a finding is about.
//!
//! In: a route and a sentence. Out: the first life, of those that can be thought of, in which the sentence
//! is broken. What is not known is tried: the person's answers to conditions, the second at which it all
//! begins, when the event comes that nobody noticed. An awaited event comes when the life has come to
//! the wait for it: so a life is lived once for each of them. Where none of these lives shows it, one or
//! two things are changed that the witness does not tell.
//! Invariant: at most [`MOST`] lives are lived, with about [`MOST_MOMENTS`], always the same ones. Not done here: words.

use std::collections::BTreeMap;

use super::broken::is_broken;
use super::changes::{Change, changes};
use super::draft::{Draft, Pattern, Scripted};
use super::route::{Hours, Route};
use super::sentence::{Said, Sentence, capped};
use super::starts::{after, moments, starts};
use super::wishes::{Answer, answers};
use crate::model::{Duration, Reentry, Step};
use crate::simulate::{Clock, Life, Record, Simulation, StepNo, What};

const DAY: i64 = 86_400;

/// So many lives are lived for one finding at most.
const MOST: u32 = 5_000;

/// Where more than this has happened in them, no further ones are lived: a quarter of a second of work.
const MOST_MOMENTS: u64 = 1_000_000;

/// Of those so many as the witness tells.
const TOLD: u32 = 3_000;

/// So many when those are lived that last longer.
const LATE: u32 = 3_500;

/// So many days longer.
const LONGER: u32 = 1_000;

/// Where there are more steps than this, nothing is changed that the witness does not tell.
const MOST_STEPS: usize = 3_000;

/// So many answers to the conditions are tried.
const ANSWERS: usize = 6;

/// So many awaited events may come in one life.
const AWAITED: usize = 16;

/// So often other journeys are begun to fill the frequency cap.
const CROWD: u32 = 4;

/// So many beginnings are tried with each change.
const BEGINNINGS: usize = 3;

/// So many messages of a life before may make room in the frequency cap.
const AGAIN: usize = 4;

/// So many moments of a life are tried for one more event.
const BETWEEN: usize = 4;

/// What a search took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effort {
    /// So many lives were lived.
    pub lives: u32,
    /// So much happened in them.
    pub moments: u64,
}

/// A life in which the sentence is broken.
#[derive(Debug)]
pub(super) struct Found {
    /// The life.
    pub(super) life: Life,
    /// The arms that are taken in it.
    pub(super) arms: BTreeMap<StepNo, u32>,
    /// The clock on the person's wall.
    pub(super) clock: Clock,
    /// How many days of it are looked at.
    pub(super) days: u32,
    /// What it took to find it.
    pub(super) effort: Effort,
    /// Whether it breaks what it may break instead.
    pub(super) is_other: bool,
    /// What it breaks, if that has to be said in other words.
    pub(super) sentence: Option<Sentence>,
}

/// What does not change from one life to the next.
struct Search<'s, 'p> {
    simulation: &'s Simulation<'p>,
    route: &'s Route<'p>,
    sentence: &'s Sentence,
    days: u32,
    effort: Effort,
    most: u32,
}

/// The first life in which the sentence is broken; or what was tried in vain.
pub(super) fn search<'p>(
    simulation: &Simulation<'p>,
    route: &Route<'p>,
    sentence: &Sentence,
    later: &dyn Fn(Duration) -> Option<Sentence>,
) -> Result<Found, Effort> {
    let days =
        route.length / 86_400 + sentence.minutes / 1_440 + if route.is_endless { 400 } else { 30 };
    let mut search = Search {
        simulation,
        route,
        sentence,
        days: u32::try_from(days).unwrap_or(u32::MAX).min(36_000),
        effort: Effort::default(),
        most: TOLD,
    };
    let all = answers(simulation, route, ANSWERS);
    for zone in search.zones() {
        for answer in &all {
            if let Some(found) = search.lives(zone, answer) {
                return Ok(found);
            }
        }
    }
    // Rounds, and waits that nobody can date, may make a life longer than the witness.
    search.days = search.days.saturating_add(LONGER).min(36_000);
    search.most = LATE;
    let late = all.first().and_then(|it| search.lives(None, it));
    if let Some(late) = late {
        return Ok(late);
    }
    search.most = MOST;
    let Some(answer) = all.first() else {
        return Err(search.effort);
    };
    let found = search.again(answer, later);
    found
        .or_else(|| search.changed(answer))
        .ok_or(search.effort)
}

impl<'s, 'p> Search<'s, 'p> {
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

    fn starts(&self, zone: Option<chrono_tz::Tz>) -> Vec<i64> {
        let clock = self.simulation.clock(zone);
        starts(self.route, self.simulation.project(), clock)
    }

    fn lives(&mut self, zone: Option<chrono_tz::Tz>, answer: &Answer<'p>) -> Option<Found> {
        let crowds = if self.route.full.is_none() {
            0..=0
        } else {
            1..=CROWD
        };
        for begin in self.starts(zone) {
            for crowd in crowds.clone() {
                let mut draft = Draft::of(self.pattern(zone, answer, begin), &[]);
                draft.crowds(crowd, self.route.full.unwrap_or(0) - 3_600);
                let record = self.follow(&mut draft)?;
                let found = self.shows(&draft, &record);
                if let Some(found) = found.or_else(|| self.meanwhile(&draft, &record)) {
                    return Some(found);
                }
            }
        }
        None
    }

    fn pattern<'d>(
        &self,
        zone: Option<chrono_tz::Tz>,
        answer: &'d Answer<'p>,
        begin: i64,
    ) -> Pattern<'d, 'p>
    where
        's: 'd,
    {
        Pattern {
            simulation: self.simulation,
            route: self.route,
            sentence: self.sentence,
            zone,
            answer,
            begin,
            days: self.days,
        }
    }

    /// The frequency cap is full, because the same has happened for other cases right before.
    fn again(
        &mut self,
        answer: &Answer<'p>,
        later: &dyn Fn(Duration) -> Option<Sentence>,
    ) -> Option<Found> {
        let full = self.route.full?;
        let before = full - full.rem_euclid(60) + 3_600;
        for (before, apart) in [(before, 60), (3_660, 60), (before, DAY + 3_600)] {
            for rounds in 1..=CROWD {
                let since = before + i64::from(rounds - 1) * apart;
                let sentence = later(Duration {
                    minutes: u32::try_from(since / 60).ok()?,
                    ..Duration::default()
                })?;
                for begin in self.starts(None).into_iter().take(BEGINNINGS) {
                    let change = Change::Again(rounds, before, apart);
                    let mut draft = Draft::of(self.pattern(None, answer, begin), &[&change]);
                    let record = self.follow(&mut draft)?;
                    if let Some(mut found) = self.breaks(&sentence, &draft, &record) {
                        found.sentence = Some(sentence);
                        return Some(found);
                    }
                }
            }
        }
        None
    }

    /// Changes one thing that the witness does not tell, and then two.
    fn changed(&mut self, answer: &Answer<'p>) -> Option<Found> {
        // All that somebody asks anywhere may be otherwise: in a large repository that is too much.
        if self.simulation.steps().count() > MOST_STEPS {
            return None;
        }
        let starts = self.starts(None);
        let first = *starts.first()?;
        let mut draft = Draft::of(self.pattern(None, answer, first), &[]);
        let record = self.follow(&mut draft)?;
        let between = moments(&record, first, first + self.route.length.max(60));
        let between: Vec<i64> = between.iter().map(|it| it - first).take(BETWEEN).collect();
        let far = (self.sentence.minutes * 60).max(self.route.length) + 86_400;
        let mut again = self.earlier(&record);
        again.extend(self.refused());
        let changes = changes(self.simulation, self.route.trigger, &between, &again, far);
        for begin in starts.iter().take(BEGINNINGS) {
            for change in &changes {
                if let Some(found) = self.with(answer, *begin, &[change])? {
                    return Some(found);
                }
            }
        }
        // Pairs of what comes early in the list come first.
        for begin in starts.iter().take(BEGINNINGS) {
            for sum in 1..2 * changes.len() {
                for one in sum.saturating_sub(changes.len() - 1)..sum.div_ceil(2) {
                    let pair = [&changes[one], &changes[sum - one]];
                    if let Some(found) = self.with(answer, *begin, &pair)? {
                        return Some(found);
                    }
                }
            }
        }
        None
    }

    /// How many seconds before the same must have begun so that a journey refuses the person, and lets them in
    /// again soon.
    fn refused(&self) -> Vec<i64> {
        let trigger = self.simulation.event_name(self.route.trigger);
        let journeys = self.simulation.journeys();
        let begun = journeys.filter(|(_, it)| *it.trigger.event.value == *trigger);
        let pauses = begun.filter_map(|(_, it)| match it.reentry.as_ref()?.value {
            Reentry::After(it) => Some(i64::from(it.days) * DAY + i64::from(it.minutes) * 60),
            _ => None,
        });
        let mut res: Vec<i64> = pauses.map(|it| it - 3_600).filter(|it| *it > 0).collect();
        res.sort_unstable();
        res.dedup();
        res.truncate(AGAIN);
        res
    }

    /// How many seconds before the same must have begun for another case so that one of its messages makes
    /// room in the frequency cap right before a message that the cap drops, and not for those before it.
    fn earlier(&self, record: &Record) -> Vec<i64> {
        let policy = &self.simulation.project().policy;
        let Some(cap) = &policy.frequency_cap else {
            return Vec::new();
        };
        let it = &cap.commercial;
        let spans = [(it.per_day, 1), (it.per_week, 7), (it.per_month, 30)];
        let spans = spans.into_iter().filter(|it| it.0.is_some());
        let moments = &record.moments;
        let dropped = moments.iter().filter(|it| capped(it).is_some());
        let sent = moments.iter().filter(|it| matches!(it.what, What::Sent(_)));
        let mut res: Vec<i64> = Vec::new();
        for ((_, days), late) in
            spans.flat_map(|it| dropped.clone().take(AGAIN).map(move |at| (it, at)))
        {
            for before in sent.clone().take_while(|it| it.at <= late.at).take(AGAIN) {
                let room = days * DAY + before.at - late.at;
                res.extend([room + 60, room + 1_800, room - 60]);
            }
        }
        res.retain(|it| *it > 0);
        res.sort_unstable();
        res.dedup();
        res
    }

    /// A life with changes; nothing if there have been enough.
    #[allow(clippy::option_option, reason = "not found, or no more to be tried")]
    fn with(
        &mut self,
        answer: &Answer<'p>,
        begin: i64,
        changes: &[&Change<'p>],
    ) -> Option<Option<Found>> {
        let mut draft = Draft::of(self.pattern(None, answer, begin), changes);
        let record = self.follow(&mut draft)?;
        let found = self.shows(&draft, &record);
        Some(found.or_else(|| self.meanwhile(&draft, &record)))
    }

    /// Lets the event that nobody noticed come at one moment after the other.
    fn meanwhile(&mut self, draft: &Draft<'_, 'p>, record: &Record) -> Option<Found> {
        let event = self.sentence.meanwhile?;
        let target = self.route.touches.last().map(|it| it.0);
        let is_target = |it: &What| target.is_none_or(|target| it.step() == Some(target));
        let mut met = record
            .moments
            .iter()
            .rev()
            .filter(|it| it.what.step().is_some());
        // Who does not come so far may come so far because of the event.
        let last = draft.begin() + self.route.length;
        let end = met.find(|it| is_target(&it.what)).map_or(last, |it| it.at);
        let told = self.route.events.iter().filter(|it| it.0 == event);
        let told = told.map(|it| after(draft.clock, draft.begin(), it.1));
        let others = moments(record, draft.begin(), end);
        for at in told.chain(others) {
            let mut other = draft.clone();
            other.comes(event, at);
            let record = self.follow(&mut other)?;
            if let Some(found) = self.shows(&other, &record) {
                return Some(found);
            }
        }
        None
    }

    /// Whether a life shows what it should.
    fn shows(&self, draft: &Draft<'_, 'p>, record: &Record) -> Option<Found> {
        self.breaks(self.sentence, draft, record)
    }

    /// Whether a life breaks a sentence.
    fn breaks(&self, own: &Sentence, draft: &Draft<'_, 'p>, record: &Record) -> Option<Found> {
        let life = draft.life();
        let is_broken =
            |it: &Said| is_broken(&it.what, self.simulation, &life, record, draft.clock);
        let shows = |it: &&Sentence| it.needs.seen(record) && it.clauses.iter().any(is_broken);
        let mut sentences = std::iter::once(own).chain(own.other.as_deref());
        let sentence = sentences.find(shows)?;
        Some(Found {
            life: draft.life(),
            // All that were taken, so that the scenario has this one life.
            arms: record
                .moments
                .iter()
                .filter_map(|it| match it.what {
                    What::Arm(step, arm) => Some((step, arm)),
                    _ => None,
                })
                .collect(),
            clock: draft.clock,
            days: draft.days(),
            effort: self.effort,
            is_other: !std::ptr::eq(sentence, own),
            sentence: None,
        })
    }

    /// Lives it, and lets each awaited event of the route come when the life has come to it; nothing if
    /// enough lives have been lived.
    fn follow(&mut self, draft: &mut Draft<'_, 'p>) -> Option<Record> {
        let mut planned: Vec<(StepNo, i64)> = Vec::new();
        if self.effort.lives >= self.most || self.effort.moments >= MOST_MOMENTS {
            return None;
        }
        loop {
            self.effort.lives += 1;
            let record = self
                .simulation
                .live(&draft.life(), &mut Scripted(&draft.arms));
            self.effort.moments += record.moments.len() as u64;
            let waits = record.moments.iter().find_map(|it| match it.what {
                What::Waits(step, until) if !planned.contains(&(step, it.at)) => {
                    let later = draft.comes.get(&step)?;
                    Some((step, it.at, (it.at + later).min(until)))
                }
                _ => None,
            });
            let Some((step, from, at)) = waits.filter(|_| planned.len() < AWAITED) else {
                return Some(record);
            };
            planned.push((step, from));
            let Step::WaitFor(wait) = &self.simulation.step(step).step.value else {
                return Some(record);
            };
            if let Some(event) = self.simulation.event(&wait.event.value) {
                draft.comes(event, at - at.rem_euclid(60));
            }
        }
    }
}
