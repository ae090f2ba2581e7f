//! Walks a journey and knows at each condition what must be true there.

use serde_json::Value;

use crate::lint::context::LintContext;
use crate::model::{
    Branch, Class, Comparison, Condition, Expr, ExprKind, FrequencyCap, Journey, Literal, Project,
    Repeat, Send, SetAttribute, Step, Steps, WaitFor, Way, WhenFull,
};
use crate::source::Span;

use crate::model::reason::{Facts, Vocabulary, happened, longest, shortest};

/// A place where a condition decides, and what rules out that it lets anybody through: nothing, or
/// the places that do. An empty list says that what is declared is enough to rule it out.
#[derive(Debug)]
pub(crate) enum Visit<'j, 'f> {
    /// A touchpoint, and what is known of the people who get it.
    Arrival(Span, &'f Facts<'j>),
    /// A way of a branch.
    Way(&'j Way, Option<Vec<Span>>),
    /// What happens when no way of a branch is taken.
    Otherwise(&'j Branch, Option<Vec<Span>>),
    /// A touchpoint's `if` (true) or `unless` (false).
    Touchpoint(&'j Condition, bool, Option<Vec<Span>>),
    /// A repetition with `until`, and whether there is never a second round.
    Rounds(&'j Condition, bool),
    /// A wait for something that has come already: nobody waits.
    Over(&'j WaitFor),
}

/// Calls `visit` at each place of a journey where a condition decides, in the order of the file.
/// What nobody reaches is not visited.
pub(crate) fn walk<'j>(
    cx: &LintContext<'_>,
    journey: &'j Journey,
    visit: &mut dyn FnMut(Visit<'j, '_>),
) {
    walk_from(cx, journey, Facts::default(), visit);
}

/// The same, where more is known from the beginning.
pub(crate) fn walk_from<'j>(
    cx: &LintContext<'_>,
    journey: &'j Journey,
    mut facts: Facts<'j>,
    visit: &mut dyn FnMut(Visit<'j, '_>),
) {
    // People whom another journey sends in have not come by the trigger, and carry nothing.
    let mut words = Vocabulary::of(cx.project(), journey);
    if cx.is_entered(journey) {
        words = words.of_people_sent_in();
    }
    if let Some(filter) = &journey.trigger.filter
        && !cx.is_entered(journey)
    {
        facts.assume(filter, true);
    }
    let mut walker = Walker {
        words,
        journey,
        project: cx.project(),
        visit,
    };
    walker.steps(&journey.steps, facts);
}

struct Walker<'v, 'j, 'p> {
    words: Vocabulary<'p>,
    journey: &'j Journey,
    project: &'p Project,
    visit: &'v mut dyn FnMut(Visit<'j, '_>),
}

impl<'j> Walker<'_, 'j, '_> {
    /// What is known after these steps; nothing if nobody gets there.
    fn steps(&mut self, steps: &'j Steps, mut facts: Facts<'j>) -> Option<Facts<'j>> {
        for step in steps {
            facts = self.step(&step.value, step.span, facts)?;
        }
        Some(facts)
    }

    fn step(&mut self, step: &'j Step, span: Span, mut facts: Facts<'j>) -> Option<Facts<'j>> {
        match step {
            Step::Send(it) => {
                self.touchpoint(span, [&it.only_if, &it.unless], &mut facts);
                if let Some(most) = self.held(it) {
                    facts.age_by(0, most);
                }
                facts.send(&it.id.value);
            }
            Step::Task(it) => self.touchpoint(span, [&it.only_if, &it.unless], &mut facts),
            Step::Touch(it) => self.touchpoint(span, [&it.only_if, &it.unless], &mut facts),
            Step::Wait(it) => {
                let length = it.duration.map(|it| it.value).unwrap_or_default();
                let more = match (it.at, it.on.is_empty()) {
                    (None, true) => 0,
                    (_, true) => 25 * 3_600,
                    (_, false) => 8 * 86_400,
                };
                facts.age_by(shortest(length), Some(longest(length) + more));
            }
            Step::WaitUntil(_) => facts.age(),
            Step::WaitFor(it) => return self.wait_for(it, span, facts),
            Step::Branch(it) => return self.branch(it, &facts),
            Step::Split(it) => {
                let arms = it.arms.values().map(|arm| &arm.steps);
                let ends: Vec<_> = arms.map(|it| self.steps(it, facts.clone())).collect();
                return meet(ends);
            }
            Step::Repeat(it) => return self.repeat(it, facts),
            Step::Set(it) => set(it, span, &mut facts),
            Step::Enter(_) => {}
            Step::Exit(_) => return None,
        }
        Some(facts)
    }

    /// For how long hours or the frequency cap may hold a message back, in seconds, if they may: what was
    /// known may have changed then. The hours are the same each week, but for a clock change.
    #[allow(clippy::option_option, reason = "not held, or for ever")]
    fn held(&self, send: &Send) -> Option<Option<i64>> {
        let policy = &self.project.policy;
        let cap = policy.frequency_cap.as_ref();
        let queues = |it: &FrequencyCap| it.when_full == WhenFull::Queue;
        let hours = policy.send_window.is_some() || policy.quiet_hours.is_some();
        if self.journey.class_of(send) != Class::Commercial || send.bypass_window == Some(true) {
            None
        } else if cap.is_some_and(queues) {
            Some(None)
        } else {
            hours.then_some(Some(8 * 86_400))
        }
    }

