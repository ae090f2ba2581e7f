//! What a schema asks for, in plain words.

use serde_json::{Map, Value};

use crate::yaml::{Kind, Node};

/// How many examples or choices a sentence names.
const SHOWN: usize = 3;

/// A schema with the root that its references lead into.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'s> {
    pub(super) root: &'s Value,
}

impl<'s> Words<'s> {
    /// Follows `$ref`, as far as it leads.
    pub(super) fn follow(self, mut schema: &'s Value) -> &'s Value {
        // Definitions refer to definitions; a circle of bare references would be no schema.
        for _ in 0..16 {
            let target = schema
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|it| it.strip_prefix('#'))
                .and_then(|it| self.root.pointer(it));
            match target {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    /// The keys that a schema knows, in order.
    pub(super) fn keys(self, schema: &'s Value) -> Vec<&'s str> {
        self.properties(schema)
            .map(|it| it.keys().map(String::as_str).collect())
            .unwrap_or_default()
    }

    /// The schemas of a map's keys; for a union, those of its branches that are maps.
    pub(super) fn property(self, schema: &'s Value, key: &str) -> Option<&'s Value> {
        let schema = self.follow(schema);
        if let Some(found) = schema.get("properties").and_then(|it| it.get(key)) {
            return Some(found);
        }
        let branches = schema.get("anyOf")?.as_array()?;
        branches.iter().find_map(|it| self.property(it, key))
    }

    fn properties(self, schema: &'s Value) -> Option<&'s Map<String, Value>> {
        self.follow(schema).get("properties")?.as_object()
    }

    /// What a schema asks for, with an article and examples: "a duration such as `3d` or `4h`".
    pub(super) fn expected(self, schema: &'s Value, examples: Option<&Value>) -> String {
        let noun = self.noun(schema);
        let followed = self.follow(schema);
        let own = schema.get("examples").or_else(|| followed.get("examples"));
        let examples = own.or(examples);
        if followed.get("enum").is_some() || followed.get("const").is_some() {
            return noun;
        }
        match examples.and_then(Value::as_array).map(|it| list(it)) {
            Some(examples) if !examples.is_empty() => format!("{noun} such as {examples}"),
            _ => noun,
        }
    }

    /// What a schema asks for, with an article.
    pub(super) fn noun(self, schema: &'s Value) -> String {
        let schema = self.follow(schema);
        // The title of a union only repeats the key's name; its branches say what to write.
        let is_union = schema.get("anyOf").is_some();
        if let Some(title) = schema.get("title").and_then(Value::as_str)
            && !is_union
        {
            return with_article(title);
        }
        if let Some(Value::Array(words)) = schema.get("enum") {
            let words: Vec<String> = words.iter().map(spell).collect();
            return match words.as_slice() {
                [only] => only.clone(),
                _ if words.len() <= 8 => format!("one of {}", words.join(", ")),
                _ => format!(
                    "one of {} words such as {}",
                    words.len(),
                    words[..SHOWN].join(", ")
                ),
            };
        }
        if let Some(word) = schema.get("const") {
            return spell(word);
        }
        if let Some(Value::Array(branches)) = schema.get("anyOf") {
            let mut nouns: Vec<String> = Vec::new();
            for noun in branches.iter().map(|it| self.noun(it)) {
                if !nouns.contains(&noun) {
                    nouns.push(noun);
                }
            }
            return nouns.join(" or ");
        }
        match schema.get("type") {
            Some(Value::String(name)) => type_noun(name, schema),
            Some(Value::Array(names)) => {
                let nouns: Vec<String> = names
                    .iter()
                    .filter_map(Value::as_str)
                    .map(|it| type_noun(it, schema))
                    .collect();
                nouns.join(" or ")
            }
            _ => "another value".to_owned(),
        }
    }
}

fn type_noun(name: &str, schema: &Value) -> String {
    let range = || match (schema.get("minimum"), schema.get("maximum")) {
        (Some(min), Some(max)) => format!(" from {min} to {max}"),
        _ => String::new(),
    };
    match name {
        "string" => "text".to_owned(),
        "integer" => format!("a whole number{}", range()),
        "number" => format!("a number{}", range()),
        "boolean" => "`true` or `false`".to_owned(),
        "array" => "a list".to_owned(),
        "object" => block_noun(schema),
        _ => "nothing".to_owned(),
    }
}

/// A map, by the keys that it must have.
fn block_noun(schema: &Value) -> String {
    if schema.get("properties").is_none() {
        return "a block of names with values".to_owned();
    }
    let keys: Vec<&str> = match schema.get("required").and_then(Value::as_array) {
        Some(required) => required.iter().filter_map(Value::as_str).collect(),
        None => Vec::new(),
    };
    let keys: Vec<String> = keys
        .iter()
        .take(SHOWN)
        .map(|it| format!("`{it}`"))
        .collect();
    match keys.as_slice() {
        [] => "a block of keys".to_owned(),
        [only] => format!("a block with {only}"),
        [start @ .., last] => format!("a block with {} and {last}", start.join(", ")),
    }
}

/// "a" or "an" and the words, in lower case.
pub(super) fn with_article(words: &str) -> String {
    let words = words.to_lowercase();
    let article = if words.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {words}")
}

/// What a node is, as opposed to what it should be.
pub(super) fn found(node: Node<'_>) -> &'static str {
    match node.kind() {
        Kind::Null => "nothing",
        Kind::Bool(true) => "`true`",
        Kind::Bool(false) => "`false`",
        Kind::Int(_) => "a number",
        Kind::Float(_) => "a decimal number",
        Kind::Text(_) => "text",
        Kind::List => "a list",
        Kind::Map => "a block of keys",
    }
}

/// Up to three values in backticks: "`a`, `b` or `c`".
pub(super) fn list(values: &[Value]) -> String {
    let words: Vec<String> = values.iter().take(SHOWN).map(spell).collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [start @ .., last] => format!("{} or {last}", start.join(", ")),
    }
}

/// A value as one would write it in YAML, in backticks.
pub(super) fn spell(value: &Value) -> String {
    format!("`{}`", inline(value, false))
}

fn inline(value: &Value, nested: bool) -> String {
    match value {
        Value::String(text) => quote(text, nested),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|it| inline(it, true)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(pairs) => {
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(key, value)| format!("{key}: {}", inline(value, true)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        other => other.to_string(),
    }
}

/// Quotes, where some YAML reader would take the text for something else.
pub(super) fn quote(text: &str, nested: bool) -> String {
    let like_a_number = text.starts_with(|it: char| it.is_ascii_digit())
        && text
            .chars()
            .all(|it| it.is_ascii_digit() || matches!(it, ':' | '.'));
    let is_word = matches!(
        text,
        "true" | "false" | "null" | "yes" | "no" | "on" | "off"
    );
    let special = text.contains(": ")
        || text.contains(" #")
        || nested && text.contains([',', '[', ']', '{', '}'])
        || text.starts_with(['{', '[', '*', '&', '!', '%', '@', '`', '"', '\'', '|', '>']);
    if !(text.is_empty() || like_a_number || is_word || special) {
        return text.to_owned();
    }
    if text.contains('"') {
        format!("'{text}'")
    } else {
        format!("\"{text}\"")
    }
}

/// The first line of a text, at most 48 characters of it.
pub(super) fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    match line.char_indices().nth(48) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.len() < text.trim_end().len() => format!("{line}…"),
        None => line.to_owned(),
    }
}

/// A text with a small first letter, as it stands inside a sentence.
pub(super) fn decapitalize(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}
