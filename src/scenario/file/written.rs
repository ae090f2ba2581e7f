//! Scenario files, as written. Field comments are what an editor shows.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::clause::{AtMost, Ends, Expect, Finding, Never, Reach, Several};
use super::point::{Point, Start};
use crate::model::{Basis, Duration, Many, Name, Table};
use crate::source::Spanned;

/// What customers live through, and what must hold then. What stands at the top counts for every scenario
/// that does not say otherwise.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// The journeys that act on the person; all of the repository if not said.
    #[serde(default)]
    #[schemars(example = ["post-purchase", "newsletter"])]
    pub journeys: Option<Vec<Name>>,
    /// When the scenarios start.
    #[serde(default)]
    #[schemars(example = example_clock())]
    pub clock: Option<ClockSet>,
    /// Who lives through them.
    #[serde(default)]
    #[schemars(example = example_contact())]
    pub contact: Option<Contact>,
    /// What happened before the start. It is known, and nothing happens because of it.
    #[serde(default)]
    #[schemars(example = example_history())]
    pub history: Option<Vec<Spanned<Past>>>,
    /// How late messages may be.
    #[serde(default)]
    #[schemars(example = example_jitter())]
    pub jitter: Option<Jitter>,
    /// How long to look; 400 days if not said.
    #[serde(default)]
    #[schemars(example = &"400d")]
    pub until: Option<Spanned<Duration>>,
    /// The scenarios.
    #[schemars(example = example_scenarios())]
    pub scenarios: Vec<Spanned<Scenario>>,
}

/// One scenario: who, what happens to them, and what must hold.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, in words. No other scenario of the file has the name.
    #[schemars(example = &"parcel never arrives", length(min = 1, max = 200))]
    pub name: Name,
    /// Whether `journeyc test --record` wrote it, and may write it anew.
    #[serde(default)]
    #[schemars(example = true)]
    pub recorded: bool,
    /// The scenario of this file whose person, events and settings it takes over. What must hold is
    /// not taken over.
    #[serde(default)]
    #[schemars(example = &"normal order")]
    pub extends: Option<Name>,
    /// The journeys that act on the person, instead of those at the top.
    #[serde(default)]
    #[schemars(example = ["post-purchase", "newsletter"])]
    pub journeys: Option<Vec<Name>>,
    /// When it starts.
    #[serde(default)]
    #[schemars(example = example_clock())]
    pub clock: Option<ClockSet>,
    /// Who lives through it: what is different from the person at the top.
    #[serde(default)]
    #[schemars(example = example_contact())]
    pub contact: Option<Contact>,
    /// What happened before the start, instead of what stands at the top.
    #[serde(default)]
    #[schemars(example = example_history())]
    pub history: Option<Vec<Spanned<Past>>>,
    /// How late messages may be.
    #[serde(default)]
    #[schemars(example = example_jitter())]
    pub jitter: Option<Jitter>,
    /// How long to look.
    #[serde(default)]
    #[schemars(example = &"400d")]
    pub until: Option<Spanned<Duration>>,
    /// What comes from outside: a list, or `{add, remove}` to change the list that is taken over.
    #[serde(default)]
    #[schemars(example = example_events())]
    pub events: Option<Events>,
    /// What chance decides: the arm of a split by the split's id; `holdout: JOURNEY` keeps the person out
    /// of it. Every arm of a split that is not named is tried.
    #[serde(default)]
    #[schemars(example = example_assign())]
    pub assign: Option<Table<Many<Box<str>>>>,
    /// Values to try one after the other, each with each; the scenario must hold for all of them.
    #[serde(default)]
    #[schemars(example = example_matrix())]
    pub matrix: Option<Spanned<Matrix>>,
    /// What happens at least once.
    #[serde(default)]
    #[schemars(example = example_expect())]
    pub expect: Vec<Spanned<Expect>>,
    /// What never happens.
    #[serde(default)]
    #[schemars(example = example_never())]
    pub never: Vec<Spanned<Never>>,
    /// What happens at most so often.
    #[serde(default)]
    #[schemars(example = example_at_most())]
    pub at_most: Vec<Spanned<AtMost>>,
    /// All that the person gets, in the order of time, and nothing else; `[]` for nothing at all.
    #[serde(default)]
    #[schemars(example = example_expect())]
    pub exactly: Option<Spanned<Vec<Spanned<Expect>>>>,
    /// The whole life, line by line; `journeyc test --accept` writes it.
    #[serde(default)]
    #[schemars(example = ["Mon  2 Mar 10:00  order_paid"])]
    pub timeline: Option<Spanned<Vec<Name>>>,
    /// How a journey ends for the person.
    #[serde(default)]
    #[schemars(example = example_ends())]
    pub ends: Several<Ends>,
    /// The steps that the person comes to.
    #[serde(default)]
    #[schemars(example = example_reach())]
    pub reach: Several<Reach>,
    /// Whether the linter is asked too; it is wherever `expect_findings` stands.
    #[serde(default)]
    #[schemars(example = true)]
    pub lint: Option<Spanned<bool>>,
    /// What the linter finds in the repository as it is: a test that it still bites. `[]` says that it finds nothing.
    #[serde(default)]
    #[schemars(example = example_findings())]
    pub expect_findings: Option<Spanned<Vec<Spanned<Finding>>>>,
}

