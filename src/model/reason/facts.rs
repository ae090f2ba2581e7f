//! What is known on the way to a step.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::{Comparison, Condition, Expr, ExprKind, Literal, Since, Steps};
use crate::source::Span;

use super::Vocabulary;
use super::passed::{Passed, did};
use super::text::canonical;

/// Of so many facts it is asked what time proves about them.
const LOOKED_AT: usize = 16;

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
pub(crate) struct Facts<'j> {
    known: Vec<Fact<'j>>,
    /// What time proves, if it is looked at.
    passed: Option<Passed<'j>>,
}

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

    /// From here on, time is looked at as well.
    pub(crate) fn begin(&mut self, entry: Passed<'j>) {
        self.passed = Some(entry);
    }

    /// From here on, time is no longer looked at.
    pub(crate) fn end(&mut self) {
        self.passed = None;
    }

    /// Time has passed: what people are and do may have changed, what happened stays.
    pub(crate) fn age(&mut self) {
        self.age_by(0, None);
    }

    /// The same, and so many seconds at least and at most.
    pub(crate) fn age_by(&mut self, least: i64, most: Option<i64>) {
        let mut aged = Vec::new();
        if let Some(passed) = &mut self.passed {
            passed.age(least, most);
            let recent = self.known.iter().filter(|it| it.truth);
            aged.extend(recent.filter_map(|it| Some((Passed::later(&it.expr, most)?, it.origin))));
        }
        self.known.retain(|it| it.lasting);
        for (expr, origin) in aged {
            self.learn(expr, true, origin);
        }
    }

    /// A message has gone out.
    pub(crate) fn send(&mut self, name: &'j str) {
        if let Some(passed) = &mut self.passed {
            passed.send(name);
        }
    }

    /// These steps may have been taken before.
    pub(crate) fn repeat(&mut self, steps: &'j Steps) {
        if let Some(passed) = &mut self.passed {
            passed.send_all(steps);
        }
    }

    /// A wait without a condition has seen an event.
    pub(crate) fn sees(&mut self, event: &'j str) {
        if let Some(passed) = &mut self.passed {
            passed.sees(event);
        }
    }

    /// Whether a wait without a condition has seen this event; not known where time is not looked at.
    pub(crate) fn has_seen(&self, event: &str) -> bool {
        self.passed.as_ref().is_some_and(|it| it.has_seen(event))
    }

    /// An attribute of the contact has been written.
    pub(crate) fn forget(&mut self, attribute: &str) {
        self.known.retain(|it| {
            let mut speaks = false;
            it.expr.walk(&mut |node| {
                speaks |= matches!(&node.kind, ExprKind::Contact(name) if **name == *attribute);
            });
            !speaks
        });
    }

    /// Two ways meet: only what is known on both is still known.
    pub(crate) fn meet(&mut self, other: &Self) {
        self.known.retain(|it| {
            other
                .known
                .iter()
                .any(|o| o.truth == it.truth && o.text == it.text)
        });
        self.passed = self
            .passed
            .take()
            .zip(other.passed.as_ref())
            .map(|(mut own, other)| {
                own.meet(other);
                own
            });
    }

    /// The same for what is known elsewhere.
    pub(crate) fn learn_all(&mut self, other: &Self) {
        for it in &other.known {
            self.push(it.expr.clone(), it.truth, it.origin);
        }
    }

    /// From here on, this event has happened since entry; `origin` is the step that waited for it.
    pub(crate) fn learn_event(&mut self, event: &str, origin: Span) {
        self.learn(happened(event), true, origin);
    }

    /// Whether an event has certainly happened since the entry.
    pub(crate) fn has_happened(&self, words: Vocabulary<'_>, event: &str) -> bool {
        let claim = happened(event);
        self.contradiction(words, Some((&claim, false))).is_some()
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
        let proven = self.proven(words, claim);
        let possible = |facts: &[&Fact<'j>]| {
            let known = facts.iter().map(|it| (&*it.expr, it.truth));
            let proven = proven.iter().map(|it| (&it.0, it.1));
            words.possible(known.chain(proven).chain(claim))
        };
        let mut guilty: Vec<&Fact<'j>> = self.known.iter().collect();
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

    /// What time proves about all that is asked.
    fn proven(&self, words: Vocabulary<'_>, claim: Option<(&Expr, bool)>) -> Vec<(Expr, bool)> {
        let mut res = Vec::new();
        let Some(passed) = &self.passed else {
            return res;
        };
        let is_certain = |expr: &Expr, truth: bool| {
            let known = self.known.iter().map(|it| (&*it.expr, it.truth));
            !words.possible(known.chain([(expr, !truth)]))
        };
        let known: Vec<(&Expr, bool)> = self.known.iter().map(|it| (&*it.expr, it.truth)).collect();
        // The last ones say most of this moment; a journey may have thousands.
        let last = known.iter().rev().take(LOOKED_AT).map(|it| it.0);
        for expr in last.chain(claim.map(|it| it.0)) {
            passed.proves(expr, &known, &is_certain, &mut res);
        }
        res
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
        if self
            .known
            .iter()
            .any(|it| it.truth == truth && it.text == text)
        {
            return;
        }
        self.known.push(Fact {
            lasting: lasts(&expr, truth) || self.is_over(&expr, truth),
            expr,
            truth,
            text,
            origin,
        });
    }
}

impl Facts<'_> {
    /// Whether something has not happened for whose sake people would leave.
    fn is_over(&self, expr: &Expr, truth: bool) -> bool {
        let (Some(passed), ExprKind::History(it), false) = (&self.passed, &expr.kind, truth) else {
            return false;
        };
        !it.counts && passed.is_over(&it.event)
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
    did(event, Since::Entry)
}
