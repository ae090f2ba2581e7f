//! The types of `manifest.json`. Field comments are what its schema says.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::condition::Condition;
use super::steps::Step;
use crate::model::{Basis, Channel, Class, InFlight, Milestone, Purpose, Stage, Weekday, WhenFull};

/// What a compile says, in one neutral document: every journey as a tree of steps, as a timed
/// graph and as a flat schedule, with everything that an exporter needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// The version of this format; 1.
    #[schemars(example = 1)]
    pub version: u32,
    /// What wrote it.
    #[schemars(example = example_generator())]
    pub generator: Generator,
    /// The version-control revision, where the caller gives one; nothing else depends on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"1a2b3c4")]
    pub revision: Option<String>,
    /// Who the customer deals with.
    #[schemars(example = example_brand())]
    pub brand: Brand,
    /// The zone used where a contact's own is unknown.
    #[schemars(example = &"Europe/London")]
    pub timezone: String,
    /// The languages that mail is written in; the first is the default.
    #[schemars(example = ["en", "de"])]
    pub locales: Vec<String>,
    /// When and how often commercial mail may go out.
    #[serde(default)]
    #[schemars(example = example_policy())]
    pub policy: Policy,
    /// What the business tells us, by event name.
    #[serde(default)]
    #[schemars(example = example_events())]
    pub events: IndexMap<String, Event>,
    /// What is known of a person, by attribute name.
    #[serde(default)]
    #[schemars(example = example_contact())]
    pub contact: IndexMap<String, Property>,
    /// The journeys, by the order of their files.
    #[schemars(example = example_empty())]
    pub journeys: Vec<Journey>,
    /// Every touchpoint in one flat list.
    #[serde(default)]
    #[schemars(example = example_empty())]
    pub schedule: Vec<Touchpoint>,
}

/// What wrote a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Generator {
    /// The program.
    #[schemars(example = &"journeyc")]
    pub name: String,
    /// Its version.
    #[schemars(example = &"0.1.0")]
    pub version: String,
}

/// Who the customer deals with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Brand {
    /// The name as customers know it.
    #[schemars(example = &"Fern & Finch")]
    pub name: String,
    /// The site.
    #[schemars(example = &"https://fernandfinch.example")]
    pub url: String,
    /// The postal address that commercial mail shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"1 Orchard Row, Bristol BS1 1AA, UK")]
    pub postal_address: Option<String>,
}

/// When and how often commercial mail may go out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    /// The days and hours in which commercial mail goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_window())]
    pub send_window: Option<Window>,
    /// The hours in which commercial mail waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_quiet())]
    pub quiet_hours: Option<Window>,
    /// How many commercial messages a person gets at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_cap())]
    pub frequency_cap: Option<Cap>,
}

/// Hours of a day, on some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    /// The days of the week; every day when empty.
    #[serde(default)]
    #[schemars(example = ["mon", "tue"])]
    pub days: Vec<Weekday>,
    /// When it begins.
    #[schemars(example = &"08:00")]
    pub from: String,
    /// When it ends; earlier than `from` when it runs over midnight.
    #[schemars(example = &"20:00")]
    pub to: String,
    /// Whose clock: `contact`, or an IANA name.
    #[schemars(example = &"contact")]
    pub zone: String,
}

/// How many commercial messages a person gets at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cap {
    /// At most so many in 24 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 1)]
    pub per_day: Option<u32>,
    /// At most so many in 7 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 3)]
    pub per_week: Option<u32>,
    /// At most so many in 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 8)]
    pub per_month: Option<u32>,
    /// What happens to a message above the cap.
    #[schemars(example = &"skip")]
    pub when_full: WhenFull,
}

/// Something that the business tells us about one customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// What it means for the relationship.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"payment")]
    pub milestone: Option<Milestone>,
    /// The property that tells one case from another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"order_id")]
    pub key: Option<String>,
    /// What it carries, by property name.
    #[serde(default)]
    #[schemars(example = example_contact())]
    pub properties: IndexMap<String, Property>,
}

/// One property of an event, or one attribute of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Property {
    /// The kind of value.
    #[serde(rename = "type")]
    #[schemars(example = &"string")]
    pub kind: Kind,
    /// Whether it may be missing or empty for some people.
    #[serde(default)]
    #[schemars(example = true)]
    pub nullable: bool,
}

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A text.
    String,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A day or a moment, in ISO 8601.
    Date,
    /// A list of plain values.
    List,
    /// A list of objects.
    Objects,
}

