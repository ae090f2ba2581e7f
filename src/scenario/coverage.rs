//! What scenarios have tried of the journeys, and what they have not.
//!
//! In: a [`Simulation`] and the [`Record`]s of lives. Out: the [`Edge`]s of its journeys, each taken or
//! not, and the languages that were read.
//! Invariant: the edges come from the model's structure alone, so that two runs over the same journeys
//! have the same edges in the same order; what a record shows of a journey is always one of them.
//! Not done here: running lives (`simulate`), layout for people (`report`).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Journey, Step, Steps};
use crate::simulate::{End, JourneyNo, Record, Simulation, Skip, StepNo, VisitNo, What};

/// One thing that can become of a person at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// The journey.
    pub journey: JourneyNo,
    /// The step; nothing for what concerns the journey as a whole.
    pub step: Option<StepNo>,
    /// What becomes of the person.
    pub outcome: Outcome,
}

/// What becomes of a person at a step, or in a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// They enter the journey.
    Entered,
    /// An exit of the journey sees its event, by its number.
    Exit(u32),
    /// The last step has been done.
    Completed,
    /// It happens: the message goes out, the time passes, the attribute is written.
    Done,
    /// It does not happen because its `if` does not hold.
    If,
    /// It does not happen because its `unless` holds.
    Unless,
    /// The awaited event comes.
    Came,
    /// The awaited event does not come in time.
    Timeout,
    /// The date has passed already, or is not known.
    Past,
    /// A way of a branch, by its number.
    Way(u32),
    /// No way of the branch is taken.
    Else,
    /// An arm of a split, by its number.
    Arm(u32),
    /// A first round begins.
    Round,
    /// A further round begins.
    Again,
    /// The rounds end early because `until` holds.
    Until,
}

/// The edges of all journeys of a simulation: those of a journey as a whole, then those of its steps in
/// the order of the file.
#[derive(Debug)]
pub struct Edges {
    /// Sorted, so that an edge is found by halves.
    all: Vec<Edge>,
    /// The number after the last step inside each step.
    inside: Vec<u32>,
    /// How many rounds the steps have that may stop before all are done.
    rounds: BTreeMap<StepNo, u32>,
}

impl Edges {
    /// What can become of a person in these journeys.
    pub fn of(simulation: &Simulation<'_>) -> Self {
        let mut res = Self {
            all: Vec::new(),
            inside: Vec::new(),
            rounds: BTreeMap::new(),
        };
        for (number, journey) in simulation.journeys() {
            res.journey(number, journey);
        }
        for (number, placed) in simulation.steps() {
            let inner = placed.step.value.inner();
            let count: usize = inner.iter().map(|it| count(it)).sum();
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            res.inside.push((number.0 + 1).saturating_add(count));
            res.step(placed.journey, number, &placed.step.value);
        }
        res.all.sort_unstable();
        res
    }

    /// Every edge; its number is its place.
    pub fn all(&self) -> &[Edge] {
        &self.all
    }

    /// The numbers of the edges that a record shows, each once, in their order.
    pub fn taken(&self, record: &Record) -> Vec<usize> {
        let mut seen = Vec::with_capacity(record.moments.len());
        // The repetitions that each visit is in, with the round.
        let mut open: BTreeMap<VisitNo, Vec<(StepNo, u32)>> = BTreeMap::new();
        for moment in &record.moments {
            let Some(visit) = moment.visit else {
                continue;
            };
            let add = |seen: &mut Vec<usize>, step, outcome| {
                seen.extend(self.find(visit.journey, step, outcome));
            };
            if let Some((step, outcome)) = meaning(moment.what) {
                add(&mut seen, step, outcome);
            }
            if self.rounds.is_empty() {
                continue;
            }
            let rounds = open.entry(visit.no).or_default();
            rounds.retain(|(step, round)| {
                let is_left = self.leaves(*step, moment.what);
                let is_early = self.rounds.get(step).is_some_and(|all| round < all);
                if is_left && is_early {
                    add(&mut seen, Some(*step), Outcome::Until);
                }
                !is_left
            });
            if let What::Round(step, round) = moment.what {
                rounds.retain(|it| it.0 != step);
                rounds.push((step, round));
            }
        }
        seen.sort_unstable();
        seen.dedup();
        seen
    }

    /// Whether somebody who is inside of a repetition goes on behind it. Who leaves the journey for
    /// another reason has not come to its end.
    fn leaves(&self, repeat: StepNo, what: What) -> bool {
        match what {
            What::Left(end) => end == End::Completed,
            _ => what
                .step()
                .is_some_and(|it| it.0 >= self.inside[repeat.0 as usize]),
        }
    }

