//! What nobody comes by in a journey, because conditions rule it out.
//!
//! In: a journey, and who sends people into it. Out: what its graph leaves out for the rules: ways that nobody
//! takes, messages that nobody gets, rounds that nobody begins, and a trigger that lets nobody in.
//! Invariant: something is only left out where it is certain. Not done here: telling the author (the rules
//! `dead-branch` and `orphan-journey` do), and conditions that only contradict each other over time.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::Dead;
use crate::lint::context::LintContext;
use crate::lint::walk::{Visit, walk_from};
use crate::model::reason::{Facts, Passed, Vocabulary, did};
use crate::model::{
    Class, Expr, ExprKind, History, Journey, Literal, Reentry, Send, Since, Step, WaitFor,
};
use crate::source::{Span, Spanned};

/// What conditions rule out in a journey.
pub(crate) fn dead(cx: &LintContext<'_>, journey: &Journey) -> Dead {
    let mut res = Dead {
        alone: is_alone(cx, journey),
        ..Dead::default()
    };
    let by_trigger = !cx.is_entered(journey);
    res.nobody = by_trigger && !lets_in(cx, journey);
    let mut words = Vocabulary::of(cx.project(), journey);
    if !by_trigger {
        words = words.of_people_sent_in();
    }
    for (step, _) in journey.walk() {
        if let Step::WaitFor(it) = &step.value
            && !ends_wait(cx, journey, it)
        {
            res.places.insert(it.event.span);
        }
    }
    let stopped = taken(cx, journey, Some(Class::Commercial));
    let sends: BTreeMap<Span, &Send> = journey.walk().filter_map(|(it, _)| send(it)).collect();
    walk_from(cx, journey, on_entry_known(cx, journey), &mut |visit| {
        let place = match visit {
            // Messages of its class have been stopped.
            Visit::Arrival(span, facts) => match sends.get(&span) {
                Some(it)
                    if journey.class_of(it) == Class::Commercial
                        && stopped.iter().any(|it| facts.has_happened(words, it)) =>
                {
                    span
                }
                _ => return,
            },
            Visit::Way(way, Some(_)) => way.condition.text.span,
            Visit::Otherwise(branch, Some(_)) => branch.id.span,
            Visit::Touchpoint(condition, _, Some(_)) => condition.text.span,
            Visit::Rounds(until, true) => {
                res.once.insert(until.text.span);
                return;
            }
            Visit::Over(wait) => match &wait.timeout {
                Some(timeout) => timeout.span,
                None => return,
            },
            _ => return,
        };
        res.places.insert(place);
    });
    res
}

/// What is known of people when they enter, and what time will prove.
pub(crate) fn on_entry_known<'j>(cx: &LintContext<'_>, journey: &'j Journey) -> Facts<'j> {
    let mut known = Facts::default();
    let event = &journey.trigger.event;
    let by_trigger = !cx.is_entered(journey);
    if by_trigger {
        known.learn(did(&event.value, Since::Always), true, event.span);
    }
    let leaves = taken(cx, journey, None);
    known.begin(Passed::entry(journey, by_trigger, leaves));
    known
}

fn send(step: &Spanned<Step>) -> Option<(Span, &Send)> {
    match &step.value {
        Step::Send(it) => Some((step.span, it)),
        _ => None,
    }
}

/// The events whose exits stop so much for everybody, whatever case they are about.
fn taken<'j>(cx: &LintContext<'_>, journey: &'j Journey, only: Option<Class>) -> BTreeSet<&'j str> {
    let project = cx.project();
    let trigger = &*journey.trigger.event.value;
    let exits = journey.exits.iter();
    let everybody = exits.filter(|it| {
        let on = &*it.on.value;
        it.filter.is_none() && it.only == only && !project.tells_apart(trigger, on)
    });
    everybody.map(|it| &*it.on.value).collect()
}

/// Whether nothing else fills the frequency cap for those who come into a journey.
fn is_alone(cx: &LintContext<'_>, journey: &Journey) -> bool {
    let project = cx.project();
    let is_keyed = || {
        let event = project.event(&journey.trigger.event.value);
        event.is_some_and(|it| it.key.is_some())
    };
    let once = match journey.reentry.as_ref().map(|it| it.value) {
        None | Some(Reentry::Never) => true,
        Some(Reentry::PerKey) => !is_keyed(),
        Some(Reentry::Always | Reentry::After(_)) => false,
    };
    once && project.policy.frequency_cap.is_some() && !cx.is_crowded(journey)
}

/// Whether the trigger lets anybody in. Its own event has come by then, and nothing since the entry.
fn lets_in(cx: &LintContext<'_>, journey: &Journey) -> bool {
    let trigger = &journey.trigger;
    let filter = trigger.filter.as_ref();
    let Some(expr) = filter.and_then(|it| it.parsed.as_ref().ok()) else {
        return true;
    };
    let asked = on_entry(expr, &trigger.event.value);
    Vocabulary::of(cx.project(), journey).possible([(&asked, true)])
}

/// Whether an awaited event can end the wait for it: a condition is asked when the event has come.
fn ends_wait(cx: &LintContext<'_>, journey: &Journey, wait: &WaitFor) -> bool {
    let event = &*wait.event.value;
    let filter = wait.filter.as_ref();
    let Some(expr) = filter.and_then(|it| it.parsed.as_ref().ok()) else {
        return true;
    };
    let mut is_carried = false;
    expr.walk(&mut |it| is_carried |= matches!(it.kind, ExprKind::Event(_)));
    let asked = after(expr, event);
    is_carried || Vocabulary::of(cx.project(), journey).possible([(&asked, true)])
}

/// What a condition asks right after an event.
fn after(expr: &Expr, event: &str) -> Expr {
    replaced(expr, &|it| {
        (!it.counts && *it.event == *event).then_some(Literal::Boolean(true))
    })
}

/// What a condition asks at the moment of the entry.
fn on_entry(expr: &Expr, trigger: &str) -> Expr {
    replaced(expr, &|it| match (it.counts, it.since) {
        (true, Since::Entry) => Some(Literal::Number(0.0)),
        (false, Since::Entry) => Some(Literal::Boolean(false)),
        (false, _) if *it.event == *trigger => Some(Literal::Boolean(true)),
        _ => None,
    })
}

/// A condition with answers in the place of questions about the past.
fn replaced(expr: &Expr, answer: &dyn Fn(&History) -> Option<Literal>) -> Expr {
    let inner = |it: &Expr| Box::new(replaced(it, answer));
    let all = |parts: &[Expr]| parts.iter().map(|it| replaced(it, answer)).collect();
    let kind = match &expr.kind {
        ExprKind::History(it) => answer(it).map_or_else(|| expr.kind.clone(), ExprKind::Literal),
        ExprKind::Not(it) => ExprKind::Not(inner(it)),
        ExprKind::And(parts) => ExprKind::And(all(parts)),
        ExprKind::Or(parts) => ExprKind::Or(all(parts)),
        ExprKind::Compare {
            operator,
            left,
            right,
        } => ExprKind::Compare {
            operator: *operator,
            left: inner(left),
            right: inner(right),
        },
        other => other.clone(),
    };
    Expr {
        kind,
        at: expr.at.clone(),
    }
}
