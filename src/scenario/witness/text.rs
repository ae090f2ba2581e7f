//! A life and a sentence as a scenario file says them.
//!
//! In: a life that was found. Out: the text of a `*.scenario.yaml` with one scenario, which says nothing that
//! would be so without being said. Invariant: read again, it is the same life.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use chrono::Timelike as _;
use serde_json::{Map, Value};

use super::search::Found;
use super::sentence::Sentence;
use crate::diagnostic::Diagnostic;
use crate::model::{Duration, Step};
use crate::scenario::selector::step_name;
use crate::scenario::timeline::json;
use crate::simulate::{Clock, EventNo, Outside, Simulation, StepNo, When};

/// What a scenario file is written from.
pub(super) struct Written<'w, 'p> {
    pub(super) simulation: &'w Simulation<'p>,
    pub(super) diagnostic: &'w Diagnostic,
    pub(super) sentence: &'w Sentence,
    pub(super) found: &'w Found,
    /// The fingerprint of the finding, if it is known.
    pub(super) fingerprint: Option<&'w str>,
}

impl Written<'_, '_> {
    /// The name of the scenario.
    pub(super) fn name(&self) -> String {
        let place = self.diagnostic.journey.as_deref().unwrap_or("repository");
        format!("{} in {place}", self.diagnostic.rule.0)
    }

