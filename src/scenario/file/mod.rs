//! Between scenario files and cases: reading, extending, multiplying, and looking up every name.
//!
//! In: the texts of `*.scenario.yaml` and `invariants.yaml`, and a [`Program`]. Out: [`Written`]
//! scenarios, each with its cases, and a finding for everything that is wrong, at its place.
//! Invariant: one fault hides no other; a scenario with a fault has no cases. Every size is bounded.
//! Not done here: living and judging.

mod bounds;
mod checks;
mod clause;
mod ends;
mod findings;
mod life;
mod matrix;
mod names;
mod person;
mod point;
mod selected;
mod setup;
mod times;
mod written;

#[cfg(test)]
mod tests;

pub use clause::{
    AtMost, Between, Chosen, Counted, Ends, EndsAt, Expect, Finding, Never, Reach, Rendered,
    Several, State, Wanted, Wording,
};
pub use point::{Anchor, Point, Start};
pub use written::{
    Agreed, Agreement, ChangedEvents, ClockSet, Contact, Events, Happening, Invariants, Jitter,
    Matrix, Past, Scenario, ScenarioFile,
};

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use super::case::{self, Acting, Case};
use crate::diagnostic::{Diagnostic, Level, Sink};
use crate::model::check::INVALID_VALUE;
use crate::model::{Duration, Name, Program};
use crate::schema::{self, Validator};
use crate::simulate::JourneyNo;
use crate::source::{FileId, Span, Spanned};
use crate::workspace::{INVARIANTS, Workspace, is_scenario};
use crate::yaml;
use checks::Clauses;
use names::{Names, unknown_journey};
use setup::Setup;
use times::Times;

/// The most cases of all scenarios together.
const MAX_CASES: usize = 100_000;

/// A scenario as its file has it, with the cases that it is.
#[derive(Debug, Clone)]
pub struct Written {
    /// The file.
    pub file: FileId,
    /// Its name.
    pub name: Name,
    /// All of it.
    pub span: Span,
    /// The golden timeline, if it has one.
    pub timeline: Option<Span>,
    /// What is lived and judged: one, or several where there is a matrix; none where something is
    /// wrong with it.
    pub cases: Vec<Case>,
}

/// Reads all scenarios of a repository. `rules` are the names of the linter's rules.
///
/// Without a program, which must be whole, only the form of the files is looked at: names would seem
/// unknown that are not.
pub fn read(
    workspace: &Workspace,
    program: Option<&Program>,
    rules: &[&str],
    sink: &mut Sink,
) -> Vec<Written> {
    let files: Vec<FileId> = ids(workspace, is_scenario).collect();
    let invariants = ids(workspace, |it| it == INVARIANTS).next();
    if workspace.is_part() || (files.is_empty() && invariants.is_none()) {
        return Vec::new();
    }
    let invariants = invariants.and_then(|id| {
        let validator = Validator::new(schema::of::<Invariants>("", ""));
        Read::<Invariants>::of(id, workspace.sources.text(id), &validator, sink)
    });
    let mut documents = Vec::with_capacity(files.len());
    if !files.is_empty() {
        let validator = Validator::new(schema::of::<ScenarioFile>("", ""));
        for id in files {
            let read = Read::<ScenarioFile>::of(id, workspace.sources.text(id), &validator, sink);
            documents.extend(read.map(|read| (id, read)));
        }
    }
    let Some(program) = program else {
        return Vec::new();
    };
    let mut reader = Reader {
        program,
        rules,
        names: BTreeMap::new(),
        invariants: None,
        left: MAX_CASES,
    };
    if let Some(it) = &invariants {
        reader.check_invariants(&it.value, sink);
        reader.invariants = Some(&it.value);
    }
    let mut out = Vec::new();
    for (id, read) in &documents {
        let origin = Origin {
            file: *id,
            stem: own_journey(workspace.sources.path(*id)),
            is_whole: read.is_whole,
            list: read.list,
        };
        out.extend(reader.file(&origin, &read.value, sink));
    }
    out
}

fn ids(workspace: &Workspace, is: impl Fn(&str) -> bool) -> impl Iterator<Item = FileId> {
    let files = workspace.readable();
    files.filter(move |(_, path)| is(path)).map(|(id, _)| id)
}

/// What a file says.
struct Read<T> {
    value: T,
    /// Whether nothing of it was left out.
    is_whole: bool,
    /// The place of the list of scenarios.
    list: Option<Span>,
}

impl<T: DeserializeOwned> Read<T> {
    fn of(file: FileId, text: &str, validator: &Validator, sink: &mut Sink) -> Option<Self> {
        let tree = yaml::parse(file, text, sink)?;
        let broken = validator.validate(&tree, sink);
        let reading = schema::read::<T>(&tree, &broken, sink);
        Some(Self {
            value: reading.value?,
            is_whole: !reading.damaged,
            list: tree.root().get("scenarios").map(yaml::Node::span),
        })
    }
}

