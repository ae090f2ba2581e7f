//! References and types: every name leads somewhere, every condition makes sense.
//!
//! A name whose own declaration is damaged has been reported there; references to it are silent.

mod journey;
mod project;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::diagnostic::{Diagnostic, RuleId, Sink, did_you_mean};
use crate::schema::Lost;
use crate::source::{FileId, Sources, Span};

use super::{Allow, Journey, Name, Project, Property};

/// An event that `journeyc.yaml` does not declare.
pub const UNKNOWN_EVENT: RuleId = RuleId("unknown-event");
/// A sender that `journeyc.yaml` does not declare.
pub const UNKNOWN_SENDER: RuleId = RuleId("unknown-sender");
/// A template that is not below `templates/`.
pub const UNKNOWN_TEMPLATE: RuleId = RuleId("unknown-template");
/// A journey that is not below `journeys/`.
pub const UNKNOWN_JOURNEY: RuleId = RuleId("unknown-journey");
/// A persona that `journeyc.yaml` does not declare.
pub const UNKNOWN_PERSONA: RuleId = RuleId("unknown-persona");
/// A locale that `journeyc.yaml` does not list.
pub const UNKNOWN_LOCALE: RuleId = RuleId("unknown-locale");
/// A step that the journey does not have.
pub const UNKNOWN_STEP: RuleId = RuleId("unknown-step");
/// An attribute of the contact that `journeyc.yaml` does not declare.
pub const UNKNOWN_ATTRIBUTE: RuleId = RuleId("unknown-attribute");
/// A property that the event does not carry.
pub const UNKNOWN_PROPERTY: RuleId = RuleId("unknown-property");
/// A rule that does not exist.
pub const UNKNOWN_RULE: RuleId = RuleId("unknown-rule");
/// A target that does not exist.
pub const UNKNOWN_TARGET: RuleId = RuleId("unknown-target");
/// Two files with one journey's name.
pub const DUPLICATE_JOURNEY: RuleId = RuleId("duplicate-journey");
/// Two steps of a journey with one id.
pub const DUPLICATE_STEP_ID: RuleId = RuleId("duplicate-step-id");
/// A text that is no condition.
pub const INVALID_CONDITION: RuleId = RuleId("invalid-condition");
/// A value that has the right form but makes no sense.
pub const INVALID_VALUE: RuleId = RuleId("invalid-value");
/// Two things compared that can never be equal, or a value of the wrong kind.
pub const TYPE_MISMATCH: RuleId = RuleId("type-mismatch");

/// Names that other stages bring along.
#[derive(Debug, Default)]
pub struct Known<'k> {
    /// Every rule's id.
    pub rules: Vec<&'k str>,
    /// The names of the groups of rules.
    pub groups: Vec<&'k str>,
    /// Every target's name.
    pub targets: Vec<&'k str>,
    /// The names of mail programs, and of their families.
    pub clients: Vec<&'k str>,
    /// Every template's name, without language and file ending.
    pub templates: BTreeSet<&'k str>,
}

/// A journey with what is known of its file.
#[derive(Debug)]
pub struct Document {
    /// The journey.
    pub journey: Journey,
    /// Its file.
    pub file: FileId,
    /// Whether parts of the file could not be read: then nothing is said about what is missing, and
    /// the graph is not judged.
    pub damaged: bool,
}

/// Everything that the YAML says, as far as it could be read.
#[derive(Debug)]
pub struct Program {
    /// The project file.
    pub project: Project,
    /// The parts of the project file that could not be read.
    pub lost: Lost,
    /// The journeys by the order of their paths.
    pub documents: Vec<Document>,
}

impl Program {
    /// The readable journey with this name.
    pub fn journey(&self, name: &str) -> Option<&Journey> {
        let found = self
            .documents
            .iter()
            .find(|it| &*it.journey.name.value == name);
        found.map(|it| &it.journey)
    }

    /// The journeys that are whole, in the order of their paths.
    pub fn whole(&self) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(|it| !it.damaged)
    }
}

/// Checks all references and types of a program.
///
/// `unread` names the journeys whose files could not be read at all: references to them are silent.
pub fn check(
    program: &Program,
    known: &Known<'_>,
    unread: &BTreeSet<String>,
    sources: &Sources,
    sink: &mut Sink,
) {
    use rayon::prelude::*;

    let mut journeys: BTreeMap<&str, &Document> = BTreeMap::new();
    for document in &program.documents {
        let name = &document.journey.name;
        if let Some(first) = journeys.get(&*name.value) {
            let diagnostic = Diagnostic::error(
                DUPLICATE_JOURNEY,
                name.span,
                format!("two files are called journey `{}`", name.value),
            );
            sink.push(
                diagnostic
                    .label("the second")
                    .related(first.journey.name.span, "the first")
                    .help("give one of them another name, in the file and as the file's name")
                    .journey(&*name.value),
            );
        } else {
            journeys.insert(&name.value, document);
        }
    }
    let names: BTreeSet<&str> = journeys.keys().copied().collect();
    let context = Context {
        project: &program.project,
        lost: &program.lost,
        known,
        journeys: &journeys,
        names: &names,
        unread,
        sources,
    };
    project::check(&context, sink);
    let found: Vec<Sink> = program
        .documents
        .par_iter()
        .map(|document| {
            let mut sink = Sink::default();
            journey::check(&context, document, &mut sink);
            sink
        })
        .collect();
    for it in found {
        sink.append(it);
    }
}

