//! References inside the project file.

use crate::diagnostic::{Diagnostic, Sink, did_you_mean, or_else};
use crate::model::{Event, Name, Policy, Property, SendWindow, Table, Target, Type};

use super::types::check_value;
use super::{
    Collector, Context, INVALID_VALUE, UNKNOWN_ATTRIBUTE, UNKNOWN_LOCALE, UNKNOWN_PROPERTY,
    UNKNOWN_RULE, UNKNOWN_STEP, UNKNOWN_TARGET, check_zone, unknown,
};

/// Checks `journeyc.yaml`.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let sink = &mut Collector {
        sink,
        journey: None,
        step: None,
    };
    let project = context.project;
    check_zone(&project.timezone, false, sink);
    for locale in &project.locales {
        check_locale_name(locale, sink);
    }
    for sender in project.senders.values() {
        if let Some(from) = &sender.handover_from {
            context.check_sender(from, sink);
        }
        if let Some(hours) = &sender.staffed {
            check_window(
                hours,
                "the hours of this sender end before they begin",
                sink,
            );
        }
        for address in [Some(&sender.address), sender.reply_to.as_ref()]
            .into_iter()
            .flatten()
        {
            check_address(address, sink);
        }
    }
    for (name, event) in &project.events {
        check_key(context, name, event, sink);
        check_samples(&event.properties, sink);
    }
    check_samples(&project.contact, sink);
    for (name, attribute) in &project.contact {
        if matches!(attribute.kind, Type::Objects(_)) {
            let message = format!(
                "the contact attribute `{}` is a list of objects",
                name.value
            );
            let help = "providers keep plain values and lists of plain values of a person; put the objects into an event";
            sink.push(Diagnostic::error(INVALID_VALUE, name.span, message).help(help));
        }
    }
    check_personas(context, sink);
    check_obstacles(context, sink);
    check_policy(context, sink);
    for allow in &project.allow {
        context.check_allow(allow, sink);
    }
}

fn check_locale_name(locale: &Name, sink: &mut Collector<'_>) {
    let good = |part: &str| {
        (2..=8).contains(&part.len()) && part.bytes().all(|it| it.is_ascii_alphanumeric())
    };
    if !locale.value.split('-').all(good) {
        let message = format!("`{}` is not a language tag", locale.value);
        let help = "write for example `en`, `de` or `de-AT`";
        sink.push(Diagnostic::error(INVALID_VALUE, locale.span, message).help(help));
    }
}

/// One address, as a mailbox provider reads it: enough to catch a slip, not a mail server's judge.
pub(super) fn check_address(address: &Name, sink: &mut Collector<'_>) {
    let good = address.value.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !address
                .value
                .contains(|it: char| it.is_whitespace() || it.is_control() || "<>,;\"".contains(it))
            && !host.contains('@')
    });
    if !good {
        let message = format!("`{}` is not an email address", address.value);
        let help = "write one address, for example `care@example.com`";
        sink.push(Diagnostic::error(INVALID_VALUE, address.span, message).help(help));
    }
}

fn check_key(context: &Context<'_>, name: &Name, event: &Event, sink: &mut Collector<'_>) {
    let Some(key) = &event.key else { return };
    let lost = ["events", &*name.value, "properties", &*key.value];
    if !event.properties.contains_key(&*key.value) && !context.lost.covers(&lost) {
        let known = event.properties.keys().map(|it| &*it.value);
        let message = format!(
            "the event `{}` carries no property `{}`",
            name.value, key.value
        );
        sink.push(
            Diagnostic::error(UNKNOWN_PROPERTY, key.span, message)
                .help(did_you_mean(&key.value, known, "properties"))
                .why("without its key, two orders of one person cannot be told apart")
                .subject(&*key.value),
        );
    }
}

fn check_samples(properties: &Table<Property>, sink: &mut Collector<'_>) {
    for (name, property) in properties {
        for sample in &property.sample {
            check_value(property, &name.value, sample, name.span, sink);
        }
        for choice in &property.choices {
            let plain = Property {
                choices: Vec::new(),
                ..property.clone()
            };
            check_value(&plain, &name.value, &choice.value, choice.span, sink);
        }
        if let Type::Objects(fields) = &property.kind {
            check_samples(fields, sink);
        }
    }
}

fn check_personas(context: &Context<'_>, sink: &mut Collector<'_>) {
    let project = context.project;
    for persona in project.personas.values() {
        for (name, value) in &persona.contact {
            match project.contact.get(&*name.value) {
                Some(it) => check_value(it, &name.value, &value.value, value.span, sink),
                None if context.is_lost("contact", &name.value) => {}
                None => {
                    let known = project.contact.keys().map(|it| &*it.value);
                    sink.push(
                        unknown(UNKNOWN_ATTRIBUTE, name.span, "attribute", &name.value)
                            .help(did_you_mean(&name.value, known, "attributes")),
                    );
                }
            }
        }
        if let Some(locale) = &persona.locale
            && !project.locales.contains(locale)
        {
            let known = project.locales.iter().map(|it| &*it.value);
            sink.push(
                unknown(UNKNOWN_LOCALE, locale.span, "locale", &locale.value).help(did_you_mean(
                    &locale.value,
                    known,
                    "locales",
                )),
            );
        }
        if let Some(zone) = &persona.zone {
            check_zone(zone, false, sink);
        }
    }
}

