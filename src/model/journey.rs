//! A journey file, as written. Field comments are what an editor shows.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::condition::Condition;
use super::consent::Consent;
use super::duration::{Day, Duration};
use super::many::Many;
use super::project::Allow;
use super::setting::JourneyLint;
use super::shape::Name;
use super::step::{Send, Step, Steps};
use super::vocabulary::{Basis, Class, InFlight, Jurisdiction, Stage};
use crate::source::{Span, Spanned};

/// One customer journey: who enters it, what happens step by step, and when it ends.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Journey {
    /// The journey's name, equal to the file's name without `.yaml`.
    #[serde(rename = "journey")]
    #[schemars(example = &"post-purchase")]
    pub name: Name,
    /// What it does for the customer, in a few words.
    #[serde(default)]
    #[schemars(example = &"From payment to the second order")]
    pub title: Option<Name>,
    /// Why it exists and what to know before changing it.
    #[serde(default)]
    #[schemars(example = &"Sent by care, approved by the head of service")]
    pub description: Option<Name>,
    /// The team that answers for it.
    #[serde(default)]
    #[schemars(example = &"lifecycle")]
    pub owner: Option<Name>,
    /// The teams that must see every change.
    #[serde(default)]
    #[schemars(example = ["customer-care"])]
    pub reviewers: Vec<Name>,
    /// Where in the relationship it stands: before, during, after, return; one or several.
    #[serde(default)]
    #[schemars(example = &"after")]
    pub stage: Many<Stage>,
    /// The typical people it is written for.
    #[serde(default)]
    #[schemars(example = ["first-time-buyer"])]
    pub personas: Vec<Name>,
    /// What its messages are, unless a message says otherwise.
    #[schemars(example = &"commercial")]
    pub class: Class,
    /// Why we may send its commercial messages.
    #[serde(default)]
    #[schemars(example = &"soft_opt_in")]
    pub basis: Option<Spanned<Basis>>,
    /// How the people in it came to agree.
    #[serde(default)]
    #[schemars(example = example_consent())]
    pub consent: Option<Consent>,
    /// The legal areas it sends to, instead of the project's.
    #[serde(default)]
    #[schemars(example = ["uk", "eu"])]
    pub jurisdictions: Vec<Spanned<Jurisdiction>>,
    /// Who speaks, unless a message says otherwise.
    #[schemars(example = &"care")]
    pub from: Name,
    /// The event that lets a person in.
    #[schemars(example = example_trigger())]
    pub trigger: Trigger,
    /// Whether a person may come in again: never, `per_key`, always, or `{after: 30d}`.
    #[serde(default)]
    #[schemars(example = &"per_key")]
    pub reentry: Option<Spanned<Reentry>>,
    /// Which journey wins when several want to write to one person; a higher number wins.
    #[serde(default)]
    #[schemars(example = 10)]
    pub priority: Option<i32>,
    /// What makes a person leave, watched at every step.
    #[serde(default)]
    #[schemars(example = example_exits())]
    pub exits: Vec<Exit>,
    /// The event that the journey hopes for.
    #[serde(default)]
    #[schemars(example = example_goal())]
    pub goal: Option<Goal>,
    /// What is measured, one short-term and one long-term.
    #[serde(default)]
    #[schemars(example = ["repeat_purchase_rate_90d", "review_rate"])]
    pub metrics: Vec<Name>,
    /// The journeys that may follow: the relationship goes on.
    #[serde(default)]
    #[schemars(example = ["newsletter"])]
    pub next: Vec<Name>,
    /// Whether what was bought must be set up before anybody can judge it.
    #[serde(default)]
    #[schemars(example = true)]
    pub needs_setup: Option<bool>,
    /// The percentage of people kept out to see what the journey is worth.
    #[serde(default)]
    #[schemars(example = 5, range(min = 0, max = 50))]
    pub holdout: Option<u32>,
    /// The day by which somebody looks at the whole again.
    #[serde(default)]
    #[schemars(example = &"2027-06-30")]
    pub review_by: Option<Spanned<Day>>,
    /// What happens to people inside when the steps change.
    #[serde(default)]
    #[schemars(example = &"finish_old")]
    pub in_flight: Option<InFlight>,
    /// How much rules weigh in this journey, each with a reason and a last day.
    #[serde(default)]
    #[schemars(example = example_lint())]
    pub lint: JourneyLint,
    /// Findings that are accepted in this journey, each with a reason and a last day.
    #[serde(default)]
    #[schemars(example = example_allow())]
    pub allow: Vec<Allow>,
    /// What happens, from top to bottom.
    #[schemars(example = example_steps())]
    pub steps: Steps,
}