/// What a check may look at.
struct Context<'p> {
    project: &'p Project,
    lost: &'p Lost,
    known: &'p Known<'p>,
    journeys: &'p BTreeMap<&'p str, &'p Document>,
    names: &'p BTreeSet<&'p str>,
    unread: &'p BTreeSet<String>,
    sources: &'p Sources,
}

impl<'p> Context<'p> {
    /// Whether a declaration in this section of the project file could not be read.
    fn is_lost(&self, section: &str, name: &str) -> bool {
        self.lost.covers(&[section, name])
    }

    fn event_names(&self) -> impl Iterator<Item = &'p str> {
        self.project.events.keys().map(|it| &*it.value)
    }

    fn unknown_event(&self, span: Span, name: &str) -> Diagnostic {
        unknown(UNKNOWN_EVENT, span, "event", name)
            .help(did_you_mean(name, self.event_names(), "events"))
            .why("the compiler cannot know when this happens to the customer")
    }

    fn unknown_sender(&self, name: &Name) -> Diagnostic {
        let senders = self.project.senders.keys().map(|it| &*it.value);
        unknown(UNKNOWN_SENDER, name.span, "sender", &name.value).help(did_you_mean(
            &name.value,
            senders,
            "senders",
        ))
    }

    fn check_event(&self, name: &Name, sink: &mut Collector<'_>) {
        if self.project.event(&name.value).is_none() && !self.is_lost("events", &name.value) {
            sink.push(self.unknown_event(name.span, &name.value));
        }
    }

    fn check_sender(&self, name: &Name, sink: &mut Collector<'_>) {
        if !self.project.senders.contains_key(&*name.value) && !self.is_lost("senders", &name.value)
        {
            sink.push(self.unknown_sender(name));
        }
    }

    fn check_persona(&self, name: &Name, sink: &mut Collector<'_>) {
        if !self.project.personas.contains_key(&*name.value)
            && !self.is_lost("personas", &name.value)
        {
            let personas = self.project.personas.keys().map(|it| &*it.value);
            sink.push(
                unknown(UNKNOWN_PERSONA, name.span, "persona", &name.value).help(did_you_mean(
                    &name.value,
                    personas,
                    "personas",
                )),
            );
        }
    }

    fn check_journey(&self, name: &Name, sink: &mut Collector<'_>) {
        if !self.names.contains(&*name.value) && !self.unread.contains(&*name.value) {
            sink.push(
                unknown(UNKNOWN_JOURNEY, name.span, "journey", &name.value).help(did_you_mean(
                    &name.value,
                    self.names.iter().copied(),
                    "journeys",
                )),
            );
        }
    }

    fn check_allow(&self, allow: &Allow, sink: &mut Collector<'_>) {
        self.check_rule(&allow.rule, sink);
        check_reason(&allow.reason, sink);
    }

    fn check_rule(&self, name: &Name, sink: &mut Collector<'_>) {
        if !self.known.rules.contains(&&*name.value) {
            sink.push(
                unknown(UNKNOWN_RULE, name.span, "rule", &name.value).help(did_you_mean(
                    &name.value,
                    self.known.rules.iter().copied(),
                    "rules",
                )),
            );
        }
    }
}

/// Reasons are for those who find the exception next year.
fn check_reason(reason: &Name, sink: &mut Collector<'_>) {
    if reason.value.trim().is_empty() {
        let message = "there is no reason";
        let help = "write why it is right here, for those who find it next year";
        sink.push(Diagnostic::error(INVALID_VALUE, reason.span, message).help(help));
    }
}

/// Puts the journey's and the step's name on everything that is found.
struct Collector<'s> {
    sink: &'s mut Sink,
    journey: Option<&'s str>,
    step: Option<&'s str>,
}

impl Collector<'_> {
    fn push(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.journey = self.journey.map(str::to_owned);
        diagnostic.step = self.step.map(str::to_owned);
        self.sink.push(diagnostic);
    }
}

fn unknown(rule: RuleId, span: Span, what: &str, name: &str) -> Diagnostic {
    Diagnostic::error(rule, span, format!("there is no {what} `{name}`")).subject(name)
}

fn check_zone(name: &Name, contact: bool, sink: &mut Collector<'_>) {
    let zone = &*name.value;
    if (contact && zone == "contact") || zone.parse::<chrono_tz::Tz>().is_ok() {
        return;
    }
    let zones = chrono_tz::TZ_VARIANTS.iter().map(|it| it.name());
    let help = crate::diagnostic::nearest(zone, zones).map_or_else(
        || "write an IANA name such as `Europe/London`".to_owned(),
        |it| format!("did you mean `{it}`?"),
    );
    let message = format!("`{zone}` is not a time zone");
    sink.push(Diagnostic::error(INVALID_VALUE, name.span, message).help(help));
}

/// Checks a value that is written elsewhere for a declared property.
pub(crate) fn value(property: &Property, name: &str, value: &Value, span: Span, sink: &mut Sink) {
    let sink = &mut Collector {
        sink,
        journey: None,
        step: None,
    };
    types::check_value(property, name, value, span, sink);
}

/// Checks the IANA name of a zone that is written elsewhere.
pub(crate) fn zone(name: &Name, sink: &mut Sink) {
    let sink = &mut Collector {
        sink,
        journey: None,
        step: None,
    };
    check_zone(name, false, sink);
}
