//! A scenario that nobody has written yet.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::model::Duration;
use crate::yaml::edit::scalar_of;

/// Who lives, and what comes from outside.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Draft {
    /// The language that the person reads, if it is not the usual one.
    pub(super) locale: Option<Box<str>>,
    /// What is known of the person.
    pub(super) attributes: BTreeMap<Box<str>, Value>,
    /// What came before the start.
    pub(super) history: Vec<Happening>,
    /// What comes in the life, in the order of time.
    pub(super) events: Vec<Happening>,
    /// The arm of each split that the person comes to.
    pub(super) arms: BTreeMap<Box<str>, Box<str>>,
}

/// Something that comes from outside.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Happening {
    /// So long after the start; before it, in the history.
    pub(super) at: Duration,
    /// What.
    pub(super) what: Happens,
    /// What it carries, as far as it must not be the sample.
    pub(super) data: BTreeMap<Box<str>, Value>,
}

/// What comes from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Happens {
    /// An event.
    Event(Box<str>),
    /// A click in the email with this id.
    Click(Box<str>),
}

impl Draft {
    /// The entry of a list of scenarios, without its dash and with lines as if it stood at the left
    /// margin. `settings` are lines that it needs because of what stands at the top of the file.
    pub(super) fn to_yaml(
        &self,
        name: &str,
        settings: &str,
        timeline: Option<&[String]>,
    ) -> String {
        let mut out = format!("name: {}\nrecorded: true\n", scalar_of(name));
        out.push_str(settings);
        let mut contact = Vec::new();
        if let Some(it) = &self.locale {
            contact.push(format!("locale: {}", in_flow(&Value::from(&**it))));
        }
        if !self.attributes.is_empty() {
            contact.push(format!("attributes: {}", map(&self.attributes)));
        }
        if !contact.is_empty() {
            let _ = writeln!(out, "contact: {{{}}}", contact.join(", "));
        }
        for (key, list, sign) in [
            ("history", &self.history, "-"),
            ("events", &self.events, ""),
        ] {
            if list.is_empty() {
                continue;
            }
            let _ = writeln!(out, "{key}:");
            for it in list {
                let _ = writeln!(out, "  - {{{}}}", it.to_yaml(sign));
            }
        }
        if !self.arms.is_empty() {
            let arms = self.arms.iter();
            let arms = arms.map(|(split, arm)| (split.clone(), Value::from(&**arm)));
            let _ = writeln!(out, "assign: {}", map(&arms.collect()));
        }
        if let Some(lines) = timeline {
            out.push_str(&timeline_yaml(lines));
        }
        out
    }
}

/// The key of a golden timeline, with its lines.
pub(super) fn timeline_yaml(lines: &[String]) -> String {
    if lines.is_empty() {
        return "timeline: []\n".to_owned();
    }
    let mut out = "timeline:\n".to_owned();
    for line in lines {
        let _ = writeln!(out, "  - {}", scalar_of(line));
    }
    out
}

impl Happening {
    fn to_yaml(&self, sign: &str) -> String {
        let what = match &self.what {
            Happens::Event(it) => format!("event: {}", in_flow(&Value::from(&**it))),
            Happens::Click(it) => format!("click: {}", in_flow(&Value::from(&**it))),
        };
        let mut out = format!("at: {sign}{}, {what}", self.at);
        if !self.data.is_empty() {
            let _ = write!(out, ", data: {}", map(&self.data));
        }
        out
    }

    /// Whether it is this event.
    pub(super) fn is(&self, event: &str) -> bool {
        matches!(&self.what, Happens::Event(it) if **it == *event)
    }
}

fn map(values: &BTreeMap<Box<str>, Value>) -> String {
    let pairs = values.iter();
    let pairs = pairs.map(|(key, value)| format!("{}: {}", scalar_of(key), in_flow(value)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}

/// A value as it may stand inside brackets. JSON is YAML, and plain words need no quotes.
fn in_flow(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let is_word = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
            if !text.is_empty() && text.chars().all(is_word) {
                scalar_of(text)
            } else {
                Value::from(text.as_str()).to_string()
            }
        }
        other => other.to_string(),
    }
}
