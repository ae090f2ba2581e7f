//! Which touchpoints a clause means.

use super::clause::{Chosen, Wanted};
use super::names::Names;
use crate::diagnostic::{Diagnostic, Sink, did_you_mean};
use crate::model::check::{INVALID_VALUE, UNKNOWN_SENDER};
use crate::model::{Class, Name};
use crate::scenario::selector::{Kind, Properties, Selector};
use crate::source::{Span, Spanned};

/// The four keys of a clause of which one says which touchpoints are meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice<'f> {
    pub(super) send: Option<&'f Spanned<Chosen>>,
    pub(super) task: Option<&'f Spanned<Chosen>>,
    pub(super) touch: Option<&'f Spanned<Chosen>>,
    pub(super) any: Option<&'f Spanned<Chosen>>,
}

impl<'f> Choice<'f> {
    /// The keys that are there.
    fn said(self) -> impl Iterator<Item = (Kind, &'f Spanned<Chosen>)> {
        let pairs = [
            (Kind::Send, self.send),
            (Kind::Task, self.task),
            (Kind::Touch, self.touch),
            (Kind::Any, self.any),
        ];
        pairs
            .into_iter()
            .filter_map(|(kind, it)| it.map(|it| (kind, it)))
    }

    /// The place of `without_consent: true`, and the kind it stands under.
    pub(super) fn without_consent(self) -> Option<(Kind, &'f Wanted, Span)> {
        self.said().find_map(|(kind, it)| match &it.value {
            Chosen::By(wanted) => {
                let said = wanted.without_consent.filter(|it| it.value)?;
                Some((kind, &**wanted, said.span))
            }
            Chosen::Step(_) | Chosen::OneOf(_) => None,
        })
    }

    /// Resolves it; nothing where none of the keys is there, or where it is wrong.
    pub(super) fn selector(self, names: &Names<'_>, sink: &mut Sink) -> Option<Selector> {
        let mut said = self.said();
        let (kind, chosen) = said.next()?;
        if let Some((second, it)) = said.next() {
            let message = format!(
                "a clause is about one thing, and here is a `{}` too",
                key(second)
            );
            let help = "write a clause for each, or `any` for all of them";
            sink.push(Diagnostic::error(INVALID_VALUE, it.span, message).help(help));
            return None;
        }
        match &chosen.value {
            Chosen::Step(name) => step(kind, name, chosen.span, names, sink),
            Chosen::OneOf(list) => one_of(kind, list, names, sink),
            Chosen::By(wanted) => {
                let properties = properties(kind, wanted, names, sink)?;
                Some(Selector::by(kind, &properties, &names.simulation))
            }
        }
    }

    /// Whether one of the keys is there.
    pub(super) fn is_said(self) -> bool {
        self.said().next().is_some()
    }
}

/// The key in a file.
fn key(kind: Kind) -> &'static str {
    match kind {
        Kind::Send => "send",
        Kind::Task => "task",
        Kind::Touch => "touch",
        Kind::Any => "any",
    }
}

/// Any of some steps.
fn one_of(kind: Kind, list: &[Name], names: &Names<'_>, sink: &mut Sink) -> Option<Selector> {
    let found = list
        .iter()
        .map(|it| step(kind, &it.value, it.span, names, sink));
    let found: Vec<Option<Selector>> = found.collect();
    let found = found.into_iter().collect::<Option<Vec<_>>>()?;
    let words: Vec<&str> = found.iter().map(|it| &*it.words).collect();
    let words = words.join(" or ");
    let mut steps: Vec<_> = found
        .iter()
        .flat_map(|it| it.steps.iter().copied())
        .collect();
    steps.sort_unstable();
    steps.dedup();
    Some(Selector { kind, steps, words })
}

fn step(
    kind: Kind,
    name: &str,
    span: Span,
    names: &Names<'_>,
    sink: &mut Sink,
) -> Option<Selector> {
    let no = names.step(name, span, sink)?;
    if kind.fits(&names.simulation, no) {
        return Some(Selector::step(kind, no, &names.simulation));
    }
    let is = names.simulation.step(no).step.value.kind();
    let (message, help) = if Kind::Any.fits(&names.simulation, no) {
        (
            format!("`{name}` is a `{is}`, not a `{}`", key(kind)),
            format!("write `{is}: {name}`"),
        )
    } else {
        (
            format!("`{name}` is a `{is}`, which nobody notices"),
            "name a `send`, a `task` or a `touch`, or ask for the step under `reach`".to_owned(),
        )
    };
    sink.push(
        Diagnostic::error(INVALID_VALUE, span, message)
            .help(help)
            .subject(name),
    );
    None
}

fn properties(
    kind: Kind,
    wanted: &Wanted,
    names: &Names<'_>,
    sink: &mut Sink,
) -> Option<Properties> {
    if let Some(it) = &wanted.without_consent {
        let message = "`without_consent` looks at all commercial mail of a life";
        let help = "write `never: [{send: {class: commercial, without_consent: true}}]`";
        sink.push(Diagnostic::error(INVALID_VALUE, it.span, message).help(help));
        return None;
    }
    let journey = match &wanted.journey {
        Some(it) => Some(names.journey(&it.value, it.span, sink)?),
        None => None,
    };
    if let Some(it) = &wanted.from {
        check_sender(kind, it, names, sink)?;
    }
    Some(Properties {
        purpose: wanted.purpose,
        class: wanted.class,
        stage: wanted.stage,
        channel: wanted.channel,
        journey,
        asks: wanted.asks,
        from: wanted.from.as_ref().map(|it| it.value.clone()),
    })
}

/// Checks the sender of an email. Owners of tasks and systems that touch people are not declared.
pub(super) fn check_sender(
    kind: Kind,
    name: &Name,
    names: &Names<'_>,
    sink: &mut Sink,
) -> Option<()> {
    let senders = &names.project().senders;
    if kind != Kind::Send || senders.contains_key(name) {
        return Some(());
    }
    let known = senders.keys().map(|it| &*it.value);
    let message = format!("there is no sender `{}`", name.value);
    sink.push(
        Diagnostic::error(UNKNOWN_SENDER, name.span, message)
            .help(did_you_mean(&name.value, known, "senders"))
            .subject(&*name.value),
    );
    None
}

/// Whether nothing but commercial mail without consent is asked for.
pub(super) fn is_all_commercial(kind: Kind, wanted: &Wanted) -> bool {
    matches!(kind, Kind::Send | Kind::Any)
        && wanted.class.is_none_or(|it| it == Class::Commercial)
        && wanted.purpose.is_none()
        && wanted.stage.is_none()
        && wanted.channel.is_none()
        && wanted.journey.is_none()
        && wanted.asks.is_none()
        && wanted.from.is_none()
}
