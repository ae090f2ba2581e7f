//! Visits that belong together because something in the files makes them meet: those that one event begins, those
//! that they start, and those that begin with an event that one of them waited for when it came.

use std::collections::BTreeSet;

use journeyc::simulate::{By, JourneyNo, Life, Record, StepNo, What};

use super::Town;
use super::town::occurred;
use super::visits::{Stay, stays};

/// How many links a visit may stand away from those that the event begins.
const REACH: usize = 2;

/// The visits that belong together, each journey once.
pub struct Party<'r> {
    /// The event that began them: the number of the occurrence.
    pub begun: u32,
    /// The visits.
    pub stays: Vec<Stay<'r>>,
}

/// The parties of a life, one for each occurrence that lets somebody in.
pub fn parties<'r>(town: &Town<'_>, life: &Life, record: &'r Record) -> Vec<Party<'r>> {
    let all = stays(town, record);
    let mut begun: Vec<u32> = all.iter().filter_map(|it| event(it)).collect();
    begun.dedup();
    begun.sort_unstable();
    begun.dedup();
    begun
        .into_iter()
        .map(|begun| Party {
            begun,
            stays: belonging(life, &all, begun),
        })
        .filter(|it| !it.stays.is_empty())
        .collect()
}

fn belonging<'r>(life: &Life, all: &[Stay<'r>], begun: u32) -> Vec<Stay<'r>> {
    let name = |no: u32| occurred(life, no).map(|it| it.0);
    let mut known: BTreeSet<JourneyNo> = BTreeSet::new();
    let mut chosen: Vec<usize> = Vec::new();
    let mut add = |at: usize, chosen: &mut Vec<usize>| {
        if known.insert(all[at].visit.journey) {
            chosen.push(at);
        }
    };
    for (at, stay) in all.iter().enumerate() {
        if event(stay) == Some(begun) {
            add(at, &mut chosen);
        }
    }
    let mut fresh = 0;
    for _ in 0..REACH {
        let end = chosen.len();
        let links = chosen[fresh..end].to_vec();
        for from in links {
            let awaited = awaited(&all[from]);
            for (at, stay) in all.iter().enumerate() {
                let linked = match stay.by {
                    By::Visit(no) => no == all[from].visit.no,
                    By::Event(no) => awaited.contains(&no) && name(no) != name(begun),
                };
                if linked {
                    add(at, &mut chosen);
                }
            }
        }
        fresh = end;
    }
    let mut res: Vec<Stay<'r>> = Vec::new();
    for at in chosen {
        let it = &all[at];
        res.push(Stay {
            visit: it.visit,
            entered: it.entered,
            by: it.by,
            case: it.case,
            moments: it.moments.clone(),
        });
    }
    res
}

fn event(stay: &Stay<'_>) -> Option<u32> {
    match stay.by {
        By::Event(no) => Some(no),
        By::Visit(_) => None,
    }
}

/// The occurrences that came while a visit waited for them.
fn awaited(stay: &Stay<'_>) -> Vec<u32> {
    let mut waits: Option<StepNo> = None;
    let mut res = Vec::new();
    for (_, moment) in &stay.moments {
        match moment.what {
            What::Waits(step, _) => waits = Some(step),
            What::Came(step, no) if waits == Some(step) => res.push(no),
            _ => waits = None,
        }
    }
    res
}
