//! `journeyc simulate`: one life as a dated timeline, or as JSON described by `schema/life.schema.json`.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::super::wording::plain;
use super::super::{Look, harmless};
use crate::schema;

/// The version of the format. It grows when a field goes or changes its meaning; new fields may
/// come without.
const VERSION: u32 = 1;

/// One simulated life.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Life")]
pub struct LifeReport {
    /// The version of this format. New fields may come without a new version.
    #[schemars(range(min = 1, max = 1), example = 1)]
    version: u32,
    /// The journey that was asked for.
    #[schemars(example = &"post-purchase")]
    pub journey: String,
    /// The first moment, as the person's clock shows it.
    #[schemars(example = &"2026-03-27T17:30:00+00:00")]
    pub start: String,
    /// The zone of the person's clock.
    #[schemars(example = &"Europe/London")]
    pub zone: String,
    /// The timeline for people, line by line.
    #[schemars(example = ["Fri 27 Mar 17:30  ● order_paid"])]
    pub timeline: Vec<String>,
    /// All that happens, in the order of time.
    pub moments: Vec<LifeMoment>,
}

/// One thing that happens.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Moment")]
pub struct LifeMoment {
    /// When, as the person's clock shows it.
    #[schemars(example = &"2026-03-27T17:30:00+00:00")]
    pub at: String,
    /// The journey; nothing for what comes from outside.
    #[schemars(example = &"post-purchase")]
    pub journey: Option<String>,
    /// Which visit of the person to a journey this is, from 0.
    #[schemars(example = 0)]
    pub visit: Option<u32>,
    /// What happens, in one word: `sent`, `waits`, `changed`, `timed_out` …
    #[schemars(example = &"sent")]
    pub what: &'static str,
    /// The step, where it has a name; the event; or the attributes that change, such as `contact.plan`.
    #[schemars(example = &"confirmation")]
    pub name: Option<String>,
    /// Until when, where something waits; nothing if for ever.
    #[schemars(example = &"2026-03-28T17:30:00+00:00")]
    pub until: Option<String>,
}

/// The JSON Schema of the format.
pub fn schema() -> serde_json::Value {
    schema::of_result::<LifeReport>()
}

impl LifeReport {
    /// A life in which nothing has happened yet.
    pub fn new(journey: &str, start: String, zone: String) -> Self {
        Self {
            version: VERSION,
            journey: journey.to_owned(),
            start,
            zone,
            timeline: Vec::new(),
            moments: Vec::new(),
        }
    }
}

/// Writes a life: as JSON, or for people.
pub fn write(
    life: &LifeReport,
    is_json: bool,
    look: Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if is_json {
        serde_json::to_writer_pretty(&mut *out, life)?;
        return out.write_all(b"\n");
    }
    if !look.quiet {
        let (journey, zone) = (plain(&life.journey), plain(&life.zone));
        let day = life.start.get(..10).unwrap_or_default();
        writeln!(out, "{journey}, from {day} in {zone}\n")?;
    }
    for line in &life.timeline {
        writeln!(out, "{}", harmless(line))?;
    }
    Ok(())
}
