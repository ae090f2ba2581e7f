//! The rules' sentences, as clauses of scenarios.
//!
//! In: a finding, with what its witness names. Out: a [`Sentence`]: the clause that a life must break, if
//! the finding is right. One small function for each rule; [`of`] is the table.
//! Invariant: a sentence says what the rule's page says, about the steps and events of this finding.
//! Not done here: finding the life.

use std::fmt::Write as _;

use crate::diagnostic::{Diagnostic, MomentKind};
use crate::model::{
    Ask, Class, ConsentSource, Duration, Journey, Milestone, Name, Offset, Purpose, Send, Step,
    Threshold, WhenFull,
};
use crate::scenario::case::{Anchor, Assertion, Bound, Clause, Distinct, Ends, Point, Silence};
use crate::scenario::selector::{Kind, Properties, Selector, step_name};
use crate::simulate::{EventNo, Holder, JourneyNo, Moment, Record, Simulation, Skip, StepNo, What};

use super::clauses::{exclusive, inclusive, minutes, of_minutes, one, sum};
use super::kin;
use super::places::Places;
use super::route::Route;

/// What a life must break.
#[derive(Debug)]
pub(super) struct Sentence {
    /// The clauses; one that does not hold is enough.
    pub(super) clauses: Vec<Said>,
    /// An event that comes at some moment before the step, if the sentence speaks of one.
    pub(super) meanwhile: Option<EventNo>,
    /// What else must be seen, so that the clause is broken because of the finding.
    pub(super) needs: Needs,
    /// How many minutes of life it takes behind the witness.
    pub(super) minutes: i64,
    /// What a life may break instead.
    pub(super) other: Option<Box<Sentence>>,
}

/// A clause, resolved and as a file says it.
#[derive(Debug)]
pub(super) struct Said {
    /// What must hold.
    pub(super) what: Assertion,
    /// The key of the file under which it stands.
    pub(super) key: &'static str,
    /// How it stands there.
    pub(super) text: String,
}

/// What must be seen in a life besides the broken clause.
#[derive(Debug)]
pub(super) enum Needs {
    /// Nothing.
    Nothing,
    /// The person is let into the journey.
    Entered(JourneyNo),
    /// The frequency cap drops or holds back one of these.
    Capped(Vec<StepNo>),
    /// So few seconds after the first, the frequency cap drops or holds back the second.
    Crowded(StepNo, StepNo, i64),
    /// Less than so many seconds lie between the two, in journeys that belong together.
    Together(StepNo, StepNo, i64),
}

/// A finding, and what its sentence speaks of.
pub(super) struct Finding<'f, 'p> {
    pub(super) simulation: &'f Simulation<'p>,
    pub(super) places: &'f Places<'p>,
    pub(super) diagnostic: &'f Diagnostic,
    pub(super) route: &'f Route<'p>,
    /// How long after the start of the life the first event of the witness comes.
    pub(super) begin: Option<Duration>,
    /// The threshold of a rule where the finding is.
    pub(super) threshold: &'f dyn Fn(&str) -> Option<Threshold>,
}

/// Why there is no sentence for a finding.
pub(super) const STATIC: &str =
    "it is about what is written, or not written, and not about what somebody lives through";

/// The sentence of a finding's rule, or why there is none.
pub(super) fn of(it: &Finding<'_, '_>) -> Result<Sentence, &'static str> {
    if let Some(why) = it.unlived() {
        return Err(why);
    }
    sentence(it).ok_or(STATIC)
}