/// The journey that a file is named after: `post-purchase` of `journeys/post-purchase.scenario.yaml`.
fn own_journey(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}

/// Reads texts that stand in no file yet, one after the other.
pub struct Texts<'r> {
    validator: Validator,
    reader: Reader<'r>,
}

impl<'r> Texts<'r> {
    /// For scenarios of this program, which must be whole.
    pub fn new(program: &'r Program, rules: &'r [&'r str]) -> Self {
        Self {
            validator: Validator::new(schema::of::<ScenarioFile>("", "")),
            reader: Reader {
                program,
                rules,
                names: BTreeMap::new(),
                invariants: None,
                left: MAX_CASES,
            },
        }
    }

    /// The scenarios of one text, as if its file were named after this journey.
    pub fn read(&mut self, journey: &str, text: &str, sink: &mut Sink) -> Vec<Written> {
        let file = FileId(0);
        let Some(read) = Read::<ScenarioFile>::of(file, text, &self.validator, sink) else {
            return Vec::new();
        };
        let origin = Origin {
            file,
            stem: journey,
            is_whole: read.is_whole,
            list: read.list,
        };
        self.reader.left = MAX_CASES;
        self.reader.file(&origin, &read.value, sink)
    }
}

/// Where scenarios come from.
struct Origin<'f> {
    file: FileId,
    stem: &'f str,
    is_whole: bool,
    list: Option<Span>,
}

/// Makes cases of scenarios.
struct Reader<'r> {
    program: &'r Program,
    rules: &'r [&'r str],
    /// The names of each choice of journeys that was asked for.
    names: BTreeMap<Acting, Names<'r>>,
    invariants: Option<&'r Invariants>,
    /// How many cases may still come.
    left: usize,
}

impl Reader<'_> {
    fn file(&mut self, origin: &Origin<'_>, file: &ScenarioFile, sink: &mut Sink) -> Vec<Written> {
        let setups = setup::setups(file, origin.is_whole, sink);
        let broken = broken(origin, file, sink);
        let mut out = Vec::with_capacity(file.scenarios.len());
        for (scenario, setup) in file.scenarios.iter().zip(setups) {
            let cases = setup.map(|it| self.scenario(origin, scenario, &it, sink));
            // What was left out may be what it is about: nothing of it can be said to hold.
            let cases = cases.filter(|_| !broken.contains(&*scenario.name.value));
            out.push(Written {
                file: origin.file,
                name: scenario.name.clone(),
                span: scenario.span,
                timeline: scenario.timeline.as_ref().map(|it| it.span),
                cases: cases.unwrap_or_default(),
            });
        }
        out
    }

    fn scenario(
        &mut self,
        origin: &Origin<'_>,
        scenario: &Spanned<Scenario>,
        setup: &Setup<'_>,
        sink: &mut Sink,
    ) -> Vec<Case> {
        let before = sink.len();
        let Some(acting) = acting(setup, self.program, sink) else {
            return Vec::new();
        };
        let findings = findings::findings(scenario, self.program, self.rules, sink);
        let program = self.program;
        let names = self
            .names
            .entry(acting.clone())
            .or_insert_with_key(|it| Names::of(program, it))
            .at_home(origin.stem);
        let mut cases = Vec::new();
        for cell in matrix::cells(setup, sink) {
            if self.left == 0 {
                let message =
                    format!("there are more than {MAX_CASES} scenarios in this repository");
                let help = "try fewer values in each matrix";
                let span = scenario.name.span;
                sink.push(Diagnostic::error(INVALID_VALUE, span, message).help(help));
                return Vec::new();
            }
            self.left -= 1;
            let maker = Maker {
                origin,
                scenario,
                names: &names,
                invariants: self.invariants,
            };
            let mut case = maker.case(&acting, &cell, sink);
            case.checks.extend(findings.clone());
            cases.push(case);
            // The next case would only say the same once more.
            if sink.len() > before {
                return Vec::new();
            }
        }
        cases
    }

    /// Checks the names of the invariants where everything acts. Which events come differs from scenario to
    /// scenario.
    fn check_invariants(&mut self, invariants: &Invariants, sink: &mut Sink) {
        let program = self.program;
        let names = self
            .names
            .entry(Acting::All)
            .or_insert_with_key(|it| Names::of(program, it));
        let clock = names.simulation.clock(None);
        let start = clock.instant(Start::DEFAULT.0);
        let times = Times {
            start,
            end: clock.after(start, Duration::of_days(400)),
            own: clock,
            wall: clock,
            events: BTreeMap::new(),
            history: BTreeMap::new(),
            is_whole: false,
        };
        let mut clauses = Clauses {
            names,
            times: &times,
            is_general: true,
            sink,
        };
        clauses.of_invariants(invariants);
    }
}

