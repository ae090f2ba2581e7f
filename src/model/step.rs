//! The steps of a journey, as written. Field comments are what an editor shows.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::condition::Condition;
use super::duration::{Day, Duration, Offset, TimeOfDay};
use super::many::Many;
use super::project::Allow;
use super::shape::{Name, Table};
use super::vocabulary::{Ask, Channel, Class, IfPast, Purpose, Stage, Weekday};
use crate::source::Spanned;

/// What happens, from top to bottom. Each step is a mapping with exactly one key, its kind.
pub type Steps = Vec<Spanned<Step>>;

/// One step.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Sends an email.
    Send(Box<Send>),
    /// A person of ours does something: calls, visits, writes a card.
    Task(Box<Task>),
    /// Another system touches the customer: a text message, a parcel insert, a help-desk mail. It
    /// counts for gaps and deadlines.
    Touch(Box<Touch>),
    /// Waits for a duration, and then for a time of day or a day of the week.
    Wait(Box<Wait>),
    /// Waits until an event comes, or until the timeout.
    WaitFor(Box<WaitFor>),
    /// Waits until a date that is known of the person or the event.
    WaitUntil(Box<WaitUntil>),
    /// Takes the first way whose condition holds when a person comes by.
    Branch(Box<Branch>),
    /// Sends people by chance one way or another, by weight.
    Split(Box<Split>),
    /// Does its steps several times.
    Repeat(Box<Repeat>),
    /// Writes an attribute of the contact.
    Set(Box<SetAttribute>),
    /// Starts another journey for the person, and goes on here.
    Enter(Name),
    /// Ends the journey for the person, with a reason in one word.
    Exit(Name),
}

/// An email.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// A stable name, unique in the journey: people are inside, so it is never reused.
    #[schemars(example = &"confirmation")]
    pub id: Name,
    /// What the step is, for people.
    #[serde(default)]
    #[schemars(example = &"Order confirmation")]
    pub title: Option<Name>,
    /// The template below `templates/`, without language and file ending.
    #[schemars(example = &"post-purchase/confirmation")]
    pub template: Name,
    /// What it is for; one or several.
    #[schemars(example = example_purposes())]
    pub purpose: Many<Purpose>,
    /// What law and mailbox providers take it for, instead of the journey's class.
    #[serde(default)]
    #[schemars(example = &"transactional")]
    pub class: Option<Spanned<Class>>,
    /// Who speaks, instead of the journey's sender.
    #[serde(default)]
    #[schemars(example = &"care")]
    pub from: Option<Name>,
    /// Where replies go, instead of to the sender.
    #[serde(default)]
    #[schemars(example = &"care@fernandfinch.example")]
    pub reply_to: Option<Name>,
    /// What a feedback request asks for.
    #[serde(default)]
    #[schemars(example = &"review")]
    pub asks: Option<Spanned<Ask>>,
    /// The step that this one reminds of.
    #[serde(default)]
    #[schemars(example = &"review-request")]
    pub reminder_of: Option<Name>,
    /// What a feedback request is about, when it is not the product: `checkout`, `support`.
    #[serde(default)]
    #[schemars(example = &"checkout")]
    pub about: Option<Name>,
    /// How many questions it asks.
    #[serde(default)]
    #[schemars(example = 3)]
    pub questions: Option<Spanned<u32>>,
    /// How many minutes the answers take.
    #[serde(default)]
    #[schemars(example = 2)]
    pub minutes: Option<Spanned<u32>>,
    /// Sent only if this holds when the time comes.
    #[serde(default, rename = "if")]
    #[schemars(example = &"contact.plan == \"pro\"")]
    pub only_if: Option<Condition>,
    /// Not sent if this holds when the time comes.
    #[serde(default)]
    #[schemars(example = &"contact.did(\"review_given\", since=entry)")]
    pub unless: Option<Condition>,
    /// How the customer is likely to feel.
    #[serde(default)]
    #[schemars(example = example_emotion())]
    pub emotion: Option<Emotion>,
    /// Whether it invites an answer.
    #[serde(default)]
    #[schemars(example = true)]
    pub two_way: Option<bool>,
    /// How soon an answer to it is answered.
    #[serde(default)]
    #[schemars(example = &"1bd")]
    pub respond_within: Option<Spanned<Duration>>,
    /// Whether a person writes it.
    #[serde(default)]
    #[schemars(example = false)]
    pub human: Option<bool>,
    /// Where in the relationship it stands, instead of the journey's stage.
    #[serde(default)]
    #[schemars(example = &"after")]
    pub stage: Option<Spanned<Stage>>,
    /// The typical people it is written for, instead of the journey's.
    #[serde(default)]
    #[schemars(example = ["first-time-buyer"])]
    pub personas: Vec<Name>,
    /// Whether the customer asked for just this.
    #[serde(default)]
    #[schemars(example = true)]
    pub requested: Option<bool>,
    /// Whether it gives something without a condition.
    #[serde(default)]
    #[schemars(example = true)]
    pub gift: Option<bool>,
    /// What it promises, and by when.
    #[serde(default)]
    #[schemars(example = example_promises())]
    pub promises: Vec<Promise>,
    /// The day somebody last read the copy.
    #[serde(default)]
    #[schemars(example = &"2026-10-01")]
    pub reviewed_on: Option<Spanned<Day>>,
    /// The last day on which its content is true.
    #[serde(default)]
    #[schemars(example = &"2026-12-24")]
    pub expires_on: Option<Spanned<Day>>,
    /// Whether it goes out at once, whatever the send window and quiet hours say.
    #[serde(default)]
    #[schemars(example = true)]
    pub bypass_window: Option<bool>,
    /// The sender whose customers this one takes over, when the message introduces a new person.
    #[serde(default)]
    #[schemars(example = &"maya")]
    pub handover_from: Option<Name>,
    /// Findings that are accepted at this step, each with a reason and a last day.
    #[serde(default)]
    #[schemars(example = example_allow())]
    pub allow: Vec<Allow>,
}

