//! Who lives, and what comes from outside.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::names::{Named, Names};
use super::person::{attributes, changed, check_locale, consent, persona, read_zone};
use super::point::{Anchor, Point, Start};
use super::setup::Setup;
use super::times::{Times, never_comes};
use super::written::{Happening, Past};
use crate::diagnostic::{Diagnostic, Sink, did_you_mean};
use crate::model::check::{self, INVALID_VALUE, UNKNOWN_PROPERTY, UNKNOWN_STEP};
use crate::model::{Duration, Event, Name, Table};
use crate::scenario::case::{Consent, Input};
use crate::scenario::selector::Kind;
use crate::simulate::{EventNo, Occurrence, Outside, Person, StepNo, When};
use crate::source::{Span, Spanned};

/// How long a scenario looks if it does not say.
const UNTIL: Duration = Duration {
    minutes: 0,
    days: 400,
    business_days: 0,
};

/// Who lives, when, and what comes from outside.
#[derive(Debug)]
pub(super) struct Lived {
    pub(super) person: Person,
    pub(super) locale: Option<Box<str>>,
    pub(super) persona: Option<Box<str>>,
    pub(super) consent: Option<Consent>,
    pub(super) times: Times,
    pub(super) outside: Vec<Input>,
}

/// Resolves who lives and what happens.
pub(super) fn lived(
    setup: &Setup<'_>,
    names: &Names<'_>,
    is_whole: bool,
    sink: &mut Sink,
) -> Lived {
    let persona = setup.persona.and_then(|it| persona(it, names, sink));
    let locale = setup.locale.inspect(|it| check_locale(it, names, sink));
    let locale = locale.or(persona.and_then(|it| it.locale.as_ref()));
    let zone = match setup.zone {
        Some(it) => it.name.map(|name| Name::new(name.into(), it.span)),
        None => persona.and_then(|it| it.zone.clone()),
    };
    let zone = zone.and_then(|it| read_zone(&it, sink));
    let own = names.simulation.clock(zone);
    let wall = setup.clock_zone.and_then(|it| read_zone(it, sink));
    let wall = wall.map_or(own, |it| names.simulation.clock(Some(it)));
    let start = wall.instant(setup.start.map_or(Start::DEFAULT, |it| it.value).0);
    let until = setup.until.filter(|it| !is_nothing(it, sink));
    let until = until.map_or(UNTIL, |it| it.value);
    let mut times = Times {
        start,
        end: own.after(start, until),
        own,
        wall,
        events: BTreeMap::new(),
        history: BTreeMap::new(),
        is_whole,
    };
    let consent = consent(setup, &times, sink);
    let mut teller = Teller {
        names,
        times: &mut times,
        sink,
    };
    let mut outside = teller.history(setup.history);
    outside.extend(teller.events(&setup.events));
    Lived {
        person: Person {
            zone,
            attributes: attributes(setup, persona, names, sink),
        },
        locale: locale.map(|it| it.value.clone()),
        persona: setup.persona.map(|it| it.value.clone()),
        consent,
        times,
        outside,
    }
}

fn is_nothing(until: &Spanned<Duration>, sink: &mut Sink) -> bool {
    let is_nothing = until.value.is_zero();
    if is_nothing {
        let message = "nothing can happen in no time";
        let help = "write for example `400d`";
        sink.push(Diagnostic::error(INVALID_VALUE, until.span, message).help(help));
    }
    is_nothing
}

/// Puts what comes from outside into the order of its causes.
struct Teller<'t, 'p> {
    names: &'t Names<'p>,
    times: &'t mut Times,
    sink: &'t mut Sink,
}

/// What happens, with its name resolved.
struct Told<'f> {
    what: Outside,
    at: Option<&'f Spanned<Point>>,
    /// What its time is counted from, if that is a name.
    from: Option<Named>,
    span: Span,
}

impl Told<'_> {
    fn event(&self) -> Option<EventNo> {
        match self.what {
            Outside::Event(it, _) => Some(it),
            Outside::Click(_) | Outside::Attributes(_) => None,
        }
    }
}

