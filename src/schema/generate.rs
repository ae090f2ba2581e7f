//! From Rust types to JSON Schema, in the form that editors, our messages and other programs need.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

/// The schema (draft 2020-12) of a type that a YAML file is read into. `id` becomes `$id` and
/// `title` the title.
pub fn of<T: JsonSchema>(id: &str, title: &str) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    tidy(&mut schema);
    let mut value = schema.to_value();
    let Value::Object(object) = &mut value else {
        return value;
    };
    // The order is for people who open the file: what it is, before what it holds.
    let mut ordered = Map::new();
    let head = [("$id", id), ("title", title)];
    ordered.extend(object.remove_entry("$schema"));
    for (key, text) in head {
        object.remove(key);
        if !text.is_empty() {
            ordered.insert(key.to_owned(), Value::from(text));
        }
    }
    let definitions = object.remove_entry("$defs");
    ordered.extend(std::mem::take(object));
    if let Some((key, Value::Object(mut definitions))) = definitions {
        definitions.sort_keys();
        ordered.insert(key, Value::Object(definitions));
    }
    Value::Object(ordered)
}

/// The schema (draft 2020-12) of a result that programs read.
pub fn of_result<T: JsonSchema>() -> Value {
    // Optional fields are always written, as `null`; that is the contract for serialization.
    SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(plain))
        .into_generator()
        .into_root_schema_for::<T>()
        .into()
}

/// Drops what validators know nothing of: Rust's number formats; and where comments break lines.
fn plain(schema: &mut Schema) {
    schema.remove("format");
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}

/// A schema as the text of a file: two spaces, a final newline, the same bytes on every run.
pub fn to_text(schema: &Value) -> String {
    // Serializing a JSON value to a string cannot fail.
    let mut text = serde_json::to_string_pretty(schema).unwrap_or_default();
    text.push('\n');
    text
}

fn tidy(schema: &mut Schema) {
    if let Some(object) = schema.as_object_mut() {
        clean(object);
    }
}

/// Rewrites one schema, its parts first.
fn clean(schema: &mut Map<String, Value>) {
    for key in ["properties", "patternProperties", "$defs"] {
        for part in maps_of(schema.get_mut(key)) {
            clean(part);
        }
    }
    for key in ["anyOf", "oneOf", "allOf", "prefixItems"] {
        if let Some(Value::Array(parts)) = schema.get_mut(key) {
            for part in parts.iter_mut().filter_map(Value::as_object_mut) {
                clean(part);
            }
        }
    }
    for key in [
        "items",
        "additionalProperties",
        "propertyNames",
        "not",
        "contains",
    ] {
        if let Some(Value::Object(part)) = schema.get_mut(key) {
            clean(part);
        }
    }
    drop_null_from_properties(schema);
    // These formats tell languages about their number types; validators warn of them.
    let number_types = ["int", "uint", "float", "double"];
    if let Some(Value::String(format)) = schema.get("format")
        && number_types.iter().any(|it| format.starts_with(it))
    {
        schema.shift_remove("format");
    }
    flatten_choices(schema);
}

fn maps_of(value: Option<&mut Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    value
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(|it| it.values_mut())
        .filter_map(Value::as_object_mut)
}

/// A key that may be left out is left out, not set to null: null as an offered default breaks
/// completion in editors, and as an offered type it blurs our messages.
fn drop_null_from_properties(schema: &mut Map<String, Value>) {
    let required: Vec<String> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|it| {
            it.iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    for (name, property) in properties.iter_mut() {
        let Some(property) = property.as_object_mut() else {
            continue;
        };
        // Completion offers defaults: an empty list or `false` is noise, a null breaks it.
        property.remove("default");
        if !required.contains(name) {
            drop_null(property);
        }
    }
}

fn drop_null(property: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|it| it != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            property.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(branches)) = property.get_mut("anyOf") else {
        return;
    };
    let before = branches.len();
    branches.retain(|it| it.get("type").is_none_or(|it| it != "null"));
    if branches.len() == before || branches.len() != 1 {
        return;
    }
    if let Some(Value::Object(only)) = branches.pop() {
        property.shift_remove("anyOf");
        for (key, value) in only {
            property.entry(key).or_insert(value);
        }
    }
}

