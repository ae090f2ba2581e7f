//! Every place where a tree does not fit its schema, each as one finding.

use std::collections::BTreeSet;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Fault;
use jsonschema::paths::{Location, LocationSegment};
use serde_json::Value;

use super::choice;
use super::representation::{self, Compiled};
use super::words::{self, Words};
use crate::diagnostic::{
    Applicability, Diagnostic, Edit, Fix, RuleId, Sink, did_you_mean, nearest,
};
use crate::source::Span;
use crate::yaml::{Kind, Node, Place, Segment, Slot, Tree};

pub(super) const UNKNOWN_KEY: RuleId = RuleId("unknown-key");
pub(super) const MISSING_KEY: RuleId = RuleId("missing-key");
pub(super) const WRONG_TYPE: RuleId = RuleId("wrong-type");
pub(super) const INVALID_VALUE: RuleId = RuleId("invalid-value");

/// The parts of a tree that do not fit.
#[derive(Debug, Default, Clone)]
pub struct Broken {
    slots: BTreeSet<Slot>,
    paths: BTreeSet<Vec<Box<str>>>,
    nodes: BTreeSet<u32>,
    root: bool,
}

impl Broken {
    /// Whether everything fits.
    pub fn is_empty(&self) -> bool {
        !self.root && self.slots.is_empty()
    }

    /// Whether the document as a whole does not fit.
    pub fn root(&self) -> bool {
        self.root
    }

    /// The list items and pairs to leave out.
    pub(crate) fn slots(&self) -> &BTreeSet<Slot> {
        &self.slots
    }

    /// The paths of the parts to leave out, and those that an unknown key probably means.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &[Box<str>]> {
        self.paths.iter().map(Vec::as_slice)
    }

    /// Whether something was already said about this node.
    pub(crate) fn reported(&self, node: u32) -> bool {
        self.nodes.contains(&node)
    }

    /// Marks the part at a place.
    pub(super) fn add(&mut self, place: &Found<'_>) {
        self.nodes.insert(place.value.number());
        match place.slots.last() {
            Some(slot) => {
                self.slots.insert(*slot);
                self.paths.insert(place.path.clone());
            }
            None => self.root = true,
        }
    }

    /// Marks one pair of the map at a place.
    pub(super) fn add_pair(&mut self, place: &Found<'_>, key: &str) {
        if let Some(pair) = place.value.pair(key) {
            self.slots.insert(pair.slot);
            self.nodes.insert(pair.value.number());
            self.add_name(place, key);
        }
    }

    /// Marks a name of the map at a place that is not there but may be meant.
    fn add_name(&mut self, place: &Found<'_>, key: &str) {
        let mut path = place.path.clone();
        path.push(key.into());
        self.paths.insert(path);
    }
}

/// A compiled schema. Compile once, validate many trees, from any thread.
pub struct Validator {
    schema: Value,
    compiled: Option<Compiled>,
}

impl std::fmt::Debug for Validator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Validator").finish_non_exhaustive()
    }
}

/// A place in the tree, with its path in words.
pub(super) struct Found<'t> {
    place: Place<'t>,
    pub(super) path: Vec<Box<str>>,
}

impl<'t> std::ops::Deref for Found<'t> {
    type Target = Place<'t>;
    fn deref(&self) -> &Place<'t> {
        &self.place
    }
}

impl Found<'_> {
    /// What to call the node in a sentence.
    pub(super) fn name(&self) -> String {
        if let Some(key) = self.key {
            return format!("`{}`", key.as_key());
        }
        match self
            .path
            .iter()
            .rev()
            .find(|it| it.parse::<usize>().is_err())
        {
            Some(list) => format!("an entry of `{list}`"),
            None if self.path.is_empty() => "the file".to_owned(),
            None => "this entry".to_owned(),
        }
    }

    /// The place that stands for a map as a whole: its key; for a list item or the document, its
    /// first key.
    pub(super) fn head(&self) -> Span {
        let first = || self.value.pairs().next().map(|it| it.key);
        match self.key.or_else(first) {
            Some(key) => key.span(),
            None => self.value.span(),
        }
    }

    /// The place of the value, or of its key where there is no value to see.
    pub(super) fn spot(&self) -> Span {
        let span = self.value.span();
        if span.start == span.end {
            self.head()
        } else {
            span
        }
    }
}

