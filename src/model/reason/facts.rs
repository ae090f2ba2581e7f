//! What is known on the way to a step.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::{Comparison, Condition, Expr, ExprKind, History, Literal, Since};
use crate::source::Span;

use super::Vocabulary;
use super::text::canonical;

/// One condition that is known to hold, or not to hold.
#[derive(Debug, Clone)]
struct Fact<'j> {
    expr: Cow<'j, Expr>,
    truth: bool,
    /// Whether it stays so however much time passes.
    lasting: bool,
    text: Arc<str>,
    /// The place that made it known.
    origin: Span,
}

/// What is known on the way to a step.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts<'j>(Vec<Fact<'j>>);

impl<'j> Facts<'j> {
    /// From here on, this condition is known to hold or not to hold. One that means nothing has
    /// been reported, and tells nothing.
    pub(crate) fn assume(&mut self, condition: &'j Condition, truth: bool) {
        if let Ok(expr) = &condition.parsed {
            self.add(Cow::Borrowed(expr), truth, condition.text.span);
        }
    }

    /// The same for an expression that nobody wrote; `origin` is the step that proves it.
    pub(crate) fn learn(&mut self, expr: Expr, truth: bool, origin: Span) {
        self.add(Cow::Owned(expr), truth, origin);
    }

    /// Time has passed: what people are and do may have changed, what happened stays.
    pub(crate) fn age(&mut self) {
        self.0.retain(|it| it.lasting);
    }

    /// An attribute of the contact has been written.
    pub(crate) fn forget(&mut self, attribute: &str) {
        self.0.retain(|it| {
            let mut speaks = false;
            it.expr.walk(&mut |node| {
                speaks |= matches!(&node.kind, ExprKind::Contact(name) if **name == *attribute);
            });
            !speaks
        });
    }

    /// Two ways meet: only what is known on both is still known.
    pub(crate) fn meet(&mut self, other: &Self) {
        self.0.retain(|it| {
            other
                .0
                .iter()
                .any(|o| o.truth == it.truth && o.text == it.text)
        });
    }

    /// The same for what is known elsewhere.
    pub(crate) fn learn_all(&mut self, other: &Self) {
        for it in &other.0 {
            self.push(it.expr.clone(), it.truth, it.origin);
        }
    }

    /// From here on, this event has happened since entry; `origin` is the step that waited for it.
    pub(crate) fn learn_event(&mut self, event: &str, origin: Span) {
        self.learn(happened(event), true, origin);
    }

    /// The places that rule out that this condition has this truth; nothing if it can have it.
    /// An empty list says that it can never have it, whatever happened before.
    pub(crate) fn ruled_out(
        &self,
        words: Vocabulary<'_>,
        condition: &Condition,
        truth: bool,
    ) -> Option<Vec<Span>> {
        let expr = condition.parsed.as_ref().ok()?;
        self.contradiction(words, Some((expr, truth)))
    }

    /// The places that contradict each other; nothing if all that is known can be so.
    pub(crate) fn contradiction(
        &self,
        words: Vocabulary<'_>,
        claim: Option<(&Expr, bool)>,
    ) -> Option<Vec<Span>> {
        let possible = |facts: &[&Fact<'j>]| {
            let known = facts.iter().map(|it| (&*it.expr, it.truth));
            words.possible(known.chain(claim))
        };
        let mut guilty: Vec<&Fact<'j>> = self.0.iter().collect();
        if possible(&guilty) {
            return None;
        }
        // What is not needed for the contradiction is left out, so that the message names the rest.
        let mut at = 0;
        while at < guilty.len() {
            let one = guilty.remove(at);
            if possible(&guilty) {
                guilty.insert(at, one);
                at += 1;
            }
        }
        let mut res: Vec<Span> = guilty.iter().map(|it| it.origin).collect();
        res.sort();
        res.dedup();
        Some(res)
    }

    fn add(&mut self, expr: Cow<'j, Expr>, truth: bool, origin: Span) {
        match (expr, truth) {
            (Cow::Borrowed(expr), truth) => match (&expr.kind, truth) {
                (ExprKind::Not(inner), _) => self.add(Cow::Borrowed(inner), !truth, origin),
                (ExprKind::And(parts), true) | (ExprKind::Or(parts), false) => {
                    for part in parts {
                        self.add(Cow::Borrowed(part), truth, origin);
                    }
                }
                _ => self.push(Cow::Borrowed(expr), truth, origin),
            },
            (owned, truth) => self.push(owned, truth, origin),
        }
    }

    fn push(&mut self, expr: Cow<'j, Expr>, truth: bool, origin: Span) {
        let text: Arc<str> = canonical(&expr).into();
        if self.0.iter().any(|it| it.truth == truth && it.text == text) {
            return;
        }
        self.0.push(Fact {
            lasting: lasts(&expr, truth),
            expr,
            truth,
            text,
            origin,
        });
    }
}

/// Whether a condition that has this truth keeps it for as long as the person is inside. What the
/// trigger's event carried never changes; what happened has happened.
fn lasts(expr: &Expr, truth: bool) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Event(_) => true,
        ExprKind::List(items) => items.iter().all(|it| lasts(it, truth)),
        ExprKind::Contact(_) => false,
        ExprKind::Not(inner) => lasts(inner, !truth),
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().all(|it| lasts(it, truth)),
        ExprKind::In {
            needle, haystack, ..
        } => is_fixed(needle) && is_fixed(haystack),
        ExprKind::History(it) => truth && !it.counts && only_grows(it.since),
        ExprKind::Clicked { .. } => truth,
        ExprKind::Compare {
            operator,
            left,
            right,
        } => {
            (is_fixed(left) && is_fixed(right))
                || at_least(*operator, left, right, truth)
                || at_least(super::text::mirrored(*operator), right, left, truth)
        }
    }
}

/// Whether the values in an expression never change.
fn is_fixed(expr: &Expr) -> bool {
    let mut fixed = true;
    expr.walk(&mut |it| {
        fixed &= matches!(
            it.kind,
            ExprKind::Literal(_) | ExprKind::Event(_) | ExprKind::List(_)
        );
    });
    fixed
}

/// Whether it says that something happened at least so often.
fn at_least(operator: Comparison, count: &Expr, number: &Expr, truth: bool) -> bool {
    let grows = matches!(&count.kind, ExprKind::History(it) if it.counts && only_grows(it.since));
    let is_number = matches!(number.kind, ExprKind::Literal(Literal::Number(_)));
    let from_below = match operator {
        Comparison::Greater | Comparison::GreaterOrEqual => truth,
        Comparison::Less | Comparison::LessOrEqual => !truth,
        Comparison::Equal | Comparison::NotEqual => false,
    };
    grows && is_number && from_below
}

fn only_grows(since: Since) -> bool {
    !matches!(since, Since::Within(_))
}

/// `contact.did("event", since=entry)`.
pub(crate) fn happened(event: &str) -> Expr {
    let history = History {
        counts: false,
        event: event.into(),
        event_at: 0..0,
        since: Since::Entry,
    };
    Expr {
        kind: ExprKind::History(history),
        at: 0..0,
    }
}