/// Enums come as `oneOf`. Words with descriptions become one `enum`, so that a wrong word is
/// "not one of these" and not "not valid under any". Variants with content become properties of
/// one map that holds exactly one of them, so that an error inside a variant is reported where
/// it is.
fn flatten_choices(schema: &mut Map<String, Value>) {
    let Some(Value::Array(branches)) = schema.get("oneOf") else {
        return;
    };
    let mut words = Words::default();
    let mut variants = Variants::default();
    for branch in branches {
        let Some(branch) = branch.as_object() else {
            return;
        };
        if !words.take(branch) && !variants.take(branch) {
            return;
        }
    }
    schema.shift_remove("oneOf");
    let parts: Vec<Map<String, Value>> = [words.into_schema(), variants.into_schema()]
        .into_iter()
        .flatten()
        .collect();
    match <[_; 1]>::try_from(parts) {
        Ok([only]) => schema.extend(only),
        Err(parts) => {
            let parts = parts.into_iter().map(Value::Object).collect();
            schema.insert("anyOf".to_owned(), Value::Array(parts));
        }
    }
}

/// The unit variants of an enum.
#[derive(Default)]
struct Words {
    words: Vec<Value>,
    descriptions: Vec<Value>,
}

impl Words {
    fn take(&mut self, branch: &Map<String, Value>) -> bool {
        let description = branch
            .get("description")
            .cloned()
            .unwrap_or_else(|| "".into());
        if let Some(word @ Value::String(_)) = branch.get("const") {
            self.words.push(word.clone());
            self.descriptions.push(description);
            return true;
        }
        let Some(Value::Array(words)) = branch.get("enum") else {
            return false;
        };
        for word in words {
            self.words.push(word.clone());
            self.descriptions.push(description.clone());
        }
        true
    }

    fn into_schema(self) -> Option<Map<String, Value>> {
        if self.words.is_empty() {
            return None;
        }
        let mut schema = Map::new();
        schema.insert("type".to_owned(), "string".into());
        schema.insert("enum".to_owned(), Value::Array(self.words));
        if self.descriptions.iter().any(|it| it != "") {
            schema.insert(
                "markdownEnumDescriptions".to_owned(),
                Value::Array(self.descriptions),
            );
        }
        Some(schema)
    }
}

/// The variants of an enum that have content.
#[derive(Default)]
struct Variants {
    properties: Map<String, Value>,
}

impl Variants {
    fn take(&mut self, branch: &Map<String, Value>) -> bool {
        let (Some(Value::Object(properties)), Some(Value::Array(required))) =
            (branch.get("properties"), branch.get("required"))
        else {
            return false;
        };
        let mut pairs = properties.iter();
        let (Some((name, content)), None, [only]) =
            (pairs.next(), pairs.next(), required.as_slice())
        else {
            return false;
        };
        if only != name {
            return false;
        }
        let mut content = content.clone();
        // Editors show what is written on the property, not on the branch.
        if let (Some(content), Some(description)) =
            (content.as_object_mut(), branch.get("description"))
        {
            content.insert("description".to_owned(), description.clone());
        }
        self.properties.insert(name.clone(), content);
        true
    }

    fn into_schema(self) -> Option<Map<String, Value>> {
        if self.properties.is_empty() {
            return None;
        }
        let mut schema = Map::new();
        schema.insert("type".to_owned(), "object".into());
        schema.insert("properties".to_owned(), Value::Object(self.properties));
        schema.insert("additionalProperties".to_owned(), false.into());
        schema.insert("minProperties".to_owned(), 1.into());
        schema.insert("maxProperties".to_owned(), 1.into());
        Some(schema)
    }
}