/// What a validation is about, for all its errors.
pub(super) struct Report<'t, 's, 'k> {
    pub(super) tree: &'t Tree<'t>,
    pub(super) words: Words<'s>,
    pub(super) broken: Broken,
    pub(super) sink: &'k mut Sink,
    /// Nodes whose type is wrong, so that nothing else about them matters.
    mistyped: BTreeSet<u32>,
    /// Missing keys that are there under a misspelt name.
    meant: BTreeSet<(u32, String)>,
    /// Choices that were looked at.
    chosen: BTreeSet<u32>,
}

impl Validator {
    /// Compiles a schema that [`of`](super::of) made. A schema that cannot be compiled accepts
    /// nothing less than everything; a test compiles each one.
    pub fn new(schema: Value) -> Self {
        let compiled = representation::compile(&schema).ok();
        Self { schema, compiled }
    }

    /// Whether the schema could be compiled.
    pub fn is_sound(&self) -> bool {
        self.compiled.is_some()
    }

    /// Reports everything that does not fit, and says which parts to leave out when reading.
    pub fn validate(&self, tree: &Tree<'_>, sink: &mut Sink) -> Broken {
        let Some(compiled) = &self.compiled else {
            return Broken::default();
        };
        let errors = representation::errors(compiled, tree.root());
        if errors.is_empty() {
            return Broken::default();
        }
        let mut report = Report {
            tree,
            words: Words { root: &self.schema },
            broken: Broken::default(),
            sink,
            mistyped: BTreeSet::new(),
            meant: BTreeSet::new(),
            chosen: BTreeSet::new(),
        };
        report.all(&errors.iter().collect::<Vec<_>>());
        report.broken
    }
}

