//! The pipeline: which stage runs after which, and on what.
//!
//! In: a [`Workspace`]. Out: a [`Compilation`]: everything that could be understood, and everything
//! that there is to say about it. Invariant: a stage that could only echo earlier errors stays
//! silent; every other stage runs, whatever the earlier ones found.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Level, Sink, Verdict};
use crate::lint;
use crate::load::PROJECT_FILE;
use crate::messages::{Messages, messages};
use crate::model::{self, Document, Journey, Known, Program, Project};
use crate::render::{self, Mail};
use crate::scenario::{
    self,
    witness::{NotFound, Proof, Witnesses},
};
use crate::scenario::{Acting, Coverage, Part, golden};
use crate::schema::{self, Reading, Validator};
use crate::shown::{self, Limits};
use crate::simulate::Simulation;
use crate::source::{FileId, Sources};
use crate::target;
use crate::template::Library;
use crate::workspace::{TEMPLATES, Workspace, stem};
use crate::yaml;

/// What became of a repository.
pub struct Compilation<'w> {
    /// The texts.
    pub workspace: &'w Workspace,
    /// What the YAML says; nothing if the project file could not be read.
    pub program: Option<Program>,
    /// The templates.
    pub templates: Library<'w>,
    /// Every email with its compiled template.
    pub messages: Messages,
    /// The mail of each compiled template, in the order of [`Messages::templates`]; nothing where it
    /// cannot be made.
    pub mails: Vec<Option<Arc<Mail>>>,
    /// The scenarios, in the order of their files; without cases where something is wrong with them, or
    /// with the journeys.
    pub scenarios: Vec<scenario::file::Written>,
    /// Everything found, sorted by place.
    pub findings: Vec<Diagnostic>,
    /// How many journey files there are, readable or not, looked at or not.
    pub journeys: usize,
    /// Whether journeys were left alone that a change does not reach (see `affected`): nothing may
    /// then be said about all of them.
    pub is_part: bool,
}

impl Compilation<'_> {
    /// Findings that are not covered by an `allow`.
    pub fn counted(&self) -> impl Iterator<Item = &Diagnostic> {
        self.findings.iter().filter(|it| it.suppressed.is_none())
    }

    /// Whether the input itself is wrong (syntax, schema, references, types): nothing may then be
    /// written.
    pub fn is_invalid(&self) -> bool {
        self.counted().any(|it| self.is_input(it))
    }

    /// Whether a finding says that the input itself is wrong.
    pub fn is_input(&self, finding: &Diagnostic) -> bool {
        lint::is_input(finding.rule)
    }

    /// The files that could not be understood: what they say may be missing.
    pub fn broken(&self) -> BTreeSet<String> {
        let invalid = self.counted().filter(|it| self.is_input(it));
        let file = |it: &Diagnostic| self.workspace.sources.path(it.primary.span.file).to_owned();
        invalid.map(file).collect()
    }

    /// Whether a rule of level error is broken.
    pub fn has_errors(&self) -> bool {
        let fails = |it: &Diagnostic| it.level == Level::Error && it.verdict == Verdict::Fail;
        self.counted().any(fails)
    }

    /// Whether a rule could not be decided.
    pub fn has_undecided(&self) -> bool {
        self.counted().any(|it| it.verdict == Verdict::Undecided)
    }
}

impl Compilation<'_> {
    /// The scenario that fails because of a finding: what the linter claims, lived through. `witnesses` are
    /// of the whole program; the fingerprint only stands in a comment.
    ///
    /// # Errors
    ///
    /// If the finding is not about a life, or none of those that were tried shows it.
    pub fn scenario_of(
        &self,
        witnesses: &Witnesses<'_, '_>,
        finding: &Diagnostic,
        fingerprint: Option<&str>,
    ) -> Result<Proof, NotFound> {
        let limits = Limits::of(witnesses.simulation(), self.workspace.today);
        witnesses.proof(finding, &|rule| limits.at(finding, rule), fingerprint)
    }
}

/// Runs every stage up to the lint rules.
pub fn compile(workspace: &Workspace) -> Compilation<'_> {
    compile_after(workspace, None)
}