/// What must hold in every scenario of the repository in which it can be asked.
#[derive(Debug, Clone, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Invariants {
    /// What happens at least once, wherever the events and steps are there that its times are counted
    /// from.
    #[serde(default)]
    #[schemars(example = example_expect())]
    pub expect: Vec<Spanned<Expect>>,
    /// What never happens.
    #[serde(default)]
    #[schemars(example = example_never())]
    pub never: Vec<Spanned<Never>>,
    /// What happens at most so often.
    #[serde(default)]
    #[schemars(example = example_at_most())]
    pub at_most: Vec<Spanned<AtMost>>,
}

/// When a scenario starts.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockSet {
    /// The first moment. Monday, 2 March 2026, at ten if not said.
    #[serde(default)]
    #[schemars(example = &"2026-03-27T17:30")]
    pub start: Option<Spanned<Start>>,
    /// Whose clock shows it, by its IANA name; the person's if not said.
    #[serde(default)]
    #[schemars(example = &"Europe/Berlin")]
    pub zone: Option<Name>,
}

/// Who lives through a scenario. A persona brings a zone, a language and attributes; what stands beside it
/// counts more.
#[derive(Debug, Clone, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// A name for those who read the scenario.
    #[serde(default)]
    #[schemars(example = &"anna")]
    pub id: Option<Name>,
    /// The zone they live in, by its IANA name; not known if not said.
    #[serde(default)]
    #[schemars(example = &"Europe/Berlin")]
    pub zone: Option<Name>,
    /// The language they read; the project's first if not said.
    #[serde(default)]
    #[schemars(example = &"de")]
    pub locale: Option<Name>,
    /// The persona of `journeyc.yaml` that they are one of.
    #[serde(default)]
    #[schemars(example = &"first-time-buyer")]
    pub persona: Option<Name>,
    /// What they have agreed to.
    #[serde(default)]
    #[schemars(example = example_consent())]
    pub consent: Option<Agreed>,
    /// What is known of them. What may be missing is not known if not said; the rest has its first sample
    /// value.
    #[serde(default)]
    #[schemars(example = example_attributes())]
    pub attributes: Table<Spanned<Value>>,
}

/// What a person has agreed to.
#[derive(Debug, Clone, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// Commercial mail.
    #[serde(default)]
    #[schemars(example = example_agreement())]
    pub email_marketing: Option<Agreement>,
}

/// Why and since when we may write.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Why.
    #[schemars(example = &"soft_opt_in")]
    pub basis: Spanned<Basis>,
    /// Since when; since the start if not said.
    #[serde(default)]
    #[schemars(example = &"-400d")]
    pub since: Option<Spanned<Point>>,
}

/// An event before the start.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Past {
    /// How long before the start, or when.
    #[schemars(example = &"-30d")]
    pub at: Spanned<Point>,
    /// The event, or a milestone that one event carries.
    #[schemars(example = &"order_paid")]
    pub event: Name,
    /// What it carries; the rest has sample values, and the key that of another case.
    #[serde(default)]
    #[schemars(example = example_data())]
    pub data: Table<Spanned<Value>>,
}

/// Something that comes from outside: an event of the business, a click in a message, or something new that
/// is known of the person.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Happening {
    /// When; at the start if not said.
    #[serde(default)]
    #[schemars(example = &"4d")]
    pub at: Option<Spanned<Point>>,
    /// The event, or a milestone that one event carries.
    #[serde(default)]
    #[schemars(example = &"order_paid")]
    pub event: Option<Name>,
    /// The email in which the person clicks, as `step` or `journey/step`.
    #[serde(default)]
    #[schemars(example = &"review-request")]
    pub click: Option<Name>,
    /// What is known of the person from then on: attributes and their new values. Those that are not named
    /// stay as they are.
    #[serde(default)]
    #[schemars(example = example_changed_contact())]
    pub contact: Option<Spanned<Table<Spanned<Value>>>>,
    /// What the event carries; the rest has its first sample value, and the key that of the event before.
    #[serde(default)]
    #[schemars(example = example_data())]
    pub data: Table<Spanned<Value>>,
}

