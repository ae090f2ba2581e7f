//! The declared shape of what the business tells us: properties of events, attributes of people.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::source::Spanned;

/// A name as written, with its place.
pub type Name = Spanned<Box<str>>;

/// Named entries in the order of the file.
pub type Table<V> = IndexMap<Name, V>;

/// What kind of value a property holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// A text.
    Text,
    /// A number, whole or not.
    Number,
    /// True or false.
    Boolean,
    /// A day or a moment, in ISO 8601.
    Date,
    /// A list of plain values.
    List(Box<Type>),
    /// A list of objects with these fields.
    Objects(Table<Property>),
}

impl Type {
    /// The words that messages use, with an article.
    pub fn phrase(&self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Date => "a date",
            Self::List(_) | Self::Objects(_) => "a list",
        }
    }
}

/// One property of an event, or one attribute of a contact.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// The kind of value.
    pub kind: Type,
    /// Whether it may be missing or empty for some people.
    pub nullable: bool,
    /// Whether it must not appear where others can read it, such as a subject line.
    pub sensitive: bool,
    /// Whether it is a code that is given once, out of a pool that may be empty.
    pub coupon: bool,
    /// Why we may use it to decide what a person gets, where it is sensitive.
    pub legal_basis: Option<Name>,
    /// The only values it takes, if they are listed.
    pub choices: Vec<Spanned<Value>>,
    /// Values for previews and tests; the first is the usual case.
    pub sample: Vec<Value>,
}

impl Property {
    /// A property of this kind with nothing else said of it.
    pub fn of(kind: Type) -> Self {
        Self {
            kind,
            nullable: false,
            sensitive: false,
            coupon: false,
            legal_basis: None,
            choices: Vec::new(),
            sample: Vec::new(),
        }
    }

    /// The value that the n-th preview shows: the declared sample, or one made from the name.
    pub fn sample_value(&self, name: &str, n: usize) -> Value {
        if !self.sample.is_empty() {
            return self.sample[n % self.sample.len()].clone();
        }
        if !self.choices.is_empty() {
            return self.choices[n % self.choices.len()].value.clone();
        }
        match &self.kind {
            Type::Text => Value::from(name.replace('_', " ")),
            Type::Number => Value::from(42),
            Type::Boolean => Value::from(true),
            Type::Date => Value::from("2026-05-04"),
            Type::List(kind) => {
                let item = Self::of((**kind).clone());
                Value::from(vec![item.sample_value(name, n)])
            }
            Type::Objects(fields) => {
                let item = |k| {
                    let pairs = fields
                        .iter()
                        .map(|(name, it)| (name.to_string(), it.sample_value(name, k)));
                    Value::Object(pairs.collect())
                };
                Value::from(vec![item(n), item(n + 1)])
            }
        }
    }
}

impl Property {
    /// The first sample value, without all that may be missing.
    pub fn emptiest(&self, name: &str) -> Value {
        match &self.kind {
            _ if self.nullable => Value::Null,
            Type::Objects(fields) if self.sample.is_empty() => {
                let pairs = fields
                    .iter()
                    .map(|(name, it)| (name.to_string(), it.emptiest(&name.value)));
                Value::from(vec![Value::Object(pairs.collect())])
            }
            _ => self.sample_value(name, 0),
        }
    }
}

/// The long form of a property.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LongProperty {
    /// The kind of value: `string`, `number`, `boolean` or `date` (ISO 8601).
    #[serde(rename = "type")]
    #[schemars(example = &"string")]
    kind: ScalarWord,
    /// Whether it may be missing or empty for some people; templates then need a fallback.
    #[serde(default)]
    #[schemars(example = true)]
    nullable: bool,
    /// Whether it must not appear where others can read it, such as a subject line.
    #[serde(default)]
    #[schemars(example = true)]
    sensitive: bool,
    /// Whether it is a code that is given once, out of a pool; the pool may be empty, so templates need
    /// a fallback.
    #[serde(default)]
    #[schemars(example = true)]
    coupon: bool,
    /// Why we may use it to decide what a person gets, where it is sensitive.
    #[serde(default)]
    #[schemars(example = &"explicit consent in the allergy form")]
    legal_basis: Option<Name>,
    /// The only values it takes.
    #[serde(default, rename = "enum")]
    #[schemars(example = ["free", "pro"])]
    choices: Vec<Spanned<Value>>,
    /// Values for previews and tests, awkward ones included; the first is the usual case.
    #[serde(default)]
    #[schemars(example = ["Ana", "O'Neill"])]
    sample: Vec<Value>,
}

