//! All lives that chance can make of one case, by one depth-first walk over its answers.

use crate::scenario::case::Case;
use crate::simulate::{
    Chance, Clock, JourneyNo, Life, Outside, Record, Simulation, StepNo, VisitNo, What, When,
};

/// The most lives of one case; who needs more has to say less.
pub const MOST_LIVES: usize = 4096;

/// Too many lives: splits or delays leave too much open.
pub(in crate::scenario) struct TooMany;

/// Lives all lives of a case, each once. Gives their number, and stops where `seen` says so.
pub(in crate::scenario) fn walk(
    simulation: &Simulation<'_>,
    case: &Case,
    seen: &mut dyn FnMut(&Life, &Record) -> bool,
) -> Result<usize, TooMany> {
    let life = case.life();
    let clock = simulation.clock(case.person.zone);
    let mut script = Script {
        case,
        instants: planned(&life, clock),
        asked: Vec::new(),
        next: 0,
    };
    let mut lives = 0;
    loop {
        if lives == MOST_LIVES {
            return Err(TooMany);
        }
        script.next = 0;
        let record = simulation.live(&life, &mut script);
        script.asked.truncate(script.next);
        lives += 1;
        if lives == 1 && case.jitter.is_some() {
            script.learn(&record);
        }
        if !seen(&life, &record) || !script.turn() {
            return Ok(lives);
        }
    }
}

/// Answers by a list, and the list grows where a question is new.
struct Script<'c> {
    case: &'c Case,
    /// When something comes from outside, sorted.
    instants: Vec<i64>,
    asked: Vec<Question>,
    next: usize,
}

struct Question {
    answer: usize,
    /// All that can be answered.
    all: Vec<i64>,
}

impl Script<'_> {
    /// Adds when that came which depends on the life. Where that is news, what was asked is asked again,
    /// and the first life is lived twice.
    fn learn(&mut self, record: &Record) {
        let came = record.moments.iter();
        let came =
            came.filter(|it| matches!(it.what, What::Event(_) | What::Click(_) | What::Changed(_)));
        let known = self.instants.len();
        self.instants.extend(came.map(|it| it.at));
        self.instants.sort_unstable();
        self.instants.dedup();
        if self.instants.len() > known {
            self.asked.clear();
        }
    }

    /// Goes to the next life; nothing if there is none.
    fn turn(&mut self) -> bool {
        if self.asked.is_empty() && self.next > 0 {
            // After learning: the first life is lived again, now with all answers known.
            return true;
        }
        while let Some(last) = self.asked.last_mut() {
            last.answer += 1;
            if last.answer < last.all.len() {
                return true;
            }
            self.asked.pop();
        }
        false
    }

    fn answer(&mut self, all: impl FnOnce(&Self) -> Vec<i64>) -> i64 {
        if self.next == self.asked.len() {
            let all = all(self);
            self.asked.push(Question { answer: 0, all });
        }
        let question = &self.asked[self.next];
        self.next += 1;
        question.all.get(question.answer).copied().unwrap_or(0)
    }
}

impl Chance for Script<'_> {
    fn arm(&mut self, step: StepNo, _: VisitNo, weights: &[u32]) -> u32 {
        if let Some(arm) = self.case.arms.get(&step) {
            return *arm;
        }
        let arm = self.answer(|_| (0..).take(weights.len()).collect());
        u32::try_from(arm).unwrap_or(0)
    }

    fn holdout(&mut self, journey: JourneyNo) -> bool {
        self.case.kept_out.contains(&journey)
    }

    fn delay(&mut self, _: StepNo, due: i64) -> i64 {
        let Some(jitter) = self.case.jitter else {
            return 0;
        };
        self.answer(|script| {
            let mut all = vec![jitter.lo, jitter.hi];
            for at in &script.instants {
                // What comes from outside goes before what is due at the same second.
                let late = at.saturating_sub(due);
                all.extend([late - 1, late]);
            }
            all.retain(|it| (jitter.lo..=jitter.hi).contains(it));
            all.sort_unstable();
            all.dedup();
            all
        })
    }
}

/// When something comes from outside, as far as that does not depend on the life.
fn planned(life: &Life, clock: Clock) -> Vec<i64> {
    let at = |it: When| match it {
        When::At(at) => Some(at),
        When::AfterStep(..) | When::AfterEvent(..) => None,
    };
    let known = |event| {
        let first = life.outside.iter().filter_map(|it| match &it.what {
            Outside::Event(it_event, _) if *it_event == event => at(it.when),
            _ => None,
        });
        first.filter(|it| *it >= life.start).min()
    };
    let instants = life.outside.iter().filter_map(|it| match it.when {
        When::AfterEvent(event, by) => Some(clock.after(known(event)?, by)),
        other => at(other),
    });
    let mut instants: Vec<i64> = instants.collect();
    instants.sort_unstable();
    instants.dedup();
    instants
}
