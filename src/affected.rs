//! Between `compile` and `baseline`: the journeys that a change can make a difference to.
//!
//! In: both sides of a change. Out: both sides with these journeys alone; nothing where everything
//! must be compiled. Invariant: where compiling the part finds the same on both sides, so does
//! compiling everything. Where it does not, whoever asks compiles everything after all
//! (`baseline`): the part only ever proves that no finding differs.
//! Not done here: comparing what was found.
//!
//! # Why this is right
//!
//! Most rules look at one journey. Others look at all of them at once, and would miss what was left
//! out; but a rule that gives the same answer on both sides says nothing about a change, whatever the
//! answer is. So a change is only narrowed when all that rules read of *other* journeys is known to
//! be the same on both sides:
//!
//! - Files are the same on both sides but for journeys that say something else. A changed project
//!   file, template or catalogue, a journey that comes or goes: everything is compiled.
//! - A changed journey differs in comments, layout, its `description`, and how long its steps wait
//!   (`wait`, with `for`, `at` and `on`; the `timeout` of a `wait_for`), and in nothing else
//!   ([`difference`]). Words, purposes, conditions, exits, order and names of steps are the same, so
//!   whoever counts them or looks for the first of them finds what was there.
//! - How long a journey waits is read across journeys where people meet it: by what lets them in, by
//!   `enter`, and by events that one waits for and another begins with (`graph`, `lint::silence`).
//!   All journeys that are linked in one of these ways, over any number of links, are compiled
//!   ([`Neighbours`]).
//! - A few rules compare times with what any journey at all may do: what is owed after a payment,
//!   the news that a delivery is late, what comes of answers. Where one of the linked journeys begins
//!   with or waits for such an event, everything is compiled ([`is_watched`]).

mod difference;
mod neighbours;

use std::collections::BTreeSet;

use crate::compile::{read_document, read_project};
use crate::diagnostic::Sink;
use crate::model::{Journey, Milestone, Project};
use crate::schema::{self, Validator};
use crate::source::FileId;
use crate::workspace::{Workspace, is_journey};
use difference::{Difference, difference};
use neighbours::{Links, Neighbours};

/// With more changed journeys than this, everything is compiled: it is a change of all of them.
const MAX_CHANGED: usize = 64;

/// Milestones of events after which rules look for an answer in every journey.
const WATCHED: [Milestone; 4] = [
    Milestone::Payment,
    Milestone::Delivered,
    Milestone::ServiceStarted,
    Milestone::FeedbackGiven,
];

/// Both sides with the journeys that the change can make a difference to; nothing where that may be
/// any of them.
pub(crate) fn narrow(before: &Workspace, after: &Workspace) -> Option<(Workspace, Workspace)> {
    let changed = changed(before, after)?;
    let mut sink = Sink::default();
    let project = read_project(after, &mut sink);
    let project = project.value.filter(|_| project.lost.is_empty())?;
    let validator = Validator::new(schema::of::<Journey>("", ""));
    let mut timed = Vec::new();
    for file in &changed {
        let texts = (before.sources.text(*file), after.sources.text(*file));
        if difference(*file, texts)? == Difference::Times {
            timed.push(*file);
        }
    }
    let mut wanted: BTreeSet<FileId> = changed.into_iter().collect();
    if !timed.is_empty() {
        let read = |file: FileId| links(after, file, &validator);
        wanted.extend(Neighbours::of(after, &timed, &project, &read)?);
    }
    // Where there is no other journey, some rules have nothing to say.
    let all = after.journeys();
    let beside: Vec<FileId> = all.into_iter().filter(|it| !wanted.contains(it)).collect();
    wanted.extend(beside.first());
    Some((before.with_only(&wanted)?, after.with_only(&wanted)?))
}

/// The files whose texts differ; nothing if anything else than some journeys does.
fn changed(before: &Workspace, after: &Workspace) -> Option<Vec<FileId>> {
    let (mut old, mut new) = (before.sources.iter(), after.sources.iter());
    let mut res = Vec::new();
    loop {
        match (old.next(), new.next()) {
            (None, None) => return Some(res),
            (Some((_, old)), Some((file, new))) if old.path == new.path => {
                if old.text != new.text {
                    res.push(file);
                    if !is_journey(&new.path) || res.len() > MAX_CHANGED {
                        return None;
                    }
                }
            }
            _ => return None,
        }
    }
}

/// How a journey is linked with others; nothing if it cannot be read as it stands.
fn links(workspace: &Workspace, file: FileId, validator: &Validator) -> Option<Links> {
    let mut sink = Sink::default();
    let reading = read_document::<Journey>(workspace, file, validator, &mut sink)?;
    let journey = reading.value.filter(|_| !reading.damaged)?;
    Some(Links::of(&journey))
}

/// Whether rules look at every journey for what comes of an event.
fn is_watched(project: &Project, event: &str) -> bool {
    let Some(event) = project.event(event) else {
        return true;
    };
    let milestone = event.milestone.map(|it| it.value);
    let is_about_an_order = || {
        let key = event.key.as_ref().map(|it| &it.value);
        let mut payments = project.events_of(Milestone::Payment);
        let own = |it| project.event(it).and_then(|it| it.key.as_ref());
        key.is_some() && payments.any(|it| own(&it.value).map(|it| &it.value) == key)
    };
    milestone.is_some_and(|it| WATCHED.contains(&it)) || is_about_an_order()
}
