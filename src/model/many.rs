//! One word or a list of words.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

use crate::source::Spanned;

/// One value or a list of values, each with its place.
#[derive(Debug, Clone)]
pub struct Many<T>(pub Vec<Spanned<T>>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + PartialEq> Many<T> {
    /// Whether a value is among them.
    pub fn has(&self, value: T) -> bool {
        self.0.iter().any(|it| it.value == value)
    }

    /// The values without their places.
    pub fn values(&self) -> impl Iterator<Item = T> + '_ {
        self.0.iter().map(|it| it.value)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        enum Inner<T> {
            One(T),
            Several(Vec<Spanned<T>>),
        }
        struct InnerVisitor<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for InnerVisitor<T> {
            type Value = Inner<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a list of words")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Inner<T>, E> {
                T::deserialize(de::value::StrDeserializer::new(word)).map(Inner::One)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Inner<T>, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(Inner::Several)
            }
        }
        impl<'de, T: Deserialize<'de>> Deserialize<'de> for Inner<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(InnerVisitor(std::marker::PhantomData))
            }
        }
        let inner: Spanned<Inner<T>> = Spanned::deserialize(deserializer)?;
        Ok(Self(match inner.value {
            Inner::One(value) => vec![Spanned::new(value, inner.span)],
            Inner::Several(values) => values,
        }))
    }
}

impl<T: JsonSchema> JsonSchema for Many<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("OneOrMore{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, {"type": "array", "items": one, "minItems": 1}] })
    }
}