    /// The whole file.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let say = |out: &mut String, text: &str| {
            out.push_str(text);
            out.push('\n');
        };
        say(
            &mut out,
            &format!("# {}: {}", self.diagnostic.rule.0, self.diagnostic.message),
        );
        if let Some(it) = self.fingerprint {
            say(
                &mut out,
                &format!(
                    "# Written by `journeyc check --as-scenario {it}`; fails as long as the finding is there."
                ),
            );
        }
        let life = &self.found.life;
        let clock = self.found.clock;
        let zone = clock.zone().name();
        let start = clock.local(life.start);
        let form = match start.second() {
            0 => "%Y-%m-%dT%H:%M",
            _ => "%Y-%m-%dT%H:%M:%S",
        };
        let start = start.format(form);
        say(
            &mut out,
            &format!("clock: {{start: {start}, zone: {zone}}}"),
        );
        self.contact(&mut out);
        self.history(&mut out);
        say(&mut out, &format!("until: {}d", self.found.days));
        say(&mut out, "scenarios:");
        say(&mut out, &format!("  - name: {}", scalar(&self.name())));
        self.events(&mut out);
        self.arms(&mut out);
        let mut known = "";
        for said in &self.sentence.clauses {
            if said.key != known {
                say(&mut out, &format!("    {}:", said.key));
                known = said.key;
            }
            say(&mut out, &format!("      - {}", said.text));
        }
        out
    }

    fn contact(&self, out: &mut String) {
        let person = &self.found.life.person;
        let mut parts = Vec::new();
        if let Some(zone) = person.zone {
            parts.push(format!("zone: {}", zone.name()));
        }
        let known = self.known();
        let project = self.simulation.project();
        let said = known.iter().filter(|(name, value)| {
            project.contact.get(name.as_str()).is_some_and(|declared| {
                let usual = if declared.nullable {
                    Value::Null
                } else {
                    declared.sample_value(name, 0)
                };
                usual != **value
            })
        });
        let said = entries(said);
        if !said.is_empty() {
            parts.push(format!("attributes: {{{said}}}"));
        }
        if !parts.is_empty() {
            let _ = writeln!(out, "contact: {{{}}}", parts.join(", "));
        }
    }

    /// What is known of the person when the life starts: what changes before is part of who they are.
    fn known(&self) -> Map<String, Value> {
        let life = &self.found.life;
        let mut known = life.person.attributes.clone();
        let changes = life.outside.iter();
        let changes = changes.filter_map(|it| match (it.when, &it.what) {
            (When::At(at), Outside::Attributes(values)) if at < life.start => Some((at, values)),
            _ => None,
        });
        let mut changes: Vec<(i64, &Map<String, Value>)> = changes.collect();
        changes.sort_by_key(|it| it.0);
        for (_, values) in changes {
            known.extend(values.clone());
        }
        known
    }

    /// The events before the start. Nobody can ask for a click that somebody made before they entered.
    fn history(&self, out: &mut String) {
        let life = &self.found.life;
        let past = life
            .outside
            .iter()
            .filter_map(|it| match (it.when, &it.what) {
                (When::At(at), Outside::Event(event, data)) if at < life.start => {
                    Some((at, *event, data))
                }
                _ => None,
            });
        let mut past: Vec<(i64, EventNo, &Map<String, Value>)> = past.collect();
        past.sort_by_key(|it| it.0);
        if past.is_empty() {
            return;
        }
        out.push_str("history:\n");
        for (at, event, data) in past {
            let when = self.found.clock.local(at).format("%Y-%m-%dT%H:%M");
            let name = self.simulation.event_name(event);
            let _ = writeln!(
                out,
                "  - {{at: {when}, event: {name}{}}}",
                self.data(event, data)
            );
        }
    }

    fn events(&self, out: &mut String) {
        let life = &self.found.life;
        let mut lines: Vec<(i64, String)> = Vec::new();
        for it in &life.outside {
            let (order, at) = match it.when {
                When::At(at) if at < life.start => continue,
                When::At(at) => (at, when(self.found.clock, life.start, at)),
                When::AfterStep(step, by) => (i64::MAX, format!("{} + {by}", self.step(step))),
                When::AfterEvent(event, by) => {
                    let event = self.simulation.event_name(event);
                    (i64::MAX, format!("{event} + {by}"))
                }
            };
            if let Some(what) = self.what(&it.what) {
                lines.push((order, format!("{{at: {at}, {what}}}")));
            }
        }
        lines.sort_by_key(|it| it.0);
        out.push_str("    events:\n");
        for (_, line) in lines {
            let _ = writeln!(out, "      - {line}");
        }
    }

    /// What comes from outside; nothing for a change of what the project does not know.
    fn what(&self, what: &Outside) -> Option<String> {
        match what {
            Outside::Event(event, data) => {
                let name = self.simulation.event_name(*event);
                Some(format!("event: {name}{}", self.data(*event, data)))
            }
            Outside::Click(step) => Some(format!("click: {}", self.step(*step))),
            Outside::Attributes(values) => {
                let declared = &self.simulation.project().contact;
                let known = values
                    .iter()
                    .filter(|it| declared.contains_key(it.0.as_str()));
                let said = entries(known);
                (!said.is_empty()).then(|| format!("contact: {{{said}}}"))
            }
        }
    }

    fn step(&self, no: StepNo) -> String {
        step_name(self.simulation, no)
    }

    /// What an event carries that somebody may ask for.
    fn data(&self, event: EventNo, data: &Map<String, Value>) -> String {
        let project = self.simulation.project();
        let declared = project.event(self.simulation.event_name(event));
        let is_said = |name: &str, value: &Value| {
            declared.is_some_and(|it| {
                // What tells cases apart in one event is taken over by the others.
                let mut events = project.events.values();
                let is_key = events.any(|it| it.key.as_ref().is_some_and(|it| *it.value == *name));
                let usual = it.properties.get(name).map(|it| it.sample_value(name, 0));
                is_key || usual.as_ref() != Some(value)
            })
        };
        let said = data.iter().filter(|(name, value)| is_said(name, value));
        let said = entries(said);
        if said.is_empty() {
            String::new()
        } else {
            format!(", data: {{{said}}}")
        }
    }

    fn arms(&self, out: &mut String) {
        let arms = self.found.arms.iter().filter_map(|(step, arm)| {
            match &self.simulation.step(*step).step.value {
                Step::Split(it) => {
                    let (name, _) = it.arms.get_index(*arm as usize)?;
                    Some(format!("{}: {}", self.step(*step), name.value))
                }
                _ => None,
            }
        });
        let arms: Vec<String> = arms.collect();
        if !arms.is_empty() {
            let _ = writeln!(out, "    assign: {{{}}}", arms.join(", "));
        }
    }
}

/// Names and values as they stand in braces.
fn entries<'m>(said: impl Iterator<Item = (&'m String, &'m Value)>) -> String {
    let said = said.map(|(name, it)| format!("{name}: {}", json(it)));
    said.collect::<Vec<_>>().join(", ")
}

/// When an event comes: so long after the start, or what the clock shows.
fn when(clock: Clock, start: i64, at: i64) -> String {
    let days = (clock.local(at).date() - clock.local(start).date()).num_days();
    for days in [days, days - 1, 0] {
        let Ok(count) = u32::try_from(days) else {
            continue;
        };
        let rest = at - clock.after(start, Duration::of_days(count));
        if let Ok(minutes) = u32::try_from(rest / 60)
            && rest >= 0
        {
            let duration = Duration {
                minutes,
                days: count,
                business_days: 0,
            };
            if clock.after(start, duration) == at {
                return duration.to_string();
            }
        }
    }
    clock.local(at).format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// A text as YAML reads it back.
fn scalar(text: &str) -> String {
    let is_plain = |it: char| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_');
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}
