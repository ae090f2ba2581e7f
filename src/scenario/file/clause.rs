//! What must hold, as written. Field comments are what an editor shows.

use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::point::Point;
use crate::model::{Ask, Channel, Class, Duration, Many, Name, Purpose, Stage, TimeOfDay};
use crate::source::Spanned;

/// Two points in time.
pub type Between = (Spanned<Point>, Spanned<Point>);

/// A touchpoint that happens: which, when, and what is true of it.
#[derive(Debug, Clone, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// An email, by its step or by properties.
    #[serde(default)]
    #[schemars(example = &"confirmation")]
    pub send: Option<Spanned<Chosen>>,
    /// Something that a person of ours does.
    #[serde(default)]
    #[schemars(example = &"call-about-delay")]
    pub task: Option<Spanned<Chosen>>,
    /// Something that another system does.
    #[serde(default)]
    #[schemars(example = &"parcel-card")]
    pub touch: Option<Spanned<Chosen>>,
    /// Any of the three; `{}` for whatever the person hears of us.
    #[serde(default)]
    #[schemars(example = example_properties())]
    pub any: Option<Spanned<Chosen>>,
    /// Not before a point in time, and not later than so long after it.
    #[serde(default)]
    #[schemars(example = example_within())]
    pub within: Option<(Spanned<Point>, Spanned<Duration>)>,
    /// Not later than a point in time.
    #[serde(default)]
    #[schemars(example = &"payment + 21d")]
    pub by: Option<Spanned<Point>>,
    /// Before a point in time.
    #[serde(default)]
    #[schemars(example = &"delivered")]
    pub before: Option<Spanned<Point>>,
    /// After a point in time.
    #[serde(default)]
    #[schemars(example = &"delivered + 21d")]
    pub after: Option<Spanned<Point>>,
    /// Not before the first and not after the second of two points in time.
    #[serde(default)]
    #[schemars(example = example_between())]
    pub between: Option<Between>,
    /// Between which times of day on the person's clock; the second may lie after midnight. Twice the
    /// same time is that minute.
    #[serde(default)]
    #[schemars(example = ["08:00", "21:00"])]
    pub local_time: Option<(Spanned<TimeOfDay>, Spanned<TimeOfDay>)>,
    /// Who speaks: the sender of an email, the owner of a task, the system of a touch.
    #[serde(default)]
    #[schemars(example = &"care")]
    pub from: Option<Name>,
    /// Whether it invites an answer.
    #[serde(default)]
    #[schemars(example = true)]
    pub two_way: Option<bool>,
    /// How soon at the latest somebody of ours answers, or does it.
    #[serde(default)]
    #[schemars(example = &"1bd")]
    pub respond_within: Option<Spanned<Duration>>,
    /// What the email says to this person.
    #[serde(default)]
    #[schemars(example = example_rendered())]
    pub rendered: Option<Spanned<Rendered>>,
}

/// What never happens: a touchpoint, or silence.
#[derive(Debug, Clone, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Never {
    /// An email, by its step or by properties.
    #[serde(default)]
    #[schemars(example = &"review-reminder")]
    pub send: Option<Spanned<Chosen>>,
    /// Something that a person of ours does.
    #[serde(default)]
    #[schemars(example = &"call-about-delay")]
    pub task: Option<Spanned<Chosen>>,
    /// Something that another system does.
    #[serde(default)]
    #[schemars(example = &"parcel-card")]
    pub touch: Option<Spanned<Chosen>>,
    /// Any of the three; `{}` for whatever the person hears of us.
    #[serde(default)]
    #[schemars(example = example_properties())]
    pub any: Option<Spanned<Chosen>>,
    /// So long without a word of us. With `between`, only from the one point in time to the other.
    #[serde(default)]
    #[schemars(example = &"7d")]
    pub silence: Option<Spanned<Duration>>,
    /// Not before a point in time, and not later than so long after it.
    #[serde(default)]
    #[schemars(example = example_within())]
    pub within: Option<(Spanned<Point>, Spanned<Duration>)>,
    /// Not later than a point in time.
    #[serde(default)]
    #[schemars(example = &"payment + 21d")]
    pub by: Option<Spanned<Point>>,
    /// Before a point in time.
    #[serde(default)]
    #[schemars(example = &"delivered")]
    pub before: Option<Spanned<Point>>,
    /// After a point in time.
    #[serde(default)]
    #[schemars(example = &"unsubscribed")]
    pub after: Option<Spanned<Point>>,
    /// Not before the first and not after the second of two points in time.
    #[serde(default)]
    #[schemars(example = example_between())]
    pub between: Option<Between>,
    /// Between which times of day on the person's clock; the second may lie after midnight. Twice the
    /// same time is that minute.
    #[serde(default)]
    #[schemars(example = ["21:00", "08:00"])]
    pub local_time: Option<(Spanned<TimeOfDay>, Spanned<TimeOfDay>)>,
    /// Who speaks: the sender of an email, the owner of a task, the system of a touch.
    #[serde(default)]
    #[schemars(example = &"care")]
    pub from: Option<Name>,
    /// Whether it invites an answer.
    #[serde(default)]
    #[schemars(example = false)]
    pub two_way: Option<bool>,
    /// What the email says to this person.
    #[serde(default)]
    #[schemars(example = example_rendered())]
    pub rendered: Option<Spanned<Rendered>>,
}

