//! What nobody comes by in a journey, because conditions rule it out.
//!
//! In: a journey, and who sends people into it. Out: what its graph leaves out for the rules: ways that nobody
//! takes, messages that nobody gets, rounds that nobody begins, and a trigger that lets nobody in.
//! Invariant: something is only left out where it is certain. Not done here: telling the author (the rules
//! `dead-branch` and `orphan-journey` do), and conditions that only contradict each other over time.

use crate::graph::Dead;
use crate::lint::context::LintContext;
use crate::lint::walk::{Visit, walk_from};
use crate::model::reason::{Facts, Vocabulary};
use crate::model::{Condition, Expr, ExprKind, History, Journey, Literal, Since};

/// What conditions rule out in a journey.
pub(crate) fn dead(cx: &LintContext<'_>, journey: &Journey) -> Dead {
    let mut res = Dead::default();
    let conditions = journey.conditions();
    let event = &journey.trigger.event;
    let by_trigger = !cx.is_entered(journey);
    // Who is sent in comes without an event, and what it carries is not known.
    if conditions.is_empty() || !by_trigger && conditions.iter().any(|it| asks_event(it)) {
        return res;
    }
    let mut known = Facts::default();
    if by_trigger {
        res.nobody = !lets_in(cx, journey);
        known.learn(has_come(&event.value), true, event.span);
    }
    walk_from(cx, journey, known, &mut |visit| {
        let place = match visit {
            Visit::Way(way, Some(_)) => way.condition.text.span,
            Visit::Otherwise(branch, Some(_)) => branch.id.span,
            Visit::Touchpoint(condition, _, Some(_)) => condition.text.span,
            Visit::Rounds(until, true) => {
                res.once.insert(until.text.span);
                return;
            }
            _ => return,
        };
        res.places.insert(place);
    });
    res
}

fn asks_event(condition: &Condition) -> bool {
    let mut asks = false;
    if let Ok(expr) = &condition.parsed {
        expr.walk(&mut |it| asks |= matches!(it.kind, ExprKind::Event(_)));
    }
    asks
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

/// What a condition asks at the moment of the entry.
fn on_entry(expr: &Expr, trigger: &str) -> Expr {
    let inner = |it: &Expr| Box::new(on_entry(it, trigger));
    let all = |parts: &[Expr]| parts.iter().map(|it| on_entry(it, trigger)).collect();
    let kind = match &expr.kind {
        ExprKind::History(it) => match (it.counts, it.since) {
            (true, Since::Entry) => ExprKind::Literal(Literal::Number(0.0)),
            (false, Since::Entry) => ExprKind::Literal(Literal::Boolean(false)),
            (false, _) if *it.event == *trigger => ExprKind::Literal(Literal::Boolean(true)),
            _ => expr.kind.clone(),
        },
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

/// `contact.did("event")`.
fn has_come(event: &str) -> Expr {
    let history = History {
        counts: false,
        event: event.into(),
        event_at: 0..0,
        since: Since::Always,
    };
    Expr {
        kind: ExprKind::History(history),
        at: 0..0,
    }
}