/// The event that lets a person in.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// The declared event.
    #[schemars(example = &"order_paid")]
    pub event: Name,
    /// Only events for which this holds.
    #[serde(default, rename = "where")]
    #[schemars(example = &"event.total > 0")]
    pub filter: Option<Condition>,
    /// Whether people who already qualify on the first day are let in.
    #[serde(default)]
    #[schemars(example = false)]
    pub enroll_existing: Option<bool>,
}

/// Whether a person may come in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reentry {
    /// Once in a lifetime.
    Never,
    /// Once for each value of the event's key.
    PerKey,
    /// Each time the event comes.
    Always,
    /// Not sooner than this after the last entry.
    After(Duration),
}

/// Something that makes a person leave, watched at every step.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exit {
    /// The declared event.
    #[schemars(example = &"order_refunded")]
    pub on: Name,
    /// Only events for which this holds.
    #[serde(default, rename = "where")]
    #[schemars(example = &"event.total > 0")]
    pub filter: Option<Condition>,
    /// What stops: only messages of this class; everything if not said.
    #[serde(default)]
    #[schemars(example = &"commercial")]
    pub only: Option<Class>,
    /// A word for reports.
    #[serde(default)]
    #[schemars(example = &"refunded")]
    pub reason: Option<Name>,
}

/// The event that the journey hopes for.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// The declared event.
    #[schemars(example = &"order_paid")]
    pub event: Name,
    /// Only events for which this holds.
    #[serde(default, rename = "where")]
    #[schemars(example = &"event.total > 0")]
    pub filter: Option<Condition>,
    /// How long after entry it counts.
    #[serde(default)]
    #[schemars(example = &"90d")]
    pub within: Option<Spanned<Duration>>,
}

/// The long form of [`Reentry`].
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReentryAfter {
    /// How long after the last entry a person may come in again.
    #[schemars(example = &"30d")]
    after: Duration,
}

/// The short forms of [`Reentry`].
#[derive(serde::Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ReentryWord {
    /// Once in a lifetime.
    Never,
    /// Once for each value of the event's key.
    PerKey,
    /// Each time the event comes.
    Always,
}

impl<'de> Deserialize<'de> for Reentry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ReentryVisitor;
        impl<'de> Visitor<'de> for ReentryVisitor {
            type Value = Reentry;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`never`, `per_key`, `always` or `{after: 30d}`")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Reentry, E> {
                let word = ReentryWord::deserialize(de::value::StrDeserializer::new(word))?;
                Ok(match word {
                    ReentryWord::Never => Reentry::Never,
                    ReentryWord::PerKey => Reentry::PerKey,
                    ReentryWord::Always => Reentry::Always,
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Reentry, A::Error> {
                let it = ReentryAfter::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Reentry::After(it.after))
            }
        }
        deserializer.deserialize_any(ReentryVisitor)
    }
}

impl JsonSchema for Reentry {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Reentry".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let word = generator.subschema_for::<ReentryWord>();
        let after = generator.subschema_for::<ReentryAfter>();
        json_schema!({
            "title": "re-entry",
            "description": "Whether a person may come in again: `never`, `per_key` (once for each order), `always`, or `{after: 30d}`.",
            "examples": ["per_key", {"after": "30d"}],
            "anyOf": [word, after]
        })
    }
}

