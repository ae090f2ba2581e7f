//! What a compile writes: manifest, schedule, previews, and one folder for each target.
//!
//! In: a [`Compilation`] without input errors. Out: [`Artifacts`], and what is found on the way
//! (a mail that cannot be rendered, a step that a target cannot take).
//! Invariant: the same compilation gives the same bytes. Not done here: writing to a disk.

mod previews;

use std::sync::Arc;

use rayon::prelude::*;

use crate::compile::Compilation;
use crate::diagnostic::{Diagnostic, Level, Sink, Verdict};
use crate::dialect;
use crate::manifest::{self, Input, Letter, Letters, Manifest, Places};
use crate::messages::Messages;
use crate::model::Program;
use crate::printed::{Email, Preheader, each, print_all};
use crate::render::Mail;
use crate::source::Artifacts;
use crate::target::{self, Account, Job, Mails, Target};
use crate::template::neutral;

/// What to write.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope<'s> {
    /// Only this target; all that `journeyc.yaml` names if not said.
    pub target: Option<&'s str>,
    /// Only this environment; all that `journeyc.yaml` names if not said.
    pub environment: Option<&'s str>,
}

/// What was made.
#[derive(Debug, Default)]
pub struct Build {
    /// The files.
    pub artifacts: Artifacts,
    /// What was found while making them, sorted by place.
    pub findings: Vec<Diagnostic>,
}

impl Build {
    /// Whether something could not be made: then nothing of it may be written.
    pub fn has_errors(&self) -> bool {
        let fails = |it: &Diagnostic| it.level == Level::Error && it.verdict == Verdict::Fail;
        self.findings.iter().any(fails)
    }
}

/// Makes everything: manifest, schedule, previews, and the targets in scope.
pub fn build(compilation: &Compilation<'_>, scope: Scope<'_>) -> Build {
    run(compilation, scope, true)
}

/// Makes the folders of the targets in scope, and nothing else.
pub fn export(compilation: &Compilation<'_>, scope: Scope<'_>) -> Build {
    run(compilation, scope, false)
}

fn run(compilation: &Compilation<'_>, scope: Scope<'_>, everything: bool) -> Build {
    let Some(program) = &compilation.program else {
        return Build::default();
    };
    let mut sink = Sink::default();
    let mails = &compilation.mails;
    let manifest = manifest_of(compilation, program);
    let places = manifest::places(program);
    let mut artifacts = Artifacts::default();
    // It also marks the folder as ours, so that the next run may replace it.
    artifacts.add("manifest.json", manifest::to_json(&manifest));
    if everything {
        artifacts.add("schedule.csv", manifest::sheet(&manifest));
        artifacts.add("schedule.ics", manifest::calendar(&manifest));
        let emails: Vec<Email<'_>> = each(program, &compilation.messages, mails).collect();
        previews::write(
            program,
            &emails,
            compilation.workspace.today,
            &mut artifacts,
        );
    }
    let exporter = Exporter {
        program,
        messages: &compilation.messages,
        mails,
        manifest: &manifest,
        places: &places,
    };
    for export in exporter.export(scope) {
        if let Some(environment) = &export.environment {
            let folder = format!("{}/{environment}", export.target);
            artifacts.add_below(&folder, export.artifacts);
        }
        sink.append(export.findings);
    }
    Build {
        artifacts,
        findings: sink.into_sorted(),
    }
}

/// The manifest of a compile; nothing where the project file cannot be read.
pub(crate) fn manifest(compilation: &Compilation<'_>) -> Option<Manifest> {
    let program = compilation.program.as_ref()?;
    Some(manifest_of(compilation, program))
}

fn manifest_of(compilation: &Compilation<'_>, program: &Program) -> Manifest {
    let letters = letters(program, &compilation.messages, &compilation.mails);
    let timings = manifest::timings(program);
    manifest::build(&Input {
        program,
        sources: &compilation.workspace.sources,
        letters: &letters,
        timings: &timings,
        revision: None,
    })
}

