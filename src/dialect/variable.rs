//! Values that whoever sends works out before: what a provider's language cannot say, or must not.
//!
//! Invariant: a variable's name says its value; two texts of one mail that use the same name mean the
//! same, so their variables can be put together.
//! Not done here: handing the values over (that is `target`).

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::template::ir::{Expr, Literal};
use crate::template::{Reading, Sample, Spelling, is_blank};

/// A value that is worked out before the mail is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// The name in the printed text.
    pub name: String,
    /// What it is; the list, where it has entries.
    pub value: Expr,
    /// How it is handed over.
    pub form: Form,
    /// What the provider puts in where it is missing.
    pub fallback: Option<Literal>,
}

/// How a value is handed over.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// As the text that it prints.
    Text,
    /// The same with `& < > " '`, and what else the dialect's spelling names, escaped: the provider
    /// puts it into the page as it comes.
    Html,
    /// As true or false.
    Answer,
    /// As a list of objects.
    Entries(Entries),
}

/// What is worked out for each entry of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Entries {
    /// What the values call the entry.
    pub var: Arc<str>,
    /// The values, by name.
    pub fields: Vec<Variable>,
}

impl Variable {
    /// A value that has no fallback.
    pub(super) fn new(name: impl Into<String>, value: Expr, form: Form) -> Self {
        Self {
            name: name.into(),
            value,
            form,
            fallback: None,
        }
    }

    /// What is handed over for one recipient, numbers and signs in the dialect's spelling; nothing where
    /// the provider's fallback is wanted.
    pub fn handed_over(&self, sample: &Sample, spelling: Spelling) -> Option<Value> {
        self.read(&mut Reading::of(sample, spelling))
    }

    fn read(&self, reading: &mut Reading<'_>) -> Option<Value> {
        if self.fallback.is_some() && is_blank(&reading.value(&self.value)) {
            return None;
        }
        Some(match &self.form {
            Form::Text => Value::from(reading.text(&self.value)),
            Form::Html => Value::from(reading.escaped(&self.value)),
            Form::Answer => reading.value(&self.value),
            Form::Entries(Entries { var, fields }) => {
                let entries = reading.each(var, &self.value, |reading| {
                    let fields = fields
                        .iter()
                        .filter_map(|it| Some((it.name.clone(), it.read(reading)?)));
                    Value::Object(fields.collect::<Map<_, _>>())
                });
                Value::Array(entries)
            }
        })
    }
}

/// Adds a variable unless it is there already; what two lists of one name work out for their entries
/// is put together. Gives the name under which it is there.
pub(super) fn add(variables: &mut Vec<Variable>, mut new: Variable) -> String {
    let mut name = new.name.clone();
    for at in 2_usize.. {
        let Some(known) = variables.iter_mut().find(|it| it.name == name) else {
            new.name.clone_from(&name);
            variables.push(new);
            return name;
        };
        if known.value == new.value {
            match (&mut known.form, &mut new.form) {
                (Form::Entries(known), Form::Entries(entries)) if known.var == entries.var => {
                    for field in std::mem::take(&mut entries.fields) {
                        add(&mut known.fields, field);
                    }
                    return name;
                }
                (known, new) if known == new => return name,
                _ => {}
            }
        }
        name = format!("{}_{at}", new.name);
    }
    name
}
