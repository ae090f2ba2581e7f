//! Every life of a case, and the golden timelines of them.

use super::case::{Assertion, Case};
use super::judge::walk;
use super::timeline;
use crate::simulate::{Record, Simulation};

/// Lives all lives of a case: every arm that is not assigned, and the corners of every delay.
pub fn lives(simulation: &Simulation<'_>, case: &Case, mut each: impl FnMut(&Record)) {
    // Of too many lives the first ones say enough.
    let _ = walk::walk(simulation, case, &mut |_, record| {
        each(record);
        true
    });
}

/// The golden timeline of a case, if it has one.
pub fn lines(case: &Case) -> Option<Vec<String>> {
    case.checks.iter().find_map(|it| match &it.what {
        Assertion::Timeline(lines) => Some(lines.iter().map(|it| it.text.to_string()).collect()),
        _ => None,
    })
}

/// The timelines of all lives of a case, those that differ.
pub fn timelines(simulation: &Simulation<'_>, case: &Case) -> Vec<Vec<String>> {
    let mut res: Vec<Vec<String>> = Vec::new();
    lives(simulation, case, |record| {
        let lines = timeline::lines(simulation, case, record);
        if !res.contains(&lines) {
            res.push(lines);
        }
    });
    res
}
