//! A journey of the shop as YAML that is changed for the worse.

use std::collections::BTreeMap;

use serde_yaml::Value;

/// A journey of the shop as YAML, and what else the change needs.
pub(super) struct Journey {
    pub(super) name: String,
    pub(super) yaml: Value,
    pub(super) project: Value,
    /// Further journeys, by name.
    pub(super) more: BTreeMap<String, Value>,
}

impl Journey {
    fn steps(&mut self) -> &mut Vec<Value> {
        self.yaml["steps"].as_sequence_mut().unwrap()
    }

    pub(super) fn begins_with(&self, event: &str) -> bool {
        self.yaml["trigger"]["event"] == event
    }

    /// Replaces each step for which there is something in its place. Inner steps come first.
    pub(super) fn each_step(
        &mut self,
        change: &mut dyn FnMut(&Value) -> Option<Vec<Value>>,
    ) -> bool {
        change_steps(self.steps(), change)
    }

    pub(super) fn each_send(&mut self, change: &mut dyn FnMut(&mut Value) -> bool) -> bool {
        self.each_step(&mut |step| {
            let mut step = step.clone();
            change(step.get_mut("send")?).then_some(vec![step])
        })
    }

    pub(super) fn has_purpose(&mut self, purpose: &str) -> bool {
        let mut found = false;
        self.each_send(&mut |send| {
            found |= has_word(send, "purpose", purpose);
            false
        });
        found
    }

    pub(super) fn sends(&mut self) -> usize {
        let mut count = 0;
        self.each_send(&mut |_| {
            count += 1;
            false
        });
        count
    }

    pub(super) fn has_sends(&mut self) -> bool {
        self.sends() > 0
    }

    pub(super) fn top_level_sends(&mut self) -> usize {
        self.steps()
            .iter()
            .filter(|it| it.get("send").is_some())
            .count()
    }

    pub(super) fn prepend(&mut self, step: &str) -> bool {
        self.steps().insert(0, yaml(step));
        true
    }

    pub(super) fn second(&mut self, step: &str) -> bool {
        self.steps().insert(1, yaml(step));
        true
    }

    pub(super) fn take(&mut self, key: &str) -> bool {
        self.yaml.as_mapping_mut().unwrap().remove(key).is_some()
    }

    pub(super) fn drop_exits(&mut self, event: &str) -> bool {
        let Some(exits) = self.yaml.get_mut("exits").and_then(Value::as_sequence_mut) else {
            return false;
        };
        let before = exits.len();
        exits.retain(|it| it["on"] != event);
        exits.len() < before
    }

    pub(super) fn add_persons(&mut self) {
        let senders = self.project["senders"].as_mapping_mut().unwrap();
        for name in ["ana", "ben", "cy"] {
            let text = format!(
                "{{kind: person, name: {name}, address: {name}@fernandfinch.example, monitored: true}}"
            );
            senders.insert(name.into(), yaml(&text));
        }
        let text =
            "{kind: brand, name: Shop, address: no-reply@fernandfinch.example, monitored: false}";
        senders.insert("noreply".into(), yaml(text));
    }
}

fn change_steps(
    steps: &mut Vec<Value>,
    change: &mut dyn FnMut(&Value) -> Option<Vec<Value>>,
) -> bool {
    let mut changed = false;
    let mut res = Vec::new();
    for mut step in std::mem::take(steps) {
        for inner in inner(&mut step) {
            changed |= change_steps(inner, change);
        }
        if let Some(instead) = change(&step) {
            changed = true;
            res.extend(instead);
        } else {
            res.push(step);
        }
    }
    *steps = res;
    changed
}

/// The lists of steps inside a step.
fn inner(step: &mut Value) -> Vec<&mut Vec<Value>> {
    let Some((kind, body)) = step.as_mapping_mut().and_then(|it| it.iter_mut().next()) else {
        return Vec::new();
    };
    let kind = kind.as_str().unwrap().to_owned();
    let Some(body) = body.as_mapping_mut() else {
        return Vec::new();
    };
    let mut res = Vec::new();
    for (key, value) in body.iter_mut() {
        match (kind.as_str(), key.as_str().unwrap()) {
            ("wait_for", "on_timeout") | ("branch", "else") | ("repeat", "steps") => {
                res.extend(value.as_sequence_mut());
            }
            ("branch", "when") => {
                let ways = value.as_sequence_mut().unwrap().iter_mut();
                res.extend(ways.filter_map(|it| it.get_mut("steps")?.as_sequence_mut()));
            }
            ("split", "arms") => {
                let arms = value.as_mapping_mut().unwrap().iter_mut();
                res.extend(arms.filter_map(|(_, it)| it.get_mut("steps")?.as_sequence_mut()));
            }
            _ => {}
        }
    }
    res
}

pub(super) fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

pub(super) fn set(of: &mut Value, key: &str, value: impl Into<Value>) -> bool {
    let value = value.into();
    let map = of.as_mapping_mut().unwrap();
    let differs = map.get(key) != Some(&value);
    map.insert(key.into(), value);
    differs
}

fn words_of(of: &Value, key: &str) -> Vec<String> {
    match of.get(key) {
        Some(Value::String(it)) => vec![it.clone()],
        Some(Value::Sequence(it)) => it
            .iter()
            .map(|it| it.as_str().unwrap().to_owned())
            .collect(),
        _ => Vec::new(),
    }
}

pub(super) fn has_word(of: &Value, key: &str, word: &str) -> bool {
    words_of(of, key).iter().any(|it| it == word)
}

pub(super) fn with_word(of: &mut Value, key: &str, word: &str) -> bool {
    let mut words = words_of(of, key);
    words.push(word.to_owned());
    set(
        of,
        key,
        words.into_iter().map(Value::from).collect::<Vec<_>>(),
    )
}

/// Takes a word out of a list; another stands there if it was the only one.
pub(super) fn without_word(of: &mut Value, key: &str, word: &str) -> bool {
    let mut words = words_of(of, key);
    let before = words.len();
    words.retain(|it| it != word);
    if words.len() == before {
        return false;
    }
    if words.is_empty() {
        words.push("content".to_owned());
    }
    set(
        of,
        key,
        words.into_iter().map(Value::from).collect::<Vec<_>>(),
    )
}

/// The same steps under other names.
pub(super) fn renamed(steps: &[Value]) -> Option<Vec<Value>> {
    let mut steps = steps.to_vec();
    let mut renamed = false;
    change_steps(&mut steps, &mut |step| {
        let mut step = step.clone();
        let body = step
            .as_mapping_mut()?
            .iter_mut()
            .next()?
            .1
            .as_mapping_mut()?;
        let id = format!("{}-too", body.get("id")?.as_str()?);
        body.insert("id".into(), id.into());
        renamed = true;
        Some(vec![step])
    });
    renamed.then_some(steps)
}