fn check_obstacles(context: &Context<'_>, sink: &mut Collector<'_>) {
    for touchpoint in context
        .project
        .obstacles
        .values()
        .flat_map(|it| &it.mitigated_by)
    {
        let Some((journey, step)) = touchpoint.value.split_once('/') else {
            let message = format!("`{}` does not name a touchpoint", touchpoint.value);
            let help = "write the journey and the step: `post-purchase/setup-help`";
            sink.push(Diagnostic::error(INVALID_VALUE, touchpoint.span, message).help(help));
            continue;
        };
        let Some(document) = context.journeys.get(journey) else {
            let name = Name::new(journey.into(), touchpoint.span);
            context.check_journey(&name, sink);
            continue;
        };
        let ids = || {
            let steps = document.journey.walk();
            let ids = steps.filter_map(|(it, _)| it.id());
            ids.map(|it| &*it.value)
        };
        if !document.damaged && ids().all(|it| it != step) {
            let message = format!("the journey `{journey}` has no step `{step}`");
            sink.push(
                Diagnostic::error(UNKNOWN_STEP, touchpoint.span, message)
                    .help(did_you_mean(step, ids(), "steps"))
                    .subject(&*touchpoint.value),
            );
        }
    }
}

fn check_window(window: &SendWindow, message: &str, sink: &mut Collector<'_>) {
    if let Some(zone) = &window.zone {
        check_zone(zone, true, sink);
    }
    if window.from.value >= window.to.value {
        let help = "write the earlier time under `from` and the later under `to`, on one day";
        let label = format!("opens at {}", window.from.value);
        let diagnostic = Diagnostic::error(INVALID_VALUE, window.to.span, message);
        sink.push(diagnostic.help(help).related(window.from.span, label));
    }
}

/// A link parameter's name goes into addresses as it is, and its value's words must be known.
fn check_link_parameters(policy: &Policy, sink: &mut Collector<'_>) {
    for (name, value) in &policy.link_parameters {
        let is_plain = |it: char| it.is_ascii_alphanumeric() || "-_.~".contains(it);
        if name.value.is_empty() || !name.value.chars().all(is_plain) {
            let message = format!("`{}` is not the name of a link parameter", name.value);
            let help = "write letters, digits, `-`, `_` or `.`, for example `utm_source`";
            sink.push(Diagnostic::error(INVALID_VALUE, name.span, message).help(help));
        }
        for part in Policy::placeholders(&value.value) {
            let Err(word) = part else { continue };
            if Policy::PLACEHOLDERS.contains(&word) {
                continue;
            }
            let message = format!("a link parameter knows no `{{{word}}}`");
            let help = did_you_mean(word, Policy::PLACEHOLDERS, "words");
            sink.push(Diagnostic::error(INVALID_VALUE, value.span, message).help(help));
        }
    }
}

fn check_clients(context: &Context<'_>, sink: &mut Collector<'_>) {
    let known = &context.known.clients;
    let clients = context.project.policy.clients.iter();
    for client in clients.filter(|it| !known.contains(&&*it.value)) {
        let message = format!("no mail program is called `{}`", client.value);
        sink.push(
            Diagnostic::error(INVALID_VALUE, client.span, message)
                .help(did_you_mean(
                    &client.value,
                    known.iter().copied(),
                    "mail programs",
                ))
                .subject(&*client.value),
        );
    }
}

fn check_policy(context: &Context<'_>, sink: &mut Collector<'_>) {
    let project = context.project;
    check_link_parameters(&project.policy, sink);
    check_clients(context, sink);
    if let Some(window) = &project.policy.send_window {
        check_window(window, "the send window closes before it opens", sink);
    }
    if let Some(quiet) = &project.policy.quiet_hours {
        if let Some(zone) = &quiet.zone {
            check_zone(zone, true, sink);
        }
        if quiet.from.value == quiet.to.value {
            let message = "the quiet hours end when they begin";
            let help = "write two different times";
            sink.push(Diagnostic::error(INVALID_VALUE, quiet.to.span, message).help(help));
        }
    }
    for rule in project
        .policy
        .thresholds
        .keys()
        .chain(project.lint.rules.keys())
    {
        context.check_rule(rule, sink);
    }
    for group in project.lint.groups.keys() {
        if !context.known.groups.contains(&&*group.value) {
            let known = context.known.groups.iter().copied();
            let message = format!("there is no group of rules `{}`", group.value);
            sink.push(
                Diagnostic::error(UNKNOWN_RULE, group.span, message)
                    .help(did_you_mean(&group.value, known, "groups"))
                    .subject(&*group.value),
            );
        }
    }
    for (name, target) in &project.targets {
        check_target(context, name, target, sink);
    }
}

fn check_target(context: &Context<'_>, name: &Name, target: &Target, sink: &mut Collector<'_>) {
    let is_built_in = context.known.targets.contains(&&*name.value);
    let part = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    if target.is_plugin() && is_built_in {
        let message = format!("the target `{}` is built in, and no plug-in", name.value);
        let help = "take `plugin: true` away, or give the plug-in another name";
        sink.push(Diagnostic::error(INVALID_VALUE, name.span, message).help(help));
    } else if target.is_plugin() && (!name.value.bytes().all(part) || &*name.value == "previews") {
        let message = format!("`{}` is no name of a plug-in", name.value);
        let help = "write it with small letters, digits and `-`, and not as `previews`: \
                    it names a program and a folder";
        sink.push(Diagnostic::error(INVALID_VALUE, name.span, message).help(help));
    } else if !target.is_plugin() && !is_built_in {
        let known = context.known.targets.iter().copied();
        let meant = did_you_mean(&name.value, known, "targets");
        let help = or_else(
            &meant,
            "a program of your own is declared by `plugin: true`",
        );
        sink.push(
            Diagnostic::error(
                UNKNOWN_TARGET,
                name.span,
                format!("there is no target `{}`", name.value),
            )
            .help(help)
            .subject(&*name.value),
        );
    }
    for journey in &target.journeys {
        context.check_journey(journey, sink);
    }
}
