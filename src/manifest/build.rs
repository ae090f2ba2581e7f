//! From the model to the manifest.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::condition::Condition;
use super::steps::{
    Action, Arm, Branch, Mail, Repeat, Send, SetAttribute, Split, Step, Task, Touch, Wait, WaitFor,
    WaitUntil, Way,
};
use super::types::{
    Brand, Cap, Event, Exit, Generator, Goal, Journey, Kind, Manifest, Policy, Property, Reentry,
    Sender, Trigger, Window,
};
use super::{edges, schedule};
use crate::model::{self, Class, Milestone, Program, Project, Type};
use crate::source::{LineIndex, Sources, Span, Spanned};

/// What a manifest is made of.
pub struct Input<'a> {
    /// The program, without input errors; damaged journeys are left out.
    pub program: &'a Program,
    /// Its texts, for lines.
    pub sources: &'a Sources,
    /// What templates say of each mail.
    pub letters: &'a Letters,
    /// When steps happen.
    pub timings: &'a Timings,
    /// The revision to name, if it shall be named.
    pub revision: Option<&'a str>,
}

/// What the compiled template says of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject, placeholders in double braces.
    pub subject: String,
    /// The preheader, placeholders in double braces.
    pub preheader: Option<String>,
    /// The hash of everything compiled: see [`super::content_hash`].
    pub sha256: String,
    /// The sender that the template names instead of the step's.
    pub sender: Option<String>,
}

/// Mails by journey, step and locale.
pub type Letters = BTreeMap<(String, String, String), Letter>;

/// When each step happens, by journey and by the place of the step in its list.
pub type Timings = BTreeMap<(String, Span), Timing>;

/// The places of steps by journey and node, so that later stages can point at them; the journey
/// itself stands under an empty node.
pub type Places = BTreeMap<(String, String), Span>;

/// Seconds between two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    /// Not before.
    pub earliest: i64,
    /// Not after; nothing when nothing bounds it.
    pub latest: Option<i64>,
}

/// When a step happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// Counted from the trigger.
    pub trigger: Offset,
    /// Counted from each milestone that has surely been passed.
    pub milestones: Vec<(Milestone, Offset)>,
}

/// Builds the manifest.
pub fn build(input: &Input<'_>) -> Manifest {
    let project = &input.program.project;
    let mut schedule = Vec::new();
    let mut journeys = Vec::new();
    for document in input.program.whole() {
        let mut builder = Builder::new(input, document);
        let mut journey = builder.journey();
        let timings = builder.timings;
        journey.graph = edges::graph(&journey, &policy(project), &timings);
        schedule.extend(schedule::rows(&journey, &timings));
        journeys.push(journey);
    }
    Manifest {
        version: 1,
        generator: Generator {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        revision: input.revision.map(str::to_owned),
        brand: Brand {
            name: project.brand.name.value.to_string(),
            url: project.brand.url.value.to_string(),
            postal_address: project.brand.postal_address.as_ref().map(text),
        },
        timezone: text(&project.timezone),
        locales: project.locales.iter().map(text).collect(),
        policy: policy(project),
        events: project
            .events
            .iter()
            .map(|(name, it)| (text(name), event(it)))
            .collect(),
        contact: properties(&project.contact),
        journeys,
        schedule,
    }
}

/// Where every step of every journey stands.
pub fn places(program: &Program) -> Places {
    let mut places = Places::new();
    for document in program.whole() {
        let journey = &document.journey;
        let name = journey.name.value.to_string();
        places.insert((name.clone(), String::new()), journey.span());
        let mut names = Names::default();
        for (step, _) in journey.walk() {
            let span = step.value.id().map_or(step.span, |id| id.span);
            places.insert((name.clone(), names.next(&step.value)), span);
        }
    }
    places
}

/// Names steps in the order of the file: their ids, else `@kind-number`. Ids cannot begin with `@`.
#[derive(Default)]
struct Names {
    counts: BTreeMap<&'static str, u32>,
}

impl Names {
    fn next(&mut self, step: &model::Step) -> String {
        if let Some(id) = step.id() {
            return id.value.to_string();
        }
        let count = self.counts.entry(step.kind()).or_default();
        *count += 1;
        format!("@{}-{count}", step.kind())
    }
}

struct Builder<'a> {
    input: &'a Input<'a>,
    journey: &'a model::Journey,
    file: crate::source::FileId,
    lines: LineIndex,
    names: Names,
    timings: BTreeMap<String, &'a Timing>,
}

impl<'a> Builder<'a> {
    fn new(input: &'a Input<'a>, document: &'a model::Document) -> Self {
        Self {
            input,
            journey: &document.journey,
            file: document.file,
            lines: LineIndex::new(input.sources.text(document.file)),
            names: Names::default(),
            timings: BTreeMap::new(),
        }
    }

    fn line(&self, span: Span) -> u32 {
        let text = self.input.sources.text(self.file);
        self.lines.position(text, span.start).line
    }

