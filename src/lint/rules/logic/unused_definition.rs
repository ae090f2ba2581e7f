use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{ExprKind, Journey, Step};
use crate::source::Span;

rule! { UnusedDefinition, id: "unused-definition", group: Logic, level: Note, docs: "unused_definition.md" }

impl Rule for UnusedDefinition {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() {
            return;
        }
        check_senders(cx, out);
        check_events(cx, out);
        check_templates(cx, out);
        check_texts(cx, out);
    }
}

fn check_senders(cx: &LintContext<'_>, out: &mut Findings) {
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for journey in cx.journeys() {
        used.insert(&journey.from.value);
        for send in journey.sends() {
            let names = send.from.iter().chain(&send.handover_from);
            used.extend(names.map(|it| &*it.value));
        }
    }
    for letter in cx.letters() {
        used.extend(letter.template.from.as_ref().map(|it| &*it.value));
    }
    let senders = &cx.project().senders;
    let handed = senders.values().filter_map(|it| it.handover_from.as_ref());
    used.extend(handed.map(|it| &*it.value));
    for name in senders.keys().filter(|it| !used.contains(&*it.value)) {
        out.fail(name.span, format!("nobody writes as `{}`", name.value))
            .subject(&*name.value)
            .label("no journey, message or template names this sender")
            .why("an address that nobody writes from is an address whose replies nobody expects")
            .help("remove it, or write from it");
    }
}

fn check_events(cx: &LintContext<'_>, out: &mut Findings) {
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for journey in cx.journeys() {
        mentions(journey, &mut used);
    }
    for (name, event) in &cx.project().events {
        // What a milestone is good for, other rules say.
        if used.contains(&*name.value) || event.ignored.is_some() || event.milestone.is_some() {
            continue;
        }
        out.fail(name.span, format!("nothing listens to `{}`", name.value))
            .subject(&*name.value)
            .label("no journey starts, waits, ends or decides on this event")
            .why("the shop tells something about a customer, and nobody answers")
            .help("answer it in a journey, remove it, or say why not: `ignored: \"the shop answers\"`");
    }
}

fn check_templates(cx: &LintContext<'_>, out: &mut Findings) {
    for (path, file) in cx.idle_templates() {
        out.fail(Span::start_of(*file), format!("no message uses `{path}`"))
            .subject(*path)
            .label("no step sends it, and no template that is sent includes it")
            .why("somebody will correct this one, and customers go on getting the other")
            .help("remove the file, or send it");
    }
}

fn check_texts(cx: &LintContext<'_>, out: &mut Findings) {
    for (key, span) in cx.idle_texts() {
        out.fail(*span, format!("no message says the text `{key}`"))
            .subject(&**key)
            .label("no template that is sent asks for it")
            .why("somebody will translate and correct it, and nobody will ever read it")
            .help(format!(
                "remove it in every language, or say it: `{{{{ t(\"{key}\") }}}}`"
            ));
    }
}

fn mentions<'j>(journey: &'j Journey, used: &mut BTreeSet<&'j str>) {
    used.insert(&journey.trigger.event.value);
    used.extend(journey.exits.iter().map(|it| &*it.on.value));
    used.extend(journey.goal.iter().map(|it| &*it.event.value));
    for (step, _) in journey.walk() {
        if let Step::WaitFor(it) = &step.value {
            used.insert(&it.event.value);
        }
    }
    for condition in journey.conditions() {
        if let Ok(expr) = &condition.parsed {
            expr.walk(&mut |it| {
                if let ExprKind::History(it) = &it.kind {
                    used.insert(&it.event);
                }
            });
        }
    }
}
