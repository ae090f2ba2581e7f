//! The words that differ, and the mails that they stand in.
//!
//! In: both sides. Out: [`CopyChange`]s, and a [`MailChange`] for each mail that differs.
//! Invariants: a mail whose hash in the manifest differs always has a [`MailChange`], if only as one
//! that is like another; a mail whose hash does not differ costs one comparison of hashes; what
//! differs alike in many mails is one entry that names them all.
//! Not done here: what the step around a mail does (`journeys`).

mod align;
mod collapse;
mod compared;
mod pairs;
mod parts;
#[cfg(test)]
mod tests;
mod words;

use rayon::prelude::*;

use super::{CopyChange, JourneyChanges, MailChange, Pair};
use compared::Compared;

/// What differs, and the mails in which it does. `journeys` says which journeys and steps have other names
/// now.
pub(super) fn changes(
    pair: &Pair<'_, '_>,
    journeys: &[JourneyChanges],
) -> (Vec<CopyChange>, Vec<MailChange>) {
    let jobs = pairs::jobs(pair, journeys);
    let compared: Vec<Compared> = jobs.par_iter().map(compared::compare).collect();
    collapse::collapse(&jobs, &compared)
}