/// The names of the scenarios of which something could not be read, and of those that build on them. What is
/// wrong at the top of a file is wrong with all of them.
fn broken<'f>(origin: &Origin<'_>, written: &'f ScenarioFile, sink: &Sink) -> BTreeSet<&'f str> {
    let errors = sink.iter().filter(|it| it.level == Level::Error);
    let places = errors
        .map(|it| it.primary.span)
        .filter(|it| it.file == origin.file);
    let is_in = |it: Span, place: Span| it.start <= place.start && place.start < it.end;
    let mut all: Vec<&Spanned<Scenario>> = written.scenarios.iter().collect();
    all.sort_by_key(|it| it.span.start);
    let mut broken = BTreeSet::new();
    for place in places {
        let after = all.partition_point(|it| it.span.start <= place.start);
        let around = after.checked_sub(1).map(|it| all[it]);
        if let Some(it) = around.filter(|it| is_in(it.span, place)) {
            broken.insert(&*it.name.value);
        } else if !origin.list.is_some_and(|it| is_in(it, place)) {
            return all.iter().map(|it| &*it.name.value).collect();
        }
    }
    if !broken.is_empty() {
        for _ in 0..setup::MAX_CHAIN {
            let builds_on = |it: &&&Spanned<Scenario>| {
                let base = it.extends.as_ref();
                base.is_some_and(|base| broken.contains(&*base.value))
            };
            let more: Vec<&str> = all
                .iter()
                .filter(builds_on)
                .map(|it| &*it.name.value)
                .collect();
            broken.extend(more);
        }
    }
    broken
}

/// The journeys that act.
fn acting(setup: &Setup<'_>, program: &Program, sink: &mut Sink) -> Option<Acting> {
    let Some(journeys) = setup.journeys else {
        return Some(Acting::All);
    };
    let before = sink.len();
    for it in journeys {
        if program.journey(&it.value).is_none() {
            sink.push(unknown_journey(program, &it.value, it.span));
        }
    }
    if sink.len() > before {
        return None;
    }
    let mut names: Vec<Box<str>> = journeys.iter().map(|it| it.value.clone()).collect();
    names.sort_unstable();
    names.dedup();
    Some(Acting::Only(names))
}

/// Makes one case.
struct Maker<'m, 'p> {
    origin: &'m Origin<'m>,
    scenario: &'m Spanned<Scenario>,
    names: &'m Names<'p>,
    invariants: Option<&'m Invariants>,
}

impl Maker<'_, '_> {
    fn case(&self, acting: &Acting, cell: &matrix::Cell<'_>, sink: &mut Sink) -> Case {
        let scenario = &self.scenario.value;
        let setup = &cell.setup;
        let lived = life::lived(setup, self.names, self.origin.is_whole, sink);
        let chances = ends::chances(setup, self.names, sink);
        let jitter = setup.jitter.and_then(|it| jitter(it, sink));
        let mut clauses = Clauses {
            names: self.names,
            times: &lived.times,
            is_general: false,
            sink,
        };
        let mut checks = clauses.of_scenario(scenario);
        let own = self.own(setup);
        for it in &scenario.ends.0 {
            checks.extend(clauses.ends(it, own));
        }
        checks.extend(self.invariants(&lived.times));
        let name = match cell.words.as_str() {
            "" => scenario.name.value.to_string(),
            words => format!("{} ({words})", scenario.name.value),
        };
        Case {
            name,
            span: scenario.name.span,
            acting: acting.clone(),
            person: lived.person,
            locale: lived.locale,
            consent: lived.consent,
            persona: lived.persona,
            start: lived.times.start,
            end: lived.times.end,
            outside: lived.outside,
            jitter,
            arms: chances.arms,
            kept_out: chances.kept_out,
            checks,
        }
    }

    /// The invariants that can be asked here. What is wrong with them was said once and for all.
    fn invariants(&self, times: &Times) -> Vec<case::Check> {
        let Some(invariants) = self.invariants else {
            return Vec::new();
        };
        let mut unsaid = Sink::default();
        let mut clauses = Clauses {
            names: self.names,
            times,
            is_general: true,
            sink: &mut unsaid,
        };
        clauses.of_invariants(invariants)
    }

    /// The journey that `ends` means where it names none.
    fn own(&self, setup: &Setup<'_>) -> Option<JourneyNo> {
        match setup.journeys {
            Some([only]) => {
                let mut unsaid = Sink::default();
                self.names.journey(&only.value, only.span, &mut unsaid)
            }
            _ => self.names.home(),
        }
    }
}

fn jitter(written: &Jitter, sink: &mut Sink) -> Option<case::Jitter> {
    let (lo, hi) = &written.step_delay;
    let seconds = |it: Duration| {
        let days = i64::from(it.days) + i64::from(it.business_days);
        i64::from(it.minutes) * 60 + days * 24 * 60 * 60
    };
    let (least, most) = (seconds(lo.value), seconds(hi.value));
    if least > most {
        let message = "the longest delay is shorter than the shortest";
        let help = "write the shorter one first";
        sink.push(Diagnostic::error(INVALID_VALUE, hi.span, message).help(help));
        return None;
    }
    Some(case::Jitter {
        lo: least,
        hi: most,
    })
}
