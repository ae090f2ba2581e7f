//! What sentences are made of: the steps and events of a finding, and clauses about them.
//!
//! In: a finding, with its route. Out: selectors, points in time and clauses, resolved and as a file says
//! them. Not done here: which rule says which.

use crate::diagnostic::MomentKind;
use crate::model::{Duration, Milestone, Offset, Purpose, Step, Threshold};
use crate::scenario::case::{Anchor, Assertion, AtMost, Bound, Clause, Point};
use crate::scenario::selector::{Kind, Properties, Selector, step_name};
use crate::simulate::{EventNo, JourneyNo, StepNo};

use super::sentence::{Finding, Needs, Said, Sentence};

/// What the sentences are made of.
impl<'p> Finding<'_, 'p> {
    /// The finding's threshold, where it is a duration.
    pub(super) fn limit(&self) -> Option<Duration> {
        match (self.threshold)(self.diagnostic.rule.0)? {
            Threshold::Duration(it) => Some(it),
            Threshold::Number(_) => None,
        }
    }

    pub(super) fn point(&self, anchor: Anchor, offset: Option<Offset>) -> Point {
        let (anchor, offset) = match (anchor, self.begin) {
            (Anchor::Event(it), Some(begin)) if it == self.route.trigger => {
                let later = offset.filter(|it| !it.before).map(|it| it.by);
                let by = sum(begin, later.unwrap_or_default());
                let offset = Offset { before: false, by };
                (Anchor::Start, Some(offset))
            }
            other => (other.0, offset),
        };
        Point {
            anchor,
            offset,
            span: self.diagnostic.primary.span,
        }
    }

    /// An event as a point in time: by its name, or by the time, if it has come for others before.
    pub(super) fn moment_name(&self, event: EventNo) -> String {
        match self.begin {
            Some(it) if event == self.route.trigger => format!("start + {it}"),
            _ => self.event_name(event).to_owned(),
        }
    }

    pub(super) fn event_name(&self, event: EventNo) -> &'p str {
        self.simulation.event_name(event)
    }

    pub(super) fn of(&self, step: StepNo) -> JourneyNo {
        self.simulation.step(step).journey
    }

    pub(super) fn kind(&self, step: StepNo) -> Kind {
        match &self.simulation.step(step).step.value {
            Step::Send(_) => Kind::Send,
            Step::Task(_) => Kind::Task,
            Step::Touch(_) => Kind::Touch,
            _ => Kind::Any,
        }
    }

    /// Whether a step stands inside a `repeat`.
    pub(super) fn is_repeated(&self, step: StepNo) -> bool {
        let own = self.simulation.step(step);
        let mut others = self.simulation.steps();
        others.any(|(_, it)| {
            let (outer, inner) = (it.step.span, own.step.span);
            matches!(it.step.value, Step::Repeat(_))
                && outer.file == inner.file
                && outer.start <= inner.start
                && inner.end <= outer.end
        })
    }

    /// The journey that the finding is in.
    pub(super) fn journey(&self) -> Option<JourneyNo> {
        let name = self.diagnostic.journey.as_deref()?;
        let mut journeys = self.simulation.journeys();
        journeys.find(|it| *it.1.name.value == *name).map(|it| it.0)
    }

    /// The touchpoint that the sentence is about: the last of the witness, or the one pointed at.
    pub(super) fn target(&self) -> Option<StepNo> {
        let last = self.route.touches.last().map(|it| it.0);
        let is_touch = |it: &StepNo| self.kind(*it) != Kind::Any;
        let pointed = || self.places.step(self.diagnostic.primary.span);
        let related = || {
            let mut all = self.diagnostic.related.iter();
            all.find_map(|it| self.places.step(it.span).filter(is_touch))
        };
        last.or_else(|| pointed().filter(is_touch)).or_else(related)
    }

    /// The last touchpoint of the witness, and the one before it that the finding points at.
    pub(super) fn last_two(&self) -> Option<(StepNo, StepNo)> {
        let [.., before, last] = self.route.touches.as_slice() else {
            return None;
        };
        let related = self.diagnostic.related.iter();
        let mut named = related.filter_map(|it| self.places.step(it.span));
        let is_told = |it: &StepNo| self.route.touches.iter().any(|touch| touch.0 == *it);
        let first = named.find(|it| *it != last.0 && is_told(it));
        Some((first.unwrap_or(before.0), last.0))
    }

    /// The first event of the witness that carries a milestone.
    pub(super) fn event_of(&self, milestone: Milestone) -> Option<EventNo> {
        self.told_events().find(|it| self.carries(*it, milestone))
    }

    /// The last event of the witness that carries a milestone.
    pub(super) fn last_event_of(&self, milestone: Milestone) -> Option<EventNo> {
        let all = self.told_events();
        all.filter(|it| self.carries(*it, milestone)).last()
    }

    fn told_events(&self) -> impl Iterator<Item = EventNo> {
        let witness = self.diagnostic.witness.iter();
        let moments = witness.flat_map(|it| &it.moments);
        let events = moments.filter(|it| it.kind == MomentKind::Event);
        events.filter_map(|it| self.simulation.event(&it.name))
    }

    pub(super) fn carries(&self, event: EventNo, milestone: Milestone) -> bool {
        let declared = self.simulation.project().event(self.event_name(event));
        let own = declared.and_then(|it| it.milestone.as_ref());
        own.is_some_and(|it| it.value == milestone)
    }

    pub(super) fn is_transactional(&self, step: StepNo) -> bool {
        let journey = self.simulation.journey(self.of(step));
        let class = match &self.simulation.step(step).step.value {
            Step::Send(it) => journey.class_of(it),
            Step::Touch(it) => it.class.map_or(journey.class, |it| it.value),
            _ => return false,
        };
        class == crate::model::Class::Transactional
    }

    pub(super) fn by(&self, kind: Kind, wanted: &Properties) -> Selector {
        Selector::by(kind, wanted, self.simulation)
    }

    /// All touchpoints with one of these purposes, and those that are meant besides.
    pub(super) fn with_purposes(
        &self,
        purposes: &[Purpose],
        also: impl Fn(&Step) -> bool,
    ) -> (Selector, String) {
        if purposes.is_empty() {
            return (Selector::any(self.simulation), "{}".to_owned());
        }
        let mut steps = Vec::new();
        for purpose in purposes {
            let wanted = Properties {
                purpose: Some(*purpose),
                ..Properties::default()
            };
            steps.extend(self.by(Kind::Any, &wanted).steps);
        }
        let others = self
            .simulation
            .steps()
            .filter(|(_, it)| also(&it.step.value));
        let others: Vec<StepNo> = others.map(|it| it.0).collect();
        let is_more = !others.is_empty();
        steps.extend(others);
        steps.sort_unstable();
        steps.dedup();
        let words: Vec<&str> = purposes.iter().map(|it| it.word()).collect();
        let text = match words.as_slice() {
            _ if is_more => self.list(&steps),
            [only] => format!("{{purpose: {only}}}"),
            // Nobody does any of it.
            [first, ..] if steps.is_empty() => format!("{{purpose: {first}}}"),
            _ => self.list(&steps),
        };
        let selector = Selector {
            kind: Kind::Any,
            steps,
            words: format!("any {} touchpoint", words.join(" or ")),
        };
        (selector, text)
    }

    pub(super) fn list(&self, steps: &[StepNo]) -> String {
        let names = steps.iter().map(|it| step_name(self.simulation, *it));
        format!("[{}]", names.collect::<Vec<_>>().join(", "))
    }

    pub(super) fn one_of(&self, steps: &[StepNo]) -> (Selector, String) {
        let mut sorted = steps.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let names = sorted.iter().map(|it| step_name(self.simulation, *it));
        let words = names.collect::<Vec<_>>().join(" or ");
        let text = self.list(&sorted);
        let selector = Selector {
            kind: Kind::Any,
            steps: sorted,
            words,
        };
        (selector, text)
    }

    pub(super) fn never(&self, step: StepNo, when: Vec<Bound>, text: &str) -> Sentence {
        let kind = self.kind(step);
        let mut clause = Clause::of(Selector::step(kind, step, self.simulation));
        clause.when = when;
        let key = match kind {
            Kind::Task => "task",
            Kind::Touch => "touch",
            Kind::Send | Kind::Any => "send",
        };
        let name = step_name(self.simulation, step);
        one(
            Assertion::Never(Box::new(clause)),
            "never",
            match text {
                "" => format!("{{{key}: {name}}}"),
                _ => format!("{{{key}: {name}, {text}}}"),
            },
        )
    }

    pub(super) fn never_within(&self, step: StepNo, anchor: Anchor, limit: Duration) -> Sentence {
        let name = match anchor {
            Anchor::Event(it) => self.event_name(it).to_owned(),
            Anchor::Step(it) => step_name(self.simulation, it),
            Anchor::Start | Anchor::At(_) => "start".to_owned(),
        };
        let when = Bound::Within(self.point(anchor, None), limit);
        self.never(step, vec![when], &format!("within: [{name}, {limit}]"))
    }

    pub(super) fn never_later(&self, step: StepNo, event: EventNo, limit: Duration) -> Sentence {
        let offset = Offset {
            before: false,
            by: limit,
        };
        let when = Bound::After(self.point(Anchor::Event(event), Some(offset)));
        let text = format!("after: {} + {limit}", self.event_name(event));
        let mut res = self.never(step, vec![when], &text);
        res.minutes = minutes(limit);
        res
    }

    pub(super) fn at_most_once(&self, step: StepNo, per: Duration) -> Sentence {
        Self::at_most(1, self.one_of(&[step]), Some(per))
    }

    pub(super) fn at_most(n: u32, what: (Selector, String), per: Option<Duration>) -> Sentence {
        let within = per.map_or_else(String::new, |it| format!(", per: {it}"));
        let text = format!("{{n: {n}, any: {}{within}}}", what.1);
        let at_most = AtMost {
            n,
            selector: what.0,
            per,
            between: None,
            distinct: None,
        };
        one(Assertion::AtMost(Box::new(at_most)), "at_most", text)
    }
}