/// Something that a person of ours does.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// A stable name, unique in the journey.
    #[schemars(example = &"call-about-delay")]
    pub id: Name,
    /// What to do, for the person who does it.
    #[serde(default)]
    #[schemars(example = &"Call and offer a new delivery date")]
    pub title: Option<Name>,
    /// How the customer is reached.
    #[schemars(example = &"phone")]
    pub channel: Channel,
    /// The team that does it.
    #[serde(default)]
    #[schemars(example = &"customer-care")]
    pub owner: Option<Name>,
    /// How soon it is done.
    #[serde(default)]
    #[schemars(example = &"1bd")]
    pub respond_within: Option<Spanned<Duration>>,
    /// What it is for; one or several.
    #[serde(default)]
    #[schemars(example = &"apology")]
    pub purpose: Many<Purpose>,
    /// Done only if this holds when the time comes.
    #[serde(default, rename = "if")]
    #[schemars(example = &"contact.plan == \"pro\"")]
    pub only_if: Option<Condition>,
    /// Not done if this holds when the time comes.
    #[serde(default)]
    #[schemars(example = &"contact.did(\"order_delivered\", since=entry)")]
    pub unless: Option<Condition>,
    /// How the customer is likely to feel.
    #[serde(default)]
    #[schemars(example = example_emotion())]
    pub emotion: Option<Emotion>,
    /// Findings that are accepted at this step, each with a reason and a last day.
    #[serde(default)]
    #[schemars(example = example_allow())]
    pub allow: Vec<Allow>,
}