    fn find(&self, journey: JourneyNo, step: Option<StepNo>, outcome: Outcome) -> Option<usize> {
        let edge = Edge {
            journey,
            step,
            outcome,
        };
        self.all.binary_search(&edge).ok()
    }

    fn journey(&mut self, number: JourneyNo, journey: &Journey) {
        let mut add = |outcome| {
            self.all.push(Edge {
                journey: number,
                step: None,
                outcome,
            });
        };
        add(Outcome::Entered);
        (0..)
            .zip(&journey.exits)
            .for_each(|(exit, _)| add(Outcome::Exit(exit)));
        if goes_on(&journey.steps) {
            add(Outcome::Completed);
        }
    }

    fn step(&mut self, journey: JourneyNo, number: StepNo, step: &Step) {
        let mut add = |outcome| {
            self.all.push(Edge {
                journey,
                step: Some(number),
                outcome,
            });
        };
        match step {
            Step::Send(_) | Step::Task(_) | Step::Touch(_) => {
                let (only_if, unless) = step.conditions();
                add(Outcome::Done);
                if only_if.is_some() {
                    add(Outcome::If);
                }
                if unless.is_some() {
                    add(Outcome::Unless);
                }
            }
            Step::Wait(_) | Step::Set(_) | Step::Enter(_) | Step::Exit(_) => add(Outcome::Done),
            Step::WaitFor(it) => {
                add(Outcome::Came);
                if it.timeout.is_some() {
                    add(Outcome::Timeout);
                }
            }
            Step::WaitUntil(_) => {
                add(Outcome::Done);
                add(Outcome::Past);
            }
            Step::Branch(it) => {
                (0..)
                    .zip(&it.when)
                    .for_each(|(way, _)| add(Outcome::Way(way)));
                add(Outcome::Else);
            }
            Step::Split(it) => (0..)
                .zip(&it.arms)
                .for_each(|(arm, _)| add(Outcome::Arm(arm))),
            Step::Repeat(it) => {
                add(Outcome::Round);
                if it.times.value > 1 {
                    add(Outcome::Again);
                    if it.until.is_some() {
                        add(Outcome::Until);
                        self.rounds.insert(number, it.times.value);
                    }
                }
            }
        }
    }
}

/// Which edge of its journey something that happened is, if it is one.
fn meaning(what: What) -> Option<(Option<StepNo>, Outcome)> {
    let of = |step, outcome| Some((Some(step), outcome));
    match what {
        What::Entered(_) => Some((None, Outcome::Entered)),
        What::Stopped(exit) | What::Left(End::Event(exit, _)) => Some((None, Outcome::Exit(exit))),
        What::Left(End::Completed) => Some((None, Outcome::Completed)),
        What::Sent(it)
        | What::Task(it)
        | What::Touch(it)
        | What::Waited(it)
        | What::Set(it)
        | What::Enters(it)
        | What::Left(End::Exit(it)) => of(it, Outcome::Done),
        What::Skipped(it, Skip::If) => of(it, Outcome::If),
        What::Skipped(it, Skip::Unless) => of(it, Outcome::Unless),
        What::Came(it, _) => of(it, Outcome::Came),
        What::TimedOut(it) => of(it, Outcome::Timeout),
        What::Past(it) => of(it, Outcome::Past),
        What::Way(it, Some(way)) => of(it, Outcome::Way(way)),
        What::Way(it, None) => of(it, Outcome::Else),
        What::Arm(it, arm) => of(it, Outcome::Arm(arm)),
        What::Round(it, 1) => of(it, Outcome::Round),
        What::Round(it, _) => of(it, Outcome::Again),
        What::Event(_)
        | What::Click(_)
        | What::Changed(_)
        | What::Refused(_)
        | What::Skipped(_, Skip::Stopped | Skip::Cap)
        | What::Held(..)
        | What::Waits(..)
        | What::Goal(_)
        | What::Left(End::DatePassed(_)) => None,
    }
}

/// How many steps there are, inner ones too.
fn count(steps: &Steps) -> usize {
    let of = |step: &Step| 1 + step.inner().iter().map(|it| count(it)).sum::<usize>();
    steps.iter().map(|it| of(&it.value)).sum()
}

