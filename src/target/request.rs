//! One request to a provider's API, as a file that a person or a script sends.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

/// A request. Headers are names only: keys belong to the person who sends it, never to a repository.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Request {
    /// The method.
    pub method: &'static str,
    /// The path below the provider's address; `${name}` in it as in the body.
    pub path: String,
    /// The names of the headers that it needs.
    pub headers: Vec<&'static str>,
    /// Whether the body goes as fields of a form instead of JSON.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub form: bool,
    /// The body. `${name}` in it stands for something that an earlier request binds.
    pub body: Value,
    /// What later requests need of the answer: a name, and where the answer holds it, as a JSON
    /// pointer.
    pub binds: IndexMap<String, String>,
}

impl Request {
    /// The request as the text of its file.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The name of its file: its number in the order of sending, and what it does.
    pub fn file(number: usize, what: &str) -> String {
        Self::file_in("requests", number, what)
    }

    /// The name of a file in a folder: its number, and what it does.
    pub(super) fn file_in(folder: &str, number: usize, what: &str) -> String {
        let plain: String = what
            .chars()
            .map(|it| {
                if it.is_ascii_alphanumeric() || it == '-' || it == '_' || it == '.' {
                    it
                } else {
                    '-'
                }
            })
            .collect();
        format!("{folder}/{number:03}-{plain}.json")
    }
}