/// A touchpoint that another system makes.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Touch {
    /// A stable name, unique in the journey.
    #[schemars(example = &"parcel-card")]
    pub id: Name,
    /// What the customer gets.
    #[serde(default)]
    #[schemars(example = &"A handwritten care card in the parcel")]
    pub title: Option<Name>,
    /// How the customer is reached.
    #[schemars(example = &"parcel")]
    pub channel: Channel,
    /// The system that does it.
    #[serde(default)]
    #[schemars(example = &"warehouse")]
    pub by: Option<Name>,
    /// What it is for; one or several.
    #[serde(default)]
    #[schemars(example = &"wow")]
    pub purpose: Many<Purpose>,
    /// What law takes it for, instead of the journey's class.
    #[serde(default)]
    #[schemars(example = &"transactional")]
    pub class: Option<Spanned<Class>>,
    /// Happens only if this holds when the time comes.
    #[serde(default, rename = "if")]
    #[schemars(example = &"contact.plan == \"pro\"")]
    pub only_if: Option<Condition>,
    /// Does not happen if this holds when the time comes.
    #[serde(default)]
    #[schemars(example = &"contact.did(\"order_delivered\", since=entry)")]
    pub unless: Option<Condition>,
    /// How the customer is likely to feel.
    #[serde(default)]
    #[schemars(example = example_emotion())]
    pub emotion: Option<Emotion>,
    /// Whether it is meant as a surprise, so that no message announces it.
    #[serde(default)]
    #[schemars(example = true)]
    pub surprise: Option<bool>,
    /// Findings that are accepted at this step, each with a reason and a last day.
    #[serde(default)]
    #[schemars(example = example_allow())]
    pub allow: Vec<Allow>,
}

/// How the customer is likely to feel at a touchpoint.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Emotion {
    /// From -2 (angry) over 0 to 2 (delighted).
    #[schemars(example = 2, range(min = -2, max = 2))]
    pub expected: i8,
    /// What could spoil it.
    #[serde(default)]
    #[schemars(example = &"the parcel is late")]
    pub risk: Option<Name>,
}

/// Something that a message promises.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// What is promised, in the customer's words.
    #[schemars(example = &"we write again when your parcel leaves")]
    pub what: Name,
    /// The step that keeps the promise.
    #[serde(default)]
    #[schemars(example = &"dispatched")]
    pub step: Option<Name>,
    /// By when.
    #[serde(default)]
    #[schemars(example = &"2d")]
    pub within: Option<Spanned<Duration>>,
}

/// A wait: a bare duration, or more.
#[derive(Debug, Clone)]
pub struct Wait {
    /// A stable name, if reports shall name it.
    pub id: Option<Name>,
    /// How long at least.
    pub duration: Option<Spanned<Duration>>,
    /// Then until this time of day.
    pub at: Option<Spanned<TimeOfDay>>,
    /// Then until one of these days of the week.
    pub on: Vec<Spanned<Weekday>>,
    /// Whose clock: `contact`, or an IANA name; the contact's if not said.
    pub zone: Option<Name>,
}

/// A wait with a time of day, days of the week or a name.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LongWait {
    /// A stable name, if reports shall name the wait.
    #[serde(default)]
    #[schemars(example = &"settle-in")]
    id: Option<Name>,
    /// How long at least.
    #[serde(default, rename = "for")]
    #[schemars(example = &"7d")]
    duration: Option<Spanned<Duration>>,
    /// Then until this time of day.
    #[serde(default)]
    #[schemars(example = &"10:00")]
    at: Option<Spanned<TimeOfDay>>,
    /// Then until one of these days of the week.
    #[serde(default)]
    #[schemars(example = ["mon", "tue", "wed", "thu"])]
    on: Vec<Spanned<Weekday>>,
    /// Whose clock: `contact`, or an IANA name; the contact's if not said.
    #[serde(default)]
    #[schemars(example = &"contact")]
    zone: Option<Name>,
}

/// Waits until an event comes, or until the timeout. An event that came since the person entered
/// counts, so nobody waits for what has already happened.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitFor {
    /// A stable name, unique in the journey.
    #[schemars(example = &"delivery")]
    pub id: Name,
    /// The declared event.
    #[schemars(example = &"order_delivered")]
    pub event: Name,
    /// Only events for which this holds.
    #[serde(default, rename = "where")]
    #[schemars(example = &"event.total > 0")]
    pub filter: Option<Condition>,
    /// How long to wait at most.
    #[serde(default)]
    #[schemars(example = &"10d")]
    pub timeout: Option<Spanned<Duration>>,
    /// What happens when the event has not come in time; then the journey goes on below, unless
    /// these steps end with `exit`.
    #[serde(default)]
    #[schemars(example = example_steps())]
    pub on_timeout: Option<Steps>,
    /// Whether waiting for ever is meant.
    #[serde(default)]
    #[schemars(example = false)]
    pub perpetual: bool,
}

