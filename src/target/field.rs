//! Checks of a body's fields, for targets whose bodies are flat: kinds, lengths, no key that the
//! provider does not know.
//!
//! Invariant: what is wrong is said with the field's name, as the provider writes it.

use serde_json::Value;

/// What is wrong with a body.
#[derive(Debug, Default)]
pub(super) struct Fields {
    found: Vec<String>,
}

impl Fields {
    /// Notes something.
    pub(super) fn fault(&mut self, what: impl Into<String>) {
        self.found.push(what.into());
    }

    /// An object with all of `needed`, and nothing besides but `known`.
    pub(super) fn keys(&mut self, at: &str, value: &Value, needed: &[&str], known: &[&str]) {
        let Some(map) = value.as_object() else {
            self.fault(format!("{at} is not an object"));
            return;
        };
        for key in needed.iter().filter(|it| !map.contains_key(**it)) {
            self.fault(format!("{at} has no `{key}`"));
        }
        for key in map.keys() {
            if !needed.contains(&key.as_str()) && !known.contains(&key.as_str()) {
                self.fault(format!(
                    "{at} has `{key}`, which the provider does not know"
                ));
            }
        }
    }

    /// A text of at least one and at most so many characters, where it is there.
    pub(super) fn text(&mut self, body: &Value, key: &str, most: usize) {
        let Some(text) = self.is_text(body, key) else {
            return;
        };
        let length = text.chars().count();
        if length == 0 {
            self.fault(format!("`{key}` is empty"));
        }
        if length > most {
            self.fault(format!(
                "`{key}` has {length} characters; {most} are the most"
            ));
        }
    }

    /// A text of at most so many bytes, where it is there.
    pub(super) fn bytes(&mut self, body: &Value, key: &str, most: usize) {
        if let Some(text) = self.is_text(body, key)
            && text.len() > most
        {
            let length = text.len();
            self.fault(format!("`{key}` has {length} bytes; {most} are the most"));
        }
    }

    /// One of these values, where it is there.
    pub(super) fn one_of(&mut self, body: &Value, key: &str, known: &[Value]) {
        if let Some(value) = body.get(key)
            && !known.contains(value)
        {
            self.fault(format!(
                "`{key}` is {value}, which the provider does not know"
            ));
        }
    }

    /// An address of mail, where it is there; a placeholder stands for one.
    pub(super) fn address(&mut self, body: &Value, key: &str) {
        if let Some(text) = self.is_text(body, key)
            && !text.contains('@')
            && !is_placeholder(text)
        {
            self.fault(format!("`{key}` is `{text}`, which is no address"));
        }
    }

    /// All that was found.
    pub(super) fn done(self) -> Vec<String> {
        self.found
    }

    fn is_text<'v>(&mut self, body: &'v Value, key: &str) -> Option<&'v str> {
        let value = body.get(key)?;
        let text = value.as_str();
        if text.is_none() {
            self.fault(format!("`{key}` is not a text"));
        }
        text
    }
}

/// Whether a text is nothing but one `${name}`.
pub(super) fn is_placeholder(text: &str) -> bool {
    let name = text.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
    name.is_some_and(|it| !it.is_empty() && !it.contains(['{', '}', '$']))
}