    fn journey(&mut self) -> Journey {
        let it = self.journey;
        Journey {
            name: text(&it.name),
            title: it.title.as_ref().map(text),
            file: self.input.sources.path(self.file).to_owned(),
            line: self.line(it.name.span),
            owner: it.owner.as_ref().map(text),
            stage: it.stage.values().collect(),
            class: it.class,
            basis: it.basis.map(|it| it.value),
            sender: self.sender(&it.from.value, None),
            trigger: Trigger {
                event: text(&it.trigger.event),
                filter: it.trigger.filter.as_ref().map(Condition::from),
                enroll_existing: it.trigger.enroll_existing.unwrap_or(false),
            },
            reentry: it.reentry.map(|it| match it.value {
                model::Reentry::Never => Reentry::Never,
                model::Reentry::PerKey => Reentry::PerKey,
                model::Reentry::Always => Reentry::Always,
                model::Reentry::After(it) => Reentry::After(it.into()),
            }),
            priority: it.priority,
            holdout: it.holdout,
            in_flight: it.in_flight,
            exits: it.exits.iter().map(|exit| self.exit(exit)).collect(),
            goal: it.goal.as_ref().map(|goal| Goal {
                event: text(&goal.event),
                filter: goal.filter.as_ref().map(Condition::from),
                within: goal.within.map(|it| it.value.into()),
            }),
            next: it.next.iter().map(text).collect(),
            steps: self.steps(&it.steps),
            graph: super::types::Graph::default(),
        }
    }

    fn exit(&self, it: &model::Exit) -> Exit {
        Exit {
            on: text(&it.on),
            filter: it.filter.as_ref().map(Condition::from),
            only: it.only,
            reason: it.reason.as_ref().map(text),
            line: self.line(it.on.span),
        }
    }

    fn steps(&mut self, steps: &'a [Spanned<model::Step>]) -> Vec<Step> {
        steps.iter().map(|step| self.step(step)).collect()
    }

    fn step(&mut self, step: &'a Spanned<model::Step>) -> Step {
        let node = self.names.next(&step.value);
        let key = (self.journey.name.value.to_string(), step.span);
        if let Some(timing) = self.input.timings.get(&key) {
            self.timings.insert(node.clone(), timing);
        }
        let span = step.value.id().map_or(step.span, |id| id.span);
        Step {
            line: self.line(span),
            does: self.action(&step.value),
            node,
        }
    }

    fn action(&mut self, step: &'a model::Step) -> Action {
        match step {
            model::Step::Send(it) => Action::Send(Box::new(self.send(it))),
            model::Step::Task(it) => Action::Task(Box::new(task(it))),
            model::Step::Touch(it) => Action::Touch(Box::new(self.touch(it))),
            model::Step::Wait(it) => Action::Wait(wait(it)),
            model::Step::WaitFor(it) => Action::WaitFor(WaitFor {
                event: text(&it.event),
                filter: it.filter.as_ref().map(Condition::from),
                timeout: it.timeout.map(|it| it.value.into()),
                on_timeout: it
                    .on_timeout
                    .as_ref()
                    .map_or_else(Vec::new, |it| self.steps(it)),
            }),
            model::Step::WaitUntil(it) => Action::WaitUntil(WaitUntil {
                date: Condition::from(&it.date),
                offset: it.offset.map(|it| it.value.by.into()),
                before: it.offset.is_some_and(|it| it.value.before),
                at: it.at.map(|it| it.value.to_string()),
                if_past: it.if_past,
            }),
            model::Step::Branch(it) => Action::Branch(Branch {
                when: it
                    .when
                    .iter()
                    .map(|way| Way {
                        condition: Condition::from(&way.condition),
                        title: way.title.as_ref().map(text),
                        steps: self.steps(&way.steps),
                    })
                    .collect(),
                otherwise: it
                    .otherwise
                    .as_ref()
                    .map_or_else(Vec::new, |it| self.steps(it)),
            }),
            model::Step::Split(it) => Action::Split(Split {
                arms: it
                    .arms
                    .iter()
                    .map(|(name, arm)| {
                        let steps = self.steps(&arm.steps);
                        let weight = arm.weight.value;
                        (text(name), Arm { weight, steps })
                    })
                    .collect(),
            }),
            model::Step::Repeat(it) => Action::Repeat(Repeat {
                times: it.times.value,
                every: it.every.map(|it| it.value.into()),
                until: it.until.as_ref().map(Condition::from),
                steps: self.steps(&it.steps),
            }),
            model::Step::Set(it) => Action::Set(SetAttribute {
                attribute: text(&it.attribute),
                value: it.value.value.clone(),
            }),
            model::Step::Enter(name) => Action::Enter {
                journey: text(name),
            },
            model::Step::Exit(reason) => Action::Exit {
                reason: text(reason),
            },
        }
    }