fn sentence(it: &Finding<'_, '_>) -> Option<Sentence> {
    match it.diagnostic.rule.0 {
        "silence-after-payment"
        | "next-steps-after-payment"
        | "thank-you-missing"
        | "wow-window"
        | "follow-up-within-7-days" => it.owed(it.diagnostic.rule.0),
        "window-breaks-deadline" => it.owed(it.diagnostic.subject.as_deref()?),
        "post-payment-gap" => it.silence(),
        "delay-notice-missing" => it.delay_notice(),
        "zero-wait" => it.zero_wait(),
        "feedback-before-delivery" => it.before_delivery(),
        "feedback-too-soon" => it.too_soon(),
        "repeated-feedback-request" => it.repeated(),
        "feedback-while-inbound-open"
        | "exit-checked-once"
        | "guard-window-not-longer-than-wait" => {
            it.despite(it.simulation.event(it.diagnostic.subject.as_deref()?)?)
        }
        "exit-on-conversion" => it.despite(it.last_event_of(Milestone::Payment)?),
        "unsubscribe-not-honoured-in-time" => it.unsubscribed(),
        "abandonment-vs-post-purchase" => it.abandoned(),
        "survey-fatigue" => it.both_within(it.limit()?),
        "duplicate-send-overlap" => it.both_within(inclusive(it.limit()?)),
        "metric-mismatch" => it.metric(),
        "sender-churn" => it.churn(),
        "handover-unannounced" => it.handover(),
        "implied-consent-expired" => it.consent(),
        "frequency-cap-exceeded" => it.cap(),
        "journey-dead-end" => it.dead_end(),
        _ => None,
    }
}

impl Finding<'_, '_> {
    /// Something is owed within some time of the payment.
    fn owed(&self, rule: &str) -> Option<Sentence> {
        let Threshold::Duration(limit) = (self.threshold)(rule)? else {
            return None;
        };
        let any: &[Purpose] = match rule {
            "next-steps-after-payment" => &[Purpose::NextSteps],
            "thank-you-missing" => &[Purpose::ThankYou],
            "wow-window" => &[Purpose::Wow],
            "follow-up-within-7-days" => &[
                Purpose::CheckIn,
                Purpose::SetupHelp,
                Purpose::StatusUpdate,
                Purpose::DelayNotice,
                Purpose::Apology,
            ],
            _ => &[],
        };
        let gift = |step: &Step| {
            rule == "wow-window" && matches!(step, Step::Send(it) if it.gift == Some(true))
        };
        let selector = self.with_purposes(any, gift);
        let payment = self.event_of(Milestone::Payment)?;
        let point = self.point(Anchor::Event(payment), None);
        let text = format!(
            "{{any: {}, within: [{}, {limit}]}}",
            selector.1,
            self.moment_name(payment)
        );
        let mut clause = Clause::of(selector.0);
        clause.when.push(Bound::Within(point, limit));
        let mut res = one(Assertion::Expect(Box::new(clause)), "expect", text);
        res.needs = Needs::Entered(self.journey()?);
        res.minutes = minutes(limit);
        Some(res)
    }

    /// Nobody hears nothing for too long between the payment and the moment they have it.
    fn silence(&self) -> Option<Sentence> {
        let limit = self.limit()?;
        let payment = self.event_of(Milestone::Payment)?;
        let (end, until) = self.end_of_silence(limit)?;
        let text = format!(
            "{{silence: {limit}, between: [{}, {until}]}}",
            self.moment_name(payment)
        );
        let silence = Silence {
            lasts: limit,
            between: Some((self.point(Anchor::Event(payment), None), end)),
            of: None,
        };
        let mut res = one(Assertion::NoSilence(Box::new(silence)), "never", text);
        res.minutes = minutes(limit) + 2 * 1_440;
        res.needs = Needs::Entered(self.journey()?);
        Some(res)
    }

    /// The silence of a witness lasts until its last event or touchpoint, or for ever.
    fn end_of_silence(&self, limit: Duration) -> Option<(Point, String)> {
        let witness = self.diagnostic.witness.as_ref()?;
        let last = witness.moments.last()?;
        let is_event = last.kind == MomentKind::Event && witness.moments.len() > 1;
        let event = self.simulation.event(&last.name).filter(|_| is_event);
        if let Some(event) = event {
            let point = self.point(Anchor::Event(event), None);
            return Some((point, self.event_name(event).to_owned()));
        }
        let is_heard = matches!(
            last.kind,
            MomentKind::Send | MomentKind::Task | MomentKind::Touch
        );
        let more = if is_heard { 0 } else { minutes(limit) * 60 };
        let days = (self.route.length + more) / 86_400 + 1;
        let days = u32::try_from(days).ok()?;
        let offset = Offset {
            before: false,
            by: Duration::of_days(days),
        };
        let point = self.point(Anchor::Start, Some(offset));
        Some((point, format!("start + {days}d")))
    }

