//! The proof itself: many projects, many lives in each, every checker, every witness.

use std::collections::BTreeMap;

use journeyc::diagnostic::Verdict;
use journeyc::{Compilation, Workspace};
use rayon::prelude::*;

use super::dice::Dice;
use super::history::{self, Heard};
use super::plan::Plan;
use super::shrink;
use super::wander;
use super::witness::Replay;
use super::{Checker, Said, Tale, Town, Violation, rules, said};

/// How many lives are lived in one project.
pub const LIVES: u64 = 20;

/// Of those, how many grow out of one another.
const ROW: u64 = 5;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Task {
    /// How many pairs of project and life.
    pub pairs: u64,
    /// What all is made from.
    pub seed: u64,
    /// The only rule that is looked at.
    pub rule: Option<String>,
    /// The only project that is looked at.
    pub project: Option<u64>,
    /// Whether witnesses are replayed; a hunt for misses is faster without.
    pub replays: bool,
    /// Whether the checkers have to see in the life of a witness what it shows.
    pub judged: bool,
    /// So many lives are tried at random for a finding that is undecided, since no life shows it.
    pub wanders: u32,
    /// So many disagreements of one rule and kind are kept; the others are counted.
    pub kept: usize,
}

impl Default for Task {
    fn default() -> Self {
        Self {
            pairs: 20_000,
            seed: 7,
            rule: None,
            project: None,
            replays: true,
            judged: false,
            wanders: 0,
            kept: 2,
        }
    }
}

/// How often something was seen of one rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Findings that fail.
    pub found: u64,
    /// Lives with a violation.
    pub seen: u64,
    /// Lives with a violation that the linter has not found.
    pub missed: u64,
    /// Lives with a violation of which the linter says that it found no life with it.
    pub doubted: u64,
    /// Findings with a witness that was replayed.
    pub replayed: u64,
    /// Findings that fail, and whose witness shows nothing.
    pub false_alarms: u64,
    /// Findings that are undecided, since no life that was tried shows them.
    pub undecided: u64,
    /// Of those, how many a random life shows.
    pub wandered: u64,
}

/// A disagreement between the linter and a life.
#[derive(Debug, Clone)]
pub struct Disagreement {
    /// The rule.
    pub rule: &'static str,
    /// The number of the project.
    pub number: u64,
    /// The project.
    pub plan: Plan,
    /// The life that shows it, as text; nothing where a witness shows nothing.
    pub tale: Option<String>,
    /// What is wrong.
    pub says: String,
}

/// What came out.
#[derive(Debug, Default)]
pub struct Outcome {
    /// By rule.
    pub counts: BTreeMap<&'static str, Count>,
    /// A few of each rule.
    pub disagreements: Vec<Disagreement>,
    /// The findings that are undecided, since no life that was tried shows them: the rule, the number of the
    /// project, what it says, and how many random lives it took.
    pub unshown: Vec<(&'static str, u64, String, Option<u32>)>,
    /// How many projects.
    pub projects: u64,
    /// How many lives.
    pub lives: u64,
    /// How many moments in them.
    pub moments: u64,
    /// How many lives did too much.
    pub cut: u64,
}

impl Task {
    fn checkers(&self) -> Vec<&'static dyn Checker> {
        let wanted = |it: &&dyn Checker| self.rule.as_deref().is_none_or(|rule| it.rule() == rule);
        rules::ALL.iter().copied().filter(wanted).collect()
    }
}

/// Proves. The same task gives the same outcome, however many cores there are.
pub fn run(task: &Task) -> Outcome {
    let checkers = task.checkers();
    let projects = match task.project {
        Some(one) => one..one + 1,
        None => 0..task.pairs.div_ceil(LIVES),
    };
    let outcomes = projects.into_par_iter().map(|number| {
        let lives = LIVES.min(task.pairs.saturating_sub(number * LIVES).max(1));
        let lives = task.project.map_or(lives, |_| LIVES);
        in_project(task, number, lives, &checkers)
    });
    let mut res = outcomes.reduce(Outcome::default, |one, other| one.and(other, task.kept));
    for checker in &checkers {
        res.counts.entry(checker.rule()).or_default();
    }
    res
}