/// The same, with the rules that look at what has changed since the YAML said something else.
pub(crate) fn compile_after<'w>(
    workspace: &'w Workspace,
    before: Option<&Program>,
) -> Compilation<'w> {
    let mut sink = Sink::default();
    workspace.problems(&mut sink);
    let project = read_project(workspace, &mut sink);
    let (documents, mut unread) = read_journeys(workspace, &mut sink);
    unread.extend(workspace.unread_journeys().map(str::to_owned));
    let journeys = documents.len() + unread.len();
    let is_part = workspace.is_part();

    let locales: Vec<&str> = project.value.iter().flat_map(locales).collect();
    let templates = Library::parse(&workspace.sources, TEMPLATES, &locales, &mut sink);
    let program = project.value.map(|value| Program {
        project: value,
        lost: project.lost,
        documents,
    });
    let mut emails = Messages::default();
    let mut mails = Vec::new();
    let mut scenarios = Vec::new();
    if let Some(program) = &program {
        let known = Known {
            rules: lint::ids(),
            groups: lint::Group::ALL.iter().map(|it| it.word()).collect(),
            targets: target::ALL.iter().map(|it| it.name()).collect(),
            clients: lint::client_names(),
            templates: templates.names(),
        };
        let sources = &workspace.sources;
        model::check::check(program, &known, &unread, sources, &mut sink);
        // Where something is wrong with the journeys, scenarios about them would only echo it.
        let sound = Some(program).filter(|_| unread.is_empty() && sink.is_empty());
        scenarios = scenario::file::read(workspace, sound, &known.rules, &mut sink);
        emails = messages(program, &templates, &mut sink);
        mails = render_all(&emails, &workspace.sources, &mut sink);
        let idle = emails.idle(&templates);
        let tried = before.and_then(|_| tried(program, &scenarios));
        let subject = lint::Subject {
            program,
            messages: &emails,
            mails: &mails,
            idle: &idle,
            sources,
            today: workspace.today,
            before,
            tried: tried.as_ref(),
        };
        lint::run(subject, &mut sink);
    }
    let mut findings = sink.into_sorted();
    if let Some(program) = &program {
        shown::doubt(program, workspace.today, &mut findings);
    }
    Compilation {
        workspace,
        program,
        templates,
        messages: emails,
        scenarios,
        mails,
        findings,
        journeys,
        is_part,
    }
}

/// Which steps some scenario comes to; nothing where there is no scenario.
fn tried(program: &Program, scenarios: &[scenario::file::Written]) -> Option<lint::Tried> {
    if scenarios.is_empty() {
        return None;
    }
    let whole = Simulation::of(program);
    let mut coverage = Coverage::of(&whole);
    let mut casts: BTreeMap<&Acting, (Simulation<'_>, Part)> = BTreeMap::new();
    for case in scenarios.iter().flat_map(|it| &it.cases) {
        let (simulation, part) = casts.entry(&case.acting).or_insert_with(|| {
            let simulation = case.acting.simulation(program);
            let part = coverage.part(&whole, &simulation);
            (simulation, part)
        });
        golden::lives(simulation, case, |record| {
            coverage.add(part, record, case.locale.as_deref());
        });
    }
    Some(coverage.reached(&whole))
}

/// Makes every mail, so that what cannot be made is found before anybody builds.
fn render_all(messages: &Messages, sources: &Sources, sink: &mut Sink) -> Vec<Option<Arc<Mail>>> {
    let rendered: Vec<(Option<Arc<Mail>>, Sink)> = messages
        .templates
        .par_iter()
        .map(|template| {
            let mut sink = Sink::default();
            let mail = template
                .as_ref()
                .filter(|it| it.is_sound)
                .and_then(|it| render::render_from(it, Some(sources), &mut sink));
            (mail.map(Arc::new), sink)
        })
        .collect();
    let mut mails = Vec::with_capacity(rendered.len());
    for (mail, found) in rendered {
        mails.push(mail);
        sink.append(found);
    }
    mails
}

fn locales(project: &Project) -> impl Iterator<Item = &str> {
    project.locales.iter().map(|it| &*it.value)
}

pub(crate) fn read_project(workspace: &Workspace, sink: &mut Sink) -> Reading<Project> {
    let validator = Validator::new(schema::of::<Project>("", ""));
    let file = workspace.readable().find(|(_, path)| *path == PROJECT_FILE);
    file.and_then(|(id, _)| read_document(workspace, id, &validator, sink))
        .unwrap_or_default()
}

/// The journeys that could be read, and the names of those that could not.
fn read_journeys(workspace: &Workspace, sink: &mut Sink) -> (Vec<Document>, BTreeSet<String>) {
    let validator = Validator::new(schema::of::<Journey>("", ""));
    let read = |id: &FileId| {
        let mut sink = Sink::default();
        let reading = read_document::<Journey>(workspace, *id, &validator, &mut sink);
        let document = reading.and_then(|it| {
            Some(Document {
                journey: it.value?,
                file: *id,
                damaged: it.damaged,
            })
        });
        (*id, document, sink)
    };
    let results: Vec<_> = workspace.journeys().par_iter().map(read).collect();
    let mut documents = Vec::with_capacity(results.len());
    let mut unread = BTreeSet::new();
    for (id, document, found) in results {
        sink.append(found);
        match document {
            Some(it) => documents.push(it),
            None => {
                unread.insert(stem(workspace.sources.path(id)).to_owned());
            }
        }
    }
    (documents, unread)
}

pub(crate) fn read_document<T: serde::de::DeserializeOwned>(
    workspace: &Workspace,
    id: FileId,
    validator: &Validator,
    sink: &mut Sink,
) -> Option<Reading<T>> {
    let tree = yaml::parse(id, workspace.sources.text(id), sink)?;
    let broken = validator.validate(&tree, sink);
    Some(schema::read(&tree, &broken, sink))
}
