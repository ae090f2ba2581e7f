//! From the manifest to a [`Program`]: the one lowering of every target.
//!
//! In: a journey, and what a target can take ([`Capabilities`]). Out: a program of nothing but that,
//! and notes of all that changes on the way ([`Ledger`]): each step is mapped, said in another way with
//! the same meaning, said with a stated loss, or refused, with its line.
//! Invariant: no target is known here by name; what differs between targets is data.
//! Not done here: bodies of requests, and whether a value fits into a provider's comparison.

mod chance;
mod dated;
mod doing;
mod events;
mod head;
mod hours;
#[cfg(test)]
mod lives;
mod program;
mod prune;
mod questions;
mod shrink;
mod steps;
#[cfg(test)]
mod tests;
mod waits;

pub(super) use hours::open_hours;
pub use program::{Act, Arm, Leave, Mark, Op, Program, Start, Test};
pub use questions::Judge;

use std::collections::BTreeMap;

use super::capability::{Ability, Capabilities, Way};
use super::wiring::size;
use super::{Job, Ledger, Loss};
use crate::manifest::{Journey, Reentry, Step};
use dated::Dated;
use shrink::Tuning;

/// Who asks for a lowering.
#[derive(Debug, Clone, Copy)]
pub(super) struct For {
    /// The target's name in `journeyc.yaml`.
    pub(super) name: &'static str,
    /// The target's name as people write it.
    pub(super) title: &'static str,
    /// What it can take.
    pub(super) can: &'static Capabilities,
}

/// More things than this are never made of one journey: copies have grown out of hand.
const MOST_MADE: usize = 20_000;

/// Lowers one journey. The program counts only where the ledger says that it can be written.
pub(super) fn lower<'a>(target: For, job: &Job<'a>, journey: &'a Journey) -> (Program<'a>, Ledger) {
    let mut best = attempt(target, job, journey, &Tuning::default());
    if best.full {
        best = shrink::shrink(target, job, journey);
    }
    if best.full {
        best.ledger.too_large(shrink::too_large(target, journey));
    }
    (best.program, best.ledger)
}

/// One way to say a journey.
struct Attempt<'a> {
    program: Program<'a>,
    ledger: Ledger,
    /// Whether it is more than the target has room for.
    full: bool,
}

fn attempt<'a>(target: For, job: &Job<'a>, journey: &'a Journey, tuning: &Tuning) -> Attempt<'a> {
    let mut lowering = Lowering {
        target,
        job: *job,
        journey,
        tuning: tuning.clone(),
        ledger: Ledger::default(),
        names: BTreeMap::new(),
        marks: Vec::new(),
        gates: Vec::new(),
        dates: BTreeMap::new(),
        later: Vec::new(),
        in_window: false,
        rounds: 0,
        made: 0,
    };
    let program = lowering.program();
    let most = target.can.limits.most_steps;
    let joins = shrink::joins(target);
    let large = program.all().any(|it| size(&it.ops, joins) > most);
    Attempt {
        full: large || lowering.is_full(),
        program,
        ledger: lowering.ledger,
    }
}

/// One journey on its way.
struct Lowering<'a> {
    target: For,
    job: Job<'a>,
    journey: &'a Journey,
    tuning: Tuning,
    ledger: Ledger,
    /// How often each name has been given.
    names: BTreeMap<String, u32>,
    marks: Vec<Mark<'a>>,
    /// What every message asks beside its own questions.
    gates: Vec<Test<'a>>,
    /// Steps that wait for a date and end the program.
    dates: BTreeMap<&'a str, Dated<'a>>,
    /// Programs that a date starts, by the step; nothing while one is being made.
    later: Vec<(&'a str, Option<Program<'a>>)>,
    /// Whether the moment surely lies within the send window.
    in_window: bool,
    /// How many repetitions stand around.
    rounds: u32,
    /// How many names have been given.
    made: usize,
}

impl<'a> Lowering<'a> {
    fn program(&mut self) -> Program<'a> {
        let (filter, behind) = self.trigger();
        let reentry = self.reentry();
        let exits = self.exits();
        self.remarks();
        let mut ops = self.entry(behind);
        let asked = self.asked().map(|it| it.0);
        if !self.dates.is_empty() {
            ops = self.cut(&ops, &[]);
        }
        let later = std::mem::take(&mut self.later).into_iter();
        let later = later.filter_map(|it| it.1).map(|it| Program {
            exits: exits.clone(),
            asked: asked.clone(),
            ..it
        });
        let later = later.collect();
        if !self.marks.is_empty() {
            ops = self.unmark(ops);
        }
        Program {
            name: self.journey.name.clone(),
            journey: self.journey,
            start: Start::Event,
            filter,
            reentry,
            exits,
            asked,
            ops: prune::prune(ops),
            marks: std::mem::take(&mut self.marks),
            later,
        }
    }

    /// Whether so much has been made that the rest does not matter any more.
    fn is_full(&self) -> bool {
        self.made > MOST_MADE
    }

    fn can(&self, ability: Ability, way: Way) -> bool {
        self.target.can.is(ability, way)
    }

    fn title(&self) -> &'static str {
        self.target.title
    }

    /// A name that nothing else has: a step's, and a number behind a dot from the second on.
    fn id(&mut self, name: &str) -> String {
        self.made += 1;
        let plain = name.replace('@', "");
        let count = self.names.entry(plain.clone()).or_insert(0);
        *count += 1;
        match *count {
            1 => plain,
            // Names of steps hold no dots.
            copy => format!("{plain}.{copy}"),
        }
    }

    fn op(&mut self, step: &'a Step, act: Act<'a>) -> Op<'a> {
        self.named(&step.node, step, act)
    }

    fn named(&mut self, name: &str, step: &'a Step, act: Act<'a>) -> Op<'a> {
        let id = self.id(name);
        self.plain(step, id, act)
    }

    #[expect(clippy::unused_self, reason = "one of the ways to make a thing")]
    fn plain(&self, step: &'a Step, id: String, act: Act<'a>) -> Op<'a> {
        Op {
            id,
            node: &step.node,
            line: step.line,
            act,
        }
    }

    /// Notes a loss at a step.
    fn lose(&mut self, step: &Step, what: impl Into<String>, why: &str, help: &str) {
        self.ledger.lose(Loss {
            line: step.line,
            node: step.node.clone(),
            what: what.into(),
            why: why.to_owned(),
            help: help.to_owned(),
        });
    }

    /// Notes a loss of the journey as a whole.
    fn lose_all(&mut self, line: u32, what: impl Into<String>, why: &str, help: &str) {
        self.ledger.lose(Loss {
            line,
            node: String::new(),
            what: what.into(),
            why: why.to_owned(),
            help: help.to_owned(),
        });
    }

    /// Refuses the journey because of a step.
    fn refuse(&mut self, (node, line): (&str, u32), what: impl Into<String>, help: &str) {
        self.ledger.refuse(Loss {
            line,
            node: node.to_owned(),
            what: what.into(),
            why: "the export would do something else to the customer than this file says"
                .to_owned(),
            help: help.to_owned(),
        });
    }
}

/// What a target takes for people who never come back in.
fn or_never(reentry: Option<&Reentry>) -> Reentry {
    reentry.cloned().unwrap_or(Reentry::Never)
}