fn letters(program: &Program, messages: &Messages, mails: &[Option<Arc<Mail>>]) -> Letters {
    // Many emails share a mail: its neutral form and hash are worked out once.
    let neutral: Vec<Option<(String, String, String)>> = mails
        .par_iter()
        .map(|mail| {
            let mail = mail.as_deref()?;
            let [subject, preheader, html, text] =
                [&mail.subject, &mail.preheader, &mail.html, &mail.text].map(|it| neutral(it));
            let hash = manifest::content_hash(&[&subject, &preheader, &html, &text]);
            Some((subject, preheader, hash))
        })
        .collect();
    let letter = |email: Email<'_>| {
        let (subject, preheader, hash) = neutral.get(email.message.template as usize)?.as_ref()?;
        let letter = Letter {
            subject: subject.clone(),
            preheader: Some(preheader.clone()).filter(|it| !it.is_empty()),
            sha256: hash.clone(),
            sender: Some(email.message.sender.to_string()),
        };
        Some((email.key(), letter))
    };
    each(program, messages, mails).filter_map(letter).collect()
}

/// What a target gets.
pub(crate) struct Export {
    /// The target.
    pub(crate) target: String,
    /// The environment; nothing for what is found whatever the environment.
    pub(crate) environment: Option<String>,
    /// The files, by their paths in the target's folder.
    pub(crate) artifacts: Artifacts,
    /// What was found while making them.
    pub(crate) findings: Sink,
}

/// What every target gets for every environment, with the manifest that was made of the compilation.
pub(crate) fn exports(compilation: &Compilation<'_>, manifest: &Manifest) -> Vec<Export> {
    let Some(program) = &compilation.program else {
        return Vec::new();
    };
    let exporter = Exporter {
        program,
        messages: &compilation.messages,
        mails: &compilation.mails,
        manifest,
        places: &manifest::places(program),
    };
    exporter.export(Scope::default())
}

struct Exporter<'b> {
    program: &'b Program,
    messages: &'b Messages,
    mails: &'b [Option<Arc<Mail>>],
    manifest: &'b Manifest,
    places: &'b Places,
}

impl Exporter<'_> {
    fn export(&self, scope: Scope<'_>) -> Vec<Export> {
        let mut exports = Vec::new();
        for (name, target) in &self.program.project.targets {
            if scope.target.is_some_and(|it| it != &*name.value) {
                continue;
            }
            let Some(driver) = target::find(&name.value) else {
                continue;
            };
            let mut findings = Sink::default();
            let Some(mails) = self.printed(driver, &mut findings) else {
                continue;
            };
            if target.environments.is_empty() {
                findings.push(no_environment(name));
            }
            exports.push(Export {
                target: name.value.to_string(),
                environment: None,
                artifacts: Artifacts::default(),
                findings,
            });
            for (environment, ids) in &target.environments {
                if scope
                    .environment
                    .is_some_and(|it| it != &*environment.value)
                {
                    continue;
                }
                let account = Account::of(&environment.value, ids, Some(environment.span));
                let job = Job {
                    manifest: self.manifest,
                    mails: &mails,
                    account: &account,
                    places: self.places,
                };
                let mut findings = Sink::default();
                let artifacts = target::write(driver, &job, &mut findings);
                exports.push(Export {
                    target: name.value.to_string(),
                    environment: Some(environment.value.to_string()),
                    artifacts,
                    findings,
                });
            }
        }
        exports
    }

    /// Every mail in the target's language.
    fn printed(&self, driver: &dyn Target, sink: &mut Sink) -> Option<Mails> {
        let dialect = dialect::find(driver.dialect())?;
        let emails = each(self.program, self.messages, self.mails);
        let preheader = if driver.provider().preheaders {
            Preheader::Apart
        } else {
            Preheader::Hidden
        };
        let printed = print_all(self.program, emails, (dialect, preheader), sink).into_iter();
        let with_mail = printed.filter_map(|(email, printed)| {
            let printed = printed?;
            let of = |text: &str| text.to_owned();
            let mail = target::Mail {
                subject: of(&printed.subject.text),
                preheader: Some(of(&printed.preheader.text)).filter(|it| !it.is_empty()),
                html: of(&printed.html.text),
                text: of(&printed.text.text),
                variables: target::together([
                    &printed.subject.variables,
                    &printed.preheader.variables,
                    &printed.html.variables,
                    &printed.text.variables,
                ]),
            };
            Some((email.key(), Arc::new(mail)))
        });
        Some(with_mail.collect())
    }
}

fn no_environment(name: &crate::model::Name) -> Diagnostic {
    let message = format!("`{}` has no environment to export to", name.value);
    let help = "name an account under `environments`, with its ids";
    Diagnostic::error(target::MISSING_ID, name.span, message)
        .help(help)
        .subject(&*name.value)
}