    fn send(&self, it: &model::Send) -> Send {
        let mut mails = IndexMap::new();
        let mut sender = None;
        for locale in &self.input.program.project.locales {
            let key = (
                self.journey.name.value.to_string(),
                it.id.value.to_string(),
                locale.value.to_string(),
            );
            let Some(letter) = self.input.letters.get(&key) else {
                continue;
            };
            // The default language speaks for all: a mail has one sender.
            if sender.is_none() {
                sender.clone_from(&letter.sender);
            }
            let mail = Mail {
                subject: letter.subject.clone(),
                preheader: letter.preheader.clone(),
                sha256: letter.sha256.clone(),
            };
            mails.insert(text(locale), mail);
        }
        let named = &self.journey.sender_of(it).value;
        let sender = sender.as_deref().unwrap_or(named);
        Send {
            title: it.title.as_ref().map(text),
            template: text(&it.template),
            purpose: it.purpose.values().collect(),
            class: self.journey.class_of(it),
            sender: self.sender(sender, it.reply_to.as_ref().map(text)),
            asks: it.asks.map(|it| it.value),
            reminder_of: it.reminder_of.as_ref().map(text),
            only_if: it.only_if.as_ref().map(Condition::from),
            unless: it.unless.as_ref().map(Condition::from),
            bypass_window: it.bypass_window.unwrap_or(false),
            mails,
        }
    }

    fn touch(&self, it: &model::Touch) -> Touch {
        Touch {
            title: it.title.as_ref().map(text),
            channel: it.channel,
            by: it.by.as_ref().map(text),
            purpose: it.purpose.values().collect(),
            class: it.class.map_or(self.journey.class, |it| it.value),
            only_if: it.only_if.as_ref().map(Condition::from),
            unless: it.unless.as_ref().map(Condition::from),
        }
    }

    /// Unknown senders have been reported; their name stands for them.
    fn sender(&self, id: &str, reply_to: Option<String>) -> Sender {
        let found = self.input.program.project.senders.get(id);
        Sender {
            id: id.to_owned(),
            name: found.map_or_else(|| id.to_owned(), |it| text(&it.name)),
            address: found.map_or_else(String::new, |it| text(&it.address)),
            reply_to: reply_to.or_else(|| found.and_then(|it| it.reply_to.as_ref()).map(text)),
        }
    }
}

/// Whether a mail of this class waits for windows.
pub(super) fn is_held(class: Class, bypass: bool) -> bool {
    class == Class::Commercial && !bypass
}

fn task(it: &model::Task) -> Task {
    Task {
        title: it.title.as_ref().map(text),
        channel: it.channel,
        owner: it.owner.as_ref().map(text),
        respond_within: it.respond_within.map(|it| it.value.into()),
        purpose: it.purpose.values().collect(),
        only_if: it.only_if.as_ref().map(Condition::from),
        unless: it.unless.as_ref().map(Condition::from),
    }
}

fn wait(it: &model::Wait) -> Wait {
    Wait {
        duration: it.duration.map(|it| it.value.into()),
        at: it.at.map(|it| it.value.to_string()),
        on: it.on.iter().map(|it| it.value).collect(),
        zone: zone(it.zone.as_ref()),
    }
}

fn policy(project: &Project) -> Policy {
    let policy = &project.policy;
    Policy {
        send_window: policy.send_window.as_ref().map(|it| Window {
            days: it.days.iter().map(|it| it.value).collect(),
            from: it.from.value.to_string(),
            to: it.to.value.to_string(),
            zone: zone(it.zone.as_ref()),
        }),
        quiet_hours: policy.quiet_hours.as_ref().map(|it| Window {
            days: Vec::new(),
            from: it.from.value.to_string(),
            to: it.to.value.to_string(),
            zone: zone(it.zone.as_ref()),
        }),
        frequency_cap: policy.frequency_cap.as_ref().map(|it| Cap {
            per_day: it.commercial.per_day,
            per_week: it.commercial.per_week,
            per_month: it.commercial.per_month,
            when_full: it.when_full,
        }),
    }
}

fn event(it: &model::Event) -> Event {
    Event {
        milestone: it.milestone.map(|it| it.value),
        key: it.key.as_ref().map(text),
        properties: properties(&it.properties),
    }
}

fn properties(table: &model::Table<model::Property>) -> IndexMap<String, Property> {
    let pairs = table.iter().map(|(name, it)| {
        let kind = match it.kind {
            Type::Text => Kind::String,
            Type::Number => Kind::Number,
            Type::Boolean => Kind::Boolean,
            Type::Date => Kind::Date,
            Type::List(_) => Kind::List,
            Type::Objects(_) => Kind::Objects,
        };
        let nullable = it.nullable;
        (text(name), Property { kind, nullable })
    });
    pairs.collect()
}

fn zone(name: Option<&model::Name>) -> String {
    name.map_or_else(|| "contact".to_owned(), text)
}

fn text(name: &model::Name) -> String {
    name.value.to_string()
}
