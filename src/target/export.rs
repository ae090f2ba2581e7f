//! One account's folder: every journey lowered, every body checked, requests in their order, a plan.
//!
//! In: a [`Target`] and a [`Job`]. Out: [`Artifacts`], and findings. Invariant: a journey is written
//! whole or not at all, and a finding says why; only templates that a written journey needs are made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lowering::{self, Act, For, Op, Program};
use super::shelf::Shelf;
use super::{Job, Ledger, Loss, Mail, Mails, Need, Request, Target, need, plan, schedule, script};
use crate::diagnostic::Sink;
use crate::manifest::Journey;
use crate::source::Artifacts;

/// A request, and what it does in a few words for the name of its file.
pub type Named = (String, Request);

/// What one journey asks for.
#[derive(Debug, Default)]
pub struct Requests {
    /// What must be there before any journey, such as events or templates of its own.
    pub before: Vec<Named>,
    /// What creates the journey.
    pub journey: Vec<Named>,
}

/// A journey that is being written.
#[derive(Debug)]
pub struct Draft<'d, 'a> {
    /// The whole job.
    pub job: &'d Job<'a>,
    /// The account's templates.
    pub shelf: &'d Shelf<'a>,
    /// The journey in the target's words.
    pub program: &'d Program<'a>,
    /// Notes: what is lost or refused while the body is written.
    pub ledger: &'d mut Ledger,
}

/// What became of one journey.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// The journey.
    pub journey: &'a Journey,
    /// The journey in the target's words; it counts only where the ledger says so.
    pub program: Program<'a>,
    /// Notes of all that changed.
    pub ledger: Ledger,
    /// Its requests; none where it is not written.
    pub requests: Requests,
}

impl Outcome<'_> {
    /// Whether the journey is written.
    pub fn is_written(&self) -> bool {
        self.ledger.is_writable() && !self.program.ops.is_empty()
    }
}

/// What one account gets, before it is put into files.
#[derive(Debug)]
pub struct Export<'e, 'a> {
    /// The whole job.
    pub job: &'e Job<'a>,
    /// The account's templates.
    pub shelf: &'e Shelf<'a>,
    /// The journeys, in the manifest's order.
    pub outcomes: Vec<Outcome<'a>>,
    /// The requests in the order of sending, by their files.
    pub requests: Vec<(String, Request)>,
}

/// Writes what one account needs; paths are relative to the account's folder.
pub fn write(target: &dyn Target, job: &Job<'_>, sink: &mut Sink) -> Artifacts {
    let mails = fitted(target, job);
    let job = &Job {
        mails: mails.as_ref().unwrap_or(job.mails),
        ..*job
    };
    let shelf = Shelf::new(job, target.provider().envelopes);
    let outcomes = outcomes(target, job, &shelf);
    let mut export = Export {
        job,
        shelf: &shelf,
        outcomes,
        requests: Vec::new(),
    };
    for outcome in &export.outcomes {
        outcome
            .ledger
            .report(job, target, &outcome.journey.name, sink);
    }
    need::report(target, job, &export.outcomes, sink);
    let all = in_order(target, &mut export);
    let mut artifacts = Artifacts::default();
    for (number, (what, request)) in (1..).zip(all) {
        let file = Request::file(number, &what);
        artifacts.add(file.clone(), request.to_json());
        export.requests.push((file, request));
    }
    if let Some(text) = script::script(target, &export.requests) {
        artifacts.add("send.sh", text);
    }
    schedule::write(target, &export, &mut artifacts);
    target.files(&export, &mut artifacts, sink);
    artifacts.add("plan.md", plan::plan(target, &export));
    artifacts
}

/// The mails as they fit the provider; nothing where they do as they are.
fn fitted(target: &dyn Target, job: &Job<'_>) -> Option<Mails> {
    let fitted = |(key, mail): (&_, &Arc<Mail>)| {
        let mail = target.fitted(job.account, mail)?;
        Some((Clone::clone(key), Arc::new(mail)))
    };
    job.mails.iter().map(fitted).collect()
}

/// The ids of the account that journeys need, those first that are missing.
pub fn needs(target: &dyn Target, job: &Job<'_>) -> Vec<Need> {
    let mails = fitted(target, job);
    let job = &Job {
        mails: mails.as_ref().unwrap_or(job.mails),
        ..*job
    };
    let shelf = Shelf::new(job, target.provider().envelopes);
    need::all(target, &outcomes(target, job, &shelf))
}