/// Whether anybody comes to the end of these steps.
fn goes_on(steps: &Steps) -> bool {
    steps.iter().all(|it| match &it.value {
        Step::Exit(_) => false,
        Step::Branch(it) => {
            let falls_through = it.otherwise.as_ref().is_none_or(goes_on);
            falls_through || it.when.iter().any(|way| goes_on(&way.steps))
        }
        Step::Split(it) => it.arms.is_empty() || it.arms.values().any(|arm| goes_on(&arm.steps)),
        Step::Repeat(it) => goes_on(&it.steps),
        _ => true,
    })
}

/// What was tried so far of all journeys.
#[derive(Debug)]
pub struct Coverage {
    edges: Edges,
    /// How many lives took each edge.
    taken: Vec<u32>,
    /// The languages of the project, each with whether somebody read it.
    locales: Vec<(Box<str>, bool)>,
    /// Whether a step has been reached, by its number.
    reached: Vec<bool>,
}

/// The edges of a simulation of some journeys, and which they are among those of all.
#[derive(Debug)]
pub struct Part {
    edges: Edges,
    /// The number among all edges, of each edge of the part.
    numbers: Vec<usize>,
    /// The number among all steps, of each step of the part.
    steps: Vec<usize>,
}

/// How much was tried of how much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// What was tried.
    pub tried: usize,
    /// What there is.
    pub all: usize,
}

/// Which steps of each journey scenarios reach: for each journey by its name, its steps in the order of
/// [`Journey::walk`].
pub type Reached = BTreeMap<Box<str>, Vec<bool>>;

impl Coverage {
    /// Nothing was tried yet of the simulation of all journeys.
    pub fn of(whole: &Simulation<'_>) -> Self {
        let edges = Edges::of(whole);
        let locales = whole.project().locales.iter();
        Self {
            taken: vec![0; edges.all.len()],
            locales: locales.map(|it| (it.value.clone(), false)).collect(),
            reached: vec![false; whole.steps().count()],
            edges,
        }
    }

    /// Where the edges of a simulation of some journeys are among those of all, for which this was
    /// made.
    pub fn part(&self, whole: &Simulation<'_>, part: &Simulation<'_>) -> Part {
        let names: BTreeMap<&str, JourneyNo> = whole
            .journeys()
            .map(|(number, it)| (&*it.name.value, number))
            .collect();
        let mut first: BTreeMap<JourneyNo, StepNo> = BTreeMap::new();
        for (number, placed) in whole.steps() {
            first.entry(placed.journey).or_insert(number);
        }
        // The place among all of the journeys and steps of the part.
        let mut journeys = Vec::new();
        for (_, journey) in part.journeys() {
            journeys.push(names.get(&*journey.name.value).copied());
        }
        let (mut steps, mut begin) = (Vec::new(), BTreeMap::new());
        for (number, placed) in part.steps() {
            let begin = *begin.entry(placed.journey).or_insert(number);
            let own = journeys[placed.journey.0 as usize].and_then(|it| first.get(&it));
            let at = own.map_or(0, |it| it.0 + (number.0 - begin.0));
            steps.push(at as usize);
        }
        let edges = Edges::of(part);
        let place = |edge: &Edge| {
            let journey = journeys[edge.journey.0 as usize]?;
            let step = edge.step.map(|it| steps[it.0 as usize]);
            let step = step.and_then(|it| u32::try_from(it).ok()).map(StepNo);
            self.edges.find(journey, step, edge.outcome)
        };
        // A journey of the part is one of all, so that each of its edges is found.
        let numbers = edges.all.iter().map(|it| place(it).unwrap_or(0)).collect();
        Part {
            edges,
            numbers,
            steps,
        }
    }

    /// A life of the part was lived by somebody who reads this language; nothing if the language is not
    /// said, and then it is the project's first.
    pub fn add(&mut self, part: &Part, record: &Record, locale: Option<&str>) {
        for number in part.edges.taken(record) {
            self.taken[part.numbers[number]] += 1;
        }
        let steps = record.moments.iter().filter_map(|it| it.what.step());
        for step in steps {
            self.reached[part.steps[step.0 as usize]] = true;
        }
        for (place, (known, is_read)) in self.locales.iter_mut().enumerate() {
            *is_read |= locale.map_or(place == 0, |it| **known == *it);
        }
    }

    /// Every edge, and how many lives took it.
    pub fn edges(&self) -> impl Iterator<Item = (Edge, u32)> {
        let taken = self.taken.iter().copied();
        self.edges.all.iter().copied().zip(taken)
    }

    /// The languages, each with whether somebody read it.
    pub fn locales(&self) -> impl Iterator<Item = (&str, bool)> {
        self.locales
            .iter()
            .map(|(name, is_read)| (&**name, *is_read))
    }