/// A plain kind of value.
#[derive(Clone, Copy, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ScalarWord {
    /// A text.
    String,
    /// A number, whole or not.
    Number,
    /// True or false.
    Boolean,
    /// A day or a moment, in ISO 8601.
    Date,
}

impl From<ScalarWord> for Type {
    fn from(word: ScalarWord) -> Self {
        match word {
            ScalarWord::String => Self::Text,
            ScalarWord::Number => Self::Number,
            ScalarWord::Boolean => Self::Boolean,
            ScalarWord::Date => Self::Date,
        }
    }
}

/// What stands inside the brackets of a list property.
enum ListItem {
    Scalar(ScalarWord),
    Object(Table<Property>),
}

impl<'de> Deserialize<'de> for ListItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemVisitor;
        impl<'de> Visitor<'de> for ItemVisitor {
            type Value = ListItem;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a kind such as `string`, or the fields of an object")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<ListItem, E> {
                ScalarWord::deserialize(de::value::StrDeserializer::new(word)).map(ListItem::Scalar)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ListItem, A::Error> {
                Table::deserialize(de::value::MapAccessDeserializer::new(map)).map(ListItem::Object)
            }
        }
        deserializer.deserialize_any(ItemVisitor)
    }
}

impl<'de> Deserialize<'de> for Property {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PropertyVisitor;
        impl<'de> Visitor<'de> for PropertyVisitor {
            type Value = Property;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a kind such as `string`, `{type: string, …}` or `[{field: kind}]`")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Property, E> {
                let word = ScalarWord::deserialize(de::value::StrDeserializer::new(word))?;
                Ok(Property::of(word.into()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Property, A::Error> {
                let it = LongProperty::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Property {
                    kind: it.kind.into(),
                    nullable: it.nullable || it.coupon,
                    coupon: it.coupon,
                    sensitive: it.sensitive,
                    legal_basis: it.legal_basis,
                    choices: it.choices,
                    sample: it.sample,
                })
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Property, A::Error> {
                let item = seq
                    .next_element()?
                    .ok_or_else(|| de::Error::invalid_length(0, &self))?;
                if seq.next_element::<de::IgnoredAny>()?.is_some() {
                    return Err(de::Error::custom(
                        "a list property names one kind of entry, and here are two",
                    ));
                }
                Ok(Property::of(match item {
                    ListItem::Scalar(word) => Type::List(Box::new(word.into())),
                    ListItem::Object(fields) => Type::Objects(fields),
                }))
            }
        }
        deserializer.deserialize_any(PropertyVisitor)
    }
}

impl JsonSchema for Property {
    fn schema_name() -> Cow<'static, str> {
        "Property".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let word = generator.subschema_for::<ScalarWord>();
        let long = generator.subschema_for::<LongProperty>();
        json_schema!({
            "title": "property",
            "description": "What kind of value it holds: `string`, `number`, `boolean`, `date`; `{type, nullable, enum, sensitive, coupon, legal_basis, sample}` to say more; `[{name: string, price: number}]` for a list of objects.",
            "examples": ["string", {"type": "string", "nullable": true, "sample": ["Ana"]}, [{"name": "string", "price": "number"}]],
            "anyOf": [
                word,
                long,
                {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 1,
                    "description": "A list: of objects with these fields, or of plain values.",
                    "items": {
                        "anyOf": [
                            word,
                            {
                                "type": "object",
                                "description": "The fields of one entry.",
                                "additionalProperties": { "$ref": "#/$defs/Property" }
                            }
                        ]
                    }
                }
            ]
        })
    }
}
