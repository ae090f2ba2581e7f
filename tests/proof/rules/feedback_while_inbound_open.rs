//! F004: nobody is asked while a complaint of theirs is open.
//!
//! A complaint about another case is not seen by the journey, and one from before the entry neither.
//! Where the journey looks at some of several kinds of complaints, only these count.

use journeyc::model::Milestone;
use journeyc::simulate::{By, Life, Record};

use super::super::town::occurred;
use super::super::{Checker, Town, Violation};
use super::stays::{Stay, about, begins_with, is_request, looked_at, meaning, of_milestones};

/// F004.
pub struct FeedbackWhileInboundOpen;

impl Checker for FeedbackWhileInboundOpen {
    fn rule(&self) -> &'static str {
        "feedback-while-inbound-open"
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let all = Stay::all(record);
        let mut found = Vec::new();
        for stay in &all {
            let helps = |it: &&str| matches!(*it, "support" | "complaint" | "help");
            let asked = |(_, step): &(i64, _)| {
                is_request(town, *step) && about(town, *step).filter(helps).is_none()
            };
            for (at, step) in stay.touches().filter(asked) {
                if is_open(town, life, record, &all, stay, at) {
                    let says = "asked while a complaint is open";
                    found.push(Violation::of(stay.journey, at, says).at_steps(&[step]));
                }
            }
        }
        found
    }
}

/// Whether complaints of all kinds that the journey looks at are open.
fn is_open(
    town: &Town<'_>,
    life: &Life,
    record: &Record,
    all: &[Stay<'_>],
    stay: &Stay<'_>,
    at: i64,
) -> bool {
    let complaint = |name: &&str| meaning(town, name) == Some(Milestone::ComplaintOpened);
    let journey = town.journey(stay.journey);
    let mut kinds: Vec<&str> = looked_at(journey).into_iter().filter(complaint).collect();
    if kinds.is_empty() {
        let declared = town.project().events_of(Milestone::ComplaintOpened).next();
        kinds.extend(declared.map(|it| &*it.value));
    }
    let closed: Vec<i64> = of_milestones(town, life, record, &[Milestone::ComplaintClosed])
        .map(|it| it.0)
        .collect();
    let begins = begins_with(town, stay.journey) == Some(Milestone::ComplaintOpened);
    let is_open = |kind: &&str| {
        let opened = [Milestone::ComplaintOpened];
        let mut events = of_milestones(town, life, record, &opened);
        events.any(|(when, no)| {
            let event = occurred(life, no).map(|it| it.0);
            let is_kind = event.is_some_and(|it| town.simulation.event_name(it) == *kind);
            let lets_in = begins && matches!(stay.by, By::Event(it) if it == no);
            // The event that begins the journey is another case whenever it happens again.
            let is_again = *town.journey(stay.journey).trigger.event.value == **kind;
            is_kind
                && (lets_in || (!is_again && stay.entered < when && when < at))
                && stay.concerns(town, life, all, no)
                && !closed.iter().any(|it| when <= *it && *it <= at)
        })
    };
    !kinds.is_empty() && kinds.iter().all(is_open)
}