    /// Who waits for a delivery that does not come is told in time.
    fn delay_notice(&self) -> Option<Sentence> {
        let witness = self.diagnostic.witness.as_ref()?;
        let grace = self.limit()?;
        let awaited = self
            .simulation
            .steps()
            .find_map(|(no, it)| match &it.step.value {
                Step::WaitFor(wait) if wait.id.span == self.diagnostic.primary.span => {
                    Some((no, &*wait.event.value))
                }
                _ => None,
            });
        let (_, event) = awaited?;
        let declared = self.simulation.project().event(event)?;
        let promised = declared.promised_within.as_ref().map(|it| it.value);
        let due = sum(promised.unwrap_or(Duration::of_days(30)), grace);
        let first = self.simulation.event(&witness.moments.first()?.name)?;
        let from = self.event_of(Milestone::Payment).unwrap_or(first);
        let none = |_: &Step| false;
        let selector = self.with_purposes(&[Purpose::DelayNotice, Purpose::Apology], none);
        let text = format!(
            "{{any: {}, within: [{}, {due}]}}",
            selector.1,
            self.moment_name(from)
        );
        let mut clause = Clause::of(selector.0);
        let point = self.point(Anchor::Event(from), None);
        clause.when.push(Bound::Within(point, due));
        let mut res = one(Assertion::Expect(Box::new(clause)), "expect", text);
        res.needs = Needs::Entered(self.journey()?);
        res.minutes = minutes(due);
        Some(res)
    }

    /// The second message does not come right after the first, and is not dropped because of it.
    fn zero_wait(&self) -> Option<Sentence> {
        let (first, second) = self.last_two()?;
        let transactional = [first, second].iter().all(|it| self.is_transactional(*it));
        let gap = if transactional {
            Duration::default()
        } else {
            exclusive(self.limit()?)
        };
        // Of several rounds the last one counts.
        let mut res = if self.is_repeated(first) {
            Self::at_most(1, self.one_of(&[first, second]), Some(inclusive(gap)))
        } else {
            self.never_within(second, Anchor::Step(first), gap)
        };
        let mut clause = Clause::of(Selector::step(self.kind(second), second, self.simulation));
        let before = self.point(Anchor::Step(first), None);
        clause.when.push(Bound::Within(before, gap));
        let text = format!(
            "{{send: {}, within: [{}, {gap}]}}",
            step_name(self.simulation, second),
            step_name(self.simulation, first)
        );
        let mut other = one(Assertion::Expect(Box::new(clause)), "expect", text);
        other.needs = Needs::Crowded(first, second, minutes(gap) * 60);
        res.other = Some(Box::new(other));
        Some(res)
    }

    /// Nobody is asked about what they do not have yet.
    fn before_delivery(&self) -> Option<Sentence> {
        let target = self.target()?;
        if let Step::Send(send) = &self.simulation.step(target).step.value
            && is_about_something_else(self.simulation.journey(self.of(target)), send)
        {
            let payment = self.event_of(Milestone::Payment)?;
            return Some(self.never_later(target, payment, self.limit()?));
        }
        // Nothing on the way says that they have it: in this life it never comes.
        Some(self.never(target, Vec::new(), ""))
    }

    /// People have some time to try what they got.
    fn too_soon(&self) -> Option<Sentence> {
        let target = self.target()?;
        let arrived = self
            .last_event_of(Milestone::Delivered)
            .or_else(|| self.last_event_of(Milestone::ServiceStarted))?;
        let limit = exclusive(self.limit()?);
        Some(self.never_within(target, Anchor::Event(arrived), limit))
    }