/// What comes from outside.
#[derive(Debug, Clone)]
pub enum Events {
    /// All of it.
    List(Vec<Spanned<Happening>>),
    /// What is different from what is taken over.
    Changed(Box<ChangedEvents>),
}

/// What comes from outside, as a change of what is taken over.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedEvents {
    /// What comes besides.
    #[serde(default)]
    #[schemars(example = example_events())]
    pub add: Vec<Spanned<Happening>>,
    /// The events and clicked messages that do not come, by name, every time that they would; and lines
    /// that change an attribute, as `contact.NAME`.
    #[serde(default)]
    #[schemars(example = ["order_delivered", "contact.plan"])]
    pub remove: Vec<Name>,
}

/// How late messages may be.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Jitter {
    /// Every touchpoint is late by as much as the first or as the second; all mixtures are tried.
    #[schemars(example = ["0m", "15m"])]
    pub step_delay: (Spanned<Duration>, Spanned<Duration>),
}

/// Values to try one after the other, each with each.
#[derive(Debug, Clone, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// Zones, by their IANA names; null for one that is not known.
    #[serde(default)]
    #[schemars(example = ["Europe/Berlin", "Pacific/Auckland"])]
    pub zone: Vec<Spanned<Option<Box<str>>>>,
    /// Languages.
    #[serde(default)]
    #[schemars(example = ["en", "de"])]
    pub locale: Vec<Name>,
    /// Personas.
    #[serde(default)]
    #[schemars(example = ["first-time-buyer", "collector"])]
    pub persona: Vec<Name>,
    /// Starts.
    #[serde(default)]
    #[schemars(example = ["Fri 17:30", "2026-03-28T23:00"])]
    pub start: Vec<Spanned<Start>>,
    /// Values of attributes.
    #[serde(default)]
    #[schemars(example = example_matrix_attributes())]
    pub attributes: Table<Vec<Spanned<Value>>>,
    /// Arms of splits.
    #[serde(default)]
    #[schemars(example = example_matrix_assign())]
    pub assign: Table<Vec<Name>>,
}

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EventsVisitor;
        impl<'de> Visitor<'de> for EventsVisitor {
            type Value = Events;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of events, or `{add, remove}`")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Events, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(Events::List)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Events, A::Error> {
                let it = ChangedEvents::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Events::Changed(Box::new(it)))
            }
        }
        deserializer.deserialize_any(EventsVisitor)
    }
}

impl JsonSchema for Events {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Events".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<Happening>();
        let changed = generator.subschema_for::<ChangedEvents>();
        json_schema!({
            "title": "events",
            "description": "What comes from outside, in a list; or `{add, remove}` to change the list that is taken over.",
            "anyOf": [{"type": "array", "items": one}, changed]
        })
    }
}

/// Gives each example its function, so that a field's attribute stays one line.
macro_rules! examples {
    ($($name:ident => $json:tt;)+) => {
        $(fn $name() -> Value { serde_json::json!($json) })+
    };
}

examples! {
    example_clock => {"start": "2026-03-27T17:30", "zone": "Europe/Berlin"};
    example_contact => {"persona": "first-time-buyer", "zone": "Europe/Berlin"};
    example_history => [{"at": "-30d", "event": "order_paid"}];
    example_jitter => {"step_delay": ["0m", "15m"]};
    example_scenarios => [{"name": "normal order", "events": [{"event": "payment"}], "expect": [{"send": "confirmation", "within": ["payment", "10m"]}]}];
    example_events => [{"at": "0m", "event": "payment"}, {"at": "4d", "event": "delivered"}];
    example_assign => {"next-offer": "guide", "holdout": "win-back"};
    example_matrix => {"zone": ["Europe/Berlin", "Asia/Kolkata"], "locale": ["en", "de"]};
    example_matrix_attributes => {"first_name": [null, "O'Neill"]};
    example_matrix_assign => {"next-offer": ["guide", "offer"]};
    example_expect => [{"send": "confirmation", "within": ["payment", "10m"]}];
    example_never => [{"send": {"class": "commercial"}, "before": "delivered"}];
    example_at_most => [{"n": 2, "send": {"class": "commercial"}, "per": "7d"}];
    example_ends => {"journey": "post-purchase", "state": "completed", "at": {"by": "60d"}};
    example_reach => {"step": "late-delivery", "by": "payment + 5d"};
    example_findings => [{"rule": "feedback-before-delivery", "at": "review-request"}];
    example_consent => {"email_marketing": {"basis": "soft_opt_in", "since": "-400d"}};
    example_agreement => {"basis": "soft_opt_in", "since": "-400d"};
    example_attributes => {"first_name": "Ana"};
    example_changed_contact => {"plan": "pro"};
    example_data => {"order_id": "A1"};
}
