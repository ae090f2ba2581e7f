//! The tree as a serde deserializer: how the typed model is read.
//!
//! Enums are maps with one key, the variant's name, or plain text for unit variants. A
//! [`Spanned`] gets its place. Broken parts are left out and misspelt words read as they were
//! meant, so that the rest of a damaged document can still be read. Every error knows the node that it is about and the slots
//! on the way there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

use super::{Kind, Node, Pair, Slot};
use crate::source::Spanned;

/// What to read differently from what is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Corrections {
    /// Parts that are as if they were not written.
    pub(crate) skip: BTreeSet<Slot>,
    /// Keys that are read as another word: the one that was probably meant.
    pub(crate) keys: BTreeMap<Slot, Box<str>>,
    /// Values that are read as another word.
    pub(crate) values: BTreeMap<Slot, Box<str>>,
}

/// Reads one node, as corrected.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a, 's> {
    node: Node<'a>,
    corrections: &'s Corrections,
    /// Keys are text, whatever type the word would have as a value.
    as_key: bool,
    /// The word to read instead of the node's own.
    word: Option<&'s str>,
}

/// Why a node could not be read.
#[derive(Debug)]
pub(crate) struct Refusal(Box<Inner>);

#[derive(Debug)]
struct Inner {
    message: String,
    node: Option<u32>,
    trail: Vec<Slot>,
    echo: bool,
}

impl Refusal {
    /// What the type said: one line; further lines are advice.
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// The number of the node that was refused.
    pub(crate) fn node(&self) -> Option<u32> {
        self.0.node
    }

    /// The slots from the refused node out to the root.
    pub(crate) fn trail(&self) -> &[Slot] {
        &self.0.trail
    }

    /// Whether the refusal only says that something is missing which was left out on purpose.
    pub(crate) fn is_echo(&self) -> bool {
        self.0.echo
    }

    fn at(mut self, reader: Reader<'_, '_>) -> Self {
        if self.0.node.is_none() {
            self.0.node = Some(reader.node.number());
            self.0.echo = reader.lacks_parts();
        }
        self
    }

    fn through(mut self, slot: Slot) -> Self {
        self.0.trail.push(slot);
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Refusal {}

impl Error for Refusal {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(Box::new(Inner {
            message: message.to_string(),
            node: None,
            trail: Vec::new(),
            echo: false,
        }))
    }
}

impl<'a, 's> Reader<'a, 's> {
    pub(crate) fn new(node: Node<'a>, corrections: &'s Corrections) -> Self {
        Self {
            node,
            corrections,
            as_key: false,
            word: None,
        }
    }

    fn key(self, pair: Pair<'a>) -> Self {
        Self {
            node: pair.key,
            corrections: self.corrections,
            as_key: true,
            word: self.corrections.keys.get(&pair.slot).map(|it| &**it),
        }
    }

    fn value(self, node: Node<'a>, slot: Slot) -> Self {
        Self {
            node,
            corrections: self.corrections,
            as_key: false,
            word: self.corrections.values.get(&slot).map(|it| &**it),
        }
    }

    fn kind(self) -> Kind<'a> {
        if self.as_key {
            Kind::Text(self.node.as_key())
        } else {
            self.node.kind()
        }
    }

    fn pairs(self) -> impl Iterator<Item = Pair<'a>> + use<'a, 's> {
        self.node
            .pairs()
            .filter(move |it| !self.corrections.skip.contains(&it.slot))
    }

    fn lacks_parts(self) -> bool {
        let skip = &self.corrections.skip;
        !skip.is_empty()
            && (self.node.pairs().any(|it| skip.contains(&it.slot))
                || self.node.items().any(|it| skip.contains(&it.slot)))
    }

    fn unexpected(self) -> Unexpected<'a> {
        match self.kind() {
            Kind::Null => Unexpected::Unit,
            Kind::Bool(value) => Unexpected::Bool(value),
            Kind::Int(value) => Unexpected::Signed(value),
            Kind::Float(value) => Unexpected::Float(value),
            Kind::Text(value) => Unexpected::Str(value),
            Kind::List => Unexpected::Seq,
            Kind::Map => Unexpected::Map,
        }
    }

    fn visit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refusal> {
        if let Some(word) = self.word {
            return visitor.visit_str(word).map_err(|it: Refusal| it.at(self));
        }
        let visited = match self.kind() {
            Kind::Null => visitor.visit_unit(),
            Kind::Bool(value) => visitor.visit_bool(value),
            Kind::Int(value) => visitor.visit_i64(value),
            Kind::Float(value) => visitor.visit_f64(value),
            Kind::Text(value) => visitor.visit_borrowed_str(value),
            Kind::List => visitor.visit_seq(Items {
                reader: self,
                items: self.node.items(),
            }),
            Kind::Map => visitor.visit_map(Pairs {
                reader: self,
                rest: self.node.pairs(),
                value: None,
            }),
        };
        visited.map_err(|it: Refusal| it.at(self))
    }

    /// JSON Schema takes `5.0` for a whole number, so it is one here too.
    fn visit_whole<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.kind() {
            Kind::Float(value) => match format!("{value:.0}").parse::<i64>() {
                Ok(whole) if value.fract() == 0.0 => visitor.visit_i64(whole),
                _ => visitor.visit_f64(value),
            }
            .map_err(|it: Refusal| it.at(self)),
            _ => self.visit(visitor),
        }
    }
}

macro_rules! whole_numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refusal> {
            self.visit_whole(visitor)
        })*
    };
}

