//! Maps that hold exactly one of several keys: the steps of a journey.

use serde_json::Value;

use super::validate::{Found, INVALID_VALUE, MISSING_KEY, Report, WRONG_TYPE, beside, rename};
use super::words;
use crate::diagnostic::{Diagnostic, RuleId, did_you_mean, nearest};
use crate::yaml::{Kind, Pair};

const UNKNOWN_STEP_KIND: RuleId = RuleId("unknown-step-kind");

/// Whether a schema is the form that enums with content are written in.
pub(super) fn is_choice(schema: &Value) -> bool {
    let one = |key: &str| schema.get(key).is_some_and(|it| it == 1);
    one("minProperties") && one("maxProperties")
}

impl<'t, 's> Report<'t, 's, '_> {
    /// Says in one finding what is wrong with the keys of a step.
    pub(super) fn choice(&mut self, at: &Found<'t>, schema: &'s Value) {
        let kinds = self.words.keys(schema);
        let (known, unknown): (Vec<Pair<'t>>, Vec<Pair<'t>>) = at
            .value
            .pairs()
            .partition(|it| kinds.contains(&it.key.as_key()));
        match (known.as_slice(), unknown.as_slice()) {
            ([], []) => self.empty_step(at, &kinds),
            ([], _) => self.unknown_kind(at, schema, &kinds, &unknown),
            ([kind], _) => self.beside(at, schema, kind, &unknown),
            ([first, second, ..], _) => {
                self.two_kinds(at, first, second);
                for pair in known[1..].iter().chain(&unknown) {
                    self.broken.add_pair(at, pair);
                }
            }
        }
    }

    fn empty_step(&mut self, at: &Found<'t>, kinds: &[&str]) {
        let diagnostic = Diagnostic::error(MISSING_KEY, at.spot(), "this step is empty")
            .help(did_you_mean("", kinds.iter().copied(), "kinds of step"));
        self.push(at, diagnostic);
        self.broken.add(at);
    }

    /// A step that is not even a map.
    pub(super) fn not_a_step(&mut self, at: &Found<'t>, schema: &'s Value) {
        let kinds = self.words.keys(schema);
        let word = match at.value.kind() {
            Kind::Null => return self.empty_step(at, &kinds),
            Kind::Text(word) => word.trim_end_matches(':'),
            _ => "",
        };
        let kind = kinds.iter().copied().find(|it| *it == word);
        let kind = kind.or_else(|| nearest(word, kinds.iter().copied()));
        let diagnostic = Diagnostic::error(
            WRONG_TYPE,
            at.spot(),
            format!(
                "a step is written as its kind and a value, not as {}",
                words::found(at.value)
            ),
        )
        .help(match kind {
            Some(kind) => format!("write `{kind}: …`"),
            None => "write for example `wait: 3d`".to_owned(),
        });
        self.push(at, diagnostic);
    }

    fn two_kinds(&mut self, at: &Found<'t>, first: &Pair<'t>, second: &Pair<'t>) {
        let (one, other) = (first.key.as_key(), second.key.as_key());
        let diagnostic = Diagnostic::error(
            INVALID_VALUE,
            second.key.span(),
            format!("a step does one thing, but this one has `{one}` and `{other}`"),
        )
        .label("a second kind in the same step")
        .related(first.key.span(), "the step's kind")
        .help(format!("begin a new step: `- {other}: …`"))
        .subject(other);
        self.push(at, diagnostic);
    }

    /// No key of the step is a kind.
    fn unknown_kind(
        &mut self,
        at: &Found<'t>,
        schema: &'s Value,
        kinds: &[&'s str],
        unknown: &[Pair<'t>],
    ) {
        let home = kinds.iter().copied().find(|kind| {
            let body = schema.get("properties").and_then(|it| it.get(kind));
            body.is_some_and(|body| {
                unknown
                    .iter()
                    .all(|it| self.words.property(body, it.key.as_key()).is_some())
            })
        });
        let near = unknown
            .iter()
            .find(|it| nearest(it.key.as_key(), kinds.iter().copied()).is_some());
        let Some(pair) = near.or(unknown.first()) else {
            return;
        };
        let key = pair.key.as_key();
        let diagnostic = if let (None, Some(home)) = (near, home) {
            Diagnostic::error(
                UNKNOWN_STEP_KIND,
                pair.key.span(),
                format!(
                    "a step begins with its kind, not with `{}`",
                    words::shorten(key)
                ),
            )
            .help(format!("write `- {home}:` and indent these lines below it"))
        } else {
            let diagnostic = Diagnostic::error(
                UNKNOWN_STEP_KIND,
                pair.key.span(),
                format!("there is no step kind `{}`", words::shorten(key)),
            )
            .help(did_you_mean(key, kinds.iter().copied(), "kinds of step"));
            match nearest(key, kinds.iter().copied()) {
                Some(meant) => diagnostic.fix(rename(pair.key, meant)),
                None => diagnostic,
            }
        };
        match nearest(key, kinds.iter().copied()) {
            Some(meant) if unknown.len() == 1 => self.broken.correct_key(pair, meant),
            _ => self.broken.add(at),
        }
        self.push(at, diagnostic.label("the step's kind").subject(key));
    }

    /// Keys stand beside a step's kind: nearly always lines that are not indented enough.
    fn beside(&mut self, at: &Found<'t>, schema: &'s Value, kind: &Pair<'t>, unknown: &[Pair<'t>]) {
        let name = kind.key.as_key();
        let body = schema.get("properties").and_then(|it| it.get(name));
        let belongs = |it: &&Pair<'t>| {
            body.is_some_and(|body| self.words.property(body, it.key.as_key()).is_some())
        };
        let inside: Vec<String> = unknown
            .iter()
            .filter(belongs)
            .map(|it| format!("`{}`", it.key.as_key()))
            .collect();
        let is_hollow = kind.value.kind() == Kind::Null;
        let Some(first) = unknown.iter().find(belongs).or(unknown.first()) else {
            return;
        };
        let diagnostic = beside(first, kind, &inside);
        self.push(at, diagnostic);
        for pair in unknown {
            self.broken.add_pair(at, pair);
        }
        if is_hollow && !inside.is_empty() {
            self.broken.add_pair(at, kind);
        }
    }
}