    /// One question, one reminder, and nothing after the answer.
    fn repeated(&self) -> Option<Sentence> {
        let target = self.target()?;
        let answered = self.last_event_of(Milestone::FeedbackGiven);
        let step = &self.simulation.step(target).step.value;
        let journey = self.simulation.journey(self.of(target));
        let reminds = match step {
            Step::Send(it) => it.reminder_of.as_ref(),
            _ => None,
        };
        if let (Some(_), Some(event)) = (reminds, answered) {
            return self.despite(event);
        }
        let requests: Vec<StepNo> = self
            .route
            .touches
            .iter()
            .map(|it| it.0)
            .filter(|it| asks(journey, &self.simulation.step(*it).step.value))
            .collect();
        let before = requests.iter().rev().skip(1).find(|it| **it != target);
        // Again in each round.
        let Some(before) = before.copied() else {
            return Some(self.at_most_once(target, Duration::of_days(89)));
        };
        let time = |step: StepNo| {
            let touches = self.route.touches.iter().rev();
            touches.clone().find(|it| it.0 == step).map(|it| it.1)
        };
        let gap = time(target).zip(time(before)).map(|it| it.0 - it.1);
        let is_near = gap.is_none_or(|it| it < minutes(self.limit().unwrap_or_default()) * 60);
        let is_hasty =
            is_near && reminds.is_some_and(|it| self.simulation.step_id(before) == Some(&it.value));
        let limit = if is_hasty {
            exclusive(self.limit()?)
        } else {
            exclusive(Duration::of_days(90))
        };
        let repeats = requests.iter().filter(|it| **it == target).count() > 1;
        if repeats && !is_hasty {
            return Some(self.at_most_once(target, limit));
        }
        Some(self.never_within(target, Anchor::Step(before), limit))
    }

    /// A message does not go to those to whom something has happened.
    fn despite(&self, event: EventNo) -> Option<Sentence> {
        let target = self.target()?;
        Some(self.never_after(target, event))
    }

    fn never_after(&self, target: StepNo, event: EventNo) -> Sentence {
        let point = self.point(Anchor::Event(event), None);
        let text = format!("after: {}", self.event_name(event));
        let mut res = self.never(target, vec![Bound::After(point)], &text);
        res.meanwhile = Some(event);
        res
    }

    /// Nothing commercial goes to those who have unsubscribed.
    fn unsubscribed(&self) -> Option<Sentence> {
        let project = self.simulation.project();
        // There may be several ways to say no: the one is meant that the journey does not watch.
        let own = self.diagnostic.journey.as_deref()?;
        let mut journeys = self.simulation.journeys().map(|it| it.1);
        let journey = journeys.find(|it| *it.name.value == *own)?;
        let is_watched = |name: &&Name| {
            let mut exits = journey.exits.iter();
            exits.any(|it| {
                *it.on.value == *name.value
                    && it.filter.is_none()
                    && it.only != Some(Class::Transactional)
            })
        };
        let goodbyes = || project.events_of(Milestone::Unsubscribed);
        let unheard = goodbyes().find(|it| !is_watched(it));
        let name = unheard.or_else(|| goodbyes().next())?;
        let event = self.simulation.event(&name.value)?;
        let target = self.target()?;
        if self.route.trigger == event {
            let point = self.point(Anchor::Event(event), None);
            let text = format!("after: {}", name.value);
            return Some(self.never(target, vec![Bound::After(point)], &text));
        }
        Some(self.never_after(target, event))
    }

    /// Nothing reminds of a basket that has been paid.
    fn abandoned(&self) -> Option<Sentence> {
        self.despite(self.simulation.event(self.diagnostic.subject.as_deref()?)?)
    }

    /// Two messages do not come in less than this.
    fn both_within(&self, limit: Duration) -> Option<Sentence> {
        let (first, second) = self.last_two()?;
        let both = self.one_of(&[first, second]);
        let mut res = Self::at_most(1, both, Some(limit));
        res.needs = Needs::Together(first, second, minutes(limit) * 60);
        Some(res)
    }

