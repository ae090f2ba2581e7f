//! What a scenario takes over: from the top of its file, and from the scenario that it extends.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::point::Start;
use super::written::{
    Agreement, ClockSet, Contact, Events, Happening, Jitter, Matrix, Past, Scenario, ScenarioFile,
};
use crate::diagnostic::{Diagnostic, Sink, did_you_mean};
use crate::model::check::INVALID_VALUE;
use crate::model::{Duration, Name};
use crate::source::{Span, Spanned};

/// The longest chain of scenarios that extend each other.
pub(super) const MAX_CHAIN: usize = 32;
/// The most events of one scenario, and the most of its history.
pub(super) const MAX_EVENTS: usize = 1_000;

/// All that a scenario says about who lives and what happens, with what it takes over.
#[derive(Debug, Clone, Default)]
pub(super) struct Setup<'f> {
    pub(super) journeys: Option<&'f [Name]>,
    pub(super) start: Option<&'f Spanned<Start>>,
    pub(super) clock_zone: Option<&'f Name>,
    pub(super) zone: Option<Zone<'f>>,
    pub(super) locale: Option<&'f Name>,
    pub(super) persona: Option<&'f Name>,
    pub(super) consent: Option<&'f Agreement>,
    pub(super) attributes: BTreeMap<&'f str, (&'f Name, &'f Spanned<Value>)>,
    pub(super) history: &'f [Spanned<Past>],
    pub(super) jitter: Option<&'f Jitter>,
    pub(super) until: Option<&'f Spanned<Duration>>,
    pub(super) events: Vec<&'f Spanned<Happening>>,
    /// For each split, or `holdout`, what was chosen.
    pub(super) assign: BTreeMap<&'f str, (&'f Name, &'f [Name])>,
    pub(super) matrix: Option<&'f Spanned<Matrix>>,
    /// How many scenarios it is built on.
    depth: usize,
}

/// A zone as written; without a name, one that is not known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Zone<'f> {
    pub(super) name: Option<&'f str>,
    pub(super) span: Span,
}

/// The settings that may stand at the top of the file and in a scenario.
struct Layer<'f> {
    journeys: Option<&'f Vec<Name>>,
    clock: Option<&'f ClockSet>,
    contact: Option<&'f Contact>,
    history: Option<&'f Vec<Spanned<Past>>>,
    jitter: Option<&'f Jitter>,
    until: Option<&'f Spanned<Duration>>,
}

impl<'f> Setup<'f> {
    /// What stands at the top.
    pub(super) fn top(file: &'f ScenarioFile) -> Self {
        let mut setup = Self::default();
        setup.put(&Layer {
            journeys: file.journeys.as_ref(),
            clock: file.clock.as_ref(),
            contact: file.contact.as_ref(),
            history: file.history.as_ref(),
            jitter: file.jitter.as_ref(),
            until: file.until.as_ref(),
        });
        setup
    }

    fn put(&mut self, layer: &Layer<'f>) {
        if let Some(it) = layer.journeys {
            self.journeys = Some(it);
        }
        if let Some(it) = layer.clock {
            self.start = it.start.as_ref().or(self.start);
            self.clock_zone = it.zone.as_ref().or(self.clock_zone);
        }
        if let Some(it) = layer.contact {
            self.meet(it);
        }
        if let Some(it) = layer.history {
            self.history = it;
        }
        self.jitter = layer.jitter.or(self.jitter);
        self.until = layer.until.or(self.until);
    }

    /// Changes the person. A persona is somebody else: what was said of the person before is about
    /// another one.
    fn meet(&mut self, contact: &'f Contact) {
        if let Some(persona) = &contact.persona {
            self.be_somebody_else();
            self.persona = Some(persona);
        }
        if let Some(it) = &contact.zone {
            self.zone = Some(Zone {
                name: Some(&it.value),
                span: it.span,
            });
        }
        self.locale = contact.locale.as_ref().or(self.locale);
        if let Some(it) = &contact.consent {
            self.consent = it.email_marketing.as_ref();
        }
        for (name, value) in &contact.attributes {
            self.attributes.insert(&name.value, (name, value));
        }
    }

    fn be_somebody_else(&mut self) {
        self.zone = None;
        self.locale = None;
        self.attributes.clear();
    }

