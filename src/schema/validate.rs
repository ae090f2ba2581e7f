//! Every place where a tree does not fit its schema, each as one finding.

use std::collections::{BTreeSet, HashSet};

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
use crate::yaml::{Corrections, Kind, Node, Pair, Place, Segment, Tree};

pub(super) const UNKNOWN_KEY: RuleId = RuleId("unknown-key");
pub(super) const MISSING_KEY: RuleId = RuleId("missing-key");
pub(super) const WRONG_TYPE: RuleId = RuleId("wrong-type");
pub(super) const INVALID_VALUE: RuleId = RuleId("invalid-value");
const TOO_LARGE: RuleId = RuleId("too-large");

/// How many findings of one file are reported one by one; beyond, the file is not read at all.
const MAX_FINDINGS: usize = 200;

/// The parts of a tree that do not fit.
#[derive(Debug, Default, Clone)]
pub struct Broken {
    corrections: Corrections,
    paths: BTreeSet<Vec<Box<str>>>,
    nodes: BTreeSet<u32>,
    root: bool,
}

impl Broken {
    /// Whether everything fits.
    pub fn is_empty(&self) -> bool {
        let Corrections { skip, keys, values } = &self.corrections;
        !self.root && skip.is_empty() && keys.is_empty() && values.is_empty()
    }

    /// Whether the document as a whole does not fit.
    pub fn root(&self) -> bool {
        self.root
    }

