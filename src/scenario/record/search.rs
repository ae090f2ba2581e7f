//! Lives that together take every edge of a journey, as far as they can be found.
//!
//! In: a journey and a way to live a [`Draft`]. Out: the drafts of few lives, each of which takes an
//! edge that those before it do not.
//! Invariant: nothing is left to chance, so that the same journey gives the same lives; an edge counts
//! as taken only when a life has shown it.
//! Not done here: writing files.

use std::collections::BTreeSet;

use super::draft::{Draft, Happening, Happens};
use super::wish::{Asked, Wish, all_of};
use crate::model::{Condition, Duration, Exit, Journey, Name, Since, Step};
use crate::scenario::coverage::{Edge, Edges, Outcome};
use crate::simulate::{Clock, Record, Simulation, StepNo, What};

/// The most lives that are tried for one journey.
const MOST_LIVES: usize = 4_000;
/// The most lives that are varied for one edge.
const MOST_PARENTS: usize = 24;

/// A life that was tried.
pub(super) struct Lived {
    pub(super) draft: Draft,
    pub(super) record: Record,
    /// The numbers of the edges that it takes.
    pub(super) taken: Vec<usize>,
    /// The edge that it was made for; nothing for the first lives.
    pub(super) aim: Option<Edge>,
}

/// Looks for lives.
pub(super) struct Search<'s, 'p> {
    /// The journey, acting alone.
    pub(super) simulation: &'s Simulation<'p>,
    pub(super) edges: &'s Edges,
    /// Lives a draft; nothing if it is no scenario.
    pub(super) live: &'s mut dyn FnMut(&Draft) -> Option<Record>,
    /// The person's clock, and the first second.
    pub(super) clock: Clock,
    pub(super) start: i64,
    pub(super) found: Vec<Lived>,
    pub(super) covered: BTreeSet<usize>,
    pub(super) tried: Vec<Draft>,
}