    /// A question fits its moment.
    fn metric(&self) -> Option<Sentence> {
        let target = self.target()?;
        let Step::Send(send) = &self.simulation.step(target).step.value else {
            return None;
        };
        let witness = self.diagnostic.witness.as_ref()?;
        let mut events = witness.moments.iter().rev();
        let last = events.find(|it| it.kind == MomentKind::Event)?;
        let event = self.simulation.event(&last.name)?;
        match send.asks.map(|it| it.value)? {
            Ask::Ces => Some(self.never_later(target, event, self.limit()?)),
            Ask::Nps => {
                let limit = exclusive(self.limit()?);
                Some(self.never_within(target, Anchor::Event(event), limit))
            }
            _ => None,
        }
    }

    /// One person writes.
    fn churn(&self) -> Option<Sentence> {
        let Threshold::Number(limit) = (self.threshold)(self.diagnostic.rule.0)? else {
            return None;
        };
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small count, checked where it is read"
        )]
        let n = limit.max(0.0) as u32;
        // Letters of those who have been introduced away are not among those pointed at.
        let pointed = self.diagnostic.related.iter();
        let mut letters: Vec<StepNo> = pointed.filter_map(|it| self.places.step(it.span)).collect();
        letters.extend(self.target());
        let letters = self.one_of(&letters);
        let text = letters.1.clone();
        let mut res = Self::at_most(n, letters, None);
        let said = &mut res.clauses[0];
        if let Assertion::AtMost(it) = &mut said.what {
            it.distinct = Some(Distinct::SenderPerson);
        }
        said.text = format!("{{n: {n}, any: {text}, distinct: sender.person}}");
        Some(res)
    }

    /// The letter of somebody new does not come after that of another person, without a word.
    fn handover(&self) -> Option<Sentence> {
        let (first, second) = self.last_two()?;
        let name = step_name(self.simulation, first);
        let when = Bound::After(self.point(Anchor::Step(first), None));
        Some(self.never(second, vec![when], &format!("after: {name}")))
    }

    /// Nothing commercial goes out when the consent has run out.
    fn consent(&self) -> Option<Sentence> {
        let pointed = self.places.step(self.diagnostic.primary.span);
        let target = pointed.or_else(|| self.target())?;
        let journey = self.simulation.journey(self.of(target));
        let (lasts, age) = consent(self.simulation, journey, self.limit()?);
        let left = (minutes(lasts) - minutes(age)).max(0);
        Some(self.never_later(target, self.route.trigger, of_minutes(left)))
    }

    /// No more commercial messages come in a span of time than people bear, and the cap drops none.
    fn cap(&self) -> Option<Sentence> {
        let subject = self.diagnostic.subject.as_deref()?;
        let cap = self.simulation.project().policy.frequency_cap.as_ref();
        let commercial = Properties {
            class: Some(crate::model::Class::Commercial),
            ..Properties::default()
        };
        let steps: Vec<StepNo> = self.route.touches.iter().map(|it| it.0).collect();
        let Some(cap) = cap else {
            let (n, per) = if subject.ends_with("a day") {
                (1, of_minutes(1_440))
            } else if subject.ends_with("a week") {
                (3, of_minutes(7 * 1_440))
            } else {
                (8, of_minutes(30 * 1_440))
            };
            let all = self.by(Kind::Send, &commercial);
            return Some(Self::at_most(
                n,
                (all, "{class: commercial}".to_owned()),
                Some(per),
            ));
        };
        let mut res = Sentence {
            clauses: Vec::new(),
            meanwhile: None,
            needs: Needs::Capped(steps.clone()),
            minutes: 40 * 1_440,
            other: None,
        };
        for (step, at) in &self.route.touches {
            let kind = self.kind(*step);
            let mut clause = Clause::of(Selector::step(kind, *step, self.simulation));
            let mut text = format!("{{send: {}", step_name(self.simulation, *step));
            if cap.when_full == WhenFull::Queue {
                // In the same hour as without the cap.
                let by = of_minutes(at / 60 + 59);
                let offset = Offset { before: false, by };
                let start = self.point(Anchor::Event(self.route.trigger), Some(offset));
                clause.when.push(Bound::By(start));
                let name = self.event_name(self.route.trigger);
                let _ = write!(text, ", by: {name} + {by}");
            }
            res.clauses.push(Said {
                what: Assertion::Expect(Box::new(clause)),
                key: "expect",
                text: text + "}",
            });
        }
        Some(res)
    }

    /// Something follows.
    fn dead_end(&self) -> Option<Sentence> {
        let journey = self.journey()?;
        // One that the same event begins is there already, and does not follow, unless it is let in first.
        let trigger = |it: JourneyNo| &self.simulation.journey(it).trigger.event.value;
        let follows = |it: JourneyNo| it > journey && trigger(it) == trigger(journey);
        let mut others = self.simulation.journeys();
        let (next, other) = others.find(|it| it.0 != journey && !follows(it.0))?;
        let name = &self.simulation.journey(journey).name.value;
        let ends = Ends {
            journey,
            state: None,
            via: None,
            next: Some(next),
            by: None,
        };
        let text = format!("{{journey: {name}, next: {}}}", other.name.value);
        let mut res = one(Assertion::Ends(Box::new(ends)), "ends", text);
        res.needs = Needs::Entered(journey);
        Some(res)
    }
}