/// What happens at most so often.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AtMost {
    /// How often.
    #[schemars(example = 2, range(min = 0, max = 10_000))]
    pub n: u32,
    /// An email, by its step or by properties.
    #[serde(default)]
    #[schemars(example = example_properties())]
    pub send: Option<Spanned<Chosen>>,
    /// Something that a person of ours does.
    #[serde(default)]
    #[schemars(example = &"call-about-delay")]
    pub task: Option<Spanned<Chosen>>,
    /// Something that another system does.
    #[serde(default)]
    #[schemars(example = &"parcel-card")]
    pub touch: Option<Spanned<Chosen>>,
    /// Any of the three; what is counted if none of the four is said.
    #[serde(default)]
    #[schemars(example = example_properties())]
    pub any: Option<Spanned<Chosen>>,
    /// In any stretch of time of this length.
    #[serde(default)]
    #[schemars(example = &"7d")]
    pub per: Option<Spanned<Duration>>,
    /// Only from the one point in time to the other.
    #[serde(default)]
    #[schemars(example = example_between())]
    pub between: Option<Between>,
    /// What is counted, if not the touchpoints: the people who write, or the senders of any kind.
    #[serde(default)]
    #[schemars(example = &"sender.person")]
    pub distinct: Option<Counted>,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, JsonSchema)]
pub enum Counted {
    /// Human beings who write: senders of the kind `person`.
    #[serde(rename = "sender.person")]
    SenderPerson,
    /// Senders of any kind.
    #[serde(rename = "sender")]
    Sender,
}

/// A step, or touchpoints by what they are.
#[derive(Debug, Clone)]
pub enum Chosen {
    /// A step, as `step` or `journey/step`.
    Step(Box<str>),
    /// One of these steps.
    OneOf(Vec<Name>),
    /// Touchpoints with these properties.
    By(Box<Wanted>),
}

/// Properties that touchpoints are chosen by; all that are given must fit.
#[derive(Debug, Clone, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What it is for, among others.
    #[serde(default)]
    #[schemars(example = &"feedback_request")]
    pub purpose: Option<Purpose>,
    /// What law takes it for.
    #[serde(default)]
    #[schemars(example = &"commercial")]
    pub class: Option<Class>,
    /// Where in the relationship it stands.
    #[serde(default)]
    #[schemars(example = &"after")]
    pub stage: Option<Stage>,
    /// The way it takes.
    #[serde(default)]
    #[schemars(example = &"phone")]
    pub channel: Option<Channel>,
    /// Its journey.
    #[serde(default)]
    #[schemars(example = &"post-purchase")]
    pub journey: Option<Name>,
    /// What it asks for.
    #[serde(default)]
    #[schemars(example = &"review")]
    pub asks: Option<Ask>,
    /// Who speaks.
    #[serde(default)]
    #[schemars(example = &"care")]
    pub from: Option<Name>,
    /// Only commercial mail that goes out without the person's consent; stands under `never`, with
    /// `class: commercial` or alone.
    #[serde(default)]
    #[schemars(example = true)]
    pub without_consent: Option<Spanned<bool>>,
}

/// What an email says to one person. All tests must hold.
#[derive(Debug, Clone, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rendered {
    /// The subject line.
    #[serde(default)]
    #[schemars(example = example_contains())]
    pub subject: Option<Wording>,
    /// The preheader.
    #[serde(default)]
    #[schemars(example = example_contains())]
    pub preheader: Option<Wording>,
    /// The plain text.
    #[serde(default)]
    #[schemars(example = example_contains())]
    pub text: Option<Wording>,
    /// Blocks that are there: elements with this class, id or `data-block`; one or several.
    #[serde(default)]
    #[schemars(example = &"order")]
    pub block: Many<Box<str>>,
    /// Blocks that are not there.
    #[serde(default)]
    #[schemars(example = &"offer")]
    pub no_block: Many<Box<str>>,
    /// The addresses of the links: one is so, and none is like `not_contains`.
    #[serde(default)]
    #[schemars(example = example_link())]
    pub links: Option<Wording>,
    /// The most kilobytes that the HTML has.
    #[serde(default)]
    #[schemars(example = 102, range(min = 1, max = 100_000))]
    pub size_kb: Option<f64>,
    /// Variables that the mail reads.
    #[serde(default)]
    #[schemars(example = &"contact.first_name")]
    pub variables_used: Many<Box<str>>,
}