/// One customer journey.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Journey {
    /// Its name.
    #[schemars(example = &"post-purchase")]
    pub name: String,
    /// What it does for the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"From payment to the second order")]
    pub title: Option<String>,
    /// The file that says so.
    #[schemars(example = &"journeys/post-purchase.yaml")]
    pub file: String,
    /// The line at which the file names the journey, from 1.
    #[schemars(example = 2)]
    pub line: u32,
    /// The team that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"lifecycle")]
    pub owner: Option<String>,
    /// Where in the relationship it stands.
    #[serde(default)]
    #[schemars(example = ["after"])]
    pub stage: Vec<Stage>,
    /// What its messages are unless they say otherwise.
    #[schemars(example = &"commercial")]
    pub class: Class,
    /// Why its commercial messages may be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"soft_opt_in")]
    pub basis: Option<Basis>,
    /// Who speaks unless a message says otherwise.
    #[schemars(example = example_sender())]
    pub sender: Sender,
    /// The event that lets a person in.
    #[schemars(example = example_trigger())]
    pub trigger: Trigger,
    /// Whether a person may come in again; nothing said means the provider's default is not wanted
    /// and the compiler takes `never`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"per_key")]
    pub reentry: Option<Reentry>,
    /// Which journey wins when several want to write to one person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 10)]
    pub priority: Option<i32>,
    /// The percentage of people kept out to see what the journey is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 5)]
    pub holdout: Option<u32>,
    /// What happens to people inside when the steps change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"finish_old")]
    pub in_flight: Option<InFlight>,
    /// What makes a person leave, watched at every step.
    #[serde(default)]
    #[schemars(example = example_exits())]
    pub exits: Vec<Exit>,
    /// The event that the journey hopes for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_goal())]
    pub goal: Option<Goal>,
    /// The journeys that may follow.
    #[serde(default)]
    #[schemars(example = ["newsletter"])]
    pub next: Vec<String>,
    /// What happens, from top to bottom, nested as the file is.
    #[schemars(example = example_steps())]
    pub steps: Vec<Step>,
    /// The same as nodes and edges, with times.
    #[serde(default)]
    #[schemars(example = example_graph())]
    pub graph: Graph,
}

/// Who speaks in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sender {
    /// The short name that the project gives.
    #[schemars(example = &"care")]
    pub id: String,
    /// The name that the inbox shows.
    #[schemars(example = &"Fern & Finch")]
    pub name: String,
    /// The address that the inbox shows.
    #[schemars(example = &"care@fernandfinch.example")]
    pub address: String,
    /// Where replies go, if not to the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"care@fernandfinch.example")]
    pub reply_to: Option<String>,
}

/// The event that lets a person in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Trigger {
    /// The event.
    #[schemars(example = &"order_paid")]
    pub event: String,
    /// Only events for which this holds.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_condition())]
    pub filter: Option<Condition>,
    /// Whether people who already qualify on the first day are let in.
    #[serde(default)]
    #[schemars(example = false)]
    pub enroll_existing: bool,
}

/// Whether a person may come in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
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

/// Something that makes a person leave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Exit {
    /// The event.
    #[schemars(example = &"order_refunded")]
    pub on: String,
    /// Only events for which this holds.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_condition())]
    pub filter: Option<Condition>,
    /// What stops: only messages of this class; everything if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"commercial")]
    pub only: Option<Class>,
    /// A word for reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"refunded")]
    pub reason: Option<String>,
    /// The line that says so, from 1.
    #[serde(default)]
    #[schemars(example = 12)]
    pub line: u32,
}

/// The event that the journey hopes for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Goal {
    /// The event.
    #[schemars(example = &"order_paid")]
    pub event: String,
    /// Only events for which this holds.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_condition())]
    pub filter: Option<Condition>,
    /// How long after entry it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_duration())]
    pub within: Option<Duration>,
}

/// A length of time. Minutes are exact; days are calendar days in the contact's zone; business days
/// are Monday to Friday.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Duration {
    /// As people write it.
    #[schemars(example = &"1d 12h")]
    pub text: String,
    /// As ISO 8601 writes it; missing where business days are part of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"P1DT12H")]
    pub iso: Option<String>,
    /// Its exact minutes.
    #[serde(default)]
    #[schemars(example = 720)]
    pub minutes: u32,
    /// Its calendar days.
    #[serde(default)]
    #[schemars(example = 1)]
    pub days: u32,
    /// Its business days.
    #[serde(default)]
    #[schemars(example = 0)]
    pub business_days: u32,
}

/// A journey as nodes and edges. `@start` is where people come in, `@end` where they leave; steps
/// without an id of their own are called `@wait-1`, `@exit-2` and so on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Graph {
    /// The nodes, in the order of the file.
    #[schemars(example = example_nodes())]
    pub nodes: Vec<Node>,
    /// The edges, in the order of their first nodes.
    #[schemars(example = example_edges())]
    pub edges: Vec<Edge>,
}

/// One step of the graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Node {
    /// Its name, unique in the journey.
    #[schemars(example = &"confirmation")]
    pub id: String,
    /// The kind of step; `start` and `end` besides.
    #[schemars(example = &"send")]
    pub kind: String,
    /// The line of the step, from 1.
    #[serde(default)]
    #[schemars(example = 31)]
    pub line: u32,
    /// How long after the trigger a person comes by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_offsets())]
    pub after_trigger: Option<Offsets>,
    /// How long after each milestone that has surely been passed.
    #[serde(default)]
    #[schemars(example = example_empty())]
    pub after_milestones: Vec<SinceMilestone>,
    /// What may hold it back beyond these times: `send_window`, `quiet_hours`.
    #[serde(default)]
    #[schemars(example = ["send_window"])]
    pub held_by: Vec<String>,
}