/// Waits until a date that is known of the person or the event.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitUntil {
    /// A stable name, unique in the journey.
    #[schemars(example = &"renewal-near")]
    pub id: Name,
    /// The date: an attribute or property of type date.
    #[schemars(example = &"contact.renewal_date")]
    pub date: Condition,
    /// How far before or after it.
    #[serde(default)]
    #[schemars(example = &"-3d")]
    pub offset: Option<Spanned<Offset>>,
    /// The time of day.
    #[serde(default)]
    #[schemars(example = &"10:00")]
    pub at: Option<Spanned<TimeOfDay>>,
    /// What to do when the moment has already passed.
    #[serde(default)]
    #[schemars(example = &"continue")]
    pub if_past: IfPast,
}

/// Takes the first way whose condition holds.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// A stable name, unique in the journey.
    #[schemars(example = &"repeat-or-first")]
    pub id: Name,
    /// The ways, tried from top to bottom.
    #[schemars(example = example_ways(), length(min = 1))]
    pub when: Vec<Way>,
    /// What happens when no condition holds; `[]` to go on below.
    #[serde(default, rename = "else")]
    #[schemars(example = example_steps())]
    pub otherwise: Option<Steps>,
}

/// One way of a branch.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// The condition, looked at once, when a person comes by.
    #[serde(rename = "if")]
    #[schemars(example = &"contact.count(\"order_paid\", within=\"365d\") > 1")]
    pub condition: Condition,
    /// What it means, for people.
    #[serde(default)]
    #[schemars(example = &"has bought before")]
    pub title: Option<Name>,
    /// What happens then; afterwards the journey goes on below the branch.
    #[schemars(example = example_steps())]
    pub steps: Steps,
}

/// Sends people by chance one way or another.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// A stable name, unique in the journey.
    #[schemars(example = &"next-offer")]
    pub id: Name,
    /// The arms by name; weights are percentages and add up to 100.
    #[schemars(example = example_arms())]
    pub arms: Table<Arm>,
}

/// One arm of a split.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// The percentage of people.
    #[schemars(example = 50)]
    pub weight: Spanned<u32>,
    /// What happens then; afterwards the journey goes on below the split.
    #[schemars(example = example_steps())]
    pub steps: Steps,
}

/// Does its steps several times.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// A stable name, unique in the journey.
    #[schemars(example = &"quarterly-letter")]
    pub id: Name,
    /// How many times at most.
    #[schemars(example = 4, range(min = 1, max = 1000))]
    pub times: Spanned<u32>,
    /// How long from the end of one round to the beginning of the next.
    #[serde(default)]
    #[schemars(example = &"90d")]
    pub every: Option<Spanned<Duration>>,
    /// No further round once this holds.
    #[serde(default)]
    #[schemars(example = &"contact.did(\"order_paid\", since=entry)")]
    pub until: Option<Condition>,
    /// What happens in each round.
    #[schemars(example = example_steps())]
    pub steps: Steps,
}

/// Writes an attribute of the contact.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAttribute {
    /// A stable name, unique in the journey.
    #[schemars(example = &"mark-loyal")]
    pub id: Name,
    /// The declared attribute.
    #[schemars(example = &"plan")]
    pub attribute: Name,
    /// The value it gets; null to clear it.
    #[schemars(example = &"pro")]
    pub value: Spanned<Value>,
}

impl<'de> Deserialize<'de> for Wait {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        enum Inner {
            Bare(Duration),
            Long(Box<LongWait>),
        }
        struct InnerVisitor;
        impl<'de> Visitor<'de> for InnerVisitor {
            type Value = Inner;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration such as `3d`, or `{for, at, on}`")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Inner, E> {
                text.parse().map(Inner::Bare).map_err(E::custom)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Inner, A::Error> {
                let long = LongWait::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Inner::Long(Box::new(long)))
            }
        }
        impl<'de> Deserialize<'de> for Inner {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(InnerVisitor)
            }
        }
        let inner: Spanned<Inner> = Spanned::deserialize(deserializer)?;
        Ok(match inner.value {
            Inner::Bare(duration) => Self {
                id: None,
                duration: Some(Spanned::new(duration, inner.span)),
                at: None,
                on: Vec::new(),
                zone: None,
            },
            Inner::Long(it) => Self {
                id: it.id,
                duration: it.duration,
                at: it.at,
                on: it.on,
                zone: it.zone,
            },
        })
    }
}