/// What a text is like.
#[derive(Debug, Clone, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// What stands in it; one text or several.
    #[serde(default)]
    #[schemars(example = &"fern")]
    pub contains: Many<Box<str>>,
    /// What it is.
    #[serde(default)]
    #[schemars(example = &"Your fern is on its way")]
    pub equals: Option<Name>,
    /// What does not stand in it.
    #[serde(default)]
    #[schemars(example = &"Hi ,")]
    pub not_contains: Many<Box<str>>,
}

/// How a journey ends for the person.
#[derive(Debug, Clone, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ends {
    /// The journey; the only one that acts, or the one that the file is named after, if not said.
    #[serde(default)]
    #[schemars(example = &"post-purchase")]
    pub journey: Option<Name>,
    /// How things stand.
    #[serde(default)]
    #[schemars(example = &"completed")]
    pub state: Option<Spanned<State>>,
    /// Which way out: the word of an `exit` step, the reason or the event of an exit, or `completed`.
    #[serde(default)]
    #[schemars(example = &"refunded")]
    pub via: Option<Name>,
    /// The journey that the person enters from it or after it.
    #[serde(default)]
    #[schemars(example = &"newsletter")]
    pub next: Option<Name>,
    /// When.
    #[serde(default)]
    #[schemars(example = example_by())]
    pub at: Option<EndsAt>,
}

/// When a journey ends.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndsAt {
    /// Not later than this.
    #[schemars(example = &"60d")]
    pub by: Spanned<Point>,
}

/// How things stand for a person with a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// They went through all its steps, and left after the last.
    Completed,
    /// They left before the end: at an `exit` step, by an exit of the journey, or because a date had passed.
    Exited,
    /// They left in any way.
    Left,
    /// They are still inside.
    Inside,
    /// They never entered.
    NeverEntered,
}

/// A step that the person comes to.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    /// The step, as `step` or `journey/step`.
    #[schemars(example = &"late-delivery")]
    pub step: Name,
    /// By when.
    #[serde(default)]
    #[schemars(example = &"payment + 5d")]
    pub by: Option<Spanned<Point>>,
}

/// A finding of the linter.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The rule's name.
    #[schemars(example = &"feedback-before-delivery")]
    pub rule: Name,
    /// The step that it is found at, as `step` or `journey/step`.
    #[serde(default)]
    #[schemars(example = &"review-request")]
    pub at: Option<Name>,
    /// The journey that it is found in.
    #[serde(default)]
    #[schemars(example = &"post-purchase")]
    pub journey: Option<Name>,
}

/// One block or a list of blocks, each with its place.
#[derive(Debug, Clone)]
pub struct Several<T>(pub Vec<Spanned<T>>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        enum Inner<T> {
            One(T),
            List(Vec<Spanned<T>>),
        }
        struct InnerVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for InnerVisitor<T> {
            type Value = Inner<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a block of keys, or a list of them")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Inner<T>, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map)).map(Inner::One)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Inner<T>, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(Inner::List)
            }
        }
        impl<'de, T: Deserialize<'de>> Deserialize<'de> for Inner<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(InnerVisitor(PhantomData))
            }
        }
        let inner: Spanned<Inner<T>> = Spanned::deserialize(deserializer)?;
        Ok(Self(match inner.value {
            Inner::One(it) => vec![Spanned::new(it, inner.span)],
            Inner::List(list) => list,
        }))
    }
}

impl<T: JsonSchema> JsonSchema for Several<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("OneOrMore{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, {"type": "array", "items": one}] })
    }
}

impl<'de> Deserialize<'de> for Chosen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ChosenVisitor;
        impl<'de> Visitor<'de> for ChosenVisitor {
            type Value = Chosen;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a step, a list of steps, or properties such as `{purpose: offer}`")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Chosen, E> {
                Ok(Chosen::Step(name.into()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Chosen, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(Chosen::OneOf)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Chosen, A::Error> {
                let it = Wanted::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Chosen::By(Box::new(it)))
            }
        }
        deserializer.deserialize_any(ChosenVisitor)
    }
}

impl JsonSchema for Chosen {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Chosen".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let by = generator.subschema_for::<Wanted>();
        json_schema!({
            "title": "touchpoint",
            "description": "A step, as `step` or `journey/step`; a list of steps for any of them; or properties, which survive a new name: `{purpose, class, stage, channel, journey, asks, from}`.",
            "examples": ["confirmation", ["thanks", "parcel-card"], {"purpose": "feedback_request"}],
            "anyOf": [
                {"type": "string", "title": "step", "minLength": 1},
                {"type": "array", "minItems": 1, "items": {"type": "string", "title": "step", "minLength": 1}},
                by
            ]
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
    example_properties => {"purpose": "feedback_request"};
    example_within => ["payment", "24h"];
    example_between => ["payment", "delivered"];
    example_rendered => {"subject": {"contains": "fern"}, "no_block": "offer"};
    example_contains => {"contains": "fern", "not_contains": "Hi ,"};
    example_link => {"contains": "/orders/"};
    example_by => {"by": "60d"};
}
