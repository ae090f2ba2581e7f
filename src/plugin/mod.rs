//! Targets that are programs of one's own: `journeyc-export-NAME`.
//!
//! In: the manifest, mails and an account. Out: the files that the program answers, and its findings.
//! Invariant: an answer is taken whole or not at all; no path in it leads out of the account's folder;
//! what is wrong with it names the plug-in.
//! Not done here: finding and running the program (that is `cli`, behind [`Runner`]).

mod answer;
mod base64;
mod request;

use std::fmt::Debug;

use crate::diagnostic::{Diagnostic, RuleId, Sink, did_you_mean};
use crate::dialect::{self, Dialect};
use crate::manifest::{Manifest, Places};
use crate::source::{Artifacts, FileId, Span};
use crate::target::{Account, Mails};

/// The version of what is said between the compiler and its plug-ins.
pub const PROTOCOL: u32 = 1;

/// What a plug-in's program is called: this, and the target's name.
pub const PREFIX: &str = "journeyc-export-";

/// What a plug-in found.
pub const PLUGIN_FINDING: RuleId = RuleId("plugin-finding");

/// A text of a plug-in as it can be shown: of one line, without what steers a terminal, not too long.
pub fn harmless(text: &str) -> String {
    answer::harmless(text)
}

/// Runs the programs of plug-ins.
pub trait Runner: Debug + Sync {
    /// Runs a plug-in's program with words behind its name, gives it the input and returns what it
    /// writes to its standard output.
    fn run(&self, name: &str, words: &[&str], input: &[u8]) -> Result<Vec<u8>, Trouble>;
}

/// Why a plug-in could not do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What went wrong; it names the plug-in.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Trouble {
    /// Something is wrong with a plug-in.
    pub fn new(name: &str, what: &str, help: impl Into<String>) -> Self {
        Self {
            message: format!("the plug-in `{PREFIX}{name}` {what}"),
            help: help.into(),
        }
    }

    fn answer(name: &str, what: &str) -> Self {
        let help = "docs/plugins.md says what a plug-in must answer; tell its author";
        Self::new(name, what, help)
    }
}

/// What a plug-in says of itself.
#[derive(Clone, Copy)]
pub struct Described {
    /// The language in which it wants its templates; nothing for the neutral form.
    pub dialect: Option<&'static dyn Dialect>,
}

/// What a plug-in writes for.
#[derive(Debug, Clone, Copy)]
pub struct Work<'a> {
    /// The target's name.
    pub name: &'a str,
    /// The journeys.
    pub manifest: &'a Manifest,
    /// The mails, in the language that it asked for.
    pub mails: &'a Mails,
    /// The account.
    pub account: &'a Account,
    /// Where journeys and steps stand, for findings.
    pub places: &'a Places,
    /// Where the project file names the target, if it does.
    pub span: Option<Span>,
}

/// Asks a plug-in what it wants.
pub fn describe(runner: &dyn Runner, name: &str) -> Result<Described, Trouble> {
    let out = runner.run(name, &["--describe"], &request::greeting())?;
    let said = answer::description(name, &out)?;
    let dialect = match said.dialect.as_deref() {
        None | Some("neutral") => None,
        Some(wanted) => Some(dialect::find(wanted).ok_or_else(|| {
            let wanted = answer::harmless(wanted);
            let what = format!("asks for templates in `{wanted}`, and there is no such language");
            let known = dialect::ALL.iter().map(|it| it.name());
            let help = did_you_mean(&wanted, known, "languages");
            Trouble::new(name, &what, help)
        })?),
    };
    Ok(Described { dialect })
}

/// Has a plug-in write what one account gets; paths are relative to the account's folder.
pub fn export(runner: &dyn Runner, work: &Work<'_>, sink: &mut Sink) -> Result<Artifacts, Trouble> {
    let out = runner.run(work.name, &[], &request::request(work))?;
    let (artifacts, findings) = answer::answer(work.name, &out)?;
    for finding in findings {
        sink.push(diagnostic(work, finding));
    }
    Ok(artifacts)
}

fn diagnostic(work: &Work<'_>, finding: answer::Finding) -> Diagnostic {
    let journey = finding.journey.unwrap_or_default();
    let step = finding.step.unwrap_or_default();
    let at = |step: &str| {
        work.places
            .get(&(journey.clone(), step.to_owned()))
            .copied()
    };
    let span = at(&step)
        .or_else(|| at(""))
        .or(work.span)
        .unwrap_or(Span::start_of(FileId(0)));
    let message = answer::harmless(&finding.message);
    let subject = format!("{}: {message}", work.name);
    let mut it = match finding.level {
        answer::Level::Error => Diagnostic::error(PLUGIN_FINDING, span, message),
        answer::Level::Warning => Diagnostic::warning(PLUGIN_FINDING, span, message),
    };
    it = it
        .label(format!("says the plug-in `{PREFIX}{}`", work.name))
        .subject(subject);
    if let Some(help) = finding.help {
        it = it.help(answer::harmless(&help));
    }
    // A name that no journey has is no name of ours.
    if at("").is_some() {
        it = it.journey(journey.clone());
        if at(&step).is_some() && !step.is_empty() {
            it = it.step(step);
        }
    }
    it
}
