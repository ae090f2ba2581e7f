//! What a compile writes: manifest, schedule, previews, and one folder for each target.
//!
//! In: a [`Compilation`] without input errors. Out: [`Artifacts`], and what is found on the way
//! (a mail that cannot be rendered, a step that a target cannot take).
//! Invariant: the same compilation gives the same bytes. Not done here: writing to a disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::json;

use crate::compile::Compilation;
use crate::diagnostic::{Diagnostic, Level, Sink, Verdict};
use crate::dialect::{self, Dialect};
use crate::graph::{Bound, Graph, Interval};
use crate::manifest::{self, Input, Letter, Letters, Manifest, Offset, Places, Timing, Timings};
use crate::messages::{Message, Messages};
use crate::model::{Document, Milestone, Program, Send};
use crate::render::{self, Mail, Sample};
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
    let mails = render_all(&compilation.messages, &mut sink);
    let letters = letters(program, &compilation.messages, &mails);
    let timings = timings(program);
    let manifest = manifest::build(&Input {
        program,
        sources: &compilation.workspace.sources,
        letters: &letters,
        timings: &timings,
        revision: None,
    });
    let places = manifest::places(program);
    let mut artifacts = Artifacts::default();
    if everything {
        artifacts.add("manifest.json", manifest::to_json(&manifest));
        artifacts.add("schedule.csv", manifest::sheet(&manifest));
        artifacts.add("schedule.ics", manifest::calendar(&manifest));
        previews(program, &compilation.messages, &mails, &mut artifacts);
    }
    let exporter = Exporter {
        program,
        messages: &compilation.messages,
        mails: &mails,
        manifest: &manifest,
        places: &places,
    };
    exporter.export(scope, &mut artifacts, &mut sink);
    Build {
        artifacts,
        findings: sink.into_sorted(),
    }
}

/// The mail of each compiled template, in the same order.
fn render_all(messages: &Messages, sink: &mut Sink) -> Vec<Option<Arc<Mail>>> {
    let rendered: Vec<(Option<Arc<Mail>>, Sink)> = messages
        .templates
        .par_iter()
        .map(|template| {
            let mut sink = Sink::default();
            let mail = template
                .as_ref()
                .and_then(|it| render::render(it, &mut sink));
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

/// Every email of the journeys that are whole, with its mail.
fn each<'b>(
    program: &'b Program,
    messages: &'b Messages,
    mails: &'b [Option<Arc<Mail>>],
) -> impl Iterator<Item = Email<'b>> {
    let documents = program.documents.iter().zip(&messages.of);
    let whole = documents.filter(|(document, _)| !document.damaged);
    whole.flat_map(move |(document, of)| {
        let sends: Vec<&Send> = document.journey.sends().collect();
        of.iter().filter_map(move |message| {
            Some(Email {
                document,
                send: sends.get(message.send as usize)?,
                locale: &program.project.locales.get(message.locale as usize)?.value,
                mail: mails.get(message.template as usize)?.as_deref()?,
                message,
            })
        })
    })
}

struct Email<'b> {
    document: &'b Document,
    send: &'b Send,
    locale: &'b str,
    mail: &'b Mail,
    message: &'b Message,
}

impl Email<'_> {
    fn key(&self) -> (String, String, String) {
        let journey = self.document.journey.name.value.to_string();
        (journey, self.send.id.value.to_string(), self.locale.to_owned())
    }
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

fn timings(program: &Program) -> Timings {
    let documents: Vec<&Document> = program.whole().collect();
    let clock = crate::graph::Timing::of(&program.project);
    let of = |document: &&Document| -> Vec<_> {
        let journey = &document.journey;
        let graph = clock.graph(journey);
        let milestones = milestones(program);
        let steps = journey.walk();
        let each = steps.iter().filter_map(|(step, _)| {
            let node = graph.node_of(step)?;
            let since = |milestone: &Milestone| {
                let since = graph.since(*milestone, node).filter(|it| it.always)?;
                Some((*milestone, offset(since.elapsed)))
            };
            let timing = Timing {
                trigger: offset(graph.offset(node)?),
                milestones: milestones.iter().filter_map(since).collect(),
            };
            Some(((journey.name.value.to_string(), step.span), timing))
        });
        each.collect()
    };
    documents.par_iter().flat_map(of).collect()
}

