//! A life in words, so that a disagreement can be printed and kept.
//!
//! ```text
//! zone Europe/Berlin
//! knows {"plan": "pro"}
//! from 2026-03-27 17:30:00
//! to 2027-03-27 17:30:00
//! chance 0 3 1
//! 2026-03-27 17:30:00 order_paid {"order_id": "A1"}
//! 2026-03-28 09:00:00 clicks post-purchase/review-request
//! ```
//!
//! All times are in UTC. Without `from` the life begins with what comes first, and without `to` it
//! ends a year later.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDateTime};
use journeyc::simulate::{
    Chance, JourneyNo, Life, Occurrence, Outside, Person, StepNo, VisitNo, When,
};
use serde_json::{Map, Value};

use super::Town;

/// How times are written.
const TIME: &str = "%Y-%m-%d %H:%M:%S";

/// A year, in seconds.
const YEAR: i64 = 365 * 86_400;

/// A life with what chance decides in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tale {
    /// The life.
    pub life: Life,
    /// What chance answers, question by question; 0 beyond the end.
    pub answers: Vec<u32>,
}

/// Chance that reads its answers from a list.
#[derive(Debug, Clone)]
pub struct Answers<'a> {
    left: &'a [u32],
}

impl Answers<'_> {
    fn next(&mut self) -> u32 {
        let Some((first, rest)) = self.left.split_first() else {
            return 0;
        };
        self.left = rest;
        *first
    }
}

impl Chance for Answers<'_> {
    fn arm(&mut self, _: StepNo, _: VisitNo, weights: &[u32]) -> u32 {
        let count = u32::try_from(weights.len()).unwrap_or(1).max(1);
        self.next() % count
    }
    fn holdout(&mut self, _: JourneyNo) -> bool {
        self.next() % 8 == 7
    }
    fn delay(&mut self, _: StepNo, _: i64) -> i64 {
        0
    }
}

impl Tale {
    /// What chance decides.
    pub fn chance(&self) -> Answers<'_> {
        Answers {
            left: &self.answers,
        }
    }

    /// Reads a life; panics where it makes no sense, since tests write it.
    pub fn read(town: &Town<'_>, text: &str) -> Self {
        Self::try_read(town, text).unwrap_or_else(|| panic!("this is no life:\n{text}"))
    }

    /// Reads a life, if it makes sense.
    pub fn try_read(town: &Town<'_>, text: &str) -> Option<Self> {
        let mut person = Person::default();
        let (mut from, mut to) = (None, None);
        let mut answers = Vec::new();
        let mut outside = Vec::new();
        for line in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "zone" => person.zone = Some(rest.parse().ok()?),
                "knows" => person.attributes = data(rest)?,
                "from" => from = Some(time(rest)?),
                "to" => to = Some(time(rest)?),
                "chance" => answers = rest.split(' ').flat_map(str::parse).collect(),
                _ => outside.push(occurrence(town, line)?),
            }
        }
        let first = outside.iter().map(|it| match it.when {
            When::At(at) => at,
            _ => i64::MAX,
        });
        let start = from.or(first.min()).unwrap_or_default();
        let life = Life {
            person,
            start,
            end: to.unwrap_or(start + YEAR),
            outside,
        };
        Some(Self { life, answers })
    }

    /// Writes a life as it is read.
    pub fn write(&self, town: &Town<'_>) -> String {
        let mut out = String::new();
        let life = &self.life;
        if let Some(zone) = life.person.zone {
            let _ = writeln!(out, "zone {zone}");
        }
        if !life.person.attributes.is_empty() {
            let knows = Value::Object(life.person.attributes.clone());
            let _ = writeln!(out, "knows {knows}");
        }
        let _ = writeln!(out, "from {}", shown(life.start));
        let _ = writeln!(out, "to {}", shown(life.end));
        if !self.answers.is_empty() {
            let words: Vec<String> = self.answers.iter().map(u32::to_string).collect();
            let _ = writeln!(out, "chance {}", words.join(" "));
        }
        for it in &life.outside {
            let When::At(at) = it.when else { continue };
            let _ = match &it.what {
                Outside::Event(event, data) => {
                    let name = town.simulation.event_name(*event);
                    let data = Value::Object(data.clone());
                    writeln!(out, "{} {name} {data}", shown(at))
                }
                Outside::Attributes(values) => {
                    let values = Value::Object(values.clone());
                    writeln!(out, "{} contact {values}", shown(at))
                }
                Outside::Click(step) => {
                    writeln!(out, "{} clicks {}", shown(at), path(town, *step))
                }
            };
        }
        out
    }
}

/// `journey/step`.
pub fn path(town: &Town<'_>, step: StepNo) -> String {
    let placed = town.step(step);
    let name = town.name(placed.journey);
    let id = town.simulation.step_id(step);
    match id {
        Some(id) => format!("{name}/{id}"),
        None => format!("{name}/{}:{}", placed.step.value.kind(), step.0),
    }
}

/// An instant in UTC.
pub fn shown(at: i64) -> String {
    DateTime::from_timestamp(at, 0).map_or_else(
        || "for ever".to_owned(),
        |it| it.naive_utc().format(TIME).to_string(),
    )
}

fn time(text: &str) -> Option<i64> {
    let padded = if text.len() == 16 {
        format!("{text}:00")
    } else {
        text.to_owned()
    };
    let read = NaiveDateTime::parse_from_str(&padded, TIME).ok()?;
    Some(read.and_utc().timestamp())
}

fn data(text: &str) -> Option<Map<String, Value>> {
    if text.is_empty() {
        return Some(Map::new());
    }
    serde_yaml::from_str(text).ok()
}

fn occurrence(town: &Town<'_>, line: &str) -> Option<Occurrence> {
    let mut words = line.splitn(4, ' ');
    let mut next = || words.next().unwrap_or("");
    let (day, hour, name, rest) = (next(), next(), next(), next());
    let what = if name == "clicks" {
        let steps = town.simulation.steps();
        let mut numbers = steps.map(|it| it.0);
        Outside::Click(numbers.find(|it| path(town, *it) == rest)?)
    } else if name == "contact" {
        Outside::Attributes(data(rest)?)
    } else {
        Outside::Event(town.simulation.event(name)?, data(rest)?)
    };
    Some(Occurrence {
        when: When::At(time(&format!("{day} {hour}"))?),
        what,
    })
}