    /// The same with what one scenario says itself. `is_whole` says whether all of the file could be
    /// read: else what seems missing may be there.
    fn with(mut self, scenario: &'f Scenario, is_whole: bool, sink: &mut Sink) -> Self {
        self.depth += 1;
        if let Some(matrix) = &scenario.matrix {
            check_said_twice(scenario, matrix, sink);
            if !matrix.persona.is_empty() {
                self.be_somebody_else();
            }
            self.matrix = Some(matrix);
        }
        self.put(&Layer {
            journeys: scenario.journeys.as_ref(),
            clock: scenario.clock.as_ref(),
            contact: scenario.contact.as_ref(),
            history: scenario.history.as_ref(),
            jitter: scenario.jitter.as_ref(),
            until: scenario.until.as_ref(),
        });
        for (name, arm) in scenario.assign.iter().flatten() {
            self.assign.insert(&name.value, (name, &arm.0));
        }
        match &scenario.events {
            None => {}
            Some(Events::List(list)) => self.events = list.iter().collect(),
            Some(Events::Changed(it)) => {
                for name in &it.remove {
                    self.remove(name, is_whole, sink);
                }
                self.events.extend(&it.add);
            }
        }
        self
    }

    fn remove(&mut self, name: &Name, is_whole: bool, sink: &mut Sink) {
        let before = self.events.len();
        self.events
            .retain(|it| !removable(it).any(|it| it == *name.value));
        if self.events.len() == before && is_whole {
            let known: Vec<_> = self.events.iter().flat_map(|it| removable(it)).collect();
            let message = format!("there is no `{}` to remove", name.value);
            let help = did_you_mean(
                &name.value,
                known.iter().map(|it| &**it),
                "events that are taken over",
            );
            sink.push(
                Diagnostic::error(INVALID_VALUE, name.span, message)
                    .help(help)
                    .subject(&*name.value),
            );
        }
    }
}

/// The names by which something that happens can be removed: those of its event and its clicked message, and
/// `contact.plan` for an attribute that it changes.
fn removable(it: &Happening) -> impl Iterator<Item = Cow<'_, str>> {
    let names = [it.event.as_ref(), it.click.as_ref()];
    let names = names.into_iter().flatten().map(|it| Cow::from(&*it.value));
    let changed = it.contact.iter().flat_map(|it| it.keys());
    names.chain(changed.map(|it| Cow::from(format!("contact.{}", it.value))))
}

/// What stands in the matrix and beside it.
fn check_said_twice(scenario: &Scenario, matrix: &Matrix, sink: &mut Sink) {
    let mut twice = |what: &str, span: Option<Span>, values: bool| {
        if let (Some(span), true) = (span, values) {
            let message =
                format!("the matrix tries several values of `{what}`, and here is one more");
            let help = "say it in one of the two places";
            sink.push(Diagnostic::error(INVALID_VALUE, span, message).help(help));
        }
    };
    let span = |it: Option<&Name>| it.map(|it| it.span);
    if let Some(it) = &scenario.contact {
        twice("zone", span(it.zone.as_ref()), !matrix.zone.is_empty());
        twice(
            "locale",
            span(it.locale.as_ref()),
            !matrix.locale.is_empty(),
        );
        twice(
            "persona",
            span(it.persona.as_ref()),
            !matrix.persona.is_empty(),
        );
        for name in it.attributes.keys() {
            twice(
                &name.value,
                Some(name.span),
                matrix.attributes.contains_key(name),
            );
        }
    }
    if let Some(it) = &scenario.clock {
        let start = it.start.as_ref().map(|it| it.span);
        twice("start", start, !matrix.start.is_empty());
    }
    for name in scenario.assign.iter().flat_map(|it| it.keys()) {
        twice(
            &name.value,
            Some(name.span),
            matrix.assign.contains_key(name),
        );
    }
}

