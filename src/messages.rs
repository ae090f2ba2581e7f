//! Which compiled template each email of each journey is, in each language.
//!
//! In: a [`Program`] and its [`Library`]. Out: [`Messages`]; and what is wrong with the templates
//! in the light of the journeys that use them.
//! Invariant: what would compile to the same thing is compiled once, however many journeys send
//! it; one fault of a template is told once, with the first journey that meets it.
//! Not done here: HTML (that is `render`).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, RuleId, Sink, did_you_mean};
use crate::model::{Journey, Policy, Program, Project, Send};
use crate::source::{FileId, Span};
use crate::template::words::url_encode;
use crate::template::{self, Library, LinkParameters, Shape, Statics, Template, host_of};

/// One email in one language.
#[derive(Debug, Clone)]
pub struct Message {
    /// The place of the email among [`Journey::sends`].
    pub send: u32,
    /// The place of the language among the project's locales.
    pub locale: u32,
    /// Who speaks: the template's own choice, the step's, or the journey's.
    pub sender: Box<str>,
    /// The compiled template's place in [`Messages::templates`].
    pub template: u32,
}

/// Every email of a program.
#[derive(Debug, Default)]
pub struct Messages {
    /// The compiled templates; see [`Template::is_sound`].
    pub templates: Vec<Option<Arc<Template>>>,
    /// The emails of each document, in the order of [`Program::documents`].
    pub of: Vec<Vec<Message>>,
    /// The texts of the catalogue that no email asks for, with their places.
    pub idle_texts: Vec<(Box<str>, Span)>,
}

/// Compiles every email of a program, and checks it against what its journey can know.
pub(crate) fn messages(program: &Program, library: &Library<'_>, sink: &mut Sink) -> Messages {
    let mut plan = Plan::new(program, library);
    for (at, document) in program.documents.iter().enumerate() {
        plan.document(at, &document.journey);
    }
    let Plan { jobs, of, .. } = plan;
    let brand = brand(&program.project);
    let hosts = own_hosts(&program.project);
    let compiled: Vec<(Option<Arc<Template>>, Sink)> = jobs
        .par_iter()
        .map(|job| {
            let mut sink = Sink::default();
            let statics = job.statics(program, &brand);
            let template = template::compile(library, job.name, job.locale, &statics, &mut sink);
            let template = template.map(|mut it| {
                it.link_parameters = job.link_parameters(&program.project, &hosts);
                it
            });
            (template.map(Arc::new), sink)
        })
        .collect();
    let mut told = Told::default();
    let mut templates = Vec::with_capacity(compiled.len());
    for (job, (template, found)) in jobs.iter().zip(compiled) {
        told.tell(found, job.journey, job.send, sink);
        templates.push(template);
    }
    let idle_texts = idle_texts(library, &templates);
    let messages = Messages {
        templates,
        of,
        idle_texts,
    };
    check_shapes(program, &messages, &mut told, sink);
    check_senders(program, library, sink);
    messages
}

impl Messages {
    /// The template files that go into no email, by their paths below `templates/`.
    pub(crate) fn idle<'a>(&self, library: &Library<'a>) -> Vec<(&'a str, FileId)> {
        let templates = self.templates.iter().flatten();
        let read: BTreeSet<FileId> = templates.flat_map(|it| it.read.iter().copied()).collect();
        let files = library.files();
        files.filter(|(_, it)| !read.contains(it)).collect()
    }
}

fn idle_texts(library: &Library<'_>, templates: &[Option<Arc<Template>>]) -> Vec<(Box<str>, Span)> {
    let asked: BTreeSet<&str> = templates
        .iter()
        .flatten()
        .flat_map(|it| it.texts.iter().map(String::as_str))
        .collect();
    let texts = library.texts().filter(|it| !asked.contains(it.0));
    texts.map(|(key, span)| (key.into(), span)).collect()
}

/// One compile.
struct Job<'p> {
    name: &'p str,
    locale: &'p str,
    sender: &'p str,
    journey: &'p Journey,
    send: &'p Send,
}