impl JsonSchema for Wait {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Wait".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let duration = generator.subschema_for::<Duration>();
        let long = generator.subschema_for::<LongWait>();
        json_schema!({
            "title": "wait",
            "description": "A duration such as `3d`, or `{for, at, on}`: at least so long, then until a time of day or a day of the week.",
            "examples": ["1d", {"for": "7d", "at": "10:00", "on": ["mon", "tue"]}],
            "anyOf": [duration, long]
        })
    }
}

impl Step {
    /// The word that stands before the colon.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Send(_) => "send",
            Self::Task(_) => "task",
            Self::Touch(_) => "touch",
            Self::Wait(_) => "wait",
            Self::WaitFor(_) => "wait_for",
            Self::WaitUntil(_) => "wait_until",
            Self::Branch(_) => "branch",
            Self::Split(_) => "split",
            Self::Repeat(_) => "repeat",
            Self::Set(_) => "set",
            Self::Enter(_) => "enter",
            Self::Exit(_) => "exit",
        }
    }

    /// The step's name, where it has one.
    pub fn id(&self) -> Option<&Name> {
        match self {
            Self::Send(it) => Some(&it.id),
            Self::Task(it) => Some(&it.id),
            Self::Touch(it) => Some(&it.id),
            Self::Wait(it) => it.id.as_ref(),
            Self::WaitFor(it) => Some(&it.id),
            Self::WaitUntil(it) => Some(&it.id),
            Self::Branch(it) => Some(&it.id),
            Self::Split(it) => Some(&it.id),
            Self::Repeat(it) => Some(&it.id),
            Self::Set(it) => Some(&it.id),
            Self::Enter(_) | Self::Exit(_) => None,
        }
    }

    /// The lists of steps inside this one, in the order of the file.
    pub fn inner(&self) -> Vec<&Steps> {
        match self {
            Self::WaitFor(it) => it.on_timeout.iter().collect(),
            Self::Branch(it) => {
                let ways = it.when.iter().map(|way| &way.steps);
                ways.chain(it.otherwise.as_ref()).collect()
            }
            Self::Split(it) => it.arms.values().map(|arm| &arm.steps).collect(),
            Self::Repeat(it) => vec![&it.steps],
            _ => Vec::new(),
        }
    }

    /// The conditions that a touchpoint happens under: its `if` and its `unless`.
    pub fn conditions(&self) -> (Option<&Condition>, Option<&Condition>) {
        match self {
            Self::Send(it) => (it.only_if.as_ref(), it.unless.as_ref()),
            Self::Task(it) => (it.only_if.as_ref(), it.unless.as_ref()),
            Self::Touch(it) => (it.only_if.as_ref(), it.unless.as_ref()),
            _ => (None, None),
        }
    }

    /// What a touchpoint is for; nothing for steps that the customer does not notice.
    pub fn purposes(&self) -> &[Spanned<Purpose>] {
        match self {
            Self::Send(it) => &it.purpose.0,
            Self::Task(it) => &it.purpose.0,
            Self::Touch(it) => &it.purpose.0,
            _ => &[],
        }
    }
}

/// Gives each example its function, so that a field's attribute stays one line.
macro_rules! examples {
    ($($name:ident => $json:tt;)+) => {
        $(fn $name() -> Value { serde_json::json!($json) })+
    };
}

examples! {
    example_allow => [{"rule": "post-payment-gap", "reason": "8 weeks is promised at checkout", "until": "2027-03-01"}];
    example_steps => [{"wait": "1d"}, {"send": {"id": "thanks", "template": "post-purchase/thanks", "purpose": "thank_you"}}];
    example_purposes => ["confirmation", "next_steps"];
    example_emotion => {"expected": 2};
    example_promises => [{"what": "we write again when your parcel leaves", "step": "dispatched", "within": "2d"}];
    example_ways => [{"if": "contact.plan == \"pro\"", "steps": []}];
    example_arms => {"guide": {"weight": 50, "steps": []}, "offer": {"weight": 50, "steps": []}};
}
