//! Steps of the manifest, nested as the file is.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::condition::Condition;
use super::types::{Duration, Sender};
use crate::model::{Ask, Channel, Class, IfPast, Purpose, Weekday};

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Its name, unique in the journey; `@wait-1` and the like where the file gives none.
    #[schemars(example = &"confirmation")]
    pub node: String,
    /// The line of the step, from 1.
    #[serde(default)]
    #[schemars(example = 31)]
    pub line: u32,
    /// What happens.
    #[serde(flatten)]
    pub does: Action,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// Sends an email.
    Send(Box<Send>),
    /// A person of ours does something.
    Task(Box<Task>),
    /// Another system touches the customer.
    Touch(Box<Touch>),
    /// Waits for a duration, and then for a time of day or a day of the week.
    Wait(Wait),
    /// Waits until an event comes, or until the timeout. An event since entry counts.
    WaitFor(WaitFor),
    /// Waits until a date that is known of the person or the event.
    WaitUntil(WaitUntil),
    /// Takes the first way whose condition holds when a person comes by.
    Branch(Branch),
    /// Sends people by chance one way or another.
    Split(Split),
    /// Does its steps several times.
    Repeat(Repeat),
    /// Writes an attribute of the contact.
    Set(SetAttribute),
    /// Starts another journey for the person, and goes on here.
    Enter {
        /// The journey.
        #[schemars(example = &"newsletter")]
        journey: String,
    },
    /// Ends the journey for the person.
    Exit {
        /// Why, in one word.
        #[schemars(example = &"not-delivered")]
        reason: String,
    },
}

/// An email.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Send {
    /// What the step is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Order confirmation")]
    pub title: Option<String>,
    /// The template.
    #[schemars(example = &"post-purchase/confirmation")]
    pub template: String,
    /// What it is for.
    #[schemars(example = ["confirmation", "next_steps"])]
    pub purpose: Vec<Purpose>,
    /// What law and mailbox providers take it for.
    #[schemars(example = &"transactional")]
    pub class: Class,
    /// Who speaks.
    #[schemars(example = example_sender())]
    pub sender: Sender,
    /// What a feedback request asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"review")]
    pub asks: Option<Ask>,
    /// The step that this one reminds of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"review-request")]
    pub reminder_of: Option<String>,
    /// Sent only if this holds when the time comes.
    #[serde(default, rename = "if", skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_condition())]
    pub only_if: Option<Condition>,
    /// Not sent if this holds when the time comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_condition())]
    pub unless: Option<Condition>,
    /// Whether it goes out at once, whatever the send window says.
    #[serde(default)]
    #[schemars(example = false)]
    pub bypass_window: bool,
    /// What the inbox shows, by language; only languages for which the template is written.
    #[serde(default)]
    #[schemars(example = example_mails())]
    pub mails: IndexMap<String, Mail>,
}

/// What the inbox shows of an email in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mail {
    /// The subject; what is known per recipient only stands in double braces.
    #[schemars(example = &"{{ contact.first_name | default(\"Hello\") }}, your order is in good hands")]
    pub subject: String,
    /// The text that inboxes show after the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"What happens next, day by day")]
    pub preheader: Option<String>,
    /// SHA-256 of the compiled template, in hexadecimal: another hash is another mail.
    #[schemars(example = &"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
}

/// Something that a person of ours does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Call and offer a new delivery date")]
    pub title: Option<String>,
    /// How the customer is reached.
    #[schemars(example = &"phone")]
    pub channel: Channel,
    /// The team that does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"customer-care")]
    pub owner: Option<String>,
    /// How soon it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_duration())]
    pub respond_within: Option<Duration>,
    /// What it is for.
    #[serde(default)]
    #[schemars(example = ["apology"])]
    pub purpose: Vec<Purpose>,
    /// Done only if this holds when the time comes.
    #[serde(default, rename = "if", skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_condition())]
    pub only_if: Option<Condition>,
    /// Not done if this holds when the time comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_condition())]
    pub unless: Option<Condition>,
}

/// A touchpoint that another system makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Touch {
    /// What the customer gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"A handwritten care card in the parcel")]
    pub title: Option<String>,
    /// How the customer is reached.
    #[schemars(example = &"parcel")]
    pub channel: Channel,
    /// The system that does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"warehouse")]
    pub by: Option<String>,
    /// What it is for.
    #[serde(default)]
    #[schemars(example = ["wow"])]
    pub purpose: Vec<Purpose>,
    /// What law takes it for.
    #[schemars(example = &"transactional")]
    pub class: Class,
    /// Happens only if this holds when the time comes.
    #[serde(default, rename = "if", skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_condition())]
    pub only_if: Option<Condition>,
    /// Does not happen if this holds when the time comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_condition())]
    pub unless: Option<Condition>,
}

/// A wait: at least so long, then until a time of day, then until a day of the week.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wait {
    /// How long at least.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_duration())]
    pub duration: Option<Duration>,
    /// Then until this time of day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"10:00")]
    pub at: Option<String>,
    /// Then until one of these days of the week; any day when empty.
    #[serde(default)]
    #[schemars(example = ["mon", "tue"])]
    pub on: Vec<Weekday>,
    /// Whose clock: `contact`, or an IANA name.
    #[serde(default = "contact_zone")]
    #[schemars(example = &"contact")]
    pub zone: String,
}