impl Teller<'_, '_> {
    fn error(&mut self, span: Span, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::error(INVALID_VALUE, span, message);
        self.sink.push(diagnostic.help(help));
    }

    fn history(&mut self, written: &[Spanned<Past>]) -> Vec<Input> {
        let mut out = Vec::with_capacity(written.len());
        for past in written {
            let name = &past.event;
            let event = self.names.event(&name.value, name.span, self.sink);
            let data = event.map(|it| self.data(it, &past.data, &BTreeMap::new(), 1));
            let Some(at) = self.times.plain(&past.at.value) else {
                let message = "history is counted from the start";
                self.error(
                    past.at.span,
                    message,
                    "write for example `-30d` or `2025-12-01`",
                );
                continue;
            };
            if at >= self.times.start {
                let message = "this is not before the start";
                self.error(
                    past.at.span,
                    message,
                    "write for example `-30d`, or put it under `events`",
                );
                continue;
            }
            let (Some(event), Some(data)) = (event, data) else {
                continue;
            };
            let last = self.times.history.entry(event).or_insert(at);
            *last = at.max(*last);
            out.push(Input {
                occurrence: Occurrence {
                    when: When::At(at),
                    what: Outside::Event(event, data),
                },
                span: past.span,
            });
        }
        out
    }

    fn events(&mut self, written: &[&Spanned<Happening>]) -> Vec<Input> {
        let before = self.sink.len();
        let mut keys = self.first_keys(written);
        let mut told = Vec::with_capacity(written.len());
        for happening in written {
            told.extend(self.told(happening, &mut keys));
        }
        // A name that is not known has been reported, and what is counted from it would only echo it.
        if self.sink.len() > before {
            self.times.is_whole = false;
        }
        let known = self.known(&told);
        self.check_circles(&told, &known);
        let pairs = told.into_iter().zip(known);
        pairs.filter_map(|(it, at)| self.input(it, at)).collect()
    }

    /// For each property that tells cases apart the first value that the scenario says of it.
    fn first_keys(&self, written: &[&Spanned<Happening>]) -> BTreeMap<String, Value> {
        let mut keys = BTreeMap::new();
        for (name, value) in written.iter().flat_map(|it| &it.data) {
            if self.is_any_key(&name.value) {
                let key = name.value.to_string();
                keys.entry(key).or_insert_with(|| value.value.clone());
            }
        }
        keys
    }

    /// Whether any event tells its cases apart by a property of this name.
    fn is_any_key(&self, name: &str) -> bool {
        let mut events = self.names.project().events.values();
        events.any(|it| it.key.as_ref().is_some_and(|key| *key.value == *name))
    }

