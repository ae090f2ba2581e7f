//! What a compile writes: manifest, schedule, previews, and one folder for each target.
//!
//! In: a [`Compilation`] without input errors. Out: [`Artifacts`], and what is found on the way
//! (a mail that cannot be rendered, a step that a target cannot take).
//! Invariant: the same compilation gives the same bytes. Not done here: writing to a disk.

mod exporter;
mod previews;

use std::sync::Arc;

use rayon::prelude::*;

use crate::compile::Compilation;
use crate::diagnostic::{Diagnostic, Level, Sink, Verdict};
use crate::manifest::{self, Input, Letter, Letters, Manifest};
use crate::messages::Messages;
use crate::model::Program;
use crate::plugin::{Runner, Trouble};
use crate::printed::{Email, each};
use crate::render::Mail;
use crate::source::Artifacts;
use crate::target::Need;
use crate::template::neutral;
use exporter::Exporter;

/// The folder of the previews, beside those of the targets.
pub(crate) const PREVIEWS: &str = "previews";

/// What to write.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope<'s> {
    /// Only this target; all that `journeyc.yaml` names if not said.
    pub target: Option<&'s str>,
    /// Only this environment; all that `journeyc.yaml` names if not said.
    pub environment: Option<&'s str>,
    /// Only these journeys, of those that go to a target; all of them if not said.
    pub journeys: &'s [String],
    /// What runs plug-ins; without it, targets that are plug-ins are left out.
    pub plugins: Option<&'s dyn Runner>,
}

/// What was made.
#[derive(Debug, Default)]
pub struct Build {
    /// The files.
    pub artifacts: Artifacts,
    /// What was found while making them, sorted by place.
    pub findings: Vec<Diagnostic>,
    /// Why a plug-in could not do its work; then nothing may be written either.
    pub trouble: Option<Trouble>,
}

/// The ids that one account needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountNeeds {
    /// The target.
    pub target: String,
    /// The environment.
    pub environment: String,
    /// The ids, those first that are missing.
    pub needs: Vec<Need>,
}

impl Build {
    /// Whether something could not be made: then nothing of it may be written.
    pub fn has_errors(&self) -> bool {
        let fails = |it: &Diagnostic| it.level == Level::Error && it.verdict == Verdict::Fail;
        self.trouble.is_some() || self.findings.iter().any(fails)
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
    let mut trouble = None;
    match Exporter::new(compilation, program, &manifest).export(scope) {
        Ok(exports) => {
            for export in exports {
                if let Some(environment) = &export.environment {
                    let folder = format!("{}/{environment}", export.target);
                    artifacts.add_below(&folder, export.artifacts);
                }
                sink.append(export.findings);
            }
        }
        Err(it) => trouble = Some(it),
    }
    Build {
        artifacts,
        findings: sink.into_sorted(),
        trouble,
    }
}

/// The ids that journeys need of the accounts in scope, with their gaps.
pub fn needs(compilation: &Compilation<'_>, scope: Scope<'_>) -> Vec<AccountNeeds> {
    let Some(program) = &compilation.program else {
        return Vec::new();
    };
    let manifest = manifest_of(compilation, program);
    Exporter::new(compilation, program, &manifest).needs(scope)
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
/// Plug-ins are not run for it.
pub(crate) fn exports(compilation: &Compilation<'_>, manifest: &Manifest) -> Vec<Export> {
    let Some(program) = &compilation.program else {
        return Vec::new();
    };
    let exporter = Exporter::new(compilation, program, manifest);
    // Without plug-ins there is nothing that could go wrong with them.
    exporter.export(Scope::default()).unwrap_or_default()
}

/// What a target of a test makes of a compilation whose project names one target with one account.
#[cfg(test)]
pub(crate) fn export_to(
    compilation: &Compilation<'_>,
    target: &dyn crate::target::Target,
) -> Option<Artifacts> {
    let program = compilation.program.as_ref()?;
    let manifest = manifest_of(compilation, program);
    Exporter::new(compilation, program, &manifest).by(target)
}
