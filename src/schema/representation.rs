//! The tree as an instance for the JSON Schema validator, so that no second copy of the document
//! is made. The code that the validator generates for it is slow to compile: nothing else lives
//! here.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node as JsonNode, NodeIdentity, Object};
use serde_json::{Number, Value};

use crate::yaml::{Kind, Node};

/// The marker type of the representation.
pub(super) struct TreeJson;

/// A node of the tree, or a key looked at on its own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Instance<'a> {
    Node(Node<'a>),
    Name(&'a str),
}

impl<'a> Instance<'a> {
    fn kind(self) -> Kind<'a> {
        match self {
            Self::Node(node) => node.kind(),
            Self::Name(name) => Kind::Text(name),
        }
    }
}

impl Json for TreeJson {
    type Node<'a> = Instance<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = ();

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>((): &mut (), string: &str, f: impl FnOnce(Instance<'_>) -> T) -> T {
        f(Instance::Name(string))
    }
}

impl<'a> JsonNode<'a, TreeJson> for Instance<'a> {
    type Object = Members<'a>;
    type Array = Elements<'a>;
    type Number = Numeral;

    fn as_object(&self) -> Option<Members<'a>> {
        match self {
            Self::Node(node) if node.kind() == Kind::Map => Some(Members(*node)),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<Elements<'a>> {
        match self {
            Self::Node(node) if node.kind() == Kind::List => Some(Elements(*node)),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self.kind() {
            Kind::Text(text) => Some(Cow::Borrowed(text)),
            _ => None,
        }
    }

    fn as_number(&self) -> Option<Numeral> {
        match self.kind() {
            Kind::Int(number) => Some(Numeral::Whole(number)),
            Kind::Float(number) => Some(Numeral::Real(number)),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self.kind() {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }

    fn json_type(&self) -> JsonType {
        match self.kind() {
            Kind::Null => JsonType::Null,
            Kind::Bool(_) => JsonType::Boolean,
            Kind::Int(_) | Kind::Float(_) => JsonType::Number,
            Kind::Text(_) => JsonType::String,
            Kind::List => JsonType::Array,
            Kind::Map => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match (self.kind(), expected) {
            (Kind::Text(text), Value::String(expected)) => text == expected,
            (Kind::Text(_), _) | (_, Value::String(_)) => false,
            (Kind::List | Kind::Map, Value::Array(_) | Value::Object(_)) => match self {
                Self::Node(node) => jsonschema::json::cmp::equal(&to_value(*node), expected),
                Self::Name(_) => false,
            },
            _ => jsonschema::json::cmp::equal(&self.to_value(), expected),
        }
    }

    /// Only errors ask for this, and ours show the text itself: copying whole blocks into each
    /// error would make a large broken file expensive.
    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(match self {
            Self::Node(node) if node.is_empty() => to_value(*node),
            Self::Node(_) => Value::Null,
            Self::Name(name) => Value::from(*name),
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        match self {
            Self::Node(node) => {
                let tree = std::ptr::from_ref(node.tree()).addr();
                Some(NodeIdentity::tagged(tree, node.number()))
            }
            Self::Name(_) => None,
        }
    }
}

/// A node as a JSON value of its own; used for what is compared as a whole.
pub(super) fn to_value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool(value) => Value::Bool(value),
        Kind::Int(number) => Value::from(number),
        Kind::Float(number) => Value::from(number),
        Kind::Text(text) => Value::from(text),
        Kind::List => node.items().map(|it| to_value(it.value)).collect(),
        Kind::Map => node
            .pairs()
            .map(|it| (it.key.as_key().to_owned(), to_value(it.value)))
            .collect(),
    }
}

/// The pairs of a map.
pub(super) struct Members<'a>(Node<'a>);

impl<'a> Object<'a, TreeJson> for Members<'a> {
    type Node = Instance<'a>;
    type MemberName = &'a str;
    type MembersIter = Box<dyn Iterator<Item = (&'a str, Instance<'a>)> + 'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, key: &Box<str>) -> Option<Instance<'a>> {
        self.0.get(key).map(Instance::Node)
    }

    fn members(&self) -> Self::MembersIter {
        Box::new(
            self.0
                .pairs()
                .map(|it| (it.key.as_key(), Instance::Node(it.value))),
        )
    }
}

/// The items of a list.
pub(super) struct Elements<'a>(Node<'a>);

impl<'a> Array<'a, TreeJson> for Elements<'a> {
    type Node = Instance<'a>;
    type ElementsIter = Box<dyn Iterator<Item = Instance<'a>> + 'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> Self::ElementsIter {
        Box::new(self.0.items().map(|it| Instance::Node(it.value)))
    }

    fn is_unique(&self) -> bool {
        let values: Vec<Value> = self.0.items().map(|it| to_value(it.value)).collect();
        jsonschema::json::unique::is_unique(&values)
    }
}

/// A number of the tree.
#[derive(Debug, Clone, Copy)]
pub(super) enum Numeral {
    Whole(i64),
    Real(f64),
}

impl JsonNumber for Numeral {
    fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Whole(number) => u64::try_from(*number).ok(),
            Self::Real(_) => None,
        }
    }

    fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Whole(number) => Some(*number),
            Self::Real(_) => None,
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "the nearest number is what is asked for"
    )]
    fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Whole(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
        }
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Owned(match self {
            Self::Whole(number) => number.to_string(),
            Self::Real(number) => number.to_string(),
        })
    }

    fn to_number(&self) -> Cow<'_, Number> {
        Cow::Owned(match self {
            Self::Whole(number) => Number::from(*number),
            // The tree holds finite numbers only.
            Self::Real(number) => Number::from_f64(*number).unwrap_or_else(|| Number::from(0)),
        })
    }

    fn is_integer(&self) -> bool {
        match self {
            Self::Whole(_) => true,
            Self::Real(number) => number.fract() == 0.0,
        }
    }

    fn is_written_as_integer(&self) -> bool {
        matches!(self, Self::Whole(_))
    }
}

/// The validator of one schema over trees.
pub(super) type Compiled = jsonschema::Validator<TreeJson>;

/// Compiles a schema. Fails only for a schema that is no schema.
pub(super) fn compile(schema: &Value) -> Result<Compiled, jsonschema::ValidationError<'static>> {
    jsonschema::options_for::<TreeJson>()
        .with_draft(jsonschema::Draft::Draft202012)
        .build(schema)
}

/// All errors of a document, owned.
pub(super) fn errors<'t>(
    compiled: &'t Compiled,
    root: Node<'t>,
) -> Vec<jsonschema::ValidationError<'t>> {
    compiled.iter_errors(Instance::Node(root)).collect()
}