/// What two emails must share so that one compile serves both.
#[derive(PartialEq, Eq, Hash)]
struct Key<'p> {
    name: &'p str,
    locale: &'p str,
    sender: Option<&'p str>,
    journey: Option<usize>,
    step: Option<&'p str>,
}

struct Plan<'p, 'l> {
    program: &'p Program,
    library: &'p Library<'l>,
    reads: BTreeMap<(&'p str, &'p str), Reads<'p>>,
    known: HashMap<Key<'p>, u32>,
    jobs: Vec<Job<'p>>,
    of: Vec<Vec<Message>>,
}

/// What a compile of a template depends on.
#[derive(Clone)]
struct Reads<'p> {
    roots: BTreeSet<&'static str>,
    sender: Option<&'p str>,
}

impl<'p, 'l> Plan<'p, 'l> {
    fn new(program: &'p Program, library: &'p Library<'l>) -> Self {
        Self {
            program,
            library,
            reads: BTreeMap::new(),
            known: HashMap::new(),
            jobs: Vec::new(),
            of: Vec::with_capacity(program.documents.len()),
        }
    }

    fn document(&mut self, at: usize, journey: &'p Journey) {
        let mut messages = Vec::new();
        for (nth, send) in journey.sends().enumerate() {
            for (locale_at, locale) in self.program.project.locales.iter().enumerate() {
                let locale = &*locale.value;
                // The default language has every template; others have those that were translated.
                if locale_at > 0 && !self.library.has_variant(&send.template.value, locale) {
                    continue;
                }
                if let Some((template, sender)) = self.template(at, journey, send, locale) {
                    messages.push(Message {
                        send: number(nth),
                        locale: number(locale_at),
                        sender: sender.into(),
                        template,
                    });
                }
            }
        }
        self.of.push(messages);
    }

    fn template(
        &mut self,
        at: usize,
        journey: &'p Journey,
        send: &'p Send,
        locale: &'p str,
    ) -> Option<(u32, &'p str)> {
        let name = &*send.template.value;
        let library = self.library;
        library.file_of(name, locale)?;
        let reads = self.reads.entry((name, locale)).or_insert_with(|| Reads {
            roots: library.reads(name, locale),
            sender: library.sender(name, locale).map(|it| &*it.value),
        });
        let sender = reads.sender.unwrap_or(&journey.sender_of(send).value);
        let policy = &self.program.project.policy;
        let reads = |root| reads.roots.contains(root) || policy.links_say(root);
        let key = Key {
            name,
            locale,
            sender: reads("sender").then_some(sender),
            journey: (reads("journey") || reads("step")).then_some(at),
            step: reads("step").then_some(&send.id.value),
        };
        let next = number(self.jobs.len());
        let found = *self.known.entry(key).or_insert(next);
        if found == next {
            self.jobs.push(Job {
                name,
                locale,
                sender,
                journey,
                send,
            });
        }
        Some((found, sender))
    }
}

impl Job<'_> {
    fn link_parameters(&self, project: &Project, hosts: &Arc<[String]>) -> LinkParameters {
        let said = |word: &str| match word {
            "journey" => &*self.journey.name.value,
            "step" => &*self.send.id.value,
            "locale" => self.locale,
            _ => "",
        };
        let filled = |value: &str| -> String {
            let parts = Policy::placeholders(value).into_iter();
            parts
                .map(|it| it.unwrap_or_else(|word| said(word)))
                .collect()
        };
        let pairs = project.policy.link_parameters.iter().map(|(name, value)| {
            let value = url_encode(&filled(&value.value));
            (url_encode(&name.value), value)
        });
        LinkParameters {
            hosts: Arc::clone(hosts),
            pairs: pairs.collect(),
        }
    }

    fn statics(&self, program: &Program, brand: &Value) -> Statics {
        let journey = self.journey;
        let title = journey.title.as_ref().unwrap_or(&journey.name);
        let step = self.send.title.as_ref().unwrap_or(&self.send.id);
        let sender = program.project.senders.get(self.sender);
        Statics::default()
            .with("brand", brand)
            .with(
                "journey",
                &json!({"name": *journey.name.value, "title": *title.value}),
            )
            .with(
                "step",
                &json!({"id": *self.send.id.value, "title": *step.value}),
            )
            .with(
                "sender",
                &json!({
                    "id": self.sender,
                    "name": sender.map_or("", |it| &*it.name.value),
                    "address": sender.map_or("", |it| &*it.address.value),
                }),
            )
    }
}