/// One project of a run again, and what is wrong in it.
fn in_project(task: &Task, number: u64, lives: u64, checkers: &[&'static dyn Checker]) -> Outcome {
    let seed = task.seed;
    let mut dice = Dice::new(seed, number);
    let plan = Plan::random(&mut dice);
    let mut res = Outcome {
        projects: 1,
        ..Outcome::default()
    };
    let compiled = compile(&plan, |compiled, town| {
        if task.replays {
            res.witnesses(task, checkers, number, &plan, compiled, town);
        }
        let heard = Heard::of(town);
        let mut tale = history::first(town, &heard, &mut dice);
        for life in 0..lives {
            let record = town.simulation.live(&tale.life, &mut tale.chance());
            res.lives += 1;
            res.moments += record.moments.len() as u64;
            res.cut += u64::from(record.cut);
            for checker in checkers {
                let violations = checker.violations(town, &tale.life, &record);
                let count = res.counts.entry(checker.rule()).or_default();
                count.seen += u64::from(!violations.is_empty());
                let says = |it: &Violation| said(*checker, town, it, &compiled.findings);
                let said = violations.iter().map(|it| (says(it), it));
                let Some((said, missed)) = said.min_by_key(|it| it.0) else {
                    continue;
                };
                match said {
                    Said::Fails => continue,
                    Said::Doubts => {
                        count.doubted += 1;
                        continue;
                    }
                    Said::Nothing => {}
                }
                count.missed += 1;
                if count.missed == 1 {
                    res.disagreements.push(Disagreement {
                        rule: checker.rule(),
                        number,
                        plan: plan.clone(),
                        tale: Some(tale.write(town)),
                        says: missed.says.clone(),
                    });
                }
            }
            tale = if (life + 1) % ROW == 0 {
                history::first(town, &heard, &mut dice)
            } else {
                history::further(town, &heard, &tale, &record, &mut dice)
            };
        }
    });
    assert!(
        compiled.is_ok(),
        "seed {seed}, project {number} is not valid:\n{}{}",
        compiled.unwrap_err(),
        plan.write()
    );
    res
}

/// The files of one project of a run.
pub fn written(seed: u64, number: u64) -> String {
    Plan::random(&mut Dice::new(seed, number)).write()
}

/// Compiles a project and looks at it; or says what is wrong with its input.
pub fn compile<R>(
    plan: &Plan,
    then: impl FnOnce(&Compilation<'_>, &Town<'_>) -> R,
) -> Result<R, String> {
    let workspace = Workspace::read(&plan.world());
    let compiled = journeyc::compile(&workspace);
    let wrong = compiled.findings.iter().filter(|it| compiled.is_input(it));
    let wrong: String = wrong
        .map(|it| format!("[{}] {}: {}\n", it.rule, it.message, it.primary.text))
        .collect();
    match &compiled.program {
        Some(program) if wrong.is_empty() => Ok(then(&compiled, &Town::of(program))),
        _ => Err(wrong),
    }
}

impl Outcome {
    /// Counts findings, and replays their witnesses.
    fn witnesses(
        &mut self,
        task: &Task,
        checkers: &[&'static dyn Checker],
        number: u64,
        plan: &Plan,
        compiled: &Compilation<'_>,
        town: &Town<'_>,
    ) {
        let rules = journeyc::lint::ids();
        let mut replay = Replay::new(compiled, town, &rules, task.judged);
        for checker in checkers {
            let rule = checker.rule();
            let count = self.counts.entry(rule).or_default();
            for finding in compiled.findings.iter().filter(|it| it.rule.0 == rule) {
                if finding.is_unshown {
                    count.undecided += 1;
                    let shown = wander::shows(town, *checker, finding, task.wanders);
                    let tries = shown.as_ref().map(|it| it.1);
                    count.wandered += u64::from(shown.is_some());
                    self.unshown
                        .push((rule, number, finding.message.clone(), tries));
                }
                if finding.verdict != Verdict::Fail {
                    continue;
                }
                count.found += 1;
                let Some(shown) = replay.shows(*checker, finding) else {
                    continue;
                };
                count.replayed += 1;
                let Err(says) = shown else { continue };
                count.false_alarms += 1;
                if count.false_alarms == 1 {
                    self.disagreements.push(Disagreement {
                        rule,
                        number,
                        plan: plan.clone(),
                        tale: None,
                        says,
                    });
                }
            }
        }
    }

    fn and(mut self, other: Self, most: usize) -> Self {
        self.projects += other.projects;
        self.lives += other.lives;
        self.moments += other.moments;
        self.cut += other.cut;
        self.unshown.extend(other.unshown);
        for (rule, it) in other.counts {
            let count = self.counts.entry(rule).or_default();
            count.found += it.found;
            count.seen += it.seen;
            count.missed += it.missed;
            count.doubted += it.doubted;
            count.undecided += it.undecided;
            count.replayed += it.replayed;
            count.false_alarms += it.false_alarms;
            count.wandered += it.wandered;
        }
        self.disagreements.extend(other.disagreements);
        self.disagreements
            .sort_by_key(|it| (it.rule, it.tale.is_none(), it.number));
        let mut kept = 0;
        let mut last = None;
        self.disagreements.retain(|it| {
            let kind = (it.rule, it.tale.is_none());
            kept = if last == Some(kind) { kept + 1 } else { 1 };
            last = Some(kind);
            kept <= most
        });
        self
    }

    /// A line for each finding that is undecided, since no life that was tried shows it.
    pub fn list(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        for (rule, number, says, tries) in &self.unshown {
            let shown = tries.map_or("no life".to_owned(), |it| format!("life {it}"));
            lines.push(format!("{rule} {number}: {shown}: {says}\n"));
        }
        lines.sort();
        lines.concat()
    }

    /// Whether all agree.
    pub fn agrees(&self) -> bool {
        let mut counts = self.counts.values();
        let is_sure = self.doubtful().is_empty();
        is_sure && self.misses().is_empty() && counts.all(|it| it.false_alarms == 0)
    }

    /// The rules that leave more than a quarter of what they find undecided, since no life shows it: they say
    /// too much. A few are left so by bad luck.
    pub fn doubtful(&self) -> Vec<&'static str> {
        let counts = self.counts.iter();
        let doubtful = counts.filter(|(_, it)| it.undecided > 10 && it.undecided * 3 > it.found);
        doubtful.map(|it| *it.0).collect()
    }

    /// The rules that did not see what was wrong in some life.
    pub fn misses(&self) -> Vec<&'static str> {
        let missed = self.counts.iter().filter(|it| it.1.missed > 0);
        missed.map(|it| *it.0).collect()
    }

    /// The rules with findings that no life shows.
    pub fn false_alarms(&self) -> Vec<&'static str> {
        let alarms = self.counts.iter().filter(|it| it.1.false_alarms > 0);
        alarms.map(|it| *it.0).collect()
    }

    /// Whether all agree, and every rule was there to agree on.
    pub fn is_proof(&self) -> bool {
        self.agrees() && self.counts.values().all(|it| it.found > 0 && it.seen > 0)
    }

    /// A table of the counts.
    pub fn table(&self, seed: u64) -> String {
        let mut out = format!(
            "seed {seed}: {} projects, {} lives, {} moments, {} lives cut\n\n",
            self.projects, self.lives, self.moments, self.cut
        );
        out += &format!(
            "{:36}{:>9}{:>9}{:>8}{:>11}{:>10}{:>10}{:>10}{:>8}\n",
            "rule",
            "seen",
            "doubted",
            "missed",
            "undecided",
            "wandered",
            "findings",
            "replayed",
            "alarms"
        );
        for (rule, it) in &self.counts {
            out += &format!(
                "{rule:36}{:>9}{:>9}{:>8}{:>11}{:>10}{:>10}{:>10}{:>8}\n",
                it.seen,
                it.doubted,
                it.missed,
                it.undecided,
                it.wandered,
                it.found,
                it.replayed,
                it.false_alarms
            );
        }
        out
    }

    /// What disagrees, as small as it can be made, one after the other.
    pub fn disagreements(&self, seed: u64, tell: impl Fn(String) + Sync) {
        let disagreements = self.disagreements.par_iter();
        disagreements.for_each(|it| tell(shrink::smallest(it).told(seed)));
    }
}

impl Disagreement {
    fn told(&self, seed: u64) -> String {
        let what = if self.tale.is_some() {
            "a life breaks the rule, and the linter does not say so"
        } else {
            "a finding fails, and its witness shows nothing"
        };
        let head = format!(
            "\n==== {}: {what} (seed {seed}, project {})\n{}\n\n{}",
            self.rule,
            self.number,
            self.says,
            self.plan.write()
        );
        let Some(text) = &self.tale else { return head };
        let shown = compile(&self.plan, |_, town| {
            let tale = Tale::read(town, text);
            let record = town.simulation.live(&tale.life, &mut tale.chance());
            shrink::timeline(town, &tale.life, &record)
        });
        format!(
            "{head}\n---- life\n{text}\n---- what happens\n{}",
            shown.unwrap_or_default()
        )
    }
}
