//! References and types inside one journey.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Sink, did_you_mean};
use crate::model::{Allow, Condition, Journey, Name, Promise, Send, SetAttribute, Step};
use crate::source::Span;

use super::project::check_address;
use super::types::{Scope, check_condition, check_date, check_value};
use super::{
    Collector, Context, DUPLICATE_STEP_ID, Document, INVALID_VALUE, UNKNOWN_ATTRIBUTE,
    UNKNOWN_STEP, UNKNOWN_TEMPLATE, check_reason, check_zone, unknown,
};

/// Checks one journey.
pub(super) fn check(context: &Context<'_>, document: &Document, sink: &mut Sink) {
    let journey = &document.journey;
    let mut sink = Collector {
        sink,
        journey: Some(&journey.name.value),
        step: None,
    };
    check_name(context, document, &mut sink);
    let steps: Vec<_> = journey.walk().collect();
    check_ids(&steps, &mut sink);
    let scope = Scope {
        event: event_scope(context, &journey.trigger.event.value),
        steps: (!document.damaged).then(|| journey.sends().map(|it| &*it.id.value).collect()),
    };
    check_header(context, journey, &mut sink);
    let all: Vec<&str> = steps
        .iter()
        .filter_map(|(it, _)| it.id())
        .map(|it| &*it.value)
        .collect();
    for (step, _) in &steps {
        sink.step = step.id().map(|it| &*it.value);
        let cx = StepContext {
            context,
            scope: &scope,
            all: (!document.damaged).then_some(&all),
        };
        cx.check(&step.value, &mut sink);
    }
}

/// What `event.x` means beside an event's name.
fn event_scope<'p>(
    context: &Context<'p>,
    name: &str,
) -> Option<(&'p str, &'p crate::model::Table<crate::model::Property>)> {
    let (name, event) = context.project.events.get_key_value(name)?;
    Some((&*name.value, &event.properties))
}

fn check_name(context: &Context<'_>, document: &Document, sink: &mut Collector<'_>) {
    let name = &document.journey.name;
    let path = context.sources.path(document.file);
    let stem = path.rsplit('/').next().unwrap_or(path);
    let stem = stem
        .strip_suffix(".yaml")
        .or_else(|| stem.strip_suffix(".yml"))
        .unwrap_or(stem);
    if stem != &*name.value {
        let message = format!(
            "the journey is called `{}` and its file `{stem}`",
            name.value
        );
        let help = format!("write `journey: {stem}`, or rename the file");
        sink.push(Diagnostic::error(INVALID_VALUE, name.span, message).help(help));
    }
}

fn check_ids(steps: &[(&crate::source::Spanned<Step>, usize)], sink: &mut Collector<'_>) {
    let mut first: BTreeMap<&str, Span> = BTreeMap::new();
    for (step, _) in steps {
        let Some(id) = step.id() else { continue };
        if let Some(span) = first.get(&*id.value) {
            let message = format!("two steps are called `{}`", id.value);
            let diagnostic = Diagnostic::error(DUPLICATE_STEP_ID, id.span, message)
                .label("the second")
                .related(*span, "the first")
                .why("people are inside by step id: the provider could not tell where a person stands")
                .help("give this step an id of its own")
                .subject(&*id.value);
            sink.push(diagnostic);
        } else {
            first.insert(&id.value, id.span);
        }
        let good = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
        if id.value.is_empty() || id.value.len() > 64 || !id.value.chars().all(good) {
            let message = format!("`{}` is not a step id", id.value);
            let help =
                "use at most 64 letters, digits, `-` and `_`: ids become names at the provider";
            sink.push(Diagnostic::error(INVALID_VALUE, id.span, message).help(help));
        }
    }
}

fn check_header(context: &Context<'_>, journey: &Journey, sink: &mut Collector<'_>) {
    let beside = |event: &Name, filter: Option<&Condition>, sink: &mut Collector<'_>| {
        context.check_event(event, sink);
        if let Some(filter) = filter {
            let scope = Scope {
                event: event_scope(context, &event.value),
                steps: Some(Vec::new()),
            };
            check_condition(context, &scope, filter, sink);
        }
    };
    beside(
        &journey.trigger.event,
        journey.trigger.filter.as_ref(),
        sink,
    );
    for exit in &journey.exits {
        beside(&exit.on, exit.filter.as_ref(), sink);
    }
    if let Some(goal) = &journey.goal {
        beside(&goal.event, goal.filter.as_ref(), sink);
    }
    context.check_sender(&journey.from, sink);
    for persona in &journey.personas {
        context.check_persona(persona, sink);
    }
    for next in &journey.next {
        context.check_journey(next, sink);
    }
    for allow in &journey.allow {
        context.check_allow(allow, sink);
    }
    for (rule, setting) in &journey.lint.rules {
        context.check_rule(rule, sink);
        check_reason(&setting.reason, sink);
    }
}