/// The milestones that some event of the project stands for.
fn milestones(program: &Program) -> Vec<Milestone> {
    let events = program.project.events.values();
    let mut all: Vec<_> = events.filter_map(|it| Some(it.milestone?.value)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn offset(interval: Interval) -> Offset {
    Offset {
        earliest: interval.lo.0,
        latest: match interval.hi {
            Bound::Finite(it) => Some(it.0),
            Bound::Endless => None,
        },
    }
}

/// Every email as sample people see it: `previews/JOURNEY/STEP.LOCALE.N.html`, the same as text, and
/// what went in as JSON.
fn previews(
    program: &Program,
    messages: &Messages,
    mails: &[Option<Arc<Mail>>],
    artifacts: &mut Artifacts,
) {
    let emails: Vec<Email<'_>> = each(program, messages, mails).collect();
    let made: Vec<Vec<(String, Vec<u8>)>> = emails.par_iter().map(|it| preview(program, it)).collect();
    for (path, bytes) in made.into_iter().flatten() {
        artifacts.add(path, bytes);
    }
}

fn preview(program: &Program, email: &Email<'_>) -> Vec<(String, Vec<u8>)> {
    let (journey, step, locale) = email.key();
    let event = &email.document.journey.trigger.event.value;
    let mut files = Vec::new();
    for n in 0..program.project.samples(event) {
        let context = program.project.sample(event, n);
        let sample = Sample {
            contact: context["contact"].clone(),
            event: context["event"].clone(),
            ..Sample::default()
        };
        let preview = render::preview(email.mail, &sample);
        let stem = format!("previews/{journey}/{step}.{locale}.{}", n + 1);
        let facts = json!({
            "subject": preview.subject,
            "preheader": preview.preheader,
            "sender": *email.message.sender,
            "context": context,
        });
        let facts = format!("{facts:#}\n");
        files.push((format!("{stem}.html"), preview.html.into_bytes()));
        files.push((format!("{stem}.txt"), preview.text.into_bytes()));
        files.push((format!("{stem}.json"), facts.into_bytes()));
    }
    files
}

struct Exporter<'b> {
    program: &'b Program,
    messages: &'b Messages,
    mails: &'b [Option<Arc<Mail>>],
    manifest: &'b Manifest,
    places: &'b Places,
}

impl Exporter<'_> {
    fn export(&self, scope: Scope<'_>, artifacts: &mut Artifacts, sink: &mut Sink) {
        for (name, target) in &self.program.project.targets {
            if scope.target.is_some_and(|it| it != &*name.value) {
                continue;
            }
            let Some(driver) = target::find(&name.value) else {
                continue;
            };
            let Some(mails) = self.printed(driver, sink) else {
                continue;
            };
            if target.environments.is_empty() {
                sink.push(no_environment(name));
            }
            for (environment, ids) in &target.environments {
                if scope.environment.is_some_and(|it| it != &*environment.value) {
                    continue;
                }
                let account = Account::of(&environment.value, ids, Some(environment.span));
                let job = Job {
                    manifest: self.manifest,
                    mails: &mails,
                    account: &account,
                    places: self.places,
                };
                let folder = format!("{}/{}", name.value, environment.value);
                artifacts.add_below(&folder, driver.lower(&job, sink));
            }
        }
    }

    /// Every mail in the target's language.
    fn printed(&self, driver: &dyn Target, sink: &mut Sink) -> Option<Mails> {
        let dialect = dialect::find(driver.dialect())?;
        let printed: Vec<(Option<target::Mail>, Sink)> = self
            .mails
            .par_iter()
            .map(|mail| {
                let mut sink = Sink::default();
                let mail = mail.as_deref().and_then(|it| print(dialect, it, &mut sink));
                (mail, sink)
            })
            .collect();
        let mut by_template = Vec::with_capacity(printed.len());
        for (mail, found) in printed {
            by_template.push(mail);
            sink.append(found);
        }
        let emails = each(self.program, self.messages, self.mails);
        let with_mail = emails.filter_map(|email| {
            let mail = by_template.get(email.message.template as usize)?.clone()?;
            Some((email.key(), mail))
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
