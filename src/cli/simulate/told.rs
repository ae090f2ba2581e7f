//! A simulated life, ready to be written.
//!
//! In: a case and the record of its life. Out: a [`LifeReport`]. Invariant: whatever happens has one word, and a
//! name where it has one. Not done here: writing it.

use crate::report::scenario::{LifeMoment, LifeReport};
use crate::scenario::{Case, timeline};
use crate::simulate::{By, Clock, End, Outside, Record, Simulation, What};

/// The life of a case as it is written.
pub(super) fn report(
    journey: &str,
    simulation: &Simulation<'_>,
    case: &Case,
    record: &Record,
) -> LifeReport {
    let clock = simulation.clock(case.person.zone);
    let zone = clock.zone().name().to_owned();
    let mut report = LifeReport::new(journey, moment(clock, case.start), zone);
    report.timeline = timeline::lines(simulation, case, record);
    let moments = record.moments.iter().map(|it| {
        let (what, until) = word(it.what);
        let occurrence = match it.what {
            What::Event(no)
            | What::Click(no)
            | What::Changed(no)
            | What::Came(_, no)
            | What::Goal(no)
            | What::Entered(By::Event(no))
            | What::Left(End::Event(_, no)) => Some(no),
            _ => None,
        };
        let outside = occurrence.and_then(|no| case.outside.get(no as usize));
        let outside = outside.and_then(|it| name_of(&it.occurrence.what, simulation));
        let step = it.what.step().and_then(|it| simulation.step_id(it));
        LifeMoment {
            at: moment(clock, it.at),
            journey: it
                .visit
                .map(|it| simulation.journey(it.journey).name.value.to_string()),
            visit: it.visit.map(|it| it.no.0),
            what,
            name: step.map(str::to_owned).or(outside),
            until: until
                .filter(|it| *it < i64::MAX)
                .map(|it| moment(clock, it)),
        }
    });
    report.moments = moments.collect();
    report
}

/// The name of what comes from outside.
fn name_of(what: &Outside, simulation: &Simulation<'_>) -> Option<String> {
    match what {
        Outside::Event(event, _) => Some(simulation.event_name(*event).to_owned()),
        Outside::Click(step) => simulation.step_id(*step).map(str::to_owned),
        Outside::Attributes(values) => {
            let names = values.keys().map(|it| format!("contact.{it}"));
            Some(names.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A moment with the clock's distance from UTC.
fn moment(clock: Clock, at: i64) -> String {
    let utc = chrono::DateTime::from_timestamp(at, 0).unwrap_or_default();
    utc.with_timezone(&clock.zone()).to_rfc3339()
}

/// What happens in one word, and until when.
fn word(what: What) -> (&'static str, Option<i64>) {
    match what {
        What::Event(_) => ("event", None),
        What::Click(_) => ("click", None),
        What::Changed(_) => ("changed", None),
        What::Entered(_) => ("entered", None),
        What::Refused(_) => ("refused", None),
        What::Sent(_) => ("sent", None),
        What::Task(_) => ("task", None),
        What::Touch(_) => ("touch", None),
        What::Skipped(..) => ("skipped", None),
        What::Held(_, _, until) => ("held", Some(until)),
        What::Waits(_, until) => ("waits", Some(until)),
        What::Waited(_) => ("waited", None),
        What::Came(..) => ("came", None),
        What::TimedOut(_) => ("timed_out", None),
        What::Past(_) => ("past", None),
        What::Way(..) => ("way", None),
        What::Arm(..) => ("arm", None),
        What::Round(..) => ("round", None),
        What::Set(_) => ("set", None),
        What::Enters(_) => ("enters", None),
        What::Stopped(_) => ("stopped", None),
        What::Goal(_) => ("goal", None),
        What::Left(_) => ("left", None),
    }
}