    /// Whether somebody came to a step.
    pub fn is_reached(&self, step: StepNo) -> bool {
        self.reached[step.0 as usize]
    }

    /// How many edges of one journey were taken; of all where none is named, and then the languages
    /// count as well.
    pub fn share(&self, journey: Option<JourneyNo>) -> Share {
        let mut share = Share::default();
        let of = |it: &(Edge, u32)| journey.is_none_or(|wanted| it.0.journey == wanted);
        let edges = self.edges().filter(of).map(|it| it.1 > 0);
        let locales = self.locales().map(|it| it.1).filter(|_| journey.is_none());
        for is_taken in edges.chain(locales) {
            share.all += 1;
            share.tried += usize::from(is_taken);
        }
        share
    }

    /// How many steps of one journey were reached, or of all.
    pub fn steps(&self, simulation: &Simulation<'_>, journey: Option<JourneyNo>) -> Share {
        let of = |it: JourneyNo| journey.is_none_or(|wanted| it == wanted);
        let steps = simulation.steps().filter(|(_, it)| of(it.journey));
        let mut share = Share::default();
        for (number, _) in steps {
            share.all += 1;
            share.tried += usize::from(self.is_reached(number));
        }
        share
    }

    /// The edges that nobody took although somebody was there. What lies behind them cannot be reached
    /// before they are.
    pub fn missed(&self) -> Vec<Edge> {
        let entered: BTreeSet<JourneyNo> = self
            .edges()
            .filter(|(it, lives)| *lives > 0 && it.outcome == Outcome::Entered)
            .map(|(it, _)| it.journey)
            .collect();
        let is_at_hand = |edge: &Edge| match (edge.step, edge.outcome) {
            (_, Outcome::Entered) => true,
            (Some(step), _) => self.is_reached(step),
            (None, Outcome::Exit(_)) => entered.contains(&edge.journey),
            // Nobody misses the end of a journey that they were not in, or that ends behind
            // something else that is missing.
            (None, _) => false,
        };
        let missed = self.edges().filter(|it| it.1 == 0);
        missed.map(|it| it.0).filter(is_at_hand).collect()
    }

    /// Which steps were reached, as plain data.
    pub fn reached(&self, simulation: &Simulation<'_>) -> Reached {
        let mut res = Reached::new();
        for (_, journey) in simulation.journeys() {
            res.insert(journey.name.value.clone(), Vec::new());
        }
        for (number, placed) in simulation.steps() {
            let name = &simulation.journey(placed.journey).name.value;
            if let Some(steps) = res.get_mut(name) {
                steps.push(self.is_reached(number));
            }
        }
        res
    }
}

/// What people call an edge: the step's name and what becomes of it, such as `delivery-timeout`; for an
/// exit its reason.
pub fn name_of(simulation: &Simulation<'_>, edge: Edge) -> String {
    let journey = simulation.journey(edge.journey);
    let Some(step) = edge.step else {
        return match edge.outcome {
            Outcome::Exit(number) => match journey.exits.get(number as usize) {
                Some(exit) => exit.reason.as_ref().unwrap_or(&exit.on).value.to_string(),
                None => "exit".to_owned(),
            },
            Outcome::Completed => "end".to_owned(),
            _ => "entry".to_owned(),
        };
    };
    let step = &simulation.step(step).step.value;
    let name = match (step, step.id()) {
        (_, Some(id)) => id.value.to_string(),
        (Step::Enter(to), _) => format!("enter {}", to.value),
        (Step::Exit(reason), _) => reason.value.to_string(),
        (Step::Wait(it), _) => match &it.duration {
            Some(it) => format!("wait {}", it.value),
            None => "wait".to_owned(),
        },
        _ => step.kind().to_owned(),
    };
    let of = |what: &str| format!("{name}-{what}");
    match (edge.outcome, step) {
        (Outcome::If, _) => of("if"),
        (Outcome::Unless, _) => of("unless"),
        (Outcome::Came, Step::WaitFor(it)) => of(&it.event.value),
        (Outcome::Timeout, _) => of("timeout"),
        (Outcome::Past, _) => of("past"),
        (Outcome::Way(number), _) => of(&(number + 1).to_string()),
        (Outcome::Else, _) => of("else"),
        (Outcome::Arm(number), Step::Split(it)) => {
            let arm = it.arms.get_index(number as usize);
            arm.map_or_else(|| name.clone(), |(arm, _)| of(&arm.value))
        }
        (Outcome::Again, _) => of("again"),
        (Outcome::Until, _) => of("until"),
        _ => name,
    }
}

#[cfg(test)]
mod tests;