/// Waits until an event comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WaitFor {
    /// The event.
    #[schemars(example = &"order_delivered")]
    pub event: String,
    /// Only events for which this holds.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_condition())]
    pub filter: Option<Condition>,
    /// How long to wait at most; for ever when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_duration())]
    pub timeout: Option<Duration>,
    /// What happens when the event has not come in time; then the journey goes on below.
    #[serde(default)]
    #[schemars(example = example_empty())]
    pub on_timeout: Vec<Step>,
}

/// Waits until a date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WaitUntil {
    /// The date: an attribute of the contact or a property of the trigger's event.
    #[schemars(example = example_condition())]
    pub date: Condition,
    /// How far from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_duration())]
    pub offset: Option<Duration>,
    /// Whether the offset lies before the date.
    #[serde(default)]
    #[schemars(example = true)]
    pub before: bool,
    /// The time of day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"10:00")]
    pub at: Option<String>,
    /// What to do when the moment has already passed.
    #[serde(default)]
    #[schemars(example = &"continue")]
    pub if_past: IfPast,
}

/// Takes the first way whose condition holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Branch {
    /// The ways, tried from top to bottom.
    #[schemars(example = example_ways())]
    pub when: Vec<Way>,
    /// What happens when no condition holds.
    #[serde(default, rename = "else")]
    #[schemars(example = example_empty())]
    pub otherwise: Vec<Step>,
}

/// One way of a branch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Way {
    /// The condition, looked at once.
    #[serde(rename = "if")]
    #[schemars(example = example_condition())]
    pub condition: Condition,
    /// What it means, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"has bought before")]
    pub title: Option<String>,
    /// What happens then.
    #[schemars(example = example_empty())]
    pub steps: Vec<Step>,
}

/// Sends people by chance one way or another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Split {
    /// The arms by name.
    #[schemars(example = example_arms())]
    pub arms: IndexMap<String, Arm>,
}

/// One arm of a split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Arm {
    /// The percentage of people.
    #[schemars(example = 50)]
    pub weight: u32,
    /// What happens then.
    #[schemars(example = example_empty())]
    pub steps: Vec<Step>,
}

/// Does its steps several times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Repeat {
    /// How many times at most.
    #[schemars(example = 4)]
    pub times: u32,
    /// How long from the end of one round to the beginning of the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_duration())]
    pub every: Option<Duration>,
    /// No further round once this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_condition())]
    pub until: Option<Condition>,
    /// What happens in each round.
    #[schemars(example = example_empty())]
    pub steps: Vec<Step>,
}

/// Writes an attribute of the contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SetAttribute {
    /// The attribute.
    #[schemars(example = &"plan")]
    pub attribute: String,
    /// The value it gets; null to clear it.
    #[schemars(example = &"pro")]
    pub value: Value,
}

impl Action {
    /// The word that the language has for it.
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
            Self::Enter { .. } => "enter",
            Self::Exit { .. } => "exit",
        }
    }
}

impl Step {
    /// The lists of steps inside this one, in the order of the file.
    pub fn inner(&self) -> Vec<&[Step]> {
        match &self.does {
            Action::WaitFor(it) => vec![&it.on_timeout],
            Action::Branch(it) => {
                let ways = it.when.iter().map(|way| &way.steps[..]);
                ways.chain([&it.otherwise[..]]).collect()
            }
            Action::Split(it) => it.arms.values().map(|arm| &arm.steps[..]).collect(),
            Action::Repeat(it) => vec![&it.steps],
            _ => Vec::new(),
        }
    }

    /// Calls `visit` on every step of a list and all below, in the order of the file.
    pub fn walk<'s>(steps: &'s [Self], visit: &mut impl FnMut(&'s Self)) {
        for step in steps {
            visit(step);
            for inner in step.inner() {
                Self::walk(inner, visit);
            }
        }
    }
}

fn contact_zone() -> String {
    "contact".to_owned()
}

/// Gives each example its function, so that a field's attribute stays one line.
macro_rules! examples {
    ($($name:ident => $json:tt;)+) => {
        $(fn $name() -> Value { serde_json::json!($json) })+
    };
}

examples! {
    example_sender => {"id": "care", "name": "Fern & Finch", "address": "care@fernandfinch.example"};
    example_condition => {"text": "contact.plan == \"pro\"", "tree": {"op": "compare", "sign": "==", "left": {"op": "contact", "name": "plan"}, "right": {"op": "literal", "value": "pro"}}};
    example_mails => {"en": {"subject": "Your order is in good hands", "preheader": "What happens next", "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}};
    example_duration => {"text": "10d", "iso": "P10D", "minutes": 0, "days": 10, "business_days": 0};
    example_empty => [];
    example_ways => [{"if": {"text": "contact.newsletter", "tree": {"op": "contact", "name": "newsletter"}}, "steps": []}];
    example_arms => {"guide": {"weight": 50, "steps": []}};
}