fn outcomes<'a>(target: &dyn Target, job: &Job<'a>, shelf: &Shelf<'a>) -> Vec<Outcome<'a>> {
    let asker = For {
        name: target.name(),
        title: target.title(),
        can: target.capabilities(),
    };
    let journeys = job.manifest.journeys.iter();
    let mut outcomes: Vec<Outcome<'a>> = journeys
        .map(|journey| outcome(target, asker, job, shelf, journey))
        .collect();
    dead_ends(target, &mut outcomes);
    outcomes
}

/// Tells who is sent into a journey that is not written.
fn dead_ends(target: &dyn Target, outcomes: &mut [Outcome<'_>]) {
    let written = outcomes.iter().filter(|it| it.is_written());
    let written: BTreeSet<String> = written.map(|it| it.journey.name.clone()).collect();
    for outcome in outcomes.iter_mut().filter(|it| it.is_written()) {
        let mut losses = Vec::new();
        outcome.program.walk(&mut |op| {
            if let Act::Enter { journey, .. } = &op.act
                && !written.contains(*journey)
            {
                losses.push(Loss {
                    line: op.line,
                    node: op.node.to_owned(),
                    what: format!(
                        "{} has no `{journey}` to start, as that journey is not written",
                        target.title()
                    ),
                    why: "the messages of the other journey never come".to_owned(),
                    help: format!("see why `{journey}` is not written, or keep it elsewhere and start it there"),
                });
            }
        });
        for loss in losses {
            outcome.ledger.lose(loss);
        }
    }
}

fn outcome<'a>(
    target: &dyn Target,
    asker: For,
    job: &Job<'a>,
    shelf: &Shelf<'a>,
    journey: &'a Journey,
) -> Outcome<'a> {
    let (program, mut ledger) = lowering::lower(asker, job, journey);
    let mut requests = Requests::default();
    // A journey whose ids are missing is tried as well, so that all that it needs is told at once.
    if ledger.is_sayable() && !program.ops.is_empty() {
        requests = target.journey(&mut Draft {
            job,
            shelf,
            program: &program,
            ledger: &mut ledger,
        });
        let has_gaps = ledger.missing().next().is_some();
        let whole = requests.before.iter().chain(&requests.journey);
        for (_, request) in whole.filter(|_| !has_gaps) {
            for fault in target.faults(request) {
                ledger.fault(journey, &fault);
            }
        }
        for (name, op) in templates(shelf, journey, &program) {
            let Some(content) = shelf.content(name) else {
                continue;
            };
            for (_, request) in target.template(job, name, content) {
                for fault in target.faults(&request) {
                    ledger.unfit(target.title(), (op.node, op.line), name, &fault);
                }
            }
        }
    }
    if program.ops.is_empty() && ledger.is_writable() {
        ledger.nothing_to_do(target.title(), journey);
    }
    if ledger.is_writable() {
        schedule::look(target, job, journey, &mut ledger);
    } else {
        requests = Requests::default();
    }
    Outcome {
        journey,
        program,
        ledger,
        requests,
    }
}

/// The templates that a journey's mails are, each with the first thing that sends it.
fn templates<'s, 'p, 'a>(
    shelf: &'s Shelf<'a>,
    journey: &Journey,
    program: &'p Program<'a>,
) -> BTreeMap<&'s str, &'p Op<'a>> {
    let mut all = BTreeMap::new();
    program.walk(&mut |op| {
        if let Act::Mail { locales, .. } = &op.act {
            for locale in locales {
                let name = shelf.name(&journey.name, op.node, locale);
                all.entry(name).or_insert(op);
            }
        }
    });
    all
}

/// Templates first, then what journeys need before them, then the journeys.
fn in_order(target: &dyn Target, export: &mut Export<'_, '_>) -> Vec<Named> {
    let mut names = BTreeSet::new();
    for outcome in export.outcomes.iter().filter(|it| it.is_written()) {
        let own = templates(export.shelf, outcome.journey, &outcome.program);
        names.extend(own.into_iter().map(|it| it.0.to_owned()));
    }
    let mut all = Vec::new();
    for name in names {
        if let Some(content) = export.shelf.content(&name) {
            all.extend(target.template(export.job, &name, content));
        }
    }
    let mut made = BTreeSet::new();
    for outcome in &mut export.outcomes {
        for (what, request) in std::mem::take(&mut outcome.requests.before) {
            // What several journeys need is made once.
            if made.insert(request.to_json()) {
                all.push((what, request));
            }
        }
    }
    for outcome in &mut export.outcomes {
        all.append(&mut outcome.requests.journey);
    }
    all
}