    /// Those for whom its conditions do not hold come by as well, so they prove nothing afterwards.
    fn touchpoint(
        &mut self,
        span: Span,
        [only_if, unless]: [&'j Option<Condition>; 2],
        facts: &mut Facts<'j>,
    ) {
        if only_if.is_none() && unless.is_none() {
            (self.visit)(Visit::Arrival(span, facts));
            return;
        }
        let mut passed = facts.clone();
        for (condition, truth) in [(only_if, true), (unless, false)] {
            if let Some(condition) = condition {
                let ruled_out = facts.ruled_out(self.words, condition, truth);
                (self.visit)(Visit::Touchpoint(condition, truth, ruled_out));
                passed.assume(condition, truth);
            }
        }
        (self.visit)(Visit::Arrival(span, &passed));
    }

    fn wait_for(
        &mut self,
        wait: &'j WaitFor,
        span: Span,
        mut facts: Facts<'j>,
    ) -> Option<Facts<'j>> {
        if wait.filter.is_none() && facts.has_seen(&wait.event.value) {
            (self.visit)(Visit::Over(wait));
            return Some(facts);
        }
        // Whether the entry itself counts as "since entry" is not for this stage to decide.
        let proves = *wait.event.value != *self.journey.trigger.event.value;
        let length = wait.timeout.map(|it| it.value);
        let mut after = facts.clone();
        after.age_by(0, length.map(longest));
        facts.age_by(length.map_or(0, shortest), length.map(longest));
        if wait.filter.is_none() {
            after.sees(&wait.event.value);
        }
        if proves {
            after.learn(happened(&wait.event.value), true, span);
        }
        let timeout = match (&wait.timeout, &wait.on_timeout) {
            (None, _) => None,
            (Some(_), None) => Some(facts),
            (Some(_), Some(steps)) => {
                // That of another case may have come.
                let trigger = &*self.journey.trigger.event.value;
                let is_any = !self.project.tells_apart(trigger, &wait.event.value);
                if proves && is_any && wait.filter.is_none() {
                    facts.learn(happened(&wait.event.value), false, span);
                }
                self.steps(steps, facts)
            }
        };
        meet(vec![Some(after), timeout])
    }

    fn branch(&mut self, branch: &'j Branch, facts: &Facts<'j>) -> Option<Facts<'j>> {
        let mut rest = facts.clone();
        let mut ends = Vec::new();
        for way in &branch.when {
            let ruled_out = rest.ruled_out(self.words, &way.condition, true);
            if ruled_out.is_none() {
                let mut taken = rest.clone();
                taken.assume(&way.condition, true);
                ends.push(self.steps(&way.steps, taken));
            }
            (self.visit)(Visit::Way(way, ruled_out));
            rest.assume(&way.condition, false);
        }
        let ruled_out = rest.contradiction(self.words, None);
        if ruled_out.is_none() {
            ends.push(match &branch.otherwise {
                Some(steps) => self.steps(steps, rest),
                None => Some(rest),
            });
        }
        (self.visit)(Visit::Otherwise(branch, ruled_out));
        meet(ends)
    }

    /// Each round begins with what lasts, and there is at least one.
    fn repeat(&mut self, repeat: &'j Repeat, mut facts: Facts<'j>) -> Option<Facts<'j>> {
        facts.age();
        facts.repeat(&repeat.steps);
        if let Some(until) = &repeat.until {
            let ends = facts.ruled_out(self.words, until, false).is_some();
            (self.visit)(Visit::Rounds(until, ends));
        }
        let mut end = self.steps(&repeat.steps, facts)?;
        end.age();
        Some(end)
    }
}

/// What is known where ways meet; nothing if nobody comes there.
fn meet(ends: Vec<Option<Facts<'_>>>) -> Option<Facts<'_>> {
    ends.into_iter().flatten().reduce(|mut known, other| {
        known.meet(&other);
        known
    })
}

fn set(step: &SetAttribute, span: Span, facts: &mut Facts<'_>) {
    let name = &step.attribute.value;
    facts.forget(name);
    let value = match &step.value.value {
        Value::Null => Literal::None,
        Value::Bool(it) => Literal::Boolean(*it),
        Value::String(it) => Literal::Text(it.as_str().into()),
        Value::Number(it) => match it.as_f64() {
            Some(number) => Literal::Number(number),
            None => return,
        },
        _ => return,
    };
    let at = |kind| Expr { kind, at: 0..0 };
    let equal = ExprKind::Compare {
        operator: Comparison::Equal,
        left: Box::new(at(ExprKind::Contact(name.clone()))),
        right: Box::new(at(ExprKind::Literal(value))),
    };
    facts.learn(at(equal), true, span);
}