/// The hosts whose pages are the business's own, as far as the project says.
fn own_hosts(project: &Project) -> Arc<[String]> {
    let brand = host_of(&project.brand.url.value);
    let brand = brand.map(|it| it.strip_prefix("www.").map(str::to_owned).unwrap_or(it));
    let named = project.policy.link_domains.iter();
    let named = named.map(|it| it.value.to_ascii_lowercase());
    brand.into_iter().chain(named).collect()
}

fn brand(project: &Project) -> Value {
    let brand = &project.brand;
    let links: serde_json::Map<String, Value> = brand
        .links
        .iter()
        .map(|(name, url)| (name.value.to_string(), Value::from(&*url.value)))
        .collect();
    json!({
        "name": *brand.name.value,
        "url": *brand.url.value,
        "postal_address": brand.postal_address.as_ref().map(|it| &*it.value),
        "links": links,
    })
}

/// What a journey's event lacks is a fault of the template, met by that journey.
fn check_shapes(program: &Program, messages: &Messages, told: &mut Told, sink: &mut Sink) {
    let mut pairs: BTreeMap<(u32, &str), (&Journey, &Send)> = BTreeMap::new();
    for (document, messages) in program.documents.iter().zip(&messages.of) {
        let journey = &document.journey;
        let sends: Vec<&Send> = journey.sends().collect();
        for message in messages {
            let key = (message.template, &*journey.trigger.event.value);
            pairs
                .entry(key)
                .or_insert((journey, sends[message.send as usize]));
        }
    }
    let pairs: Vec<_> = pairs.into_iter().collect();
    let found: Vec<Sink> = pairs
        .par_iter()
        .map(|((template, event), _)| {
            let mut sink = Sink::default();
            if let Some(template) = &messages.templates[*template as usize] {
                template::check(template, &shape(program, event), &mut sink);
            }
            sink
        })
        .collect();
    for ((_, (journey, send)), found) in pairs.iter().zip(found) {
        told.tell(found, journey, send, sink);
    }
}

/// What a mail that this event starts can know of a recipient.
pub(crate) fn shape<'p>(program: &'p Program, event: &str) -> Shape<'p> {
    let project = &program.project;
    let event = project.events.get_key_value(event);
    Shape {
        contact: &project.contact,
        event: event.map(|(name, it)| (&*name.value, &it.properties)),
    }
}

/// A sender that a template's front matter names must be declared.
fn check_senders(program: &Program, library: &Library<'_>, sink: &mut Sink) {
    let senders = &program.project.senders;
    for sender in library.senders() {
        let name = &*sender.value;
        if !senders.contains_key(name) && !program.lost.covers(&["senders", name]) {
            let known = senders.keys().map(|it| &*it.value);
            let message = format!("there is no sender `{name}`");
            let diagnostic = Diagnostic::error(UNKNOWN_SENDER, sender.span, message);
            sink.push(
                diagnostic
                    .help(did_you_mean(name, known, "senders"))
                    .subject(name),
            );
        }
    }
}

const UNKNOWN_SENDER: RuleId = crate::model::check::UNKNOWN_SENDER;

/// What was told about templates, so that a fault in a shared partial is told once.
#[derive(Default)]
struct Told(BTreeSet<(Span, RuleId, String)>);

impl Told {
    fn tell(&mut self, found: Sink, journey: &Journey, send: &Send, sink: &mut Sink) {
        for diagnostic in found.into_sorted() {
            let key = (
                diagnostic.primary.span,
                diagnostic.rule,
                diagnostic.message.clone(),
            );
            if self.0.insert(key) {
                let name = &journey.name.value;
                let text = format!(
                    "sent by the journey `{name}`, which `{}` starts",
                    journey.trigger.event.value
                );
                let diagnostic = diagnostic
                    .related(send.template.span, text)
                    .journey(&**name);
                sink.push(diagnostic.step(&*send.id.value));
            }
        }
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