/// The setups of all scenarios of a file, in its order; nothing for one whose chain is broken.
pub(super) fn setups<'f>(
    file: &'f ScenarioFile,
    is_whole: bool,
    sink: &mut Sink,
) -> Vec<Option<Setup<'f>>> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, scenario) in file.scenarios.iter().enumerate() {
        let name = &scenario.name;
        if let Some(first) = numbers.get(&*name.value) {
            let message = format!("two scenarios are called `{}`", name.value);
            sink.push(
                Diagnostic::error(INVALID_VALUE, name.span, message)
                    .label("the second")
                    .related(file.scenarios[*first].name.span, "the first")
                    .help("give one of them another name: it is how you ask for it")
                    .subject(&*name.value),
            );
        } else {
            numbers.insert(&name.value, number);
        }
    }
    let mut chains = Chains {
        file,
        numbers,
        is_whole,
        done: BTreeMap::new(),
    };
    for number in 0..file.scenarios.len() {
        chains.make(number, sink);
    }
    chains.done.into_values().collect()
}

/// The scenarios of a file, of which some extend others.
struct Chains<'f> {
    file: &'f ScenarioFile,
    numbers: BTreeMap<&'f str, usize>,
    is_whole: bool,
    /// What has been made of each, by its number; nothing where it cannot be made.
    done: BTreeMap<usize, Option<Setup<'f>>>,
}

impl<'f> Chains<'f> {
    /// Makes a scenario's setup, and first those that it builds on.
    fn make(&mut self, number: usize, sink: &mut Sink) {
        let mut chain = vec![number];
        let mut base = Some(Setup::top(self.file));
        while let Some(last) = chain.last().copied() {
            if let Some(done) = self.done.get(&last) {
                base.clone_from(done);
                chain.pop();
                break;
            }
            let Some(extends) = &self.file.scenarios[last].extends else {
                break;
            };
            let Some(next) = self.next(extends, &chain, sink) else {
                base = None;
                break;
            };
            chain.push(next);
        }
        while let Some(next) = chain.pop() {
            let scenario = &self.file.scenarios[next];
            base = base.map(|it| it.with(scenario, self.is_whole, sink));
            base = base.filter(|it| is_bounded(it, scenario, sink));
            self.done.insert(next, base.clone());
        }
    }

    /// The scenario that is extended.
    fn next(&self, extends: &Name, chain: &[usize], sink: &mut Sink) -> Option<usize> {
        let name = &*extends.value;
        let error =
            |message: String| Diagnostic::error(INVALID_VALUE, extends.span, message).subject(name);
        let Some(next) = self.numbers.get(name).copied() else {
            if self.is_whole {
                let known = self.numbers.keys().copied();
                let help = did_you_mean(name, known, "scenarios of this file");
                sink.push(error(format!("this file has no scenario `{name}`")).help(help));
            }
            return None;
        };
        if let Some(at) = chain.iter().position(|it| *it == next) {
            let mut way: Vec<&str> = chain[at..].iter().map(|it| self.name(*it)).collect();
            way.push(name);
            let way: Vec<String> = way.iter().map(|it| format!("`{it}`")).collect();
            let message = if chain.len() - at == 1 {
                format!("`{name}` extends itself")
            } else {
                format!(
                    "scenarios extend each other in a circle: {}",
                    way.join(", ")
                )
            };
            sink.push(error(message).help("let one of them stand by itself"));
            return None;
        }
        if chain.len() > MAX_CHAIN {
            sink.push(too_deep(extends));
            return None;
        }
        Some(next)
    }

    fn name(&self, number: usize) -> &'f str {
        &self.file.scenarios[number].name.value
    }
}

/// Whether a setup is no larger than people write.
fn is_bounded(setup: &Setup<'_>, scenario: &Scenario, sink: &mut Sink) -> bool {
    if setup.events.len() > MAX_EVENTS || setup.history.len() > MAX_EVENTS {
        let message = format!("more than {MAX_EVENTS} events come from outside");
        let span = scenario.name.span;
        sink.push(Diagnostic::error(INVALID_VALUE, span, message).help("split the scenario"));
        return false;
    }
    let extends = scenario.extends.as_ref();
    if let Some(extends) = extends.filter(|_| setup.depth > MAX_CHAIN) {
        sink.push(too_deep(extends));
        return false;
    }
    true
}

fn too_deep(extends: &Name) -> Diagnostic {
    let message = format!("more than {MAX_CHAIN} scenarios build on each other");
    Diagnostic::error(INVALID_VALUE, extends.span, message)
        .help("write the events out, or extend an earlier one")
        .subject(&*extends.value)
}