    /// What to leave out, and what to read as it was probably meant.
    pub(crate) fn corrections(&self) -> &Corrections {
        &self.corrections
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
                self.corrections.skip.insert(*slot);
                self.paths.insert(place.path.clone());
            }
            None => self.root = true,
        }
    }

    /// Marks one pair of the map at a place.
    pub(super) fn add_pair(&mut self, place: &Found<'_>, pair: &Pair<'_>) {
        self.corrections.skip.insert(pair.slot);
        self.nodes.insert(pair.value.number());
        let mut path = place.path.clone();
        path.push(pair.key.as_key().into());
        self.paths.insert(path);
    }

    /// Whether the pair is already left out or read differently.
    fn corrects(&self, pair: &Pair<'_>) -> bool {
        let Corrections { skip, keys, .. } = &self.corrections;
        skip.contains(&pair.slot) || keys.contains_key(&pair.slot)
    }

    /// Reads a key as the one that was probably meant.
    pub(super) fn correct_key(&mut self, pair: &Pair<'_>, meant: &str) {
        self.corrections.keys.insert(pair.slot, meant.into());
    }

    /// Reads the word at a place as the one that was probably meant.
    fn correct_value(&mut self, place: &Found<'_>, meant: &str) {
        self.nodes.insert(place.value.number());
        if let Some(slot) = place.slots.last() {
            self.corrections.values.insert(*slot, meant.into());
        }
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
        if span.start < span.end {
            return span;
        }
        let head = self.head();
        let before = self.value.tree().text().get(..head.start as usize);
        match before.map(str::trim_end) {
            // An empty item is seen by its dash.
            Some(before) if head.start == head.end && before.ends_with('-') => {
                let dash = u32::try_from(before.len()).unwrap_or(head.end);
                Span::new(head.file, dash - 1, dash)
            }
            _ => head,
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
    /// What was said, by rule, place and subject.
    said: BTreeSet<(RuleId, u32, Option<String>)>,
    /// How many findings there are, those not reported included.
    found: usize,
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
            said: BTreeSet::new(),
            found: 0,
        };
        report.all(&errors.iter().collect::<Vec<_>>());
        report.say_what_is_left();
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
                if self.is_full() {
                    self.found += 1;
                } else {
                    self.one(error);
                }
            }
        }
    }

    /// Whether more findings would only be counted.
    fn is_full(&self) -> bool {
        self.found > MAX_FINDINGS
    }

    fn say_what_is_left(&mut self) {
        if self.is_full() {
            // What was only counted is not marked, so that reading would stumble over it.
            self.broken.root = true;
            let left = self.found - MAX_FINDINGS;
            let place = Span::start_of(self.tree.file());
            self.sink.push(
                Diagnostic::error(
                    TOO_LARGE,
                    place,
                    format!("there are {left} more problems in this file"),
                )
                .help("solve those that are shown first; they may be one and the same"),
            );
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
                self.unknown_keys(&at, unexpected, schema);
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

    /// Reports one finding, unless there are so many that nobody would read it.
    pub(super) fn push(&mut self, at: &Found<'_>, diagnostic: Diagnostic) {
        // An alias or a merge shows one mistake at several places of the document.
        let place = diagnostic.primary.span.start;
        if !self
            .said
            .insert((diagnostic.rule, place, diagnostic.subject.clone()))
        {
            return;
        }
        self.found += 1;
        if self.is_full() {
            return;
        }
        let diagnostic = match at.alias {
            Some(alias) => diagnostic.related(alias, "used here"),
            None => diagnostic,
        };
        self.sink.push(diagnostic);
    }

    fn unknown_keys(&mut self, at: &Found<'t>, unexpected: &[String], schema: &'s Value) {
        let unexpected: HashSet<&str> = unexpected.iter().map(String::as_str).collect();
        let present: HashSet<&str> = at.value.pairs().map(|it| it.key.as_key()).collect();
        // Known keys only: a file may have any number of others.
        let (taken, free): (Vec<&str>, Vec<&str>) =
            (self.words.keys(schema).into_iter()).partition(|it| present.contains(it));
        for pair in at.value.pairs() {
            if !unexpected.contains(pair.key.as_key()) || self.broken.corrects(&pair) {
                continue;
            }
            if self.is_full() {
                self.found += 1;
            } else {
                self.unknown_key(at, &pair, (&taken, &free), schema);
            }
        }
    }

    /// One key that is not known, with the known ones: those that are there already, and the rest.
    fn unknown_key(
        &mut self,
        at: &Found<'t>,
        pair: &Pair<'t>,
        (taken, free): (&[&str], &[&str]),
        schema: &'s Value,
    ) {
        let key = pair.key.as_key();
        let meant = nearest(key, free.iter().copied()).filter(|it| {
            let meant = (at.value.number(), (*it).to_owned());
            self.meant.insert(meant)
        });
        if meant.is_none() && self.below_hollow(at, pair, schema) {
            return;
        }
        let mut diagnostic = Diagnostic::error(
            UNKNOWN_KEY,
            pair.key.span(),
            format!("{} has no key `{}`", self.owner(at), words::shorten(key)),
        )
        .label("not known here")
        .help(key_help(key, taken, free))
        .subject(key);
        if let Some(meant) = meant {
            self.broken.correct_key(pair, meant);
            diagnostic = diagnostic.fix(rename(pair.key, meant));
        } else {
            self.broken.add_pair(at, pair);
        }
        self.push(at, diagnostic);
    }

    /// What to call the map at a place in a sentence.
    fn owner(&self, at: &Found<'_>) -> String {
        let title = self.words.root.get("title").and_then(Value::as_str);
        match title.filter(|_| at.path.is_empty()) {
            Some(title) => words::decapitalize(title),
            None => at.name(),
        }
    }

    /// A key that is unknown here, but known below the empty key before it, was not indented.
    fn below_hollow(&mut self, at: &Found<'t>, pair: &Pair<'t>, schema: &'s Value) -> bool {
        let before = at.value.pairs().take_while(|it| it.slot != pair.slot);
        let Some(hollow) = before.filter(|it| it.value.kind() == Kind::Null).last() else {
            return false;
        };
        let name = hollow.key.as_key();
        let body = self.words.property(schema, name);
        let knows = |it: &Pair<'_>| {
            body.is_some_and(|body| self.words.property(body, it.key.as_key()).is_some())
        };
        if !knows(pair) {
            return false;
        }
        if !self.broken.reported(hollow.value.number()) {
            let inside: Vec<String> = at
                .value
                .pairs()
                .filter(|it| self.words.property(schema, it.key.as_key()).is_none() && knows(it))
                .map(|it| format!("`{}`", it.key.as_key()))
                .collect();
            let diagnostic = beside(pair, &hollow, &inside);
            self.push(at, diagnostic);
        }
        self.broken.add_pair(at, pair);
        self.broken.add_pair(at, &hollow);
        true
    }

    fn missing_key(&mut self, at: &Found<'t>, key: &str, schema: &'s Value) {
        if self.meant.contains(&(at.value.number(), key.to_owned())) {
            return;
        }
        self.broken.add(at);
        let property = self.words.property(schema, key);
        let example = property.and_then(|it| {
            let own = it.get("examples").and_then(|it| it.get(0));
            own.or_else(|| self.words.follow(it).get("examples")?.get(0))
        });
        let line = match example.map(words::spell) {
            Some(value) if value.len() <= 60 => format!("`{key}: {}`", value.trim_matches('`')),
            _ => format!("`{key}: …`"),
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
                    format!("add {line} ({})", words::decapitalize(&what))
                }
                None => format!("add {line}"),
            },
        );
        self.push(at, diagnostic);
    }

    fn wrong_type(&mut self, at: &Found<'t>, schema: &'s Value, error: &ValidationError<'_>) {
        self.mistyped.insert(at.value.number());
        let said = self.broken.reported(at.value.number());
        self.broken.add(at);
        if said {
            return;
        }
        if choice::is_choice(schema) {
            self.not_a_step(at, schema);
            return;
        }
        let diagnostic = self.mistyped(at, schema, self.examples(error));
        self.push(at, diagnostic);
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

    /// A value of another type than the schema takes.
    fn mistyped(&self, at: &Found<'_>, schema: &'s Value, examples: Option<&Value>) -> Diagnostic {
        let name = at.name();
        let value = at.value;
        if value.kind() == Kind::Null && value.span().start == value.span().end {
            let (message, thing) = if at.path.is_empty() {
                ("the file is empty".to_owned(), "file")
            } else {
                (format!("{name} is empty"), "line")
            };
            let expected = self.words.expected(schema, examples);
            return Diagnostic::error(WRONG_TYPE, at.head(), message)
                .label("nothing stands here")
                .help(format!("write {expected}, or remove the {thing}"))
                .subject(subject(at));
        }
        let noun = self.words.noun(schema);
        let span = match value.kind() {
            Kind::Map | Kind::List if at.key.is_some() => at.head(),
            _ => at.spot(),
        };
        let message = format!("{name} takes {noun}, not {}", words::found(value));
        let mut diagnostic = Diagnostic::error(WRONG_TYPE, span, message).subject(subject(at));
        if let Some((help, text, applicability)) = rewrite(schema, value) {
            diagnostic.help = Some(help);
            diagnostic.fix = text.map(|text| Fix {
                title: format!("write `{text}`"),
                applicability,
                edits: vec![Edit {
                    span: value.span(),
                    text,
                }],
            });
            return diagnostic;
        }
        let own = self.words.follow(schema).get("examples");
        let help = help_with_examples(own.or(examples));
        diagnostic.help(help.unwrap_or_else(|| format!("write {noun}")))
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
        self.broken.add_pair(at, &pair);
    }

    fn not_a_choice(&mut self, at: &Found<'t>, options: &Value) {
        let written = at.value.as_key();
        let options: Vec<&str> = options
            .as_array()
            .map(|it| it.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let name = at.name();
        let short = words::shorten(written);
        let message = match at.key {
            Some(_) => format!("{name} cannot be `{short}`"),
            None => format!("`{short}` cannot be {name}"),
        };
        let mut diagnostic = Diagnostic::error(INVALID_VALUE, at.spot(), message)
            .help(did_you_mean(written, options.iter().copied(), "values"))
            .subject(subject(at));
        if let Some(meant) = nearest(written, options.iter().copied()) {
            self.broken.correct_value(at, meant);
            diagnostic = diagnostic.fix(rename(at.value, meant));
        } else {
            self.broken.add(at);
        }
        self.push(at, diagnostic);
    }

    fn invalid(&mut self, at: &Found<'t>, schema: &'s Value, error: &ValidationError<'_>) {
        if let Fault::Enum { options } = error.kind() {
            self.not_a_choice(at, options);
            return;
        }
        let said = self.broken.reported(at.value.number());
        self.broken.add(at);
        if said {
            return;
        }
        let name = at.name();
        let written = words::shorten(at.value.as_key());
        let examples = schema.get("examples").or_else(|| self.examples(error));
        let say = |message: String| {
            Diagnostic::error(INVALID_VALUE, at.spot(), message).subject(subject(at))
        };
        let mut diagnostic = match error.kind() {
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
                if at.value.is_empty() =>
            {
                say(format!("{name} is empty"))
            }
            Fault::MinLength { limit } => say(format!("{name} is shorter than {limit} characters")),
            Fault::MaxLength { limit } => say(format!("{name} is longer than {limit} characters")),
            Fault::MinItems { limit } | Fault::MinProperties { limit } => {
                say(format!("{name} needs at least {limit} entries"))
            }
            Fault::MaxItems { limit: 1 } => say(format!("{name} takes one entry only")),
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

/// How a value of the wrong type is written in the right one, where the author's intention is
/// plain: the help, the new text, and whether it may be put in unseen.
fn rewrite(schema: &Value, value: Node<'_>) -> Option<(String, Option<String>, Applicability)> {
    let takes = |name: &str| schema.get("type").is_some_and(|it| it == name);
    match value.kind() {
        Kind::Bool(_) | Kind::Int(_) | Kind::Float(_)
            if takes("string")
                && schema.get("pattern").is_none()
                && schema.get("enum").is_none() =>
        {
            let text = format!("\"{}\"", value.source());
            let help = format!("put it in quotes: `{text}`");
            Some((help, Some(text), Applicability::Safe))
        }
        Kind::Text(word) if takes("boolean") => {
            let text = match word.to_ascii_lowercase().as_str() {
                "yes" | "on" | "y" | "true" => "true",
                "no" | "off" | "n" | "false" => "false",
                _ => return None,
            };
            let help = format!("write `{text}`");
            Some((help, Some(text.to_owned()), Applicability::Safe))
        }
        Kind::Text(word) if takes("array") && !word.contains('\n') && word.len() <= 60 => {
            let text = format!("[{}]", words::quote(word, true));
            let help = format!("write `{text}`");
            Some((help, Some(text), Applicability::Suggested))
        }
        Kind::Text(text) if takes("object") => {
            let (key, rest) = text.split_once(':')?;
            let is_key = !key.is_empty() && key.chars().all(|it| it.is_alphanumeric() || it == '_');
            let help = format!("put a space after the `:`, as in `{key}: …`");
            (is_key && !rest.starts_with([' ', '/'])).then_some((
                help,
                None,
                Applicability::Suggested,
            ))
        }
        _ => None,
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

/// A key at the same level as the empty key that it belongs below.
pub(super) fn beside(pair: &Pair<'_>, home: &Pair<'_>, inside: &[String]) -> Diagnostic {
    let (key, name) = (pair.key.as_key(), home.key.as_key());
    Diagnostic::error(
        UNKNOWN_KEY,
        pair.key.span(),
        format!(
            "`{}` stands beside `{name}`, not in it",
            words::shorten(key)
        ),
    )
    .label(format!("at the same level as `{name}`"))
    .related(home.key.span(), format!("`{name}` is here"))
    .help(if inside.is_empty() {
        format!("remove it, or write it below `{name}` if it belongs there")
    } else {
        format!(
            "indent {} by two more spaces, below `{name}`",
            inside.join(", ")
        )
    })
    .subject(key)
}

/// What may have been meant by a key: one that is still free, or one that is there already.
fn key_help(key: &str, taken: &[&str], free: &[&str]) -> String {
    match nearest(key, taken.iter().copied()) {
        Some(it) if nearest(key, free.iter().copied()).is_none() => {
            format!("`{it}` is there already: put this into it, or remove the line")
        }
        _ if free.is_empty() => "remove the line: every known key is there already".to_owned(),
        _ => did_you_mean(key, free.iter().copied(), "keys"),
    }
}