/// Between which moments something happens, as ISO 8601 durations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Offsets {
    /// Not before.
    #[schemars(example = &"PT22H")]
    pub earliest: String,
    /// Not after; missing when nothing bounds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"P3DT22H")]
    pub latest: Option<String>,
}

/// Time since a milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SinceMilestone {
    /// The milestone.
    #[schemars(example = &"delivered")]
    pub milestone: Milestone,
    /// How long after it.
    #[schemars(example = example_offsets())]
    pub after: Offsets,
}

/// A way from one step to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Edge {
    /// The node it leaves.
    #[schemars(example = &"delivery")]
    pub from: String,
    /// The node it reaches.
    #[schemars(example = &"setup-help")]
    pub to: String,
    /// When it is taken: `next`, `if`, `else`, `event`, `timeout`, `arm`, `again`.
    #[schemars(example = &"event")]
    pub kind: String,
    /// The condition, event, arm or weight, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"order_delivered")]
    pub label: Option<String>,
}

/// One touchpoint of the flat schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Touchpoint {
    /// The journey.
    #[schemars(example = &"post-purchase")]
    pub journey: String,
    /// The step.
    #[schemars(example = &"confirmation")]
    pub step: String,
    /// How the customer is reached; `email` for every `send`.
    #[schemars(example = &"email")]
    pub channel: Channel,
    /// What it is for.
    #[serde(default)]
    #[schemars(example = ["confirmation"])]
    pub purpose: Vec<Purpose>,
    /// What law takes it for; nothing for tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"transactional")]
    pub class: Option<Class>,
    /// Who speaks, or who does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Fern & Finch <care@fernandfinch.example>")]
    pub sender: Option<String>,
    /// The template, or what the task or touch is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"post-purchase/confirmation")]
    pub template: Option<String>,
    /// When, counted from the trigger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_offsets())]
    pub offsets: Option<Offsets>,
    /// When, in words.
    #[serde(default)]
    #[schemars(example = &"22 h – 3 d 22 h after order_paid")]
    pub when: String,
    /// The last event that has surely happened before.
    #[schemars(example = &"order_paid")]
    pub after: String,
    /// What must hold, in words.
    #[serde(default)]
    #[schemars(example = ["contact.plan == \"pro\""])]
    pub only_if: Vec<String>,
    /// What keeps it from happening, in words.
    #[serde(default)]
    #[schemars(example = ["order_refunded"])]
    pub unless: Vec<String>,
}

impl Sender {
    /// As mail programs write it: `Fern & Finch <care@fernandfinch.example>`.
    pub fn mailbox(&self) -> String {
        format!("{} <{}>", self.name, self.address)
    }
}

/// Gives each example its function, so that a field's attribute stays one line.
macro_rules! examples {
    ($($name:ident => $json:tt;)+) => {
        $(fn $name() -> Value { serde_json::json!($json) })+
    };
}

examples! {
    example_generator => {"name": "journeyc", "version": "0.1.0"};
    example_brand => {"name": "Fern & Finch", "url": "https://fernandfinch.example"};
    example_policy => {"send_window": {"days": [], "from": "08:00", "to": "20:00", "zone": "contact"}};
    example_window => {"days": ["mon", "tue"], "from": "08:00", "to": "20:00", "zone": "contact"};
    example_quiet => {"days": [], "from": "21:00", "to": "08:00", "zone": "contact"};
    example_cap => {"per_day": 1, "per_week": 3, "when_full": "skip"};
    example_events => {"order_paid": {"milestone": "payment", "key": "order_id", "properties": {"order_id": {"type": "string"}}}};
    example_contact => {"first_name": {"type": "string", "nullable": true}};
    example_empty => [];
    example_sender => {"id": "care", "name": "Fern & Finch", "address": "care@fernandfinch.example"};
    example_trigger => {"event": "order_paid"};
    example_exits => [{"on": "order_refunded", "reason": "refunded", "line": 12}];
    example_goal => {"event": "order_paid", "within": {"text": "90d", "iso": "P90D", "days": 90}};
    example_condition => {"text": "event.total > 0", "tree": {"op": "compare", "sign": ">", "left": {"op": "event", "name": "total"}, "right": {"op": "literal", "value": 0}}};
    example_duration => {"text": "90d", "iso": "P90D", "minutes": 0, "days": 90, "business_days": 0};
    example_steps => [{"node": "@wait-1", "line": 20, "kind": "wait", "for": {"text": "1d", "iso": "P1D", "days": 1}}];
    example_graph => {"nodes": [], "edges": []};
    example_nodes => [{"id": "confirmation", "kind": "send", "line": 31}];
    example_edges => [{"from": "@start", "to": "confirmation", "kind": "next"}];
    example_offsets => {"earliest": "PT22H", "latest": "P3DT22H"};
}