/// The steps of a journey, one by one; made by [`Journey::walk`]. Most who walk stop early, so that
/// nothing is gathered beforehand.
#[derive(Debug, Clone)]
pub struct Walk<'j> {
    /// What is left of the list that is walked.
    list: std::slice::Iter<'j, Spanned<Step>>,
    depth: usize,
    /// What comes after it, the next one last.
    waiting: Vec<(std::slice::Iter<'j, Spanned<Step>>, usize)>,
}

impl<'j> Iterator for Walk<'j> {
    type Item = (&'j Spanned<Step>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(step) = self.list.next() else {
                (self.list, self.depth) = self.waiting.pop()?;
                continue;
            };
            let depth = self.depth;
            for inner in step.inner().into_iter().rev() {
                let outer = std::mem::replace(&mut self.list, inner.iter());
                self.waiting.push((outer, self.depth));
                self.depth = depth + 1;
            }
            return Some((step, depth));
        }
    }
}

impl Journey {
    /// Every step with its nesting depth, in the order of the file.
    pub fn walk(&self) -> Walk<'_> {
        Walk {
            list: self.steps.iter(),
            depth: 0,
            waiting: Vec::new(),
        }
    }

    /// Every condition, in the order of the file: filters of events, `if` and `unless`, ways of
    /// branches, ends of repetitions.
    pub fn conditions(&self) -> Vec<&Condition> {
        let mut out: Vec<&Condition> = self.trigger.filter.iter().collect();
        out.extend(self.exits.iter().filter_map(|it| it.filter.as_ref()));
        out.extend(self.goal.iter().filter_map(|it| it.filter.as_ref()));
        for (step, _) in self.walk() {
            let (only_if, unless) = step.conditions();
            out.extend(only_if);
            out.extend(unless);
            match &step.value {
                Step::WaitFor(it) => out.extend(&it.filter),
                Step::Branch(it) => out.extend(it.when.iter().map(|it| &it.condition)),
                Step::Repeat(it) => out.extend(&it.until),
                _ => {}
            }
        }
        out
    }

    /// The emails of the journey, in the order of the file.
    pub fn sends(&self) -> impl Iterator<Item = &Send> {
        self.walk().filter_map(|(step, _)| match &step.value {
            Step::Send(it) => Some(&**it),
            _ => None,
        })
    }

    /// The class of one of its emails.
    pub fn class_of(&self, send: &Send) -> Class {
        send.class.map_or(self.class, |it| it.value)
    }

    /// The sender's name of one of its emails.
    pub fn sender_of<'j>(&'j self, send: &'j Send) -> &'j Name {
        send.from.as_ref().unwrap_or(&self.from)
    }

    /// The place that stands for the journey as a whole: its name.
    pub fn span(&self) -> Span {
        self.name.span
    }
}

/// Gives each example its function, so that a field's attribute stays one line.
macro_rules! examples {
    ($($name:ident => $json:tt;)+) => {
        $(fn $name() -> Value { serde_json::json!($json) })+
    };
}

examples! {
    example_trigger => {"event": "order_paid", "where": "event.total > 0"};
    example_exits => [{"on": "order_refunded", "reason": "refunded"}, {"on": "unsubscribed", "only": "commercial"}];
    example_consent => {"source": "form", "double_opt_in": true};
    example_goal => {"event": "order_paid", "within": "90d"};
    example_lint => {"rules": {"post-payment-gap": {"threshold": "60d", "reason": "8 weeks is promised at checkout", "until": "2027-03-01"}}};
    example_allow => [{"rule": "post-payment-gap", "reason": "8 weeks is promised at checkout", "until": "2027-03-01"}];
    example_steps => [{"wait": "1d"}, {"send": {"id": "thanks", "template": "post-purchase/thanks", "purpose": "thank_you"}}];
}