impl<'p> Search<'_, 'p> {
    /// Looks until nothing new is found.
    pub(super) fn run(&mut self) {
        for draft in self.first() {
            self.try_out(draft, None);
        }
        loop {
            let before = self.covered.len();
            for (number, edge) in self.edges.all().iter().enumerate() {
                if !self.covered.contains(&number) {
                    self.aim(number, *edge);
                }
            }
            if self.covered.len() == before || self.tried.len() >= MOST_LIVES {
                return;
            }
        }
    }

    /// The fewest lives that take all that was found, greedily, in the order in which they were found.
    pub(super) fn chosen(self) -> Vec<Lived> {
        let mut left = self.covered;
        let mut chosen = BTreeSet::new();
        while !left.is_empty() {
            let gain = |it: &Lived| it.taken.iter().filter(|it| left.contains(it)).count();
            let best = self.found.iter().enumerate();
            // Of several equally good ones the first.
            let Some((at, best)) = best.rev().max_by_key(|(_, it)| gain(it)) else {
                break;
            };
            if gain(best) == 0 {
                break;
            }
            for number in &best.taken {
                left.remove(number);
            }
            chosen.insert(at);
        }
        let found = self.found.into_iter().enumerate();
        found
            .filter(|(at, _)| chosen.contains(at))
            .map(|(_, it)| it)
            .collect()
    }

    /// Lives a draft and keeps it if it takes an edge that none did before.
    fn try_out(&mut self, draft: Draft, aim: Option<Edge>) {
        if self.tried.contains(&draft) || self.tried.len() >= MOST_LIVES {
            return;
        }
        self.tried.push(draft.clone());
        let Some(record) = (self.live)(&draft) else {
            return;
        };
        let taken = self.edges.taken(&record);
        if taken.iter().any(|it| !self.covered.contains(it)) {
            self.covered.extend(&taken);
            self.found.push(Lived {
                draft,
                record,
                taken,
                aim,
            });
        }
    }

    fn aim(&mut self, number: usize, edge: Edge) {
        for parent in (0..self.found.len()).rev().take(MOST_PARENTS) {
            for draft in self.variations(parent, edge) {
                let calm = self.calm(&draft, &self.found[parent].draft);
                for draft in [calm, draft] {
                    self.try_out(draft, Some(edge));
                    if self.covered.contains(&number) {
                        return;
                    }
                }
            }
        }
    }

    /// The same life without what made its parent leave early: a goodbye that an earlier edge needed would keep
    /// away what comes after it.
    fn calm(&self, draft: &Draft, parent: &Draft) -> Draft {
        let exits = &self.journey().exits;
        let leaves = |it: &Happening| exits.iter().any(|exit| it.is(&exit.on.value));
        let mut calm = draft.clone();
        let mut place = 0;
        calm.events.retain(|it| {
            place += 1;
            place == 1 || !leaves(it) || !parent.events.contains(it)
        });
        calm
    }

    fn journey(&self) -> &'p Journey {
        // The journey acts alone.
        self.simulation.journey(crate::simulate::JourneyNo(0))
    }

    /// Somebody whom the trigger lets in.
    fn first(&self) -> Vec<Draft> {
        let trigger = &self.journey().trigger;
        let plain = Draft {
            events: vec![Happening {
                at: Duration::default(),
                what: Happens::Event(trigger.event.value.clone()),
                data: std::collections::BTreeMap::new(),
            }],
            ..Draft::default()
        };
        let mut res = vec![plain.clone()];
        for wishes in self.wished(trigger.filter.as_ref(), true, &trigger.event) {
            res.extend(self.granted(&plain, &wishes, 0, self.start, self.start));
        }
        res
    }

    /// What would make a condition hold or not; `event` is what its `event.…` is about.
    fn wished(&self, of: Option<&Condition>, holds: bool, event: &Name) -> Vec<Vec<Wish>> {
        let project = self.simulation.project();
        let asked = Asked {
            project,
            event: project.event(&event.value).map(|it| &it.properties),
        };
        match of.map(|it| &it.parsed) {
            None if holds => vec![Vec::new()],
            Some(Ok(expr)) => asked.wishes(expr, holds),
            _ => Vec::new(),
        }
    }

    /// The same for a condition at a step: it is about the trigger's event.
    fn at_step(&self, of: Option<&Condition>, holds: bool) -> Vec<Vec<Wish>> {
        self.wished(of, holds, &self.journey().trigger.event)
    }

    /// A life with what may lead it to an edge.
    fn variations(&self, parent: usize, edge: Edge) -> Vec<Draft> {
        let parent = &self.found[parent];
        let Some(entry) = parent.record.moments.iter().find_map(|it| match it.what {
            What::Entered(_) => Some(it.at),
            _ => None,
        }) else {
            return Vec::new();
        };
        let Some(step) = edge.step else {
            let exits = &self.journey().exits;
            return match edge.outcome {
                Outcome::Exit(number) => exits
                    .get(number as usize)
                    .map(|it| self.leaving(parent, it))
                    .unwrap_or_default(),
                _ => Vec::new(),
            };
        };
        let arrival = parent.record.moments.iter();
        let Some(at) = arrival.clone().find(|it| it.what.step() == Some(step)) else {
            return Vec::new();
        };
        let at = at.at;
        let wishes = match &self.simulation.step(step).step.value {
            Step::WaitFor(it) => {
                return match edge.outcome {
                    Outcome::Came => self.coming(parent, step, (&it.event, it.filter.as_ref())),
                    _ => vec![without(&parent.draft, &it.event.value)],
                };
            }
            Step::WaitUntil(it) => return self.dated(parent, it.date.parsed.as_ref().ok(), edge),
            Step::Split(it) => {
                let mut draft = parent.draft.clone();
                if let Outcome::Arm(number) = edge.outcome
                    && let Some((arm, _)) = it.arms.get_index(number as usize)
                {
                    draft.arms.insert(it.id.value.clone(), arm.value.clone());
                }
                return vec![draft];
            }
            Step::Branch(it) => {
                let chosen = match edge.outcome {
                    Outcome::Way(number) => number as usize,
                    _ => it.when.len(),
                };
                let ways = it.when.iter().take(chosen + 1).enumerate();
                let each = ways.map(|(at, way)| self.at_step(Some(&way.condition), at == chosen));
                all_of(each)
            }
            Step::Repeat(it) => self.at_step(it.until.as_ref(), edge.outcome == Outcome::Until),
            step => {
                let (only_if, unless) = step.conditions();
                let unless_holds = match unless {
                    Some(_) => self.at_step(unless, edge.outcome == Outcome::Unless),
                    None => vec![Vec::new()],
                };
                let only_if = match only_if {
                    Some(_) => self.at_step(only_if, edge.outcome != Outcome::If),
                    None => vec![Vec::new()],
                };
                // Who is not meant is not asked for the other condition.
                if edge.outcome == Outcome::If {
                    only_if
                } else {
                    all_of([only_if, unless_holds].into_iter())
                }
            }
        };
        let grant = |it: &Vec<Wish>| self.granted(&parent.draft, it, 0, entry, at);
        wishes.iter().flat_map(grant).collect()
    }

    /// A life in which an exit sees its event: in the first pause, or in the longest one.
    fn leaving(&self, parent: &Lived, exit: &Exit) -> Vec<Draft> {
        let own = parent.record.moments.iter().filter(|it| it.visit.is_some());
        let times: Vec<i64> = own.map(|it| it.at).collect();
        let gaps = times.windows(2).filter(|it| it[0] < it[1]);
        let longest = gaps.clone().max_by_key(|it| it[1] - it[0]);
        let mut gaps: Vec<&[i64]> = gaps.clone().take(1).chain(longest).collect();
        gaps.dedup();
        let mut res = Vec::new();
        for gap in gaps {
            let at = gap[0] + (gap[1] - gap[0]) / 2;
            res.extend(self.with_event(&parent.draft, (&exit.on, exit.filter.as_ref()), at));
        }
        res
    }

    /// A life in which the awaited event comes.
    fn coming(
        &self,
        parent: &Lived,
        step: StepNo,
        (event, filter): (&Name, Option<&Condition>),
    ) -> Vec<Draft> {
        let waits = parent.record.moments.iter().find_map(|it| match it.what {
            What::Waits(of, until) if of == step => Some((it.at, until)),
            _ => None,
        });
        let Some((from, until)) = waits else {
            return Vec::new();
        };
        let longest = 86_400;
        let half = until.saturating_sub(from) / 2;
        let at = from + half.min(longest);
        let later = Some(from + half).filter(|it| *it != at && until < i64::MAX);
        let times = [at].into_iter().chain(later);
        times
            .flat_map(|at| self.with_event(&parent.draft, (event, filter), at))
            .collect()
    }

    /// The draft with one more event, in the ways in which its filter lets it pass.
    fn with_event(
        &self,
        draft: &Draft,
        (event, filter): (&Name, Option<&Condition>),
        at: i64,
    ) -> Vec<Draft> {
        let mut draft = draft.clone();
        let place = self.put(&mut draft, Happens::Event(event.value.clone()), at);
        let mut res = Vec::new();
        if filter.is_none() {
            res.push(draft.clone());
        }
        for wishes in self.wished(filter, true, event) {
            res.extend(self.granted(&draft, &wishes, place, self.start, at));
        }
        res
    }

    /// Lives in which a date lies ahead, or behind.
    fn dated(&self, parent: &Lived, date: Option<&crate::model::Expr>, edge: Edge) -> Vec<Draft> {
        let today = self.clock.local(self.start).date();
        let days: &[i64] = match edge.outcome {
            Outcome::Past => &[-400],
            _ => &[60, 400, 120],
        };
        let wish = |days: &i64| {
            let day = today + chrono::TimeDelta::days(*days);
            let value = serde_json::Value::from(day.to_string());
            match &date?.kind {
                crate::model::ExprKind::Contact(it) => Some(Wish::Attribute(it.clone(), value)),
                crate::model::ExprKind::Event(it) => Some(Wish::Property(it.clone(), value)),
                _ => None,
            }
        };
        let wishes = days.iter().filter_map(wish);
        let grant = |it: Wish| self.granted(&parent.draft, &[it], 0, self.start, self.start);
        wishes.flat_map(grant).collect()
    }

    /// The draft as wished at a moment by somebody who has entered; `place` is the event that
    /// properties belong to.
    fn granted(
        &self,
        draft: &Draft,
        wishes: &[Wish],
        place: usize,
        entry: i64,
        at: i64,
    ) -> Vec<Draft> {
        let mut res = draft.clone();
        for wish in wishes {
            match wish {
                Wish::Attribute(name, value) => {
                    res.attributes.insert(name.clone(), value.clone());
                }
                Wish::Property(name, value) => {
                    if let Some(event) = res.events.get_mut(place) {
                        event.data.insert(name.clone(), value.clone());
                    }
                }
                Wish::Happened(event, 0, _) => res = without(&res, event),
                Wish::Happened(event, times, since) => {
                    self.repeat(&mut res, event, *times, (*since, entry, at));
                }
                Wish::Clicked(step, true) => {
                    let what = Happens::Click(step.clone());
                    self.put(&mut res, what, entry + (at - entry) * 9 / 10);
                }
                Wish::Clicked(step, false) => res
                    .events
                    .retain(|it| it.what != Happens::Click(step.clone())),
            }
        }
        vec![res]
    }

    /// Lets an event have come so often before a moment.
    fn repeat(
        &self,
        draft: &mut Draft,
        event: &str,
        times: u32,
        (since, entry, at): (Since, i64, i64),
    ) {
        let from = match since {
            Since::Entry => entry,
            Since::Always => i64::MIN,
            Since::Within(it) => self.clock.before(at, it),
        };
        let time = |it: &Happening| self.clock.after(self.start, it.at);
        let in_life = draft.events.iter().filter(|it| it.is(event));
        let mut there = in_life.filter(|it| (from..=at).contains(&time(it))).count();
        if since == Since::Entry && *self.journey().trigger.event.value == *event {
            // The event that let the person in does not count.
            there = there.saturating_sub(1);
        }
        let is_before = |it: &&Happening| {
            it.is(event) && self.clock.before(self.start, it.at) >= from && since != Since::Entry
        };
        there += draft.history.iter().filter(is_before).count();
        for _ in there..times as usize {
            let begin = from.max(self.start);
            let past = Duration::of_days(10);
            if since != Since::Entry && self.clock.before(self.start, past) >= from {
                draft.history.push(Happening {
                    at: past,
                    what: Happens::Event(event.into()),
                    data: std::collections::BTreeMap::new(),
                });
            } else {
                let what = Happens::Event(event.into());
                self.put(draft, what, begin + (at - begin) / 2);
            }
        }
    }

    /// Adds something that comes from outside; says at which place.
    fn put(&self, draft: &mut Draft, what: Happens, at: i64) -> usize {
        let mut days = u32::try_from((at - self.start).max(0) / 86_400).unwrap_or(0);
        // A day may have 25 hours.
        while days > 0 && self.clock.after(self.start, Duration::of_days(days)) > at {
            days -= 1;
        }
        let mut duration = Duration::of_days(days);
        let rest = at - self.clock.after(self.start, duration);
        duration.minutes = u32::try_from(rest.max(0) / 60).unwrap_or(0);
        // Round times are easier to read, as long as they come before what follows.
        if duration.days > 0 && duration.minutes > 60 {
            duration.minutes -= duration.minutes % 60;
        }
        let time = |it: &Happening| self.clock.after(self.start, it.at);
        let own = self.clock.after(self.start, duration);
        let place = draft.events.iter().filter(|it| time(it) <= own).count();
        let happening = Happening {
            at: duration,
            what,
            data: std::collections::BTreeMap::new(),
        };
        draft.events.insert(place, happening);
        place
    }
}

/// The draft without an event, but for the one that begins it.
fn without(draft: &Draft, event: &str) -> Draft {
    let mut res = draft.clone();
    let mut place = 0;
    res.events.retain(|it| {
        place += 1;
        place == 1 || !it.is(event)
    });
    res.history.retain(|it| !it.is(event));
    res
}
