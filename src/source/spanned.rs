//! A value together with the place it was written at.

use std::borrow::{Borrow, Cow};
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::{FileId, Span};

/// A value and where it stands. Equality, order and hash look at the value alone, so that a map
/// keyed by spanned names is searched by name.
#[derive(Debug, Clone, Copy)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place, quotes included.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// The struct name by which a deserializer over the spanned tree knows that a span is asked
    /// for.
    pub(crate) const MARK: &'static str = "$journeyc::Spanned";
    /// The three fields that such a deserializer answers with, in this order: file, start and end
    /// as one array, then the value.
    pub(crate) const FIELDS: &'static [&'static str] = &["span", "value"];

    /// Puts a value and its place together.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

impl<T: PartialOrd> PartialOrd for Spanned<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for Spanned<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T: Hash> Hash for Spanned<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl Borrow<str> for Spanned<Box<str>> {
    fn borrow(&self) -> &str {
        &self.value
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SpannedVisitor<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
            type Value = Spanned<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value of the spanned tree")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let no_span = || A::Error::custom("this reader gives no places");
                let _: &str = map.next_key()?.ok_or_else(no_span)?;
                let [file, start, end]: [u32; 3] = map.next_value()?;
                let _: &str = map.next_key()?.ok_or_else(no_span)?;
                let value = map.next_value()?;
                Ok(Spanned::new(value, Span::new(FileId(file), start, end)))
            }
        }

        deserializer.deserialize_struct(
            Self::MARK,
            Self::FIELDS,
            SpannedVisitor(std::marker::PhantomData),
        )
    }
}