impl<'a> Deserializer<'a> for Reader<'a, '_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.visit(visitor)
    }

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.kind() {
            Kind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
        .map_err(|it: Refusal| it.at(self))
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor
            .visit_newtype_struct(self)
            .map_err(|it: Refusal| it.at(self))
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        if name == Spanned::<()>::MARK {
            return visitor
                .visit_map(SpanAndValue {
                    reader: self,
                    step: 0,
                })
                .map_err(|it: Refusal| it.at(self));
        }
        self.visit(visitor)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let read = match self.kind() {
            Kind::Text(_) => visitor.visit_enum(Choice {
                reader: self,
                pair: None,
            }),
            Kind::Map => {
                let mut pairs = self.pairs();
                match (pairs.next(), pairs.next()) {
                    (Some(pair), None) => visitor.visit_enum(Choice {
                        reader: self,
                        pair: Some(pair),
                    }),
                    _ => Err(Refusal::custom("this must hold exactly one key")),
                }
            }
            _ => Err(Refusal::invalid_type(self.unexpected(), &visitor)),
        };
        read.map_err(|it: Refusal| it.at(self))
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'a>>
        bool i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}

/// The items of a list.
struct Items<'a, 's, I> {
    reader: Reader<'a, 's>,
    items: I,
}

impl<'a, I: Iterator<Item = super::Item<'a>>> SeqAccess<'a> for Items<'a, '_, I> {
    type Error = Refusal;

    fn next_element_seed<T: DeserializeSeed<'a>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refusal> {
        for item in self.items.by_ref() {
            if self.reader.corrections.skip.contains(&item.slot) {
                continue;
            }
            let reader = self.reader.value(item.value, item.slot);
            return seed
                .deserialize(reader)
                .map(Some)
                .map_err(|it| it.at(reader).through(item.slot));
        }
        Ok(None)
    }

    /// Lets lists be as large as they must be: most of a large repository's memory is lists of steps.
    fn size_hint(&self) -> Option<usize> {
        self.items.size_hint().1
    }
}

/// The pairs of a map.
struct Pairs<'a, 's, I> {
    reader: Reader<'a, 's>,
    rest: I,
    /// The pair whose key was handed out last.
    value: Option<Pair<'a>>,
}

impl<'a, I: Iterator<Item = Pair<'a>>> MapAccess<'a> for Pairs<'a, '_, I> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refusal> {
        for pair in self.rest.by_ref() {
            if self.reader.corrections.skip.contains(&pair.slot) {
                continue;
            }
            self.value = Some(pair);
            let reader = self.reader.key(pair);
            return seed
                .deserialize(reader)
                .map(Some)
                .map_err(|it| it.at(reader).through(pair.slot));
        }
        Ok(None)
    }

    fn size_hint(&self) -> Option<usize> {
        self.rest.size_hint().1
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        let pair = self
            .value
            .take()
            .ok_or_else(|| Refusal::custom("a value was asked for before its key"))?;
        let reader = self.reader.value(pair.value, pair.slot);
        seed.deserialize(reader)
            .map_err(|it| it.at(reader).through(pair.slot))
    }
}

/// What a [`Spanned`] asks for: `span`, three numbers, `value`, the value.
struct SpanAndValue<'a, 's> {
    reader: Reader<'a, 's>,
    step: u8,
}

impl<'a> MapAccess<'a> for SpanAndValue<'a, '_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refusal> {
        let Some(field) = Spanned::<()>::FIELDS.get(usize::from(self.step)) else {
            return Ok(None);
        };
        seed.deserialize(BorrowedStrDeserializer::new(field))
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        self.step += 1;
        if self.step == 1 {
            let span = self.reader.node.span();
            let numbers = [span.file.0, span.start, span.end];
            return seed.deserialize(SeqDeserializer::new(numbers.into_iter()));
        }
        seed.deserialize(self.reader)
    }
}

/// A variant: plain text, or the one key of a map and its value.
struct Choice<'a, 's> {
    reader: Reader<'a, 's>,
    pair: Option<Pair<'a>>,
}

impl<'a, 's> Choice<'a, 's> {
    fn content(&self) -> Result<(Reader<'a, 's>, Slot), Refusal> {
        let pair = self.pair.ok_or_else(|| {
            let word = self.reader.node.as_key();
            Refusal::custom(format!("`{word}` needs a value: write `{word}: …`"))
        })?;
        Ok((self.reader.value(pair.value, pair.slot), pair.slot))
    }
}

impl<'a> EnumAccess<'a> for Choice<'a, '_> {
    type Error = Refusal;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Self), Refusal> {
        let variant = if let Some(pair) = self.pair {
            let reader = self.reader.key(pair);
            seed.deserialize(reader)
                .map_err(|it| it.at(reader).through(pair.slot))?
        } else {
            let word = self.reader.word.unwrap_or(self.reader.node.as_key());
            seed.deserialize(StrDeserializer::<Refusal>::new(word))?
        };
        Ok((variant, self))
    }
}

impl<'a> VariantAccess<'a> for Choice<'a, '_> {
    type Error = Refusal;

    fn unit_variant(self) -> Result<(), Refusal> {
        let Some(pair) = self.pair else {
            return Ok(());
        };
        match pair.value.kind() {
            Kind::Null => Ok(()),
            _ => Err(
                Refusal::custom(format!("`{}` takes no value", pair.key.as_key()))
                    .at(self.reader.value(pair.value, pair.slot))
                    .through(pair.slot),
            ),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Refusal> {
        let (reader, slot) = self.content()?;
        seed.deserialize(reader)
            .map_err(|it| it.at(reader).through(slot))
    }

    fn tuple_variant<V: Visitor<'a>>(self, _len: usize, visitor: V) -> Result<V::Value, Refusal> {
        let (reader, slot) = self.content()?;
        reader.visit(visitor).map_err(|it| it.through(slot))
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let (reader, slot) = self.content()?;
        reader.visit(visitor).map_err(|it| it.through(slot))
    }
}