/// A sentence of one clause.
pub(super) fn one(what: Assertion, key: &'static str, text: String) -> Sentence {
    Sentence {
        clauses: vec![Said { what, key, text }],
        meanwhile: None,
        needs: Needs::Nothing,
        minutes: 0,
        other: None,
    }
}

/// The minutes of a duration on clocks that stand still, five business days to a week.
pub(super) fn minutes(it: Duration) -> i64 {
    let days = i64::from(it.days) + i64::from(it.business_days) * 7 / 5;
    days * 1_440 + i64::from(it.minutes)
}

pub(super) fn of_minutes(it: i64) -> Duration {
    let part = |it: i64| u32::try_from(it).unwrap_or(0);
    Duration {
        minutes: part(it % 1_440),
        days: part(it / 1_440),
        business_days: 0,
    }
}

/// A minute less: what is shorter than a duration.
pub(super) fn exclusive(it: Duration) -> Duration {
    of_minutes((minutes(it) - 1).max(0))
}

/// A minute more: what is not longer than a duration is shorter than this.
pub(super) fn inclusive(it: Duration) -> Duration {
    Duration {
        minutes: it.minutes.saturating_add(1),
        ..it
    }
}

pub(super) fn sum(one: Duration, other: Duration) -> Duration {
    Duration {
        minutes: one.minutes.saturating_add(other.minutes),
        days: one.days.saturating_add(other.days),
        business_days: one.business_days.saturating_add(other.business_days),
    }
}