impl<'t, 's> Report<'t, 's, '_> {
    /// Reports errors of one schema. Unknown keys and wrong types come first, because other
    /// errors may only follow from them.
    fn all(&mut self, errors: &[&ValidationError<'_>]) {
        let order = |error: &ValidationError<'_>| match error.kind() {
            Fault::AdditionalProperties { .. } => 0,
            Fault::Type { .. } => 1,
            _ => 2,
        };
        for turn in 0..3 {
            for error in errors.iter().filter(|it| order(it) == turn) {
                self.one(error);
            }
        }
    }

    fn one(&mut self, error: &ValidationError<'_>) {
        let at = self.find(error.instance_path());
        let schema = self.schema(error);
        if choice::is_choice(schema)
            && matches!(
                error.kind(),
                Fault::AdditionalProperties { .. }
                    | Fault::MinProperties { .. }
                    | Fault::MaxProperties { .. }
            )
        {
            if self.chosen.insert(at.value.number()) {
                self.choice(&at, schema);
            }
            return;
        }
        match error.kind() {
            Fault::AdditionalProperties { unexpected } => {
                for key in unexpected {
                    self.unknown_key(&at, key, schema);
                }
            }
            Fault::Required { property } => {
                let key = property.as_str().unwrap_or_default();
                self.missing_key(&at, key, schema);
            }
            Fault::AnyOf { context } | Fault::OneOfNotValid { context } => {
                self.union(&at, schema, context, error);
            }
            Fault::Type { .. } => self.wrong_type(&at, schema, error),
            _ if self.mistyped.contains(&at.value.number()) => {}
            Fault::PropertyNames { error } => self.wrong_name(&at, error),
            _ => self.invalid(&at, schema, error),
        }
    }

    pub(super) fn find(&self, path: &Location) -> Found<'t> {
        let segments: Vec<LocationSegment<'_>> = path.iter().collect();
        let place = self.tree.resolve(segments.iter().map(|it| match it {
            LocationSegment::Property(key) => Segment::Key(key),
            LocationSegment::Index(index) => Segment::Index(*index),
        }));
        let path = segments
            .iter()
            .take(place.slots.len())
            .map(|it| match it {
                LocationSegment::Property(key) => Box::from(&**key),
                LocationSegment::Index(index) => index.to_string().into(),
            })
            .collect();
        Found { place, path }
    }

    /// The schema that has the keyword which failed.
    fn schema(&self, error: &ValidationError<'_>) -> &'s Value {
        let path = error.schema_path().as_str();
        let parent = path.rsplit_once('/').map_or("", |it| it.0);
        self.words.root.pointer(parent).unwrap_or(self.words.root)
    }

    /// The examples of the key whose value failed, where the value's own type has none.
    fn examples(&self, error: &ValidationError<'_>) -> Option<&'s Value> {
        let mut schema = self.words.root;
        let mut field: Option<&Value> = None;
        let path = error.evaluation_path().as_str();
        let mut segments = path.split('/').skip(1);
        while let Some(segment) = segments.next() {
            if segment == "$ref" {
                schema = self.words.follow(schema);
                continue;
            }
            let name = segment.replace("~1", "/").replace("~0", "~");
            let next = match schema {
                Value::Array(parts) => parts.get(segment.parse::<usize>().ok()?),
                _ => schema.get(&name),
            };
            match segment {
                "properties" => {
                    let name = segments.next()?.replace("~1", "/").replace("~0", "~");
                    schema = next?.get(&name)?;
                    field = Some(schema);
                }
                "items" | "additionalProperties" | "prefixItems" => {
                    schema = next?;
                    field = None;
                }
                _ => match next {
                    Some(next) => schema = next,
                    None => break,
                },
            }
        }
        field?.get("examples")
    }

    pub(super) fn push(&mut self, at: &Found<'_>, diagnostic: Diagnostic) {
        let diagnostic = match at.alias {
            Some(alias) => diagnostic.related(alias, "used here"),
            None => diagnostic,
        };
        self.sink.push(diagnostic);
    }

    fn unknown_key(&mut self, at: &Found<'t>, key: &str, schema: &'s Value) {
        let Some(pair) = at.value.pair(key) else {
            return;
        };
        let known = self.words.keys(schema);
        let free = known
            .iter()
            .copied()
            .filter(|it| at.value.get(it).is_none());
        let meant = nearest(key, free.clone());
        let message = if at.path.is_empty() {
            format!("a file of this kind has no key `{}`", words::shorten(key))
        } else {
            format!("{} has no key `{}`", at.name(), words::shorten(key))
        };
        let mut diagnostic = Diagnostic::error(UNKNOWN_KEY, pair.key.span(), message)
            .label("not known here")
            .help(did_you_mean(key, free, "keys"))
            .subject(key);
        if let Some(meant) = meant {
            self.meant.insert((at.value.number(), meant.to_owned()));
            self.broken.add_name(at, meant);
            diagnostic = diagnostic.fix(rename(pair.key, meant));
        }
        self.push(at, diagnostic);
        self.broken.add_pair(at, key);
    }

    fn missing_key(&mut self, at: &Found<'t>, key: &str, schema: &'s Value) {
        self.broken.add(at);
        if self.meant.contains(&(at.value.number(), key.to_owned())) {
            return;
        }
        let property = self.words.property(schema, key);
        let example = property.and_then(|it| {
            let own = it.get("examples").and_then(|it| it.get(0));
            own.or_else(|| self.words.follow(it).get("examples")?.get(0))
        });
        let line = match example {
            Some(example @ (Value::Object(_) | Value::Array(_)))
                if words::spell(example).len() > 60 =>
            {
                format!("`{key}: …`")
            }
            Some(example) => {
                let value = words::spell(example);
                format!("`{key}: {}`", value.trim_matches('`'))
            }
            None => format!("`{key}: …`"),
        };
        let name = at.name();
        let message = if at.path.is_empty() {
            format!("the key `{key}` is missing")
        } else {
            format!("{name} has no `{key}`")
        };
        let mut diagnostic = Diagnostic::error(MISSING_KEY, at.head(), message)
            .label(format!("`{key}` is missing"))
            .subject(key);
        diagnostic.help = Some(
            match property.and_then(|it| it.get("description")?.as_str()) {
                Some(what) => {
                    let what = what.trim_end_matches('.').replace('\n', " ");
                    format!("add a line such as {line} ({})", decapitalize(&what))
                }
                None => format!("add a line such as {line}"),
            },
        );
        self.push(at, diagnostic);
    }

    fn wrong_type(&mut self, at: &Found<'t>, schema: &'s Value, error: &ValidationError<'_>) {
        self.mistyped.insert(at.value.number());
        if self.broken.reported(at.value.number()) {
            return;
        }
        self.broken.add(at);
        let expected = self.words.expected(schema, self.examples(error));
        self.push(at, mistyped(at, schema, &expected));
    }

    /// A value that fits none of several forms is measured by the form that it was meant to have.
    fn union(
        &mut self,
        at: &Found<'t>,
        schema: &'s Value,
        branches: &[Vec<ValidationError<'static>>],
        error: &ValidationError<'_>,
    ) {
        let same_type = |branch: &&Vec<ValidationError<'_>>| {
            !branch.iter().any(|it| {
                matches!(it.kind(), Fault::Type { .. })
                    && it.instance_path() == error.instance_path()
            })
        };
        match branches.iter().filter(same_type).min_by_key(|it| it.len()) {
            Some(branch) => self.all(&branch.iter().collect::<Vec<_>>()),
            None => self.wrong_type(at, schema, error),
        }
    }

    /// A key whose spelling does not fit what keys of this map look like.
    fn wrong_name(&mut self, at: &Found<'t>, error: &ValidationError<'_>) {
        let name = error.instance();
        let Some(pair) = name.as_str().and_then(|it| at.value.pair(it)) else {
            return;
        };
        let schema = self.schema(error);
        let key = pair.key.as_key();
        let mut diagnostic = Diagnostic::error(
            INVALID_VALUE,
            pair.key.span(),
            format!(
                "`{}` is not {}",
                words::shorten(key),
                self.words.noun(schema)
            ),
        )
        .label("this key")
        .subject(key);
        diagnostic.help = help_with_examples(self.words.follow(schema).get("examples"));
        self.push(at, diagnostic);
        self.broken.add_pair(at, key);
    }

    fn invalid(&mut self, at: &Found<'t>, schema: &'s Value, error: &ValidationError<'_>) {
        if self.broken.reported(at.value.number()) {
            return;
        }
        self.broken.add(at);
        let name = at.name();
        let written = words::shorten(at.value.as_key());
        let examples = schema.get("examples").or_else(|| self.examples(error));
        let say = |message: String| {
            Diagnostic::error(INVALID_VALUE, at.spot(), message).subject(subject(at))
        };
        let mut diagnostic = match error.kind() {
            Fault::Enum { options } => {
                let options: Vec<&str> = options
                    .as_array()
                    .map(|it| it.iter().filter_map(Value::as_str).collect())
                    .unwrap_or_default();
                not_a_choice(at, &written, &options)
            }
            Fault::Pattern { .. } | Fault::Format { .. } => {
                let noun = match self.words.noun(schema) {
                    noun if noun == "text" => format!("what {name} takes"),
                    noun => noun,
                };
                say(format!("`{written}` is not {noun}"))
            }
            Fault::Minimum { limit } => {
                say(format!("{name} is too small")).help(format!("write at least {limit}"))
            }
            Fault::ExclusiveMinimum { limit } => {
                say(format!("{name} is too small")).help(format!("write more than {limit}"))
            }
            Fault::Maximum { limit } => {
                say(format!("{name} is too large")).help(format!("write at most {limit}"))
            }
            Fault::ExclusiveMaximum { limit } => {
                say(format!("{name} is too large")).help(format!("write less than {limit}"))
            }
            Fault::MinLength { .. } | Fault::MinItems { .. } | Fault::MinProperties { .. }
                if at.value.is_empty() || written.is_empty() =>
            {
                say(format!("{name} is empty"))
            }
            Fault::MinLength { limit } => say(format!("{name} is shorter than {limit} characters")),
            Fault::MaxLength { limit } => say(format!("{name} is longer than {limit} characters")),
            Fault::MinItems { limit } | Fault::MinProperties { limit } => {
                say(format!("{name} needs at least {limit} entries"))
            }
            Fault::MaxItems { limit } | Fault::MaxProperties { limit } => {
                say(format!("{name} takes at most {limit} entries"))
            }
            Fault::UniqueItems => say(format!("{name} says the same thing twice")),
            Fault::Constant { expected_value } => {
                say(format!("{name} must be {}", words::spell(expected_value)))
            }
            _ => say(format!("{name} does not fit: {}", error.masked())),
        };
        if diagnostic.help.is_none() {
            diagnostic.help = help_with_examples(examples);
        }
        self.push(at, diagnostic);
    }
}

/// Replaces a key or a word, keeping its quotes.
pub(super) fn rename(node: Node<'_>, name: &str) -> Fix {
    let source = node.source();
    let text = match source.chars().next() {
        Some(quote @ ('"' | '\'')) => format!("{quote}{name}{quote}"),
        _ => name.to_owned(),
    };
    Fix {
        title: format!("write `{name}`"),
        applicability: Applicability::Suggested,
        edits: vec![Edit {
            span: node.span(),
            text,
        }],
    }
}

fn subject(at: &Found<'_>) -> String {
    at.key.map_or_else(
        || at.path.last().map_or_else(String::new, ToString::to_string),
        |it| it.as_key().to_owned(),
    )
}

fn help_with_examples(examples: Option<&Value>) -> Option<String> {
    let examples = words::list(examples?.as_array()?);
    (!examples.is_empty()).then(|| format!("write for example {examples}"))
}

fn not_a_choice(at: &Found<'_>, written: &str, options: &[&str]) -> Diagnostic {
    let name = at.name();
    let message = match at.key {
        Some(_) => format!("`{written}` is not a value of {name}"),
        None => format!("`{written}` cannot be {name}"),
    };
    let diagnostic = Diagnostic::error(INVALID_VALUE, at.spot(), message)
        .help(did_you_mean(written, options.iter().copied(), "values"))
        .subject(subject(at));
    match nearest(written, options.iter().copied()) {
        Some(meant) => diagnostic.fix(rename(at.value, meant)),
        None => diagnostic,
    }
}

/// A value of another type than the schema takes.
fn mistyped(at: &Found<'_>, schema: &Value, expected: &str) -> Diagnostic {
    let name = at.name();
    let value = at.value;
    if value.kind() == Kind::Null && value.span().start == value.span().end {
        let message = if at.path.is_empty() {
            "the file is empty".to_owned()
        } else {
            format!("{name} is empty")
        };
        return Diagnostic::error(WRONG_TYPE, at.head(), message)
            .label("nothing stands here")
            .help(format!("write {expected}, or remove the line"))
            .subject(subject(at));
    }
    let diagnostic = Diagnostic::error(
        WRONG_TYPE,
        match value.kind() {
            Kind::Map | Kind::List if at.key.is_some() => at.head(),
            _ => at.spot(),
        },
        format!("{name} takes {expected}, not {}", words::found(value)),
    )
    .subject(subject(at));
    let takes_text = schema.get("type").is_some_and(|it| it == "string");
    let free = schema.get("pattern").is_none() && schema.get("enum").is_none();
    let scalar = matches!(value.kind(), Kind::Bool(_) | Kind::Int(_) | Kind::Float(_));
    if takes_text && free && scalar {
        let quoted = format!("\"{}\"", value.source());
        return diagnostic
            .help(format!("put it in quotes: `{quoted}`"))
            .fix(Fix {
                title: "put the text in quotes".to_owned(),
                applicability: Applicability::Safe,
                edits: vec![Edit {
                    span: value.span(),
                    text: quoted,
                }],
            });
    }
    diagnostic.help(format!("write {expected}"))
}

fn decapitalize(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}
