//! G014: a message that wants a purchase goes to somebody who has bought while they were inside.

use journeyc::model::Milestone;
use journeyc::simulate::{Life, Record};

use super::super::visits::{carries, stays};
use super::super::{Checker, Town, Violation};
use super::exit_checked_once::checked;
use super::guard_window_not_longer_than_wait::{asks_in_window, sells};

/// The checker.
pub struct ExitOnConversion;

impl Checker for ExitOnConversion {
    fn rule(&self) -> &'static str {
        "exit-on-conversion"
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let mut res = Vec::new();
        for stay in stays(town, record) {
            let journey = town.journey(stay.visit.journey);
            if !journey
                .walk()
                .any(|(it, _)| sells(town, journey, &it.value))
            {
                continue;
            }
            let bought = stay.came(town, life, record, |it| {
                carries(town, &stay, it, Milestone::Payment)
            });
            let met = stay.moments.iter().find_map(|(place, moment)| {
                let no = moment.what.touchpoint()?;
                if !sells(town, journey, &town.step(no).step.value) {
                    return None;
                }
                // Where it is asked for too early, or not far enough back, other rules say so.
                let paid = bought.iter().find(|it| {
                    let name = town.simulation.event_name(it.event);
                    it.place < *place
                        && checked(town, &stay, name, it.place).is_none()
                        && !asks_in_window(town, &stay, name, *place)
                })?;
                let says = format!("`{}` had come", town.simulation.event_name(paid.event));
                Some(Violation::of(stay.visit.journey, moment.at, says).at_steps(&[no]))
            });
            res.extend(met);
        }
        res
    }
}