struct StepContext<'c, 'p> {
    context: &'c Context<'p>,
    scope: &'c Scope<'p>,
    all: Option<&'c Vec<&'c str>>,
}

impl StepContext<'_, '_> {
    fn check(&self, step: &Step, sink: &mut Collector<'_>) {
        match step {
            Step::Send(it) => self.send(it, sink),
            Step::Task(it) => {
                self.conditions([&it.only_if, &it.unless], sink);
                self.allows(&it.allow, sink);
            }
            Step::Touch(it) => {
                self.conditions([&it.only_if, &it.unless], sink);
                self.allows(&it.allow, sink);
            }
            Step::Wait(it) => {
                if let Some(zone) = &it.zone {
                    check_zone(zone, true, sink);
                }
            }
            Step::WaitFor(it) => {
                self.context.check_event(&it.event, sink);
                if let Some(filter) = &it.filter {
                    let scope = Scope {
                        event: event_scope(self.context, &it.event.value),
                        steps: self.scope.steps.clone(),
                    };
                    check_condition(self.context, &scope, filter, sink);
                }
            }
            Step::WaitUntil(it) => check_date(self.context, self.scope, &it.date, sink),
            Step::Branch(it) => {
                for way in &it.when {
                    self.condition(&way.condition, sink);
                }
            }
            Step::Split(_) | Step::Exit(_) => {}
            Step::Repeat(it) => self.conditions([&it.until], sink),
            Step::Set(it) => self.set(it, sink),
            Step::Enter(it) => self.context.check_journey(it, sink),
        }
    }

    fn condition(&self, condition: &Condition, sink: &mut Collector<'_>) {
        check_condition(self.context, self.scope, condition, sink);
    }

    fn conditions<const N: usize>(&self, all: [&Option<Condition>; N], sink: &mut Collector<'_>) {
        for it in all.into_iter().flatten() {
            self.condition(it, sink);
        }
    }

    fn allows(&self, allows: &[Allow], sink: &mut Collector<'_>) {
        for it in allows {
            self.context.check_allow(it, sink);
        }
    }

    fn step(&self, name: &Name, sink: &mut Collector<'_>) {
        if let Some(all) = self.all
            && !all.contains(&&*name.value)
        {
            let message = format!("the journey has no step `{}`", name.value);
            sink.push(
                Diagnostic::error(UNKNOWN_STEP, name.span, message)
                    .help(did_you_mean(&name.value, all.iter().copied(), "steps"))
                    .subject(&*name.value),
            );
        }
    }

    fn send(&self, send: &Send, sink: &mut Collector<'_>) {
        let context = self.context;
        if !context.known.templates.contains(&*send.template.value) {
            let known = context.known.templates.iter().copied();
            let diagnostic = unknown(
                UNKNOWN_TEMPLATE,
                send.template.span,
                "template",
                &send.template.value,
            )
            .help(did_you_mean(&send.template.value, known, "templates"))
            .why("there is nothing to send");
            sink.push(diagnostic);
        }
        for sender in [&send.from, &send.handover_from].into_iter().flatten() {
            context.check_sender(sender, sink);
        }
        if let Some(address) = &send.reply_to {
            check_address(address, sink);
        }
        for persona in &send.personas {
            context.check_persona(persona, sink);
        }
        let promised = send
            .promises
            .iter()
            .filter_map(|it: &Promise| it.step.as_ref());
        for step in send.reminder_of.iter().chain(promised) {
            self.step(step, sink);
        }
        self.conditions([&send.only_if, &send.unless], sink);
        self.allows(&send.allow, sink);
    }

    fn set(&self, set: &SetAttribute, sink: &mut Collector<'_>) {
        let name = &set.attribute;
        match self.context.project.contact.get(&*name.value) {
            Some(it) => check_value(it, &name.value, &set.value.value, set.value.span, sink),
            None if self.context.is_lost("contact", &name.value) => {}
            None => {
                let known = self.context.project.contact.keys().map(|it| &*it.value);
                sink.push(
                    unknown(UNKNOWN_ATTRIBUTE, name.span, "attribute", &name.value)
                        .help(did_you_mean(&name.value, known, "attributes")),
                );
            }
        }
    }
}