impl Needs {
    /// Whether a life shows it.
    pub(super) fn seen(&self, record: &Record) -> bool {
        let mut moments = record.moments.iter();
        match self {
            Self::Nothing => true,
            Self::Entered(journey) => moments.any(|it| {
                matches!(it.what, What::Entered(_))
                    && it.visit.is_some_and(|it| it.journey == *journey)
            }),
            Self::Capped(steps) => {
                moments.any(|it| capped(it).is_some_and(|it| steps.contains(&it)))
            }
            Self::Crowded(first, second, gap) => moments.any(|it| {
                let near = |other: &&Moment| (it.at - gap..=it.at).contains(&other.at);
                let mut others = record.moments.iter().filter(near);
                capped(it) == Some(*second) && others.any(|it| it.what.touchpoint() == Some(*first))
            }),
            Self::Together(first, second, gap) => kin::are_together(record, *first, *second, *gap),
        }
    }
}

/// What the frequency cap drops or holds back at a moment.
pub(super) fn capped(moment: &Moment) -> Option<StepNo> {
    match moment.what {
        What::Skipped(step, Skip::Cap) | What::Held(step, Holder::Cap, _) => Some(step),
        _ => None,
    }
}

/// Whether a step asks for feedback, or reminds of it.
fn asks(journey: &Journey, step: &Step) -> bool {
    let own = step
        .purposes()
        .iter()
        .any(|it| it.value == Purpose::FeedbackRequest);
    let send = match step {
        Step::Send(it) => Some(&**it),
        _ => None,
    };
    own || send.is_some_and(|it| {
        let reminded = it.reminder_of.as_ref();
        it.asks.is_some()
            || reminded.is_some_and(|name| journey.sends().any(|it| it.id.value == name.value))
    })
}

/// Whether a question says that it is not about what was bought.
fn is_about_something_else(journey: &Journey, send: &Send) -> bool {
    let reminded = send.reminder_of.as_ref();
    let original = reminded.and_then(|name| journey.sends().find(|it| it.id.value == name.value));
    send.about.is_some() || original.is_some_and(|it| it.about.is_some())
}

/// How long the consent of a journey lasts, and how old it is on entry.
fn consent(
    simulation: &Simulation<'_>,
    journey: &Journey,
    purchase: Duration,
) -> (Duration, Duration) {
    const INQUIRY: Duration = Duration {
        minutes: 0,
        days: 181,
        business_days: 0,
    };
    let declared = journey.consent.as_ref();
    let age = declared.and_then(|it| it.age.as_ref()).map(|it| it.value);
    let event = simulation.project().event(&journey.trigger.event.value);
    let milestone = event
        .and_then(|it| it.milestone.as_ref())
        .map(|it| it.value);
    let source = declared
        .and_then(|it| it.source.as_ref())
        .map(|it| it.value);
    let asked = source == Some(ConsentSource::Inquiry)
        || (source.is_none() && milestone == Some(Milestone::Intent));
    let lasts = if asked && minutes(INQUIRY) < minutes(purchase) {
        INQUIRY
    } else {
        purchase
    };
    (lasts, age.unwrap_or_default())
}
