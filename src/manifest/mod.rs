//! Stage 10: the neutral, versioned result of a compile, and the schedule as people read it.
//!
//! In: a [`Program`](crate::model::Program), what templates say of each mail ([`Letters`]), and when
//! steps happen ([`Timings`]). Out: a [`Manifest`], and `manifest.json`, `schedule.csv` and
//! `schedule.ics` as texts.
//! Invariant: what is not said is left out, never null; targets read this and the compiled templates, nothing else; the same input gives the
//! same bytes, so there is no clock here, only content hashes.
//! Not done here: working out times (that is `graph`), compiling templates, writing to disks.

mod build;
mod calendar;
mod condition;
mod edges;
mod period;
mod schedule;
mod sheet;
mod steps;
#[cfg(test)]
mod tests;
mod timings;
mod types;

pub use build::{Input, Letter, Letters, Offset, Places, Timing, Timings, build, places};
pub use calendar::calendar;
pub use condition::{Condition, Expr, Sign, Since};
pub use period::between;
pub use sheet::sheet;
pub use steps::{
    Action, Arm, Branch, Mail, Repeat, Send, SetAttribute, Split, Step, Task, Touch, Wait, WaitFor,
    WaitUntil, Way,
};
pub use timings::timings;
pub use types::{
    Brand, Cap, Duration, Edge, Event, Exit, Generator, Goal, Graph, Journey, Kind, Manifest, Node,
    Offsets, Policy, Property, Reentry, Sender, SinceMilestone, Touchpoint, Trigger, Window,
};

use sha2::{Digest, Sha256};

/// The SHA-256 of several texts as lower-case hexadecimal. Each text's length goes in first, so
/// that no two lists of texts look alike.
pub fn content_hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    text
}

/// `manifest.json`: two spaces of indentation, a newline at the end.
pub fn to_json(manifest: &Manifest) -> String {
    let mut text = serde_json::to_string_pretty(manifest).unwrap_or_default();
    text.push('\n');
    text
}
