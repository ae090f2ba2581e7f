//! Types that people write as one word or one short text, such as `3d` or `payment + 1d`.
//!
//! In: a type that knows `FromStr`. Out: how it is read from YAML, and what the schema says of it.
//! Invariant: what `FromStr` refuses is refused with its own words. Not done here: the texts themselves.

/// Reads a type from a YAML string through `FromStr`, and describes it in the schema.
macro_rules! from_text {
    ($type:ident, $name:literal, $expects:literal, $schema:tt) => {
        impl<'de> ::serde::de::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::de::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                struct Text;
                impl ::serde::de::Visitor<'_> for Text {
                    type Value = $type;
                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str($expects)
                    }
                    fn visit_str<E: ::serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }

        impl ::schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                false
            }
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                $name.into()
            }
            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!($schema)
            }
        }
    };
}

pub(crate) use from_text;