    fn told<'f>(
        &mut self,
        written: &'f Spanned<Happening>,
        keys: &mut BTreeMap<String, Value>,
    ) -> Option<Told<'f>> {
        let what = self.what(written, keys);
        let at = written.at.as_ref();
        let from = match at.map(|it| (&it.anchor, it.span)) {
            Some((Anchor::Name(name), span)) => Some(self.names.named(name, span, self.sink)?),
            _ => None,
        };
        Some(Told {
            what: what?,
            at,
            from,
            span: written.span,
        })
    }

    /// Which of the things that may happen this is.
    fn what(
        &mut self,
        written: &Spanned<Happening>,
        keys: &mut BTreeMap<String, Value>,
    ) -> Option<Outside> {
        match (&written.event, &written.click, &written.contact) {
            (Some(name), None, None) => {
                let event = self.names.event(&name.value, name.span, self.sink)?;
                let data = self.data(event, &written.data, keys, 0);
                for (name, value) in &data {
                    if self.is_any_key(name) {
                        keys.insert(name.clone(), value.clone());
                    }
                }
                Some(Outside::Event(event, data))
            }
            (None, Some(name), None) => self.clicked(name, &written.data).map(Outside::Click),
            (None, None, Some(it)) => self.learnt(it, &written.data).map(Outside::Attributes),
            (_, Some(Spanned { span, .. }), None) => {
                let message = "one thing happens at a time: an event or a click";
                self.error(*span, message, "write the click into a line of its own");
                None
            }
            (_, _, Some(it)) => {
                let message =
                    "one thing happens at a time: an event, a click or a change of the contact";
                self.error(it.span, message, "write the change into a line of its own");
                None
            }
            // What seems missing may be there, and wrong.
            (None, None, None) if !self.times.is_whole => None,
            (None, None, None) => {
                let message = "this says of no event, no click and no change of the contact";
                self.error(written.span, message, "write for example `event: payment`");
                None
            }
        }
    }

    /// What is known of the person from here on.
    fn learnt(
        &mut self,
        said: &Spanned<Table<Spanned<Value>>>,
        data: &Table<Spanned<Value>>,
    ) -> Option<Map<String, Value>> {
        if let Some(key) = data.keys().next() {
            let message = "a change of the contact carries nothing";
            self.error(key.span, message, "remove `data`");
        }
        changed(said, self.names, self.sink)
    }

    fn clicked(&mut self, name: &Name, data: &Table<Spanned<Value>>) -> Option<StepNo> {
        let step = self.names.step(&name.value, name.span, self.sink)?;
        if !Kind::Send.fits(&self.names.simulation, step) {
            let message = format!("nobody can click in `{}`", name.value);
            self.error(name.span, message, "name an email");
            return None;
        }
        if let Some(key) = data.keys().next() {
            self.error(key.span, "a click carries nothing", "remove `data`");
        }
        Some(step)
    }

    /// What an event carries: what is said, the key of the event before, and sample values.
    fn data(
        &mut self,
        event: EventNo,
        said: &Table<Spanned<Value>>,
        keys: &BTreeMap<String, Value>,
        sample: usize,
    ) -> Map<String, Value> {
        let name = self.names.simulation.event_name(event);
        let Some(declared) = self.names.project().event(name) else {
            return Map::new();
        };
        for it in said.keys() {
            if !declared.properties.contains_key(it) {
                let known = declared.properties.keys().map(|it| &*it.value);
                let message = format!("the event `{name}` carries no property `{}`", it.value);
                self.sink.push(
                    Diagnostic::error(UNKNOWN_PROPERTY, it.span, message)
                        .help(did_you_mean(&it.value, known, "properties"))
                        .subject(&*it.value),
                );
            }
        }
        let mut out = Map::new();
        for (name, property) in &declared.properties {
            let value = match (said.get(name), keys.get(&*name.value)) {
                (Some(said), _) => {
                    check::value(property, &name.value, &said.value, said.span, self.sink);
                    said.value.clone()
                }
                (None, Some(key)) => key.clone(),
                (None, None) if sample > 0 && is_key(declared, name) => {
                    other_case(property.sample_value(&name.value, sample))
                }
                (None, None) => property.sample_value(&name.value, sample),
            };
            out.insert(name.value.to_string(), value);
        }
        out
    }

    /// The second of each happening whose time does not depend on the life.
    fn known(&mut self, told: &[Told<'_>]) -> Vec<Option<i64>> {
        let plain = |it: &Told<'_>| match it.at {
            None => Some(self.times.start),
            Some(at) => self.times.plain(&at.value),
        };
        let mut known: Vec<Option<i64>> = told.iter().map(plain).collect();
        let coming: BTreeSet<EventNo> = told.iter().filter_map(Told::event).collect();
        loop {
            let firsts = firsts(told, &known);
            let mut is_done = true;
            for (told, slot) in told.iter().zip(&mut known) {
                let (None, Some(Named::Event(event)), Some(at)) = (*slot, told.from, told.at)
                else {
                    continue;
                };
                let first = match firsts.get(&event) {
                    Some(first) => *first,
                    None if coming.contains(&event) => None,
                    None => self.times.history.get(&event).copied(),
                };
                if let Some(first) = first {
                    *slot = Some(self.times.shift(first, at.offset));
                    is_done = false;
                }
            }
            if is_done {
                self.times.events = firsts;
                return known;
            }
        }
    }

    /// Events that wait for each other, or for one that this scenario does not have.
    fn check_circles(&mut self, told: &[Told<'_>], known: &[Option<i64>]) {
        let mut grounded: BTreeSet<EventNo> = BTreeSet::new();
        loop {
            let before = grounded.len();
            for (told, known) in told.iter().zip(known) {
                let stands = match told.from {
                    Some(Named::Event(it)) => known.is_some() || grounded.contains(&it),
                    _ => true,
                };
                grounded.extend(told.event().filter(|_| stands));
            }
            if grounded.len() == before {
                break;
            }
        }
        for (told, known) in told.iter().zip(known) {
            let (Some(Named::Event(event)), Some(at), None) = (told.from, told.at, known) else {
                continue;
            };
            if grounded.contains(&event) || !self.times.is_whole {
                continue;
            }
            if self.times.events.contains_key(&event) {
                let message = "this never comes: events wait for each other in a circle";
                self.error(at.span, message, "count one of them from the start");
            } else {
                let name = self.names.simulation.event_name(event);
                self.sink.push(never_comes(name, at.span));
            }
        }
    }

    fn input(&mut self, told: Told<'_>, known: Option<i64>) -> Option<Input> {
        let span = told.at.map_or(told.span, |it| it.span);
        let when = match known {
            Some(at) if at < self.times.start => {
                let message = "this comes before the start";
                let help = match told.what {
                    Outside::Event(..) => {
                        "put it under `history`, or let the scenario start earlier"
                    }
                    Outside::Click(_) => "let the scenario start earlier",
                    Outside::Attributes(_) => {
                        "put it under `attributes` of the scenario's `contact`, or let the scenario start earlier"
                    }
                };
                self.error(span, message, help);
                return None;
            }
            Some(at) if at > self.times.end => {
                let message = "this comes after the scenario's end";
                self.error(span, message, "set `until` to a longer time");
                return None;
            }
            Some(at) => When::At(at),
            None => self.dependent(&told, span)?,
        };
        Some(Input {
            occurrence: Occurrence {
                when,
                what: told.what,
            },
            span: told.span,
        })
    }

    /// The time of what comes after something that only the life shows.
    fn dependent(&mut self, told: &Told<'_>, span: Span) -> Option<When> {
        let offset = told.at.and_then(|it| it.offset);
        if offset.is_some_and(|it| it.before && !it.by.is_zero()) {
            let message = "nobody knows this long before it happens";
            let help = "count from the start, or from something that happens earlier";
            self.error(span, message, help);
            return None;
        }
        let by = offset.map(|it| it.by).unwrap_or_default();
        match told.from? {
            Named::Event(event) => Some(When::AfterEvent(event, by)),
            Named::Step(step) => {
                if Kind::Any.fits(&self.names.simulation, step) {
                    return Some(When::AfterStep(step, by));
                }
                let kind = self.names.simulation.step(step).step.value.kind();
                let message =
                    format!("the person does not notice a `{kind}`, so nothing comes of it");
                self.sink.push(
                    Diagnostic::error(UNKNOWN_STEP, span, message)
                        .help("name a `send`, a `task` or a `touch`"),
                );
                None
            }
        }
    }
}

/// For each event that comes its first second, where it is known.
fn firsts(told: &[Told<'_>], known: &[Option<i64>]) -> BTreeMap<EventNo, Option<i64>> {
    let mut out: BTreeMap<EventNo, Option<i64>> = BTreeMap::new();
    for (told, at) in told.iter().zip(known) {
        let Some(event) = told.event() else { continue };
        let first = out.entry(event).or_insert(*at);
        // One that depends on the life may be the first.
        *first = first.zip(*at).map(|(a, b)| a.min(b));
    }
    out
}

fn is_key(event: &Event, name: &Name) -> bool {
    event.key.as_ref() == Some(name)
}

/// A key that is none of those in the scenario.
fn other_case(sample: Value) -> Value {
    match sample {
        Value::String(text) => Value::from(format!("{text}, earlier")),
        Value::Number(number) => match number.as_i64() {
            Some(it) => Value::from(it.saturating_sub(1_000_000)),
            None => Value::Number(number),
        },
        other => other,
    }
}
